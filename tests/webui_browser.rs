//! The Web UI hand-over, played through in a real browser where one is installed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code)]

#[path = "../examples/webui/huawei.rs"]
mod huawei;
#[path = "../examples/webui/platform.rs"]
mod platform;
#[path = "../examples/webui/scene.rs"]
mod scene;

use std::{process::Command, time::Duration};

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_handed_over_in_a_real_browser() {
    if Command::new("chromium").arg("--version").output().is_err() {
        println!("skipped: chromium is not installed");
        return;
    }
    let scene = scene::Scene::start().await.unwrap();
    // The browser presses the buttons by itself: a page that loads the link and one script for the login form.
    let link = scene::login_link(&scene);
    let folder = std::env::temp_dir().join(format!("webui-{}", std::process::id()));
    let (tx, rx) = std::sync::mpsc::channel();
    let profile = folder.clone();
    std::thread::spawn(move || {
        let first = browse(&link, &profile);
        tx.send(first).unwrap();
    });
    let page =
        tokio::task::spawn_blocking(move || rx.recv_timeout(Duration::from_secs(60)).unwrap()).await.unwrap();
    assert!(page.contains("id=\"login\""), "the browser followed the redirect to the login page: {page}");
    // The login form as the browser shows it, submitted by a page of the same form that submits itself.
    let query = between(&page, "name=\"request\" value=\"", "\"").replace("&amp;", "&");
    let start = folder.join("start.html");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(
        &start,
        format!(
            "<body onload=\"document.forms[0].submit()\"><form method=\"post\" action=\"{}/login\">\
             <input name=\"user\" value=\"customer-1\"><input name=\"request\" value=\"{}\"></form>",
            scene.platform_url,
            query.replace('&', "&amp;")
        ),
    )
    .unwrap();
    let address = format!("file://{}", start.display());
    let profile = folder.clone();
    let page = tokio::task::spawn_blocking(move || browse(&address, &profile)).await.unwrap();
    assert!(page.contains("customer-1 at console"), "{page}");
    assert_eq!(*scene.huawei.accepted.lock().unwrap(), ["customer-1"]);
    let _ = std::fs::remove_dir_all(&folder);
}

/// The page at the end of all redirects and scripts.
fn browse(address: &str, profile: &std::path::Path) -> String {
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--virtual-time-budget=5000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.join("profile").display()))
        .arg(address)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn between(text: &str, begin: &str, end: &str) -> String {
    text.split_once(begin)
        .and_then(|(_, rest)| rest.split_once(end))
        .map(|(found, _)| found.to_owned())
        .unwrap()
}

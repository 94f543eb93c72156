//! The Web UI hand-over, played through in a real browser where one is installed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, dead_code)]

#[path = "../examples/webui/huawei.rs"]
mod huawei;
#[path = "../examples/webui/platform.rs"]
mod platform;
#[path = "../examples/webui/scene.rs"]
mod scene;

use std::{process::Command, time::Duration};

use huaweicloud_partner::transport::{Body, HttpTransport, Transport as _};

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
    // The callback is called by Huawei Cloud itself, not by the browser.
    let binding = r#"{"domainName":"blue_harbour","domainId":"d1","xUserId":"customer-1","bindAction":1}"#;
    let good = huawei::binding_form(&scene.huawei, binding);
    assert_eq!(call_back(&scene, good.clone()).await, 200);
    assert_eq!(call_back(&scene, good.replacen("bindRequest=", "bindRequest=A", 1)).await, 400, "changed");
    let bindings = scene.platform.bindings.lock().unwrap();
    assert_eq!(bindings.len(), 1);
    assert_eq!(bindings[0].domain_id.as_ref().unwrap(), "d1");
    let _ = std::fs::remove_dir_all(&folder);
}

/// Posts a binding to the platform's callback, and gives the status.
async fn call_back(scene: &scene::Scene, form: String) -> u16 {
    let request = http::Request::post(format!("{}/callback", scene.platform_url))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    HttpTransport::new().unwrap().send(request).await.unwrap().status().as_u16()
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

//! The Web UI hand-over, played through in a real browser where one is installed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, dead_code)]

#[path = "../examples/webui/huawei.rs"]
mod huawei;
#[path = "../examples/webui/platform.rs"]
mod platform;
#[path = "../examples/webui/scene.rs"]
mod scene;

#[path = "support/browser.rs"]
mod browser;

use browser::Browser;
use huaweicloud_partner::transport::{Body, HttpTransport, Transport as _};

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_handed_over_in_a_real_browser() {
    let scene = scene::Scene::start().await.unwrap();
    let platform = scene.platform_url.clone();
    let played = tokio::task::spawn_blocking(move || {
        let Some(mut browser) = Browser::start() else { return false };
        browser.open(&platform);
        browser.click("#go");
        // Huawei Cloud sends the browser back to the platform, which asks who this is.
        browser.wait_for_text("Log in");
        browser.click("#login button");
        // The page with the signed response submits itself.
        browser.wait_for_text("customer-1 at https://console.huaweicloud.com/iam/");
        let pictures = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        browser.screenshot(&pictures.join("webui-console.png"));
        true
    });
    if !played.await.unwrap() {
        println!("skipped: Chromium is not installed");
        return;
    }
    assert_eq!(*scene.huawei.accepted.lock().unwrap(), ["customer-1"]); // The callback is called by Huawei Cloud itself, not by the browser.
    let binding = r#"{"domainName":"blue_harbour","domainId":"d1","xUserId":"customer-1","bindAction":1}"#;
    let good = huawei::binding_form(&scene.huawei, binding);
    assert_eq!(call_back(&scene, good.clone()).await, 200);
    assert_eq!(call_back(&scene, good.replacen("bindRequest=", "bindRequest=A", 1)).await, 400, "changed");
    let bindings = scene.platform.bindings.lock().unwrap();
    assert_eq!(bindings.len(), 1);
    assert_eq!(bindings[0].domain_id.as_ref().unwrap(), "d1");
}

/// Posts a binding to the platform's callback, and gives the status.
async fn call_back(scene: &scene::Scene, form: String) -> u16 {
    let request = http::Request::post(format!("{}/callback", scene.platform_url))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    HttpTransport::new().unwrap().send(request).await.unwrap().status().as_u16()
}

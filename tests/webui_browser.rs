//! The Web UI hand-over between a platform and the sandbox in the role of Huawei Cloud: played through in a real browser
//! where one is installed, and step by step without one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, dead_code)]

#[path = "../examples/webui/platform.rs"]
mod platform;
#[path = "../examples/webui/scene.rs"]
mod scene;
#[path = "../examples/webui/visitor.rs"]
mod visitor;

#[path = "support/browser.rs"]
mod browser;

use std::io::Write as _;

use browser::Browser;
use http::StatusCode;
use huaweicloud_partner::{
    types::CustomerId,
    webui::{LoginLink, SignedForm},
};
use scene::Scene;
use visitor::{Visitor, field};

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_handed_over_in_a_real_browser() {
    let scene = Scene::start().await.unwrap();
    let (account, password) = scene.login("customer-1").unwrap();
    let url = scene.platform_url.clone();
    let landed = format!("{account} at https://console.huaweicloud.com/iam/");
    let played = tokio::task::spawn_blocking(move || {
        let Some(mut browser) = Browser::start() else { return false };
        browser.open(&url);
        browser.click("#go");
        // Huawei Cloud sends the browser back to the platform, which asks who this is.
        browser.wait_for_text("Log in");
        browser.click("#login button");
        // The page with the signed response submits itself. At the first login an account is bound.
        browser.wait_for_text("Bind a Huawei Cloud account");
        browser.fill("#bind input[name=account]", &account);
        browser.fill("#bind input[name=password]", &password);
        browser.click("#bind button");
        browser.wait_for_text(&landed);
        let pictures = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        browser.screenshot(&pictures.join("webui-console.png"));

        // The next time the customer lands at once.
        browser.open(&url);
        browser.click("#go");
        browser.wait_for_text("Log in");
        browser.click("#login button");
        browser.wait_for_text(&landed);
        true
    });
    if !played.await.unwrap() {
        // Written past the harness, which shows the output of failed tests only.
        writeln!(std::io::stderr(), "SKIPPED: the hand-over in a browser, because Chromium is not installed")
            .unwrap();
        return;
    }
    is_bound(&scene);
}

/// The callback was called once, and the sandbox knows the customer by its account on the platform.
fn is_bound(scene: &Scene) {
    let bindings = scene.platform.bindings.lock().unwrap();
    assert_eq!(bindings.len(), 1);
    assert_eq!(bindings[0].domain_id, Some(CustomerId::from("customer-1")));
    assert_eq!(bindings[0].user_id.as_ref().unwrap().expose(), "user-7");
    assert_eq!(bindings[0].account_id.as_ref().unwrap().expose(), "user-7");
    assert_eq!((bindings[0].bind_action, bindings[0].signed_form), (Some(1), SignedForm::Value));
    let state = scene.sandbox.snapshot();
    let customer = state.accounts().find(|account| account.id == "customer-1").unwrap();
    assert_eq!(customer.xaccount_id.as_deref(), Some("user-7"));
    assert_eq!(customer.xaccount_type.as_deref(), Some("example_IDP"));
}

/// The fields of the form that the platform lets the browser post after this link.
async fn response(scene: &Scene, visitor: &Visitor, link: &LoginLink) -> (String, String) {
    let query = visitor.follow(&link.to_string()).await.unwrap();
    let login = format!("{}/login", scene.platform_url);
    let (status, page) = visitor.submit(&login, &[("user", "user-7"), ("request", &query)]).await.unwrap();
    assert_eq!(status, StatusCode::OK, "{page}");
    let (again, _) = visitor.submit(&login, &[("user", "user-7"), ("request", &query)]).await.unwrap();
    assert_eq!(again, StatusCode::CONFLICT, "the platform responds to a request once");
    (field(&page, "SAMLResponse").unwrap().to_owned(), field(&page, "RelayState").unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_of_the_hand_over_is_verified_and_counts_once() {
    let scene = Scene::start().await.unwrap();
    let (account, password) = scene.login("customer-1").unwrap();
    let visitor = Visitor::new().unwrap();
    let consumer = scene.platform.assertion_consumer.as_str();
    let bind = consumer.replace("SAMLAssertionConsumer", "bind");
    let link = |tag: &str| LoginLink::with_endpoint(&scene.platform.login_endpoint, tag).unwrap();
    let own = || link("example_IDP");
    let post = async |address: &str, fields: &[(&str, &str)]| visitor.submit(address, fields).await.unwrap();

    let error = visitor.follow(&link("other_IDP").to_string()).await.unwrap_err();
    assert!(error.to_string().contains("No platform has this xAccountType"), "{error}");

    let (text, state) = response(&scene, &visitor, &own().first_login(false)).await;
    let (status, page) = post(consumer, &[("SAMLResponse", &text), ("RelayState", &state)]).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(page.contains("isFirstLogin=true"), "{page}");

    // A response that was changed, or one to another request, is refused.
    let (text, state) = response(&scene, &visitor, &own().first_login(true)).await;
    let changed = {
        use base64::{Engine as _, prelude::BASE64_STANDARD};
        let xml = String::from_utf8(BASE64_STANDARD.decode(&text).unwrap()).unwrap();
        assert!(xml.contains("user-7"));
        BASE64_STANDARD.encode(xml.replace("user-7", "user-8"))
    };
    for (text, state, reason) in [
        (&*changed, &*state, "The digest of the assertion does not match."),
        (&*text, "other", "RelayState is not that of the request."),
        ("x", &*state, "SAMLResponse is not XML in Base64."),
    ] {
        let (_, page) = post(consumer, &[("SAMLResponse", text), ("RelayState", state)]).await;
        assert!(page.contains(reason), "{page}");
    }
    let (_, page) = post(consumer, &[("SAMLResponse", &text), ("RelayState", &state)]).await;
    let request = field(&page, "request").unwrap();
    let (status, _) = post(consumer, &[("SAMLResponse", &text), ("RelayState", &state)]).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "the same response is accepted once");

    // Only the customer's own password binds its account, once.
    let fields = |password| [("request", request), ("account", account.as_str()), ("password", password)];
    assert_eq!(post(&bind, &fields("wrong")).await.0, StatusCode::FORBIDDEN);
    assert!(scene.platform.bindings.lock().unwrap().is_empty());
    let (status, page) = post(&bind, &fields(&password)).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains(&account));
    assert_eq!(post(&bind, &fields(&password)).await.0, StatusCode::FORBIDDEN);
    is_bound(&scene);

    // A notification that Huawei Cloud did not sign is refused.
    let forged = [
        ("bindRequest", "e30="),
        ("SigAlg", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
        ("Signature", "AAAA"),
    ];
    let callback = format!("{}/callback", scene.platform_url);
    assert_eq!(post(&callback, &forged).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(scene.platform.bindings.lock().unwrap().len(), 1);

    // Bound customers land without being asked.
    let (text, state) = response(&scene, &visitor, &own().first_login(false).service("https://c/")).await;
    let (_, page) = post(consumer, &[("SAMLResponse", &text), ("RelayState", &state)]).await;
    assert!(page.contains(&format!("{account} at https://c/")), "{page}");
}

//! A sales platform that hands its customers over to the web pages of Huawei Cloud, with a double in Huawei's role.
//!
//! ```sh
//! cargo run --example webui              # plays the hand-over through and ends
//! cargo run --example webui -- --serve   # serves the platform for a browser
//! ```

mod huawei;
mod platform;
mod scene;

use huaweicloud_partner::transport::{Body, HttpTransport, Transport as _};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scene = scene::Scene::start().await?;
    println!("the platform: {}", scene.platform_url);
    if std::env::args().any(|argument| argument == "--serve") {
        tokio::signal::ctrl_c().await?;
        return Ok(());
    }

    // What a browser does, step by step.
    let browser = HttpTransport::new()?;
    let get = |address: String| {
        let browser = &browser;
        async move {
            let request = http::Request::get(address).body(Body::from(bytes::Bytes::new()))?;
            let (head, body) = browser.send(request).await?.into_parts();
            let text = String::from_utf8(body.collect(1 << 20).await?.to_vec())?;
            Ok::<_, Box<dyn std::error::Error>>((head, text))
        }
    };
    let post = |address: String, form: String| {
        let browser = &browser;
        async move {
            let request = http::Request::post(address)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Body::from(form))?;
            let body = browser.send(request).await?.into_body();
            Ok::<_, Box<dyn std::error::Error>>(String::from_utf8(body.collect(1 << 20).await?.to_vec())?)
        }
    };
    let link = scene::login_link(&scene);
    let (redirect, _) = get(link).await?;
    let location = redirect.headers.get("location").ok_or("no redirect")?.to_str()?.to_owned();
    println!("Huawei Cloud redirects to the platform's single-sign-on address");
    let query = location.split_once('?').ok_or("no query")?.1.to_owned();
    get(location).await?;
    let page = post(
        format!("{}/login", scene.platform_url),
        format!("user=customer-1&request={}", scene::encoded(&query)),
    )
    .await?;
    println!("the platform logs the customer in and responds");
    let response =
        page.split("name=\"SAMLResponse\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let response = response.ok_or("no response in the page")?;
    let form = format!("SAMLResponse={}&RelayState=console", scene::encoded(response));
    println!("Huawei Cloud: {}", post(scene.huawei.assertion_consumer.clone(), form).await?);

    let json = r#"{"domainName":"blue_harbour","domainId":"d1","xUserId":"customer-1","xAccountId":"customer-1","bindAction":1}"#;
    post(format!("{}/callback", scene.platform_url), huawei::binding_form(&scene.huawei, json)).await?;
    let bindings = scene.platform.bindings.lock().map_err(|_| "the platform stopped")?;
    println!("bound to the account {:?}", bindings.first().and_then(|binding| binding.domain_id.clone()));
    Ok(())
}

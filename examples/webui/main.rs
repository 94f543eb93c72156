//! A sales platform that hands its customers over to the web pages of Huawei Cloud, with the sandbox in Huawei's role.
//!
//! ```sh
//! cargo run --example webui              # plays the hand-over through and ends
//! cargo run --example webui -- --serve   # serves the platform for a browser
//! ```

mod platform;
mod scene;
mod visitor;

use visitor::{Visitor, field};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scene = scene::Scene::start().await?;
    let (account, password) = scene.login("customer-1").ok_or("no such customer")?;
    println!("the platform: {}", scene.platform_url);
    if std::env::args().any(|argument| argument == "--serve") {
        println!("the Huawei Cloud account to bind: {account}, password {password}");
        tokio::signal::ctrl_c().await?;
        return Ok(());
    }

    let visitor = Visitor::new()?;
    let platform = &scene.platform;
    for visit in ["first", "second"] {
        let query = visitor.follow(&platform::login_link(platform)?.to_string()).await?;
        println!("{visit} visit: Huawei Cloud redirects to the platform's single-sign-on address");
        let login = format!("{}/login", scene.platform_url);
        let (_, page) = visitor.submit(&login, &[("user", "user-7"), ("request", &query)]).await?;
        println!("the platform logs the customer in and responds");
        let fields =
            [("SAMLResponse", field(&page, "SAMLResponse")?), ("RelayState", field(&page, "RelayState")?)];
        let (_, mut page) = visitor.submit(&platform.assertion_consumer, &fields).await?;
        if page.contains("id=\"bind\"") {
            println!("Huawei Cloud asks for the account to bind");
            let bind = platform.assertion_consumer.replace("SAMLAssertionConsumer", "bind");
            let request = field(&page, "request")?;
            let fields = [("request", request), ("account", &account), ("password", &password)];
            page = visitor.submit(&bind, &fields).await?.1;
        }
        let landed = page.split("id=\"landed\">").nth(1).and_then(|rest| rest.split('<').next());
        println!("the customer has landed as {}", landed.ok_or("the customer did not land")?);
    }
    let bindings = platform.bindings.lock().map_err(|_| "the platform stopped")?;
    println!("bound to the account {:?}", bindings.first().and_then(|binding| binding.domain_id.clone()));
    Ok(())
}

//! The platform and the sandbox in the role of Huawei Cloud, both on loopback.

use std::sync::Arc;

use huaweicloud_partner::{
    auth::Authorization,
    webui::{ServiceMetadata, SigningKey},
};
use huaweicloud_partner_sandbox::{Sandbox, Server, WebUiPlatform};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::net::TcpListener;

use super::platform::{self, Platform};

// Keys made for this example alone.
const PLATFORM_KEY: &str = include_str!("../../src/webui/fixtures/platform.key");
const PLATFORM_CERTIFICATE: &str = include_str!("../../src/webui/fixtures/platform.crt");

/// The platform and the sandbox, both serving.
pub struct Scene {
    pub platform_url: String,
    pub platform: Arc<Platform>,
    pub sandbox: Sandbox,
}

impl Scene {
    /// Starts the platform and the sandbox.
    pub async fn start() -> Result<Self, Box<dyn std::error::Error>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let platform_url = format!("http://{}", listener.local_addr()?);

        // In Partner Center: the platform's address, certificate and callback are registered.
        let sandbox = Sandbox::small_distributor();
        let server = Server::bind(sandbox.clone(), ([127, 0, 0, 1], 0).into()).await?;
        server.register_platform(WebUiPlatform {
            account_type: "example_IDP".to_owned(),
            sign_on: format!("{platform_url}/sso"),
            certificate: PLATFORM_CERTIFICATE.to_owned(),
            callback: Some(format!("{platform_url}/callback")),
        })?;

        // The metadata file that is downloaded there holds Huawei's certificate and where responses are posted.
        let huawei = ServiceMetadata::parse(&server.web_ui_metadata())?;
        let consumer = huawei.assertion_consumers.first().ok_or("no address for responses")?;
        let platform = Arc::new(Platform {
            entity_id: "https://platform.example".to_owned(),
            assertion_consumer: consumer.location.clone(),
            login_endpoint: server.web_ui_login(),
            key: SigningKey::new(PLATFORM_KEY, PLATFORM_CERTIFICATE)?,
            huawei: huawei.verifier()?,
            accepted_responses: Default::default(),
            bindings: Default::default(),
        });
        let routes = platform::routes(Arc::clone(&platform));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        tokio::spawn(server.run());
        Ok(Self { platform_url, platform, sandbox })
    }

    /// The account name and the password of a customer of the sandbox.
    pub fn login(&self, account: &str) -> Option<(String, String)> {
        let login = self.sandbox.snapshot().accounts().find(|known| known.id == account)?.login.clone();
        match self.sandbox.credentials(account)?.authorization() {
            Authorization::Keys(keys) => Some((login.expose().to_owned(), keys.secret.expose().to_owned())),
            _ => None,
        }
    }
}

/// A value as it stands in a form.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

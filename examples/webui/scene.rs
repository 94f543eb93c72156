//! Both sides on loopback.

use std::sync::Arc;

use huaweicloud_partner::webui::{LoginLink, SigningKey, Verifier};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::net::TcpListener;

use super::{
    huawei::{self, Huawei},
    platform::{self, Platform},
};

// Keys made for this example alone.
const PLATFORM_KEY: &str = include_str!("../../src/webui/fixtures/platform.key");
const PLATFORM_CERTIFICATE: &str = include_str!("../../src/webui/fixtures/platform.crt");
const HUAWEI_KEY: &str = include_str!("../../src/webui/fixtures/huawei.key");
const HUAWEI_CERTIFICATE: &str = include_str!("../../src/webui/fixtures/huawei.crt");

/// The platform and Huawei Cloud's double, serving.
pub struct Scene {
    pub platform_url: String,
    pub platform: Arc<Platform>,
    pub huawei: Arc<Huawei>,
}

impl Scene {
    /// Starts both servers.
    pub async fn start() -> Result<Self, Box<dyn std::error::Error>> {
        let (ours, theirs) =
            (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
        let platform_url = format!("http://{}", ours.local_addr()?);
        let huawei_url = format!("http://{}", theirs.local_addr()?);
        let assertion_consumer = format!("{huawei_url}/authui/saml/SAMLAssertionConsumer");
        let platform = Arc::new(Platform {
            entity_id: "https://platform.example".to_owned(),
            assertion_consumer: assertion_consumer.clone(),
            login_endpoint: format!("{huawei_url}/authui/saml/login"),
            key: SigningKey::new(PLATFORM_KEY, PLATFORM_CERTIFICATE)?,
            huawei: Verifier::new(HUAWEI_CERTIFICATE)?,
            accepted: Default::default(),
            bindings: Default::default(),
        });
        let huawei = Arc::new(Huawei {
            key: huawei::private_key(HUAWEI_KEY),
            platform: huawei::public_key(PLATFORM_CERTIFICATE),
            sign_on: format!("{platform_url}/sso"),
            assertion_consumer,
            accepted: Default::default(),
        });
        let (our_routes, their_routes) =
            (platform::routes(Arc::clone(&platform)), huawei::routes(Arc::clone(&huawei)));
        tokio::spawn(async move { axum::serve(ours, our_routes).await });
        tokio::spawn(async move { axum::serve(theirs, their_routes).await });
        Ok(Self { platform_url, platform, huawei })
    }
}

/// The link that the platform shows its customers.
pub fn login_link(scene: &Scene) -> String {
    LoginLink::with_endpoint(&scene.platform.login_endpoint, "example_IDP")
        .map(|link| link.first_login(true).service("console").to_string())
        .unwrap_or_default()
}

/// A value as it stands in a form.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

//! The partner's sales platform: a login page, the single-sign-on address that Huawei Cloud redirects to, and the callback
//! that Huawei Cloud posts bindings to.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Form, Router,
    extract::{RawQuery, State},
    http::{StatusCode, header::CACHE_CONTROL},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use huaweicloud_partner::{
    types::UtcTime,
    webui::{
        AuthnRequest, BindingNotification, LoginLink, SamlAttributes, SamlResponse, SigningKey, Verifier,
    },
};
use time::OffsetDateTime;

/// The platform's settings and what it remembers.
pub struct Platform {
    pub entity_id: String,
    pub assertion_consumer: String,
    pub login_endpoint: String,
    pub key: SigningKey,
    pub huawei: Verifier,
    /// The ids of the requests that were responded to: each is accepted once.
    pub accepted_responses: Mutex<HashSet<String>>,
    /// The bindings of which Huawei Cloud notified the platform.
    pub bindings: Mutex<Vec<BindingNotification>>,
}

/// The platform's routes.
pub fn routes(platform: Arc<Platform>) -> Router {
    Router::new()
        .route("/", get(start))
        .route("/sso", get(sign_on))
        .route("/login", post(login))
        .route("/callback", post(bound))
        .with_state(platform)
}

/// The page on which a customer chooses to go to Huawei Cloud.
async fn start(State(platform): State<Arc<Platform>>) -> Response {
    match login_link(&platform) {
        Ok(link) => {
            let link = escaped(&link.to_string());
            Html(format!("<h1>Platform</h1><a id=\"go\" href=\"{link}\">Go to Huawei Cloud</a>"))
                .into_response()
        }
        Err(error) => refused(&error),
    }
}

/// The link to Huawei Cloud. As long as no account is bound, Huawei Cloud asks for one.
pub fn login_link(platform: &Platform) -> Result<LoginLink, huaweicloud_partner::webui::WebUiError> {
    let is_first = platform.bindings.lock().is_ok_and(|bindings| bindings.is_empty());
    let link = LoginLink::with_endpoint(&platform.login_endpoint, "example_IDP")?;
    Ok(link.first_login(is_first).service("https://console.huaweicloud.com/iam/"))
}

/// The address that Huawei Cloud redirects the browser to. Shows the login page, which carries the request on.
async fn sign_on(State(platform): State<Arc<Platform>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    match checked(&platform, &query) {
        Ok(_) => Html(format!(
            "<h1>Log in</h1><form id=\"login\" method=\"post\" action=\"/login\">\
             <input name=\"user\" value=\"user-7\"><input type=\"hidden\" name=\"request\" value=\"{}\">\
             <button>Log in</button></form>",
            escaped(&query)
        ))
        .into_response(),
        Err(error) => refused(&error),
    }
}

#[derive(serde::Deserialize)]
struct Login {
    user: String,
    request: String,
}

/// Logs the customer in and lets the browser post the signed response to Huawei Cloud. A real platform checks a password.
async fn login(State(platform): State<Arc<Platform>>, Form(login): Form<Login>) -> Response {
    let respond = || {
        // The request came back through the browser, so it is verified again.
        let request = checked(&platform, &login.request)?;
        let attributes = SamlAttributes::new(login.user.as_str(), login.user.as_str()).name("Blue Harbour");
        SamlResponse::new(&request, &platform.entity_id, &platform.assertion_consumer, attributes, now())?
            .sign(&platform.key)
            .map(|response| (request, response))
    };
    match respond() {
        Ok((request, response)) => {
            let is_new = platform.accepted_responses.lock().is_ok_and(|mut ids| ids.insert(request.id));
            if is_new {
                ([(CACHE_CONTROL, "no-store")], Html(response.html())).into_response()
            } else {
                (StatusCode::CONFLICT, "there was a response to this request before").into_response()
            }
        }
        Err(error) => refused(&error),
    }
}

/// The callback: which Huawei Cloud account the customer is bound to.
async fn bound(State(platform): State<Arc<Platform>>, body: String) -> Response {
    match BindingNotification::from_form(&body, &platform.huawei) {
        Ok(binding) => {
            if let Ok(mut bindings) = platform.bindings.lock() {
                bindings.push(binding);
            }
            StatusCode::OK.into_response()
        }
        Err(error) => refused(&error),
    }
}

fn checked(platform: &Platform, query: &str) -> Result<AuthnRequest, huaweicloud_partner::webui::WebUiError> {
    let request = AuthnRequest::from_query(query, &platform.huawei)?;
    if request.is_current(now(), Duration::from_secs(300)) {
        Ok(request)
    } else {
        Err(huaweicloud_partner::webui::WebUiError::NotCurrent)
    }
}

fn now() -> UtcTime {
    UtcTime::from(OffsetDateTime::now_utc())
}

fn refused(error: &huaweicloud_partner::webui::WebUiError) -> Response {
    (StatusCode::BAD_REQUEST, error.to_string()).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

//! Huawei Cloud's side of the Web UI hand-over, for a browser.
//!
//! A platform that is registered with [`Server::register_platform`] sends its customers to `/authui/saml/login`. The
//! server redirects them to the platform with a signed request, verifies the response that they post to
//! `/authui/saml/SAMLAssertionConsumer`, asks for the Huawei Cloud account at the first login, tells the platform's
//! callback of the binding, and ends with a page in the place of the console.
//!
//! Times are those of the machine, because the platform does not know the sandbox's clock. Without a source are: the
//! words of the pages, the status with which a response is refused, and that the callback is called before the console
//! opens.

mod assertion;
mod callback;

use std::{
    collections::BTreeMap,
    io::Write as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use flate2::{Compression, write::DeflateEncoder};
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use time::OffsetDateTime;

use super::{ControlResponse, Served, Server, whole};
use crate::core::AccountKind;
use assertion::Expected;
use huaweicloud_partner::{
    types::UtcTime,
    webui::{SigningKey, Verifier, WebUiError},
};

// A key pair made for the sandbox alone. Everybody has it.
const KEY: &str = include_str!("huawei.key");
const CERTIFICATE: &str = include_str!("huawei.crt");

const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const POST_BINDING: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
const ENTITY_ID: &str = "https://auth.huaweicloud.com/";
const PREFIX: &str = "/authui/saml/";
/// The number of hand-overs that are under way at most; the oldest are forgotten.
const UNDER_WAY: usize = 1_000;

/// A partner's platform as it is registered in Partner Center.
#[derive(Clone, Debug)]
pub struct WebUiPlatform {
    /// The platform's tag, `xAccountType` in the login link.
    pub account_type: String,
    /// The platform's single-sign-on address, to which browsers are redirected.
    pub sign_on: String,
    /// The platform's certificate in PEM form, which verifies its responses.
    pub certificate: String,
    /// The address to which bindings are posted, with `http`; none are posted without it.
    pub callback: Option<String>,
}

/// The registered platforms and the hand-overs that are under way.
#[derive(Debug, Default)]
pub(super) struct WebUi {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    platforms: BTreeMap<String, Registered>,
    /// The hand-overs by the ids of their requests, with their places in the order of beginning.
    under_way: BTreeMap<String, HandOver>,
    begun: u64,
}

#[derive(Clone, Debug)]
struct Registered {
    platform: WebUiPlatform,
    verifier: Verifier,
}

#[derive(Clone, Debug)]
struct HandOver {
    number: u64,
    account_type: String,
    first_login: bool,
    service: String,
    /// The user and the account on the platform, once its response was accepted.
    accepted: Option<(String, String)>,
}

impl Server {
    /// Registers a platform for the Web UI hand-over, or replaces the one with the same tag. Behind the feature `webui`.
    ///
    /// The server then plays the pages of Huawei Cloud for the platform's customers: the login link, the signed request,
    /// the response of the platform, the binding of an account at the first login, and the notification of the callback. A
    /// page stands in the place of the console. The platform's response has to be in canonical XML, as the SDK writes it;
    /// the example `webui` of the SDK is a whole platform.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use huaweicloud_partner_sandbox::{Sandbox, Server, WebUiPlatform};
    ///
    /// let server = Server::bind(Sandbox::small_distributor(), ([127, 0, 0, 1], 0).into()).await?;
    /// server.register_platform(WebUiPlatform {
    ///     account_type: "example_IDP".into(),
    ///     sign_on: "http://127.0.0.1:3000/sso".into(),
    ///     certificate: std::fs::read_to_string("platform.crt")?,
    ///     callback: Some("http://127.0.0.1:3000/callback".into()),
    /// })?;
    /// println!("the login link begins with {}", server.web_ui_login());
    /// std::fs::write("SP Metadata.xml", server.web_ui_metadata())?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`WebUiError::Key`] where the certificate cannot be read.
    pub fn register_platform(&self, platform: WebUiPlatform) -> Result<(), WebUiError> {
        let verifier = Verifier::new(&platform.certificate)?;
        let registered = Registered { platform: platform.clone(), verifier };
        self.served.web_ui.state().platforms.insert(platform.account_type, registered);
        Ok(())
    }

    /// The metadata file of Huawei Cloud as the service provider, which a partner downloads in Partner Center. It is
    /// also served at `/authui/saml/metadata.xml`.
    pub fn web_ui_metadata(&self) -> String {
        metadata(&self.url())
    }

    /// The address of the login link.
    pub fn web_ui_login(&self) -> String {
        format!("{}{PREFIX}login", self.url())
    }
}

impl WebUi {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A refusal that the browser shows.
struct Refused(StatusCode, &'static str);

const UNKNOWN_PLATFORM: Refused = Refused(StatusCode::NOT_FOUND, "No platform has this xAccountType.");
const UNKNOWN_REQUEST: Refused =
    Refused(StatusCode::FORBIDDEN, "The response does not belong to a request, or it was sent before.");

impl Served {
    /// Serves what belongs to the hand-over; `None` for other paths.
    pub(super) async fn web_ui(&self, head: &Parts, body: &Bytes) -> Option<ControlResponse> {
        let what = head.uri.path().strip_prefix(PREFIX)?;
        let base = self.base(head);
        let query = head.uri.query().unwrap_or_default();
        let outcome = match (&head.method, what) {
            (&Method::GET, "login") => self.begin(&base, query),
            (&Method::POST, "SAMLAssertionConsumer") => self.consume(&base, body),
            (&Method::POST, "bind") => self.bind(body).await,
            (&Method::GET, "metadata.xml") => Ok(whole(StatusCode::OK, "application/xml", metadata(&base))),
            _ => Err(Refused(StatusCode::NOT_FOUND, "There is no such page.")),
        };
        Some(outcome.unwrap_or_else(|Refused(status, message)| {
            page(status, &format!("<h1>Huawei Cloud</h1><p id=\"refused\">{message}</p>"))
        }))
    }

    /// The address by which the browser reached the server.
    fn base(&self, head: &Parts) -> String {
        let named = head.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        match named.filter(|host| !host.contains(['<', '>', '"', '&', '/'])) {
            Some(host) => format!("{}://{host}", if self.tls.is_some() { "https" } else { "http" }),
            None => self.url(),
        }
    }

    /// Redirects the browser to the platform with a signed request.
    fn begin(&self, base: &str, query: &str) -> Result<ControlResponse, Refused> {
        let account_type = value(query, "xAccountType").unwrap_or_default();
        let first_login = value(query, "isFirstLogin").is_some_and(|first| first == "true");
        let service = value(query, "service").unwrap_or_default();
        let id = format!("_{}", std::iter::repeat_with(fastrand::alphanumeric).take(36).collect::<String>());
        let mut state = self.web_ui.state();
        let sign_on = match state.platforms.get(&account_type) {
            Some(registered) => registered.platform.sign_on.clone(),
            None => return Err(UNKNOWN_PLATFORM),
        };
        state.begun += 1;
        let number = state.begun;
        let hand_over = HandOver { number, account_type, first_login, service, accepted: None };
        let relay_state = format!("{number}");
        state.under_way.insert(id.clone(), hand_over);
        state.under_way.retain(|_, hand_over| hand_over.number + UNDER_WAY as u64 > number);
        drop(state);
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<saml2p:AuthnRequest \
             xmlns:saml2p=\"urn:oasis:names:tc:SAML:2.0:protocol\" AssertionConsumerServiceURL=\"{}\" Destination=\"{}\" \
             ForceAuthn=\"false\" ID=\"{id}\" IsPassive=\"false\" IssueInstant=\"{}\" ProtocolBinding=\"{POST_BINDING}\" \
             Version=\"2.0\"><saml2:Issuer xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\">{ENTITY_ID}\
             </saml2:Issuer><saml2p:NameIDPolicy AllowCreate=\"true\" \
             Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:transient\" SPNameQualifier=\"{ENTITY_ID}\"/>\
             </saml2p:AuthnRequest>",
            escaped(&consumer(base)),
            escaped(&sign_on),
            UtcTime::from(OffsetDateTime::now_utc()),
        );
        let mut deflating = DeflateEncoder::new(Vec::new(), Compression::default());
        let deflated = deflating.write_all(xml.as_bytes()).and_then(|()| deflating.finish());
        let deflated = deflated.map_err(|_| FAILED)?;
        let signed = format!(
            "SAMLRequest={}&RelayState={}&SigAlg={}",
            encoded(&BASE64_STANDARD.encode(deflated)),
            encoded(&relay_state),
            encoded(RSA_SHA256)
        );
        let signature = signing_key()?.sign(signed.as_bytes());
        let separator = if sign_on.contains('?') { '&' } else { '?' };
        let location = format!("{sign_on}{separator}{signed}&Signature={}", encoded(&signature));
        let mut response = whole(StatusCode::FOUND, "text/plain", "");
        let location = HeaderValue::try_from(location).map_err(|_| FAILED)?;
        response.headers_mut().insert(header::LOCATION, location);
        Ok(response)
    }

    /// Verifies the platform's response. A customer that is bound lands; another one is asked for its account.
    fn consume(&self, base: &str, body: &Bytes) -> Result<ControlResponse, Refused> {
        let form = std::str::from_utf8(body).unwrap_or_default();
        let response = value(form, "SAMLResponse").unwrap_or_default();
        let relay_state = value(form, "RelayState").unwrap_or_default();
        let response = BASE64_STANDARD.decode(response).ok().and_then(|xml| String::from_utf8(xml).ok());
        let response =
            response.ok_or(Refused(StatusCode::BAD_REQUEST, "SAMLResponse is not XML in Base64."))?;
        let id = assertion::in_response_to(&response).ok_or(UNKNOWN_REQUEST)?;
        let (hand_over, registered) = {
            let state = self.web_ui.state();
            let hand_over = state.under_way.get(&id).filter(|found| found.accepted.is_none());
            let hand_over = hand_over.cloned().ok_or(UNKNOWN_REQUEST)?;
            let registered = state.platforms.get(&hand_over.account_type).cloned().ok_or(UNKNOWN_PLATFORM)?;
            (hand_over, registered)
        };
        if relay_state != hand_over.number.to_string() {
            return Err(Refused(StatusCode::FORBIDDEN, "RelayState is not that of the request."));
        }
        let expected = Expected {
            request: &id,
            consumer: &consumer(base),
            audience: ENTITY_ID,
            now: OffsetDateTime::now_utc(),
        };
        let (user, account) = assertion::verified(&response, &registered.verifier, &expected)
            .map_err(|wrong| Refused(StatusCode::FORBIDDEN, wrong))?;
        let bound = self.bound(&hand_over.account_type, &account);
        let mut state = self.web_ui.state();
        match (bound, hand_over.first_login) {
            (Some(login), _) => {
                state.under_way.remove(&id);
                drop(state);
                Ok(console(&login, &hand_over.service))
            }
            (None, true) => {
                if let Some(found) = state.under_way.get_mut(&id) {
                    found.accepted = Some((user, account));
                }
                drop(state);
                Ok(page(
                    StatusCode::OK,
                    &format!(
                        "<h1>Bind a Huawei Cloud account</h1><form id=\"bind\" method=\"post\" action=\"{PREFIX}bind\">\
                         <input type=\"hidden\" name=\"request\" value=\"{}\">\
                         <label>Account name <input name=\"account\"></label> \
                         <label>Password <input name=\"password\" type=\"password\"></label> <button>Bind</button></form>",
                        escaped(&id)
                    ),
                ))
            }
            (None, false) => Err(Refused(
                StatusCode::FORBIDDEN,
                "No Huawei Cloud account is bound to this customer: the login link needs isFirstLogin=true.",
            )),
        }
    }

    /// Binds the account whose name and password were given, and tells the platform.
    async fn bind(&self, body: &Bytes) -> Result<ControlResponse, Refused> {
        let form = std::str::from_utf8(body).unwrap_or_default();
        let text = |name| value(form, name).unwrap_or_default();
        let (request, login, password) = (text("request"), text("account"), text("password"));
        let (hand_over, callback) = {
            let state = self.web_ui.state();
            let hand_over = state.under_way.get(&request).cloned().ok_or(UNKNOWN_REQUEST)?;
            let registered = state.platforms.get(&hand_over.account_type).ok_or(UNKNOWN_PLATFORM)?;
            (hand_over, registered.platform.callback.clone())
        };
        let (user, account) = hand_over.accepted.clone().ok_or(UNKNOWN_REQUEST)?;
        let id = {
            let mut state = self.sandbox.current();
            let world = &mut state.world;
            let wrong = Refused(StatusCode::FORBIDDEN, "The account name or the password is wrong.");
            let found = world.accounts.values().find(|known| known.login.expose() == login);
            let found = found.filter(|known| world.identity.is_password(known, &password)).ok_or(wrong)?;
            if found.kind != AccountKind::Customer || found.xaccount_id.is_some() {
                return Err(Refused(StatusCode::CONFLICT, "This account cannot be bound, or it is bound."));
            }
            let id = found.id.clone();
            if let Some(found) = world.accounts.get_mut(&id) {
                found.xaccount_id = Some(account.clone());
                found.xaccount_type = Some(hand_over.account_type.clone());
            }
            id
        };
        self.web_ui.state().under_way.remove(&request);
        if let Some(callback) = callback {
            let binding = json!({
                "domainName": login, "domainId": id, "xUserId": user, "xAccountId": account, "bindAction": 1,
            });
            callback::post(&callback, signed_binding(&binding.to_string())?)
                .await
                .map_err(|wrong| Refused(StatusCode::BAD_GATEWAY, wrong))?;
        }
        Ok(console(&login, &hand_over.service))
    }

    /// The name of the Huawei Cloud account to which an account of a platform is bound.
    fn bound(&self, account_type: &str, account: &str) -> Option<String> {
        let state = self.sandbox.current();
        let found = state.world.accounts.values().find(|known| {
            known.xaccount_id.as_deref() == Some(account)
                && known.xaccount_type.as_deref() == Some(account_type)
        });
        found.map(|known| known.login.expose().to_owned())
    }
}

const FAILED: Refused = Refused(StatusCode::INTERNAL_SERVER_ERROR, "The request cannot be made.");

fn signing_key() -> Result<Arc<SigningKey>, Refused> {
    static PAIR: Mutex<Option<Arc<SigningKey>>> = Mutex::new(None);
    let mut pair = PAIR.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pair) = &*pair {
        return Ok(Arc::clone(pair));
    }
    let read = SigningKey::new(KEY, CERTIFICATE).map_err(|_| FAILED)?;
    Ok(Arc::clone(pair.insert(Arc::new(read))))
}

/// The form that the callback is sent. The value in Base64 is what is signed; the documentation does not say.
fn signed_binding(json: &str) -> Result<String, Refused> {
    let value = BASE64_STANDARD.encode(json);
    let signature = signing_key()?.sign(value.as_bytes());
    Ok(format!(
        "bindRequest={}&SigAlg={}&Signature={}",
        encoded(&value),
        encoded(RSA_SHA256),
        encoded(&signature)
    ))
}

fn consumer(base: &str) -> String {
    format!("{base}{PREFIX}SAMLAssertionConsumer")
}

fn metadata(base: &str) -> String {
    let certificate: String = CERTIFICATE.lines().filter(|line| !line.starts_with("-----")).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<md:EntityDescriptor \
         xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{ENTITY_ID}\"><md:SPSSODescriptor \
         WantAssertionsSigned=\"true\" protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
         <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
         <md:AssertionConsumerService Binding=\"{POST_BINDING}\" Location=\"{}\" index=\"0\" isDefault=\"true\"/>\
         </md:SPSSODescriptor></md:EntityDescriptor>\n",
        escaped(&consumer(base))
    )
}

/// The page in the place of the console.
fn console(login: &str, service: &str) -> ControlResponse {
    page(
        StatusCode::OK,
        &format!("<h1>Console</h1><p id=\"landed\">{} at {}</p>", escaped(login), escaped(service)),
    )
}

fn page(status: StatusCode, content: &str) -> ControlResponse {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sandbox of Huawei Cloud</title></head>\
         <body>{content}</body></html>"
    );
    let mut response = whole(status, "text/html; charset=utf-8", html);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The value of a parameter of a query or form.
fn value(form: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(form.as_bytes())
        .find(|(own, _)| own == name)
        .map(|(_, value)| value.into_owned())
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

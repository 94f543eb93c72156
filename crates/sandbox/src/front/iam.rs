//! The identity service: tokens for a password or an agency, temporary keys, and what the official SDKs ask it.
//!
//! Every account has one user, its owner, who is called like the account and whose password is the secret key unless
//! another was set. Tokens last 24 hours of the sandbox's clock.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header, request};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    core::{Account, Refusal},
    state::State,
};
use huaweicloud_partner::types::{Personal, Secret, UtcTime};

/// Lifetime of tokens.
const TOKEN_SECONDS: i64 = 24 * 3600;

/// Default lifetime of temporary keys, and its limits.
const KEYS_SECONDS: i64 = 900;

const KEYS_LIMITS: std::ops::RangeInclusive<i64> = 900..=86_400;

/// The paths that are served, whatever the method.
pub(crate) fn serves(path: &str) -> bool {
    matches!(
        path.trim_end_matches('/'),
        "/v3/auth/tokens" | "/v3.0/OS-CREDENTIAL/securitytokens" | "/v3/auth/domains" | "/v3/projects"
    )
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    auth: Auth,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Auth {
    identity: Identity,
    scope: Option<Scope>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Identity {
    methods: Vec<String>,
    password: Option<Password>,
    assume_role: Option<AssumeRole>,
    token: Option<ByToken>,
}

#[derive(Deserialize)]
struct Password {
    user: User,
}

#[derive(Deserialize)]
struct User {
    name: Personal,
    password: Secret,
    domain: Named,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    id: Option<String>,
    name: Option<Personal>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Scope {
    domain: Option<Named>,
    project: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AssumeRole {
    domain_id: Option<String>,
    domain_name: Option<Personal>,
    agency_name: Option<String>,
    /// Name of the same parameter on older pages.
    xrole_name: Option<String>,
    duration_seconds: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ByToken {
    id: Option<Secret>,
    duration_seconds: Option<i64>,
}

/// Responds to a call. `caller` finds out who signed it or whose token it carries.
pub(crate) fn respond(
    world: &mut State,
    head: &request::Parts,
    body: &Bytes,
    caller: impl FnOnce(&mut State) -> Result<Account, Refusal>,
) -> Response<Bytes> {
    let path = head.uri.path().trim_end_matches('/');
    let response = match (&head.method, path) {
        (&Method::POST, "/v3/auth/tokens") => read(body).and_then(|asked| token(world, asked, caller)),
        (&Method::POST, "/v3.0/OS-CREDENTIAL/securitytokens") => {
            read(body).and_then(|asked| keys(world, asked, caller))
        }
        (&Method::GET, "/v3/auth/domains") => known(world, caller).map(|account| {
            let domain = json!({"id": account.id, "name": account.login.expose(), "enabled": true});
            written(StatusCode::OK, &json!({"domains": [domain], "links": {}}))
        }),
        (&Method::GET, "/v3/projects") => known(world, caller).map(|account| projects(&account, head)),
        _ => Err(Denial(StatusCode::NOT_FOUND, "the sandbox's identity service has no such call")),
    };
    response.unwrap_or_else(|denial| denial.response())
}

/// Every account has one project in each region, whatever the region is called.
fn projects(account: &Account, head: &request::Parts) -> Response<Bytes> {
    let query = head.uri.query().unwrap_or_default();
    let name = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "name");
    let projects: Vec<Value> = name
        .map(|(_, region)| {
            let id = format!("{}-{region}", account.id);
            json!({"id": id, "name": region, "domain_id": account.id, "enabled": true})
        })
        .into_iter()
        .collect();
    written(StatusCode::OK, &json!({"projects": projects, "links": {}}))
}

/// Refusal of the identity service.
struct Denial(StatusCode, &'static str);

impl Denial {
    fn response(&self) -> Response<Bytes> {
        let Self(status, message) = self;
        let title = status.canonical_reason().unwrap_or_default();
        let error = json!({"code": status.as_u16(), "message": message, "title": title});
        written(*status, &json!({"error": error}))
    }
}

const NOT_RECOGNISED: Denial =
    Denial(StatusCode::UNAUTHORIZED, "The request you have made requires authentication.");

const MALFORMED: Denial = Denial(StatusCode::BAD_REQUEST, "Request body is invalid.");

fn read(body: &Bytes) -> Result<Auth, Denial> {
    serde_json::from_slice::<Asked>(body).map(|asked| asked.auth).map_err(|_| MALFORMED)
}

fn known(
    world: &mut State,
    caller: impl FnOnce(&mut State) -> Result<Account, Refusal>,
) -> Result<Account, Denial> {
    caller(world).map_err(|_| NOT_RECOGNISED)
}

fn token(
    world: &mut State,
    auth: Auth,
    caller: impl FnOnce(&mut State) -> Result<Account, Refusal>,
) -> Result<Response<Bytes>, Denial> {
    let Identity { methods, password, assume_role, .. } = auth.identity;
    let (account, user) = match (methods.first().map(String::as_str), password, assume_role) {
        (Some("password"), Some(login), _) => {
            let account = logged_in(world, &login.user)?;
            (account.clone(), account)
        }
        (Some("assume_role"), _, Some(role)) => {
            let partner = known(world, caller)?;
            (assumed(world, &partner, &role)?, partner)
        }
        _ => return Err(MALFORMED),
    };
    if let Some(Scope { domain: Some(domain), .. }) = &auth.scope
        && !names(domain, &account)
    {
        return Err(Denial(StatusCode::FORBIDDEN, "The scope is another account."));
    }
    let issued = world.now;
    let expires: UtcTime = issued.instant().saturating_add(time::Duration::seconds(TOKEN_SECONDS)).into();
    let token = world.issue_token(&account.id, expires);
    let domain = |account: &Account| json!({"id": account.id, "name": account.login.expose()});
    let mut described = json!({
        "methods": methods, "issued_at": precise(issued), "expires_at": precise(expires), "roles": [], "catalog": [],
        "user": {"id": account.id, "name": account.login.expose(), "domain": domain(&account)},
    });
    let scope = auth.scope.and_then(|scope| scope.project);
    let (what, scope) = match scope {
        Some(project) => {
            let name = project.get("name").or_else(|| project.get("id")).cloned().unwrap_or_default();
            ("project", json!({"id": name, "name": name, "domain": domain(&account)}))
        }
        None => ("domain", domain(&account)),
    };
    if let Value::Object(fields) = &mut described {
        fields.insert(what.to_owned(), scope);
        if user.id != account.id {
            let by = json!({"user": {"id": user.id, "name": user.login.expose(), "domain": domain(&user)}});
            fields.insert("assumed_by".to_owned(), by);
        }
    }
    let mut response = written(StatusCode::CREATED, &json!({"token": described}));
    let mut token = HeaderValue::try_from(token).map_err(|_| MALFORMED)?;
    token.set_sensitive(true);
    response.headers_mut().insert("x-subject-token", token);
    Ok(response)
}

fn keys(
    world: &mut State,
    auth: Auth,
    caller: impl FnOnce(&mut State) -> Result<Account, Refusal>,
) -> Result<Response<Bytes>, Denial> {
    let Identity { methods, assume_role, token, .. } = auth.identity;
    let (account, seconds) = match (methods.first().map(String::as_str), assume_role, token) {
        (Some("assume_role"), Some(role), _) => {
            let partner = known(world, caller)?;
            (assumed(world, &partner, &role)?, role.duration_seconds)
        }
        (Some("token"), _, token) => {
            let token = token.unwrap_or_default();
            let account = match &token.id {
                Some(id) => {
                    let id = world.identity.by_token(id.expose(), world.now).map_err(|_| NOT_RECOGNISED)?;
                    world.accounts.get(id).cloned().ok_or(NOT_RECOGNISED)?
                }
                None => known(world, caller)?,
            };
            (account, token.duration_seconds)
        }
        _ => return Err(MALFORMED),
    };
    let seconds = seconds.unwrap_or(KEYS_SECONDS);
    if !KEYS_LIMITS.contains(&seconds) {
        return Err(Denial(StatusCode::BAD_REQUEST, "duration_seconds must be 900 to 86400."));
    }
    let expires: UtcTime = world.now.instant().saturating_add(time::Duration::seconds(seconds)).into();
    let keys = world.issue_keys(&account.id, expires);
    let credential = json!({
        "access": keys.id, "secret": keys.secret.expose(), "expires_at": precise(expires),
        "securitytoken": keys.security_token.as_ref().map(Secret::expose),
    });
    Ok(written(StatusCode::CREATED, &json!({"credential": credential})))
}

/// The account whose user logs in; which of the three is wrong is not said.
fn logged_in(world: &State, user: &User) -> Result<Account, Denial> {
    let wrong = Denial(StatusCode::UNAUTHORIZED, "The username or password is wrong.");
    let found = world.accounts.values().find(|account| names(&user.domain, account));
    found
        .filter(|account| account.login == user.name)
        .filter(|account| world.identity.is_password(account, user.password.expose()))
        .cloned()
        .ok_or(wrong)
}

/// The customer that a partner acts as.
fn assumed(world: &State, partner: &Account, role: &AssumeRole) -> Result<Account, Denial> {
    let named = Named { id: role.domain_id.clone(), name: role.domain_name.clone() };
    let customer = match &named.id {
        Some(id) => world.accounts.get(id),
        None => world.accounts.values().find(|account| names(&named, account)),
    };
    let agency = role.agency_name.as_deref().or(role.xrole_name.as_deref()).unwrap_or_default();
    customer
        .filter(|customer| {
            names(&named, customer) && world.identity.may_act(&partner.id, &customer.id, agency)
        })
        .cloned()
        .ok_or(Denial(StatusCode::FORBIDDEN, "You have no right to do this action."))
}

/// Whether this is the account that is named; the id decides where both are given.
fn names(named: &Named, account: &Account) -> bool {
    match (&named.id, &named.name) {
        (Some(id), _) => account.id == *id,
        (None, Some(name)) => account.login == *name,
        (None, None) => false,
    }
}

/// With six decimals, as the identity service writes it and the official SDKs insist.
fn precise(time: UtcTime) -> String {
    time.to_string().replace('Z', ".000000Z")
}

fn written(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf8"));
    response
}

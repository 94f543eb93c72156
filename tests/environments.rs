//! Tests each environment that the table in `auth` names: from its variables and files to a signed call that
//! the sandbox accepts.
//!
//! The metadata service, the pod agent, STS and the identity provider's part of IAM are played by a double on loopback.
//! The keys that it gives are keys of the sandbox, which refuses any others. Except on an Elastic Cloud Server, whose
//! metadata service has a fixed address, the calls are made by a process of their own through `Client::from_env`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use axum::{body::Bytes, extract::State, response::IntoResponse as _};
use http::{Method, Request, Response, StatusCode, Uri, request::Parts};
use huaweicloud_partner::{
    Client,
    auth::{
        self, AccessKeys, AgencyKeys, Authorization, CustomerCredentials, Env, Iam, Network, OsEnv,
        PodIdentity, Sts, StsAgencyKeys, default_chain_with_env,
    },
    clock::{Clock as _, SystemClock},
    customers::ShowAccountBalances,
    operation::Service,
    partners::ShowBalances,
    resellers::ListResellers,
    transport::{Body, HttpTransport, Transport, TransportError},
    types::{Site, UtcTime},
};
use huaweicloud_partner_sandbox::{Sandbox, SandboxEvent, Server};
use serde_json::{Value, json};

/// Tells the test binary that it is the program in an environment.
const PROGRAM: &str = "HWP_TEST_PROGRAM";
/// Tells it to use the identity of its pod and nothing else.
const POD: &str = "HWP_TEST_PROGRAM_POD";

/// The sandbox and the double of everything that gives keys, both listening.
struct Scene {
    sandbox: Sandbox,
    sandbox_url: String,
    double: Arc<Double>,
    double_url: String,
    folder: PathBuf,
}

/// The services that give keys.
#[derive(Debug)]
struct Double {
    sandbox: Sandbox,
    /// Whether the metadata service has tokens.
    version_two: bool,
    asked: Mutex<Vec<String>>,
    /// The temporary keys that were given.
    issued: Mutex<HashMap<String, AccessKeys>>,
}

impl Scene {
    async fn start(name: &str) -> Self {
        Self::with_metadata(name, true).await
    }

    async fn with_metadata(name: &str, version_two: bool) -> Self {
        let sandbox = Sandbox::small_distributor();
        let server = Server::bind(sandbox.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
        let sandbox_url = server.url();
        tokio::spawn(server.run());
        let double = Arc::new(Double {
            sandbox: sandbox.clone(),
            version_two,
            asked: Mutex::default(),
            issued: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let double_url = format!("http://{}", listener.local_addr().unwrap());
        let served = axum::Router::new().fallback(serve).with_state(Arc::clone(&double));
        tokio::spawn(async move { axum::serve(listener, served).await });
        let folder = std::env::temp_dir().join(format!("environments-{name}-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("home/.huaweicloud")).unwrap();
        Self { sandbox, sandbox_url, double, double_url, folder }
    }

    fn write(&self, name: &str, content: &str) -> String {
        let path = self.folder.join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    fn keys(&self) -> (String, String) {
        let credentials = self.sandbox.credentials("distributor").unwrap();
        let Authorization::Keys(keys) = credentials.authorization() else { panic!("no keys") };
        (keys.id.clone(), keys.secret.expose().to_owned())
    }

    /// The variables that lead to the sandbox and the double.
    fn addresses(&self) -> Vec<(&str, &str)> {
        vec![
            ("HUAWEICLOUD_SDK_REGION_BSS_CN_NORTH_1", &self.sandbox_url),
            ("HUAWEICLOUD_SDK_IAM_ENDPOINT", &self.double_url),
            ("HUAWEICLOUD_SDK_STS_ENDPOINT", &self.double_url),
        ]
    }

    /// Runs the program in an environment that has these variables, and gives what it printed.
    async fn program(&self, variables: &[(&str, &str)]) -> String {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--ignored", "--exact", "a_program_lists_resellers_with_what_the_environment_holds"])
            .args(["--nocapture", "--test-threads=1"])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.join("home"))
            .env(PROGRAM, "1")
            .envs(self.addresses())
            .envs(variables.iter().copied());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    }

    /// Runs the program, which has to reach the sandbox as the distributor.
    async fn reaches_the_sandbox(&self, variables: &[(&str, &str)]) {
        let printed = self.program(variables).await;
        assert!(printed.contains("resellers: 3"), "{printed}");
        self.was_called_by("distributor");
    }

    fn was_called_by(&self, account: &str) {
        let requests = self.sandbox.requests();
        let last = requests.iter().rfind(|request| request.operation.is_some()).unwrap();
        assert_eq!((last.caller.as_deref(), last.status), (Some(account), 200), "{last:?}");
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.double.asked.lock().unwrap())
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The program of the table: nothing but `from_env`, or for a pod on a node with an agency its own identity.
#[tokio::test]
#[ignore = "a program that the other tests start, each in another environment"]
async fn a_program_lists_resellers_with_what_the_environment_holds() {
    if std::env::var_os(PROGRAM).is_none() {
        return;
    }
    let client = match std::env::var_os(POD) {
        None => Client::from_env(Site::China),
        Some(_) => Client::builder(Site::China)
            .endpoints_from_env(&OsEnv)
            .credentials(PodIdentity::from_env().unwrap())
            .build(),
    };
    let client = client.unwrap();
    match client.send(&ListResellers::new()).await {
        Ok(page) => println!("resellers: {}", page.indirect_partners.len()),
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            println!("no call: {error}; {cause}");
        }
    }
}

// The double.

fn response(status: u16, body: impl Into<String>) -> Response<String> {
    Response::builder().status(status).body(body.into()).unwrap()
}

async fn serve(State(double): State<Arc<Double>>, head: Parts, body: Bytes) -> axum::response::Response {
    double.asked.lock().unwrap().push(format!("{} {}", head.method, head.uri.path()));
    let header =
        |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    let response = match (&head.method, head.uri.path()) {
        // The metadata service of an Elastic Cloud Server.
        (&Method::PUT, "/meta-data/latest/api/token") if double.version_two => {
            assert_eq!(header("x-metadata-token-ttl-seconds"), "21600");
            response(200, "metadata-token\n")
        }
        (&Method::PUT, "/meta-data/latest/api/token") => response(404, ""),
        (&Method::GET, "/openstack/latest/securitykey") => {
            if double.version_two && header("x-metadata-token") != "metadata-token" {
                response(401, "")
            } else {
                let [id, secret, token, end] = double.keys().await;
                let keys = json!({"access": id, "secret": secret, "securitytoken": token, "expires_at": end});
                response(200, json!({"credential": keys}).to_string())
            }
        }
        // The agent of a pod.
        (&Method::POST, "/pod/credentials") if header("authorization") == "pod-token" => {
            let [id, secret, token, end] = double.keys().await;
            let keys = json!({
                "accessKeyId": id, "secretAccessKey": secret, "securityToken": token, "expiration": end,
            });
            response(200, json!({"assumedAgency": {"urn": "", "id": ""}, "credentials": keys}).to_string())
        }
        // STS.
        (&Method::POST, "/v5/agencies/assume-with-oidc") => {
            let trusted = json["id_token"] == "jwt"
                && json["provider_urn"] == "iam::d1:oidc-provider:ci"
                && json["agency_urn"] == "iam::d1:agency:ci"
                && json["duration_seconds"] == 3600;
            if trusted { double.sts().await } else { forbidden() }
        }
        (&Method::POST, "/v5/agencies/assume") => double.assume(&head, &body, &json).await,
        // IAM for an identity provider's token.
        (&Method::POST, "/v3.0/OS-AUTH/id-token/tokens") => {
            assert_eq!(header("x-idp-id"), "ci");
            assert_eq!(json["auth"]["id_token"]["id"], "jwt");
            let mut response = response(201, r#"{"token":{"methods":["mapped"]}}"#);
            response.headers_mut().insert("x-subject-token", "iam-token".parse().unwrap());
            response
        }
        (&Method::POST, "/v3.0/OS-CREDENTIAL/securitytokens") => {
            assert_eq!(json["auth"]["identity"]["token"]["id"], "iam-token");
            let [id, secret, token, end] = double.keys().await;
            let keys = json!({"access": id, "secret": secret, "securitytoken": token, "expires_at": end});
            response(201, json!({"credential": keys}).to_string())
        }
        _ => response(404, ""),
    };
    response.into_response()
}

fn forbidden() -> Response<String> {
    response(403, r#"{"error_code":"STS.403","error_msg":"forbidden"}"#)
}

impl Double {
    /// Temporary keys of the distributor, which the sandbox's own IAM issues, and when they end.
    async fn keys(&self) -> [String; 4] {
        let body = r#"{"auth":{"identity":{"methods":["token"],"token":{"duration_seconds":86400}}}}"#;
        let request = Request::post("https://iam.myhuaweicloud.com/v3.0/OS-CREDENTIAL/securitytokens")
            .header("content-type", "application/json");
        let mut head = request.body(()).unwrap().into_parts().0;
        let credentials = self.sandbox.credentials("distributor").unwrap();
        let Authorization::Keys(keys) = credentials.authorization() else { panic!("no keys") };
        auth::sign(&mut head, body.as_bytes(), keys, self.sandbox.clock().now()).unwrap();
        let response = self.sandbox.send(Request::from_parts(head, Body::from(body))).await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        let body = response.into_body().collect(1 << 16).await.unwrap();
        let found: Value = serde_json::from_slice(&body).unwrap();
        let text = |name: &str| found["credential"][name].as_str().unwrap().to_owned();
        let keys = AccessKeys {
            id: text("access"),
            secret: text("secret").into(),
            security_token: Some(text("securitytoken").into()),
        };
        self.issued.lock().unwrap().insert(keys.id.clone(), keys);
        let end = SystemClock::default().now() + time::Duration::HOUR;
        [text("access"), text("secret"), text("securitytoken"), UtcTime::from(end).to_string()]
    }

    async fn sts(&self) -> Response<String> {
        let [id, secret, token, end] = self.keys().await;
        let keys = json!({
            "access_key_id": id, "secret_access_key": secret, "security_token": token, "expiration": end,
        });
        response(200, json!({"credentials": keys}).to_string())
    }

    /// The first agency of a chain for the distributor's own keys, the second for the keys that the first gave.
    async fn assume(&self, head: &Parts, body: &Bytes, json: &Value) -> Response<String> {
        let own = self.sandbox.credentials("distributor").unwrap();
        let Authorization::Keys(own) = own.authorization() else { panic!("no keys") };
        let issued = self.issued.lock().unwrap().clone();
        let keys = |id: &str| if id == own.id { Some(own.clone()) } else { issued.get(id).cloned() };
        let now = SystemClock::default().now();
        let caller = auth::verify(head, &body[..], now, auth::CLOCK_TOLERANCE, keys);
        let allowed = match (json["agency_urn"].as_str(), caller) {
            (Some("iam::d1:agency:first"), Ok(id)) => id == own.id,
            (Some("iam::d2:agency:second"), Ok(id)) => id != own.id,
            _ => false,
        };
        if allowed { self.sts().await } else { forbidden() }
    }
}

// The table.

#[tokio::test(flavor = "multi_thread")]
async fn a_laptop_with_keys_in_the_environment_or_in_a_profile() {
    let scene = Scene::start("laptop").await;
    let (id, secret) = scene.keys();
    scene.reaches_the_sandbox(&[("HUAWEICLOUD_SDK_AK", &id), ("HUAWEICLOUD_SDK_SK", &secret)]).await;

    let [id, secret, token, _] = scene.double.keys().await;
    let temporary = [
        ("HUAWEICLOUD_SDK_AK", id.as_str()),
        ("HUAWEICLOUD_SDK_SK", &secret),
        ("HUAWEICLOUD_SDK_SECURITY_TOKEN", &token),
    ];
    scene.reaches_the_sandbox(&temporary).await;

    let (id, secret) = scene.keys();
    scene.write("home/.huaweicloud/credentials", &format!("[global]\nak = {id}\nsk = {secret}\n"));
    scene.reaches_the_sandbox(&[]).await;
    let elsewhere = scene.write("other", &format!("[basic]\nak={id}\nsk={secret}\n"));
    std::fs::remove_file(scene.folder.join("home/.huaweicloud/credentials")).unwrap();
    scene.reaches_the_sandbox(&[("HUAWEICLOUD_SDK_CREDENTIALS_FILE", &elsewhere)]).await;
    assert!(scene.asked().is_empty(), "no service was asked for keys");

    let file = scene.write("jwt", "jwt\n");
    let profile = format!("[global]\nidp_id = ci\nid_token_file = {file}\n");
    scene.write("home/.huaweicloud/credentials", &profile);
    scene.reaches_the_sandbox(&[]).await;
    assert_eq!(
        scene.asked(),
        ["POST /v3.0/OS-AUTH/id-token/tokens", "POST /v3.0/OS-CREDENTIAL/securitytokens"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn continuous_integration_or_another_cloud_with_an_id_token() {
    let scene = Scene::start("oidc").await;
    let file = scene.write("jwt", " jwt\n");
    let urns = [
        ("HUAWEICLOUD_OIDC_PROVIDER_URN", "iam::d1:oidc-provider:ci"),
        ("HUAWEICLOUD_OIDC_AGENCY_URN", "iam::d1:agency:ci"),
    ];
    for token in [("HUAWEICLOUD_OIDC_ID_TOKEN", "jwt"), ("HUAWEICLOUD_OIDC_ID_TOKEN_FILE", file.as_str())] {
        scene.reaches_the_sandbox(&[urns[0], urns[1], token]).await;
        assert_eq!(scene.asked(), ["POST /v5/agencies/assume-with-oidc"]);
    }
    let idp = [("HUAWEICLOUD_SDK_IDP_ID", "ci"), ("HUAWEICLOUD_SDK_ID_TOKEN_FILE", file.as_str())];
    scene.reaches_the_sandbox(&idp).await;
    assert_eq!(scene.asked().len(), 2);

    // A token that is refused is said, and keys of another identity do not step in for it.
    let (id, secret) = scene.keys();
    let keys = [("HUAWEICLOUD_SDK_AK", id.as_str()), ("HUAWEICLOUD_SDK_SK", secret.as_str())];
    let old = ("HUAWEICLOUD_OIDC_ID_TOKEN", "expired");
    let printed = scene.program(&[urns[0], urns[1], old, keys[0], keys[1]]).await;
    assert!(printed.contains("no call: ") && printed.contains("STS.403"), "{printed}");
    assert!(!printed.contains("expired"), "the token is not shown: {printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pod_of_cloud_container_engine() {
    let scene = Scene::start("cce").await;
    let file = scene.write("pod-token", "pod-token\n");
    let agent = format!("{}/pod/credentials", scene.double_url);
    let pod = [
        ("HC_CONTAINER_CREDENTIALS_FULL_URI", agent.as_str()),
        ("HC_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.as_str()),
    ];
    scene.reaches_the_sandbox(&pod).await;
    assert_eq!(scene.asked(), ["POST /pod/credentials"]);
    scene.reaches_the_sandbox(&[pod[0], pod[1], (POD, "1")]).await;
    assert_eq!(scene.asked(), ["POST /pod/credentials"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_without_credentials_says_what_each_source_lacks() {
    let scene = Scene::start("none").await;
    let printed = scene.program(&[]).await;
    for reason in [
        "no call: ",
        "OpenID Connect agency: HUAWEICLOUD_OIDC_PROVIDER_URN and HUAWEICLOUD_OIDC_AGENCY_URN are not both set",
        "identity provider of the environment: HUAWEICLOUD_SDK_IDP_ID and HUAWEICLOUD_SDK_ID_TOKEN_FILE are not both",
        "environment: HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK are not set",
        "/.huaweicloud/credentials does not exist",
        "ECS metadata: ECS metadata",
        "pod identity: HC_CONTAINER_CREDENTIALS_FULL_URI is not set",
    ] {
        assert!(printed.contains(reason), "{reason} in {printed}");
    }
    assert!(scene.sandbox.requests().iter().all(|request| request.operation.is_none()), "nothing was sent");
}

/// Variables of a test; files are those of the machine.
struct Variables(HashMap<String, String>);

impl Env for Variables {
    fn variable(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }
}

/// Leads the address of the metadata service to its double.
#[derive(Debug)]
struct Redirected {
    double: String,
    http: HttpTransport,
}

#[async_trait]
impl Transport for Redirected {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let (mut head, body) = request.into_parts();
        assert_eq!(head.uri.authority().unwrap(), "169.254.169.254");
        let path = head.uri.path_and_query().unwrap();
        head.uri = format!("{}{path}", self.double).parse::<Uri>().unwrap();
        self.http.send(Request::from_parts(head, body)).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_elastic_cloud_server_with_an_agency() {
    for version_two in [true, false] {
        let scene = Scene::with_metadata(&format!("ecs-{version_two}"), version_two).await;
        let variables = scene.addresses().into_iter().map(|(name, value)| (name.into(), value.into()));
        let env: Arc<dyn Env> = Arc::new(Variables(variables.collect()));
        let http = HttpTransport::builder().no_proxy().allow_plain_http().build().unwrap();
        let network = Network {
            remote: Arc::new(http.clone()),
            local: Arc::new(Redirected { double: scene.double_url.clone(), http }),
            clock: Arc::new(SystemClock::default()),
        };
        let client = Client::builder(Site::China)
            .credentials(default_chain_with_env(&env, Some(network)))
            .endpoints_from_env(&*env)
            .build()
            .unwrap();
        for _ in 0..2 {
            assert_eq!(client.send(&ListResellers::new()).await.unwrap().indirect_partners.len(), 3);
        }
        scene.was_called_by("distributor");
        let key = "GET /openstack/latest/securitykey";
        assert_eq!(scene.asked(), ["PUT /meta-data/latest/api/token", key], "both calls share one fetch");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_of_agencies_and_an_agency_of_a_customer() {
    let scene = Scene::start("agencies").await;
    let (id, secret) = scene.keys();
    let base: Arc<dyn auth::ProvideCredentials> = Arc::new(auth::Credentials::keys(&*id, &*secret));
    let http = || Arc::new(HttpTransport::new().unwrap());
    let clock = || Arc::new(SystemClock::default());
    let sts = Sts::new(http(), clock()).with_endpoint(&scene.double_url).unwrap();
    let client = |credentials: Arc<dyn auth::ProvideCredentials>| {
        let builder = Client::builder(Site::China).credentials(credentials);
        builder.endpoint(Service::Business, &*scene.sandbox_url)
    };

    let first: Arc<dyn auth::ProvideCredentials> =
        Arc::new(StsAgencyKeys::new("iam::d1:agency:first", "test", Arc::clone(&base), sts.clone()));
    let second = StsAgencyKeys::new("iam::d2:agency:second", "test", Arc::clone(&first), sts.clone());
    client(Arc::new(second)).build().unwrap().send(&ShowBalances::new()).await.unwrap();
    scene.was_called_by("distributor");
    assert_eq!(scene.asked(), ["POST /v5/agencies/assume", "POST /v5/agencies/assume"]);
    let skipped = StsAgencyKeys::new("iam::d2:agency:second", "test", Arc::clone(&base), sts);
    let refused = client(Arc::new(skipped)).build().unwrap().send(&ShowBalances::new()).await.unwrap_err();
    assert!(format!("{refused} {:?}", std::error::Error::source(&refused)).contains("STS.403"), "{refused}");

    // The agency of a customer, from the sandbox's own IAM.
    let grant = SandboxEvent::GrantAgency {
        customer: "customer-1".into(),
        name: "partner-agency".into(),
        partner: "distributor".into(),
    };
    scene.sandbox.apply(grant).unwrap();
    let iam = Iam::new(http(), clock()).with_endpoint(&scene.sandbox_url).unwrap();
    let agency = auth::Agency::of_id("customer-1", "partner-agency");
    let keys = AgencyKeys::new(agency, Arc::clone(&base), iam.clone());
    client(Arc::new(keys)).build().unwrap().send(&ShowAccountBalances::new()).await.unwrap();
    scene.was_called_by("customer-1");

    let customers = CustomerCredentials::agency("partner-agency", Arc::clone(&base), iam);
    let partner = client(base).customers(customers).build().unwrap();
    let customer = partner.as_customer("customer-1").unwrap();
    customer.send(&ShowAccountBalances::new()).await.unwrap();
    scene.was_called_by("customer-1");
    partner.send(&ShowBalances::new()).await.unwrap();
    scene.was_called_by("distributor");
}

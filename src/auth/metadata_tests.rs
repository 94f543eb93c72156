use super::*;
use crate::{
    auth::testing::{FakeEnv, ScriptedService, now, response},
    clock::ManualClock,
    types::UtcTime,
};

const KEYS: &str = r#"{"credential":{"access":"AKECS","secret":"sk","securitytoken":"st","expires_at":"2026-05-01T14:00:00.000000Z"}}"#;

fn metadata(service: &Arc<ScriptedService>) -> (EcsMetadata, ManualClock) {
    let clock = ManualClock::at("2026-05-01T08:00:00Z".parse::<UtcTime>().unwrap().instant());
    (EcsMetadata::new(Arc::clone(service) as _, Arc::new(clock.clone())), clock)
}

fn keys(source: &EcsMetadata) -> Result<String, String> {
    now(source.credentials()).map(|found| found.name().into_owned()).map_err(|error| error.to_string())
}

fn addresses(service: &ScriptedService) -> Vec<String> {
    service.requests().into_iter().map(|(address, ..)| address).collect()
}

const TOKEN_CALL: &str = "PUT http://169.254.169.254/meta-data/latest/api/token";
const KEY_CALL: &str = "GET http://169.254.169.254/openstack/latest/securitykey";

#[test]
fn version_two_is_asked_with_a_token_that_is_kept_for_its_lifetime() {
    let responses = [
        response(200, "t1\n"),
        response(200, KEYS),
        response(200, KEYS),
        response(200, "t2"),
        response(200, KEYS),
    ];
    let service = Arc::new(ScriptedService::with(responses));
    let (source, clock) = metadata(&service);
    assert_eq!(keys(&source), Ok("AKECS".into()));
    let requests = service.requests();
    assert_eq!((requests[0].0.as_str(), requests[1].0.as_str()), (TOKEN_CALL, KEY_CALL));
    assert_eq!(requests[0].1["x-metadata-token-ttl-seconds"], "21600");
    assert_eq!(requests[1].1["x-metadata-token"], "t1");
    assert!(requests[1].1["x-metadata-token"].is_sensitive());
    // The keys are renewed 40 minutes before they expire, with the token that is still good.
    clock.advance(Duration::from_secs(5 * 3600 + 21 * 60));
    assert_eq!(keys(&source), Ok("AKECS".into()));
    assert_eq!(addresses(&service), [KEY_CALL]);
    clock.advance(Duration::from_secs(3600));
    assert_eq!(keys(&source), Ok("AKECS".into()));
    assert_eq!(addresses(&service), [TOKEN_CALL, KEY_CALL]);
}

#[test]
fn version_one_is_used_where_the_service_has_no_tokens() {
    for status in [404, 405, 503] {
        let service =
            Arc::new(ScriptedService::with([response(status, ""), response(200, KEYS), response(200, KEYS)]));
        let (source, clock) = metadata(&service);
        assert_eq!(keys(&source), Ok("AKECS".into()));
        let requests = service.requests();
        assert!(!requests[1].1.contains_key("x-metadata-token"));
        clock.advance(Duration::from_secs(6 * 3600));
        assert_eq!(keys(&source), Ok("AKECS".into()));
        assert_eq!(addresses(&service), [KEY_CALL], "the token is not asked for again within a day");
    }
    let service = Arc::new(ScriptedService::with([response(403, "")]));
    assert!(keys(&metadata(&service).0).unwrap_err().starts_with("ECS metadata gave no token (HTTP 403)"));
}

#[test]
fn statuses_that_do_not_mean_version_one_are_errors() {
    for status in [301, 400, 403, 429, 500, 502, 504] {
        let service = Arc::new(ScriptedService::with([response(status, "page")]));
        let error = keys(&metadata(&service).0).unwrap_err();
        assert!(error.starts_with(&format!("ECS metadata gave no token (HTTP {status})")), "{error}");
        assert_eq!(addresses(&service), [TOKEN_CALL], "{status}: nothing else is asked");

        let service = Arc::new(ScriptedService::with([response(200, "t"), response(status, "page")]));
        let error = keys(&metadata(&service).0).unwrap_err();
        assert!(error.starts_with(&format!("ECS metadata gave no keys (HTTP {status})")), "{error}");
        assert!(!error.contains("page"), "{error}");
    }
}

#[test]
fn odd_responses_are_errors_and_nothing_of_them_is_kept() {
    let incomplete = "ECS metadata responded without an access key, a secret key and a security token";
    for body in [
        "null",
        "[]",
        "{}",
        "42",
        "<html><body>login</body></html>",
        r#"{"credential":null}"#,
        r#"{"credential":[]}"#,
        r#"{"credential":{"access":"a","secret":"s"}}"#,
        r#"{"credential":{"access":"a","secret":"s","securitytoken":""}}"#,
        r#"{"credential":{"access":" ","secret":"s","securitytoken":"t"}}"#,
        r#"{"credential":{"access":1,"secret":2,"securitytoken":3}}"#,
        r#"{"credential":{"access":"a","secret":"s","securitytoken":"t""#,
        r#"{"error_code":"x","error_msg":"y"}"#,
    ] {
        let service =
            Arc::new(ScriptedService::with([response(200, "t"), response(200, body), response(200, KEYS)]));
        let source = metadata(&service).0;
        assert_eq!(keys(&source).unwrap_err(), incomplete, "{body}");
        assert_eq!(keys(&source), Ok("AKECS".into()), "{body}");
    }
    for token in ["", " \n", "<html>\n<body>", "two words", "\u{fc}"] {
        let responses = [response(200, token), response(200, "t"), response(200, KEYS)];
        let service = Arc::new(ScriptedService::with(responses));
        let source = metadata(&service).0;
        assert_eq!(keys(&source).unwrap_err(), "ECS metadata responded without a token", "{token}");
        assert_eq!(keys(&source), Ok("AKECS".into()), "{token}: the next call asks for a token again");
    }
}

#[test]
fn keys_are_read_in_every_spelling_and_without_a_readable_end() {
    for body in [
        r#"{"access":"A","secret":"s","securitytoken":"t"}"#,
        r#"{"credential":{"access":" A\n","secret":"s","securitytoken":"t","expires_at":"soon"}}"#,
        r#"{"credentials":{"accessKeyId":"A","secretAccessKey":"s","securityToken":"t","expiration":null}}"#,
        r#"{"credentials":{"access_key_id":"A","secret_access_key":"s","security_token":"t","expiration":17}}"#,
    ] {
        let responses = [response(200, "t"), response(200, body), response(200, KEYS)];
        let service = Arc::new(ScriptedService::with(responses));
        let (source, clock) = metadata(&service);
        assert_eq!(keys(&source), Ok("A".into()), "{body}");
        clock.advance(Duration::from_secs(44 * 60));
        assert_eq!(keys(&source), Ok("A".into()), "{body}: an hour is assumed");
        clock.advance(Duration::from_secs(2 * 60));
        assert_eq!(keys(&source), Ok("AKECS".into()), "{body}");
    }
}

#[test]
fn a_wrong_local_clock_neither_keeps_old_keys_nor_asks_at_every_call() {
    let dated = |body: &str, date: &'static str| {
        let mut response = response(200, body);
        response.as_mut().unwrap().headers_mut().insert("date", date.parse().unwrap());
        response
    };
    // By the service's clock the keys last six hours, whatever the local clock says.
    for local in ["2026-05-01T02:00:00Z", "2026-05-03T00:00:00Z"] {
        let date = "Fri, 01 May 2026 08:00:00 GMT";
        let responses = [response(200, "t"), dated(KEYS, date), dated(KEYS, date)];
        let service = Arc::new(ScriptedService::with(responses));
        let (source, clock) = metadata(&service);
        clock.set(local.parse::<UtcTime>().unwrap().instant());
        for seconds in [0, 5 * 3600] {
            clock.advance(Duration::from_secs(seconds));
            assert_eq!(keys(&source), Ok("AKECS".into()));
        }
        assert_eq!(service.requests().len(), 2, "{local}");
        clock.advance(Duration::from_secs(30 * 60));
        keys(&source).unwrap();
        assert_eq!(addresses(&service), [KEY_CALL], "{local}");
    }
    // Where the service does not tell the time, and the local clock is two days ahead, the keys are used for a minute.
    let service =
        Arc::new(ScriptedService::with([response(200, "t"), response(200, KEYS), response(200, KEYS)]));
    let (source, clock) = metadata(&service);
    clock.set("2026-05-03T08:00:00Z".parse::<UtcTime>().unwrap().instant());
    for _ in 0..10 {
        keys(&source).unwrap();
    }
    assert_eq!(service.requests().len(), 2);
    clock.advance(Duration::from_secs(60));
    keys(&source).unwrap();
    assert_eq!(addresses(&service), [KEY_CALL]);
    // Keys that have expired by the service's own clock are not kept.
    let expired = || dated(KEYS, "Sat, 02 May 2026 08:00:00 GMT");
    let service = Arc::new(ScriptedService::with([response(200, "t"), expired(), expired()]));
    let (source, _) = metadata(&service);
    for asked in [2, 1] {
        keys(&source).unwrap();
        assert_eq!(service.requests().len(), asked);
    }
}

#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_given_up_too() {
    use crate::transport::{Body, Transport, TransportError};

    /// Sends the head at once and then one byte of the body a second.
    #[derive(Debug)]
    struct Dripping;

    #[async_trait::async_trait]
    impl Transport for Dripping {
        async fn send(&self, _: http::Request<Body>) -> Result<http::Response<Body>, TransportError> {
            let pieces = futures_util::stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Some((Ok(bytes::Bytes::from_static(b"t")), ()))
            });
            Ok(http::Response::new(Body::stream(pieces, None)))
        }
    }

    let source = EcsMetadata::new(Arc::new(Dripping), Arc::new(crate::clock::SystemClock::default()));
    let started = tokio::time::Instant::now();
    let error = source.credentials().await.unwrap_err();
    assert_eq!(error.to_string(), "ECS metadata did not respond within 3 seconds");
    assert_eq!(started.elapsed().as_secs(), 3);
}

#[test]
fn an_old_token_is_replaced_once() {
    let responses = [response(200, "t1"), response(401, ""), response(200, "t2"), response(200, KEYS)];
    let service = Arc::new(ScriptedService::with(responses));
    assert_eq!(keys(&metadata(&service).0), Ok("AKECS".into()));
    assert_eq!(addresses(&service), [TOKEN_CALL, KEY_CALL, TOKEN_CALL, KEY_CALL]);
    let responses = [response(200, "t1"), response(401, ""), response(404, "")];
    let service = Arc::new(ScriptedService::with(responses));
    assert!(keys(&metadata(&service).0).unwrap_err().contains("gave no token (HTTP 401)"));
}

#[test]
fn a_server_without_an_agency_is_named() {
    let text = r#"{"error":{"message":"Please configure Cloud Service Agency first"}}"#;
    for (status, body) in [(401, text), (404, text), (200, " ")] {
        let service = Arc::new(ScriptedService::with([response(200, "t"), response(status, body)]));
        assert_eq!(
            keys(&metadata(&service).0).unwrap_err(),
            "no agency is attached to this Elastic Cloud Server",
            "{status}"
        );
    }
}

#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn a_service_that_does_not_respond_is_given_up_after_three_seconds() {
    let service = Arc::new(ScriptedService::on_permits([response(200, "t")]));
    let clock = Arc::new(crate::clock::SystemClock::default());
    let source = EcsMetadata::new(Arc::clone(&service) as _, clock);
    let started = tokio::time::Instant::now();
    let error = source.credentials().await.unwrap_err();
    assert_eq!(error.to_string(), "ECS metadata did not respond within 3 seconds");
    assert_eq!(started.elapsed().as_secs(), 3);
}

#[test]
fn keys_are_not_fetched_in_plain_text_from_elsewhere() {
    let service = Arc::new(ScriptedService::with([]));
    for address in ["http://10.0.0.1", "http://metadata.example.com", "https://example.com", "nonsense"] {
        assert!(metadata(&service).0.with_endpoint(address).is_err(), "{address}");
    }
    assert!(metadata(&service).0.with_endpoint("http://127.0.0.1:8080").is_ok());
}

mod pod {
    use super::*;
    use crate::auth::{Env, PodIdentity};

    const POD_KEYS: &str = r#"{"assumedAgency":{"urn":"","id":""},"credentials":{"accessKeyId":"AKPOD","secretAccessKey":"sk","securityToken":"st","expiration":"2026-05-01T09:00:00.574000Z"},"subject":{}}"#;

    fn pod(
        service: &Arc<ScriptedService>,
        variables: &[(&str, &str)],
        files: &[(&str, &str)],
    ) -> PodIdentity {
        let clock = ManualClock::at("2026-05-01T08:00:00Z".parse::<UtcTime>().unwrap().instant());
        let env: Arc<dyn Env> = Arc::new(FakeEnv::with(variables, files));
        PodIdentity::new(env, Arc::clone(service) as _, Arc::new(clock))
    }

    const FILE: (&str, &str) = ("HC_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token");

    #[test]
    fn the_agent_is_asked_with_the_token_of_the_file() {
        let service = Arc::new(ScriptedService::with([response(200, POD_KEYS)]));
        let uri = ("HC_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.0.1:9/v1/credentials?x=1");
        let source = pod(&service, &[uri, FILE], &[("/token", " jwt \n")]);
        let found = now(source.credentials()).unwrap();
        assert!(found.proves_the_same(&Credentials::temporary_keys("AKPOD", "sk", "st")));
        assert_eq!(found.expires_at().unwrap().to_string(), "2026-05-01T09:00:00.574Z");
        let requests = service.requests();
        let (address, headers, body) = &requests[0];
        assert_eq!(address, "http://169.254.0.1:9/v1/credentials?x=1");
        assert_eq!((headers["authorization"].as_bytes(), body.to_string()), (&b"jwt"[..], "{}".to_owned()));
    }

    #[test]
    fn what_is_missing_or_unsafe_is_named() {
        let service = Arc::new(ScriptedService::with([]));
        let message = |variables: &[(&str, &str)], files: &[(&str, &str)]| {
            now(pod(&service, variables, files).credentials()).unwrap_err().to_string()
        };
        assert_eq!(message(&[], &[]), "HC_CONTAINER_CREDENTIALS_FULL_URI is not set");
        let uri = |address| ("HC_CONTAINER_CREDENTIALS_FULL_URI", address);
        assert_eq!(message(&[uri("https://a/")], &[]), "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE is not set");
        assert_eq!(message(&[uri("https://a/"), FILE], &[]), "the token file /token does not exist");
        assert_eq!(message(&[uri("https://a/"), FILE], &[("/token", " ")]), "the token file /token is empty");
        for address in ["http://10.1.2.3/", "ftp://127.0.0.1/", "https://user:pw@host/", "nonsense"] {
            let message = message(&[uri(address), FILE], &[("/token", "t")]);
            assert!(message.contains("must be an https address"), "{address}: {message}");
        }
    }
}

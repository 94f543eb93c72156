use super::*;
use crate::{
    auth::testing::{FakeEnv, ScriptedService, now, response, token},
    auth::{Network, default_chain_with_env},
    clock::ManualClock,
    types::UtcTime,
};

const END: &str = "2026-05-02T08:00:00Z";
const IAM_KEYS: &str = r#"{"credential":{"access":"AKIDP","secret":"sk","securitytoken":"st","expires_at":"2026-05-01T14:00:00.574000Z"}}"#;
const STS_KEYS: &str = r#"{"credentials":{"access_key_id":"AKSTS","secret_access_key":"sk","security_token":"st","expiration":"2026-05-01T09:00:00.123Z"}}"#;

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-05-01T08:00:00Z".parse::<UtcTime>().unwrap().instant()))
}

fn iam(service: &Arc<ScriptedService>) -> Iam {
    Iam::new(Arc::clone(service) as _, clock())
}

fn sts(service: &Arc<ScriptedService>) -> Sts {
    Sts::new(Arc::clone(service) as _, clock())
}

#[test]
fn an_id_token_is_exchanged_for_a_token_and_that_for_keys() {
    let service = Arc::new(ScriptedService::with([token("iam-token", END), response(201, IAM_KEYS)]));
    let source = IdentityProviderKeys::new("idp-1", IdToken::Text("jwt".into()), iam(&service));
    let found = now(source.credentials()).unwrap();
    assert!(found.proves_the_same(&Credentials::temporary_keys("AKIDP", "sk", "st")));
    assert_eq!(found.domain_id(), Some("d1"));
    let requests = service.requests();
    assert_eq!(requests[0].0, "https://iam.myhuaweicloud.com/v3.0/OS-AUTH/id-token/tokens");
    assert_eq!(requests[0].1["x-idp-id"], "idp-1");
    assert_eq!(requests[0].2, json!({"auth": {"id_token": {"id": "jwt"}}}));
    assert!(!requests[0].1.contains_key("authorization") && !requests[1].1.contains_key("x-auth-token"));
    assert_eq!(requests[1].0, "https://iam.myhuaweicloud.com/v3.0/OS-CREDENTIAL/securitytokens");
    assert_eq!(
        requests[1].2,
        json!({"auth": {"identity": {
            "methods": ["token"],
            "token": {"id": "iam-token", "duration_seconds": 21_600},
        }}})
    );
}

#[test]
fn the_token_file_is_read_again_at_each_renewal() {
    let service = Arc::new(ScriptedService::with([response(200, STS_KEYS), response(200, STS_KEYS)]));
    let env = Arc::new(FakeEnv::with(&[], &[("/jwt", "one")]));
    let agency = OidcAgency::new("provider", "agency", IdToken::File("/jwt".into()));
    let source =
        OidcAgencyKeys::of(Arc::new(move || Ok(agency.clone())), Arc::clone(&env) as _, sts(&service));
    let first = now(source.credentials()).unwrap();
    env.write("/jwt", "two");
    source.invalidate(&first);
    now(source.credentials()).unwrap();
    let tokens: Vec<_> =
        service.requests().into_iter().map(|(_, _, body)| body["id_token"].clone()).collect();
    assert_eq!(tokens, ["one", "two"]);
}

#[test]
fn an_oidc_agency_is_assumed_with_what_the_environment_says() {
    let service = Arc::new(ScriptedService::with([response(200, STS_KEYS)]));
    let env = Arc::new(FakeEnv::with(
        &[
            (OIDC_PROVIDER, "iam::d:provider:p"),
            (OIDC_AGENCY, "iam::d:agency:a"),
            (OIDC_TOKEN_FILE, "/jwt"),
            (OIDC_SESSION, "ci"),
            (OIDC_DURATION, "900"),
            (OIDC_POLICY, "{}"),
            (OIDC_POLICY_IDS, "p1, p2,"),
        ],
        &[("/jwt", "jwt\n")],
    ));
    let found = now(OidcAgencyKeys::from_environment(env, sts(&service)).credentials()).unwrap();
    assert_eq!((found.name().as_ref(), found.expires_at().is_some()), ("AKSTS", true));
    let requests = service.requests();
    assert_eq!(requests[0].0, "https://sts.cn-north-4.myhuaweicloud.com/v5/agencies/assume-with-oidc");
    assert_eq!(
        requests[0].2,
        json!({
            "provider_urn": "iam::d:provider:p", "agency_urn": "iam::d:agency:a", "agency_session_name": "ci",
            "id_token": "jwt", "duration_seconds": 900, "policy": "{}", "policy_ids": ["p1", "p2"],
        })
    );
}

#[test]
fn each_agency_of_a_chain_signs_with_the_keys_of_the_one_before() {
    let second = STS_KEYS.replace("AKSTS", "AKTWO");
    let service = Arc::new(ScriptedService::with([response(200, STS_KEYS), response(200, &second)]));
    let base = Arc::new(Credentials::keys("AKBASE", "sk"));
    let first = StsAgencyKeys::new("iam::d1:agency:a", "session", base, sts(&service));
    let chain = StsAgencyKeys::new("iam::d2:agency:b", "session", Arc::new(first), sts(&service))
        .lasting(Duration::from_secs(1800));
    assert_eq!(now(chain.credentials()).unwrap().name(), "AKTWO");
    let requests = service.requests();
    let access = |at: usize| requests[at].1["authorization"].to_str().unwrap().to_owned();
    assert!(access(0).starts_with("SDK-HMAC-SHA256 Access=AKBASE,"), "{}", access(0));
    assert!(access(1).starts_with("SDK-HMAC-SHA256 Access=AKSTS,"), "{}", access(1));
    assert_eq!(requests[1].1["x-security-token"], "st");
    assert_eq!(requests[0].2, json!({"agency_urn": "iam::d1:agency:a", "agency_session_name": "session"}));
    assert_eq!(requests[1].2["duration_seconds"], 1800);
}

#[test]
fn an_agency_is_used_with_signed_access_keys() {
    use crate::auth::{Agency, AgencyKeys};
    let service = Arc::new(ScriptedService::with([response(201, IAM_KEYS)]));
    let partner = Arc::new(Credentials::keys("AKPARTNER", "sk"));
    let source = AgencyKeys::new(Agency::of_id("c1", "agency"), partner, iam(&service));
    assert_eq!(now(source.credentials()).unwrap().name(), "AKIDP");
    let requests = service.requests();
    assert!(requests[0].1["authorization"].to_str().unwrap().contains("Access=AKPARTNER,"));
    assert!(!requests[0].1.contains_key("x-auth-token"));
}

/// The order in which the default chain asks, as the calls of its sources show.
#[test]
fn the_default_chain_follows_the_order_of_the_official_sdks() {
    let everything = [
        (OIDC_PROVIDER, "p"),
        (OIDC_AGENCY, "a"),
        (OIDC_TOKEN, "jwt"),
        (IDP_ID, "idp"),
        (IDP_TOKEN_FILE, "/jwt"),
        ("HUAWEICLOUD_SDK_AK", "AKENV"),
        ("HUAWEICLOUD_SDK_SK", "sk"),
        ("HUAWEICLOUD_SDK_CREDENTIALS_FILE", "/profile"),
    ];
    let files = [("/jwt", "jwt"), ("/profile", "[global]\nak=AKFILE\nsk=s\nidp_id=i\nid_token_file=/jwt\n")];
    let name = |skip: usize, profile: &str, responses: Vec<_>| {
        let service = Arc::new(ScriptedService::with(responses));
        let files: Vec<_> =
            if profile.is_empty() { files.to_vec() } else { vec![files[0], ("/profile", profile)] };
        let env: Arc<dyn Env> = Arc::new(FakeEnv::with(&everything[skip..], &files));
        let network =
            Network { remote: Arc::clone(&service) as _, local: Arc::clone(&service) as _, clock: clock() };
        now(default_chain_with_env(&env, Some(network)).credentials()).map(|found| found.name().into_owned())
    };
    let idp = || vec![token("t", END), response(201, IAM_KEYS)];
    assert_eq!(name(0, "", vec![response(200, STS_KEYS)]).unwrap(), "AKSTS");
    assert_eq!(name(3, "", idp()).unwrap(), "AKIDP");
    assert_eq!(name(5, "", vec![]).unwrap(), "AKENV");
    assert_eq!(name(7, "", idp()).unwrap(), "AKIDP");
    assert_eq!(name(7, "[global]\nak=AKFILE\nsk=s", vec![]).unwrap(), "AKFILE");
    assert_eq!(name(7, "[global]", vec![response(404, ""), response(200, IAM_KEYS)]).unwrap(), "AKIDP");
    let error = name(7, "[global]", vec![None]).unwrap_err().to_string();
    for reason in [
        "OpenID Connect agency: HUAWEICLOUD_OIDC_PROVIDER_URN",
        "identity provider of the environment: HUAWEICLOUD_SDK_IDP_ID",
        "environment: HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK are not set",
        "identity provider of the profile file: /profile does not have both",
        "profile file: /profile has neither ak nor sk",
        "ECS metadata: ECS metadata did not respond",
        "pod identity: HC_CONTAINER_CREDENTIALS_FULL_URI is not set",
    ] {
        assert!(error.contains(reason), "{reason} in {error}");
    }
}

#[test]
fn a_source_that_is_configured_but_fails_is_not_replaced_by_another_identity() {
    let variables = [
        (OIDC_PROVIDER, "p"),
        (OIDC_AGENCY, "a"),
        (OIDC_TOKEN, "jwt"),
        ("HUAWEICLOUD_SDK_AK", "AKENV"),
        ("HUAWEICLOUD_SDK_SK", "sk"),
    ];
    let service = Arc::new(ScriptedService::with([response(
        403,
        r#"{"error_code":"STS.403","error_msg":"forbidden"}"#,
    )]));
    let env: Arc<dyn Env> = Arc::new(FakeEnv::with(&variables, &[]));
    let network = Network { remote: Arc::clone(&service) as _, local: service, clock: clock() };
    let error = now(default_chain_with_env(&env, Some(network)).credentials()).unwrap_err().to_string();
    assert!(
        error.starts_with("OpenID Connect agency: STS gave no keys for the ID token (HTTP 403, STS.403)"),
        "{error}"
    );
}

#[test]
fn keys_of_a_short_life_are_not_renewed_at_every_call() {
    let short = STS_KEYS.replace("09:00:00.123", "08:15:00");
    let service = Arc::new(ScriptedService::with([response(200, &short)]));
    let base = Arc::new(Credentials::keys("AKBASE", "sk"));
    let source = StsAgencyKeys::new("urn", "s", base, sts(&service));
    for _ in 0..5 {
        now(source.credentials()).unwrap();
    }
    assert_eq!(service.requests().len(), 1);
}

#[test]
fn a_chain_of_agencies_continues_with_new_keys_where_the_old_ones_were_refused() {
    let (first, renewed) = (STS_KEYS, STS_KEYS.replace("AKSTS", "AKNEW"));
    let second = STS_KEYS.replace("AKSTS", "AKTWO");
    let service = Arc::new(ScriptedService::with([
        response(200, first),
        response(401, r#"{"error_code":"STS.401","error_msg":"expired"}"#),
        response(200, &renewed),
        response(200, &second),
    ]));
    let base = Arc::new(Credentials::keys("AKBASE", "sk"));
    let inner = StsAgencyKeys::new("iam::d1:agency:a", "session", base, sts(&service));
    let chain = StsAgencyKeys::new("iam::d2:agency:b", "session", Arc::new(inner), sts(&service));
    assert_eq!(now(chain.credentials()).unwrap().name(), "AKTWO");
    let signed_by: Vec<_> = service
        .requests()
        .iter()
        .map(|(_, headers, _)| {
            let header = headers["authorization"].to_str().unwrap();
            header.split("Access=").nth(1).unwrap().split(',').next().unwrap().to_owned()
        })
        .collect();
    assert_eq!(signed_by, ["AKBASE", "AKSTS", "AKBASE", "AKNEW"]);
}

#[test]
fn variables_that_are_empty_count_as_missing() {
    let empty = |name| (name, " \n");
    let variables = [
        empty(OIDC_PROVIDER),
        empty(OIDC_AGENCY),
        empty(OIDC_TOKEN),
        empty(IDP_ID),
        empty(IDP_TOKEN_FILE),
        empty("HUAWEICLOUD_SDK_AK"),
        empty("HUAWEICLOUD_SDK_SK"),
        empty("HUAWEICLOUD_SDK_CREDENTIALS_FILE"),
        empty("HC_CONTAINER_CREDENTIALS_FULL_URI"),
        empty("HC_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
        empty("HUAWEICLOUD_SDK_IAM_ENDPOINT"),
        empty("HUAWEICLOUD_SDK_STS_ENDPOINT"),
    ];
    let service = Arc::new(ScriptedService::with([response(404, ""), response(200, IAM_KEYS)]));
    let env: Arc<dyn Env> = Arc::new(FakeEnv::with(&variables, &[]));
    let network = Network { remote: Arc::clone(&service) as _, local: service, clock: clock() };
    let found = now(default_chain_with_env(&env, Some(network)).credentials()).unwrap();
    assert_eq!(found.name(), "AKIDP", "only the metadata service is left");
}

#[test]
fn a_token_file_may_have_a_byte_order_mark_and_line_ends_of_windows() {
    let service = Arc::new(ScriptedService::with([response(200, STS_KEYS)]));
    let env = Arc::new(FakeEnv::with(
        &[(OIDC_PROVIDER, " p "), (OIDC_AGENCY, "a\r\n"), (OIDC_TOKEN, ""), (OIDC_TOKEN_FILE_SHORT, "/jwt ")],
        &[("/jwt", "\u{feff}jwt\r\n\r\n")],
    ));
    now(OidcAgencyKeys::from_environment(env, sts(&service)).credentials()).unwrap();
    let (_, _, body) = &service.requests()[0];
    assert_eq!(
        (&body["id_token"], &body["provider_urn"], &body["agency_urn"]),
        (&json!("jwt"), &json!("p"), &json!("a"))
    );
}

/// As with the official SDKs, a node's agency that a pod can reach comes before the pod's own identity; where the node has
/// none, the pod's identity is used.
#[test]
fn in_a_pod_the_agency_of_the_node_comes_first_as_with_the_official_sdks() {
    let pod = r#"{"credentials":{"accessKeyId":"AKPOD","secretAccessKey":"s","securityToken":"t"}}"#;
    let no_agency = "Please configure Cloud Service Agency first";
    for (metadata, expected) in [
        (vec![response(404, ""), response(200, IAM_KEYS)], "AKIDP"),
        (vec![response(200, "t"), response(401, no_agency), response(200, pod)], "AKPOD"),
        (vec![None, response(200, pod)], "AKPOD"),
    ] {
        let service = Arc::new(ScriptedService::with(metadata));
        let env: Arc<dyn Env> = Arc::new(FakeEnv::with(
            &[
                ("HC_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/pod"),
                ("HC_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/pod-token"),
            ],
            &[("/pod-token", "jwt")],
        ));
        let network = Network { remote: Arc::clone(&service) as _, local: service, clock: clock() };
        let found = now(default_chain_with_env(&env, Some(network)).credentials()).unwrap();
        assert_eq!(found.name(), expected);
    }
}

#[test]
fn a_profile_may_name_the_address_of_iam() {
    let service = Arc::new(ScriptedService::with([token("t", END), response(201, IAM_KEYS)]));
    let profile = "[global]\nidp_id = i\nid_token_file = /jwt\niam_endpoint = https://iam.cn-north-4.myhuaweicloud.com\n";
    let env = Arc::new(FakeEnv::with(
        &[("HUAWEICLOUD_SDK_CREDENTIALS_FILE", "/profile")],
        &[("/profile", profile), ("/jwt", "jwt")],
    ));
    let keys = IdentityProviderKeys::from_profile(ProfileFile::with_env(env), iam(&service));
    now(keys.credentials()).unwrap();
    let addresses: Vec<_> = service.requests().into_iter().map(|(address, ..)| address).collect();
    assert_eq!(
        addresses,
        [
            "https://iam.cn-north-4.myhuaweicloud.com/v3.0/OS-AUTH/id-token/tokens",
            "https://iam.cn-north-4.myhuaweicloud.com/v3.0/OS-CREDENTIAL/securitytokens",
        ]
    );
}

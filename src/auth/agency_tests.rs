use super::*;
use crate::{
    auth::{
        IamToken, PasswordLogin,
        testing::{ScriptedService, now, response, token},
    },
    clock::ManualClock,
};

const END: &str = "2026-05-02T08:00:00Z";
const KEYS: &str = r#"{"credential":{"access":"AKTEMP","secret":"sk","securitytoken":"st","expires_at":"2026-05-01T09:00:00.000000Z"}}"#;

fn iam(service: &Arc<ScriptedService>) -> (Iam, ManualClock) {
    let clock = ManualClock::at("2026-05-01T08:00:00Z".parse::<UtcTime>().unwrap().instant());
    (Iam::new(Arc::clone(service) as _, Arc::new(clock.clone())), clock)
}

fn partner(iam: &Iam) -> Arc<dyn ProvideCredentials> {
    let login = PasswordLogin { account: "partner".into(), user: "user".into(), password: "pass".into() };
    Arc::new(IamToken::new(login, iam.clone()))
}

#[test]
fn a_customers_token_is_asked_for_with_the_partners() {
    let service = Arc::new(ScriptedService::with([token("partner", END), token("customer", END)]));
    let (iam, _) = iam(&service);
    let source = AgencyToken::new(Agency::of_id("c1", "agency"), partner(&iam), iam);
    let found = now(source.credentials()).unwrap();
    assert!(found.proves_the_same(&Credentials::token("customer")));
    assert_eq!((found.kind(), found.domain_id()), (Some(IdentityKind::Customer), Some("c1")));
    let requests = service.requests();
    let (address, headers, body) = &requests[1];
    assert_eq!(address, "https://iam.myhuaweicloud.com/v3/auth/tokens");
    assert_eq!(headers["x-auth-token"], "partner");
    assert!(headers["x-auth-token"].is_sensitive());
    assert_eq!(
        *body,
        json!({"auth": {
            "identity": {"methods": ["assume_role"], "assume_role": {"domain_id": "c1", "agency_name": "agency"}},
            "scope": {"domain": {"id": "c1"}},
        }})
    );
    now(source.credentials()).unwrap();
    assert!(service.requests().is_empty());
}

#[test]
fn temporary_keys_of_a_customer_are_renewed_in_time() {
    let service = Arc::new(ScriptedService::with([response(201, KEYS), response(201, KEYS)]));
    let (iam, clock) = iam(&service);
    let partner = Arc::new(Credentials::token("partner"));
    let source = AgencyKeys::new(Agency::of_name("name", "agency"), partner, iam)
        .lasting(Duration::from_secs(3600))
        .unwrap();
    let found = now(source.credentials()).unwrap();
    assert!(found.proves_the_same(&Credentials::temporary_keys("AKTEMP", "sk", "st")));
    assert_eq!(found.expires_at(), Some("2026-05-01T09:00:00Z".parse().unwrap()));
    let requests = service.requests();
    let (address, _, body) = &requests[0];
    assert_eq!(address, "https://iam.myhuaweicloud.com/v3.0/OS-CREDENTIAL/securitytokens");
    let assume = json!({"domain_name": "name", "agency_name": "agency", "duration_seconds": 3600});
    assert_eq!(*body, json!({"auth": {"identity": {"methods": ["assume_role"], "assume_role": assume}}}));
    clock.advance(Duration::from_secs(44 * 60));
    now(source.credentials()).unwrap();
    assert!(service.requests().is_empty());
    clock.advance(Duration::from_secs(2 * 60));
    now(source.credentials()).unwrap();
    assert_eq!(service.requests().len(), 1);
}

#[test]
fn a_partners_token_that_is_refused_is_renewed_once() {
    let refused = || response(401, "");
    let service = Arc::new(ScriptedService::with([
        token("old", END),
        refused(),
        token("new", END),
        token("customer", END),
    ]));
    let (iam_, _) = iam(&service);
    now(AgencyToken::new(Agency::of_id("c1", "a"), partner(&iam_), iam_).credentials()).unwrap();
    let tokens: Vec<_> = service
        .requests()
        .iter()
        .filter_map(|(_, headers, _)| headers.get("x-auth-token").cloned())
        .collect();
    assert_eq!(tokens, ["old", "new"]);

    let service =
        Arc::new(ScriptedService::with([token("old", END), refused(), token("new", END), refused()]));
    let (iam, _) = iam(&service);
    let error =
        now(AgencyToken::new(Agency::of_id("c1", "a"), partner(&iam), iam).credentials()).unwrap_err();
    assert!(
        error.to_string().starts_with("IAM gave no token of the customer (HTTP 401): check the customer's")
    );
}

#[test]
fn what_does_not_fit_is_said() {
    let service = Arc::new(ScriptedService::with([
        response(201, r#"{"credential":{"access":"marker"}}"#),
        response(401, ""),
    ]));
    let (iam, _) = iam(&service);
    let agency = || Agency::of_id("c1", "a");
    let keys = AgencyToken::new(agency(), Arc::new(Credentials::keys("id", "s")), iam.clone());
    assert!(now(keys.credentials()).unwrap_err().to_string().contains("gives access keys"));
    let cut = AgencyKeys::new(agency(), Arc::new(Credentials::token("t")), iam.clone());
    assert_eq!(
        now(cut.credentials()).unwrap_err().to_string(),
        "IAM responded without an access key, a secret key and a security token"
    );
    let without = AgencyToken::new(agency(), partner(&iam), iam.clone());
    assert!(
        now(without.credentials())
            .unwrap_err()
            .to_string()
            .starts_with("no credentials of the partner to use the agency with: IAM")
    );
    for seconds in [899, 86_401] {
        AgencyKeys::new(agency(), Arc::new(Credentials::token("t")), iam.clone())
            .lasting(Duration::from_secs(seconds))
            .unwrap_err();
    }
    for endpoint in [
        "",
        "iam.myhuaweicloud.com",
        "ftp://iam",
        "https://a@iam",
        "https://iam/v3",
        "https://iam?a",
        "https://iam/#",
        "https://iam#",
        "https://:443",
        "https://iam/\\x",
    ] {
        iam.clone().with_endpoint(endpoint).unwrap_err();
    }
    iam.with_endpoint("https://iam.cn-north-4.myhuaweicloud.com/").unwrap();
}

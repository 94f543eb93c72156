//! Markers are planted wherever a secret or a person can stand, and searched in everything that can be printed.

use std::{error::Error, fmt::Debug, sync::Arc};

use time::OffsetDateTime;

use super::{
    testing::{FakeEnv, ScriptedService, now, response, token},
    *,
};
use crate::clock::ManualClock;

/// Only the start of a key id may be shown, and this is not in its start.
const MARKER: &str = "mArKeR";

fn marked(start: &str) -> String {
    format!("{start}{MARKER}")
}

#[track_caller]
fn clean(text: &str) {
    assert!(!text.contains(MARKER), "{text}");
    assert!(!text.is_empty());
}

#[track_caller]
fn clean_debug(value: &impl Debug) {
    clean(&format!("{value:?} {value:#?}"));
}

#[track_caller]
fn clean_error(error: &impl Error) {
    clean_debug(error);
    clean(&error.to_string());
    let mut source = error.source();
    while let Some(error) = source {
        clean(&format!("{error} {error:?}"));
        source = error.source();
    }
}

fn all_credentials() -> [Credentials; 3] {
    [
        Credentials::keys(marked("AKID"), marked("")),
        Credentials::temporary_keys(MARKER, marked(""), marked("")),
        Credentials::token(marked("")),
    ]
}

/// Every source, over a service that gives these responses, or variables and a file with this end.
fn all_sources(service: &Arc<ScriptedService>, keys: &str) -> Vec<Arc<dyn ProvideCredentials>> {
    let file = format!("[global]\nak={MARKER}\nsk={MARKER}\nsecurity_token={MARKER}\n{keys}\n{MARKER}");
    let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let path = std::path::Path::new("/h").join(".huaweicloud").join("credentials");
    let around: Arc<dyn Env> = Arc::new(FakeEnv::with(
        &[
            (home, "/h"),
            ("HUAWEICLOUD_SDK_AK", MARKER),
            ("HUAWEICLOUD_SDK_SK", if keys.is_empty() { MARKER } else { "" }),
            ("HUAWEICLOUD_SDK_SECURITY_TOKEN", MARKER),
        ],
        &[(path.to_str().unwrap(), &file)],
    ));
    let clock = Arc::new(ManualClock::at(OffsetDateTime::UNIX_EPOCH));
    let iam = Iam::new(Arc::clone(service) as _, clock);
    let login = PasswordLogin { account: MARKER.into(), user: MARKER.into(), password: MARKER.into() };
    clean_debug(&login);
    clean_debug(&iam);
    let partner = || Arc::new(Credentials::token(MARKER)) as Arc<dyn ProvideCredentials>;
    let agency = || Agency::of_name(MARKER, "agency");
    vec![
        Arc::new(IamToken::new(login.clone(), iam.clone())),
        Arc::new(AgencyToken::new(agency(), partner(), iam.clone())),
        Arc::new(AgencyKeys::new(agency(), Arc::new(partner()), iam.clone())),
        Arc::new(
            Chain::new()
                .then("token", IamToken::new(login, iam).with_identity_kind(IdentityKind::Distributor)),
        ),
        Arc::new(Environment::with_env(Arc::clone(&around))),
        Arc::new(ProfileFile::with_env(Arc::clone(&around))),
        Arc::new(default_chain_with_env(&around, None)),
    ]
}

#[test]
fn nothing_that_is_printed_shows_a_secret_or_a_person() {
    for credentials in all_credentials() {
        clean_debug(&credentials);
        clean_debug(credentials.authorization());
        clean_debug(&Arc::new(credentials.clone()).with_identity_kind(IdentityKind::Customer));
    }
    clean(&Credentials::token(MARKER).name());

    let granted = format!(
        r#"{{"credential":{{"access":"{MARKER}","secret":"{MARKER}","securitytoken":"{MARKER}","expires_at":null}}}}"#
    );
    let good = [token(MARKER, "x"), token(MARKER, MARKER), response(201, &granted), token(MARKER, "x")];
    let service = Arc::new(ScriptedService::with(good));
    for source in all_sources(&service, "") {
        clean_debug(&source);
        clean_debug(&now(source.credentials()).unwrap());
        clean_debug(&source);
    }
}

#[test]
fn no_error_of_a_source_shows_what_went_in_or_came_back() {
    let echo = format!(
        r#"{{"error":{{"code":"{MARKER}","message":"{MARKER}"}},"error_code":"{MARKER}.1","error_msg":"{MARKER}"}}"#
    );
    let cut = format!(r#"{{"credential":{{"access":"{MARKER}","secret":{MARKER}"#);
    for (status, body) in [(400, &echo), (401, &echo), (403, &echo), (500, &echo), (302, &echo), (201, &cut)]
    {
        // Two more than the sources ask for, because a refused token is tried again.
        let service = Arc::new(ScriptedService::with((0..6).map(|_| response(status, body))));
        for source in all_sources(&service, "sk=").into_iter().take(4) {
            clean_error(&now(source.credentials()).unwrap_err());
        }
    }
    let service = Arc::new(ScriptedService::with((0..4).map(|_| None)));
    for source in all_sources(&service, "sk=").into_iter().take(4) {
        clean_error(&now(source.credentials()).unwrap_err());
    }
    let line_break = Arc::new(Credentials::token(format!("{MARKER}\n")));
    let iam = Iam::new(service, Arc::new(ManualClock::at(OffsetDateTime::UNIX_EPOCH)));
    let source = AgencyToken::new(Agency::of_id("c", "a"), line_break, iam.clone());
    clean_error(&now(source.credentials()).unwrap_err());
    clean_error(&iam.with_endpoint(&format!("https://user:{MARKER}@iam")).unwrap_err());

    let variables = [("HUAWEICLOUD_SDK_AK", MARKER), ("HOME", "/h"), ("USERPROFILE", "/h")];
    let path = std::path::Path::new("/h").join(".huaweicloud").join("credentials");
    for file in [
        format!("[global]\nak={MARKER}"),
        format!("[global]\nsk={MARKER}"),
        format!("{MARKER}\n[{MARKER}]\nak={MARKER}\nsk={MARKER}"),
        format!("[global]\nidp_id={MARKER}"),
    ] {
        let around = Arc::new(FakeEnv::with(&variables, &[(path.to_str().unwrap(), &file)]));
        clean_error(&now(default_chain_with_env(&(around as _), None).credentials()).unwrap_err());
    }
}

#[test]
fn a_signed_request_prints_masked_and_refusals_show_no_secret() {
    for credentials in all_credentials() {
        let Authorization::Keys(mut keys) = credentials.authorization().clone() else { continue };
        let (mut head, ()) = http::Request::post("https://h/").body(()).unwrap().into_parts();
        sign(&mut head, &b"{}"[..], &keys, OffsetDateTime::UNIX_EPOCH).unwrap();
        clean_debug(&head);
        clean(&explain_refusal(&head.headers, &http::HeaderMap::new()));
        keys.id.push(' ');
        clean_error(&sign(&mut head, &b"{}"[..], &keys, OffsetDateTime::UNIX_EPOCH).unwrap_err());
        keys.secret = format!("{MARKER} of another").into();
        keys.id.pop();
        let other = |_: &str| Some(keys.clone());
        let head = {
            head.headers.remove("x-security-token");
            head
        };
        clean_error(
            &verify(&head, &b"{}"[..], OffsetDateTime::UNIX_EPOCH, CLOCK_TOLERANCE, other).unwrap_err(),
        );
    }
}

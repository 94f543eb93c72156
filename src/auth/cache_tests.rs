use super::*;
use crate::{
    auth::{
        Iam, IamToken, PasswordLogin, ProvideCredentials as _,
        testing::{ScriptedService, now, response, token},
    },
    clock::ManualClock,
    types::UtcTime,
};

const END: &str = "2026-05-02T08:00:00.123000Z";

fn clock() -> ManualClock {
    ManualClock::at("2026-05-01T08:00:00Z".parse::<UtcTime>().unwrap().instant())
}

fn source(service: &Arc<ScriptedService>, clock: &ManualClock) -> IamToken {
    let login = PasswordLogin { account: "account".into(), user: "user".into(), password: "pass".into() };
    IamToken::new(login, Iam::new(Arc::clone(service) as _, Arc::new(clock.clone())))
}

fn name_of(text: &str) -> String {
    Credentials::token(text).name().into_owned()
}

#[test]
fn a_token_is_fetched_once_and_again_before_it_ends() {
    let clock = clock();
    let service = Arc::new(ScriptedService::with([token("one", END), token("two", "2026-05-03T07:00:00Z")]));
    let source = source(&service, &clock);
    let first = now(source.credentials()).unwrap();
    assert_eq!((first.name().into_owned(), first.domain_id()), (name_of("one"), Some("d1")));
    assert_eq!(first.expires_at(), Some(END.parse().unwrap()));
    let requests = service.requests();
    let (address, _, body) = &requests[0];
    assert_eq!(address, "https://iam.myhuaweicloud.com/v3/auth/tokens");
    assert_eq!(
        body.to_string(),
        r#"{"auth":{"identity":{"methods":["password"],"password":{"user":{"domain":{"name":"account"},"name":"user","password":"pass"}}},"scope":{"domain":{"name":"account"}}}}"#
    );
    clock.advance(Duration::from_secs(23 * 3600 + 19 * 60));
    assert_eq!(now(source.credentials()).unwrap().name(), name_of("one"));
    assert!(service.requests().is_empty());
    clock.advance(Duration::from_secs(2 * 60));
    assert_eq!(now(source.credentials()).unwrap().name(), name_of("two"));
    assert_eq!(service.requests().len(), 1);
}

#[test]
fn an_end_with_any_distance_from_utc_is_the_instant_that_it_says() {
    for end in [
        "2026-05-01T09:00:00.000000Z",
        "2026-05-01T17:00:00.000000+0800",
        "2026-05-01T17:00:00+0800",
        "2026-05-01T17:00:00.000000+08:00",
        "2026-05-01T17:00:00+08",
        "2026-05-01 04:00:00 -0500",
    ] {
        let clock = clock();
        let service = Arc::new(ScriptedService::with([token("one", end), token("two", END)]));
        let source = source(&service, &clock);
        let first = now(source.credentials()).unwrap();
        assert_eq!(first.expires_at(), Some("2026-05-01T09:00:00Z".parse().unwrap()), "{end}");
        clock.advance(Duration::from_secs(61 * 60));
        assert_eq!(now(source.credentials()).unwrap().name(), name_of("two"), "{end}");
        assert_eq!(service.requests().len(), 2, "{end}");
    }
}

#[test]
fn a_wrong_clock_does_not_make_a_token_old() {
    let clock = clock();
    clock.set("2026-05-09T08:00:00Z".parse::<UtcTime>().unwrap().instant());
    let mut reply = token("one", END);
    let date = "Fri, 01 May 2026 08:00:00 GMT".parse().unwrap();
    reply.as_mut().unwrap().headers_mut().insert("date", date);
    let service = Arc::new(ScriptedService::with([reply]));
    let source = source(&service, &clock);
    now(source.credentials()).unwrap();
    clock.advance(Duration::from_secs(23 * 3600));
    now(source.credentials()).unwrap();
    assert_eq!(service.requests().len(), 1);
}

#[tokio::test]
async fn all_callers_that_wait_share_one_fetch_and_one_failure() {
    let service = Arc::new(ScriptedService::on_permits([response(500, ""), token("one", END)]));
    let source = Arc::new(source(&service, &clock()));
    let ask_all = || {
        let asking = (0..100).map(|_| {
            let source = Arc::clone(&source);
            tokio::spawn(async move { source.credentials().await })
        });
        asking.collect::<Vec<_>>()
    };
    for expected in [Err(()), Ok(name_of("one"))] {
        let waiting = ask_all();
        let polls_of_each = 10;
        for _ in 0..polls_of_each {
            tokio::task::yield_now().await;
        }
        service.permits.add_permits(1);
        for one in waiting {
            let got = one.await.unwrap();
            if let Err(error) = &got {
                assert_eq!(
                    error.to_string(),
                    "IAM gave no token (HTTP 500): the service failed, try again later"
                );
            }
            assert_eq!(got.map(|credentials| credentials.name().into_owned()).map_err(drop), expected);
        }
        assert_eq!(service.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_caller_that_stops_waiting_does_not_disturb_the_others() {
    let service = Arc::new(ScriptedService::on_permits([token("one", END), token("two", END)]));
    let source = Arc::new(source(&service, &clock()));
    let wait = || {
        let source = Arc::clone(&source);
        tokio::spawn(async move { source.credentials().await })
    };
    let (starter, other, third) = (wait(), wait(), wait());
    tokio::task::yield_now().await;
    starter.abort();
    third.abort();
    assert!(starter.await.unwrap_err().is_cancelled() && third.await.unwrap_err().is_cancelled());
    service.permits.add_permits(1);
    assert_eq!(other.await.unwrap().unwrap().name(), name_of("one"), "the others go on with the same fetch");
    assert_eq!(service.requests().len(), 1);

    source.invalidate(&Credentials::token("one"));
    let alone = wait();
    tokio::task::yield_now().await;
    alone.abort();
    assert!(alone.await.unwrap_err().is_cancelled());
    service.permits.add_permits(1);
    assert_eq!(source.credentials().await.unwrap().name(), name_of("two"));
    assert_eq!(service.requests().len(), 2, "the fetch without a waiting caller was dropped");
}

#[tokio::test]
async fn new_callers_do_not_wait_for_a_fetch_that_does_not_end() {
    let clock = clock();
    let service = Arc::new(ScriptedService::on_permits([token("one", END), token("two", END)]));
    let source = Arc::new(source(&service, &clock));
    let wait = || {
        let source = Arc::clone(&source);
        tokio::spawn(async move { source.credentials().await })
    };
    let _never_ends = wait();
    tokio::task::yield_now().await;
    clock.advance(Duration::from_secs(59));
    let _joins = wait();
    tokio::task::yield_now().await;
    assert_eq!(service.requests().len(), 1);
    clock.advance(Duration::from_secs(1));
    let _starts = wait();
    tokio::task::yield_now().await;
    assert_eq!(service.requests().len(), 1);
}

#[test]
fn a_failure_is_forgotten_and_the_old_token_used_until_it_expires() {
    let clock = clock();
    let service = Arc::new(ScriptedService::with([
        None,
        token("one", END),
        None,
        response(503, "busy"),
        response(401, r#"{"error_code":"IAM.0101","error_msg":"user"}"#),
        token("two", "2026-05-04T08:00:00Z"),
    ]));
    let source = source(&service, &clock);
    let error = now(source.credentials()).unwrap_err();
    assert_eq!(error.to_string(), "IAM did not respond");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the connection broke");
    assert_eq!(now(source.credentials()).unwrap().name(), name_of("one"));
    service.requests();

    clock.advance(Duration::from_secs(23 * 3600 + 50 * 60));
    for requests in [1, 0] {
        assert_eq!(now(source.credentials()).unwrap().name(), name_of("one"));
        assert_eq!(service.requests().len(), requests, "after a failed renewal there is a pause");
    }
    clock.advance(Duration::from_secs(10));
    assert_eq!(now(source.credentials()).unwrap().name(), name_of("one"));
    assert_eq!(service.requests().len(), 1);
    clock.advance(Duration::from_secs(600));
    assert_eq!(
        now(source.credentials()).unwrap_err().to_string(),
        "IAM gave no token (HTTP 401, IAM.0101): check account, user name and password, and that the user may log in by API"
    );
    assert_eq!(
        now(source.credentials()).unwrap().name(),
        name_of("two"),
        "an ended token is no reason to pause"
    );
}

#[test]
fn a_refused_token_is_dropped_unless_it_was_replaced_already() {
    let service = Arc::new(ScriptedService::with([token("one", END), token("two", END)]));
    let source = source(&service, &clock());
    let first = now(source.credentials()).unwrap();
    source.invalidate(&first);
    let second = now(source.credentials()).unwrap();
    assert_eq!(second.name(), name_of("two"));
    source.invalidate(&first);
    assert_eq!(now(source.credentials()).unwrap().name(), name_of("two"));
}

#[test]
fn responses_without_a_token_or_an_expiry_are_handled() {
    let clock = clock();
    let mut endless = response(201, "<html>");
    endless.as_mut().unwrap().headers_mut().insert("x-subject-token", "one".parse().unwrap());
    let service = Arc::new(ScriptedService::with([response(201, "{}"), endless, token("two", END)]));
    let source = source(&service, &clock);
    assert_eq!(
        now(source.credentials()).unwrap_err().to_string(),
        "IAM responded without a token in X-Subject-Token"
    );
    let first = now(source.credentials()).unwrap();
    assert_eq!((first.name().into_owned(), first.expires_at()), (name_of("one"), None));
    clock.advance(Duration::from_secs(44 * 60));
    assert_eq!(now(source.credentials()).unwrap().name(), name_of("one"));
    clock.advance(Duration::from_secs(2 * 60));
    assert_eq!(now(source.credentials()).unwrap().name(), name_of("two"));
}

#[test]
fn a_panic_in_the_fetch_is_an_error_for_all() {
    let cache = Cache::new(Arc::new(clock()));
    let error = now(cache.get(|| async { panic!("marker") })).unwrap_err();
    assert_eq!(error.to_string(), "the fetch panicked");
    let fetched = Fetched { credentials: Credentials::token("t"), lifetime: Duration::from_secs(60) };
    now(cache.get(|| async { Ok(fetched) })).unwrap();
}

#[test]
fn credentials_are_renewed_when_a_quarter_of_their_lifetime_is_left_and_at_most_forty_minutes_before_its_end()
{
    for (lifetime, used_for) in [(60, 45), (900, 675), (3600, 2700), (21_600, 19_200), (86_400, 84_000)] {
        let clock = clock();
        let cache = Cache::new(Arc::new(clock.clone()));
        let fetches = std::cell::Cell::new(0);
        let get = || {
            now(cache.get(|| {
                fetches.set(fetches.get() + 1);
                let credentials = Credentials::token(format!("{}", fetches.get()));
                async move { Ok(Fetched { credentials, lifetime: Duration::from_secs(lifetime) }) }
            }))
            .unwrap()
        };
        get();
        clock.advance(Duration::from_secs(used_for - 1));
        get();
        assert_eq!(fetches.get(), 1, "{lifetime}");
        clock.advance(Duration::from_secs(1));
        assert_eq!((get().name().into_owned(), fetches.get()), (name_of("2"), 2), "{lifetime}");
    }
}

#[tokio::test]
async fn concurrent_callers_of_a_chain_share_the_failure_of_one_source_and_the_keys_of_the_next() {
    use crate::auth::{Chain, EcsMetadata};
    let clock: Arc<dyn Clock> = Arc::new(clock());
    let failing = Arc::new(ScriptedService::on_permits([None, None]));
    let keys = r#"{"credential":{"access":"AK","secret":"sk","securitytoken":"st","expires_at":"2026-05-01T08:15:00Z"}}"#;
    let good =
        Arc::new(ScriptedService::on_permits([response(404, ""), response(200, keys), response(200, keys)]));
    let source =
        |service: &Arc<ScriptedService>| EcsMetadata::new(Arc::clone(service) as _, Arc::clone(&clock));
    let chain = Arc::new(Chain::new().then("first", source(&failing)).then("second", source(&good)));
    let ask_all = || -> Vec<_> {
        let ask = |chain: Arc<Chain>| tokio::spawn(async move { chain.credentials().await });
        (0..50).map(|_| ask(Arc::clone(&chain))).collect()
    };
    let settle = async || {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    };
    let waiting = ask_all();
    settle().await;
    assert_eq!(failing.requests().len(), 1, "all wait for one exchange with the first source");
    failing.permits.add_permits(1);
    settle().await;
    good.permits.add_permits(2);
    for one in waiting {
        assert_eq!(one.await.unwrap().unwrap().name(), "AK");
    }
    assert_eq!(good.requests().len(), 2, "the token and the keys were asked for once");

    // At the renewal the source that worked is asked first, by one caller for all; the failing one is left alone.
    let first = chain.credentials().await.unwrap();
    chain.invalidate(&first);
    let waiting = ask_all();
    settle().await;
    good.permits.add_permits(1);
    for one in waiting {
        one.await.unwrap().unwrap();
    }
    assert_eq!((good.requests().len(), failing.requests().len()), (1, 0));
}

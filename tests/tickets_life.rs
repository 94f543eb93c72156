//! Tests of a ticket's life through the helpers, with responses by rule and a controlled clock.
#![cfg(all(feature = "tickets", feature = "tokio"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use http::StatusCode;
use huaweicloud_partner::{
    Client, ErrorKind,
    auth::Credentials,
    clock::{Clock as _, ManualClock},
    error::ApiError,
    fill,
    testing::MockTransport,
    tickets::*,
    transport::{TransportError, TransportErrorKind},
    types::Site,
    types::{Language, Personal, TimeZone, decode_str},
};
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

fn tickets() -> (Tickets, MockTransport, ManualClock) {
    let (mock, clock) = (MockTransport::new(), ManualClock::at(OffsetDateTime::UNIX_EPOCH));
    let client = Client::builder(Site::International)
        .credentials(Credentials::keys("AK", "SK"))
        .transport(mock.clone())
        .clock(clock.clone())
        .options(
            huaweicloud_partner::client::CallOptions::new()
                .language(Language::English)
                .time_zone(TimeZone::UTC)
                .rate_limiter(huaweicloud_partner::client::NoRateLimit)
                .retry(huaweicloud_partner::client::RetryPolicy::NEVER),
        )
        .build()
        .unwrap();
    (Tickets::new(&client), mock, clock)
}

fn read<T: DeserializeOwned>(json: &str) -> T {
    decode_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// Categories, products, problems and what a form asks.
fn offering(mock: &MockTransport) {
    mock.on_any::<ListCategories>().respond(read(
        r#"{"incident_sub_type_list":[{"incident_sub_type_id":"c1","incident_sub_type_name":"Product support",
            "incident_product_category_list":[{"incident_product_category_id":"p1",
            "incident_product_category_name":"Elastic Cloud Server","incident_product_category_acronym":"ECS"}]}]}"#,
    ));
    mock.on_any::<ListProblemTypes>().respond(read(
        r#"{"incident_business_type_list":[{"business_type_id":"b1","business_type_name":"Disk fault","case_type":"5"},
            {"business_type_id":"b2","business_type_name":"Advice","case_type":"0"}]}"#,
    ));
    mock.on_any::<ListSeverities>().respond(read(r#"{"severity_list":[{"severity_id":"s1"}]}"#));
    mock.on_any::<ListParameters>().respond(read(r#"{"extends_params":[{"param_key":"eip","required":1}]}"#));
    mock.on_any::<ShowAttachmentLimits>().respond(read(
        r#"{"accessory_limit":{"limit_count":"1","limit_size":"4","limit_file_type":"log,png"}}"#,
    ));
}

#[tokio::test]
async fn a_ticket_finds_its_place_and_is_checked_before_it_is_sent() {
    let (tickets, mock, _) = tickets();
    offering(&mock);
    let opened = mock.on_any::<OpenTicket>().respond(read(r#"{"incident_id":"TT1"}"#));

    let topic = tickets.topic("product SUPPORT", "ecs", "b1").await.unwrap();
    assert!(topic.needs_region());
    let lacking = topic.new_ticket("slow").severity_id("s9").accessory_ids(["a1", "a2"]);
    let error = tickets.open(lacking).await.unwrap_err();
    let fields: Vec<_> = error.invalid().unwrap().violations().iter().map(|rule| rule.field).collect();
    assert_eq!(fields, ["region_id", "severity_id", "extends_map", "accessory_ids"]);
    assert_eq!(opened.calls(), 0);

    let good = topic
        .new_ticket("slow")
        .region_id("r1")
        .severity_id("s1")
        .extends_map([("eip".to_owned(), "1.2.3.4".into())]);
    let ticket = tickets.open(good).await.unwrap();
    assert_eq!(ticket.id().as_str(), "TT1");
    let request = &opened.requests()[0];
    assert_eq!(request.incident_sub_type_id.as_deref(), Some("c1"));
    assert_eq!((request.site, request.time_zone), (Some(SiteCode::International), Some(TimeZone::UTC)));
    let tags: Vec<_> =
        mock.requests().iter().map(|request| request.headers()["x-language"].clone()).collect();
    assert!(tags.iter().all(|tag| tag == "en-us"), "{tags:?}");

    let error = tickets.topic("Product support", "RDS", "b1").await.unwrap_err();
    assert!(error.to_string().contains("offered are: Elastic Cloud Server"), "{error}");
    let error = tickets.topic("Product support", "ECS", "Fire").await.unwrap_err();
    assert!(error.to_string().contains("offered are: Disk fault, Advice"), "{error}");
}

#[tokio::test]
async fn look_ups_are_kept_for_a_while() {
    let (tickets, mock, clock) = tickets();
    let regions = mock.on_any::<ListRegions>().respond(read(r#"{"data_center_list":[{"region_id":"r1"}]}"#));
    tickets.regions().await.unwrap();
    tickets.clone().regions().await.unwrap();
    assert_eq!(regions.calls(), 1);
    clock.advance(Duration::from_secs(599));
    tickets.regions().await.unwrap();
    assert_eq!(regions.calls(), 1);
    clock.advance(Duration::from_secs(1));
    tickets.regions().await.unwrap();
    assert_eq!(regions.calls(), 2);
    tickets.clear_cache();
    assert_eq!(tickets.regions().await.unwrap()[0].region_id, "r1");
    assert_eq!(regions.calls(), 3);

    let limits = mock.on_any::<ShowTicketLimits>();
    let limits = limits
        .respond_with_error(ApiError::new(StatusCode::OK, "OSM.01010014", "failed"))
        .respond(read("{}"));
    tickets.limits().await.unwrap_err();
    tickets.limits().await.unwrap();
    assert_eq!(limits.calls(), 2);
}

#[tokio::test]
async fn an_action_that_does_not_fit_is_not_sent() {
    let (tickets, mock, _) = tickets();
    let ticket = tickets.ticket("TT1");
    let acted = mock.on_any::<ActOnTicket>().respond(Done::default());
    let scored = mock.on_any::<ScoreTicket>().respond(Done::default());
    let status = |code: i64| {
        mock.on_any::<ShowTicketStatus>()
            .respond(fill!(TicketStanding { status: Some(code.into()) }))
            .exhausts();
    };

    status(3);
    let error = ticket.urge().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("Completed (3)"), "{error}");
    status(1);
    assert!(ticket.withdraw("solved").await.is_err());
    status(2);
    assert!(ticket.score("good", Vec::new()).await.is_err());
    assert_eq!((acted.calls(), scored.calls()), (0, 0));

    status(1);
    ticket.urge().await.unwrap();
    status(2);
    ticket.close("quick", vec![ScoreGiven::of(1, 5)]).await.unwrap();
    status(3);
    ticket.score("quick", Vec::new()).await.unwrap();
    status(3);
    ticket.delete().await.unwrap();
    let actions: Vec<_> = acted.requests().into_iter().map(|request| request.action_id).collect();
    assert_eq!(actions, [TicketAction::Urge, TicketAction::Close, TicketAction::Delete]);

    // Of another member's ticket the status is read where the group can be named.
    mock.on_any::<ShowTicket>().respond(read(r#"{"incident_detail_info":{"incident_id":"TT1","status":0}}"#));
    ticket.clone().with_group("g1").withdraw("mistake").await.unwrap();
    assert_eq!(acted.requests()[3].group_id.as_deref(), Some("g1"));
}

#[tokio::test]
async fn files_are_held_against_the_limits_before_they_are_sent() {
    use huaweicloud_partner::client::FileUpload;
    let (tickets, mock, _) = tickets();
    offering(&mock);
    let uploaded = mock.on_any::<UploadAttachment>().respond(read(r#"{"accessory_id":"a7"}"#));
    let sent = mock.on_any::<SendMessage>().respond(Done::default());
    let ticket = tickets.ticket("TT1");
    for file in [
        FileUpload::bytes("run.exe", "x"),
        FileUpload::bytes("disk.log", ""),
        FileUpload::reader("disk.log", (4 << 20) + 1, tokio::io::empty()),
    ] {
        let error = ticket.reply_with("see", file).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
    assert_eq!((uploaded.calls(), sent.calls()), (0, 0));
    ticket.reply_with("see", FileUpload::bytes("disk.log", "slow")).await.unwrap();
    assert_eq!(sent.requests()[0].message.accessory_ids, Some(vec!["a7".into()]));
}

fn news(cursor: &str, messages: &[&str]) -> NewMessages {
    let messages: Vec<String> = messages
        .iter()
        .map(|text| format!(r#"{{"type":1,"content":"{text}","create_time":"2026-05-01 08:00:00"}}"#))
        .collect();
    read(&format!(
        r#"{{"last_message_time_id":"{cursor}","immsg":[{{"incident_id":"TT1","message_list":[{}]}}]}}"#,
        messages.join(",")
    ))
}

fn text(news: &NewMessage) -> String {
    news.message.content.as_ref().map(Personal::expose).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn new_messages_come_once_and_asking_is_polite() {
    let (tickets, mock, clock) = tickets();
    let asked = mock
        .on_any::<PollMessages>()
        .respond(news("1", &["a", "b"]))
        .respond(news("2", &["b", "c"]))
        .respond(news("2", &[]))
        .respond(news("2", &[]))
        .respond(news("3", &["c", "d"]));
    let messages =
        tickets.ticket("TT1").new_messages().with_intervals(Duration::from_secs(4), Duration::from_secs(60));
    let seen: Vec<_> = messages.take(4).try_collect().await.unwrap();
    assert_eq!(seen.iter().map(text).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    assert_eq!(seen[0].ticket.as_str(), "TT1");
    let cursors: Vec<_> = asked.requests().into_iter().map(|request| request.last_message_time_id).collect();
    let cursors: Vec<_> = cursors.iter().map(|cursor| cursor.as_deref().unwrap_or("-")).collect();
    assert_eq!(cursors, ["-", "1", "2", "2", "2"]);
    // 4 and 4 seconds after news, 6 and 9 after none.
    assert_eq!(clock.elapsed(), Duration::from_secs(4 + 4 + 6 + 9));
}

#[tokio::test]
async fn new_messages_continue_after_the_last_one_in_another_process() {
    let (tickets, mock, _) = tickets();
    let asked = mock
        .on_any::<PollMessages>()
        .respond(news("1", &["a"]))
        .respond(news("2", &["b", "c"]))
        .respond(news("2", &["b", "c"]))
        .respond(news("3", &["d"]));
    let mut messages = tickets.new_messages(["TT1"]);
    for expected in ["a", "b"] {
        assert_eq!(text(&messages.try_next().await.unwrap().unwrap()), expected);
    }
    let stored = serde_json::to_string(&messages.cursor()).unwrap();
    assert!(!stored.contains("\"b\""), "{stored}");
    drop(messages);

    let mut messages = tickets.new_messages(["TT1"]).resume(serde_json::from_str(&stored).unwrap());
    for expected in ["c", "d"] {
        assert_eq!(text(&messages.try_next().await.unwrap().unwrap()), expected);
    }
    assert_eq!(asked.requests()[2].last_message_time_id.as_deref(), Some("1"));
    assert_eq!(asked.requests()[3].last_message_time_id.as_deref(), Some("2"));
}

#[tokio::test]
async fn a_transient_error_does_not_end_the_stream_but_a_refusal_does() {
    let (tickets, mock, _) = tickets();
    mock.on_any::<PollMessages>()
        .fail(|| TransportError::possibly_sent(TransportErrorKind::Broken))
        .respond(news("1", &["a"]))
        .respond_with_error(ApiError::new(StatusCode::OK, "OSM.01010015", "no ticket"));
    let mut messages = tickets.new_messages(["TT1"]);
    assert_eq!(messages.next().await.unwrap().unwrap_err().kind(), ErrorKind::Interrupted);
    assert_eq!(text(&messages.next().await.unwrap().unwrap()), "a");
    assert_eq!(messages.next().await.unwrap().unwrap_err().kind(), ErrorKind::Refused);
    assert!(messages.next().await.is_none());

    let error = tickets.new_messages(Vec::<TicketId>::new()).next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn older_messages_are_walked_back_to_the_first() {
    let (tickets, mock, _) = tickets();
    let asked = mock
        .on_any::<ListOlderMessages>()
        .respond(read(r#"{"message_list":[{"type":1,"content":"b","create_time":"1970-01-01 00:00:02"}]}"#))
        .respond(read(r#"{"message_list":[{"type":0,"content":"a","create_time":"1970-01-01 00:00:01"}]}"#))
        .respond(MessagePage::default());
    let held: Message = read(r#"{"type":0,"create_time":"1970-01-01 00:00:03"}"#);
    let request = ListOlderMessages::before("TT1", &held, TimeZone::UTC).unwrap();
    let older: Vec<Message> = tickets.client().items(request).try_collect().await.unwrap();
    assert_eq!(older.len(), 2);
    let places: Vec<_> =
        asked.requests().into_iter().map(|request| (request.create_time, request.author)).collect();
    assert_eq!(
        places,
        [
            ("3000".to_owned(), Author::Customer),
            ("2000".to_owned(), Author::Engineer),
            ("1000".to_owned(), Author::Customer)
        ]
    );
}

#[tokio::test]
async fn a_diagnosis_is_waited_for() {
    let (tickets, mock, clock) = tickets();
    mock.on_any::<StartDiagnosis>().respond(read(r#"{"job_id":"7"}"#));
    let shown = mock
        .on_any::<ShowDiagnosis>()
        .respond(read(r#"{"job_id":7,"status":2}"#))
        .times(3)
        .respond(read(r#"{"job_id":7,"status":3,"items_result":[{"check_id":"x","problem_level":4}]}"#));
    let run = tickets.diagnose(StartDiagnosis::server("1.2.3.4")).await.unwrap();
    let error = run.wait(Duration::from_secs(1)).await.unwrap_err();
    assert!(error.kind() == ErrorKind::TimedOut && error.is_retryable());
    let diagnosis = run.wait(Duration::from_secs(60)).await.unwrap();
    assert_eq!((diagnosis.status, diagnosis.findings().count()), (Some(DiagnosisStatus::Finished), 1));
    assert_eq!((shown.calls(), clock.elapsed()), (4, Duration::from_secs(5)));
}

#[tokio::test]
async fn a_contact_is_verified_only_where_it_must_be() {
    let (tickets, mock, _) = tickets();
    mock.on_any::<CheckContact>()
        .respond(read(r#"{"need_verify_code":0}"#))
        .respond(read(r#"{"need_verify_code":1}"#));
    let codes = mock.on_any::<SendContactCode>().respond(Done::default());
    mock.on_any::<VerifyContact>().respond(Done::default());
    mock.on_any::<ListVerifiedContacts>().respond(read(r#"{"contact_list":[{"verified_id":"v1"}]}"#));
    assert!(!tickets.begin_verification("138", ContactWay::Phone, "86").await.unwrap());
    assert_eq!(codes.calls(), 0);
    assert!(tickets.begin_verification("138", ContactWay::Phone, "86").await.unwrap());
    let id = tickets.finish_verification("138", ContactWay::Phone, "86", "123456").await.unwrap();
    assert_eq!((id.as_deref(), codes.calls()), (Some("v1"), 1));
}

/// The documentation names no host of the ticket service for Europe; the host of another site would take data and
/// credentials out of it.
#[tokio::test]
async fn tickets_in_europe_are_refused_until_an_endpoint_is_named() {
    use huaweicloud_partner::operation::Service;
    let mock = MockTransport::new();
    let status = mock.on_any::<ShowTicketStatus>().respond(fill!(TicketStanding { status: Some(0.into()) }));
    let builder =
        || Client::builder(Site::Europe).credentials(Credentials::keys("AK", "SK")).transport(mock.clone());

    let client = builder().build().unwrap();
    let error = client.send(&ShowTicketStatus::new("TT1")).await.unwrap_err();
    assert_eq!((error.kind(), status.calls()), (ErrorKind::Configuration, 0), "{error}");
    assert!(error.to_string().contains("the European site"), "{error}");

    let client = builder().endpoint(Service::Tickets, "https://tickets.example.eu").build().unwrap();
    client.send(&ShowTicketStatus::new("TT1")).await.unwrap();
    assert_eq!(status.calls(), 1);
}

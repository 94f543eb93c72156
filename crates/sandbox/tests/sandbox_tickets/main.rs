//! Service tickets on the sandbox: every operation with what it must say, and the refusals.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod access;
mod lists;
mod messages;
mod rights;

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use http::Request;
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    client::{CallOptions, Download, FileUpload, NoRateLimit},
    clock::Clock as _,
    error::{ErrorCode, codes},
    operation::BodyKind,
    registry,
    tickets::*,
    transport::{Body, Transport as _},
    types::{Language, LocalTime, Personal, TimeZone},
};
use huaweicloud_partner_sandbox::{
    EngineerAct, Machine, NOT_SIMULATED, Occurrence, Sandbox, SandboxEvent, ScriptStep, SessionRecord, State,
    TicketEvent, TransferRecord,
};

const MINUTE: Duration = Duration::from_secs(60);

fn client(sandbox: &Sandbox, account: &str) -> Client {
    let options =
        CallOptions::new().language(Language::English).time_zone(TimeZone::UTC).rate_limiter(NoRateLimit);
    sandbox.client(account).unwrap().with(options)
}

fn customer() -> (Sandbox, Client) {
    let sandbox = Sandbox::small_distributor().without_quotas();
    let client = client(&sandbox, "customer-1");
    (sandbox, client)
}

fn about(sandbox: &Sandbox, event: TicketEvent) -> Option<String> {
    sandbox.apply(SandboxEvent::Tickets(event)).unwrap()
}

fn code(error: &Error) -> &ErrorCode {
    assert_eq!(error.status().map(|status| status.as_u16()), Some(200), "{error}");
    error.code().unwrap_or_else(|| panic!("{error}"))
}

fn disk(description: &str) -> OpenTicket {
    OpenTicket::new("ecs-disk", description).region_id("cn-north-4")
}

async fn open(client: &Client, description: &str) -> TicketId {
    client.send(&disk(description)).await.unwrap().into_inner().incident_id
}

async fn status(client: &Client, ticket: &TicketId) -> TicketStatus {
    client.send(&ShowTicketStatus::new(ticket)).await.unwrap().status.unwrap()
}

async fn detail(client: &Client, ticket: &TicketId) -> TicketDetail {
    client.send(&ShowTicket::new(ticket)).await.unwrap().into_inner().incident_detail_info
}

async fn attach(client: &Client, name: &str, bytes: &[u8]) -> AttachmentId {
    let upload = UploadEncodedAttachment::of(name, AttachmentPurpose::Message, bytes);
    client.send(&upload).await.unwrap().into_inner().accessory_id
}

async fn read(mut download: Download) -> Vec<u8> {
    let mut bytes = Vec::new();
    download.write_to(&mut bytes).await.unwrap();
    bytes
}

fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.content.as_ref().map_or("", Personal::expose)).collect()
}

fn machine(id: &str) -> Machine {
    Machine {
        id: id.to_owned(),
        account: "customer-1".to_owned(),
        name: format!("shop {id}"),
        region: "cn-north-4".to_owned(),
        project: "project-1".to_owned(),
        address: "203.0.113.7".to_owned(),
        port: 22,
        login: "root".into(),
        password: "right".into(),
        faults: vec!["ecs-disk".to_owned()],
        ..Machine::default()
    }
}

fn ask(machines: &[&str]) -> ScriptStep {
    let machines = machines.iter().map(|id| (*id).to_owned()).collect();
    ScriptStep::new(1, EngineerAct::AskAccess { purpose: "to look at the disk".into(), machines })
}

#[tokio::test]
async fn a_ticket_from_its_path_to_its_score() {
    let (sandbox, client) = customer();
    let tickets = Tickets::new(&client);
    let topic = tickets.topic("Product support", "ECS", "Disk fault").await.unwrap();
    let log = tickets.attach(AttachmentPurpose::Ticket, FileUpload::bytes("disk.log", "slow")).await.unwrap();
    let request = topic.new_ticket("slow disk").region_id("cn-north-4").accessory_ids([log.clone()]);
    let ticket = tickets.open(request).await.unwrap();
    assert_eq!(ticket.status().await.unwrap(), Some(TicketStatus::ToBeAccepted));

    let mut news = ticket.new_messages();
    let mut said = Vec::new();
    while let Some(news) = news.try_next().await.unwrap() {
        let message = news.message;
        let text = message.content.unwrap().expose().to_owned();
        if message.author == Some(Author::Customer) {
            said.push("customer");
            continue;
        }
        said.push("engineer");
        match ticket.status().await.unwrap() {
            Some(TicketStatus::WaitingForCustomer) => {
                assert!(text.ends_with('?'));
                ticket.reply("All the time.").await.unwrap();
                assert_eq!(ticket.status().await.unwrap(), Some(TicketStatus::Processing));
            }
            Some(TicketStatus::ToBeConfirmed) => break,
            _ => {}
        }
    }
    assert_eq!(said, ["customer", "engineer", "engineer", "customer", "engineer"]);
    let shown = ticket.show().await.unwrap();
    assert_eq!(shown.message_list[0].accessory_list[0].accessory_id, log);
    assert_eq!(shown.message_list[0].is_first_message, Some(Flag::Yes));
    assert_eq!(shown.business_type_name.as_deref(), Some("Disk fault"));
    assert_eq!(
        (shown.dc_name.as_deref(), shown.business_ownership),
        (Some("CN North-Beijing4"), Some(TicketOwner::HuaweiCloud))
    );

    ticket.close("Quick.", Vec::new()).await.unwrap();
    let best: Vec<_> = tickets.score_dimensions().await.unwrap().iter().map(ScoreDimension::best).collect();
    ticket.score("Quick and clear.", best).await.unwrap();
    let shown = ticket.show().await.unwrap();
    assert_eq!(shown.status, Some(TicketStatus::Completed));
    assert_eq!(shown.judgement.as_ref().map(Personal::expose), Some("Quick and clear."));
    assert_eq!(shown.incident_satisfaction.iter().map(|one| one.satisfaction_value).sum::<i64>(), 10);
    let log: Vec<_> = client.items(ListTicketLog::new(ticket.id())).try_collect().await.unwrap();
    let actions: Vec<_> = log.iter().map(|entry| entry.operate_type).collect();
    assert_eq!(
        actions,
        [LoggedAction::Opened, LoggedAction::Replied, LoggedAction::Closed, LoggedAction::Scored].map(Some)
    );
    ticket.delete().await.unwrap();
    assert_eq!(ticket.status().await.unwrap(), Some(TicketStatus::Deleted));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn actions_fit_the_status_or_are_refused() {
    let (sandbox, client) = customer();
    let act = |ticket: &TicketId, action: TicketAction| {
        let (client, operation) = (client.clone(), ActOnTicket::new(ticket, action));
        async move { client.send(&operation).await }
    };
    let ticket = open(&client, "urgent").await;
    act(&ticket, TicketAction::Urge).await.unwrap();
    let again = act(&ticket, TicketAction::Urge).await.unwrap_err();
    assert_eq!((code(&again), again.kind()), (&codes::URGED_TOO_OFTEN, ErrorKind::Refused));
    let early = act(&ticket, TicketAction::Close).await.unwrap_err();
    assert_eq!(code(&early), &codes::TICKET_BAD_PARAMETER);
    assert_eq!(code(&act(&ticket, "reopen".into()).await.unwrap_err()), &codes::TICKET_ACTION_UNKNOWN);
    assert_eq!(code(&act(&"TT0".into(), TicketAction::Urge).await.unwrap_err()), &codes::TICKET_NOT_FOUND);
    let score = client
        .send(&ScoreTicket::new(&ticket, "", Vec::<huaweicloud_partner::tickets::ScoreGiven>::new()))
        .await
        .unwrap_err();
    assert_eq!(code(&score), &codes::TICKET_BAD_PARAMETER);

    sandbox.clock().advance(MINUTE * 31);
    assert_eq!(status(&client, &ticket).await, TicketStatus::WaitingForCustomer);
    assert_eq!(code(&act(&ticket, TicketAction::Cancel).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    client.send(&SendMessage::new(&ticket, "Now and then.")).await.unwrap();
    act(&ticket, TicketAction::Urge).await.unwrap();
    let too_good =
        ActOnTicket::new(&ticket, TicketAction::Close).incident_satisfaction_list([ScoreGiven::of(1, 6)]);
    assert_eq!(code(&client.send(&too_good).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    let close = ActOnTicket::new(&ticket, TicketAction::Close)
        .judgement("fine")
        .incident_satisfaction_list([ScoreGiven::of(1, 5), ScoreGiven::of(3, 4)]);
    client.send(&close).await.unwrap();
    assert_eq!(detail(&client, &ticket).await.incident_satisfaction.len(), 2);
    let unknown = client.send(&ScoreTicket::new(&ticket, "", vec![ScoreGiven::of(2, 1)])).await.unwrap_err();
    assert_eq!(code(&unknown), &codes::TICKET_BAD_PARAMETER);
    let late = client.send(&SendMessage::new(&ticket, "more")).await.unwrap_err();
    assert_eq!(code(&late), &codes::TICKET_BAD_PARAMETER);
    sandbox.clock().advance(MINUTE * 600);
    assert_eq!(detail(&client, &ticket).await.message_list.len(), 4, "no engineer works on a closed ticket");

    let withdrawn = open(&client, "never mind").await;
    client.send(&ActOnTicket::new(&withdrawn, TicketAction::Cancel).operate_desc("solved")).await.unwrap();
    sandbox.clock().advance(MINUTE * 60);
    assert_eq!(status(&client, &withdrawn).await, TicketStatus::Cancelled);
    let log = client.send(&ListTicketLog::new(&withdrawn).offset(1_u32).limit(1_u32)).await.unwrap();
    assert_eq!(log.incident_operate_log_list[0].operate_desc.as_deref(), Some("solved"));
    assert_eq!(log.incident_operate_log_list[0].operate_time.as_deref(), Some("2026-05-06 11:31:00"));
    act(&withdrawn, TicketAction::Delete).await.unwrap();
}

#[tokio::test]
async fn opening_keeps_the_documented_rules() {
    let (sandbox, client) = customer();
    let refused = async |request: OpenTicket| code(&client.send(&request).await.unwrap_err()).clone();
    let bad = codes::TICKET_BAD_PARAMETER;
    assert_eq!(refused(OpenTicket::new("ecs-disk", "x")).await, bad, "a fault names a region");
    assert_eq!(refused(disk("x").region_id("moon")).await, bad);
    assert_eq!(refused(OpenTicket::new("nothing", "x")).await, bad);
    assert_eq!(refused(disk("x").product_category_id("rds")).await, bad);
    assert_eq!(refused(disk("x").incident_sub_type_id("account-support")).await, bad);
    assert_eq!(refused(disk("x").source_id("elsewhere")).await, bad);
    assert_eq!(refused(disk("x").accessory_ids(["ACC9"])).await, bad);
    assert_eq!(refused(OpenTicket::new("rds-slow", "x").region_id("cn-north-4")).await, bad);
    assert_eq!(refused(disk("x").severity_id("terrible")).await, codes::SEVERITY_UNKNOWN);
    assert_eq!(refused(disk("x").severity_id("down")).await, codes::SUPPORT_PLAN_REFUSES);
    let copies = |addresses: &str| disk("x").extension_map([("cc_email".to_owned(), addresses.into())]);
    assert_eq!(refused(copies("nobody")).await, codes::COPY_ADDRESS_INVALID);
    assert_eq!(refused(disk("x").remind_mail("ops@example.com")).await, codes::VERIFICATION_FAILED);
    let unchecked = client.with(CallOptions::new().skip_validation());
    let long = unchecked.send(&disk(&"x".repeat(1201))).await.unwrap_err();
    assert_eq!(code(&long), &bad);
    assert_eq!(client.send(&ListTickets::new()).await.unwrap().total_count, Some(0));

    about(&sandbox, TicketEvent::SupportPlan { account: "customer-1".into(), holds: true });
    let good = copies("a@example.com; b@example.com").severity_id("down");
    let ticket = client.send(&good).await.unwrap().into_inner().incident_id;
    let shown = detail(&client, &ticket).await;
    assert_eq!(shown.severity_name.as_deref(), Some("Business down"));
    let addresses = client.send(&ListCopyAddresses::new()).await.unwrap();
    assert_eq!(addresses.mc_email_infos.len(), 2);
    assert_eq!(addresses.cc_email_info[0].cc_email, shown.ext_info.unwrap().cc_email);
    let question = [("instance_id".to_owned(), "db-1".into())];
    client
        .send(&OpenTicket::new("rds-slow", "x").region_id("cn-north-4").extends_map(question))
        .await
        .unwrap();
}

#[tokio::test]
async fn contacts_and_parameters_change() {
    let (_sandbox, client) = customer();
    let ticket = open(&client, "slow").await;
    client.send(&ChangeContacts::new(&ticket).remind_mobile("13800000000").area_code("86")).await.unwrap();
    client.send(&ChangeContacts::new(&ticket).remind_time("09:00-18:00")).await.unwrap();
    let contacts = detail(&client, &ticket).await.ext_info.unwrap();
    assert_eq!(contacts.remind_mobile.as_ref().map(Personal::expose), Some("13800000000"));
    assert_eq!(contacts.remind_time.as_deref(), Some("09:00-18:00"));
    client.send(&ChangeContacts::new(&ticket).remind_mobile("")).await.unwrap();
    assert_eq!(detail(&client, &ticket).await.ext_info.unwrap().remind_mobile, None);
    let log = client.send(&ListTicketLog::new(&ticket)).await.unwrap();
    let last = log.incident_operate_log_list.last().unwrap().operate_type;
    assert_eq!(last, Some(LoggedAction::ContactRemoved));

    let message = detail(&client, &ticket).await.message_list[0].message_id.clone();
    let submit = SubmitParameters::new(&ticket).message_id(message);
    client.send(&submit.extends_map([("disk".to_owned(), "vda".into())])).await.unwrap();
    let shown = client.send(&ShowParameters::new(&ticket)).await.unwrap();
    assert_eq!(shown.fields["extends_map"]["disk"], "vda");
    let foreign = client.send(&SubmitParameters::new(&ticket).message_id("MSG0")).await.unwrap_err();
    assert_eq!(code(&foreign), &codes::TICKET_BAD_PARAMETER);
}

#[tokio::test]
async fn engineers_follow_their_script() {
    let (sandbox, client) = customer();
    let ticket = open(&client, "odd").await;
    sandbox
        .script_engineer(
            &ticket,
            vec![
                ScriptStep::new(1, EngineerAct::Take),
                ScriptStep::new(1, EngineerAct::Pause),
                ScriptStep::new(60, EngineerAct::Take),
                ScriptStep::new(0, EngineerAct::Solve { text: "Done.".into() }),
            ],
        )
        .unwrap();
    sandbox.clock().advance(MINUTE);
    assert_eq!(status(&client, &ticket).await, TicketStatus::Processing);
    sandbox.clock().advance(MINUTE);
    assert_eq!(status(&client, &ticket).await, TicketStatus::Paused);
    sandbox.clock().advance(MINUTE * 60);
    assert_eq!(status(&client, &ticket).await, TicketStatus::ToBeConfirmed);
    let script = vec![ScriptStep::new(5, EngineerAct::Reject { text: "This is no fault.".into() })];
    about(&sandbox, TicketEvent::SendBack { ticket: ticket.to_string(), script });
    assert_eq!(status(&client, &ticket).await, TicketStatus::Processing);
    sandbox.clock().advance(MINUTE * 5);
    assert_eq!(status(&client, &ticket).await, TicketStatus::Invalid);
    let log = client.send(&ListTicketLog::new(&ticket)).await.unwrap();
    assert_eq!(log.incident_operate_log_list[1].operate_type, Some(LoggedAction::SentBack));
    sandbox.script_engineer(&"TT0".into(), Vec::new()).unwrap_err();
    sandbox.script_engineers(Vec::new());
    let ignored = open(&client, "ignored").await;
    sandbox.clock().advance(MINUTE * 6000);
    assert_eq!(status(&client, &ignored).await, TicketStatus::ToBeAccepted);
}

#[tokio::test]
async fn all_operations_are_simulated() {
    let (_sandbox, client) = customer();
    let client = client.with(CallOptions::new().skip_validation());
    // Whatever an operation may require.
    let arguments = r#"{"case_id":"x","message_id":"x","accessory_id":"x","authorization_id":"x","id":1,
        "authorization_detail_id":1,"session_id":1,"label_id":1,"config_key":"x","related_id":"x","action_id":"x",
        "business_type_id":"x","simple_description":"x","source_id":"x","message":{"content":"x"},"create_time":"x",
        "type":1,"limit":1,"case_ids":["x"],"name":"x","color":"x","label_ids":[1],"related_id_list":["x"],
        "judgement":"x","incident_satisfaction_list":[],"accessory_name":"x","accessory_from":"x",
        "accessory_data":"x","accessory_ids":["x"],"relation_type":"x","form_data":"x","port":1,"account":"x",
        "password":"x","verify_code":"x","contact_value":"x","contact_way":1,"area_code":"x","operation":"x",
        "privilege":"x","product_category_id":"x","language":"x","timezone":"GMT+8","title":"x","content":"x",
        "files":[],"contacts":{"name":"x","mobile":"x","id_type":1,"id_files":[]},"is_helpful":true}"#;
    let (mut tickets, mut missing) = (0, Vec::new());
    for entry in registry::all().filter(|entry| entry.meta.name.starts_with("osm.")) {
        tickets += 1;
        if entry.meta.body == BodyKind::Multipart {
            continue; // not by name; `files_go_up_and_come_down` sends it
        }
        let mut arguments: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(arguments).unwrap();
        arguments.retain(|name, _| entry.parameters().iter().any(|parameter| parameter.name == name));
        let arguments = serde_json::Value::Object(arguments).to_string();
        let Err(error) = client.send_dynamic(entry.meta.name, &arguments).await else { continue };
        assert_ne!(error.kind(), ErrorKind::InvalidInput, "{error}");
        if error.code().is_some_and(|code| code.as_str() == NOT_SIMULATED) {
            missing.push(entry.meta.name);
        }
    }
    assert_eq!((tickets, missing), (82, Vec::new()));
    assert_eq!(registry::all().count(), 185);
}

#[tokio::test]
async fn a_world_is_saved_and_goes_on() {
    let (sandbox, client) = customer();
    let ticket = open(&client, "slow").await;
    let file = attach(&client, "a.log", &[0, 255, 128]).await;
    sandbox.clock().advance(MINUTE * 6);
    assert_eq!(status(&client, &ticket).await, TicketStatus::Processing);
    let saved = serde_json::to_string(&sandbox.snapshot()).unwrap();
    let other = Sandbox::new(serde_json::from_str(&saved).unwrap());
    assert_eq!(serde_json::to_string(&other.snapshot()).unwrap(), saved);
    for sandbox in [&sandbox, &other] {
        let client = self::client(sandbox, "customer-1");
        sandbox.clock().advance(MINUTE * 10);
        assert_eq!(status(&client, &ticket).await, TicketStatus::WaitingForCustomer);
        let bytes = read(client.download(DownloadAttachment::new(&file)).await.unwrap()).await;
        assert_eq!(bytes, [0, 255, 128]);
        sandbox.audit().unwrap();
    }
    let ends = [&sandbox, &other].map(|sandbox| serde_json::to_value(sandbox.snapshot()).unwrap());
    assert_eq!(ends[0]["tickets"], ends[1]["tickets"], "the same world does the same");
}

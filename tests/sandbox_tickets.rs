//! Service tickets on the sandbox: every operation with what it must say, and the refusals.
#![cfg(all(feature = "sandbox", feature = "tickets", feature = "tokio"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use http::Request;
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    client::{CallOptions, Download, FileUpload, Unlimited},
    clock::Clock as _,
    error::{ErrorCode, codes},
    helpers::tickets::TicketDesk,
    operation::BodyKind,
    registry,
    sandbox::{
        EngineerAct, Event, Machine, NOT_SIMULATED, Occurrence, Sandbox, ScriptStep, SessionRecord,
        TicketEvent, TransferRecord, World,
    },
    tickets::*,
    transport::{Body, Transport as _},
    types::{Language, LocalTime, Personal, TimeZone},
};

const MINUTE: Duration = Duration::from_secs(60);

fn client(sandbox: &Sandbox, account: &str) -> Client {
    let options = CallOptions::new().language(Language::English).time_zone(TimeZone::UTC).quotas(Unlimited);
    sandbox.client(account).unwrap().with(options)
}

fn customer() -> (Sandbox, Client) {
    let sandbox = Sandbox::small_distributor().without_quotas();
    let client = client(&sandbox, "customer-1");
    (sandbox, client)
}

fn about(sandbox: &Sandbox, event: TicketEvent) -> Option<String> {
    sandbox.happen(Event::Tickets(event)).unwrap()
}

fn code(error: &Error) -> &ErrorCode {
    assert_eq!(error.status().map(|status| status.as_u16()), Some(200), "{error}");
    error.code().unwrap_or_else(|| panic!("{error}"))
}

fn disk(description: &str) -> OpenTicket {
    OpenTicket::new("ecs-disk", description).region_id("cn-north-4")
}

async fn open(client: &Client, description: &str) -> TicketId {
    client.send(disk(description)).await.unwrap().into_inner().incident_id
}

async fn status(client: &Client, ticket: &TicketId) -> TicketStatus {
    client.send(ShowTicketStatus::new(ticket)).await.unwrap().status
}

async fn detail(client: &Client, ticket: &TicketId) -> TicketDetail {
    client.send(ShowTicket::new(ticket)).await.unwrap().into_inner().incident_detail_info
}

async fn attach(client: &Client, name: &str, bytes: &[u8]) -> AttachmentId {
    let upload = UploadEncodedAttachment::of(name, AttachmentPurpose::Message, bytes);
    client.send(upload).await.unwrap().into_inner().accessory_id
}

async fn read(mut download: Download) -> Vec<u8> {
    let mut bytes = Vec::new();
    download.write_to(&mut bytes).await.unwrap();
    bytes
}

fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.content.as_ref().map_or("", Personal::expose)).collect()
}

// A ticket's life.

#[tokio::test]
async fn a_ticket_from_its_path_to_its_score() {
    let (sandbox, client) = customer();
    let desk = TicketDesk::new(client.clone());
    let path = desk.path("Product support", "ECS", "Disk fault").await.unwrap();
    let log = desk.attach(AttachmentPurpose::Ticket, FileUpload::bytes("disk.log", "slow")).await.unwrap();
    let request = path.ticket("slow disk").region_id("cn-north-4").accessory_ids([log.clone()]);
    let ticket = desk.open(request).await.unwrap();
    assert_eq!(ticket.status().await.unwrap(), TicketStatus::ToBeAccepted);

    let mut news = ticket.follow();
    let mut said = Vec::new();
    while let Some(news) = news.try_next().await.unwrap() {
        let message = news.message;
        let text = message.content.unwrap().expose().to_owned();
        if message.author == Author::Customer {
            said.push("customer");
            continue;
        }
        said.push("engineer");
        match ticket.status().await.unwrap() {
            TicketStatus::WaitingForCustomer => {
                assert!(text.ends_with('?'));
                ticket.reply("All the time.").await.unwrap();
                assert_eq!(ticket.status().await.unwrap(), TicketStatus::Processing);
            }
            TicketStatus::ToBeConfirmed => break,
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
    let best: Vec<_> = desk.score_dimensions().await.unwrap().iter().map(ScoreDimension::best).collect();
    ticket.score("Quick and clear.", best).await.unwrap();
    let shown = ticket.show().await.unwrap();
    assert_eq!(shown.status, TicketStatus::Completed);
    assert_eq!(shown.judgement.as_ref().map(Personal::expose), Some("Quick and clear."));
    assert_eq!(shown.incident_satisfaction.iter().map(|one| one.satisfaction_value).sum::<i64>(), 10);
    let log: Vec<_> = client.items(ListTicketLog::new(ticket.id())).try_collect().await.unwrap();
    let actions: Vec<_> = log.iter().map(|entry| entry.operate_type).collect();
    assert_eq!(
        actions,
        [LoggedAction::Opened, LoggedAction::Answered, LoggedAction::Closed, LoggedAction::Scored]
    );
    ticket.delete().await.unwrap();
    assert_eq!(ticket.status().await.unwrap(), TicketStatus::Deleted);
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn actions_fit_the_status_or_are_refused() {
    let (sandbox, client) = customer();
    let act = |ticket: &TicketId, action: TicketAction| client.send(ActOnTicket::new(ticket, action));
    let ticket = open(&client, "urgent").await;
    act(&ticket, TicketAction::Press).await.unwrap();
    let again = act(&ticket, TicketAction::Press).await.unwrap_err();
    assert_eq!((code(&again), again.kind()), (&codes::URGED_TOO_OFTEN, ErrorKind::Refused));
    let early = act(&ticket, TicketAction::Close).await.unwrap_err();
    assert_eq!(code(&early), &codes::TICKET_BAD_PARAMETER);
    assert_eq!(code(&act(&ticket, "reopen".into()).await.unwrap_err()), &codes::TICKET_ACTION_UNKNOWN);
    assert_eq!(code(&act(&"TT0".into(), TicketAction::Press).await.unwrap_err()), &codes::TICKET_NOT_FOUND);
    let score = client.send(ScoreTicket::new(&ticket, "", Vec::new())).await.unwrap_err();
    assert_eq!(code(&score), &codes::TICKET_BAD_PARAMETER);

    sandbox.clock().advance(MINUTE * 31);
    assert_eq!(status(&client, &ticket).await, TicketStatus::WaitingForCustomer);
    assert_eq!(code(&act(&ticket, TicketAction::Cancel).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    client.send(SendMessage::new(&ticket, "Now and then.")).await.unwrap();
    act(&ticket, TicketAction::Press).await.unwrap();
    let too_good =
        ActOnTicket::new(&ticket, TicketAction::Close).incident_satisfaction_list([ScoreGiven::of(1, 6)]);
    assert_eq!(code(&client.send(too_good).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    let close = ActOnTicket::new(&ticket, TicketAction::Close)
        .judgement("fine")
        .incident_satisfaction_list([ScoreGiven::of(1, 5), ScoreGiven::of(3, 4)]);
    client.send(close).await.unwrap();
    assert_eq!(detail(&client, &ticket).await.incident_satisfaction.len(), 2);
    let unknown = client.send(ScoreTicket::new(&ticket, "", vec![ScoreGiven::of(2, 1)])).await.unwrap_err();
    assert_eq!(code(&unknown), &codes::TICKET_BAD_PARAMETER);
    let late = client.send(SendMessage::new(&ticket, "more")).await.unwrap_err();
    assert_eq!(code(&late), &codes::TICKET_BAD_PARAMETER);
    sandbox.clock().advance(MINUTE * 600);
    assert_eq!(detail(&client, &ticket).await.message_list.len(), 4, "nobody works on a closed ticket");

    let withdrawn = open(&client, "never mind").await;
    client.send(ActOnTicket::new(&withdrawn, TicketAction::Cancel).operate_desc("solved")).await.unwrap();
    sandbox.clock().advance(MINUTE * 60);
    assert_eq!(status(&client, &withdrawn).await, TicketStatus::Cancelled);
    let log = client.send(ListTicketLog::new(&withdrawn).offset(1_u32).limit(1_u32)).await.unwrap();
    assert_eq!(log.incident_operate_log_list[0].operate_desc.as_deref(), Some("solved"));
    assert_eq!(log.incident_operate_log_list[0].operate_time.as_deref(), Some("2026-05-06 11:31:00"));
    act(&withdrawn, TicketAction::Delete).await.unwrap();
}

#[tokio::test]
async fn opening_keeps_the_documented_rules() {
    let (sandbox, client) = customer();
    let refused = async |request: OpenTicket| code(&client.send(request).await.unwrap_err()).clone();
    let bad = codes::TICKET_BAD_PARAMETER;
    assert_eq!(refused(OpenTicket::new("ecs-disk", "x")).await, bad, "a fault names a region");
    assert_eq!(refused(disk("x").region_id("moon")).await, bad);
    assert_eq!(refused(OpenTicket::new("nothing", "x")).await, bad);
    assert_eq!(refused(disk("x").product_category_id("rds")).await, bad);
    assert_eq!(refused(disk("x").incident_sub_type_id("account-support")).await, bad);
    assert_eq!(refused(disk("x").source_id("elsewhere")).await, bad);
    assert_eq!(refused(disk("x").accessory_ids(["ACC9".into()])).await, bad);
    assert_eq!(refused(OpenTicket::new("rds-slow", "x").region_id("cn-north-4")).await, bad);
    assert_eq!(refused(disk("x").severity_id("terrible")).await, codes::SEVERITY_UNKNOWN);
    assert_eq!(refused(disk("x").severity_id("down")).await, codes::SUPPORT_PLAN_REFUSES);
    let copies = |addresses: &str| disk("x").extension_map([("cc_email".to_owned(), addresses.into())]);
    assert_eq!(refused(copies("nobody")).await, codes::COPY_ADDRESS_INVALID);
    assert_eq!(refused(disk("x").remind_mail("ops@example.com")).await, codes::VERIFICATION_FAILED);
    let unchecked = client.with(CallOptions::new().unchecked());
    let long = unchecked.send(disk(&"x".repeat(1201))).await.unwrap_err();
    assert_eq!(code(&long), &bad);
    assert_eq!(client.send(ListTickets::new()).await.unwrap().total_count, Some(0));

    about(&sandbox, TicketEvent::SupportPlan { account: "customer-1".into(), holds: true });
    let good = copies("a@example.com; b@example.com").severity_id("down");
    let ticket = client.send(good).await.unwrap().into_inner().incident_id;
    let shown = detail(&client, &ticket).await;
    assert_eq!(shown.severity_name.as_deref(), Some("Business down"));
    let addresses = client.send(ListCopyAddresses::new()).await.unwrap();
    assert_eq!(addresses.mc_email_infos.len(), 2);
    assert_eq!(addresses.cc_email_info[0].cc_email, shown.ext_info.unwrap().cc_email);
    let question = [("instance_id".to_owned(), "db-1".into())];
    client
        .send(OpenTicket::new("rds-slow", "x").region_id("cn-north-4").extends_map(question))
        .await
        .unwrap();
}

#[tokio::test]
async fn contacts_and_parameters_change() {
    let (_sandbox, client) = customer();
    let ticket = open(&client, "slow").await;
    client.send(ChangeContacts::new(&ticket).remind_mobile("13800000000").area_code("86")).await.unwrap();
    client.send(ChangeContacts::new(&ticket).remind_time("09:00-18:00")).await.unwrap();
    let contacts = detail(&client, &ticket).await.ext_info.unwrap();
    assert_eq!(contacts.remind_mobile.as_ref().map(Personal::expose), Some("13800000000"));
    assert_eq!(contacts.remind_time.as_deref(), Some("09:00-18:00"));
    client.send(ChangeContacts::new(&ticket).remind_mobile("")).await.unwrap();
    assert_eq!(detail(&client, &ticket).await.ext_info.unwrap().remind_mobile, None);
    let log = client.send(ListTicketLog::new(&ticket)).await.unwrap();
    let last = log.incident_operate_log_list.last().unwrap().operate_type;
    assert_eq!(last, LoggedAction::ContactRemoved);

    let message = detail(&client, &ticket).await.message_list[0].message_id.clone();
    let submit = SubmitParameters::new(&ticket).message_id(message);
    client.send(submit.extends_map([("disk".to_owned(), "vda".into())])).await.unwrap();
    let shown = client.send(ShowParameters::new(&ticket)).await.unwrap();
    assert_eq!(shown.fields["extends_map"]["disk"], "vda");
    let foreign = client.send(SubmitParameters::new(&ticket).message_id("MSG0")).await.unwrap_err();
    assert_eq!(code(&foreign), &codes::TICKET_BAD_PARAMETER);
}

#[tokio::test]
async fn engineers_do_what_they_are_told() {
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
    let log = client.send(ListTicketLog::new(&ticket)).await.unwrap();
    assert_eq!(log.incident_operate_log_list[1].operate_type, LoggedAction::SentBack);
    sandbox.script_engineer(&"TT0".into(), Vec::new()).unwrap_err();
    sandbox.script_engineers(Vec::new());
    let ignored = open(&client, "ignored").await;
    sandbox.clock().advance(MINUTE * 6000);
    assert_eq!(status(&client, &ignored).await, TicketStatus::ToBeAccepted);
}

// Messages.

#[tokio::test]
async fn messages_are_read_in_every_way() {
    let (sandbox, client) = customer();
    let (one, other) = (open(&client, "first").await, open(&client, "second").await);
    let both = || vec![one.clone(), other.clone()];
    let all = client.send(PollMessages::new(both())).await.unwrap().into_inner();
    assert_eq!(all.immsg.len(), 2);
    let cursor = all.last_message_time_id.unwrap();
    sandbox.clock().advance(MINUTE * 15);
    let news = client.send(PollMessages::new(both()).last_message_time_id(cursor)).await.unwrap();
    assert_eq!((news.immsg.len(), news.immsg[0].message_list.len()), (2, 2));
    assert_eq!(news.imstatus[0].status, ReadStatus::Unread);
    let again = PollMessages::new(both()).last_message_time_id(news.last_message_time_id.clone().unwrap());
    assert!(client.send(again).await.unwrap().immsg.is_empty());
    let odd = client.send(PollMessages::new(both()).last_message_time_id("soon")).await.unwrap_err();
    assert_eq!(code(&odd), &codes::TICKET_BAD_PARAMETER);

    let unread = client.send(CountUnreadMessages::new(both())).await.unwrap();
    assert_eq!(
        (unread.imunread[0].unread_num, unread.imunread[0].status),
        (Some(2), TicketStatus::WaitingForCustomer)
    );
    client.send(MarkMessagesRead::new(&one)).await.unwrap();
    let unread = client.send(CountUnreadMessages::new(both())).await.unwrap();
    assert_eq!((unread.imunread[0].unread_num, unread.imunread[1].unread_num), (Some(0), Some(2)));

    sandbox.clock().advance(MINUTE);
    let file = attach(&client, "trace.log", b"trace").await;
    client.send(SendMessage::new(&one, NewMessage::new("here").accessory_ids([file.clone()]))).await.unwrap();
    let taken = client.send(SendMessage::new(&one, NewMessage::new("again").accessory_ids([file]))).await;
    assert_eq!(code(&taken.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    let page = client.send(ListMessages::new(&one).offset(1_u32).limit(2_u32)).await.unwrap();
    assert_eq!((page.count, page.message_list.len()), (Some(4), 2));
    let all: Vec<_> = client.items(ListMessages::new(&one)).try_collect().await.unwrap();
    assert_eq!(all.last().unwrap().accessory_list[0].file_actual_name.as_deref(), Some("trace.log"));
    let older = ListOlderMessages::before(&one, &all[3], TimeZone::UTC).unwrap();
    let page = client.send(older.clone()).await.unwrap();
    assert_eq!(texts(&page.message_list).last(), Some(&"first"), "the latest first");
    assert_eq!(page.message_list.len(), 3);
    let walked: Vec<_> = client.items(older).try_collect().await.unwrap();
    assert_eq!(walked.len(), 3);
    let neither = ListOlderMessages::new(&one, "1", Author::Other(7), 10_u32);
    assert_eq!(code(&client.send(neither).await.unwrap_err()), &codes::TYPE_NOT_0_OR_1);

    let messages = detail(&client, &one).await.message_list;
    let withdraw = |id: &str| client.send(WithdrawMessage::new(&one, id));
    for _ in 0..2 {
        withdraw(&messages[3].message_id).await.unwrap();
    }
    assert_eq!(detail(&client, &one).await.message_list.len(), 3);
    for id in [&messages[0].message_id, &messages[1].message_id] {
        assert_eq!(code(&withdraw(id).await.unwrap_err()), &codes::TICKET_NO_PERMISSION);
    }
    assert_eq!(code(&withdraw("MSG0").await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
}

#[tokio::test]
async fn following_resumes_where_it_was() {
    let (sandbox, client) = customer();
    let ticket = TicketDesk::new(client.clone()).ticket(open(&client, "slow").await);
    let mut follow = ticket.follow();
    let first = follow.next().await.unwrap().unwrap();
    assert_eq!(first.message.author, Author::Customer);
    let mark = follow.mark();
    let loaded: World = serde_json::from_value(serde_json::to_value(sandbox.snapshot()).unwrap()).unwrap();
    let later = Sandbox::new(loaded);
    let client = self::client(&later, "customer-1");
    let mut follow = TicketDesk::new(client).ticket(ticket.id()).follow().resume(mark);
    let next = follow.next().await.unwrap().unwrap();
    assert_eq!(texts(&[next.message]), ["I have taken your ticket and look into it."]);
}

// Attachments.

#[tokio::test]
async fn files_go_up_and_come_down() {
    let (sandbox, client) = customer();
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n * 31 % 251) as u8).collect();
    let file = FileUpload::bytes("磁盘 \"a\".log", bytes.clone()).content_type("text/plain");
    let form = UploadAttachment::of(AttachmentPurpose::Message);
    let whole = client.upload(form, file).await.unwrap().into_inner().accessory_id;
    let down = client.download(DownloadAttachment::new(&whole)).await.unwrap();
    assert_eq!(down.file_name().as_deref(), Some("磁盘 \"a\".log"));
    assert_eq!(down.content_type(), Some("text/plain"));
    assert!(read(down).await == bytes);

    let image = attach(&client, "shot.png", b"\x89PNG").await;
    let shown = client.download(DownloadImage::new(&image)).await.unwrap();
    assert_eq!(shown.content_type(), Some("image/png"));
    let text = client.download(DownloadImage::new(&whole)).await.unwrap_err();
    assert_eq!(code(&text), &codes::TICKET_BAD_PARAMETER);
    let missing = client.download(DownloadAttachment::new("ACC0")).await.unwrap_err();
    assert_eq!(code(&missing), &codes::TICKET_BAD_PARAMETER);

    let both = client.download(DownloadAttachment::new(format!("{image},{whole}"))).await.unwrap();
    assert_eq!(both.content_type(), Some("application/zip"));
    let archive = read(both).await;
    assert!(archive.starts_with(b"PK\x03\x04") && archive.len() > bytes.len());

    let links = client.send(ListAttachmentLinks::new(vec![image.clone(), whole.clone()])).await.unwrap();
    let link = links.accessory_urls.iter().find(|link| link.accessory_id == image).unwrap();
    let address = link.accessory_url.as_ref().unwrap().expose().to_owned();
    assert!(address.starts_with("https://osm.cn-south-1.myhuaweicloud.com/"), "{address}");
    let unsigned = || Request::get(address.as_str()).body(Body::from("")).unwrap();
    let fetched = sandbox.send(unsigned()).await.unwrap();
    assert_eq!(fetched.into_body().collect(99).await.unwrap(), &b"\x89PNG"[..]);
    sandbox.clock().advance(MINUTE * 60);
    assert_eq!(sandbox.send(unsigned()).await.unwrap().status(), 404);
    let one = client.send(ShowAttachmentLink::new(&image, RelationType::Default)).await.unwrap();
    assert!(one.accessory_url.is_some());

    client.send(DeleteAttachment::new(&image)).await.unwrap();
    client.send(DeleteAttachment::new(&image)).await.unwrap();
    client.download(DownloadAttachment::new(&image)).await.unwrap_err();
    let ticket =
        client.send(disk("slow").accessory_ids([whole.clone()])).await.unwrap().into_inner().incident_id;
    let taken = client.send(DeleteAttachment::new(&whole)).await.unwrap_err();
    assert_eq!(code(&taken), &codes::TICKET_BAD_PARAMETER);
    client.send(ShowAttachmentLink::new(&whole, RelationType::Ticket).incident_id(ticket)).await.unwrap();
    let elsewhere = ShowAttachmentLink::new(&whole, RelationType::Ticket).incident_id("TT0");
    assert_eq!(code(&client.send(elsewhere).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
}

#[tokio::test]
async fn attachments_have_limits() {
    let (sandbox, client) = customer();
    let limits = client.send(ShowAttachmentLimits::new()).await.unwrap().into_inner().accessory_limit;
    assert_eq!((limits.limit_count, limits.limit_size), (Some(5), Some(4)));
    let upload = async |name: &str, bytes: Vec<u8>| {
        client.upload(UploadAttachment::of(AttachmentPurpose::Ticket), FileUpload::bytes(name, bytes)).await
    };
    for (name, size) in [("large.log", (4 << 20) + 1), ("run.exe", 1), ("empty.log", 0)] {
        let error = upload(name, vec![0; size]).await.unwrap_err();
        assert_eq!(code(&error), &codes::TICKET_BAD_PARAMETER, "{name}");
    }
    let garbage = UploadEncodedAttachment::new("a.log", AttachmentPurpose::Ticket, "not base64!");
    assert_eq!(code(&client.send(garbage).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    let mut files = Vec::new();
    for _ in 0..5 {
        files.push(upload("full.log", vec![7; 4 << 20]).await.unwrap().into_inner().accessory_id);
    }
    let error = upload("one-more.log", vec![7]).await.unwrap_err();
    assert_eq!(code(&error), &codes::DAILY_ATTACHMENTS_USED_UP);
    sandbox.clock().advance(MINUTE * 60 * 24);
    files.push(upload("tomorrow.log", vec![7]).await.unwrap().into_inner().accessory_id);
    let too_many = client.send(disk("slow").accessory_ids(files)).await.unwrap_err();
    assert_eq!(code(&too_many), &codes::TICKET_BAD_PARAMETER);
}

// Lists.

#[tokio::test]
async fn tickets_are_found_by_every_filter() {
    let (sandbox, client) = customer();
    let slow = open(&client, "The disk is slow").await;
    sandbox.clock().advance(MINUTE * 20);
    let bill =
        client.send(OpenTicket::new("uc-bill", "A bill is wrong")).await.unwrap().into_inner().incident_id;
    let deleted = open(&client, "gone").await;
    client.send(ActOnTicket::new(&deleted, TicketAction::Cancel)).await.unwrap();
    client.send(ActOnTicket::new(&deleted, TicketAction::Delete)).await.unwrap();
    client.send(CreateLabel::new("night", "#000000")).await.unwrap();
    let label = client.send(ListLabels::new()).await.unwrap().label_list[0].label_id;
    client.send(AttachLabels::new(&slow, [label])).await.unwrap();

    let all = client.send(ListTickets::new()).await.unwrap();
    assert_eq!((all.total_count, &all.incident_info_list[0].incident_id), (Some(2), &bill));
    assert_eq!(all.incident_info_list[1].product_category_name.as_deref(), Some("Elastic Cloud Server"));
    assert_eq!(all.incident_info_list[1].label_list[0].name.as_deref(), Some("night"));
    let time = |text: &str| text.parse::<LocalTime>().unwrap();
    for (request, found) in [
        (ListTickets::new().search_key(["disk".to_owned(), "slow".to_owned()]), Some(&slow)),
        (ListTickets::new().search_key(["disk".to_owned(), "bill".to_owned()]), None),
        (ListTickets::new().label_id_list([label.to_string()]), Some(&slow)),
        (ListTickets::new().app_key("BILL"), Some(&bill)),
        (ListTickets::new().app_key(slow.as_str()), Some(&slow)),
        (ListTickets::new().incident_id(&bill), Some(&bill)),
        (ListTickets::new().query_end_time(time("2026-05-06 01:19:59")), Some(&slow)),
        (
            ListTickets::new().query_start_time(time("2026-05-06 09:20:00")).time_zone(TimeZone::BEIJING),
            Some(&bill),
        ),
        (ListTickets::new().status(TicketStatus::WaitingForCustomer), Some(&slow)),
        (ListTickets::new().status(TicketStatus::Deleted), Some(&deleted)),
        (ListTickets::new().incident_status("3,13"), Some(&deleted)),
        (ListTickets::new().x_customer_id("somebody"), None),
        (ListTickets::new().x_customer_id("customer-1").limit(1_u32), Some(&bill)),
        (ListTickets::new().x_customer_name("customer_1").offset(1_u32), Some(&slow)),
    ] {
        let page = client.send(request.clone()).await.unwrap();
        let ids: Vec<_> = page.incident_info_list.iter().map(|row| &row.incident_id).collect();
        assert_eq!(ids, Vec::from_iter(found), "{request:?}");
    }
    let counts = client.send(CountTickets::new()).await.unwrap();
    assert_eq!((counts.of(TicketStatus::Deleted), counts.of(TicketStatus::ToBeAccepted)), (1, 1));
    let none = client.send(CountTickets::new().status(TicketStatus::Paused)).await.unwrap();
    assert_eq!(none.incident_status_counts[0].count, Some(0));

    let console = ListConsoleTickets::new().product_category_id("ecs").label_id_list([label]);
    let console = client.send(console).await.unwrap();
    assert_eq!(console.incident_info_list[0].label_list[0].label_id, label.to_string());
    let second = client.send(ListConsoleTickets::new().page_no(2_u32).page_size(1_u32)).await.unwrap();
    assert_eq!((second.total_count, &second.incident_info_list[0].incident_id), (Some(2), &slow));

    let export = ExportTickets::new(Language::English, TimeZone::UTC).incident_id(format!("{slow},{bill}"));
    let file = client.download(export.clone()).await.unwrap();
    assert_eq!(file.file_name().as_deref(), Some("tickets.xlsx"));
    let sheet = read(file).await;
    let sheet = String::from_utf8_lossy(&sheet);
    assert!(
        sheet.contains("A bill is wrong") && sheet.contains("2026-05-06 01:00:00") && !sheet.contains("gone")
    );
    let log = client.send(ListTicketLog::new(&bill)).await.unwrap();
    assert_eq!(log.incident_operate_log_list[1].operate_type, LoggedAction::Exported);
    client.send(ChangePrivilege::new(PrivilegeChange::Revoke).privilege(Privilege::Export)).await.unwrap();
    assert_eq!(code(&client.download(export).await.unwrap_err()), &codes::TICKET_NO_PERMISSION);
}

#[tokio::test]
async fn times_and_names_are_as_asked_for() {
    let (_sandbox, client) = customer();
    let ticket = open(&client, "slow").await;
    let plain = client.with(CallOptions::new());
    for (zone, hour) in
        [(TimeZone::UTC, "2026-05-06 01:00:00"), ("GMT-3:30".parse().unwrap(), "2026-05-05 21:30:00")]
    {
        let shown = client.send(ShowTicket::new(&ticket).time_zone(zone)).await.unwrap().into_inner();
        assert_eq!(shown.incident_detail_info.create_time.unwrap().to_string(), hour);
    }
    let chinese = ShowTicket::new(&ticket).language(Language::Chinese);
    let shown = client.send(chinese).await.unwrap().into_inner().incident_detail_info;
    assert_eq!(shown.business_type_name.as_deref(), Some("磁盘故障"));
    drop(plain);
    let sandbox = Sandbox::small_distributor();
    let usual = sandbox.client("customer-1").unwrap();
    let ticket = open(&usual, "slow").await;
    let shown = detail(&usual, &ticket).await;
    assert_eq!(shown.create_time.unwrap().to_string(), "2026-05-06 09:00:00");
    assert_eq!(shown.incident_type_name.as_deref(), Some("产品技术支持"));
}

#[tokio::test]
async fn accounts_see_their_own_tickets_only() {
    let (sandbox, client) = customer();
    let ticket = open(&client, "mine").await;
    let file = attach(&client, "mine.log", b"x").await;
    let other = self::client(&sandbox, "distributor");
    assert_eq!(other.send(ListTickets::new()).await.unwrap().total_count, Some(0));
    let foreign = other.send(ShowTicket::new(&ticket).group_id("group")).await.unwrap_err();
    assert_eq!(code(&foreign), &codes::TICKET_NOT_FOUND);
    other.download(DownloadAttachment::new(&file)).await.unwrap_err();
    let own = open(&other, "ours").await;
    let related = other.send(RelateTickets::new(&own, vec![ticket])).await.unwrap_err();
    assert_eq!(code(&related), &codes::TICKETS_OF_DIFFERENT_PEOPLE);
}

// Labels, relations.

#[tokio::test]
async fn labels_and_relations() {
    let (_sandbox, client) = customer();
    let ticket = open(&client, "slow").await;
    for name in ["a", "b", "c", "d", "e", "f"] {
        client.send(CreateLabel::new(name, "#00ff00")).await.unwrap();
    }
    let ids: Vec<i64> =
        client.send(ListLabels::new()).await.unwrap().label_list.iter().map(|label| label.label_id).collect();
    client.send(AttachLabels::new(&ticket, ids[..5].to_vec())).await.unwrap();
    let sixth = client.send(AttachLabels::new(&ticket, [ids[5]])).await.unwrap_err();
    assert_eq!(code(&sixth), &codes::TICKET_BAD_PARAMETER);
    client.send(DetachLabels::new(&ticket, ids[1..4].to_vec())).await.unwrap();
    client.send(ChangeLabel::new(ids[0], "alpha", "#0000ff")).await.unwrap();
    client.send(DeleteLabel::new(ids[4])).await.unwrap();
    client.send(DeleteLabel::new(ids[4])).await.unwrap();
    let left = client.send(ListTicketLabels::new(&ticket)).await.unwrap().into_inner().case_label_list;
    assert_eq!(
        (left.len(), left[0].name.as_deref(), left[0].color.as_deref()),
        (1, Some("alpha"), Some("#0000ff"))
    );
    let found = client.send(ListLabels::new().name("ALPH")).await.unwrap();
    assert_eq!((found.total_count, found.label_list[0].label_id), (Some(1), ids[0]));
    assert_eq!(client.send(ListLabels::new().label_id(ids[2])).await.unwrap().label_list.len(), 1);
    for request in [AttachLabels::new(&ticket, [4711]), AttachLabels::new(&ticket, [ids[4]])] {
        assert_eq!(code(&client.send(request).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    }
    assert_eq!(
        code(&client.send(ChangeLabel::new(4711, "x", "x")).await.unwrap_err()),
        &codes::TICKET_BAD_PARAMETER
    );
    for _ in 5..30 {
        client.send(CreateLabel::new("more", "#000000")).await.unwrap();
    }
    assert_eq!(
        code(&client.send(CreateLabel::new("31", "#000000")).await.unwrap_err()),
        &codes::TICKET_BAD_PARAMETER
    );

    let mut others = Vec::new();
    for name in ["one", "two", "three", "four"] {
        others.push(open(&client, name).await);
    }
    client.send(RelateTickets::new(&ticket, others[..3].to_vec())).await.unwrap();
    client.send(RelateTickets::new(&ticket, others[..1].to_vec())).await.unwrap();
    let fourth = client.send(RelateTickets::new(&ticket, others[3..].to_vec())).await.unwrap_err();
    assert_eq!(code(&fourth), &codes::TICKET_BAD_PARAMETER);
    client.send(UnrelateTicket::new(&ticket, &others[0])).await.unwrap();
    client.send(UnrelateTicket::new(&ticket, &others[0])).await.unwrap();
    let related = client.send(ListRelatedTickets::new(&ticket)).await.unwrap();
    assert_eq!(related.case_relation_list.len(), 2);
    assert_eq!(related.case_relation_list[0].case_id, others[1]);
    let nothing = client.send(RelateTickets::new(&ticket, vec!["TT0".into()])).await.unwrap_err();
    assert_eq!(code(&nothing), &codes::TICKET_NOT_FOUND);
}

// Access.

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
async fn access_is_granted_used_and_withdrawn() {
    let (sandbox, client) = customer();
    about(&sandbox, TicketEvent::AddMachine { machine: machine("ecs-7") });
    let say = ScriptStep::new(2, EngineerAct::Say { text: "Thank you.".into() });
    sandbox.script_engineers(vec![ask(&["ecs-7", "of-nobody"]), say]);
    let ticket = open(&client, "slow").await;
    sandbox.clock().advance(MINUTE * 30);
    let asked = client.send(ListAuthorizations::new().incident_id(&ticket)).await.unwrap();
    let id = asked.incident_auth_list[0].id.clone();
    assert_eq!((asked.count, asked.incident_auth_list[0].status), (Some(1), AuthorizationStatus::Pending));
    assert_eq!(detail(&client, &ticket).await.message_list.len(), 1, "the engineer waits");
    let shown = client.send(ShowAuthorization::new(&id)).await.unwrap();
    let thing = &shown.incident_auth_detail_list[0];
    assert_eq!((shown.incident_auth_detail_list.len(), thing.kind), (1, Some(AuthorizedKind::Host)));
    assert_eq!(thing.instance_id.as_deref(), Some("ecs-7"));

    let check = |password: &str| client.send(CheckHost::new(thing.id, 22, "root", password));
    check("right").await.unwrap();
    assert_eq!(code(&check("wrong").await.unwrap_err()), &codes::TICKET_LOGIN_WRONG);
    let withdraw = || ActOnAuthorization::new(&id).action_id(AuthorizationAction::Withdraw);
    assert_eq!(code(&client.send(withdraw()).await.unwrap_err()), &codes::AUTHORIZATION_ACTION_UNKNOWN);
    let bare = client.send(GrantAuthorization::new(&id)).await.unwrap_err();
    assert_eq!(code(&bare), &codes::TICKET_BAD_PARAMETER);
    let login = GrantedLogin::new(thing.id).account("root").password("right");
    let until = (sandbox.clock().now().unix_timestamp() + 3600) * 1000;
    let grant = GrantAuthorization::new(&id).auth_detail_list(vec![login]).auth_expire_time(until);
    client.send(grant.clone()).await.unwrap();
    assert_eq!(code(&client.send(grant).await.unwrap_err()), &codes::AUTHORIZATION_ACTION_UNKNOWN);
    sandbox.clock().advance(MINUTE * 2);
    assert_eq!(detail(&client, &ticket).await.message_list.len(), 2, "the engineer goes on");

    let record = SessionRecord {
        seconds: 65,
        commands: ["iostat", "exit"]
            .iter()
            .zip(1..)
            .map(|(command, after_seconds)| Occurrence { after_seconds, command: (*command).to_owned() })
            .collect(),
        transfers: vec![TransferRecord {
            seconds: 2,
            file_name: "a.log".into(),
            file_size: "12k".into(),
            ..TransferRecord::default()
        }],
    };
    let hold =
        |detail| TicketEvent::HoldSession { authorization: id.to_string(), detail, record: record.clone() };
    let session: i64 = about(&sandbox, hold(thing.id)).unwrap().parse().unwrap();
    assert_eq!(
        client.send(ListSessions::new(&id, thing.id)).await.unwrap().total_count,
        Some(0),
        "not over yet"
    );
    sandbox.clock().advance(MINUTE * 2);
    let sessions = client.send(ListSessions::new(&id, thing.id)).await.unwrap();
    assert_eq!(
        (sessions.session_list[0].session_id, sessions.session_list[0].duration.as_deref()),
        (session, Some("00:01:05"))
    );
    let commands = client.send(ListSessionCommands::new(&id, thing.id, session)).await.unwrap();
    assert_eq!(commands.ops_list[0].oper.as_deref(), Some("exit"), "the latest first");
    let sorted = ListSessionCommands::new(&id, thing.id, session).sort(SortOrder::EarliestFirst).limit(1_u32);
    assert_eq!(client.send(sorted).await.unwrap().ops_list[0].oper.as_deref(), Some("iostat"));
    let transfers = client.send(ListSessionTransfers::new(&id, thing.id, session)).await.unwrap();
    assert_eq!(transfers.file_ops_list[0].file_size.as_deref(), Some("12k"));
    let none = client.send(ListSessionCommands::new(&id, thing.id, 4711)).await.unwrap_err();
    assert_eq!(code(&none), &codes::TICKET_BAD_PARAMETER);

    client.send(withdraw()).await.unwrap();
    let page = client.send(ListAuthorizations::new().status(AuthorizationStatus::Cancelled)).await.unwrap();
    assert_eq!(page.count, Some(1));
    sandbox.happen(Event::Tickets(hold(thing.id))).unwrap_err();
    let log = client.send(ListTicketLog::new(&ticket)).await.unwrap();
    let actions: Vec<_> = log.incident_operate_log_list.iter().map(|entry| entry.operate_type).collect();
    assert_eq!(actions[1..], [LoggedAction::AuthorizationGranted, LoggedAction::AuthorizationWithdrawn]);
}

#[tokio::test]
async fn access_is_refused_recalled_and_expires() {
    let (sandbox, client) = customer();
    about(&sandbox, TicketEvent::AddMachine { machine: machine("ecs-7") });
    let recall = ScriptStep::new(120, EngineerAct::RecallAccess);
    sandbox.script_engineers(vec![ask(&[]), recall]);
    let ticket = open(&client, "slow").await;
    sandbox.clock().advance(MINUTE);
    let pending = async |ticket: &TicketId| {
        client
            .send(ListAuthorizations::new().incident_id(ticket))
            .await
            .unwrap()
            .into_inner()
            .incident_auth_list
            .remove(0)
    };
    let access = pending(&ticket).await;
    assert_eq!((access.resource_type_id.as_deref(), access.visit_type_id.as_deref()), (Some("2"), Some("4")));
    let without = client.send(GrantAuthorization::new(&access.id)).await.unwrap_err();
    assert_eq!(code(&without), &codes::TICKET_BAD_PARAMETER);
    assert!(client.send(ListAgencies::new()).await.unwrap().agency_list.is_empty());
    about(&sandbox, TicketEvent::AddAgency { account: "customer-1".into(), name: "support".into() });
    let agencies = client.send(ListAgencies::new()).await.unwrap();
    let grant = GrantAuthorization::new(&access.id);
    client.send(grant.clone().agency_id("AGENCY0")).await.unwrap_err();
    client.send(grant.agency_id(agencies.agency_list[0].id.as_str())).await.unwrap();
    assert_eq!(
        client.send(ShowAuthorization::new(&access.id)).await.unwrap().agency_name.as_deref(),
        Some("support")
    );
    sandbox.clock().advance(MINUTE * 120);
    assert_eq!(pending(&ticket).await.status, AuthorizationStatus::Recalled);

    let ticket = open(&client, "again").await;
    sandbox.clock().advance(MINUTE);
    let access = pending(&ticket).await;
    let refuse =
        ActOnAuthorization::new(&access.id).action_id(AuthorizationAction::Refuse).reject_reason("no");
    client.send(refuse.clone()).await.unwrap();
    assert_eq!(pending(&ticket).await.reject_reason.as_deref(), Some("no"));
    assert_eq!(code(&client.send(refuse).await.unwrap_err()), &codes::AUTHORIZATION_ACTION_UNKNOWN);
    let odd = ActOnAuthorization::new(&access.id).action_id("lend");
    assert_eq!(code(&client.send(odd).await.unwrap_err()), &codes::AUTHORIZATION_ACTION_UNKNOWN);

    sandbox.script_engineers(vec![ask(&["ecs-7"])]);
    let ticket = open(&client, "once more").await;
    sandbox.clock().advance(MINUTE);
    let access = pending(&ticket).await;
    let detail =
        client.send(ShowAuthorization::new(&access.id)).await.unwrap().incident_auth_detail_list[0].id;
    let login = GrantedLogin::new(detail).account("root").password("right");
    let until = (sandbox.clock().now().unix_timestamp() + 60) * 1000;
    client
        .send(GrantAuthorization::new(&access.id).auth_detail_list(vec![login]).auth_expire_time(until))
        .await
        .unwrap();
    sandbox.clock().advance(MINUTE);
    assert_eq!(pending(&ticket).await.status, AuthorizationStatus::Expired);
    client.send(ShowAuthorization::new("AUTH0")).await.unwrap_err();
}

// Contacts, rights, agreements.

#[tokio::test]
async fn a_contact_is_verified_with_the_code_it_received() {
    let (sandbox, client) = customer();
    let desk = TicketDesk::new(client.clone());
    let mobile = "13811112222";
    assert!(desk.begin_verification(mobile, ContactWay::Phone, "86").await.unwrap());
    let sent = sandbox.code_sent_to(mobile).unwrap();
    assert_eq!(sent.expose().len(), 6);
    let wrong = if sent.expose() == "000000" { "111111" } else { "000000" };
    let refused = desk.finish_verification(mobile, ContactWay::Phone, "86", wrong).await.unwrap_err();
    assert_eq!(code(&refused), &codes::VERIFICATION_FAILED);
    let serial =
        desk.finish_verification(mobile, ContactWay::Phone, "86", sent.clone()).await.unwrap().unwrap();
    let twice = client.send(VerifyContact::new(sent, mobile, ContactWay::Phone)).await.unwrap_err();
    assert_eq!(code(&twice), &codes::VERIFICATION_FAILED);
    assert!(!desk.begin_verification(mobile, ContactWay::Phone, "86").await.unwrap());
    let check = client.send(CheckContact::new(mobile, ContactWay::Phone)).await.unwrap();
    assert_eq!(check.expire_time.unwrap().to_string(), "2026-05-07 01:00:00");

    let usual = client.send(ListVerifiedContacts::new()).await.unwrap();
    assert_eq!((usual.count, usual.contact_list.len()), (Some(1), 0), "the documented offset is 1");
    let all: Vec<_> = client.items(ListVerifiedContacts::new().area_code("86")).try_collect().await.unwrap();
    assert_eq!(all[0].verified_id.as_ref(), Some(&serial));
    let expiring = ListVerifiedContacts::new().expired_time(check.expire_time.unwrap()).offset(0_u32);
    assert_eq!(client.send(expiring).await.unwrap().contact_list.len(), 1);

    let ticket = disk("slow").remind_mobile(mobile).area_code("86");
    client.send(ticket.clone()).await.unwrap_err();
    client.send(ticket.clone().verified_phone(serial.as_str())).await.unwrap();
    sandbox.clock().advance(MINUTE * 60 * 24);
    client.send(ticket.verified_phone(serial)).await.unwrap_err();

    client.send(SendVerificationCode::new("ops@example.com", ContactWay::Email, "")).await.unwrap();
    let late = sandbox.code_sent_to("ops@example.com").unwrap();
    sandbox.clock().advance(MINUTE * 10);
    client.send(VerifyContact::new(late, "ops@example.com", ContactWay::Email)).await.unwrap_err();
}

#[tokio::test]
async fn rights_and_quotas_hold() {
    let sandbox = Sandbox::small_distributor();
    let (partner, client) = (client(&sandbox, "distributor"), client(&sandbox, "customer-1"));
    let quota = |client: Client| async move {
        let quota = client.send(ShowTicketQuota::new("uc-bill")).await.unwrap().into_inner();
        (quota.total, quota.un_used)
    };
    assert_eq!(quota(client.clone()).await, (Some(-1), Some(-1)));
    assert_eq!(quota(partner.clone()).await, (Some(30), Some(30)));
    about(&sandbox, TicketEvent::LimitTickets { account: "distributor".into(), monthly: 2 });
    open(&partner, "one").await;
    open(&partner, "two").await;
    assert_eq!(quota(partner.clone()).await, (Some(2), Some(0)));
    assert_eq!(code(&partner.send(disk("three")).await.unwrap_err()), &codes::SUPPORT_PLAN_REFUSES);
    sandbox.clock().advance(MINUTE * 60 * 24 * 31);
    open(&partner, "three").await;
    let elsewhere = ShowTicketQuota::new("uc-bill").product_category_id("ecs");
    assert_eq!(code(&client.send(elsewhere).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);

    let has = |privilege: Privilege| client.send(CheckPrivilege::new(privilege));
    assert!(has(Privilege::OpenTickets).await.unwrap().has_privilege.is_yes());
    assert!(!has(Privilege::ActForDelegators).await.unwrap().has_privilege.is_yes());
    let change = |change: PrivilegeChange, privilege: Privilege| {
        client.send(ChangePrivilege::new(change).privilege(privilege))
    };
    change(PrivilegeChange::Grant, Privilege::ActForDelegators).await.unwrap();
    assert!(has(Privilege::ActForDelegators).await.unwrap().has_privilege.is_yes());
    change(PrivilegeChange::Revoke, Privilege::OpenTickets).await.unwrap();
    open(&client, "no policy yet").await;
    assert!(!client.send(ShowPrivilegePolicy::new()).await.unwrap().policy_switch);
    about(&sandbox, TicketEvent::SwitchPolicy { account: "customer-1".into(), on: true });
    assert!(client.send(ShowPrivilegePolicy::new()).await.unwrap().policy_switch);
    assert_eq!(code(&client.send(disk("policy")).await.unwrap_err()), &codes::NO_ROLE_FOR_TICKETS);
    for bad in [change("lend".into(), Privilege::Export), change(PrivilegeChange::Grant, "fly".into())] {
        assert_eq!(code(&bad.await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    }

    assert!(!partner.send(CheckPartnerPrivilege::new()).await.unwrap().has_privilege);
    let wrong =
        client.with(CallOptions::new().unchecked()).send(CheckPartnerPrivilege::new()).await.unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::WrongCaller);
    about(
        &sandbox,
        TicketEvent::ServeCustomers {
            partner: "distributor".into(),
            handles_tickets: true,
            zone: "GMT+8".into(),
            days: "1-5".into(),
            hours: "09:00-18:00".into(),
        },
    );
    assert!(partner.send(CheckPartnerPrivilege::new()).await.unwrap().has_privilege);
    let service = client.send(ShowPartnerService::new()).await.unwrap().into_inner();
    assert_eq!(service.partners_service_info[0].service_time_hour.as_deref(), Some("09:00-18:00"));
    assert_eq!(
        code(&partner.send(ShowPartnerService::new()).await.unwrap_err()),
        &codes::CUSTOMER_WITHOUT_PARTNER
    );
    let vendor = client.send(ShowPartnerService::new().product_id("p")).await.unwrap_err();
    assert_eq!(code(&vendor), &codes::TICKET_PARTNER_NOT_FOUND);

    assert!(client.send(ListUsers::new()).await.unwrap().sub_customer_infos.is_empty());
    let user = |id: &str, name: &str| TicketEvent::AddUser {
        account: "customer-1".into(),
        id: id.into(),
        name: name.into(),
        mobile: Some("13800001111".into()),
        email: None,
        area_code: Some("86".into()),
    };
    about(&sandbox, user("user-1", "night shift"));
    about(&sandbox, user("user-2", "day shift"));
    let users = client.send(ListUsers::new().sub_customer_name("day shift")).await.unwrap().into_inner();
    assert_eq!(users.sub_customer_infos[0].customer_id, "user-2");
    assert_eq!(users.sub_customer_infos[0].mobile.as_ref().unwrap().expose(), "1****1");
    sandbox
        .happen(Event::Tickets(TicketEvent::SwitchPolicy { account: "nobody".into(), on: true }))
        .unwrap_err();
}

#[tokio::test]
async fn agreements_are_signed() {
    let (_sandbox, client) = customer();
    let check = |kind: AgreementType| client.send(CheckAgreement::new().agreement_type(kind));
    assert!(!check(AgreementType::Authorization).await.unwrap().is_signed_latest);
    let shown = client.send(ShowAgreement::new().agreement_type(AgreementType::Authorization)).await.unwrap();
    let first = client.send(shown.case_agreement.sign().unwrap().relation_id("AUTH1")).await.unwrap();
    let second = client.send(shown.case_agreement.sign().unwrap()).await.unwrap();
    assert_ne!(first.agreement_signed_record_id, second.agreement_signed_record_id);
    assert!(check(AgreementType::Authorization).await.unwrap().is_signed_latest);
    assert!(!client.send(CheckAgreement::new()).await.unwrap().is_signed_latest);
    let usual = client.send(ShowAgreement::new()).await.unwrap();
    assert_eq!(usual.case_agreement.agreement_type, AgreementType::Ticket);
    assert_eq!(code(&client.send(SignAgreement::new(99)).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    assert_eq!(code(&check("5".into()).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
}

// Look-ups, diagnosis, reports.

#[tokio::test]
async fn the_table_is_looked_up() {
    let (sandbox, client) = customer();
    let categories = client.send(ListCategories::new()).await.unwrap().into_inner();
    assert_eq!(
        (categories.total_count, categories.incident_sub_type_list[0].incident_product_category_list.len()),
        (Some(2), 2)
    );
    let ecs = client.send(ListTicketProducts::new().product_category_name("ecs")).await.unwrap();
    assert_eq!(ecs.incident_product_category_list[0].incident_product_category_id, "ecs");
    assert_eq!(client.send(ListTicketProducts::new()).await.unwrap().total_count, Some(3));
    assert_eq!(client.send(ListProblemTypes::new()).await.unwrap().total_count, Some(7));
    let problems = client.send(ListProblemTypes::new().product_category_id("rds")).await.unwrap();
    assert_eq!(problems.incident_business_type_list[0].case_type, CaseType::Fault);
    let severities = client.send(ListSeverities::new("ecs", "ecs-disk")).await.unwrap();
    assert_eq!((severities.show, severities.severity_list.len()), (Some(false), 1));
    about(&sandbox, TicketEvent::SupportPlan { account: "customer-1".into(), holds: true });
    let severities = client.send(ListSeverities::new("ecs", "ecs-disk")).await.unwrap();
    assert_eq!((severities.show, severities.severity_list.len()), (Some(true), 3));
    assert!(client.send(ListSeverities::new("rds", "ecs-disk")).await.unwrap().severity_list.is_empty());
    let form = client.send(ListParameters::new("rds-slow")).await.unwrap();
    assert_eq!(form.required().collect::<Vec<_>>(), ["instance_id"]);
    assert_eq!(client.send(ListTemplates::new("ecs-disk")).await.unwrap().total_count, Some(1));
    assert_eq!(client.send(ListRegions::new()).await.unwrap().total_count, Some(4));
    assert_eq!(client.send(ListOwnRegions::new()).await.unwrap().count, Some(0));
    open(&client, "slow").await;
    assert_eq!(client.send(ListOwnRegions::new()).await.unwrap().region_infos[0].region_id, "cn-north-4");
    assert_eq!(client.send(ListAreaCodes::new()).await.unwrap().area_code_list[0].area_code, "86");
    let limits = client.send(ShowTicketLimits::new()).await.unwrap().into_inner();
    assert_eq!(limits.config.create_case_ccemail_max_count, Some(10));
    let key = "case.create-case.diagnose-list";
    assert_eq!(client.send(ShowSetting::new(key)).await.unwrap().config_value, None);
    about(&sandbox, TicketEvent::Set { key: key.into(), value: "1,2".into() });
    assert_eq!(client.send(ShowSetting::new(key)).await.unwrap().config_value.as_deref(), Some("1,2"));
    assert_eq!(
        code(&client.send(ShowSetting::new("other")).await.unwrap_err()),
        &codes::TICKET_BAD_PARAMETER
    );
    assert_eq!(client.send(ListScoreDimensions::new()).await.unwrap().total_count, Some(2));
}

#[tokio::test]
async fn a_diagnosis_takes_its_time() {
    let (sandbox, client) = customer();
    about(&sandbox, TicketEvent::AddMachine { machine: machine("ecs-7") });
    let database = Machine { id: "db-1".into(), is_database: true, faults: Vec::new(), ..machine("") };
    about(&sandbox, TicketEvent::AddMachine { machine: database });
    let servers = client.send(ListDiagnosableResources::new().region("cn-north-4")).await.unwrap();
    assert_eq!(
        (servers.total_count, servers.result[0].access_ipv4.as_deref()),
        (Some(1), Some("203.0.113.7"))
    );
    let none = ListDiagnosableResources::new().project_id("elsewhere");
    assert_eq!(client.send(none).await.unwrap().total_count, Some(0));

    let desk = TicketDesk::new(client.clone());
    let run = desk.diagnose(StartDiagnosis::server("203.0.113.7")).await.unwrap();
    let early = run.show().await.unwrap();
    assert_eq!((early.status, early.findings().count()), (DiagnosisStatus::Preparing, 0));
    let over = run.wait(MINUTE * 2).await.unwrap();
    assert_eq!(over.status, DiagnosisStatus::Finished);
    let found: Vec<_> = over.findings().map(|check| check.check_id.clone().unwrap()).collect();
    assert_eq!((over.items_result.len(), found), (2, vec!["ecs-disk".to_owned()]));
    let reports = ShowDiagnosisChecks::new().job_id(run.job()).item_ids("ecs-disk");
    let reports = client.send(reports).await.unwrap();
    assert!(reports.item_results[0].suggestion.as_ref().unwrap().contains("disk"));

    let foreign = desk.diagnose(StartDiagnosis::server("198.51.100.1")).await.unwrap();
    assert_eq!(foreign.wait(MINUTE).await.unwrap().status, DiagnosisStatus::Unavailable);
    let healthy = desk.diagnose(StartDiagnosis::database("db-1")).await.unwrap();
    assert_eq!(healthy.wait(MINUTE * 2).await.unwrap().findings().count(), 0);
    let latest = client.send(ShowDiagnosis::new()).await.unwrap();
    assert_eq!(latest.job_id.map(|id| id.to_string()).as_deref(), Some(healthy.job()));
    let records: Vec<_> =
        client.items(ListDiagnoses::new().kind(DiagnosisType::Server)).try_collect().await.unwrap();
    assert_eq!((records.len(), records[1].red_count), (2, Some(1)));
    client.send(RateDiagnosis::new(DiagnosisType::Server, true).content("good")).await.unwrap();
    for bad in [StartDiagnosis::new(DiagnosisType::Network), StartDiagnosis::new(DiagnosisType::Other(9))] {
        assert_eq!(code(&client.send(bad).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    }
    assert_eq!(
        code(&client.send(ShowDiagnosis::new().job_id("4711")).await.unwrap_err()),
        &codes::TICKET_BAD_PARAMETER
    );
}

#[tokio::test]
async fn a_report_needs_a_type_and_its_files() {
    let (_sandbox, client) = customer();
    let (proof, identity) = (attach(&client, "proof.png", b"p").await, attach(&client, "id.png", b"i").await);
    let reporter =
        || Reporter::new("Li Lei", "13800000000", ReporterCapacity::Individual, vec![identity.clone()]);
    let report = |kind: &str, file: &AttachmentId| {
        FileReport::new(kind, "https://example.com", "spam", vec![file.clone()], reporter())
    };
    let unchecked = client.with(CallOptions::new().unchecked());
    let untyped = unchecked.send(report("", &proof)).await.unwrap_err();
    assert_eq!(code(&untyped), &codes::FEEDBACK_TYPE_MISSING);
    let lost = client.send(report("1", &"ACC0".into())).await.unwrap_err();
    assert_eq!(code(&lost), &codes::TICKET_BAD_PARAMETER);
    client.send(report("1", &proof)).await.unwrap();
}

// The whole.

#[tokio::test]
async fn all_operations_but_one_are_simulated() {
    let (_sandbox, client) = customer();
    let client = client.with(CallOptions::new().unchecked());
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
        let Err(error) = client.invoke(entry.meta.name, arguments).await else { continue };
        assert_ne!(error.kind(), ErrorKind::InvalidInput, "{error}");
        if error.code().is_some_and(|code| code.as_str() == NOT_SIMULATED) {
            missing.push(entry.meta.name);
        }
    }
    assert_eq!((tickets, missing), (82, vec!["osm.ShowLoginType"]));
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

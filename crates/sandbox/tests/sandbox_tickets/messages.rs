//! Messages and files.

use super::*;

#[tokio::test]
async fn messages_are_read_in_every_way() {
    let (sandbox, client) = customer();
    let (one, other) = (open(&client, "first").await, open(&client, "second").await);
    let both = || vec![one.clone(), other.clone()];
    let all = client.send(&PollMessages::new(both())).await.unwrap().into_inner();
    assert_eq!(all.immsg.len(), 2);
    let cursor = all.last_message_time_id.unwrap();
    sandbox.clock().advance(MINUTE * 15);
    let news = client.send(&PollMessages::new(both()).last_message_time_id(cursor)).await.unwrap();
    assert_eq!((news.immsg.len(), news.immsg[0].message_list.len()), (2, 2));
    assert_eq!(news.imstatus[0].status, Some(ReadStatus::Unread));
    let again = PollMessages::new(both()).last_message_time_id(news.last_message_time_id.clone().unwrap());
    assert!(client.send(&again).await.unwrap().immsg.is_empty());
    let odd = client.send(&PollMessages::new(both()).last_message_time_id("soon")).await.unwrap_err();
    assert_eq!(code(&odd), &codes::TICKET_BAD_PARAMETER);

    let unread = client.send(&CountUnreadMessages::new(both())).await.unwrap();
    assert_eq!(
        (unread.imunread[0].unread_num, unread.imunread[0].status),
        (Some(2), Some(TicketStatus::WaitingForCustomer))
    );
    client.send(&MarkMessagesRead::new(&one)).await.unwrap();
    let unread = client.send(&CountUnreadMessages::new(both())).await.unwrap();
    assert_eq!((unread.imunread[0].unread_num, unread.imunread[1].unread_num), (Some(0), Some(2)));

    sandbox.clock().advance(MINUTE);
    let file = attach(&client, "trace.log", b"trace").await;
    client
        .send(&SendMessage::new(&one, MessageDraft::new("here").accessory_ids([file.clone()])))
        .await
        .unwrap();
    let taken = client.send(&SendMessage::new(&one, MessageDraft::new("again").accessory_ids([file]))).await;
    assert_eq!(code(&taken.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    let page = client.send(&ListMessages::new(&one).offset(1_u32).limit(2_u32)).await.unwrap();
    assert_eq!((page.count, page.message_list.len()), (Some(4), 2));
    let all: Vec<_> = client.items(ListMessages::new(&one)).try_collect().await.unwrap();
    assert_eq!(all.last().unwrap().accessory_list[0].file_actual_name.as_deref(), Some("trace.log"));
    let older = ListOlderMessages::before(&one, &all[3], TimeZone::UTC).unwrap();
    let page = client.send(&older.clone()).await.unwrap();
    assert_eq!(texts(&page.message_list).last(), Some(&"first"), "the latest first");
    assert_eq!(page.message_list.len(), 3);
    let walked: Vec<_> = client.items(older).try_collect().await.unwrap();
    assert_eq!(walked.len(), 3);
    let neither = ListOlderMessages::new(&one, "1", Author::Other(7), 10_u32);
    assert_eq!(code(&client.send(&neither).await.unwrap_err()), &codes::TYPE_NOT_0_OR_1);

    let messages = detail(&client, &one).await.message_list;
    let withdraw = |id: &str| {
        let (client, operation) = (client.clone(), WithdrawMessage::new(&one, id));
        async move { client.send(&operation).await }
    };
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
    let ticket = Tickets::new(&client).ticket(open(&client, "slow").await);
    let mut messages = ticket.new_messages();
    let first = messages.next().await.unwrap().unwrap();
    assert_eq!(first.message.author, Some(Author::Customer));
    let cursor = messages.cursor();
    let loaded: State = serde_json::from_value(serde_json::to_value(sandbox.snapshot()).unwrap()).unwrap();
    let later = Sandbox::new(loaded);
    let client = self::client(&later, "customer-1");
    let mut messages = Tickets::new(&client).ticket(ticket.id()).new_messages().resume(cursor);
    let next = messages.next().await.unwrap().unwrap();
    assert_eq!(texts(&[next.message]), ["I have taken your ticket and look into it."]);
}

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

    let links = client.send(&ListAttachmentLinks::new(vec![image.clone(), whole.clone()])).await.unwrap();
    let link = links.accessory_urls.iter().find(|link| link.accessory_id == image).unwrap();
    let address = link.accessory_url.as_ref().unwrap().expose().to_owned();
    assert!(address.starts_with("https://osm.cn-south-1.myhuaweicloud.com/"), "{address}");
    let unsigned = || Request::get(address.as_str()).body(Body::from("")).unwrap();
    let fetched = sandbox.send(unsigned()).await.unwrap();
    assert_eq!(fetched.into_body().collect(99).await.unwrap(), &b"\x89PNG"[..]);
    sandbox.clock().advance(MINUTE * 60);
    assert_eq!(sandbox.send(unsigned()).await.unwrap().status(), 404);
    let one = client.send(&ShowAttachmentLink::new(&image, RelationType::Default)).await.unwrap();
    assert!(one.accessory_url.is_some());

    client.send(&DeleteAttachment::new(&image)).await.unwrap();
    client.send(&DeleteAttachment::new(&image)).await.unwrap();
    client.download(DownloadAttachment::new(&image)).await.unwrap_err();
    let ticket =
        client.send(&disk("slow").accessory_ids([whole.clone()])).await.unwrap().into_inner().incident_id;
    let taken = client.send(&DeleteAttachment::new(&whole)).await.unwrap_err();
    assert_eq!(code(&taken), &codes::TICKET_BAD_PARAMETER);
    client.send(&ShowAttachmentLink::new(&whole, RelationType::Ticket).incident_id(ticket)).await.unwrap();
    let elsewhere = ShowAttachmentLink::new(&whole, RelationType::Ticket).incident_id("TT0");
    assert_eq!(code(&client.send(&elsewhere).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
}

#[tokio::test]
async fn attachments_have_limits() {
    let (sandbox, client) = customer();
    let limits = client.send(&ShowAttachmentLimits::new()).await.unwrap().into_inner().accessory_limit;
    assert_eq!((limits.limit_count, limits.limit_size), (Some(5), Some(4)));
    let upload = async |name: &str, bytes: Vec<u8>| {
        client.upload(UploadAttachment::of(AttachmentPurpose::Ticket), FileUpload::bytes(name, bytes)).await
    };
    for (name, size) in [("large.log", (4 << 20) + 1), ("run.exe", 1), ("empty.log", 0)] {
        let error = upload(name, vec![0; size]).await.unwrap_err();
        assert_eq!(code(&error), &codes::TICKET_BAD_PARAMETER, "{name}");
    }
    let garbage = UploadEncodedAttachment::new("a.log", AttachmentPurpose::Ticket, "not base64!");
    assert_eq!(code(&client.send(&garbage).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    let mut files = Vec::new();
    for _ in 0..5 {
        files.push(upload("full.log", vec![7; 4 << 20]).await.unwrap().into_inner().accessory_id);
    }
    let error = upload("one-more.log", vec![7]).await.unwrap_err();
    assert_eq!(code(&error), &codes::DAILY_ATTACHMENTS_USED_UP);
    sandbox.clock().advance(MINUTE * 60 * 24);
    files.push(upload("tomorrow.log", vec![7]).await.unwrap().into_inner().accessory_id);
    let too_many = client.send(&disk("slow").accessory_ids(files)).await.unwrap_err();
    assert_eq!(code(&too_many), &codes::TICKET_BAD_PARAMETER);
}

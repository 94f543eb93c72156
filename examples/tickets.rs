//! A service ticket from its opening to its score, against answers by rule: nothing leaves this machine.
//!
//! ```text
//! cargo run --example tickets
//! ```

use std::{error::Error, time::Duration};

use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    Client,
    auth::Credentials,
    client::FileUpload,
    clock::ManualClock,
    helpers::tickets::TicketDesk,
    operation::Site,
    tickets::{
        ActOnTicket, AttachmentPurpose, Done, DownloadAttachment, ListCategories, ListParameters,
        ListProblemTypes, ListScoreDimensions, OpenTicket, PollMessages, ScoreTicket, SendMessage,
        ShowAttachmentLimits, ShowTicketStatus, UploadAttachment,
    },
    transport::MockTransport,
    types::{Personal, decode_str},
};
use time::OffsetDateTime;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::builder(Site::International, Credentials::keys("AKEXAMPLE", "secret"))
        .transport(service()?)
        .clock(ManualClock::at(OffsetDateTime::UNIX_EPOCH))
        .build()?;
    let desk = TicketDesk::new(client);

    let path = desk.path("Product support", "ECS", "Disk fault").await?;
    let log = desk
        .attach(AttachmentPurpose::Ticket, FileUpload::bytes("disk.log", "await 180 ms, await 210 ms"))
        .await?;
    let request = path
        .ticket("The disk of ecs-7 answers slowly since this morning.")
        .region_id("ap-southeast-3")
        .accessory_ids([log]);
    let ticket = desk.open(request).await?;
    println!("opened {}, which is {:?}", ticket.id(), ticket.status().await?);
    ticket.press().await?;
    println!("urged it");

    let mut news = ticket.follow().every(Duration::from_secs(5), Duration::from_secs(60));
    while let Some(news) = news.try_next().await? {
        let text = news.message.content.as_ref().map(Personal::expose).unwrap_or_default();
        println!("{:?}: {text}", news.message.author);
        for file in &news.message.accessory_list {
            let mut download = desk.client().download(DownloadAttachment::new(&file.accessory_id)).await?;
            let mut report = Vec::new();
            download.write_to(&mut report).await?;
            println!("  with {} bytes in {:?}", report.len(), download.file_name().unwrap_or_default());
        }
        if text.contains('?') {
            ticket.reply("Yes, it is fast again. Thank you.").await?;
            break;
        }
    }

    println!("it is {:?}", ticket.status().await?);
    ticket.close("Quick and clear.", Vec::new()).await?;
    println!("it is {:?}", ticket.status().await?);
    let scores = desk.score_dimensions().await?.iter().map(|dimension| dimension.best()).collect();
    ticket.score("Quick and clear.", scores).await?;
    println!("scored it");
    Ok(())
}

/// What the service answers, in the order of the story.
fn service() -> Result<MockTransport, Box<dyn Error>> {
    let mock = MockTransport::new();
    mock.on::<ListCategories>().answer(decode_str(
        r#"{"incident_sub_type_list": [{"incident_sub_type_id": "c1", "incident_sub_type_name": "Product support",
            "incident_product_category_list": [{"incident_product_category_id": "p1",
            "incident_product_category_name": "Elastic Cloud Server", "incident_product_category_acronym": "ECS"}]}]}"#,
    )?);
    mock.on::<ListProblemTypes>().answer(decode_str(
        r#"{"incident_business_type_list": [{"business_type_id": "b1", "business_type_name": "Disk fault",
            "case_type": "5"}]}"#,
    )?);
    mock.on::<ListParameters>().answer(decode_str("{}")?);
    mock.on::<ShowAttachmentLimits>().answer(decode_str(
        r#"{"accessory_limit": {"limit_count": 5, "limit_size": 4, "limit_file_type": "log,txt,png"}}"#,
    )?);
    mock.on::<UploadAttachment>().answer(decode_str(r#"{"accessory_id": "a1"}"#)?);
    mock.on::<OpenTicket>().answer(decode_str(r#"{"incident_id": "TT2026050100001"}"#)?);

    // To be accepted when asked about and urged, then processed, then closed.
    mock.on::<ShowTicketStatus>()
        .answer(decode_str(r#"{"status": 0}"#)?)
        .times(2)
        .answer(decode_str(r#"{"status": 1}"#)?)
        .times(2)
        .answer(decode_str(r#"{"status": 3}"#)?);
    mock.on::<PollMessages>()
        .answer(decode_str(r#"{"last_message_time_id": "1"}"#)?)
        .answer(decode_str(
            r#"{"last_message_time_id": "2", "immsg": [{"incident_id": "TT2026050100001", "message_list": [
                {"type": 1, "content": "I look into it.", "create_time": "2026-05-01 16:05:01"}]}]}"#,
        )?)
        .answer(decode_str(
            r#"{"last_message_time_id": "3", "immsg": [{"incident_id": "TT2026050100001", "message_list": [
                {"type": 1, "content": "We moved the disk. Is it better?", "create_time": "2026-05-01 16:20:00",
                 "accessory_list": [{"accessory_id": "a2", "file_actual_name": "report.txt"}]}]}]}"#,
        )?);
    let report = http::Response::builder()
        .header("content-disposition", "attachment; filename=report.txt")
        .body("moved from host 17 to host 4")?;
    mock.on::<DownloadAttachment>().reply(report);
    mock.on::<SendMessage>().answer(Done::default());
    mock.on::<ActOnTicket>().answer(Done::default());
    mock.on::<ListScoreDimensions>().answer(decode_str(
        r#"{"satisfaction_dimension_list": [{"satisfaction_id": 1, "satisfaction_name": "Timeliness", "value": 5}]}"#,
    )?);
    mock.on::<ScoreTicket>().answer(Done::default());
    Ok(mock)
}

//! A service ticket from its opening to its score, with an engineer of the sandbox: nothing leaves this machine.
//!
//! ```text
//! cargo run --example tickets
//! ```

use std::{error::Error, time::Duration};

use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    client::{CallOptions, FileUpload},
    tickets::{AttachmentPurpose, Author, DownloadAttachment, TicketStatus, Tickets},
    types::{Language, Personal, TimeZone},
};
use huaweicloud_partner_sandbox::{EngineerAct, Sandbox, ScriptStep};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::small_distributor();
    sandbox.script_engineers(story());
    let options = CallOptions::new().language(Language::English).time_zone(TimeZone::BEIJING);
    let tickets = Tickets::new(&sandbox.client("customer-1")?.with(options));

    let topic = tickets.topic("Product support", "ECS", "Disk fault").await?;
    let log = tickets
        .attach(AttachmentPurpose::Ticket, FileUpload::bytes("disk.log", "await 180 ms, await 210 ms"))
        .await?;
    let request = topic
        .new_ticket("The disk of ecs-7 responds slowly since this morning.")
        .region_id("cn-north-4")
        .accessory_ids([log]);
    let ticket = tickets.open(request).await?;
    println!("opened {}, which is {:?}", ticket.id(), ticket.status().await?);
    ticket.urge().await?;
    println!("urged it");

    // The sandbox's clock goes on while the stream waits.
    let mut messages = ticket.new_messages().with_intervals(Duration::from_secs(5), Duration::from_secs(60));
    while let Some(received) = messages.try_next().await? {
        let message = received.message;
        let at = message.create_time.map(|at| at.to_string()).unwrap_or_default();
        let text = message.content.as_ref().map(Personal::expose).unwrap_or_default();
        println!("{at} {:?}: {text}", message.author);
        if message.author == Some(Author::Customer) {
            continue;
        }
        for file in &message.accessory_list {
            let mut download = tickets.client().download(DownloadAttachment::new(&file.accessory_id)).await?;
            let mut report = Vec::new();
            download.write_to(&mut report).await?;
            println!("  with {} bytes in {:?}", report.len(), download.file_name().unwrap_or_default());
        }
        match ticket.status().await? {
            Some(TicketStatus::WaitingForCustomer) => {
                let trace = FileUpload::bytes("trace.log", "vdb 240 ms, vda 2 ms");
                ticket.reply_with("The second one. I attach a trace.", trace).await?;
            }
            Some(TicketStatus::ToBeConfirmed) => break,
            _ => {}
        }
    }

    println!("it is {:?}", ticket.status().await?);
    ticket.close("Quick and clear.", Vec::new()).await?;
    println!("it is {:?}", ticket.status().await?);
    let scores = tickets.score_dimensions().await?.iter().map(|dimension| dimension.best()).collect();
    ticket.score("Quick and clear.", scores).await?;
    println!("scored it");
    Ok(())
}

/// Script of the engineer: each step with its delay in minutes after the step before.
fn story() -> Vec<ScriptStep> {
    vec![
        ScriptStep::new(6, EngineerAct::Take),
        ScriptStep::new(0, EngineerAct::Say { text: "I look into it.".into() }),
        ScriptStep::new(10, EngineerAct::Ask { text: "Which of the two disks is it?".into() }),
        ScriptStep::new(
            15,
            EngineerAct::Send {
                text: "The disk shares its host with a busy one. We move it.".into(),
                file_name: "report.txt".into(),
                content: "moved from host 17 to host 4".into(),
            },
        ),
        ScriptStep::new(5, EngineerAct::Solve { text: "We moved the disk. Is it fast again?".into() }),
    ]
}

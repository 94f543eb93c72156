//! A ticket's life in a few calls: found its place, opened, followed, answered, closed and scored.
//!
//! A [`TicketDesk`] stands on a client and remembers what changes rarely: categories, problems, severities, limits. It
//! opens tickets after holding them against all that. A [`Ticket`] is one of them; its actions look first whether they fit
//! the ticket's status.
//!
//! ```no_run
//! # async fn example(client: huaweicloud_partner::Client) -> Result<(), huaweicloud_partner::Error> {
//! use futures_util::TryStreamExt as _;
//! use huaweicloud_partner::{client::FileUpload, helpers::tickets::TicketDesk, tickets::AttachmentPurpose};
//!
//! let desk = TicketDesk::new(client);
//! let path = desk.path("Product support", "ECS", "Disk fault").await?;
//! let log = desk.attach(AttachmentPurpose::Ticket, FileUpload::bytes("disk.log", "slow")).await?;
//! let ticket = desk
//!     .open(path.ticket("The disk of ecs-7 answers slowly.").region_id("cn-north-4").accessory_ids([log]))
//!     .await?;
//!
//! let mut news = ticket.follow();
//! while let Some(news) = news.try_next().await? {
//!     ticket.reply("Thank you, it is fast again.").await?;
//!     break;
//! }
//! ticket.close("Quick help.", Vec::new()).await?;
//! # Ok(())
//! # }
//! ```

mod diagnosis;
mod follow;
mod lookups;
mod path;

use std::{sync::Arc, time::Duration};

pub use diagnosis::DiagnosisRun;
pub use follow::{Follow, MessageCursor, News};
pub use path::TicketPath;

use crate::{
    Client,
    client::{FileUpload, Items},
    error::{Error, ErrorKind, ValidationError},
    operation::Operation as _,
    tickets::{
        ActOnTicket, AttachmentId, AttachmentPurpose, CheckContact, ContactWay, ListMessages,
        ListVerifiedContacts, NewMessage, OpenTicket, ScoreGiven, ScoreTicket, SendMessage,
        SendVerificationCode, ShowTicket, ShowTicketStatus, TicketAction, TicketDetail, TicketId,
        TicketStatus, UploadAttachment, VerifyContact,
    },
    types::{Personal, Secret},
};
use lookups::Lookups;

/// Opens tickets and finds them again, with look-ups that are kept for a while. Cheap to clone; clones share what is kept.
///
/// What the service offers depends on the account and its language, so a desk belongs to one view of a client.
#[derive(Clone, Debug)]
pub struct TicketDesk {
    client: Client,
    lookups: Arc<Lookups>,
}

impl TicketDesk {
    /// A desk that keeps look-ups for ten minutes.
    pub fn new(client: Client) -> Self {
        Self::keeping(client, Duration::from_secs(600))
    }

    /// A desk that keeps look-ups for so long.
    pub fn keeping(client: Client, time: Duration) -> Self {
        Self { client, lookups: Arc::new(Lookups::new(time)) }
    }

    /// The client that the desk stands on.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Asks the service anew for everything from now on.
    pub fn forget(&self) {
        self.lookups.forget();
    }

    /// Opens a ticket after holding it against what the service offers: the problem must be one of the product's, a fault
    /// must name a region, questions that must be answered must be, the severity must be offered, and there must not be too
    /// many attachments. Without a product in the ticket only the rules of [`OpenTicket`] itself are checked.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] with every rule that is broken, before anything is sent; else as for [`Client::send`].
    pub async fn open(&self, ticket: OpenTicket) -> Result<Ticket, Error> {
        self.check(&ticket).await?;
        let group = None;
        let opened = self.client.send(&ticket).await?.into_inner();
        Ok(Ticket { desk: self.clone(), id: opened.incident_id, group })
    }

    /// A ticket that is there already.
    pub fn ticket(&self, id: impl Into<TicketId>) -> Ticket {
        Ticket { desk: self.clone(), id: id.into(), group: None }
    }

    /// Uploads a file after holding its name and size against the service's limits. The id goes into a new ticket or
    /// message.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where the file breaks a limit, before anything of it is sent; else as for
    /// [`Client::upload`].
    pub async fn attach(&self, purpose: AttachmentPurpose, file: FileUpload) -> Result<AttachmentId, Error> {
        let limits = self.attachment_limits().await?;
        limits
            .check(file.name(), file.length())
            .map_err(|invalid| Error::invalid_input(UploadAttachment::META.name, invalid))?;
        Ok(self.client.upload(UploadAttachment::of(purpose), file).await?.into_inner().accessory_id)
    }

    /// Sends a code to a contact that needs one. False where the contact may be told without; then nothing was sent.
    ///
    /// # Errors
    /// As for [`Client::send`].
    pub async fn begin_verification(
        &self,
        contact: impl Into<Personal>,
        way: ContactWay,
        area_code: &str,
    ) -> Result<bool, Error> {
        let contact = contact.into();
        let check = self.client.send(&CheckContact::new(contact.clone(), way).area_code(area_code)).await?;
        if !check.need_verify_code.is_yes() {
            return Ok(false);
        }
        self.client.send(&SendVerificationCode::new(contact, way, area_code)).await?;
        Ok(true)
    }

    /// Verifies a contact with the code that it received, and gives the serial number that a new ticket names as
    /// [`verified_phone`](OpenTicket::verified_phone) or [`verified_email`](OpenTicket::verified_email). `None` where the
    /// service lists no number for it.
    ///
    /// # Errors
    /// As for [`Client::send`]; a wrong code is refused.
    pub async fn finish_verification(
        &self,
        contact: impl Into<Personal>,
        way: ContactWay,
        area_code: &str,
        code: impl Into<Secret>,
    ) -> Result<Option<String>, Error> {
        let contact = contact.into();
        self.client.send(&VerifyContact::new(code, contact.clone(), way).area_code(area_code)).await?;
        let listed =
            ListVerifiedContacts::new().contact_way(way).contact_value(contact).offset(0_u32).limit(1_u32);
        let page = self.client.send(&listed).await?.into_inner();
        Ok(page.contact_list.into_iter().find_map(|contact| contact.verified_id))
    }
}

/// One ticket.
#[derive(Clone, Debug)]
pub struct Ticket {
    desk: TicketDesk,
    id: TicketId,
    group: Option<String>,
}

impl Ticket {
    /// The same ticket, as one of another member of an IAM user group.
    #[must_use]
    pub fn of_group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// Its id, to find it again with [`TicketDesk::ticket`].
    pub fn id(&self) -> &TicketId {
        &self.id
    }

    /// The ticket with its messages and their ids.
    ///
    /// # Errors
    /// As for [`Client::send`].
    pub async fn show(&self) -> Result<TicketDetail, Error> {
        let mut request = ShowTicket::new(&self.id);
        request.group_id = self.group.clone();
        Ok(self.desk.client.send(&request).await?.into_inner().incident_detail_info)
    }

    /// Where it stands now.
    ///
    /// # Errors
    /// As for [`Client::send`].
    pub async fn status(&self) -> Result<TicketStatus, Error> {
        if self.group.is_some() {
            // The short call cannot name the group.
            return Ok(self.show().await?.status);
        }
        Ok(self.desk.client.send(&ShowTicketStatus::new(&self.id)).await?.status)
    }

    /// All its messages, page after page.
    pub fn messages(&self) -> Items<ListMessages> {
        let mut request = ListMessages::new(&self.id);
        request.group_id = self.group.clone();
        self.desk.client.items(request)
    }

    /// What is new on it from now on: see [`Follow`].
    pub fn follow(&self) -> Follow {
        let follow = Follow::new(self.desk.client.clone(), vec![self.id.clone()]);
        match &self.group {
            Some(group) => follow.of_group(group),
            None => follow,
        }
    }

    /// Leaves a message.
    ///
    /// # Errors
    /// As for [`Client::send`].
    pub async fn reply(&self, message: impl Into<NewMessage> + Send) -> Result<(), Error> {
        let mut request = SendMessage::new(&self.id, message);
        request.group_id = self.group.clone();
        self.desk.client.send(&request).await.map(drop)
    }

    /// Leaves a message with a file, which is uploaded first.
    ///
    /// # Errors
    /// As for [`TicketDesk::attach`] and [`Ticket::reply`].
    pub async fn reply_with(&self, text: impl Into<Personal> + Send, file: FileUpload) -> Result<(), Error> {
        let text = text.into();
        let file = self.desk.attach(AttachmentPurpose::Message, file).await?;
        self.reply(NewMessage::new(text).accessory_ids([file])).await
    }

    /// Urges the engineers, where the ticket waits for them.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where that does not fit its status; refused with
    /// [`URGED_TOO_OFTEN`](crate::error::codes::URGED_TOO_OFTEN) when too soon; else as for [`Client::send`].
    pub async fn press(&self) -> Result<(), Error> {
        self.act(ActOnTicket::new(&self.id, TicketAction::Press)).await
    }

    /// Withdraws it, before an engineer has taken it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where that does not fit its status; else as for [`Client::send`].
    pub async fn withdraw(&self, why: impl Into<String>) -> Result<(), Error> {
        self.act(ActOnTicket::new(&self.id, TicketAction::Cancel).operate_desc(why)).await
    }

    /// Closes it, once it is solved, with a verdict in words and scores; both may be empty.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where that does not fit its status; else as for [`Client::send`].
    pub async fn close(&self, judgement: impl Into<Personal>, scores: Vec<ScoreGiven>) -> Result<(), Error> {
        let mut request = ActOnTicket::new(&self.id, TicketAction::Close);
        request.judgement = Some(judgement.into()).filter(|judgement| !judgement.is_empty());
        request.incident_satisfaction_list = Some(scores).filter(|scores| !scores.is_empty());
        self.act(request).await
    }

    /// Deletes it, after it has ended.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where that does not fit its status; else as for [`Client::send`].
    pub async fn delete(&self) -> Result<(), Error> {
        self.act(ActOnTicket::new(&self.id, TicketAction::Delete)).await
    }

    /// Scores it, after it was completed. Scores are made from [`TicketDesk::score_dimensions`].
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where it is not completed; else as for [`Client::send`].
    pub async fn score(&self, judgement: impl Into<Personal>, scores: Vec<ScoreGiven>) -> Result<(), Error> {
        let mut request = ScoreTicket::new(&self.id, judgement, scores);
        request.group_id = self.group.clone();
        let status = self.status().await?;
        if status.is_known() && status != TicketStatus::Completed {
            return Err(misfit(ScoreTicket::META.name, "case_id", status));
        }
        self.desk.client.send(&request).await.map(drop)
    }

    async fn act(&self, mut request: ActOnTicket) -> Result<(), Error> {
        request.group_id = self.group.clone();
        let status = self.status().await?;
        if !status.permits(&request.action_id) {
            return Err(misfit(ActOnTicket::META.name, "action_id", status));
        }
        self.desk.client.send(&request).await.map(drop)
    }
}

fn misfit(operation: &'static str, field: &'static str, status: TicketStatus) -> Error {
    let mut invalid = ValidationError::new();
    invalid.push(field, format!("must fit the status of the ticket, which is {status:?} ({status})"));
    Error::invalid_input(operation, invalid)
}

/// What is looked for by name or id and is not there.
fn not_offered(operation: &'static str, what: &str, wanted: &str, offered: Vec<String>) -> Error {
    let message = format!("there is no {what} {wanted:?}; offered are: {}", offered.join(", "));
    Error::new(ErrorKind::InvalidInput, operation, message)
}

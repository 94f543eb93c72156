//! Service tickets: questions and faults that partners and customers bring before Huawei Cloud's engineers.
//!
//! Partners and customers call these operations for their own account: a ticket belongs to the account that opens it. The
//! interface is made for partners whose own platform hands their tickets and their customers' on; no header names a
//! customer, so a partner acts for one with that customer's own credentials or an agency (inferred), and each sees its own
//! tickets only. The service says *case*, *incident* and *service request* for the same thing, and *sub-customer* or
//! *x-customer* for an IAM user of one account. An IAM user acts on the ticket of another member of its user group by naming
//! the group (`group_id`) in the call.
//!
//! # The life of a ticket
//! ```text
//!  OpenTicket                engineer takes it        engineer has a result      customer confirms
//!      │                           │                          │                        │
//!      ▼                           ▼                          ▼                        ▼
//!  to be accepted (0) ──────▶ processing (1) ──────▶ to be confirmed (2) ──────▶ completed (3) ──▶ deleted (13)
//!      │ withdraw                  │    ▲                                          score it
//!      ▼                           ▼    │ SendMessage
//!  cancelled (4)        waiting for customer (17)
//! ```
//! An engineer can also pause a ticket (5) or set it invalid (12). No call opens a ticket again.
//! [`TicketStatus::permits`] states which action is possible in which status.
//!
//! Before [`OpenTicket`]: [`ListCategories`] and [`ListProblemTypes`] for the path, [`ListSeverities`],
//! [`ListParameters`] and [`ListRegions`] for the form, an upload for each attachment, and, for a contact that
//! is not registered, [`CheckContact`] and what follows.
//! [`Tickets`] makes these calls and those that follow.
//!
//! # The helper
//! [`Tickets`] uses a [`Client`] and caches what changes rarely: categories, problems, severities, limits.
//! It opens tickets after checking them against all that. A [`Ticket`] is one of them; its actions first check that they
//! fit the ticket's status.
//!
//! ```no_run
//! # async fn example(client: huaweicloud_partner::Client) -> Result<(), huaweicloud_partner::Error> {
//! use futures_util::TryStreamExt as _;
//! use huaweicloud_partner::{client::FileUpload, tickets::{AttachmentPurpose, Tickets}};
//!
//! let tickets = Tickets::new(&client);
//! let topic = tickets.topic("Product support", "ECS", "Disk fault").await?;
//! let log = tickets.attach(AttachmentPurpose::Ticket, FileUpload::bytes("disk.log", "slow")).await?;
//! let ticket = tickets
//!     .open(topic.new_ticket("The disk of ecs-7 is slow.").region_id("cn-north-4").accessory_ids([log]))
//!     .await?;
//!
//! let mut messages = ticket.new_messages();
//! if let Some(received) = messages.try_next().await? {
//!     println!("{:?}", received.message.author);
//!     ticket.reply("Thank you, it is fast again.").await?;
//! }
//! ticket.close("Quick help.", Vec::new()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Operations
//! | Task | Operation | Effect of a repeat |
//! |---|---|---|
//! | open a ticket | [`OpenTicket`] | opens a second one |
//! | urge, withdraw, close, delete it | [`ActOnTicket`] | urges again |
//! | change the contacts | [`ChangeContacts`], [`ListCopyAddresses`] | none |
//! | submit parameters, show them | [`SubmitParameters`], [`ShowParameters`] | not known, none |
//! | list and count tickets | [`ListTickets`], [`CountTickets`], [`ListConsoleTickets`], [`ExportTickets`] | none |
//! | show one | [`ShowTicket`], [`ShowTicketStatus`], [`ListTicketLog`] | none |
//! | write a message, take it back | [`SendMessage`], [`WithdrawMessage`] | writes another |
//! | read messages | [`ListMessages`], [`ListOlderMessages`], [`PollMessages`], [`CountUnreadMessages`], [`MarkMessagesRead`] | none |
//! | attach files | [`UploadAttachment`], [`UploadEncodedAttachment`], [`DeleteAttachment`], [`ShowAttachmentLimits`] | uploads another |
//! | fetch files | [`DownloadAttachment`], [`DownloadImage`], [`ListAttachmentLinks`], [`ShowAttachmentLink`] | none |
//! | give engineers access | [`ListAuthorizations`], [`ShowAuthorization`], [`GrantAuthorization`], [`ActOnAuthorization`], [`CheckHost`], [`ListAgencies`], [`ShowLoginType`] | not known |
//! | list their sessions | [`ListSessions`], [`ListSessionCommands`], [`ListSessionTransfers`] | none |
//! | label tickets | [`CreateLabel`], [`ChangeLabel`], [`DeleteLabel`], [`ListLabels`], [`AttachLabels`], [`DetachLabels`], [`ListTicketLabels`] | mostly safe |
//! | relate tickets | [`RelateTickets`], [`UnrelateTicket`], [`ListRelatedTickets`] | mostly safe |
//! | score a ticket | [`ScoreTicket`], [`ListScoreDimensions`] | not known |
//! | sign agreements | [`ShowAgreement`], [`CheckAgreement`], [`SignAgreement`] | signs again |
//! | verify contacts | [`CheckContact`], [`SendContactCode`], [`VerifyContact`], [`ListVerifiedContacts`] | sends another code |
//! | manage rights and quotas | [`ChangePrivilege`], [`CheckPrivilege`], [`ShowPrivilegePolicy`], [`ShowTicketQuota`], [`CheckPartnerPrivilege`], [`ShowPartnerService`], [`ListUsers`] | mostly safe |
//! | list subjects of tickets | [`ListCategories`], [`ListTicketProducts`], [`ListProblemTypes`], [`ListSeverities`], [`ListParameters`], [`ListTemplates`], [`ListRegions`], [`ListOwnRegions`], [`ListAreaCodes`], [`ShowTicketLimits`], [`ShowSetting`] | none |
//! | diagnose resources | [`StartDiagnosis`], [`ShowDiagnosis`], [`ShowDiagnosisChecks`], [`ListDiagnoses`], [`ListDiagnosableResources`], [`RateDiagnosis`] | starts another |
//! | report abuse | [`FileReport`] | files another |
//!
//! # Sites, time
//! The ticket service has an endpoint of its own: for China in Guangzhou, for the international site in
//! Singapore. None was found for Europe, although the reference exists there: a client of the European site
//! refuses ticket operations until [`Builder::endpoint`](crate::client::Builder::endpoint) names one. Nearly
//! all operations take three headers, which the client fills in from its site and options: `X-Site`,
//! `X-Language` (`zh-cn`, with a hyphen here) and `X-Time-Zone`. Times in responses are
//! [`LocalTime`](crate::types::LocalTime) in that zone, UTC+8 without one.
//!
//! # Pitfalls
//! - Errors that begin with `OSM.0101` come with HTTP 200; the client makes errors of them.
//! - Samples contradict the declared types in many places. Numbers and texts are read as either, one object as a list of
//!   one, and an invalid time as no time; the raw response keeps the text.
//! - No rate limit is documented for these operations; the client sends at most ten requests a second for each.
//! - Messages in lists have no id. [`ShowTicket`] has it.
//!
//! # Example
//! ```
//! use huaweicloud_partner::{
//!     operation::Operation as _,
//!     tickets::{OpenTicket, TicketAction, TicketStanding},
//!     types::decode_str,
//! };
//!
//! let ticket = OpenTicket::new("1f2e", "The disk of ecs-7 has been slow since this morning.")
//!     .product_category_id("0b3c")
//!     .region_id("cn-north-4");
//! ticket.validate()?;
//!
//! // The response to `ShowTicketStatus`.
//! let standing: TicketStanding = decode_str(r#"{"status": 17}"#)?;
//! let status = standing.status.ok_or("no status")?;
//! assert!(status.permits(&TicketAction::Close) && !status.permits(&TicketAction::Cancel));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod diagnosis;
mod lookup_cache;
mod message_stream;
mod topic;

use std::{sync::Arc, time::Duration};

pub use crate::api::tickets::*;
pub use diagnosis::DiagnosisRun;
pub use message_stream::{MessageCursor, MessageStream, NewMessage};
pub use topic::TicketTopic;

use crate::{
    Client,
    client::{FileUpload, Items},
    error::{Error, ErrorKind, ValidationError},
    operation::Operation as _,
    types::{Personal, Secret},
};
use lookup_cache::LookupCache;

/// Opens tickets and finds them again, with a cache of what the service offers. Cheap to clone; clones share
/// the cache.
///
/// The offer depends on the account and its language, so one value belongs to one view of a client.
#[derive(Clone, Debug)]
pub struct Tickets {
    client: Client,
    cache: Arc<LookupCache>,
}

impl Tickets {
    /// Uses this client and caches look-ups for ten minutes.
    pub fn new(client: &Client) -> Self {
        Self { client: client.clone(), cache: Arc::new(LookupCache::new(Duration::from_secs(600))) }
    }

    /// Caches look-ups for this time instead, in a cache of its own that begins empty.
    #[must_use]
    pub fn with_cache_ttl(self, ttl: Duration) -> Self {
        Self { client: self.client, cache: Arc::new(LookupCache::new(ttl)) }
    }

    /// The client that sends the calls.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Empties the cache: the next look-ups ask the service again.
    pub fn clear_cache(&self) {
        self.cache.clear();
    }

    /// Opens a ticket after checking it against what the service offers.
    ///
    /// The problem must be one of the product's, a fault must name a region, required questions need
    /// a reply, the severity must be offered, and the number of attachments must be allowed. Without a
    /// product in the ticket only the rules of [`OpenTicket`] itself are checked.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] with every violation, before anything is sent; otherwise as for [`Client::send`].
    pub async fn open(&self, ticket: OpenTicket) -> Result<Ticket, Error> {
        self.check(&ticket).await?;
        let group = None;
        let opened = self.client.send(&ticket).await?.into_inner();
        Ok(Ticket { tickets: self.clone(), id: opened.incident_id, group })
    }

    /// A handle for an existing ticket; nothing is sent.
    pub fn ticket(&self, id: impl Into<TicketId>) -> Ticket {
        Ticket { tickets: self.clone(), id: id.into(), group: None }
    }

    /// Uploads a file after checking its name and size against the service's limits, and returns the id by
    /// which a new ticket or message names it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where the file breaks a limit, before any part of it is sent; otherwise as for
    /// [`Client::upload`].
    pub async fn attach(&self, purpose: AttachmentPurpose, file: FileUpload) -> Result<AttachmentId, Error> {
        let limits = self.attachment_limits().await?;
        limits
            .check(file.name(), file.length())
            .map_err(|invalid| Error::invalid_input(UploadAttachment::META.name, invalid))?;
        Ok(self.client.upload(UploadAttachment::of(purpose), file).await?.into_inner().accessory_id)
    }

    /// Sends a verification code to a contact if the service requires one, and returns whether it does.
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
        if check.need_verify_code == Some(Flag::No) {
            return Ok(false);
        }
        self.client.send(&SendContactCode::new(contact, way, area_code)).await?;
        Ok(true)
    }

    /// Verifies a contact with the code that it received, and returns the serial number that a new ticket
    /// names as
    /// [`verified_phone`](OpenTicket::verified_phone) or [`verified_email`](OpenTicket::verified_email). `None` where the
    /// service lists no serial number for it.
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

/// A handle for one ticket: reads it and acts on it.
#[derive(Clone, Debug)]
pub struct Ticket {
    tickets: Tickets,
    id: TicketId,
    group: Option<String>,
}

impl Ticket {
    /// The same ticket as one of another member of this IAM user group, which all calls then name.
    #[must_use]
    pub fn with_group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// The ticket's id, to find it again with [`Tickets::ticket`].
    pub fn id(&self) -> &TicketId {
        &self.id
    }

    /// Reads the ticket with its messages and their ids.
    ///
    /// # Errors
    /// As for [`Client::send`].
    pub async fn show(&self) -> Result<TicketDetail, Error> {
        let mut request = ShowTicket::new(&self.id);
        request.group_id = self.group.clone();
        Ok(self.tickets.client.send(&request).await?.into_inner().incident_detail_info)
    }

    /// Reads the current status; `None` where the service left it out.
    ///
    /// # Errors
    /// As for [`Client::send`].
    pub async fn status(&self) -> Result<Option<TicketStatus>, Error> {
        if self.group.is_some() {
            // The operation that reads only the status has no parameter for the group.
            return Ok(self.show().await?.status);
        }
        Ok(self.tickets.client.send(&ShowTicketStatus::new(&self.id)).await?.status)
    }

    /// All messages of the ticket as a stream, read page by page.
    pub fn messages(&self) -> Items<ListMessages> {
        let mut request = ListMessages::new(&self.id);
        request.group_id = self.group.clone();
        self.tickets.client.items(request)
    }

    /// New messages of the ticket as they arrive: see [`MessageStream`].
    pub fn new_messages(&self) -> MessageStream {
        let messages = MessageStream::new(self.tickets.client.clone(), vec![self.id.clone()]);
        match &self.group {
            Some(group) => messages.with_group(group),
            None => messages,
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// As for [`Client::send`].
    pub async fn reply(&self, message: impl Into<MessageDraft> + Send) -> Result<(), Error> {
        let mut request = SendMessage::new(&self.id, message);
        request.group_id = self.group.clone();
        self.tickets.client.send(&request).await.map(drop)
    }

    /// Uploads a file and sends a message with it.
    ///
    /// # Errors
    /// As for [`Tickets::attach`] and [`Ticket::reply`].
    pub async fn reply_with(&self, text: impl Into<Personal> + Send, file: FileUpload) -> Result<(), Error> {
        let text = text.into();
        let file = self.tickets.attach(AttachmentPurpose::Message, file).await?;
        self.reply(MessageDraft::new(text).accessory_ids([file])).await
    }

    /// Urges the engineers to process the ticket.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where that does not fit its status; refused with
    /// [`URGED_TOO_OFTEN`](crate::error::codes::URGED_TOO_OFTEN) when too soon; otherwise as for [`Client::send`].
    pub async fn urge(&self) -> Result<(), Error> {
        self.act(ActOnTicket::new(&self.id, TicketAction::Urge)).await
    }

    /// Withdraws the ticket before an engineer has accepted it; `why` is the reason.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where that does not fit its status; otherwise as for [`Client::send`].
    pub async fn withdraw(&self, why: impl Into<String>) -> Result<(), Error> {
        self.act(ActOnTicket::new(&self.id, TicketAction::Cancel).operate_desc(why)).await
    }

    /// Closes the ticket once it is solved, with a judgement in words and scores; both may be empty.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where that does not fit its status; otherwise as for [`Client::send`].
    pub async fn close(&self, judgement: impl Into<Personal>, scores: Vec<ScoreGiven>) -> Result<(), Error> {
        let mut request = ActOnTicket::new(&self.id, TicketAction::Close);
        request.judgement = Some(judgement.into()).filter(|judgement| !judgement.is_empty());
        request.incident_satisfaction_list = Some(scores).filter(|scores| !scores.is_empty());
        self.act(request).await
    }

    /// Deletes the ticket after it has ended.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where that does not fit its status; otherwise as for [`Client::send`].
    pub async fn delete(&self) -> Result<(), Error> {
        self.act(ActOnTicket::new(&self.id, TicketAction::Delete)).await
    }

    /// Scores the ticket after it was completed. Scores are made from [`Tickets::score_dimensions`].
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where it is not completed; otherwise as for [`Client::send`].
    pub async fn score(&self, judgement: impl Into<Personal>, scores: Vec<ScoreGiven>) -> Result<(), Error> {
        let mut request = ScoreTicket::new(&self.id, judgement, scores);
        request.group_id = self.group.clone();
        let wrong = |status: &TicketStatus| status.is_known() && *status != TicketStatus::Completed;
        if let Some(status) = self.status().await?.filter(wrong) {
            return Err(wrong_status(ScoreTicket::META.name, "case_id", status));
        }
        self.tickets.client.send(&request).await.map(drop)
    }

    async fn act(&self, mut request: ActOnTicket) -> Result<(), Error> {
        request.group_id = self.group.clone();
        let wrong = |status: &TicketStatus| !status.permits(&request.action_id);
        if let Some(status) = self.status().await?.filter(wrong) {
            return Err(wrong_status(ActOnTicket::META.name, "action_id", status));
        }
        self.tickets.client.send(&request).await.map(drop)
    }
}

fn wrong_status(operation: &'static str, field: &'static str, status: TicketStatus) -> Error {
    let mut invalid = ValidationError::new();
    invalid.push(field, format!("must fit the status of the ticket, which is {status:?} ({status})"));
    Error::invalid_input(operation, invalid)
}

/// The error for a name or id that the service does not offer.
fn not_offered(operation: &'static str, what: &str, wanted: &str, offered: Vec<String>) -> Error {
    let message = format!("there is no {what} {wanted:?}; offered are: {}", offered.join(", "));
    Error::new(ErrorKind::InvalidInput, operation, message)
}

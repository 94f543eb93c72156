//! Service tickets: questions and faults that partners and customers bring before Huawei Cloud's engineers.
//!
//! A ticket belongs to the account that opens it. The interface is made for partners whose own platform hands their
//! tickets and their customers' on; no header names a customer, so a partner acts for one with that customer's own
//! credentials or an agency (inferred), and each sees its own tickets only. The service says *case*, *incident* and
//! *service request* for the same thing, and *sub-customer* or *x-customer* for an IAM user of one account. An IAM user
//! acts on the ticket of another member of its user group by naming the group (`group_id`) in the call.
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
//! [`TicketStatus::permits`] tells which action fits where.
//!
//! Before [`OpenTicket`]: [`ListCategories`] and [`ListProblemTypes`] for the path, [`ListSeverities`],
//! [`ListParameters`] and [`ListRegions`] for what the form asks, an upload for each attachment, and, for a contact that
//! is not registered, [`CheckContact`] and what follows. The helper `helpers::tickets` walks this way and the ones after.
//!
//! # Operations
//! | To do | Operation | Repeat |
//! |---|---|---|
//! | open a ticket | [`OpenTicket`] | opens a second one |
//! | urge, withdraw, close, delete it | [`ActOnTicket`] | urges again |
//! | change whom to tell | [`ChangeContacts`], [`ListCopyAddresses`] | safe |
//! | hand in parameters, see them | [`SubmitParameters`], [`ShowParameters`] | not known, safe |
//! | find tickets | [`ListTickets`], [`CountTickets`], [`ListConsoleTickets`], [`ExportTickets`] | safe |
//! | look at one | [`ShowTicket`], [`ShowTicketStatus`], [`ListTicketLog`] | safe |
//! | write a message, take it back | [`SendMessage`], [`WithdrawMessage`] | writes another |
//! | read messages | [`ListMessages`], [`ListOlderMessages`], [`PollMessages`], [`CountUnreadMessages`], [`MarkMessagesRead`] | safe |
//! | attach files | [`UploadAttachment`], [`UploadEncodedAttachment`], [`DeleteAttachment`], [`ShowAttachmentLimits`] | uploads another |
//! | fetch files | [`DownloadAttachment`], [`DownloadImage`], [`ListAttachmentLinks`], [`ShowAttachmentLink`] | safe |
//! | give engineers access | [`ListAuthorizations`], [`ShowAuthorization`], [`GrantAuthorization`], [`ActOnAuthorization`], [`CheckHost`], [`ListAgencies`], [`ShowLoginType`] | not known |
//! | see what they did with it | [`ListSessions`], [`ListSessionCommands`], [`ListSessionTransfers`] | safe |
//! | label tickets | [`CreateLabel`], [`ChangeLabel`], [`DeleteLabel`], [`ListLabels`], [`AttachLabels`], [`DetachLabels`], [`ListTicketLabels`] | mostly safe |
//! | tie tickets together | [`RelateTickets`], [`UnrelateTicket`], [`ListRelatedTickets`] | mostly safe |
//! | score a ticket | [`ScoreTicket`], [`ListScoreDimensions`] | not known |
//! | sign agreements | [`ShowAgreement`], [`CheckAgreement`], [`SignAgreement`] | signs again |
//! | verify contacts | [`CheckContact`], [`SendVerificationCode`], [`VerifyContact`], [`ListVerifiedContacts`] | sends another code |
//! | rights and quotas | [`ChangePrivilege`], [`CheckPrivilege`], [`ShowPrivilegePolicy`], [`ShowTicketQuota`], [`CheckPartnerPrivilege`], [`ShowPartnerService`], [`ListUsers`] | mostly safe |
//! | what a ticket can be about | [`ListCategories`], [`ListTicketProducts`], [`ListProblemTypes`], [`ListSeverities`], [`ListParameters`], [`ListTemplates`], [`ListRegions`], [`ListOwnRegions`], [`ListAreaCodes`], [`ShowTicketLimits`], [`ShowSetting`] | safe |
//! | diagnose resources | [`StartDiagnosis`], [`ShowDiagnosis`], [`ShowDiagnosisChecks`], [`ListDiagnoses`], [`ListDiagnosableResources`], [`RateDiagnosis`] | starts another |
//! | report abuse | [`FileReport`] | files another |
//!
//! # Sites, time
//! The ticket service has an endpoint of its own: for China in Guangzhou, for the international site in Singapore. None
//! was found for Europe, although the reference exists there: give the builder one. Nearly all operations take three
//! headers, which the client fills in from its site and options: `X-Site`, `X-Language` (`zh-cn`, with a hyphen here) and
//! `X-Time-Zone`. Times in answers are [`LocalTime`](crate::types::LocalTime) in that zone, UTC+8 without one.
//!
//! # Traps
//! - Errors that begin with `OSM.0101` come with HTTP 200; the client makes errors of them.
//! - Samples contradict the declared types in many places. Numbers and texts are read as either, one object as a list of
//!   one, and a time that is none as no time; the raw answer keeps what came.
//! - No quota is documented for any of these calls; the client keeps to ten a second for each operation.
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
//! let ticket = OpenTicket::new("1f2e", "The disk of ecs-7 answers slowly since this morning.")
//!     .product_category_id("0b3c")
//!     .region_id("cn-north-4");
//! ticket.validate()?;
//!
//! // What `ShowTicketStatus` answers.
//! let standing: TicketStanding = decode_str(r#"{"status": 17}"#)?;
//! assert!(standing.status.permits(&TicketAction::Close) && !standing.status.permits(&TicketAction::Cancel));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod agreements;
mod attachments;
mod authorizations;
mod common;
mod configuration;
mod details;
mod diagnosis;
mod directory;
mod labels;
mod lifecycle;
mod messages;
mod privileges;
mod reports;
mod satisfaction;
mod sessions;
mod verification;

pub use agreements::*;
pub use attachments::*;
pub use authorizations::*;
pub use common::{AttachmentId, AuthorizationId, Done, Flag, SiteCode, Streamed, TicketId};
pub use configuration::*;
pub use details::*;
pub use diagnosis::*;
pub use directory::*;
pub use labels::*;
pub use lifecycle::*;
pub use messages::*;
pub use privileges::*;
pub use reports::*;
pub use satisfaction::*;
pub use sessions::*;
pub use verification::*;

//! Writes that happen once, also when the process dies: attempts, the journal, and how outcomes are proven.
//!
//! # Moving money
//! The service has no idempotency keys, except on enterprise transfers. When the response of a transfer is lost, the client
//! cannot know whether the money moved, and a program that repeats the transfer may pay twice. This module keeps an account of
//! every write that is sent through it:
//!
//! ```no_run
//! # async fn example(client: huaweicloud_partner::Client) -> Result<(), huaweicloud_partner::Error> {
//! use huaweicloud_partner::{journal::{MemoryJournal, Settled}, resellers::AllocateToReseller};
//!
//! // In production SqliteJournal or PostgresJournal of huaweicloud-partner-store.
//! let client = client.with_journal(MemoryJournal::new());
//! let transfer = AllocateToReseller::new("reseller-1", 1000.into());
//! match client.send_once("topup-4711", &transfer).await? {
//!     Settled::Executed(done) => println!("transfer {}", done.record_id()),
//!     Settled::NotExecuted(refused) => println!("{refused}"),
//!     Settled::Undecided(why) => println!("a person has to compare the records: {why}"),
//!     other => println!("{other}"),
//! }
//! # Ok(()) }
//! ```
//!
//! The caller chooses the request id, such as the number of its own order, and calls again with the same id whenever it is
//! not sure: after an error, a time-out or a crash. The same id always means the same write; another write under it is
//! refused. What was executed, and what is undecided, gives the stored outcome again and sends nothing; what is open is
//! resolved; what is proven not to have been executed, such as a refused transfer or the missing targets of a batch, is sent
//! again. So stop calling when a refusal is final, and never take a new id for a write whose outcome is not known.
//!
//! ## Attempts and their states
//! ```text
//!   send_once("topup-4711", transfer)
//!        │
//!        ▼   begin: gates of equal writes, window, signing time          ◄── one commit, before the first byte leaves
//!      Open ───────── success with the id of a record ───────► Executed     ◄── one commit
//!        │ ╲───────── refusal with a documented code ─────────► NotExecuted  ◄── one commit
//!        │  ╲──────── no connection: nothing has left ────────► Ready
//!        │
//!        │  time-out, broken connection, any other response, crash of the process
//!        ▼
//!   look-ups of the service's records, until everything has settled (L + D)
//!        ├─ a record that belongs to this attempt alone ────────────────► Executed
//!        ├─ no record fits, and none can appear any more ───────────────► NotExecuted ──► is sent again
//!        └─ the records do not decide ──────────────────────────────────► Undecided ────► Client::decide
//! ```
//! An [`Attempt`] is a write as a value: request id, arguments, books, key and memo. The [`Journal`] stores it before anything
//! is sent; if that fails, nothing is sent. The request is signed with the time that was stored, never with a later one: a
//! process that is paused for longer than a signature is valid sends a request that the gateway refuses. One call sends an
//! attempt up to five times ([`JournalOptions::sends`]), each time only when the send before is proven not to have been
//! executed.
//!
//! Several processes may share a journal. When one dies, another one takes over its open attempts: with
//! [`Client::recover`](crate::Client::recover) at start-up, when it is called with the same request id, or when it wants to make
//! an equal write.
//!
//! ## Equal writes
//! A record shows a target, an amount and a kind, but not which request made it. Two writes that leave the same record have
//! one [`Footprint`], and the journal never has two of them open at once: the second waits for the first, and resolves it if
//! its owner is gone. A token of the request id is appended to the memos of vouchers. Once a record was seen to show the memo
//! that was sent, equal vouchers are sent at the same time, and their memos tell them apart.
//!
//! ## Resolution
//! A look-up covers everything from the earliest moment at which the first send can have been executed until now. It counts
//! in the service's time, which the `Date` of every response narrows down: the clock of the machine may be wrong by any
//! amount, and may jump. Absence proves something only when
//! - the look-up began after the settling time: L for a late execution, D for a late record, counted from the end of the
//!   request, from the proof that its process is dead, or from the moment at which its signature expires;
//! - the list is complete and readable, and the query was seen to show the record of a known success, or
//!   [`ResolveOptions::sees_account`] declares that it would.
//!
//! A record proves execution when it shows the attempt's own memo, or when it is the only one that fits, belongs to no other
//! attempt, and [`ResolveOptions::sole_writer`] declares that no other program or person makes such writes. Payments,
//! cancellations and freezing leave no record: the state of the order or the customer proves them, and not who brought it about.
//!
//! ## What is assumed
//! The service documents none of these limits but the third, for its gateway. Where one does not hold, a write that was
//! executed can be taken for one that was not, and be sent again.
//!
//! | Assumption | Default | Option |
//! |---|---|---|
//! | L: a request is executed within this time after its connection was closed, or never | 2 min | [`late_execution`](ResolveOptions::late_execution) |
//! | D: a record is visible within this time after the execution | 2 min | [`late_record`](ResolveOptions::late_record) |
//! | V: the gateway refuses a signature that is older; the client checks it once with a read | 15 min | [`signature_age`](ResolveOptions::signature_age) |
//! | M: records and gateway differ by no more than this in their time | 1 min | [`clock_margin`](ResolveOptions::clock_margin) |
//! | no one else makes writes of the same target and amount | not assumed | [`sole_writer`](ResolveOptions::sole_writer) |
//! | the journal is on a local disk or a database that commits synchronously, and is never replaced by an older copy | – | – |
//! | nothing between client and service sends a request twice, or leaves a response of its own on a connection | – | `HttpTransportBuilder::idle_connections(0)` against the latter |
//!
//! So `NotExecuted` comes four minutes after a lost request, and twenty minutes after one of a process that cannot be proven
//! dead. How late records are is measured where a response was lost and a second look-up or a later one found the record
//! ([`Learned::record_delay_ms`]). Above half of D, and for clocks above half of M, the client reports
//! [`ObservationKind::StrainedAssumption`](crate::client::ObservationKind::StrainedAssumption). An outcome that contradicts an
//! assumption is reported as [`ObservationKind::BrokenAssumption`](crate::client::ObservationKind::BrokenAssumption): a person
//! should look at once.
//!
//! ## Without a journal
//! A lost response is an error of kind [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown), and
//! [`Client::resolve_error`](crate::Client::resolve_error) looks the outcome up while the process lives. It knows no earlier
//! writes: where an equal one was made shortly before, the outcome is undecided. Equal writes that were in flight at the same
//! time are resolved together with [`Client::resolve_all`](crate::Client::resolve_all).
//!
//! ## What remains undecidable
//! - Without a memo and without the declaration of a sole writer: a lost response with one fitting record. The record may
//!   belong to a write that a person made in the console.
//! - With the declaration: several fitting records, or a record that lacks a field that would decide.
//! - With a declaration that is wrong: a request that was lost while another writer made an equal write is taken for
//!   executed.
//! - A process on another host that is paused for an unknown time and signs with tokens, which do not expire as signatures
//!   do, unless [`ResolveOptions::longest_pause`] bounds the pause.
//! - An empty list of a query that was never seen to show a record of this account.
//!
//! Except for the third, such attempts end as [`Settled::Undecided`], with the records and the attempts to compare. A person
//! compares key, operator and balances in the console, and stores the decision with
//! [`Client::decide`](crate::Client::decide). While attempts are open, make no equal write in the console: one cent more
//! makes it a different one. After a backup of the journal was restored, the attempts since the backup are unknown, and equal
//! writes may be doubled: compare the records first.
//!
//! For files of thousands of writes see `Bulk` in `huaweicloud-partner-store`, for a web service its example `topups`.

mod attempt;
mod footprint;
mod memory;
mod options;
mod settled;
mod state;
mod store;
pub mod transition;
mod verdict;

pub use crate::operation::Leg;
pub(crate) use attempt::attempt_format;
pub use attempt::{ATTEMPT_FORMAT, Attempt};
pub use footprint::{Book, Footprint};
pub use memory::MemoryJournal;
pub use options::{JournalOptions, ResolveOptions};
pub use settled::{Executed, LegOutcome, NotExecuted, PartlyExecuted, Pending, Settled, Undecided};
pub use state::{
    AttemptState, Attribution, DecidedBy, Evidence, Learned, LegEntry, LegState, OwnerId, Rival,
    StoredAttempt,
};
pub use store::{
    Begin, Begun, Journal, JournalError, JournalErrorKind, LegChange, OwnerState, QueryScope, RecordScope,
    Settlement, Settling,
};
pub(crate) use verdict::{Sighting, Verdict};

//! Writes that happen once, also when the process dies: attempts, the journal, and how outcomes are proven.

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

//! Writes that happen once, also when the process dies: attempts, the journal, and how outcomes are proven.

mod attempt;
mod footprint;
mod memory;
mod state;
mod store;
pub mod transition;

pub use attempt::{ATTEMPT_FORMAT, Attempt};
pub use footprint::{Book, Footprint, Leg, canonical};
pub use memory::MemoryJournal;
pub use state::{
    AttemptState, Attribution, DecidedBy, Evidence, Learned, LegEntry, LegState, OwnerId, Rival,
    StoredAttempt,
};
pub use store::{
    Begin, Begun, Journal, JournalError, JournalErrorKind, LegChange, OwnerState, QueryScope, RecordScope,
    Settlement, Settling,
};

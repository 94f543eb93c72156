//! Common parts of the console-only workflows: working days, rules, records, and the store that keeps them.
//!
//! Huawei Cloud publishes no HTTP interface for opportunities, MDF and the other workflows of the console. This
//! module sends no requests: it keeps the partner's own records of actions in the console, names the published rules that
//! an event would violate, and lists deadlines. Actions of Huawei Cloud (a passed review, a paid bill) are recorded by the
//! partner as events, too.
//!
//! - [`WorkingDays`] counts days; [`ChinaCalendar`] knows holidays, [`Weekends`] only weekends.
//! - [`Rule`], [`RuleViolation`], [`EventRefused`]: a refused event names every violated rule with its number and source.
//! - [`Workflow`] is one kind of record: a state table of [`Transition`]s, rules, deadlines. [`Record`] is one record: a
//!   history of [`LoggedEvent`]s (actor, time, event) from which its state and facts follow.
//! - [`RecordStore`] keeps records over a [`RecordStorage`]: [`MemoryRecords`], or SQLite and PostgreSQL in
//!   `huaweicloud-partner-store`. Several stores may share one storage.
//!
//! ```
//! use huaweicloud_partner::opportunities::HoEvent;
//! use huaweicloud_partner::workflow::{Actor, ChinaCalendar, LoggedEvent, RecordStore, Role};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = RecordStore::in_memory(ChinaCalendar::published());
//! let offer = serde_json::from_str(
//!     r#"{"customer":{"company":"Blue Harbour"},"name":"Data lake","counts_from":{"crm_creation":"2026-03-02T02:00:00Z"}}"#,
//! )?;
//! let shared = LoggedEvent::new("2026-03-02T02:00:00Z".parse()?, Actor::system(), HoEvent::Share(offer));
//! store.start("HO-1", shared).await?;
//!
//! for due in store.due_until("2026-12-31".parse()?).await? {
//!     println!("{} {} {}", due.deadline, due.record, due.key); // 2026-03-05 HO-1 ho.acceptance
//! }
//!
//! let partner = Actor::new(Role::PartnerAdministrator, "Li Lei");
//! let accept = LoggedEvent::new("2026-03-04T01:00:00Z".parse()?, partner, HoEvent::Accept(Default::default()));
//! assert_eq!(store.apply("HO-1", accept).await?.state, "accepted");
//! # Ok(())
//! # }
//! ```

mod calendar;
mod catalogue;
mod cipher;
mod deadline;
mod index;
mod input;
mod line;
mod reason;
mod record;
mod record_id;
mod rule;
mod storage;
mod store;

pub use crate::types::Site;
pub use calendar::{ChinaCalendar, UnknownYear, Weekends, WorkingDays, YearSchedule, end_of};
pub use catalogue::Catalogue;
pub use cipher::{CipherError, FieldCipher, FieldCipherError};
pub use deadline::{Deadline, DeadlineKind, Duplicate, Winner};
pub(crate) use deadline::{days_after, months_after};
pub use index::{Due, FoundDuplicate};
pub use input::NewEvent;
pub use line::{EventLine, EventLineError};
pub use reason::Reason;
pub use record::{
    Actor, AnyRecord, BadHistory, Event, EventKind, EventKindOf, JsonEventError, LoggedEvent, NoOtherRecords,
    Record, RecordLookup, Role, RuleContext, State, Transition, Workflow,
};
pub use record_id::RecordId;
pub use rule::{COMMON_RULES, EventRefused, RULE_ACTOR, RULE_CALENDAR, RULE_ORDER, Rule, RuleViolation};
pub use storage::{MemoryRecords, NewEvents, RecordChange, RecordStorage, StorageError};
pub use store::{DueList, EventReceipt, RecordStore, RecordStoreBuilder, StoreError};

/// A closed list of values, each with the name under which it is stored and shown.
macro_rules! named {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* #[doc = concat!("\n\nStored as `", $text, "`.")] #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name under which it is stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// The states of a kind of record: a [`named!`] list that is a [`State`].
macro_rules! states {
    ($(#[$meta:meta])* pub enum $name:ident { $($body:tt)* }) => {
        $crate::workflow::named! { $(#[$meta])* pub enum $name { $($body)* } }

        impl $crate::workflow::State for $name {
            fn as_str(self) -> &'static str {
                self.as_str()
            }
        }
    };
}

/// The events of a kind of record, each with the name under which it is stored and shown.
macro_rules! events {
    ($(#[$meta:meta])* pub enum $name:ident: $kind:ident of $workflow:ty {
        $($(#[$doc:meta])* $variant:ident $(($payload:ty))? = $text:literal,)*
    }) => {
        $crate::workflow::named! {
            #[doc = concat!("The kinds of [`", stringify!($name), "`]: its events without their data.")]
            pub enum $kind { $($(#[$doc])* $variant = $text,)* }
        }

        impl $crate::workflow::EventKind for $kind {
            const ALL: &'static [Self] = Self::ALL;

            fn as_str(self) -> &'static str {
                self.as_str()
            }
        }

        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* #[doc = concat!("\n\nStored as `", $text, "`.")] #[serde(rename = $text)] $variant $(($payload))?,)*
        }

        impl $crate::workflow::Event for $name {
            type Of = $workflow;
            type Kind = $kind;

            fn kind(&self) -> $kind {
                match self {
                    $(Self::$variant { .. } => $kind::$variant,)*
                }
            }
        }
    };
}

/// A state table, one transition a line: `From: Event => To by ROLES;`, with `start` for an event that opens a record.
macro_rules! transitions {
    (@from $state:ident start) => { None };
    (@from $state:ident $from:ident) => { Some($state::$from) };
    ($state:ident on $event:ident { $($from:ident: $name:ident => $to:ident by $by:expr;)* }) => {
        &[$($crate::workflow::Transition {
            from: $crate::workflow::transitions!(@from $state $from),
            event: $event::$name,
            to: $state::$to,
            by: $by,
        },)*]
    };
}

pub(crate) use {events, named, states, transitions};

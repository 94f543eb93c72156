//! The base of every slice: accounts, the ledger, ids, amounts, the calendar, refusals and pages.
//!
//! The core knows no slice.

mod accounts;
mod amounts;
mod calendar;
mod ids;
mod ledger;
mod paging;
mod records;
mod refusal;

pub use accounts::{Account, AccountKind};
pub(crate) use accounts::{Accounts, is_customer};
pub(crate) use amounts::{cut_share, positive, share, sum, times};
pub(crate) use calendar::{end_of_day, later, months_later, on_day, three_oclock};
pub(crate) use ids::Ids;
pub use ledger::{AuditError, Ledger, LedgerAccount, LedgerError, Posting};
pub(crate) use paging::page;
pub(crate) use records::Owned;
pub(crate) use refusal::{Refusal, bad_request, refuse, refuse_naming, refuse_with, unfit};

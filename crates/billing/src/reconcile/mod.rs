//! Figures of different sources compared with each other, exactly, with a cause for every difference.
//!
//! There is no tolerance. Every difference is a [`Difference`] with the amounts of its causes, which add up to it exactly;
//! what no known cause accounts for is [`Cause::Unexplained`]. A cause is only named with an amount that follows from the
//! charges themselves: what rounding, tax, vouchers or late rows amount to is computed, never assumed.

mod bills;
mod checkpoint;
mod difference;

pub use bills::{FundingRow, Reference};
pub use checkpoint::Checkpoint;
pub use difference::{Cause, Check, Difference, Scope};

pub(crate) use bills::{
    compare_monthly, compare_partner_bill, funding, monthly_bills, partner_bill, start_of,
};

//! A partner's own accounts (in the making).
mod adjustments;
pub use adjustments::{Adjustment, AdjustmentKind, AdjustmentPage, ListAdjustments};

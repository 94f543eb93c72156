//! Orders (in the making).

mod listing;
mod payment;

pub use listing::*;
pub use payment::*;

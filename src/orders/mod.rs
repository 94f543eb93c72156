//! Orders (in the making).

mod listing;

pub use listing::*;

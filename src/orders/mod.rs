//! Orders (in the making).

mod ending;
mod listing;
mod payment;
mod renewal;
mod subscriptions;

pub use ending::*;
pub use listing::*;
pub use payment::*;
pub use renewal::*;
pub use subscriptions::*;

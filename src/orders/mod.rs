//! Orders (in the making).

mod ending;
mod listing;
mod packages;
mod payment;
mod renewal;
mod subscriptions;

pub use ending::*;
pub use listing::*;
pub use packages::*;
pub use payment::*;
pub use renewal::*;
pub use subscriptions::*;

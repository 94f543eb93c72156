//! The operations of the ticket service. The root module [`tickets`](crate::tickets) explains the domain and adds the
//! helper on top of the client.

mod agreements;
mod attachments;
mod authorizations;
mod common;
mod configuration;
mod details;
mod diagnosis;
mod directory;
mod labels;
mod lifecycle;
mod messages;
mod privileges;
mod reports;
mod satisfaction;
mod sessions;
mod verification;

pub use agreements::*;
pub use attachments::*;
pub use authorizations::*;
pub use common::{AttachmentId, AuthorizationId, Done, Flag, SiteCode, Streamed, TicketId};
pub use configuration::*;
pub use details::*;
pub use diagnosis::*;
pub use directory::*;
pub use labels::*;
pub use lifecycle::*;
pub use messages::*;
pub use privileges::*;
pub use reports::*;
pub use satisfaction::*;
pub use sessions::*;
pub use verification::*;

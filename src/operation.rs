//! An operation as a value: its arguments, its answer, and the table of what the service documents about it.
//!
//! A request struct is flat: its serde names are the wire names of all parameters, wherever they travel.
//! [`OperationMeta`] says which of them leave the body. So the same value is built by `new` and setters, read from
//! JSON, sent, kept in a queue, and understood by the sandbox.

mod check;
mod meta;
mod paged;
mod parts;
mod request;
mod streamed;
mod witness;

pub(crate) use check::Check;
pub use meta::{
    BodyKind, Caller, Effect, Method, OperationMeta, Paging, PagingStyle, Quota, Service, Site, Sites,
};
pub(crate) use paged::paged;
pub use paged::{Paged, Position};
pub(crate) use parts::{CALLER_ID, encode, match_path};
pub use parts::{Parts, gather};
pub(crate) use request::{fresh_key, request};
pub use streamed::{Downloads, Uploads};
pub use witness::{RecordOf, Verdict, Window, Witnessed};

use serde::{Serialize, de::DeserializeOwned};

use crate::error::Invalid;

/// A call of the service as a value.
///
/// The crate implements it for every documented operation. Implement it for an operation that the crate does not know
/// yet, and it is signed, waited for, retried and decoded like the others.
pub trait Operation: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What the service answers.
    type Output: Serialize + DeserializeOwned + Send + 'static;

    /// What is documented about the operation.
    const META: &'static OperationMeta;

    /// Checks the documented rules of the arguments, all of them.
    ///
    /// # Errors
    /// [`Invalid`] with every rule that is broken.
    fn validate(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

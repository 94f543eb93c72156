//! Operations whose response or body is a file.

use super::Operation;

/// Read whose response is a file instead of JSON; [`Client::download`](crate::Client::download) streams it.
pub trait Downloads: Operation {}

/// A write whose body is a multipart form with a file; [`Client::upload`](crate::Client::upload) streams it.
pub trait Uploads: Operation {
    /// The part that holds the file.
    const FILE: &'static str;

    /// The other parts, names and texts in order.
    fn texts(&self) -> Vec<(&'static str, String)>;
}

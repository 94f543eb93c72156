//! A write as a value that can be stored: what is sent, to which account, and how its outcome is recognised.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::footprint::{Book, Footprint};
use crate::{
    error::{Error, ErrorKind},
    operation::{Idempotency, Leg, Resolvable, Resolver, sorted_arguments},
    types::{UtcTime, plain::plain},
};

/// The version of the stored form of an [`Attempt`].
pub const ATTEMPT_FORMAT: u32 = 1;

pub(crate) const fn attempt_format() -> u32 {
    ATTEMPT_FORMAT
}

/// A write that is to be sent once, as a value that can be serialised, stored, sent and resolved later.
///
/// [`Client::attempt`](crate::Client::attempt) makes it. It holds the arguments as they are sent, including personal data
/// and, for operations that create accounts, passwords: store it where such data may be stored. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The version of this form, at present [`ATTEMPT_FORMAT`].
    pub format: u32,
    /// The caller's own id of the write. The same id always means the same write.
    pub request_id: String,
    /// The qualified name of the operation, such as `bss.UpdateIndirectPartnerAccount`.
    pub operation: String,
    /// The arguments as the flat JSON of the operation, with sorted names.
    pub arguments: String,
    /// A SHA-256 over operation, canonical arguments and book. The key of a keyed write and the memo's token are not part
    /// of it, so that the same request has the same digest.
    pub digest: String,
    /// The books in which the write appears.
    pub book: Book,
    /// Effect of a repeat, as the operation's META states.
    pub idempotency: Idempotency,
    /// The key by which the service matches repeats, for keyed writes.
    pub key: Option<String>,
    /// The memo under which the record appears, where the operation has one.
    pub memo: Option<String>,
    /// True where the memo holds a token of the request id, so that no other attempt has the same memo.
    pub memo_unique: bool,
    /// The qualified name of the query whose rows prove the outcome.
    pub query: String,
    /// True where the outcome is proven by the state of an object rather than by a record of the write.
    pub by_state: bool,
    /// The targets of the write, one leg each.
    pub legs: Vec<Leg>,
    /// The earliest service time at which the attempt can have been made, where it was known.
    pub made_after: Option<UtcTime>,
    /// Time at which the transport closed its only send, on this machine's clock.
    pub(crate) closed: Option<std::time::Duration>,
}

plain! {
    Attempt {
        format, request_id, operation, arguments, digest, book, idempotency, key [default], memo [default],
        memo_unique, query, by_state, legs, made_after [default],
    } skipping closed
}

impl Attempt {
    /// The footprint of one leg, or `None` where there is no leg of this number.
    pub fn footprint(&self, leg: usize) -> Option<Footprint> {
        let leg = self.legs.get(leg)?;
        Some(Footprint::of(&self.book, &self.query, leg))
    }

    /// The footprints of all legs, in order.
    pub fn footprints(&self) -> Vec<Footprint> {
        self.legs.iter().map(|leg| Footprint::of(&self.book, &self.query, leg)).collect()
    }

    /// The arguments by which two writes of an operation are the same: sorted, without a key, and with amounts in one
    /// spelling.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where the operation cannot be written as JSON.
    pub fn canonical_arguments<O: Resolvable>(operation: &O) -> Result<String, Error> {
        let canonical = sorted_arguments(operation)
            .and_then(|arguments| Resolver::of::<O>().canonical_arguments(&arguments));
        canonical.map_err(|error| Error::new(ErrorKind::InvalidInput, O::META.name, error))
    }

    /// Whether this is an attempt of this write: of the same operation with the same arguments.
    pub fn is_of<O: Resolvable>(&self, operation: &O) -> bool {
        Self::canonical_arguments(operation)
            .is_ok_and(|canonical| Self::digest_of(O::META.name, &canonical, &self.book) == self.digest)
    }

    /// A digest of an operation with its canonical arguments and book, in hexadecimal.
    pub fn digest_of(operation: &str, canonical_arguments: &str, book: &Book) -> String {
        let mut hash = Sha256::new();
        for part in [operation, canonical_arguments, &book.to_string()] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hex::encode(hash.finalize())
    }
}

/// Shows the operation, and amounts with their targets: `bss.UpdateIndirectPartnerAccount, 100 for reseller-1`.
impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.operation)?;
        for leg in &self.legs {
            // Without an amount the target may be the name of a new account, which is personal.
            if let Some(amount) = &leg.amount {
                write!(f, ", {amount} for {}", leg.target)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("request_id", &self.request_id)
            .field("operation", &self.operation)
            .field("book", &self.book.to_string())
            .field("legs", &self.legs.len())
            .finish_non_exhaustive()
    }
}

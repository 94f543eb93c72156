//! The documented error codes: a constant for each, with its meaning and what to do about it.
//!
//! A family of codes is a file that reads as a table. The codes are those of the Partner Center's error pages, of its
//! operations' own pages, of the ticket service, and of the gateway before them. Not all were published: an unknown
//! code is kept as it came and has no entry here.
//!
//! ```
//! use huaweicloud_partner::error::{ErrorCode, Responsibility, codes};
//!
//! let code = ErrorCode::from("CBC.99005003");
//! assert_eq!(code, codes::BALANCE_TOO_LOW);
//! assert_eq!(code.info().map(|info| info.responsibility), Some(Responsibility::Account));
//! ```

mod accounts;
pub(super) mod code;
mod common;
mod costs;
mod customers;
mod enterprise;
mod gateway;
mod orders;
mod prices;
mod resources;
mod tickets;
mod vouchers;

#[cfg(test)]
mod tests;

pub use accounts::*;
pub use common::*;
pub use costs::*;
pub use customers::*;
pub use enterprise::*;
pub use gateway::*;
pub use orders::*;
pub use prices::*;
pub use resources::*;
pub use tickets::*;
pub use vouchers::*;

use std::{collections::BTreeSet, sync::LazyLock};

use code::{CodeInfo, key};

/// A family of codes, sorted by code: for each row a constant and an entry of `TABLE`.
///
/// A row is `NAME = "code", Responsibility, Retry: "meaning", "remedy";`, with `as Mark` after the code where the client itself
/// acts on it. Meaning and remedy are sentences without a full stop; together they are the constant's documentation.
macro_rules! table {
    ($($name:ident = $code:literal $(as $mark:ident)?, $fault:ident, $retry:ident:
        $meaning:literal, $remedy:literal;)*) => {
        $(
            #[doc = concat!($meaning, ".\n\n", $remedy, ". On the wire `", $code, "`.")]
            pub const $name: $crate::error::ErrorCode = $crate::error::ErrorCode::known($code);
        )*

        pub(super) static TABLE: &[$crate::error::CodeInfo] = &[$(
            $crate::error::CodeInfo {
                name: stringify!($name),
                code: $code,
                meaning: $meaning,
                remedy: $remedy,
                responsibility: $crate::error::Responsibility::$fault,
                retry: $crate::error::Retry::$retry,
                marks: &[$($crate::error::codes::code::Mark::$mark)?],
            },
        )*];
    };
}
use table;

static FAMILIES: [&[CodeInfo]; 11] = [
    common::TABLE,
    gateway::TABLE,
    accounts::TABLE,
    vouchers::TABLE,
    customers::TABLE,
    orders::TABLE,
    resources::TABLE,
    prices::TABLE,
    enterprise::TABLE,
    costs::TABLE,
    tickets::TABLE,
];

/// The entry of a documented code. The gateway's prefixes `APIG` and `APIGW` find the same entry.
pub fn find(code: &str) -> Option<&'static CodeInfo> {
    FAMILIES.iter().find_map(|family| {
        let row = family.binary_search_by(|info| key(info.code).cmp(&key(code))).ok()?;
        family.get(row)
    })
}

/// The parts before the point of all documented codes, such as `CBC`.
pub(super) fn families() -> &'static BTreeSet<&'static str> {
    static KNOWN: LazyLock<BTreeSet<&str>> = LazyLock::new(|| all().map(|info| key(info.code).0).collect());
    &KNOWN
}

/// All documented codes, family by family.
pub fn all() -> impl Iterator<Item = &'static CodeInfo> {
    FAMILIES.iter().copied().flatten()
}

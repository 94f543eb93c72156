//! Values that every domain shares: exact amounts and money, times by meaning, open codes, personal data,
//! and identifiers.
//!
//! All of them read leniently and write strictly: an amount is read from a number or from text and written the
//! way the field is documented; a code that this crate does not know yet is kept as it came.

mod amount;
mod association;
#[doc(hidden)]
pub mod fields;
mod given;
mod ids;
mod json;
mod language;
mod lenient;
mod money;
pub(crate) mod open_enum;
mod personal;
mod site;
mod time;

pub use amount::{Amount, AmountText, ParseAmountError, amount_text};
pub use association::AssociationType;
#[cfg(feature = "workflows")]
pub(crate) use association::by_name as association_by_name;
pub(crate) use fields::response;
#[doc(hidden)]
pub use given::Given;
pub(crate) use given::given;
#[cfg(feature = "tickets")]
pub(crate) use ids::ids;
pub use ids::{CustomerId, OrderId, PartnerId, QuotaId, ResellerId, ResourceId, VoucherId};
pub use language::Language;
pub use lenient::{DecodeError, decode, decode_str};
pub use money::{Currency, MeasureUnit, Money, MoneyError};
#[cfg(feature = "workflows")]
pub(crate) use personal::marked;
pub use personal::{Personal, SENSITIVE_FIELDS, Secret, is_sensitive};
pub use site::{ParseSiteError, Site};
pub use time::{BEIJING, BillCycle, Day, DayOrCycle, LocalTime, ParseTimeError, TimeZone, UtcTime};
pub(crate) use time::{days_between, time_or_none};

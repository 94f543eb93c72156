//! Values that every domain shares: exact amounts and money, times by meaning, open codes, personal data,
//! and identifiers.
//!
//! All types read leniently and write strictly: an amount is read from a number or from text and written in the
//! documented form of its field; a code that this crate does not know yet is kept unchanged.
//!
//! | Values | Types |
//! |---|---|
//! | amounts and quantities, money with its currency | [`Amount`], [`Money`] |
//! | instants, times without a zone, days, months | [`UtcTime`], [`LocalTime`], [`Day`], [`BillCycle`] |
//! | identifiers, each with a type of its own | [`CustomerId`], [`ResellerId`], [`OrderId`] and others |
//! | names, addresses and numbers of persons; passwords and codes | [`Personal`], [`Secret`], which print as `***` |
//! | sites and how customers are associated | [`Site`], [`AssociationType`] |
//! | reading JSON as the client does | [`decode_str`], [`decode_with_drift`], [`DecodeError`] |

mod amount;
mod association;
mod decimal;
mod decode;
mod decode_error;
mod drift;
#[doc(hidden)]
pub mod fields;
mod formats;
mod given;
mod identity;
mod ids;
pub(crate) mod json;
mod language;
mod lenient;
mod money;
pub(crate) mod open_enum;
mod personal;
pub(crate) mod plain;
mod raw_fields;
#[cfg(feature = "dynamic")]
#[doc(hidden)]
pub mod schema;
#[doc(hidden)]
pub mod shape;
mod site;
mod time;
mod wire;

pub use amount::{Amount, AmountText, ParseAmountError, amount_text};
pub use association::AssociationType;
#[cfg(feature = "workflows")]
pub(crate) use association::by_name as association_by_name;
pub(crate) use decode::{Around, decode_looking_around, decode_request_to_send, text};
pub use decode::{decode, decode_request, decode_str, decode_with_drift};
pub use decode_error::DecodeError;
pub use drift::{Drift, DriftKind};
pub(crate) use fields::response;
pub(crate) use formats::{CODE, is_response};
#[doc(hidden)]
pub use given::Given;
pub(crate) use given::given;
pub use identity::IdentityKind;
#[cfg(feature = "tickets")]
pub(crate) use ids::ids;
pub use ids::{CustomerId, OrderId, PartnerId, QuotaId, ResellerId, ResourceId, VoucherId};
pub use language::Language;
pub(crate) use money::money_methods;
pub use money::{Currency, MeasureUnit, Money, MoneyError, ParseMoneyError};
#[cfg(feature = "workflows")]
pub(crate) use personal::marked;
pub use personal::{Personal, SENSITIVE_FIELDS, Secret, is_secret_text, is_sensitive};
pub(crate) use raw_fields::RawFields;
pub use site::{ParseSiteError, Site};
pub use time::{BEIJING, BillCycle, Day, DayOrCycle, LocalTime, ParseTimeError, TimeZone, UtcTime};
pub(crate) use time::{days_between, instant_or_mail_date, time_or_none};
pub use wire::to_wire_json;

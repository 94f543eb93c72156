//! The one macro behind request structs.

/// A request, or a part of one: required fields become arguments of `new`, optional ones setters.
///
/// ```text
/// request! {
///     /// What the caller gets …
///     #[doc(alias = "ListIndirectPartners")]
///     pub struct ListResellers {
///         required {
///             /// …
///             customer_id: CustomerId,
///         }
///         optional {
///             /// …
///             limit: u32,
///         }
///     }
/// }
/// ```
///
/// gives `pub customer_id: CustomerId` and `pub limit: Option<u32>` (left out of the JSON when `None`),
/// `new(customer_id: impl Into<CustomerId>)` and `limit(self, impl Into<u32>) -> Self`. A third block, `preset`,
/// holds fields that are always sent and begin with a value (`name: type = value,`); a fourth, `filters`, fields of
/// type [`Filter`](crate::types::Filter). Both have setters. Every block may be left out, in this order.
/// A field may have one `#[serde(…)]`, such as `#[serde(rename = "X-Language")]`, after its documentation;
/// `way!` in `types::fields` lists what may be in it. In JSON only the required fields must be there.
macro_rules! request {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(required { $($(#[doc $($rdoc:tt)*])* $(#[serde($($rhow:tt)*)])? $required:ident: $rtype:ty,)* })?
            $(optional { $($(#[doc $($odoc:tt)*])* $(#[serde($($ohow:tt)*)])? $optional:ident: $otype:ty,)* })?
            $(preset { $($(#[doc $($pdoc:tt)*])* $(#[serde($($phow:tt)*)])? $preset:ident: $ptype:ty = $value:expr,)* })?
            $(filters { $($(#[doc $($fdoc:tt)*])* $(#[serde($($fhow:tt)*)])? $filter:ident: $ftype:ty,)* })?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        #[non_exhaustive]
        pub struct $name {
            $($($(#[doc $($rdoc)*])* $(#[serde($($rhow)*)])? pub $required: $rtype,)*)?
            $($(
                $(#[doc $($odoc)*])*
                $(#[serde($($ohow)*)])?
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $optional: Option<$otype>,
            )*)?
            $($($(#[doc $($pdoc)*])* $(#[serde($($phow)*)])? pub $preset: $ptype,)*)?
            $($(
                $(#[doc $($fdoc)*])*
                $(#[serde($($fhow)*)])?
                #[serde(skip_serializing_if = "crate::types::Filter::is_absent")]
                pub $filter: crate::types::Filter<$ftype>,
            )*)?
        }

        $crate::types::fields::readable! {
            $name {
                $($($required: $rtype { $($($rhow)*)? } => need,)*)?
                $($($optional: Option<$otype> { $($($ohow)*)? } => or None,)*)?
                $($($preset: $ptype { $($($phow)*)? } => or $value,)*)?
                $($($filter: crate::types::Filter<$ftype> { $($($fhow)*)? } => or crate::types::Filter::Absent,)*)?
            }
        }

        #[allow(clippy::new_without_default)] // a request without required fields is still made by `new`
        impl $name {
            /// The request with what it must have; everything else is left to the service.
            #[allow(clippy::too_many_arguments)] // as many as the documentation requires
            pub fn new($($($required: impl Into<$rtype>,)*)?) -> Self {
                Self {
                    $($($required: $required.into(),)*)?
                    $($($optional: None,)*)?
                    $($($preset: $value,)*)?
                    $($($filter: crate::types::Filter::Absent,)*)?
                }
            }

            $($(
                #[doc = concat!("Sets [`", stringify!($optional), "`](Self#structfield.", stringify!($optional), ").")]
                #[must_use]
                pub fn $optional(mut self, value: impl Into<$otype>) -> Self {
                    self.$optional = Some(value.into());
                    self
                }
            )*)?
            $($(
                #[doc = concat!("Sets [`", stringify!($preset), "`](Self#structfield.", stringify!($preset), ").")]
                #[must_use]
                pub fn $preset(mut self, value: impl Into<$ptype>) -> Self {
                    self.$preset = value.into();
                    self
                }
            )*)?
            $($(
                #[doc = concat!("Sets [`", stringify!($filter), "`](Self#structfield.", stringify!($filter), ").")]
                #[must_use]
                pub fn $filter(mut self, value: impl Into<crate::types::Filter<$ftype>>) -> Self {
                    self.$filter = value.into();
                    self
                }
            )*)?
        }
    };
}

pub(crate) use request;

/// A key that no other request has: 32 hexadecimal digits, for writes that the service recognises by a key.
pub(crate) fn fresh_key() -> String {
    format!("{:032x}", fastrand::u128(..))
}

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
/// holds fields that are always sent and begin with a value (`name: type = value,`); they have setters too. Every block
/// may be left out, in this order.
///
/// After its documentation a field may have `#[name("X-Language")]`, where it is called otherwise on the wire, and
/// `#[via(…)]`, where it is read and written in a [`Way`](crate::types::fields::Way) of its own. In JSON only the
/// required fields must be there.
macro_rules! request {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(required { $($(#[doc $($rdoc:tt)*])* $(#[name($rname:literal)])? $(#[via($rway:ty)])? $required:ident: $rtype:ty,)* })?
            $(optional { $($(#[doc $($odoc:tt)*])* $(#[name($oname:literal)])? $(#[via($oway:ty)])? $optional:ident: $otype:ty,)* })?
            $(preset { $($(#[doc $($pdoc:tt)*])* $(#[name($pname:literal)])? $(#[via($pway:ty)])? $preset:ident: $ptype:ty = $value:expr,)* })?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($($(#[doc $($rdoc)*])* pub $required: $rtype,)*)?
            $($($(#[doc $($odoc)*])* pub $optional: Option<$otype>,)*)?
            $($($(#[doc $($pdoc)*])* pub $preset: $ptype,)*)?
        }

        impl $crate::types::fields::Fields for $name {
            const NAME: &'static str = stringify!($name);
            const FIELDS: &'static [&'static str] = &[
                $($($crate::types::fields::wire_name!($required $($rname)?),)*)?
                $($($crate::types::fields::wire_name!($optional $($oname)?),)*)?
                $($($crate::types::fields::wire_name!($preset $($pname)?),)*)?
            ];

            #[allow(unused_mut, unused_imports)] // a request without fields
            fn read<'de, A: serde::de::MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
                use $crate::types::fields::{need, next_field, put_field, skip, wire_name};
                #[allow(non_camel_case_types, dead_code)] // the fields' own names
                enum Field { $($($required,)*)? $($($optional,)*)? $($($preset,)*)? }
                let mut order = $crate::types::fields::Order::default();
                $($(let mut $required: Option<$rtype> = None;)*)?
                $($(let mut $optional: Option<$otype> = None;)*)?
                $($(let mut $preset: Option<$ptype> = None;)*)?
                while let Some(found) = next_field(map, Self::FIELDS, &mut order)? {
                    match found {
                        $($(field if field == Field::$required as usize => put_field!($required, map, order $(, $rway)?),)*)?
                        $($(field if field == Field::$optional as usize => put_field!($optional, map, order $(, $oway)?),)*)?
                        $($(field if field == Field::$preset as usize => put_field!($preset, map, order $(, $pway)?),)*)?
                        _ => skip(map),
                    }?;
                }
                Ok(Self {
                    $($($required: need($required, wire_name!($required $($rname)?))?,)*)?
                    $($($optional,)*)?
                    $($($preset: $preset.unwrap_or_else(|| $value),)*)?
                })
            }

            #[allow(unused_variables, unused_imports)] // a request without fields
            fn write<S: serde::ser::SerializeStruct>(&self, to: &mut $crate::types::fields::Writer<S>) {
                use $crate::types::fields::{wire_name, write_field};
                $($(write_field!(to.field(wire_name!($required $($rname)?), self.$required $(, $rway)?));)*)?
                $($(write_field!(to.optional(wire_name!($optional $($oname)?), self.$optional $(, $oway)?));)*)?
                $($(write_field!(to.field(wire_name!($preset $($pname)?), self.$preset $(, $pway)?));)*)?
            }
        }

        $crate::types::fields::through_fields!($name);

        #[allow(clippy::new_without_default)] // a request without required fields is still made by `new`
        impl $name {
            /// The request with what it must have; everything else is left to the service.
            #[allow(clippy::too_many_arguments)] // as many as the documentation requires
            pub fn new($($($required: impl Into<$rtype>,)*)?) -> Self {
                Self {
                    $($($required: $required.into(),)*)?
                    $($($optional: None,)*)?
                    $($($preset: $value,)*)?
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
        }
    };
}

pub(crate) use request;

/// A key that no other request has: 32 hexadecimal digits, for writes that the service matches by a key.
pub(crate) fn fresh_key() -> String {
    format!("{:032x}", fastrand::u128(..))
}

//! The macro behind request structs.

/// A request, or a part of one: required fields become arguments of `new`, optional ones setters.
///
/// ```text
/// request! {
///     /// What the operation does …
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
/// gives `pub customer_id: CustomerId` and `pub limit: Option<u32>` (left out of the JSON when `None`), `new` and the
/// setter `limit`. A third block, `preset`, holds fields that are always sent and begin with a value
/// (`name: type = value,`); they have setters too. Every block may be left out, in this order.
///
/// Numbers, booleans, amounts, times, days and cycles are taken as they are, so that literals and `"…".parse()?` need
/// no type; lists are taken from anything that can be iterated; everything else by `Into`.
///
/// After its documentation a field may have `#[name("X-Language")]`, where it is called otherwise on the wire, and
/// `#[with(…)]`, where it is read and written in a way of its own. In JSON only the required fields must be there.
#[doc(hidden)]
#[macro_export]
macro_rules! __request {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(required { $(
                $(#[doc $($rdoc:tt)*])* $(#[name($rname:literal)])? $(#[with($rcodec:ty)])?
                $required:ident: $($rtype:ident)::+ $(<$($rinner:ty),+>)?,
            )* })?
            $(optional { $(
                $(#[doc $($odoc:tt)*])* $(#[name($oname:literal)])? $(#[with($ocodec:ty)])?
                $optional:ident: $($otype:ident)::+ $(<$($oinner:ty),+>)?,
            )* })?
            $(preset { $(
                $(#[doc $($pdoc:tt)*])* $(#[name($pname:literal)])? $(#[with($pcodec:ty)])?
                $preset:ident: $($ptype:ident)::+ $(<$($pinner:ty),+>)? = $value:expr,
            )* })?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($($(#[doc $($rdoc)*])* pub $required: $($rtype)::+ $(<$($rinner),+>)?,)*)?
            $($($(#[doc $($odoc)*])* pub $optional: Option<$($otype)::+ $(<$($oinner),+>)?>,)*)?
            $($($(#[doc $($pdoc)*])* pub $preset: $($ptype)::+ $(<$($pinner),+>)?,)*)?
        }

        $crate::__debug_by_shape! {
            $name { $($($required,)*)? $($($optional,)*)? $($($preset,)*)? }
        }

        impl $crate::types::fields::Fields for $name {
            const NAME: &'static str = stringify!($name);
            const FIELDS: &'static [&'static str] = &[
                $($($crate::__wire_name!($required $($rname)?),)*)?
                $($($crate::__wire_name!($optional $($oname)?),)*)?
                $($($crate::__wire_name!($preset $($pname)?),)*)?
            ];

            #[allow(unused_mut, unused_imports)] // a request without fields
            fn read<'de, A: $crate::types::fields::serde::de::MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
                use $crate::types::fields::{need, next_field, skip};
                #[allow(non_camel_case_types)] // the fields' own names
                enum Field { $($($required,)*)? $($($optional,)*)? $($($preset,)*)? }
                let mut order = $crate::types::fields::FieldOrder::default();
                $($(let mut $required: Option<$($rtype)::+ $(<$($rinner),+>)?> = None;)*)?
                $($(let mut $optional: Option<$($otype)::+ $(<$($oinner),+>)?> = None;)*)?
                $($(let mut $preset: Option<$($ptype)::+ $(<$($pinner),+>)?> = None;)*)?
                while let Some(found) = next_field(map, Self::FIELDS, &mut order)? {
                    let fields: &[Field] = &[
                        $($(Field::$required,)*)? $($(Field::$optional,)*)? $($(Field::$preset,)*)?
                    ];
                    match fields.get(found) {
                        $($(Some(Field::$required) => {
                            $crate::__put_field!($required, map, &order $(, $rcodec)?)
                        })*)?
                        $($(Some(Field::$optional) => {
                            $crate::__put_field!($optional, map, &order $(, $ocodec)?)
                        })*)?
                        $($(Some(Field::$preset) => {
                            $crate::__put_field!($preset, map, &order $(, $pcodec)?)
                        })*)?
                        _ => skip(map),
                    }?;
                }
                Ok(Self {
                    $($($required: need($required, $crate::__wire_name!($required $($rname)?))?,)*)?
                    $($($optional,)*)?
                    $($($preset: $preset.unwrap_or_else(|| $value),)*)?
                })
            }

            #[allow(unused_variables)] // a request without fields
            fn write<S: $crate::types::fields::serde::ser::SerializeStruct>(
                &self,
                to: &mut $crate::types::fields::Writer<S>,
            ) {
                $($($crate::__write_field!(
                    to.field($crate::__wire_name!($required $($rname)?), self.$required $(, $rcodec)?)
                );)*)?
                $($($crate::__write_field!(
                    to.optional($crate::__wire_name!($optional $($oname)?), self.$optional $(, $ocodec)?)
                );)*)?
                $($($crate::__write_field!(
                    to.field($crate::__wire_name!($preset $($pname)?), self.$preset $(, $pcodec)?)
                );)*)?
            }
        }

        $crate::__through_fields!($name);

        $crate::__describe_request! {
            $name
            $($({
                true; $required $($rname)?; $($rtype)::+ $(<$($rinner),+>)?; [$($rcodec)?];
                $($crate::__doc_text!($($rdoc)*)),*
            })*)?
            $($({
                false; $optional $($oname)?; $($otype)::+ $(<$($oinner),+>)?; [$($ocodec)?];
                $($crate::__doc_text!($($odoc)*)),*
            })*)?
            $($({
                false; $preset $($pname)?; $($ptype)::+ $(<$($pinner),+>)?; [$($pcodec)?];
                $($crate::__doc_text!($($pdoc)*)),*
            })*)?
        }

        $crate::__new! {
            $name [] []
            $($({ $required $($rtype)::+ $(<$($rinner),+>)? })*)?;
            $($($optional: None,)*)? $($($preset: $value,)*)?
        }

        impl $name {
            $($($crate::__setter! { $optional Some $($otype)::+ $(<$($oinner),+>)? })*)?
            $($($crate::__setter! { $preset plain $($ptype)::+ $(<$($pinner),+>)? })*)?

            /// Calls a setter if there is a value: `request.maybe(limit, Self::limit)` for a `limit: Option<u32>`.
            #[must_use]
            pub fn maybe<T>(self, value: Option<T>, setter: impl FnOnce(Self, T) -> Self) -> Self {
                $crate::types::fields::set_if_some(self, value, setter)
            }
        }
    };
}

/// `new`, with the type of each argument chosen as for [`__setter!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __new {
    ($name:ident [$($args:tt)*] [$($fields:tt)*] { $field:ident Vec<$item:ty> } $($rest:tt)*) => {
        $crate::__new! {
            $name
            [$($args)* $field: impl IntoIterator<Item = impl Into<$item>>,]
            [$($fields)* $field: $field.into_iter().map(Into::into).collect(),]
            $($rest)*
        }
    };
    ($name:ident [$($args:tt)*] [$($fields:tt)*] { $field:ident $kind:ident } $($rest:tt)*) => {
        $crate::__new! { @ $kind $kind $name [$($args)*] [$($fields)*] $field $($rest)* }
    };
    ($name:ident [$($args:tt)*] [$($fields:tt)*] { $field:ident $kind:ty } $($rest:tt)*) => {
        $crate::__new! { $name [$($args)* $field: impl Into<$kind>,] [$($fields)* $field: $field.into(),] $($rest)* }
    };
    ($name:ident [$($args:tt)*] [$($fields:tt)*]; $($others:tt)*) => {
        #[allow(clippy::new_without_default)] // a request without required fields is still made by `new`
        impl $name {
            /// Creates the request from its required parameters; everything else is left to the service.
            #[inline]
            #[allow(clippy::too_many_arguments)] // as many as the documentation requires
            pub fn new($($args)*) -> Self {
                Self { $($fields)* $($others)* }
            }
        }
    };
    (@ bool $($rest:tt)*) => { $crate::__new! { @@ $($rest)* } };
    (@ u8 $($rest:tt)*) => { $crate::__new! { @@ $($rest)* } };
    (@ u16 $($rest:tt)*) => { $crate::__new! { @@ $($rest)* } };
    (@ u32 $($rest:tt)*) => { $crate::__new! { @@ $($rest)* } };
    (@ u64 $($rest:tt)*) => { $crate::__new! { @@ $($rest)* } };
    (@ i32 $($rest:tt)*) => { $crate::__new! { @@ $($rest)* } };
    (@ i64 $($rest:tt)*) => { $crate::__new! { @@ $($rest)* } };
    (@ Amount $($rest:tt)*) => { $crate::__new! { @@ $($rest)* } };
    (@ UtcTime $($rest:tt)*) => { $crate::__new! { @@ $($rest)* } };
    (@ LocalTime $($rest:tt)*) => { $crate::__new! { @@ $($rest)* } };
    (@ Day $($rest:tt)*) => { $crate::__new! { @@ $($rest)* } };
    (@ BillCycle $($rest:tt)*) => { $crate::__new! { @@ $($rest)* } };
    (@@ $kind:ident $name:ident [$($args:tt)*] [$($fields:tt)*] $field:ident $($rest:tt)*) => {
        $crate::__new! { $name [$($args)* $field: $kind,] [$($fields)* $field,] $($rest)* }
    };
    (@ $other:ident $kind:ident $name:ident [$($args:tt)*] [$($fields:tt)*] $field:ident $($rest:tt)*) => {
        $crate::__new! { $name [$($args)* $field: impl Into<$kind>,] [$($fields)* $field: $field.into(),] $($rest)* }
    };
}

/// A setter. Numbers, booleans, amounts and times are taken as they are, lists as iterators, the rest by `Into`.
#[doc(hidden)]
#[macro_export]
macro_rules! __setter {
    ($field:ident $wrap:ident bool) => { $crate::__setter! { @ $field $wrap bool } };
    ($field:ident $wrap:ident u8) => { $crate::__setter! { @ $field $wrap u8 } };
    ($field:ident $wrap:ident u16) => { $crate::__setter! { @ $field $wrap u16 } };
    ($field:ident $wrap:ident u32) => { $crate::__setter! { @ $field $wrap u32 } };
    ($field:ident $wrap:ident u64) => { $crate::__setter! { @ $field $wrap u64 } };
    ($field:ident $wrap:ident i32) => { $crate::__setter! { @ $field $wrap i32 } };
    ($field:ident $wrap:ident i64) => { $crate::__setter! { @ $field $wrap i64 } };
    ($field:ident $wrap:ident Amount) => { $crate::__setter! { @ $field $wrap Amount } };
    ($field:ident $wrap:ident UtcTime) => { $crate::__setter! { @ $field $wrap UtcTime } };
    ($field:ident $wrap:ident LocalTime) => { $crate::__setter! { @ $field $wrap LocalTime } };
    ($field:ident $wrap:ident Day) => { $crate::__setter! { @ $field $wrap Day } };
    ($field:ident $wrap:ident BillCycle) => { $crate::__setter! { @ $field $wrap BillCycle } };
    ($field:ident $wrap:ident Vec<$item:ty>) => {
        #[doc = concat!("Sets the list [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
        #[must_use]
        #[inline]
        pub fn $field(mut self, values: impl IntoIterator<Item = impl Into<$item>>) -> Self {
            self.$field = $crate::__wrap!($wrap values.into_iter().map(Into::into).collect());
            self
        }
    };
    ($field:ident $wrap:ident $type:ty) => {
        #[doc = concat!("Sets the parameter [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
        #[must_use]
        #[inline]
        pub fn $field(mut self, value: impl Into<$type>) -> Self {
            self.$field = $crate::__wrap!($wrap value.into());
            self
        }
    };
    (@ $field:ident $wrap:ident $type:ident) => {
        #[doc = concat!("Sets the parameter [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
        #[must_use]
        #[inline]
        pub fn $field(mut self, value: $type) -> Self {
            self.$field = $crate::__wrap!($wrap value);
            self
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __wrap {
    (Some $value:expr) => {
        Some($value)
    };
    (plain $value:expr) => {
        $value
    };
}

pub(crate) use __request as request;

/// A key that no other request has: 32 hexadecimal digits from the operating system's generator, for writes that the
/// service matches by a key.
///
/// Empty where there are no random numbers, as in WebAssembly without a generator: a guessed key could be that of another
/// process, whose write would then be taken for this one. The field of a key must not be empty, so the request is refused
/// before it is sent.
pub(crate) fn fresh_key() -> String {
    let mut bytes = [0_u8; 16];
    match getrandom::getrandom(&mut bytes) {
        Ok(()) => hex::encode(bytes),
        Err(_) => String::new(),
    }
}

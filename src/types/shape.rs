//! `Debug` of requests, responses and records: the shape of free text and of maps, and the value of everything else.
//!
//! A text may be about a person wherever people write it: remarks, reasons, names that customers give, replies to forms. So
//! a text is shown only where its field is in a list of this file, and is `***` everywhere else. A new field is masked
//! until it is put into a list. Ids and codes are shown only where they look like one, because a service may write
//! anything into any field.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
};

use serde_json::{Map, Value, value::RawValue};

/// Text of which `Debug` shows the shape.
pub trait FreeText {
    /// Writes the shape.
    ///
    /// # Errors
    /// Only those of the formatter.
    fn shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Whether all of its texts pass a test.
    fn all(&self, _test: fn(&str) -> bool) -> bool {
        false
    }
}

/// Whether a text can be an id or a code: visible ASCII characters without spaces, and no e-mail address.
pub fn is_word(text: &str) -> bool {
    text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'@')
}

/// Whether a text can be a time, a size, a rate or a colour: words with digits, a few at most.
fn is_number(text: &str) -> bool {
    let has_digit = |word: &str| word.starts_with('#') || word.contains(|c: char| c.is_ascii_digit());
    text.split(' ').count() <= 3 && text.split(' ').all(|word| is_word(word) && has_digit(word))
}

/// Shows the shape of a text.
pub(super) struct Shape<'v, T: ?Sized>(pub(super) &'v T);

impl<T: FreeText + ?Sized> fmt::Debug for Shape<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.shape(f)
    }
}

/// Number of entries between brackets.
fn count(f: &mut fmt::Formatter<'_>, open: char, entries: usize, close: char) -> fmt::Result {
    let noun = if entries == 1 { "entry" } else { "entries" };
    write!(f, "{open}{entries} {noun}{close}")
}

impl FreeText for str {
    fn shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Empty text means something to the service and tells nothing.
        f.write_str(if self.is_empty() { "\"\"" } else { "***" })
    }

    fn all(&self, test: fn(&str) -> bool) -> bool {
        test(self)
    }
}

impl FreeText for String {
    fn shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().shape(f)
    }

    fn all(&self, test: fn(&str) -> bool) -> bool {
        test(self)
    }
}

impl FreeText for Box<str> {
    fn shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).shape(f)
    }

    fn all(&self, test: fn(&str) -> bool) -> bool {
        test(self)
    }
}

impl<T: FreeText + ?Sized> FreeText for &T {
    fn shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).shape(f)
    }

    fn all(&self, test: fn(&str) -> bool) -> bool {
        (**self).all(test)
    }
}

impl<T: FreeText> FreeText for Option<T> {
    fn shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_ref().map(Shape), f)
    }

    fn all(&self, test: fn(&str) -> bool) -> bool {
        self.as_ref().is_none_or(|value| value.all(test))
    }
}

impl<T: FreeText> FreeText for Vec<T> {
    fn shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        count(f, '[', self.len(), ']')
    }

    fn all(&self, test: fn(&str) -> bool) -> bool {
        self.iter().all(|value| value.all(test))
    }
}

impl<T> FreeText for BTreeSet<T> {
    fn shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        count(f, '{', self.len(), '}')
    }
}

impl<K, V> FreeText for BTreeMap<K, V> {
    fn shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        count(f, '{', self.len(), '}')
    }
}

impl<K, V, S> FreeText for HashMap<K, V, S> {
    fn shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        count(f, '{', self.len(), '}')
    }
}

impl FreeText for Map<String, Value> {
    fn shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        count(f, '{', self.len(), '}')
    }
}

impl FreeText for Value {
    fn shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(_) | Self::Number(_) => f.write_str("***"),
            Self::String(text) => text.shape(f),
            Self::Array(rows) => rows.shape(f),
            Self::Object(fields) => fields.shape(f),
        }
    }
}

impl FreeText for Box<RawValue> {
    fn shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.get().len())
    }
}

/// Shows an id of a type, unless it is a text that no id is: such a text may be about a person.
pub(crate) fn show_id(name: &str, id: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if is_word(id) {
        f.debug_tuple(name).field(&id).finish()
    } else {
        f.debug_tuple(name).field(&Shape(id)).finish()
    }
}

/// A field of a struct whose `Debug` the macros write.
///
/// They call `(&Field("name", &value)).show(…)`: the method of the reference, which shows a value as its own `Debug`
/// does, is found only where the type is no [`FreeText`].
#[derive(Debug)]
pub struct Field<'v, T>(pub &'static str, pub &'v T);

/// A field of free text.
pub trait Masked {
    /// Adds the field to a struct.
    fn show(&self, to: &mut fmt::DebugStruct<'_, '_>);
}

impl<T: FreeText + fmt::Debug> Masked for Field<'_, T> {
    fn show(&self, to: &mut fmt::DebugStruct<'_, '_>) {
        match shown(self.0) {
            Shown::Always => to.field(self.0, self.1),
            Shown::AsWord if self.1.all(is_word) => to.field(self.0, self.1),
            Shown::AsNumber if self.1.all(is_number) => to.field(self.0, self.1),
            _ => to.field(self.0, &Shape(self.1)),
        };
    }
}

/// A field of any other type.
pub trait Plain {
    /// Adds the field to a struct.
    fn show(&self, to: &mut fmt::DebugStruct<'_, '_>);
}

impl<T: fmt::Debug> Plain for &Field<'_, T> {
    fn show(&self, to: &mut fmt::DebugStruct<'_, '_>) {
        to.field(self.0, self.1);
    }
}

/// Implements `Debug` for a struct with these fields, so that free text is shown by its shape. All fields must be named.
#[doc(hidden)]
#[macro_export]
macro_rules! __debug_by_shape {
    ($($name:ident { $($field:ident),* $(,)? })*) => {$(
        impl ::std::fmt::Debug for $name {
            #[inline] // as that of a derive: compiled where it is used
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                #[allow(unused_imports)] // one of the two applies
                use $crate::types::shape::{Field, Masked as _, Plain as _};
                let Self { $($field),* } = self;
                #[allow(unused_mut)] // a struct without fields
                let mut shown = f.debug_struct(stringify!($name));
                $((&Field(stringify!($field), $field)).show(&mut shown);)*
                shown.finish()
            }
        }
    )*};
}

/// Whether the texts of a field are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shown {
    /// Shown whatever they are.
    Always,
    /// Shown where they look like ids and codes.
    AsWord,
    /// Shown where they look like times, sizes, rates and colours.
    AsNumber,
    /// Masked: only their shape is shown.
    Never,
}

/// Whether the texts of a field of this name are shown.
pub fn shown(field: &str) -> Shown {
    let listed = SHOWN.iter().find(|(names, _, _)| names.contains(&field));
    listed.map_or(Shown::Never, |(_, how, _)| *how)
}

/// Names of fields whose texts are shown, in groups, each with the reason.
pub const SHOWN: &[(&[&str], Shown, &str)] = &[
    (
        IDS,
        Shown::AsWord,
        "a log is searched by ids; they name an account, an order or a row and say nothing else of it",
    ),
    (CODES, Shown::AsWord, "codes, kinds and keys are words of the service's own vocabulary"),
    (SAML, Shown::AsWord, "these parts of SAML messages name services and messages"),
    (NUMBERS, Shown::AsNumber, "times, sizes, rates and colours that the service writes as text"),
    (
        CATALOGUE,
        Shown::Always,
        "names of the service's published catalogue: products, services, regions, units, forms",
    ),
];

const SAML: &[&str] = &[
    "assertion_consumer_service_url",
    "audience",
    "destination",
    "in_response_to",
    "issuer",
    "name_id_format",
    "protocol_binding",
    "sp_name_qualifier",
];

/// Ids, and the positions of lists and verified contacts, which are serial numbers.
const IDS: &[&str] = &[
    "account_change_id",
    "account_id",
    "agency_id",
    "be_id",
    "business_type_id",
    "candidates",
    "card_id",
    "case_sub_type_id",
    "check_id",
    "commerce_id",
    "commodity_id",
    "content_type_id",
    "contract_id",
    "customer_id",
    "discount_id",
    "domain_id",
    "enterprise_project_id",
    "free_resource_id",
    "free_resource_ids",
    "group_id",
    "host_id",
    "id",
    "incident_id",
    "incident_log_id",
    "incident_product_category_id",
    "incident_sub_type_id",
    "incident_template_id",
    "instance_id",
    "item_id",
    "item_ids",
    "job_id",
    "label_id",
    "label_id_list",
    "last_message_time_id",
    "marker",
    "message_id",
    "next_marker",
    "offering_id",
    "operator_id",
    "order_instance_id",
    "order_line_item_id",
    "order_line_item_ids",
    "org_id",
    "parent_id",
    "party_id",
    "payment_channel_id",
    "pre_order_id",
    "product_category_id",
    "product_id",
    "product_ids",
    "project_id",
    "promotion_id",
    "promotion_plan_id",
    "record",
    "region_id",
    "relation_id",
    "request_id",
    "resource_id",
    "resource_type_id",
    "root_id",
    "sales_id",
    "sat_category_id",
    "severity_id",
    "source_id",
    "src_request_id",
    "step_id",
    "sub_customer_id",
    "target",
    "tenant_id",
    "tenant_source_id_list",
    "trade_id",
    "trans_id",
    "transfer_id",
    "trust_domain_id",
    "use_limit_info_id",
    "user_id",
    "verified_email",
    "verified_id",
    "verified_phone",
    "visit_type_id",
    "x_customer_id",
    "xaccount_id",
    "xcustomer_id",
];

const CODES: &[&str] = &[
    "accumulation_cycle_type",
    "apply_scene",
    "area_code",
    "areacode",
    "availability_zone_code",
    "available_zone",
    "az_code",
    "billing_usage_factor",
    "category_code",
    "charge_event_code",
    "city_code",
    "cloud_service_type",
    "cloud_service_types",
    "code",
    "commerce_code",
    "commercial_resource",
    "commercial_resource_type",
    "config_key",
    "contact_type",
    "country_code",
    "domain_area",
    "error_code",
    "incident_service_type",
    "incident_status",
    "invoice_mode",
    "kind",
    "limit_file_type",
    "limit_key",
    "limit_type",
    "login_type",
    "oper_result",
    "operate_type",
    "param_key",
    "product_owner_service",
    "progress",
    "promotion_type",
    "province_code",
    "reg_country",
    "region",
    "region_code",
    "resource_spec",
    "resource_spec_code",
    "resource_type",
    "resource_type_code",
    "service_type_code",
    "service_type_code_list",
    "site_code",
    "sku_code",
    "sku_family_code",
    "status",
    "sub_resource_type_code",
    "sub_service_type_code",
    "usage_factor",
    "usage_type",
    "usage_type_code",
    "xaccount_type",
];

const NUMBERS: &[&str] = &[
    "bill_cycle",
    "color",
    "consume_time",
    "create_time",
    "duration",
    "expire_time",
    "file_size",
    "operate_time",
    "remind_time",
    "service_time_zone",
    "step_no",
    "tax_rate",
    "version",
];

const CATALOGUE: &[&str] = &[
    "abbreviation",
    "agreement_name",
    "agreement_type_name",
    "area_name",
    "az_name",
    "business_type_name",
    "check_name",
    "check_name_en",
    "cloud_service_type_name",
    "content_type_name",
    "dc_name",
    "free_resource_type_name",
    "incident_product_category_acronym",
    "incident_product_category_name",
    "incident_sub_type_name",
    "incident_type_name",
    "measure_name",
    "pricing_basis",
    "product_category_name",
    "product_name",
    "product_spec_desc",
    "product_spec_name",
    "region_name",
    "resource_spec_name",
    "resource_type_name",
    "sat_category_name",
    "satisfaction_name",
    "service_type_name",
    "severity_name",
    "site_name",
    "sku_family_name",
    "source_name",
    "sub_resource_type_name",
    "sub_service_type_name",
    "unit",
    "usage_type_name",
    "value_unit",
    "visit_type_name",
];

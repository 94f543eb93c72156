//! Promises of the public interface to users of the crate: fields and codes that may be added, names that
//! mean one thing, errors that are types, and standard traits.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

#[path = "support/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};

use huaweicloud_partner::types::{
    self, Amount, AmountText, AssociationType, BillCycle, Currency, CustomerId, Day, DayOrCycle, Language,
    LocalTime, MeasureUnit, Money, OrderId, PartnerId, Personal, QuotaId, ResellerId, ResourceId, Secret,
    Site, TimeZone, UtcTime, VoucherId,
};
use source::{Source, companions, sdk};

/// A declaration of a type, with its attributes.
struct Declared<'s> {
    source: &'s Source,
    kind: &'s str,
    name: &'s str,
    attributes: Vec<&'s str>,
    /// The macro around it, such as `response`, where there is one.
    by_macro: Option<&'s str>,
    has_public_fields: bool,
}

/// The public structs and enums of a file, outside of tests and of the bodies of macros.
fn declarations(source: &Source) -> Vec<Declared<'_>> {
    let lines: Vec<&str> = source.code.lines().collect();
    let mut found = Vec::new();
    let mut in_macro = false;
    for (index, line) in lines.iter().enumerate() {
        if line.starts_with("macro_rules!") {
            in_macro = true;
        } else if line.starts_with('}') {
            in_macro = false;
        }
        let words: Vec<&str> = line.trim_start().splitn(4, [' ', '<', '(', ';', '{', ':']).collect();
        let ["pub", kind @ ("struct" | "enum"), name, ..] = words[..] else { continue };
        if in_macro || name.starts_with('$') {
            continue;
        }
        let mut attributes = Vec::new();
        let mut above = index;
        while above > 0 && lines[above - 1].trim_start().starts_with("#[") {
            above -= 1;
            attributes.push(lines[above].trim());
        }
        let opening = above.checked_sub(1).map(|above| lines[above].trim());
        let by_macro = opening
            .and_then(|line| line.strip_suffix("! {"))
            .map(|name| name.rsplit("::").next().unwrap_or(name));
        let body = lines[index + 1..].iter().take_while(|line| !line.starts_with('}'));
        let has_public_fields = !line.ends_with(';')
            && !line.contains('(')
            && body.take_while(|line| line.starts_with(' ')).any(|line| {
                let line = line.trim_start();
                line.starts_with("pub ") && line.contains(": ")
            });
        found.push(Declared { source, kind, name, attributes, by_macro, has_public_fields });
    }
    found
}

/// Types whose fields or variants are all there ever will be, or that a program fills in by a struct literal.
const COMPLETE: &[(&str, &str)] = &[
    ("AccessKeys", "an input: id, secret, and the token of temporary keys"),
    ("BillClass", "a classification by this crate: programs match all of it"),
    ("Body", "here or still arriving: a third case would break every transport"),
    ("DayOrCycle", "its name says what it is"),
    ("Method", "the methods of HTTP that the service uses; programs match all of them"),
    ("Money", "amount, unit and currency"),
    ("Network", "an input of credential sources of a program's own"),
    ("PasswordLogin", "an input: account, user and password"),
    ("Payload", "bytes or none"),
    ("RateLimit", "a number of calls in a number of seconds"),
    ("TimeWindow", "from and until"),
];

/// Macros that put `#[non_exhaustive]` on what they declare; the next test looks at their text.
const MACROS: &[&str] = &[
    "response",
    "open_enum",
    "open_codes",
    "request",
    "operation",
    "ticket_operation",
    "named",
    "states",
    "events",
];

#[test]
fn every_public_struct_and_enum_can_gain_fields_and_variants() {
    let mut wrong = Vec::new();
    for source in sdk() {
        // The forms, events and records of workflows are filled in by programs, with struct literals.
        let workflows = source.path.starts_with("src/workflows");
        for declared in declarations(&source) {
            let marked = declared.attributes.iter().any(|attribute| attribute.contains("non_exhaustive"));
            let macro_marks = declared.by_macro.is_some_and(|name| MACROS.contains(&name));
            let open = declared.kind == "struct" && !declared.has_public_fields;
            let complete = COMPLETE.iter().any(|(name, _)| *name == declared.name);
            if !(marked || macro_marks || open || complete || workflows) {
                wrong.push(format!("{}: {} {}", declared.source.path, declared.kind, declared.name));
            }
        }
    }
    assert!(wrong.is_empty(), "without #[non_exhaustive]:\n{}", wrong.join("\n"));
}

#[test]
fn the_macros_of_responses_requests_and_codes_declare_non_exhaustive_types() {
    let sources: BTreeMap<String, String> =
        sdk().into_iter().map(|source| (source.path, source.code)).collect();
    for (path, name, declares) in [
        ("src/types/fields.rs", "response", "pub struct $name {"),
        ("src/types/open_enum.rs", "open_enum", "pub enum $name {"),
        ("src/types/open_enum.rs", "open_codes", "pub enum $name {"),
        ("src/operation/request.rs", "__request", "pub struct $name {"),
        ("src/workflows/engine/mod.rs", "named", "pub enum $name {"),
    ] {
        let text = sources[path].split(&format!("macro_rules! {name} {{")).nth(1).unwrap();
        let expansion = text.split(") => {").nth(1).unwrap();
        let before = expansion.split(declares).next().unwrap();
        assert!(before.contains("#[non_exhaustive]"), "{path}: {name}");
    }
}

/// Every response is `Default` and has `build` because its macro says so; these are made by hand.
#[test]
fn a_response_is_built_for_a_test_by_a_closure_or_by_fields() {
    use huaweicloud_partner::{
        error::ItemError,
        fill,
        resellers::{Reseller, ResellerPage},
        vouchers::DiscountPage,
    };
    let by_closure = ResellerPage::build(|page| {
        page.indirect_partners.push(Reseller::build(|reseller| reseller.indirect_partner_id = "r1".into()));
    });
    let by_fields =
        fill!(ResellerPage { indirect_partners: vec![fill!(Reseller { indirect_partner_id: "r1".into() })] });
    assert_eq!(by_closure, by_fields);
    let more = fill!(ResellerPage { count: Some(2), ..by_fields });
    assert_eq!((more.count, more.indirect_partners.len()), (Some(2), 1));
    assert_eq!(fill!(DiscountPage { total_count: Some(0) }).total_count, Some(0));
    assert_eq!(fill!(ItemError { id: "c1".to_owned() }).id, "c1");
}

#[test]
fn a_code_that_a_response_does_not_have_is_none() {
    use huaweicloud_partner::{customers::AccountBalance, resellers::QuotaRecord, types::decode_str};
    for text in [r#"{"account_type":null}"#, r#"{"account_type":""}"#, "{}"] {
        assert_eq!(decode_str::<AccountBalance>(text).unwrap().account_type, None, "{text}");
    }
    assert_eq!(decode_str::<QuotaRecord>(r#"{"result":""}"#).unwrap().result, None);
    let mut wrong = Vec::new();
    let sources = sdk();
    let codes: BTreeSet<&str> = sources
        .iter()
        .flat_map(declarations)
        .filter(|declared| matches!(declared.by_macro, Some("open_enum" | "open_codes")))
        .map(|declared| declared.name)
        .collect();
    assert!(codes.len() > 150, "{}", codes.len());
    for source in &sources {
        for response in source.code.split("\nresponse! {").skip(1) {
            let body = response.split("\n}").next().unwrap();
            for line in body.lines().filter(|line| line.starts_with("        pub ")) {
                let (field, kind) = line.trim().trim_end_matches(',').split_once(": ").unwrap();
                if codes.contains(kind) {
                    wrong.push(format!("{}: {field}: {kind}", source.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "codes that cannot be missing:\n{}", wrong.join("\n"));
}

/// The public functions of a file and the functions of its public traits, each signature on one line.
fn signatures(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for after in source.code.split("\npub trait ").skip(1) {
        let body = after.split("\n}").next().unwrap();
        for signature in body.split(" fn ").skip(1).filter_map(|rest| rest.split([';', '{']).next()) {
            found.push(format!("fn {}", signature.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
    }
    let mut rest = source.code.as_str();
    while let Some(at) = rest.find("pub ") {
        rest = &rest[at + 4..];
        let head: String = rest.chars().take(30).collect();
        if head.split_whitespace().take(3).any(|word| word == "fn") {
            let signature = rest.split([';', '{']).next().unwrap();
            found.push(signature.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    found
}

/// The text of the block, such as `impl Name {`, that begins a line of a source.
fn block<'s>(source: &'s Source, opening: &str) -> Option<&'s str> {
    let (_, after) = source.code.split_once(&format!("\n{opening}"))?;
    after.split("\n}").next()
}

#[test]
fn a_response_with_amount_unit_and_currency_offers_money() {
    let mut seen = 0;
    let mut without = Vec::new();
    for source in sdk().iter().filter(|source| source.path.starts_with("src/api/")) {
        for declared in declarations(source).iter().filter(|one| one.by_macro == Some("response")) {
            let name = declared.name;
            let Some(fields) = block(source, &format!("response! {{\n    pub struct {name} {{")) else {
                continue;
            };
            let has = |field: &str| fields.contains(field);
            if !(has(": Option<Amount>") && has("pub measure_id:") && has("pub currency:")) {
                continue;
            }
            seen += 1;
            let by_macro = source.code.contains(&format!("\nmoney_methods! {{\n    {name} {{"));
            let by_hand =
                block(source, &format!("impl {name} {{")).is_some_and(|text| text.contains("Result<Money,"));
            if !by_macro && !by_hand {
                without.push(format!("{}: {name}", source.path));
            }
        }
    }
    assert!(seen > 10, "{seen}");
    assert!(without.is_empty(), "responses from which no Money can be had:\n{}", without.join("\n"));
}

#[test]
fn errors_are_types_and_results_do_not_nest() {
    let mut wrong = Vec::new();
    for source in sdk().into_iter().chain(companions()) {
        for signature in signatures(&source) {
            let text = signature.replace(' ', "");
            let returned = text.split("->").last().unwrap_or_default();
            let in_words = returned.starts_with("Result<")
                && (returned.ends_with(",String>") || returned.ends_with("str>"));
            let nested = ["Result<Result<", "Option<Option<", "Result<Option<Result<"]
                .iter()
                .any(|nest| returned.contains(nest));
            if in_words || nested {
                wrong.push(format!("{}: {signature}", source.path));
            }
        }
    }
    // The text and the number of an argument are looked at by a hidden trait.
    wrong.retain(|line| !line.contains("check.rs"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn outcomes_other_than_executed_can_be_returned_as_errors() {
    use huaweicloud_partner::journal::{NotExecuted, PartlyExecuted, Pending, Undecided};
    fn is_an_error<T: std::error::Error + Send + Sync + 'static>() {}
    is_an_error::<NotExecuted>();
    is_an_error::<PartlyExecuted>();
    is_an_error::<Pending>();
    is_an_error::<Undecided>();
}

#[test]
fn every_error_type_is_exported() {
    let mut wrong = Vec::new();
    let (sdk, companions) = (sdk(), companions());
    for sources in [&sdk, &companions] {
        let exports: String = sources
            .iter()
            .flat_map(|source| source.code.split("pub use ").skip(1))
            .map(|after| after.split(';').next().unwrap())
            .collect::<Vec<_>>()
            .join(" ");
        let exported: BTreeSet<&str> = exports.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        for source in sources {
            for declared in declarations(source) {
                let error = declared
                    .attributes
                    .iter()
                    .any(|attribute| attribute.contains("Error)") || attribute.contains("thiserror"))
                    || source.code.contains(&format!("Error for {} {{", declared.name));
                // What is declared in a module's own file is public by its place.
                let in_front = source.path.ends_with("/mod.rs") || source.path.ends_with("lib.rs");
                if error && !in_front && !exported.contains(declared.name) {
                    wrong.push(format!("{}: {}", source.path, declared.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "error types that cannot be named:\n{}", wrong.join("\n"));
}

/// Public names that stand for more than one type, and why that is right.
const SHARED_NAMES: &[(&str, &str)] = &[
    ("AccountBalance", "the account of a partner and of a customer; the module says whose"),
    ("AccountChange", "a line in the ledger of a partner and of a customer; the module says whose"),
    ("AccountChangePage", "as AccountChange"),
    ("ListAccountChanges", "as AccountChange"),
    ("Client", "the client, and the one whose methods wait: `blocking::Client`"),
    ("Download", "as Client"),
    ("Column", "of a statement file and of a table that is exported, in modules of the billing crate"),
    ("Attachment", "of a ticket, and in the sandbox of a resource to another"),
    ("Check", "of arguments, and in the billing crate of a bill"),
    ("Difference", "between bills, and in the sandbox between responses"),
    ("Error", "each crate has one"),
    ("Member", "of an enterprise, and in the billing crate of a statement archive"),
    ("State", "of a workflow record, and in the sandbox of everything"),
    ("Statement", "of incentives, and in the billing crate the bill file"),
];

#[test]
fn no_public_name_has_two_meanings() {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sdk().into_iter().chain(companions()) {
        for line in source.code.lines() {
            let words: Vec<&str> = line.trim_start().splitn(4, [' ', '<', '(', ';', '{', ':']).collect();
            if let ["pub", "struct" | "enum" | "trait" | "type" | "union", name, ..] = words[..]
                && !name.starts_with('$')
            {
                places.entry(name.to_owned()).or_default().insert(source.path.clone());
            }
        }
    }
    places.retain(|_, paths| paths.len() > 1);
    let found: BTreeSet<&str> = places.keys().map(String::as_str).collect();
    let accepted: BTreeSet<&str> = SHARED_NAMES.iter().map(|(name, _)| *name).collect();
    let new: Vec<_> = found.difference(&accepted).map(|name| (name, &places[*name])).collect();
    assert!(new.is_empty(), "names with two meanings: {new:?}");
    let gone: Vec<_> = accepted.difference(&found).collect();
    assert!(gone.is_empty(), "accepted, but no longer there twice: {gone:?}");
}

fn is_a_value<T>()
where
    T: Clone + std::fmt::Debug + PartialEq + Send + Sync + Unpin + 'static,
{
}

fn is_a_key<T: Eq + std::hash::Hash>() {
    is_a_value_of_std::<T>();
}

fn is_a_value_of_std<T>() {}

fn is_stored<T: serde::Serialize + serde::de::DeserializeOwned>() {}

fn is_read_and_written_as_text<T: std::fmt::Display + std::str::FromStr>() {}

/// Calls the checks for each type.
macro_rules! hold {
    ($($check:ident),+: $($type:ty),+ $(,)?) => {
        hold!(@ [$($check)+] $($type,)+)
    };
    (@ $checks:tt $($type:ty,)+) => {
        $(hold!(# $checks $type);)+
    };
    (# [$($check:ident)+] $type:ty) => {
        $($check::<$type>();)+
    };
}

#[test]
fn ids_and_small_types_have_the_standard_traits() {
    hold!(is_a_value, is_a_key, is_stored, is_read_and_written_as_text:
        PartnerId, CustomerId, ResellerId, VoucherId, QuotaId, OrderId, ResourceId,
        Amount, UtcTime, LocalTime, Day, BillCycle, Site, Currency, AssociationType,
    );
    hold!(is_a_value, is_a_key, is_stored: MeasureUnit, DayOrCycle, TimeZone, AmountText, Language);
    hold!(is_a_value, is_a_key: Money);
    // Personal data and secrets show themselves only where they are asked to.
    hold!(is_a_value, is_stored: Personal);
    fn is_secret<T: Clone + std::fmt::Debug + std::fmt::Display + From<String> + PartialEq>() {}
    is_secret::<Secret>();
    is_secret::<Personal>();
}

#[cfg(feature = "tickets")]
#[test]
fn ids_of_tickets_have_the_standard_traits() {
    use huaweicloud_partner::tickets::*;
    hold!(is_a_value, is_a_key, is_stored, is_read_and_written_as_text: TicketId, AuthorizationId);
}

/// The test above names each id of `types`; this one finds those that it forgot.
#[test]
fn no_id_is_forgotten() {
    let own = include_str!("public_api.rs");
    let ids = sdk().into_iter().find(|source| source.path == "src/types/ids.rs").unwrap();
    let block = ids.code.split("\nids! {").nth(1).unwrap().split("\n}").next().unwrap();
    let names: Vec<&str> = block.lines().filter_map(|line| line.trim().strip_suffix(';')).collect();
    assert!(names.len() >= 7, "{names:?}");
    let listed = own.split("fn ids_and_small_types_have_the_standard_traits").nth(1).unwrap();
    for name in names {
        assert!(listed.contains(&format!("{name},")), "{name}");
    }
}

#[test]
fn crates_in_signatures_are_exported_again() {
    // A program can name every type of a signature without adding the crate to its own dependencies.
    let parts: huaweicloud_partner::http::request::Parts =
        huaweicloud_partner::http::Request::new(()).into_parts().0;
    let bytes: huaweicloud_partner::bytes::Bytes = huaweicloud_partner::bytes::Bytes::new();
    let value: huaweicloud_partner::serde_json::Value = huaweicloud_partner::serde_json::Value::Null;
    let decimal: huaweicloud_partner::rust_decimal::Decimal = Amount::from(1).as_decimal();
    let span: huaweicloud_partner::time::Duration = huaweicloud_partner::time::Duration::seconds(1);
    fn stream<S: huaweicloud_partner::futures_core::Stream>() {}
    stream::<huaweicloud_partner::client::Items<huaweicloud_partner::resellers::ListResellers>>();
    fn operation<T: huaweicloud_partner::serde::Serialize>() {}
    operation::<types::Amount>();
    assert!(parts.headers.is_empty() && bytes.is_empty() && value.is_null());
    assert!(!decimal.is_zero() && span.is_positive());
}

//! All operations as data: found by name or by address, and with the feature `dynamic` described by JSON Schemas and run
//! from JSON to JSON.

#[cfg(feature = "dynamic")]
mod dynamic;
mod each;
#[cfg(feature = "dynamic")]
mod schema;
#[cfg(all(test, feature = "dynamic"))]
mod shown_tests;

use std::{collections::HashMap, sync::LazyLock};

use crate::error::{Error, ErrorKind};
use crate::operation::{Method, Operation, OperationMeta, Resolver, match_path};
#[cfg(feature = "dynamic")]
pub(crate) use dynamic::read_request;
pub(crate) use each::{each_operation, each_ticket_operation};

/// Operation in the registry: its facts, and with the feature `dynamic` the readers of its request and
/// response.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Entry {
    /// Facts about the operation, as the service documents them.
    pub meta: &'static OperationMeta,
    #[cfg(feature = "dynamic")]
    forms: dynamic::Forms,
    #[cfg(feature = "dynamic")]
    declaration: schema::Declaration,
}

impl Entry {
    /// The entry of an operation by its type, also of one that a program declares with
    /// [`operation!`](crate::operation!). [`find`] knows the crate's own operations only.
    pub const fn of<O: Operation>() -> Self {
        Self {
            meta: O::META,
            #[cfg(feature = "dynamic")]
            forms: dynamic::Forms::of::<O>(),
            #[cfg(feature = "dynamic")]
            declaration: schema::Declaration::of::<O>(),
        }
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Entry").field(self.meta).finish()
    }
}

/// All operations, in the order of the modules.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    BUSINESS.iter().chain(TICKETS)
}

/// The operation of a qualified name, such as `bss.ListIndirectPartners`. The prefix `bssintl.`, by which the official
/// SDK tells the international site apart, is taken for `bss.`.
pub fn find(name: &str) -> Option<&'static Entry> {
    let name =
        name.strip_prefix("bssintl.").map_or(name.into(), |id| std::borrow::Cow::Owned(format!("bss.{id}")));
    all().find(|entry| entry.meta.name == name)
}

/// The operation of a qualified name, as [`find`] gives it.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for a name that no operation has. Where only the service or the case is wrong, the message
/// names the operations that have this official id.
pub fn get(name: &str) -> Result<&'static Entry, Error> {
    find(name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Error {
    let wanted = name.rsplit('.').next().unwrap_or(name).trim();
    let same = |entry: &&Entry| {
        entry.meta.name.split_once('.').is_some_and(|(_, id)| id.eq_ignore_ascii_case(wanted))
    };
    let known: Vec<_> = all().filter(same).map(|entry| entry.meta.name).collect();
    let message = match known.is_empty() {
        true => {
            format!("there is no operation {name}: names are official ids such as bss.ListIndirectPartners")
        }
        false => format!("there is no operation {name}; did you mean {}?", known.join(" or ")),
    };
    Error::new(ErrorKind::InvalidInput, "", message)
}

/// The operation that an HTTP request calls: the one whose method and path fit, literal paths before paths with
/// parameters.
pub fn find_address(method: Method, path: &str) -> Option<&'static Entry> {
    static LITERAL: LazyLock<HashMap<(Method, &str), &Entry>> = LazyLock::new(|| {
        let literal = all().filter(|entry| !entry.meta.path.contains('{'));
        literal.map(|entry| ((entry.meta.method, entry.meta.path), entry)).collect()
    });
    if let Some(entry) = LITERAL.get(&(method, path)) {
        return Some(entry);
    }
    let fits = |entry: &&Entry| entry.meta.method == method && match_path(entry.meta.path, path).is_some();
    all().filter(fits).min_by_key(|entry| entry.meta.path.matches('{').count())
}

macro_rules! entries {
    ($($operation:ty,)*) => {
        &[$(Entry::of::<$operation>(),)*]
    };
}

const BUSINESS: &[Entry] = each_operation!(entries);
const TICKETS: &[Entry] = each_ticket_operation!(entries);

/// Returns the functions that resolve the writes of an operation, if its outcome can be proven.
#[inline] // compiled only where it is used
pub(crate) fn resolver(name: &str) -> Option<Resolver> {
    RESOLVERS.iter().find(|known| known.meta.name == name).copied()
}

const RESOLVERS: &[Resolver] = &[
    Resolver::of::<crate::partners::AllocateToCustomer>(),
    Resolver::of::<crate::partners::ReclaimFromCustomer>(),
    Resolver::of::<crate::resellers::AllocateToReseller>(),
    Resolver::of::<crate::resellers::ReclaimFromReseller>(),
    Resolver::of::<crate::resellers::GrantVoucherQuotas>(),
    Resolver::of::<crate::resellers::ReclaimVoucherQuotas>(),
    Resolver::of::<crate::vouchers::IssueVouchers>(),
    Resolver::of::<crate::vouchers::ReclaimVoucher>(),
    Resolver::of::<crate::customers::CreateCustomer>(),
    Resolver::of::<crate::customers::FreezeCustomers>(),
    Resolver::of::<crate::customers::UnfreezeCustomers>(),
    Resolver::of::<crate::customers::SetBudget>(),
    Resolver::of::<crate::orders::PayOrder>(),
    Resolver::of::<crate::orders::CancelOrder>(),
    Resolver::of::<crate::orders::RenewResources>(),
    Resolver::of::<crate::orders::Unsubscribe>(),
    Resolver::of::<crate::enterprise::CreateMember>(),
    Resolver::of::<crate::enterprise::TransferToMember>(),
    Resolver::of::<crate::enterprise::ReclaimFromMember>(),
    #[cfg(feature = "tickets")]
    Resolver::of::<crate::api::tickets::OpenTicket>(),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{BodyKind, Idempotency, SuccessProof};
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn the_error_for_an_unknown_name_suggests_the_qualified_one() {
        let message = |name: &str| get(name).unwrap_err().to_string();
        assert_eq!(get("bssintl.ListSubCustomers").unwrap().meta.name, "bss.ListSubCustomers");
        for name in ["ListIndirectPartners", "osm.ListIndirectPartners", "bss.listindirectpartners"] {
            let suggested = message(name);
            assert!(suggested.ends_with("did you mean bss.ListIndirectPartners?"), "{suggested}");
        }
        assert!(message("PayEverything").contains("names are official ids such as bss.ListIndirectPartners"));
        #[cfg(feature = "tickets")]
        assert!(
            message("ListSubCustomers")
                .ends_with("did you mean bss.ListSubCustomers or osm.ListSubCustomers?")
        );
    }

    #[test]
    fn every_operation_is_there_once() {
        let names: BTreeSet<_> = all().map(|entry| entry.meta.name).collect();
        assert_eq!(names.len(), all().count());
        let business = names.iter().filter(|name| name.starts_with("bss.")).count();
        assert_eq!(business, 103);
        if cfg!(feature = "tickets") {
            assert_eq!(names.len() - business, 82);
        }
        let addresses: BTreeSet<_> =
            all().map(|entry| (entry.meta.method.as_str(), entry.meta.path)).collect();
        assert_eq!(addresses.len(), all().count());
    }

    #[test]
    fn meta_is_complete_and_makes_sense() {
        for Entry { meta, .. } in all() {
            let name = meta.name;
            assert!(meta.doc.starts_with("https://support.huaweicloud.com/"), "{name}: {}", meta.doc);
            assert!(meta.path.starts_with('/') && !meta.path.ends_with('/'), "{name}");
            assert!(
                meta.sites.iter().count() > 0 && meta.rate_limit.calls > 0 && meta.rate_limit.seconds > 0,
                "{name}"
            );
            if meta.method == Method::Get {
                assert_eq!((meta.idempotency, meta.body), (Idempotency::ReadOnly, BodyKind::None), "{name}");
            }
            if meta.paging.is_some() {
                assert_eq!(meta.idempotency, Idempotency::ReadOnly, "{name}");
            }
            if let Some(query) = meta.outcome.query() {
                assert!(find(query).is_some_and(|entry| !entry.meta.is_write()), "{name}: {query}");
            }
            let keyed = meta.idempotency == Idempotency::Keyed;
            assert_eq!(keyed, meta.key_field().is_some(), "{name}");
        }
    }

    /// The fields of the response, by their wire names, in the official SDKs of the sites.
    fn documented_fields() -> BTreeMap<String, BTreeSet<String>> {
        let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for text in [
            include_str!("../../tests/data/responses_bss.json"),
            include_str!("../../tests/data/responses_bssintl.json"),
            include_str!("../../tests/data/responses_osm.json"),
        ] {
            let catalogue: serde_json::Value = serde_json::from_str(text).unwrap();
            let service = catalogue["service"].as_str().unwrap().replace("bssintl", "bss");
            for operation in catalogue["operations"].as_array().unwrap() {
                let name = format!("{service}.{}", operation["id"].as_str().unwrap());
                let model = catalogue["models"][operation["response"].as_str().unwrap()].as_object();
                let model = model.into_iter().flatten().map(|(field, _)| field.clone());
                fields.entry(name).or_default().extend(model);
            }
        }
        fields
    }

    #[test]
    fn every_write_names_a_documented_proof_of_success() {
        let documented = documented_fields();
        for Entry { meta, .. } in all() {
            let name = meta.name;
            let has = |field: &str| documented[name].contains(field);
            match meta.success {
                None => assert!(!meta.is_write(), "{name} is a write without a proof of success"),
                Some(SuccessProof::List(list)) => {
                    assert!(!meta.is_write() && meta.paging.is_none() && has(list), "{name}: {list}");
                }
                Some(SuccessProof::Lists(lists)) => {
                    let all = lists.iter().all(|list| has(list));
                    assert!(!meta.is_write() && meta.paging.is_none() && all, "{name}: {lists:?}");
                }
                Some(_) if !meta.is_write() => panic!("{name} reads only"),
                Some(SuccessProof::Field(field) | SuccessProof::Failures(field)) => {
                    assert!(has(field), "{name}: {field}");
                }
                Some(SuccessProof::AnyOf(fields)) => {
                    assert!(
                        !fields.is_empty() && fields.iter().all(|field| has(field)),
                        "{name}: {fields:?}"
                    );
                }
                Some(SuccessProof::Empty | SuccessProof::Acknowledged) => {
                    let fields = documented.get(name).into_iter().flatten();
                    let rest: Vec<_> = fields.filter(|f| !f.starts_with("error_")).collect();
                    assert!(rest.is_empty(), "{name} has fields that would prove more: {rest:?}");
                }
            }
        }
    }

    #[test]
    fn every_list_names_its_documented_field() {
        let documented = documented_fields();
        for Entry { meta, .. } in all() {
            let Some(paging) = meta.paging else { continue };
            for list in [Some(paging.list), paging.other_list].into_iter().flatten() {
                assert!(documented[meta.name].contains(list), "{}: {list}", meta.name);
            }
        }
    }

    #[test]
    fn every_read_that_responds_with_nothing_but_rows_names_their_list() {
        let mut types: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for text in [
            include_str!("../../tests/data/responses_bss.json"),
            include_str!("../../tests/data/responses_bssintl.json"),
            include_str!("../../tests/data/responses_osm.json"),
        ] {
            let catalogue: serde_json::Value = serde_json::from_str(text).unwrap();
            let service = catalogue["service"].as_str().unwrap().replace("bssintl", "bss");
            for operation in catalogue["operations"].as_array().unwrap() {
                let fields = catalogue["models"][operation["response"].as_str().unwrap()].as_object();
                let fields = fields.into_iter().flatten().map(|(name, of)| (name.clone(), of.to_string()));
                let name = format!("{service}.{}", operation["id"].as_str().unwrap());
                types.entry(name).or_default().extend(fields);
            }
        }
        let around = |field: &str| {
            field.starts_with("error_")
                || field.contains("count")
                || ["currency", "total", "page_info"].contains(&field)
        };
        for Entry { meta, .. } in all().filter(|entry| !entry.meta.is_write()) {
            let fields: Vec<_> = types[meta.name].iter().filter(|(field, _)| !around(field)).collect();
            if fields.is_empty() || fields.iter().any(|(_, of)| !of.contains("list")) {
                continue;
            }
            let named = match meta.success {
                Some(SuccessProof::List(list)) => fields.iter().any(|(field, _)| *field == list),
                // Which of two lists is always there is not documented.
                Some(SuccessProof::Lists(lists)) => {
                    fields.iter().all(|(field, _)| lists.contains(&field.as_str()))
                }
                _ => meta.paging.is_some(),
            };
            assert!(named, "{} has only rows and does not name their list: {fields:?}", meta.name);
        }
    }

    #[test]
    fn operations_are_found_by_name_and_by_address() {
        let meta = find("bssintl.ListIndirectPartners").unwrap().meta;
        assert_eq!(meta.name, "bss.ListIndirectPartners");
        assert_eq!(find_address(Method::Post, "/v2/partners/indirect-partners/query").unwrap().meta, meta);
        assert!(find("bss.Unknown").is_none() && find_address(Method::Get, "/v2").is_none());
    }
}

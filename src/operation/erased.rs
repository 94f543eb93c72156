//! Resolvable writes without their types: what a journal's client needs of them, from JSON to facts.

use std::collections::BTreeMap;

use serde_json::value::{RawValue, to_raw_value};

use super::{
    Leg, Operation, OperationMeta, Paged, Position, RecordFacts, RequestParts, Resolvable, TargetResult,
    TimeWindow,
    resolvable::{canonical, query_meta},
};
use crate::types::{Amount, DecodeError, RawFields, decode, decode_request_to_send, to_wire_json};

/// The fields of a flat request, sorted by name, each with its own text.
type Fields = BTreeMap<String, Box<RawValue>>;
/// Makes the request of a look-up for a window, at a position with a page size.
type QueryParts = fn(&str, TimeWindow, Option<(Position, u32)>) -> Result<RequestParts, String>;

/// Functions by which the writes of one operation are resolved.
#[derive(Clone, Copy)]
pub(crate) struct Resolver {
    pub(crate) meta: &'static OperationMeta,
    pub(crate) query: &'static OperationMeta,
    pub(crate) by_state: bool,
    pub(crate) key_field: Option<&'static str>,
    pub(crate) memo_field: Option<&'static str>,
    batch_field: Option<&'static str>,
    pub(crate) describe: fn(&str) -> Result<Described, String>,
    pub(crate) results: fn(&str, &[u8]) -> Result<Vec<TargetResult>, String>,
    pub(crate) query_parts: QueryParts,
    pub(crate) read_page: fn(&str, &[u8]) -> Result<LookupPage, String>,
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Resolver").field(&self.meta.name).finish()
    }
}

/// Description of a write for its journal.
pub(crate) struct Described {
    pub(crate) legs: Vec<Leg>,
    pub(crate) on_behalf_of: Option<String>,
}

/// One page of a look-up.
pub(crate) struct LookupPage {
    pub(crate) rows: Vec<RecordFacts>,
    pub(crate) total: Option<u64>,
}

impl Resolver {
    pub(crate) const fn of<O: Resolvable>() -> Self {
        Self {
            meta: O::META,
            query: query_meta::<O>(),
            by_state: O::BY_STATE,
            key_field: O::META.key_field(),
            memo_field: O::MEMO,
            batch_field: O::BATCH,
            describe: describe::<O>,
            results: results::<O>,
            query_parts: query_parts::<O>,
            read_page: read_page::<O>,
        }
    }

    /// The arguments with another value of a text field.
    pub(crate) fn with_text(arguments: &str, field: &str, value: &str) -> Result<String, String> {
        let mut fields = read(arguments)?;
        fields.insert(field.to_owned(), to_raw_value(value).map_err(|error| error.to_string())?);
        write(&fields)
    }

    /// The text of a field.
    pub(crate) fn text(arguments: &str, field: &str) -> Option<String> {
        serde_json::from_str(read(arguments).ok()?.get(field)?.get()).ok()
    }

    /// The arguments of a batch for some of its targets only.
    pub(crate) fn for_targets(&self, arguments: &str, targets: &[&str]) -> Result<String, String> {
        let Some(field) = self.batch_field else { return Ok(arguments.to_owned()) };
        let mut fields = read(arguments)?;
        fields.insert(field.to_owned(), to_raw_value(targets).map_err(|error| error.to_string())?);
        write(&fields)
    }

    /// The arguments by which two requests are the same: without the key and with numbers in one spelling.
    pub(crate) fn canonical_arguments(&self, arguments: &str) -> Result<String, String> {
        let mut fields = read(arguments)?;
        if let Some(key) = self.key_field {
            fields.remove(key);
        }
        for value in fields.values_mut() {
            if let Ok(amount) = value.get().parse::<Amount>()
                && let Ok(text) = RawValue::from_string(canonical(amount))
            {
                *value = text;
            }
        }
        write(&fields)
    }
}

/// The flat arguments of an operation with sorted names.
pub(crate) fn sorted_arguments<O: Operation>(operation: &O) -> Result<String, String> {
    let json = to_wire_json(operation).map_err(|error| error.to_string())?;
    write(&read(&String::from_utf8_lossy(&json))?)
}

fn read(arguments: &str) -> Result<Fields, String> {
    serde_json::from_str(arguments).map_err(|error| format!("the arguments are not a JSON object: {error}"))
}

fn write(fields: &Fields) -> Result<String, String> {
    serde_json::to_string(fields).map_err(|error| error.to_string())
}

/// Reads arguments of which nothing may get lost.
fn operation<O: Resolvable>(arguments: &str) -> Result<O, String> {
    let (operation, unknown) = decode_request_to_send(arguments.as_bytes());
    match operation {
        Ok(operation) if unknown.is_empty() => Ok(operation),
        other => Err(unreadable(O::META.name, other.err(), &unknown)),
    }
}

fn unreadable(name: &str, error: Option<DecodeError>, unknown: &[String]) -> String {
    match error {
        Some(error) => format!("the arguments of {name} cannot be read: {error}"),
        None => {
            format!("the arguments of {name} have what this version does not know: {}", unknown.join(", "))
        }
    }
}

fn describe<O: Resolvable>(arguments: &str) -> Result<Described, String> {
    let operation: O = operation(arguments)?;
    Ok(Described { legs: operation.legs(), on_behalf_of: operation.on_behalf_of().map(str::to_owned) })
}

fn results<O: Resolvable>(arguments: &str, body: &[u8]) -> Result<Vec<TargetResult>, String> {
    let output = decode::<O::Output>(body).map_err(|error| error.to_string())?;
    Ok(operation::<O>(arguments)?.results(&output))
}

fn query_parts<O: Resolvable>(
    arguments: &str,
    window: TimeWindow,
    at: Option<(Position, u32)>,
) -> Result<RequestParts, String> {
    let query = operation::<O>(arguments)?.query(window);
    let query = match at {
        Some((position, size)) => query.at(&position, size),
        None => query,
    };
    RequestParts::of(&query).map_err(|invalid| invalid.to_string())
}

/// Reads a page strictly: the list has to be there, as a list, with as many rows as were read.
fn read_page<O: Resolvable>(arguments: &str, body: &[u8]) -> Result<LookupPage, String> {
    let operation: O = operation(arguments)?;
    let listed = rows_listed(query_meta::<O>(), body)?;
    let page = decode::<<O::Query as Operation>::Output>(body)
        .map_err(|error| format!("a row cannot be read: {error}"))?;
    let rows = <O::Query as Paged>::items(&page);
    if rows.len() != listed {
        return Err(format!("{} rows were read of a list of {listed}", rows.len()));
    }
    let total = <O::Query as Paged>::total(&page);
    Ok(LookupPage { rows: rows.iter().map(|row| operation.facts(row)).collect(), total })
}

/// The number of rows in the list of a page, which has to be there.
fn rows_listed(query: &OperationMeta, body: &[u8]) -> Result<usize, String> {
    let fields: RawFields<'_> =
        serde_json::from_slice(body).map_err(|_| "the response of the query is no JSON object".to_owned())?;
    let length = |name: &str| -> Option<usize> {
        let list: Vec<&RawValue> = serde_json::from_str(fields.get(name)?.get()).ok()?;
        Some(list.len())
    };
    let lists = [query.paging.map(|paging| paging.list), query.paging.and_then(|paging| paging.other_list)];
    let listed = lists.into_iter().flatten().find_map(length);
    listed.ok_or_else(|| "the response of the query has no list".to_owned())
}

//! The common part of all handlers: they read a typed request and write a typed response or a refusal.

mod documented;
mod filters;
pub(crate) mod forms;

use std::fmt;

use crate::{
    core::{Account, Refusal, refuse, unfit},
    state::State,
};
use huaweicloud_partner::{
    error::ErrorCode,
    operation::{Operation, OperationMeta, Service},
    types::decode_request,
};

pub(crate) use filters::{item_error, non_empty, span};
pub(crate) use forms::{Asked, File, Reply};

/// Reads a request, runs it and writes the response.
pub(crate) type Handler = fn(&mut State, &Account, Asked<'_>) -> Result<Reply, Refusal>;

/// An operation with its handler.
pub(crate) type Route = (&'static str, Handler);

/// Operation as a handler, before the typed request is read and after the typed response is written.
pub(crate) trait Simulated: Operation + fmt::Debug {
    /// Runs the operation for a caller. A refusal leaves the world as it was.
    fn run(self, world: &mut State, caller: &Account) -> Result<Self::Output, Refusal>;

    /// Makes the refusal of a request that cannot be read or breaks a rule.
    fn misfit(reason: String) -> Refusal {
        unfit(Self::META, reason)
    }

    /// Drops values that the service ignores silently, and refuses those with a code of their own, before the
    /// request is checked.
    fn prepare(&mut self) -> Result<(), Refusal> {
        Ok(())
    }

    /// The code that the service has for a field of a wrong form.
    fn code_of(_field: &str) -> Option<ErrorCode> {
        None
    }

    /// Fields whose unknown codes the service ignores, or refuses with a code of their own.
    const OPEN_FIELDS: &'static [&'static str] = &[];
}

/// Operation that takes a file, returns one, or states its address.
pub(crate) trait Ferries: Operation + fmt::Debug {
    /// Runs the operation for a caller, who called at this address.
    fn run(
        self,
        world: &mut State,
        caller: &Account,
        file: Option<File>,
        address: &str,
    ) -> Result<Reply, Refusal>;
}

/// The route of an operation.
pub(crate) const fn route<O: Simulated>() -> Route {
    fn handle<O: Simulated>(world: &mut State, caller: &Account, asked: Asked<'_>) -> Result<Reply, Refusal> {
        let mut operation: O = decode_request(asked.flat)
            .map_err(|error| O::misfit(format!("the request cannot be read: {error}")))?;
        operation.prepare()?;
        operation.validate().map_err(|invalid| {
            let own = invalid.violations().iter().find_map(|rule| O::code_of(rule.field));
            own.map_or_else(|| O::misfit(invalid.to_string()), refuse)
        })?;
        let field = outside_documented(O::META, &operation, O::OPEN_FIELDS)
            .or_else(|| documented::unlisted(O::META.name, caller.site, asked.flat).map(str::to_owned));
        if let Some(field) = field {
            return Err(O::misfit(format!("{field}: not one of the documented values")));
        }
        Reply::json(&operation.run(world, caller)?)
    }
    (O::META.name, handle::<O>)
}

/// The route of an operation with files.
pub(crate) const fn ferry<O: Ferries>() -> Route {
    fn handle<O: Ferries>(world: &mut State, caller: &Account, asked: Asked<'_>) -> Result<Reply, Refusal> {
        let operation: O = read(asked.flat).map_err(|reason| unfit(O::META, reason))?;
        if let Some(field) = outside_documented(O::META, &operation, &[]) {
            return Err(unfit(O::META, format!("{field}: not one of the documented values")));
        }
        operation.run(world, caller, asked.file, &asked.address)
    }
    (O::META.name, handle::<O>)
}

/// The first field of a request that holds a code outside the documented ones, by its name on the wire, unless such codes
/// of the field are open. The ticket service takes any tag of a language.
fn outside_documented(meta: &OperationMeta, request: &impl fmt::Debug, open: &[&str]) -> Option<String> {
    let languages: &[&str] =
        if meta.service() == Service::Tickets { &["language", "written_in"] } else { &[] };
    let field = unknown_code(request)?;
    let is_open = open.contains(&field.as_str()) || languages.contains(&field.as_str());
    // The only name that is no word of Rust.
    (!is_open).then(|| if field == "kind" { "type".to_owned() } else { field })
}

/// The first field of a request that holds a code that the types of the SDK do not know, by its name in Rust.
///
/// The types of the SDK keep such a code as `Other`, and `Debug` shows it by that name; text stands in quotation marks.
fn unknown_code(request: &impl fmt::Debug) -> Option<String> {
    let shown = format!("{request:?}");
    let (mut field, mut quoted, mut rest) = ("", false, shown.as_str());
    while let Some(at) = rest.find(['"', ':', '(']) {
        let (before, mark) = (rest.get(..at)?, rest.get(at..=at)?);
        rest = rest.get(at + 1..)?;
        match mark {
            "\"" if !(quoted && before.ends_with('\\')) => quoted = !quoted,
            ":" if !quoted => field = before.rsplit([' ', '{', ',']).next().unwrap_or_default(),
            "(" if !quoted && before.ends_with("Other") => return Some(field.to_owned()),
            _ => {}
        }
    }
    None
}

/// The request, or why it is none.
fn read<O: Operation>(flat: &[u8]) -> Result<O, String> {
    let operation: O =
        decode_request(flat).map_err(|error| format!("the request cannot be read: {error}"))?;
    operation.validate().map_err(|invalid| invalid.to_string())?;
    Ok(operation)
}

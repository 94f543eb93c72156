//! Lists whose types are known by a name only.

use std::{collections::HashMap, fmt, marker::PhantomData, sync::LazyLock};

use futures_util::{StreamExt as _, stream::BoxStream};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    client::Client,
    error::{Error, ErrorKind},
    operation::Paged,
    registry::{each_operation, each_ticket_operation, read_request},
};

/// A row of a list that was read by the name of its operation. Created by [`Client::items_dynamic`].
#[derive(Clone)]
#[non_exhaustive]
pub struct DynamicItem {
    /// The row as JSON, with amounts as text.
    pub row: Box<RawValue>,
    /// Key that distinguishes the row from all others of the list, such as its id; `None` where rows have none.
    pub key: Option<String>,
}

impl fmt::Debug for DynamicItem {
    /// Counts the row instead of showing it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamicItem")
            .field("row_bytes", &self.row.get().len())
            .field("has_key", &self.key.is_some())
            .finish()
    }
}

/// The rows of a list, as a stream.
pub type DynamicItems = BoxStream<'static, Result<DynamicItem, Error>>;

/// Opens a list with the arguments in a JSON object.
type Open = fn(&Client, &[u8]) -> Result<DynamicItems, Error>;

/// Returns the function that opens the list of an operation with this qualified name.
pub(super) fn open(name: &str) -> Option<Open> {
    static LISTS: LazyLock<HashMap<&str, Open>> = LazyLock::new(|| {
        let all = BUSINESS.iter().chain(TICKETS);
        all.filter_map(|(name, open)| open.map(|open| (*name, open))).collect()
    });
    LISTS.get(name).copied()
}

/// Tells operations that are lists from the others: for a list the constant of the type itself is found, for every other
/// operation that of the trait.
struct Form<O>(PhantomData<O>);

trait NoList {
    const OPEN: Option<Open> = None;
}

impl<O> NoList for Form<O> {}

impl<O> Form<O>
where
    O: Paged + 'static,
    O::Item: Serialize + 'static,
{
    const OPEN: Option<Open> = Some(rows::<O>);
}

fn rows<O>(client: &Client, json: &[u8]) -> Result<DynamicItems, Error>
where
    O: Paged + 'static,
    O::Item: Serialize + 'static,
{
    let operation: O = read_request(json)?;
    let rows = client.items(operation).map(|row| {
        let row = row?;
        let key = O::row_key(&row).map(std::borrow::Cow::into_owned);
        let row = to_raw_value(&row).map_err(|error| {
            Error::new(ErrorKind::Undecodable, O::META.name, format!("a row cannot be written: {error}"))
        })?;
        Ok(DynamicItem { row, key })
    });
    Ok(rows.boxed())
}

macro_rules! forms {
    ($($operation:ty,)*) => {
        &[$((<$operation as crate::operation::Operation>::META.name, Form::<$operation>::OPEN),)*]
    };
}

const BUSINESS: &[(&str, Option<Open>)] = each_operation!(forms);
const TICKETS: &[(&str, Option<Open>)] = each_ticket_operation!(forms);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry;

    #[test]
    fn every_list_of_the_registry_can_be_opened_and_nothing_else() {
        let differ =
            |entry: &&registry::Entry| open(entry.meta.name).is_some() != entry.meta.paging.is_some();
        let names: Vec<_> = registry::all().filter(differ).map(|entry| entry.meta.name).collect();
        assert_eq!(names, [""; 0]);
    }
}

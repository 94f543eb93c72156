//! Calls by the name of the operation.

mod list;

use serde_json::value::RawValue;

pub use list::{DynamicItem, DynamicItems};

use super::{Client, Response};
use crate::{
    error::{Error, ErrorKind},
    registry,
    types::DecodeError,
};

impl Client {
    /// Runs an operation by its qualified name, such as `bss.ListIndirectPartners`, from JSON to JSON.
    ///
    /// The request goes through the same checks, the same pipeline and the same types as [`Client::send`]. Amounts
    /// in the response are text. A keyed write, such as `bss.UpdateSubEnterpriseAmount`, needs its key in the JSON: the same
    /// JSON sent again is then the same write. Needs the feature `dynamic`.
    ///
    /// # Errors
    /// As for [`Client::send`], and [`ErrorKind::InvalidInput`] where the name is unknown, or the JSON is not its request or has
    /// a field that the operation does not have.
    pub async fn send_dynamic(&self, name: &str, json: &str) -> Result<Response<Box<RawValue>>, Error> {
        let entry = registry::get(name)?;
        let raw = self.run(entry.request(json.as_bytes(), !self.view.checked)?).await?;
        let typed = entry.response_looking_around(raw.json()).and_then(|(typed, drift, around)| {
            let text = String::from_utf8_lossy(&typed).into_owned();
            let value = RawValue::from_string(text).map_err(<DecodeError as serde::de::Error>::custom)?;
            Ok((value, drift, around))
        });
        match typed {
            Ok((value, drift, around)) => {
                raw.confirm(entry.meta, &drift, &around)?;
                self.observed(entry.meta, Ok(raw.with_drift(value, drift)))
            }
            Err(error) => self.observed(entry.meta, Err(raw.undecodable(entry.meta, error))),
        }
    }

    /// The rows of a list by the qualified name of its operation, such as `bss.ListIndirectPartners`, page after page.
    ///
    /// The list is read as by [`Client::items`]. Needs the feature `dynamic`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where the name is not that of a list, or the JSON is not its request or has a field that the
    /// operation does not have.
    pub fn items_dynamic(&self, name: &str, json: &str) -> Result<DynamicItems, Error> {
        let entry = registry::get(name)?;
        let open = list::open(entry.meta.name).ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, entry.meta.name, "the operation is not a list")
        })?;
        open(self, json.as_bytes())
    }
}

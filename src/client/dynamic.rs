//! Calls by the name of the operation.

use serde_json::value::RawValue;

use super::{Client, Response};
use crate::{
    error::{Error, ErrorKind},
    registry,
};

impl Client {
    /// Runs an operation by its qualified name, such as `bss.ListIndirectPartners`, from JSON to JSON.
    ///
    /// The request goes through the same checks, the same pipeline and the same types as [`Client::send`]. Numbers in
    /// the answer keep their text. Needs the feature `dynamic`.
    ///
    /// # Errors
    /// As for [`Client::send`], and [`ErrorKind::InvalidInput`] where the name is unknown or the JSON is not its request.
    pub async fn send_dynamic(&self, name: &str, json: &str) -> Result<Response<Box<RawValue>>, Error> {
        let entry = registry::find(name).ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, "", format!("there is no operation {name}"))
        })?;
        let answer = self.run(entry.request(json.as_bytes(), !self.view.checked)?).await?;
        let typed = entry.answer(answer.json()).and_then(|typed| {
            RawValue::from_string(String::from_utf8_lossy(&typed).into_owned())
                .map_err(serde::de::Error::custom)
        });
        match typed {
            Ok(value) => Ok(answer.with(value)),
            Err(error) => self.observed(entry.meta, Err(answer.undecodable(entry.meta, error))),
        }
    }
}

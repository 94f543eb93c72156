//! Events as JSON lines: the form in which other systems and people hand events to a store.
//!
//! One JSON object a line:
//!
//! | Field | Meaning |
//! |---|---|
//! | `id` | the record's id in the store, chosen by the partner |
//! | `kind` | the kind of record, such as `po` or `mdf_application`; needed for the event that opens the record |
//! | `site` | `china`, `international` or `europe`; taken from the opening event, `china` when absent |
//! | `at` | when it happened, such as `2026-03-02T02:00:00Z`; any offset is read |
//! | `by` | `{"role": …, "name": …}`, see [`Role`](super::Role) |
//! | `event` | `"accept"` for an event without data, `{"submit": {…}}` for one with data |

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Actor, LoggedEvent, RecordId, Site};
use crate::types::UtcTime;

/// One event of a record in JSON, before its kind is known.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventLine {
    /// Id of the record.
    pub id: RecordId,
    /// The kind of record. Needed to open one; when given for a record that exists, it has to be its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The site of a record that this event opens. Otherwise not looked at. The China site when absent.
    #[serde(default, alias = "edition", skip_serializing_if = "Option::is_none")]
    pub site: Option<Site>,
    /// Time of the event.
    pub at: UtcTime,
    /// Actor that triggered the event.
    pub by: Actor,
    /// The event: its name, or an object with its name and data.
    pub event: Box<RawValue>,
}

/// Reason why a line is not an event. The message does not repeat values, which may be personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the line is not an event: {0}")]
pub struct EventLineError(String);

impl fmt::Debug for EventLine {
    /// Counts the event instead of showing it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLine")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("site", &self.site)
            .field("at", &self.at)
            .field("by", &self.by)
            .field("event_bytes", &self.event.get().len())
            .finish()
    }
}

impl EventLine {
    /// Reads one line.
    ///
    /// # Errors
    /// [`EventLineError`] when the text is not such an object.
    pub fn read(line: &str) -> Result<Self, EventLineError> {
        serde_json::from_str(line).map_err(|error| EventLineError(without_values(&error)))
    }

    /// The step in JSON.
    pub(super) fn step_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&LoggedEvent { at: self.at, by: self.by.clone(), event: &*self.event })
    }
}

/// The message of a JSON error without the text that it quotes: `invalid type: string "Li Lei", expected …` would
/// show a person's name in a log.
pub(super) fn without_values(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match (message.split_once("string \""), message.rsplit_once("\", expected")) {
        (Some((before, _)), Some((_, after))) => format!("{before}text, expected{after}"),
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_event_as_it_came() {
        let text = r#"{"id":"PO-1","at":"2026-03-02T10:00:00+08:00","by":{"role":"system"},"event":{"pay":{"amount":10.00}}}"#;
        let line = EventLine::read(text).unwrap();
        let step = line.step_json().unwrap();
        assert_eq!(
            step,
            r#"{"at":"2026-03-02T02:00:00Z","by":{"role":"system"},"event":{"pay":{"amount":10.00}}}"#
        );
    }

    #[test]
    fn an_error_does_not_repeat_a_value() {
        let error = EventLine::read(r#"{"id":"PO-1","at":"2026-03-02T02:00:00Z","by":"Li Lei","event":"x"}"#)
            .unwrap_err()
            .to_string();
        assert!(error.contains("text, expected struct Actor") && !error.contains("Li"), "{error}");
        assert!(
            EventLine::read(r#"{"id":"PO-1","who":1}"#)
                .unwrap_err()
                .to_string()
                .contains("unknown field `who`")
        );
    }
}

//! Published rules, the ones an event breaks, and the editions in which the rules differ.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use super::RecordId;

/// Published rule, in the words of this crate.
///
/// The id is stable: it is the name of the module and the place of the rule in its list, and is never given to another
/// rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rule {
    id: Cow<'static, str>,
    text: Cow<'static, str>,
    source: Cow<'static, str>,
}

impl Rule {
    /// A rule from its id, such as `mdf.8`, its meaning and the page that publishes it.
    pub const fn new(id: &'static str, text: &'static str, source: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), text: Cow::Borrowed(text), source: Cow::Borrowed(source) }
    }

    /// The id, such as `mdf.8`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the requirement of the rule.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Address of the page that publishes it; `this crate` for the few rules that keep a history in order.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// This rule, broken by a field. The detail must not repeat personal data.
    pub fn violation(&self, field: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> RuleViolation {
        RuleViolation { rule: self.clone(), field: field.into(), detail: detail.into() }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id, self.text)
    }
}

/// Violation of one rule by one field, or an item that the rule still needs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RuleViolation {
    /// Rule that is violated.
    pub rule: Rule,
    /// Path of the field inside the event or record, such as `description.budget` or `expenses[venue].invoice`.
    pub field: Cow<'static, str>,
    /// Description of the found and the required value, without personal data.
    pub detail: String,
}

impl fmt::Display for RuleViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.field, self.rule.id, self.detail)
    }
}

/// An event that was not applied. The record is as it was.
///
/// Either the state table has no such step (`violations` is empty, `possible` names the events it has), or the step
/// exists and `violations` lists every rule that stands in its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub struct EventRefused {
    /// Id of the record.
    pub id: RecordId,
    /// State of the record, or `None` where the event would have been its first.
    pub state: Option<Cow<'static, str>>,
    /// Name of the refused event.
    pub event: Cow<'static, str>,
    /// Every broken rule at once.
    pub violations: Vec<RuleViolation>,
    /// Names of the events that the table has in this state. Filled only for a step outside the table.
    pub possible: Vec<Cow<'static, str>>,
}

impl EventRefused {
    /// True when the state table has no such step.
    pub fn is_outside_table(&self) -> bool {
        self.violations.is_empty()
    }

    /// True when the rule with this id stands in the way.
    pub fn violates(&self, rule: &str) -> bool {
        self.violations.iter().any(|broken| broken.rule.id == rule)
    }
}

impl fmt::Display for EventRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state.as_deref().unwrap_or("no state yet");
        write!(f, "{}: {} refused in state {state}", self.id, self.event)?;
        if self.is_outside_table() {
            return write!(f, ": possible here: {}", self.possible.join(", "));
        }
        self.violations.iter().try_for_each(|broken| write!(f, "; {broken}"))
    }
}

const HERE: &str = "this crate";

/// Only the actors that the state table names may trigger an event.
pub const RULE_ACTOR: Rule =
    Rule::new("workflow.1", "the event is triggered by an actor that its table names", HERE);
/// Events of one record come in the order of their times.
pub const RULE_ORDER: Rule =
    Rule::new("workflow.2", "an event is not earlier than the record's last one", HERE);
/// A day that the rules count from is covered by the calendar in use.
pub const RULE_CALENDAR: Rule =
    Rule::new("workflow.3", "the calendar in use covers the years that a deadline runs through", HERE);

/// The rules that hold for every kind of record.
pub const COMMON_RULES: &[Rule] = &[RULE_ACTOR, RULE_ORDER, RULE_CALENDAR];

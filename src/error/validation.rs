//! Arguments that break a documented rule.

use std::{borrow::Cow, fmt};

use crate::types::plain::plain_write;

/// All rules that the arguments of one request break. Refused before anything is sent.
///
/// Serialised as `{"broken":[{"field":"limit","rule":"must be from 1 to 100"}]}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValidationError {
    broken: Vec<Violation>,
}

/// One broken rule: the field by its wire name, and the rule. Never the value, which may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The wire name; two fields that belong together are joined with a comma.
    pub field: &'static str,
    /// The rule, such as `must have 1 to 64 characters`.
    pub rule: Cow<'static, str>,
}

plain_write! { ValidationError { broken } }

plain_write! { Violation { field, rule } }

impl ValidationError {
    /// No broken rule yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a broken rule.
    pub fn push(&mut self, field: &'static str, rule: impl Into<Cow<'static, str>>) {
        self.broken.push(Violation { field, rule: rule.into() });
    }

    /// The broken rules in the order in which they were found.
    pub fn broken(&self) -> &[Violation] {
        &self.broken
    }

    /// `Ok` where no rule is broken.
    ///
    /// # Errors
    /// Itself, where one is.
    pub fn into_result(self) -> Result<(), Self> {
        if self.broken.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Violation { field, rule }) in self.broken.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{field} {rule}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ValidationError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_rules_are_written_for_a_log_or_a_form() {
        let mut invalid = ValidationError::new();
        invalid.push("limit", "must be from 1 to 100");
        let json = serde_json::to_string(&invalid).unwrap();
        assert_eq!(json, r#"{"broken":[{"field":"limit","rule":"must be from 1 to 100"}]}"#);
    }
}

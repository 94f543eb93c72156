//! Arguments that break a documented rule.

use std::{borrow::Cow, fmt};

use crate::types::plain::plain_write;

/// The error of a request whose arguments break documented rules, with every violation. Nothing was sent.
///
/// Serialised as `{"violations":[{"field":"limit","rule":"must be from 1 to 100"}]}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValidationError {
    violations: Vec<Violation>,
}

/// One violated rule: the field by its wire name, and the rule. The value, which may be personal, is not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The wire name; two fields that belong together are joined with a comma.
    pub field: &'static str,
    /// The rule, such as `must have 1 to 64 characters`.
    pub rule: Cow<'static, str>,
}

plain_write! { ValidationError { violations } }

plain_write! { Violation { field, rule } }

impl ValidationError {
    /// An error without a violation yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a violation.
    pub fn push(&mut self, field: &'static str, rule: impl Into<Cow<'static, str>>) {
        self.violations.push(Violation { field, rule: rule.into() });
    }

    /// The violations in the order in which they were found.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// The wire names of the fields that break a rule, in the same order; a field that breaks several comes several times.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.violations.iter().map(|violation| violation.field)
    }

    /// `Ok` where no rule is broken.
    ///
    /// # Errors
    /// Itself, where one is.
    pub fn into_result(self) -> Result<(), Self> {
        if self.violations.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Violation { field, rule }) in self.violations.iter().enumerate() {
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
        assert_eq!(json, r#"{"violations":[{"field":"limit","rule":"must be from 1 to 100"}]}"#);
    }
}

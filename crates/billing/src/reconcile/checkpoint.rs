//! The totals of an earlier close.

use huaweicloud_partner::types::{BillCycle, UtcTime};
use serde::{Deserialize, Serialize};

use super::{Cause, Check, Difference, Scope, bills::compare};
use crate::{
    Error, ExactSum,
    totals::{GroupKey, Sums, Totals},
};

/// The totals of a close, to be compared with a later one: which customers were charged more or less since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    cycle: String,
    made_at: String,
    is_final: bool,
    currency: Option<String>,
    groups: Vec<(GroupKey, Sums)>,
}

impl Checkpoint {
    /// The checkpoint of totals at a time.
    #[must_use]
    pub fn new(cycle: BillCycle, made_at: UtcTime, is_final: bool, totals: &Totals) -> Self {
        Self {
            cycle: cycle.to_string(),
            made_at: made_at.to_string(),
            is_final,
            currency: totals.currency().map(str::to_owned),
            groups: totals.groups().into_iter().map(|(key, sums)| (key.clone(), sums.clone())).collect(),
        }
    }

    /// Returns the time at which the checkpoint was made.
    #[must_use]
    pub fn made_at(&self) -> &str {
        &self.made_at
    }

    /// Month of the bill.
    #[must_use]
    pub fn cycle(&self) -> &str {
        &self.cycle
    }

    /// Returns the changes since the checkpoint, customer by customer. Changes to a month that was not final
    /// are late rows; changes to one that was are unexplained.
    ///
    /// # Errors
    /// [`Error::TooLarge`], and [`Error::Configuration`] where neither close has a currency.
    pub fn compare(&self, now: &Totals) -> Result<Vec<Difference>, Error> {
        let by = |key: &GroupKey| (key.reseller.clone(), key.customer.clone());
        let before = Totals::from_groups(self.groups.iter().cloned(), self.currency.clone()).by(by)?;
        let after = now.by(by)?;
        let mut keys: Vec<_> = before.keys().chain(after.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        let cause = if self.is_final { Cause::Unexplained } else { Cause::LateRows };
        let mut differences = Vec::new();
        for key in keys {
            let scope = Scope { reseller: key.0.clone(), customer: Some(key.1.clone()), ..Scope::default() };
            let sides: (Option<ExactSum>, Option<ExactSum>) =
                (after.get(key).map(|sums| sums.billed), before.get(key).map(|sums| sums.billed));
            let mut found = compare(now, Check::Checkpoint, scope, sides, || Ok(Vec::new()), true)?;
            if let Some(difference) = &mut found {
                difference.causes.iter_mut().for_each(|part| part.0 = cause);
            }
            differences.extend(found);
        }
        Ok(differences)
    }
}

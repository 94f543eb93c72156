//! Ledger of the amounts that applications hold of a quota. A ledger cannot be overdrawn.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Application, ApplicationState, Quota};
use crate::{
    types::{Amount, Currency},
    workflow::{Record, RecordId, RecordLookup, RecordStore, Workflow},
};

/// The money of one quota, application by application. All amounts include tax and are in the quota's currency.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaLedger {
    quota: RecordId,
    benefit: String,
    granted: Amount,
    currency: Currency,
    positions: BTreeMap<RecordId, QuotaPosition>,
}

crate::__debug_by_shape! { QuotaLedger { quota, benefit, granted, currency, positions } }

/// Position of one application in the ledger of a quota.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaPosition {
    /// The budget of an application that was submitted and neither rejected, cancelled nor lapsed.
    pub applied: Amount,
    /// Claimed amount, unless the claim was rejected.
    pub claimed: Amount,
    /// Amount that was paid.
    pub paid: Amount,
    /// Amount that is not free for others: first the budget, after approval the claim, in the end the
    /// payment. The documentation does not say when the rest of a budget becomes free; here it does with the
    /// approval of the claim.
    pub held: Amount,
}

/// The money would exceed the quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{wanted} is wanted, {free} is free of the quota")]
pub struct Overdrawn {
    /// Amount that was to be held.
    pub wanted: Amount,
    /// Amount that was free for the application.
    pub free: Amount,
}

/// The money of one quota in sums.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaMoney {
    /// Quota of the ledger.
    pub quota: RecordId,
    /// Source of the grant.
    pub benefit: String,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The quota's amount.
    pub granted: Amount,
    /// Budgets of submitted applications, see [`QuotaPosition::applied`].
    pub applied: Amount,
    /// Claims, see [`QuotaPosition::claimed`].
    pub claimed: Amount,
    /// Sum of the payments.
    pub paid: Amount,
    /// Amount that a new application can use.
    pub free: Amount,
}

crate::__debug_by_shape! { QuotaMoney { quota, benefit, currency, granted, applied, claimed, paid, free } }

impl QuotaLedger {
    /// An empty ledger.
    pub fn new(quota: impl Into<RecordId>, granted: Amount, currency: Currency) -> Self {
        Self { quota: quota.into(), benefit: String::new(), granted, currency, positions: BTreeMap::new() }
    }

    /// The ledger of a quota from the records context it. None when there is no such quota.
    pub fn of(quota: &RecordId, records: &dyn RecordLookup) -> Option<Self> {
        let record = records.get(quota)?;
        let facts = record.view::<Quota>()?.facts();
        let grant = facts.grant.as_ref()?;
        let applications = records.with_key(&key(quota));
        let positions = applications.iter().filter_map(|record| {
            let application = record.view::<Application>()?;
            Some((application.id().clone(), QuotaPosition::of(application)))
        });
        Some(Self {
            quota: quota.clone(),
            benefit: grant.benefit.clone(),
            granted: facts.amount,
            currency: grant.currency.clone(),
            positions: positions.filter(|(_, position)| *position != QuotaPosition::default()).collect(),
        })
    }

    /// Sets what an application has to do with the quota.
    ///
    /// # Errors
    /// [`Overdrawn`] when it would hold more than the others leave free. The ledger is unchanged then.
    pub fn set(
        &mut self,
        application: impl Into<RecordId>,
        position: QuotaPosition,
    ) -> Result<(), Overdrawn> {
        let application = application.into();
        let free = self.free_for(&application);
        if position.held.is_positive() && free.is_none_or(|free| position.held > free) {
            return Err(Overdrawn { wanted: position.held, free: free.unwrap_or_default() });
        }
        self.positions.insert(application, position);
        Ok(())
    }

    /// Returns the amount that an application may hold: the free amount, and what it holds already. `None`
    /// when sums have too many digits.
    pub fn free_for(&self, application: &RecordId) -> Option<Amount> {
        let others =
            self.positions.iter().filter(|(id, _)| *id != application).map(|(_, position)| position.held);
        self.granted.checked_sub(Amount::checked_sum(others)?)
    }

    /// Returns the granted amount.
    pub fn granted(&self) -> Amount {
        self.granted
    }

    /// The currency of all amounts.
    pub fn currency(&self) -> &Currency {
        &self.currency
    }

    /// The position of each application that has one.
    pub fn positions(&self) -> &BTreeMap<RecordId, QuotaPosition> {
        &self.positions
    }

    /// Returns the amount that all applications hold. `None` when the sum has too many digits.
    pub fn held(&self) -> Option<Amount> {
        self.sum(|position| position.held)
    }

    /// Returns the amount that no application holds. `None` when the sum has too many digits.
    pub fn free(&self) -> Option<Amount> {
        self.granted.checked_sub(self.held()?)
    }

    /// The sums. `None` when one has too many digits.
    pub fn money(&self) -> Option<QuotaMoney> {
        Some(QuotaMoney {
            quota: self.quota.clone(),
            benefit: self.benefit.clone(),
            currency: self.currency.clone(),
            granted: self.granted,
            applied: self.sum(|position| position.applied)?,
            claimed: self.sum(|position| position.claimed)?,
            paid: self.sum(|position| position.paid)?,
            free: self.free()?,
        })
    }

    fn sum(&self, part: impl Fn(&QuotaPosition) -> Amount) -> Option<Amount> {
        Amount::checked_sum(self.positions.values().map(part))
    }
}

impl QuotaPosition {
    /// The position of an application as it stands.
    pub fn of(application: &Record<Application>) -> Self {
        let facts = application.facts();
        let planned = facts.plan.mdf_total().unwrap_or_default();
        let claimed = facts.claim.as_ref().and_then(super::Claim::mdf_total).unwrap_or_default();
        let applied = Self { applied: planned, held: planned, ..Self::default() };
        match facts.effective(application.state()) {
            None
            | Some(
                ApplicationState::Draft
                | ApplicationState::Deleted
                | ApplicationState::Rejected
                | ApplicationState::Cancelled
                | ApplicationState::ClaimExpired
                | ApplicationState::Blocked,
            ) => Self::default(),
            Some(
                ApplicationState::UnderReview
                | ApplicationState::Approved
                | ApplicationState::ActivityHeld
                | ApplicationState::ClaimRejected,
            ) => applied,
            Some(ApplicationState::ClaimUnderReview) => Self { claimed, ..applied },
            Some(ApplicationState::ClaimApproved | ApplicationState::InvoiceMailed) => {
                Self { claimed, held: claimed, ..applied }
            }
            Some(ApplicationState::Paid) => {
                let paid = facts.payment.map(|payment| payment.amount).unwrap_or_default();
                Self { claimed, paid, held: paid, ..applied }
            }
        }
    }
}

/// The key that links applications to their quota.
pub(super) fn key(quota: &RecordId) -> String {
    format!("mdf_quota/{quota}")
}

impl RecordStore {
    /// The MDF money of every quota: granted, applied for, claimed, paid, free.
    pub fn mdf_quotas(&self) -> Vec<QuotaMoney> {
        let mut quotas = self.of_kind(Quota::KIND);
        quotas.sort_unstable_by(|a, b| a.id().cmp(b.id()));
        quotas.iter().filter_map(|quota| QuotaLedger::of(quota.id(), self)?.money()).collect()
    }
}

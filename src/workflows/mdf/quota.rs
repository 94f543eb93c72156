//! Quotas of the market development fund.

use serde::{Deserialize, Serialize};

use super::{
    Comments, QuotaLedger,
    rules::{CLAIMED_ONCE, COMPLETE, RULES, WITHIN_QUOTA},
};
use crate::{
    types::{Amount, Currency, PartnerId},
    workflow::{
        LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Transition, Workflow, events, states,
        transitions,
    },
};

/// Facts of a quota, from its events. Kind `mdf_quota`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quota {
    /// Current grant of the quota.
    pub grant: Option<MdfGrant>,
    /// Granted amount, tax included, as everything that is held against it. Tax included, as everything that
    /// is held against it.
    pub amount: Amount,
}

states! {
    /// Position of a quota in its life cycle.
    pub enum QuotaState {
        /// Applications can be made on it.
        Granted = "granted",
        /// Taken away after a violation. Nothing new can be applied for or claimed.
        Withdrawn = "withdrawn",
    }
}

events! {
    /// Step in the life of a quota.
    pub enum QuotaEvent: QuotaEventKind of Quota {
        /// Huawei grants it after a certification and the authentication of the business information.
        Grant(MdfGrant) = "grant",
        /// Huawei raises or lowers it; the ecosystem manager is the one to ask.
        Change(QuotaChange) = "change",
        /// Huawei ends the eligibility for the year.
        Withdraw(Comments) = "withdraw",
    }
}

/// A granted quota. For solution providers of the China site: none at the preferred tier, CNY 150,000 at the leading
/// and CNY 500,000 at the core tier; other amounts are not published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MdfGrant {
    /// The partner, in a record store that serves several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerId>,
    /// Source of the grant: path, or program and tier.
    pub benefit: String,
    /// Amount of the invoice, tax included.
    pub amount: Amount,
    /// In which currency.
    pub currency: Currency,
}

/// A new amount of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaChange {
    /// The whole amount from now on, not the difference. Not below what applications hold.
    pub amount: Amount,
}

const HUAWEI: &[Role] = &[Role::HuaweiPartnerManager, Role::HuaweiReviewer, Role::System];

impl Workflow for Quota {
    const KIND: &'static str = "mdf_quota";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<QuotaState, QuotaEventKind>] = transitions! { QuotaState on QuotaEventKind {
        start: Grant => Granted by HUAWEI;
        Granted: Change => Granted by HUAWEI;
        Granted: Withdraw => Withdrawn by HUAWEI;
    } };
    type State = QuotaState;
    type Event = QuotaEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<QuotaEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        match &step.event {
            QuotaEvent::Grant(grant) => {
                if grant.amount.is_negative() {
                    broken.push(COMPLETE.violation("amount", "is negative"));
                }
                if grant.benefit.trim().is_empty() {
                    broken.push(COMPLETE.violation("benefit", "is empty"));
                }
            }
            QuotaEvent::Change(change) => {
                if change.amount.is_negative() {
                    broken.push(COMPLETE.violation("amount", "is negative"));
                }
                let held = QuotaLedger::of(record.id(), context.others).and_then(|ledger| ledger.held());
                if held.is_some_and(|held| change.amount < held) {
                    broken.push(WITHIN_QUOTA.violation("amount", "is below what applications hold"));
                }
            }
            QuotaEvent::Withdraw(Comments { comments }) => {
                if comments.trim().is_empty() {
                    broken.push(CLAIMED_ONCE.violation("comments", "is empty"));
                }
            }
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<QuotaEvent>) {
        match &step.event {
            QuotaEvent::Grant(grant) => {
                self.amount = grant.amount;
                self.grant = Some(grant.clone());
            }
            QuotaEvent::Change(change) => self.amount = change.amount,
            QuotaEvent::Withdraw(_) => {}
        }
    }
}

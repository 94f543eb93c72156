//! The transitions and rules of quotas.

use super::{
    Comments, Quota, QuotaEvent, QuotaEventKind, QuotaLedger, QuotaState,
    rules::{CLAIMED_ONCE, COMPLETE, RULES, WITHIN_QUOTA},
};
use crate::workflow::{
    LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Transition, Workflow, transitions,
};

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

//! Performance statements and incentive statements.

use serde::{Deserialize, Serialize};

use super::rules::{ALL_PAID, CASH_COUNTS, CONFIRM, RULES, SET_OFF, WRITTEN};
use crate::{
    types::{Amount, BillCycle, Currency, Day},
    workflow::Reason,
    workflow::{
        Deadline, DeadlineKind, Event, LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation,
        Transition, Workflow, WorkingDays, days_after, events, named, states, transitions,
    },
};

use StatementState as S;

/// Facts of a month's performance, from its events. Kind `performance`.
#[derive(Clone, Default, PartialEq)]
pub struct Performance {
    /// The month and its figure as last seen.
    pub figure: Option<PerformanceFigure>,
    /// Problems that were reported, oldest first.
    pub problems: Vec<String>,
}

crate::__debug_by_shape! { Performance { figure, problems } }

states! {
    /// State of a month's performance.
    pub enum PerformanceState {
        /// The present month (预估).
        Estimated = "estimated",
        /// The last month, not audited (初稿).
        Draft = "draft",
        /// The last month, audited (终稿).
        Final = "final",
    }
}

events! {
    /// Event of a month's performance.
    pub enum PerformanceEvent: PerformanceEventKind of Performance {
        /// The page shows an estimate, also a new one.
        Estimate(PerformanceFigure) = "estimate",
        /// The month is over.
        CloseMonth(PerformanceFigure) = "close_month",
        /// Huawei audited it.
        Audit(PerformanceFigure) = "audit",
        /// The partner reports a problem.
        ReportProblem(Reason) = "report_problem",
    }
}

/// A month's performance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerformanceFigure {
    /// Month of the split.
    pub month: BillCycle,
    /// Cash spending that counts, without coupons.
    pub amount: Amount,
}

const PARTNER: &[Role] = &[Role::PartnerAdministrator];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::System];
const SYSTEM: &[Role] = &[Role::System];

impl Workflow for Performance {
    const KIND: &'static str = "performance";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<PerformanceState, PerformanceEventKind>] = transitions! { PerformanceState on PerformanceEventKind {
        start: Estimate => Estimated by SYSTEM;
        Estimated: Estimate => Estimated by SYSTEM;
        Estimated: CloseMonth => Draft by SYSTEM;
        Draft: Audit => Final by HUAWEI;
        Estimated: ReportProblem => Estimated by PARTNER;
        Draft: ReportProblem => Draft by PARTNER;
        Final: ReportProblem => Final by PARTNER;
    } };
    type State = PerformanceState;
    type Event = PerformanceEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<PerformanceEvent>,
        _: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        match &step.event {
            PerformanceEvent::Estimate(new)
            | PerformanceEvent::CloseMonth(new)
            | PerformanceEvent::Audit(new) => {
                if record.facts().figure.is_some_and(|figure| figure.month != new.month) {
                    broken.push(CASH_COUNTS.violation("month", "is another one than the record's"));
                }
            }
            PerformanceEvent::ReportProblem(Reason { reason }) if reason.trim().is_empty() => {
                broken.push(WRITTEN.violation("reason", "is empty"));
            }
            PerformanceEvent::ReportProblem(_) => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<PerformanceEvent>) {
        match &step.event {
            PerformanceEvent::Estimate(new)
            | PerformanceEvent::CloseMonth(new)
            | PerformanceEvent::Audit(new) => {
                self.figure = Some(*new);
            }
            PerformanceEvent::ReportProblem(Reason { reason }) => self.problems.push(reason.clone()),
        }
    }
}

named! {
    /// Category of an incentive in the statement.
    pub enum IncentiveKind {
        /// Monthly basic incentive for specific products.
        MonthlyBasic = "monthly_basic",
        /// Quarterly sales achievement.
        QuarterlyAchievement = "quarterly_achievement",
        /// Incentive for yearly growth.
        YearlyGrowth = "yearly_growth",
        /// Special incentive of a campaign.
        Special = "special",
        /// Special incentive for shared opportunities.
        OpportunitySharing = "opportunity_sharing",
        /// Delivery capability support.
        DeliverySupport = "delivery_support",
        /// Incentive for a funding head.
        FundingHead = "funding_head",
        /// Competency improvement; applied for until 2024-12-31.
        CompetencyImprovement = "competency_improvement",
        /// Any other kind.
        Other = "other",
    }
}

/// Facts of an incentive statement, from its events. Kind `incentive_statement`.
#[derive(Clone, Default, PartialEq)]
pub struct Statement {
    /// The statement as last published.
    pub form: Option<StatementForm>,
    /// The problem that was reported last.
    pub problem: Option<String>,
    /// Reason for which the statement is or was frozen.
    pub frozen: Option<String>,
    /// The state to go back to when the freeze ends.
    pub frozen_in: Option<StatementState>,
    /// Day on which the unpaid bills were paid.
    pub paid_on: Option<Day>,
    /// Amount that was set off after the statement expired.
    pub set_off: Option<Amount>,
}

crate::__debug_by_shape! { Statement { form, problem, frozen, frozen_in, paid_on, set_off } }

states! {
    /// State of an incentive statement.
    pub enum StatementState {
        /// From the performance of the present period (预估).
        Estimated = "estimated",
        /// Formally made; waits for the partner (待确认).
        ToBeConfirmed = "to_be_confirmed",
        /// The partner reported a problem, which may delay the settlement.
        ProblemReported = "problem_reported",
        /// Waits for Huawei's audit (发放中).
        BeingIssued = "being_issued",
        /// Confirmed by both and issued (发放成功).
        Issued = "issued",
        /// The billing cycle has unpaid spending.
        Frozen = "frozen",
        /// Not claimed in time (失效).
        Expired = "expired",
    }
}

events! {
    /// Event of an incentive statement.
    pub enum StatementEvent: StatementEventKind of Statement {
        /// The page shows an estimate, also a new one.
        Estimate(StatementForm) = "estimate",
        /// The statement is formally made, again after a problem.
        Generate(StatementForm) = "generate",
        /// The partner confirms.
        Confirm = "confirm",
        /// The system confirms after the published day.
        ConfirmAutomatically = "confirm_automatically",
        /// The partner reports a problem.
        ReportProblem(Reason) = "report_problem",
        /// Huawei issues the statement.
        Issue = "issue",
        /// Unpaid spending freezes it.
        Freeze(Reason) = "freeze",
        /// The bills are paid; the freeze ends on the next day.
        Unfreeze(BillsPaid) = "unfreeze",
        /// The statement was not claimed in time. The documentation does not say in which states this can
        /// happen: here, before it is issued.
        Expire = "expire",
        /// The system sets an expired statement off.
        SetOff(Negatives) = "set_off",
    }
}

/// An incentive statement.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementForm {
    /// Number of the statement in the console.
    pub number: String,
    /// The kind of incentive.
    pub kind: IncentiveKind,
    /// The incentive, output tax included. Negative when something is taken back.
    pub amount: Amount,
    /// Currency of the amounts.
    pub currency: Currency,
    /// The published last day to confirm. The number of days is not published, the page shows the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_by: Option<Day>,
}

crate::__debug_by_shape! { StatementForm { number, kind, amount, currency, confirm_by } }

/// The payment that ends a freeze.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillsPaid {
    /// Day of the payment.
    pub paid_on: Day,
}

/// Negative incentives that exist when a statement expires.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Negatives {
    /// Amounts of the negative incentives, below zero; those that arise later are not set off.
    pub amounts: Vec<Amount>,
}

impl Negatives {
    /// Returns the remainder of the negatives after an expired positive incentive: `-400` for `+200` and
    /// `-600`. Never above zero, since the rest of an expired incentive is lost. `None` when the sum has too
    /// many digits.
    pub fn left_after(&self, expired: Amount) -> Option<Amount> {
        let negative = Amount::checked_sum(self.amounts.iter().copied())?;
        let left = negative.checked_add(if expired.is_negative() { Amount::ZERO } else { expired })?;
        Some(if left.is_positive() { Amount::ZERO } else { left })
    }
}

const CONFIRMATION: DeadlineKind = DeadlineKind::new(
    "incentive_statement.confirmation",
    "confirm the statement, or report a problem",
    "the system confirms the statement",
);

impl Workflow for Statement {
    const KIND: &'static str = "incentive_statement";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<StatementState, StatementEventKind>] = transitions! { StatementState on StatementEventKind {
        start: Estimate => Estimated by SYSTEM;
        Estimated: Estimate => Estimated by SYSTEM;
        Estimated: Generate => ToBeConfirmed by HUAWEI;
        ToBeConfirmed: Confirm => BeingIssued by PARTNER;
        ToBeConfirmed: ConfirmAutomatically => BeingIssued by SYSTEM;
        ToBeConfirmed: ReportProblem => ProblemReported by PARTNER;
        ProblemReported: Generate => ToBeConfirmed by HUAWEI;
        BeingIssued: Issue => Issued by HUAWEI;
        ToBeConfirmed: Freeze => Frozen by HUAWEI;
        BeingIssued: Freeze => Frozen by HUAWEI;
        Frozen: Unfreeze => ToBeConfirmed by SYSTEM;
        Frozen: Unfreeze => BeingIssued by SYSTEM;
        ToBeConfirmed: Expire => Expired by SYSTEM;
        BeingIssued: Expire => Expired by SYSTEM;
        Expired: SetOff => Expired by HUAWEI;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[CONFIRMATION];
    type State = StatementState;
    type Event = StatementEvent;

    fn transition(
        record: &Record<Self>,
        event: &StatementEvent,
    ) -> Option<&'static Transition<S, StatementEventKind>> {
        let back = record.facts().frozen_in;
        let ends = matches!(event, StatementEvent::Unfreeze(_));
        let mut rows =
            Self::TABLE.iter().filter(|row| row.from == record.state() && row.event == event.kind());
        rows.find(|row| !ends || Some(row.to) == back)
    }

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<StatementEvent>,
        _: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let on = step.at.billing_day();
        let facts = record.facts();
        let confirm_by = facts.form.as_ref().and_then(|form| form.confirm_by);
        let mut broken = Vec::new();
        match &step.event {
            StatementEvent::ConfirmAutomatically if confirm_by.is_some_and(|day| on <= day) => {
                broken.push(CONFIRM.violation("at", "the published day is not over"));
            }
            StatementEvent::ReportProblem(Reason { reason }) | StatementEvent::Freeze(Reason { reason })
                if reason.trim().is_empty() =>
            {
                broken.push(WRITTEN.violation("reason", "is empty"));
            }
            StatementEvent::Unfreeze(BillsPaid { paid_on }) if on <= *paid_on => {
                broken.push(ALL_PAID.violation("at", "the freeze ends on the day after the payment"));
            }
            StatementEvent::SetOff(negatives) => {
                if negatives.amounts.is_empty()
                    || negatives.amounts.iter().any(|amount| !amount.is_negative())
                {
                    broken.push(SET_OFF.violation("amounts", "are negative incentives, one at least"));
                }
                if facts.set_off.is_some() {
                    broken.push(SET_OFF.violation("amounts", "a later negative is not set off"));
                }
                if !facts.form.as_ref().is_some_and(|form| form.amount.is_positive()) {
                    broken.push(SET_OFF.violation("form.amount", "is not positive"));
                }
            }
            _ => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<StatementEvent>) {
        match &step.event {
            StatementEvent::Estimate(form) | StatementEvent::Generate(form) => {
                self.form = Some(form.clone());
                self.frozen_in = Some(S::ToBeConfirmed);
            }
            StatementEvent::Confirm | StatementEvent::ConfirmAutomatically => {
                self.frozen_in = Some(S::BeingIssued);
            }
            StatementEvent::ReportProblem(Reason { reason }) => self.problem = Some(reason.clone()),
            StatementEvent::Freeze(Reason { reason }) => self.frozen = Some(reason.clone()),
            StatementEvent::Unfreeze(paid) => self.paid_on = Some(paid.paid_on),
            StatementEvent::SetOff(negatives) => {
                let amount = self.form.as_ref().map(|form| form.amount);
                self.set_off = amount.and_then(|amount| negatives.left_after(amount));
            }
            StatementEvent::Issue | StatementEvent::Expire => {}
        }
    }

    fn deadlines(record: &Record<Self>, _: &dyn WorkingDays) -> Vec<Deadline> {
        let day = record.facts().form.as_ref().and_then(|form| form.confirm_by);
        let deadline = |day| Deadline::on(day, &CONFIRM, &CONFIRMATION).automatic();
        day.filter(|_| record.is(S::ToBeConfirmed)).map(deadline).into_iter().collect()
    }

    fn expiry(record: &Record<Self>) -> Option<StatementEvent> {
        record.is(S::ToBeConfirmed).then_some(StatementEvent::ConfirmAutomatically)
    }
}

/// The day from which the performance of a newly assigned customer counts (rule 3): the second day, counted from the
/// assignment, which is the next day.
pub fn performance_counts_from(assigned_on: Day) -> Day {
    days_after(assigned_on, 1)
}

//! The plan of an application: activities, objectives, budget.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    ActivityKind, ExpenseCategory, ExpenseEdition,
    expense::Spending,
    rules::{APPROVAL_FIRST, CLOSED_LOOP, COMPLETE, SERIES},
};
use crate::{
    types::{Amount, Currency, Day},
    workflow::{RULE_CALENDAR, RecordId, RuleViolation, Site, WorkingDays},
};

/// The working days between submission and start that the pages ask for.
pub(super) const MIN_WORKING_DAYS_BEFORE: u32 = 10;

/// One application: one activity, or a series of them (rule 2).
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// The record of the quota that pays. Mandatory.
    pub quota: Option<RecordId>,
    /// Name of the activity or series. Fixed once approved. Mandatory.
    pub name: String,
    /// The partner's company as the application names it; invoices have to carry it as their title. Mandatory.
    pub partner: String,
    /// One activity, or all those of a series. Mandatory.
    pub activities: Vec<Activity>,
    /// Leads expected: customers that may come to want certain products. Mandatory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_leads: Option<u32>,
    /// Opportunities expected: customers with a plan, a first budget and a purchase within about a year. Mandatory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_opportunities: Option<u32>,
    /// Every expense. Mandatory.
    pub budget: Vec<BudgetItem>,
    /// Currency of all amounts, that of the quota. Mandatory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The expense table that is followed.
    pub expense_edition: ExpenseEdition,
    /// The reason for less than ten working days to the start. Mandatory then, but on the China site, which only advises
    /// the ten days.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub late_reason: String,
    /// The payment agreement of the fund was accepted. Mandatory.
    pub agreement_accepted: bool,
}

crate::__debug_by_shape! {
    Plan {
        quota, name, partner, activities, expected_leads, expected_opportunities, budget, currency,
        expense_edition, late_reason, agreement_accepted
    }
}

/// A planned activity. Its fields are fixed once approved: a change needs a new approval before it starts (rule 7).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// Kind of the activity.
    pub kind: ActivityKind,
    /// Audience of the activity, the same for a whole series. The same for all of a series.
    pub audience: String,
    /// Location of the activity.
    pub location: String,
    /// The Huawei department that approves it. The same for all of a series.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub department: String,
    /// First day of the activity.
    pub starts_on: Day,
    /// Last day of the activity.
    pub ends_on: Day,
}

crate::__debug_by_shape! { Activity { kind, audience, location, department, starts_on, ends_on } }

/// One planned expense.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetItem {
    /// Short name, unique in the budget, such as `venue`.
    pub id: String,
    /// Category of the expense.
    pub category: ExpenseCategory,
    /// The whole expense, tax included.
    pub amount: Amount,
    /// The part that MDF is to pay, tax included.
    pub mdf_amount: Amount,
    /// For gifts: the price of one, or of all that one person gets, in CNY whatever the currency of the quota.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each_cny: Option<Amount>,
    /// Whether the expense exceeds a standard. Then a reason is needed here and in the claim.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exceeds_standard: bool,
    /// The reason for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

crate::__debug_by_shape! {
    BudgetItem {
        id, category, amount, mdf_amount, each_cny, exceeds_standard, reason
    }
}

impl BudgetItem {
    /// An expense that MDF is to pay wholly.
    pub fn new(id: impl Into<String>, category: ExpenseCategory, amount: impl Into<Amount>) -> Self {
        let amount = amount.into();
        Self {
            id: id.into(),
            category,
            amount,
            mdf_amount: amount,
            each_cny: None,
            exceeds_standard: false,
            reason: String::new(),
        }
    }
}

impl Plan {
    /// Returns the amount that MDF is to pay in all, tax included. `None` when the sum has more digits than
    /// an amount can hold.
    pub fn mdf_total(&self) -> Option<Amount> {
        Amount::checked_sum(self.budget.iter().map(|item| item.mdf_amount))
    }

    /// The first day of the first activity.
    pub fn starts_on(&self) -> Option<Day> {
        self.activities.iter().map(|activity| activity.starts_on).min()
    }

    /// The last day of the last activity.
    pub fn ends_on(&self) -> Option<Day> {
        self.activities.iter().map(|activity| activity.ends_on).max()
    }

    /// Returns all violations of the plan at once, without those that concern the quota and the time of
    /// submission.
    pub fn check(&self, site: Site) -> Vec<RuleViolation> {
        let mut broken = self.incomplete();
        for (number, activity) in self.activities.iter().enumerate() {
            broken.extend(activity.kind.check(site, format!("activities[{number}].kind")));
        }
        broken.extend(self.series());
        for item in &self.budget {
            let BudgetItem { category, each_cny, exceeds_standard, ref reason, .. } = *item;
            let spending = Spending { category, each_cny, exceeds_standard, reason };
            broken.extend(spending.check(self.expense_edition, &format!("budget[{}]", item.id)));
        }
        broken
    }

    fn incomplete(&self) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        let mut need = |there: bool, field: String, detail: &str| {
            if !there {
                broken.push(COMPLETE.violation(field, detail));
            }
        };
        need(self.quota.is_some(), "quota".into(), "is missing");
        need(!self.name.trim().is_empty(), "name".into(), "is empty");
        need(!self.partner.trim().is_empty(), "partner".into(), "is empty");
        need(self.currency.is_some(), "currency".into(), "is missing");
        need(self.agreement_accepted, "agreement_accepted".into(), "is false");
        need(!self.activities.is_empty(), "activities".into(), "is empty");
        for (number, activity) in self.activities.iter().enumerate() {
            let field = |name: &str| format!("activities[{number}].{name}");
            need(!activity.audience.trim().is_empty(), field("audience"), "is empty");
            need(!activity.location.trim().is_empty(), field("location"), "is empty");
            need(activity.starts_on <= activity.ends_on, field("ends_on"), "is before the start");
        }
        need(!self.budget.is_empty(), "budget".into(), "is empty");
        let mut ids = BTreeSet::new();
        for item in &self.budget {
            let field = |name: &str| format!("budget[{}].{name}", item.id);
            need(!item.id.trim().is_empty() && ids.insert(&item.id), field("id"), "is empty or used twice");
            need(item.amount.is_positive(), field("amount"), "is not above zero");
            let part = !item.mdf_amount.is_negative() && item.mdf_amount <= item.amount;
            need(part, field("mdf_amount"), "is negative or above the whole expense");
        }
        need(self.mdf_total().is_some(), "budget".into(), "has a sum of too many digits");
        for (objective, field) in
            [(self.expected_leads, "expected_leads"), (self.expected_opportunities, "expected_opportunities")]
        {
            if objective.is_none() {
                broken.push(CLOSED_LOOP.violation(field, "is missing"));
            }
        }
        broken
    }

    /// Rule 2. The page says "at most one quarter"; three months from the first day are taken, whatever the month.
    fn series(&self) -> Vec<RuleViolation> {
        let Some((first, rest)) = self.activities.split_first().filter(|(_, rest)| !rest.is_empty()) else {
            return Vec::new();
        };
        let mut broken = Vec::new();
        for (number, activity) in rest.iter().enumerate() {
            for (same, name) in [
                (activity.audience == first.audience, "audience"),
                (activity.kind == first.kind, "kind"),
                (activity.department == first.department, "department"),
            ] {
                if !same {
                    let field = format!("activities[{}].{name}", number + 1);
                    broken.push(SERIES.violation(field, "differs from the first activity's"));
                }
            }
        }
        let within =
            self.starts_on().zip(self.ends_on()).is_none_or(|(from, to)| to < three_months_after(from));
        if !within {
            broken.push(SERIES.violation("activities", "are not within three months"));
        }
        broken
    }

    /// Rule 1 on the day of submission: not after the start, and outside the China site ten working days ahead or with a
    /// reason. The China site only advises the ten days, see [`Plan::advice`].
    pub(super) fn check_time(
        &self,
        site: Site,
        submitted: Day,
        calendar: &dyn WorkingDays,
    ) -> Option<RuleViolation> {
        let start = self.starts_on()?;
        if start < submitted {
            return Some(APPROVAL_FIRST.violation("activities", "started before the submission"));
        }
        if site == Site::China { None } else { self.late(submitted, calendar) }
    }

    /// Returns the advice of the page for the day of submission, which is not required: ten working days to
    /// the start.
    pub fn advice(&self, submitted: Day, calendar: &dyn WorkingDays) -> Option<RuleViolation> {
        self.late(submitted, calendar)
    }

    /// Less than ten working days to the start, without a reason.
    fn late(&self, submitted: Day, calendar: &dyn WorkingDays) -> Option<RuleViolation> {
        let start = self.starts_on()?;
        if !self.late_reason.trim().is_empty() {
            return None;
        }
        match calendar.working_days_between(submitted, start) {
            Ok(days) if days >= MIN_WORKING_DAYS_BEFORE => None,
            Ok(days) => {
                let detail = format!(
                    "is needed: {days} working days to the start instead of {MIN_WORKING_DAYS_BEFORE}"
                );
                Some(APPROVAL_FIRST.violation("late_reason", detail))
            }
            // Far enough by any calendar: no holiday season takes two months.
            Err(_) if crate::types::days_between(submitted, start) > 60 => None,
            Err(unknown) => Some(RULE_CALENDAR.violation("activities", unknown.to_string())),
        }
    }
}

fn three_months_after(day: Day) -> Day {
    let date = day.date();
    let month = date.month().nth_next(3);
    let year = date.year() + i32::from(u8::from(month) < u8::from(date.month()));
    // Where the month is too short its end stands in.
    let same_day = (28..=date.day()).rev().chain([date.day()]);
    same_day
        .filter_map(|day| time::Date::from_calendar_date(year, month, day).ok())
        .next()
        .map_or(day, Day::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_months_end_where_the_month_ends() {
        let after = |text: &str| three_months_after(text.parse().unwrap()).to_string();
        assert_eq!(after("2026-01-15"), "2026-04-15");
        assert_eq!(after("2026-11-30"), "2027-02-28");
        assert_eq!(after("2026-12-31"), "2027-03-31");
        assert_eq!(after("2026-03-31"), "2026-06-30");
    }
}

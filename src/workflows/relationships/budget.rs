//! Accounts of resale customers on the international site: frozen, normal, and the budget that decides.

use serde::{Deserialize, Serialize};

use super::rules::{BUDGET_KINDS, BUDGET_POLICY, BUDGET_REPLACED, RESELLER_BUDGET, RULES, SITES};
use crate::{
    types::{Amount, CustomerId},
    workflow::{
        Event, LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Site, Transition, Workflow,
        events, named, states, transitions,
    },
};

use CustomerAccountState as S;

/// Facts of a customer's account, from its events. Kind `customer_account`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CustomerAccount {
    /// Customer that owns the account.
    pub customer: Option<CustomerId>,
    /// The budget in force.
    pub budget: Option<BudgetSetting>,
    /// Extent of the last freeze.
    pub scope: Option<FreezeExtent>,
}

states! {
    /// State of the account of a resale customer.
    pub enum CustomerAccountState {
        /// The account can neither buy, renew nor change anything.
        Frozen = "frozen",
        /// Account is in use.
        Normal = "normal",
    }
}

events! {
    /// Event of the account of a resale customer.
    pub enum CustomerAccountEvent: CustomerAccountEventKind of CustomerAccount {
        /// The association is new: frozen by default.
        Associate(NewResaleCustomer) = "associate",
        /// The partner sets a budget, which replaces the one before.
        SetBudget(BudgetSetting) = "set_budget",
        /// The partner unfreezes.
        Unfreeze = "unfreeze",
        /// The partner freezes by hand.
        Freeze(Freeze) = "freeze",
        /// The budget is used up under the automatic policy.
        Exhaust = "exhaust",
    }
}

/// A newly associated customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewResaleCustomer {
    /// Customer that owns the account.
    pub customer: CustomerId,
}

named! {
    /// Quantity that a budget limits.
    pub enum BudgetKind {
        /// List-price spending of a month. It starts again on the first day of the next one.
        Monthly = "monthly",
        /// List-price spending without end.
        OneTime = "one_time",
    }
}

named! {
    /// Action when a budget is used up.
    pub enum ExhaustionPolicy {
        /// The account is frozen, by its newer name restricted, without anybody.
        Automatic = "automatic",
        /// The partner decides. Yearly, monthly and reserved purchases are blocked all the same.
        Manual = "manual",
    }
}

named! {
    /// Part of the account that a freeze covers.
    pub enum FreezeExtent {
        /// Account of the customer.
        Account = "account",
        /// Account and resources of the customer.
        AccountAndResources = "account_and_resources",
    }
}

/// A freeze by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// Extent of the freeze.
    pub scope: FreezeExtent,
}

/// Values that a budget is set to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetSetting {
    /// Quantity that the budget limits.
    pub kind: BudgetKind,
    /// Amount of the budget, at list prices.
    pub amount: Amount,
    /// Action when the budget is used up.
    pub policy: ExhaustionPolicy,
    /// The account is unfrozen with it.
    #[serde(default)]
    pub unfreeze_now: bool,
    /// Given when a reseller sets it: what its distributor granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<BudgetPermission>,
}

/// Permission that a distributor granted to a reseller.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BudgetPermission {
    /// Quota for monthly budgets, over all of the reseller's customers. None: monthly budgets are not permitted.
    pub monthly: Option<Amount>,
    /// Quota for one-time budgets. None: they are not permitted.
    pub one_time: Option<Amount>,
    /// Amount that the reseller's other budgets of the kind hold already.
    pub held: Amount,
}

impl BudgetSetting {
    /// Returns all violations at once.
    pub fn check(&self) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if !self.amount.is_positive() {
            broken.push(BUDGET_REPLACED.violation("amount", "is not above zero"));
        }
        if let Some(permission) = &self.permission {
            let quota = match self.kind {
                BudgetKind::Monthly => permission.monthly,
                BudgetKind::OneTime => permission.one_time,
            };
            let total = permission.held.checked_add(self.amount);
            match (quota, total) {
                (None, _) => broken.push(RESELLER_BUDGET.violation("kind", "has no quota")),
                (Some(quota), Some(total)) if total <= quota => {}
                _ => broken.push(RESELLER_BUDGET.violation("amount", "is above what is left of the quota")),
            }
        }
        broken
    }

    /// The highest alert that a spending has reached: 75, 90 or 100 per cent.
    pub fn alert(&self, spent: Amount) -> Option<u8> {
        let spent = spent.as_decimal().checked_mul(100.into())?;
        let reached = |percent: u8| {
            self.amount.as_decimal().checked_mul(percent.into()).is_some_and(|threshold| spent >= threshold)
        };
        [100, 90, 75].into_iter().find(|percent| reached(*percent))
    }
}

const PARTNER: &[Role] =
    &[Role::PartnerAdministrator, Role::Distributor, Role::Reseller, Role::AccountManager];
const SYSTEM: &[Role] = &[Role::System];

impl Workflow for CustomerAccount {
    const KIND: &'static str = "customer_account";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<CustomerAccountState, CustomerAccountEventKind>] = transitions! { CustomerAccountState on CustomerAccountEventKind {
        start: Associate => Frozen by SYSTEM;
        Frozen: SetBudget => Frozen by PARTNER;
        Frozen: SetBudget => Normal by PARTNER;
        Frozen: Unfreeze => Normal by PARTNER;
        Normal: SetBudget => Normal by PARTNER;
        Normal: Freeze => Frozen by PARTNER;
        Normal: Exhaust => Frozen by SYSTEM;
    } };
    type State = CustomerAccountState;
    type Event = CustomerAccountEvent;

    fn transition(
        record: &Record<Self>,
        event: &CustomerAccountEvent,
    ) -> Option<&'static Transition<S, CustomerAccountEventKind>> {
        let mut rows =
            Self::TABLE.iter().filter(|row| row.from == record.state() && row.event == event.kind());
        match event {
            CustomerAccountEvent::SetBudget(budget) if record.is(S::Frozen) => {
                rows.find(|row| budget.unfreeze_now == (row.to == S::Normal))
            }
            _ => rows.next(),
        }
    }

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<CustomerAccountEvent>,
        _: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        match &step.event {
            CustomerAccountEvent::Associate(_) if record.site() == Site::China => {
                vec![SITES.violation("site", "the China site allots money instead of budgets")]
            }
            CustomerAccountEvent::SetBudget(budget) => budget.check(),
            CustomerAccountEvent::Exhaust => match &record.facts().budget {
                None => vec![BUDGET_KINDS.violation("budget", "none is set")],
                Some(budget) if budget.policy == ExhaustionPolicy::Manual => {
                    vec![BUDGET_POLICY.violation("budget.policy", "is manual: the partner freezes")]
                }
                Some(_) => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn fold(&mut self, step: &LoggedEvent<CustomerAccountEvent>) {
        match &step.event {
            CustomerAccountEvent::Associate(new) => self.customer = Some(new.customer.clone()),
            CustomerAccountEvent::SetBudget(budget) => self.budget = Some(budget.clone()),
            CustomerAccountEvent::Freeze(freeze) => self.scope = Some(freeze.scope),
            CustomerAccountEvent::Exhaust => self.scope = Some(FreezeExtent::Account),
            CustomerAccountEvent::Unfreeze => self.scope = None,
        }
    }
}

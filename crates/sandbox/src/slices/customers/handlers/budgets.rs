//! The Reseller model: budgets, freezing, and how much a partner may owe.

use crate::{
    core::{Account, Refusal, page, refuse},
    handler::{Route, Simulated, non_empty, route},
    slices::customers::{
        budgets::{self, resold},
        freezing,
    },
    state::State,
};
use huaweicloud_partner::{
    customers::{
        Budget, BudgetRecord, BudgetRecordPage, BudgetSet, BudgetType, Budgets, CustomerBudget,
        ExpenditureQuota, FreezeCustomers, FreezingOutcome, ListBudgetRecords, ListBudgets, SetBudget,
        ShowBudget, ShowExpenditureQuota, UnfreezeCustomers,
    },
    fill,
    partners::{ConsumptionQuota, ShowConsumptionQuota},
    types::{Amount, Currency, CustomerId, MeasureUnit, ResellerId},
};

pub(crate) const ROUTES: &[Route] = &[
    route::<FreezeCustomers>(),
    route::<UnfreezeCustomers>(),
    route::<SetBudget>(),
    route::<ShowBudget>(),
    route::<ListBudgets>(),
    route::<ListBudgetRecords>(),
    route::<ShowConsumptionQuota>(),
    route::<ShowExpenditureQuota>(),
];

impl Simulated for FreezeCustomers {
    fn run(self, world: &mut State, caller: &Account) -> Result<FreezingOutcome, Refusal> {
        freezing::freeze_customers(world, caller, self)
    }
}

impl Simulated for UnfreezeCustomers {
    fn run(self, world: &mut State, caller: &Account) -> Result<FreezingOutcome, Refusal> {
        freezing::unfreeze_customers(world, caller, self)
    }
}

impl Simulated for SetBudget {
    fn run(self, world: &mut State, caller: &Account) -> Result<BudgetSet, Refusal> {
        budgets::set_budget(world, caller, self)
    }
}

impl Simulated for ShowBudget {
    /// Returns a response without amounts for a customer without a budget.
    fn run(self, world: &mut State, caller: &Account) -> Result<Budget, Refusal> {
        let owner =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let customer = self.customer_id.as_str();
        resold(world, &owner, customer).map_err(refuse)?;
        let budget = world.customers.budget(customer);
        Ok(fill!(Budget {
            budget_amount: budget.map(|budget| budget.amount),
            used_amount: budget.map(|budget| world.budget_used(customer, budget)),
            measure_id: Some(MeasureUnit::MainUnit),
            currency: Some(Currency::Usd),
            budget_type: budget.map(|budget| budget.kind.clone()),
        }))
    }
}

impl Simulated for ListBudgets {
    fn run(self, world: &mut State, caller: &Account) -> Result<Budgets, Refusal> {
        let owner =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let info = |id: &CustomerId| {
            resold(world, &owner, id.as_str()).ok()?;
            let budget = world.customers.budget(id.as_str())?;
            Some(fill!(CustomerBudget {
                customer_id: id.clone(),
                budget_amount: Some(budget.amount),
                used_amount: Some(world.budget_used(id.as_str(), budget)),
                budget_type: Some(budget.kind.clone()),
            }))
        };
        Ok(fill!(Budgets {
            measure_id: Some(MeasureUnit::MainUnit),
            currency: Some(Currency::Usd),
            budget_infos: self.customer_ids.iter().filter_map(info).collect(),
        }))
    }
}

impl Simulated for ListBudgetRecords {
    /// Newest first; the order is not documented. A customer that left is still found by the partner that it left.
    fn run(self, world: &mut State, caller: &Account) -> Result<BudgetRecordPage, Refusal> {
        let owner =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let customer = self.customer_id.as_str();
        let entries = world.customers.budget_entries().iter().rev();
        let own = entries
            .filter(|entry| entry.owner == customer && entry.record.partner == owner)
            .map(|entry| &entry.record);
        if own.clone().next().is_none() {
            resold(world, &owner, customer).map_err(refuse)?;
        }
        let operation = non_empty(self.operation_type.as_ref().map(|kind| kind.as_str()));
        let kind = non_empty(self.budget_type.as_ref().map(BudgetType::as_str));
        let wanted = own.filter(|entry| {
            operation.is_none_or(|operation| entry.what.as_str() == operation)
                && kind.is_none_or(|kind| entry.kind.as_str() == kind)
        });
        let (total_count, record_list) = page(wanted, self.offset, self.limit, |entry| {
            let partner = world.accounts.get(&entry.partner);
            fill!(BudgetRecord {
                budget_amount: Some(entry.amount),
                operation_type: Some(entry.what.clone()),
                operation_time: Some(entry.at),
                operator: Some(entry.operator.clone()),
                budget_type: Some(entry.kind.clone()),
                partner_corp_name: partner.map(|partner| partner.name.clone()),
                partner_account_name: partner.map(|partner| partner.login.clone()),
            })
        });
        Ok(fill!(BudgetRecordPage {
            total_count,
            measure_id: Some(MeasureUnit::MainUnit),
            currency: Some(Currency::Usd),
            record_list,
        }))
    }
}

impl Simulated for ShowConsumptionQuota {
    /// Makes bills when their month is final; until then the spending is estimated, here exactly. A partner
    /// without a grant has a quota of zero, which blocks no one.
    fn run(self, world: &mut State, caller: &Account) -> Result<ConsumptionQuota, Refusal> {
        let owed = world.payable(&caller.id);
        let quota = world.customers.consumption_quota(&caller.id);
        Ok(fill!(ConsumptionQuota {
            consumption_quota: Some(quota.unwrap_or(Amount::ZERO)),
            amount: Some(owed.cash),
            coupon_amount: Some(owed.vouchers),
            due_amount: Some(owed.due),
            unbilled_amount: Some(owed.unbilled),
            used_consumption_quota: Some(owed.used()),
            measure_id: Some(MeasureUnit::MainUnit),
            currency: Some(caller.site.currency()),
        }))
    }
}

impl Simulated for ShowExpenditureQuota {
    /// A customer to which nothing was granted has a quota of zero.
    fn run(self, world: &mut State, caller: &Account) -> Result<ExpenditureQuota, Refusal> {
        if world.accounts.is_of_reseller_model(&caller.id) {
            return Ok(ExpenditureQuota::default());
        }
        let granted = world.customers.expenditure_quota(&caller.id).unwrap_or_default();
        let used = world.spent_this_month(&caller.id);
        let share = used.as_decimal().checked_div(granted.as_decimal()).unwrap_or_default();
        Ok(fill!(ExpenditureQuota {
            granting_amount: Some(granted),
            granting_amount_used: Some(used),
            percentage_granting_amount_used: Some(Amount::from(share).rounded(2)),
            measure_id: Some(MeasureUnit::MainUnit),
            currency: Some(caller.site.currency()),
        }))
    }
}

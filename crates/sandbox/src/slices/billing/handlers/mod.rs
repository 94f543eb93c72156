//! Bills: what the handlers of all kinds of bills share. All of them are made from the charges when they are asked for.
//!
//! Real delays of an hour or two are left out: what was charged is in the bills at once, but for those that are documented
//! to end with the day before.

mod bandwidth;
mod costs;
mod fees;
mod invoices;
mod partner;
mod pay_per_use;
mod query;
mod resources;
mod summary;
mod usage;

use crate::handler::{Route, route};
use huaweicloud_partner::{
    bills::{
        ListBandwidthUsage, ListBandwidthUsageSummary, ListConsumingCustomers, ListCustomerCharges,
        ListFeeRecords, ListInvoices, ListMonthlyBills, ListResourceBills, ListUsageRecords,
        ShowMonthlySummary, ShowPartnerBill,
    },
    costs::{ListCosts, ListMonthlyBreakdown},
    customers::ListPayPerUseResources,
};

pub(crate) const ROUTES: &[&[Route]] = &[&[
    route::<ListConsumingCustomers>(),
    route::<ListCustomerCharges>(),
    route::<ListMonthlyBills>(),
    route::<ShowPartnerBill>(),
    route::<ShowMonthlySummary>(),
    route::<ListFeeRecords>(),
    route::<ListUsageRecords>(),
    route::<ListResourceBills>(),
    route::<ListBandwidthUsageSummary>(),
    route::<ListBandwidthUsage>(),
    route::<ListInvoices>(),
    route::<ListPayPerUseResources>(),
    route::<ListCosts>(),
    route::<ListMonthlyBreakdown>(),
]];

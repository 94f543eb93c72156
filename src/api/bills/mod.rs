//! Bills: what customers consumed, what it cost, how it was paid, and what a partner owes for it.
//!
//! There are two kinds of callers. A **partner** (solution provider or distributor, with its own credentials) sees what its customers
//! consumed and, internationally, what it owes itself. A **customer** (with its own keys, or a token that it granted)
//! sees its own bills, and an enterprise master those of its members too.
//!
//! | Question | Operation | Caller | Sites |
//! |---|---|---|---|
//! | which customers consumed in a month | [`ListConsumingCustomers`] | partner | China |
//! | every charge of one of them | [`ListCustomerCharges`] | partner | China |
//! | sums by customer and service, split by account | [`ListMonthlyBills`] | partner | China |
//! | what the partner owes for a month | [`ShowPartnerBill`] | partner | international, European |
//! | the month in sums | [`ShowMonthlySummary`] | customer | all |
//! | charges by order or settlement period | [`ListFeeRecords`] | customer | China |
//! | charges with usage, price and formula | [`ListUsageRecords`] | customer | all |
//! | cost by resource | [`ListResourceBills`] | customer | all |
//! | bandwidth billed by the 95th percentile | [`ListBandwidthUsageSummary`], [`ListBandwidthUsage`] | customer | China |
//! | invoices | [`ListInvoices`] | both | international, European |
//!
//! All of them only read. Costs by dimension and by month of amortization are in [`costs`](crate::costs).
//!
//! # Months, days, instants
//!
//! A [`BillCycle`](crate::types::BillCycle) is a calendar month in Beijing, on every site; days are counted there too.
//! Times with a clock are UTC. A charge at `2020-11-30T17:00:00Z` belongs to December. Figures move until noon on the
//! 5th of the next month, [`BillCycle::final_from`](crate::types::BillCycle::final_from): late charges, refunds,
//! adjustments and write-offs come in.
//!
//! # One payable amount, many names
//!
//! The bills use different names for the same amount: the payable amount is `payment_amount`, `consume_amount` or
//! `amount`; the names of its parts differ too. [`PaymentParts`] gives them one set of names. A part that the
//! service left out is `None`.
//! Three enums share the wire name `bill_type` and are not the same: [`BillType`] in single charges,
//! [`SummaryBillType`] in the month's summary, [`MonthlyBillType`] in the partner's month sums.
//!
//! # Checking sums
//!
//! `check_identities` on every row compares its amounts with the sums that the documentation states, or that follow from
//! the meaning of the fields, and lists the violations: see [`Identity`]. Add unrounded amounts and round once: China
//! charges to cents and truncates what is below; since August 2021 the international site rounds the month's total only.
//!
//! # Pitfalls
//!
//! - Every list returns ten rows by default.
//! - [`ListMonthlyBills`] covers resale customers and one payment mode per call; [`ListCustomerCharges`] covers referral
//!   customers too. Filter by [`CustomerAssociation::Resale`] before comparing them.
//! - What customers consume is not what the partner owes; settle by [`ShowPartnerBill`] or by the console's bill.
//! - An empty filter is not an absent one: [`ListUsageRecords`] takes it for "rows without a value".
//!
//! # Example
//!
//! ```
//! use huaweicloud_partner::{
//!     bills::{BillType, FeeRecordPage, ListFeeRecords},
//!     operation::RequestParts,
//!     types::{Amount, BillCycle, Currency, Money, decode_str},
//! };
//!
//! let cycle: BillCycle = "2026-10".parse()?;
//! let request = RequestParts::of(&ListFeeRecords::new(cycle).bill_type(BillType::Usage).limit(1000_u32))?;
//! assert_eq!(request.query, "bill_cycle=2026-10&bill_type=5&limit=1000");
//!
//! let page: FeeRecordPage = decode_str(
//!     r#"{"total_count":1,"currency":"CNY","records":[{"bill_type":5,"official_amount":0.04599822,
//!         "erase_amount":0.00599822,"consume_amount":0.04,"cash_amount":0.04}]}"#,
//! )?;
//! assert!(page.records.iter().all(|record| record.check_identities().is_empty()));
//! assert_eq!(page.payable()?, Some(Money::new("0.04".parse::<Amount>()?, Currency::Cny)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bandwidth;
mod charges;
mod codes;
mod fees;
mod identities;
mod invoices;
mod partner;
mod resources;
mod rules;
mod summary;
mod usage;

pub(crate) use rules::payable;

pub use bandwidth::{
    BandwidthPoint, BandwidthSummary, BandwidthSummaryPage, BandwidthUsage, BandwidthUsageType,
    ListBandwidthUsage, ListBandwidthUsageSummary,
};
pub use charges::{
    ChargeOrderType, ConsumingCustomer, ConsumingCustomerPage, CustomerAssociation, CustomerCharge,
    CustomerChargePage, ListConsumingCustomers, ListCustomerCharges,
};
pub use codes::{BillClass, BillType, ChargingMode, PaymentOption, PeriodType, RecordOwner, StatisticType};
pub use fees::{FeeRecord, FeeRecordPage, FeeStatus, ListFeeRecords, ProviderType};
pub use identities::{BrokenIdentity, Identity, PaymentParts};
pub use invoices::{
    Invoice, InvoiceBasis, InvoiceClass, InvoiceHolder, InvoiceKind, InvoicePage, InvoiceRequestMode,
    InvoiceState, InvoiceTax, InvoiceTrade, ListInvoices, PostalAddress, SubTaxClass, TaxClass, TaxFlag,
};
pub use partner::{
    AccountPayment, ListMonthlyBills, MonthlyBill, MonthlyBillPage, MonthlyBillType, PartnerBill,
    PaymentAccount, ShowPartnerBill,
};
pub use resources::{
    AvailabilityZone, ListResourceBills, RelatedResource, ResourceBill, ResourceBillPage, ResourceBillPeriod,
    ResourceRelation, ResourceRelations, SpotInstance,
};
pub use summary::{MonthlySummary, ShowMonthlySummary, SummaryBillType, SummaryRow};
pub use usage::{ListUsageRecords, UsageRecord, UsageRecordPage};

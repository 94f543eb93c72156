//! Incentives: performance, statements, payout, invoices both ways, withdrawal, contracts.
//!
//! | Kind | Record |
//! |---|---|
//! | `performance` | [`Performance`]: a month's performance, from estimate to final |
//! | `incentive_statement` | [`Statement`]: what the partner confirms, and what freezes or expires |
//! | `payout` | [`Payout`]: a payout order (申付单) with its invoices to Huawei |
//! | `project_incentive` | [`ProjectIncentive`]: delivery capability support, 40 working days to confirm |
//! | `funding_head` | [`FundingHead`]: a month's list, 14 working days to check |
//! | `spif` | [`Spif`]: sales performance incentive fund (international site) |
//! | `invoice_request` | [`InvoiceRequest`]: an invoice from Huawei (China site) |
//! | `withdrawal` | [`Withdrawal`]: money back to the bank |
//! | `online_contract` | [`OnlineContract`]: draft, formal, voided |
//! | `procurement_statement` | [`ProcurementStatement`]: of a purchase-involved partner (China site) |
//! | `signing_entity_change` | [`EntityChange`]: another contracting party, and what that does to payouts and invoices |
//! | `koogallery_statement` | [`KoogalleryStatement`]: the revenue split of a month (China site) |
//!
//! Opportunity incentives are in [`opportunities`](crate::opportunities), MDF in [`mdf`](crate::mdf). No HTTP interface
//! exists for any of it; balances, bills and incentive policies have operations in [`partners`](crate::partners),
//! [`bills`](crate::bills) and [`products`](crate::products).
//!
//! # Money
//! Amounts include tax. [`TaxRates::invoice`] computes what an invoice has to amount to as an exact fraction; which way
//! a cent is rounded is not published, so the cent below and the cent above both pass.
//!
//! # Editions
//! - Forms of a payout ([`PayoutForm::is_open`]): bank transfer is for referral only on the international site; on the
//!   China site resale incentives of October 2023 and later come as top-up with invoice debt or as coupon quota.
//! - Invoice requests and the KooGallery split are the China site's, SPIF is the international site's.
//! - The European site is taken to follow the international one.
//!
//! # Rules
//! [`RULES`] holds them with their source pages; 1 to 41 are the published rules, the others come from the tables
//! beside them. Some rules cannot be decided from the data of a record:
//!
//! | Rule | Reason why it is not checked |
//! |---|---|
//! | 1, 2, 4, 5 | Performance is counted by Huawei; the record keeps what the page shows |
//! | 3 | Counted by Huawei; the day is [`performance_counts_from`] |
//! | 12 | There is no event that changes the form |
//! | 15, 16 | Huawei's side; a negative statement is a statement |
//! | 25, 31, 33, 35, 36, 37, 38, 39 | No event of these records: consequences, searches, read-only lists |
//! | 32 | Amounts of bills are Huawei's |
//! | 41 | The agreement is no record here |
//! | 53 | A rate may change by law; [`TaxRates::is_published`] tells whether it is a published one |
//! | 54 | The date on which a partner left the program is not part of a statement |
//!
//! Not published, so nothing is refused: the days of the confirmation window (the page shows the day), the least payout,
//! which of the published invoice rates of 3 % and 6 % applies, further states of payout orders, withdrawals, the
//! KooGallery split after countersigning and of purchase-involved partners, and any workflow for special prices. An
//! incentive is valid from its notice on; after the partner left the program it stays valid for one year.

mod contract;
mod entity;
mod entity_effects;
mod invoice;
mod payout;
mod procurement;
mod project;
mod rules;
mod statement;
mod tax;

pub use contract::{
    ContractEvent, ContractEventKind, ContractForm, ContractSort, ContractState, KoogalleryStatement,
    OnlineContract, SplitEvent, SplitEventKind, SplitInvoice, SplitMonth, SplitState,
};
pub use entity::{
    EntityChange, EntityChangeEvent, EntityChangeEventKind, EntityChangeForm, EntityChangeState, Invoiced,
    SigningEntity,
};
pub use entity_effects::{AffectedRecord, EntityEffect};
pub use invoice::{
    InvoiceEvent, InvoiceEventKind, InvoiceForm, InvoiceHeader, InvoiceMedium, InvoiceOperation,
    InvoiceRequest, InvoiceRequestState, InvoiceReturn,
};
pub use payout::{
    MailedInvoices, PaidBy, PartnerInvoice, Payout, PayoutEvent, PayoutEventKind, PayoutForm, PayoutLine,
    PayoutRequest, PayoutState, ReturnPeriod, Withdrawal, WithdrawalEvent, WithdrawalEventKind,
    WithdrawalRequest, WithdrawalRoute, WithdrawalState,
};
pub use procurement::{
    ProcurementEvent, ProcurementEventKind, ProcurementForm, ProcurementState, ProcurementStatement,
};
pub use project::{
    Acceptance, EnteredAmount, FundedPerson, FundingEvent, FundingEventKind, FundingHead, FundingList,
    FundingState, PaymentStanding, Project, ProjectEvent, ProjectEventKind, ProjectIncentive, ProjectState,
    Spif, SpifEvent, SpifEventKind, SpifReceipt, SpifState,
};
pub use rules::RULES;
pub use statement::{
    BillsPaid, IncentiveKind, Negatives, Performance, PerformanceEvent, PerformanceEventKind,
    PerformanceFigure, PerformanceState, Statement, StatementEvent, StatementEventKind, StatementForm,
    StatementState, performance_counts_from,
};
pub use tax::{InvoiceAmount, TaxRates};

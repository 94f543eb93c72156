//! MDF, the market development fund: quotas, applications for activities, claims with their evidence, invoices.
//!
//! | Kind | Record |
//! |---|---|
//! | `mdf_quota` | [`Quota`]: what a benefit grants |
//! | `mdf_application` | [`Application`]: one activity or one series, from the plan to the money |
//!
//! No HTTP interface exists on any site: the console page is Benefits > Market Development Fund, and these are records
//! of what happens there. [`QuotaLedger`] adds up what applications hold of a quota; no event that would overdraw it is
//! accepted. All amounts include tax.
//!
//! # Editions
//! - Activity types: the China site has one list, the international site another ([`ActivityKind`]). The European site
//!   is taken to follow the international one. The end of the international list is not known, so
//!   [`ActivityKind::Other`] passes there.
//! - Expenses: the table of 2020 allows gifts for regular visits up to CNY 200, that of 2023 has the same line and
//!   forbids them in the list below it. [`ExpenseEdition`] is chosen in the plan; 2023 refuses them.
//! - On the China site an activity that ran on the marketing platform needs no attendee list.
//!
//! # Rules
//! [`RULES`] holds them with their source pages; 1 to 18 are the published rules, 19 to 24 come from the tables beside
//! them. Some rules cannot be decided from the data of a record:
//!
//! | Rule | Reason why it is not checked |
//! |---|---|
//! | 9 | The 15 days for the invoice are a deadline; nothing is published about a later one, so it is not refused |
//! | 12, 17 | That expenses are genuine and no one is bribed is not visible in a record |
//! | 13, 14 | The records of the same store are compared: the activity, the invoice numbers. Splits elsewhere are not visible |
//! | 15 | A warning of the console: similar applications are reported as duplicates, not refused |
//! | 18 | Concerns development paths, not MDF records |
//! | 20 | Standards other than the price of gifts are not published; an item says itself that it exceeds one |

mod application;
mod application_workflow;
mod claim;
mod expense;
mod ledger;
mod plan;
mod quota;
mod quota_workflow;
mod rules;

pub use application::{
    ActivityHeld, Application, ApplicationEvent, ApplicationEventKind, ApplicationState, Comments,
    MailedInvoice, Overdue, Payment,
};
pub use claim::{
    Claim, ClaimInvoice, ClaimItem, ClaimantStanding, HeldActivity, LateApproval, Material, MaterialKind,
    PartnerKind, SealedReceipt,
};
pub use expense::{ActivityKind, ExpenseCategory, ExpenseEdition};
pub use ledger::{Overdrawn, QuotaLedger, QuotaMoney, QuotaPosition};
pub use plan::{Activity, BudgetItem, Plan};
pub use quota::{MdfGrant, Quota, QuotaChange, QuotaEvent, QuotaEventKind, QuotaState};
pub use rules::RULES;

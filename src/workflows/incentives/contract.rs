//! Online contracts, and the revenue split of KooGallery.

use serde::{Deserialize, Serialize};

use super::rules::{CONTRACT_LIMITS, KOOGALLERY_INVOICE, RULES, WRITTEN};
use crate::{
    types::{BillCycle, Day},
    workflow::{
        Deadline, DeadlineKind, LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Transition,
        Workflow, WorkingDays, events, months_after, named, states, transitions,
    },
};

/// Maximum number of online contracts in a day.
const MAX_PER_DAY: usize = 80;

const PARTNER: &[Role] = &[Role::PartnerAdministrator];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::System];
const SYSTEM: &[Role] = &[Role::System];

/// Facts of an online contract, from its events. Kind `online_contract`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OnlineContract {
    /// Form of the contract.
    pub form: Option<ContractForm>,
}

states! {
    /// State of an online contract.
    pub enum ContractState {
        /// A preview: not sealed, not binding (草稿).
        Draft = "draft",
        /// Formal: sealed, binding, downloadable (已完成).
        Completed = "completed",
        /// Voided by the applicant (作废).
        Voided = "voided",
    }
}

events! {
    /// Event of an online contract.
    pub enum ContractEvent: ContractEventKind of OnlineContract {
        /// The applicant makes it.
        Draft(ContractForm) = "draft",
        /// The contract becomes formal.
        Complete = "complete",
        /// The applicant voids it, for instance when the real payment differs. A new one may follow.
        Void = "void",
    }
}

named! {
    /// A sort of online contract.
    pub enum ContractSort {
        /// On completed orders and pay-per-use bills.
        Order = "order",
        /// On unpaid orders or a promised payment (请款).
        PaymentRequest = "payment_request",
    }
}

/// An online contract.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractForm {
    /// Sort of the contract.
    pub sort: ContractSort,
    /// The orders that it covers.
    #[serde(default)]
    pub orders: Vec<String>,
    /// Day of the promised payment, which may be in the past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_on: Option<Day>,
}

crate::__debug_by_shape! { ContractForm { sort, orders, promised_on } }

impl Workflow for OnlineContract {
    const KIND: &'static str = "online_contract";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<ContractState, ContractEventKind>] = transitions! { ContractState on ContractEventKind {
        start: Draft => Draft by PARTNER;
        Draft: Complete => Completed by SYSTEM;
        Draft: Void => Voided by PARTNER;
        Completed: Void => Voided by PARTNER;
    } };
    type State = ContractState;
    type Event = ContractEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<ContractEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let ContractEvent::Draft(form) = &step.event else { return Vec::new() };
        let today = step.at.billing_day();
        let mut broken = Vec::new();
        if form.orders.is_empty() && form.promised_on.is_none() {
            broken.push(WRITTEN.violation("orders", "neither orders nor a promised payment"));
        }
        if form.promised_on.is_some_and(|day| months_after(day, 12) < today) {
            broken.push(CONTRACT_LIMITS.violation("promised_on", "is more than 12 months ago"));
        }
        for order in &form.orders {
            let others = context.others.with_key(&order_key(order));
            if let Some(other) = others.iter().find(|other| other.id() != record.id()) {
                broken.push(CONTRACT_LIMITS.violation("orders", format!("{order} is in {}", other.id())));
            }
        }
        if context.others.with_key(&day_key(today)).len() >= MAX_PER_DAY {
            broken.push(CONTRACT_LIMITS.violation("at", "80 contracts were made on this day"));
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<ContractEvent>) {
        if let ContractEvent::Draft(form) = &step.event {
            self.form = Some(form.clone());
        }
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        let open = !record.is(ContractState::Voided);
        let orders = record.facts().form.iter().filter(|_| open).flat_map(|form| &form.orders);
        let day = record.last(ContractEventKind::Draft).map(|at| day_key(at.billing_day()));
        orders.map(|order| order_key(order)).chain(day).collect()
    }
}

fn order_key(order: &str) -> String {
    format!("contract_of/{}", order.trim())
}

fn day_key(day: Day) -> String {
    format!("contracts_on/{day}")
}

/// Facts of a KooGallery statement, from its events. Kind `koogallery_statement`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KoogalleryStatement {
    /// The month of the transactions.
    pub month: Option<BillCycle>,
    /// The invoice as last mailed.
    pub invoice: Option<SplitInvoice>,
}

use SplitState as K;

states! {
    /// State of the revenue split of a month (China site).
    pub enum SplitState {
        /// The transactions do not meet the conditions yet (待出账).
        NotBilled = "not_billed",
        /// The statement is made, on the 3rd of a month (已出账).
        Billed = "billed",
        /// Waits for operations to start countersigning (待会签).
        ToCountersign = "to_countersign",
        /// Operations countersign (会签中).
        Countersigning = "countersigning",
        /// The invoice is awaited, signed for and checked (发票审核).
        InvoiceReview = "invoice_review",
        /// The payment process runs.
        Payment = "payment",
        /// Paid. The states after countersigning are not fully published.
        Paid = "paid",
    }
}

events! {
    /// Event of a month's revenue split.
    pub enum SplitEvent: SplitEventKind of KoogalleryStatement {
        /// The month has transactions.
        Open(SplitMonth) = "open",
        /// The statement is made.
        Bill = "bill",
        /// The split is sent to operations.
        Send = "send",
        /// Operations start countersigning.
        StartCountersigning = "start_countersigning",
        /// Operations are done; notice comes by message and mail.
        FinishCountersigning = "finish_countersigning",
        /// The seller mails the invoice with the list.
        MailInvoice(SplitInvoice) = "mail_invoice",
        /// The invoice is signed for and right.
        ApproveInvoice = "approve_invoice",
        /// The split is paid.
        Pay = "pay",
    }
}

/// Month that a split covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitMonth {
    /// Month of the split.
    pub month: BillCycle,
}

/// A seller's invoice.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitInvoice {
    /// Number of the invoice.
    pub number: String,
    /// A special VAT invoice.
    pub special_vat: bool,
}

crate::__debug_by_shape! { SplitInvoice { number, special_vat } }

const SENDING: DeadlineKind = DeadlineKind::new(
    "koogallery_statement.sending",
    "Huawei Cloud reviews and sends the statement",
    "ask Huawei Cloud: nothing happens automatically",
);
const PAYMENT: DeadlineKind = DeadlineKind::new(
    "koogallery_statement.payment",
    "Huawei Cloud completes the payment process and pays",
    "ask Huawei Cloud: nothing happens automatically",
);

impl Workflow for KoogalleryStatement {
    const KIND: &'static str = "koogallery_statement";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<SplitState, SplitEventKind>] = transitions! { SplitState on SplitEventKind {
        start: Open => NotBilled by SYSTEM;
        NotBilled: Bill => Billed by SYSTEM;
        Billed: Send => ToCountersign by HUAWEI;
        ToCountersign: StartCountersigning => Countersigning by HUAWEI;
        Countersigning: FinishCountersigning => InvoiceReview by HUAWEI;
        InvoiceReview: MailInvoice => InvoiceReview by PARTNER;
        InvoiceReview: ApproveInvoice => Payment by HUAWEI;
        Payment: Pay => Paid by HUAWEI;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[SENDING, PAYMENT];
    type State = SplitState;
    type Event = SplitEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<SplitEvent>,
        _: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let rule = &KOOGALLERY_INVOICE;
        let mut broken = Vec::new();
        match &step.event {
            SplitEvent::MailInvoice(invoice) => {
                if invoice.number.trim().is_empty() {
                    broken.push(rule.violation("number", "is empty"));
                }
                if !invoice.special_vat {
                    broken.push(rule.violation("special_vat", "is false"));
                }
            }
            SplitEvent::ApproveInvoice if record.facts().invoice.is_none() => {
                broken.push(rule.violation("invoice", "is not mailed"));
            }
            _ => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<SplitEvent>) {
        match &step.event {
            SplitEvent::Open(open) => self.month = Some(open.month),
            SplitEvent::MailInvoice(invoice) => self.invoice = Some(invoice.clone()),
            _ => {}
        }
    }

    fn deadlines(record: &Record<Self>, calendar: &dyn WorkingDays) -> Vec<Deadline> {
        let (days, kind) = match record.state() {
            Some(K::Billed) => (2, &SENDING),
            Some(K::Payment) => (14, &PAYMENT),
            _ => return Vec::new(),
        };
        let since = record.history().last().map(|step| step.at);
        let deadline = |at| Deadline::working_days(calendar, at, days, &KOOGALLERY_INVOICE, kind);
        since.map(deadline).into_iter().collect()
    }
}

//! Payout orders and the invoices that go with them; withdrawals.

use serde::{Deserialize, Serialize};

use super::{
    SigningEntity, Statement, StatementState, TaxRates, entity,
    rules::{
        ALL_PAID, AUTHENTICATED, CODE, CONFIRM, INVOICE_PER_ORDER, ONE_ORDER, ORIGINAL_ROUTE,
        PAID_IN_TWO_DAYS, PAYOUT_FORMS, PAYOUT_RECIPIENT, REBATE_TO_BANK, RULES, SPECIAL_VAT, TAX_FORMULA,
        WITHDRAWABLE, WRITTEN,
    },
};
use crate::{
    types::{Amount, AssociationType, BillCycle, Currency, Day, association_by_name},
    workflow::Reason,
    workflow::{
        Deadline, DeadlineKind, Event, LoggedEvent, Record, RecordId, Role, Rule, RuleContext, RuleViolation,
        Site, Transition, Workflow, WorkingDays, events, months_after, named, states, transitions,
    },
};

use PayoutState as S;

named! {
    /// Form in which an incentive is paid.
    pub enum PayoutForm {
        /// To the bank account; with an invoice.
        BankTransfer = "bank_transfer",
        /// To the top-up account; with an invoice.
        TopUp = "top_up",
        /// To the top-up account as invoice debt (返华为云账户-记欠票); China site, resale.
        TopUpWithDebt = "top_up_with_debt",
        /// Payout as a coupon quota; China site.
        CouponQuota = "coupon_quota",
        /// Payout as cash coupons; international site.
        CashCoupons = "cash_coupons",
    }
}

impl PayoutForm {
    /// Whether the partner mails an invoice for it (rule 11).
    pub const fn needs_invoice(self) -> bool {
        matches!(self, Self::BankTransfer | Self::TopUp)
    }

    /// Whether it is open (rule 10). On the China site resale incentives of October 2023 and later have two forms.
    pub fn is_open(self, site: Site, association_type: &AssociationType, period: BillCycle) -> bool {
        if site != Site::China {
            return match self {
                Self::BankTransfer => *association_type == AssociationType::Referral,
                Self::TopUp | Self::CashCoupons => true,
                Self::TopUpWithDebt | Self::CouponQuota => false,
            };
        }
        let newer = association_type.is_resale() && period >= BillCycle::new(2023, time::Month::October);
        match self {
            Self::CouponQuota => true,
            Self::TopUpWithDebt => newer,
            Self::BankTransfer | Self::TopUp => !newer,
            Self::CashCoupons => false,
        }
    }
}

/// Facts of a payout order (申付单), from its events. Kind `payout`.
#[derive(Clone, Default, PartialEq)]
pub struct Payout {
    /// Request for the payout.
    pub request: Option<PayoutRequest>,
    /// The invoices as last mailed.
    pub invoices: Vec<PartnerInvoice>,
    /// Reason of the last refusal of the request or the invoices.
    pub refusal: Option<String>,
}

crate::__debug_by_shape! { Payout { request, invoices, refusal } }

states! {
    /// State of a payout order. The console's full list of states is not published.
    pub enum PayoutState {
        /// Huawei reviews the request.
        UnderReview = "under_review",
        /// Huawei refused it.
        Refused = "refused",
        /// The invoice notice was sent.
        Invoicing = "invoicing",
        /// Huawei checks the invoices.
        InvoiceReview = "invoice_review",
        /// The invoices were refused; new ones are needed.
        InvoiceRefused = "invoice_refused",
        /// Within two working days the money is sent (支付中).
        Paying = "paying",
        /// Payout is sent (已完成).
        Completed = "completed",
    }
}

events! {
    /// Event of a payout order.
    pub enum PayoutEvent: PayoutEventKind of Payout {
        /// The partner asks, for one or several statements.
        Request(PayoutRequest) = "request",
        /// Huawei approves: invoices come next where the form needs them.
        Approve = "approve",
        /// Huawei refuses the request.
        Refuse(Reason) = "refuse",
        /// The partner mails the invoices and the printed list.
        MailInvoices(MailedInvoices) = "mail_invoices",
        /// Huawei found the invoices right.
        ApproveInvoices = "approve_invoices",
        /// Huawei did not.
        RefuseInvoices(Reason) = "refuse_invoices",
        /// The money or the quota is there.
        Complete = "complete",
    }
}

/// A request for a payout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayoutRequest {
    /// Requested lines of the payout.
    pub lines: Vec<PayoutLine>,
    /// Form of the payment, which does not change afterwards.
    pub form: PayoutForm,
    /// The kind of association that the incentives are for.
    #[serde(alias = "tie", with = "association_by_name")]
    pub association_type: AssociationType,
    /// Currency of the amounts.
    pub currency: Currency,
    /// Whether the business information is authenticated.
    pub business_information_authenticated: bool,
    /// Cycles with unpaid or overdue bills. Any of them freezes.
    #[serde(default)]
    pub unpaid_cycles: Vec<BillCycle>,
}

/// One period of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayoutLine {
    /// The statement's record. One in the same store has to be confirmed.
    pub statement: RecordId,
    /// The period it is for.
    pub period: BillCycle,
    /// The incentive, output tax included.
    pub amount: Amount,
}

/// The invoices of an order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailedInvoices {
    /// One or several.
    pub invoices: Vec<PartnerInvoice>,
    /// Whether the invoice numbers are written on the printed list.
    pub numbers_on_list: bool,
}

/// An invoice from the partner to Huawei.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerInvoice {
    /// Number of the invoice.
    pub number: String,
    /// The part of the incentive that it is for, output tax included.
    pub incentive: Amount,
    /// Tax rates of the lines; different rates need different invoices.
    pub rates: TaxRates,
    /// Amount of the invoice, tax included.
    pub amount: Amount,
    /// Whether it is a special VAT invoice.
    pub special_vat: bool,
    /// The entity to which it is made out, where the template names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_out_to: Option<SigningEntity>,
}

crate::__debug_by_shape! { PartnerInvoice { number, incentive, rates, amount, special_vat, made_out_to } }

const PARTNER: &[Role] = &[Role::PartnerAdministrator];
const PARTNER_OR_SYSTEM: &[Role] = &[Role::PartnerAdministrator, Role::System];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::System];

const PAYMENT: DeadlineKind = DeadlineKind::new(
    "payout.payment",
    "Huawei Cloud pays",
    "ask Huawei Cloud: nothing happens automatically",
);

impl Workflow for Payout {
    const KIND: &'static str = "payout";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<PayoutState, PayoutEventKind>] = transitions! { PayoutState on PayoutEventKind {
        start: Request => UnderReview by PARTNER_OR_SYSTEM;
        UnderReview: Approve => Invoicing by HUAWEI;
        UnderReview: Approve => Paying by HUAWEI;
        UnderReview: Refuse => Refused by HUAWEI;
        Invoicing: MailInvoices => InvoiceReview by PARTNER;
        InvoiceReview: ApproveInvoices => Paying by HUAWEI;
        InvoiceReview: RefuseInvoices => InvoiceRefused by HUAWEI;
        InvoiceRefused: MailInvoices => InvoiceReview by PARTNER;
        Paying: Complete => Completed by HUAWEI;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[PAYMENT];
    type State = PayoutState;
    type Event = PayoutEvent;

    fn transition(
        record: &Record<Self>,
        event: &PayoutEvent,
    ) -> Option<&'static Transition<S, PayoutEventKind>> {
        let invoice = record.facts().request.as_ref().is_some_and(|request| request.form.needs_invoice());
        let approves = matches!(event, PayoutEvent::Approve);
        let mut rows =
            Self::TABLE.iter().filter(|row| row.from == record.state() && row.event == event.kind());
        rows.find(|row| !approves || invoice == (row.to == S::Invoicing))
    }

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<PayoutEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        match &step.event {
            PayoutEvent::Request(request) => {
                broken.extend(request.check(record.site()));
                for line in &request.lines {
                    broken.extend(line.confirmed(context));
                    let others = context.others.with_key(&statement_key(&line.statement));
                    if let Some(other) = others.iter().find(|other| other.id() != record.id()) {
                        let detail = format!("{} is in {}", line.statement, other.id());
                        broken.push(ONE_ORDER.violation("lines", detail));
                    }
                }
            }
            PayoutEvent::MailInvoices(mailed) => {
                broken.extend(record.facts().request.iter().flat_map(|request| mailed.check(request)));
                broken.extend(mailed.check_recipient(record, context));
                for invoice in &mailed.invoices {
                    let others = context.others.with_key(&invoice_key(&invoice.number));
                    if let Some(other) = others.iter().find(|other| other.id() != record.id()) {
                        let field = format!("invoices[{}]", invoice.number);
                        broken.push(INVOICE_PER_ORDER.violation(field, format!("is in {}", other.id())));
                    }
                }
            }
            PayoutEvent::Refuse(Reason { reason }) | PayoutEvent::RefuseInvoices(Reason { reason })
                if reason.trim().is_empty() =>
            {
                broken.push(WRITTEN.violation("reason", "is empty"));
            }
            _ => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<PayoutEvent>) {
        match &step.event {
            PayoutEvent::Request(request) => self.request = Some(request.clone()),
            PayoutEvent::MailInvoices(mailed) => self.invoices = mailed.invoices.clone(),
            PayoutEvent::Refuse(Reason { reason }) | PayoutEvent::RefuseInvoices(Reason { reason }) => {
                self.refusal = Some(reason.clone());
            }
            _ => {}
        }
    }

    fn deadlines(record: &Record<Self>, calendar: &dyn WorkingDays) -> Vec<Deadline> {
        let since =
            record.last(PayoutEventKind::ApproveInvoices).or_else(|| record.last(PayoutEventKind::Approve));
        let deadline = |at| Deadline::working_days(calendar, at, 2, &PAID_IN_TWO_DAYS, &PAYMENT);
        since.filter(|_| record.is(S::Paying)).map(deadline).into_iter().collect()
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        let facts = record.facts();
        let open = !record.is(S::Refused);
        let lines = facts.request.iter().filter(|_| open).flat_map(|request| &request.lines);
        let statements = lines.map(|line| statement_key(&line.statement));
        statements.chain(facts.invoices.iter().map(|invoice| invoice_key(&invoice.number))).collect()
    }
}

fn statement_key(statement: &RecordId) -> String {
    format!("payout_of/{statement}")
}

fn invoice_key(number: &str) -> String {
    format!("payout_invoice/{}", number.trim())
}

impl PayoutLine {
    fn confirmed(&self, context: RuleContext<'_>) -> Option<RuleViolation> {
        let record = context.others.get(&self.statement)?;
        let state = record.view::<Statement>().and_then(Record::state);
        let confirmed = matches!(state, Some(StatementState::BeingIssued | StatementState::Issued));
        let detail = format!("{} is {}", self.statement, record.state().unwrap_or("not begun"));
        (!confirmed).then(|| CONFIRM.violation("lines", detail))
    }
}

impl PayoutRequest {
    /// Returns the requested total, output tax included. `None` when the sum has too many digits.
    pub fn total(&self) -> Option<Amount> {
        Amount::checked_sum(self.lines.iter().map(|line| line.amount))
    }

    /// Returns all violations at once, without those that need other records.
    pub fn check(&self, site: Site) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if self.lines.is_empty() {
            broken.push(ONE_ORDER.violation("lines", "are missing"));
        }
        if !self.lines.is_empty() && !self.total().is_some_and(Amount::is_positive) {
            broken.push(ONE_ORDER.violation("lines", "do not add up to more than zero"));
        }
        if !self.business_information_authenticated {
            broken.push(AUTHENTICATED.violation("business_information_authenticated", "is false"));
        }
        for cycle in &self.unpaid_cycles {
            broken.push(ALL_PAID.violation("unpaid_cycles", format!("{cycle} has unpaid bills")));
        }
        for line in
            self.lines.iter().filter(|line| !self.form.is_open(site, &self.association_type, line.period))
        {
            let detail = format!(
                "{} is not open for {} of {}",
                self.form,
                association_by_name::name(&self.association_type),
                line.period
            );
            broken.push(PAYOUT_FORMS.violation("form", detail));
        }
        broken
    }
}

impl MailedInvoices {
    /// Whether each invoice is made out to the right entity, where a change of the entity is on record (rule 51).
    fn check_recipient(&self, record: &Record<Payout>, context: RuleContext<'_>) -> Vec<RuleViolation> {
        let Some(requested) = record.history().first() else { return Vec::new() };
        let Some(change) = entity::changes(context.others).pop() else { return Vec::new() };
        let right = change.recipient_of_payout(requested.at.billing_day());
        let wrong = self.invoices.iter().filter(|invoice| invoice.made_out_to.is_some_and(|to| to != right));
        wrong
            .map(|invoice| {
                let field = format!("invoices[{}].made_out_to", invoice.number);
                PAYOUT_RECIPIENT.violation(field, format!("is not {right}"))
            })
            .collect()
    }

    /// Returns all violations at once (rules 17 to 20).
    pub fn check(&self, request: &PayoutRequest) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if !self.numbers_on_list {
            broken.push(INVOICE_PER_ORDER.violation("numbers_on_list", "is false"));
        }
        for invoice in &self.invoices {
            let field = |name: &str| format!("invoices[{}].{name}", invoice.number);
            if invoice.number.trim().is_empty() {
                broken.push(INVOICE_PER_ORDER.violation("invoices[].number", "is empty"));
            }
            if !invoice.special_vat {
                broken.push(SPECIAL_VAT.violation(field("special_vat"), "is false"));
            }
            match invoice.rates.invoice(invoice.incentive) {
                None => broken.push(TAX_FORMULA.violation(field("rates"), "cannot be computed")),
                Some(right) if right.accepts(invoice.amount) => {}
                Some(right) => {
                    let (below, above) = right.cents();
                    let detail = format!("{} instead of {below} or {above}", invoice.amount);
                    broken.push(TAX_FORMULA.violation(field("amount"), detail));
                }
            }
        }
        let covered = Amount::checked_sum(self.invoices.iter().map(|invoice| invoice.incentive));
        if covered.is_none() || covered != request.total() {
            broken.push(INVOICE_PER_ORDER.violation("invoices", "do not cover the order exactly"));
        }
        broken
    }
}

/// Facts of a withdrawal, from its events. Kind `withdrawal`.
#[derive(Clone, Default, PartialEq)]
pub struct Withdrawal {
    /// Request for the payout.
    pub request: Option<WithdrawalRequest>,
    /// Reason of the refusal.
    pub refusal: Option<String>,
}

crate::__debug_by_shape! { Withdrawal { request, refusal } }

states! {
    /// State of a withdrawal. The console's names are not published.
    pub enum WithdrawalState {
        /// Huawei reviews it.
        Requested = "requested",
        /// Approved and paid.
        Paid = "paid",
        /// Withdrawal is refused.
        Refused = "refused",
        /// The record of a refused one was deleted in the console.
        Deleted = "deleted",
    }
}

events! {
    /// Step in the life of a withdrawal.
    pub enum WithdrawalEvent: WithdrawalEventKind of Withdrawal {
        /// The partner asks.
        Request(WithdrawalRequest) = "request",
        /// Huawei approves and pays.
        Pay = "pay",
        /// Huawei refuses the request.
        Refuse(Reason) = "refuse",
        /// The partner deletes the refused record.
        Delete = "delete",
    }
}

named! {
    /// Way in which money came in.
    pub enum PaidBy {
        /// Payment by Alipay.
        Alipay = "alipay",
        /// Payment by WeChat.
        WeChat = "wechat",
        /// Payment by UnionPay.
        UnionPay = "unionpay",
        /// Payment by bank remittance.
        Remittance = "remittance",
    }
}

/// Time after a payment within which its money can go back by the same route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReturnPeriod {
    /// At any time.
    Unlimited,
    /// Within this number of months.
    Months(u8),
}

impl PaidBy {
    /// Returns the time within which money goes back by this route (rule 28); `None` where it never does.
    pub const fn returns_within(self, entity: SigningEntity) -> Option<ReturnPeriod> {
        match (self, entity) {
            (Self::Remittance, _) => Some(ReturnPeriod::Unlimited),
            (Self::Alipay, SigningEntity::CloudComputing) => Some(ReturnPeriod::Months(3)),
            (Self::WeChat | Self::UnionPay, SigningEntity::CloudComputing) => None,
            (Self::Alipay | Self::WeChat, SigningEntity::SoftwareTechnologies) => {
                Some(ReturnPeriod::Months(11))
            }
            (Self::UnionPay, SigningEntity::SoftwareTechnologies) => Some(ReturnPeriod::Months(3)),
        }
    }
}

/// Target of a withdrawal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WithdrawalRoute {
    /// Repayment by the route by which the money came.
    OriginalRoute {
        /// Means by which the money was paid.
        paid_by: PaidBy,
        /// Day on which the money came in.
        paid_on: Day,
        /// Signing entity of the account.
        entity: SigningEntity,
    },
    /// Withdrawal to a bank card.
    BankCard,
    /// An incentive that was paid to the top-up account.
    IncentiveRebate {
        /// Payout, invoice and approval are done.
        on_top_up_account: bool,
        /// The bank account has the authenticated name.
        same_name: bool,
    },
}

/// A request for a withdrawal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalRequest {
    /// Amount of the invoice.
    pub amount: Amount,
    /// Cash balance of the account.
    pub cash_balance: Amount,
    /// Invoice debt of the account.
    #[serde(default)]
    pub invoice_debt: Amount,
    /// Target of the withdrawal.
    pub route: WithdrawalRoute,
    /// The flow is confirmed and the verification code entered.
    pub confirmed: bool,
}

impl WithdrawalRequest {
    /// Returns all violations on a day at once.
    pub fn check(&self, on: Day) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        let most = self.cash_balance.checked_sub(self.invoice_debt);
        if !self.amount.is_positive() {
            broken.push(WITHDRAWABLE.violation("amount", "is not above zero"));
        } else if most.is_none_or(|most| self.amount > most) {
            broken.push(WITHDRAWABLE.violation("amount", "is above balance without invoice debt"));
        }
        match self.route {
            WithdrawalRoute::OriginalRoute { paid_by, paid_on, entity } => {
                match paid_by.returns_within(entity) {
                    None => broken.push(
                        ORIGINAL_ROUTE.violation("route.paid_by", format!("{paid_by} does not go back")),
                    ),
                    Some(ReturnPeriod::Months(months)) if on > months_after(paid_on, months) => broken.push(
                        ORIGINAL_ROUTE
                            .violation("route.paid_on", format!("more than {months} months have passed")),
                    ),
                    Some(_) => {}
                }
            }
            WithdrawalRoute::BankCard => {}
            WithdrawalRoute::IncentiveRebate { on_top_up_account, same_name } => {
                if !on_top_up_account {
                    broken.push(REBATE_TO_BANK.violation("route.on_top_up_account", "is false"));
                }
                if !same_name {
                    broken.push(REBATE_TO_BANK.violation("route.same_name", "is false"));
                }
            }
        }
        if !self.confirmed {
            broken.push(CODE.violation("confirmed", "is false"));
        }
        broken
    }
}

impl Workflow for Withdrawal {
    const KIND: &'static str = "withdrawal";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<WithdrawalState, WithdrawalEventKind>] = transitions! { WithdrawalState on WithdrawalEventKind {
        start: Request => Requested by PARTNER;
        Requested: Pay => Paid by HUAWEI;
        Requested: Refuse => Refused by HUAWEI;
        Refused: Delete => Deleted by PARTNER;
    } };
    type State = WithdrawalState;
    type Event = WithdrawalEvent;

    fn check(
        _: &Record<Self>,
        step: &LoggedEvent<WithdrawalEvent>,
        _: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        match &step.event {
            WithdrawalEvent::Request(request) => request.check(step.at.billing_day()),
            WithdrawalEvent::Refuse(Reason { reason }) if reason.trim().is_empty() => {
                vec![WRITTEN.violation("reason", "is empty")]
            }
            _ => Vec::new(),
        }
    }

    fn fold(&mut self, step: &LoggedEvent<WithdrawalEvent>) {
        match &step.event {
            WithdrawalEvent::Request(request) => self.request = Some(request.clone()),
            WithdrawalEvent::Refuse(Reason { reason }) => self.refusal = Some(reason.clone()),
            WithdrawalEvent::Pay | WithdrawalEvent::Delete => {}
        }
    }
}

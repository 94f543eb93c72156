//! Invoices that a partner requests from Huawei Cloud (China site).

use serde::{Deserialize, Serialize};

use super::{
    Invoiced, SigningEntity, entity,
    rules::{
        COURIER, DEBT_FIRST, ENTITY_CHANGE, INVOICE_TIMES, MEDIUM_OF_ENTITY, RETURN_WHOLE, RULES,
        SIGNING_ENTITY, THIRD_OF_MONTH, WRITTEN,
    },
};
use crate::{
    types::{Amount, BillCycle, Day},
    workflow::Reason,
    workflow::{
        Deadline, DeadlineKind, LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Site,
        Transition, Workflow, WorkingDays, events, named, states, transitions,
    },
};

use InvoiceRequestState as S;

named! {
    /// Form in which an invoice is sent.
    pub enum InvoiceMedium {
        /// Electronic invoice without paper.
        Electronic = "electronic",
        /// Fully digital (数电).
        Digital = "digital",
        /// Paper invoice sent by mail.
        Paper = "paper",
    }
}

named! {
    /// Owner of the header of an invoice.
    pub enum InvoiceHeader {
        /// An enterprise: ordinary or special VAT invoices.
        Enterprise = "enterprise",
        /// An organisation: ordinary invoices only.
        Organisation = "organisation",
    }
}

/// Facts of an invoice request, from its events. Kind `invoice_request`.
#[derive(Clone, Default, PartialEq)]
pub struct InvoiceRequest {
    /// Form of the request.
    pub form: Option<InvoiceForm>,
    /// Reason of the last refusal.
    pub refusal: Option<String>,
}

crate::__debug_by_shape! { InvoiceRequest { form, refusal } }

states! {
    /// State of an invoice from Huawei.
    pub enum InvoiceRequestState {
        /// Waits for the clerk (待审核).
        Pending = "pending",
        /// Refused, with a reason (已驳回).
        Refused = "refused",
        /// The refused request was deleted.
        Deleted = "deleted",
        /// Being issued (开票中).
        Issuing = "issuing",
        /// The withdrawal of a paper invoice is under review (撤销中).
        Withdrawing = "withdrawing",
        /// Being issued after all (撤销失败).
        WithdrawalRefused = "withdrawal_refused",
        /// Withdrawn; may be asked for again (已撤销).
        Withdrawn = "withdrawn",
        /// The paper invoice is mailed (待签收).
        ToBeSigned = "to_be_signed",
        /// Invoice is issued (已开票).
        Issued = "issued",
        /// A return is under review (退票中).
        Returning = "returning",
        /// The return was refused (退票驳回).
        ReturnRefused = "return_refused",
        /// Invoice is returned (已退票).
        Returned = "returned",
    }
}

events! {
    /// Event of an invoice from Huawei.
    pub enum InvoiceEvent: InvoiceEventKind of InvoiceRequest {
        /// The partner asks, also once more after a withdrawal.
        Request(InvoiceForm) = "request",
        /// The partner withdraws.
        Withdraw = "withdraw",
        /// The clerk refuses.
        Refuse(Reason) = "refuse",
        /// The partner deletes a refused request.
        Delete = "delete",
        /// The clerk agrees.
        Accept = "accept",
        /// An electronic invoice is issued.
        Issue = "issue",
        /// A paper invoice is mailed.
        Mail = "mail",
        /// Huawei agrees to the withdrawal.
        ApproveWithdrawal = "approve_withdrawal",
        /// Huawei does not.
        RefuseWithdrawal(Reason) = "refuse_withdrawal",
        /// The partner signed for it.
        Sign = "sign",
        /// The partner returns it.
        Return(InvoiceReturn) = "return",
        /// Huawei took it back.
        ApproveReturn = "approve_return",
        /// Huawei refuses the return.
        RefuseReturn(Reason) = "refuse_return",
    }
}

/// A request for an invoice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceForm {
    /// Amount of the invoice.
    pub amount: Amount,
    /// Tax rate of the invoice, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_rate: Option<Amount>,
    /// Rates of everything that it covers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covered_rates: Vec<Amount>,
    /// Medium of the invoice.
    pub medium: InvoiceMedium,
    /// Owner of the invoice's header.
    pub header: InvoiceHeader,
    /// A special VAT invoice.
    #[serde(default)]
    pub special_vat: bool,
    /// The months whose monthly and pay-per-use consumption it covers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consumption_of: Vec<BillCycle>,
    /// Whether the invoice covers refunded parts of unsubscribed orders that had no invoice.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refunded_parts: bool,
    /// Invoice debt that is not cleared.
    #[serde(default)]
    pub invoice_debt: Amount,
    /// Issuer of the invoice.
    pub entity: SigningEntity,
}

/// Request to take an invoice back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceReturn {
    /// The amount that is returned: the whole one.
    pub amount: Amount,
    /// Signing entity after the change.
    pub to: SigningEntity,
}

named! {
    /// Operation that the page offers for an invoice.
    pub enum InvoiceOperation {
        /// Withdraw the request.
        Withdraw = "withdraw",
        /// Deletes the invoice.
        Delete = "delete",
        /// Confirm that it arrived.
        Confirm = "confirm",
        /// Downloads the invoice.
        Download = "download",
        /// Returns the invoice to Huawei.
        Return = "return",
        /// See the details.
        Details = "details",
        /// See a preview.
        Preview = "preview",
    }
}

impl InvoiceRequestState {
    /// Returns the operations that the page offers in this state, for electronic or for paper invoices.
    pub fn operations(self, medium: InvoiceMedium) -> Vec<InvoiceOperation> {
        use InvoiceOperation as O;
        let paper = medium == InvoiceMedium::Paper;
        let own = match self {
            Self::Deleted => return Vec::new(),
            Self::Pending => vec![O::Withdraw],
            Self::Refused => vec![O::Delete],
            Self::Issuing if paper => vec![O::Withdraw],
            Self::ToBeSigned => vec![O::Confirm],
            Self::Issued | Self::ReturnRefused if paper => vec![O::Return],
            Self::Issued | Self::ReturnRefused => vec![O::Download, O::Return],
            Self::Returning if !paper => vec![O::Download],
            _ => Vec::new(),
        };
        own.into_iter().chain([O::Details, O::Preview]).collect()
    }
}

const PARTNER: &[Role] = &[Role::PartnerAdministrator];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::System];

const REVIEW: DeadlineKind = DeadlineKind::new(
    "invoice_request.review",
    "the invoice clerk reviews the request",
    "ask Huawei Cloud: nothing happens automatically",
);
const MAILING: DeadlineKind = DeadlineKind::new(
    "invoice_request.mailing",
    "the paper invoice is mailed",
    "ask Huawei Cloud: nothing happens automatically",
);
const WITHDRAWAL_REVIEW: DeadlineKind = DeadlineKind::new(
    "invoice_request.withdrawal",
    "the withdrawal is decided",
    "ask Huawei Cloud: nothing happens automatically",
);
const RETURN_REVIEW: DeadlineKind = DeadlineKind::new(
    "invoice_request.return",
    "the return is decided",
    "ask Huawei Cloud: nothing happens automatically",
);

impl Workflow for InvoiceRequest {
    const KIND: &'static str = "invoice_request";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<InvoiceRequestState, InvoiceEventKind>] = transitions! { InvoiceRequestState on InvoiceEventKind {
        start: Request => Pending by PARTNER;
        Pending: Withdraw => Withdrawn by PARTNER;
        Pending: Refuse => Refused by HUAWEI;
        Refused: Delete => Deleted by PARTNER;
        Pending: Accept => Issuing by HUAWEI;
        Issuing: Issue => Issued by HUAWEI;
        Issuing: Mail => ToBeSigned by HUAWEI;
        Issuing: Withdraw => Withdrawing by PARTNER;
        Withdrawing: ApproveWithdrawal => Withdrawn by HUAWEI;
        Withdrawing: RefuseWithdrawal => WithdrawalRefused by HUAWEI;
        WithdrawalRefused: Mail => ToBeSigned by HUAWEI;
        Withdrawn: Request => Pending by PARTNER;
        ToBeSigned: Sign => Issued by PARTNER;
        Issued: Return => Returning by PARTNER;
        Returning: ApproveReturn => Returned by HUAWEI;
        Returning: RefuseReturn => ReturnRefused by HUAWEI;
        ReturnRefused: Return => Returning by PARTNER;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[REVIEW, MAILING, WITHDRAWAL_REVIEW, RETURN_REVIEW];
    type State = InvoiceRequestState;
    type Event = InvoiceEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<InvoiceEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let form = record.facts().form.as_ref();
        let paper = form.is_some_and(|form| form.medium == InvoiceMedium::Paper);
        let mut broken = Vec::new();
        match &step.event {
            InvoiceEvent::Request(form) => {
                if record.site() != Site::China {
                    broken.push(THIRD_OF_MONTH.violation("site", "these requests are the China site's"));
                }
                broken.extend(form.check(step));
                broken.extend(form.check_entity(context));
            }
            InvoiceEvent::Withdraw if record.is(S::Issuing) && !paper => {
                broken.push(INVOICE_TIMES.violation("medium", "only paper is withdrawn while it is issued"));
            }
            InvoiceEvent::Issue if paper => {
                broken.push(INVOICE_TIMES.violation("medium", "paper is mailed and signed for"));
            }
            InvoiceEvent::Mail if !paper => {
                broken.push(INVOICE_TIMES.violation("medium", "is not paper"));
            }
            InvoiceEvent::Return(back) => {
                if form.is_some_and(|form| form.amount != back.amount) {
                    broken.push(RETURN_WHOLE.violation("amount", "is not the whole invoice"));
                }
                if form.is_some_and(|form| form.entity != back.to) {
                    broken.push(SIGNING_ENTITY.violation("to", "is not the one that issued it"));
                }
                let digital = form.is_some_and(|form| form.medium == InvoiceMedium::Digital);
                if digital && back.to != SigningEntity::CloudComputing {
                    broken.push(
                        RETURN_WHOLE.violation("to", "digital ones go back to Huawei Cloud Computing only"),
                    );
                }
            }
            InvoiceEvent::Refuse(Reason { reason })
            | InvoiceEvent::RefuseWithdrawal(Reason { reason })
            | InvoiceEvent::RefuseReturn(Reason { reason })
                if reason.trim().is_empty() =>
            {
                broken.push(WRITTEN.violation("reason", "is empty"));
            }
            _ => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<InvoiceEvent>) {
        match &step.event {
            InvoiceEvent::Request(form) => self.form = Some(form.clone()),
            InvoiceEvent::Refuse(Reason { reason })
            | InvoiceEvent::RefuseWithdrawal(Reason { reason })
            | InvoiceEvent::RefuseReturn(Reason { reason }) => self.refusal = Some(reason.clone()),
            _ => {}
        }
    }

    fn deadlines(record: &Record<Self>, calendar: &dyn WorkingDays) -> Vec<Deadline> {
        let paper = record.facts().form.as_ref().is_some_and(|form| form.medium == InvoiceMedium::Paper);
        let (days, kind) = match record.state() {
            Some(S::Pending) => (1, &REVIEW),
            Some(S::Issuing | S::WithdrawalRefused) if paper => (3, &MAILING),
            Some(S::Withdrawing) => (3, &WITHDRAWAL_REVIEW),
            Some(S::Returning) if paper => (3, &RETURN_REVIEW),
            _ => return Vec::new(),
        };
        let since = record.history().last().map(|step| step.at);
        let deadline = |at| Deadline::working_days(calendar, at, days, &INVOICE_TIMES, kind);
        since.map(deadline).into_iter().collect()
    }
}

impl InvoiceForm {
    fn check(&self, step: &LoggedEvent<InvoiceEvent>) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if !self.amount.is_positive() {
            broken.push(THIRD_OF_MONTH.violation("amount", "is not above zero"));
        }
        if self.tax_rate.is_some_and(|rate| self.covered_rates.iter().any(|covered| *covered != rate)) {
            broken.push(COURIER.violation("covered_rates", "one invoice has one tax rate"));
        }
        if let Some(detail) = self.wrong_medium(step.at.billing_day()) {
            broken.push(MEDIUM_OF_ENTITY.violation("medium", detail));
        }
        if self.header == InvoiceHeader::Organisation && self.special_vat {
            broken
                .push(THIRD_OF_MONTH.violation("special_vat", "an organisation has ordinary invoices only"));
        }
        let today = step.at.billing_day();
        for cycle in &self.consumption_of {
            let next = cycle.next();
            let open = today.cycle() > next || (today.cycle() == next && today.date().day() >= 3);
            if !open {
                broken.push(
                    THIRD_OF_MONTH.violation("consumption_of", format!("{cycle} opens on the 3rd of {next}")),
                );
            }
        }
        if self.invoice_debt.is_positive() {
            broken.push(DEBT_FIRST.violation("invoice_debt", "is not cleared"));
        }
        broken
    }

    /// Returns the reason why the entity does not issue this medium on a day (rule 49).
    fn wrong_medium(&self, today: Day) -> Option<&'static str> {
        let digital_only_since =
            time::Date::from_calendar_date(2024, time::Month::November, 23).map(Day::from);
        match (self.entity, self.medium) {
            (SigningEntity::CloudComputing, InvoiceMedium::Digital) => None,
            (SigningEntity::CloudComputing, _) if digital_only_since.is_ok_and(|since| today >= since) => {
                Some("Huawei Cloud Computing issues digital invoices only since 2024-11-23")
            }
            (SigningEntity::CloudComputing, InvoiceMedium::Electronic) if self.special_vat => {
                Some("an electronic invoice is an ordinary one")
            }
            (SigningEntity::SoftwareTechnologies, InvoiceMedium::Digital) => {
                Some("only Huawei Cloud Computing issues digital invoices")
            }
            (SigningEntity::SoftwareTechnologies, InvoiceMedium::Electronic) if self.special_vat => {
                Some("a special VAT invoice of this entity is on paper")
            }
            _ => None,
        }
    }

    /// Whether the entity is the one that invoices the consumption, where a change of the entity is on record (rule 50).
    fn check_entity(&self, context: RuleContext<'_>) -> Vec<RuleViolation> {
        let mut violations = Vec::new();
        for change in entity::changes(context.others) {
            let months = self.consumption_of.iter();
            let refunded = self.refunded_parts
                && self.entity != change.issuer_of(Invoiced::RefundedPart, change.effective_on);
            if refunded {
                let detail = format!("{} invoices refunded parts without an invoice", change.to);
                violations.push(ENTITY_CHANGE.violation("entity", detail));
            }
            for month in months.filter(|month| !change.issuers_of_month(**month).contains(&self.entity)) {
                let issuers: Vec<_> =
                    change.issuers_of_month(*month).iter().map(|one| one.as_str()).collect();
                let detail = format!("{} invoices {month}", issuers.join(" or "));
                violations.push(ENTITY_CHANGE.violation("entity", detail));
            }
        }
        violations
    }

    /// Whether the recipient pays the courier (rule 23).
    pub fn recipient_pays_courier(&self) -> bool {
        self.medium == InvoiceMedium::Paper && self.amount < Amount::from(10)
    }
}

//! Orders that a partner pays on behalf of a customer (为客户代支付订单).

use serde::{Deserialize, Serialize};

use super::rules::{
    PAID_ONCE, PAY_ON_BEHALF, PAY_REFUND, PAY_REJECTED, PAYMENT_BALANCE, PAYMENT_MEANS, RULES,
};
use crate::{
    types::{Amount, AssociationType, Currency, CustomerId, OrderId, association_by_name},
    workflow::Reason,
    workflow::{
        LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Transition, Workflow, events, named,
        states, transitions,
    },
};

/// An order that a customer asked its partner to pay, as far as its events describe it. Kind `pay_on_behalf`.
///
/// How long an order waits, and a list of reasons for a rejection, are not published. Several orders are rejected at
/// once in the console; each is a record and an event of its own here.
#[derive(Clone, Default, PartialEq)]
pub struct PayOnBehalf {
    /// The customer's request.
    pub request: Option<PayOnBehalfRequest>,
    /// The partner's payment.
    pub payment: Option<PartnerPayment>,
    /// The reason of the partner's rejection.
    pub rejection: Option<String>,
}

crate::__debug_by_shape! { PayOnBehalf { request, payment, rejection } }

states! {
    /// The states of an order that a customer asked its partner to pay.
    pub enum PayOnBehalfState {
        /// The order waits for the partner's payment (待支付).
        Waiting = "waiting",
        /// The partner paid; the customer is informed by mail and message.
        Paid = "paid",
        /// The partner rejected the request; the customer may pay the order itself.
        Rejected = "rejected",
        /// The customer cancelled the order.
        Cancelled = "cancelled",
        /// The customer paid the order itself.
        PaidByCustomer = "paid_by_customer",
        /// The customer unsubscribed; the partner's account has the money back.
        Refunded = "refunded",
    }
}

events! {
    /// The events of an order that a customer asked its partner to pay.
    pub enum PayOnBehalfEvent: PayOnBehalfEventKind of PayOnBehalf {
        /// The customer chooses that the partner pays.
        Request(PayOnBehalfRequest) = "request",
        /// The partner pays.
        Pay(PartnerPayment) = "pay",
        /// The partner rejects the request, alone or with others in one batch.
        Reject(Reason) = "reject",
        /// The customer cancels the order.
        Cancel = "cancel",
        /// The customer pays the order itself.
        PayByCustomer = "pay_by_customer",
        /// The customer unsubscribes, and the money returns.
        Refund(PaymentRefund) = "refund",
    }
}

named! {
    /// Kind of partner that is asked to pay.
    pub enum PayingPartner {
        /// A cloud solution provider.
        SolutionProvider = "solution_provider",
        /// Distributor of Huawei Cloud.
        Distributor = "distributor",
        /// A reseller, whose balance is what its distributor allotted.
        Reseller = "reseller",
    }
}

/// A customer's request that its partner pays an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayOnBehalfRequest {
    /// The order, which waits for payment.
    pub order: OrderId,
    /// The customer that placed it.
    pub customer: CustomerId,
    /// Kind of partner that is asked.
    pub partner: PayingPartner,
    /// Type of the customer's association with the partner.
    #[serde(with = "association_by_name")]
    pub association_type: AssociationType,
    /// The amount of the order.
    pub amount: Amount,
    /// The currency of the amount.
    pub currency: Currency,
    /// The order is for general goods of KooGallery (云商店通用商品).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub koogallery_goods: bool,
}

named! {
    /// The means by which a partner pays a customer's order.
    pub enum PaymentMeans {
        /// The balance of the partner's Huawei Cloud account.
        Balance = "balance",
        /// Petal Pay (花瓣支付).
        PetalPay = "petal_pay",
        /// Any other online payment or third-party platform.
        ThirdParty = "third_party",
    }
}

/// A partner's payment of a customer's order.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerPayment {
    /// The means of payment.
    pub means: PaymentMeans,
    /// The account balance (账户余额) at the time of the payment. Needed for a payment from the balance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_balance: Option<Amount>,
    /// The balance that can be allotted (可拨款账户余额). Needed for a payment from the balance, but not of a reseller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allottable_balance: Option<Amount>,
}

/// The money that returns after a customer unsubscribed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentRefund {
    /// The amount that returned.
    pub amount: Amount,
    /// Whether the money returned to the account of the partner that paid.
    pub to_partner: bool,
}

const CUSTOMER: &[Role] = &[Role::Customer];
const PAYERS: &[Role] = &[Role::PartnerAdministrator, Role::Distributor, Role::Reseller];
const SYSTEM: &[Role] = &[Role::System];

impl Workflow for PayOnBehalf {
    const KIND: &'static str = "pay_on_behalf";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<PayOnBehalfState, PayOnBehalfEventKind>] = transitions! { PayOnBehalfState on PayOnBehalfEventKind {
        start: Request => Waiting by CUSTOMER;
        Waiting: Pay => Paid by PAYERS;
        Waiting: Reject => Rejected by PAYERS;
        Waiting: Cancel => Cancelled by CUSTOMER;
        Waiting: PayByCustomer => PaidByCustomer by CUSTOMER;
        Rejected: PayByCustomer => PaidByCustomer by CUSTOMER;
        Rejected: Cancel => Cancelled by CUSTOMER;
        Paid: Refund => Refunded by SYSTEM;
    } };
    type State = PayOnBehalfState;
    type Event = PayOnBehalfEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<PayOnBehalfEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let request = record.facts().request.as_ref();
        match &step.event {
            PayOnBehalfEvent::Request(request) => request.check(record, context),
            PayOnBehalfEvent::Pay(payment) => {
                request.map(|request| payment.check(request)).unwrap_or_default()
            }
            PayOnBehalfEvent::Reject(Reason { reason }) if reason.trim().is_empty() => {
                vec![PAY_REJECTED.violation("reason", "is empty")]
            }
            PayOnBehalfEvent::Refund(refund) => {
                let mut violations = Vec::new();
                if !refund.to_partner {
                    violations.push(PAY_REFUND.violation("to_partner", "is false"));
                }
                let above = request.is_some_and(|request| refund.amount > request.amount);
                if !refund.amount.is_positive() || above {
                    violations.push(PAY_REFUND.violation("amount", "is not above zero, or above the order"));
                }
                violations
            }
            _ => Vec::new(),
        }
    }

    fn fold(&mut self, step: &LoggedEvent<PayOnBehalfEvent>) {
        match &step.event {
            PayOnBehalfEvent::Request(request) => self.request = Some(request.clone()),
            PayOnBehalfEvent::Pay(payment) => self.payment = Some(*payment),
            PayOnBehalfEvent::Reject(Reason { reason }) => self.rejection = Some(reason.clone()),
            PayOnBehalfEvent::Cancel | PayOnBehalfEvent::PayByCustomer | PayOnBehalfEvent::Refund(_) => {}
        }
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        let request = record.facts().request.iter();
        let waiting = record.is(PayOnBehalfState::Waiting);
        let keys = |request: &PayOnBehalfRequest| {
            let open = waiting.then(|| waiting_key(&request.customer));
            open.into_iter().chain([order_key(&request.order)]).collect::<Vec<_>>()
        };
        request.flat_map(keys).collect()
    }
}

/// The key of the orders of a customer that wait for the partner's payment.
pub(super) fn waiting_key(customer: &CustomerId) -> String {
    format!("waits_for_payment/{customer}")
}

fn order_key(order: &OrderId) -> String {
    format!("paid_on_behalf/{order}")
}

impl PayOnBehalfRequest {
    fn check(&self, record: &Record<PayOnBehalf>, context: RuleContext<'_>) -> Vec<RuleViolation> {
        let mut violations = Vec::new();
        if self.partner == PayingPartner::Reseller && !self.association_type.is_resale() {
            let detail = "a reseller's customer asks only in resale";
            violations.push(PAY_ON_BEHALF.violation("association_type", detail));
        }
        if !self.amount.is_positive() {
            violations.push(PAY_ON_BEHALF.violation("amount", "is not above zero"));
        }
        let others = context.others.with_key(&order_key(&self.order));
        let open = others.iter().filter(|other| other.id() != record.id());
        let mut open = open.filter(|other| matches!(other.state(), Some("waiting" | "paid")));
        if let Some(other) = open.next() {
            violations.push(PAID_ONCE.violation("order", format!("is in {}", other.id())));
        }
        violations
    }
}

impl PartnerPayment {
    fn check(&self, request: &PayOnBehalfRequest) -> Vec<RuleViolation> {
        let mut violations = Vec::new();
        if request.koogallery_goods && self.means == PaymentMeans::ThirdParty {
            let detail = "goods of KooGallery are paid from the balance or with Petal Pay";
            violations.push(PAYMENT_MEANS.violation("means", detail));
        }
        if self.means != PaymentMeans::Balance {
            return violations;
        }
        let mut enough = |balance: Option<Amount>, field: &'static str| match balance {
            None => violations.push(PAYMENT_BALANCE.violation(field, "is missing")),
            Some(balance) if balance < request.amount => {
                violations.push(PAYMENT_BALANCE.violation(field, format!("is below {}", request.amount)));
            }
            Some(_) => {}
        };
        enough(self.account_balance, "account_balance");
        if request.partner != PayingPartner::Reseller {
            enough(self.allottable_balance, "allottable_balance");
        }
        violations
    }
}

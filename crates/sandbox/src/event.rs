//! Events outside the API: in the console, at a bank, with time.

use serde::{Deserialize, Serialize};

use crate::{
    core::Refusal,
    slices::{
        billing::{BandwidthMeasurement, CostAccess, ResourceUse},
        catalogue::NewDiscount,
        customers::{AccountProfile, Restriction},
        faults::{FaultTrigger, SandboxFault},
        orders::{FundsHolder, NewOrder, PackageUse, ResourceRestriction},
        vouchers::QuotaLimits,
        wallet::{VoucherKind, VoucherLimits},
    },
    state::State,
};
use huaweicloud_partner::{
    bills::Invoice,
    customers::{AssociationType, PaymentChannel, VerifiedType},
    enterprise::MemberPermission,
    error::ErrorCode,
    types::{Amount, BillCycle, Personal, Secret, UtcTime},
    vouchers::{CategoryDiscount, ProductDiscount, QuotaStatus},
};

/// Event in the sandbox that no operation of the API can cause. Scenario files are made of them, and the
/// server takes them as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SandboxEvent {
    /// Money is paid onto an account.
    Recharge {
        /// The account that receives it.
        account: String,
        /// Amount, above zero.
        amount: Amount,
    },
    /// A reviewer refuses the application of a customer that is under review.
    RejectReview {
        /// The customer that applied.
        customer: String,
        /// Reason, as the partner reads it.
        reason: Personal,
    },
    /// From now on reviewers refuse every application with this document, when its review ends.
    RejectDocument {
        /// The number of the document.
        number: Personal,
        /// Reason, as the partner reads it.
        reason: Personal,
    },
    /// A customer proves its identity in the console, and the review accepts it.
    Authenticate {
        /// Customer that proves its identity.
        customer: String,
        /// As a person, `0`, or as an enterprise, `1`.
        kind: VerifiedType,
        /// Real name of the customer.
        name: Personal,
    },
    /// A partner or reseller sets the monthly budget of a customer of the Reseller model in Partner Center.
    SetBudget {
        /// The customer of the budget.
        customer: String,
        /// New amount of the budget, above zero.
        amount: Amount,
    },
    /// A partner or reseller freezes the account of a customer of the Reseller model in Partner Center.
    Freeze {
        /// Customer whose account is frozen.
        customer: String,
        /// The reason, as the partner reads it.
        reason: Personal,
    },
    /// Money is paid onto an account through a channel of payment, such as a bank transfer.
    RechargeThrough {
        /// Account that receives the money.
        account: String,
        /// The amount, above zero.
        amount: Amount,
        /// The channel, by the codes of the customer's ledger, such as `2` for a bank transfer.
        channel: PaymentChannel,
        /// The number that the payment has there.
        number: String,
    },
    /// The way in which a customer is associated with its partner changes. As when it leaves, what the partner granted
    /// goes back and vouchers are recalled.
    ChangeAssociation {
        /// Customer whose association changes.
        customer: String,
        /// Association that it gets: `1` referral, `2` resale on the China site, `3` the Reseller model elsewhere.
        association_type: AssociationType,
    },
    /// A partner or Huawei Cloud says something about a customer or reseller, in place of what was said before.
    SetProfile {
        /// The customer or reseller.
        account: String,
        /// Profile of the account.
        profile: Box<AccountProfile>,
    },
    /// An account gets an operator with keys of its own, who may call only what its permission items allow. Returns the
    /// access key id; the secret key is the same with `SK` for `AK` at the beginning.
    AddOperator {
        /// The partner or customer.
        account: String,
        /// The operator's name, which stands in the records of what it does.
        name: Personal,
        /// Permission items of the operator, such as `BPC_ITEM_SUBCUSTSERV_010100`.
        #[serde(default)]
        permissions: Vec<String>,
    },
    /// Huawei Cloud sets the rate at which an account of the international site is taxed, from the running month on.
    SetTaxRate {
        /// A partner, or a customer that pays Huawei Cloud itself.
        account: String,
        /// The rate, such as `0.08`; 0 ends the taxation.
        rate: Amount,
    },
    /// Huawei Cloud can read files of applications from a partner's bucket, or cannot.
    SetBucket {
        /// Partner that owns the bucket.
        partner: String,
        /// Whether Huawei Cloud can read it.
        readable: bool,
    },
    /// An account may not do something, or may do it again.
    Restrict {
        /// The partner, reseller, enterprise master or customer.
        account: String,
        /// Action that is forbidden.
        restriction: Restriction,
        /// Whether the restriction ends.
        #[serde(default)]
        lifted: bool,
    },
    /// A resource that was subscribed to may not be given up, renewed or changed for a reason, or may again.
    RestrictResource {
        /// The resource, by its id.
        resource: String,
        /// Reason for the restriction.
        restriction: ResourceRestriction,
        /// Whether the restriction ends.
        #[serde(default)]
        lifted: bool,
    },
    /// Messages to a telephone number or e-mail address do not arrive from now on, or arrive again. A verification code is
    /// made then and not sent (`CBC.99004003`).
    BlockContact {
        /// The number or address.
        contact: Personal,
        /// Whether messages arrive again.
        #[serde(default)]
        lifted: bool,
    },
    /// Orders of a customer are paid from funds that are set aside for them, or no longer. Each payment takes what is due
    /// from the funds, and one that exceeds them is refused.
    SetFunds {
        /// The customer that places the orders.
        customer: String,
        /// Holder of the funds.
        of: FundsHolder,
        /// Amount that is left from now on; without it orders need no funds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Amount>,
    },
    /// Huawei Cloud has a telephone number or e-mail address as a lead of its own from now on.
    RegisterLead {
        /// The number or address.
        contact: Personal,
    },
    /// Sells out an offer, or makes it available again.
    SellOut {
        /// The offer, such as `c6.large.2.linux@cn-north-4`.
        offer: String,
        /// Whether nothing is left.
        sold_out: bool,
    },
    /// A partner puts a file into its bucket. Files of which nothing is known are there and small.
    PutFile {
        /// Partner that owns the bucket.
        partner: String,
        /// The path, as applications name it.
        path: String,
        /// Size of the file in megabytes; more than 10 are too large.
        megabytes: u32,
    },
    /// From now on applications of a person with this document are refused at once with a code.
    RefuseIdentity {
        /// The number of the document.
        number: Personal,
        /// One of the codes about persons and bank cards: `CBC.99007193`, `CBC.99007219`, `CBC.99007255`,
        /// `CBC.99007258`, `CBC.99007260`, `CBC.99007261` or `CBC.99007262`.
        code: String,
    },
    /// A customer leaves its partner or reseller.
    EndAssociation {
        /// The customer that leaves.
        customer: String,
    },
    /// Huawei Cloud says how much a partner may owe for the customers that it resells to.
    GrantConsumptionQuota {
        /// The partner that receives it.
        partner: String,
        /// Amount, above zero.
        amount: Amount,
    },
    /// A partner pays bills with money that comes from outside the sandbox.
    PayBills {
        /// The partner that pays.
        partner: String,
        /// Amount, above zero.
        amount: Amount,
    },
    /// Huawei Cloud says how much a customer that pays it by the month may spend in one.
    GrantExpenditureQuota {
        /// The customer; not one of the Reseller model.
        customer: String,
        /// Amount, above zero.
        amount: Amount,
    },
    /// Huawei Cloud gives a voucher for a year, to a partner or a customer. Returns its id.
    GiveVoucher {
        /// The account that receives it.
        account: String,
        /// Value of the voucher, above zero.
        amount: Amount,
        /// The promotion plan that it comes from, whose name is its id as well.
        plan: String,
        /// Type of the voucher; a cash voucher by default.
        #[serde(default)]
        kind: VoucherKind,
        /// Limits on the payments with the voucher.
        #[serde(default)]
        limits: Box<VoucherLimits>,
    },
    /// A customer buys a stored-value card for a year. Returns its id.
    GiveCard {
        /// The customer that buys it.
        customer: String,
        /// Name under which the card is sold.
        name: String,
        /// Value of the card, above zero.
        amount: Amount,
    },
    /// A payment is made from a stored-value card; no bill names it.
    SpendFromCard {
        /// The card, by its id.
        card: String,
        /// Amount, above zero.
        amount: Amount,
    },
    /// A discount for one product is agreed with a customer, in the contract in force or in a new one for a year.
    /// Returns the id of the item.
    AgreeProductDiscount {
        /// The customer of the contract.
        customer: String,
        /// Agreed discount; the sandbox sets the id of the item.
        discount: Box<ProductDiscount>,
    },
    /// A discount for a category of products is agreed with a customer, in the contract in force or in a new one for a
    /// year. Returns the id of the item.
    AgreeCategoryDiscount {
        /// The customer of the contract.
        customer: String,
        /// Agreed discount; the sandbox sets the id of the item.
        discount: Box<CategoryDiscount>,
    },
    /// An enterprise sets up a unit. Returns its id.
    AddUnit {
        /// The master of the enterprise.
        master: String,
        /// Name of the unit.
        name: Personal,
        /// The unit above, by its name or id; at the top without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        below: Option<String>,
    },
    /// An account becomes the member of an enterprise.
    AddMember {
        /// The master of the enterprise.
        master: String,
        /// The account of a customer.
        account: String,
        /// The unit, by its name or id; at the top without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
        /// Whether the master has its money in custody.
        #[serde(default)]
        custody: bool,
        /// Permissions that the member gives the master.
        #[serde(default)]
        permissions: Vec<MemberPermission>,
    },
    /// Huawei Cloud grants credit to an enterprise.
    GrantCredit {
        /// The account that receives it.
        account: String,
        /// Amount, above zero.
        amount: Amount,
        /// Expiry time, to the second; it never expires without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<UtcTime>,
    },
    /// A customer uses a resource that is paid for by use.
    Use(ResourceUse),
    /// The bandwidth of a resource is measured.
    MeasureBandwidth(BandwidthMeasurement),
    /// An account applies for an invoice.
    IssueInvoice {
        /// The account that applies for it.
        account: String,
        /// The invoice, as it will be listed. An empty id, title and time of the application are filled in.
        invoice: Box<Invoice>,
    },
    /// A month that is over gets many rows in the bills, shared among all customers of partners and made whenever they are
    /// asked for: they use no memory. The money they cost came in and went out.
    FillMonth {
        /// Billing cycle that is affected.
        cycle: BillCycle,
        /// The number of rows.
        rows: u32,
    },
    /// The visibility of a customer's costs by dimension and month is set.
    SetCostAccess {
        /// Customer whose costs they are.
        account: String,
        /// Whether the costs are visible, and the reason where they are not.
        access: CostAccess,
    },
    /// A customer places an order in the console. Returns its id.
    PlaceOrder(NewOrder),
    /// A partner or Huawei Cloud grants a customer a discount. Returns its id.
    GrantDiscount(NewDiscount),
    /// Use is taken from a resource package.
    UsePackage(PackageUse),
    /// Event of service tickets.
    Tickets(crate::slices::tickets::TicketEvent),
    /// Huawei Cloud grants a partner a quota from which it can issue vouchers. Returns the quota's id.
    GrantQuota {
        /// Account of the partner.
        account: String,
        /// Value, above zero.
        amount: Amount,
        /// Number of days for which it can be used, from now on.
        days: u32,
        /// Id of the quota, if it must be a certain one that no other quota has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// Limits on the vouchers that may be issued from the quota, and on their receivers.
        #[serde(default)]
        limits: Box<QuotaLimits>,
        /// Type of the quota's vouchers: cash vouchers by default, or flexi-purchase vouchers.
        #[serde(default)]
        kind: VoucherKind,
    },
    /// Huawei Cloud sets the status of a quota by hand. Nothing is issued from one that is not normal.
    SetQuotaStatus {
        /// Id of the affected quota.
        quota: String,
        /// `0` normal, `3` invalid, `4` being adjusted, `5` frozen.
        status: QuotaStatus,
    },
    /// Orders of a customer that wait for payment become one combined order, which is paid or cancelled as a whole.
    /// Returns its id.
    CombineOrders {
        /// Customer that placed the orders.
        customer: String,
        /// Orders to combine: two or more that wait for payment.
        orders: Vec<String>,
    },
    /// The customer's organization approves a paid order that waits for it, or does not. Without approval the order is
    /// cancelled; money moves only with approval.
    ApproveOrder {
        /// Order that is affected.
        order: String,
        /// Whether it is approved.
        approved: bool,
    },
    /// The next customer that is created is made, but whether it is associated stays unknown to the caller, who is
    /// refused with `CBC.99000050`. The list of customers has it.
    LeaveAssociationOpen {},
    /// A customer lets a partner act for it, by a token or temporary keys.
    GrantAgency {
        /// Customer that grants the agency.
        customer: String,
        /// Name of the agency.
        name: String,
        /// Account of the partner.
        partner: String,
    },
    /// A person changes the password of an account's user. Tokens of the account that were issued before end
    /// (`APIGW.0307`).
    SetPassword {
        /// The account of the user.
        account: String,
        /// The new password.
        password: Secret,
    },
    /// Time passes, and what becomes due happens.
    Wait {
        /// The number of seconds that pass.
        seconds: u32,
    },
    /// A fault is set for some of the requests to come.
    Inject {
        /// Fault that affects the requests.
        fault: SandboxFault,
        /// The requests that it affects.
        when: FaultTrigger,
    },
    /// A query shows what was done only some time later, as the record queries of the service do.
    DelayRecords {
        /// The qualified name of the query, such as `bss.ListPartnerAdjustRecords`.
        operation: String,
        /// Length of the delay in seconds; 0 ends it.
        seconds: u32,
    },
    /// The gateway's clock is ahead of the one by which records are written, or behind it where negative.
    SkewGateway {
        /// Distance in seconds, below zero for a clock that is behind; 0 ends it.
        seconds: i32,
    },
    /// There are no more faults, delays and skews. Requests that are on their way still arrive.
    ClearFaults {},
    /// Random faults start again from this seed.
    SeedFaults {
        /// Any number; the same one gives the same faults.
        seed: u64,
    },
}

/// Reason why a JSON value is not an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EventError(String);

impl SandboxEvent {
    /// Reads an event from JSON. A field that the event does not have is refused by its path.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(value: serde_json::Value) -> Result<Self, EventError> {
        if !value.is_object() {
            let form = r#"an event is an object such as {"clear_faults": {}}"#;
            return Err(EventError(form.to_owned()));
        }
        let event: Self =
            serde_json::from_value(value.clone()).map_err(|error| EventError(error.to_string()))?;
        let known = serde_json::to_value(&event).map_err(|error| EventError(error.to_string()))?;
        let mut missing = Vec::new();
        unknown_fields(&value, &known, "", &mut missing);
        for pointer in missing {
            if !is_read(&value, &pointer) {
                let path = written(&value, &pointer);
                return Err(EventError(format!("{path} is not a field of this event")));
            }
        }
        Ok(event)
    }
}

/// Whether an event has a field that is not written again where it is empty: then something else is refused there.
fn is_read(value: &serde_json::Value, pointer: &str) -> bool {
    let mut other = value.clone();
    let Some(field) = other.pointer_mut(pointer) else { return false };
    let is_empty = match field {
        serde_json::Value::Array(list) => list.is_empty(),
        serde_json::Value::Object(fields) => fields.is_empty(),
        serde_json::Value::String(text) => text.is_empty(),
        _ => false,
    };
    *field = serde_json::json!({"no": ["such", {"value": null}]});
    is_empty && serde_json::from_value::<SandboxEvent>(other).is_err()
}

/// A pointer into a value as a path, such as `place_order.lines[0].term`.
fn written(value: &serde_json::Value, pointer: &str) -> String {
    let (mut path, mut here) = (String::new(), Some(value));
    for step in pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")) {
        let is_list = here.is_some_and(serde_json::Value::is_array);
        here = here.and_then(|value| match value {
            serde_json::Value::Array(list) => step.parse::<usize>().ok().and_then(|index| list.get(index)),
            other => other.get(&step),
        });
        path = match (is_list, path.is_empty()) {
            (true, _) => format!("{path}[{step}]"),
            (false, true) => step,
            (false, false) => format!("{path}.{step}"),
        };
    }
    path
}

/// Pointers to the fields of a value that another does not have. What is null may be left out.
fn unknown_fields(given: &serde_json::Value, known: &serde_json::Value, at: &str, found: &mut Vec<String>) {
    use serde_json::Value;
    match (given, known) {
        (Value::Object(given), Value::Object(known)) => {
            for (name, value) in given {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                match known.get(name) {
                    Some(known) => unknown_fields(value, known, &at, found),
                    None if value.is_null() => {}
                    None => found.push(at),
                }
            }
        }
        (Value::Array(given), Value::Array(known)) => {
            for (index, (given, known)) in given.iter().zip(known).enumerate() {
                unknown_fields(given, known, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

impl State {
    /// Applies an event at the world's time. Returns the id of what it made, where it made something.
    ///
    /// # Errors
    /// The refusal of the service; nothing has happened then.
    pub fn apply(&mut self, event: SandboxEvent) -> Result<Option<String>, Refusal> {
        match event {
            SandboxEvent::Tickets(event) => self.apply_ticket_event(event),
            SandboxEvent::Recharge { account, amount } => self.recharge(&account, amount).map(|()| None),
            SandboxEvent::RechargeThrough { account, amount, channel, number } => {
                self.recharge_through(&account, amount, channel, number).map(|()| None)
            }
            SandboxEvent::ChangeAssociation { customer, association_type } => {
                self.change_association(&customer, &association_type).map(|()| None)
            }
            SandboxEvent::SetProfile { account, profile } => {
                self.set_profile(&account, *profile).map(|()| None)
            }
            SandboxEvent::AddOperator { account, name, permissions } => {
                self.add_operator(&account, name, permissions).map(Some)
            }
            SandboxEvent::SetTaxRate { account, rate } => self.set_tax_rate(&account, rate).map(|()| None),
            SandboxEvent::SetBucket { partner, readable } => {
                self.set_bucket(&partner, readable).map(|()| None)
            }
            SandboxEvent::Restrict { account, restriction, lifted } => {
                self.restrict(&account, restriction, lifted).map(|()| None)
            }
            SandboxEvent::RestrictResource { resource, restriction, lifted } => {
                self.restrict_resource(&resource, restriction, lifted).map(|()| None)
            }
            SandboxEvent::BlockContact { contact, lifted } => {
                self.block_contact(&contact, lifted);
                Ok(None)
            }
            SandboxEvent::SetFunds { customer, of, amount } => {
                self.set_funds(&customer, of, amount).map(|()| None)
            }
            SandboxEvent::RegisterLead { contact } => {
                self.register_lead(&contact);
                Ok(None)
            }
            SandboxEvent::SellOut { offer, sold_out } => self.sell_out(&offer, sold_out).map(|()| None),
            SandboxEvent::PutFile { partner, path, megabytes } => {
                self.put_file(&partner, path, megabytes).map(|()| None)
            }
            SandboxEvent::RefuseIdentity { number, code } => {
                self.refuse_identity(&number, &ErrorCode::from(code.as_str())).map(|()| None)
            }
            SandboxEvent::RejectReview { customer, reason } => {
                self.reject_review(&customer, reason).map(|()| None)
            }
            SandboxEvent::RejectDocument { number, reason } => {
                self.customers.reject_document(&number, reason);
                Ok(None)
            }
            SandboxEvent::Authenticate { customer, kind, name } => {
                self.authenticate(&customer, kind, name).map(|()| None)
            }
            SandboxEvent::SetBudget { customer, amount } => {
                self.partner_sets_budget(&customer, amount).map(|()| None)
            }
            SandboxEvent::Freeze { customer, reason } => {
                self.partner_freezes(&customer, reason).map(|()| None)
            }
            SandboxEvent::EndAssociation { customer } => self.end_association(&customer).map(|()| None),
            SandboxEvent::GrantConsumptionQuota { partner, amount } => {
                self.grant_consumption_quota(&partner, amount).map(|()| None)
            }
            SandboxEvent::PayBills { partner, amount } => self.pay_bills(&partner, amount).map(|()| None),
            SandboxEvent::GrantExpenditureQuota { customer, amount } => {
                self.grant_expenditure_quota(&customer, amount).map(|()| None)
            }
            SandboxEvent::GiveVoucher { account, amount, plan, kind, limits } => {
                self.give_voucher(&account, amount, plan, kind, *limits).map(Some)
            }
            SandboxEvent::GiveCard { customer, name, amount } => {
                self.give_card(&customer, name, amount).map(Some)
            }
            SandboxEvent::SpendFromCard { card, amount } => {
                self.spend_from_card(&card, amount).map(|()| None)
            }
            SandboxEvent::AgreeProductDiscount { customer, discount } => {
                self.agree_product(&customer, *discount).map(Some)
            }
            SandboxEvent::AgreeCategoryDiscount { customer, discount } => {
                self.agree_category(&customer, *discount).map(Some)
            }
            SandboxEvent::AddUnit { master, name, below } => {
                self.add_unit(&master, name, below.as_deref()).map(Some)
            }
            SandboxEvent::AddMember { master, account, unit, custody, permissions } => {
                self.add_member(&master, account, unit.as_deref(), custody, permissions).map(|()| None)
            }
            SandboxEvent::GrantCredit { account, amount, expires } => {
                self.grant_credit(&account, amount, expires).map(|()| None)
            }
            SandboxEvent::Use(what) => self.use_resource(what).map(Some),
            SandboxEvent::MeasureBandwidth(measured) => self.measure_bandwidth(measured).map(|()| None),
            SandboxEvent::IssueInvoice { account, invoice } => {
                self.issue_invoice(&account, *invoice).map(Some)
            }
            SandboxEvent::FillMonth { cycle, rows } => self.fill_month(cycle, rows).map(|()| None),
            SandboxEvent::SetCostAccess { account, access } => {
                self.set_cost_access(account, access).map(|()| None)
            }
            SandboxEvent::PlaceOrder(order) => self.place_order(&order).map(Some),
            SandboxEvent::GrantDiscount(discount) => self.grant_discount(discount).map(Some),
            SandboxEvent::UsePackage(used) => self.use_package(used).map(|()| None),
            SandboxEvent::GrantQuota { account, amount, days, id, limits, kind } => {
                self.grant_quota(&account, amount, days, id, *limits, kind).map(Some)
            }
            SandboxEvent::SetQuotaStatus { quota, status } => {
                self.set_quota_status(&quota, status).map(|()| None)
            }
            SandboxEvent::CombineOrders { customer, orders } => {
                self.combine_orders(&customer, &orders).map(Some)
            }
            SandboxEvent::ApproveOrder { order, approved } => {
                self.approve_order(&order, approved).map(|()| None)
            }
            SandboxEvent::LeaveAssociationOpen {} => {
                self.customers.leave_association_open();
                Ok(None)
            }
            SandboxEvent::GrantAgency { customer, name, partner } => {
                self.grant_agency(&customer, &name, &partner)?;
                Ok(None)
            }
            SandboxEvent::SetPassword { account, password } => {
                self.set_password(&account, password).map(|()| None)
            }
            SandboxEvent::Wait { seconds } => {
                let later = self.now.instant().saturating_add(time::Duration::seconds(seconds.into()));
                self.advance_to(later.into());
                Ok(None)
            }
            SandboxEvent::Inject { fault, when } => {
                self.faults.inject(fault, when)?;
                Ok(None)
            }
            SandboxEvent::DelayRecords { operation, seconds } => {
                self.faults.delay_records(&operation, seconds).map(|()| None)
            }
            SandboxEvent::SkewGateway { seconds } => self.faults.skew_gateway(seconds).map(|()| None),
            SandboxEvent::ClearFaults {} => {
                self.faults.clear();
                Ok(None)
            }
            SandboxEvent::SeedFaults { seed } => {
                self.faults.seed(seed);
                Ok(None)
            }
        }
    }
}

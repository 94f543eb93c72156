//! Preregistration of customers and the invitations that follow.

use serde::{Deserialize, Serialize};

use super::rules::{
    FIFTEEN_DAYS, HUNDRED, MAIL_LINK, MANUAL_REVIEW, NOT_ASSOCIABLE, NOT_REGISTRABLE, OLDER_ACCOUNT,
    OTHER_FAILURES, OWN_CONTACT, RESALE_OBSTACLES, RULES, WRITTEN,
};
use crate::{
    types::{AssociationType, Day, PartnerId, UtcTime, association_by_name, days_between},
    workflow::Reason,
    workflow::{
        Deadline, DeadlineKind, LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Site,
        Transition, Workflow, WorkingDays, days_after, events, named, states, transitions,
    },
};

use CustomerRegistrationState as S;

/// Days for which a preregistration is valid.
const VALID_DAYS: u32 = 15;
/// Days for which the link of an invitation mail is valid on the China site.
const MAIL_LINK_DAYS: u32 = 7;
/// Up to which age an account is associated without a preregistration, in days.
const MAX_ACCOUNT_DAYS: i64 = 7;
/// Maximum number of customers that a partner may have preregistered or pending.
const MAX_OPEN: usize = 100;

/// Facts of a preregistration, from its events. Kind `customer_registration`.
#[derive(Clone, Default, PartialEq)]
pub struct CustomerRegistration {
    /// The preregistration; none for an invitation without one.
    pub form: Option<CustomerForm>,
    /// The last invitation.
    pub invitation: Option<CustomerInvitation>,
    /// Reason for a refusal, or for a failure of the association.
    pub reason: Option<String>,
}

crate::__debug_by_shape! { CustomerRegistration { form, invitation, reason } }

states! {
    /// State of a customer's preregistration.
    pub enum CustomerRegistrationState {
        /// Customer is preregistered (已报备): no other partner can register the customer.
        Preregistered = "preregistered",
        /// Huawei reviews it (待审核).
        PendingReview = "pending_review",
        /// Huawei refused the preregistration.
        Rejected = "rejected",
        /// The customer has an invitation.
        Invited = "invited",
        /// Fifteen days went by.
        Expired = "expired",
        /// The customer agreed; the association is a record of its own.
        Associated = "associated",
        /// The association failed (关联失败).
        AssociationFailed = "association_failed",
    }
}

events! {
    /// Event of a preregistration.
    pub enum CustomerRegistrationEvent: CustomerRegistrationEventKind of CustomerRegistration {
        /// The partner registers the customer and the checks pass.
        Register(CustomerForm) = "register",
        /// The partner asks Huawei to review a case that the checks do not pass.
        RequestReview(CustomerForm) = "request_review",
        /// Huawei approves the preregistration.
        Approve = "approve",
        /// Huawei rejects the preregistration.
        Reject(Reason) = "reject",
        /// The partner invites, also once more, and also without a preregistration.
        Invite(CustomerInvitation) = "invite",
        /// Fifteen days went by without an association.
        Expire = "expire",
        /// The customer registers or logs in through the link and agrees.
        Associate(CustomerStanding) = "associate",
        /// A constraint failed; the page shows the cause.
        Fail(Reason) = "fail",
    }
}

named! {
    /// Obstacle that keeps a customer from preregistration or association, or sends it to a review.
    pub enum CustomerObstacle {
        /// Registered on the Chinese mainland site.
        MainlandAccount = "mainland_account",
        /// Associated with another partner.
        OtherPartner = "other_partner",
        /// Preregistered by another partner.
        OtherPreregistration = "other_preregistration",
        /// A user of the consumer cloud.
        ConsumerCloud = "consumer_cloud",
        /// A contract with Huawei Cloud: offline direct, telesales discount, direct special price.
        SpecialContract = "special_contract",
        /// Cash spending, and not followed by Huawei's direct sales.
        CashWithoutDirectSales = "cash_without_direct_sales",
        /// Member of an enterprise master in unified accounting.
        UnifiedMember = "unified_member",
        /// Older than 7 days or with cash spending, and followed by Huawei's direct sales.
        DirectSales = "direct_sales",
        /// Country of the customer is not in the partner's business area.
        OtherCountry = "other_country",
        /// Belongs to the online sales team.
        OnlineSales = "online_sales",
        /// Belongs to an authorised sales support centre.
        SupportCentre = "support_centre",
        /// Preregistered by Huawei Cloud.
        HuaweiPreregistration = "huawei_preregistration",
        /// Customer has unpaid bills.
        UnpaidBills = "unpaid_bills",
        /// A contract on professional services.
        ServiceContract = "service_contract",
        /// A reserved instance that has not ended.
        ReservedInstance = "reserved_instance",
        /// An enterprise member account.
        EnterpriseMember = "enterprise_member",
        /// An enterprise master with members in independent accounting.
        IndependentMembers = "independent_members",
        /// Customer has a credit account.
        CreditAccount = "credit_account",
        /// A partner, or becoming one.
        Partner = "partner",
        /// In the referral reward program.
        ReferralReward = "referral_reward",
        /// The inviting partner is prepaid, so it develops no resale customers.
        PrepaidPartner = "prepaid_partner",
        /// The link or code is missing, ended or used.
        BadLink = "bad_link",
    }
}

use CustomerObstacle as O;

impl CustomerObstacle {
    /// The rule by which it keeps a customer from preregistration. Rules 4 and parts of 5 are published per site.
    pub fn registration_rule(self, site: Site) -> Option<Rule> {
        let listed = matches!(
            self,
            O::MainlandAccount
                | O::OtherPartner
                | O::OtherPreregistration
                | O::ConsumerCloud
                | O::SpecialContract
                | O::CashWithoutDirectSales
                | O::UnifiedMember
        );
        match self {
            O::OtherPreregistration => Some(FIFTEEN_DAYS),
            _ if site == Site::China => None,
            _ => listed.then_some(NOT_REGISTRABLE),
        }
    }

    /// Whether it sends a preregistration to Huawei's review (rule 5).
    pub const fn needs_review(self, site: Site) -> bool {
        match self {
            O::DirectSales | O::OtherCountry | O::OnlineSales => true,
            O::SupportCentre | O::HuaweiPreregistration => matches!(site, Site::China),
            _ => false,
        }
    }

    /// The rule by which it keeps a customer from an association of a kind.
    pub fn association_rule(self, association_type: &AssociationType, site: Site) -> Option<Rule> {
        let resale = association_type.is_resale();
        let abroad = site != Site::China;
        match self {
            O::MainlandAccount | O::OtherPartner | O::SpecialContract | O::UnpaidBills | O::UnifiedMember
                if abroad =>
            {
                Some(NOT_ASSOCIABLE)
            }
            O::ServiceContract | O::ReservedInstance | O::EnterpriseMember | O::IndependentMembers => {
                (abroad && resale).then_some(RESALE_OBSTACLES)
            }
            O::CreditAccount => (!abroad && resale).then_some(RESALE_OBSTACLES),
            O::PrepaidPartner => resale.then_some(OTHER_FAILURES),
            O::Partner | O::ReferralReward | O::HuaweiPreregistration | O::ConsumerCloud | O::BadLink => {
                Some(OTHER_FAILURES)
            }
            _ => None,
        }
    }
}

/// A preregistration. The console's further fields are not published.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerForm {
    /// The partner that registers.
    pub partner: PartnerId,
    /// Key of the customer that the caller chooses. Not its name: keys are printed.
    pub customer: String,
    /// The partner's own profile has a telephone number or mail address.
    pub own_contact: bool,
    /// Obstacles of the published lists that apply to the customer.
    #[serde(default)]
    pub obstacles: Vec<CustomerObstacle>,
}

crate::__debug_by_shape! { CustomerForm { partner, customer, own_contact, obstacles } }

named! {
    /// Channel of an invitation.
    pub enum Channel {
        /// Mail by the console.
        Mail = "mail",
        /// A link sent by hand.
        Link = "link",
        /// A QR code sent by hand.
        QrCode = "qr_code",
    }
}

/// Invitation that a customer receives.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerInvitation {
    /// Channel of the invitation.
    pub channel: Channel,
    /// The kind of association it leads to.
    #[serde(alias = "tie", with = "association_by_name")]
    pub association_type: AssociationType,
    /// Last day of the link as the page shows it, on the international site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Day>,
    /// The account manager whose customer it becomes (rule 11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
}

crate::__debug_by_shape! { CustomerInvitation { channel, association_type, valid_until, manager } }

/// Standing of the customer when it agrees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerStanding {
    /// Time at which the customer's account was registered.
    pub registered_at: UtcTime,
    /// Whether the customer has spent cash.
    #[serde(default)]
    pub cash_spending: bool,
    /// Obstacles of the published lists that apply to the customer.
    #[serde(default)]
    pub obstacles: Vec<CustomerObstacle>,
}

const PARTNER: &[Role] =
    &[Role::PartnerAdministrator, Role::AccountManager, Role::Reseller, Role::Distributor];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::HuaweiPartnerManager];
const CUSTOMER: &[Role] = &[Role::Customer];
const SYSTEM: &[Role] = &[Role::System];

const ASSOCIATION: DeadlineKind = DeadlineKind::new(
    "customer_registration.association",
    "the customer is associated",
    "the preregistration ends and others may register the customer",
);
const LINK: DeadlineKind = DeadlineKind::new(
    "customer_registration.link",
    "the customer opens the link",
    "send the invitation again",
);

impl Workflow for CustomerRegistration {
    const KIND: &'static str = "customer_registration";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<S, CustomerRegistrationEventKind>] = transitions! { S on CustomerRegistrationEventKind {
        start: Register => Preregistered by PARTNER;
        start: RequestReview => PendingReview by PARTNER;
        PendingReview: Approve => Preregistered by HUAWEI;
        PendingReview: Reject => Rejected by HUAWEI;
        Preregistered: Invite => Invited by PARTNER;
        Preregistered: Expire => Expired by SYSTEM;
        Invited: Associate => Associated by CUSTOMER;
        Invited: Fail => AssociationFailed by SYSTEM;
        start: Invite => Invited by PARTNER;
        Invited: Invite => Invited by PARTNER;
        Invited: Expire => Expired by SYSTEM;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[ASSOCIATION, LINK];
    type State = S;
    type Event = CustomerRegistrationEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<Self::Event>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let on = step.at.billing_day();
        let mut broken = Vec::new();
        match &step.event {
            CustomerRegistrationEvent::Register(form) | CustomerRegistrationEvent::RequestReview(form) => {
                broken.extend(form.check(record, context));
                let reviewed = matches!(step.event, CustomerRegistrationEvent::RequestReview(_));
                let cases = form.obstacles.iter().filter(|o| o.needs_review(record.site()) && !reviewed);
                broken.extend(
                    cases.map(|o| MANUAL_REVIEW.violation("obstacles", format!("{o}: request a review"))),
                );
            }
            CustomerRegistrationEvent::Invite(_) => broken.extend(too_late(record, on)),
            CustomerRegistrationEvent::Expire => {
                if record.ends().is_none_or(|end| on <= end) {
                    broken.push(FIFTEEN_DAYS.violation("at", "the 15 days are not over"));
                }
            }
            CustomerRegistrationEvent::Associate(standing) => {
                broken.extend(too_late(record, on));
                broken.extend(standing.check(record, on));
            }
            CustomerRegistrationEvent::Reject(Reason { reason })
            | CustomerRegistrationEvent::Fail(Reason { reason }) => {
                if reason.trim().is_empty() {
                    broken.push(WRITTEN.violation("reason", "is empty"));
                }
            }
            CustomerRegistrationEvent::Approve => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<Self::Event>) {
        match &step.event {
            CustomerRegistrationEvent::Register(form) | CustomerRegistrationEvent::RequestReview(form) => {
                self.form = Some(form.clone());
            }
            CustomerRegistrationEvent::Invite(invitation) => self.invitation = Some(invitation.clone()),
            CustomerRegistrationEvent::Reject(Reason { reason })
            | CustomerRegistrationEvent::Fail(Reason { reason }) => self.reason = Some(reason.clone()),
            _ => {}
        }
    }

    fn deadlines(record: &Record<Self>, _: &dyn WorkingDays) -> Vec<Deadline> {
        let open = matches!(record.state(), Some(S::Preregistered | S::Invited));
        let end = record
            .ends()
            .filter(|_| open)
            .map(|day| Deadline::on(day, &FIFTEEN_DAYS, &ASSOCIATION).automatic());
        let link = record
            .link_ends()
            .filter(|_| record.is(S::Invited))
            .map(|day| Deadline::on(day, &MAIL_LINK, &LINK));
        end.into_iter().chain(link).collect()
    }

    fn expiry(record: &Record<Self>) -> Option<Self::Event> {
        let open = matches!(record.state(), Some(S::Preregistered | S::Invited)) && record.ends().is_some();
        open.then_some(CustomerRegistrationEvent::Expire)
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        let open = matches!(record.state(), Some(S::Preregistered | S::PendingReview | S::Invited));
        let keys = |form: &CustomerForm| [partner_key(&form.partner), customer_key(&form.customer)];
        record.facts().form.iter().filter(|_| open).flat_map(keys).collect()
    }
}

fn partner_key(partner: &PartnerId) -> String {
    format!("registered_by/{partner}")
}

fn customer_key(customer: &str) -> String {
    format!("registered/{customer}")
}

impl Record<CustomerRegistration> {
    /// Last day of the preregistration; none without one.
    pub fn ends(&self) -> Option<Day> {
        let since = self
            .last(CustomerRegistrationEventKind::Approve)
            .or_else(|| self.last(CustomerRegistrationEventKind::Register))?;
        Some(days_after(since.billing_day(), VALID_DAYS))
    }

    /// Last day of the invitation's link; none where it does not end or nothing is known.
    pub fn link_ends(&self) -> Option<Day> {
        let invitation = self.facts().invitation.as_ref()?;
        match (self.site(), invitation.channel) {
            (Site::China, Channel::Mail) => {
                let sent = self.last(CustomerRegistrationEventKind::Invite)?.billing_day();
                Some(days_after(sent, MAIL_LINK_DAYS))
            }
            (Site::China, _) => None,
            _ => invitation.valid_until,
        }
    }
}

fn too_late(record: &Record<CustomerRegistration>, on: Day) -> Option<RuleViolation> {
    let end = record.ends().filter(|end| on > *end)?;
    Some(FIFTEEN_DAYS.violation("at", format!("the preregistration ended on {end}")))
}

impl CustomerForm {
    fn check(&self, record: &Record<CustomerRegistration>, context: RuleContext<'_>) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if !self.own_contact {
            broken.push(
                OWN_CONTACT.violation("own_contact", "neither telephone nor mail on the partner's profile"),
            );
        }
        if self.customer.trim().is_empty() {
            broken.push(WRITTEN.violation("customer", "is empty"));
        }
        for obstacle in &self.obstacles {
            let rule = obstacle.registration_rule(record.site());
            broken.extend(rule.map(|rule| rule.violation("obstacles", obstacle.as_str())));
        }
        let open = context.others.with_key(&partner_key(&self.partner));
        // An invitation has been sent for some; they stay preregistered until the customer agrees.
        if open.iter().filter(|other| other.id() != record.id()).count() >= MAX_OPEN {
            broken.push(HUNDRED.violation("partner", "100 customers are preregistered or pending"));
        }
        let registrations = context.others.with_key(&customer_key(&self.customer));
        let other_registration = registrations.iter().find(|other| {
            let other = other.view::<CustomerRegistration>().filter(|other| other.id() != record.id());
            other
                .and_then(|other| other.facts().form.as_ref())
                .is_some_and(|form| form.partner != self.partner)
        });
        if let Some(other_registration) = other_registration {
            broken.push(
                FIFTEEN_DAYS.violation("customer", format!("is registered by {}", other_registration.id())),
            );
        }
        broken
    }
}

impl CustomerStanding {
    fn check(&self, record: &Record<CustomerRegistration>, on: Day) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        let Some(invitation) = &record.facts().invitation else { return broken };
        if record.link_ends().is_some_and(|end| on > end) {
            broken.push(MAIL_LINK.violation("at", "the link has ended: send it again"));
        }
        if record.facts().form.is_none() {
            if days_between(self.registered_at.billing_day(), on) > MAX_ACCOUNT_DAYS {
                broken.push(OLDER_ACCOUNT.violation("registered_at", "is more than 7 days ago"));
            }
            if self.cash_spending {
                broken.push(OLDER_ACCOUNT.violation("cash_spending", "is true"));
            }
        }
        for obstacle in &self.obstacles {
            let rule = obstacle.association_rule(&invitation.association_type, record.site());
            broken.extend(rule.map(|rule| rule.violation("obstacles", obstacle.as_str())));
        }
        broken
    }
}

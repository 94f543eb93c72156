//! Data of the forms of opportunities.

use serde::{Deserialize, Serialize};

use super::rules::{COMPLETE, CONSENT, OWN_EFFORT, REASONABLE, VALID};
use crate::{
    types::{Amount, Currency, CustomerId, Day, PartnerId, Personal},
    workflow::{Rule, RuleViolation, named},
};

/// The company that has the need.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CustomerCompany {
    /// Registered name of the company. Duplicates are found by it, without regard to case, spaces and punctuation.
    pub company: Personal,
    /// The company's Huawei Cloud account, once it has one. Without it a PO may end in the public pool (rule 12).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<CustomerId>,
    /// Line of business, in the words of the console.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub industry: String,
    /// City or region. From it the system, not the partner, derives the representative office.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub location: String,
}

crate::__debug_by_shape! { CustomerCompany { company, account, industry, location } }

/// The person to talk to at the customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    /// Name of the person.
    pub name: Personal,
    /// Telephone. One way to reach the person is needed.
    #[serde(skip_serializing_if = "Personal::is_empty")]
    pub phone: Personal,
    /// E-mail. One way to reach the person is needed.
    #[serde(skip_serializing_if = "Personal::is_empty")]
    pub email: Personal,
}

/// An opportunity's description in its four mandatory parts.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bant {
    /// B: what the customer can spend and whether it is granted.
    pub budget: String,
    /// A: who decides at the customer.
    pub authority: Personal,
    /// N: what the customer needs, as a business matter.
    pub need: String,
    /// T: the purchase plan and its time.
    pub timing: String,
}

crate::__debug_by_shape! { Bant { budget, authority, need, timing } }

/// The customer's consent to share its data with Huawei Cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Day on which it was given. It has to come before the submission.
    pub given_on: Day,
    /// Person on the customer's side who gave the information.
    pub given_by: Personal,
}

named! {
    /// Source from which the partner learned of a need.
    pub enum NeedSource {
        /// By its own work with the customer: meetings, requirements, solutions. The only source that passes.
        OwnEffort = "own_effort",
        /// From a public tender.
        PublicTender = "public_tender",
        /// Information by hearsay.
        Hearsay = "hearsay",
        /// Guess of the partner.
        Guess = "guess",
    }
}

named! {
    /// Support that a partner can request from Huawei Cloud in a PO.
    pub enum Support {
        /// Validation of the architecture by Huawei.
        ArchitectureValidation = "architecture_validation",
        /// Demonstration of the customer's business.
        BusinessDemonstration = "business_demonstration",
        /// Technical consulting by Huawei.
        TechnicalConsulting = "technical_consulting",
        /// Support with the strategy.
        StrategySupport = "strategy_support",
        /// Support with the configuration of resources.
        ResourceConfigurationSupport = "resource_configuration_support",
        /// No support; Huawei Cloud only learns of the opportunity.
        VisibilityOnly = "visibility_only",
    }
}

named! {
    /// Category of a sold offering.
    pub enum OfferingKind {
        /// A baseline solution led by Huawei.
        BaselineHuaweiLed = "baseline_huawei_led",
        /// A baseline solution led by the partner.
        BaselinePartnerLed = "baseline_partner_led",
        /// A KooGallery product on the joint-sales whitelist.
        JointSalesWhitelist = "joint_sales_whitelist",
        /// Another KooGallery product.
        Koogallery = "koogallery",
    }
}

impl OfferingKind {
    /// True for baseline solutions and whitelisted products: they make a PO count (rule 13) and can be linked with an
    /// HO (rule 15).
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Koogallery)
    }
}

/// One of the partner's own sellable and deliverable offerings.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offering {
    /// Name as in the console's list.
    pub name: String,
    /// Kind of the offering.
    pub kind: OfferingKind,
}

crate::__debug_by_shape! { Offering { name, kind } }

/// The form of a partner-originated opportunity.
///
/// Lengths and option lists of the console's form are not published; the texts are free here. There is no field for
/// the representative office: it is set by the system (rule 11).
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PoForm {
    /// The partner that shares it, in a record store that serves several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerId>,
    /// The customer. Its name is mandatory.
    pub customer: CustomerCompany,
    /// Name of the opportunity. Mandatory.
    pub name: String,
    /// Mandatory in all four parts.
    pub description: Bant,
    /// Mandatory: a person and a way to reach the person.
    pub contact: Contact,
    /// The customer's budget, above zero. Mandatory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Amount>,
    /// Day on which the customer plans to order. Mandatory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_expected: Option<Day>,
    /// Huawei Cloud revenue that the project adds, above zero and not trivially small. Mandatory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_revenue: Option<Amount>,
    /// Currency of budget and revenue. Mandatory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Source from which the partner learned of the need. Mandatory; anything but own effort is refused (rule
    /// 4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need_from: Option<NeedSource>,
    /// The customer's consent. Mandatory (rule 5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Pre-sales work done so far.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pre_sales_activities: Vec<String>,
    /// The partner's offering. It, or a Huawei Cloud service, shows what the project has to do with Huawei Cloud.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offering: Option<Offering>,
    /// Huawei Cloud services that the customer will need.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// Support that the partner requests from Huawei Cloud.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub supports: Vec<Support>,
}

crate::__debug_by_shape! {
    PoForm {
        partner, customer, name, description, contact, budget, order_expected, expected_revenue, currency,
        need_from, consent, pre_sales_activities, offering, services, supports
    }
}

impl PoForm {
    /// Returns all violations that the audit would object to at once; empty when the form can be submitted.
    pub fn check(&self) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        let mut need = |there: bool, rule: &Rule, field: &'static str, detail: &str| {
            if !there {
                broken.push(rule.violation(field, detail));
            }
        };
        let text = |text: &str| !text.trim().is_empty();
        need(text(self.customer.company.expose()), &COMPLETE, "customer.company", "is empty");
        need(text(&self.name), &COMPLETE, "name", "is empty");
        need(text(&self.description.budget), &COMPLETE, "description.budget", "is empty (B of BANT)");
        need(
            text(self.description.authority.expose()),
            &COMPLETE,
            "description.authority",
            "is empty (A of BANT)",
        );
        need(text(&self.description.need), &COMPLETE, "description.need", "is empty (N of BANT)");
        need(text(&self.description.timing), &COMPLETE, "description.timing", "is empty (T of BANT)");
        need(self.currency.is_some(), &COMPLETE, "currency", "is missing");
        need(text(self.contact.name.expose()), &VALID, "contact.name", "is empty");
        let reachable = text(self.contact.phone.expose()) || text(self.contact.email.expose());
        need(reachable, &VALID, "contact", "has neither telephone nor e-mail");
        need(self.budget.is_some_and(Amount::is_positive), &VALID, "budget", "is missing or not above zero");
        need(self.order_expected.is_some(), &VALID, "order_expected", "is missing");
        need(
            self.expected_revenue.is_some_and(Amount::is_positive),
            &REASONABLE,
            "expected_revenue",
            "is missing or not above zero",
        );
        let related = self.offering.is_some() || self.services.iter().any(|service| text(service));
        need(related, &REASONABLE, "services", "neither a Huawei Cloud service nor an offering is named");
        match self.need_from {
            Some(NeedSource::OwnEffort) => {}
            Some(source) => need(false, &OWN_EFFORT, "need_from", &format!("is {source}")),
            None => need(false, &OWN_EFFORT, "need_from", "is missing"),
        }
        need(self.consent.is_some(), &CONSENT, "consent", "is missing");
        broken
    }
}

/// One progress update. The console's option lists are not published, so every part is free text and may be empty.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BusinessProgress {
    /// Phase of the project.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phase: String,
    /// Probability of winning the deal.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub win_probability: String,
    /// Topics of the technical exchange.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub technical_exchange: String,
    /// Topics of the test.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub test_details: String,
    /// Further details of the opportunity.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub details: String,
}

crate::__debug_by_shape! {
    BusinessProgress {
        phase, win_probability, technical_exchange, test_details, details
    }
}

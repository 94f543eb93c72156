//! Programs, tiers, and what an application for a program has to bring.

use serde::{Deserialize, Serialize};

use super::rules::{
    AUTHENTICATION, CSP_OBSTACLES, DISTRIBUTOR_OBSTACLES, FORMS, OFFERED, QUICK_REGISTRATION,
    RESELLER_OBSTACLES, RESELLER_ONLY, SALES,
};
use crate::{
    types::UtcTime,
    workflow::{Rule, RuleViolation, Site, named},
};

named! {
    /// A program that a partner joins.
    pub enum Program {
        /// The framework for sharing opportunities.
        Pce = "pce",
        /// Program for competency tags.
        Competency = "competency",
        /// Cloud solution provider: sells and delivers to its own customers.
        SolutionProvider = "csp",
        /// Distributor: sells through resellers. By invitation.
        Distributor = "distributor",
        /// Reseller below a distributor.
        Reseller = "reseller",
        /// Seller in KooGallery.
        KoogallerySeller = "koogallery_seller",
        /// Sales of KooGallery products, joined by solution providers and distributors in addition.
        KoogallerySales = "koogallery_sales",
        /// Carrier partner. Not on the China site.
        Carrier = "carrier",
        /// Any other program of the international list.
        Other = "other",
    }
}

impl Program {
    /// Whether the site of an site lists it. What no list denies passes.
    pub const fn is_offered_in(self, site: Site) -> bool {
        match self {
            Self::Pce => !matches!(site, Site::Europe),
            Self::Carrier => !matches!(site, Site::China),
            _ => true,
        }
    }

    /// Whether its account stops buying cloud services itself, from the application on (rule 2).
    pub const fn ends_customer_identity(self) -> bool {
        matches!(self, Self::SolutionProvider | Self::Distributor)
    }

    /// Whether a certificate can be downloaded (rule 12). The published list is not complete.
    pub const fn has_certificate(self) -> bool {
        matches!(
            self,
            Self::Reseller | Self::SolutionProvider | Self::KoogallerySeller | Self::KoogallerySales
        )
    }
}

named! {
    /// A tier of the solution provider program. Which Chinese name stands for which English one is inferred.
    pub enum Tier {
        /// Standard tier of the international site.
        Standard = "standard",
        /// China site, 优选.
        Preferred = "preferred",
        /// Advanced tier of the international site.
        Advanced = "advanced",
        /// China site, 领先.
        Leading = "leading",
        /// Premier tier of the international site.
        Premier = "premier",
        /// The highest on every site.
        Core = "core",
    }
}

impl Tier {
    /// The tiers of a site, the lowest first. The European site is taken to follow the international one.
    pub const fn of(site: Site) -> &'static [Self] {
        match site {
            Site::China => &[Self::Preferred, Self::Leading, Self::Core],
            _ => &[Self::Standard, Self::Advanced, Self::Premier, Self::Core],
        }
    }
}

named! {
    /// Obstacle that may keep an account from a program.
    pub enum Obstacle {
        /// Another account in the same business area is a solution provider.
        SameAreaProvider = "same_area_provider",
        /// A solution provider, or applying to be one.
        SolutionProvider = "solution_provider",
        /// A development path was joined.
        DevelopmentPath = "development_path",
        /// The distribution program was joined.
        Distribution = "distribution",
        /// Resources are in use.
        Resources = "resources",
        /// Account is in arrears.
        Arrears = "arrears",
        /// There was consumption.
        Consumption = "consumption",
        /// Associated with a partner.
        PartnersCustomer = "partners_customer",
        /// Customer of a reseller.
        ResellersCustomer = "resellers_customer",
        /// Enterprise master account.
        EnterpriseMaster = "enterprise_master",
        /// Enterprise member account.
        EnterpriseMember = "enterprise_member",
        /// Preregistered by Huawei's own sales.
        Preregistered = "preregistered",
        /// Frozen: closing, arrears, police, violation.
        Frozen = "frozen",
        /// Obstacle that the account is a credit account.
        CreditAccount = "credit_account",
        /// Associated with a distributor.
        OtherDistributor = "other_distributor",
        /// A partner, or applying to be one.
        PartnerOrApplying = "partner_or_applying",
    }
}

impl Obstacle {
    /// The rule by which it keeps an account from a program, if one does. The China list for solution providers was
    /// not found, nor the international one for resellers: there nothing is refused.
    pub fn rule(self, program: Program, site: Site) -> Option<Rule> {
        use Obstacle as O;
        let china = site == Site::China;
        match program {
            Program::SolutionProvider => (!china
                && matches!(
                    self,
                    O::SameAreaProvider
                        | O::DevelopmentPath
                        | O::Distribution
                        | O::Resources
                        | O::Arrears
                        | O::Consumption
                        | O::PartnersCustomer
                        | O::EnterpriseMaster
                        | O::EnterpriseMember
                        | O::Preregistered
                ))
            .then_some(CSP_OBSTACLES),
            Program::Distributor => matches!(
                self,
                O::SolutionProvider
                    | O::ResellersCustomer
                    | O::Resources
                    | O::Frozen
                    | O::Consumption
                    | O::Arrears
                    | O::EnterpriseMaster
                    | O::EnterpriseMember
                    | O::CreditAccount
                    | O::Preregistered
            )
            .then_some(DISTRIBUTOR_OBSTACLES),
            Program::Reseller => (china
                && matches!(self, O::Frozen | O::OtherDistributor | O::PartnerOrApplying))
            .then_some(RESELLER_OBSTACLES),
            _ => None,
        }
    }
}

/// Standing of an account when it applies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApplicantStanding {
    /// Real-name authentication as an enterprise has passed.
    pub enterprise_real_name: bool,
    /// Real-name authentication as a person has passed.
    pub personal_real_name: bool,
    /// Real-name authentication is under way.
    pub real_name_pending: bool,
    /// A mail address is bound.
    pub mail_bound: bool,
    /// An HCPN partner.
    pub hcpn: bool,
    /// Programs that the account has joined.
    pub joined: Vec<Program>,
    /// Obstacles of the published lists that apply to the account.
    pub obstacles: Vec<Obstacle>,
}

/// An application for a program.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgramApplication {
    /// Program that the account applies for.
    pub program: Program,
    /// Key of the account that the caller chooses. Not a login name: keys are printed.
    pub account: String,
    /// Key that the caller chooses and that all accounts of the company share.
    pub company: String,
    /// Standing of the account.
    #[serde(default)]
    pub standing: ApplicantStanding,
    /// Whether the application follows an invitation.
    #[serde(default)]
    pub invited: bool,
    /// The company information is filled in.
    #[serde(default)]
    pub company_information: bool,
    /// The qualification form is filled in. Distributors.
    #[serde(default)]
    pub qualification: bool,
    /// Every commitment and agreement is ticked or signed.
    #[serde(default)]
    pub agreements: bool,
}

crate::__debug_by_shape! {
    ProgramApplication {
        program, account, company, standing, invited, company_information, qualification, agreements
    }
}

impl ProgramApplication {
    /// Returns all violations at once, without those that need other records.
    pub fn check(&self, site: Site) -> Vec<RuleViolation> {
        let standing = &self.standing;
        let mut broken = Vec::new();
        let mut need = |holds: bool, rule: &Rule, field: &'static str, detail: &str| {
            if !holds {
                broken.push(rule.violation(field, detail));
            }
        };
        need(self.program.is_offered_in(site), &OFFERED, "program", "the site does not list it");
        need(!self.account.trim().is_empty(), &FORMS, "account", "is empty");
        need(!self.company.trim().is_empty(), &FORMS, "company", "is empty");
        need(self.agreements, &FORMS, "agreements", "are not ticked");
        if self.program != Program::Pce {
            need(self.company_information, &FORMS, "company_information", "is missing");
        }
        let reseller = self.program != Program::Reseller && standing.joined.contains(&Program::Reseller);
        need(!reseller, &RESELLER_ONLY, "standing.joined", "a reseller joins no other program");
        match (self.program, site) {
            (Program::SolutionProvider, Site::China) => {
                let real_name = standing.enterprise_real_name;
                need(real_name, &AUTHENTICATION, "standing.enterprise_real_name", "is false");
                need(standing.mail_bound, &AUTHENTICATION, "standing.mail_bound", "is false");
            }
            (Program::SolutionProvider, _) => {
                let real_name = standing.enterprise_real_name || standing.personal_real_name;
                need(!real_name, &AUTHENTICATION, "standing", "real-name authentication has passed");
                let pending = standing.real_name_pending;
                need(!pending, &AUTHENTICATION, "standing.real_name_pending", "is under way");
            }
            (Program::Distributor, _) => {
                let rule = &DISTRIBUTOR_OBSTACLES;
                need(self.invited, rule, "invited", "distributors join by invitation only");
                need(standing.hcpn, rule, "standing.hcpn", "join HCPN first");
                need(!standing.personal_real_name, rule, "standing.personal_real_name", "is true");
                need(self.qualification, rule, "qualification", "is missing");
            }
            (Program::Reseller, Site::China) => {
                let real_name = standing.enterprise_real_name;
                need(real_name, &RESELLER_OBSTACLES, "standing.enterprise_real_name", "is false");
            }
            (Program::KoogallerySales, _) => {
                let base = [Program::SolutionProvider, Program::Distributor];
                let joined = base.iter().any(|program| standing.joined.contains(program));
                need(joined, &SALES, "standing.joined", "neither solution provider nor distributor");
            }
            _ => {}
        }
        for obstacle in &standing.obstacles {
            if let Some(rule) = obstacle.rule(self.program, site) {
                broken.push(rule.violation("standing.obstacles", obstacle.as_str()));
            }
        }
        broken
    }
}

/// A quick registration with a new account (rule 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuickRegistration {
    /// Time at which the mail and telephone codes of the main account were checked.
    pub codes_checked_at: UtcTime,
    /// The link was used before.
    #[serde(default)]
    pub link_used: bool,
    /// The new account has another telephone number than the main one.
    pub other_phone: bool,
}

impl QuickRegistration {
    /// Returns the violations at a time.
    pub fn check(self, at: UtcTime) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        let after = at.instant() - self.codes_checked_at.instant();
        if after > time::Duration::hours(24) {
            broken.push(QUICK_REGISTRATION.violation("codes_checked_at", "more than 24 hours have passed"));
        }
        if self.link_used {
            broken.push(QUICK_REGISTRATION.violation("link_used", "a used link is void"));
        }
        if !self.other_phone {
            broken.push(QUICK_REGISTRATION.violation("other_phone", "another telephone number is needed"));
        }
        broken
    }
}

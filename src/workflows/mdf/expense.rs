//! Types of activities and categories of expenses, with the limits of each site.

use super::rules::{ACTIVITY_TYPES, EXPENSE_LIMITS, REIMBURSABLE};
use crate::{
    types::Amount,
    workflow::{RuleViolation, Site, named},
};

named! {
    /// Kind of a planned activity. The China site and the international site have different lists.
    pub enum ActivityKind {
        /// China: events for end users, such as exhibitions, workshops, forums, visits to Huawei, roadshows.
        EndUserEvent = "end_user_event",
        /// China: digital marketing, such as a website, mails, search, apps, social media.
        DigitalMarketing = "digital_marketing",
        /// China: advertising and publicity in media.
        Media = "media",
        /// China: planned by the partner itself within the rules.
        PlannedByPartner = "planned_by_partner",
        /// China: production of marketing material that lifts the Huawei Cloud brand.
        MarketingMaterial = "marketing_material",
        /// International: executives of customers visit Huawei.
        CustomerExecutiveVisit = "customer_executive_visit",
        /// International: communication with customers: exchange, benchmarking, banquets, tours.
        CustomerCommunication = "customer_communication",
        /// International: executives of the partner visit Huawei.
        PartnerExecutiveVisit = "partner_executive_visit",
        /// International: discussion and training of partners.
        PartnerTraining = "partner_training",
        /// International: recruitment, development and recognition of partners.
        PartnerDevelopment = "partner_development",
        /// International: advertising and brand promotion led by the partner.
        AdvertisingAndBrand = "advertising_and_brand",
        /// International: joint marketing with Huawei Cloud.
        JointMarketing = "joint_marketing",
        /// International: a type further down the list, whose end is not known.
        Other = "other",
    }
}

impl ActivityKind {
    /// Whether the list of this site has it. The European site is taken to have the international list.
    pub const fn is_offered_in(self, site: Site) -> bool {
        let china = matches!(
            self,
            Self::EndUserEvent
                | Self::DigitalMarketing
                | Self::Media
                | Self::PlannedByPartner
                | Self::MarketingMaterial
        );
        china == matches!(site, Site::China)
    }

    /// Whether people attend, so that a claim needs a list of them. Inferred: no page lists evidence by type.
    pub const fn has_attendees(self) -> bool {
        !matches!(
            self,
            Self::DigitalMarketing | Self::Media | Self::MarketingMaterial | Self::AdvertisingAndBrand
        )
    }

    pub(super) fn check(self, site: Site, field: String) -> Option<RuleViolation> {
        let detail = || format!("{self} is not on the list of the {site} site");
        (!self.is_offered_in(site)).then(|| ACTIVITY_TYPES.violation(field, detail()))
    }
}

named! {
    /// Published expense table that is followed.
    pub enum ExpenseEdition {
        /// The table of 2020: gifts for regular visits pass up to CNY 200 each.
        Of2020 = "2020",
        /// The table of 2023, which has the same line and forbids such gifts below it; here they are refused.
        Of2023 = "2023",
    }
}

impl Default for ExpenseEdition {
    /// The newer edition.
    fn default() -> Self {
        Self::Of2023
    }
}

named! {
    /// Category of an expense. The last four are not reimbursed; they exist so that a budget can be read and
    /// refused with the rule.
    pub enum ExpenseCategory {
        /// Venue, sponsorship, lecturers, conference service, catering, transport.
        Events = "events",
        /// Manuals, brochures, pamphlets, success cases.
        MarketingMaterials = "marketing_materials",
        /// Advertising with its design, production and release; copywriting; direct mail.
        Media = "media",
        /// Gifts made in a batch for regular visits: at most CNY 200 each, 2020 only.
        GiftsForVisits = "gifts_for_visits",
        /// Gifts at a marketing activity: at most CNY 200 per person.
        GiftsAtActivity = "gifts_at_activity",
        /// Huawei Cloud products. Not reimbursed.
        HuaweiCloudProducts = "huawei_cloud_products",
        /// Vouchers for Huawei Cloud certification exams. Not reimbursed.
        ExamVouchers = "exam_vouchers",
        /// Dance halls, karaoke, nightclubs, cocktail parties. Not reimbursed.
        Nightlife = "nightlife",
        /// Gifts that are not for marketing or have nothing to do with the activity. Not reimbursed.
        OtherGifts = "other_gifts",
    }
}

impl ExpenseCategory {
    /// Whether it is one of the two sorts of gifts whose price is limited.
    pub const fn is_gift(self) -> bool {
        matches!(self, Self::GiftsForVisits | Self::GiftsAtActivity)
    }

    /// Whether MDF pays for it at all.
    pub const fn is_reimbursable(self, edition: ExpenseEdition) -> bool {
        match self {
            Self::Events | Self::MarketingMaterials | Self::Media | Self::GiftsAtActivity => true,
            Self::GiftsForVisits => matches!(edition, ExpenseEdition::Of2020),
            Self::HuaweiCloudProducts | Self::ExamVouchers | Self::Nightlife | Self::OtherGifts => false,
        }
    }
}

/// Statement of budget and claim about an expense beyond its amounts.
pub(super) struct Spending<'a> {
    pub category: ExpenseCategory,
    pub each_cny: Option<Amount>,
    pub exceeds_standard: bool,
    pub reason: &'a str,
}

impl Spending<'_> {
    pub(super) fn check(&self, edition: ExpenseEdition, field: &str) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if !self.category.is_reimbursable(edition) {
            let detail = format!("{} is not reimbursed by the table of {edition}", self.category);
            broken.push(REIMBURSABLE.violation(format!("{field}.category"), detail));
        } else if self.category.is_gift() {
            match self.each_cny {
                Some(each) if each > Amount::from(200) => {
                    broken.push(
                        EXPENSE_LIMITS.violation(format!("{field}.each_cny"), format!("{each} is above 200")),
                    );
                }
                Some(_) => {}
                None => broken.push(EXPENSE_LIMITS.violation(format!("{field}.each_cny"), "is missing")),
            }
        }
        if self.exceeds_standard && self.reason.trim().is_empty() {
            broken.push(
                EXPENSE_LIMITS
                    .violation(format!("{field}.reason"), "a standard is exceeded without a reason"),
            );
        }
        broken
    }
}

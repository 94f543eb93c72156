//! The catalogue of every kind of record that this crate models.

use super::{
    engine::Catalogue, incentives as inc, mdf, opportunities as opp, programs, relationships as rel,
};

impl Catalogue {
    /// Every kind that this crate models.
    #[must_use]
    pub fn all() -> Self {
        Self::none()
            .with::<opp::Po>()
            .with::<opp::Ho>()
            .with::<opp::BusinessReport>()
            .with::<opp::Incentive>()
            .with::<mdf::Quota>()
            .with::<mdf::Application>()
            .with::<programs::PartnerAccount>()
            .with::<programs::DevelopmentPath>()
            .with::<programs::SolutionCertification>()
            .with::<programs::Enrolment>()
            .with::<programs::Nre>()
            .with::<rel::Cooperation>()
            .with::<rel::ResellerRegistration>()
            .with::<rel::CustomerRegistration>()
            .with::<rel::Association>()
            .with::<rel::CustomerAccount>()
            .with::<rel::ManagerAssignment>()
            .with::<rel::CustomerAuthorization>()
            .with::<rel::PayOnBehalf>()
            .with::<rel::Specialist>()
            .with::<inc::Performance>()
            .with::<inc::Statement>()
            .with::<inc::Payout>()
            .with::<inc::ProjectIncentive>()
            .with::<inc::FundingHead>()
            .with::<inc::Spif>()
            .with::<inc::InvoiceRequest>()
            .with::<inc::Withdrawal>()
            .with::<inc::OnlineContract>()
            .with::<inc::KoogalleryStatement>()
            .with::<inc::ProcurementStatement>()
            .with::<inc::EntityChange>()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_deadline_has_a_key_of_its_own_kind_and_an_english_text() {
        let catalogue = Catalogue::all();
        let mut keys = BTreeSet::new();
        for deadline in catalogue.deadlines() {
            let kind = deadline.key.split_once('.').unwrap().0;
            assert!(catalogue.names().any(|name| name == kind), "{}", deadline.key);
            assert!(keys.insert(deadline.key), "{} occurs twice", deadline.key);
            assert!(deadline.action.len() > 10 && deadline.consequence.len() > 10, "{}", deadline.key);
        }
        assert!(keys.len() >= 20);
        assert_eq!(catalogue.deadline("ho.acceptance").unwrap().key, "ho.acceptance");
        assert!(catalogue.deadline("ho.dance").is_none());
    }
}

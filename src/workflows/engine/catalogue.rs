//! The kinds of records that a store can read back.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{AnyRecord, DeadlineKind, Record, RecordId, Site, Workflow};

type Blank = fn(RecordId, Site) -> Arc<dyn AnyRecord>;

/// The kinds of records that a store knows by name. Add further kinds with [`Catalogue::with`].
#[derive(Clone, Default)]
pub struct Catalogue {
    kinds: BTreeMap<&'static str, Kind>,
}

#[derive(Clone, Copy)]
struct Kind {
    blank: Blank,
    deadlines: &'static [DeadlineKind],
}

impl Catalogue {
    /// A catalogue without any kind.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Every kind that this crate models.
    #[must_use]
    pub fn all() -> Self {
        use crate::{incentives as inc, mdf, opportunities as opp, programs, relationships as rel};
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

    /// This catalogue and another kind.
    #[must_use]
    pub fn with<W: Workflow>(mut self) -> Self {
        let blank: Blank = |id, site| Arc::new(Record::<W>::new(id, site));
        self.kinds.insert(W::KIND, Kind { blank, deadlines: W::DEADLINES });
        self
    }

    /// The names of the kinds, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.keys().copied()
    }

    /// Every kind of deadline, for a table of translations.
    pub fn deadlines(&self) -> impl Iterator<Item = &'static DeadlineKind> {
        self.kinds.values().flat_map(|kind| kind.deadlines)
    }

    /// The kind of deadline of this key, such as `po.verification`, with its English text.
    pub fn deadline(&self, key: &str) -> Option<&'static DeadlineKind> {
        self.deadlines().find(|kind| kind.key == key)
    }

    /// A record before its first event; `None` for an unknown kind.
    pub(super) fn blank(&self, kind: &str, id: RecordId, site: Site) -> Option<Arc<dyn AnyRecord>> {
        self.kinds.get(kind).map(|kind| (kind.blank)(id, site))
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.kinds.keys()).finish()
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
        for (name, kind) in &catalogue.kinds {
            for deadline in kind.deadlines {
                assert!(deadline.key.starts_with(&format!("{name}.")), "{}", deadline.key);
                assert!(keys.insert(deadline.key), "{} occurs twice", deadline.key);
                assert!(deadline.action.len() > 10 && deadline.consequence.len() > 10, "{}", deadline.key);
            }
        }
        assert!(keys.len() >= 20);
        assert_eq!(catalogue.deadline("ho.acceptance").unwrap().key, "ho.acceptance");
        assert!(catalogue.deadline("ho.dance").is_none());
    }
}

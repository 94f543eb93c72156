//! Which kinds of records a desk can read back.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{AnyRecord, Record, RecordId, Site, Workflow};

type Blank = fn(RecordId, Site) -> Arc<dyn AnyRecord>;

/// The kinds of records that a desk knows by name. Add kinds of your own with [`Catalogue::with`].
#[derive(Clone, Default)]
pub struct Catalogue {
    blanks: BTreeMap<&'static str, Blank>,
}

impl Catalogue {
    /// No kind yet.
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
    }

    /// These kinds and another one.
    #[must_use]
    pub fn with<W: Workflow>(mut self) -> Self {
        self.blanks.insert(W::KIND, |id, site| Arc::new(Record::<W>::new(id, site)));
        self
    }

    /// The names of the kinds, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.blanks.keys().copied()
    }

    /// A record before its first event; none for an unknown kind.
    pub(super) fn blank(&self, kind: &str, id: RecordId, site: Site) -> Option<Arc<dyn AnyRecord>> {
        self.blanks.get(kind).map(|blank| blank(id, site))
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.blanks.keys()).finish()
    }
}

//! Which kinds of records a desk can read back.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{AnyRecord, Edition, Record, RecordId, Workflow};

type Blank = fn(RecordId, Edition) -> Arc<dyn AnyRecord>;

/// The kinds of records that a desk knows by name. Add kinds of your own with [`Kinds::with`].
#[derive(Clone, Default)]
pub struct Kinds {
    blanks: BTreeMap<&'static str, Blank>,
}

impl Kinds {
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
            .with::<rel::Authorization>()
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
        self.blanks.insert(W::KIND, |id, edition| Arc::new(Record::<W>::new(id, edition)));
        self
    }

    /// The names of the kinds, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.blanks.keys().copied()
    }

    /// A record before its first event; none for an unknown kind.
    pub(super) fn blank(&self, kind: &str, id: RecordId, edition: Edition) -> Option<Arc<dyn AnyRecord>> {
        self.blanks.get(kind).map(|blank| blank(id, edition))
    }
}

impl fmt::Debug for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.blanks.keys()).finish()
    }
}

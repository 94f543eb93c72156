//! Look-ups that are kept for a while.

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::TicketDesk;
use crate::{
    clock::Clock,
    error::Error,
    operation::Operation,
    tickets::{
        AreaCode, AttachmentLimits, Category, FormParameters, ListAreaCodes, ListCategories, ListParameters,
        ListProblemTypes, ListRegions, ListScoreDimensions, ListSeverities, ProblemType, ScoreDimension,
        Severities, ShowAttachmentLimits, ShowTicketLimits, TicketLimits, TicketRegion,
    },
};

/// Answers by the request that they answer.
struct Kept<T>(Mutex<HashMap<String, (Duration, Arc<T>)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<T> Kept<T> {
    /// What is kept and not older than `time`, else what is fetched. Two that ask at once may both fetch.
    async fn get(
        &self,
        clock: &dyn Clock,
        time: Duration,
        key: String,
        fetch: impl Future<Output = Result<T, Error>>,
    ) -> Result<Arc<T>, Error> {
        let held = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |at: &Duration| clock.elapsed().saturating_sub(*at) < time;
        if let Some((_, kept)) = held().get(&key).filter(|(at, _)| fresh(at)) {
            return Ok(Arc::clone(kept));
        }
        let fetched = Arc::new(fetch.await?);
        let mut kept = held();
        kept.retain(|_, (at, _)| fresh(at));
        kept.insert(key, (clock.elapsed(), Arc::clone(&fetched)));
        Ok(fetched)
    }

    fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

pub(super) struct Lookups {
    time: Duration,
    categories: Kept<Vec<Category>>,
    problems: Kept<Vec<ProblemType>>,
    severities: Kept<Severities>,
    parameters: Kept<FormParameters>,
    regions: Kept<Vec<TicketRegion>>,
    area_codes: Kept<Vec<AreaCode>>,
    attachments: Kept<AttachmentLimits>,
    limits: Kept<TicketLimits>,
    dimensions: Kept<Vec<ScoreDimension>>,
}

impl Lookups {
    pub(super) fn new(time: Duration) -> Self {
        Self {
            time,
            categories: Kept::default(),
            problems: Kept::default(),
            severities: Kept::default(),
            parameters: Kept::default(),
            regions: Kept::default(),
            area_codes: Kept::default(),
            attachments: Kept::default(),
            limits: Kept::default(),
            dimensions: Kept::default(),
        }
    }

    pub(super) fn forget(&self) {
        self.categories.forget();
        self.problems.forget();
        self.severities.forget();
        self.parameters.forget();
        self.regions.forget();
        self.area_codes.forget();
        self.attachments.forget();
        self.limits.forget();
        self.dimensions.forget();
    }
}

impl fmt::Debug for Lookups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookups").field("time", &self.time).finish_non_exhaustive()
    }
}

impl TicketDesk {
    async fn look_up<O: Operation, T>(
        &self,
        kept: &Kept<T>,
        request: O,
        part: fn(O::Output) -> T,
    ) -> Result<Arc<T>, Error> {
        let key = serde_json::to_string(&request).unwrap_or_default();
        let fetch = async { Ok(part(self.client.send(&request).await?.into_inner())) };
        kept.get(&**self.client.clock(), self.lookups.time, key, fetch).await
    }

    /// The categories of tickets with their products.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send); so for all look-ups.
    pub async fn categories(&self) -> Result<Arc<Vec<Category>>, Error> {
        let part = |answer: crate::tickets::Categories| answer.incident_sub_type_list;
        self.look_up(&self.lookups.categories, ListCategories::new(), part).await
    }

    /// The problems that a product can have.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn problem_types(&self, product: &str) -> Result<Arc<Vec<ProblemType>>, Error> {
        let request = ListProblemTypes::new().product_category_id(product);
        self.look_up(&self.lookups.problems, request, |answer| answer.incident_business_type_list).await
    }

    /// How severe a problem can be called.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn severities(&self, product: &str, problem: &str) -> Result<Arc<Severities>, Error> {
        self.look_up(&self.lookups.severities, ListSeverities::new(product, problem), |answer| answer).await
    }

    /// What the form asks for that problem of that product.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn parameters(&self, product: &str, problem: &str) -> Result<Arc<FormParameters>, Error> {
        let request = ListParameters::new(problem).product_category_id(product);
        self.look_up(&self.lookups.parameters, request, |answer| answer).await
    }

    /// The regions that a ticket can name.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn regions(&self) -> Result<Arc<Vec<TicketRegion>>, Error> {
        self.look_up(&self.lookups.regions, ListRegions::new(), |answer| answer.data_center_list).await
    }

    /// The country calling codes that contacts can have.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn area_codes(&self) -> Result<Arc<Vec<AreaCode>>, Error> {
        self.look_up(&self.lookups.area_codes, ListAreaCodes::new(), |answer| answer.area_code_list).await
    }

    /// How many files of which size and kind may be attached.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn attachment_limits(&self) -> Result<Arc<AttachmentLimits>, Error> {
        let request = ShowAttachmentLimits::new();
        self.look_up(&self.lookups.attachments, request, |answer| answer.accessory_limit).await
    }

    /// How many addresses may get copies.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn limits(&self) -> Result<Arc<TicketLimits>, Error> {
        self.look_up(&self.lookups.limits, ShowTicketLimits::new(), |answer| answer.config).await
    }

    /// What a ticket can be scored for.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn score_dimensions(&self) -> Result<Arc<Vec<ScoreDimension>>, Error> {
        let request = ListScoreDimensions::new();
        self.look_up(&self.lookups.dimensions, request, |answer| answer.satisfaction_dimension_list).await
    }
}

//! A cache of look-ups that change rarely.

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::Tickets;
use crate::{
    api::tickets::{
        AreaCode, AttachmentLimits, Category, FormParameters, ListAreaCodes, ListCategories, ListParameters,
        ListProblemTypes, ListRegions, ListScoreDimensions, ListSeverities, ProblemType, ScoreDimension,
        Severities, ShowAttachmentLimits, ShowTicketLimits, TicketLimits, TicketRegion,
    },
    clock::Clock,
    error::Error,
    operation::Operation,
};

/// Responses by the text of their request, with the time at which they came.
struct Cache<T>(Mutex<HashMap<String, (Duration, Arc<T>)>>);

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<T> Cache<T> {
    /// The cached response that is not older than `ttl`, otherwise a fetched one. Two concurrent calls may both fetch.
    async fn get(
        &self,
        clock: &dyn Clock,
        ttl: Duration,
        key: String,
        fetch: impl Future<Output = Result<T, Error>>,
    ) -> Result<Arc<T>, Error> {
        let entries = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |at: &Duration| clock.elapsed().saturating_sub(*at) < ttl;
        if let Some((_, cached)) = entries().get(&key).filter(|(at, _)| fresh(at)) {
            return Ok(Arc::clone(cached));
        }
        let fetched = Arc::new(fetch.await?);
        let mut entries = entries();
        entries.retain(|_, (at, _)| fresh(at));
        entries.insert(key, (clock.elapsed(), Arc::clone(&fetched)));
        Ok(fetched)
    }

    fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

pub(super) struct LookupCache {
    ttl: Duration,
    categories: Cache<Vec<Category>>,
    problems: Cache<Vec<ProblemType>>,
    severities: Cache<Severities>,
    parameters: Cache<FormParameters>,
    regions: Cache<Vec<TicketRegion>>,
    area_codes: Cache<Vec<AreaCode>>,
    attachments: Cache<AttachmentLimits>,
    limits: Cache<TicketLimits>,
    dimensions: Cache<Vec<ScoreDimension>>,
}

impl LookupCache {
    pub(super) fn new(ttl: Duration) -> Self {
        Self {
            ttl,
            categories: Cache::default(),
            problems: Cache::default(),
            severities: Cache::default(),
            parameters: Cache::default(),
            regions: Cache::default(),
            area_codes: Cache::default(),
            attachments: Cache::default(),
            limits: Cache::default(),
            dimensions: Cache::default(),
        }
    }

    pub(super) fn clear(&self) {
        self.categories.clear();
        self.problems.clear();
        self.severities.clear();
        self.parameters.clear();
        self.regions.clear();
        self.area_codes.clear();
        self.attachments.clear();
        self.limits.clear();
        self.dimensions.clear();
    }
}

impl fmt::Debug for LookupCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookupCache").field("ttl", &self.ttl).finish_non_exhaustive()
    }
}

impl Tickets {
    async fn look_up<O: Operation, T>(
        &self,
        cache: &Cache<T>,
        request: O,
        part: fn(O::Output) -> T,
    ) -> Result<Arc<T>, Error> {
        let key = serde_json::to_string(&request).unwrap_or_default();
        let fetch = async { Ok(part(self.client.send(&request).await?.into_inner())) };
        cache.get(&**self.client.clock(), self.cache.ttl, key, fetch).await
    }

    /// The categories of tickets with their products.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn categories(&self) -> Result<Arc<Vec<Category>>, Error> {
        let part = |response: crate::api::tickets::Categories| response.incident_sub_type_list;
        self.look_up(&self.cache.categories, ListCategories::new(), part).await
    }

    /// The problems that a product can have.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn problem_types(&self, product: &str) -> Result<Arc<Vec<ProblemType>>, Error> {
        let request = ListProblemTypes::new().product_category_id(product);
        self.look_up(&self.cache.problems, request, |response| response.incident_business_type_list).await
    }

    /// The severities that can be chosen for a problem.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn severities(&self, product: &str, problem: &str) -> Result<Arc<Severities>, Error> {
        self.look_up(&self.cache.severities, ListSeverities::new(product, problem), |response| response).await
    }

    /// The questions of the form for a problem of a product.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn parameters(&self, product: &str, problem: &str) -> Result<Arc<FormParameters>, Error> {
        let request = ListParameters::new(problem).product_category_id(product);
        self.look_up(&self.cache.parameters, request, |response| response).await
    }

    /// The regions that a ticket can name.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn regions(&self) -> Result<Arc<Vec<TicketRegion>>, Error> {
        self.look_up(&self.cache.regions, ListRegions::new(), |response| response.data_center_list).await
    }

    /// The country calling codes that contacts can have.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn area_codes(&self) -> Result<Arc<Vec<AreaCode>>, Error> {
        self.look_up(&self.cache.area_codes, ListAreaCodes::new(), |response| response.area_code_list).await
    }

    /// The limits on the number, size and type of attachments.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn attachment_limits(&self) -> Result<Arc<AttachmentLimits>, Error> {
        let request = ShowAttachmentLimits::new();
        self.look_up(&self.cache.attachments, request, |response| response.accessory_limit).await
    }

    /// The limits on copy addresses.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn limits(&self) -> Result<Arc<TicketLimits>, Error> {
        self.look_up(&self.cache.limits, ShowTicketLimits::new(), |response| response.config).await
    }

    /// The dimensions in which a ticket can be scored.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn score_dimensions(&self) -> Result<Arc<Vec<ScoreDimension>>, Error> {
        let request = ListScoreDimensions::new();
        self.look_up(&self.cache.dimensions, request, |response| response.satisfaction_dimension_list).await
    }
}

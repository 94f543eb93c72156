//! Bandwidths that are billed by the 95th percentile.

use serde::{Deserialize, Serialize};

use crate::{
    core::{Refusal, refuse},
    state::State,
};
use huaweicloud_partner::{
    bills::BandwidthUsageType,
    error::codes,
    types::{Amount, BillCycle, ResourceId, UtcTime},
};

/// Five minutes, between one point and the next.
const STEP: time::Duration = time::Duration::minutes(5);

/// Number of points in a day.
const POINTS_PER_DAY: u32 = 288;

/// The bandwidth of a resource was measured every five minutes for a while. It costs nothing by itself: a charge for it
/// is a [`ResourceUse`](super::ResourceUse).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BandwidthMeasurement {
    /// Account that the entry belongs to.
    pub customer: String,
    /// Resource that is measured.
    pub resource: ResourceId,
    /// The cloud service, such as `hws.service.type.cdn`.
    pub service_type_code: String,
    /// The kind of resource, such as `hws.resource.type.cdn`.
    pub resource_type_code: String,
    /// Method by which the percentile is determined.
    pub usage_type: BandwidthUsageType,
    /// Time of the first point.
    pub from: UtcTime,
    /// The points, in megabits per second.
    pub values: Vec<Amount>,
    /// The guaranteed bandwidth, for the enhanced 95th percentile.
    #[serde(default)]
    pub guaranteed: Option<Amount>,
}

impl BandwidthMeasurement {
    /// Points of a resource, named by service, kind and id.
    pub fn new(
        customer: impl Into<String>,
        (service, kind, resource): (&str, &str, &str),
        usage_type: impl Into<BandwidthUsageType>,
        from: UtcTime,
        values: impl IntoIterator<Item = Amount>,
    ) -> Self {
        Self {
            customer: customer.into(),
            resource: resource.into(),
            service_type_code: service.to_owned(),
            resource_type_code: kind.to_owned(),
            usage_type: usage_type.into(),
            from,
            values: values.into_iter().collect(),
            guaranteed: None,
        }
    }

    /// With a guaranteed bandwidth.
    #[must_use]
    pub fn guaranteed(mut self, bandwidth: impl Into<Amount>) -> Self {
        self.guaranteed = Some(bandwidth.into());
        self
    }
}

/// All points of one resource.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Bandwidth {
    pub(crate) customer: String,
    pub(crate) resource: ResourceId,
    pub(crate) service_type_code: String,
    pub(crate) resource_type_code: String,
    pub(crate) usage_type: BandwidthUsageType,
    pub(crate) guaranteed: Option<Amount>,
    /// In the order of time.
    points: Vec<(UtcTime, Amount)>,
}

/// Billed amounts of a month.
pub(crate) struct Billed {
    /// Points divided by 288, to twenty decimals.
    pub(crate) actual_days: Amount,
    /// The largest bandwidth after the largest twentieth of the points is left out.
    pub(crate) percentile: Amount,
    /// The largest of all.
    pub(crate) peak: Amount,
}

impl Bandwidth {
    /// The points of a month.
    pub(crate) fn points(&self, cycle: BillCycle) -> impl Iterator<Item = (UtcTime, Amount)> {
        self.points.iter().copied().filter(move |(at, _)| BillCycle::containing(*at) == cycle)
    }

    /// The values of a month; none without a point.
    pub(crate) fn billed(&self, cycle: BillCycle) -> Option<Billed> {
        let mut values: Vec<Amount> = self.points(cycle).map(|(_, value)| value).collect();
        values.sort_by(|a, b| b.cmp(a));
        let count = u32::try_from(values.len()).unwrap_or(u32::MAX);
        let percentile = *values.get(values.len() / 20)?;
        let days = Amount::from(count).as_decimal().checked_div(Amount::from(POINTS_PER_DAY).as_decimal());
        Some(Billed {
            actual_days: days.map(|days| Amount::from(days).truncated(20)).unwrap_or_default(),
            percentile,
            peak: values.first().copied().unwrap_or_default(),
        })
    }
}

impl State {
    pub(crate) fn measure_bandwidth(&mut self, measured: BandwidthMeasurement) -> Result<(), Refusal> {
        if !self.accounts.contains_key(&measured.customer) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        if measured.values.iter().any(|value| value.is_negative()) {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        let times = std::iter::successors(Some(measured.from.instant()), |at| at.checked_add(STEP));
        let points: Vec<_> = times.map(UtcTime::from).zip(measured.values).collect();
        let known = self.billing.bandwidths.iter_mut().find(|bandwidth| {
            bandwidth.customer == measured.customer
                && bandwidth.resource == measured.resource
                && bandwidth.usage_type == measured.usage_type
        });
        match known {
            Some(bandwidth) => {
                bandwidth.guaranteed = measured.guaranteed.or(bandwidth.guaranteed);
                // A point that is measured again is the later value.
                bandwidth.points.retain(|(at, _)| points.binary_search_by_key(at, |(at, _)| *at).is_err());
                bandwidth.points.extend(points);
                bandwidth.points.sort_by_key(|(at, _)| *at);
            }
            None => self.billing.bandwidths.push(Bandwidth {
                customer: measured.customer,
                resource: measured.resource,
                service_type_code: measured.service_type_code,
                resource_type_code: measured.resource_type_code,
                usage_type: measured.usage_type,
                guaranteed: measured.guaranteed,
                points,
            }),
        }
        Ok(())
    }

    /// The resources of a customer that are billed so, in the order of their first measurement.
    pub(crate) fn bandwidths<'w>(&'w self, customer: &'w str) -> impl Iterator<Item = &'w Bandwidth> {
        self.billing.bandwidths.iter().filter(move |bandwidth| bandwidth.customer == customer)
    }
}

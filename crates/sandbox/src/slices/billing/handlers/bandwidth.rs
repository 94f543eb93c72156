//! Usage of resources that are billed by the 95th percentile of their bandwidth.

use super::{query::reaches, summary::MONTHS_OF_BILLS};
use crate::{
    core::{Account, Refusal, page},
    handler::Simulated,
    slices::billing::{
        bandwidth::{Bandwidth, Billed},
        days_of,
    },
    state::State,
};
use huaweicloud_partner::{
    bills::{
        BandwidthPoint, BandwidthSummary, BandwidthSummaryPage, BandwidthUsage, BandwidthUsageType,
        ListBandwidthUsage, ListBandwidthUsageSummary,
    },
    fill,
    types::{Amount, BEIJING, BillCycle, MeasureUnit, UtcTime},
};

impl Simulated for ListBandwidthUsageSummary {
    /// Lists resources that have points in the month; their values come at 20:00 on the 2nd of the next one.
    fn run(self, world: &mut State, caller: &Account) -> Result<BandwidthSummaryPage, Refusal> {
        let cycle = self.bill_cycle;
        let wanted = world.bandwidths(&caller.id).filter(|bandwidth| {
            bandwidth.service_type_code == self.service_type_code
                && bandwidth.resource_type_code == self.resource_type_code
                && bandwidth.usage_type == self.usage_type
                && reaches(world, cycle, MONTHS_OF_BILLS)
                && bandwidth.points(cycle).next().is_some()
        });
        let (total_count, summary_usage_info_list) = page(wanted, self.offset, self.limit, |bandwidth| {
            let billed = bandwidth.billed(cycle).filter(|_| measured(world, cycle));
            let values = Values::of(bandwidth, billed.as_ref());
            fill!(BandwidthSummary {
                resource_id: bandwidth.resource.clone(),
                actual_days: billed.as_ref().map(|billed| billed.actual_days),
                band_width: values.billed,
                monthly_guaranteed_band_width: values.guaranteed,
                monthly_peak_band_width: values.peak,
                band_width_measure_id: values.unit,
            })
        });
        Ok(fill!(BandwidthSummaryPage { total_count, summary_usage_info_list }))
    }
}

impl Simulated for ListBandwidthUsage {
    /// Points are there at once, the values of the month from 20:00 on the 2nd of the next one. A resource that is not
    /// the caller's has no points.
    fn run(self, world: &mut State, caller: &Account) -> Result<BandwidthUsage, Refusal> {
        let cycle = self.bill_cycle;
        let found = world.bandwidths(&caller.id).find(|bandwidth| {
            bandwidth.resource == self.resource_id
                && bandwidth.service_type_code == self.service_type_code
                && bandwidth.resource_type_code == self.resource_type_code
                && bandwidth.usage_type == self.usage_type
                && reaches(world, cycle, MONTHS_OF_BILLS)
        });
        let Some(bandwidth) = found else {
            return Ok(fill!(BandwidthUsage { total_count: Some(0), ..BandwidthUsage::default() }));
        };
        let billed = bandwidth.billed(cycle);
        let actual_days = billed.as_ref().map(|billed| billed.actual_days);
        let values = Values::of(bandwidth, billed.filter(|_| measured(world, cycle)).as_ref());
        let enhanced = bandwidth.usage_type == BandwidthUsageType::Enhanced;
        let (total_count, usage_info_list) =
            page(bandwidth.points(cycle), self.offset, self.limit, |(at, value)| {
                fill!(BandwidthPoint {
                    stat_time: Some(at),
                    guaranteed_band_width: bandwidth.guaranteed.filter(|_| enhanced),
                    usage: Some(value),
                    measure_id: Some(MeasureUnit::MegabitPerSecond),
                })
            });
        Ok(fill!(BandwidthUsage {
            actual_days,
            band_width: values.billed,
            monthly_guaranteed_band_width: values.guaranteed,
            monthly_peak_band_width: values.peak,
            band_width_measure_id: values.unit,
            total_count,
            usage_info_list,
        }))
    }
}

/// Values of a month, as both responses hold them.
struct Values {
    billed: Option<Amount>,
    guaranteed: Option<Amount>,
    peak: Option<Amount>,
    unit: Option<MeasureUnit>,
}

impl Values {
    /// Makes the values of a month. The composition of the enhanced percentile is not documented: it is the
    /// percentile here as well, besides the largest point and the guaranteed bandwidth.
    fn of(bandwidth: &Bandwidth, billed: Option<&Billed>) -> Self {
        let enhanced = billed.filter(|_| bandwidth.usage_type == BandwidthUsageType::Enhanced);
        Self {
            billed: billed.map(|billed| billed.percentile),
            guaranteed: enhanced.and(bandwidth.guaranteed),
            peak: enhanced.map(|billed| billed.peak),
            unit: billed.map(|_| MeasureUnit::MegabitPerSecond),
        }
    }
}

/// Are the values of this month there: it is past 20:00 on the 2nd of the next one, in Beijing.
fn measured(world: &State, cycle: BillCycle) -> bool {
    let first = days_of(cycle.next()).0.date().midnight().assume_offset(BEIJING);
    let there: UtcTime = first.saturating_add(time::Duration::hours(24 + 20)).into();
    there <= world.now
}

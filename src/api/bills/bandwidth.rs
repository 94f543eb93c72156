//! Usage of resources that are billed by the 95th percentile of their bandwidth.

use crate::{
    operation,
    types::{
        Amount, BillCycle, Language, MeasureUnit, ResourceId, UtcTime,
        fields::{AsText, EmptyAsNone},
        open_enum::open_enum,
        response,
    },
};

operation! {
    /// The resources of the calling customer that are billed by the 95th percentile, with the bandwidth of the
    /// month, one page.
    ///
    /// IAM users of the customer need `billing:resourcePackages:view`, as the page prints it. Bandwidths are there from
    /// 20:00 on the 2nd of the next month in Beijing; for the running month only the ids of the resources come, for
    /// [`ListBandwidthUsage`].
    GET "/v2/bills/customer-bills/resources/usage/summary" as bss "ListResourceUsageSummary" -> BandwidthSummaryPage {
        caller(Customer), rows(100, summary_usage_info_list: BandwidthSummary, total: total_count),
        source("https://support.huaweicloud.com/api-oce/zh-cn_topic_0000001144806706.html"),
    }
    pub struct ListBandwidthUsageSummary {
        required {
            /// The month, counted in UTC+8.
            bill_cycle: BillCycle,
            /// The cloud service: `hws.service.type.cdn`, `….obs`, `….vpc` or `….iec`.
            service_type_code: String where len(1..=64),
            /// The kind of resource: `hws.resource.type.cdn`, `….obs`, `….bandwidth` or `….edgebandwidth`.
            resource_type_code: String where len(1..=64),
            /// Method by which the percentile is determined.
            usage_type: BandwidthUsageType where len(1..=64),
        }
        optional {
            /// Language of names; reserved, since the response contains none.
            #[header("X-Language")]
            language: Language,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page. The upper bound is not documented; 1,000 is admitted for the points of one resource,
            /// and pages are read 100 at a time.
            limit: u32 where range(1..=1000) default(10),
        }
    }
}

operation! {
    /// The bandwidth of one resource of the calling customer in a month, every five minutes, one page, with the
    /// values of the month.
    ///
    /// An IAM user of the customer needs `billing:billDetail:view`. A month of thirty days has 8,640 points. The
    /// values of the month are there from 20:00 on the 2nd of the next month in Beijing. Where a resource ran for a
    /// part of the month, the charge is list price × discount × effective days ÷ days of the month.
    GET "/v2/bills/customer-bills/resources/usage/details" as bss "ListResourceUsage" -> BandwidthUsage {
        caller(Customer), rows(1000, usage_info_list: BandwidthPoint, total: total_count),
        source("https://support.huaweicloud.com/api-oce/zh-cn_topic_0000001190606757.html"),
    }
    pub struct ListBandwidthUsage {
        required {
            /// The month, counted in UTC+8.
            bill_cycle: BillCycle,
            /// The cloud service: `hws.service.type.cdn`, `….obs`, `….vpc` or `….iec`.
            service_type_code: String where len(1..=64),
            /// The kind of resource: `hws.resource.type.cdn`, `….obs`, `….bandwidth` or `….edgebandwidth`.
            resource_type_code: String where len(1..=64),
            /// Method by which the percentile is determined.
            usage_type: BandwidthUsageType where len(1..=64),
            /// Resource whose usage is listed, from [`ListBandwidthUsageSummary`].
            resource_id: ResourceId where len(1..=64),
        }
        optional {
            /// Language of names; reserved, since the response contains none.
            #[header("X-Language")]
            language: Language,
            /// Number of points to skip; 0 by default.
            offset: u32,
            /// Points per page.
            limit: u32 where range(1..=1000) default(10),
        }
    }
}

response! {
    /// One page of resources that are billed by the 95th percentile.
    pub struct BandwidthSummaryPage {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub summary_usage_info_list: Vec<BandwidthSummary>,
    }
}

response! {
    /// The bandwidth of one resource in a month. Everything but the id is missing for the running month.
    pub struct BandwidthSummary {
        /// Id under which the service knows the resource.
        pub resource_id: ResourceId,
        /// Number of days on which it was used: points reported ÷ 288, with up to 20 decimals. Text on the wire.
        #[with(AsText)]
        pub actual_days: Option<Amount>,
        /// The bandwidth that is billed. Text on the wire.
        #[with(AsText)]
        pub band_width: Option<Amount>,
        /// The guaranteed bandwidth; enhanced 95th percentile only. Text on the wire.
        #[with(AsText)]
        pub monthly_guaranteed_band_width: Option<Amount>,
        /// The peak; enhanced 95th percentile only. Text on the wire.
        #[with(AsText)]
        pub monthly_peak_band_width: Option<Amount>,
        /// The unit of the bandwidths; none where there are none.
        pub band_width_measure_id: Option<MeasureUnit>,
    }
}

response! {
    /// One page of points of one resource, with the values of its month.
    pub struct BandwidthUsage {
        /// Number of days on which it was used: points reported ÷ 288, with up to 20 decimals. Text on the wire.
        #[with(AsText)]
        pub actual_days: Option<Amount>,
        /// The bandwidth that is billed; none for the running month. Text on the wire.
        #[with(AsText)]
        pub band_width: Option<Amount>,
        /// The guaranteed bandwidth; enhanced 95th percentile only. Text on the wire.
        #[with(AsText)]
        pub monthly_guaranteed_band_width: Option<Amount>,
        /// The peak; enhanced 95th percentile only. Text on the wire.
        #[with(AsText)]
        pub monthly_peak_band_width: Option<Amount>,
        /// The unit of the bandwidths; none where there are none.
        pub band_width_measure_id: Option<MeasureUnit>,
        /// Total number of points.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub usage_info_list: Vec<BandwidthPoint>,
    }
}

response! {
    /// The bandwidth in five minutes.
    pub struct BandwidthPoint {
        /// Time of the measurement.
        #[with(EmptyAsNone)]
        pub stat_time: Option<UtcTime>,
        /// The guaranteed bandwidth; enhanced 95th percentile only. Text on the wire.
        #[with(AsText)]
        pub guaranteed_band_width: Option<Amount>,
        /// Measured bandwidth. Text on the wire.
        #[with(AsText)]
        pub usage: Option<Amount>,
        /// Unit of both values.
        pub measure_id: Option<MeasureUnit>,
    }
}

open_enum! {
    /// Method by which the 95th percentile of a month is determined.
    pub enum BandwidthUsageType {
        /// Peak of the month on the Chinese mainland, a thousand counted as 1024.
        Peak1024 = "95Peak",
        /// The same, a thousand counted as 1000. Complete only together with [`BandwidthUsageType::Peak1000Page`].
        Peak1000 = "95peak_1000",
        /// The same in the spelling that only the page has: ask for both and merge.
        Peak1000Page = "95Peak_1000",
        /// Peak of the bandwidth.
        Bandwidth = "bandwidth95peak",
        /// Enhanced 95th percentile.
        Enhanced = "95peak_plus",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;

    #[test]
    fn twenty_decimals_survive_and_empty_text_is_nothing() {
        let json = r#"{"total_count":1,"summary_usage_info_list":[{"resource_id":"r1",
            "actual_days":"30.12345678901234567890","band_width":"","band_width_measure_id":15}]}"#;
        let page: BandwidthSummaryPage = decode_str(json).unwrap();
        let summary = &page.summary_usage_info_list[0];
        assert_eq!(
            summary.actual_days.map(|days| days.to_string()).as_deref(),
            Some("30.12345678901234567890")
        );
        assert_eq!(
            (summary.band_width, summary.band_width_measure_id),
            (None, Some(MeasureUnit::MegabitPerSecond))
        );
        assert!(
            serde_json::to_string(summary).unwrap().contains(r#""actual_days":"30.12345678901234567890""#)
        );
    }

    #[test]
    fn points_are_read() {
        let usage: BandwidthUsage = decode_str(
            r#"{"actual_days":"31","band_width":"17.5","total_count":8928,"usage_info_list":[
                {"stat_time":"2026-10-01T00:05:00Z","usage":"1.25","measure_id":15}]}"#,
        )
        .unwrap();
        assert_eq!(usage.usage_info_list[0].usage, "1.25".parse().ok());
        assert_eq!((usage.band_width, usage.total_count), ("17.5".parse().ok(), Some(8928)));
    }

    #[test]
    fn documented_limits_are_checked() {
        let cycle = "2026-10".parse::<BillCycle>().unwrap();
        let request =
            ListBandwidthUsage::new(cycle, "", "hws.resource.type.cdn", BandwidthUsageType::Enhanced, "")
                .limit(1001_u32);
        assert_eq!(violated(&request), ["service_type_code", "resource_id", "limit"]);
        let (service, resource) = ("hws.service.type.cdn", "hws.resource.type.cdn");
        ListBandwidthUsageSummary::new(cycle, service, resource, "95Peak").validate().unwrap();
        ListBandwidthUsageSummary::new(cycle, service, resource, "").validate().unwrap_err();
    }
}

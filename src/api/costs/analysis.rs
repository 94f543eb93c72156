//! Costs by dimension over days or months.

use crate::{
    bills::{BrokenIdentity, Identity, payable},
    operation,
    operation::Check,
    types::{
        Amount, BillCycle, Currency, Day, DayOrCycle, Language,
        fields::{AsText, EmptyAsNone},
        open_enum::{open_codes, open_enum},
        plain::plain,
        response,
    },
};

operation! {
    /// Lists the costs of the calling customer, grouped by one or two dimensions and split into days or
    /// months, one page.
    ///
    /// An IAM user of the customer needs `costCenter:costAnalysis:listCosts`. Longest window and number of slices
    /// are not documented. The month before can be asked for once its bill is made.
    ///
    /// Original costs of the running month are about an hour late; a month is final after the 3rd of the next and
    /// visible from 12:00 on the 4th in Beijing. Amortized costs are 24 to 48 hours late, and for products that
    /// settle by the month (CDN, VPC and others) come from 12:00 on the 4th.
    ///
    /// Refused with [`COST_CENTRE_OFF`](crate::error::codes::COST_CENTRE_OFF) where the account has not switched
    /// the cost centre on, with [`COSTS_HIDDEN_BY_PARTNER`](crate::error::codes::COSTS_HIDDEN_BY_PARTNER) or
    /// [`COSTS_HIDDEN_BY_MASTER`](crate::error::codes::COSTS_HIDDEN_BY_MASTER) where another account decides, and
    /// with [`TOO_MANY_MEMBERS`](crate::error::codes::TOO_MANY_MEMBERS) where a master has more than 1,000 members
    /// with independent accounting: filter by one.
    POST "/v4/costs/cost-analysed-bills/query" as bss -> CostPage {
        read, sites(ALL), caller(Customer), rows(1000, cost_data: CostEntry, total: total_count),
        source("https://support.huaweicloud.com/api-oce/costm_00014.html"),
    }
    pub struct ListCosts {
        required {
            /// Time window of the costs, in days or in months.
            time_condition: CostWindow,
            /// One or two dimensions by which costs are grouped; not two tags and not two cost units.
            groupby: Vec<CostGrouping> where count(1..=2),
            /// Costs when they arise, or spread over the time that they are paid for.
            cost_type: CostType where len(1..=256),
            /// Amount that is shown: payable or paid.
            amount_type: CostAmountType where len(1..=256),
        }
        optional {
            /// The language; reserved.
            #[header("X-Language")]
            language: Language,
            /// Rows to skip; none by default.
            offset: u32 where range(0..=200_000),
            /// Rows per page.
            limit: u32 where range(1..=1000) default(10),
            /// Filters on the costs; an empty list does not filter.
            filters: Vec<CostFilter> where count(0..=100),
        }
        check |it, check| {
            let groupings = |kind: &GroupingKind| it.groupby.iter().filter(|one| one.kind == *kind).count();
            let check = check
                .rule("groupby", groupings(&GroupingKind::Tag) < 2, "must not have two tags")
                .rule("groupby", groupings(&GroupingKind::CostUnit) < 2, "must not have two cost units")
                .rule(
                    "groupby",
                    it.groupby.iter().all(|one| !one.key.is_empty()),
                    "must have a key in every entry",
                );
            it.time_condition.check(check)
        }
    }
}

/// The time that costs are asked for: days or whole months, both ends included, counted in UTC+8.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CostWindow {
    /// Granularity of the window.
    pub time_measure_id: CostSlice,
    /// The first day or month.
    pub begin_time: DayOrCycle,
    /// The last day or month.
    pub end_time: DayOrCycle,
}

plain! { CostWindow { time_measure_id, begin_time, end_time } }

impl CostWindow {
    /// Cut into days.
    pub fn days(first: Day, last: Day) -> Self {
        Self { time_measure_id: CostSlice::Day, begin_time: first.into(), end_time: last.into() }
    }

    /// Cut into months.
    pub fn months(first: BillCycle, last: BillCycle) -> Self {
        Self { time_measure_id: CostSlice::Month, begin_time: first.into(), end_time: last.into() }
    }

    fn check(&self, check: Check) -> Check {
        let fits = |time: DayOrCycle| match self.time_measure_id {
            CostSlice::Day => matches!(time, DayOrCycle::Day(_)),
            CostSlice::Month => matches!(time, DayOrCycle::Cycle(_)),
            CostSlice::Other(_) => true,
        };
        let ordered = match (self.begin_time, self.end_time) {
            (DayOrCycle::Day(first), DayOrCycle::Day(last)) => first <= last,
            (DayOrCycle::Cycle(first), DayOrCycle::Cycle(last)) => first <= last,
            _ => true,
        };
        check
            .rule("begin_time", fits(self.begin_time), "must be a day or a month as time_measure_id says")
            .rule("end_time", fits(self.end_time), "must be a day or a month as time_measure_id says")
            .rule("begin_time", ordered, "must not be after end_time")
    }
}

/// Criterion by which costs are grouped.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct CostGrouping {
    /// Type of the key.
    pub kind: GroupingKind,
    /// A dimension such as `REGION_CODE`, the key of a cost tag, or the key of a cost unit.
    pub key: String,
}

plain! { CostGrouping { kind = "type", key } }

crate::__debug_by_shape! { CostGrouping { kind, key } }

impl CostGrouping {
    /// By a dimension. Tags, cost units and split items are not among those that can be grouped by this way.
    pub fn by(dimension: CostDimension) -> Self {
        Self { kind: GroupingKind::Dimension, key: dimension.to_string() }
    }

    /// By the values of a cost tag.
    pub fn by_tag(key: impl Into<String>) -> Self {
        Self { kind: GroupingKind::Tag, key: key.into() }
    }

    /// By the values of a cost unit.
    pub fn by_cost_unit(key: impl Into<String>) -> Self {
        Self { kind: GroupingKind::CostUnit, key: key.into() }
    }
}

/// Filter that includes or excludes costs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CostFilter {
    /// In or out.
    pub operator: FilterOperator,
    /// Direction of the filter.
    pub filter_factor: FilterFactor,
}

plain! { CostFilter { operator, filter_factor } }

impl CostFilter {
    /// Only costs whose dimension has one of these values.
    pub fn only<V: Into<String>>(key: CostDimension, values: impl IntoIterator<Item = V>) -> Self {
        Self::new(FilterOperator::Include, key, values)
    }

    /// Only costs whose dimension has none of these values.
    pub fn without<V: Into<String>>(key: CostDimension, values: impl IntoIterator<Item = V>) -> Self {
        Self::new(FilterOperator::Exclude, key, values)
    }

    fn new<V: Into<String>>(
        operator: FilterOperator,
        key: CostDimension,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let value = values.into_iter().map(Into::into).collect();
        Self { operator, filter_factor: FilterFactor { key, value } }
    }
}

/// A dimension and some of its values.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct FilterFactor {
    /// Dimension that is filtered.
    pub key: CostDimension,
    /// Values of the dimension.
    pub value: Vec<String>,
}

plain! { FilterFactor { key, value } }

crate::__debug_by_shape! { FilterFactor { key, value } }

response! {
    /// One page of costs.
    pub struct CostPage {
        /// The currency of all amounts, in its main unit.
        pub currency: Option<Currency>,
        /// Total number of combinations of values.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub cost_data: Vec<CostEntry>,
    }
}

response! {
    /// The costs of one combination of values.
    pub struct CostEntry {
        /// The combination, in the order of the groupings (inferred).
        pub dimensions: Vec<DimensionValue>,
        /// The cost of each day or month.
        pub costs: Vec<CostInSlice>,
        /// The cost of the whole window. Text on the wire.
        #[with(AsText)]
        pub amount_by_costs: Option<Amount>,
        /// The list price of the whole window. Text on the wire.
        #[with(AsText)]
        pub official_amount_by_costs: Option<Amount>,
    }
}

payable!(CostPage { cost_data: CostEntry { amount_by_costs } });

impl CostEntry {
    /// The sums that this entry does not keep: [`Identity::CostTotal`] and [`Identity::CostListPrice`], both inferred.
    #[must_use]
    pub fn check_identities(&self) -> Vec<BrokenIdentity> {
        let amounts = self.costs.iter().map(|cost| ("amount", cost.amount));
        let list_prices = self.costs.iter().map(|cost| ("official_amount", cost.official_amount));
        [
            Identity::CostTotal.check("amount_by_costs", self.amount_by_costs, amounts),
            Identity::CostListPrice.check(
                "official_amount_by_costs",
                self.official_amount_by_costs,
                list_prices,
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

response! {
    /// Value by which a row is grouped.
    pub struct DimensionValue {
        /// Dimension that is filtered.
        pub key: Option<CostDimension>,
        /// Value of the dimension, such as `cn-north-1`.
        pub value: String,
    }
}

response! {
    /// The cost of one day or month.
    pub struct CostInSlice {
        /// Day or month of the amount.
        #[with(EmptyAsNone)]
        pub time_dimension_value: Option<DayOrCycle>,
        /// Length of the slice: a day or a month.
        pub time_measure_id: Option<CostSlice>,
        /// The cost: payable or paid, original or amortized, as asked for. Text on the wire.
        #[with(AsText)]
        pub amount: Option<Amount>,
        /// The list price. Text on the wire.
        #[with(AsText)]
        pub official_amount: Option<Amount>,
    }
}

open_codes! {
    /// Granularity of a window.
    pub enum CostSlice {
        /// Split into days.
        Day = 1,
        /// Split into months.
        Month = 2,
    }
}

open_enum! {
    /// Type of a key of a grouping.
    pub enum GroupingKind {
        /// The key names a dimension.
        Dimension = "dimension",
        /// A cost tag.
        Tag = "tag",
        /// The key names a cost unit.
        CostUnit = "cost_unit",
    }
}

open_enum! {
    /// Time to which costs are attributed.
    pub enum CostType {
        /// Costs count when they arise.
        Original = "ORIGINAL_COST",
        /// Spread over the time that they are paid for.
        Amortized = "AMORTIZED_COST",
    }
}

open_enum! {
    /// Amount that is shown.
    pub enum CostAmountType {
        /// Amount that has to be paid.
        Payable = "PAYMENT_AMOUNT",
        /// Amount that was paid.
        Paid = "NET_AMOUNT",
    }
}

open_codes! {
    /// Whether a filter leaves in or out.
    pub enum FilterOperator {
        /// Only costs with these values.
        Include = 0,
        /// Only costs without these values.
        Exclude = 1,
    }
}

open_enum! {
    /// Dimension of costs. In responses the key of a tag or of a cost unit may take its place.
    pub enum CostDimension {
        /// Dimension of cloud services.
        CloudServiceType = "CLOUD_SERVICE_TYPE",
        /// Dimension of resource types.
        ResourceType = "RESOURCE_TYPE",
        /// The member of the enterprise.
        AssociatedAccount = "ASSOCIATED_ACCOUNT",
        /// Dimension of regions.
        Region = "REGION_CODE",
        /// Dimension of availability zones.
        AvailabilityZone = "AZ_CODE",
        /// Dimension of enterprise projects.
        EnterpriseProject = "ENTERPRISE_PROJECT_ID",
        /// Dimension of specifications.
        Specification = "RES_SPEC_CODE",
        /// Charging mode of the resource.
        ChargingMode = "CHARGING_MODE",
        /// Dimension of measured quantities.
        UsageType = "USAGE_TYPE",
        /// The kind of bill, coarsely: consumption, refund, adjustment.
        BillType = "BILL_TYPE",
        /// The company of Huawei Cloud that operates the service.
        OperatingEntity = "BE_ID",
        /// The account that pays.
        PayerAccount = "PAYER_ACCOUNT_ID",
        /// Dimension of resources.
        Resource = "RESOURCE_ID",
        /// Cost tag; in filters and responses.
        Tag = "RESOURCE_TAG",
        /// Cost unit; in filters and responses.
        CostUnit = "COST_UNIT",
        /// Split item; in responses of the China site.
        SplitItem = "SPLIT_ITEM_NAME",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::{operation::RequestParts, types::decode_str};

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn query(window: CostWindow, groupings: Vec<CostGrouping>) -> ListCosts {
        ListCosts::new(window, groupings, CostType::Original, CostAmountType::Payable)
    }

    fn october() -> CostWindow {
        CostWindow::days(day("2026-10-01"), day("2026-10-31"))
    }

    #[test]
    fn window_groupings_and_filters_are_written_as_documented() {
        let request =
            query(october(), vec![CostGrouping::by(CostDimension::Region), CostGrouping::by_tag("team")])
                .filters(vec![CostFilter::without(CostDimension::ChargingMode, ["1"])]);
        request.validate().unwrap();
        let body: serde_json::Value =
            serde_json::from_slice(&RequestParts::of(&request).unwrap().body).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "time_condition": {"time_measure_id": 1, "begin_time": "2026-10-01", "end_time": "2026-10-31"},
                "groupby": [{"type": "dimension", "key": "REGION_CODE"}, {"type": "tag", "key": "team"}],
                "cost_type": "ORIGINAL_COST",
                "amount_type": "PAYMENT_AMOUNT",
                "filters": [{"operator": 1, "filter_factor": {"key": "CHARGING_MODE", "value": ["1"]}}],
            })
        );
    }

    #[test]
    fn the_window_is_of_one_kind_and_in_order() {
        let by_region = || vec![CostGrouping::by(CostDimension::Region)];
        let mixed = CostWindow {
            end_time: DayOrCycle::Cycle("2026-10".parse().unwrap()),
            ..CostWindow::days(day("2026-10-01"), day("2026-10-02"))
        };
        assert_eq!(violated(&query(mixed, by_region())), ["end_time"]);
        let backwards = CostWindow::months("2026-02".parse().unwrap(), "2025-12".parse().unwrap());
        assert_eq!(violated(&query(backwards, by_region())), ["begin_time"]);
        let months = CostWindow::months("2025-12".parse().unwrap(), "2026-02".parse().unwrap());
        query(months, by_region()).validate().unwrap();
    }

    #[test]
    fn documented_limits_are_checked() {
        assert_eq!(violated(&query(october(), Vec::new())), ["groupby"]);
        let two_tags = vec![CostGrouping::by_tag("a"), CostGrouping::by_tag("b")];
        assert_eq!(violated(&query(october(), two_tags)), ["groupby"]);
        let two_units = vec![CostGrouping::by_cost_unit("a"), CostGrouping::by_cost_unit("")];
        assert_eq!(violated(&query(october(), two_units)), ["groupby", "groupby"]);
        let filters = vec![CostFilter::only(CostDimension::Region, ["cn-north-1"]); 101];
        let query = query(october(), vec![CostGrouping::by(CostDimension::Resource)]);
        assert_eq!(
            violated(&query.filters(filters).offset(200_001_u32).limit(1001_u32)),
            ["offset", "limit", "filters"]
        );
    }

    #[test]
    fn an_entry_is_the_sum_of_its_slices() {
        let page: CostPage = decode_str(
            r#"{"currency":"CNY","total_count":1,"cost_data":[{
                "dimensions":[{"key":"REGION_CODE","value":"cn-north-1"},{"key":"team","value":"a"}],
                "costs":[{"time_dimension_value":"2026-10","time_measure_id":2,"amount":"1.25","official_amount":"2"},
                         {"time_dimension_value":"2026-11","time_measure_id":2,"amount":"0.75","official_amount":""}],
                "amount_by_costs":"2.00","official_amount_by_costs":"2"}]}"#,
        )
        .unwrap();
        let entry = &page.cost_data[0];
        assert_eq!(entry.dimensions[0].key, Some(CostDimension::Region));
        assert_eq!(entry.dimensions[1].key, Some(CostDimension::from("team")));
        assert_eq!(entry.costs[0].time_dimension_value, "2026-10".parse().ok());
        assert_eq!(entry.check_identities(), []);
        assert!(serde_json::to_string(entry).unwrap().contains(r#""amount_by_costs":"2.00""#));

        let wrong = CostEntry { costs: entry.costs[..1].to_vec(), ..entry.clone() };
        let broken = wrong.check_identities();
        assert_eq!(broken.len(), 1);
        assert_eq!((broken[0].identity, broken[0].difference()), (Identity::CostTotal, "0.75".parse().ok()));
        let wrong = CostEntry { official_amount_by_costs: Some(Amount::from(3)), ..entry.clone() };
        assert_eq!(wrong.check_identities()[0].identity, Identity::CostListPrice);
    }
}

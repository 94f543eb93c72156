//! Costs: what a customer spent, by dimension and by the month that it was spent for.
//!
//! A bill shows what was charged in a month; costs show what the charges were for. An **original** cost counts when it arises, an
//! **amortized** one is spread over the time that it pays for: a year bought in September has twelve amortized months. The
//! **cost centre** of the console, which the customer has to switch on, computes them; **cost tags** and **cost units** are
//! the customer's own ways of sorting.
//!
//! | Question | Operation | Sites |
//! |---|---|---|
//! | what was spent by region, service, tag …, day by day or month by month | [`ListCosts`] | all |
//! | which share of each charge falls on a month | [`ListMonthlyBreakdown`] | China |
//!
//! Both are called by the customer itself and only read. A partner can withhold them from its customer, and an enterprise
//! master from its member. Days and months are counted in Beijing.
//!
//! # Checking sums
//!
//! `check_identities` on the rows compares totals with slices, and a charge with its months: see
//! [`Identity`](crate::bills::Identity). Over all months, the shares of a charge add up to the charge.
//!
//! # Pitfalls
//!
//! - Amortized costs are a day or two late, and for products that settle by the month come on the 4th of the next.
//! - The amounts of the cost analysis are text on the wire and exact here.
//! - [`CostWindow::months`] selects months, [`CostWindow::days`] days; the two cannot be mixed.
//!
//! # Example
//!
//! ```
//! use huaweicloud_partner::{
//!     Client,
//!     costs::{CostAmountType, CostDimension, CostGrouping, CostPage, CostType, CostWindow, ListCosts},
//!     testing::MockTransport,
//!     types::decode_str,
//! };
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mock = MockTransport::new();
//! mock.on_any::<ListCosts>().respond(decode_str::<CostPage>(
//!     r#"{"currency": "USD", "total_count": 1, "cost_data": [{
//!         "dimensions": [{"key": "REGION_CODE", "value": "ap-southeast-3"}],
//!         "costs": [{"time_dimension_value": "2026-09", "time_measure_id": 2, "amount": "12.50", "official_amount": "13.00"},
//!                   {"time_dimension_value": "2026-10", "time_measure_id": 2, "amount": "7.25", "official_amount": "8.00"}],
//!         "amount_by_costs": "19.75", "official_amount_by_costs": "21.00"}]}"#,
//! )?);
//! let client = Client::for_test(mock);
//!
//! let window = CostWindow::months("2026-09".parse()?, "2026-10".parse()?);
//! let by_region = vec![CostGrouping::by(CostDimension::Region)];
//! let page = client.send(&ListCosts::new(window, by_region, CostType::Amortized, CostAmountType::Payable)).await?;
//! for entry in &page.cost_data {
//!     assert!(entry.check_identities().is_empty());
//!     assert_eq!(entry.amount_by_costs, Some("19.75".parse()?));
//! }
//! # Ok(())
//! # }
//! ```

mod analysis;
mod breakdown;

pub use analysis::{
    CostAmountType, CostDimension, CostEntry, CostFilter, CostGrouping, CostInSlice, CostPage, CostSlice,
    CostType, CostWindow, DimensionValue, FilterFactor, FilterOperator, GroupingKind, ListCosts,
};
pub use breakdown::{AmortizedCost, AmortizedCostPage, CostTag, CostUnit, ListMonthlyBreakdown};

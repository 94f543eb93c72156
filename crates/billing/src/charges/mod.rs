//! All charges of a month as one stream: every customer, those of resellers included, each exactly once.
//!
//! The China site returns one customer per series of calls, and a reseller's customers only where the
//! reseller is named.
//! [`ChargePlan::list`] finds the customers, [`ChargeStream`] reads their charges, and [`ChargeCursor`] is its position: a small
//! value to be stored after each page, from which another process goes on.
//!
//! ```no_run
//! # async fn close(client: huaweicloud_partner::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use huaweicloud_partner_billing::charges::{ChargePlan, ChargeStream};
//!
//! let plan = ChargePlan::list(&client, "2026-04".parse()?).await?;
//! let mut stream = ChargeStream::new(&client, plan);
//! while let Some(page) = stream.next().await? {
//!     println!("{} charges of {}", page.charges.len(), page.customer_id);
//! }
//! assert!(stream.completeness().is_complete());
//! # Ok(())
//! # }
//! ```

mod completeness;
mod plan;
mod stream;

pub use completeness::{Completeness, Gap};
pub use plan::{ChargePlan, PlannedCustomer};
pub use stream::{ChargeCursor, ChargePage, ChargeStream};

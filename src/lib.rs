//! Typed client for the Huawei Cloud Partner Center: resellers, customers, vouchers, orders, bills, and the workflows
//! around them.
//!
//! Distributors and solution providers move real money with this interface. The crate takes that seriously: every call
//! is typed, amounts are exact decimals, no write that may have happened is sent twice, and personal data and keys print
//! as `***`.
//!
//! # A first call
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), huaweicloud_partner::Error> {
//! use huaweicloud_partner::{resellers::{AllocateToReseller, ListResellers}, types::Amount};
//! use huaweicloud_partner_sandbox::Sandbox;
//!
//! // The Partner Center in memory. For the real one:
//! // Client::builder(Site::China).credentials(auth::default_chain()).build()?
//! let client = Sandbox::small_distributor().client("distributor")?;
//!
//! let page = client.send(&ListResellers::new().limit(50_u32)).await?;
//! let reseller = &page.indirect_partners[0].indirect_partner_id;
//! let transfer = client.send(&AllocateToReseller::new(reseller, Amount::from(1000))).await?;
//! println!("moved as {}", transfer.transfer_id);
//! # Ok(()) }
//! ```
//!
//! # What is where
//! | Module | What it holds |
//! |---|---|
//! | [`client`] | [`Client`]: sends operations, reads lists as streams, finds out what became of a lost answer |
//! | [`auth`] | credentials and where they come from; the signer, usable alone |
//! | [`transport`] | how requests travel |
//! | [`testing`] | transports for tests: mock, recordings, faults |
//! | [`error`] | one [`Error`] that says what failed, whether it happened and what to do; the documented codes |
//! | [`types`] | exact amounts, times by meaning, open codes, personal data |
//! | [`wait`] | waiting for reviews, payments, deliveries, refunds, invoices and budgets |
//! | [`spending`] | what a customer can pay an order with |
//! | [`permissions`] | the permission items that a list of operations needs |
//! | [`mod@operation`], [`registry`] | operations as values and as data |
//! | [`partners`], [`resellers`], [`customers`], [`vouchers`], [`orders`], [`products`], [`bills`], [`costs`], [`enterprise`] | the operations, room by room, each with a page that explains its domain |
#![cfg_attr(
    feature = "tickets",
    doc = "| [`tickets`] | service tickets: 82 operations, and a helper that opens, follows and closes them |"
)]
#![cfg_attr(
    feature = "workflows",
    doc = "| [`opportunities`], [`mdf`], [`programs`], [`relationships`], [`incentives`], [`workflow`] | what has no public interface: records with states, deadlines and rules, and a desk that keeps them |"
)]
//!
//! # Money and repeats
//! A write is sent again only where the service surely did not carry it out, unless it ends in the same state or
//! carries a key against repeats. Otherwise the caller gets [`ErrorKind::OutcomeUnknown`] with the time in question and
//! the query that tells, and [`Client::resolve`] asks it. Dropping the future of a write after it went out is the same
//! case.
//!
//! # Features
//! - `reqwest` (default): the HTTPS transport, on rustls with the system's certificates.
//! - `tokio`: the system clock, waiting on tokio's timer; part of `reqwest`.
//! - `tickets`: the ticket service.
//! - `workflows`: opportunities, MDF, programs, relationships and incentives.
//! - `ring` (default): cryptography of TLS by ring; without it a provider is given to the transport's builder.
//! - `http2`: HTTP/2 where the server offers it.
//! - `tower`: services of tower as transports, and the client as a service.
//! - `blocking`: a client whose methods wait.
//! - `tracing`: spans and events through the `tracing` crate.
//!
//! Without features the crate compiles with no HTTP client at all; transport and clock are then given to the builder.

mod api;
pub mod auth;
#[cfg(feature = "blocking")]
pub mod blocking;
pub mod client;
pub mod clock;
pub mod error;
pub mod journal;
pub mod operation;
pub mod permissions;
pub mod registry;
pub mod spending;
pub mod testing;
#[cfg(feature = "tickets")]
pub mod tickets;
pub mod transport;
pub mod types;
pub mod wait;
#[cfg(feature = "webui")]
pub mod webui;
#[cfg(feature = "workflows")]
mod workflows;

pub use api::{bills, costs, customers, enterprise, orders, partners, products, resellers, vouchers};
#[cfg(feature = "workflows")]
pub use workflows::{engine as workflow, incentives, mdf, opportunities, programs, relationships};

pub use client::Client;
pub use error::{Error, ErrorKind, Result};

/// The README's own example is compiled with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

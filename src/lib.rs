//! A client library for the Huawei Cloud Partner Center API: resellers, customers, vouchers, orders, bills, service
//! tickets, and the console-only workflows around them.
//!
//! Every call is typed, amounts are exact decimals, a write that may have been executed is never sent again, and personal
//! data and keys print as `***`.
//!
//! # A first call
//! `cargo add huaweicloud-partner futures-util`, and `cargo add tokio --features macros,rt-multi-thread`:
//!
//! ```no_run
//! use futures_util::TryStreamExt as _;
//! use huaweicloud_partner::{Client, Site, partners::ShowBalances, resellers::ListResellers};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     // HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, the profile file, or the metadata of the machine.
//!     let client = Client::from_env(Site::China)?;
//!     let mut resellers = client.items(ListResellers::new());
//!     while let Some(reseller) = resellers.try_next().await? {
//!         let id = &reseller.indirect_partner_id;
//!         let balances = client.send(&ShowBalances::new().indirect_partner_id(id)).await?;
//!         println!("{id}: {} free", balances.free_for_grants()?);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Each operation is a struct: `new` takes its required parameters, setters the others, and [`Client::send`] returns its
//! response. Without async see the module `blocking`; in tests [`testing`].
//!
//! Without keys and a network the same client runs against a Partner Center in memory, the crate
//! `huaweicloud-partner-sandbox`:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), huaweicloud_partner::Error> {
//! use huaweicloud_partner::resellers::{AllocateToReseller, ListResellers};
//! use huaweicloud_partner_sandbox::Sandbox;
//!
//! let client = Sandbox::small_distributor().client("distributor")?;
//! let page = client.send(&ListResellers::new().limit(50)).await?;
//! let reseller = &page.indirect_partners[0].indirect_partner_id;
//! let transfer = client.send(&AllocateToReseller::new(reseller, 1000.into())).await?;
//! println!("transfer {}", transfer.transfer_id);
//! # Ok(()) }
//! ```
//!
//! # Modules
//! | The API | Contents |
//! |---|---|
//! | [`client`] | [`Client`]: sends operations, reads lists as streams, uploads and downloads |
#![cfg_attr(
    feature = "blocking",
    doc = "| [`blocking`] | a client whose methods wait, for programs without async |"
)]
//! | [`partners`], [`resellers`], [`customers`], [`vouchers`], [`orders`], [`products`], [`bills`], [`costs`], [`enterprise`] | the operations, by domain |
#![cfg_attr(
    feature = "tickets",
    doc = "| [`tickets`] | service tickets: 82 operations, and a helper that opens, follows and closes them |"
)]
#![cfg_attr(
    feature = "webui",
    doc = "| [`webui`] | Web UI hand-over: login link, SAML requests and responses, binding notifications |"
)]
//! | [`auth`] | credentials and their sources; the request signer, usable alone |
//! | [`error`] | [`Error`] and its kinds; the documented error codes |
//! | [`types`] | exact amounts and money, times, ids, open codes, personal data |
//!
//! | Money safety | Contents |
//! |---|---|
//! | [`journal`] | exactly-once writes: attempts, the journal, resolution of lost responses |
//! | [`wait`] | waits until an order, review, refund or invoice is done |
//! | [`spending`] | what a customer can pay an order with |
//!
//! | Definitions and plumbing | Contents |
//! |---|---|
//! | [`mod@operation`] | operations as values; the macro that declares one |
//! | [`registry`] | all operations as data: parameters, constraints, JSON Schemas |
//! | [`permissions`] | the permission items that a list of operations needs |
//! | [`transport`] | the trait through which requests are sent, and the default transport |
//! | [`clock`] | the time and the waiting of a client |
//!
//! | Testing | Contents |
//! |---|---|
//! | [`testing`] | transports for tests: mock, recordings, faults |
//! | [`fill!`] | builds a response for a test |
#![cfg_attr(feature = "workflows", doc = "\n| Workflows without a public API | Contents |\n|---|---|")]
#![cfg_attr(
    feature = "workflows",
    doc = "| [`workflow`] | the engine: records with states, events, deadlines and rules |"
)]
#![cfg_attr(
    feature = "workflows",
    doc = "| [`opportunities`], [`mdf`], [`programs`], [`relationships`], [`incentives`] | the workflows |"
)]
//!
//! # Names
//! Types have English names for what they are. Fields and setters keep the names of the wire, so that Huawei's reference
//! applies to them word by word. The official id of an operation is in its `META` and finds it in the search of these docs.
//!
//! # Promises
//! Each promise names the test that proves it.
//! - **Amounts are exact decimals.** No public type holds a float. `tests/promises.rs::amounts_are_exact`
//! - **Missing money is `None`, never zero.** `tests/promises.rs::missing_money_is_none_never_zero`
//! - **A response of a write is a success only if it holds the documented fields.**
//!   `tests/promises.rs::a_success_is_proven`, for every write
//!   `tests/boundary.rs::no_write_succeeds_without_the_proof_that_it_declares` and
//!   `tests/boundary.rs::no_write_and_no_list_takes_a_refusal_for_a_success`
//! - **A write that may have been executed is never sent again**, unless a repeat has no further effect or carries a key.
//!   `tests/promises.rs::a_write_that_may_have_been_executed_is_never_sent_again`, for every write
//!   `tests/boundary.rs::a_write_is_sent_again_only_where_a_repeat_has_no_further_effect`
//! - **A write with a journal is executed once**, even if the process is killed.
//!   `crates/store/tests/bulk_kill/main.rs::short_every_row_is_executed_once_however_often_the_program_is_killed`
//! - **Lists end or fail.** `tests/promises.rs::lists_end_or_fail`
//! - **One value that cannot be read does not fail a page.** `tests/promises.rs::one_odd_value_does_not_fail_a_page`
//! - **Personal data and secrets stay out of logs.** `tests/promises.rs::personal_data_and_secrets_stay_out_of_logs`
//! - **An error says what to do.** `tests/promises.rs::an_error_says_what_to_do`
//!
//! # Retries and lost writes
//! A read is repeated after a failure, within the [retry policy](client::RetryPolicy). A write is repeated only if it cannot
//! have been executed, if executing it twice has the same effect as once, or if it carries a key by which the service
//! recognises the repeat. Otherwise the call ends with an error whose
//! [`may_have_been_executed`](Error::may_have_been_executed) is true. With a [`journal`], [`Client::send_once`] looks the
//! outcome up in the records of the service. Dropping the future of a write after it was sent leaves it in the same state.
//!
//! # Features
//! - `reqwest` (default): HTTPS on reqwest and rustls, with the system's certificates.
//! - `ring` (default): the cryptography of HTTPS; without it the builder is given a provider of rustls.
//! - `http2`: HTTP/2 where the server offers it.
//! - `tower`: services of `tower` as transports, and the client as a service.
//! - `tokio`: the system clock, and waiting on tokio's timer; part of `reqwest`.
//! - `blocking`: a client whose methods wait.
//! - `dynamic`: any operation by its id, such as `bss.ListIndirectPartners`, from JSON to JSON.
//! - `tickets`: service tickets.
//! - `workflows`: opportunities, MDF, programs, relationships and incentives.
//! - `tracing`, `metrics`: spans and events, and an observer for the `metrics` crate.
//! - `webui`: Web UI hand-over.
//! - `sm3`: signatures by SDK-HMAC-SM3.
//!
//! Without features the crate compiles without an HTTP client; transport and clock are then given to the builder.
//!
//! # Versions
//! Responses and coded fields gain fields and codes in minor releases, so their types are `#[non_exhaustive]`. Tests build
//! them with [`fill!`] or with `build`. The crates whose types stand in signatures are exported again: `http`, `bytes`,
//! `time`, `serde_json` and others.
//!
//! # WebAssembly
//! Without features, types, signing and the building of requests compile for `wasm32-unknown-unknown`. CI checks this only
//! where that target is installed. A browser's random numbers, which keys of writes are made of, are chosen by the program:
//! `getrandom = { version = "0.2", features = ["js"] }` among its dependencies. Without a generator a write that needs a key
//! is refused before it is sent.
#![cfg_attr(docsrs, feature(doc_cfg))]

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
pub use types::Site;

// The crates whose types stand in signatures, so that a program needs no dependencies of its own to name them.
#[doc(no_inline)]
pub use {async_trait, bytes, futures_core, http, rust_decimal, serde, serde_json, time};
#[cfg(feature = "tower")]
#[doc(no_inline)]
pub use {http_body, tower_service};
#[cfg(feature = "reqwest")]
#[doc(no_inline)]
pub use {reqwest, rustls};

/// Compiles the examples of README.md with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Compiles the examples of README.zh-CN.md with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.zh-CN.md")]
struct ChineseReadme;

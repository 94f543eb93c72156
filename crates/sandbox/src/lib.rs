//! A Partner Center in memory: its accounts, money, vouchers, orders and bills, with the documented rules and error codes.
//!
//! The real Partner Center moves real money and needs a contract, so tests cannot use it. A [`Sandbox`] is a
//! [`Transport`](huaweicloud_partner::transport::Transport) that responds from its own state. Everything above it is the real
//! client: it signs, waits, repeats and decodes as it does with the service, and the sandbox checks signatures, rights,
//! quotas and the documented rules. It reads requests into the request types of the SDK and responds with its response types.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), huaweicloud_partner::Error> {
//! use huaweicloud_partner::{partners::ShowBalances, resellers::{AllocateToReseller, ListResellers}, types::Amount};
//! use huaweicloud_partner_sandbox::Sandbox;
//!
//! let sandbox = Sandbox::small_distributor();
//! let client = sandbox.client("distributor")?;
//! let resellers = client.send(&ListResellers::new()).await?;
//! let first = &resellers.indirect_partners[0].indirect_partner_id;
//! client.send(&AllocateToReseller::new(first, Amount::from(1000))).await?;
//!
//! let balances = client.send(&ShowBalances::new().indirect_partner_id(first)).await?;
//! assert_eq!(balances.account_balances[0].amount, Some(Amount::from(1000)));
//! sandbox.audit().expect("money is neither made nor lost");
//! # Ok(()) }
//! ```
//!
//! Time stands still until a test waits on [`Sandbox::clock`] or advances it. Every movement of money or quota is
//! double entry: [`Sandbox::audit`] checks that nothing was created or lost. Where the documentation is silent, the
//! simplest behaviour was chosen, and the handler says so. Every operation of the SDK is simulated. One that
//! is not would be refused with [`NOT_SIMULATED`] and HTTP status 501; a path that no operation has is refused as the gateway
//! does, with [`API_NOT_FOUND`](huaweicloud_partner::error::codes::API_NOT_FOUND).
//!
//! # Testing your own service, in process
//! Your service takes a [`Client`](huaweicloud_partner::Client); give it one of the sandbox. What people do in the console
//! or at a bank is a [`SandboxEvent`], and what fails on the way is an [`InjectedFault`]. Both are the same in every run.
//!
//! ```
//! use huaweicloud_partner::{Client, ErrorKind, partners::ShowBalances, resellers::AllocateToReseller, types::Amount};
//! use huaweicloud_partner_sandbox::{FaultTrigger, InjectedFault, Sandbox, SandboxEvent};
//!
//! /// The service under test: fills a reseller's account up to 500.
//! async fn top_up(client: &Client, reseller: &str) -> Result<(), huaweicloud_partner::Error> {
//!     let balances = client.send(&ShowBalances::new().indirect_partner_id(reseller)).await?;
//!     let held = balances.account_balances.first().and_then(|balance| balance.amount);
//!     match held.and_then(|held| Amount::from(500).checked_sub(held)) {
//!         Some(missing) if missing.is_positive() => {
//!             client.send(&AllocateToReseller::new(reseller, missing)).await.map(drop)
//!         }
//!         _ => Ok(()),
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::small_distributor();
//! let client = sandbox.client("distributor")?;
//! sandbox.apply(SandboxEvent::Recharge { account: "reseller-1".into(), amount: Amount::from(120) })?;
//!
//! // The response is lost after the money has moved: the service must not pay twice when it runs again.
//! sandbox.inject(InjectedFault::LostResponse, FaultTrigger::call(1).of::<AllocateToReseller>());
//! let lost = top_up(&client, "reseller-1").await.unwrap_err();
//! assert_eq!(lost.kind(), ErrorKind::OutcomeUnknown);
//! top_up(&client, "reseller-1").await?;
//!
//! let balances = client.send(&ShowBalances::new().indirect_partner_id("reseller-1")).await?;
//! assert_eq!(balances.account_balances[0].amount, Some(Amount::from(500)));
//! sandbox.audit()?;
//! # Ok(()) }
//! ```
//!
//! Worlds of your own are described by a [`Scenario`], kept in files with [`Sandbox::save`] and [`Sandbox::load`], or
//! taken from [`State::NAMES`]. Callers of all kinds have keys ([`Sandbox::credentials`]), tokens and agencies
//! ([`Sandbox::iam`]). A sandbox is cheap: make one for each test.
//!
//! # Service tickets
//! An engineer works on every ticket: takes it after five minutes, asks ten minutes later, waits for a reply, and has a
//! result fifteen minutes after it. [`Sandbox::script_engineers`] and [`Sandbox::script_engineer`] set other scripts; what
//! people do in the console is a [`TicketEvent`]. `ShowLoginType` returns what the event
//! `set_login_type` has set, because no value of its response is documented. IAM users with keys of their own are
//! operators, added by the event `add_operator`; there are no user groups.
//!
//! # Testing a service in any language, over HTTP
//! ```text
//! partner-sandbox --port 8480 --world everyone
//! ```
//!
//! The first line on standard output is a JSON object with the address and with all accounts and their keys. Point the
//! official SDK of your language at the address with its endpoint option (and its IAM endpoint option, where it has
//! one). `--world` takes a name of [`State::NAMES`], a scenario, or a snapshot. The page at `/` shows accounts, books
//! and the last requests. What no client can do has addresses of its own:
//!
//! | Request | Does |
//! |---|---|
//! | `POST /_sandbox/events` | applies a [`SandboxEvent`] or a list of them: `{"recharge": {"account": "distributor", "amount": 100}}`, `{"inject": {"fault": "lost_response", "when": {"on": "bss.CreatePartnerCoupons", "call": 1}}}` |
//! | `POST /_sandbox/clock` | moves the clock forward: `{"seconds": 86400}`; `GET` returns the time |
//! | `GET /_sandbox/snapshot` | the whole [`State`]; `POST` puts one in its place, or a [`Scenario`] |
//! | `GET /_sandbox/requests` | the last requests with caller, status and code |
//! | `GET /_sandbox/code?receiver=…` | the verification code that was last sent there |
//! | `GET /_sandbox/audit` | whether the books balance |
//!
//! The clock of a server runs, from the world's time; after it was moved, signatures dated by the machine's clock are
//! accepted still. In Rust the server can be part of the test:
//!
#![cfg_attr(feature = "server", doc = "```")]
#![cfg_attr(not(feature = "server"), doc = "```ignore")]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use huaweicloud_partner_sandbox::{Sandbox, Server};
//!
//! let server = Server::bind(Sandbox::small_distributor(), ([127, 0, 0, 1], 0).into()).await?;
//! let (address, stop) = (server.url(), server.handle());
//! let serving = tokio::spawn(server.run());
//!
//! // Start the service under test with this address, and look at what it did.
//! assert!(address.starts_with("http://127.0.0.1:"));
//!
//! stop.stop();
//! serving.await??;
//! # Ok(()) }
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builtin;
mod conform;
mod console;
mod core;
mod event;
mod front;
mod handler;
mod sandbox;
mod saving;
mod scenario;
#[cfg(feature = "server")]
mod server;
mod slices;
mod state;

pub use self::core::{Account, AccountKind, AuditError, Ledger, LedgerAccount, LedgerError, Posting};
pub use conform::{Conformance, Departure, Difference, conform};
pub use event::{EventError, SandboxEvent};
pub use front::{NOT_SIMULATED, RequestLogEntry, RequestPattern};
pub use sandbox::Sandbox;
pub use scenario::{NewAccount, Scenario, ScenarioError};
#[cfg(feature = "webui")]
pub use server::WebUiPlatform;
#[cfg(feature = "server")]
pub use server::{Server, ServerHandle, stop_signal};
pub use slices::{
    billing::{BandwidthMeasurement, CostAccess, ResourceUse},
    catalogue::{NewDiscount, Reckoning, Term},
    customers::{AccountProfile, Restriction},
    faults::{FaultTrigger, InjectedFault, SandboxFault},
    orders::{Attachment, FundsHolder, NewLine, NewOrder, PackageUse, ResourceRestriction},
    tickets::{EngineerAct, Machine, Occurrence, ScriptStep, SessionRecord, TicketEvent, TransferRecord},
    vouchers::QuotaLimits,
    wallet::{VoucherKind, VoucherLimits},
};
pub use state::State;

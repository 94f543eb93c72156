//! Transports for tests: a mock, recordings and injected faults.
//!
//! [`Client::for_test`](crate::Client::for_test) and, without async, `blocking::Client::for_test` take a transport and need
//! neither keys nor a network. Their clock is a [`ManualClock`](crate::clock::ManualClock), so that hours of waiting take
//! no time. Everything above the transport is real.
//!
//! | To test against | Use |
//! |---|---|
//! | responses that the test writes | [`MockTransport`], and [`fill!`](crate::fill) for the responses |
//! | failures on the way | [`MockRule::fail`], or a [`FaultTransport`] around another transport |
//! | recorded traffic | [`Recorder`] and [`Replayer`] |
//! | a Partner Center that keeps accounts, in memory or as a server | the crate `huaweicloud-partner-sandbox` |
//!
//! ```
//! use huaweicloud_partner::{
//!     Client, ErrorKind, fill,
//!     error::codes,
//!     resellers::{AllocateToReseller, ListResellers, Reseller, ResellerPage},
//!     testing::MockTransport,
//! };
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mock = MockTransport::new();
//! let reseller = fill!(Reseller { indirect_partner_id: "r1".into() });
//! let list = mock
//!     .on_any::<ListResellers>()
//!     .respond(fill!(ResellerPage { count: Some(1), indirect_partners: vec![reseller] }))
//!     .expect(1);
//! mock.on(|transfer: &AllocateToReseller| transfer.amount > 500.into()).respond_with_code(codes::BALANCE_TOO_LOW);
//!
//! let client = Client::for_test(mock.clone());
//! let page = client.send(&ListResellers::new().limit(50)).await?;
//! assert_eq!(list.requests()[0].limit, Some(50));
//! let reseller = &page.indirect_partners[0].indirect_partner_id;
//! let error = client.send(&AllocateToReseller::new(reseller, 501.into())).await.err().unwrap();
//! assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, Some(&codes::BALANCE_TOO_LOW)));
//! mock.verify();
//! # Ok(()) }
//! ```
//!
//! A request that no rule fits fails before it is sent. [`MockTransport::verify`] says which request that was and why each
//! rule did not respond to it, and so does the `Debug` output of the error, which `unwrap` prints.
//!
//! # Writes with a journal
//! [`Client::send_once`](crate::Client::send_once) reads records too: before the first write, to learn the service's time
//! and that the records can be read, and after a lost response, to find its outcome. The query is
//! [`Resolvable::Query`](crate::operation::Resolvable::Query) of the write, for a transfer to a reseller
//! [`ListAdjustments`](crate::partners::ListAdjustments). A mock needs a rule for it whose pages state their total. The
//! clock of `for_test` begins at 2026-05-01T00:00:00Z.
//!
//! ```
//! use std::sync::{Arc, atomic::{AtomicBool, Ordering}};
//! use huaweicloud_partner::{
//!     Client, fill,
//!     journal::{JournalOptions, MemoryJournal, ResolveOptions, Settled},
//!     partners::{Adjustment, AdjustmentKind, AdjustmentPage, ListAdjustments},
//!     resellers::AllocateToReseller,
//!     testing::MockTransport,
//!     transport::{TransportError, TransportErrorKind},
//! };
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mock = MockTransport::new();
//! // The transfer is executed, and its response is lost in a time-out.
//! let executed = Arc::new(AtomicBool::new(false));
//! let execute = Arc::clone(&executed);
//! mock.on_any::<AllocateToReseller>()
//!     .fail(move || {
//!         execute.store(true, Ordering::Relaxed);
//!         TransportError::possibly_sent(TransportErrorKind::Timeout)
//!     })
//!     .expect(1);
//! mock.on_any::<ListAdjustments>().respond_with(move |_| {
//!     let record = fill!(Adjustment {
//!         trans_id: Some("T1".to_owned()),
//!         customer_id: Some("r1".into()),
//!         operation_type: Some(AdjustmentKind::Grant),
//!         amount: Some(100.into()),
//!         operation_time: Some("2026-05-01T00:00:00Z".parse().unwrap()),
//!     });
//!     let records = if executed.load(Ordering::Relaxed) { vec![record] } else { vec![] };
//!     fill!(AdjustmentPage { total_count: Some(records.len() as u64), records: records })
//! });
//!
//! // Without the declaration of a sole writer, a record could be that of a write in the console: undecided.
//! let options = JournalOptions::new().resolve(ResolveOptions::new().sole_writer(true));
//! let client = Client::for_test(mock.clone()).with_journal_options(Arc::new(MemoryJournal::new()), options);
//! let transfer = AllocateToReseller::new("r1", 100.into());
//! for _ in 0..2 {
//!     let Settled::Executed(done) = client.send_once("topup-4711", &transfer).await? else { panic!("executed") };
//!     assert_eq!(done.record_id(), "T1");
//! }
//! mock.verify(); // the transfer was sent once
//! # Ok(()) }
//! ```
//!
//! A refusal with a documented code is [`Settled::NotExecuted`](crate::journal::Settled::NotExecuted) with this code, as
//! after [`MockRule::respond_with_code`].

mod faults;
mod mock;
mod recording;
mod schedule;

pub use faults::{FaultTransport, apply_fault};
pub use mock::{ExpectationError, MockRule, MockTransport};
pub use recording::{Cassette, Recorder, Replayer};
pub use schedule::{FaultSchedule, FaultTrigger, InjectedFault};

//! Transports for tests: a mock, recordings and injected faults.

mod faults;
mod mock;
mod recording;

#[cfg(feature = "sandbox")]
pub(crate) use faults::apply_fault;
pub use faults::{FaultTransport, FaultTrigger, InjectedFault};
pub use mock::{ExpectationError, MockRule, MockTransport};
pub use recording::{Cassette, Recorder, Replayer};

//! Transports for tests: a mock, recordings and injected faults.

mod faults;
mod mock;
mod recording;

pub use faults::{FaultTransport, FaultTrigger, InjectedFault, apply_fault};
pub use mock::{ExpectationError, MockRule, MockTransport};
pub use recording::{Cassette, Recorder, Replayer};

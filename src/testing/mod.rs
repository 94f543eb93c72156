//! Transports for tests: a mock, recordings and injected faults.

mod faults;
mod mock;
mod recording;
mod schedule;

pub use faults::{FaultTransport, apply_fault};
pub use mock::{ExpectationError, MockRule, MockTransport};
pub use recording::{Cassette, Recorder, Replayer};
pub use schedule::{FaultSchedule, FaultTrigger, InjectedFault};

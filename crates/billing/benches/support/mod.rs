//! Processor time, for benchmarks.

use std::time::{Duration, Instant};

/// Processor time of all threads of the process so far, where the system says it.
pub fn processor() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    // User and system time, in hundredths of a second.
    let ticks = fields.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().ok());
    Some(Duration::from_millis(10 * ticks.sum::<Option<u64>>()?))
}

/// Time that a measured task took.
#[derive(Clone, Copy, Default)]
pub struct Took {
    pub elapsed: Duration,
    pub processor: Duration,
}

impl Took {
    pub fn since(began: Instant, processor_before: Option<Duration>) -> Self {
        let processor = processor().zip(processor_before).map(|(now, before)| now - before);
        Self { elapsed: began.elapsed(), processor: processor.unwrap_or_default() }
    }
}

impl std::fmt::Display for Took {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2?}, {:.2?} of processor time", self.elapsed, self.processor)
    }
}

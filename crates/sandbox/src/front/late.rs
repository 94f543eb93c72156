//! Requests that arrive late, and queries that show the past.

use std::collections::VecDeque;

use bytes::Bytes;
use http::request;
use time::OffsetDateTime;

use crate::state::State;
use huaweicloud_partner::types::UtcTime;

/// A request whose connection is gone and that has not arrived yet.
#[derive(Debug)]
pub(crate) struct LateRequest {
    /// Arrival time, by the sandbox's clock.
    pub(crate) due: OffsetDateTime,
    /// The time by the machine's clock then, for the server.
    pub(crate) machine: Option<OffsetDateTime>,
    pub(crate) head: request::Parts,
    pub(crate) body: Bytes,
}

/// Earlier states, for queries that show what was done with a delay.
#[derive(Debug, Default)]
pub(crate) struct Past(VecDeque<(UtcTime, Box<State>)>);

impl Past {
    /// Keeps the state as it is before something is done, as long as a query with a delay may show it.
    pub(crate) fn keep(&mut self, state: &State) {
        let Some(longest) = state.faults.longest_delay() else {
            self.0.clear();
            return;
        };
        let oldest = earlier(state.now, longest);
        // No query will ask for those again: time only goes on.
        while self.0.front().is_some_and(|(at, _)| *at <= oldest) {
            self.0.pop_front();
        }
        self.0.push_back((state.now, Box::new(state.clone())));
    }

    /// The state that a query shows which shows what was done only this many seconds later; `None` where nothing was done
    /// since.
    pub(crate) fn shown(&self, now: UtcTime, seconds: u32) -> Option<&State> {
        let until = earlier(now, seconds);
        // Each entry is the state before what was done at its time.
        self.0.iter().find(|(at, _)| *at > until).map(|(_, state)| &**state)
    }
}

fn earlier(now: UtcTime, seconds: u32) -> UtcTime {
    now.instant().saturating_sub(time::Duration::seconds(seconds.into())).into()
}

//! The last requests, for those who look into a sandbox.

use std::collections::VecDeque;

use http::request;
use serde::Serialize;

use huaweicloud_partner::types::UtcTime;

/// How many are kept.
const KEPT: usize = 100;

/// A request that came in. Neither bodies nor credentials are kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RequestLogEntry {
    /// When, by the sandbox's clock.
    pub at: UtcTime,
    /// The id under which it was answered.
    pub request_id: String,
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The operation's qualified name, where it was one.
    pub operation: Option<&'static str>,
    /// The account that called, where it was recognised.
    pub caller: Option<String>,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The code of the refusal, where it was refused.
    pub code: Option<String>,
}

impl RequestLogEntry {
    pub(super) fn of(head: &request::Parts, at: UtcTime, request_id: &str) -> Self {
        Self {
            at,
            request_id: request_id.to_owned(),
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            operation: None,
            caller: None,
            status: 0,
            code: None,
        }
    }
}

/// The last visits in their order.
#[derive(Debug, Default)]
pub(super) struct Journal(VecDeque<RequestLogEntry>);

impl Journal {
    pub(super) fn note(&mut self, visit: RequestLogEntry) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(visit);
    }

    pub(super) fn requests(&self) -> Vec<RequestLogEntry> {
        self.0.iter().cloned().collect()
    }
}

//! Waits for processes that take the service minutes or days: a review, a payment, a delivery, a refund.
//!
//! [`Client::wait`](crate::Client::wait) takes a condition and returns a [`Wait`], which is awaited like a future and polls
//! with growing pauses until a deadline. It gives what the service said last; a process that ends otherwise, such as an
//! order that was cancelled, is an error.
//!
//! | Condition | Called by | Ends when |
//! |---|---|---|
//! | [`OrderPaid`], [`OrderDelivered`] | partner or customer | the order is paid; the order is completed |
//! | [`Unsubscribed`] | partner or customer | the order that unsubscribes is completed |
//! | [`RefundListed`] | partner or customer | the amounts of the refund are listed |
//! | [`RealNameReviewed`] | partner | the review has passed or was refused |
//! | [`BudgetSetTo`] | partner | the budget shows the amount |
//! | [`InvoiceIssued`] | partner or customer | the invoice is done |
//!
//! A program waits for anything else with a [`Condition`] of its own.
//!
//! ```no_run
//! # async fn example(customer: huaweicloud_partner::Client) -> Result<(), huaweicloud_partner::Error> {
//! use std::time::Duration;
//! use huaweicloud_partner::wait::OrderPaid;
//!
//! let order = customer.wait(OrderPaid::of("CS2605010001")).deadline(Duration::from_secs(600)).await?;
//! println!("{:?}", order.payment_time);
//! # Ok(())
//! # }
//! ```
//!
//! A wait that lasts longer than the process is stored as its [`WaitToken`]:
//!
//! ```no_run
//! # async fn example(client: huaweicloud_partner::Client, stored: &str) -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use huaweicloud_partner::wait::{RealNameReviewed, WaitToken};
//!
//! let wait = client.wait(RealNameReviewed::of("0dbc4e63")).deadline(Duration::from_secs(7 * 86_400));
//! let stored = serde_json::to_string(&wait.token())?;
//! // In another process:
//! let token: WaitToken<RealNameReviewed> = serde_json::from_str(&stored)?;
//! let review = client.resume_wait(token).await?;
//! # Ok(())
//! # }
//! ```

mod accounts;
mod orders;

use std::{fmt, future::IntoFuture, time::Duration};

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use crate::{
    Client,
    error::{Error, ErrorKind},
    types::{UtcTime, plain::plain},
};

pub use accounts::{BudgetSetTo, InvoiceIssued, RealNameReviewed};
pub use orders::{OrderDelivered, OrderPaid, RefundListed, Unsubscribed};

/// Condition to wait for. It is serialisable, so that another process can continue the wait.
#[async_trait]
pub trait Condition: fmt::Debug + Send + Sync + 'static {
    /// Result of the wait.
    type Output: Send;

    /// Returns a description of the condition for messages, such as `the payment of order CS1`.
    fn description(&self) -> String;

    /// Asks the service once; `None` while it is not there yet.
    ///
    /// # Errors
    /// What a look-up fails with, and [`ErrorKind::Refused`] where it will never come. A
    /// [retryable](Error::is_retryable) error does not end the wait.
    async fn check(&self, client: &Client) -> Result<Option<Self::Output>, Error>;
}

/// A wait that has not begun. Created by [`Client::wait`]; `.await` begins it.
///
/// The service is asked at once, then after 2 seconds and at growing distances up to 30 seconds, until the deadline of 10
/// minutes, unless set otherwise.
#[derive(Debug)]
#[must_use = "a wait does nothing unless awaited"]
pub struct Wait<C> {
    client: Client,
    condition: C,
    ends_at: UtcTime,
    first: Duration,
    longest: Duration,
}

/// A wait as it is stored for another process. Created by [`Wait::token`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitToken<C> {
    /// Condition to wait for.
    pub condition: C,
    /// Time at which the wait ends, by the service's clock.
    pub ends_at: UtcTime,
}

plain! { WaitToken<C> strict { condition, ends_at } }

const USUAL_DEADLINE: Duration = Duration::from_secs(600);

impl Client {
    /// Waits for a condition, such as the payment of an order: see [the module](self).
    pub fn wait<C: Condition>(&self, condition: C) -> Wait<C> {
        let ends_at = after(self, USUAL_DEADLINE);
        self.resume_wait(WaitToken { condition, ends_at })
    }

    /// Continues a wait that was stored, with the deadline that it had.
    pub fn resume_wait<C: Condition>(&self, token: WaitToken<C>) -> Wait<C> {
        Wait {
            client: self.clone(),
            condition: token.condition,
            ends_at: token.ends_at,
            first: Duration::from_secs(2),
            longest: Duration::from_secs(30),
        }
    }
}

/// The current time by the service's clock, as far as it is known.
fn now(client: &Client) -> UtcTime {
    client.service_now().map_or_else(|| client.clock().now(), |now| now.estimate()).into()
}

fn after(client: &Client, wait: Duration) -> UtcTime {
    let wait = time::Duration::try_from(wait).unwrap_or(time::Duration::MAX);
    now(client).instant().saturating_add(wait).into()
}

impl<C: Condition> Wait<C> {
    /// Gives up after this time from now on.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.ends_at = after(&self.client, deadline);
        self
    }

    /// Asks again after `first`, and later at growing distances up to `longest`.
    pub fn intervals(mut self, first: Duration, longest: Duration) -> Self {
        self.first = first.max(Duration::from_millis(100));
        self.longest = longest.max(self.first);
        self
    }

    /// The wait as another process can continue it.
    pub fn token(&self) -> WaitToken<C>
    where
        C: Clone,
    {
        WaitToken { condition: self.condition.clone(), ends_at: self.ends_at }
    }

    async fn run(self) -> Result<C::Output, Error> {
        let mut interval = self.first;
        loop {
            let problem = match self.condition.check(&self.client).await {
                Ok(Some(output)) => return Ok(output),
                Ok(None) => None,
                Err(error) if error.is_retryable() => Some(error),
                Err(error) => return Err(error),
            };
            let left = self.ends_at.instant() - now(&self.client).instant();
            let Ok(left) = Duration::try_from(left) else { return Err(self.timed_out(problem)) };
            if left.is_zero() {
                return Err(self.timed_out(problem));
            }
            let asked = problem.as_ref().and_then(Error::retry_after).unwrap_or_default();
            self.client.clock().sleep(interval.max(asked).min(left)).await;
            interval = interval.saturating_mul(3).checked_div(2).unwrap_or(interval).min(self.longest);
        }
    }

    fn timed_out(&self, problem: Option<Error>) -> Error {
        let message = format!("the deadline passed while waiting for {}", self.condition.description());
        let error = Error::new(ErrorKind::TimedOut, "", message).with_retryable(true);
        match problem {
            Some(problem) => error.caused_by(problem),
            None => error,
        }
    }
}

impl<C: Condition> IntoFuture for Wait<C> {
    type Output = Result<C::Output, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// The error of what will never come.
fn never(operation: &'static str, message: String) -> Error {
    Error::new(ErrorKind::Refused, operation, message)
}

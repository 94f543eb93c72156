//! Reviews, budgets and invoices.

use async_trait::async_trait;
use futures_util::TryStreamExt as _;

use super::{Condition, never};
use crate::{
    Client, Error,
    bills::{Invoice, InvoiceState, ListInvoices},
    customers::{AuthenticationReview, Budget, ReviewResult, ShowAuthenticationReview, ShowBudget},
    operation::Operation as _,
    types::{Amount, CustomerId, ResellerId, UtcTime, plain::plain},
};

/// The review of a customer's real name: it ends with the result, passed or refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RealNameReviewed {
    /// Customer that the condition concerns.
    pub customer_id: CustomerId,
}

plain! { RealNameReviewed { customer_id } }

impl RealNameReviewed {
    /// Waits for the review of this customer.
    pub fn of(customer_id: impl Into<CustomerId>) -> Self {
        Self { customer_id: customer_id.into() }
    }
}

#[async_trait]
impl Condition for RealNameReviewed {
    type Output = AuthenticationReview;

    fn description(&self) -> String {
        format!("the real-name review of customer {}", self.customer_id)
    }

    #[inline] // compiled only where it is used
    async fn check(&self, client: &Client) -> Result<Option<AuthenticationReview>, Error> {
        let review =
            client.send(&ShowAuthenticationReview::new(self.customer_id.clone())).await?.into_inner();
        let ended = matches!(review.review_result, Some(ReviewResult::Passed | ReviewResult::Refused));
        Ok(ended.then_some(review))
    }
}

/// The budget of a customer on the sites outside China: it ends when the budget shows the amount.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetSetTo {
    /// Customer that the condition concerns.
    pub customer_id: CustomerId,
    /// The amount that was set.
    pub budget_amount: Amount,
    /// The reseller whose customer it is, where a distributor asks.
    pub indirect_partner_id: Option<ResellerId>,
}

plain! { BudgetSetTo { customer_id, budget_amount, indirect_partner_id [sparse] } }

impl BudgetSetTo {
    /// Waits for this budget.
    pub fn new(customer_id: impl Into<CustomerId>, budget_amount: Amount) -> Self {
        Self { customer_id: customer_id.into(), budget_amount, indirect_partner_id: None }
    }

    /// Asks as the distributor of this reseller.
    #[must_use]
    pub fn through(mut self, reseller: impl Into<ResellerId>) -> Self {
        self.indirect_partner_id = Some(reseller.into());
        self
    }
}

#[async_trait]
impl Condition for BudgetSetTo {
    type Output = Budget;

    fn description(&self) -> String {
        format!("the budget of customer {}", self.customer_id)
    }

    #[inline] // compiled only where it is used
    async fn check(&self, client: &Client) -> Result<Option<Budget>, Error> {
        let mut query = ShowBudget::new(self.customer_id.clone());
        query.indirect_partner_id.clone_from(&self.indirect_partner_id);
        let budget = client.send(&query).await?.into_inner();
        Ok((budget.budget_amount == Some(self.budget_amount)).then_some(budget))
    }
}

/// The issue of an invoice on the sites outside China: it ends when the invoice is done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvoiceIssued {
    /// The id of the request for the invoice.
    pub request_id: String,
    /// The beginning of the time in which it was requested.
    pub start_time: UtcTime,
    /// The end of that time.
    pub end_time: UtcTime,
}

plain! { InvoiceIssued { request_id, start_time, end_time } }

impl InvoiceIssued {
    /// Waits for the invoice of a request that was made in this time.
    pub fn new(request_id: impl Into<String>, start_time: UtcTime, end_time: UtcTime) -> Self {
        Self { request_id: request_id.into(), start_time, end_time }
    }
}

#[async_trait]
impl Condition for InvoiceIssued {
    type Output = Invoice;

    fn description(&self) -> String {
        format!("the invoice of request {}", self.request_id)
    }

    #[inline] // compiled only where it is used
    async fn check(&self, client: &Client) -> Result<Option<Invoice>, Error> {
        let mut invoices = client.items(ListInvoices::new(self.start_time, self.end_time));
        while let Some(invoice) = invoices.try_next().await? {
            if invoice.request_id != self.request_id {
                continue;
            }
            return match invoice.invoice_state {
                Some(InvoiceState::Done) => Ok(Some(invoice)),
                Some(InvoiceState::Returned) => {
                    let message = format!("the invoice of request {} was given back", self.request_id);
                    Err(never(ListInvoices::META.name, message))
                }
                _ => Ok(None),
            };
        }
        Ok(None)
    }
}

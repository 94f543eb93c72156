//! Views of a client that act for a customer.

use std::sync::Arc;

use super::{CallOptions, Client};
use crate::{
    auth::CustomerCredentials,
    error::{Error, ErrorKind},
    types::CustomerId,
};

impl Client {
    /// A view of this client that takes the credentials of customers from here, for [`Client::as_customer`].
    #[must_use]
    pub fn with_customers(&self, credentials: CustomerCredentials) -> Self {
        let mut client = self.clone();
        client.view.customers = Some(Arc::new(credentials));
        client
    }

    /// A view of this client that acts for a customer: its calls are made with the credentials of this customer and counted
    /// under its account, and everything else is shared.
    ///
    /// Views are cheap to create, because the sources of credentials are cached: for thousands of customers, create a view
    /// for each task. All views of one customer share one source and one fetch. A call fails without being sent where the
    /// source gives the credentials of another account.
    ///
    /// ```no_run
    /// # async fn example(partner: huaweicloud_partner::auth::Credentials, iam: huaweicloud_partner::auth::Iam)
    /// #     -> Result<(), huaweicloud_partner::Error> {
    /// use std::sync::Arc;
    /// use huaweicloud_partner::{Client, auth::CustomerCredentials, orders::ListOrders, types::Site};
    ///
    /// let customers = CustomerCredentials::agency("partner-agency", Arc::new(partner.clone()), iam);
    /// let client = Client::builder(Site::China).credentials(partner).customers(customers).build()?;
    /// let orders = client.as_customer("0dbc4e63")?.send(&ListOrders::new()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where the client was built without [credentials of
    /// customers](super::Builder::customers), and [`ErrorKind::InvalidInput`] for an empty id.
    pub fn as_customer(&self, customer: impl Into<CustomerId>) -> Result<Self, Error> {
        let customer = customer.into();
        let Some(customers) = &self.view.customers else {
            let message =
                "acting for customers needs their credentials: give the builder CustomerCredentials";
            return Err(Error::new(ErrorKind::Configuration, "", message));
        };
        if customer.as_str().is_empty() {
            return Err(Error::new(ErrorKind::InvalidInput, "", "the id of the customer is empty"));
        }
        let source = customers.of(&customer);
        Ok(self.with(CallOptions::new().credentials(source).account(customer.as_str())))
    }
}

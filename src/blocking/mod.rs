//! The client without async: the same operations, from threads that wait.
//!
//! Needs the feature `blocking`.
//!
//! ```no_run
//! use huaweicloud_partner::{blocking, partners::ShowBalances, resellers::ListResellers, types::Site};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let client = blocking::Client::from_env(Site::China)?;
//!     for reseller in client.items(ListResellers::new().limit(50)) {
//!         let reseller = reseller?;
//!         let balances = client.send(&ShowBalances::new().indirect_partner_id(&reseller.indirect_partner_id))?;
//!         println!("{}: {}", reseller.indirect_partner_id, balances.free_for_grants()?);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! A program needs no runtime and no dependency on `tokio`. Methods of [`crate::Client`] that this client lacks are run with
//! [`Client::block_on`] on [`Client::inner`]. A test takes [`Client::for_test`]:
//!
//! ```
//! use huaweicloud_partner::{
//!     blocking, fill,
//!     resellers::{ListResellers, Reseller, ResellerPage},
//!     testing::MockTransport,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mock = MockTransport::new();
//! let reseller = fill!(Reseller { indirect_partner_id: "r1".into() });
//! mock.on_any::<ListResellers>().respond(fill!(ResellerPage { count: Some(1), indirect_partners: vec![reseller] }));
//!
//! let client = blocking::Client::for_test(mock.clone())?;
//! let resellers: Vec<Reseller> = client.items(ListResellers::new()).collect::<Result<_, _>>()?;
//! assert_eq!(resellers[0].indirect_partner_id, "r1");
//! mock.verify();
//! # Ok(()) }
//! ```

mod download;
mod executor;
mod lists;

use std::sync::Arc;

use bytes::Bytes;
use http::Request;

use crate::{
    client::{CallOptions, FileUpload, Response},
    error::{Error, ErrorKind},
    journal::{Attempt, Journal, ResolveOptions, Settled},
    operation::{Downloads, Method, Operation, Paged, Resolvable, Uploads},
    types::{CustomerId, Site},
};

pub use download::Download;
pub use lists::{Items, Pages};

use executor::Executor;

/// A [`Client`](crate::Client) whose methods wait. Cheap to clone; clones share one background thread, which drives the
/// connections and the timers.
///
/// The calling thread does the rest of the work, so any number of threads may share a client. It may be created, used and
/// dropped anywhere, inside async code too, although a call there keeps its thread from other tasks.
#[derive(Clone, Debug)]
pub struct Client {
    inner: crate::Client,
    executor: Arc<Executor>,
}

impl Client {
    /// A client for a site with the credentials of the environment, as [`Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// As for [`Builder::build`](crate::client::Builder::build) and [`Client::new`].
    pub fn from_env(site: Site) -> Result<Self, Error> {
        Self::new(crate::Client::from_env(site)?)
    }

    /// A client for tests over a transport such as [`MockTransport`](crate::testing::MockTransport), as
    /// [`Client::for_test`](crate::Client::for_test).
    ///
    /// # Errors
    /// As for [`Client::new`].
    pub fn for_test(transport: impl crate::transport::Transport + 'static) -> Result<Self, Error> {
        Self::new(crate::Client::for_test(transport))
    }

    /// The same client without async. Its [`Builder`](crate::client::Builder) takes all settings.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where the system gives no thread.
    pub fn new(client: crate::Client) -> Result<Self, Error> {
        let executor = Executor::start().map_err(|error| {
            Error::new(ErrorKind::Configuration, "", "the thread of the blocking client cannot be started")
                .caused_by(error)
        })?;
        Ok(Self { inner: client, executor: Arc::new(executor) })
    }

    /// The async client, for what this one has no method for, together with [`Client::block_on`].
    pub fn inner(&self) -> &crate::Client {
        &self.inner
    }

    /// Runs a future of the async client to its end on this thread.
    ///
    /// ```no_run
    /// # fn example(client: huaweicloud_partner::blocking::Client) -> Result<(), huaweicloud_partner::Error> {
    /// use huaweicloud_partner::resellers::ListResellers;
    ///
    /// let page = client.block_on(client.inner().send(&ListResellers::new()))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.executor.block_on(future)
    }

    fn view(&self, inner: crate::Client) -> Self {
        Self { inner, executor: Arc::clone(&self.executor) }
    }

    /// Returns a view with other options, as [`Client::with`](crate::Client::with) does.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        self.view(self.inner.with(options))
    }

    /// Returns a view with a journal, as [`Client::with_journal`](crate::Client::with_journal) does.
    #[must_use]
    pub fn with_journal(&self, journal: impl Journal + 'static) -> Self {
        self.view(self.inner.with_journal(journal))
    }

    /// Returns a view as a customer, as [`Client::as_customer`](crate::Client::as_customer) does.
    ///
    /// # Errors
    /// As for [`Client::as_customer`](crate::Client::as_customer).
    pub fn as_customer(&self, customer: impl Into<CustomerId>) -> Result<Self, Error> {
        Ok(self.view(self.inner.as_customer(customer)?))
    }

    /// Sends an operation, as [`Client::send`](crate::Client::send) does.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub fn send<O: Operation>(&self, operation: &O) -> Result<Response<O::Output>, Error> {
        self.block_on(self.inner.send(operation))
    }

    /// Signs an operation without sending it, as [`Client::prepare`](crate::Client::prepare) does.
    ///
    /// # Errors
    /// As for [`Client::prepare`](crate::Client::prepare).
    pub fn prepare<O: Operation>(&self, operation: &O) -> Result<Request<Bytes>, Error> {
        self.block_on(self.inner.prepare(operation))
    }

    /// Sends a request that the crate does not know, as [`Client::send_raw`](crate::Client::send_raw) does.
    ///
    /// # Errors
    /// As for [`Client::send_raw`](crate::Client::send_raw).
    pub fn send_raw(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&str>,
    ) -> Result<Response<Bytes>, Error> {
        self.block_on(self.inner.send_raw(method, path, query, body))
    }

    /// Sends a write once, as [`Client::send_once`](crate::Client::send_once) does.
    ///
    /// # Errors
    /// As for [`Client::send_once`](crate::Client::send_once).
    pub fn send_once<O: Resolvable>(
        &self,
        request_id: impl Into<String>,
        operation: &O,
    ) -> Result<Settled, Error> {
        self.block_on(self.inner.send_once(request_id, operation))
    }

    /// Finds the outcome of an attempt, as [`Client::resolve`](crate::Client::resolve) does.
    ///
    /// # Errors
    /// As for [`Client::resolve`](crate::Client::resolve).
    pub fn resolve(&self, attempt: &Attempt, options: ResolveOptions) -> Result<Settled, Error> {
        self.block_on(self.inner.resolve(attempt, options))
    }

    /// Resolves several attempts, as [`Client::resolve_all`](crate::Client::resolve_all) does.
    ///
    /// # Errors
    /// As for [`Client::resolve_all`](crate::Client::resolve_all).
    pub fn resolve_all(&self, attempts: &[Attempt], options: ResolveOptions) -> Result<Vec<Settled>, Error> {
        self.block_on(self.inner.resolve_all(attempts, options))
    }

    /// The rows of a list, page after page.
    pub fn items<O: Paged>(&self, operation: O) -> Items<O> {
        Items::new(Arc::clone(&self.executor), self.inner.items(operation))
    }

    /// The pages of a list, fetched as they are asked for.
    pub fn pages<O: Paged>(&self, operation: O) -> Pages<O> {
        Pages::new(Arc::clone(&self.executor), self.inner.pages(operation))
    }

    /// Uploads a file, as [`Client::upload`](crate::Client::upload) does.
    ///
    /// # Errors
    /// As for [`Client::upload`](crate::Client::upload).
    pub fn upload<O: Uploads>(&self, operation: O, file: FileUpload) -> Result<Response<O::Output>, Error> {
        self.block_on(self.inner.upload(operation, file))
    }

    /// As [`Client::download`](crate::Client::download). The file is a reader.
    ///
    /// # Errors
    /// As for [`Client::download`](crate::Client::download).
    pub fn download<O: Downloads>(&self, operation: O) -> Result<Download, Error> {
        let file = self.block_on(self.inner.download(operation))?;
        Ok(Download::new(Arc::clone(&self.executor), file))
    }
}

//! Putting a client together.

use crate::types::Site;
use std::{sync::Arc, sync::atomic::AtomicI64};

use url::Url;

use super::{CallOptions, Client, Shared, options::CallConfig, retry::RetryBudget};
use crate::{
    auth::ProvideCredentials,
    clock::Clock,
    error::{Error, ErrorKind},
    operation::Service,
    transport::Transport,
};

/// Settings of a client to be.
#[derive(Debug)]
#[must_use]
pub struct Builder {
    site: Site,
    credentials: Arc<dyn ProvideCredentials>,
    endpoints: Endpoints,
    transport: Option<Arc<dyn Transport>>,
    clock: Option<Arc<dyn Clock>>,
    options: CallOptions,
}

/// Where the services of a site are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    business: String,
    tickets: Option<String>,
}

impl Endpoints {
    /// The documented endpoints of a site.
    ///
    /// The documentation names no endpoint of the ticket service for Europe, so there is none: data and credentials must
    /// not leave the site. For China it is the `.com` host of the reference, where the official SDK has `.cn`.
    pub fn of(site: Site) -> Self {
        let (business, tickets) = match site {
            Site::China => {
                ("https://bss.myhuaweicloud.com", Some("https://osm.cn-south-1.myhuaweicloud.com"))
            }
            Site::International => {
                ("https://bss-intl.myhuaweicloud.com", Some("https://osm.ap-southeast-3.myhuaweicloud.com"))
            }
            Site::Europe => ("https://bss.myhuaweicloud.eu", None),
        };
        Self { business: business.into(), tickets: tickets.map(Into::into) }
    }

    /// The address of a service without a slash at the end, or `None` where the documentation names none.
    pub fn get(&self, service: Service) -> Option<&str> {
        match service {
            Service::Business => Some(&self.business),
            Service::Tickets => self.tickets.as_deref(),
        }
    }
}

impl Builder {
    pub(super) fn new(site: Site, credentials: Arc<dyn ProvideCredentials>) -> Self {
        Self {
            site,
            credentials,
            endpoints: Endpoints::of(site),
            transport: None,
            clock: None,
            options: CallOptions::new(),
        }
    }

    /// Calls a service at another address, such as `http://127.0.0.1:8080` of a sandbox.
    pub fn endpoint(mut self, service: Service, address: impl Into<String>) -> Self {
        let address = address.into().trim_end_matches('/').to_owned();
        match service {
            Service::Business => self.endpoints.business = address,
            Service::Tickets => self.endpoints.tickets = Some(address),
        }
        self
    }

    /// Sends through this transport instead of the default one.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Takes time from this clock instead of the system's.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Options for all calls; a later call replaces the earlier.
    pub fn options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where an endpoint is no address, the default transport cannot be made, or the crate
    /// was compiled without a default transport or clock and none was given.
    pub fn build(self) -> Result<Client, Error> {
        for service in [Service::Business, Service::Tickets] {
            let Some(address) = self.endpoints.get(service) else { continue };
            let usable = Url::parse(address)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            if !usable {
                return Err(configuration(format!(
                    "{address:?} is no http address for the {service} service"
                )));
            }
        }
        let transport = self.transport.map_or_else(default_transport, Ok)?;
        let clock = self.clock.map_or_else(default_clock, Ok)?;
        let shared = Shared {
            site: self.site,
            endpoints: self.endpoints,
            transport,
            clock,
            budget: RetryBudget::full(),
            skew: AtomicI64::new(0),
        };
        Ok(Client { shared: Arc::new(shared), view: CallConfig::new(self.credentials).with(self.options) })
    }
}

fn configuration(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, "", message)
}

#[cfg(feature = "reqwest")]
fn default_transport() -> Result<Arc<dyn Transport>, Error> {
    match crate::transport::HttpTransport::new() {
        Ok(transport) => Ok(Arc::new(transport)),
        Err(error) => Err(configuration("the default transport cannot be made").caused_by(error)),
    }
}

#[cfg(not(feature = "reqwest"))]
fn default_transport() -> Result<Arc<dyn Transport>, Error> {
    Err(configuration("without the feature `reqwest` a transport must be given to the builder"))
}

#[cfg(feature = "tokio")]
fn default_clock() -> Result<Arc<dyn Clock>, Error> {
    Ok(Arc::new(crate::clock::SystemClock::default()))
}

#[cfg(not(feature = "tokio"))]
fn default_clock() -> Result<Arc<dyn Clock>, Error> {
    Err(configuration("without the feature `tokio` a clock must be given to the builder"))
}

//! Putting a client together.

use crate::types::Site;
use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
    sync::atomic::AtomicI64,
};

use super::{
    CallOptions, Client, Middleware, Observer, Propagator, Shared, address::Addresses, options::CallConfig,
    retry::RetryBudget,
};
use crate::{
    auth::{CustomerCredentials, Env, ProvideCredentials, variable},
    clock::Clock,
    error::{Error, ErrorKind},
    operation::Service,
    transport::Transport,
};

/// Settings of a [`Client`]. Created by [`Client::builder`].
///
/// ```no_run
/// # fn example(certificate: Vec<u8>, key: Vec<u8>) -> Result<(), huaweicloud_partner::Error> {
/// use std::time::Duration;
/// use huaweicloud_partner::{Client, client::CallOptions, transport::HttpTransport, types::Site};
///
/// let transport = HttpTransport::builder()
///     .proxy("http://proxy.example:3128")
///     .client_certificate(certificate, key)
///     .build()?;
/// let client = Client::builder(Site::China)
///     .transport(transport)
///     .concurrency_limit(8)
///     .options(CallOptions::new().deadline(Duration::from_secs(60)).attempt_timeout(Duration::from_secs(10)))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Builder {
    site: Site,
    credentials: Option<Arc<dyn ProvideCredentials>>,
    endpoints: Endpoints,
    transport: Option<Arc<dyn Transport>>,
    clock: Option<Arc<dyn Clock>>,
    options: CallOptions,
    observers: Vec<Arc<dyn Observer>>,
    middleware: Vec<Arc<dyn Middleware>>,
    propagator: Option<Hidden<Propagator>>,
    customers: Option<Arc<CustomerCredentials>>,
    concurrency: Option<usize>,
}

/// A value without a `Debug` form of its own.
struct Hidden<T>(T);

impl<T> fmt::Debug for Hidden<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("set")
    }
}

/// The addresses of the services of a site.
#[derive(Clone, PartialEq, Eq)]
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
    pub(super) fn new(site: Site) -> Self {
        Self {
            site,
            credentials: None,
            endpoints: Endpoints::of(site),
            transport: None,
            clock: None,
            options: CallOptions::new(),
            observers: Vec::new(),
            middleware: Vec::new(),
            propagator: None,
            customers: None,
            concurrency: None,
        }
    }

    /// Calls with these credentials, or with what a source of credentials gives;
    /// [`auth::default_chain`](crate::auth::default_chain) unless set.
    pub fn credentials(mut self, credentials: impl ProvideCredentials + 'static) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// Takes the credentials of the partner's customers from here, for [`Client::as_customer`].
    pub fn customers(mut self, credentials: CustomerCredentials) -> Self {
        self.customers = Some(Arc::new(credentials));
        self
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

    /// Calls the services at the addresses that the variables of the official SDKs name, where they are set:
    ///
    /// | Site | Business support | Tickets |
    /// |---|---|---|
    /// | China | `HUAWEICLOUD_SDK_REGION_BSS_CN_NORTH_1` | `HUAWEICLOUD_SDK_REGION_OSM_CN_SOUTH_1` |
    /// | International | `HUAWEICLOUD_SDK_REGION_BSSINTL_AP_SOUTHEAST_1` | `HUAWEICLOUD_SDK_REGION_OSM_AP_SOUTHEAST_3` |
    /// | Europe | `HUAWEICLOUD_SDK_REGION_BSSINTL_EU_WEST_101` | `HUAWEICLOUD_SDK_REGION_OSM_EU_WEST_101` |
    ///
    /// The official SDK for tickets has the region of China alone; the other two names are formed by the same rule. Of
    /// several addresses with commas between them the first is used. [`Client::from_env`] does this with the environment of
    /// the process, so a program can be pointed to a sandbox without a change.
    pub fn endpoints_from_env(mut self, env: &dyn Env) -> Self {
        let (business, tickets) = match self.site {
            Site::China => ("BSS_CN_NORTH_1", "OSM_CN_SOUTH_1"),
            Site::International => ("BSSINTL_AP_SOUTHEAST_1", "OSM_AP_SOUTHEAST_3"),
            Site::Europe => ("BSSINTL_EU_WEST_101", "OSM_EU_WEST_101"),
        };
        for (service, region) in [(Service::Business, business), (Service::Tickets, tickets)] {
            let named = variable(env, &format!("HUAWEICLOUD_SDK_REGION_{region}"));
            let first = named
                .as_deref()
                .and_then(|named| named.split(',').map(str::trim).find(|one| !one.is_empty()));
            if let Some(address) = first {
                self = self.endpoint(service, address);
            }
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

    /// Shows what happens to calls to this observer, and to those that were added before.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observers.push(Arc::new(observer));
        self
    }

    /// Lets calls pass this middleware, after those that were added before.
    pub fn middleware(mut self, middleware: impl Middleware + 'static) -> Self {
        self.middleware.push(Arc::new(middleware));
        self
    }

    /// Adds headers such as `traceparent` to every attempt, from within its span: where the OpenTelemetry propagator of the
    /// program is called. Headers that the request has already stay as they are, and the added ones are not signed.
    pub fn propagator(mut self, inject: impl Fn(&mut http::HeaderMap) + Send + Sync + 'static) -> Self {
        self.propagator = Some(Hidden(Arc::new(inject)));
        self
    }

    /// Sends at most this number of attempts at once, over all views of the client; no limit unless set. Others wait in
    /// order within their deadlines, and one whose deadline passes meanwhile is known not to have been sent. A download
    /// counts until its body begins.
    pub fn concurrency_limit(mut self, attempts: usize) -> Self {
        self.concurrency = Some(attempts);
        self
    }

    /// Options for all calls; a later call replaces the earlier.
    pub fn options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// Builds the client from the settings.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where an endpoint is not a plain http or https address (it may have a path, but no user
    /// name, query, fragment or white space), the default transport cannot be created, or the crate was compiled without a
    /// default transport or clock and none was given.
    pub fn build(self) -> Result<Client, Error> {
        for service in [Service::Business, Service::Tickets] {
            let Some(address) = self.endpoints.get(service) else { continue };
            if let Err(why) = check_endpoint(address) {
                let shown = without_user(address);
                return Err(configuration(format!(
                    "{shown:?} cannot be the endpoint of the {service} service: {why}"
                )));
            }
        }
        let credentials = self.credentials.unwrap_or_else(|| Arc::new(crate::auth::default_chain()));
        let transport = self.transport.map_or_else(default_transport, Ok)?;
        let clock = self.clock.map_or_else(default_clock, Ok)?;
        let shared = Shared {
            site: self.site,
            addresses: Addresses::of(|service| self.endpoints.get(service)),
            endpoints: self.endpoints,
            transport,
            clock,
            budget: RetryBudget::full(),
            skew: AtomicI64::new(0),
            observers: self.observers,
            middleware: self.middleware,
            propagator: self.propagator.map(|Hidden(inject)| inject),
            concurrency: self.concurrency.map(super::concurrency::ConcurrencyLimit::new),
            service_clock: super::service_time::ServiceClock::default(),
        };
        let mut view = CallConfig::new(credentials).with(self.options);
        view.customers = self.customers;
        Ok(Client { shared: Arc::new(shared), view })
    }
}

/// Whether requests can be sent to paths below this address, as they are signed.
fn check_endpoint(address: &str) -> Result<(), &'static str> {
    if !address.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("it has white space or characters that are not ASCII");
    }
    if address.contains(['?', '#', '\\', '"', '<', '>', '^', '`', '{', '|', '}']) {
        return Err("it has a query, a fragment or characters that no address has");
    }
    let uri: http::Uri = address.parse().map_err(|_| "it is not an address")?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err("it is not an http or https address");
    }
    let authority = uri.authority().map_or("", http::uri::Authority::as_str);
    if authority.contains('@') {
        return Err("it has a user name or password");
    }
    let host = uri.host().unwrap_or_default();
    if host.is_empty() || host.contains(['%', '*']) {
        return Err("it names no host");
    }
    if !is_host(host) {
        return Err("its host is an address of the internet in a form that is not usual");
    }
    let port = authority.get(host.len()..).unwrap_or_default().strip_prefix(':');
    let is_port = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    if authority.len() > host.len() && !port.is_some_and(is_port) {
        return Err("its port is not a number of a port");
    }
    let path = uri.path();
    if path.contains("//") || path.split('/').any(is_dot_segment) {
        return Err("its path would be written differently on the wire");
    }
    Ok(())
}

/// Whether a host is written as it is on the wire: a name, or an address of the internet in its usual form. A host whose
/// last label is a number is such an address everywhere.
fn is_host(host: &str) -> bool {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.strip_suffix(']').is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let hex =
        last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let is_number = hex || (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()));
    !name.is_empty() && (!is_number || name.parse::<Ipv4Addr>().is_ok())
}

/// Whether a segment of a path is `.` or `..`, percent-encoded or not.
pub(super) fn is_dot_segment(segment: &str) -> bool {
    let plain = segment.replace("%2e", ".").replace("%2E", ".");
    matches!(plain.as_str(), "." | "..")
}

/// An address as it may be shown.
fn without_user(address: &str) -> String {
    let after_scheme = address.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = address.split_at(after_scheme);
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}***@{host}"),
        None => address.to_owned(),
    }
}

impl fmt::Debug for Endpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoints")
            .field("business", &without_user(&self.business))
            .field("tickets", &self.tickets.as_deref().map(without_user))
            .finish()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_come_from_the_variables_of_the_official_sdks() {
        struct Table(&'static [(&'static str, &'static str)]);
        impl Env for Table {
            fn variable(&self, name: &str) -> Option<String> {
                self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            }

            fn file(&self, _: &std::path::Path) -> std::io::Result<Vec<u8>> {
                Err(std::io::ErrorKind::NotFound.into())
            }
        }
        const ALL: &[(&str, &str)] = &[
            ("HUAWEICLOUD_SDK_REGION_BSS_CN_NORTH_1", " http://127.0.0.1:1/ , https://b.example"),
            ("HUAWEICLOUD_SDK_REGION_OSM_CN_SOUTH_1", "http://127.0.0.1:2"),
            ("HUAWEICLOUD_SDK_REGION_BSSINTL_AP_SOUTHEAST_1", "http://127.0.0.1:3"),
            ("HUAWEICLOUD_SDK_REGION_OSM_AP_SOUTHEAST_3", "http://127.0.0.1:4"),
            ("HUAWEICLOUD_SDK_REGION_BSSINTL_EU_WEST_101", "http://127.0.0.1:5"),
            ("HUAWEICLOUD_SDK_REGION_OSM_EU_WEST_101", "http://127.0.0.1:6"),
        ];
        const EMPTY: &[(&str, &str)] = &[("HUAWEICLOUD_SDK_REGION_BSS_CN_NORTH_1", " , ")];
        for (site, ports) in
            [(Site::China, ["1", "2"]), (Site::International, ["3", "4"]), (Site::Europe, ["5", "6"])]
        {
            let endpoints = Client::builder(site).endpoints_from_env(&Table(ALL)).endpoints;
            for (service, port) in [Service::Business, Service::Tickets].into_iter().zip(ports) {
                assert_eq!(endpoints.get(service), Some(format!("http://127.0.0.1:{port}").as_str()));
            }
            let usual = Client::builder(site).endpoints_from_env(&Table(EMPTY)).endpoints;
            assert_eq!(usual, Endpoints::of(site));
        }
    }

    #[test]
    fn endpoints_that_cannot_be_used_are_refused_by_name_and_without_passwords() {
        for address in [
            "http://127.0.0.1:8080/#",
            "http://127.0.0.1:8080/#x",
            "http://127.0.0.1:8080/?x=1",
            "http://127.0.0.1:8080?",
            "http://user:marker@127.0.0.1:8080",
            "https://marker@bss.example",
            "https://bss.example\n",
            " https://bss.example",
            "https://bss.example ",
            "https://bss.exa mple",
            "https://bss.example\\x",
            "https://bss.example/a/../b",
            "https://bss.example/%2e%2E",
            "https://bss.example//x",
            "https://b\u{fc}cher.example",
            "https://",
            "https:///x",
            "https://:443",
            "https://bss.example:",
            "https://bss.example:0",
            "https://bss.example:99999",
            "https://bss.example:port",
            "https://bss.example:+443",
            "https://bss.example:-1",
            "https://256.0.0.1",
            "https://1.2.3.4.5",
            "https://127.1",
            "https://2130706433",
            "https://0x7f.0.0.1",
            "https://bss.0x1",
            "https://[::1",
            "https://[::g]",
            "https://[1.2.3.4]",
            "ftp://bss.example",
            "bss.example",
            "//bss.example",
            "",
        ] {
            let credentials = crate::auth::Credentials::token("t");
            let builder =
                Client::builder(Site::China).credentials(credentials).endpoint(Service::Business, address);
            let shown = format!("{builder:?}");
            let error = builder.transport(crate::testing::MockTransport::new()).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{address}");
            assert!(error.to_string().contains("bss service"), "{error}");
            assert!(!format!("{shown}{error}{error:?}").contains("marker"), "{address}");
        }
        for address in [
            "http://127.0.0.1:8080",
            "http://[::1]:8080/",
            "HTTPS://BSS.example",
            "https://bss.example/prefix",
            "https://bss.example.:443",
            "https://1.bss.example",
            "https://0x.example",
            "https://[::ffff:192.0.2.1]:443",
            "https://192.0.2.1:1",
            "https://bss.example:443/a/b/",
        ] {
            check_endpoint(address.trim_end_matches('/')).unwrap();
        }
    }
}

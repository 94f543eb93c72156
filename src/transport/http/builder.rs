//! Builder of an [`HttpTransport`].

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};

use super::{
    HttpTransport, Limits,
    origin::{LOOPBACK_NAME, Origins},
    proxy,
};
use crate::error::{Error, ErrorKind};

/// Settings of an [`HttpTransport`].
///
/// Mistakes are reported by [`build`](Self::build), not by the setters.
#[must_use]
pub struct HttpTransportBuilder {
    limits: Limits,
    proxy: Proxy,
    roots: Roots,
    identity: Option<Identity>,
    crypto: Option<Arc<CryptoProvider>>,
    plain_http: bool,
    pool_max_idle_per_host: usize,
    pool_idle_timeout: Duration,
    product: Option<String>,
}

enum Proxy {
    System,
    None,
    Address(String),
}

/// Client certificate that is shown to a server that requests one.
struct Identity {
    certificates: Vec<u8>,
    key: Vec<u8>,
}

struct Roots {
    own: Vec<Vec<u8>>,
    system: bool,
}

impl HttpTransportBuilder {
    pub(super) fn new() -> Self {
        Self {
            limits: Limits { connect: Duration::from_secs(10), read: Duration::from_secs(60), overall: None },
            proxy: Proxy::System,
            roots: Roots { own: Vec::new(), system: true },
            identity: None,
            crypto: None,
            plain_http: false,
            pool_max_idle_per_host: 32,
            // A write on a connection that the server is just closing has an unknown outcome; an idle connection is
            // given up well before gateways do.
            pool_idle_timeout: Duration::from_secs(30),
            product: None,
        }
    }

    /// Sets the time limit for name resolution, connecting and the TLS handshake together; 10 seconds by
    /// default. Passing it means that nothing was sent, so it is kept below the other limits, whatever is
    /// asked for.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.limits.connect = limit;
        self
    }

    /// Sets the time limit for the head of the response after the last piece of the request, and for each further piece of
    /// the response after the one before; 60 seconds by default.
    pub fn read_timeout(mut self, limit: Duration) -> Self {
        self.limits.read = limit;
        self
    }

    /// Sets the time limit for one exchange, from connecting to the last byte of the response; no limit by default, because
    /// attachments may be large. The client has a time limit of its own for each call.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limits.overall = Some(limit);
        self
    }

    /// Goes through this proxy, such as `http://proxy.example:3128`; a user name and password may stand in the
    /// address. Unless set, the proxy of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`) or of the
    /// system is used. Proxies of http and https can be used; [`build`](Self::build) refuses all others, also where the
    /// environment names them, so that nothing goes past a proxy that was meant to be used.
    pub fn proxy(mut self, address: impl Into<String>) -> Self {
        self.proxy = Proxy::Address(address.into());
        self
    }

    /// Goes through no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Proxy::None;
        self
    }

    /// Also trusts these certificates: any number in PEM form, or one in DER form. May be called again for more.
    pub fn add_roots(mut self, certificates: impl Into<Vec<u8>>) -> Self {
        self.roots.own.push(certificates.into());
        self
    }

    /// Trusts these certificates and not the system's store. Forms as for [`add_roots`](Self::add_roots).
    pub fn only_roots(mut self, certificates: impl Into<Vec<u8>>) -> Self {
        self.roots.system = false;
        self.add_roots(certificates)
    }

    /// Shows this certificate to servers and proxies that ask for one: the certificate with those that lead to its root, and
    /// the private key, each in PEM form.
    pub fn client_certificate(mut self, certificates: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        self.identity = Some(Identity { certificates: certificates.into(), key: key.into() });
        self
    }

    /// Takes the cryptography of TLS from this provider of rustls instead of ring. Needed without the feature `ring`, where
    /// the build needs no C compiler:
    ///
    /// ```toml
    /// huaweicloud-partner = { version = "0.1", default-features = false, features = ["reqwest"] }
    /// rustls-graviola = "0.4"
    /// ```
    ///
    /// ```no_run
    /// # fn example() -> Result<(), huaweicloud_partner::Error> {
    /// use huaweicloud_partner::transport::HttpTransport;
    /// # use rustls::crypto::ring as rustls_graviola;
    ///
    /// let transport = HttpTransport::builder().crypto(rustls_graviola::default_provider()).build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Where none is given and the feature is off, the [process-wide default](CryptoProvider::get_default) is used.
    pub fn crypto(mut self, provider: impl Into<Arc<CryptoProvider>>) -> Self {
        self.crypto = Some(provider.into());
        self
    }

    /// Sends without encryption to any machine where the address says `http`. Keys do not travel, but tokens and
    /// personal data do: for test networks only.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// Sets the number of idle connections that are kept for each host; 32 by default.
    ///
    /// With 0 every request has a connection of its own, at the price of a handshake. On a kept connection HTTP/1.1 cannot tell
    /// a response that something on the way has left over from that of the next request; one that arrives while the
    /// connection is idle closes it.
    pub fn pool_max_idle_per_host(mut self, most: usize) -> Self {
        self.pool_max_idle_per_host = most;
        self
    }

    /// Sets the time for which an idle connection is kept; 30 seconds by default.
    pub fn pool_idle_timeout(mut self, time: Duration) -> Self {
        self.pool_idle_timeout = time;
        self
    }

    /// Names the calling program in front of `huaweicloud-partner/…` in the user agent, such as `billing-robot/2.1`.
    pub fn product(mut self, name: impl Into<String>) -> Self {
        self.product = Some(name.into());
        self
    }

    /// Builds the transport from the settings.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration) where the system has no certificate store, or a certificate, the
    /// proxy's address or the product name cannot be used.
    pub fn build(self) -> Result<HttpTransport, Error> {
        let limits = self.limits.with_connect_first();
        let tls = self.roots.config(self.identity.as_ref(), crypto(self.crypto.clone())?)?;
        let own_agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let agent = match &self.product {
            Some(product) => format!("{product} {own_agent}"),
            None => own_agent.to_owned(),
        };
        let common = || {
            let mut builder = reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .user_agent(&agent)
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                // Another crate of the program may have switched these on. Gzip is decoded here.
                .no_gzip()
                .no_brotli()
                .no_deflate()
                .no_zstd()
                .connect_timeout(limits.connect)
                .pool_max_idle_per_host(self.pool_max_idle_per_host)
                .pool_idle_timeout(self.pool_idle_timeout);
            if cfg!(not(feature = "http2")) {
                builder = builder.http1_only();
            }
            if let Some(overall) = limits.overall {
                builder = builder.timeout(overall);
            }
            builder
        };
        let outward = match &self.proxy {
            Proxy::System => {
                proxy::check_environment(|name| std::env::var_os(name)).map_err(|(name, why)| {
                    Error::new(
                        ErrorKind::Configuration,
                        "",
                        format!("the proxy of the environment variable {name} cannot be used: {why}"),
                    )
                })?;
                common()
            }
            Proxy::None => common().no_proxy(),
            Proxy::Address(address) => {
                let address = proxy::checked(address).map_err(|why| {
                    let message = format!("the proxy's address cannot be used: {why}");
                    Error::new(ErrorKind::Configuration, "", message)
                })?;
                common().no_proxy().proxy(reqwest::Proxy::all(address).map_err(|error| {
                    wrong("the proxy's address cannot be used").caused_by(error.without_url())
                })?)
            }
        };
        let loopback = common().no_proxy().resolve_to_addrs(
            LOOPBACK_NAME,
            &[SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))],
        );
        let built = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|error| {
                wrong("the HTTP client cannot be made of these settings").caused_by(error.without_url())
            })
        };
        Ok(HttpTransport {
            outward: built(outward)?,
            loopback: built(loopback)?,
            plain_http: self.plain_http,
            may_redirect: false,
            origins: Origins::default(),
            limits,
        })
    }
}

impl Limits {
    /// With a connect limit that certainly passes before the others, which cannot tell whether anything was sent.
    fn with_connect_first(self) -> Self {
        let shortest = self.overall.map_or(self.read, |overall| overall.min(self.read));
        Self { connect: self.connect.min(shortest - shortest / 10), ..self }
    }
}

impl Roots {
    /// TLS 1.2 and 1.3, set up here so that no process-wide provider is needed and none is installed.
    fn config(
        &self,
        identity: Option<&Identity>,
        provider: Arc<CryptoProvider>,
    ) -> Result<ClientConfig, Error> {
        let mut own = Vec::new();
        for bytes in &self.own {
            read(bytes, &mut own)?;
        }
        let unusable = |error| wrong("a root certificate cannot be used").caused_by(error);
        let config = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong("TLS cannot be set up").caused_by(error))?;
        let config = if self.system {
            let verifier = system_verifier(own, provider)
                .map_err(|error| wrong("the system's certificates cannot be used").caused_by(error))?;
            config.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
        } else {
            let mut store = RootCertStore::empty();
            for certificate in own {
                store.add(certificate).map_err(unusable)?;
            }
            config.with_root_certificates(store)
        };
        let mut config = match identity {
            None => config.with_no_client_auth(),
            Some(identity) => {
                let mut chain = Vec::new();
                read(&identity.certificates, &mut chain)?;
                // The error of the key is not passed on: it must not show any of it.
                let key = PrivateKeyDer::from_pem_slice(&identity.key)
                    .map_err(|_| wrong("the private key of the client certificate is not proper PEM"))?;
                config
                    .with_client_auth_cert(chain, key)
                    .map_err(|error| wrong("the client certificate cannot be used").caused_by(error))?
            }
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        if cfg!(feature = "http2") {
            config.alpn_protocols.insert(0, b"h2".to_vec());
        }
        Ok(config)
    }
}

/// The provider that was given, or the default one.
#[cfg(feature = "ring")]
fn crypto(given: Option<Arc<CryptoProvider>>) -> Result<Arc<CryptoProvider>, Error> {
    Ok(given.unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider())))
}

#[cfg(not(feature = "ring"))]
fn crypto(given: Option<Arc<CryptoProvider>>) -> Result<Arc<CryptoProvider>, Error> {
    given.or_else(|| CryptoProvider::get_default().cloned()).ok_or_else(|| {
        wrong(
            "without the feature `ring` a provider of cryptography must be given to the transport's builder",
        )
    })
}

type Verified = Result<rustls_platform_verifier::Verifier, rustls::Error>;

#[cfg(not(target_os = "android"))]
fn system_verifier(
    own: Vec<CertificateDer<'static>>,
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Verified {
    rustls_platform_verifier::Verifier::new_with_extra_roots(own, provider)
}

#[cfg(target_os = "android")]
fn system_verifier(
    own: Vec<CertificateDer<'static>>,
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Verified {
    if own.is_empty() {
        rustls_platform_verifier::Verifier::new(provider)
    } else {
        Err(rustls::Error::General("Android's certificate store takes no further certificates".into()))
    }
}

fn read(bytes: &[u8], into: &mut Vec<CertificateDer<'static>>) -> Result<(), Error> {
    const PEM: &[u8] = b"-----BEGIN";
    if !bytes.windows(PEM.len()).any(|window| window == PEM) {
        into.push(CertificateDer::from(bytes.to_vec()));
        return Ok(());
    }
    let before = into.len();
    for certificate in CertificateDer::pem_slice_iter(bytes) {
        into.push(certificate.map_err(|_| wrong("a root certificate is not proper PEM"))?);
    }
    if into.len() == before { Err(wrong("a root certificate file holds no certificate")) } else { Ok(()) }
}

fn wrong(what: &'static str) -> Error {
    Error::new(ErrorKind::Configuration, "", what)
}

impl fmt::Debug for HttpTransportBuilder {
    /// Without the proxy's address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = match &self.proxy {
            Proxy::System => "system",
            Proxy::None => "none",
            Proxy::Address(_) => "set",
        };
        f.debug_struct("HttpTransportBuilder")
            .field("limits", &self.limits)
            .field("proxy", &proxy)
            .field("own_roots", &self.roots.own.len())
            .field("system_roots", &self.roots.system)
            .field("client_certificate", &self.identity.is_some())
            .field("plain_http", &self.plain_http)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> rcgen::CertifiedKey<rcgen::KeyPair> {
        rcgen::generate_simple_self_signed(["root.example".to_owned()]).unwrap()
    }

    #[test]
    fn no_process_wide_provider_is_needed_or_installed() {
        HttpTransport::builder().only_roots(root().cert.pem()).build().unwrap();
        assert!(rustls::crypto::CryptoProvider::get_default().is_none());
    }

    #[test]
    fn certificates_are_read_in_both_forms() {
        let (one, two) = (root(), root());
        let mut read_in = Vec::new();
        read(format!("{}\n{}", one.cert.pem(), two.cert.pem()).as_bytes(), &mut read_in).unwrap();
        read(one.cert.der(), &mut read_in).unwrap();
        assert_eq!(read_in.len(), 3);
        assert_eq!(read_in[0], read_in[2]);
    }

    #[test]
    fn mistakes_are_reported_by_build_without_passwords() {
        let builder = || HttpTransport::builder().only_roots(root().cert.pem());
        for wrong in [
            builder().only_roots("junk"),
            builder().add_roots("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"),
            builder().add_roots(root().signing_key.serialize_pem()),
            builder().proxy("http://user:marker@"),
            builder().proxy("socks5://user:marker@127.0.0.1:1080"),
            builder().proxy("ftp://user:marker@proxy.example"),
            builder().product("line\nbreak"),
            builder().client_certificate(root().cert.pem(), "marker"),
            builder().client_certificate("marker", root().signing_key.serialize_pem()),
            builder().client_certificate(root().cert.pem(), root().signing_key.serialize_pem()),
        ] {
            let shown = format!("{wrong:?}");
            let error = wrong.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(!format!("{shown}{error}{error:?}").contains("marker"));
        }
    }

    #[test]
    fn the_connect_timeout_passes_first() {
        let seconds = Duration::from_secs;
        let connect = |connect, read, overall: Option<u64>| {
            let limits =
                Limits { connect: seconds(connect), read: seconds(read), overall: overall.map(seconds) };
            limits.with_connect_first().connect
        };
        assert_eq!(connect(10, 60, None), seconds(10));
        assert_eq!(connect(10, 10, None), seconds(9));
        assert_eq!(connect(10, 60, Some(1)), Duration::from_millis(900));
    }
}

//! Addresses of the services, read once for all requests.

use std::fmt;

use bytes::Bytes;
use http::{
    HeaderValue, Uri,
    uri::{Authority, Parts, PathAndQuery, Scheme},
};

use crate::operation::Service;

/// Maximum length of an address, as [`Uri`] has it.
const LONGEST: usize = u16::MAX as usize - 1;

/// The addresses of the services that a client calls.
pub(super) struct Addresses {
    business: Option<Address>,
    tickets: Option<Address>,
}

/// The common part of the addresses of all requests to a service.
pub(super) struct Address {
    scheme: Scheme,
    authority: Authority,
    /// The path of the endpoint, in front of those of requests; mostly empty.
    path: Box<str>,
    host: HeaderValue,
}

impl Addresses {
    /// Reads the endpoints of the services.
    pub(super) fn of<'e>(endpoint: impl Fn(Service) -> Option<&'e str>) -> Self {
        let of = |service| endpoint(service).and_then(Address::read);
        Self { business: of(Service::Business), tickets: of(Service::Tickets) }
    }

    /// The address of a service, where it has one.
    pub(super) fn get(&self, service: Service) -> Option<&Address> {
        match service {
            Service::Business => self.business.as_ref(),
            Service::Tickets => self.tickets.as_ref(),
        }
    }
}

impl Address {
    fn read(endpoint: &str) -> Option<Self> {
        let Parts { scheme, authority, path_and_query, .. } = endpoint.parse::<Uri>().ok()?.into_parts();
        let authority = authority?;
        let path = path_and_query.as_ref().map_or("", PathAndQuery::path).trim_end_matches('/').into();
        let host = HeaderValue::from_str(authority.as_str()).ok()?;
        Some(Self { scheme: scheme?, authority, path, host })
    }

    /// The address of a request; `None` where there can be none with this path.
    pub(super) fn with(&self, path: &str, query: &str) -> Option<Uri> {
        let mark = usize::from(!query.is_empty());
        // Exactly as long as the text, so that it is not copied to be shared.
        let mut text = String::with_capacity(self.path.len() + path.len() + mark + query.len());
        text.push_str(&self.path);
        text.push_str(path);
        if !query.is_empty() {
            text.push('?');
            text.push_str(query);
        }
        if self.scheme.as_str().len() + "://".len() + self.authority.as_str().len() + text.len() > LONGEST {
            return None;
        }
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(PathAndQuery::from_maybe_shared(Bytes::from(text)).ok()?);
        Uri::from_parts(parts).ok()
    }

    /// The value of the `Host` header.
    pub(super) fn host(&self) -> &HeaderValue {
        &self.host
    }

    /// The host, and the port, which is the usual one of the scheme where the endpoint names none.
    pub(super) fn host_and_port(&self) -> (&str, u16) {
        let usual = if self.scheme == Scheme::HTTP { 80 } else { 443 };
        (self.authority.host(), self.authority.port_u16().unwrap_or(usual))
    }

    /// The scheme, `http` or `https`.
    #[cfg(feature = "tracing")]
    pub(super) fn scheme(&self) -> &str {
        self.scheme.as_str()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_the_whole_text() {
        for (endpoint, host) in [
            ("https://bss.myhuaweicloud.com", "bss.myhuaweicloud.com"),
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://[::1]:8080/base/of", "[::1]:8080"),
            ("HTTPS://Example.com/a%20b", "Example.com"),
        ] {
            let address = Address::read(endpoint).unwrap();
            assert_eq!(address.host(), host);
            for (path, query) in [("/", ""), ("/v2/x", ""), ("/v2/x/", "a=1&b=%20"), ("/v2/%C3%A9", "")] {
                let mark = if query.is_empty() { "" } else { "?" };
                let whole: Uri = format!("{endpoint}{path}{mark}{query}").parse().unwrap();
                let made = address.with(path, query).unwrap();
                assert_eq!((made.to_string(), made.query()), (whole.to_string(), whole.query()));
                assert_eq!(address.host_and_port().0, whole.host().unwrap());
            }
        }
    }

    #[test]
    fn what_makes_no_address_is_refused_as_it_is_in_one_text() {
        let address = Address::read("https://bss.myhuaweicloud.com").unwrap();
        let prefix = "https://bss.myhuaweicloud.com".len();
        for path in ["/a b".to_owned(), "/\n".to_owned(), format!("/{}", "a".repeat(LONGEST - prefix))] {
            assert!(format!("https://bss.myhuaweicloud.com{path}").parse::<Uri>().is_err());
            assert!(address.with(&path, "").is_none());
        }
        assert!(address.with(&format!("/{}", "a".repeat(LONGEST - prefix - 1)), "").is_some());
        assert!(Address::read("bss.myhuaweicloud.com").is_none() && Address::read("").is_none());
    }
}

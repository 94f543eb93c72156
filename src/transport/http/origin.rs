//! Origins that requests go to, and their addresses as the HTTP client takes them.
//!
//! An origin is parsed and checked once, and an address that follows on itself is not parsed again.

use std::{
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use http::{
    Uri,
    uri::{Authority, PathAndQuery, Scheme},
};
use reqwest::Url;

/// The name of this machine.
pub(super) const LOOPBACK_NAME: &str = "localhost";

/// Maximum number of origins that are remembered. A client has a handful of them.
const MOST: usize = 8;

/// A scheme, host and port that requests may go to.
struct Origin {
    scheme: Scheme,
    authority: Authority,
    /// The host is this machine.
    loopback: bool,
    /// The last address without a query, to which the next request goes most likely, and its path.
    last: Url,
    path: PathAndQuery,
}

impl Origin {
    /// The origin of an address, where this transport goes there: with encryption, or to this machine, or anywhere if
    /// `plain_http` says so.
    fn read(uri: &Uri, plain_http: bool) -> Result<Self, &'static str> {
        const UNREADABLE: &str = "the address cannot be read";
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else { return Err(UNREADABLE) };
        let root = Url::parse(&format!("{scheme}://{authority}/")).map_err(|_| UNREADABLE)?;
        if !root.username().is_empty() || root.password().is_some() {
            return Err("the address holds a user name or a password");
        }
        let Some(host) = root.host_str() else { return Err("the address names no host") };
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let loopback =
            host == LOOPBACK_NAME || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        match root.scheme() {
            "https" => {}
            "http" if loopback || plain_http => {}
            "http" => return Err("plain http to another machine is not allowed"),
            _ => return Err("the address is neither https nor http"),
        }
        let (scheme, authority, path) = (scheme.clone(), authority.clone(), PathAndQuery::from_static("/"));
        Ok(Self { scheme, authority, loopback, last: root, path })
    }

    fn is_of(&self, uri: &Uri) -> bool {
        uri.scheme() == Some(&self.scheme)
            && uri.authority().is_some_and(|other| other.as_str() == self.authority.as_str())
    }
}

/// The origins that a transport has been to.
#[derive(Clone, Default)]
pub(super) struct Origins(Arc<RwLock<Vec<Origin>>>);

impl Origins {
    /// The address as the HTTP client takes it, and whether it is on this machine.
    ///
    /// # Errors
    /// The reason why requests do not go there.
    pub(super) fn route(&self, uri: &Uri, plain_http: bool) -> Result<(Url, bool), &'static str> {
        let (mut url, loopback) = match self.known().iter().find(|origin| origin.is_of(uri)) {
            Some(origin) if uri.path_and_query() == Some(&origin.path) => {
                return Ok((origin.last.clone(), origin.loopback));
            }
            Some(origin) => (origin.last.clone(), origin.loopback),
            None => {
                let origin = Origin::read(uri, plain_http)?;
                (origin.last, origin.loopback)
            }
        };
        url.set_path(uri.path());
        url.set_query(uri.query());
        if url.path() != uri.path() || url.query() != uri.query() {
            return Err("the address would be written differently on the wire than it was signed");
        }
        if uri.query().is_none() {
            self.remember(uri, &url, loopback);
        }
        Ok((url, loopback))
    }

    /// Remembers an address without a query, unless others are just looking.
    fn remember(&self, uri: &Uri, url: &Url, loopback: bool) {
        let parts = uri.clone().into_parts();
        let (Some(scheme), Some(authority), Some(path)) =
            (parts.scheme, parts.authority, parts.path_and_query)
        else {
            return;
        };
        let Ok(mut known) = self.0.try_write() else { return };
        if let Some(origin) = known.iter_mut().find(|origin| origin.is_of(uri)) {
            (origin.last, origin.path) = (url.clone(), path);
        } else if known.len() < MOST {
            known.push(Origin { scheme, authority, loopback, last: url.clone(), path });
        }
    }

    fn known(&self) -> RwLockReadGuard<'_, Vec<Origin>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

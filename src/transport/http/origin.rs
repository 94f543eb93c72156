//! Origins that requests go to: each is parsed and checked once.

use std::{
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
};

use http::{
    Uri,
    uri::{Authority, Scheme},
};
use reqwest::Url;

use super::builder::LOOPBACK_NAME;

/// Maximum number of origins that are remembered. A client has a handful of them.
const MOST: usize = 8;

/// A scheme, host and port that requests may go to.
pub(super) struct Origin {
    scheme: Scheme,
    authority: Authority,
    /// The address of its root.
    url: Url,
    /// The host is this machine.
    loopback: bool,
}

impl Origin {
    /// The origin of an address, where this transport goes there: with encryption, or to this machine, or anywhere if
    /// `plain_http` says so.
    pub(super) fn read(uri: &Uri, plain_http: bool) -> Result<Self, &'static str> {
        const UNREADABLE: &str = "the address cannot be read";
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else { return Err(UNREADABLE) };
        let url = Url::parse(&format!("{scheme}://{authority}/")).map_err(|_| UNREADABLE)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the address holds a user name or a password");
        }
        let Some(host) = url.host_str() else { return Err("the address names no host") };
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let loopback =
            host == LOOPBACK_NAME || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        match url.scheme() {
            "https" => {}
            "http" if loopback || plain_http => {}
            "http" => return Err("plain http to another machine is not allowed"),
            _ => return Err("the address is neither https nor http"),
        }
        Ok(Self { scheme: scheme.clone(), authority: authority.clone(), url, loopback })
    }
}

/// The origins that a transport has been to.
#[derive(Clone, Default)]
pub(super) struct Origins(Arc<RwLock<Vec<Origin>>>);

impl Origins {
    /// The root of the origin of an address, and whether it is this machine; `None` where it is not known.
    pub(super) fn find(&self, uri: &Uri) -> Option<(Url, bool)> {
        let (scheme, authority) = (uri.scheme()?, uri.authority()?);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let origin =
            known.iter().find(|origin| origin.scheme == *scheme && origin.authority == *authority)?;
        Some((origin.url.clone(), origin.loopback))
    }

    /// Remembers an origin, and gives what [`find`](Self::find) will give.
    pub(super) fn add(&self, origin: Origin) -> (Url, bool) {
        let found = (origin.url.clone(), origin.loopback);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST {
            known.push(origin);
        }
        found
    }
}

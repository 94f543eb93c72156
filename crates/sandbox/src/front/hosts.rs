//! Services and sites of host names.

use http::{header, request};

use huaweicloud_partner::operation::{Service, Sites};

/// Meaning of a host name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// One of a site's own hosts.
    Of(Service, Sites),
    /// The identity service.
    Identity,
    /// Any other, such as a loopback address: all services of all sites.
    Any,
}

impl Host {
    /// The host that a request names.
    pub(crate) fn of(head: &request::Parts) -> Self {
        let header = head.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let authority = header.or_else(|| head.uri.authority().map(http::uri::Authority::as_str));
        let name = authority.unwrap_or_default().split(':').next().unwrap_or_default().to_ascii_lowercase();
        match name.as_str() {
            "bss.myhuaweicloud.com" => Self::Of(Service::Business, Sites::CHINA),
            "bss-intl.myhuaweicloud.com" => Self::Of(Service::Business, Sites::INTERNATIONAL),
            "bss.myhuaweicloud.eu" => Self::Of(Service::Business, Sites::EUROPE),
            name if !name.contains(".myhuaweicloud.") => Self::Any,
            name if name.starts_with("iam.") => Self::Identity,
            name if name.starts_with("osm.cn-") => Self::Of(Service::Tickets, Sites::CHINA),
            // No host of its own was found for Europe.
            name if name.starts_with("osm.") => {
                Self::Of(Service::Tickets, Sites::INTERNATIONAL.and(Sites::EUROPE))
            }
            _ => Self::Any,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use huaweicloud_partner::{client::Endpoints, types::Site};

    fn host(address: &str) -> Host {
        Host::of(&http::Request::get(address).body(()).unwrap().into_parts().0)
    }

    #[test]
    fn hosts_are_known_by_name() {
        for site in [Site::China, Site::International, Site::Europe] {
            for service in [Service::Business, Service::Tickets] {
                let Some(address) = Endpoints::of(site).get(service).map(str::to_owned) else { continue };
                let Host::Of(found, sites) = host(&address) else {
                    panic!("{site} {service}");
                };
                assert!(found == service && sites.contains(site), "{site} {service}");
            }
        }
        assert_eq!(host("https://iam.cn-north-4.myhuaweicloud.com/v3/projects"), Host::Identity);
        for other in ["http://127.0.0.1:8080", "http://[::1]:80/", "http://localhost", "https://sandbox.test"]
        {
            assert_eq!(host(other), Host::Any, "{other}");
        }
    }
}

//! The link that a customer follows to Huawei Cloud.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::WebUiError;
use crate::types::Site;

/// Characters that `encodeURIComponent` leaves unchanged.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A link to Huawei Cloud that logs a customer of the partner's platform in. `Display` gives the address.
///
/// Available for the China and the international site. Source: api-bpconsole/jac_00001.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginLink {
    endpoint: String,
    account_type: String,
    first_login: Option<bool>,
    service: Option<String>,
}

impl LoginLink {
    /// A link for the platform with this tag (`xAccountType`), which Partner Center shows after the access
    /// configuration; it looks like `<name>_IDP`.
    ///
    /// # Errors
    /// [`WebUiError::NoAddress`] for the European site, and [`WebUiError::Parameter`] where the tag is empty.
    pub fn new(site: Site, account_type: impl Into<String>) -> Result<Self, WebUiError> {
        let endpoint = match site {
            Site::China => "https://auth.huaweicloud.com/authui/saml/login",
            Site::International => "https://auth-intl.huaweicloud.com/authui/saml/login",
            _ => return Err(WebUiError::NoAddress(site)),
        };
        Self::with_endpoint(endpoint, account_type)
    }

    /// A link to another login address, such as that of a test double.
    ///
    /// # Errors
    /// [`WebUiError::NotAnAddress`] where `endpoint` is not an http address without a query, and
    /// [`WebUiError::Parameter`] where the tag is empty.
    pub fn with_endpoint(
        endpoint: impl Into<String>,
        account_type: impl Into<String>,
    ) -> Result<Self, WebUiError> {
        let (endpoint, account_type) = (endpoint.into(), account_type.into());
        let uri: http::Uri = endpoint.parse().map_err(|_| WebUiError::NotAnAddress("the login address"))?;
        let usable = matches!(uri.scheme_str(), Some("https" | "http"))
            && uri.query().is_none()
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        if !usable || endpoint.contains('#') {
            return Err(WebUiError::NotAnAddress("the login address"));
        }
        if account_type.trim().is_empty() {
            return Err(WebUiError::Parameter("xAccountType"));
        }
        Ok(Self { endpoint, account_type, first_login: None, service: None })
    }

    /// States whether no Huawei Cloud account is bound to the customer yet. `true` is needed then; after a customer was
    /// created through the API the account is bound already.
    #[must_use]
    pub fn first_login(mut self, first: bool) -> Self {
        self.first_login = Some(first);
        self
    }

    /// Sets the page on which the customer lands, such as `https://console.huaweicloud.com/iam/`.
    #[must_use]
    pub fn service(mut self, address: impl Into<String>) -> Self {
        self.service = Some(address.into());
        self
    }
}

impl fmt::Display for LoginLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = |text| utf8_percent_encode(text, COMPONENT);
        write!(f, "{}?xAccountType={}", self.endpoint, encoded(&self.account_type))?;
        if let Some(first) = self.first_login {
            write!(f, "&isFirstLogin={first}")?;
        }
        if let Some(service) = &self.service {
            write!(f, "&service={}", encoded(service))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_encoded_as_by_encode_uri_component() {
        let link =
            LoginLink::new(Site::International, "a&b=c IDP").unwrap().service("https://c/?x=1&y=ü#z'()*!~");
        assert_eq!(
            link.to_string(),
            "https://auth-intl.huaweicloud.com/authui/saml/login?xAccountType=a%26b%3Dc%20IDP\
             &service=https%3A%2F%2Fc%2F%3Fx%3D1%26y%3D%C3%BC%23z'()*!~"
        );
        assert!(link.first_login(false).to_string().contains("&isFirstLogin=false&"));
    }

    #[test]
    fn a_site_without_a_documented_address_is_refused() {
        assert_eq!(LoginLink::new(Site::Europe, "x"), Err(WebUiError::NoAddress(Site::Europe)));
        for endpoint in ["ftp://a/", "https://u@a/", "https://a/?b", "https://a/#b", "a"] {
            assert!(LoginLink::with_endpoint(endpoint, "x").is_err(), "{endpoint}");
        }
        assert!(LoginLink::new(Site::China, " ").is_err());
    }
}

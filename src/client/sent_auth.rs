//! Authentication headers of a request, kept while it is under way.

use http::{HeaderMap, HeaderValue, header};

use crate::auth::{X_SDK_DATE, X_SECURITY_TOKEN};

/// The headers that prove who calls, as they were sent: what a refusal of the signature is explained from.
#[derive(Default)]
pub(super) struct SentAuth {
    authorization: Option<HeaderValue>,
    host: Option<HeaderValue>,
    date: Option<HeaderValue>,
    token: Option<HeaderValue>,
}

impl SentAuth {
    /// Copies the headers from a request.
    pub(super) fn on(headers: &HeaderMap) -> Self {
        let mut sent = Self::default();
        for (name, value) in headers {
            let place = match name {
                name if *name == header::AUTHORIZATION => &mut sent.authorization,
                name if *name == header::HOST => &mut sent.host,
                name if *name == X_SDK_DATE => &mut sent.date,
                name if *name == X_SECURITY_TOKEN => &mut sent.token,
                _ => continue,
            };
            place.get_or_insert_with(|| value.clone());
        }
        sent
    }

    /// Returns the headers that were sent.
    pub(super) fn headers(&self) -> HeaderMap {
        let named = [
            (header::AUTHORIZATION, &self.authorization),
            (header::HOST, &self.host),
            (X_SDK_DATE.clone(), &self.date),
            (X_SECURITY_TOKEN.clone(), &self.token),
        ];
        named.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }
}

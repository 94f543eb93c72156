//! Visitor that takes the steps of a browser without one.

use http::{Request, StatusCode};
use huaweicloud_partner::transport::{Body, HttpTransport, Transport as _};

use super::scene::encoded;

/// A visitor who follows links and submits forms.
pub struct Visitor(HttpTransport);

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

impl Visitor {
    pub fn new() -> Fallible<Self> {
        Ok(Self(HttpTransport::new()?))
    }

    /// Follows a login link to the platform's login page, and gives the request that the page carries on.
    pub async fn follow(&self, link: &str) -> Fallible<String> {
        let (head, page) = self.send(Request::get(link).body(Body::from(bytes::Bytes::new()))?).await?;
        let location = head.headers.get("location").ok_or(page)?.to_str()?;
        let query = location.split_once('?').ok_or("no query")?.1.to_owned();
        let request = Request::get(location).body(Body::from(bytes::Bytes::new()))?;
        let (head, page) = self.send(request).await?;
        if head.status == StatusCode::OK { Ok(query) } else { Err(page.into()) }
    }

    /// Submits a form, and gives the status and the page.
    pub async fn submit(&self, address: &str, fields: &[(&str, &str)]) -> Fallible<(StatusCode, String)> {
        let fields: Vec<_> = fields.iter().map(|(name, text)| format!("{name}={}", encoded(text))).collect();
        let request = Request::post(address).header("content-type", "application/x-www-form-urlencoded");
        let (head, page) = self.send(request.body(Body::from(fields.join("&")))?).await?;
        Ok((head.status, page))
    }

    async fn send(&self, request: Request<Body>) -> Fallible<(http::response::Parts, String)> {
        let (head, body) = self.0.send(request).await?.into_parts();
        Ok((head, String::from_utf8(body.collect(1 << 20).await?.to_vec())?))
    }
}

/// The value of a field of a form in a page.
pub fn field<'p>(page: &'p str, name: &str) -> Fallible<&'p str> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).ok_or("no such field")?;
    Ok(rest.split('"').next().unwrap_or_default())
}

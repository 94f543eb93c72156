//! Posting a binding to the platform.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Time limit of a call to the platform.
const LIMIT: Duration = Duration::from_secs(10);

/// Posts a form.
///
/// # Errors
/// Where the platform cannot be reached, or does not respond with a success.
pub(super) async fn post(address: &str, form: String) -> Result<(), &'static str> {
    tokio::time::timeout(LIMIT, exchange(address, form))
        .await
        .unwrap_or(Err("The platform's callback took too long."))
}

async fn exchange(address: &str, form: String) -> Result<(), &'static str> {
    let unreachable = "The platform's callback cannot be reached.";
    let uri: Uri = address.parse().map_err(|_| unreachable)?;
    let (Some("http"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err("The sandbox posts to callbacks with http only.");
    };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let port = authority.port_u16().unwrap_or(80);
    let stream = TcpStream::connect((host, port)).await.map_err(|_| unreachable)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| unreachable)?;
    let connection = tokio::spawn(connection);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::post(path)
        .header(header::HOST, authority.as_str())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from(form)))
        .map_err(|_| unreachable)?;
    let response = sender.send_request(request).await.map_err(|_| unreachable);
    connection.abort();
    match response?.status().is_success() {
        true => Ok(()),
        false => Err("The platform's callback refused the binding."),
    }
}

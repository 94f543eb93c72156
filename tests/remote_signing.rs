//! Keys that never enter the process: the client's requests are signed through a `SignRequest`, here by a
//! double of a key service on loopback, and are checked as the service checks them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Response;
use huaweicloud_partner::{
    Client, ErrorKind,
    auth::{AccessKeys, CLOCK_TOLERANCE, Credentials, SignRequest, SignRequestError, Sm3Signer, verify},
    client::CallOptions,
    clock::{Clock as _, ManualClock},
    resellers::{AllocateToReseller, Allocation, ListResellers, ResellerPage},
    testing::MockTransport,
    types::Site,
};
use support::server::{Server, read_request};
use time::OffsetDateTime;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

fn keys() -> AccessKeys {
    AccessKeys { id: "AKREMOTE".into(), secret: "the secret of the key service".into(), security_token: None }
}

fn clock() -> ManualClock {
    ManualClock::at(OffsetDateTime::from_unix_timestamp(1_777_622_701).unwrap())
}

fn client(mock: &MockTransport, credentials: Credentials) -> Client {
    Client::builder(Site::China)
        .credentials(credentials)
        .transport(mock.clone())
        .clock(clock())
        .build()
        .unwrap()
}

/// Starts a key service, which holds the secret and returns the HMAC-SHA256 of the body of a request.
async fn key_service() -> Server {
    Server::on_connection(|mut stream| async move {
        let Some(request) = read_request(&mut stream).await else { return };
        let start = request.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(keys().secret.expose().as_bytes()).unwrap();
        mac.update(&request[start..]);
        let signature = hex::encode(mac.finalize().into_bytes());
        let response = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{signature}", signature.len());
        stream.write_all(response.as_bytes()).await.unwrap();
    })
    .await
}

/// Asks the key service at this port for every signature. It knows the key's id only.
#[derive(Debug)]
struct KeyService {
    port: u16,
    signatures: Arc<AtomicUsize>,
}

#[async_trait::async_trait]
impl SignRequest for KeyService {
    fn access_key_id(&self) -> &str {
        "AKREMOTE"
    }

    async fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignRequestError> {
        let failed =
            |error: std::io::Error| SignRequestError::new("the key service is down").caused_by(error);
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.map_err(failed)?;
        let head = format!("POST /sign HTTP/1.1\r\nhost: kms\r\ncontent-length: {}\r\n\r\n", text.len());
        stream.write_all(&[head.as_bytes(), text].concat()).await.map_err(failed)?;
        let mut response = String::new();
        stream.read_to_string(&mut response).await.map_err(failed)?;
        let signature = response.rsplit_once("\r\n\r\n").unwrap().1;
        self.signatures.fetch_add(1, Ordering::Relaxed);
        hex::decode(signature).map_err(|error| SignRequestError::new("no signature came").caused_by(error))
    }
}

/// Checks every request that reached the transport.
fn all_verify(mock: &MockTransport, algorithm: &str) -> usize {
    let requests = mock.requests();
    for request in &requests {
        let (head, body) = request.clone().into_parts();
        let authorization = head.headers["authorization"].to_str().unwrap();
        assert!(authorization.starts_with(&format!("{algorithm} Access=AKREMOTE, ")), "{authorization}");
        let id = verify(&head, &body, clock().now(), CLOCK_TOLERANCE, |id| (id == "AKREMOTE").then(keys));
        assert_eq!(id.unwrap(), "AKREMOTE");
        let mut other = head.clone();
        other.uri = "https://bss.myhuaweicloud.com/v2/other".parse().unwrap();
        verify(&other, &body, clock().now(), CLOCK_TOLERANCE, |_| Some(keys())).unwrap_err();
    }
    requests.len()
}

#[tokio::test]
async fn a_key_service_signs_the_requests_of_the_client() {
    let service = key_service().await;
    let signatures = Arc::new(AtomicUsize::new(0));
    let signer = KeyService { port: service.port(), signatures: Arc::clone(&signatures) };
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>()
        .respond_raw(Response::builder().status(503).body("busy").unwrap())
        .respond(ResellerPage::default());
    mock.on_any::<AllocateToReseller>().respond(Allocation::build(|done| done.transfer_id = "T1".into()));
    let client = client(&mock, Credentials::signer(signer).with_domain_id("d1"));
    assert_eq!(client.send(&ListResellers::new()).await.unwrap().attempts(), 2);
    client.send(&AllocateToReseller::new("r1", "1.00".parse().unwrap())).await.unwrap();
    let prepared = client.prepare(&ListResellers::new()).await.unwrap();
    assert_eq!(prepared.headers()["x-domain-id"], "d1");
    assert_eq!(all_verify(&mock, "SDK-HMAC-SHA256"), 3);
    assert_eq!(signatures.load(Ordering::Relaxed), 4, "every attempt is signed again");
}

#[tokio::test]
async fn a_key_service_that_fails_leaves_the_write_unsent() {
    let closed = support::server::closed_port().await.port();
    let mock = MockTransport::new();
    let rule = mock.on_any::<AllocateToReseller>().respond(Allocation::default());
    let signer = KeyService { port: closed, signatures: Arc::default() };
    let error = client(&mock, Credentials::signer(signer))
        .send(&AllocateToReseller::new("r1", "1.00".parse().unwrap()))
        .await
        .unwrap_err();
    assert_eq!((error.kind(), rule.calls()), (ErrorKind::Credentials, 0), "{error}");
    assert!(
        !error.may_have_been_executed() && error.to_string().contains("the key service is down"),
        "{error}"
    );
}

#[derive(Debug)]
struct Silent;

#[async_trait::async_trait]
impl SignRequest for Silent {
    fn access_key_id(&self) -> &str {
        "AKREMOTE"
    }

    async fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignRequestError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_signature_that_never_comes_ends_with_the_deadline() {
    let mock = MockTransport::new();
    let rule = mock.on_any::<ListResellers>().respond(ResellerPage::default());
    let client = Client::builder(Site::China)
        .credentials(Credentials::signer(Silent))
        .transport(mock.clone())
        .options(CallOptions::new().deadline(Duration::from_millis(50)))
        .build()
        .unwrap();
    let error = client.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!((error.kind(), rule.calls()), (ErrorKind::TimedOut, 0), "{error}");
    assert!(error.to_string().contains("waiting for the signature"), "{error}");
}

#[tokio::test]
async fn sm3_signatures_of_the_client_are_accepted_by_a_verifier() {
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>().respond(ResellerPage::default());
    mock.on_any::<AllocateToReseller>().respond(Allocation::build(|done| done.transfer_id = "T1".into()));
    let client = client(&mock, Credentials::signer(Sm3Signer::new(keys())));
    client.send(&ListResellers::new().limit(5)).await.unwrap();
    client.send(&AllocateToReseller::new("r1", "1.00".parse().unwrap())).await.unwrap();
    assert_eq!(all_verify(&mock, "SDK-HMAC-SM3"), 2);
}

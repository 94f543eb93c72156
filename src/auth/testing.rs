//! An environment and an identity service for tests.

use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    io,
    path::{Path, PathBuf},
    sync::Mutex,
};

use async_trait::async_trait;
use futures_util::FutureExt as _;
use http::{HeaderMap, Request, Response};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::Env;
use crate::transport::{Body, Transport, TransportError, TransportErrorKind};

/// The result of a future that does not wait.
pub(super) fn now<F: Future>(future: F) -> F::Output {
    future.now_or_never().expect("nothing to wait for")
}

/// Variables and files that do not exist outside the test.
#[derive(Debug, Default)]
pub(super) struct FakeEnv {
    variables: Mutex<HashMap<String, String>>,
    files: Mutex<HashMap<PathBuf, Vec<u8>>>,
}

impl FakeEnv {
    pub(super) fn with(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Self {
        let env = Self::default();
        files.iter().for_each(|(path, content)| env.write(path, content));
        variables.iter().for_each(|(name, value)| env.set(name, value));
        env
    }

    pub(super) fn write(&self, path: &str, content: &str) {
        self.write_bytes(path, content.as_bytes().to_vec());
    }

    pub(super) fn write_bytes(&self, path: &str, content: Vec<u8>) {
        self.files.lock().unwrap().insert(path.into(), content);
    }

    pub(super) fn set(&self, name: &str, value: &str) {
        self.variables.lock().unwrap().insert(name.into(), value.into());
    }
}

impl Env for FakeEnv {
    fn variable(&self, name: &str) -> Option<String> {
        self.variables.lock().unwrap().get(name).cloned()
    }

    fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files.lock().unwrap().get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// An identity service that responds from a list, each time a permit is given, and keeps what it was requests.
#[derive(Debug)]
pub(super) struct ScriptedService {
    responses: Mutex<VecDeque<Option<Response<String>>>>,
    requests: Mutex<Vec<(String, HeaderMap, Value)>>,
    pub(super) permits: Semaphore,
}

impl ScriptedService {
    /// Makes a service that responds immediately. `None` is a broken connection.
    pub(super) fn with(responses: impl IntoIterator<Item = Option<Response<String>>>) -> Self {
        Self { permits: Semaphore::new(Semaphore::MAX_PERMITS / 2), ..Self::on_permits(responses) }
    }

    /// Makes a service that responds only as permits are added.
    pub(super) fn on_permits(responses: impl IntoIterator<Item = Option<Response<String>>>) -> Self {
        Self {
            responses: Mutex::new(responses.into_iter().collect()),
            requests: Mutex::default(),
            permits: Semaphore::new(0),
        }
    }

    /// Returns the requests since the last call: address, headers, body.
    pub(super) fn requests(&self) -> Vec<(String, HeaderMap, Value)> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

/// A response with a token.
pub(super) fn token(token: &str, expires_at: &str) -> Option<Response<String>> {
    let body = format!(
        r#"{{"token":{{"expires_at":"{expires_at}","domain":{{"id":"d1","name":"n"}},"catalog":[]}}}}"#
    );
    Some(Response::builder().status(201).header("x-subject-token", token).body(body).unwrap())
}

/// A response of another kind.
pub(super) fn response(status: u16, body: &str) -> Option<Response<String>> {
    Some(Response::builder().status(status).body(body.to_owned()).unwrap())
}

#[async_trait]
impl Transport for ScriptedService {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let (head, body) = request.into_parts();
        let body = serde_json::from_slice(body.full().unwrap()).unwrap_or_default();
        let address = match head.method {
            http::Method::POST => head.uri.to_string(),
            method => format!("{method} {}", head.uri),
        };
        self.requests.lock().unwrap().push((address, head.headers, body));
        self.permits.acquire().await.unwrap().forget();
        let response = self.responses.lock().unwrap().pop_front().expect("one more request than responses");
        response
            .map(|response| response.map(Body::from))
            .ok_or_else(|| TransportError::possibly_sent(TransportErrorKind::Broken))
    }
}

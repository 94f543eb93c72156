//! Servers on loopback that respond, or fail to, byte by byte.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// Accepts connections until dropped.
pub struct Server {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    /// Hands every connection to `serve`.
    pub async fn on_connection<F: Future<Output = ()> + Send + 'static>(
        serve: impl Fn(TcpStream) -> F + Send + 'static,
    ) -> Self {
        Self::counting(move |stream, _| serve(stream)).await
    }

    /// Reads each request and writes these bytes, then closes.
    pub async fn responding(response: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        let response = Arc::new(response);
        Self::counting(move |mut stream, requests| {
            let response = response.clone();
            async move { exchange(&mut stream, (*response).as_ref(), &requests).await }
        })
        .await
    }

    /// Starts a server over TLS that sends the same bytes in response to every request.
    pub async fn responding_over_tls(tls: TlsAcceptor, response: &'static [u8]) -> Self {
        Self::counting(move |stream, requests| {
            let tls = tls.clone();
            async move {
                if let Ok(mut stream) = tls.accept(stream).await {
                    exchange(&mut stream, response, &requests).await;
                }
            }
        })
        .await
    }

    async fn counting<F: Future<Output = ()> + Send + 'static>(
        serve: impl Fn(TcpStream, Arc<AtomicUsize>) -> F + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = requests.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, counter.clone()));
            }
        });
        Self { address, requests, task }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Returns the number of whole requests that the server has read.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn exchange(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    response: &[u8],
    requests: &AtomicUsize,
) {
    if read_request(stream).await.is_some() {
        requests.fetch_add(1, Ordering::SeqCst);
        // The client may have given up; that is its right.
        let _ = stream.write_all(response).await;
        let _ = stream.shutdown().await;
    }
}

/// One request with its body; `None` where the client left before it was whole.
pub async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    loop {
        if let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            let whole = match length {
                Some(length) => request.len() - end - 4 >= length,
                None => !head.contains("transfer-encoding: chunked") || request.ends_with(b"0\r\n\r\n"),
            };
            if whole {
                return Some(request);
            }
        }
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
}

/// Returns an address on which no server listens.
pub async fn closed_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

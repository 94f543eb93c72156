//! A large download is nowhere held whole. Alone in its process, so that nothing else counts.
#![cfg(all(feature = "tickets", feature = "reqwest", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use huaweicloud_partner::types::Site;
use huaweicloud_partner::{
    Client, auth::Credentials, operation::Service, tickets::DownloadAttachment, transport::HttpTransport,
};
use support::server::{Server, read_request};
use tokio::io::AsyncWriteExt as _;

const SIZE: usize = 200 << 20;
const PIECE: usize = 64 << 10;

/// A line of `/proc/self/status` in KiB.
fn status(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let value = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':')).unwrap();
    value.trim().trim_end_matches(" kB").parse().unwrap()
}

#[tokio::test]
async fn two_hundred_mebibytes_pass_through_less_than_twenty() {
    let server = Server::on_connection(|mut stream| async move {
        read_request(&mut stream).await.unwrap();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {SIZE}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let piece = vec![b'x'; PIECE];
        for _ in 0..SIZE / PIECE {
            stream.write_all(&piece).await.unwrap();
        }
        stream.shutdown().await.unwrap();
    })
    .await;
    let roots = rcgen::generate_simple_self_signed(["unused.example".to_owned()]).unwrap();
    let client = Client::builder(Site::China)
        .credentials(Credentials::keys("AK", "SK"))
        .endpoint(Service::Tickets, server.url(""))
        .transport(HttpTransport::builder().only_roots(roots.cert.pem().as_bytes()).build().unwrap())
        .build()
        .unwrap();

    let start = status("VmRSS");
    let mut file = client.download(DownloadAttachment::new("a1")).await.unwrap();
    let written = file.write_to(&mut tokio::io::sink()).await.unwrap();
    let peak = status("VmHWM");
    assert_eq!(written, SIZE as u64);
    assert!(peak < start + (20 << 10), "{peak} KiB at the peak, {start} KiB at the start");
}

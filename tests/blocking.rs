//! The client without async, against servers on loopback.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::{io::Read as _, sync::Arc, time::Duration};

use huaweicloud_partner::{
    ErrorKind,
    auth::Credentials,
    blocking,
    client::{CallOptions, FileUpload, RetryPolicy},
    journal::{MemoryJournal, Settled},
    operation::Service,
    resellers::{AllocateToReseller, ListResellers},
    tickets::{AttachmentPurpose, DownloadAttachment, UploadAttachment},
    transport::HttpTransport,
    types::Site,
};
use support::server::{Server, read_request};
use tokio::{io::AsyncWriteExt as _, runtime::Runtime};

/// A service that runs on a runtime of its own, as one on another machine would.
struct Remote {
    server: Option<Server>,
    runtime: Option<Runtime>,
}

impl Remote {
    /// Returns by the first line and the body of the request.
    fn responding(response: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        let runtime = Runtime::new().unwrap();
        let response = Arc::new(response);
        let server = runtime.block_on(Server::on_connection(move |mut stream| {
            let response = Arc::clone(&response);
            async move {
                while let Some(request) = read_request(&mut stream).await {
                    let body = response(&String::from_utf8_lossy(&request));
                    let date = httpdate::fmt_http_date(std::time::SystemTime::now());
                    let length = body.len();
                    let head = format!(
                        "HTTP/1.1 200 OK\r\ndate: {date}\r\nx-request-id: r1\r\ncontent-length: {length}\r\n\r\n"
                    );
                    if stream.write_all((head + &body).as_bytes()).await.is_err() {
                        return;
                    }
                }
            }
        }));
        Self { server: Some(server), runtime: Some(runtime) }
    }

    fn url(&self) -> String {
        self.server.as_ref().unwrap().url("")
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.server.take();
        self.runtime.take().unwrap().shutdown_background();
    }
}

fn client(url: &str) -> blocking::Client {
    let roots = rcgen::generate_simple_self_signed(["unused.example".to_owned()]).unwrap();
    let transport = HttpTransport::builder().only_roots(roots.cert.pem().as_bytes()).build().unwrap();
    let client = huaweicloud_partner::Client::builder(Site::China)
        .credentials(Credentials::keys("AK", "SK").with_domain_id("d1"))
        .endpoint(Service::Business, url)
        .endpoint(Service::Tickets, url)
        .transport(transport)
        .build()
        .unwrap();
    blocking::Client::new(client).unwrap()
}

fn resellers() -> Remote {
    Remote::responding(|request| {
        let offset: usize = request.split("\"offset\":").nth(1).map_or(0, |rest| {
            rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
        });
        let rows: Vec<_> = (offset..(offset + 2).min(5))
            .map(|row| format!(r#"{{"indirect_partner_id":"r{row}"}}"#))
            .collect();
        format!(r#"{{"count":5,"indirect_partners":[{}]}}"#, rows.join(","))
    })
}

#[test]
fn operations_are_sent_and_lists_are_iterators() {
    let service = resellers();
    let client = client(&service.url());
    assert_eq!(client.send(&ListResellers::new()).unwrap().count, Some(5));
    let ids: Vec<_> = client
        .items(ListResellers::new().limit(2))
        .map(|row| row.unwrap().indirect_partner_id.to_string())
        .collect();
    assert_eq!(ids, ["r0", "r1", "r2", "r3", "r4"]);
    let mut pages = client.pages(ListResellers::new().limit(2));
    pages.next().unwrap().unwrap();
    let rest = client.pages(ListResellers::new().limit(2)).resume(pages.cursor());
    assert_eq!(rest.map(|page| page.unwrap().indirect_partners.len()).sum::<usize>(), 3);
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let client = client.clone();
            std::thread::spawn(move || client.send(&ListResellers::new()).unwrap().count)
        })
        .collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap() == Some(5)));
}

#[test]
fn files_are_uploaded_and_downloaded_as_readers() {
    let service = Remote::responding(|request| {
        if request.starts_with("POST") { r#"{"accessory_id":"A1"}"#.to_owned() } else { "x".repeat(300_000) }
    });
    let client = client(&service.url());
    let form = UploadAttachment::of(AttachmentPurpose::Message);
    let id = client.upload(form, FileUpload::bytes("a.log", "content")).unwrap().into_inner().accessory_id;
    let mut file = client.download(DownloadAttachment::new(&id)).unwrap();
    assert_eq!(file.length(), Some(300_000));
    let mut begin = [0; 10];
    file.read_exact(&mut begin).unwrap();
    assert_eq!(file.cursor().received, 10, "what was read, not what has come");
    let mut rest = Vec::new();
    assert_eq!((file.read_to_end(&mut rest).unwrap(), rest[0]), (299_990, b'x'));
}

#[test]
fn a_write_with_a_journal_is_sent_once() {
    let service = Remote::responding(|request| {
        // The records are asked before, to prove that they can be read.
        let is_query = request.starts_with("GET");
        if is_query { r#"{"total_count":0,"records":[]}"# } else { r#"{"transfer_id":"T1"}"# }.to_owned()
    });
    let client = client(&service.url()).with_journal(MemoryJournal::new());
    let transfer = AllocateToReseller::new("r1", "10.00".parse().unwrap());
    for _ in 0..2 {
        match client.send_once("topup-1", &transfer).unwrap() {
            Settled::Executed(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn timers_run_without_a_runtime_of_the_caller() {
    let service = Remote::responding(|_| {
        std::thread::sleep(Duration::from_millis(400));
        "{}".to_owned()
    });
    let options = CallOptions::new().deadline(Duration::from_millis(50)).retry(RetryPolicy::NEVER);
    let error = client(&service.url()).with(options).send(&ListResellers::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
}

#[tokio::test]
async fn it_is_safe_to_create_use_and_drop_inside_async_code() {
    let service = std::thread::spawn(resellers).join().unwrap();
    let client = client(&service.url());
    assert_eq!(client.send(&ListResellers::new()).unwrap().count, Some(5));
    let items = client.items(ListResellers::new().limit(2));
    drop(client);
    assert_eq!(items.count(), 5, "an iterator keeps what it needs");
    std::thread::spawn(move || drop(service)).join().unwrap();
}

#[test]
fn the_synchronous_example_has_at_most_25_lines() {
    let docs = include_str!("../src/blocking/mod.rs");
    let example = docs.split("//! ```").nth(1).unwrap();
    let lines: Vec<_> = example.lines().skip(1).filter(|line| line.len() > 3).collect();
    assert!(lines.iter().any(|line| line.contains("fn main()")), "it is a whole program");
    assert!(lines.len() <= 25, "{}", lines.len());
}

//! Cost of a call above bare reqwest and serde, through loopback HTTP.
//!
//! Both sides send the same request to the same server and read the same response; the bare side does not sign, check or
//! classify anything and reads into plain structs. Compare `client` with `bare` in the same group.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use huaweicloud_partner::types::Site;
use std::{hint::black_box, net::SocketAddr, time::Duration};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use futures_util::future::join_all;
use huaweicloud_partner::{
    Client,
    auth::Credentials,
    client::{CallOptions, NoRateLimit},
    operation::Service,
    resellers::ListResellers,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    runtime::Runtime,
};

/// The same fields as the crate's reseller, read by serde alone.
#[derive(serde::Deserialize)]
struct Page {
    count: u64,
    indirect_partners: Vec<Row>,
}

#[derive(serde::Deserialize)]
#[allow(dead_code)]
struct Row {
    indirect_partner_id: String,
    mobile_phone: Option<String>,
    email: Option<String>,
    account_name: Option<String>,
    name: Option<String>,
    associated_on: Option<String>,
    account_manager_id: Option<String>,
    account_manager_name: Option<String>,
}

fn page_body(rows: usize) -> String {
    let row = |id: usize| {
        format!(
            r#"{{"indirect_partner_id":"0666aa7a7900d5c80f6dc01a9a35{id:04}","mobile_phone":"13800000000","email":"cloud{id}@example.com","account_name":"reseller_{id}","name":"Reseller number {id}","associated_on":"2021-03-04T05:06:07Z","account_manager_id":"manager_{id}","account_manager_name":"Manager {id}"}}"#
        )
    };
    let list: Vec<String> = (0..rows).map(row).collect();
    format!(r#"{{"count":{rows},"indirect_partners":[{}]}}"#, list.join(","))
}

/// Starts a server in a thread of its own that sends the same bytes in response to every request.
fn serve(body: String) -> SocketAddr {
    let (ready, started) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        Runtime::new().unwrap().block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            ready.send(listener.local_addr().unwrap()).unwrap();
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            let response = [head.as_bytes(), body.as_bytes()].concat();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let response = response.clone();
                tokio::spawn(async move {
                    let mut request = Vec::new();
                    let mut piece = [0; 4096];
                    while let Ok(read @ 1..) = stream.read(&mut piece).await {
                        request.extend_from_slice(&piece[..read]);
                        // Every request of this bench ends in its small JSON body.
                        if request.ends_with(b"}") {
                            request.clear();
                            stream.write_all(&response).await?;
                        }
                    }
                    Ok::<(), std::io::Error>(())
                });
            }
        });
    });
    started.recv().unwrap()
}

async fn bare(http: &reqwest::Client, address: SocketAddr) -> u64 {
    let response = http
        .post(format!("http://{address}/v2/partners/indirect-partners/query"))
        .header("content-type", "application/json")
        .body(r#"{"limit":100}"#)
        .send()
        .await
        .unwrap();
    let page: Page = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    page.count + page.indirect_partners.len() as u64
}

async fn through_client(client: &Client) -> u64 {
    let page = client.send(&ListResellers::new().limit(100_u32)).await.unwrap();
    page.count.unwrap_or(0) + page.indirect_partners.len() as u64
}

/// Starts a server whose responses have this number of rows, and makes the two clients.
fn both(rows: usize) -> (SocketAddr, reqwest::Client, Client) {
    let address = serve(page_body(rows));
    let http = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build().unwrap();
    let client = Client::builder(Site::China)
        .credentials(Credentials::keys("AKEXAMPLE0001", "SKexample0001"))
        .endpoint(Service::Business, format!("http://{address}"))
        .options(CallOptions::new().rate_limiter(NoRateLimit))
        .build()
        .unwrap();
    (address, http, client)
}

fn calls(criterion: &mut Criterion) {
    // The bare client insists on a provider although it only speaks plain HTTP here.
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for rows in [100, 1] {
        let (address, http, client) = both(rows);
        for concurrency in [1, 32] {
            let mut group = criterion.benchmark_group(format!("{rows} rows, {concurrency} at once"));
            group
                .throughput(Throughput::Elements(concurrency))
                .measurement_time(Duration::from_secs(8))
                .sample_size(50);
            group.bench_function(BenchmarkId::from_parameter("bare"), |bencher| {
                bencher.iter(|| {
                    runtime.block_on(async {
                        black_box(join_all((0..concurrency).map(|_| bare(&http, address))).await)
                    })
                });
            });
            group.bench_function(BenchmarkId::from_parameter("client"), |bencher| {
                bencher.iter(|| {
                    runtime.block_on(async {
                        black_box(join_all((0..concurrency).map(|_| through_client(&client))).await)
                    })
                });
            });
            group.finish();
        }
    }
}

/// The processor time that this thread has used, where the system tells it.
fn thread_time() -> Option<Duration> {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(used.split_whitespace().next()?.parse().ok()?))
}

/// The processor time of both sides without that of the server, taken in turn so that a busy machine slows both: the
/// best of some rounds.
fn processor_time(_: &mut Criterion) {
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for rows in [100, 1] {
        let (address, http, client) = both(rows);
        // The system tells processor time in steps of some milliseconds.
        let calls_of_a_round = if rows == 1 { 16_000 } else { 3200 };
        for concurrency in [1, 32] {
            let round = |run: &dyn Fn()| {
                let before = thread_time()?;
                (0..calls_of_a_round / concurrency).for_each(|_| run());
                Some(thread_time()? - before)
            };
            let mut best = [Duration::MAX; 2];
            for _ in 0..ROUNDS {
                let sides: [&dyn Fn(); 2] = [
                    &|| {
                        let calls = (0..concurrency).map(|_| bare(&http, address));
                        black_box(runtime.block_on(join_all(calls)));
                    },
                    &|| {
                        let calls = (0..concurrency).map(|_| through_client(&client));
                        black_box(runtime.block_on(join_all(calls)));
                    },
                ];
                for (best, side) in best.iter_mut().zip(sides) {
                    let Some(time) = round(side) else {
                        return println!("processor time is not available here");
                    };
                    *best = time.min(*best);
                }
            }
            let [bare, client] = best.map(|time| time / calls_of_a_round as u32);
            let hundredths = client.as_nanos() * 100 / bare.as_nanos();
            println!(
                "processor time of a call, {rows} rows, {concurrency} at once: {bare:?} bare, \
                 {client:?} through the client: {}.{:02} times",
                hundredths / 100,
                hundredths % 100
            );
        }
    }
}

/// Number of times that each side is measured.
const ROUNDS: usize = 6;

criterion_group!(benches, calls, processor_time);
criterion_main!(benches);

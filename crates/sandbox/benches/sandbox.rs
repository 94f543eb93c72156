//! What a call to the sandbox costs, in process through the whole client, and over HTTP beside a bare hyper server.
//!
//! Compare `client` with `floor` in the group `in process`: the floor signs the request and reads the answer by the
//! crate's own functions, without client and sandbox. Compare `sandbox` with `bare hyper` in the group `http`: the same
//! client sends the same signed requests, and the bare server answers the same bytes without looking at them. The group
//! `100000 customers` is the time until such a world is open, saved, and there again from its file.

#![allow(clippy::unwrap_used, missing_docs)]

use huaweicloud_partner::types::Site;
use std::{convert::Infallible, hint::black_box, net::SocketAddr, time::Duration};

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures_util::future::join_all;
use http_body_util::{BodyExt as _, Full};
use huaweicloud_partner::{
    Client,
    client::{CallOptions, NoRateLimit},
    operation::Service,
    partners::{Balances, ShowBalances},
    types::decode,
};
use huaweicloud_partner_sandbox::{Sandbox, Scenario, Server, State};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, runtime::Runtime};

/// A provider with so many customers.
fn world(customers: u32) -> Sandbox {
    let scenario = format!(
        r#"{{"accounts": [{{"id": "provider", "kind": "solution_provider"}},
            {{"id": "customer-{{n}}", "kind": "customer", "associated_with": "provider", "repeat": {customers}}}]}}"#
    );
    Sandbox::from_scenario(Scenario::read(scenario.as_bytes()).unwrap()).unwrap().without_quotas()
}

fn in_process(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut group = criterion.benchmark_group("in process");
    group.throughput(Throughput::Elements(1));
    for customers in [10, 100_000] {
        let sandbox = world(customers);
        let client = sandbox.client("provider").unwrap().with(CallOptions::new().rate_limiter(NoRateLimit));
        group.bench_function(format!("client, {customers} customers"), |bencher| {
            bencher.iter(|| {
                runtime.block_on(async { black_box(client.send(&ShowBalances::new()).await.unwrap()) })
            });
        });
        if customers == 10 {
            let answer = runtime.block_on(client.send(&ShowBalances::new())).unwrap();
            let body = answer.body().clone();
            group.bench_function("floor", |bencher| {
                bencher.iter(|| {
                    runtime.block_on(async {
                        black_box(client.prepare(&ShowBalances::new()).await.unwrap());
                        black_box(decode::<Balances>(&body).unwrap())
                    })
                });
            });
        }
    }
    group.finish();
}

/// A hyper server in a thread of its own that answers every request with the same bytes.
fn bare(body: Bytes) -> SocketAddr {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        Runtime::new().unwrap().block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let body = body.clone();
                let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
                    let body = body.clone();
                    async move {
                        let _ = request.into_body().collect().await;
                        Ok::<_, Infallible>(http::Response::new(Full::new(body)))
                    }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
    });
    told.recv().unwrap()
}

fn sandbox_server(sandbox: Sandbox) -> String {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        Runtime::new().unwrap().block_on(async move {
            let server = Server::bind(sandbox, ([127, 0, 0, 1], 0).into()).await.unwrap();
            tell.send(server.url()).unwrap();
            server.run().await.unwrap();
        });
    });
    told.recv().unwrap()
}

fn over_http(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let sandbox = world(10);
    let keys = sandbox.credentials("provider").unwrap();
    let answer = runtime.block_on(sandbox.client("provider").unwrap().send(&ShowBalances::new())).unwrap();
    let addresses = [
        ("bare hyper", format!("http://{}", bare(answer.body().clone()))),
        ("sandbox", sandbox_server(sandbox)),
    ];
    for concurrency in [1, 32] {
        let mut group = criterion.benchmark_group(format!("http, {concurrency} at once"));
        group.throughput(Throughput::Elements(concurrency)).measurement_time(Duration::from_secs(8));
        for (name, address) in &addresses {
            let client = Client::builder(Site::China)
                .credentials(keys.clone())
                .endpoint(Service::Business, address)
                .options(CallOptions::new().rate_limiter(NoRateLimit))
                .build()
                .unwrap();
            group.bench_function(*name, |bencher| {
                bencher.iter(|| {
                    let calls = (0..concurrency).map(|_| {
                        let (client, operation) = (client.clone(), ShowBalances::new());
                        async move { client.send(&operation).await }
                    });
                    runtime.block_on(async { black_box(join_all(calls).await) })
                });
            });
        }
        group.finish();
    }
}

/// Opening a world of 100,000 customers, saving it, and starting again from the file.
fn large_world(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("100000 customers");
    group.sample_size(10);
    group.bench_function("open", |bencher| bencher.iter(|| black_box(world(100_000))));
    let sandbox = world(100_000);
    let file = std::env::temp_dir().join(format!("sandbox-bench-{}.json", std::process::id()));
    group.bench_function("save", |bencher| bencher.iter(|| sandbox.save(&file).unwrap()));
    sandbox.save(&file).unwrap();
    group.bench_function("restart", |bencher| {
        bencher.iter(|| black_box(Sandbox::new(State::load(&file).unwrap())));
    });
    group.finish();
    std::fs::remove_file(file).unwrap();
}

criterion_group!(benches, in_process, over_http, large_world);
criterion_main!(benches);

//! Processor time of closing a month through the API: the sandbox's month of 200,000 rows over HTTP on loopback, from a
//! process of its own. Reading charges is limited by the rate limit alone, so what counts is how much of a core ten calls a
//! second take.
//!
//! ```text
//! cargo bench -p huaweicloud-partner-billing --bench api
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // not part of the crate

#[path = "support/mod.rs"]
mod support;

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use huaweicloud_partner::{
    Client,
    auth::Credentials,
    client::{CallOptions, NoRateLimit, Observation, ObservationKind, Observer},
    clock::Clock as _,
    operation::Service,
    types::Site,
};
use huaweicloud_partner_billing::{
    MonthEnd,
    charges::{ChargePlan, ChargeStream},
    export::{Format, local_directory},
};
use huaweicloud_partner_sandbox::{Sandbox, Server};
use support::{Took, processor};

/// Serves the world and says where.
async fn serve() {
    let sandbox = Sandbox::large_month().without_quotas();
    // Signatures are dated by the machine's clock.
    let passed = time::OffsetDateTime::now_utc() - sandbox.clock().now();
    sandbox.clock().advance(passed.try_into().unwrap());
    let server = Server::bind(sandbox, ([127, 0, 0, 1], 0).into()).await.unwrap();
    println!("{}", server.url());
    server.run().await.unwrap();
}

/// Transport that counts its calls.
#[derive(Debug, Default)]
struct Calls(Arc<AtomicU64>);

impl Observer for Calls {
    fn observe(&self, observation: &Observation<'_>) {
        if matches!(observation.kind, ObservationKind::Attempt { .. }) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn report(what: &str, took: Took, calls: u64) {
    let micros = took.processor.as_micros() / u128::from(calls.max(1));
    // Ten calls a second: a tenth of a second of processor time each would be a whole core.
    println!(
        "{what}: {took}, {calls} calls, {micros} µs of processor time a call: {}.{:02} % of a core at 10 calls a second",
        micros / 1000,
        micros / 10 % 100
    );
}

async fn measure(url: &str) {
    let calls = Arc::new(AtomicU64::new(0));
    let client = Client::builder(Site::China)
        .credentials(Credentials::keys("AKDISTRIBUTOR", "SKDISTRIBUTOR"))
        .endpoint(Service::Business, url)
        .options(CallOptions::new().rate_limiter(NoRateLimit))
        .observer(Calls(Arc::clone(&calls)))
        .build()
        .unwrap();
    // The month before that in which the world begins.
    let cycle = "2026-04".parse().unwrap();
    let count = || calls.swap(0, Ordering::Relaxed);

    count();
    let (began, before) = (Instant::now(), processor());
    let plan = ChargePlan::list(&client, cycle).await.unwrap();
    let mut stream = ChargeStream::new(&client, plan);
    let mut rows = 0;
    while let Some(page) = stream.next().await.unwrap() {
        rows += page.charges.len();
    }
    println!("{rows} rows");
    report("charges alone", Took::since(began, before), count());

    let (began, before) = (Instant::now(), processor());
    let outcome = MonthEnd::new(&client, cycle).preliminary().close().await.unwrap();
    report("closing the month", Took::since(began, before), count());

    let out = tempfile::tempdir().unwrap();
    let (began, before) = (Instant::now(), processor());
    outcome.export(Format::FocusParquet, &local_directory(out.path()).unwrap()).await.unwrap();
    println!("FOCUS as Parquet: {}", Took::since(began, before));
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build().unwrap();
    if std::env::args().any(|argument| argument == "--serve") {
        return runtime.block_on(serve());
    }
    // `cargo test --benches` only sees that it compiles: 200,000 rows take long without optimisation.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    let mut child = command.arg("--serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let _served = Served(child);
    runtime.block_on(measure(url.trim()));
}

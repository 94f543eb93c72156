//! Cost of the sandbox in processor time, each figure compared with a floor that is measured in turn with it.
//!
//! ```text
//! cargo bench -p huaweicloud-partner-sandbox --bench sandbox [in_process|http|large]
//! ```
//!
//! * `in process`: calls through the whole client on one core, with ten customers and with 100,000. The floor signs the
//!   same request and decodes the same response with the SDK's own functions, without a client and without the sandbox.
//! * `http`: 32 calls at once. The floor is a bare hyper server that reads each request and returns the same bytes
//!   without looking at them. The same load is sent to both: by the SDK's client, as users do, and by plain connections
//!   that repeat signed requests, which cost next to nothing beside the servers.
//! * `large`: a world of 100,000 customers is opened from a scenario, saved, and opened again from the file. The floor
//!   reads the file into a `serde_json::Value`.
//!
//! Processor time does not depend on what else the machine does, as wall time would; each line is the best of several
//! rounds, and sandbox and floor take turns within a round.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::float_arithmetic, missing_docs)]

use std::{
    convert::Infallible,
    fs,
    hint::black_box,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::join_all;
use http_body_util::{BodyExt as _, Full};
use huaweicloud_partner::{
    Client,
    client::{CallOptions, NoRateLimit},
    operation::Service,
    partners::{Balances, ShowBalances},
    types::{Site, decode},
};
use huaweicloud_partner_sandbox::{Sandbox, Scenario, Server, State};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use nix::time::{ClockId, clock_gettime};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
};

/// The processor time of this thread or of all threads of this process.
fn spent(clock: ClockId) -> Duration {
    clock_gettime(clock).unwrap().into()
}

/// The processor time that work takes on one clock.
fn cost(clock: ClockId, work: impl FnOnce()) -> Duration {
    let before = spent(clock);
    work();
    spent(clock) - before
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn scenario(customers: u32) -> String {
    format!(
        r#"{{"accounts": [{{"id": "provider", "kind": "solution_provider"}},
            {{"id": "customer-{{n}}", "kind": "customer", "associated_with": "provider", "repeat": {customers}}}]}}"#
    )
}

/// Makes a provider with this number of customers.
fn world(customers: u32) -> Sandbox {
    let scenario = Scenario::read(scenario(customers).as_bytes()).unwrap();
    Sandbox::from_scenario(scenario).unwrap().without_quotas()
}

fn in_process() {
    const ROUNDS: usize = 15;
    const CALLS: u32 = 8_000;
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let clients = [10, 100_000].map(|customers| {
        world(customers).client("provider").unwrap().with(CallOptions::new().rate_limiter(NoRateLimit))
    });
    let [small, large] = &clients;
    let body = runtime.block_on(small.send(&ShowBalances::new())).unwrap().body().clone();
    let calls = |client: &Client| {
        runtime.block_on(async {
            for _ in 0..CALLS {
                black_box(client.send(&ShowBalances::new()).await.unwrap());
            }
        });
    };
    let mut best = [Duration::MAX; 3];
    for _ in 0..ROUNDS {
        let floor = cost(ClockId::CLOCK_THREAD_CPUTIME_ID, || {
            runtime.block_on(async {
                for _ in 0..CALLS {
                    black_box(small.prepare(&ShowBalances::new()).await.unwrap());
                    black_box(decode::<Balances>(&body).unwrap());
                }
            });
        });
        let round = [
            floor,
            cost(ClockId::CLOCK_THREAD_CPUTIME_ID, || calls(small)),
            cost(ClockId::CLOCK_THREAD_CPUTIME_ID, || calls(large)),
        ];
        for (best, this) in best.iter_mut().zip(round) {
            *best = (*best).min(this);
        }
    }
    let [floor, small, large] = best.map(|time| micros(time) / f64::from(CALLS));
    println!("in process, floor (sign and decode)   {floor:6.2} µs a call");
    for (customers, time) in [(10, small), (100_000, large)] {
        println!(
            "in process, {customers:6} customers         {time:6.2} µs a call, {:.2} of the floor, {:.0} calls a second on one core",
            time / floor,
            1e6 / time
        );
    }
}

/// Starts a hyper server in a thread of its own that sends the same bytes in response to every request.
fn bare(body: Bytes) -> SocketAddr {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        Runtime::new().unwrap().block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
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
    receiver.recv().unwrap()
}

fn sandbox_server(sandbox: Sandbox) -> SocketAddr {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        Runtime::new().unwrap().block_on(async move {
            let server = Server::bind(sandbox, ([127, 0, 0, 1], 0).into()).await.unwrap();
            sender.send(server.url().strip_prefix("http://").unwrap().parse().unwrap()).unwrap();
            server.run().await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

/// A signed request as its bytes.
fn signed(runtime: &Runtime, client: &Client) -> Vec<u8> {
    let (head, body) = runtime.block_on(client.prepare(&ShowBalances::new())).unwrap().into_parts();
    let path = head.uri.path_and_query().unwrap();
    let host = head.uri.authority().unwrap();
    let mut bytes = format!("{} {path} HTTP/1.1\r\n", head.method).into_bytes();
    if !head.headers.contains_key("host") {
        bytes.extend_from_slice(format!("host: {host}\r\n").as_bytes());
    }
    for (name, value) in &head.headers {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&body);
    bytes
}

/// Connections that send the same request again and again, all at once.
struct Plain {
    streams: Vec<TcpStream>,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

impl Plain {
    fn open(address: SocketAddr, request: Vec<u8>) -> Self {
        let connect = |_| {
            let stream = TcpStream::connect(address).unwrap();
            stream.set_nodelay(true).unwrap();
            stream
        };
        Self { streams: (0..32).map(connect).collect(), request, buffer: vec![0; 4096] }
    }

    /// One request on each connection, then one response on each.
    fn round(&mut self) {
        for stream in &mut self.streams {
            stream.write_all(&self.request).unwrap();
        }
        for stream in &mut self.streams {
            // The responses are small: one read has a whole one.
            let length = stream.read(&mut self.buffer).unwrap();
            assert!(self.buffer.get(..length).unwrap().starts_with(b"HTTP/1.1 200"), "a refusal");
        }
    }
}

fn over_http() {
    const ROUNDS: usize = 12;
    const TIMES: u32 = 60;
    const CALLS: u32 = TIMES * 32;
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let sandbox = world(10);
    let keys = sandbox.credentials("provider").unwrap();
    let body = runtime.block_on(sandbox.client("provider").unwrap().send(&ShowBalances::new())).unwrap();
    let addresses = [bare(body.body().clone()), sandbox_server(sandbox)];
    let clients = addresses.map(|address| {
        Client::builder(Site::China)
            .credentials(keys.clone())
            .endpoint(Service::Business, format!("http://{address}"))
            .options(CallOptions::new().rate_limiter(NoRateLimit))
            .build()
            .unwrap()
    });
    let mut plain: Vec<Plain> = addresses
        .iter()
        .zip(&clients)
        .map(|(address, client)| Plain::open(*address, signed(&runtime, client)))
        .collect();
    // By kind of load, for both servers: what all threads spent, and what the server's threads spent.
    let mut best = [[(Duration::MAX, Duration::MAX); 2]; 2];
    for _ in 0..ROUNDS {
        for (server, (client, plain)) in clients.iter().zip(&mut plain).enumerate() {
            let mut note = |load: usize, work: &mut dyn FnMut()| {
                let mut own = Duration::ZERO;
                let all = cost(ClockId::CLOCK_PROCESS_CPUTIME_ID, || {
                    own = cost(ClockId::CLOCK_THREAD_CPUTIME_ID, work)
                });
                let (total, served) = &mut best[load][server];
                *total = (*total).min(all);
                *served = (*served).min(all.saturating_sub(own));
            };
            note(0, &mut || {
                for _ in 0..TIMES {
                    let calls = (0..32).map(|_| {
                        let client = client.clone();
                        async move { client.send(&ShowBalances::new()).await }
                    });
                    runtime.block_on(async {
                        join_all(calls).await.into_iter().for_each(|it| drop(it.unwrap()))
                    });
                }
            });
            note(1, &mut || (0..TIMES).for_each(|_| plain.round()));
        }
    }
    let each = |time: Duration| micros(time) / f64::from(CALLS);
    for (load, [floor, sandbox]) in ["the SDK's client", "plain connections"].iter().zip(best) {
        println!(
            "http, {load:17} all threads: bare hyper {:6.2} µs, sandbox {:6.2} µs: {:.2} of its calls a second",
            each(floor.0),
            each(sandbox.0),
            each(floor.0) / each(sandbox.0)
        );
        println!(
            "http, {load:17} server only: bare hyper {:6.2} µs, sandbox {:6.2} µs: {:.2} of its calls a second",
            each(floor.1),
            each(sandbox.1),
            each(floor.1) / each(sandbox.1)
        );
    }
}

/// Opening a world of 100,000 customers, saving it, and starting again from the file.
fn large() {
    const ROUNDS: usize = 5;
    let file = std::env::temp_dir().join(format!("sandbox-bench-{}.json", std::process::id()));
    let text = scenario(100_000);
    let mut best = [Duration::MAX; 4];
    for _ in 0..ROUNDS {
        let mut opened = None;
        let open = cost(ClockId::CLOCK_THREAD_CPUTIME_ID, || {
            opened = Some(Sandbox::new(State::read(text.as_bytes()).unwrap()));
        });
        let sandbox = opened.take().unwrap();
        let save = cost(ClockId::CLOCK_THREAD_CPUTIME_ID, || sandbox.save(&file).unwrap());
        let restart = cost(ClockId::CLOCK_THREAD_CPUTIME_ID, || {
            opened = Some(Sandbox::new(State::load(&file).unwrap()));
        });
        let floor = cost(ClockId::CLOCK_THREAD_CPUTIME_ID, || {
            let bytes = fs::read(&file).unwrap();
            drop(black_box(serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()));
        });
        for (best, this) in best.iter_mut().zip([open, save, restart, floor]) {
            *best = (*best).min(this);
        }
    }
    let megabytes = fs::metadata(&file).unwrap().len() >> 20;
    fs::remove_file(file).unwrap();
    let floor = best[3].as_secs_f64();
    println!("100000 customers, floor (the file of {megabytes} MiB as a JSON value) {floor:.3} s");
    for (what, time) in ["open from a scenario", "save", "restart from the file"].iter().zip(best) {
        let time = time.as_secs_f64();
        println!("100000 customers, {what:22} {time:.3} s, {:.2} of the floor", time / floor);
    }
}

fn main() {
    // Cargo adds options of its own.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    for (name, run) in [("in_process", in_process as fn()), ("http", over_http), ("large", large)] {
        if wanted.is_empty() || wanted.iter().any(|it| it == name) {
            run();
        }
    }
}

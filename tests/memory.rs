//! A long list is read in little memory: rows go through, they do not pile up.
//!
//! A test binary of its own, so that next to nothing else that runs in the process is measured.

#![allow(clippy::unwrap_used)]

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http::{Request, Response};
use huaweicloud_partner::{
    Client,
    auth::Credentials,
    bills::ListCustomerCharges,
    client::{CallOptions, NoRateLimit},
    transport::{Body, Transport, TransportError},
    types::Site,
    types::{Amount, BillCycle},
};

/// A million, and fewer without optimisation, where they take their time. The bound means something all the same: kept,
/// less than half of the fewer ones break it.
const ROWS: usize = if cfg!(debug_assertions) { 150_000 } else { 1_000_000 };
const KEPT: usize = 60_000;
const PAGE: usize = 1000;
const BOUND: usize = 40 << 20;

/// Makes each page when it is asked for and keeps none.
#[derive(Debug, Default)]
struct Charges {
    pages: AtomicUsize,
}

#[async_trait]
impl Transport for Charges {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        self.pages.fetch_add(1, Ordering::Relaxed);
        let query = request.uri().query().unwrap_or_default();
        let number = |name: &str| {
            let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            pair.and_then(|value| value.parse().ok()).unwrap_or(0)
        };
        Ok(Response::new(Body::from(page(number("offset"), number("limit")))))
    }
}

fn page(offset: usize, limit: usize) -> String {
    use std::fmt::Write as _;
    let mut json = format!(r#"{{"total_count":{ROWS},"currency":"CNY","fee_records":["#);
    for row in offset..ROWS.min(offset + limit) {
        let comma = if row == offset { "" } else { "," };
        write!(
            json,
            r#"{comma}{{"bill_cycle":"2026-04","customer_id":"06a7969058802f0c0f01c00b91846780","id":"row-{row}","bill_detail_type":5,"service_type_code":"hws.service.type.obs","trade_time":"2026-04-30T08:00:00Z","official_amount":0.04599822,"payment_amount":0.04,"cash_amount":0.04}}"#
        )
        .unwrap();
    }
    json.push_str("]}");
    json
}

/// A line of `/proc/self/status` that counts memory, in bytes.
fn status(name: &str) -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<usize>().ok()? * 1024)
}

/// Meter of the growth of the process: by the system's own peak where that could be reset, otherwise by
/// sampling.
enum Meter {
    Peak { start: usize },
    Sampled { start: usize, most: usize },
}

impl Meter {
    fn start() -> Option<Self> {
        let start = status("VmRSS")?;
        let set_back = fs::write("/proc/self/clear_refs", "5").is_ok()
            && status("VmHWM").is_some_and(|peak| peak <= start + (1 << 20));
        Some(if set_back { Self::Peak { start } } else { Self::Sampled { start, most: start } })
    }

    fn sample(&mut self) {
        if let Self::Sampled { most, .. } = self {
            *most = status("VmRSS").unwrap_or_default().max(*most);
        }
    }

    /// The largest growth of the memory.
    fn growth(&self) -> usize {
        match self {
            Self::Peak { start } => status("VmHWM").unwrap().saturating_sub(*start),
            Self::Sampled { start, most } => most - start,
        }
    }
}

fn client() -> (Client, Arc<Charges>) {
    let charges = Arc::new(Charges::default());
    let client = Client::builder(Site::China)
        .credentials(Credentials::keys("AK", "SK"))
        .transport(charges.clone())
        .options(CallOptions::new().rate_limiter(NoRateLimit))
        .build()
        .unwrap();
    (client, charges)
}

fn query() -> ListCustomerCharges {
    let cycle: BillCycle = "2026-04".parse().unwrap();
    ListCustomerCharges::new(cycle, "06a7969058802f0c0f01c00b91846780").limit(PAGE as u32)
}

#[tokio::test]
async fn a_long_list_is_read_in_little_memory() {
    let (client, charges) = client();
    // The first page pays for what is made once: tables of codes, the runtime's own.
    client.send(&query()).await.unwrap();
    let Some(mut meter) = Meter::start() else {
        println!("skipped: there is no /proc/self/status here");
        return;
    };
    let mut rows = client.items(query()).prefetch(3);
    let (mut count, mut sum) = (0, Amount::ZERO);
    while let Some(row) = rows.try_next().await.unwrap() {
        count += 1;
        sum = sum.checked_add(row.payment_amount.unwrap()).unwrap();
        if count % PAGE == PAGE / 2 {
            meter.sample();
        }
    }
    let growth = meter.growth();
    // The first page by itself, the pages, and one look beyond the last page, which is full.
    assert_eq!((count, charges.pages.load(Ordering::Relaxed)), (ROWS, 2 + ROWS / PAGE));
    assert_eq!(sum, Amount::new(4 * i64::try_from(ROWS).unwrap(), 2).unwrap());
    println!("{ROWS} rows, {} KiB above the start", growth >> 10);
    assert!(growth < BOUND, "{ROWS} rows took {} KiB above the start", growth >> 10);

    // What the bound is for: rows that pile up break it.
    let before = status("VmRSS").unwrap();
    let kept: Vec<_> = client.items(query()).take(KEPT).try_collect().await.unwrap();
    let growth = status("VmRSS").unwrap().saturating_sub(before);
    println!("{} rows kept, {} KiB above the start", kept.len(), growth >> 10);
    assert!(growth > BOUND, "the bound is too wide: {KEPT} rows kept took {} KiB", growth >> 10);
}

#[tokio::test]
async fn memory_grows_with_what_comes_and_not_with_what_is_announced() {
    const ANNOUNCED: u64 = 64 << 20;
    let Some(before) = status("VmSize") else {
        println!("skipped: there is no /proc/self/status here");
        return;
    };
    let waiting: Vec<_> = (0..100)
        .map(|_| {
            let pieces = stream::iter([Ok(Bytes::from_static(b"{")), Ok(Bytes::from_static(b"}"))]);
            let body = Body::stream(pieces.chain(stream::pending()), Some(ANNOUNCED));
            tokio::spawn(async move { body.collect(usize::MAX).await })
        })
        .collect();
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    let growth = status("VmSize").unwrap().saturating_sub(before);
    assert!(waiting.iter().all(|body| !body.is_finished()));
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
    println!("100 bodies of 64 MiB, {} KiB reserved", growth >> 10);
    assert!(growth < 1 << 30, "{} MiB are reserved for what has not come", growth >> 20);
}

//! A store of 100,000 records: the due list, duplicates, reopening.
#![allow(clippy::unwrap_used)] // a benchmark may stop

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use criterion::{Criterion, criterion_group, criterion_main};
use huaweicloud_partner::workflow::{ChinaCalendar, EventLine, MemoryRecords, RecordStore};

const RECORDS: usize = 100_000;

/// Half POs under verification, half HOs to be accepted, opened over the working weeks of one spring.
fn events() -> Vec<EventLine> {
    let partner = r#""by":{"role":"partner_administrator","name":"Li Lei"}"#;
    let form = |number: usize| {
        format!(
            r#"{{"customer":{{"company":"Customer {number}","account":"c-{number}"}},"name":"Project {number}",
            "description":{{"budget":"granted","authority":"CIO","need":"one store for all data","timing":"summer"}},
            "contact":{{"name":"Han Meimei","phone":"13900000000"}},"budget":800000.00,"order_expected":"2026-06-15",
            "expected_revenue":300000.00,"currency":"CNY","need_from":"own_effort",
            "consent":{{"given_on":"2026-01-05","given_by":"Han Meimei"}},"services":["OBS","DWS"]}}"#
        )
        .replace('\n', "")
    };
    let mut lines = Vec::new();
    for number in 0..RECORDS {
        let at = format!("2026-{:02}-{:02}T02:00:00Z", 2 + number % 4, 1 + number % 28);
        if number % 2 == 0 {
            let form = form(number);
            lines.push(format!(
                r#"{{"id":"PO-{number}","kind":"po","at":"{at}",{partner},"event":{{"submit":{form}}}}}"#
            ));
            lines.push(format!(
                r#"{{"id":"PO-{number}","at":"{at}","by":{{"role":"huawei_partner_manager"}},"event":"pass_audit"}}"#
            ));
        } else {
            lines.push(format!(
                r#"{{"id":"HO-{number}","kind":"ho","at":"{at}","by":{{"role":"system"}},"event":{{"share":{{"customer":{{"company":"Customer {number}"}},"name":"Project {number}","counts_from":{{"crm_creation":"{at}"}}}}}}}}"#
            ));
        }
    }
    lines.iter().map(|line| EventLine::read(line).unwrap()).collect()
}

fn desk(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let storage = Arc::new(MemoryRecords::new());
    let open =
        || runtime.block_on(RecordStore::open(Arc::clone(&storage), ChinaCalendar::published())).unwrap();
    // Without the time that dropping a store takes.
    let opening = |times: u64| {
        let open_once = || {
            let start = Instant::now();
            let store = open();
            let taken = start.elapsed();
            assert_eq!(store.len(), RECORDS);
            taken
        };
        (0..times).map(|_| open_once()).sum::<Duration>()
    };
    let store = open();
    for result in runtime.block_on(store.apply_lines(&events())) {
        result.unwrap();
    }
    assert_eq!(store.len(), RECORDS);
    let now = "2026-03-04T02:00:00Z".parse().unwrap();
    let due = || runtime.block_on(store.due(now, 10)).unwrap();
    let overdue = || runtime.block_on(store.overdue(now)).unwrap();
    println!(
        "{} records, {} due in 10 working days, {} overdue",
        store.len(),
        due().items.len(),
        overdue().len()
    );

    let mut group = criterion.benchmark_group("store of 100,000 records");
    group.sample_size(10);
    group.bench_function("due in 10 working days", |bencher| bencher.iter(|| black_box(due())));
    group.bench_function("overdue", |bencher| bencher.iter(|| black_box(overdue())));
    group.bench_function("duplicates of one record", |bencher| {
        bencher.iter(|| black_box(store.duplicates("PO-5000")));
    });
    group.bench_function("reopen", |bencher| bencher.iter_custom(opening));
    group.finish();
}

criterion_group!(benches, desk);
criterion_main!(benches);

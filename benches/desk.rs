//! A desk of 100,000 records: the due list, one event, reopening a file.
#![allow(clippy::unwrap_used)] // a benchmark may stop

use std::{
    fs,
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{Criterion, criterion_group, criterion_main};
use huaweicloud_partner::workflow::{ChinaCalendar, EventLine, FileStorage, RecordStore};

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
    let path = std::env::temp_dir().join(format!("huaweicloud-partner-bench-{}.desk", std::process::id()));
    let open = || RecordStore::open(FileStorage::open(&path).unwrap(), ChinaCalendar::published()).unwrap();
    // Without the time that forgetting a desk takes.
    let opening = |times: u64| {
        let open_once = || {
            let start = Instant::now();
            let desk = open();
            let taken = start.elapsed();
            assert_eq!(desk.len(), RECORDS);
            taken
        };
        (0..times).map(|_| open_once()).sum::<Duration>()
    };
    let desk = open();
    for answer in desk.apply_lines(&events()) {
        answer.unwrap();
    }
    assert_eq!(desk.len(), RECORDS);
    let now = "2026-03-04T02:00:00Z".parse().unwrap();
    println!(
        "{} records, {} bytes, {} due in 10 working days, {} lapsed",
        desk.len(),
        fs::metadata(&path).unwrap().len(),
        desk.due(now, 10).items.len(),
        desk.lapsed(now).len()
    );

    let mut group = criterion.benchmark_group("desk of 100,000 records");
    group.sample_size(10);
    group.bench_function("due in 10 working days", |bencher| bencher.iter(|| black_box(desk.due(now, 10))));
    group.bench_function("lapsed", |bencher| bencher.iter(|| black_box(desk.lapsed(now))));
    group.bench_function("duplicates of one record", |bencher| {
        bencher.iter(|| black_box(desk.duplicates("PO-5000")));
    });
    drop(desk);
    group.bench_function("reopen", |bencher| bencher.iter_custom(opening));
    let desk = open();
    desk.compact().unwrap();
    drop(desk);
    group.bench_function("reopen after compaction", |bencher| bencher.iter_custom(opening));
    group.finish();
    fs::remove_file(&path).unwrap();
}

criterion_group!(benches, desk);
criterion_main!(benches);

//! Cost of decoding a page of a thousand charges compared with plain serde_json.
//!
//! Both read the same bytes. `types` is what the client does with every response: exact amounts, times, open
//! codes, masked text, tolerant of numbers written as text. `plain` is a struct of the same fields made of
//! `String` and `f64`, as it is written in a hurry. Both print rows per second. At the end come the ratios of
//! `types` to `plain` and to serde_json into the same types, taken in turn so that a busy machine slows all.

#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huaweicloud_partner::{bills::CustomerChargePage, types::decode};

const ROWS: usize = 1000;

#[derive(serde::Deserialize)]
#[allow(dead_code)]
struct Page {
    total_count: u64,
    currency: String,
    fee_records: Vec<Row>,
}

/// The fields of the crate's charge, one by one.
#[derive(serde::Deserialize)]
#[allow(dead_code)]
struct Row {
    bill_cycle: Option<String>,
    customer_id: String,
    association_type: Option<String>,
    service_type_code: Option<String>,
    resource_type_code: Option<String>,
    service_type_name: Option<String>,
    resource_type_name: Option<String>,
    charging_mode: Option<i64>,
    trade_time: Option<String>,
    trade_id: Option<String>,
    id: String,
    bill_detail_type: i64,
    resource_id: Option<String>,
    resource_name: Option<String>,
    product_spec_desc: Option<String>,
    region_code: Option<String>,
    product_id: Option<String>,
    product_name: Option<String>,
    resource_tag: Option<String>,
    consume_time: Option<String>,
    usage_type: Option<String>,
    usage_amount: Option<f64>,
    usage_measure_id: Option<i64>,
    free_resource_usage: Option<f64>,
    free_resource_measure_id: Option<i64>,
    ri_usage: Option<f64>,
    ri_usage_measure_id: Option<i64>,
    official_amount: f64,
    official_discount_amount: f64,
    payment_amount: f64,
    cash_amount: f64,
    credit_amount: f64,
    coupon_amount: f64,
    flexipurchase_coupon_amount: f64,
    stored_value_card_amount: f64,
    debt_amount: f64,
    writeoff_amount: f64,
    period_type: Option<i64>,
    account_manager_id: Option<String>,
    partner_id: Option<String>,
    region_name: Option<String>,
    sub_service_type_code: Option<String>,
    sub_service_type_name: Option<String>,
    sub_resource_type_code: Option<String>,
    sub_resource_type_name: Option<String>,
    sub_resource_id: Option<String>,
    sub_resource_name: Option<String>,
    period_num: Option<f64>,
    enterprise_project_id: Option<String>,
    order_type: Option<i64>,
    payment_type: Option<i64>,
}

/// A page as the service writes it: fields without a value are `null`, and amounts have up to eight decimals.
fn page() -> Vec<u8> {
    let row = |number: usize| {
        format!(
            r#"{{"bill_cycle":"2026-04","customer_id":"06a7969058802f0c0f01c00b91846780","association_type":"2","service_type_code":"hws.service.type.obs","resource_type_code":"hws.resource.type.obs","service_type_name":"Object Storage Service","resource_type_name":"Object storage","charging_mode":3,"trade_time":"2026-04-{day:02}T08:00:00Z","trade_id":"52b7d3b8-5e0d-4d6c-9f5e-6bd1c47e{number:04}","id":"6dd5b2b0-4fb9-4a72-8c68-0d6c5a1f{number:04}","bill_detail_type":5,"resource_id":"bucket-{number}","resource_name":"bucket {number}","product_spec_desc":"Standard storage, single AZ","region_code":"cn-north-4","product_id":"00301-43017-0--0","product_name":"Standard storage","resource_tag":null,"consume_time":"2026-04-{day:02}T07:00:00Z","usage_type":"Duration","usage_amount":{number}.125,"usage_measure_id":17,"free_resource_usage":0,"free_resource_measure_id":17,"ri_usage":null,"ri_usage_measure_id":null,"official_amount":{number}.04599822,"official_discount_amount":0.00000000,"payment_amount":{number}.04,"cash_amount":{number}.04,"credit_amount":0,"coupon_amount":0,"flexipurchase_coupon_amount":0,"stored_value_card_amount":0,"debt_amount":0,"writeoff_amount":0,"period_type":null,"account_manager_id":null,"partner_id":"0a1b2c3d4e5f60718293a4b5c6d7e8f9","region_name":"CN North-Beijing4","sub_service_type_code":null,"sub_service_type_name":null,"sub_resource_type_code":null,"sub_resource_type_name":null,"sub_resource_id":null,"sub_resource_name":null,"period_num":null,"enterprise_project_id":"0","order_type":null,"payment_type":null}}"#,
            day = number % 28 + 1
        )
    };
    let rows: Vec<String> = (0..ROWS).map(row).collect();
    format!(r#"{{"total_count":{ROWS},"currency":"CNY","fee_records":[{}]}}"#, rows.join(",")).into_bytes()
}

fn decoding(criterion: &mut Criterion) {
    let json = page();
    let plain: Page = serde_json::from_slice(&json).unwrap();
    let types: CustomerChargePage = decode(&json).unwrap();
    assert_eq!((plain.fee_records.len(), types.fee_records.len()), (ROWS, ROWS));

    let mut group = criterion.benchmark_group("a page of 1000 charges");
    group.throughput(Throughput::Elements(ROWS as u64)).sample_size(50);
    group.bench_function("plain", |bencher| {
        bencher.iter(|| serde_json::from_slice::<Page>(black_box(&json)).unwrap());
    });
    group.bench_function("types", |bencher| {
        bencher.iter(|| decode::<CustomerChargePage>(black_box(&json)).unwrap());
    });
    group.finish();
}

/// Prints the ratios of the fastest of many turns: what the decoders take when nothing disturbs them.
fn ratio(_: &mut Criterion) {
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let json = page();
    let time = |best: &mut Duration, decode: &dyn Fn()| {
        let start = Instant::now();
        decode();
        *best = start.elapsed().min(*best);
    };
    let (mut plain, mut types, mut serde) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..300 {
        time(&mut plain, &|| drop(black_box(serde_json::from_slice::<Page>(black_box(&json)).unwrap())));
        time(&mut types, &|| drop(black_box(decode::<CustomerChargePage>(black_box(&json)).unwrap())));
        time(&mut serde, &|| {
            drop(black_box(serde_json::from_slice::<CustomerChargePage>(black_box(&json)).unwrap()));
        });
    }
    let percent = |time: Duration, floor: Duration| time.as_nanos() * 100 / floor.as_nanos();
    println!("at best {plain:?} plain, {types:?} with types, {serde:?} with types by serde_json");
    println!(
        "types: {} % of plain, {} % of serde_json into types",
        percent(types, plain),
        percent(types, serde)
    );
}

criterion_group!(benches, decoding, ratio);
criterion_main!(benches);

//! Each cause of a difference, made on purpose: it is named with its exact amount, and nothing else is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

mod support;

use std::{collections::BTreeSet, fs};

use huaweicloud_partner::{
    Client,
    auth::Credentials,
    bills::{
        BillType, ChargingMode, ConsumingCustomer, ConsumingCustomerPage, CustomerCharge, CustomerChargePage,
        ListConsumingCustomers, ListCustomerCharges, ListMonthlyBills, MonthlyBill, MonthlyBillPage,
        MonthlyBillType, PartnerBill, ShowPartnerBill,
    },
    clock::ManualClock,
    partners::{Adjustment, AdjustmentKind, AdjustmentPage, ListAdjustments},
    resellers::{ListResellers, ResellerPage},
    testing::MockTransport,
    types::{Amount, BillCycle, Currency, Site, UtcTime},
};
use huaweicloud_partner_billing::{
    MonthEnd, Outcome, Verdict,
    export::{Format, local_directory},
    reconcile::{Cause, Check},
};
use support::read_back::{csv_rows, files, normal, parquet_rows, sum};

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

/// A month that is final at the time of the test clock, 2026-05-01, and one that is not.
const FINAL: &str = "2026-03";
const MOVING: &str = "2026-04";

/// A charge of customer c1 that keeps the service's own sums.
fn charge(kind: BillType, billed: &str) -> CustomerCharge {
    CustomerCharge::build(|row| {
        row.customer_id = "c1".into();
        row.service_type_code = Some("hws.service.type.obs".into());
        row.charging_mode = Some(ChargingMode::PayPerUse);
        row.bill_detail_type = Some(kind);
        row.trade_time = Some("2026-03-09T01:00:00Z".parse().unwrap());
        row.payment_amount = Some(amount(billed));
        row.official_amount = row.payment_amount;
        row.official_discount_amount = Some(Amount::ZERO);
        row.cash_amount = row.payment_amount;
    })
}

fn usage(billed: &str) -> CustomerCharge {
    charge(BillType::Usage, billed)
}

/// Usage of which a part was paid otherwise than in cash.
fn usage_with(billed: &str, part: &str, set: impl Fn(&mut CustomerCharge, Option<Amount>)) -> CustomerCharge {
    let mut row = usage(billed);
    row.cash_amount = amount(billed).checked_sub(amount(part));
    set(&mut row, Some(amount(part)));
    row
}

/// Statements of the service about the month of customer c1.
struct Books {
    cycle: &'static str,
    charges: Vec<CustomerCharge>,
    sums: Vec<(MonthlyBillType, &'static str)>,
}

impl Books {
    fn client(self) -> Client {
        let service = MockTransport::new();
        service.on_any::<ListResellers>().respond(ResellerPage::build(|page| page.count = Some(0)));
        service.on_any::<ListConsumingCustomers>().respond(ConsumingCustomerPage::build(|page| {
            page.total_count = Some(1);
            page.sub_customers.push(ConsumingCustomer::build(|customer| customer.customer_id = "c1".into()));
        }));
        let mut charges = self.charges;
        charges.iter_mut().enumerate().for_each(|(number, row)| row.id = format!("row-{number}"));
        service.on_any::<ListCustomerCharges>().respond(CustomerChargePage::build(|page| {
            page.total_count = Some(charges.len() as u64);
            page.currency = Some(Currency::from("CNY"));
            page.fee_records = charges;
        }));
        let sums = self.sums;
        service.on_any::<ListMonthlyBills>().respond_with(move |request| {
            let sums: Vec<MonthlyBill> = sums
                .iter()
                .filter(|_| request.charge_mode == ChargingMode::PayPerUse)
                .map(|(kind, billed)| {
                    MonthlyBill::build(|bill| {
                        bill.customer_id = "c1".into();
                        bill.cloud_service_type = Some("hws.service.type.obs".into());
                        bill.bill_type = Some(kind.clone());
                        bill.charge_mode = Some(ChargingMode::PayPerUse);
                        bill.amount = Some(amount(billed));
                        bill.debt_amount = bill.amount;
                    })
                })
                .collect();
            MonthlyBillPage::build(|page| {
                page.count = Some(sums.len() as u64);
                page.bill_sums = sums;
            })
        });
        let record = |kind: AdjustmentKind, granted: &str, time: &str| {
            Adjustment::build(|record| {
                record.customer_id = Some("c1".into());
                record.operation_type = Some(kind);
                record.amount = Some(amount(granted));
                record.operation_time = Some(time.parse().unwrap());
            })
        };
        let records = vec![
            record(AdjustmentKind::Grant, "100.10", "2026-03-02T00:00:00Z"),
            record(AdjustmentKind::Grant, "0.01", "2026-03-31T15:59:59Z"),
            record(AdjustmentKind::Reclaim, "30.05", "2026-03-20T00:00:00Z"),
            // The first second of the next month in Beijing.
            record(AdjustmentKind::Grant, "999", "2026-03-31T16:00:00Z"),
        ];
        service.on_any::<ListAdjustments>().respond(AdjustmentPage::build(|page| {
            page.total_count = Some(records.len() as u64);
            page.records = records;
        }));
        Client::for_test(service)
    }

    async fn close(self) -> Outcome {
        let cycle: BillCycle = self.cycle.parse().unwrap();
        let month = MonthEnd::new(&self.client(), cycle);
        let month = if cycle == FINAL.parse().unwrap() { month } else { month.preliminary() };
        month.close().await.unwrap()
    }
}

/// The differences of an outcome: what was compared, and the causes with their amounts.
fn found(outcome: &Outcome) -> Vec<(Check, Vec<(Cause, String)>)> {
    let causes = |causes: &[(Cause, huaweicloud_partner::types::Money)]| {
        causes.iter().map(|(cause, money)| (*cause, normal(&money.amount.to_string()))).collect::<Vec<_>>()
    };
    for difference in outcome.differences() {
        let parts = Amount::checked_sum(difference.causes.iter().map(|(_, money)| money.amount)).unwrap();
        assert_eq!(parts, difference.difference.amount, "causes add up to the difference: {difference}");
    }
    outcome.differences().iter().map(|difference| (difference.check, causes(&difference.causes))).collect()
}

/// A title, the charges, the month sums, and the differences between them.
type Case = (
    &'static str,
    Vec<CustomerCharge>,
    Vec<(MonthlyBillType, &'static str)>,
    Vec<(Check, Vec<(Cause, &'static str)>)>,
);

fn cases() -> Vec<Case> {
    use MonthlyBillType::{Consumption, Unsubscription, WriteOff};
    let late = || {
        let mut row = usage("5.05");
        row.trade_time = Some("2026-05-01T01:00:00Z".parse().unwrap());
        row
    };
    let coupon = |row: &mut CustomerCharge, part| row.coupon_amount = part;
    let written_off = |row: &mut CustomerCharge, part| row.writeoff_amount = part;
    vec![
        ("equal", vec![usage("10"), usage("2.50"), usage("0")], vec![(Consumption, "12.5")], vec![]),
        ("nothing on either side", vec![usage("0"), usage("0.00")], vec![], vec![]),
        (
            "all kinds, each in its sum",
            vec![
                usage("10"),
                charge(BillType::Unsubscription, "-4"),
                charge(BillType::Deduction, "1.25"),
                usage_with("3", "2", written_off),
            ],
            vec![(Consumption, "14.25"), (Unsubscription, "-4"), (WriteOff, "-2")],
            vec![],
        ),
        (
            "adjustments left out",
            vec![usage("10"), charge(BillType::Compensation, "-3.5"), charge(BillType::Deduction, "1")],
            vec![(Consumption, "10")],
            vec![(Check::MonthlyConsumption, vec![(Cause::Adjustment, "2.5")])],
        ),
        (
            "refunds set off",
            vec![usage("10"), charge(BillType::ChangeRefund, "-4.01")],
            vec![(Consumption, "5.99")],
            vec![
                (Check::MonthlyConsumption, vec![(Cause::Unsubscription, "-4.01")]),
                (Check::MonthlyRefunds, vec![(Cause::Unsubscription, "4.01")]),
            ],
        ),
        (
            "write-offs not listed",
            vec![usage_with("10", "2.2", written_off)],
            vec![(Consumption, "10")],
            vec![(Check::MonthlyWriteOffs, vec![(Cause::WriteOff, "2.2")])],
        ),
        (
            "vouchers subtracted",
            vec![
                usage_with("10", "1.5", coupon),
                usage_with("7", "0.25", |row, part| {
                    row.flexipurchase_coupon_amount = part;
                }),
            ],
            vec![(Consumption, "15.25")],
            vec![(Check::MonthlyConsumption, vec![(Cause::Coupons, "-1.75")])],
        ),
        (
            "tax left out",
            vec![usage("10"), charge(BillType::Tax, "0.6")],
            vec![(Consumption, "10")],
            vec![(Check::MonthlyConsumption, vec![(Cause::Tax, "-0.6")])],
        ),
        (
            "charges of today",
            vec![usage("10"), late()],
            vec![(Consumption, "10")],
            vec![(Check::MonthlyConsumption, vec![(Cause::LateRows, "-5.05")])],
        ),
        (
            "each row cut to cents",
            vec![usage("1.23900001"), usage("2.558")],
            vec![(Consumption, "3.78")],
            vec![(Check::MonthlyConsumption, vec![(Cause::Truncation, "-0.01700001")])],
        ),
        (
            "the total rounded once",
            vec![usage("1.234"), usage("1.234")],
            vec![(Consumption, "2.47")],
            vec![(Check::MonthlyConsumption, vec![(Cause::Rounding, "0.002")])],
        ),
        (
            "each row rounded",
            vec![usage("1.236"), usage("1.236")],
            vec![(Consumption, "2.48")],
            vec![(Check::MonthlyConsumption, vec![(Cause::RowRounding, "0.008")])],
        ),
        (
            "two causes at once",
            vec![usage_with("10", "1.5", coupon), late()],
            vec![(Consumption, "8.5")],
            vec![(Check::MonthlyConsumption, vec![(Cause::LateRows, "-5.05"), (Cause::Coupons, "-1.5")])],
        ),
        (
            "a hundred-millionth that nothing explains",
            vec![usage("10"), usage_with("7", "0.25", coupon)],
            vec![(Consumption, "17.00000001")],
            vec![(Check::MonthlyConsumption, vec![(Cause::Unexplained, "0.00000001")])],
        ),
        (
            "no sum at all",
            vec![usage("10")],
            vec![],
            vec![(Check::MonthlyConsumption, vec![(Cause::Unexplained, "-10")])],
        ),
        (
            "a sum without charges",
            vec![],
            vec![(Consumption, "10")],
            vec![(Check::MonthlyConsumption, vec![(Cause::Unexplained, "10")])],
        ),
        (
            "a charge that is not the sum of its parts",
            vec![{
                let mut row = usage("10");
                row.cash_amount = Some(amount("9.99"));
                row
            }],
            vec![(Consumption, "10")],
            vec![(Check::ChargeParts, vec![(Cause::Unexplained, "0.01")])],
        ),
    ]
}

#[tokio::test]
async fn every_cause_of_the_china_site_is_named_with_its_exact_amount() {
    let mut seen = BTreeSet::new();
    for (title, charges, sums, expected) in cases() {
        let outcome = Books { cycle: FINAL, charges, sums }.close().await;
        let found = found(&outcome);
        seen.extend(found.iter().flat_map(|(_, causes)| causes.iter().map(|(cause, _)| *cause)));
        let found: Vec<(Check, Vec<(Cause, &str)>)> = found
            .iter()
            .map(|(check, causes)| {
                (*check, causes.iter().map(|(cause, text)| (*cause, text.as_str())).collect())
            })
            .collect();
        let absolute = |all: &[(Check, Vec<(Cause, &str)>)]| format!("{all:?}");
        assert_eq!(absolute(&found), absolute(&expected), "{title}: {:#?}", outcome.differences());
        let explained =
            expected.iter().all(|(_, causes)| causes.iter().all(|part| part.0 != Cause::Unexplained));
        assert_eq!(outcome.verdict(), if explained { Verdict::Agrees } else { Verdict::Differs }, "{title}");
    }
    // The other causes are those of the international site and of months that move.
    let others = BTreeSet::from([Cause::SettlementDiscount, Cause::Unclassified, Cause::MonthNotFinal]);
    assert_eq!(seen.len() + others.len(), 13, "{seen:?}");
    assert!(seen.is_disjoint(&others));
}

#[tokio::test]
async fn a_difference_of_a_month_that_moves_is_not_unexplained() {
    let books =
        Books { cycle: MOVING, charges: vec![usage("10")], sums: vec![(MonthlyBillType::Consumption, "12")] };
    let outcome = books.close().await;
    assert_eq!(found(&outcome), [(Check::MonthlyConsumption, vec![(Cause::MonthNotFinal, "2".to_owned())])]);
    assert_eq!(outcome.verdict(), Verdict::NotFinal);
}

#[tokio::test]
async fn money_granted_and_taken_back_in_the_month_stands_beside_the_charges() {
    let books = Books { cycle: FINAL, charges: vec![usage("0")], sums: vec![] };
    let outcome = books.close().await;
    let rows: Vec<_> = outcome
        .reference()
        .funding
        .iter()
        .map(|row| (row.receiver.as_str(), row.granted.to_string(), row.reclaimed.to_string()))
        .collect();
    assert_eq!(rows, [("c1", "100.11".to_owned(), "30.05".to_owned())]);
}

#[tokio::test]
async fn totals_of_refunds_adjustments_write_offs_and_zero_rows_are_equal_in_all_files() {
    let kinds = [
        BillType::Usage,
        BillType::NewPurchase,
        BillType::Unsubscription,
        BillType::Compensation,
        BillType::Deduction,
        BillType::Tax,
        BillType::UnsubscriptionFee,
        BillType::SavingsPlanOffset,
        BillType::from(7777),
    ];
    let mut charges = Vec::new();
    let mut units = 0_i64;
    for number in 0..90_i64 {
        let kind = kinds[usize::try_from(number).unwrap() % kinds.len()];
        let sign = if matches!(kind, BillType::Unsubscription | BillType::Compensation) { -1 } else { 1 };
        let digits = sign * (number % 11) * 123_456_789;
        units += digits;
        let mut row = charge(kind, &Amount::new(digits, 8).unwrap().to_string());
        if number % 4 == 1 {
            (row.writeoff_amount, row.cash_amount) = (row.cash_amount, Some(Amount::ZERO));
        }
        charges.push(row);
    }
    let outcome = Books { cycle: FINAL, charges, sums: vec![] }.close().await;
    let total = outcome.total();
    assert_eq!(total.billed.amount(), Some(Amount::new(units, 8).unwrap()));
    let mut parts = total.consumption;
    for part in [&total.refunds, &total.adjustments, &total.unclassified] {
        parts.add_sum(part).unwrap();
    }
    assert_eq!(parts, total.billed, "the kinds are the whole");
    let out = tempfile::tempdir().unwrap();
    let manifest = outcome.export(Format::ALL, &local_directory(out.path()).unwrap()).await.unwrap();
    assert_eq!((manifest.billed, manifest.rows), (total.billed, 90));
    for (format, column, written_off) in
        [("focus-csv", "BilledCost", "x_WriteoffAmount"), ("csv", "payment_amount", "writeoff_amount")]
    {
        let rows = csv_rows(&files(out.path(), FINAL, format));
        assert_eq!(
            (sum(&rows, column), sum(&rows, written_off)),
            (total.billed, total.written_off),
            "{format}"
        );
        let parquet = if format == "csv" { "parquet" } else { "focus-parquet" };
        let rows = parquet_rows(&files(out.path(), FINAL, parquet));
        assert_eq!(
            (sum(&rows, column), sum(&rows, written_off)),
            (total.billed, total.written_off),
            "{parquet}"
        );
    }
}

/// A solution provider of the international site with this bill, and a statement file with these rows.
async fn international(csv: &str, bill: PartnerBill) -> Outcome {
    let service = MockTransport::new();
    service.on_any::<ListResellers>().respond(ResellerPage::build(|page| page.count = Some(0)));
    service.on_any::<ShowPartnerBill>().respond(bill);
    let now: UtcTime = "2026-05-01T00:00:00Z".parse().unwrap();
    let client = Client::builder(Site::International)
        .credentials(Credentials::keys("AK", "SK"))
        .transport(service)
        .clock(ManualClock::at(now.instant()))
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("customerBill_202603.tar.gz");
    let member = ("customerBill_202603_0001.csv".to_owned(), csv.as_bytes().to_vec());
    fs::write(&file, support::archive(&[member])).unwrap();
    MonthEnd::new(&client, FINAL.parse().unwrap()).statements([file]).close().await.unwrap()
}

fn bill(consumed: &str, refunds: &str, adjustments: &str, due: &str, tax: &str) -> PartnerBill {
    PartnerBill::build(|bill| {
        bill.bill_cycle = FINAL.parse().ok();
        bill.consume_amount = Some(amount(consumed));
        bill.refunds = Some(amount(refunds));
        bill.adjustments = Some(amount(adjustments));
        bill.initial_amount_due = Some(amount(due));
        bill.tax_amount = Some(amount(tax));
        bill.currency = Some(Currency::from("USD"));
    })
}

#[tokio::test]
async fn every_cause_of_the_international_site_is_named_with_its_exact_amount() {
    let kinds = "Customer ID,Bill Type,Settlement Amount (USD)\n\
        c1,Expenditure,10.00400000\nc2,Refund,-2.5\nc1,Adjustment,-1.25\nc3,Expenditure,0\n";
    let all = |parts: &[(Check, Cause, &str)]| -> Vec<(Check, Vec<(Cause, String)>)> {
        parts.iter().map(|(check, cause, text)| (*check, vec![(*cause, (*text).to_owned())])).collect()
    };

    let equal = international(kinds, bill("10.004", "-2.5", "-1.25", "6.254", "0")).await;
    assert_eq!((found(&equal), equal.verdict()), (vec![], Verdict::Agrees));

    let rounded = international(kinds, bill("10.00", "-2.5", "-1.25", "6.25", "0")).await;
    let expected = [
        (Check::BillConsumption, Cause::Rounding, "-0.004"),
        (Check::BillAmountDue, Cause::Rounding, "-0.004"),
    ];
    assert_eq!((found(&rounded), rounded.verdict()), (all(&expected), Verdict::Agrees));

    // The documented identity: tax is no addend of the amount due. Where it is one all the same, that is said.
    let taxed = international(kinds, bill("10.004", "-2.5", "-1.25", "6.854", "0.60")).await;
    let found_with_tax = found(&taxed);
    assert!(found_with_tax.contains(&(Check::BillAmountDue, vec![(Cause::Tax, "0.6".to_owned())])));
    assert!(found_with_tax.iter().any(|(check, _)| *check == Check::BillParts), "{found_with_tax:?}");

    let both = "Customer ID,Bill Type,Customer Expenditure (USD),Settlement Amount (USD)\n\
        c1,Expenditure,100,75\nc2,Expenditure,10,8\n";
    let listed = international(both, bill("110", "0", "0", "110", "0")).await;
    let expected = [
        (Check::BillConsumption, Cause::SettlementDiscount, "27"),
        (Check::BillAmountDue, Cause::SettlementDiscount, "27"),
    ];
    assert_eq!((found(&listed), listed.verdict()), (all(&expected), Verdict::Agrees));

    let without_kinds = "Customer ID,Settlement Amount (USD)\nc1,10\nc2,-2.5\n";
    let moved = international(without_kinds, bill("10", "0", "-2.5", "7.5", "0")).await;
    let expected = [
        (Check::BillRefunds, Cause::Unclassified, "2.5"),
        (Check::BillAdjustments, Cause::Unclassified, "-2.5"),
    ];
    assert_eq!((found(&moved), moved.verdict()), (all(&expected), Verdict::Agrees));

    let wrong = international(kinds, bill("10.004", "-2.5", "-1.26", "6.244", "0")).await;
    let expected = [
        (Check::BillAdjustments, Cause::Unexplained, "-0.01"),
        (Check::BillAmountDue, Cause::Unexplained, "-0.01"),
    ];
    assert_eq!((found(&wrong), wrong.verdict()), (all(&expected), Verdict::Differs));

    // A final month without a bill.
    let none = international(kinds, PartnerBill::default()).await;
    assert_eq!(found(&none), all(&[(Check::BillAmountDue, Cause::Unexplained, "-6.254")]));
}

//! Sources of a close: the files that are given, currencies, figures that the service refuses, referral customers, and what
//! an earlier run left.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use huaweicloud_partner::{
    Client,
    auth::Credentials,
    bills::{
        BillType, ChargingMode, ConsumingCustomer, ConsumingCustomerPage, CustomerCharge, CustomerChargePage,
        ListConsumingCustomers, ListCustomerCharges, ListMonthlyBills, MonthlyBillPage, PartnerBill,
        ShowPartnerBill,
    },
    clock::ManualClock,
    customers::{Customer, CustomerPage, ListCustomers},
    error::ErrorCode,
    partners::{AdjustmentPage, ListAdjustments},
    resellers::{ListResellers, Reseller, ResellerPage},
    testing::MockTransport,
    transport::{TransportError, TransportErrorKind},
    types::{Amount, Currency, Site, UtcTime},
};
use huaweicloud_partner_billing::{
    Error, MonthEnd, Outcome, Verdict,
    charges::Gap,
    export::{Format, local_directory},
    pricing::{PriceBook, PriceRule, Rounding},
    statement::{Column, Statement, StatementOptions},
};
use support::read_back::{csv_rows, files, sum};

fn refused() -> ErrorCode {
    ErrorCode::from("CBC.99000037")
}

fn time(text: &str) -> UtcTime {
    text.parse().unwrap()
}

/// A client of a service at a time.
fn client(site: Site, service: MockTransport, now: &str) -> Client {
    Client::builder(site)
        .credentials(Credentials::keys("AK", "SK"))
        .transport(service)
        .clock(ManualClock::at(time(now).instant()))
        .build()
        .unwrap()
}

/// A charge of a customer.
fn charge(customer: &str, id: &str, billed: &str) -> CustomerCharge {
    CustomerCharge::build(|row| {
        row.id = id.into();
        row.customer_id = customer.into();
        row.service_type_code = Some("hws.service.type.obs".into());
        row.charging_mode = Some(ChargingMode::PayPerUse);
        row.bill_detail_type = Some(BillType::Usage);
        row.payment_amount = Some(billed.parse().unwrap());
        row.cash_amount = row.payment_amount;
        (row.official_amount, row.official_discount_amount) = (row.payment_amount, Some(0.into()));
    })
}

/// The China site: customers of the partner with the charges that are set, and c9 of reseller r9, which is listed or not.
#[derive(Clone, Default)]
struct China {
    customers: Vec<&'static str>,
    charges: Arc<Mutex<Vec<CustomerCharge>>>,
    reseller_is_listed: bool,
    currency_of_sums: Option<Currency>,
}

impl China {
    fn with(charges: &[CustomerCharge]) -> Self {
        Self { customers: vec!["c1"], charges: Arc::new(Mutex::new(charges.to_vec())), ..Self::default() }
    }

    fn serve(&self, service: &MockTransport) {
        let own = self.charges.clone();
        let page = |rows: Vec<CustomerCharge>| {
            CustomerChargePage::build(|page| {
                page.total_count = Some(rows.len() as u64);
                page.currency = Some(Currency::Cny);
                page.fee_records = rows;
            })
        };
        service.on(|request: &ListCustomerCharges| request.customer_id.as_str() == "c9").respond_with(
            move |request| {
                page(request.indirect_partner_id.iter().map(|_| charge("c9", "nine", "9")).collect())
            },
        );
        service.on_any::<ListCustomerCharges>().respond_with(move |request| {
            let own = own.lock().unwrap();
            page(own.iter().filter(|row| row.customer_id == request.customer_id).cloned().collect())
        });
        let consuming: Vec<_> = self
            .customers
            .iter()
            .map(|id| ConsumingCustomer::build(|customer| customer.customer_id = (*id).into()))
            .collect();
        service.on_any::<ListConsumingCustomers>().respond(ConsumingCustomerPage::build(|page| {
            page.total_count = Some(consuming.len() as u64);
            page.sub_customers = consuming;
        }));
        let listed = self.reseller_is_listed;
        service.on_any::<ListResellers>().respond(ResellerPage::build(|page| {
            page.count = Some(u64::from(listed));
            if listed {
                let reseller = Reseller::build(|reseller| reseller.indirect_partner_id = "r9".into());
                page.indirect_partners.push(reseller);
            }
        }));
        service.on_any::<ListCustomers>().respond(CustomerPage::build(|page| {
            page.count = Some(1);
            page.customer_infos.push(Customer::build(|customer| customer.customer_id = "c9".into()));
        }));
        let currency = self.currency_of_sums.clone();
        service.on_any::<ListMonthlyBills>().respond(MonthlyBillPage::build(|page| {
            page.count = Some(0);
            page.currency = currency;
        }));
        service.on_any::<ListAdjustments>().respond(AdjustmentPage::build(|page| page.total_count = Some(0)));
    }

    fn client(&self, now: &str) -> Client {
        let service = MockTransport::new();
        self.serve(&service);
        client(Site::China, service, now)
    }
}

const FINAL: &str = "2026-05-06T00:00:00Z";

fn month(client: &Client) -> MonthEnd {
    MonthEnd::new(client, "2026-04".parse().unwrap())
}

fn billed(outcome: &Outcome) -> String {
    outcome.total().billed.to_string()
}

// Earlier runs.

#[tokio::test]
async fn charges_of_a_month_that_moved_are_read_again_once_it_is_final() {
    let folder = tempfile::tempdir().unwrap();
    let china = China::with(&[charge("c1", "one", "1")]);
    let early = china.client("2026-05-01T00:00:00Z");
    let close = |client: &Client| month(client).directory(folder.path()).resume();
    {
        let outcome = close(&early).preliminary().close().await.unwrap();
        assert_eq!((billed(&outcome).as_str(), outcome.verdict()), ("1", Verdict::NotFinal));
    }
    china.charges.lock().unwrap().push(charge("c1", "late", "2.5"));
    // As long as it moves, an earlier run is continued.
    assert_eq!(billed(&close(&early).preliminary().close().await.unwrap()), "1");
    let late = china.client(FINAL);
    assert_eq!(billed(&close(&late).close().await.unwrap()), "3.5");
    // What was read of a final month is not read again.
    china.charges.lock().unwrap().push(charge("c1", "later still", "4"));
    assert_eq!(billed(&close(&late).close().await.unwrap()), "3.5");
    let from_start = month(&late).directory(folder.path()).close().await.unwrap();
    assert_eq!(billed(&from_start), "7.5");
}

#[tokio::test]
async fn resellers_that_are_named_for_a_resumed_run_are_read_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let china = China::with(&[charge("c1", "one", "1")]);
    let client = china.client(FINAL);
    let close = || month(&client).directory(folder.path()).resume();
    {
        let outcome = close().close().await.unwrap();
        assert_eq!((billed(&outcome).as_str(), outcome.completeness().customers_listed), ("1", 1));
    }
    for _ in 0..2 {
        let outcome = close().former_resellers(["r9".into()]).close().await.unwrap();
        let found = outcome.completeness();
        assert_eq!((billed(&outcome).as_str(), found.customers_listed, found.resellers), ("10", 2, 1));
        assert!(found.is_complete(), "{found}");
    }
}

#[tokio::test]
async fn a_close_that_fails_between_two_customers_goes_on_without_losing_either() {
    let folder = tempfile::tempdir().unwrap();
    let customers = vec!["c1", "c2", "c3"];
    let charges = [charge("c1", "one", "1"), charge("c2", "two", "20"), charge("c3", "three", "300")];
    let china = China { customers, ..China::with(&charges) };
    for broken in ["c2", "c3", "c1"] {
        let service = MockTransport::new();
        service
            .on(move |request: &ListCustomerCharges| request.customer_id.as_str() == broken)
            .fail(|| TransportError::never_sent(TransportErrorKind::Unsupported));
        china.serve(&service);
        let failing = client(Site::China, service, FINAL);
        let error = month(&failing).directory(folder.path()).close().await.unwrap_err();
        assert!(matches!(error, Error::Call(_)), "{error}");
        let outcome = month(&china.client(FINAL)).directory(folder.path()).resume().close().await.unwrap();
        assert_eq!(billed(&outcome), "321", "after {broken} failed");
        assert_eq!(outcome.completeness().rows, outcome.total().rows);
    }
}

#[tokio::test]
async fn one_close_at_a_time_uses_a_directory() {
    let folder = tempfile::tempdir().unwrap();
    let client = China::with(&[charge("c1", "one", "1")]).client(FINAL);
    let close = || month(&client).directory(folder.path()).resume();
    let first = close().close().await.unwrap();
    let error = close().close().await.unwrap_err();
    assert!(error.to_string().contains("another close of 2026-04 uses the directory"), "{error}");
    drop(first);
    let second = close().close().await.unwrap();
    second.discard_charges().unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_an_earlier_run_left_is_refused_where_it_is_damaged_and_a_new_run_needs_none_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let china = China::with(&[charge("c1", "one", "1")]);
    let client = china.client(FINAL);
    drop(month(&client).directory(folder.path()).close().await.unwrap());
    let kept = folder.path().join(".month-end-2026-04");
    for (name, content) in [
        ("state.json", &b"{"[..]),
        ("state.json", b"{}"),
        ("customers.json", b"[]"),
        ("charges.jsonl.gz", b""),
        ("charges.jsonl.gz", b"\x1f\x8b\x08 not gzip at all, and longer than what was there before it was damaged, \
            so that it has the length that is known, which is checked first; what follows is checked when it is read"),
    ] {
        fs::write(kept.join(name), content).unwrap();
        let resumed = month(&client).directory(folder.path()).resume().close().await;
        let error = resumed.unwrap_err();
        assert!(matches!(error, Error::Resume { .. } | Error::File { .. }), "{name}: {error}");
        let outcome = month(&client).directory(folder.path()).close().await.unwrap();
        assert_eq!(billed(&outcome), "1", "{name}");
    }
}

// Refusals.

#[tokio::test]
async fn figures_that_are_refused_are_a_gap_and_not_a_difference() {
    let china = China { reseller_is_listed: true, ..China::with(&[charge("c1", "one", "0")]) };
    let service = MockTransport::new();
    service
        .on(|request: &ListMonthlyBills| {
            request.indirect_partner_id.is_some() && request.charge_mode == ChargingMode::SavingsPlan
        })
        .respond_with_code(refused());
    china.serve(&service);
    let outcome = month(&client(Site::China, service, FINAL)).close().await.unwrap();
    assert_eq!((billed(&outcome).as_str(), outcome.verdict()), ("9", Verdict::Incomplete));
    assert!(outcome.differences().is_empty(), "{:?}", outcome.differences());
    let gaps = &outcome.completeness().gaps;
    let of_r9 = |gap: &&Gap| matches!(gap, Gap::Figures { reseller: Some(id), .. } if id.as_str() == "r9");
    assert_eq!(gaps.iter().filter(of_r9).count(), 1, "{gaps:?}");
    for report in [outcome.report_text().unwrap(), outcome.report_html().unwrap()] {
        assert!(report.contains("charges of reseller r9 are not compared"), "{report}");
    }

    // The partner's own.
    let service = MockTransport::new();
    service.on_any::<ListMonthlyBills>().respond_with_code(refused());
    China::with(&[charge("c1", "one", "5")]).serve(&service);
    let outcome = month(&client(Site::China, service, FINAL)).close().await.unwrap();
    assert_eq!((outcome.differences().len(), outcome.verdict()), (0, Verdict::Incomplete));

    // The bill of the international site.
    let folder = tempfile::tempdir().unwrap();
    let file = given(folder.path(), "mine.csv", "Customer ID,payable\nc1,5\n");
    let service = MockTransport::new();
    service.on_any::<ListResellers>().respond_with_code(refused());
    service.on_any::<ShowPartnerBill>().respond_with_code(refused());
    let outcome =
        month(&client(Site::International, service, FINAL)).statements([file]).close().await.unwrap();
    assert_eq!((outcome.differences().len(), outcome.verdict()), (0, Verdict::Incomplete));
    assert!(matches!(outcome.completeness().gaps[..], [Gap::Figures { reseller: None, .. }]));
}

// Referral customers.

#[tokio::test]
async fn charges_of_referral_customers_have_no_own_price_and_are_named_in_the_report() {
    let mut referred = charge("c1", "two", "3");
    referred.association_type = Some(huaweicloud_partner::bills::CustomerAssociation::Referral);
    let client = China::with(&[charge("c1", "one", "10"), referred]).client(FINAL);
    let prices = PriceBook::new(Rounding::HALF_UP_TO_CENTS).rule(PriceRule::markup_percent(10.into()));
    let outcome = month(&client).prices(prices).close().await.unwrap();
    let lines: Vec<_> =
        outcome.invoice_lines().iter().map(|line| (line.charges, line.cost, line.price)).collect();
    assert_eq!(lines, [(1, Amount::from(10), Amount::from(11))]);
    assert_eq!((billed(&outcome).as_str(), outcome.unpriced()), ("13", 0));
    assert!(outcome.report_text().unwrap().contains("3 of it are paid by referral customers themselves"));
    assert!(outcome.report_html().unwrap().contains("Billed to referral customers"));
    let out = tempfile::tempdir().unwrap();
    outcome.export(Format::FocusCsv, &local_directory(out.path()).unwrap()).await.unwrap();
    let rows = csv_rows(&files(out.path(), "2026-04", "focus-csv"));
    assert_eq!(sum(&rows, "x_PartnerPrice").to_string(), "11");
}

// Files.

fn given(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    path
}

/// A provider of the international site with this bill.
fn provider(bill: PartnerBill, now: &str) -> Client {
    let service = MockTransport::new();
    service.on_any::<ListResellers>().respond(ResellerPage::build(|page| page.count = Some(0)));
    service.on_any::<ShowPartnerBill>().respond(bill);
    client(Site::International, service, now)
}

fn bill(due: i64, currency: &str) -> PartnerBill {
    PartnerBill::build(|bill| {
        bill.bill_cycle = "2026-04".parse().ok();
        bill.consume_amount = Some(due.into());
        (bill.refunds, bill.adjustments, bill.tax_amount) = (Some(0.into()), Some(0.into()), Some(0.into()));
        bill.initial_amount_due = Some(due.into());
        bill.currency = Some(Currency::from(currency));
    })
}

#[tokio::test]
async fn rows_of_another_month_are_bad_rows_also_in_files_with_names_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "Customer ID,Billing Cycle,payable\nc1,2026-04,5\nc1,2026-03,7\nc1,,1\n";
    let file = given(folder.path(), "mine.csv", rows);
    let client = provider(bill(6, "USD"), FINAL);
    let outcome = month(&client).statements([&file]).close().await.unwrap();
    assert_eq!((billed(&outcome).as_str(), outcome.verdict()), ("6", Verdict::Incomplete));
    assert!(
        matches!(&outcome.completeness().gaps[..], [Gap::BadRows { rows: 1, first, .. }] if first.contains("2026-03"))
    );
    // Options that say another month contradict the close.
    let march = StatementOptions::new().cycle("2026-03".parse().unwrap());
    let month = month(&client).statements_with_options([Statement::new(&file).with_options(march)]);
    let error = month.close().await.unwrap_err();
    assert!(
        error.to_string().contains("mine.csv is read as a file of 2026-03, and 2026-04 is closed"),
        "{error}"
    );
}

#[tokio::test]
async fn nothing_is_counted_twice_however_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "Customer ID,payable\nc1,5\n";
    let archive = support::archive(&[("customerBill_202604_0001.csv".into(), rows.as_bytes().to_vec())]);
    let put = |name: &str| {
        let path = given(folder.path(), name, "");
        fs::write(&path, &archive).unwrap();
        path
    };
    let client = provider(bill(5, "USD"), FINAL);
    let close = |paths: Vec<PathBuf>| month(&client).statements(paths).close();
    let whole = put("customerBill_202604.tar.gz");
    let member = given(folder.path(), "customerBill_202604_0001.csv", rows);
    let copy = put("customerBill_202604 (1).tar.gz");
    let other = given(folder.path(), "other.csv", "Customer ID,payable\nc2,5\n");
    // The archive, and what it was unpacked to.
    for paths in [vec![whole.clone()], vec![member.clone()], vec![member.clone(), whole.clone()]] {
        let outcome = close(paths).await.unwrap();
        assert_eq!((billed(&outcome).as_str(), outcome.verdict()), ("5", Verdict::Agrees));
    }
    for paths in [
        vec![whole.clone(), copy.clone()],
        vec![copy.clone(), put("again.tar.gz")],
        vec![whole.clone(), whole.clone()],
        vec![whole.clone(), put("elsewhere/customerBill_202604.tar.gz")],
        vec![
            member.clone(),
            given(folder.path(), "elsewhere/customerBill_202604_0001.csv", "Customer ID,payable\nc3,1\n"),
        ],
    ] {
        let error = close(paths.clone()).await.unwrap_err();
        assert!(matches!(error, Error::Configuration(_)), "{error}");
        assert!(error.to_string().contains("given twice"), "{paths:?}: {error}");
    }
    // Files of the same length that differ are read.
    let outcome =
        close(vec![other.clone(), given(folder.path(), "third.csv", "Customer ID,payable\nc3,7\n")]).await;
    assert_eq!(billed(&outcome.unwrap()), "12");
    let error = close(vec![given(folder.path(), "customerBill_202603_0001.csv", rows)]).await.unwrap_err();
    assert!(error.to_string().contains("is not a file of 2026-04"), "{error}");
}

#[tokio::test]
async fn unpacked_usage_files_that_later_ones_replace_do_not_close_a_month() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "Customer ID,payable\nc1,5\n";
    let early = given(folder.path(), "customerUsageV2_202604_20260503_00000001.csv", rows);
    let last =
        given(folder.path(), "customerUsageV2_202604_20260504_00000001.csv", "Customer ID,payable\nc1,6\n");
    let client = provider(bill(6, "USD"), FINAL);
    let error = month(&client).statements([&early]).close().await.unwrap_err();
    assert!(error.to_string().contains("fetch customerBill_202604.tar.gz"), "{error}");
    let outcome = month(&client).statements([&early]).preliminary().close().await.unwrap();
    assert_eq!((outcome.verdict(), outcome.is_final()), (Verdict::NotFinal, false));
    let outcome = month(&client).statements([&early, &last]).close().await.unwrap();
    assert_eq!((billed(&outcome).as_str(), outcome.verdict()), ("6", Verdict::Agrees));
}

// Currencies.

#[tokio::test]
async fn currencies_are_those_of_the_site_and_never_mix() {
    let folder = tempfile::tempdir().unwrap();
    let bare = given(folder.path(), "bare.csv", "Customer ID,payable\nc1,5\n");
    let euros = given(folder.path(), "euros.csv", "Customer ID,payable (EUR)\nc1,5\n");
    let mixed = given(folder.path(), "mixed.csv", "Customer ID,payable,Currency\nc1,5,USD\nc1,5,EUR\n");
    let dollars = provider(bill(5, "USD"), FINAL);
    let outcome = month(&dollars).statements([&bare]).close().await.unwrap();
    assert_eq!((outcome.totals().currency(), outcome.verdict()), (Some("USD"), Verdict::Agrees));
    let is_mixed = |error: &Error| matches!(error, Error::MixedCurrencies(..));
    for file in [&euros, &mixed] {
        let error = month(&dollars).statements([file]).close().await.unwrap_err();
        assert!(is_mixed(&error), "{error}");
    }
    let error = month(&provider(bill(5, "EUR"), FINAL)).statements([&bare]).close().await.unwrap_err();
    assert!(is_mixed(&error), "{error}");
    let options = StatementOptions::new().currency("EUR");
    let labelled = Statement::new(&bare).with_options(options);
    let euro_bill = provider(bill(5, "EUR"), FINAL);
    let outcome = month(&euro_bill).statements_with_options([labelled]).close().await.unwrap();
    assert_eq!((outcome.totals().currency(), outcome.verdict()), (Some("EUR"), Verdict::Agrees));
    // Month sums in another currency than the charges.
    let china = China { currency_of_sums: Some(Currency::Usd), ..China::with(&[charge("c1", "one", "1")]) };
    let error = month(&china.client(FINAL)).close().await.unwrap_err();
    assert!(is_mixed(&error), "{error}");
}

#[tokio::test]
async fn a_report_of_many_lines_says_how_many_it_leaves_out_and_adds_all_of_them_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = "Customer ID,Partner ID,Product Type Code,payable\n".to_owned();
    for number in 0..620 {
        let partner = if number % 3 == 0 { "me".to_owned() } else { format!("reseller-{}", number % 3) };
        rows.push_str(&format!("customer-{number},{partner},hws.service.type.obs,1.004\n"));
    }
    let file = given(folder.path(), "mine.csv", &rows);
    let prices = PriceBook::new(Rounding::HALF_UP_TO_CENTS).rule(PriceRule::markup_percent(50.into()));
    let client = provider(bill(1, "USD"), FINAL);
    let month = month(&client).statements([file]).billing_account("me", None).prices(prices);
    let outcome = month.close().await.unwrap();
    assert_eq!(outcome.completeness().resellers, 2);
    let (text, html) = (outcome.report_text().unwrap(), outcome.report_html().unwrap());
    // 620 lines of 1.51, each rounded by itself.
    for report in [&text, &html] {
        assert!(report.contains("622.48") && report.contains("936.20"), "{report}");
    }
    assert!(text.contains("  570 lines are not shown here\n") && html.contains("120 more."));
    let place = |what: &str| html.find(what).unwrap();
    assert!(place("<h2>Differences") < place("<h2>Own invoices"));
}

#[tokio::test]
async fn the_site_without_charges_and_files_says_so() {
    let service = MockTransport::new();
    let client = client(Site::Europe, service.clone(), FINAL);
    let error = month(&client).close().await.unwrap_err();
    assert!(matches!(error, Error::Configuration(_)) && error.to_string().contains("europe"), "{error}");
    service.on_any::<ListResellers>().respond(ResellerPage::build(|page| page.count = Some(0)));
    service.on_any::<ShowPartnerBill>().respond(bill(5, "EUR"));
    let folder = tempfile::tempdir().unwrap();
    let file = given(folder.path(), "mine.csv", "Customer ID,payable\nc1,5\n");
    let outcome = month(&client).statements([file]).close().await.unwrap();
    assert_eq!((billed(&outcome).as_str(), outcome.totals().currency()), ("5", Some("EUR")));
}

// Columns.

#[tokio::test]
async fn a_column_that_the_caller_names_counts_where_two_would() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "Customer ID,Amount Due,payable,Order ID,Transaction ID\nc1,5,6,,T1\nc1,7,8,O2,T2\n";
    let file = given(folder.path(), "mine.csv", rows);
    let client = provider(bill(12, "USD"), FINAL);
    let error = month(&client).statements([&file]).close().await.unwrap_err();
    assert!(error.to_string().contains("name the one that counts"), "{error}");
    let options = StatementOptions::new().column("Amount Due", Column::Payable);
    let named = Statement::new(&file).with_options(options);
    let mut trades = Vec::new();
    let summary = named
        .read(|row| {
            trades.push(row.charge.trade_id.map(str::to_owned));
            Ok(())
        })
        .unwrap();
    assert_eq!(trades, [Some("T1".to_owned()), Some("O2".to_owned())]);
    assert_eq!(summary.unknown_columns.iter().collect::<Vec<_>>(), ["Transaction ID", "payable"]);
    let outcome = month(&client).statements_with_options([named]).close().await.unwrap();
    assert_eq!((billed(&outcome).as_str(), outcome.verdict()), ("12", Verdict::Agrees));
}

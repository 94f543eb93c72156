//! A month of the sandbox, closed: totals are equal to the last decimal in the ledger, the charges, CSV and Parquet; the
//! example says how it went by its exit code, and goes on where it was killed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

mod support;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use huaweicloud_partner::types::BillCycle;
use huaweicloud_partner_billing::{
    Error, ExactSum, MonthEnd, Outcome, Verdict,
    export::{Format, PartitionBy, local_directory},
    pricing::{PriceBook, PriceRule, Rounding},
    reconcile::{Cause, Check},
};
use huaweicloud_partner_sandbox::{Server, ServerHandle};
use support::{
    read_back::{self, csv_rows, files, manifest, normal, parquet_rows, sum, sums_by},
    worlds::{self, World},
};
use tempfile::TempDir;

fn april() -> BillCycle {
    "2026-04".parse().unwrap()
}

fn total(amount: huaweicloud_partner::types::Amount) -> ExactSum {
    let mut sum = ExactSum::default();
    sum.add(amount).unwrap();
    sum
}

async fn close(world: &World) -> Outcome {
    let partner = world.sandbox.client(world.partner).unwrap();
    MonthEnd::new(&partner, world.cycle).close().await.unwrap()
}

/// Compares what the files say with the outcome, to the last decimal: all rows, each customer, each format.
fn compare_files(out: &Path, outcome: &Outcome) {
    let cycle = outcome.cycle().to_string();
    let by_customer: BTreeMap<String, ExactSum> = outcome
        .totals()
        .by(|key| key.customer.clone())
        .unwrap()
        .into_iter()
        .map(|(customer, sums)| (customer, sums.billed))
        .collect();
    let focus_csv = csv_rows(&files(out, &cycle, "focus-csv"));
    let focus_parquet = parquet_rows(&files(out, &cycle, "focus-parquet"));
    let plain_csv = csv_rows(&files(out, &cycle, "csv"));
    let plain_parquet = parquet_rows(&files(out, &cycle, "parquet"));
    for rows in [&focus_csv, &focus_parquet] {
        assert_eq!(rows.len() as u64, outcome.total().rows);
        assert_eq!(sum(rows, "BilledCost"), outcome.total().billed);
        assert_eq!(sums_by(rows, "SubAccountId", "BilledCost"), by_customer);
    }
    let column = if outcome.total().payable == outcome.total().billed {
        "payment_amount"
    } else {
        "settlement_amount"
    };
    for rows in [&plain_csv, &plain_parquet] {
        assert_eq!(rows.len() as u64, outcome.total().rows);
        assert_eq!(sums_by(rows, "customer_id", column), by_customer);
    }
    // Both forms hold the same rows in the same order; CSV keeps trailing zeros.
    for (csv, parquet) in [(&focus_csv, &focus_parquet), (&plain_csv, &plain_parquet)] {
        for (csv, parquet) in csv.iter().zip(parquet) {
            for (column, value) in csv {
                let (left, right) = (value.as_deref(), parquet[column].as_deref());
                assert!(
                    left == right || left.map(normal).as_deref() == right,
                    "{column}: {left:?} in CSV, {right:?} in Parquet"
                );
            }
        }
    }
    let manifest = manifest(out, &cycle);
    assert_eq!((manifest.rows, manifest.billed), (outcome.total().rows, outcome.total().billed));
    for format in ["focus-csv", "focus-parquet", "csv", "parquet"] {
        let mut billed = ExactSum::default();
        let mut rows = 0;
        for file in manifest.files.iter().filter(|file| file.format.as_str() == format) {
            billed.add_sum(&file.billed).unwrap();
            rows += file.rows;
            let bytes = fs::read(out.join(&file.path)).unwrap();
            assert_eq!(bytes.len() as u64, file.bytes);
            use sha2::Digest as _;
            let hash: String =
                sha2::Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hash, file.sha256);
        }
        assert_eq!((rows, billed), (manifest.rows, manifest.billed), "{format}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_are_equal_in_ledger_charges_csv_and_parquet() {
    let world = worlds::china(april(), 3000).await;
    let outcome = close(&world).await;
    assert_eq!(outcome.total().billed, total(world.consumed()), "the ledger");
    assert!(outcome.total().rows > 3000 + 3 * 40);
    assert!(outcome.total().refunds.amount().unwrap().is_negative());
    assert!(!outcome.total().coupons.is_zero());
    assert_eq!(outcome.total().without_amount, 0);
    let completeness = outcome.completeness();
    assert!(completeness.is_complete(), "{completeness}");
    assert_eq!((completeness.customers_listed, completeness.resellers), (40, 4));
    assert_eq!(completeness.rows, outcome.total().rows);
    let unexplained: Vec<_> =
        outcome.differences().iter().filter(|difference| !difference.is_explained()).collect();
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    assert_eq!(outcome.verdict(), Verdict::Agrees);
    assert!(!outcome.reference().funding.is_empty(), "money granted in the month is shown");
    // Customers of resellers are those of resellers.
    let by_reseller = outcome.totals().by(|key| key.reseller.clone()).unwrap();
    assert_eq!(by_reseller.len(), 5);

    let out = TempDir::new().unwrap();
    let store = local_directory(out.path()).unwrap();
    outcome.export(Format::ALL, &store).await.unwrap();
    compare_files(out.path(), &outcome);
    let zero = csv_rows(&files(out.path(), "2026-04", "focus-csv"));
    assert!(
        zero.iter().filter(|row| row["BilledCost"].as_deref().map(normal).as_deref() == Some("0")).count()
            >= 40
    );

    // Again, in small files by customer: the files of before are gone, the sums are the same.
    let partner = world.sandbox.client(world.partner).unwrap();
    let again = MonthEnd::new(&partner, april())
        .partition_by(PartitionBy::Customer)
        .rows_per_file(50, 70)
        .close()
        .await
        .unwrap();
    let manifest = again.export(Format::ALL, &store).await.unwrap();
    assert!(manifest.files.len() > 4 * 40);
    compare_files(out.path(), &again);
    let on_disk = walk(out.path()).len();
    assert_eq!(on_disk, manifest.files.len() + 1, "only what the manifest names, and the manifest");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_object_store_takes_the_files_and_later_formats_join_them() {
    use object_store::{ObjectStore, ObjectStoreExt as _, memory::InMemory};
    let world = worlds::china(april(), 0).await;
    let outcome = close(&world).await;
    let store: std::sync::Arc<dyn ObjectStore> = std::sync::Arc::new(InMemory::new());
    let first = outcome.export(Format::FocusCsv, &store).await.unwrap();
    let both = outcome.export(Format::Html, &store).await.unwrap();
    assert_eq!((first.files.len(), both.files.len()), (1, 2), "the same close: its files stay");
    for file in &both.files {
        let stored = store.get(&file.path.as_str().into()).await.unwrap().bytes().await.unwrap();
        assert_eq!(stored.len() as u64, file.bytes);
    }
    // Another close of the month: the earlier files are not part of it.
    world.sandbox.clock().advance(Duration::from_secs(60));
    let again = close(&world).await.export(Format::Parquet, &store).await.unwrap();
    assert_eq!(again.files.len(), 1);
    assert!(store.get(&first.files[0].path.as_str().into()).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn own_prices_stand_beside_the_cost_and_agree_to_the_cent() {
    let world = worlds::china(april(), 0).await;
    let partner = world.sandbox.client(world.partner).unwrap();
    let prices = PriceBook::new(Rounding::TRUNCATE_EACH_CHARGE)
        .rule(PriceRule::markup_percent("8".parse().unwrap()))
        .rule(PriceRule::discount_percent("2.5".parse().unwrap()).on_list_price().reseller("reseller-1"));
    let outcome = MonthEnd::new(&partner, april()).prices(prices).close().await.unwrap();
    assert_eq!(outcome.unpriced(), 0);
    let out = TempDir::new().unwrap();
    outcome.export([Format::FocusParquet, Format::Csv], &local_directory(out.path()).unwrap()).await.unwrap();
    let mut lines = ExactSum::default();
    let mut cost = ExactSum::default();
    for line in outcome.invoice_lines() {
        lines.add(line.price).unwrap();
        cost.add(line.cost).unwrap();
    }
    // Referral customers pay Huawei Cloud themselves.
    let referred = outcome.totals().by(|key| key.referral).unwrap().remove(&true).unwrap();
    assert!(!referred.billed.is_zero());
    cost.add_sum(&referred.billed).unwrap();
    assert_eq!(cost, outcome.total().billed);
    let rows = parquet_rows(&files(out.path(), "2026-04", "focus-parquet"));
    assert_eq!(sum(&rows, "x_PartnerPrice"), lines, "rows and invoice lines");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_close_names_what_changed_since() {
    let world = worlds::china(april(), 0).await;
    let first = close(&world).await;
    let checkpoint = serde_json::to_string(&first.checkpoint()).unwrap();
    let partner = world.sandbox.client(world.partner).unwrap();
    let since = |stored: &str| MonthEnd::new(&partner, april()).since(serde_json::from_str(stored).unwrap());
    let same = since(&checkpoint).close().await.unwrap();
    assert!(same.differences().iter().all(|difference| difference.check != Check::Checkpoint));
    let fill = huaweicloud_partner_sandbox::SandboxEvent::FillMonth { cycle: april(), rows: 80 };
    world.sandbox.apply(fill).unwrap();
    let later = since(&checkpoint).close().await.unwrap();
    let changed: Vec<_> =
        later.differences().iter().filter(|difference| difference.check == Check::Checkpoint).collect();
    assert_eq!(changed.len(), 40, "two rows more for each customer");
    // The month was final: rows that come after that have no known cause.
    assert!(changed.iter().all(|difference| difference.causes[0].0 == Cause::Unexplained));
    assert_eq!(later.verdict(), Verdict::Differs);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_whose_figures_move_is_refused_or_marked() {
    let world = worlds::china(april(), 0).await;
    let partner = world.sandbox.client(world.partner).unwrap();
    let running = april().next();
    let refused = MonthEnd::new(&partner, running).close().await.unwrap_err();
    assert!(matches!(&refused, Error::NotFinal { cycle, .. } if *cycle == running), "{refused}");
    let outcome = MonthEnd::new(&partner, running).preliminary().close().await.unwrap();
    assert_eq!((outcome.verdict(), outcome.verdict().exit_code()), (Verdict::NotFinal, 2));
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}

/// The example, built where it is missing or older than its sources.
fn example() -> PathBuf {
    let profile = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned();
    let path = profile.join("examples").join(format!("month_end{}", std::env::consts::EXE_SUFFIX));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = ["src", "examples", "../../src", "../sandbox/src"];
    let newest =
        sources.iter().flat_map(|folder| walk(&root.join(folder))).filter_map(|file| modified(&file));
    let built = modified(&path);
    if built.is_none() || built < newest.max() {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "-p", "huaweicloud-partner-billing", "--example", "month_end"]);
        build.arg("--target-dir").arg(profile.parent().unwrap());
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success());
    }
    path
}

fn modified(file: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(file).and_then(|found| found.modified()).ok()
}

struct Running {
    url: String,
    handle: ServerHandle,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.stop();
    }
}

async fn serve(world: &World) -> Running {
    let server = Server::bind(world.sandbox.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let running = Running { url: server.url(), handle: server.handle() };
    tokio::spawn(server.run());
    running
}

/// The example against a server, as the partner of a world.
fn closing(world: &World, server: &Running, out: &Path) -> Command {
    let site = if world.partner == "provider" { "international" } else { "china" };
    let key = world.partner.to_uppercase();
    let mut command = Command::new(example());
    command.args(["--server", &server.url, "--site", site, "--month", &world.cycle.to_string()]);
    command.args(["--access-key", &format!("AK{key}"), "--secret-key", &format!("SK{key}")]);
    command.args(["--account", world.partner]).arg("--out").arg(out);
    command
}

async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// Reads the files that a close left. Of manifest and report only the parts that do not state the time of the
/// close are kept.
fn left(out: &Path, cycle: &str) -> BTreeMap<String, Vec<u8>> {
    let manifest = manifest(out, cycle);
    let tables = manifest.files.iter().filter(|file| file.format != Format::Html);
    let mut left: BTreeMap<_, _> =
        tables.map(|file| (file.path.clone(), fs::read(out.join(&file.path)).unwrap())).collect();
    let mut value = serde_json::to_value(&manifest).unwrap();
    value["closed_at"] = "".into();
    for file in value["files"].as_array_mut().unwrap() {
        if file["format"] == "html" {
            file["sha256"] = "".into();
        }
    }
    left.insert("manifest".into(), value.to_string().into_bytes());
    left
}

/// Describes the position at which two files begin to differ.
fn difference(expected: &[u8], found: &[u8]) -> String {
    let at = expected.iter().zip(found).take_while(|(one, other)| one == other).count();
    let part = |bytes: &[u8]| {
        let (from, to) = (at.saturating_sub(200).min(bytes.len()), (at + 200).min(bytes.len()));
        String::from_utf8_lossy(&bytes[from..to]).into_owned()
    };
    format!("at {at} of {} and {}: {} -- {}", expected.len(), found.len(), part(expected), part(found))
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_points_and_resumed_the_example_leaves_the_same_files() {
    let world = worlds::china(worlds::month_before_last(), 4000).await.until_now();
    let (server, cycle) = (serve(&world).await, world.cycle.to_string());
    let whole = TempDir::new().unwrap();
    let began = Instant::now();
    let output = run(closing(&world, &server, whole.path())).await;
    let took = began.elapsed();
    assert_eq!(code(&output), 0, "{output:?}");
    let expected = left(whole.path(), &cycle);
    let stored = manifest(whole.path(), &cycle);
    assert_eq!(stored.billed, total(world.consumed()));
    assert!(stored.completeness.is_complete());

    let killed = TempDir::new().unwrap();
    let mut kills = 0;
    for round in 0_u32..5 {
        let mut command = closing(&world, &server, killed.path());
        command.arg("--resume").stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // Early, late, and anywhere.
        use std::hash::{BuildHasher as _, RandomState};
        let chance = u32::try_from(RandomState::new().hash_one(round) % 1000).unwrap();
        let wait = (took / 1000 * chance).max(Duration::from_millis(100));
        tokio::time::sleep(wait).await;
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills += 1;
        }
        child.wait().unwrap();
        // Whatever is visible under the name of a table is whole.
        for file in
            walk(killed.path()).iter().filter(|file| file.extension().is_some_and(|end| end == "parquet"))
        {
            parquet_rows(std::slice::from_ref(file));
        }
    }
    let output = run({
        let mut command = closing(&world, &server, killed.path());
        command.arg("--resume");
        command
    })
    .await;
    assert_eq!(code(&output), 0, "{output:?}");
    assert_eq!(left(killed.path(), &cycle).keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, bytes) in left(killed.path(), &cycle) {
        assert!(
            bytes == expected[&name],
            "after {kills} kills {name} differs: {}",
            difference(&expected[&name], &bytes)
        );
    }
    assert!(kills > 0, "no run was killed within {took:?}");
    assert!(walk(killed.path()).iter().all(|path| !path.to_string_lossy().contains(".month-end-")));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_files_are_written_the_month_is_whole_and_nothing_is_left_over() {
    let folder = TempDir::new().unwrap();
    let statement = folder.path().join("customerBill_202604.tar.gz");
    std::io::copy(&mut support::Generated::new(12_000), &mut fs::File::create(&statement).unwrap()).unwrap();
    let close = |out: &Path| {
        let mut command = Command::new(example());
        command.args(["--world", "international_provider", "--site", "international", "--month", "2026-04"]);
        command.args(["--formats", "focus-parquet,csv,html", "--account", "provider", "--resume"]);
        command.arg("--statement").arg(&statement).arg("--out").arg(out);
        command
    };
    let whole = TempDir::new().unwrap();
    let began = Instant::now();
    let output = run(close(whole.path())).await;
    let took = began.elapsed();
    // The world knows no bill of this month: the difference is not explained.
    assert_eq!(code(&output), 3, "{output:?}");
    let expected = left(whole.path(), "2026-04");
    let named = |out: &Path| -> Vec<PathBuf> {
        let manifest = manifest(out, "2026-04");
        let mut paths: Vec<_> = manifest.files.iter().map(|file| out.join(&file.path)).collect();
        paths.push(out.join("manifests/2026-04.json"));
        paths.sort();
        paths
    };

    let killed = TempDir::new().unwrap();
    let mut kills = 0;
    for round in 0_u32..6 {
        let mut child = close(killed.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Mostly in the second half, in which files are written.
        use std::hash::{BuildHasher as _, RandomState};
        let chance = 300 + u32::try_from(RandomState::new().hash_one(round) % 700).unwrap();
        tokio::time::sleep(took / 1000 * chance).await;
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills += 1;
        }
        child.wait().unwrap();
        if killed.path().join("manifests/2026-04.json").exists() {
            let manifest = manifest(killed.path(), "2026-04");
            for file in manifest.files.iter().filter(|file| file.format != Format::Html) {
                let bytes = fs::read(killed.path().join(&file.path)).unwrap();
                assert_eq!(bytes.len() as u64, file.bytes, "{}", file.path);
            }
        }
    }
    let output = run(close(killed.path())).await;
    assert_eq!(code(&output), 3, "{output:?}");
    assert_eq!(left(killed.path(), "2026-04"), expected, "after {kills} kills");
    let mut found = walk(killed.path());
    found.sort();
    assert_eq!(found, named(killed.path()), "after {kills} kills");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_closes_an_international_month_from_files() {
    let world = worlds::international(worlds::month_before_last()).await.until_now();
    let (server, cycle) = (serve(&world).await, world.cycle.to_string());
    let folder = TempDir::new().unwrap();
    let name = format!("customerBill_{}.tar.gz", cycle.replace('-', ""));
    let statement = folder.path().join(&name);
    fs::write(&statement, world.statement(25).await).unwrap();

    let out = TempDir::new().unwrap();
    let output = run({
        let mut command = closing(&world, &server, out.path());
        command.arg("--statement").arg(&statement);
        command
    })
    .await;
    assert_eq!(code(&output), 0, "{output:?}");
    let stored = manifest(out.path(), &cycle);
    assert_eq!(stored.billed, total(world.consumed()), "the ledger");
    assert!(stored.differences_explained > 0, "the bill is rounded to cents once");
    assert_eq!(stored.differences_unexplained, 0);
    for format in ["focus-csv", "csv"] {
        assert_eq!(csv_rows(&files(out.path(), &cycle, format)).len() as u64, stored.rows);
    }
    let rows = parquet_rows(&files(out.path(), &cycle, "focus-parquet"));
    assert_eq!(sum(&rows, "BilledCost"), stored.billed);
    assert!(rows.iter().all(|row| row["BillingCurrency"].as_deref() == Some("USD")));

    // A file that lacks rows: the difference from the bill has no known cause.
    let short = folder.path().join("short.tar.gz");
    let records = read_back::csv_rows(&files(out.path(), &cycle, "csv"));
    let half: String = records
        .iter()
        .take(records.len() / 2)
        .map(|row| {
            format!("{},{}\n", row["customer_id"].clone().unwrap(), row["settlement_amount"].clone().unwrap())
        })
        .collect();
    let csv = format!("Customer ID,Settlement Amount (USD)\n{half}").into_bytes();
    fs::write(&short, support::archive(&[("short_0001.csv".into(), csv)])).unwrap();
    let other = TempDir::new().unwrap();
    let output = run({
        let mut command = closing(&world, &server, other.path());
        command.args(["--formats", "html,csv"]).arg("--statement").arg(&short);
        command
    })
    .await;
    assert_eq!(code(&output), 3, "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("unexplained"));

    // No file at all: an error that names the file to fetch.
    let output = run(closing(&world, &server, other.path())).await;
    assert_eq!(code(&output), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains(&name), "{output:?}");
    // A damaged file.
    let whole = fs::read(&statement).unwrap();
    fs::write(&statement, &whole[..whole.len() / 2]).unwrap();
    let output = run({
        let mut command = closing(&world, &server, other.path());
        command.arg("--statement").arg(&statement);
        command
    })
    .await;
    assert_eq!(code(&output), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("damaged or cut off"), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn worlds_of_the_sandbox_close_on_both_sites() {
    let out = TempDir::new().unwrap();
    let close = |world: &str, site: &str, month: &str, more: &[&str]| {
        let mut command = Command::new(example());
        command
            .args(["--world", world, "--site", site, "--month", month])
            .args(more)
            .arg("--out")
            .arg(out.path());
        command
    };
    // A month before anything was charged.
    let output = run(close("small_distributor", "china", "2026-04", &[])).await;
    assert_eq!(code(&output), 0, "{output:?}");
    assert!(manifest(out.path(), "2026-04").completeness.is_complete());
    // The running month, from the file that the example makes.
    let running = ["--preliminary", "--formats", "focus-csv,html"];
    let output = run(close("international_provider", "international", "2026-05", &running)).await;
    assert_eq!(code(&output), 2, "{output:?}");
    let stored = manifest(out.path(), "2026-05");
    assert!(stored.rows > 0 && stored.completeness.is_complete());
    assert_eq!((stored.billing_account.as_str(), stored.billing_account_assumed), ("provider", false));
    let made = out.path().join("customerBill_202605.tar.gz");
    assert!(String::from_utf8_lossy(&output.stdout).contains(made.to_str().unwrap()));
    // The same file twice would count everything twice.
    let mine = out.path().join("mine.tar.gz");
    fs::copy(&made, &mine).unwrap();
    let twice = [mine.to_str().unwrap(), &format!("{}/./mine.tar.gz", out.path().display())];
    let output = run({
        let mut command = close("international_provider", "international", "2026-05", &running);
        command.args(["--statement", twice[0], "--statement", twice[1]]);
        command
    })
    .await;
    assert_eq!(code(&output), 1, "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("mine.tar.gz is given twice"), "{output:?}");
    // No partner of the site is in the world.
    let output = run(close("small_distributor", "international", "2026-04", &[])).await;
    assert_eq!(code(&output), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("no partner on the site international"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_usage_file_that_a_later_one_replaces_does_not_close_a_month() {
    let world = worlds::international(april()).await;
    let partner = world.sandbox.client(world.partner).unwrap();
    let folder = TempDir::new().unwrap();
    let named = |name: &str| folder.path().join(name);
    let bytes = world.statement(50).await;
    for name in ["customerUsageV2_202604_20260503.tar.gz", "customerUsageV2_202604_20260504.tar.gz"] {
        fs::write(named(name), &bytes).unwrap();
    }
    let early = named("customerUsageV2_202604_20260503.tar.gz");
    let refused = MonthEnd::new(&partner, april()).statements([&early]).close().await.unwrap_err();
    assert!(refused.to_string().contains("fetch customerBill_202604.tar.gz"), "{refused}");
    let outcome = MonthEnd::new(&partner, april()).statements([&early]).preliminary().close().await.unwrap();
    assert_eq!((outcome.verdict(), outcome.is_final()), (Verdict::NotFinal, false));
    // The last one of the month does.
    let both = [early, named("customerUsageV2_202604_20260504.tar.gz")];
    let outcome = MonthEnd::new(&partner, april()).statements(both).close().await.unwrap();
    assert_eq!(outcome.total().billed, total(world.consumed()));
    assert!(outcome.is_final());
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_say_how_the_close_went() {
    let mut world = worlds::china(worlds::month_before_last(), 0).await.until_now();
    let server = serve(&world).await;
    let out = TempDir::new().unwrap();
    // The running month moves.
    world.cycle = worlds::month_before_last().next().next();
    let output = run(closing(&world, &server, out.path())).await;
    assert_eq!(code(&output), 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not final"));
    assert_eq!(walk(out.path()).len(), 0, "nothing was written");
    let output = run({
        let mut command = closing(&world, &server, out.path());
        command.args(["--preliminary", "--formats", "csv"]);
        command
    })
    .await;
    assert_eq!(code(&output), 2, "{output:?}");
    assert_eq!(manifest(out.path(), &world.cycle.to_string()).verdict, "not_final");
    // Wrong arguments, no such world, no such server.
    for arguments in [
        vec!["--site", "mars"],
        vec!["--world", "nowhere", "--site", "china", "--month", "2026-04", "--out", "x"],
        vec![
            "--server",
            "http://127.0.0.1:1",
            "--access-key",
            "A",
            "--secret-key",
            "S",
            "--site",
            "china",
            "--month",
            "2026-04",
            "--out",
            out.path().to_str().unwrap(),
        ],
    ] {
        let mut command = Command::new(example());
        command.args(&arguments);
        assert_eq!(code(&run(command).await), 1, "{arguments:?}");
    }
    let mut help = Command::new(example());
    help.arg("--help");
    assert_eq!(code(&run(help).await), 0);
}

//! The example `bulk`, used as a person at a terminal uses it, against the sandbox as a server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

mod support;

use std::{fs, path::PathBuf, process::Output};

use huaweicloud_partner::{
    resellers::AllocateToReseller, testing::InjectedFault, types::Amount, vouchers::IssueVouchers,
};
use huaweicloud_partner_sandbox::{FaultTrigger, LedgerAccount, Sandbox, Server, ServerHandle};
use tokio::process::Command;

struct Desk {
    sandbox: Sandbox,
    url: String,
    stop: ServerHandle,
    directory: tempfile::TempDir,
    before: Amount,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.stop.stop();
    }
}

/// The result of a run.
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
    results: Vec<String>,
}

impl Desk {
    async fn open() -> Self {
        let now = time::OffsetDateTime::now_utc().replace_nanosecond(0).unwrap();
        let state = huaweicloud_partner_sandbox::State::named_at("small_distributor", now.into()).unwrap();
        let sandbox = Sandbox::new(state).without_quotas();
        let server = Server::bind(sandbox.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
        let (url, stop) = (server.url(), server.handle());
        tokio::spawn(server.run());
        let before = sandbox.snapshot().ledger().balance(&LedgerAccount::cash("reseller-1"));
        Self { sandbox, url, stop, directory: tempfile::tempdir().unwrap(), before }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Returns the amount that reseller-1 has received.
    fn received(&self) -> Amount {
        self.sandbox.audit().unwrap();
        let now = self.sandbox.snapshot().ledger().balance(&LedgerAccount::cash("reseller-1"));
        now.checked_sub(self.before).unwrap()
    }

    fn writes(&self) -> usize {
        let requests = self.sandbox.requests();
        requests.iter().filter(|request| request.path.ends_with("indirect-partner-adjust")).count()
    }

    async fn start(&self, arguments: &[&str]) -> Output {
        let journal = format!("sqlite:{}", self.path("journal.db").display());
        Command::new(support::program("bulk"))
            .current_dir(self.directory.path())
            .env("HUAWEICLOUD_SDK_SK", "SKDISTRIBUTOR")
            .args(["--server", &self.url, "--access-key", "AKDISTRIBUTOR"])
            .args(["--journal", &journal])
            .args(arguments)
            .output()
            .await
            .unwrap()
    }

    /// Runs the program over these lines.
    async fn run(&self, input: &str, arguments: &[&str]) -> Ran {
        fs::write(self.path("rows.csv"), input).unwrap();
        let mut all = vec!["--input", "rows.csv", "--results", "results.csv"];
        if !arguments.contains(&"--operation") {
            all.extend(["--operation", "allocate"]);
        }
        if !arguments.contains(&"--settle") {
            all.extend(["--settle", "2"]);
        }
        all.extend(arguments);
        let output = self.start(&all).await;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let results = fs::read_to_string(self.path("results.csv")).unwrap_or_default();
        Ran {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
            results: results.lines().map(str::to_owned).collect(),
        }
    }
}

impl Ran {
    /// The statuses of the rows, in order.
    fn statuses(&self) -> Vec<&str> {
        assert_eq!(self.results[0], "request_id,status,record_id,message", "{}", self.err);
        self.results[1..].iter().map(|line| line.split(',').nth(1).unwrap()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_sent_once_and_the_same_command_again_sends_nothing() {
    let desk = Desk::open().await;
    let rows = "request_id,target,amount\na,reseller-1,10.00\nb,reseller-1,20.50\nc,reseller-1,10.00\n";
    let first = desk.run(rows, &[]).await;
    assert_eq!((first.code, first.statuses()), (Some(0), vec!["executed"; 3]), "{}", first.err);
    assert!(first.out.starts_with("3 rows, 40.5 in total, 40.5 executed\n"), "{}", first.out);
    assert_eq!((desk.received(), desk.writes()), ("40.50".parse().unwrap(), 3));
    assert!(first.results[1..].iter().all(|line| !line.split(',').nth(2).unwrap().is_empty()));
    let again = desk.run(rows, &[]).await;
    assert_eq!((again.code, again.results, desk.writes()), (Some(0), first.results, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_gives_the_total_and_sends_nothing() {
    let desk = Desk::open().await;
    let rows = "request_id,target,amount\na,reseller-1,10.00\nb,reseller-1,20.50\n";
    let dry = desk.run(rows, &["--dry-run"]).await;
    assert_eq!((dry.code, dry.statuses(), desk.writes()), (Some(0), vec!["planned"; 2], 0));
    assert!(dry.out.starts_with("2 rows, 30.5 in total, 0 executed\n"), "{}", dry.out);
    let bad = desk.run("request_id,target,amount\n,reseller-1,1\nb,reseller-1,x\n", &["--dry-run"]).await;
    assert_eq!((bad.code, bad.statuses()), (Some(1), vec!["invalid"; 2]));
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_cannot_be_read_are_named_and_the_others_are_sent() {
    let desk = Desk::open().await;
    // From a spreadsheet on Windows: a byte order mark, its line endings, quotes and an empty line.
    let rows = "\u{feff}\"request_id\",\"target\",\"amount\",\"memo\"\r\n\
                good,reseller-1,10.00,\r\n\
                \r\n\
                \"quoted\",\" reseller-1 \",\"5\",\"a, b\"\r\n\
                words,reseller-1,ten,\r\n\
                short,reseller-1\r\n\
                thousand,reseller-1,1,000.00,x\r\n\
                negative,reseller-1,-1,\r\n\
                zero,reseller-1,0,\r\n\
                cents,reseller-1,1.005,\r\n\
                ,reseller-1,3,\r\n\
                no one,,3,\r\n\
                last,reseller-1,1.00";
    let ran = desk.run(rows, &[]).await;
    let mut expected = vec!["executed", "executed"];
    expected.extend(["invalid"; 8]);
    expected.push("executed");
    assert_eq!((ran.code, ran.statuses()), (Some(1), expected), "{:?}", ran.results);
    assert_eq!(desk.received(), "16.00".parse().unwrap());
    assert!(ran.results[3].contains("line 5"), "{}", ran.results[3]);
    assert!(ran.results[5].contains("5 fields for 4 columns"), "{}", ran.results[5]);
    // The lines that were fixed are sent under their old ids.
    let fixed = "request_id,target,amount\ngood,reseller-1,10.00\nwords,reseller-1,10\n";
    let ran = desk.run(fixed, &[]).await;
    assert_eq!((ran.code, ran.statuses(), desk.received()), (Some(0), vec!["executed"; 2], 26.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_is_one_write_whatever_the_lines_say() {
    let desk = Desk::open().await;
    let twice = "request_id,target,amount\na,reseller-1,10\n\" a \",reseller-1,10.00\n";
    let dry = desk.run(twice, &["--dry-run", "--limit-per-run", "10"]).await;
    assert!(dry.out.starts_with("2 rows, 10 in total, 0 executed\n1 planned\n1 row repeats"), "{}", dry.out);
    let ran = desk.run(twice, &["--limit-per-run", "10"]).await;
    assert_eq!((ran.code, ran.statuses(), desk.received()), (Some(0), vec!["executed"; 2], 10.into()));
    assert_eq!(ran.results[1], ran.results[2]);
    assert!(
        ran.out.starts_with("2 rows, 10 in total, 10 executed\n1 executed\n1 row repeats"),
        "{}",
        ran.out
    );
    for changed in ["a,reseller-1,11", "a,reseller-2,10"] {
        let ran = desk.run(&format!("request_id,target,amount\n{changed}\n"), &[]).await;
        assert_eq!((ran.code, ran.statuses()), (Some(1), vec!["invalid"]));
        assert!(ran.results[1].contains("belongs to another write"), "{}", ran.results[1]);
        let dry = desk.run(&format!("request_id,target,amount\n{changed}\n"), &["--dry-run"]).await;
        assert_eq!((dry.code, dry.statuses()), (Some(1), vec!["invalid"]));
    }
    let voucher = desk
        .run("request_id,target,amount\na,customer-1,10\n", &["--operation", "voucher", "--quota", "quota-1"])
        .await;
    assert_eq!((voucher.code, voucher.statuses()), (Some(1), vec!["invalid"]));
    assert_eq!((desk.received(), desk.writes()), (10.into(), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_which_an_id_stands_for_two_writes_is_refused_before_anything_is_sent() {
    let desk = Desk::open().await;
    for second in ["a,reseller-1,11", "a,reseller-2,10", "\" a\",reseller-1,11", "a,reseller-1,ten"] {
        let rows = format!("request_id,target,amount\nfirst,reseller-1,1\na,reseller-1,10\n\n{second}\n");
        for arguments in [&[][..], &["--dry-run"]] {
            let ran = desk.run(&rows, arguments).await;
            assert_eq!(
                (ran.code, ran.results.len(), desk.writes()),
                (Some(1), 0, 0),
                "{second}: {:?}",
                ran.out
            );
            let expected =
                "rows.csv: lines 3 and 5 have the request id a, and are different writes; nothing was sent";
            assert_eq!(ran.err.trim_end(), expected, "{second}");
        }
    }
    // The memo is part of a voucher.
    let rows = "request_id,target,amount,memo\na,customer-1,7,May\na,customer-1,7,June\n";
    let ran = desk.run(rows, &["--operation", "voucher", "--quota", "quota-1"]).await;
    assert!(ran.code == Some(1) && ran.err.contains("lines 2 and 3"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_is_named_stops_the_run_and_the_same_command_continues() {
    let mut desk = Desk::open().await;
    let rows: String = (0..30).map(|row| format!("r{row},reseller-1,1\n")).collect();
    let rows = format!("request_id,target,amount\n{rows}");
    let up = std::mem::replace(&mut desk.url, "http://127.0.0.1:1".to_owned());
    let began = std::time::Instant::now();
    let ran = desk.run(&rows, &["--tries", "2", "--stop-after-given-up", "3"]).await;
    assert_eq!((ran.code, ran.statuses()), (Some(1), vec!["not_sent"; 30]), "{:?}", ran.results);
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    assert!(ran.err.contains("again in") && ran.err.lines().count() < 30, "{}", ran.err);
    assert!(ran.out.contains("stopped: too many rows one after the other could not be sent"), "{}", ran.out);
    assert!(ran.out.contains("run the same command again to continue"), "{}", ran.out);
    // As one of all failures, too.
    let ran = desk.run(&rows, &["--tries", "1", "--stop-after", "1"]).await;
    assert!(ran.code == Some(1) && ran.out.contains("stopped: too many rows failed"), "{}", ran.out);
    desk.url = up;
    let ran = desk.run(&rows, &["--tries", "2", "--stop-after-given-up", "3"]).await;
    assert_eq!((ran.code, ran.statuses(), desk.received()), (Some(0), vec!["executed"; 30], 30.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_leaves_no_results_and_not_those_of_the_run_before() {
    let mut desk = Desk::open().await;
    let rows = "request_id,target,amount\na,reseller-1,1\n";
    let first = desk.run(rows, &[]).await;
    assert_eq!((first.code, first.statuses()), (Some(0), vec!["executed"]));
    let more = format!("{rows}b,reseller-1,2\n");
    fs::write(desk.path("rows.csv"), &more).unwrap();
    let up = std::mem::replace(&mut desk.url, "http://127.0.0.1:1".to_owned());
    let journal = format!("sqlite:{}", desk.path("journal.db").display());
    let mut child = Command::new(support::program("bulk"))
        .current_dir(desk.directory.path())
        .args(["--server", &desk.url, "--access-key", "AKDISTRIBUTOR", "--secret-key", "SKDISTRIBUTOR"])
        .args(["--journal", &journal, "--operation", "allocate", "--input", "rows.csv"])
        .args(["--results", "results.csv", "--settle", "2", "--tries", "100000"])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while desk.path("results.csv").exists() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    child.kill().await.unwrap();
    assert!(!desk.path("results.csv").exists());
    desk.url = up;
    let ran = desk.run(&more, &[]).await;
    assert_eq!((ran.code, ran.statuses(), desk.received()), (Some(0), vec!["executed"; 2], 3.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_in_another_encoding_are_invalid_and_a_long_memo_is_sent() {
    let desk = Desk::open().await;
    // GBK, as a spreadsheet saves "CSV" in China.
    let mut rows = b"request_id,target,amount,memo\na,customer-1,1,ok\nb,customer-1,2,".to_vec();
    rows.extend([0xce, 0xe5, 0xd4, 0xc2]);
    rows.extend(format!("\nc,customer-1,3,{}\nd,customer-1,\"1,5\",x\n", "m".repeat(5000)).bytes());
    fs::write(desk.path("rows.csv"), &rows).unwrap();
    let arguments = [
        "--operation",
        "voucher",
        "--quota",
        "quota-1",
        "--input",
        "rows.csv",
        "--results",
        "results.csv",
        "--settle",
        "2",
    ];
    let output = desk.start(&arguments).await;
    let results = fs::read_to_string(desk.path("results.csv")).unwrap();
    let statuses: Vec<_> = results.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
    // How long a memo may be is not documented.
    assert_eq!(statuses, ["executed", "invalid", "executed", "invalid"], "{results}");
    assert_eq!(output.status.code(), Some(1));
    assert!(results.contains("line 3 is not UTF-8"), "{results}");
    assert!(results.contains("column amount: "), "{results}");
    // All of it in UTF-16: nothing is sent.
    let wide: Vec<u8> = "\u{feff}request_id,target,amount\na,reseller-1,1\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(desk.path("rows.csv"), wide).unwrap();
    let before = desk.sandbox.requests().len();
    let arguments = ["--operation", "allocate", "--input", "rows.csv", "--results", "results.csv"];
    let output = desk.start(&arguments).await;
    assert_eq!((output.status.code(), desk.sandbox.requests().len()), (Some(1), before));
    assert!(String::from_utf8_lossy(&output.stderr).contains("rows.csv"), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_cannot_be_opened_sends_nothing_and_keeps_the_results() {
    let desk = Desk::open().await;
    let rows = "request_id,target,amount\na,reseller-1,1\n";
    fs::write(desk.path("rows.csv"), rows).unwrap();
    fs::write(desk.path("results.csv"), "of before\n").unwrap();
    fs::write(desk.path("no.db"), "this is no database, and long enough to be read as one".repeat(40))
        .unwrap();
    for journal in ["sqlite:missing/journal.db", "sqlite:no.db", "sqlite:", "journal.db"] {
        let mut arguments =
            vec!["--operation", "allocate", "--input", "rows.csv", "--results", "results.csv"];
        arguments.extend(["--settle", "2"]);
        let output = Command::new(support::program("bulk"))
            .current_dir(desk.directory.path())
            .args(["--server", &desk.url, "--access-key", "AKDISTRIBUTOR", "--secret-key", "SKDISTRIBUTOR"])
            .args(["--journal", journal])
            .args(&arguments)
            .output()
            .await
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), desk.writes()), (Some(1), 0), "{journal}: {error}");
        assert!(!error.is_empty() && error.lines().count() == 1, "{journal}: {error}");
        assert_eq!(fs::read_to_string(desk.path("results.csv")).unwrap(), "of before\n", "{journal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_are_refused_stop_the_run_at_once_and_settle_nothing() {
    let desk = Desk::open().await;
    let rows: String = (0..40).map(|row| format!("r{row},reseller-1,1\n")).collect();
    let rows = format!("request_id,target,amount\n{rows}");
    // A key that is refused too often is locked.
    let wrong = desk.run(&rows, &["--secret-key", "WRONG"]).await;
    assert_eq!((wrong.code, wrong.statuses()), (Some(1), vec!["not_sent"; 40]), "{:?}", wrong.results);
    assert!(wrong.err.contains("APIGW.0301"), "{}", wrong.err);
    assert!(wrong.out.contains("stopped: the service does not accept the credentials"), "{}", wrong.out);
    assert!(desk.sandbox.requests().len() <= 5, "{:?}", desk.sandbox.requests());
    let right = desk.run(&rows, &[]).await;
    assert_eq!((right.code, right.statuses(), desk.received()), (Some(0), vec!["executed"; 40], 40.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_without_rows_columns_or_a_place_for_results_are_refused_before_anything_is_sent() {
    let desk = Desk::open().await;
    let empty = desk.run("", &[]).await;
    assert_eq!(empty.code, Some(1));
    assert!(empty.err.contains("rows.csv: there is no column request_id"), "{}", empty.err);
    let other = desk.run("id;target;amount\n1;reseller-1;1\n", &[]).await;
    assert!(other.code == Some(1) && other.err.contains("id;target;amount"), "{}", other.err);
    let double = desk.run("request_id,target,amount,amount\na,reseller-1,1,2\n", &[]).await;
    assert!(double.code == Some(1) && double.err.contains("two columns amount"), "{}", double.err);
    let header = desk.run("request_id,target,amount\n", &[]).await;
    assert_eq!((header.code, header.statuses().len()), (Some(0), 0));

    let rows = "request_id,target,amount\na,reseller-1,1\n";
    fs::write(desk.path("rows.csv"), rows).unwrap();
    let arguments = [
        "--operation",
        "allocate",
        "--input",
        "rows.csv",
        "--settle",
        "2",
        "--results",
        "missing/results.csv",
    ];
    let output = desk.start(&arguments).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("missing/results.csv"));
    let arguments =
        ["--operation", "allocate", "--input", "rows.csv", "--settle", "2", "--results", "rows.csv"];
    let output = desk.start(&arguments).await;
    assert!(String::from_utf8_lossy(&output.stderr).contains("is the input"));
    assert_eq!(fs::read_to_string(desk.path("rows.csv")).unwrap(), rows);
    let arguments = ["--operation", "allocate", "--input", "none.csv", "--results", "results.csv"];
    assert!(String::from_utf8_lossy(&desk.start(&arguments).await.stderr).contains("none.csv"));
    assert_eq!(desk.writes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn vouchers_need_a_quota_and_carry_their_memo() {
    let desk = Desk::open().await;
    let rows = "request_id,target,amount,memo\nv1,customer-1,7,May\nv2,customer-1,7,\nv3,customer-1,7,May\n";
    let without = desk.run(rows, &["--operation", "voucher"]).await;
    assert!(without.code == Some(1) && without.err.contains("--quota"), "{}", without.err);
    desk.sandbox.inject(InjectedFault::LostResponse, FaultTrigger::call(2).of::<IssueVouchers>());
    let arguments = ["--operation", "voucher", "--quota", "quota-1"];
    let ran = desk.run(rows, &arguments).await;
    assert_eq!((ran.code, ran.statuses()), (Some(0), vec!["executed"; 3]), "{:?}", ran.results);
    let again = desk.run(rows, &arguments).await;
    assert_eq!((again.code, again.results), (Some(0), ran.results));
    desk.sandbox.audit().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_response_is_executed_for_a_sole_writer_and_undecided_otherwise() {
    let rows = "request_id,target,amount\na,reseller-1,10\nb,reseller-1,20\nc,reseller-1,10\n";
    for declared in [true, false] {
        let desk = Desk::open().await;
        desk.sandbox.inject(InjectedFault::LostResponse, FaultTrigger::call(2).of::<AllocateToReseller>());
        let arguments: &[&str] = if declared { &["--sole-writer"] } else { &[] };
        let ran = desk.run(rows, arguments).await;
        let executed = ran.statuses().iter().filter(|status| **status == "executed").count();
        assert_eq!(
            (ran.code, executed),
            if declared { (Some(0), 3) } else { (Some(1), 2) },
            "{:?}",
            ran.results
        );
        assert_eq!((desk.received(), desk.writes()), (40.into(), 3));
        let again = desk.run(rows, arguments).await;
        assert_eq!((again.code, again.results, desk.writes()), (ran.code, ran.results, 3));
    }
}

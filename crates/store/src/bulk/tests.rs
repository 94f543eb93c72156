//! Runs against the sandbox in process, whose clock moves on when a task waits.

use std::sync::{Arc, Mutex};

use futures_util::stream;
use huaweicloud_partner::{
    journal::{JournalOptions, MemoryJournal, ResolveOptions},
    resellers::AllocateToReseller,
    testing::InjectedFault,
    types::Amount,
    vouchers::IssueVouchers,
};
use huaweicloud_partner_sandbox::{FaultTrigger, LedgerAccount, Sandbox};

use super::*;

fn alone() -> JournalOptions {
    JournalOptions::new().resolve(ResolveOptions::new().sole_writer(true))
}

fn rows(amounts: &[i64]) -> Vec<(String, AllocateToReseller)> {
    let row = |(index, amount): (usize, &i64)| {
        (format!("row-{index}"), AllocateToReseller::new("reseller-1", Amount::from(*amount)))
    };
    amounts.iter().enumerate().map(row).collect()
}

fn received(sandbox: &Sandbox) -> Amount {
    sandbox.audit().unwrap();
    sandbox.snapshot().ledger().balance(&LedgerAccount::cash("reseller-1"))
}

fn csv(report: &BulkReport) -> Vec<String> {
    let mut csv = Vec::new();
    report.write_csv_to(&mut csv).unwrap();
    String::from_utf8(csv).unwrap().lines().skip(1).map(str::to_owned).collect()
}

struct World {
    sandbox: Sandbox,
    client: Client,
    journal: MemoryJournal,
    before: Amount,
}

impl World {
    fn new() -> Self {
        let sandbox = Sandbox::small_distributor().without_quotas();
        let client = sandbox.client("distributor").unwrap();
        let before = received(&sandbox);
        Self { sandbox, client, journal: MemoryJournal::new(), before }
    }

    /// As another process, after the death of the one before.
    fn bulk(&mut self) -> Bulk {
        let next = self.journal.another_process();
        self.journal.declare_dead();
        self.journal = next;
        Bulk::new(&self.client, self.journal.clone()).options(alone())
    }

    fn moved(&self) -> Amount {
        received(&self.sandbox).checked_sub(self.before).unwrap()
    }

    fn writes(&self) -> usize {
        let requests = self.sandbox.requests();
        requests.iter().filter(|request| request.path.ends_with("indirect-partner-adjust")).count()
    }
}

#[tokio::test]
async fn every_row_is_executed_once_and_a_second_run_sends_nothing() {
    let mut world = World::new();
    let rows = rows(&[10, 20, 10, 10, 5]);
    let report = world.bulk().run(stream::iter(rows.clone())).await.unwrap();
    assert!(report.is_settled() && report.count(BulkStatus::Executed) == 5, "{report:?}");
    assert_eq!((report.total(), report.executed(), world.moved()), (55.into(), 55.into(), 55.into()));
    assert_eq!(report.to_string(), "5 rows: 5 executed; 55 of 55 executed");
    let first = csv(&report);
    assert!(
        first.iter().enumerate().all(|(i, line)| line.starts_with(&format!("row-{i},executed,"))),
        "{first:?}"
    );
    let sent = world.writes();
    let again = world.bulk().run(stream::iter(rows)).await.unwrap();
    assert_eq!((csv(&again), world.writes(), world.moved()), (first, sent, 55.into()));
}

#[tokio::test]
async fn rows_whose_request_or_response_was_lost_are_executed_once() {
    for fault in [InjectedFault::LostResponse, InjectedFault::LostRequest, InjectedFault::ErrorAfter] {
        let mut world = World::new();
        let trigger = FaultTrigger::every(3).of::<AllocateToReseller>();
        world.sandbox.inject(fault, trigger);
        let amounts: Vec<i64> = (0..30).map(|number| 1 + number % 4).collect();
        let total: i64 = amounts.iter().sum();
        let report = world.bulk().run(stream::iter(rows(&amounts))).await.unwrap();
        assert_eq!(report.count(BulkStatus::Executed), 30, "{fault:?}: {:?}", csv(&report));
        assert_eq!(world.moved(), Amount::from(total), "{fault:?}");
        let mut records: Vec<String> =
            csv(&report).iter().map(|line| line.split(',').nth(2).unwrap().to_owned()).collect();
        records.sort();
        records.dedup();
        assert_eq!(records.len(), 30, "{fault:?}: every row has a record of its own");
    }
}

#[tokio::test]
async fn equal_vouchers_are_distinguished_by_their_memos() {
    let world = World::new();
    world.sandbox.inject(InjectedFault::LostResponse, FaultTrigger::every(4).of::<IssueVouchers>());
    let rows =
        (0..12).map(|index| (format!("v{index}"), IssueVouchers::new("quota-1", ["customer-1"], 7.into())));
    // No sole writer is declared: the memo decides.
    let bulk = Bulk::new(&world.client, world.journal.clone());
    let report = bulk.run(stream::iter(rows)).await.unwrap();
    assert_eq!(report.count(BulkStatus::Executed), 12, "{:?}", csv(&report));
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_dry_run_adds_up_and_sends_nothing() {
    let mut world = World::new();
    let mut all: Vec<BulkRow<AllocateToReseller>> = rows(&[10, 20]).into_iter().map(BulkRow::from).collect();
    all.push(BulkRow::unreadable("bad", "the amount is not a number"));
    all.push(("negative", AllocateToReseller::new("reseller-1", Amount::from(-1))).into());
    let report = world.bulk().dry_run(true).run(stream::iter(all)).await.unwrap();
    assert_eq!((report.total(), report.executed(), world.writes()), (30.into(), 0.into(), 0));
    assert_eq!((report.count(BulkStatus::Planned), report.count(BulkStatus::Invalid)), (2, 2));
    assert!(csv(&report)[2].contains("the amount is not a number"));
    assert!(!report.is_settled());

    world.bulk().run(stream::iter(rows(&[10]))).await.unwrap();
    let report = world.bulk().dry_run(true).run(stream::iter(rows(&[10, 20]))).await.unwrap();
    assert_eq!((report.count(BulkStatus::Executed), report.count(BulkStatus::Planned)), (1, 1));
    assert_eq!(world.moved(), 10.into());
}

#[tokio::test]
async fn limits_hold_back_items_and_the_rest_of_the_run_at_the_same_row_every_time() {
    let mut world = World::new();
    let run = |world: &mut World| {
        let bulk = world.bulk().limit_per_item(100.into()).limit_per_run(120.into());
        bulk.run(stream::iter(rows(&[60, 101, 60, 1, 60])))
    };
    for _ in 0..2 {
        let report = run(&mut world).await.unwrap();
        let statuses: Vec<String> =
            csv(&report).iter().map(|line| line.split(',').nth(1).unwrap().to_owned()).collect();
        assert_eq!(statuses, ["executed", "over_limit", "executed", "over_limit", "over_limit"]);
        assert_eq!((report.stopped(), world.moved()), (Some(StopReason::RunLimit), 120.into()));
    }
}

#[tokio::test]
async fn a_run_stops_after_failures_and_settles_what_is_open() {
    let mut world = World::new();
    world.sandbox.inject(InjectedFault::LostResponse, FaultTrigger::call(1).of::<AllocateToReseller>());
    let refused =
        |index: u32| (format!("refused-{index}"), AllocateToReseller::new("nobody", Amount::from(1)));
    let mut all = rows(&[10]);
    all.extend((0..5).map(refused));
    all.extend(
        (0..5)
            .map(|index| (format!("later-{index}"), AllocateToReseller::new("reseller-1", Amount::from(2)))),
    );
    let report = world.bulk().concurrency(2).stop_after_failures(2).run(stream::iter(all)).await.unwrap();
    assert_eq!(report.stopped(), Some(StopReason::Failures));
    assert_eq!((report.count(BulkStatus::Executed), world.moved()), (1, 10.into()), "{:?}", csv(&report));
    assert!(report.count(BulkStatus::NotSent) >= 7, "{:?}", csv(&report));
}

#[tokio::test]
async fn a_row_that_comes_twice_is_one_write_and_counts_once() {
    let row = |id: &str, amount: &str| {
        (id.to_owned(), AllocateToReseller::new("reseller-1", amount.parse::<Amount>().unwrap()))
    };
    let twice = [row("one", "10"), row("two", "5"), row("one", "10.00"), row("one", "10"), row("two", "5.0")];
    let mut world = World::new();
    let dry = world.bulk().dry_run(true).run(stream::iter(twice.clone())).await.unwrap();
    assert_eq!((dry.rows(), dry.repeats(), dry.count(BulkStatus::Planned)), (5, 3, 2));
    assert_eq!(dry.total(), 15.into());

    // Within the limit if each counts once.
    let bulk = world.bulk().limit_per_run(15.into());
    let report = bulk.run(stream::iter(twice.clone())).await.unwrap();
    assert_eq!((report.total(), report.executed(), world.moved()), (15.into(), 15.into(), 15.into()));
    assert_eq!((report.rows(), report.repeats(), report.count(BulkStatus::Executed)), (5, 3, 2));
    assert!(report.is_settled() && report.stopped().is_none());
    let lines = csv(&report);
    assert_eq!((&lines[0], &lines[0], &lines[1]), (&lines[2], &lines[3], &lines[4]));
    assert_ne!(lines[0], lines[1]);
    assert_eq!(world.writes(), 2);
    assert_eq!(find_conflict(twice).unwrap(), None);
}

#[tokio::test]
async fn a_request_id_of_another_write_is_invalid() {
    let mut world = World::new();
    let row =
        |id: &str, amount: i64| (id.to_owned(), AllocateToReseller::new("reseller-1", Amount::from(amount)));
    let rows = [row("one", 10), row("two", 10), row("one", 11)];
    let conflict = find_conflict(rows.clone()).unwrap().unwrap();
    assert_eq!((conflict.request_id.as_str(), conflict.first, conflict.second), ("one", 0, 2));
    let report = world.bulk().run(stream::iter(rows)).await.unwrap();
    assert_eq!((report.count(BulkStatus::Executed), report.count(BulkStatus::Invalid)), (2, 1));
    assert!(csv(&report)[2].contains("row 1 has the request id one"), "{:?}", csv(&report));
    assert_eq!((report.total(), world.moved()), (20.into(), 20.into()));

    // An input that was changed between two runs.
    for dry in [true, false] {
        let report = world.bulk().dry_run(dry).run(stream::iter([row("one", 11)])).await.unwrap();
        assert_eq!((report.count(BulkStatus::Invalid), world.moved()), (1, 20.into()));
        let line = &csv(&report)[0];
        assert!(line.contains("belongs to another write") && line.contains("10 for reseller-1"), "{line}");
    }
    // Ids that differ in blanks at their ends are not two ids.
    let blanks = [" one", "one ", "\tone", " "].map(|id| row(id, 10));
    let report = world.bulk().run(stream::iter(blanks)).await.unwrap();
    assert_eq!((report.count(BulkStatus::Invalid), world.moved()), (4, 20.into()), "{:?}", csv(&report));
}

#[tokio::test]
async fn the_key_of_a_keyed_write_does_not_make_it_another_one() {
    use huaweicloud_partner::enterprise::TransferToMember;
    let transfer = || ("one", TransferToMember::new("member-1", "7"));
    assert_eq!(find_conflict([transfer(), transfer()]).unwrap(), None);
    let other = ("one", TransferToMember::new("member-1", "8"));
    assert!(find_conflict([transfer(), other]).unwrap().is_some());
    // A row that cannot be read is not the same as one that can.
    let unreadable = BulkRow::<AllocateToReseller>::unreadable("one", "no amount");
    let readable = BulkRow::new("one", AllocateToReseller::new("reseller-1", 7.into()));
    assert!(find_conflict([unreadable, readable]).unwrap().is_some());
}

/// Connections are refused.
#[derive(Debug)]
struct Down;

#[async_trait::async_trait]
impl huaweicloud_partner::transport::Transport for Down {
    async fn send(
        &self,
        _: http::Request<huaweicloud_partner::transport::Body>,
    ) -> Result<
        http::Response<huaweicloud_partner::transport::Body>,
        huaweicloud_partner::transport::TransportError,
    > {
        use huaweicloud_partner::transport::{TransportError, TransportErrorKind};
        Err(TransportError::never_sent(TransportErrorKind::Connect))
    }
}

#[tokio::test]
async fn a_run_whose_server_is_down_says_so_stops_and_can_be_continued() {
    let world = World::new();
    let down = Client::builder(huaweicloud_partner::types::Site::China)
        .credentials(huaweicloud_partner::auth::Credentials::keys("AK", "SK").with_domain_id("d1"))
        .transport(Down)
        .clock(huaweicloud_partner::clock::ManualClock::at(time::OffsetDateTime::UNIX_EPOCH))
        .build()
        .unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (ears, journal) = (Arc::clone(&heard), MemoryJournal::new());
    let bulk = Bulk::new(&down, journal.clone()).options(alone()).tries(3).stop_after_given_up(4).on_error(
        move |failed| ears.lock().unwrap().push((failed.error.to_string(), failed.again_in.is_none())),
    );
    let report = bulk.run(stream::iter(rows(&[1; 40]))).await.unwrap();
    assert_eq!((report.stopped(), report.count(BulkStatus::NotSent)), (Some(StopReason::GivenUp), 40));
    assert!(!report.is_settled() && csv(&report)[39].contains("could not be sent"), "{:?}", csv(&report));
    let heard = std::mem::take(&mut *heard.lock().unwrap());
    assert_eq!(heard.iter().filter(|(_, given_up)| *given_up).count(), 4, "{heard:?}");

    // The limit of all failures counts them as well.
    let bulk = Bulk::new(&down, journal.clone()).options(alone()).tries(1).stop_after_failures(2);
    let report = bulk.run(stream::iter(rows(&[1; 40]))).await.unwrap();
    assert_eq!(report.stopped(), Some(StopReason::Failures));

    let report =
        Bulk::new(&world.client, journal).options(alone()).run(stream::iter(rows(&[1; 40]))).await.unwrap();
    assert_eq!((report.count(BulkStatus::Executed), world.moved()), (40, 40.into()));
}

#[tokio::test]
async fn no_more_rows_are_read_than_may_wait() {
    let mut world = World::new();
    world.sandbox.inject(InjectedFault::LostRequest, FaultTrigger::call(2).of::<AllocateToReseller>());
    let most = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&most);
    let bulk = world.bulk().concurrency(2).most_waiting(10).progress(move |progress| {
        let mut most = seen.lock().unwrap();
        *most = (*most).max(progress.read - progress.done);
    });
    let report = bulk.run(stream::iter(rows(&[3; 100]))).await.unwrap();
    assert_eq!((report.count(BulkStatus::Executed), world.moved()), (100, 300.into()));
    assert!(*most.lock().unwrap() <= 13, "{:?}", most.lock());
}

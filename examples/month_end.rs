//! A month's bills: every charge of every customer as CSV, checked row by row and compared with the month's sums.
//!
//! ```text
//! cargo run --example month_end                       # the last cycle whose figures are final
//! cargo run --example month_end -- 2026-05            # another one; refused while its figures still move
//! cargo run --example month_end -- 2026-05 --anyway   # a preliminary file
//! ```
//!
//! The file grows page by page. After each page a bookmark is stored beside it, so that a run that was interrupted, by an
//! error or by pulling the plug, goes on where it stood: no row is missing and none is there twice. Amounts are written as
//! the text that they came in, and added exactly.
//!
//! Nothing leaves the machine: the sandbox answers, the line fails in the middle, one row does not add up and month sums
//! differ; see `stand_in` at the end.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, IsTerminal as _, Seek as _, SeekFrom, Write},
    path::PathBuf,
    process::ExitCode,
};

use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    bills::{
        ChargingMode, CustomerAssociation, CustomerCharge, ListConsumingCustomers, ListCustomerCharges,
        ListMonthlyBills,
    },
    client::ListCursor,
    types::{Amount, BillCycle, Currency, CustomerId, UtcTime},
};
use serde::{Deserialize, Serialize};

/// Pages that are fetched while one is written.
const AHEAD: usize = 2;

/// How often an interrupted run goes on by itself.
const RUNS: usize = 3;

/// Why there is no file, or not all of it.
enum Stopped {
    /// The figures of this cycle move until then.
    NotFinal(BillCycle, UtcTime),
    /// A call failed.
    Call(Error),
    /// The file or its bookmark cannot be written or read.
    File(io::Error),
    /// A sum has more digits than an amount can hold.
    TooLarge,
    /// The service left out the payable amount of a charge or of a month sum.
    NoAmount,
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let client = match stand_in::start().await {
        Ok(client) => client,
        Err(error) => return stopped(Stopped::Call(error)),
    };
    let (mut cycle, mut anyway) = (last_final_cycle(&client), false);
    for argument in std::env::args().skip(1) {
        match (argument.as_str(), argument.parse()) {
            ("--anyway", _) => anyway = true,
            (_, Ok(asked)) => cycle = asked,
            _ => {
                eprintln!("{argument} is neither a cycle such as 2026-04 nor --anyway");
                return ExitCode::FAILURE;
            }
        }
    }
    match run(&client, cycle, anyway).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => stopped(why),
    }
}

async fn run(client: &Client, cycle: BillCycle, anyway: bool) -> Result<(), Stopped> {
    let moves_until = cycle.final_from().filter(|end| client.clock().now() < end.instant());
    if let Some(end) = moves_until.filter(|_| !anyway) {
        return Err(Stopped::NotFinal(cycle, end));
    }
    let files = Files::of(cycle, moves_until.is_some());
    let progress = export_at_last(client, cycle, &files).await?;
    println!("{} charges of {} customers in {cycle}", progress.rows, progress.done.len());
    if let Some(end) = moves_until {
        println!("preliminary: the figures move until {end}");
    }
    println!("{}", files.csv.display());

    title("Rows that do not add up");
    progress.broken.iter().for_each(|line| println!("{line}"));
    println!("{} of {} rows", progress.broken.len(), progress.rows);

    title("Beside the month's sums (resale, without reserved instances)");
    compare(client, cycle, &progress).await
}

fn title(text: &str) {
    println!("\n{text}\n{}", "-".repeat(text.len()));
}

/// The newest cycle whose figures do not move any more.
fn last_final_cycle(client: &Client) -> BillCycle {
    let now = client.clock().now();
    let last = BillCycle::containing(now.into()).previous();
    let moves = last.final_from().is_none_or(|end| now < end.instant());
    if moves { last.previous() } else { last }
}

/// Where a cycle is written, and the bookmark beside it.
struct Files {
    csv: PathBuf,
    bookmark: PathBuf,
}

impl Files {
    fn of(cycle: BillCycle, preliminary: bool) -> Self {
        let kind = if preliminary { "-preliminary" } else { "" };
        let at = |ending| std::env::temp_dir().join(format!("charges-{cycle}{kind}.{ending}"));
        Self { csv: at("csv"), bookmark: at("bookmark.json") }
    }

    /// What an interrupted run left, or the beginning.
    fn load(&self) -> Result<Progress, Stopped> {
        match fs::read(&self.bookmark) {
            Ok(stored) => Ok(serde_json::from_slice(&stored).map_err(io::Error::from)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Progress::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores the bookmark in one step: a crash leaves the old one or the new one.
    fn store(&self, progress: &Progress) -> Result<(), Stopped> {
        let beside = self.bookmark.with_extension("new");
        let mut file = File::create(&beside)?;
        file.write_all(&serde_json::to_vec(progress).map_err(io::Error::from)?)?;
        file.sync_all()?;
        Ok(fs::rename(beside, &self.bookmark)?)
    }

    /// The CSV file, cut to what the bookmark knows of.
    fn open(&self, bytes: u64) -> Result<BufWriter<File>, Stopped> {
        let mut file = OpenOptions::new().create(true).write(true).truncate(false).open(&self.csv)?;
        file.set_len(bytes)?;
        file.seek(SeekFrom::End(0))?;
        Ok(BufWriter::new(file))
    }
}

/// How far the export is. Stored after each page.
#[derive(Default, Serialize, Deserialize)]
struct Progress {
    /// Customers that are written completely.
    done: Vec<CustomerId>,
    /// The customer that is being written.
    current: Option<Current>,
    /// The length of the file up to there.
    bytes: u64,
    rows: u64,
    sums: BTreeMap<CustomerId, Sum>,
    broken: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Current {
    customer: CustomerId,
    rows: usize,
    /// The page after those that were written.
    bookmark: ListCursor,
}

/// What one customer has to pay.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Sum {
    payable: Amount,
    /// The part that the month's sums know: resale, without reserved instances.
    comparable: Amount,
}

impl Progress {
    fn add(&mut self, charge: &CustomerCharge) -> Result<(), Stopped> {
        let sum = self.sums.entry(charge.customer_id.clone()).or_default();
        let plus = |sum: Amount| {
            sum.checked_add(charge.payment_amount.ok_or(Stopped::NoAmount)?).ok_or(Stopped::TooLarge)
        };
        sum.payable = plus(sum.payable)?;
        let resale = charge.association_type == Some(CustomerAssociation::Resale);
        if resale && charge.charging_mode != Some(ChargingMode::ReservedInstance) {
            sum.comparable = plus(sum.comparable)?;
        }
        self.rows += 1;
        let broken = charge.check_identities();
        self.broken.extend(broken.iter().map(|broken| format!("row {}: {broken}", charge.id)));
        Ok(())
    }
}

/// Exports, and goes on after errors that pass.
async fn export_at_last(client: &Client, cycle: BillCycle, files: &Files) -> Result<Progress, Stopped> {
    for _ in 1..RUNS {
        match export(client, cycle, files).await {
            Err(Stopped::Call(error)) if error.kind() == ErrorKind::ListChanged => {
                // Rows came in between, so those that were written may be doubled or missing.
                eprintln!("\nthe bill changed while it was read; starting over");
                fs::remove_file(&files.bookmark)?;
            }
            Err(Stopped::Call(error)) if error.is_retryable() => {
                eprintln!("\n{error}; going on from the bookmark");
            }
            other => return other,
        }
    }
    export(client, cycle, files).await
}

async fn export(client: &Client, cycle: BillCycle, files: &Files) -> Result<Progress, Stopped> {
    let mut progress = files.load()?;
    let mut csv = files.open(progress.bytes)?;
    if progress.bytes == 0 {
        writeln!(csv, "{}", HEADER.join(","))?;
    }
    let customers: Vec<CustomerId> = client
        .items(ListConsumingCustomers::new(cycle))
        .map_ok(|customer| customer.customer_id)
        .try_collect()
        .await?;
    for (number, customer) in customers.iter().enumerate() {
        if progress.done.contains(customer) {
            continue;
        }
        let mut pages = client.pages(ListCustomerCharges::new(cycle, customer)).prefetch(AHEAD);
        let mut bar = Bar { customer: number + 1, customers: customers.len(), rows: 0, total: 0 };
        if let Some(current) = progress.current.take().filter(|current| current.customer == *customer) {
            bar.rows = current.rows;
            pages = pages.resume(current.bookmark);
        }
        while let Some(page) = pages.try_next().await? {
            for charge in &page.fee_records {
                write_row(&mut csv, charge, page.currency.as_ref())?;
                progress.add(charge)?;
            }
            // First the rows, then the bookmark that knows of them.
            csv.flush()?;
            csv.get_ref().sync_data()?;
            progress.bytes = csv.get_mut().stream_position()?;
            bar.rows += page.fee_records.len();
            bar.total = page.total_count.unwrap_or_default();
            let bookmark = pages.cursor();
            progress.current = Some(Current { customer: customer.clone(), rows: bar.rows, bookmark });
            files.store(&progress)?;
            bar.draw();
        }
        bar.end();
        progress.done.push(customer.clone());
        progress.current = None;
        files.store(&progress)?;
    }
    fs::remove_file(&files.bookmark)?;
    Ok(progress)
}

const HEADER: [&str; 19] = [
    "cycle",
    "customer",
    "row",
    "service",
    "resource_type",
    "resource",
    "region",
    "bill_type",
    "charging_mode",
    "trade_time",
    "usage",
    "unit",
    "list_price",
    "discount",
    "payable",
    "cash",
    "vouchers",
    "arrears",
    "currency",
];

/// One row. Amounts as text with all their decimals, empty where the service left one out: nothing is rounded, and a spreadsheet must not either. The names of
/// people who look after customers are in the charges, too, and stay out of the file.
fn write_row(csv: &mut impl Write, charge: &CustomerCharge, currency: Option<&Currency>) -> io::Result<()> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let parts = charge.payment_parts();
    let vouchers = [parts.coupon, parts.flexipurchase_coupon, parts.stored_value_card]
        .into_iter()
        .try_fold(Amount::ZERO, |sum, part| sum.checked_add(part?));
    let amount = |amount: Option<Amount>| amount.map(|amount| amount.to_string()).unwrap_or_default();
    let fields: [String; 19] = [
        charge.bill_cycle.map(|cycle| cycle.to_string()).unwrap_or_default(),
        charge.customer_id.to_string(),
        charge.id.clone(),
        text(&charge.service_type_code),
        text(&charge.resource_type_code),
        charge.resource_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        text(&charge.region_code),
        charge.bill_detail_type.map(|kind| kind.code().to_string()).unwrap_or_default(),
        charge.charging_mode.map(|mode| mode.code().to_string()).unwrap_or_default(),
        charge.trade_time.map(|time| time.to_string()).unwrap_or_default(),
        charge.usage_amount.map(|amount| amount.to_string()).unwrap_or_default(),
        charge.usage_measure_id.map(|unit| unit.code().to_string()).unwrap_or_default(),
        amount(charge.official_amount),
        amount(charge.official_discount_amount),
        amount(charge.payment_amount),
        amount(charge.cash_amount),
        amount(vouchers),
        amount(charge.debt_amount),
        currency.map(ToString::to_string).unwrap_or_default(),
    ];
    writeln!(csv, "{}", fields.map(quoted).join(","))
}

/// A field with a separator or a quotation mark in it is put in quotation marks.
fn quoted(field: String) -> String {
    if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

/// The line on standard error that tells how far it is; nothing but the last state where nobody looks at a terminal.
struct Bar {
    customer: usize,
    customers: usize,
    rows: usize,
    total: u64,
}

impl Bar {
    fn draw(&self) {
        if io::stderr().is_terminal() {
            eprint!("\r{}", self.line());
        }
    }

    fn end(&self) {
        let start = if io::stderr().is_terminal() { "\r" } else { "" };
        eprintln!("{start}{}", self.line());
    }

    fn line(&self) -> String {
        let total = usize::try_from(self.total).unwrap_or(usize::MAX).max(self.rows);
        let done = (self.rows * 20).checked_div(total).unwrap_or(20);
        let bar = format!("{}{}", "#".repeat(done), "-".repeat(20 - done));
        format!(
            "[{bar}] {:>6} of {total:>6} charges, customer {} of {}",
            self.rows, self.customer, self.customers
        )
    }
}

/// The month's sums beside those of the charges. One payment mode per call; reserved instances cannot be asked for.
async fn compare(client: &Client, cycle: BillCycle, progress: &Progress) -> Result<(), Stopped> {
    let mut billed: BTreeMap<CustomerId, Amount> = BTreeMap::new();
    for mode in [ChargingMode::YearlyMonthly, ChargingMode::PayPerUse, ChargingMode::SavingsPlan] {
        let mut bills = client.items(ListMonthlyBills::new(cycle, mode)).prefetch(AHEAD);
        while let Some(bill) = bills.try_next().await? {
            for broken in bill.check_identities() {
                println!("a month sum of {} does not add up: {broken}", bill.customer_id);
            }
            let sum = billed.entry(bill.customer_id).or_default();
            *sum = sum.checked_add(bill.amount.ok_or(Stopped::NoAmount)?).ok_or(Stopped::TooLarge)?;
        }
    }
    println!("{:<28} {:>16} {:>16} {:>16}", "customer", "all charges", "comparable", "month's sums");
    for (customer, sum) in &progress.sums {
        let billed = billed.remove(customer).unwrap_or_default();
        let difference = sum.comparable.checked_sub(billed).ok_or(Stopped::TooLarge)?;
        let verdict = if difference.is_zero() { String::new() } else { format!("  differs by {difference}") };
        let (payable, comparable) = (sum.payable, sum.comparable);
        println!("{:<28} {payable:>16} {comparable:>16} {billed:>16}{verdict}", customer.as_str());
    }
    for (customer, billed) in billed {
        println!("{:<28} {:>16} {:>16} {billed:>16}  no charges", customer.as_str(), "-", "-");
    }
    let all = Amount::checked_sum(progress.sums.values().map(|sum| sum.payable)).ok_or(Stopped::TooLarge)?;
    println!("{:<28} {all:>16}", "together");
    Ok(())
}

fn stopped(why: Stopped) -> ExitCode {
    match why {
        Stopped::NotFinal(cycle, end) => {
            eprintln!("{cycle} is not final: late charges, refunds and adjustments come in until {end}");
            eprintln!("--anyway writes a preliminary file");
        }
        Stopped::File(error) => eprintln!("the file cannot be written: {error}"),
        Stopped::TooLarge => eprintln!("a sum has more digits than an amount can hold"),
        Stopped::NoAmount => eprintln!("the service left out a payable amount"),
        Stopped::Call(error) => {
            eprintln!("{error}");
            match error.kind() {
                ErrorKind::NotOffered => eprintln!("on the international site the charges come as a file"),
                ErrorKind::Credentials => eprintln!("check key, secret and clock of this machine"),
                kind if error.is_retryable() => {
                    eprintln!("run again, it goes on from the bookmark ({kind:?})")
                }
                _ => {}
            }
            if let Some(info) = error.code().and_then(|code| code.info()) {
                eprintln!("what to do: {}", info.remedy);
            }
        }
    }
    ExitCode::FAILURE
}

/// What stands in for the service: the sandbox with a month of bills, behind a line that fails in the middle and that tells
/// two things wrong.
mod stand_in {
    use std::sync::Arc;

    use async_trait::async_trait;
    use http::{Request, Response, header::CONTENT_LENGTH};
    use huaweicloud_partner::{
        Client, Error, ErrorKind,
        bills::{ChargingMode, CustomerChargePage, ListCustomerCharges, ListMonthlyBills, MonthlyBillPage},
        customers::{CooperationType, CreateCustomer},
        operation::Operation,
        testing::{FaultTransport, FaultTrigger, InjectedFault},
        transport::{Body, Transport, TransportError},
        types::Site,
        types::{Amount, decode},
    };
    use huaweicloud_partner_sandbox::{ResourceUse, Sandbox, SandboxEvent};

    /// The distributor has four customers of its own, one of which it referred. April, which is over, has
    /// many charges; May has begun.
    pub async fn start() -> Result<Client, Error> {
        let sandbox = Sandbox::small_distributor();
        let client = sandbox.client("distributor")?;
        for name in ["oak", "elm", "ash"] {
            let create = CreateCustomer::new(name, "example").domain_name(format!("{name}_customer"));
            let referral = name == "oak";
            let create = if referral { create.cooperation_type(CooperationType::Referral) } else { create };
            client.send(&create).await?;
        }
        let refused = |refusal| Error::new(ErrorKind::Configuration, "", format!("{refusal:?}"));
        let cycle = "2026-04"
            .parse()
            .map_err(|error| Error::new(ErrorKind::Configuration, "", format!("{error}")))?;
        sandbox.apply(SandboxEvent::FillMonth { cycle, rows: 5400 }).map_err(refused)?;
        let hours = Amount::new(2125, 3).unwrap_or_default();
        let server = "c6.large.2.linux@cn-north-4";
        sandbox.use_resource(ResourceUse::new("customer-1", server, hours)).map_err(refused)?;

        let credentials = sandbox.credentials("distributor").ok_or_else(|| {
            Error::new(ErrorKind::Configuration, "", "the sandbox has no distributor".to_owned())
        })?;
        let clock = sandbox.clock().clone();
        let line = FaultTransport::new(Garbled(sandbox), Arc::new(clock.clone()))
            .inject(InjectedFault::NoConnection, FaultTrigger::calls(19..=26).of::<ListCustomerCharges>());
        Client::builder(Site::China, credentials).transport(line).clock(clock).build()
    }

    /// One charge says that a fen more was paid than there was to pay, and in one month sum a fen is missing. The sandbox
    /// makes no such mistakes; this line does.
    #[derive(Debug)]
    struct Garbled(Sandbox);

    #[async_trait]
    impl Transport for Garbled {
        async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
            let path = request.uri().path().to_owned();
            let (mut head, body) = self.0.send(request).await?.into_parts();
            let bytes = body.collect(usize::MAX).await?;
            let garbled = if path == ListCustomerCharges::META.path {
                decode(&bytes).ok().map(|page| serde_json::to_vec(&charges(page)))
            } else if path == ListMonthlyBills::META.path {
                decode(&bytes).ok().map(|page| serde_json::to_vec(&sums(page)))
            } else {
                None
            };
            head.headers.remove(CONTENT_LENGTH);
            let body = garbled.and_then(Result::ok).map_or(bytes, Into::into);
            Ok(Response::from_parts(head, Body::Full(body)))
        }
    }

    fn fen() -> Amount {
        Amount::new(1, 2).unwrap_or_default()
    }

    fn charges(mut page: CustomerChargePage) -> CustomerChargePage {
        for charge in page.fee_records.iter_mut().filter(|charge| charge.id.ends_with("-0-234")) {
            charge.cash_amount = charge.cash_amount.and_then(|amount| amount.checked_add(fen()));
        }
        page
    }

    fn sums(mut page: MonthlyBillPage) -> MonthlyBillPage {
        let bill = page.bill_sums.iter_mut().find(|bill| {
            bill.customer_id.as_str() == "customer-1" && bill.charge_mode == Some(ChargingMode::PayPerUse)
        });
        if let Some(bill) = bill {
            bill.amount = bill.amount.and_then(|amount| amount.checked_sub(fen()));
            for payment in bill.account_details.iter_mut().take(1) {
                payment.amount = payment.amount.and_then(|amount| amount.checked_sub(fen()));
            }
        }
        page
    }
}

//! Closes a month: every charge of every customer read, compared with the service's own sums, and written as FOCUS, plain
//! rows and a report.
//!
//! ```text
//! cargo run -p huaweicloud-partner-billing --example month_end -- \
//!     --world large_month --site china --month 2026-04 --out bills --formats focus-parquet,html
//! cargo run -p huaweicloud-partner-billing --example month_end -- \
//!     --world international_provider --site international --month 2026-05 --preliminary --out bills
//! cargo run -p huaweicloud-partner-billing --example month_end -- \
//!     --server https://bss-intl.myhuaweicloud.com --access-key AK --secret-key SK --site international --month 2026-04 \
//!     --statement customerBill_202604.tar.gz --out bills --formats focus-csv,csv
//! ```
//!
//! The international site delivers charges as files: name them with `--statement`. For a world of the sandbox without one,
//! the file that Huawei Cloud would deliver is made and kept in the directory.
//!
//! Exit codes: 0 the figures agree, 3 they differ or something could not be read, 2 the month is not final, 1 it failed.
//! After a crash, or SIGKILL, `--resume` goes on where it stopped.

mod statement;

use std::{fs, path::PathBuf, process::ExitCode};

use clap::Parser;
use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    Client,
    auth::Credentials,
    bills::{ListUsageRecords, UsageRecord},
    customers::{AssociationType, ListCustomers},
    types::{Amount, BillCycle, Site},
};
use huaweicloud_partner_billing::{
    Error, MonthEnd, Step,
    export::{Format, local_directory, remove_unfinished_files},
    focus::FocusVersion,
    pricing::{PriceBook, PriceRule, Rounding},
};
use huaweicloud_partner_sandbox::Sandbox;
use indicatif::{ProgressBar, ProgressStyle};

/// Closes a month of a Huawei Cloud partner.
#[derive(Parser)]
#[command(name = "month_end")]
struct Arguments {
    /// The address of the service; that of the site by default.
    #[arg(long)]
    server: Option<String>,
    /// The access key; with --server or the service itself.
    #[arg(long, requires = "secret_key", required_unless_present = "world")]
    access_key: Option<String>,
    /// Secret key of the partner.
    #[arg(long)]
    secret_key: Option<String>,
    /// A world of the sandbox instead of a service, such as large_month.
    #[arg(long, conflicts_with_all = ["server", "access_key"])]
    world: Option<String>,
    /// The site: china, international or europe.
    #[arg(long)]
    site: Site,
    /// The month, such as 2026-04.
    #[arg(long)]
    month: BillCycle,
    /// The directory for files, manifests and what a resumed run needs.
    #[arg(long)]
    out: PathBuf,
    /// A statement file of the international site; may be given several times.
    #[arg(long)]
    statement: Vec<PathBuf>,
    /// The formats, separated by commas.
    #[arg(long, value_delimiter = ',', default_value = "focus-csv,focus-parquet,csv,parquet,html")]
    formats: Vec<Format>,
    /// Goes on where an earlier run stopped.
    #[arg(long)]
    resume: bool,
    /// Closes a month whose figures still move. The exit code stays 2.
    #[arg(long)]
    preliminary: bool,
    /// The id of the partner's own account, for FOCUS.
    #[arg(long)]
    account: Option<String>,
    /// A mark-up in per cent on what Huawei Cloud charges, for own prices.
    #[arg(long)]
    markup: Option<Amount>,
    /// Writes FOCUS 1.4 instead of 1.2.
    #[arg(long)]
    focus_1_4: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let asked_for = !error.use_stderr();
            let _ = error.print(); // no one reads it where standard error is closed
            return if asked_for { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
    };
    match run(arguments).await {
        Ok(code) => ExitCode::from(code),
        Err(Error::NotFinal { cycle, until }) => {
            eprintln!("{cycle} is not final: charges, refunds and adjustments come in until {until}");
            eprintln!("--preliminary closes it all the same");
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("{error}");
            if matches!(&error, Error::Call(call) if call.is_retryable()) {
                eprintln!("run it again with --resume: it goes on where it stopped");
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<u8, Error> {
    let (client, world) = client(&arguments)?;
    // A directory that cannot be written to is known before anything is read.
    let store = local_directory(&arguments.out)?;
    let mut statements = arguments.statement.clone();
    if let (Some((world, account)), true, Site::International) =
        (&world, statements.is_empty(), client.site())
    {
        statements.push(made_statement(world, account, &client, &arguments).await?);
    }
    let mut month = MonthEnd::new(&client, arguments.month).statements(statements).directory(&arguments.out);
    if arguments.resume {
        remove_unfinished_files(&arguments.out, arguments.month)?;
        month = month.resume();
    }
    if arguments.preliminary {
        month = month.preliminary();
    }
    if let Some(account) = &arguments.account {
        month = month.billing_account(account, None);
    }
    if let Some(markup) = arguments.markup {
        let prices = PriceBook::new(Rounding::HALF_UP_TO_CENTS).rule(PriceRule::markup_percent(markup));
        month = month.prices(prices);
    }
    if arguments.focus_1_4 {
        month = month.focus_version(FocusVersion::V1_4);
    }

    let bar = ProgressBar::no_length();
    let style = ProgressStyle::with_template("{msg:28} {bar:32} {pos}/{len} {elapsed}");
    bar.set_style(style.map_err(|error| Error::Configuration(error.to_string()))?);
    let outcome = month.close().progress(shown(&bar)).await?;
    let manifest = outcome.export_with_progress(&arguments.formats, &store, shown(&bar)).await?;
    outcome.discard_charges()?;
    bar.finish_and_clear();

    print!("{}", outcome.report_text()?);
    println!("\nFiles");
    for file in &manifest.files {
        println!("  {} ({} rows, {} bytes)", arguments.out.join(&file.path).display(), file.rows, file.bytes);
    }
    println!("\n{} {}", outcome.cycle(), outcome.verdict());
    Ok(outcome.verdict().exit_code())
}

/// The progress of a close on a bar; nothing where standard error is no terminal.
fn shown(bar: &ProgressBar) -> impl Fn(Step) + Send + Sync + 'static {
    let bar = bar.clone();
    move |step| {
        let (message, done, of) = match step {
            Step::Listing => ("listing customers".to_owned(), 0, 0),
            Step::Reading { customers, of, rows } => (format!("reading, {rows} charges"), customers, of),
            Step::Comparing => ("reading the month's sums".to_owned(), 0, 0),
            Step::Adding { rows } => ("adding up".to_owned(), rows, rows),
            Step::Writing { rows, of } => ("writing".to_owned(), rows, of),
            _ => return,
        };
        bar.set_message(message);
        bar.set_length(of);
        bar.set_position(done);
    }
}

/// A world of the sandbox, and the account of the partner in it.
type World = (Sandbox, &'static str);

/// The client of a service, or of a world of the sandbox, in which the partner is the account of that kind.
fn client(arguments: &Arguments) -> Result<(Client, Option<World>), Error> {
    let Some(world) = &arguments.world else {
        let keys = (arguments.access_key.clone(), arguments.secret_key.clone());
        let (Some(access_key), Some(secret_key)) = keys else {
            return Err(Error::Configuration("--access-key and --secret-key are needed".to_owned()));
        };
        let mut builder =
            Client::builder(arguments.site).credentials(Credentials::keys(access_key, secret_key));
        if let Some(server) = &arguments.server {
            builder = builder.endpoint(huaweicloud_partner::operation::Service::Business, server);
        }
        return Ok((builder.build()?, None));
    };
    let sandbox = Sandbox::named(world)
        .ok_or_else(|| Error::Configuration(format!("the sandbox has no world {world}")))?;
    let (client, account) = ["distributor", "provider", "intl-distributor", "intl-provider"]
        .into_iter()
        .filter_map(|account| Some((sandbox.client(account).ok()?, account)))
        .find(|(client, _)| client.site() == arguments.site)
        .ok_or_else(|| {
            Error::Configuration(format!("{world} has no partner on the site {}", arguments.site))
        })?;
    Ok((client, Some((sandbox, account))))
}

/// Makes the statement file of a world: the bills of all customers that the partner resells to.
async fn made_statement(
    world: &Sandbox,
    account: &str,
    partner: &Client,
    arguments: &Arguments,
) -> Result<PathBuf, Error> {
    let (month, out) = (arguments.month, &arguments.out);
    let mut records: Vec<UsageRecord> = Vec::new();
    let mut customers = partner.items(ListCustomers::new());
    while let Some(customer) = customers.try_next().await? {
        if customer.association_type == Some(AssociationType::Referral) {
            continue;
        }
        let Ok(customer) = world.client(customer.customer_id.as_str()) else { continue };
        let mut mine = customer.items(ListUsageRecords::new(month));
        while let Some(record) = mine.try_next().await? {
            records.push(record);
        }
    }
    let failed = |error: String| Error::Configuration(format!("the statement cannot be made: {error}"));
    let bytes = statement::statement_of(account, month, &records, 100_000)
        .map_err(|error| failed(error.to_string()))?;
    let path = out.join(format!("customerBill_{}.tar.gz", month.to_string().replace('-', "")));
    fs::create_dir_all(out)
        .and_then(|()| fs::write(&path, bytes))
        .map_err(|error| failed(error.to_string()))?;
    println!("The statement of the sandbox: {}", path.display());
    Ok(path)
}

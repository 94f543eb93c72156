//! Closing a month, from the service to the verdict.

mod analysis;
mod collect;
mod outcome;

use std::{
    future::{Future, IntoFuture},
    path::PathBuf,
    pin::Pin,
    sync::Arc,
};

use huaweicloud_partner::{
    Client,
    types::{BillCycle, ResellerId, Site, UtcTime},
};

pub use outcome::{Outcome, Verdict};

use crate::{
    Error,
    export::{ExportSettings, PartitionBy},
    focus::FocusVersion,
    pricing::PriceBook,
    reconcile::{
        Checkpoint, Reference, compare_monthly, compare_partner_bill, funding, monthly_bills, partner_bill,
    },
    rows::Source,
    statement::Statement,
};

/// Closes a month: reads every charge, compares the totals, and gives an [`Outcome`] to be exported.
///
/// ```no_run
/// # async fn close(client: huaweicloud_partner::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use huaweicloud_partner_billing::{MonthEnd, export::{Format, local_directory}};
///
/// let outcome = MonthEnd::new(&client, "2026-04".parse()?).close().await?;
/// outcome.export(Format::FocusParquet, &local_directory("bills")?).await?;
/// for difference in outcome.differences() {
///     println!("{difference}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is read before `close`"]
pub struct MonthEnd {
    client: Client,
    cycle: BillCycle,
    settings: Settings,
}

#[derive(Clone, Debug, Default)]
struct Settings {
    statements: Vec<Statement>,
    directory: Option<PathBuf>,
    resume: bool,
    preliminary: bool,
    prices: Option<PriceBook>,
    billing_account: Option<(String, Option<String>)>,
    issuer: Option<String>,
    names: bool,
    former_resellers: Vec<ResellerId>,
    checkpoint: Option<Checkpoint>,
    export: ExportSettings,
}

impl MonthEnd {
    /// The month of a partner.
    pub fn new(client: &Client, cycle: BillCycle) -> Self {
        Self { client: client.clone(), cycle, settings: Settings::default() }
    }

    /// Reads charges from statement files, which the international site delivers in place of the API. Of
    /// files with the names of statement files, the one is read that
    /// [`plan_month`](crate::statement::plan_month) chooses; files with other names are all read.
    pub fn statements(mut self, files: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        self.settings.statements = files.into_iter().map(Statement::new).collect();
        self
    }

    /// Reads charges from statement files with options of their own.
    pub fn statements_with_options(mut self, files: impl IntoIterator<Item = Statement>) -> Self {
        self.settings.statements = files.into_iter().collect();
        self
    }

    /// Keeps what was read in a directory, so that [`MonthEnd::resume`] can go on after a crash. Without it a temporary
    /// directory is used. One close of a month at a time uses a directory, until its [`Outcome`] is dropped.
    pub fn directory(mut self, path: impl Into<PathBuf>) -> Self {
        self.settings.directory = Some(path.into());
        self
    }

    /// Goes on where an earlier run in the same directory stopped, whatever stopped it. Without an earlier run it begins.
    pub fn resume(mut self) -> Self {
        self.settings.resume = true;
        self
    }

    /// Closes the month even while its figures move. The verdict is [`Verdict::NotFinal`] then.
    pub fn preliminary(mut self) -> Self {
        self.settings.preliminary = true;
        self
    }

    /// Sets the partner's own prices, which appear beside the costs and as invoice lines.
    pub fn prices(mut self, prices: PriceBook) -> Self {
        self.settings.prices = Some(prices);
        self
    }

    /// Sets the id and the name of the partner's own account, which FOCUS calls the billing account. By default the id is
    /// taken from charges of the partner's own customers, and the name is the id.
    pub fn billing_account(mut self, id: impl Into<String>, name: Option<String>) -> Self {
        self.settings.billing_account = Some((id.into(), name));
        self
    }

    /// Sets who issues the invoices to the partner; `Huawei Cloud` by default. FOCUS wants costs of 0 in rows whose issuer is not
    /// the provider, which is `Huawei Cloud`: with another issuer the rule `BilledCost-C-005-C` does not hold.
    pub fn invoice_issuer(mut self, name: impl Into<String>) -> Self {
        self.settings.issuer = Some(name.into());
        self
    }

    /// Writes the names of customers, which are personal data, where a statement file has them. By default only ids are
    /// written.
    pub fn with_customer_names(mut self) -> Self {
        self.settings.names = true;
        self
    }

    /// Names resellers that have left since, whose customers the service does not list any more.
    pub fn former_resellers(mut self, resellers: impl IntoIterator<Item = ResellerId>) -> Self {
        self.settings.former_resellers = resellers.into_iter().collect();
        self
    }

    /// Compares with an earlier close.
    pub fn since(mut self, checkpoint: Checkpoint) -> Self {
        self.settings.checkpoint = Some(checkpoint);
        self
    }

    /// Sets the version of FOCUS; 1.2 by default.
    pub fn focus_version(mut self, version: FocusVersion) -> Self {
        self.settings.export.focus_version = version;
        self
    }

    /// Sets by what files are divided; by billing account by default.
    pub fn partition_by(mut self, partition: PartitionBy) -> Self {
        self.settings.export.partition_by = partition;
        self
    }

    /// Sets how many rows one file holds at most: a million in CSV and four million in Parquet by default.
    pub fn rows_per_file(mut self, csv: u64, parquet: u64) -> Self {
        self.settings.export.rows_per_file = (csv.max(1), parquet.max(1));
        self
    }

    /// Sets how many bytes of a file are sent to the object store at a time: 8 MiB by default. S3 wants at least 5 MiB. A
    /// file that is smaller is sent at once.
    pub fn bytes_per_part(mut self, bytes: usize) -> Self {
        self.settings.export.bytes_per_part = bytes.max(1);
        self
    }

    /// The close, to be awaited.
    pub fn close(self) -> Close {
        Close { month: self, progress: Arc::new(|_: Step| {}) }
    }

    async fn run(self, progress: Arc<dyn Progress>) -> Result<Outcome, Error> {
        let now = UtcTime::from(self.client.clock().now()).whole_seconds();
        let until = self.cycle.final_from();
        let is_final = until.is_some_and(|until| now >= until);
        if let (false, false, Some(until)) = (is_final, self.settings.preliminary, until) {
            return Err(Error::NotFinal { cycle: self.cycle, until });
        }
        let collected = collect::collect(&self.client, self.cycle, now, &self.settings, &progress).await?;
        // A usage file of the days before the last export holds figures that still moved.
        let is_final = is_final && collected.is_last;

        progress.step(Step::Comparing);
        let mut reference = Reference::default();
        if self.client.site() == Site::China {
            monthly_bills(&self.client, self.cycle, &collected.resellers, &mut reference).await?;
            funding(&self.client, self.cycle, &collected.resellers, &mut reference).await?;
        } else {
            partner_bill(&self.client, self.cycle, &mut reference).await?;
        }

        let (source, prices) = (collected.source.clone(), self.settings.prices.clone());
        let as_of = Some(now.billing_day());
        let step = Arc::clone(&progress);
        let analysis = tokio::task::spawn_blocking(move || {
            analysis::analyse(&source, prices.as_ref(), as_of, &mut |rows| step.step(Step::Adding { rows }))
        });
        let mut analysis = analysis.await.map_err(|_| Error::Cancelled)??;
        if let Source::Spool(path) = &collected.source {
            let (there, read) = (analysis.totals.all()?.rows, collected.completeness.rows);
            if there != read {
                let reason = format!("{read} charges were read, and {there} are there");
                return Err(Error::Resume { path: path.clone(), reason });
            }
        }
        let fallback = self.client.site().currency();
        let stated = reference.currency.clone();
        // Figures in two currencies have no difference.
        if let (Some(of_charges), Some(of_figures)) = (analysis.totals.currency(), &stated)
            && of_charges != of_figures
        {
            return Err(Error::MixedCurrencies(of_charges.to_owned(), of_figures.clone()));
        }
        analysis.totals.set_currency(stated.as_deref().unwrap_or(fallback.as_str()));

        let mut differences = std::mem::take(&mut analysis.broken);
        if self.client.site() == Site::China {
            differences.extend(compare_monthly(&analysis.totals, &reference, is_final)?);
        } else {
            differences.extend(compare_partner_bill(&analysis.totals, &reference, is_final)?);
        }
        if let Some(checkpoint) = &self.settings.checkpoint {
            differences.extend(checkpoint.compare(&analysis.totals)?);
        }
        let invoice_lines = match &self.settings.prices {
            Some(book) => book.lines(&analysis.lines)?,
            None => Vec::new(),
        };
        Outcome::new(self, now, is_final, collected, analysis, reference, differences, invoice_lines)
    }
}

/// A close that is to be awaited.
#[must_use = "futures do nothing unless awaited"]
pub struct Close {
    month: MonthEnd,
    progress: Arc<dyn Progress>,
}

impl std::fmt::Debug for Close {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Close").field("month", &self.month).finish_non_exhaustive()
    }
}

impl Close {
    /// Reports each step to `progress`, such as a progress bar.
    pub fn progress(mut self, progress: impl Progress + 'static) -> Self {
        self.progress = Arc::new(progress);
        self
    }
}

impl IntoFuture for Close {
    type Output = Result<Outcome, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.month.run(self.progress))
    }
}

/// Step of a close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Customers are listed.
    Listing,
    /// Charges are read.
    Reading {
        /// Customers that are finished.
        customers: u64,
        /// Customers in all.
        of: u64,
        /// Rows so far.
        rows: u64,
    },
    /// The figures for the comparison are read.
    Comparing,
    /// Charges are added up.
    Adding {
        /// Rows so far.
        rows: u64,
    },
    /// Files are written.
    Writing {
        /// Rows so far.
        rows: u64,
        /// Rows in all.
        of: u64,
    },
}

/// Receiver of the progress of a close. Closures over [`Step`] implement it.
pub trait Progress: Send + Sync {
    /// A step began or went on.
    fn step(&self, step: Step);
}

impl<F: Fn(Step) + Send + Sync> Progress for F {
    fn step(&self, step: Step) {
        self(step);
    }
}

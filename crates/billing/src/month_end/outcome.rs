//! The result of a close.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use huaweicloud_partner::types::{BillCycle, Site, UtcTime};
use object_store::{ObjectStore, ObjectStoreExt as _, path::Path};
use tokio::runtime::Handle;

use super::{
    MonthEnd, Progress, Step,
    analysis::Analysis,
    collect::{Collected, Workspace},
};
use crate::{
    Error,
    charges::{Completeness, Gap},
    export::{
        ExportPlan, ExportSettings, ExportedFile, FailedExport, Format, Generation, MANIFEST_VERSION,
        Manifest, export,
    },
    focus::table::Facts,
    pricing::{InvoiceLine, PriceBook},
    reconcile::{Checkpoint, Difference, Reference, start_of},
    rows::Source,
    statement::StatementSummary,
    totals::{Sums, Totals},
};

/// Result of a close.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// All rows were read, and every difference has a known cause.
    Agrees,
    /// Some difference has no known cause.
    Differs,
    /// Some rows could not be read: see [`Outcome::completeness`].
    Incomplete,
    /// The figures of the month still move.
    NotFinal,
}

impl Verdict {
    /// A stable name, such as `not_final`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Differs => "differs",
            Self::Incomplete => "incomplete",
            Self::NotFinal => "not_final",
        }
    }

    /// The exit code of a program that closes a month: 0 agrees, 3 differs or incomplete, 2 not final. 1 is for errors.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Agrees => 0,
            Self::NotFinal => 2,
            Self::Differs | Self::Incomplete => 3,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Agrees => "agrees",
            Self::Differs => "differs",
            Self::Incomplete => "is incomplete",
            Self::NotFinal => "is not final",
        })
    }
}

/// A closed month: totals, differences and evidence, and the charges to be exported.
#[derive(Debug)]
pub struct Outcome {
    cycle: BillCycle,
    site: Site,
    closed_at: UtcTime,
    is_final: bool,
    totals: Totals,
    all: Sums,
    completeness: Completeness,
    differences: Vec<Difference>,
    broken_rows: u64,
    reference: Reference,
    invoice_lines: Vec<InvoiceLine>,
    unpriced: u64,
    summaries: Vec<StatementSummary>,
    source: Source,
    facts: Facts,
    account_assumed: bool,
    prices: Option<PriceBook>,
    settings: ExportSettings,
    workspace: Option<Workspace>,
}

impl Outcome {
    #[allow(clippy::too_many_arguments)] // the parts of one value, made in one place
    pub(super) fn new(
        month: MonthEnd,
        closed_at: UtcTime,
        is_final: bool,
        collected: Collected,
        analysis: Analysis,
        reference: Reference,
        differences: Vec<Difference>,
        invoice_lines: Vec<InvoiceLine>,
    ) -> Result<Self, Error> {
        let MonthEnd { client, cycle, settings } = month;
        let all = analysis.totals.all()?;
        let mut completeness = collected.completeness;
        if !analysis.summaries.is_empty() {
            completeness = of_files(&analysis)?;
        }
        completeness.gaps.extend(
            reference.refused.iter().cloned().map(|(reseller, reason)| Gap::Figures { reseller, reason }),
        );
        if all.without_amount > 0 {
            let first = analysis.first_without_amount.clone().unwrap_or_default();
            completeness.gaps.push(Gap::WithoutAmount { rows: all.without_amount, first });
        }
        // With one partner in the rows it is that; else the one with most rows would be a guess.
        let mut partners = analysis.partners.into_keys();
        let only = partners.next().filter(|_| partners.next().is_none());
        let account_assumed = settings.billing_account.is_none() && only.is_none();
        let (id, name) =
            settings.billing_account.unwrap_or_else(|| (only.unwrap_or_else(|| "partner".to_owned()), None));
        let out_of_range = || Error::Configuration(format!("{cycle} is outside the calendar"));
        let facts = Facts {
            cycle_text: cycle.to_string(),
            period: (
                start_of(cycle).ok_or_else(out_of_range)?,
                start_of(cycle.next()).ok_or_else(out_of_range)?,
            ),
            billing_account_name: name.unwrap_or_else(|| id.clone()),
            billing_account_id: id,
            issuer: settings.issuer.unwrap_or_else(|| "Huawei Cloud".to_owned()),
            currency: analysis.totals.currency().unwrap_or_default().to_owned(),
            names: settings.names,
        };
        Ok(Self {
            cycle,
            site: client.site(),
            closed_at,
            is_final,
            totals: analysis.totals,
            all,
            completeness,
            differences,
            broken_rows: analysis.broken_rows,
            reference,
            invoice_lines,
            unpriced: analysis.lines.unpriced(),
            summaries: analysis.summaries,
            source: collected.source,
            facts,
            account_assumed,
            prices: settings.prices,
            settings: settings.export,
            workspace: collected.workspace,
        })
    }

    /// Month of the bill.
    #[must_use]
    pub fn cycle(&self) -> BillCycle {
        self.cycle
    }

    /// Returns the site of the partner.
    #[must_use]
    pub fn site(&self) -> Site {
        self.site
    }

    /// Returns the time at which the month was closed.
    #[must_use]
    pub fn closed_at(&self) -> UtcTime {
        self.closed_at
    }

    /// True when the figures of the month were final.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.is_final
    }

    /// Whether the figures agree.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if !self.is_final {
            Verdict::NotFinal
        } else if !self.completeness.is_complete() {
            Verdict::Incomplete
        } else if self.differences.iter().all(Difference::is_explained) {
            Verdict::Agrees
        } else {
            Verdict::Differs
        }
    }

    /// The totals by reseller, customer, service and charging mode.
    #[must_use]
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// The totals of the whole month.
    #[must_use]
    pub fn total(&self) -> &Sums {
        &self.all
    }

    /// All differences, explained or not.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// Charges whose amount is not the sum of its parts. The first thousand of them are among the differences.
    #[must_use]
    pub fn broken_rows(&self) -> u64 {
        self.broken_rows
    }

    /// The evidence that nothing is missing.
    #[must_use]
    pub fn completeness(&self) -> &Completeness {
        &self.completeness
    }

    /// The figures that the charges were compared with.
    #[must_use]
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The lines of the partner's own invoices; none without a price book.
    #[must_use]
    pub fn invoice_lines(&self) -> &[InvoiceLine] {
        &self.invoice_lines
    }

    /// Charges for which the price book has no price.
    #[must_use]
    pub fn unpriced(&self) -> u64 {
        self.unpriced
    }

    /// Returns the summaries of the statement files.
    #[must_use]
    pub fn statements(&self) -> &[StatementSummary] {
        &self.summaries
    }

    /// The totals to be compared with a later close by [`MonthEnd::since`].
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint::new(self.cycle, self.closed_at, self.is_final, &self.totals)
    }

    /// Writes the month into an object store and gives its manifest. See [`export`](crate::export).
    ///
    /// Other formats that an earlier export of the same close wrote stay in the manifest; files of other closes of the
    /// month are deleted.
    ///
    /// # Errors
    /// Where the store fails or an amount does not fit into a column. The month is then what it was before: its manifest
    /// names the same files with the same content, and files of the failed export are deleted. Only where files of an
    /// earlier close cannot be deleted after the manifest was replaced, the month is the new one in spite of the error. The
    /// report, which people read, has one name: it is put back after an error, and may be newer than the manifest after a
    /// crash.
    pub async fn export(
        &self,
        formats: impl AsRef<[Format]>,
        store: &Arc<dyn ObjectStore>,
    ) -> Result<Manifest, Error> {
        self.export_with_progress(formats, store, |_: Step| {}).await
    }

    /// [`Outcome::export`] with reports of its progress.
    ///
    /// # Errors
    /// As for [`Outcome::export`].
    pub async fn export_with_progress(
        &self,
        formats: impl AsRef<[Format]>,
        store: &Arc<dyn ObjectStore>,
        progress: impl Progress + 'static,
    ) -> Result<Manifest, Error> {
        let mut formats = formats.as_ref().to_vec();
        formats.sort_unstable();
        formats.dedup();
        let earlier = Manifest::read(store, &self.facts.cycle_text).await?;
        let generation = |format: Format| Generation::unused_in(earlier.as_ref(), format);
        let with_report = formats.contains(&Format::Html);
        let report_before = if with_report { Some(self.stored_report(store).await?) } else { None };
        let plan = ExportPlan {
            source: self.source.clone(),
            formats: formats.iter().map(|format| (*format, generation(*format))).collect(),
            settings: self.settings.clone(),
            facts: self.facts.clone(),
            prices: self.prices.clone(),
            store: Arc::clone(store),
        };
        let (runtime, of) = (Handle::current(), self.all.rows);
        let tables = formats.iter().any(|format| *format != Format::Html);
        let mut files = if tables {
            let written = tokio::task::spawn_blocking(move || {
                export(&plan, &runtime, |rows| progress.step(Step::Writing { rows, of }))
            });
            match written.await.map_err(|_| Error::Cancelled)? {
                Ok(files) => files,
                Err(FailedExport { error, begun }) => {
                    self.undo(store, begun, None).await;
                    return Err(error);
                }
            }
        } else {
            Vec::new()
        };
        let new: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
        // What is the same as before keeps its name: an export that is repeated changes nothing.
        if let Some(earlier) = &earlier {
            files = keep_equal_files(&earlier.files, files);
        }
        if with_report {
            match self.write_report(store).await {
                Ok(report) => files.push(report),
                Err(error) => {
                    self.undo(store, new, report_before.as_ref()).await;
                    return Err(error);
                }
            }
        }
        let mut manifest = self.manifest(Vec::new());
        if let Some(earlier) = earlier.clone() {
            let same = Manifest { files: Vec::new(), ..earlier.clone() } == manifest;
            let kept = earlier.files.into_iter().filter(|file| same && !formats.contains(&file.format));
            files.extend(kept);
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        manifest.files = files;
        if let Err(error) = manifest.write(store).await {
            // The response may be lost, and the manifest written: what the store has decides.
            match Manifest::read(store, &manifest.cycle).await {
                Ok(now) if now.as_ref() == Some(&manifest) => {}
                Ok(now) if now == earlier => {
                    self.undo(store, new, report_before.as_ref()).await;
                    return Err(error);
                }
                _ => return Err(error),
            }
        }
        self.delete_others(store, &manifest).await?;
        Ok(manifest)
    }

    /// Deletes what was kept for [`MonthEnd::resume`]. The outcome cannot be exported after that.
    ///
    /// # Errors
    /// Where it cannot be deleted.
    pub fn discard_charges(&self) -> Result<(), Error> {
        self.workspace.as_ref().map_or(Ok(()), Workspace::remove)
    }

    /// The place of the report.
    fn report_path(&self) -> String {
        format!("reports/{}.html", self.facts.cycle_text)
    }

    async fn write_report(&self, store: &Arc<dyn ObjectStore>) -> Result<ExportedFile, Error> {
        use sha2::Digest as _;
        let (path, text) = (self.report_path(), self.report_html()?.into_bytes());
        let (bytes, sha256) = (text.len() as u64, crate::export::hex(&sha2::Sha256::digest(&text)));
        store.put(&Path::from(path.as_str()), text.into()).await?;
        Ok(ExportedFile { path, format: Format::Html, rows: 0, bytes, sha256, billed: Default::default() })
    }

    /// The report of an earlier export; `None` where there is none.
    async fn stored_report(&self, store: &Arc<dyn ObjectStore>) -> Result<Option<Bytes>, Error> {
        match store.get(&Path::from(self.report_path())).await {
            Ok(stored) => Ok(Some(stored.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes back what a failed export wrote, as far as the store allows; the next export deletes what is left. `report` is
    /// the report of before, where one was to be written.
    async fn undo(&self, store: &Arc<dyn ObjectStore>, new: Vec<String>, report: Option<&Option<Bytes>>) {
        for path in new.into_iter().filter_map(|path| Path::parse(path).ok()) {
            drop(store.delete(&path).await);
        }
        let path = Path::from(self.report_path());
        match report {
            Some(Some(before)) => drop(store.put(&path, before.clone().into()).await),
            Some(None) => drop(store.delete(&path).await),
            None => {}
        }
    }

    fn manifest(&self, files: Vec<ExportedFile>) -> Manifest {
        let explained = self.differences.iter().filter(|difference| difference.is_explained()).count() as u64;
        Manifest {
            manifest_version: MANIFEST_VERSION,
            cycle: self.facts.cycle_text.clone(),
            site: self.site.to_string(),
            closed_at: self.closed_at.to_string(),
            is_final: self.is_final,
            verdict: self.verdict().as_str().to_owned(),
            focus_version: self.settings.focus_version.as_str().to_owned(),
            currency: self.totals.currency().map(str::to_owned),
            billing_account: self.facts.billing_account_id.clone(),
            billing_account_assumed: self.account_assumed,
            rows: self.all.rows,
            rows_without_amount: self.all.without_amount,
            billed: self.all.billed,
            consumption: self.all.consumption,
            refunds: self.all.refunds,
            adjustments: self.all.adjustments,
            completeness: self.completeness.clone(),
            differences_explained: explained,
            differences_unexplained: self.differences.len() as u64 - explained,
            files,
        }
    }

    /// Deletes files of the month that the manifest does not name.
    async fn delete_others(&self, store: &Arc<dyn ObjectStore>, manifest: &Manifest) -> Result<(), Error> {
        let named = |path: &Path| manifest.files.iter().any(|file| file.path == path.as_ref());
        let mut others = Vec::new();
        for format in Format::ALL.into_iter().filter(|format| *format != Format::Html) {
            let folder = Path::from(format!("{}/month={}", format.as_str(), manifest.cycle));
            let listed: Vec<Path> =
                store.list(Some(&folder)).map_ok(|file| file.location).try_collect().await?;
            others.extend(listed);
        }
        others.push(Path::from(self.report_path()));
        for path in others.into_iter().filter(|path| !named(path)) {
            match store.delete(&path).await {
                Err(object_store::Error::NotFound { .. }) | Ok(()) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// The new files, or in their place those of an earlier export of the same format with the same content.
fn keep_equal_files(earlier: &[ExportedFile], new: Vec<ExportedFile>) -> Vec<ExportedFile> {
    let of = |files: &[ExportedFile], format: Format| -> Vec<ExportedFile> {
        files.iter().filter(|file| file.format == format).cloned().collect()
    };
    let folder = |file: &ExportedFile| file.path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let mut files = Vec::new();
    for format in Format::ALL {
        let (before, now) = (of(earlier, format), of(&new, format));
        let equal = before.len() == now.len()
            && before.iter().zip(&now).all(|(before, now)| {
                folder(before) == folder(now) && (before.bytes, &before.sha256) == (now.bytes, &now.sha256)
            });
        files.extend(if equal { before } else { now });
    }
    files
}

/// The evidence of statement files.
fn of_files(analysis: &Analysis) -> Result<Completeness, Error> {
    let customers = analysis.totals.by(|key| key.customer.clone())?.len() as u64;
    let resellers = analysis.totals.by(|key| key.reseller.clone())?.into_keys().flatten().count();
    let mut completeness = Completeness {
        customers_listed: customers,
        customers_read: customers,
        resellers: resellers as u64,
        listed_again: true,
        ..Completeness::default()
    };
    for summary in &analysis.summaries {
        completeness.rows += summary.rows;
        completeness.rows_announced += summary.rows + summary.bad_rows;
        if summary.bad_rows > 0 {
            let first = summary.described_bad_rows.first().map(ToString::to_string).unwrap_or_default();
            completeness.gaps.push(Gap::BadRows {
                file: summary.file.clone(),
                rows: summary.bad_rows,
                first,
            });
        }
        if !summary.missing_serials.is_empty() {
            let serials = summary.missing_serials.clone();
            completeness.gaps.push(Gap::MissingMembers { file: summary.file.clone(), serials });
        }
    }
    Ok(completeness)
}

//! The charges of a month, brought to this machine.

use std::{
    collections::BTreeSet,
    fs::{self, File, TryLockError},
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    Client, ErrorKind,
    resellers::ListResellers,
    types::{BillCycle, ResellerId, Site, UtcTime},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tempfile::TempDir;

use super::{Progress, Settings, Step};
use crate::{
    Error,
    charges::{ChargeCursor, ChargePlan, ChargeStream, Completeness},
    rows::{Source, Spool},
    statement::{Statement, StatementName, plan_month},
};

/// Maximum age of the stored cursor compared with the pages.
const STORE_EVERY: Duration = Duration::from_millis(500);

/// Number of times that a list that cannot be read to its end is tried again before the close fails.
const RETRIES: u32 = 3;

/// The data that was read.
#[derive(Debug)]
pub(super) struct Collected {
    pub(super) source: Source,
    pub(super) completeness: Completeness,
    pub(super) resellers: Vec<ResellerId>,
    /// False for a file that a later one of the month replaces.
    pub(super) is_last: bool,
    pub(super) workspace: Option<Workspace>,
}

/// Folder in which pages are kept while a month is closed.
#[derive(Debug)]
pub(super) struct Workspace {
    path: PathBuf,
    /// Held as long as the value lives, and released by the system when the process dies.
    _lock: File,
    lock_path: PathBuf,
    _temporary: Option<TempDir>,
}

/// Data that a run leaves for the next one.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    version: u32,
    cycle: String,
    site: String,
    cursor: ChargeCursor,
    /// The length of the pages that the cursor knows of.
    bytes: u64,
    /// The length before the customer that is being read.
    customer_begins: u64,
    /// Set at the end.
    completeness: Option<Completeness>,
    /// Whether the month was final when reading began: what was read before that may have changed since.
    #[serde(default)]
    began_final: bool,
}

const VERSION: u32 = 1;

impl Workspace {
    fn open(settings: &Settings, cycle: BillCycle) -> Result<Self, Error> {
        let temporary = match settings.directory {
            Some(_) => None,
            None => Some(tempfile::tempdir()?),
        };
        let parent =
            settings.directory.clone().or_else(|| temporary.as_ref().map(|dir| dir.path().to_owned()));
        let parent = parent.unwrap_or_default();
        let path = parent.join(format!(".month-end-{cycle}"));
        fs::create_dir_all(&path).map_err(|source| Error::file("create", &path, source))?;
        let lock_path = parent.join(format!(".month-end-{cycle}.lock"));
        let lock = File::options().create(true).truncate(false).write(true).open(&lock_path);
        let lock = lock.map_err(|source| Error::file("create", &lock_path, source))?;
        // A file system without locks cannot tell.
        if matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) {
            let message = format!("another close of {cycle} uses the directory {}", parent.display());
            return Err(Error::Configuration(message));
        }
        Ok(Self { path, _lock: lock, lock_path, _temporary: temporary })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        let path = self.file(name);
        match fs::read(&path) {
            Ok(stored) => serde_json::from_slice(&stored)
                .map(Some)
                .map_err(|error| Error::Resume { path, reason: error.to_string() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::file("read", &path, source)),
        }
    }

    /// Stores a value in one step: a crash leaves the old one or the new one.
    fn store<T: Serialize>(&self, name: &str, value: &T) -> Result<(), Error> {
        let (path, beside) = (self.file(name), self.file(&format!("{name}.new")));
        let write = || -> io::Result<()> {
            let mut file = File::create(&beside)?;
            file.write_all(&serde_json::to_vec(value).map_err(io::Error::from)?)?;
            file.sync_all()?;
            fs::rename(&beside, &path)
        };
        write().map_err(|source| Error::file("write", &path, source))
    }

    /// Removes everything that was kept, and the lock.
    pub(super) fn remove(&self) -> Result<(), Error> {
        self.clear()?;
        match fs::remove_file(&self.lock_path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(Error::file("remove", &self.lock_path, source))
            }
            _ => Ok(()),
        }
    }

    /// Removes what was kept.
    fn clear(&self) -> Result<(), Error> {
        match fs::remove_dir_all(&self.path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(Error::file("remove", &self.path, source))
            }
            _ => Ok(()),
        }
    }
}

pub(super) async fn collect(
    client: &Client,
    cycle: BillCycle,
    now: UtcTime,
    settings: &Settings,
    progress: &Arc<dyn Progress>,
) -> Result<Collected, Error> {
    progress.step(Step::Listing);
    if settings.statements.is_empty() && client.site() == Site::China {
        return from_api(client, cycle, now, settings, progress).await;
    }
    let (files, is_last) = chosen(cycle, client.site(), now, settings)?;
    let mut resellers = Vec::new();
    let mut listed = client.items(ListResellers::new()).allow_changes();
    loop {
        match listed.try_next().await {
            Ok(Some(reseller)) => resellers.push(reseller.indirect_partner_id),
            Ok(None) => break,
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::WrongCaller | ErrorKind::NotOffered | ErrorKind::Refused
                ) =>
            {
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let own = settings.billing_account.as_ref().map(|(id, _)| id.clone());
    let ids: BTreeSet<String> = resellers.iter().map(ToString::to_string).collect();
    Ok(Collected {
        source: Source::Statements { files, resellers: ids, own },
        completeness: Completeness::default(),
        resellers,
        is_last,
        workspace: None,
    })
}

/// The files to read: of those with names of statement files the ones that are to be read for the month, and all others.
/// With them, whether no later file replaces the one that was chosen.
fn chosen(
    cycle: BillCycle,
    site: Site,
    now: UtcTime,
    settings: &Settings,
) -> Result<(Vec<Statement>, bool), Error> {
    let files = &settings.statements;
    let name = |file: &Statement| {
        file.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let plan = plan_month(cycle, now, files.iter().map(name));
    if let Some(other) = plan.other_months.first() {
        return Err(Error::Configuration(format!("{other} is not a file of {cycle}")));
    }
    if files.is_empty() && site == Site::Europe {
        let message =
            "the site europe offers neither charges of customers nor statement files: give files of your own";
        return Err(Error::Configuration(message.to_owned()));
    }
    if files.is_empty() {
        return Err(Error::NoStatement { cycle, expected: plan.missing });
    }
    // Nothing is missing beside files with names of their own.
    let only_own = plan.read.is_none() && plan.members.is_empty();
    let is_last = only_own || plan.missing.is_empty();
    if !is_last && !settings.preliminary {
        return Err(Error::NoStatement { cycle, expected: plan.missing });
    }
    let mut chosen: Vec<(String, PathBuf, Statement)> = Vec::new();
    for file in files {
        let (named, place) = (name(file), file.path());
        // The same file by two paths counts once too often.
        let place = fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
        let same = |(other, path, _): &&(String, PathBuf, Statement)| {
            let is_known = named.parse().ok().or_else(|| StatementName::of_member(&named)).is_some();
            *path == place || (*other == named && is_known)
        };
        if chosen.iter().any(|other| same(&other)) {
            return Err(Error::Configuration(format!("{named} is given twice")));
        }
        if plan.superseded.iter().any(|(old, _)| *old == named) {
            continue;
        }
        if let Some(other) = file.cycle().filter(|other| *other != cycle) {
            let message = format!("{named} is read as a file of {other}, and {cycle} is closed");
            return Err(Error::Configuration(message));
        }
        let currency = site.currency();
        chosen.push((named, place, file.clone().of_month(cycle, currency.as_str())));
    }
    for (number, (named, path, _)) in chosen.iter().enumerate() {
        for (other, earlier, _) in chosen.iter().take(number) {
            if have_same_content(path, earlier) {
                let message = format!("{named} is given twice: it has the content of {other}");
                return Err(Error::Configuration(message));
            }
        }
    }
    Ok((chosen.into_iter().map(|(.., file)| file).collect(), is_last))
}

/// True for two files with the same bytes, of which there are some. What cannot be read is found out by who reads it.
fn have_same_content(one: &Path, other: &Path) -> bool {
    let length = |path: &Path| fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|found| found.len());
    let (Some(bytes), Some(others)) = (length(one), length(other)) else { return false };
    if bytes != others || bytes == 0 {
        return false;
    }
    let (Ok(one), Ok(other)) = (File::open(one), File::open(other)) else { return false };
    let (mut one, mut other) = (BufReader::new(one), BufReader::new(other));
    loop {
        let (Ok(left), Ok(right)) = (one.fill_buf(), other.fill_buf()) else { return false };
        let count = left.len().min(right.len());
        if left.get(..count) != right.get(..count) {
            return false;
        }
        if count == 0 {
            return left.is_empty() && right.is_empty();
        }
        one.consume(count);
        other.consume(count);
    }
}

async fn from_api(
    client: &Client,
    cycle: BillCycle,
    now: UtcTime,
    settings: &Settings,
    progress: &Arc<dyn Progress>,
) -> Result<Collected, Error> {
    let is_final = cycle.final_from().is_some_and(|until| now >= until);
    let workspace = Workspace::open(settings, cycle)?;
    let (site, month) = (client.site().to_string(), cycle.to_string());
    let kept: Option<Kept> = if settings.resume { workspace.read("state.json")? } else { None };
    let plan: Option<ChargePlan> = if settings.resume { workspace.read("customers.json")? } else { None };
    // Charges of a month that still moved cannot close one that is final: it is read again from the start.
    let is_usable = |kept: &Kept| kept.began_final || !is_final;
    let (mut kept, plan) = match (kept, plan) {
        (Some(mut kept), Some(mut plan)) if is_usable(&kept) => {
            if (kept.version, kept.cycle.as_str(), kept.site.as_str()) != (VERSION, &month, &site) {
                let reason = format!("it belongs to {} on the site {}", kept.cycle, kept.site);
                return Err(Error::Resume { path: workspace.path.clone(), reason });
            }
            if plan.add_resellers(&settings.former_resellers) {
                // Their customers are found when everything is listed again.
                kept.cursor.list_once_more();
                kept.completeness = None;
                workspace.store("customers.json", &plan)?;
            }
            (kept, plan)
        }
        _ => {
            workspace.clear()?;
            fs::create_dir_all(&workspace.path)
                .map_err(|source| Error::file("create", &workspace.path, source))?;
            let former = settings.former_resellers.iter().cloned();
            let plan = ChargePlan::list_with_resellers(client, cycle, former).await?;
            workspace.store("customers.json", &plan)?;
            let kept =
                Kept { version: VERSION, cycle: month, site, began_final: is_final, ..Kept::default() };
            workspace.store("state.json", &kept)?;
            (kept, plan)
        }
    };
    let pages = workspace.file("charges.jsonl.gz");
    let mut spool = Spool::open(&pages, kept.bytes)?;
    let mut resellers = plan.resellers().to_vec();
    if kept.completeness.is_none() {
        let mut stream = ChargeStream::resume(client, plan, kept.cursor.clone());
        let mut planned = stream.plan().customers().len();
        let mut stored = Instant::now();
        let mut retries = 0;
        loop {
            let page = match stream.next().await {
                Ok(Some(page)) => page,
                Ok(None) => break,
                Err(Error::Call(error)) if error.is_retryable() && retries < RETRIES => {
                    retries += 1;
                    continue;
                }
                Err(error) => {
                    // What is whole is kept for the next run.
                    store(&workspace, &mut kept, &stream, &spool)?;
                    return Err(error);
                }
            };
            retries = 0;
            if page.begins_customer {
                let same = stream.cursor().customers_finished() == kept.cursor.customers_finished();
                if same && spool.bytes() > kept.customer_begins {
                    spool.cut(kept.customer_begins)?;
                } else {
                    kept.customer_begins = spool.bytes();
                }
            }
            spool.append(page)?;
            kept.cursor = stream.cursor().clone();
            if stream.plan().customers().len() != planned {
                planned = stream.plan().customers().len();
                workspace.store("customers.json", stream.plan())?;
            }
            if stored.elapsed() >= STORE_EVERY {
                store(&workspace, &mut kept, &stream, &spool)?;
                stored = Instant::now();
            }
            progress.step(Step::Reading {
                customers: stream.cursor().customers_finished() as u64,
                of: planned as u64,
                rows: stream.cursor().rows(),
            });
        }
        kept.completeness = Some(stream.completeness());
        resellers = stream.plan().resellers().to_vec();
        workspace.store("customers.json", stream.plan())?;
        store(&workspace, &mut kept, &stream, &spool)?;
    }
    Ok(Collected {
        source: Source::Spool(pages),
        completeness: kept.completeness.unwrap_or_default(),
        resellers,
        is_last: true,
        workspace: Some(workspace),
    })
}

/// First the pages, then the cursor that knows of them.
fn store(workspace: &Workspace, kept: &mut Kept, stream: &ChargeStream, spool: &Spool) -> Result<(), Error> {
    spool.sync()?;
    // The cursor may be at a customer of which no page came yet: its pages begin where those of the others end.
    if stream.cursor().customers_finished() != kept.cursor.customers_finished() {
        kept.customer_begins = spool.bytes();
    }
    kept.cursor = stream.cursor().clone();
    kept.bytes = spool.bytes();
    workspace.store("state.json", kept)
}

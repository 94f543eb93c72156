//! Reads the files in which earlier versions of the SDK kept workflow records.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::Path,
    sync::Arc,
};

use huaweicloud_partner::{
    types::Site,
    workflow::{JsonEventError, RecordId, RecordStore, StoreError},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

const MARK: &[u8] = b"huaweicloud-partner desk ";
const HEADER: &[u8] = b"huaweicloud-partner desk 1\n";
const CHECKSUM: usize = 16;

/// The error of an import. Events that were imported before it stay; the import can be run again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The file could not be read.
    #[error("the file could not be read")]
    Io(#[from] io::Error),
    /// The path is a symbolic link, which an import does not follow.
    #[error("the path is a symbolic link; name the file itself")]
    Link,
    /// The file was not written by the SDK, or by a version with another format.
    #[error("the file does not begin with \"huaweicloud-partner desk 1\"")]
    Foreign,
    /// A record could not be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The result of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Imported {
    /// The number of records in the file.
    pub records: usize,
    /// The number of events of them that the store has now.
    pub events: usize,
    /// The parts of the file that are no events: what was being written when the machine died, at the end, or damage.
    pub damaged: Vec<DamagedPart>,
    /// Events that do not follow from the state of their record, such as those of a second process that wrote to the same
    /// file.
    pub unapplied: Vec<UnappliedEvents>,
}

impl Imported {
    /// True when the whole file was imported, but for a torn end that was never acknowledged.
    pub fn is_complete(&self) -> bool {
        self.unapplied.is_empty() && self.damaged.iter().all(|part| part.at_end)
    }
}

/// A part of a file that is no event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DamagedPart {
    /// Position of its first byte in the file, from 0.
    pub offset: u64,
    /// Length of the part in bytes.
    pub length: u64,
    /// True when no whole event follows it. Such a torn end was never acknowledged; a part in the middle may have been.
    pub at_end: bool,
}

/// Events that could not be applied to their record.
///
/// Its `Debug` does not show the events, which contain personal data.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnappliedEvents {
    /// Id of the workflow record.
    pub id: RecordId,
    /// Reason for the refusal.
    pub reason: String,
    /// The events as JSON, the first of which does not follow.
    pub events: Vec<String>,
}

impl std::fmt::Debug for UnappliedEvents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, reason, events } = self;
        write!(f, "UnappliedEvents({id}: {reason}, {} events)", events.len())
    }
}

/// Imports a file of records that an earlier version of the SDK wrote. The file is only read.
///
/// Every event whose line is whole is imported. A torn end is left out, whatever of a batch reached the disk; so is
/// damage in the middle, which the result names. Running the import again adds nothing.
///
/// # Errors
/// [`ImportError`]. What was imported before the error stays.
pub async fn import_file(path: impl AsRef<Path>, store: &RecordStore) -> Result<Imported, ImportError> {
    let bytes = read(path.as_ref())?;
    let mut imported = Imported::default();
    let (lines, damaged) = lines(bytes.get(HEADER.len()..).unwrap_or_default());
    imported.damaged = damaged;
    let mut histories: BTreeMap<RecordId, History> = BTreeMap::new();
    for line in lines {
        let history = histories.entry(line.id).or_insert_with(|| History::new(line.kind, line.site));
        history.events.extend(line.steps);
    }
    imported.records = histories.len();
    for (id, history) in histories {
        let applied = history.applicable(&id, store);
        let (events, rest) = history.events.split_at(applied.count.min(history.events.len()));
        if !events.is_empty() {
            store.import(&history.kind, id.clone(), history.site, events).await?;
            imported.events += events.len();
        }
        if !rest.is_empty() {
            let events = rest.iter().map(|event| event.get().to_owned()).collect();
            imported.unapplied.push(UnappliedEvents { id, reason: applied.reason, events });
        }
    }
    Ok(imported)
}

/// A line of the old format.
#[derive(Deserialize)]
struct Line {
    kind: String,
    id: RecordId,
    #[serde(alias = "edition")]
    site: Site,
    steps: Vec<Box<RawValue>>,
}

struct History {
    kind: String,
    site: Site,
    events: Vec<Box<RawValue>>,
}

/// Number of events of a history that follow from each other, and the reason why the next one does not.
struct Applicable {
    count: usize,
    reason: String,
}

impl History {
    fn new(kind: String, site: Site) -> Self {
        Self { kind, site, events: Vec::new() }
    }

    fn applicable(&self, id: &RecordId, store: &RecordStore) -> Applicable {
        let mut record = match store.catalogue().blank(&self.kind, id.clone(), self.site) {
            Some(record) => record,
            None => return Applicable { count: 0, reason: format!("the kind {} is unknown", self.kind) },
        };
        for (count, event) in self.events.iter().enumerate() {
            let replayed = Arc::get_mut(&mut record).map(|record| record.replay_json(event.get()));
            match replayed {
                Some(Ok(())) => {}
                Some(Err(JsonEventError::NotApplied(error))) => {
                    return Applicable { count, reason: error.to_string() };
                }
                // The message of a JSON error may repeat personal data.
                _ => return Applicable { count, reason: format!("event {} cannot be read", count + 1) },
            }
        }
        Applicable { count: self.events.len(), reason: String::new() }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ImportError> {
    let named = fs::symlink_metadata(path)?;
    if named.file_type().is_symlink() {
        return Err(ImportError::Link);
    }
    let mut file = File::open(path)?;
    let opened = file.metadata()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        // The path was replaced by a link between the two calls.
        if (named.dev(), named.ino()) != (opened.dev(), opened.ino()) {
            return Err(ImportError::Link);
        }
    }
    let mut bytes = Vec::with_capacity(usize::try_from(opened.len()).unwrap_or_default());
    file.read_to_end(&mut bytes)?;
    // A machine that died while the file was created left a beginning of the header.
    if !bytes.starts_with(HEADER) && !HEADER.starts_with(&bytes) {
        return Err(ImportError::Foreign);
    }
    debug_assert!(HEADER.starts_with(MARK), "the header begins with the mark");
    Ok(bytes)
}

/// The whole lines after the header, and the parts that are none.
fn lines(mut rest: &[u8]) -> (Vec<Line>, Vec<DamagedPart>) {
    let mut lines = Vec::new();
    let mut damaged: Vec<DamagedPart> = Vec::new();
    let mut offset = HEADER.len() as u64;
    while !rest.is_empty() {
        let length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        let (text, after) = rest.split_at(length);
        // Where a page of a torn batch was lost, its zeros run into the next whole line.
        let line = whole(text).or_else(|| whole(text.trim_ascii_start_zeros()));
        match line {
            Some(line) => {
                damaged.iter_mut().for_each(|part| part.at_end = false);
                let skipped = (text.len() - text.trim_ascii_start_zeros().len()) as u64;
                if skipped > 0 {
                    damaged.push(DamagedPart { offset, length: skipped, at_end: false });
                }
                lines.push(line);
            }
            None => match damaged.last_mut().filter(|part| part.offset + part.length == offset) {
                Some(part) => part.length += length as u64,
                None => damaged.push(DamagedPart { offset, length: length as u64, at_end: true }),
            },
        }
        offset += length as u64;
        rest = after;
    }
    (lines, damaged)
}

trait Zeros {
    fn trim_ascii_start_zeros(&self) -> &[u8];
}

impl Zeros for [u8] {
    fn trim_ascii_start_zeros(&self) -> &[u8] {
        let zeros = self.iter().take_while(|byte| **byte == 0).count();
        self.get(zeros..).unwrap_or_default()
    }
}

/// The line, when its checksum is right: the first eight bytes of the SHA-256 of the JSON in hex, a space, the JSON.
fn whole(text: &[u8]) -> Option<Line> {
    let (sum, rest) = text.split_at_checked(CHECKSUM)?;
    let json = rest.strip_prefix(b" ")?.strip_suffix(b"\n")?;
    let mut expected = hex::encode(Sha256::digest(json));
    expected.truncate(CHECKSUM);
    (expected.as_bytes() == sum).then(|| serde_json::from_slice(json).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use huaweicloud_partner::workflow::ChinaCalendar;

    use super::*;

    fn line(json: &str) -> Vec<u8> {
        let mut sum = hex::encode(Sha256::digest(json));
        sum.truncate(CHECKSUM);
        format!("{sum} {json}\n").into_bytes()
    }

    fn event(id: &str, at: &str, role: &str, event: &str) -> Vec<u8> {
        line(&format!(
            r#"{{"kind":"ho","id":"{id}","edition":"china","steps":[{{"at":"{at}T02:00:00Z","by":{{"role":"{role}"}},"event":{event}}}]}}"#
        ))
    }

    fn share(id: &str) -> Vec<u8> {
        event(id, "2026-03-02", "system", r#"{"share":{"customer":{"company":"Blue Harbour"},"name":"x"}}"#)
    }

    fn accept(id: &str) -> Vec<u8> {
        event(id, "2026-03-03", "partner_administrator", r#"{"accept":{}}"#)
    }

    fn write(name: &str, parts: &[&[u8]]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("hwp-import-{}-{name}", std::process::id()));
        fs::write(&path, parts.concat()).unwrap();
        path
    }

    async fn import(path: &Path) -> (Result<Imported, ImportError>, RecordStore) {
        let store = RecordStore::in_memory(ChinaCalendar::published());
        let imported = import_file(path, &store).await;
        (imported, store)
    }

    #[tokio::test]
    async fn every_event_of_a_whole_file_is_imported_once() {
        let lapse = event("HO-2", "2026-03-06", "system", r#""lapse""#);
        let parts: [&[u8]; 5] = [HEADER, &share("HO-1"), &share("HO-2"), &accept("HO-1"), &lapse];
        let path = write("whole", &parts);
        let (imported, store) = import(&path).await;
        let imported = imported.unwrap();
        assert_eq!((imported.records, imported.events, imported.is_complete()), (2, 4, true));
        assert_eq!(store.record("HO-1").unwrap().state(), Some("accepted"));
        assert_eq!(store.record("HO-2").unwrap().state(), Some("taken_back"));
        // Again: the same, and the feed has each event once.
        assert_eq!(import_file(&path, &store).await.unwrap(), imported);
        assert_eq!(store.changes(0, 100).await.unwrap().len(), 4);
        assert_eq!(fs::read(&path).unwrap(), parts.concat());
        fs::remove_file(path).unwrap();
    }

    #[tokio::test]
    async fn a_file_cut_at_any_byte_gives_every_acknowledged_event() {
        let lines = [share("HO-1"), accept("HO-1"), share("HO-2")];
        let bytes = [HEADER, &lines.concat()].concat();
        let ends: Vec<usize> = lines
            .iter()
            .scan(HEADER.len(), |end, line| {
                *end += line.len();
                Some(*end)
            })
            .collect();
        for cut in 0..=bytes.len() {
            let path = write("cut", &[&bytes[..cut]]);
            let (imported, _) = import(&path).await;
            let imported = imported.unwrap();
            assert_eq!(imported.events, ends.iter().filter(|end| **end <= cut).count(), "cut at {cut}");
            assert!(imported.is_complete());
            fs::remove_file(path).unwrap();
        }
    }

    /// A batch is written at once: after a crash any of its pages may be missing, with whole lines after them.
    #[tokio::test]
    async fn a_torn_batch_does_not_keep_the_file_from_being_read() {
        let (first, second, third) = (share("HO-1"), share("HO-2"), share("HO-3"));
        for hole in [0..40, 5..second.len() - 1, 0..second.len()] {
            let mut torn = second.clone();
            torn[hole.clone()].fill(0);
            let path = write("batch", &[HEADER, &first, &torn, &third]);
            let (imported, store) = import(&path).await;
            let imported = imported.unwrap();
            assert_eq!((imported.events, imported.damaged.len()), (2, 1), "{hole:?}");
            assert!(store.record("HO-1").is_some() && store.record("HO-3").is_some());
            fs::remove_file(path).unwrap();
        }
    }

    #[tokio::test]
    async fn events_of_a_second_writer_are_reported_and_not_lost() {
        let path =
            write("second", &[HEADER, &share("HO-1"), &share("HO-1"), &accept("HO-1"), &share("HO-2")]);
        let (imported, store) = import(&path).await;
        let imported = imported.unwrap();
        assert_eq!((imported.records, imported.events), (2, 2));
        assert_eq!(imported.unapplied.len(), 1);
        assert_eq!((imported.unapplied[0].id.as_str(), imported.unapplied[0].events.len()), ("HO-1", 2));
        assert!(!imported.is_complete() && !format!("{imported:?}").contains("Blue Harbour"));
        assert!(store.record("HO-2").is_some());
        fs::remove_file(path).unwrap();
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn links_and_foreign_files_are_refused() {
        let file = write("target", &[HEADER, &share("HO-1")]);
        let link = file.with_extension("link");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(matches!(import(&link).await.0, Err(ImportError::Link)));
        for content in ["id,name\n", "huaweicloud-partner desk 2\n", "\0\0"] {
            let foreign = write("foreign", &[content.as_bytes()]);
            assert!(matches!(import(&foreign).await.0, Err(ImportError::Foreign)), "{content:?}");
            fs::remove_file(foreign).unwrap();
        }
        fs::remove_file(link).unwrap();
        fs::remove_file(file).unwrap();
    }
}

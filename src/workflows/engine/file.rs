//! Events in a file: append-only, checksummed line by line, safe against a crash at any byte.
//!
//! The first line is `huaweicloud-partner desk 1`, whose number is the format. Each further line is the first eight
//! bytes of the SHA-256 of the JSON in hex, a space, and the JSON of a [`Line`].

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use sha2::{Digest, Sha256};

use super::{Line, Storage, StorageError};

const MARK: &str = "huaweicloud-partner desk ";
const FORMAT: u32 = 1;
const CHECKSUM: usize = 16;

/// Keeps a desk's events in one file, for one process at a time.
///
/// An append returns when the operating system has put the events on disk. After a crash the file is opened again
/// with every event that was acknowledged; a line that was being written is cut off and can be looked at with
/// [`FileStorage::torn_tail`]. The file holds personal data: on Unix it is created for its owner only.
#[derive(Debug)]
pub struct FileStorage {
    path: PathBuf,
    open: Mutex<Open>,
}

/// The end of a file that was being written when the machine or the process died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// Where it began, and where the file ends now.
    pub offset: u64,
    /// What was cut off: the beginning of an event that was never acknowledged.
    pub bytes: Vec<u8>,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// Up to here the file is whole. Unknown until it was read once.
    end: Option<u64>,
    torn: Option<TornTail>,
}

impl FileStorage {
    /// Opens the file, or creates it.
    ///
    /// # Errors
    /// [`StorageError::Foreign`] and [`StorageError::Newer`] for a file that this version must not touch, and what
    /// the operating system refuses.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StorageError> {
        let path = path.as_ref();
        let mut file = create(path, false)?;
        let path = fs::canonicalize(path)?;
        let mut first = Vec::new();
        BufReader::new(&mut file).take(MARK.len() as u64 + 32).read_until(b'\n', &mut first)?;
        let header = header();
        if first.len() < header.len() && header.as_bytes().starts_with(&first) {
            // New, or the machine died while it was created.
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(header.as_bytes())?;
            file.sync_all()?;
            sync_directory(&path)?;
        } else if first != header.as_bytes() {
            return Err(refuse(&first));
        }
        Ok(Self { path, open: Mutex::new(Open { file, end: None, torn: None }) })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was cut off the file when it was read, if it ended in the middle of an event.
    pub fn torn_tail(&self) -> Option<TornTail> {
        self.lock().torn.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Storage for FileStorage {
    fn load(&self, each: &mut dyn FnMut(Line) -> ControlFlow<()>) -> Result<(), StorageError> {
        self.lock().load(each)
    }

    fn append(&self, lines: &[Line]) -> Result<(), StorageError> {
        let mut bytes = Vec::new();
        for line in lines {
            write_line(&mut bytes, line)?;
        }
        self.lock().append(&bytes)
    }

    fn replace(&self, lines: &mut dyn Iterator<Item = Line>) -> Result<(), StorageError> {
        let mut open = self.lock();
        open.whole()?;
        let mut name = self.path.clone().into_os_string();
        name.push(".new");
        let new = PathBuf::from(name);
        let mut file = create(&new, true)?;
        let written = write_all(&mut file, lines).and_then(|()| {
            fs::rename(&new, &self.path)?;
            Ok(())
        });
        if let Err(error) = written {
            let _ = fs::remove_file(&new);
            return Err(error);
        }
        let end = Some(file.stream_position()?);
        *open = Open { file, end, torn: None };
        sync_directory(&self.path)
    }
}

impl Open {
    fn load(&mut self, each: &mut dyn FnMut(Line) -> ControlFlow<()>) -> Result<(), StorageError> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(1 << 20, &mut self.file);
        let mut text = Vec::new();
        let mut offset = reader.read_until(b'\n', &mut text)? as u64;
        let mut torn: Option<TornTail> = None;
        let mut stopped = false;
        loop {
            text.clear();
            let length = reader.read_until(b'\n', &mut text)?;
            if length == 0 {
                break;
            }
            match (checked(&text), &mut torn) {
                (Some(_), Some(torn)) => return Err(StorageError::Damaged { offset: torn.offset }),
                (Some(json), None) => {
                    if !stopped {
                        let line = serde_json::from_slice(json)?;
                        stopped = each(line).is_break();
                    }
                    offset += length as u64;
                }
                (None, Some(torn)) => torn.bytes.extend_from_slice(&text),
                (None, None) => torn = Some(TornTail { offset, bytes: text.clone() }),
            }
        }
        if let Some(torn) = torn.as_ref().filter(|torn| torn.bytes.ends_with(b"\n")) {
            // A write that was cut off has no end of line.
            return Err(StorageError::Damaged { offset: torn.offset });
        }
        if torn.is_some() {
            self.file.set_len(offset)?;
            self.file.sync_all()?;
            self.torn = torn;
        }
        self.end = Some(offset);
        Ok(())
    }

    /// The length of the file, all of it whole and nobody else's.
    fn whole(&mut self) -> Result<u64, StorageError> {
        if self.end.is_none() {
            self.load(&mut |_| ControlFlow::Continue(()))?;
        }
        let found = self.file.metadata()?.len();
        match self.end {
            Some(expected) if expected != found => Err(StorageError::ChangedElsewhere { expected, found }),
            _ => Ok(found),
        }
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        let end = self.whole()?;
        self.file.seek(SeekFrom::Start(end))?;
        if let Err(error) = self.file.write_all(bytes).and_then(|()| self.file.sync_data()) {
            // Cut the half-written event off now; should that fail too, the next use reads the file anew and does it.
            self.end = None;
            if self.file.set_len(end).and_then(|()| self.file.sync_all()).is_ok() {
                self.end = Some(end);
            }
            return Err(error.into());
        }
        self.end = Some(end + bytes.len() as u64);
        Ok(())
    }
}

fn header() -> String {
    format!("{MARK}{FORMAT}\n")
}

/// Why a file with this beginning is none of ours.
fn refuse(first: &[u8]) -> StorageError {
    let found = std::str::from_utf8(first)
        .ok()
        .and_then(|text| text.strip_prefix(MARK)?.strip_suffix('\n')?.parse::<u32>().ok());
    match found {
        Some(found) if found > FORMAT => StorageError::Newer { found, known: FORMAT },
        _ => StorageError::Foreign { expected: MARK },
    }
}

/// The JSON of a whole line; none when it is torn or damaged.
fn checked(text: &[u8]) -> Option<&[u8]> {
    let (sum, rest) = text.split_at_checked(CHECKSUM)?;
    let json = rest.strip_prefix(b" ")?.strip_suffix(b"\n")?;
    (checksum(json).as_bytes() == sum).then_some(json)
}

fn checksum(json: &[u8]) -> String {
    let mut sum = hex::encode(Sha256::digest(json));
    sum.truncate(CHECKSUM);
    sum
}

fn write_line(into: &mut impl Write, line: &Line) -> Result<(), StorageError> {
    let json = serde_json::to_vec(line)?;
    write!(into, "{} ", checksum(&json))?;
    into.write_all(&json)?;
    into.write_all(b"\n")?;
    Ok(())
}

fn write_all(file: &mut File, lines: &mut dyn Iterator<Item = Line>) -> Result<(), StorageError> {
    let mut writer = BufWriter::with_capacity(1 << 20, &mut *file);
    writer.write_all(header().as_bytes())?;
    for line in lines {
        write_line(&mut writer, &line)?;
    }
    writer.flush()?;
    drop(writer);
    file.sync_all()?;
    Ok(())
}

fn create(path: &Path, truncate: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(truncate);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a new or renamed file last. Windows has no such call and needs none.
fn sync_directory(path: &Path) -> Result<(), StorageError> {
    #[cfg(unix)]
    if let Some(directory) = path.parent() {
        File::open(directory)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

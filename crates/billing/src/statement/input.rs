//! The layers below the rows: gzip, tar, and limits on what they may produce.

use std::{
    cell::Cell,
    io::{self, BufRead as _, BufReader, Cursor, Read},
    sync::mpsc,
};

use super::{DamageKind, StatementOptions, damage::LimitExceeded};

/// The size of the buffers between layers.
pub(super) const BUFFER: usize = 64 * 1024;

/// A long name or a PAX record may have this many bytes.
const LARGEST_NAME: u64 = 64 * 1024;

/// Maximum padding after the last member: that of a tape block.
const LARGEST_PADDING: u64 = 1024 * 1024;

/// Counts bytes: all of them, and those since the last row.
pub(super) struct Meter {
    total: Cell<u64>,
    since_row: Cell<u64>,
    largest_row: u64,
    largest_total: u64,
}

impl Meter {
    pub(super) fn new(options: &StatementOptions) -> Self {
        Self {
            total: Cell::new(0),
            since_row: Cell::new(0),
            largest_row: options.max_row_bytes.saturating_add(BUFFER as u64),
            largest_total: options.max_uncompressed_bytes,
        }
    }

    /// A row, or a member, ended.
    pub(super) fn row(&self) {
        self.since_row.set(0);
    }

    pub(super) fn total(&self) -> u64 {
        self.total.get()
    }
}

/// Passes bytes through and counts them.
pub(super) struct Metered<'m, R> {
    pub(super) inner: R,
    pub(super) meter: &'m Meter,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.meter.since_row.get() > self.meter.largest_row {
            return Err(io::Error::other(LimitExceeded::Row));
        }
        let count = self.inner.read(buffer)?;
        self.meter.since_row.set(self.meter.since_row.get() + count as u64);
        self.meter.total.set(self.meter.total.get() + count as u64);
        if self.meter.total.get() > self.meter.largest_total {
            return Err(io::Error::other(LimitExceeded::Total));
        }
        Ok(count)
    }
}

/// Bytes that were looked at, before the rest.
pub(super) type Peeked<R> = io::Chain<Cursor<Vec<u8>>, R>;

/// The first bytes of a reader, up to `count`, and the whole reader again.
pub(super) fn peek<R: Read>(mut reader: R, count: usize) -> io::Result<(Vec<u8>, Peeked<R>)> {
    let mut head = Vec::with_capacity(count);
    reader.by_ref().take(count as u64).read_to_end(&mut head)?;
    Ok((head.clone(), Cursor::new(head).chain(reader)))
}

/// Blocks that are unpacked before they are asked for.
const BLOCKS_AHEAD: usize = 4;

/// The size of such a block.
const BLOCK: usize = 256 * 1024;

/// Bytes that a thread of its own reads ahead, so that unpacking and parsing overlap.
pub(super) struct ReadAhead {
    blocks: mpsc::Receiver<io::Result<Vec<u8>>>,
    current: Cursor<Vec<u8>>,
    /// Set after an error: later reads end.
    ended: bool,
}

impl ReadAhead {
    /// Begins to read. The thread ends when this value is dropped.
    pub(super) fn new<R: Read + Send + 'static>(mut reader: R) -> io::Result<Self> {
        let (send, blocks) = mpsc::sync_channel(BLOCKS_AHEAD);
        std::thread::Builder::new().name("statement".to_owned()).spawn(move || {
            loop {
                let mut block = Vec::with_capacity(BLOCK);
                let read = reader.by_ref().take(BLOCK as u64).read_to_end(&mut block);
                let ended = read.is_err() || block.is_empty();
                // What was read before an error comes first.
                if !block.is_empty() && send.send(Ok(block)).is_err() {
                    return;
                }
                if let Err(error) = read {
                    let _ = send.send(Err(error)); // no one waits for it any more otherwise
                }
                if ended {
                    return;
                }
            }
        })?;
        Ok(Self { blocks, current: Cursor::new(Vec::new()), ended: false })
    }
}

impl Read for ReadAhead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.current.read(buffer)?;
            if count > 0 || buffer.is_empty() || self.ended {
                return Ok(count);
            }
            match self.blocks.recv() {
                Ok(Ok(block)) => self.current = Cursor::new(block),
                Ok(Err(error)) => {
                    self.ended = true;
                    return Err(error);
                }
                Err(mpsc::RecvError) => self.ended = true,
            }
        }
    }
}

/// The byte order of UTF-16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Utf16 {
    LittleEndian,
    BigEndian,
}

impl Utf16 {
    /// The byte order that a mark at the begin of a file says.
    pub(super) fn by_mark(head: &[u8]) -> Option<Self> {
        match head {
            [0xff, 0xfe, ..] => Some(Self::LittleEndian),
            [0xfe, 0xff, ..] => Some(Self::BigEndian),
            _ => None,
        }
    }
}

/// Turns UTF-16 into UTF-8. What is no text becomes an error.
pub(super) struct Utf16Reader<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    encoded: Vec<u8>,
    text: Cursor<Vec<u8>>,
    ended: bool,
}

impl<R: Read> Utf16Reader<R> {
    pub(super) fn new(inner: R, order: Utf16) -> Self {
        let encoding = match order {
            Utf16::LittleEndian => encoding_rs::UTF_16LE,
            Utf16::BigEndian => encoding_rs::UTF_16BE,
        };
        // The decoder takes the mark away.
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { inner, decoder, encoded: Vec::new(), text: Cursor::new(Vec::new()), ended: false }
    }

    /// Decodes the next bytes.
    fn more(&mut self) -> io::Result<()> {
        self.encoded.clear();
        self.inner.by_ref().take(BUFFER as u64).read_to_end(&mut self.encoded)?;
        self.ended = self.encoded.is_empty();
        let capacity = self.decoder.max_utf8_buffer_length_without_replacement(self.encoded.len());
        let mut text = String::with_capacity(capacity.unwrap_or(BUFFER * 4));
        let (result, _) =
            self.decoder.decode_to_string_without_replacement(&self.encoded, &mut text, self.ended);
        if result != encoding_rs::DecoderResult::InputEmpty {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not text in UTF-16"));
        }
        self.text = Cursor::new(text.into_bytes());
        Ok(())
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.text.read(buffer)?;
            if count > 0 || buffer.is_empty() || self.ended {
                return Ok(count);
            }
            self.more()?;
        }
    }
}

/// Returns the name of the format of a file that is neither CSV nor an archive that is read, by its first bytes.
pub(super) fn unsupported(head: &[u8]) -> Option<&'static str> {
    const FORMATS: [(&[u8], &str); 12] = [
        (b"PK\x03\x04", "ZIP or XLSX"),
        (b"PK\x05\x06", "ZIP or XLSX"),
        (b"\x1f\x8b", "gzip inside another file"),
        (b"\xfd7zXZ\0", "xz"),
        (b"\x28\xb5\x2f\xfd", "Zstandard"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS"),
        (b"%PDF-", "PDF"),
        (b"PAR1", "Parquet"),
        (b"<html", "HTML"),
        (b"<!DOCTYPE", "HTML"),
    ];
    let bzip2 = head.starts_with(b"BZh") && head.get(4..10) == Some(b"1AY&SY");
    if bzip2 {
        return Some("bzip2");
    }
    FORMATS.iter().find(|(begin, _)| head.starts_with(begin)).map(|(_, name)| *name)
}

/// True for the first bytes of a gzip file.
pub(super) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&[0x1f, 0x8b])
}

/// True for the first block of a tar archive.
pub(super) fn is_tar(head: &[u8]) -> bool {
    // An archive without members begins with its end: a block of zeros.
    let is_end = |block: &[u8]| block.iter().all(|byte| *byte == 0);
    head.get(257..262) == Some(b"ustar")
        || head.get(..512).is_some_and(is_end)
        || (head.len() >= 512 && head.get(..512).is_some_and(has_tar_checksum))
}

/// Old tar archives have no mark, only a checksum.
fn has_tar_checksum(block: &[u8]) -> bool {
    let Some(stated) = block.get(148..156) else { return false };
    let text: String = stated.iter().map(|byte| char::from(*byte)).collect();
    let digits = text.trim_matches(|letter: char| letter == '\0' || letter == ' ');
    let Ok(stated) = u64::from_str_radix(digits, 8) else { return false };
    let sum: u64 = block
        .iter()
        .enumerate()
        .map(|(place, byte)| if (148..156).contains(&place) { 32 } else { u64::from(*byte) })
        .sum();
    stated == sum && block.first().is_some_and(|first| *first != 0)
}

/// Kind of a member.
pub(super) enum MemberKind {
    /// A CSV file, with its name.
    Csv(String),
    /// Member of another kind.
    Other(String),
}

/// Calls `on_member` for each file of a tar archive, in order, with a reader that ends with the member.
///
/// Names of any length are bounded, links are never followed, and an archive that ends inside a member is an error.
pub(super) fn for_each_member<R: Read, E: From<DamageKind>>(
    archive: R,
    meter: &Meter,
    max_members: usize,
    mut on_member: impl FnMut(MemberKind, &mut dyn Read) -> Result<(), E>,
) -> Result<(), E> {
    let mut archive = tar::Archive::new(archive);
    let mut long_name: Option<String> = None;
    let mut members = 0_usize;
    {
        let entries = archive.entries().map_err(DamageKind::from_io)?.raw(true);
        for entry in entries {
            meter.row();
            let mut entry = entry.map_err(DamageKind::from_io)?;
            let kind = entry.header().entry_type();
            let size = entry.size();
            if kind.is_gnu_longname() || kind.is_pax_local_extensions() {
                let text = bounded_text(&mut entry, size)?;
                long_name = if kind.is_gnu_longname() {
                    Some(text.trim_end_matches('\0').to_owned())
                } else {
                    pax_path(&text).or(long_name)
                };
                continue;
            }
            if kind.is_gnu_longlink() || kind.is_pax_global_extensions() {
                bounded_text(&mut entry, size)?;
                continue;
            }
            members += 1;
            if members > max_members {
                return Err(DamageKind::TooManyMembers(max_members).into());
            }
            let short = || String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let path = long_name.take().unwrap_or_else(short);
            let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
            if kind.is_dir() {
                continue;
            }
            let is_csv = kind.is_file()
                && name.len() > 4
                && name.get(name.len() - 4..).is_some_and(|ending| ending.eq_ignore_ascii_case(".csv"))
                && !name.starts_with("._");
            let mut reader = Exactly { inner: &mut entry, left: size };
            if is_csv {
                on_member(MemberKind::Csv(name), &mut reader)?;
            } else {
                on_member(MemberKind::Other(path), &mut reader)?;
            }
            // What the member's reader left over is read here, so that a short archive shows.
            drain(&mut reader, meter, u64::MAX)?;
        }
    }
    meter.row();
    drain(&mut archive.into_inner(), meter, LARGEST_PADDING)
}

/// Reads to the end: a gzip checksum stands behind the last byte.
fn drain<E: From<DamageKind>>(reader: &mut dyn Read, meter: &Meter, most: u64) -> Result<(), E> {
    let mut reader = BufReader::with_capacity(BUFFER, reader);
    let mut seen = 0_u64;
    loop {
        let count = reader.fill_buf().map_err(DamageKind::from_io)?.len();
        if count == 0 {
            return Ok(());
        }
        seen += count as u64;
        if seen > most {
            return Err(DamageKind::TrailingData.into());
        }
        reader.consume(count);
        meter.row();
    }
}

fn bounded_text<E: From<DamageKind>>(entry: &mut impl Read, size: u64) -> Result<String, E> {
    if size > LARGEST_NAME {
        return Err(DamageKind::LongName(size).into());
    }
    let mut bytes = Vec::new();
    Exactly { inner: entry, left: size }.read_to_end(&mut bytes).map_err(DamageKind::from_io)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The path in a PAX record: lines of `length key=value`.
fn pax_path(records: &str) -> Option<String> {
    records.lines().find_map(|line| line.split_once(' ')?.1.strip_prefix("path=").map(str::to_owned))
}

/// A reader that fails where fewer bytes come than were promised.
struct Exactly<'r, R> {
    inner: &'r mut R,
    left: u64,
}

impl<R: Read> Read for Exactly<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.inner.read(buffer.get_mut(..most).unwrap_or_default())?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}

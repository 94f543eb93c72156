//! The request ids that came, with their writes: in a file, so that memory does not grow with their number.

use std::{
    fmt,
    fs::File,
    io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
};

use huaweicloud_partner::{journal::Attempt, operation::Resolvable};
use sha2::{Digest as _, Sha256};

use super::BulkRow;

/// Two rows of one input that have the same request id and are different writes. Which of them is meant cannot be known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct IdConflict {
    /// The request id of both.
    pub request_id: String,
    /// The number of the first row in the stream, from 0.
    pub first: u64,
    /// The number of the other row.
    pub second: u64,
}

impl fmt::Display for IdConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { request_id, first, second } = self;
        write!(
            f,
            "rows {} and {} have the request id {request_id}, and are different writes",
            first + 1,
            second + 1
        )
    }
}

/// Looks through all rows of an input for two that have the same request id and are different writes, and sends nothing.
///
/// [`Bulk::run`](super::Bulk::run) reads a stream while it sends, so it finds such a row only when it comes. Where the rows
/// can be read twice, as those of a file can, call this first.
///
/// # Errors
/// What the file system says about a temporary file.
pub fn find_conflict<R, O>(rows: impl IntoIterator<Item = R>) -> io::Result<Option<IdConflict>>
where
    R: Into<BulkRow<O>>,
    O: Resolvable,
{
    let mut ids = Ids::new()?;
    for (row, index) in rows.into_iter().zip(0_u64..) {
        let row = row.into();
        if row.request_id.is_empty() {
            continue;
        }
        if let Known::Conflict { first } = ids.note(&row.request_id, &contents(&row.operation), index)? {
            return Ok(Some(IdConflict { request_id: row.request_id, first, second: index }));
        }
    }
    Ok(None)
}

/// Describes a row, equally for equal writes: by its canonical arguments, or by the reason why it cannot be read.
pub(super) fn contents<O: Resolvable>(operation: &Result<O, String>) -> String {
    match operation {
        Ok(operation) => match Attempt::canonical_arguments(operation) {
            Ok(arguments) => format!("={}{arguments}", O::META.name),
            Err(error) => format!("!{error}"),
        },
        Err(message) => format!("!{message}"),
    }
}

/// Knowledge about a request id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    New,
    /// The row that has the same id and is the same write.
    Repeat {
        first: u64,
    },
    /// The row that has the same id and is another write.
    Conflict {
        first: u64,
    },
}

/// A hash table in a temporary file. Each slot has the digest of an id, the digest of its contents, and the number of its
/// row plus one; a slot of zeros is free.
#[derive(Debug)]
pub(super) struct Ids {
    table: File,
    slots: u64,
    used: u64,
}

/// The bytes of a slot, and where its parts begin.
const SLOT: usize = 32;
const CONTENTS: usize = 16;
const ROW: usize = 24;
/// The slots of a table that has no ids yet.
const FIRST_SLOTS: u64 = 1024;

type Slot = [u8; SLOT];

impl Ids {
    pub(super) fn new() -> io::Result<Self> {
        Self::with_slots(FIRST_SLOTS)
    }

    fn with_slots(slots: u64) -> io::Result<Self> {
        let table = tempfile::tempfile()?;
        table.set_len(slots.saturating_mul(SLOT as u64))?;
        Ok(Self { table, slots, used: 0 })
    }

    /// Takes note of a row, unless its id has come before.
    pub(super) fn note(&mut self, request_id: &str, contents: &str, row: u64) -> io::Result<Known> {
        if self.used >= self.slots / 4 * 3 {
            self.grow()?;
        }
        let mut new: Slot = [0; SLOT];
        let (id, contents) = (Sha256::digest(request_id.as_bytes()), Sha256::digest(contents.as_bytes()));
        let parts = id.iter().take(CONTENTS).chain(contents.iter().take(ROW - CONTENTS)).copied();
        let bytes = parts.chain(row.saturating_add(1).to_le_bytes());
        new.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
        let (at, found) = self.find(&new)?;
        if number(&found, ROW) == 0 {
            self.put(at, &new)?;
            return Ok(Known::New);
        }
        let first = number(&found, ROW).saturating_sub(1);
        Ok(match number(&found, CONTENTS) == number(&new, CONTENTS) {
            true => Known::Repeat { first },
            false => Known::Conflict { first },
        })
    }

    /// The place of an id, and what stands there: its slot, or a free one.
    fn find(&mut self, wanted: &Slot) -> io::Result<(u64, Slot)> {
        let mut at = number(wanted, 0) % self.slots;
        loop {
            let mut slot: Slot = [0; SLOT];
            self.table.seek(SeekFrom::Start(at.saturating_mul(SLOT as u64)))?;
            self.table.read_exact(&mut slot)?;
            if number(&slot, ROW) == 0 || slot.iter().take(CONTENTS).eq(wanted.iter().take(CONTENTS)) {
                return Ok((at, slot));
            }
            at = (at + 1) % self.slots;
        }
    }

    fn put(&mut self, at: u64, slot: &Slot) -> io::Result<()> {
        self.table.seek(SeekFrom::Start(at.saturating_mul(SLOT as u64)))?;
        self.table.write_all(slot)?;
        self.used += 1;
        Ok(())
    }

    fn grow(&mut self) -> io::Result<()> {
        let mut larger = Self::with_slots(self.slots.saturating_mul(2))?;
        self.table.seek(SeekFrom::Start(0))?;
        let mut table = BufReader::new(&self.table);
        for _ in 0..self.slots {
            let mut slot: Slot = [0; SLOT];
            table.read_exact(&mut slot)?;
            if number(&slot, ROW) != 0 {
                let (at, _) = larger.find(&slot)?;
                larger.put(at, &slot)?;
            }
        }
        *self = larger;
        Ok(())
    }
}

/// The number that begins at a byte of a slot.
fn number(slot: &Slot, at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(slot.iter().skip(at)).for_each(|(to, byte)| *to = *byte);
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_known_with_their_contents_also_when_the_table_has_grown() {
        let mut ids = Ids::new().unwrap();
        let rows = FIRST_SLOTS * 5;
        for row in 0..rows {
            assert_eq!(ids.note(&format!("id-{row}"), &format!("{}", row % 7), row).unwrap(), Known::New);
        }
        assert!(ids.slots > rows);
        for row in (0..rows).step_by(97) {
            let id = format!("id-{row}");
            let same = ids.note(&id, &format!("{}", row % 7), rows).unwrap();
            assert_eq!(same, Known::Repeat { first: row });
            assert_eq!(ids.note(&id, "other", rows).unwrap(), Known::Conflict { first: row });
        }
        assert_eq!(ids.note("id", "", 0).unwrap(), Known::New);
    }
}

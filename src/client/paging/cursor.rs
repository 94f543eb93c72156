//! Position in a list that is being read.

use crate::{
    operation::{PagingStyle, Position},
    types::plain::plain,
};

/// Position in a list that is being read. Store it, and resume from it in another process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListCursor {
    /// The page to be read next.
    pub(super) position: Position,
    /// Rows of that page that were delivered already.
    pub(super) rows: u32,
    /// Rows delivered in all pages before.
    pub(super) seen: u64,
    /// The total as the first page stated it.
    pub(super) total: Option<u64>,
    /// The page size that is asked for.
    pub(super) page_size: u32,
    /// The list has been read to its end.
    pub(super) finished: bool,
}

plain! {
    ListCursor {
        position, rows [default], seen [default], total [default], page_size, finished [sparse],
    }
}

impl ListCursor {
    pub(super) fn new(position: Position, page_size: u32) -> Self {
        let seen = position.rows_before(page_size);
        Self { position, rows: 0, seen, total: None, page_size, finished: false }
    }

    /// Returns the number of rows before the cursor.
    pub fn seen(&self) -> u64 {
        self.seen.saturating_add(u64::from(self.rows))
    }

    /// Returns the number of rows of the whole list, as its first page stated; `None` before that.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Whether the list has been read to its end. Resumed from such a cursor, it gives nothing more.
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// Whether it can be a cursor of a list of this style.
    pub(super) fn fits(&self, style: PagingStyle) -> bool {
        matches!(
            (&self.position, style),
            (Position::Row(_), PagingStyle::Rows)
                | (Position::Page(_), PagingStyle::Pages)
                | (Position::Marker(_), PagingStyle::Marker)
        )
    }
}

impl Position {
    /// Returns the number of rows before a page; `None` where only the service knows it.
    pub(super) fn rows_before(&self, page_size: u32) -> u64 {
        match self {
            Self::Row(rows) => u64::from(*rows),
            Self::Page(page) => u64::from(page.saturating_sub(1)).saturating_mul(u64::from(page_size)),
            Self::Marker(_) => 0,
        }
    }
}

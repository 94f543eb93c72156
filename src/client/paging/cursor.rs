//! Position in a list that is being read.

use serde::{Deserialize, Serialize};

use crate::operation::{PagingStyle, Position};

/// Position in a list that is being read. Store it, and resume from it in another process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct ListCursor {
    /// The page to be read next.
    pub(super) position: Position,
    /// Rows of that page that were delivered already.
    #[serde(default)]
    pub(super) rows: u32,
    /// Rows delivered in all pages before.
    #[serde(default)]
    pub(super) seen: u64,
    /// The total as the first page stated it.
    #[serde(default)]
    pub(super) total: Option<u64>,
    /// The page size that is asked for.
    pub(super) page_size: u32,
    /// The list has been read to its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) finished: bool,
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

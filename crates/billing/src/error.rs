//! Errors of closing a month.

use std::{
    io,
    path::{Path, PathBuf},
};

use huaweicloud_partner::types::BillCycle;

use crate::statement::StatementError;

/// Reason why a month cannot be read, reconciled or exported.
///
/// A difference between figures is no error: see [`Difference`](crate::reconcile::Difference).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A call to the service failed.
    #[error(transparent)]
    Call(#[from] huaweicloud_partner::Error),
    /// A statement file cannot be read to its end.
    #[error(transparent)]
    Statement(#[from] Box<StatementError>),
    /// A local file cannot be used.
    #[error("cannot {what} {}: {source}", path.display())]
    File {
        /// Action that was attempted.
        what: &'static str,
        /// Path of the file.
        path: PathBuf,
        /// Reason for the error.
        source: io::Error,
    },
    /// The object store refused.
    #[error("the object store failed: {0}")]
    Store(#[from] object_store::Error),
    /// A Parquet file cannot be written.
    #[error("Parquet: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// A CSV file cannot be written.
    #[error("CSV: {0}")]
    Csv(#[from] csv::Error),
    /// Bytes cannot be written.
    #[error("writing failed: {0}")]
    Io(#[from] io::Error),
    /// A sum, a product or a decimal column needs more digits than there are.
    #[error("{0} needs more digits than can be held exactly")]
    TooLarge(&'static str),
    /// Amounts of two currencies meet in one sum.
    #[error("amounts in {0} and {1} cannot be added")]
    MixedCurrencies(String, String),
    /// Charges of the international site come as files, and the last one of the month was not given.
    #[error(
        "the international site delivers the charges of {cycle} as a file, and the last one was not given: fetch {} from \
         the bucket that Partner Center writes to",
        expected.join(", ")
    )]
    NoStatement {
        /// Month of the bill.
        cycle: BillCycle,
        /// The names that are expected.
        expected: Vec<String>,
    },
    /// The figures of the month still move.
    #[error("{cycle} is not final: charges, refunds and adjustments may come in until {until}")]
    NotFinal {
        /// Month of the bill.
        cycle: BillCycle,
        /// Time at which the figures of the month are final.
        until: huaweicloud_partner::types::UtcTime,
    },
    /// Remains of an earlier run cannot be continued.
    #[error(
        "what an earlier run left in {} cannot be continued: {reason}; a run that does not resume begins from the start",
        path.display()
    )]
    Resume {
        /// Path of the directory.
        path: PathBuf,
        /// Reason for the error.
        reason: String,
    },
    /// The work was dropped or its thread ended.
    #[error("cancelled")]
    Cancelled,
    /// A setting is wrong.
    #[error("{0}")]
    Configuration(String),
}

impl Error {
    pub(crate) fn file(what: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File { what, path: path.to_owned(), source }
    }
}

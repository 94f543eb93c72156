//! A month as files in any object store.
//!
//! ```text
//! focus-parquet/month=2026-04/account=<billing account>/part-00001.parquet
//! focus-csv/month=2026-04/account=<billing account>/part-00001.csv
//! parquet/…  csv/…             the same charges under the names of the API
//! reports/2026-04.html
//! manifests/2026-04.json
//! ```
//!
//! The folders are Hive partitions, so that DataFusion, Spark, ClickHouse or DuckDB read a year as one table.
//!
//! An export changes a month in one step, when its manifest is replaced. A file becomes visible when it is whole, and the
//! manifest is written after the files that it names. Tables that a manifest names are never overwritten: those of an export
//! that changes the month are called `part-00001-2.parquet`, those of the next one again `part-00001.parquet`, and what is
//! the same as before keeps its name. Files of the earlier export are deleted after the manifest was replaced, and those of
//! an export that failed at once. A program that reads while others export reads the files that the manifest names, and is
//! never shown half a month.

mod manifest;
mod parquet;
mod plain;
mod row_groups;
mod run;
mod sink;
mod store;

use serde::{Deserialize, Serialize};

pub use manifest::{ExportedFile, MANIFEST_VERSION, Manifest};
pub use plain::PLAIN_COLUMNS;
#[cfg(feature = "s3")]
pub use store::obs_bucket;
pub use store::{local_directory, remove_unfinished_files};

pub use crate::focus::table::{Column, ColumnType};

pub(crate) use run::{ExportPlan, ExportSettings, FailedExport, export};
pub(crate) use store::hex;

/// A format in which a month is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Format {
    /// FOCUS as CSV.
    FocusCsv,
    /// FOCUS as Parquet.
    FocusParquet,
    /// The charges under the names of the API as CSV.
    Csv,
    /// The charges under the names of the API as Parquet.
    Parquet,
    /// The report as one HTML file.
    Html,
}

impl Format {
    /// All formats of an export.
    pub const ALL: [Self; 5] = [Self::FocusCsv, Self::FocusParquet, Self::Csv, Self::Parquet, Self::Html];

    /// The name, such as `focus-csv`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FocusCsv => "focus-csv",
            Self::FocusParquet => "focus-parquet",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Html => "html",
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::FocusCsv | Self::Csv => "csv",
            Self::FocusParquet | Self::Parquet => "parquet",
            Self::Html => "html",
        }
    }
}

impl AsRef<[Format]> for Format {
    fn as_ref(&self) -> &[Format] {
        std::slice::from_ref(self)
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the name of a format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a format: focus-csv, focus-parquet, csv, parquet or html")]
pub struct ParseFormatError(String);

impl std::str::FromStr for Format {
    type Err = ParseFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or_else(|| ParseFormatError(text.to_owned()))
    }
}

/// Pair of names of the files of an export, used in turn so that an export overwrites no file that the
/// manifest names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generation {
    First,
    Second,
}

impl Generation {
    const SECOND: &str = "-2";

    /// The one whose names the manifest of the month does not hold.
    pub(crate) fn unused_in(manifest: Option<&Manifest>, format: Format) -> Self {
        let first = manifest.is_some_and(|manifest| {
            let ending = format!("{}.{}", Self::SECOND, format.ending());
            manifest.files.iter().any(|file| file.format == format && !file.path.ends_with(&ending))
        });
        if first { Self::Second } else { Self::First }
    }

    /// The end of the names, before the dot.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::First => "",
            Self::Second => Self::SECOND,
        }
    }
}

/// Division of the files of a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PartitionBy {
    /// One folder for the billing account.
    #[default]
    BillingAccount,
    /// One folder for each customer. Makes many small files where there are many customers.
    Customer,
}

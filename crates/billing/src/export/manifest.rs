//! The manifest of a month: what was written, and how far it can be trusted.

use std::sync::Arc;

use object_store::{ObjectStore, ObjectStoreExt as _, path::Path};
use serde::{Deserialize, Serialize};

use super::Format;
use crate::{Error, ExactSum, charges::Completeness};

/// The version of the manifest's form.
pub const MANIFEST_VERSION: u32 = 1;

/// A file of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedFile {
    /// Path of the file in the store.
    pub path: String,
    /// Format of the file.
    pub format: Format,
    /// Number of its rows.
    pub rows: u64,
    /// Number of its bytes.
    pub bytes: u64,
    /// The hash of its bytes.
    pub sha256: String,
    /// Amount that the partner is charged in its rows.
    pub billed: ExactSum,
}

/// The manifest of a month, `manifests/2026-04.json`. It is written after all files that it names: what it does not name
/// does not belong to the month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Manifest {
    /// Version of the manifest, [`MANIFEST_VERSION`].
    pub manifest_version: u32,
    /// Month of the bill.
    pub cycle: String,
    /// The site, such as `china`.
    pub site: String,
    /// Time at which the month was closed.
    pub closed_at: String,
    /// True when the figures of the month were final.
    pub is_final: bool,
    /// `agrees`, `differs`, `incomplete` or `not_final`.
    pub verdict: String,
    /// The version of FOCUS of the FOCUS files.
    pub focus_version: String,
    /// The ISO code of the currency.
    pub currency: Option<String>,
    /// The account that FOCUS rows name as billing account.
    pub billing_account: String,
    /// True where nothing named that account and a placeholder stands for it.
    pub billing_account_assumed: bool,
    /// Rows of the month.
    pub rows: u64,
    /// Rows without an amount to be paid, which FOCUS files leave out.
    pub rows_without_amount: u64,
    /// Amount that the partner is charged.
    pub billed: ExactSum,
    /// Consumption among that.
    pub consumption: ExactSum,
    /// Refunds among that.
    pub refunds: ExactSum,
    /// Adjustments among that.
    pub adjustments: ExactSum,
    /// The evidence that nothing is missing.
    pub completeness: Completeness,
    /// Differences with known causes.
    pub differences_explained: u64,
    /// Number of differences without a known cause.
    pub differences_unexplained: u64,
    /// Files of the export.
    pub files: Vec<ExportedFile>,
}

impl Manifest {
    /// The place of a month's manifest.
    #[must_use]
    pub fn path(cycle: &str) -> String {
        format!("manifests/{cycle}.json")
    }

    /// Reads the manifest of a month; `None` where there is none.
    ///
    /// # Errors
    /// Where the store fails or the manifest cannot be read.
    pub async fn read(store: &Arc<dyn ObjectStore>, cycle: &str) -> Result<Option<Self>, Error> {
        let stored = match store.get(&Path::from(Self::path(cycle))).await {
            Ok(stored) => stored.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let unreadable =
            |error| Error::Configuration(format!("the manifest of {cycle} cannot be read: {error}"));
        serde_json::from_slice(&stored).map(Some).map_err(unreadable)
    }

    pub(crate) async fn write(&self, store: &Arc<dyn ObjectStore>) -> Result<(), Error> {
        let text =
            serde_json::to_vec_pretty(self).map_err(|error| Error::Configuration(error.to_string()))?;
        store.put(&Path::from(Self::path(&self.cycle)), text.into()).await?;
        Ok(())
    }
}

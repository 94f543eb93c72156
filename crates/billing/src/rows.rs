//! Source from which the charges of a month are read as often as needed.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, bufread::MultiGzDecoder, write::GzEncoder};
use huaweicloud_partner::bills::CustomerCharge;
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    charge::Charge,
    charges::ChargePage,
    statement::{Statement, StatementSummary},
};

/// The charges of a month.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// Pages of the API, kept in a local file.
    Spool(PathBuf),
    /// Statement files, and the partner ids in them that are resellers'.
    Statements { files: Vec<Statement>, resellers: BTreeSet<String>, own: Option<String> },
}

impl Source {
    /// Calls `on_charge` for every charge, always in the same order.
    pub(crate) fn for_each(
        &self,
        on_charge: &mut dyn FnMut(&Charge<'_>) -> Result<(), Error>,
    ) -> Result<Vec<StatementSummary>, Error> {
        match self {
            Self::Spool(path) => {
                for_each_page(path, |page| {
                    page.charges.iter().try_for_each(|row| on_charge(&page.charge(row)))
                })?;
                Ok(Vec::new())
            }
            Self::Statements { files, resellers, own } => {
                let read = |file: &Statement| {
                    file.read(|row| {
                        // Where a customer belongs to a reseller, the file names the reseller as its partner.
                        let reseller = row.charge.partner_id.filter(|id| {
                            resellers.contains(*id) || own.as_deref().is_some_and(|own| own != *id)
                        });
                        match reseller {
                            None => on_charge(&row.charge),
                            Some(_) => {
                                on_charge(&Charge { indirect_partner_id: reseller, ..row.charge.clone() })
                            }
                        }
                    })
                };
                files.iter().map(read).collect()
            }
        }
    }
}

/// A page as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct KeptPage {
    reseller: Option<String>,
    currency: Option<String>,
    pub(crate) charges: Vec<CustomerCharge>,
}

impl KeptPage {
    /// A row of the page as a charge.
    pub(crate) fn charge<'p>(&'p self, row: &'p CustomerCharge) -> Charge<'p> {
        Charge::from_api(row, self.reseller.as_deref(), self.currency.as_deref())
    }
}

/// Reads every kept page.
pub(crate) fn for_each_page(
    path: &Path,
    mut on_page: impl FnMut(&KeptPage) -> Result<(), Error>,
) -> Result<(), Error> {
    let failed = |source| Error::file("read", path, source);
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.len() == 0 {
        return Ok(());
    }
    let mut lines = BufReader::new(MultiGzDecoder::new(BufReader::with_capacity(64 * 1024, file)));
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.by_ref().read_until(b'\n', &mut line).map_err(failed)? == 0 {
            return Ok(());
        }
        let page: KeptPage = serde_json::from_slice(&line).map_err(|error| failed(error.into()))?;
        on_page(&page)?;
    }
}

/// The file in which pages are kept: one line of JSON and one gzip member for each page, so that it can be cut at the end
/// of any page and continued.
#[derive(Debug)]
pub(crate) struct Spool {
    file: File,
    path: PathBuf,
    bytes: u64,
}

impl Spool {
    /// Opens the file and cuts it to what is known to be whole.
    pub(crate) fn open(path: &Path, bytes: u64) -> Result<Self, Error> {
        let failed = |source| Error::file("open", path, source);
        let file = File::options().create(true).truncate(false).write(true).open(path).map_err(failed)?;
        if file.metadata().map_err(failed)?.len() < bytes {
            let reason = "the charges that were read are not all there".to_owned();
            return Err(Error::Resume { path: path.to_owned(), reason });
        }
        let mut spool = Self { file, path: path.to_owned(), bytes };
        spool.cut(bytes)?;
        Ok(spool)
    }

    /// Returns the length in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Discards what came after this length.
    pub(crate) fn cut(&mut self, bytes: u64) -> Result<(), Error> {
        let cut = self.file.set_len(bytes).and_then(|()| self.file.seek(SeekFrom::Start(bytes)));
        cut.map_err(|source| Error::file("cut", &self.path, source))?;
        self.bytes = bytes;
        Ok(())
    }

    /// Appends a page.
    pub(crate) fn append(&mut self, page: ChargePage) -> Result<(), Error> {
        let kept = KeptPage {
            reseller: page.indirect_partner_id.map(|id| id.to_string()),
            currency: page.currency,
            charges: page.charges,
        };
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        let written = serde_json::to_writer(&mut encoder, &kept)
            .map_err(std::io::Error::from)
            .and_then(|()| encoder.write_all(b"\n"))
            .and_then(|()| encoder.finish())
            .and_then(|member| self.file.write_all(&member).map(|()| member.len()));
        self.bytes += written.map_err(|source| Error::file("write", &self.path, source))? as u64;
        Ok(())
    }

    /// Waits until everything is on disk.
    pub(crate) fn sync(&self) -> Result<(), Error> {
        self.file.sync_data().map_err(|source| Error::file("write", &self.path, source))
    }
}

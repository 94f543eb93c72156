//! Files into an object store: in parts, visible only when they are whole.

use std::{
    io::{self, Write},
    path::Path as FilePath,
    sync::Arc,
};

use bytes::Bytes;
use huaweicloud_partner::types::BillCycle;
use object_store::{
    MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload, local::LocalFileSystem, path::Path,
};
use sha2::{Digest as _, Sha256};
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::Format;
use crate::Error;

/// Bytes of one part, unless set otherwise. S3 wants at least 5 MiB and at most 10,000 parts.
pub(crate) const PART: usize = 8 << 20;

/// A local directory as an object store; it is created where it does not exist. Files are on disk, not only in the system's
/// memory, before an export returns.
///
/// # Errors
/// Where the directory cannot be created.
pub fn local_directory(path: impl AsRef<FilePath>) -> Result<Arc<dyn ObjectStore>, Error> {
    let path = path.as_ref();
    std::fs::create_dir_all(path).map_err(|source| Error::file("create", path, source))?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(path)?.with_fsync(true)))
}

/// Deletes what exports of a month left in a local directory when their process was killed: files that were being written
/// and have no name of their own yet. No other process may export this month into the directory meanwhile.
///
/// Files that are whole and that no manifest names are deleted by the next export.
///
/// # Errors
/// Where the directory cannot be read or a file cannot be deleted.
pub fn remove_unfinished_files(path: impl AsRef<FilePath>, cycle: BillCycle) -> Result<(), Error> {
    let path = path.as_ref();
    for format in Format::ALL.into_iter().filter(|format| *format != Format::Html) {
        sweep(&path.join(format.as_str()).join(format!("month={cycle}")), "")?;
    }
    sweep(&path.join("reports"), &cycle.to_string())?;
    sweep(&path.join("manifests"), &cycle.to_string())
}

/// Deletes files that `object_store` was writing: their names end with `#` and a number.
fn sweep(folder: &FilePath, prefix: &str) -> Result<(), Error> {
    let failed = |what, source| Error::file(what, folder, source);
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|source| failed("read", source))?,
    };
    for entry in entries {
        let entry = entry.map_err(|source| failed("read", source))?;
        let (path, name) = (entry.path(), entry.file_name());
        let unfinished =
            name.to_str().and_then(|name| name.strip_prefix(prefix)?.rsplit_once('#')).is_some_and(
                |(_, number)| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()),
            );
        if entry.file_type().map_err(|source| failed("read", source))?.is_dir() {
            sweep(&path, prefix)?;
        } else if unfinished {
            std::fs::remove_file(&path).map_err(|source| Error::file("delete", &path, source))?;
        }
    }
    Ok(())
}

/// A bucket of Huawei Cloud OBS through its S3-compatible, virtual-hosted interface.
///
/// # Errors
/// Where the settings are not usable.
#[cfg(feature = "s3")]
pub fn obs_bucket(
    bucket: &str,
    region: &str,
    access_key: &str,
    secret_key: &str,
) -> Result<Arc<dyn ObjectStore>, Error> {
    let store = object_store::aws::AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(region)
        .with_endpoint(format!("https://{bucket}.obs.{region}.myhuaweicloud.com"))
        .with_virtual_hosted_style_request(true)
        .with_access_key_id(access_key)
        .with_secret_access_key(secret_key)
        .build()?;
    Ok(Arc::new(store))
}

/// Result of writing a file.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

enum Message {
    Part(Bytes),
    Complete,
}

/// A file of an object store as a [`Write`], for code that blocks. Nothing is visible before [`StoreWriter::complete`].
pub(crate) struct StoreWriter {
    part: Vec<u8>,
    bytes_per_part: usize,
    messages: mpsc::Sender<Message>,
    hash: Sha256,
    bytes: u64,
}

/// The end of an upload that runs beside.
pub(crate) struct Upload {
    done: oneshot::Receiver<Result<(), object_store::Error>>,
}

impl StoreWriter {
    pub(crate) fn new(
        store: Arc<dyn ObjectStore>,
        path: Path,
        bytes_per_part: usize,
        runtime: &Handle,
    ) -> (Self, Upload) {
        let (messages, receiver) = mpsc::channel(2);
        let (send_done, done) = oneshot::channel();
        runtime.spawn(async move {
            drop(send_done.send(upload(store, path, receiver).await));
        });
        let (part, hash) = (Vec::new(), Sha256::new());
        (Self { part, bytes_per_part, messages, hash, bytes: 0 }, Upload { done })
    }

    fn send(&mut self) -> io::Result<()> {
        let part = std::mem::take(&mut self.part);
        self.hash.update(&part);
        self.bytes += part.len() as u64;
        let ended = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the upload ended");
        self.messages.blocking_send(Message::Part(part.into())).map_err(ended)
    }

    /// Sends what is left and makes the file visible. The upload is at its end once [`Upload::wait`] returns.
    pub(crate) fn complete(mut self) -> io::Result<Written> {
        if !self.part.is_empty() {
            self.send()?;
        }
        let ended = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the upload ended");
        self.messages.blocking_send(Message::Complete).map_err(ended)?;
        Ok(Written { bytes: self.bytes, sha256: hex(&self.hash.finalize()) })
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Write for StoreWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.part.extend_from_slice(bytes);
        if self.part.len() >= self.bytes_per_part {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Upload {
    /// Waits until the file is visible or given up, or says why it is not visible.
    pub(crate) fn wait(self) -> Result<(), Error> {
        self.done.blocking_recv().map_err(|_| Error::Cancelled)?.map_err(Error::from)
    }
}

async fn upload(
    store: Arc<dyn ObjectStore>,
    path: Path,
    mut messages: mpsc::Receiver<Message>,
) -> Result<(), object_store::Error> {
    let mut parts: Option<Box<dyn MultipartUpload>> = None;
    let mut first: Option<Bytes> = None;
    loop {
        match messages.recv().await {
            Some(Message::Part(bytes)) if parts.is_none() && first.is_none() => first = Some(bytes),
            Some(Message::Part(bytes)) => {
                let mut under_way = match parts.take() {
                    Some(parts) => parts,
                    None => store.put_multipart(&path).await?,
                };
                let mut sent = Ok(());
                for bytes in first.take().into_iter().chain([bytes]) {
                    if sent.is_ok() {
                        sent = under_way.put_part(PutPayload::from(bytes)).await;
                    }
                }
                if let Err(error) = sent {
                    drop(under_way.abort().await);
                    return Err(error);
                }
                parts = Some(under_way);
            }
            // A file of one part is put at once, which every store does atomically.
            Some(Message::Complete) => {
                return match parts {
                    Some(mut parts) => match parts.complete().await {
                        Ok(_) => Ok(()),
                        Err(error) => {
                            drop(parts.abort().await);
                            Err(error)
                        }
                    },
                    None => store.put(&path, first.unwrap_or_default().into()).await.map(drop),
                };
            }
            None => {
                if let Some(mut parts) = parts {
                    drop(parts.abort().await);
                }
                return Ok(());
            }
        }
    }
}

#[cfg(all(test, feature = "s3"))]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_of_obs_is_addressed_by_its_own_host() {
        let store = obs_bucket("bills", "ap-southeast-1", "AK", "SK").unwrap();
        assert!(format!("{store:?}").contains("https://bills.obs.ap-southeast-1.myhuaweicloud.com"));
        assert_eq!(store.to_string(), "AmazonS3(bills)");
    }
}

//! Incarnations of processes and the proof of their death.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
};

use huaweicloud_partner::journal::{JournalError, JournalErrorKind, OwnerId};

/// This incarnation: its id and the lock that it holds for life.
#[derive(Clone, Debug)]
pub(super) struct Incarnation {
    pub(super) id: OwnerId,
    directory: PathBuf,
    _lock: Arc<File>,
}

impl Incarnation {
    /// Makes a new incarnation with a lock file in this directory.
    pub(super) fn new(directory: &Path) -> Result<Self, JournalError> {
        let failed = |doing: &str, error: std::io::Error| {
            let message = format!("{doing} in {} failed: {error}", directory.display());
            JournalError::new(JournalErrorKind::Unavailable, message).caused_by(error)
        };
        fs::create_dir_all(directory).map_err(|error| failed("making the directory of locks", error))?;
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).map_err(|error| {
            JournalError::new(JournalErrorKind::Unavailable, format!("no random numbers: {error}"))
        })?;
        let id: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let file = OpenOptions::new().create_new(true).write(true).open(path(directory, &id));
        let file = file.map_err(|error| failed("making a lock", error))?;
        file.lock().map_err(|error| failed("taking a lock", error))?;
        Ok(Self { id: OwnerId(id), directory: directory.to_owned(), _lock: Arc::new(file) })
    }

    /// Whether the process of another incarnation is proven not to exist any more: its lock can be taken. A lock that is not
    /// on this host proves nothing.
    pub(super) fn is_dead(&self, owner: &OwnerId) -> bool {
        let is_name = owner.0.bytes().all(|byte| byte.is_ascii_hexdigit());
        let Ok(file) = OpenOptions::new().write(true).open(path(&self.directory, &owner.0)) else {
            return false;
        };
        is_name && !matches!(file.try_lock(), Err(TryLockError::WouldBlock | TryLockError::Error(_)))
    }
}

fn path(directory: &Path, id: &str) -> PathBuf {
    directory.join(format!("{id}.lock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incarnation_is_dead_when_its_lock_is_released_and_not_before() {
        let directory = std::env::temp_dir().join(format!("owners-{}", std::process::id()));
        let one = Incarnation::new(&directory).unwrap();
        let two = Incarnation::new(&directory).unwrap();
        assert!(!two.is_dead(&one.id));
        let id = one.id.clone();
        drop(one);
        assert!(two.is_dead(&id));
        assert!(!two.is_dead(&OwnerId("ffff".into())), "a lock that is not here proves nothing");
        fs::remove_dir_all(directory).unwrap();
    }
}

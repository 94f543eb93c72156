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
        // The file has its name only when the lock is held, so that no one takes a process that starts for a dead one.
        let unnamed = directory.join(format!("{id}.new"));
        let file = OpenOptions::new().create_new(true).write(true).open(&unnamed);
        let file = file.map_err(|error| failed("making a lock", error))?;
        file.lock().map_err(|error| failed("taking a lock", error))?;
        fs::rename(&unnamed, path(directory, &id)).map_err(|error| failed("naming a lock", error))?;
        Ok(Self { id: OwnerId(id), directory: directory.to_owned(), _lock: Arc::new(file) })
    }

    /// The incarnations that left a lock file in the directory, and whose processes do not exist any more.
    pub(super) fn all_dead(&self) -> Vec<OwnerId> {
        let Ok(entries) = fs::read_dir(&self.directory) else { return Vec::new() };
        let names = entries.filter_map(Result::ok).map(|entry| entry.file_name());
        let owners = names.filter_map(|name| Some(OwnerId(name.to_str()?.strip_suffix(".lock")?.to_owned())));
        owners.filter(|owner| *owner != self.id && self.is_dead(owner)).collect()
    }

    /// Removes the lock file of an incarnation that is dead. Without the file nothing proves its death any more, so nothing
    /// may depend on that.
    pub(super) fn forget(&self, owner: &OwnerId) {
        // Another process may have been faster, and a file that stays does no harm.
        let _ = fs::remove_file(path(&self.directory, &owner.0));
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
        fs::write(directory.join("notes.txt"), "").unwrap();
        assert_eq!(two.all_dead(), std::slice::from_ref(&id));
        two.forget(&id);
        two.forget(&id);
        assert_eq!((two.all_dead(), two.is_dead(&id)), (vec![], false));
        let mut left: Vec<_> =
            fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [format!("{}.lock", two.id).as_str(), "notes.txt"]);
        fs::remove_dir_all(directory).unwrap();
    }
}

//! Incarnations of processes and the proof of their death.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use huaweicloud_partner::journal::{JournalError, JournalErrorKind, OwnerId};

/// Age at which a lock file without a name can only be that of a process that was killed before it named the file. Making a
/// file, locking it and renaming it takes no time that is near this one.
const ABANDONED: Duration = Duration::from_secs(3600);

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
        remove_abandoned(directory);
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

/// Removes the lock files that processes left which were killed before they named them. Nothing ever refers to such a file.
fn remove_abandoned(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok) {
        let unnamed = entry.path();
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if unnamed.extension().is_some_and(|extension| extension == "new")
            && age().is_some_and(|age| age > ABANDONED)
            && File::open(&unnamed).is_ok_and(|file| file.try_lock().is_ok())
        {
            // Another process may have been faster, and a file that stays does no harm.
            let _ = fs::remove_file(unnamed);
        }
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

    #[test]
    fn a_lock_file_that_was_never_named_is_removed_once_it_is_old_and_free() {
        let directory = std::env::temp_dir().join(format!("unnamed-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let long_ago = std::time::SystemTime::now() - 2 * ABANDONED;
        let leave = |name: &str, modified: std::time::SystemTime| {
            let file = File::create(directory.join(name)).unwrap();
            file.set_modified(modified).unwrap();
            file
        };
        leave("aa.new", long_ago);
        leave("bb.new", std::time::SystemTime::now());
        leave("cc.lock", long_ago);
        let held = leave("dd.new", long_ago);
        held.lock().unwrap();
        let incarnation = Incarnation::new(&directory).unwrap();
        let mut left: Vec<_> =
            fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        let mut expected =
            ["bb.new".into(), "cc.lock".into(), "dd.new".into(), format!("{}.lock", incarnation.id)];
        expected.sort();
        assert_eq!(left, expected.map(std::ffi::OsString::from));
        fs::remove_dir_all(directory).unwrap();
    }
}

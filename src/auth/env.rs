//! What the process finds around it: environment variables and files, replaceable in tests.

use std::{io, path::Path};

/// Where [`Environment`](super::Environment) and [`ProfileFile`](super::ProfileFile) look. [`OsEnv`] is the real thing.
pub trait Env: Send + Sync {
    /// The value of an environment variable; `None` where it is not set or not text.
    fn variable(&self, name: &str) -> Option<String>;

    /// The content of a file.
    ///
    /// # Errors
    /// What the file system says; [`io::ErrorKind::NotFound`] where there is no such file.
    fn file(&self, path: &Path) -> io::Result<Vec<u8>>;
}

/// The environment and the files of this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEnv;

impl Env for OsEnv {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }
}

/// A variable without the white space around it; `None` where nothing is left.
pub(super) fn variable(surroundings: &dyn Env, name: &str) -> Option<String> {
    surroundings.variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

//! Environment variables and files of the process, replaceable in tests.

use std::{io, path::Path};

use super::CredentialsError;
use crate::types::Secret;

/// Access to environment variables and files, for the sources of credentials that read them.
///
/// [`OsEnv`] reads those of the process; tests implement this trait with their own.
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

/// The value of a variable without the white space around it; `None` where nothing is left.
pub(crate) fn variable(env: &dyn Env, name: &str) -> Option<String> {
    env.variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// The content of a file that holds one token, without the white space around it.
///
/// # Errors
/// Where the file cannot be read, is not text or holds nothing.
pub(super) fn secret_file(env: &dyn Env, path: &Path) -> Result<Secret, CredentialsError> {
    let fail = |what: &str| CredentialsError::new(format!("the token file {} {what}", path.display()));
    let bytes = env.file(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => fail("does not exist"),
        _ => fail("cannot be read").caused_by(error),
    })?;
    let text = std::str::from_utf8(&bytes).map_err(|_| fail("is not text"))?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() { Err(fail("is empty")) } else { Ok(text.into()) }
}

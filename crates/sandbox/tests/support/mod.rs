//! Helpers that several tests share.

use std::process::{Command, Stdio};

/// The Python interpreter of the tests, if these modules can be imported: the one that `HWP_TEST_PYTHON` names, or
/// `python3`. Where they cannot, that is said.
pub fn python(modules: &str) -> Option<String> {
    let python = std::env::var("HWP_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python)
        .args(["-c", &format!("import {modules}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if found.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    eprintln!("left out: {python} cannot import {modules}; see .ci/services and HWP_TEST_PYTHON");
    None
}

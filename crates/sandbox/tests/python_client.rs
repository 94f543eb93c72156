//! The Python client of the server works, and so does the first test that the README shows. `HWP_TEST_PYTHON` names the
//! interpreter (see `.ci/services`). What cannot run for want of Python, pytest or the official SDK is said.

#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

mod support;

use std::{fs, path::Path, process::Command};

fn client() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/python")
}

/// Runs a program of Python with the client, and expects that it succeeds.
fn succeeds(python: &str, folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(python)
        .arg("-B")
        .args(arguments)
        .current_dir(folder)
        .env("PYTHONPATH", client())
        .env("PARTNER_SANDBOX", env!("CARGO_BIN_EXE_partner-sandbox"))
        .output();
    let output = output.unwrap_or_else(|error| panic!("{error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn the_python_client_opens_worlds_and_controls_them() {
    let Some(python) = support::python("unittest") else { return };
    succeeds(&python, &client(), &["-m", "unittest", "discover", "-s", "tests", "-t", "."]);
}

#[test]
fn the_first_test_of_the_readme_passes() {
    let Some(python) = support::python("pytest, huaweicloudsdkbss.v2") else { return };
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let program = readme.split_once("```python\n").unwrap().1.split_once("```").unwrap().0;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("first-test-of-the-readme");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("test_resellers.py"), program).unwrap();
    let fixtures =
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "huaweicloud_partner_sandbox.fixtures"];
    let text = succeeds(&python, &folder, &fixtures);
    let tests = program.matches("\ndef test_").count();
    assert!(tests >= 2 && text.contains(&format!("{tests} passed")), "{text}");
}

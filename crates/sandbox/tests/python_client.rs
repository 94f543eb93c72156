//! The Python client of the server works with it. Where Python is missing, that is said.

#![cfg(feature = "server")]
#![allow(clippy::panic)]

use std::{path::Path, process::Command};

#[test]
fn the_python_client_opens_worlds_and_controls_them() {
    if !Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success()) {
        eprintln!("left out: python3 is not here");
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/python");
    let output = Command::new("python3")
        .args(["-B", "-m", "unittest", "discover", "-s", "tests", "-t", "."])
        .current_dir(&folder)
        .env("PARTNER_SANDBOX", env!("CARGO_BIN_EXE_partner-sandbox"))
        .output();
    let output = output.unwrap_or_else(|error| panic!("{error}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

//! The example programs of this crate, built where they are missing or older than their sources.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

/// The path of an example.
pub fn program(name: &str) -> PathBuf {
    let profile = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned();
    let path = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = [root.join("src"), root.join("examples"), root.join("../../src")];
    let newest = sources.iter().filter_map(|folder| newest(folder)).max();
    let built = fs::metadata(&path).and_then(|found| found.modified()).ok();
    if built.is_none() || built < newest {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "-p", "huaweicloud-partner-store", "--example", name]);
        build.arg("--target-dir").arg(profile.parent().unwrap());
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success());
    }
    path
}

fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let times = entries.filter_map(|entry| match entry.metadata() {
        Ok(found) if found.is_dir() => newest(&entry.path()),
        Ok(found) => found.modified().ok(),
        Err(_) => None,
    });
    times.max()
}

//! The tables of README.md are those of the sources.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use huaweicloud_partner::registry;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text between two marks of the README.
fn section(mark: &str) -> String {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (begin, end) = (format!("<!-- {mark} -->\n"), format!("<!-- end of {mark} -->"));
    let after = readme.split_once(&begin).unwrap_or_else(|| panic!("README.md has no {begin}")).1;
    after.split_once(&end).unwrap_or_else(|| panic!("README.md has no {end}")).0.trim().to_owned()
}

/// The module and the name of the type that declares each operation, by its qualified official id.
fn declared() -> BTreeMap<String, (String, String)> {
    let mut found = BTreeMap::new();
    for module in fs::read_dir(root().join("src/api")).unwrap().map(|entry| entry.unwrap().path()) {
        let Ok(files) = fs::read_dir(&module) else { continue };
        for file in files.map(|entry| entry.unwrap().path()) {
            let text = fs::read_to_string(file).unwrap();
            for block in text.split("operation! {\n").skip(1) {
                let Some(name) = block.split("pub struct ").nth(1) else { continue };
                let name: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
                if name.is_empty() {
                    continue; // the macro itself
                }
                let Some(head) = block.lines().find(|line| line.contains("\" as ")) else { continue };
                let words: Vec<_> = head.split("\" as ").nth(1).unwrap().split_whitespace().collect();
                let id = if words[1].starts_with('"') {
                    words[1].trim_matches('"').to_owned()
                } else {
                    name.clone()
                };
                let module = module.file_name().unwrap().to_str().unwrap().to_owned();
                found.insert(format!("{}.{id}", words[0]), (module, name));
            }
        }
    }
    found
}

#[test]
fn the_table_of_operations_names_every_operation_and_its_type() {
    let declared = declared();
    let mut lines: Vec<_> = registry::all()
        .map(|entry| {
            let (module, name) = declared
                .get(entry.meta.name)
                .unwrap_or_else(|| panic!("{} is declared nowhere", entry.meta.name));
            let (service, id) = entry.meta.name.split_once('.').unwrap();
            (service, id, format!("| `{service}` | `{id}` | `{module}::{name}` |"))
        })
        .collect();
    lines.sort();
    let mut table = String::from("| Service | Official id | Type |\n|---|---|---|\n");
    for (.., line) in &lines {
        writeln!(table, "{line}").unwrap();
    }
    if std::env::var_os("UPDATE_README").is_some() {
        println!("{table}");
    }
    assert_eq!(section("operations"), table.trim(), "UPDATE_README=1 prints the table");
}

#[test]
fn the_table_of_features_names_every_feature() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let features = manifest.split("[features]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let names: Vec<_> = features
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Some(line.split_once(" = [")?.0))
        .filter(|name| *name != "default")
        .collect();
    let table = section("features");
    assert!(names.len() > 5);
    for name in names {
        assert!(table.contains(&format!("| `{name}` |")), "README.md does not describe the feature {name}");
    }
}

#[test]
fn the_table_of_examples_names_every_example() {
    let table = section("examples");
    for file in fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|extension| extension == "rs") {
            let name = file.file_stem().unwrap().to_str().unwrap();
            assert!(table.contains(&format!("`{name}`")), "README.md does not describe the example {name}");
        }
    }
}

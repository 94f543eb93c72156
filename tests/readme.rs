//! Tests that README.md and README.zh-CN.md agree with the sources and with each other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use huaweicloud_partner::registry;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Text of README.md or of its Chinese counterpart.
fn readme(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap()
}

const BOTH: [&str; 2] = ["README.md", "README.zh-CN.md"];

/// Returns the text between two marks of a README.
fn section(file: &str, mark: &str) -> String {
    let readme = readme(file);
    let (begin, end) = (format!("<!-- {mark} -->\n"), format!("<!-- end of {mark} -->"));
    let after = readme.split_once(&begin).unwrap_or_else(|| panic!("{file} has no {begin}")).1;
    after.split_once(&end).unwrap_or_else(|| panic!("{file} has no {end}")).0.trim().to_owned()
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
    let mut rows = String::new();
    for (.., line) in &lines {
        writeln!(rows, "{line}").unwrap();
    }
    for file in BOTH {
        let section = section(file, "operations");
        let head: String = section.lines().take(2).map(|line| format!("{line}\n")).collect();
        let expected = format!("{head}{rows}");
        if std::env::var_os("UPDATE_README").is_some() {
            let updated = readme(file).replace(&section, expected.trim());
            fs::write(root().join(file), updated).unwrap();
        } else {
            assert_eq!(section, expected.trim(), "UPDATE_README=1 cargo test --test readme writes the table");
        }
    }
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
    assert!(names.len() > 5);
    let docs = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for name in names {
        for file in BOTH {
            let row = format!("| `{name}` |");
            assert!(section(file, "features").contains(&row), "{file} does not describe the feature {name}");
        }
        let documented =
            docs.lines().any(|line| line.starts_with("//! - ") && line.contains(&format!("`{name}`")));
        assert!(documented, "the crate documentation does not describe the feature {name}");
    }
}

#[test]
fn the_table_of_examples_names_every_example() {
    for file in fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|extension| extension == "rs") {
            let name = file.file_stem().unwrap().to_str().unwrap();
            for readme in BOTH {
                let table = section(readme, "examples");
                assert!(
                    table.contains(&format!("`{name}`")),
                    "{readme} does not describe the example {name}"
                );
            }
        }
    }
}

#[test]
fn both_languages_have_the_same_structure() {
    let headings = |text: &str| -> Vec<usize> {
        let mut code = false;
        let lines = text.lines().filter(|line| {
            code ^= line.starts_with("```");
            !code && line.starts_with('#')
        });
        lines.map(|line| line.chars().take_while(|c| *c == '#').count()).collect()
    };
    let english = headings(&readme("README.md"));
    let mut chinese = headings(&readme("README.zh-CN.md"));
    assert!(english.len() > 8);
    // The glossary is in the Chinese text only.
    chinese.remove(1);
    assert_eq!(chinese, english);
    assert!(readme("README.zh-CN.md").contains("\n## 术语\n"));
}

#[test]
fn both_languages_have_the_same_code() {
    let code = |text: &str| -> Vec<String> {
        let blocks = text.split("```").skip(1).step_by(2);
        let line = |line: &str| line.split("//").next().unwrap().trim_end().to_owned();
        blocks
            .map(|block| {
                block.lines().map(line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
            })
            .collect()
    };
    let english = code(&readme("README.md"));
    assert!(english.len() >= 3);
    assert_eq!(code(&readme("README.zh-CN.md")), english);
}

#[test]
fn both_languages_have_the_same_tables() {
    // First cells of the tables of crates, features and examples; the texts differ.
    let cells = |text: &str| -> Vec<String> {
        let before_glossary = text.split("\n## 术语").next().unwrap();
        let rows = before_glossary.lines().filter(|line| line.starts_with("| `") || line.starts_with("| [`"));
        rows.map(|row| row.split('|').nth(1).unwrap().trim().replace('、', ", ")).collect()
    };
    let english = cells(&readme("README.md"));
    assert!(english.len() > 200);
    assert_eq!(cells(&readme("README.zh-CN.md")), english);
}

#[test]
fn every_file_that_a_readme_names_exists() {
    for file in BOTH.into_iter().chain(["ARCHITECTURE.md"]) {
        let text = readme(file);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let codes = text.split('`').skip(1).step_by(2).map(|code| code.split("::").next().unwrap());
        let paths = links.filter(|link| !link.starts_with("http") && !link.starts_with('#'));
        let named = codes.filter(|code| {
            ["tests/", "crates/", "src/", "benches/", "examples/", ".ci/"]
                .iter()
                .any(|folder| code.starts_with(folder))
                && !code.contains('*')
        });
        // Paths in diagrams stand at the ends of their lines.
        let ends = text.lines().filter_map(|line| line.split_whitespace().last());
        let drawn = ends.filter(|word| word.starts_with("src/"));
        for path in paths.chain(named).chain(drawn) {
            assert!(
                root().join(path.trim_end_matches('/')).exists(),
                "{file} names {path}, which does not exist"
            );
        }
    }
}

/// Names of operations that stand for any operation in examples.
const EXAMPLES: [&str; 6] = [
    "bss.ListPartnerWidgets",
    "bss.CreatePartnerWidget",
    "bss.ShowBalance",
    "bss.ShowThing",
    "bss.ListThings",
    "bss.List",
];

#[test]
fn every_operation_id_in_the_documentation_exists() {
    let declared = declared();
    let mut wrong = Vec::new();
    let mut folders = vec![root().join("src"), root().join("crates"), root().join("examples")];
    let mut files: Vec<_> = BOTH.iter().chain(&["ARCHITECTURE.md"]).map(|file| root().join(file)).collect();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "md") {
                files.push(path);
            }
        }
    }
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let sources = file.extension().is_some_and(|extension| extension == "rs");
        for line in text.lines().filter(|line| !sources || line.trim_start().starts_with("//")) {
            for service in ["bss.", "osm."] {
                for quote in ['`', '"'] {
                    for after in line.split(&format!("{quote}{service}")).skip(1) {
                        let id: String = after.chars().take_while(char::is_ascii_alphanumeric).collect();
                        let name = format!("{service}{id}");
                        if !id.is_empty()
                            && !declared.contains_key(&name)
                            && !EXAMPLES.contains(&name.as_str())
                        {
                            wrong.push(format!("{}: {name}", file.display()));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "no operation has these ids: {wrong:#?}");
}

#[test]
fn every_name_of_the_glossary_exists() {
    let mut sources = String::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                sources.push_str(&fs::read_to_string(path).unwrap_or_default());
            }
        }
    }
    let chinese = readme("README.zh-CN.md");
    let glossary = chinese.split_once("\n## 术语\n").unwrap().1.split("\n## ").next().unwrap();
    for term in ["云经销商", "拨款", "回收", "代金券额度", "机会点"] {
        assert!(glossary.contains(term), "the glossary does not explain {term}");
    }
    for name in glossary.split('`').skip(1).step_by(2).filter(|name| !name.contains('-')) {
        let last = name.rsplit("::").next().unwrap();
        assert!(sources.contains(last), "the glossary names {name}, which does not exist");
    }
}

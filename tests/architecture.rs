//! Structure that a compiler does not check: imports between folders, cycles among files, floats, long files.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

#[path = "support/source.rs"]
mod source;

use std::{collections::BTreeMap, path::Path};

use source::{COMPANIONS, Imports, companions, sdk, sources};

/// The folders of the SDK from the ground up. A folder may import those of the layers below it.
///
/// Folders of one layer do not know each other, except the modules of the API: they use each other's public types.
const LAYERS: &[&[&str]] = &[
    &["types"],
    &["clock", "error"],
    &["operation"],
    &["api", "transport", "workflows"],
    &["auth", "registry"],
    &["journal", "testing", "permissions"],
    &["client"],
    &["blocking", "spending", "tickets", "wait", "webui"],
];

/// The folder of a module; none for the root of the crate, which only re-exports.
fn folder(module: &[String]) -> Option<&str> {
    module.first().map(String::as_str)
}

fn layer(folder: &str) -> usize {
    let found = LAYERS.iter().position(|layer| layer.contains(&folder));
    found.unwrap_or_else(|| panic!("the folder {folder} has no layer"))
}

#[test]
fn folders_import_only_folders_of_lower_layers() {
    let imports = Imports::of("src", &sdk());
    let mut wrong = Vec::new();
    for (module, targets) in &imports.edges {
        let Some(own) = folder(module) else { continue };
        for (target, path) in targets {
            let Some(other) = folder(target) else { continue };
            if own != other && layer(other) >= layer(own) {
                wrong.push(format!("{} imports {other} by {path}", imports.files[module]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_page_on_architecture_has_the_same_layers() {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap();
    let table = page.split_once("| Layer | Folders |").unwrap().1.split("\n\n").next().unwrap();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .skip(2)
        .map(|row| row.split('|').nth(2).unwrap().split('`').skip(1).step_by(2).collect())
        .collect();
    assert_eq!(rows, LAYERS);
}

/// The workflows from the ground up: each may import those of the layers below it, and of the rest of the crate only
/// types and errors.
const WORKFLOWS: &[&[&str]] = &[
    &["engine"],
    &["mdf", "opportunities"],
    &["programs"],
    &["incentives", "relationships"],
    &["catalogue"],
];

#[test]
fn workflows_import_types_errors_and_the_workflows_below_them() {
    let imports = Imports::of("src", &sdk());
    let layer = |name: &str| WORKFLOWS.iter().position(|layer| layer.contains(&name)).unwrap();
    let mut wrong = Vec::new();
    for (module, targets) in &imports.edges {
        if folder(module) != Some("workflows") || module.len() == 1 {
            continue;
        }
        for (target, path) in targets {
            let known = match folder(target) {
                Some("types" | "error") | None => true,
                // The parent, which only passes on what stands below it.
                Some("workflows") if target.len() == 1 => true,
                Some("workflows") => target[1] == module[1] || layer(&target[1]) < layer(&module[1]),
                _ => false,
            };
            if !known {
                wrong.push(format!("{} imports {} by {path}", imports.files[module], target.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn modules_of_the_api_see_only_the_public_face_of_each_other() {
    let imports = Imports::of("src", &sdk());
    let mut wrong = Vec::new();
    for source in sdk() {
        let Some(own) = source.path.strip_prefix("src/api/").and_then(|path| path.split('/').next()) else {
            continue;
        };
        for other in [
            "bills",
            "costs",
            "customers",
            "enterprise",
            "orders",
            "partners",
            "products",
            "resellers",
            "vouchers",
        ] {
            if other == own {
                continue;
            }
            for after in source.code.split(&format!("crate::{other}::")).skip(1) {
                let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if name.chars().next().is_some_and(char::is_lowercase) {
                    wrong.push(format!("{} looks into {other}::{name}", source.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(imports.files.len() > 200, "the sources were found");
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut found: BTreeMap<&str, Vec<Vec<String>>> = BTreeMap::new();
    found.insert("src", Imports::of("src", &sdk()).cycles());
    let companions = companions();
    for name in COMPANIONS {
        let folder = format!("{name}/src");
        let (own, _): (Vec<_>, Vec<_>) = sources(&folder)
            .into_iter()
            .partition(|source| companions.iter().any(|one| one.path == source.path));
        found.insert(name, Imports::of(&folder, &own).cycles());
    }
    found.retain(|_, cycles| !cycles.is_empty());
    assert!(found.is_empty(), "{found:#?}");
}

/// The test above fails when it should.
#[test]
fn a_circle_of_files_is_found() {
    use source::Source;
    let file = |path: &str, code: &str| Source {
        path: path.to_owned(),
        text: code.to_owned(),
        code: code.to_owned(),
    };
    let circle = [
        file("src/lib.rs", "mod a;\nmod b;\npub use a::A;"),
        file("src/a/mod.rs", "mod inner;\npub use inner::A;"),
        file("src/a/inner.rs", "use crate::b::{B, other};\npub struct A;"),
        file("src/b.rs", "pub fn other() -> crate::A { todo!() }\npub struct B;"),
    ];
    assert_eq!(Imports::of("src", &circle).cycles(), [["src/a/inner.rs", "src/b.rs"]]);
    let tree = [
        file("src/lib.rs", "mod a;"),
        file("src/a/mod.rs", "mod inner;\npub use inner::A;\npub struct B;"),
        file("src/a/inner.rs", "use super::B;\npub struct A(B);"),
    ];
    assert!(Imports::of("src", &tree).cycles().is_empty());
}

#[test]
fn no_public_type_holds_a_float() {
    let mut wrong = Vec::new();
    for source in sdk().into_iter().chain(companions()) {
        for line in source.code.lines() {
            let public = line.trim_start().starts_with("pub ")
                || line.contains("-> f")
                || line.contains("-> Option<f");
            let mut words = line.split(|c: char| !c.is_alphanumeric());
            if public && words.any(|word| word == "f32" || word == "f64") {
                wrong.push(format!("{}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_has_more_than_800_lines() {
    let mut long = Vec::new();
    for folder in ["src", "tests", "examples", "benches", "crates", "fuzz"] {
        for source in sources(folder) {
            let lines = source.text.lines().count();
            if lines > 800 {
                long.push(format!("{}: {lines}", source.path));
            }
        }
    }
    assert!(long.is_empty(), "{long:?}");
}

#[test]
fn a_module_with_files_of_its_own_is_a_folder_with_mod_rs() {
    let mut wrong = Vec::new();
    for folder in ["src", "crates/billing/src", "crates/sandbox/src", "crates/store/src"] {
        for source in sources(folder) {
            let beside = source.path.trim_end_matches(".rs");
            if Path::new(env!("CARGO_MANIFEST_DIR")).join(beside).is_dir() {
                wrong.push(source.path);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

//! Rules of the project that a compiler does not check: imports between folders, floats, long files.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folders from the ground up. A folder may import those below it, and others of its own layer only where `ALSO`
/// says so.
const STEPS: &[&[&str]] = &[
    &["types", "clock"],
    &["error"],
    &["transport", "auth"],
    &["operation"],
    &[
        "partners",
        "resellers",
        "customers",
        "vouchers",
        "orders",
        "products",
        "bills",
        "costs",
        "enterprise",
        "tickets",
        "engine",
        "opportunities",
        "mdf",
        "programs",
        "relationships",
        "incentives",
    ],
    &["registry"],
    &["testing"],
    &["client"],
    &["ticket_helper"],
];

/// Imports that a folder may have besides the layers below, with the reason.
const ALSO: &[(&str, &str, &str)] = &[
    ("auth", "transport", "tokens are fetched through a transport"),
    ("operation", "auth", "META knows the kinds of identity"),
    ("transport", "operation", "the tracing transport names the operation"),
    ("auth", "operation", "the signature encodes addresses as requests do"),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The first folder or file below `src` that a file belongs to.
fn folder_of(path: &Path) -> String {
    let below = path.strip_prefix(source_folder()).unwrap();
    // The root module `tickets` stands on the client; its operations are in `api/tickets`.
    if below.starts_with("tickets") {
        return "ticket_helper".to_owned();
    }
    let groups = ["api", "workflows"];
    below
        .iter()
        .find(|part| !groups.iter().any(|group| part == group))
        .unwrap()
        .to_str()
        .unwrap()
        .trim_end_matches(".rs")
        .to_owned()
}

/// Returns a file's text without comments and the part below `#[cfg(test)]`.
fn code(text: &str) -> String {
    let body = text.split("#[cfg(test)]\nmod ").next().unwrap();
    body.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn step(folder: &str) -> Option<usize> {
    STEPS.iter().position(|folders| folders.contains(&folder))
}

/// Returns the folders that a file names after `crate::`, also inside braces.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for after in code.split("crate::").skip(1) {
        let word =
            |text: &str| text.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>();
        if let Some(braces) = after.strip_prefix('{') {
            let (mut depth, mut start) = (0_i32, 0);
            for (at, c) in braces.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => {
                        found.push(word(braces[start..at].trim_start()));
                        break;
                    }
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        found.push(word(braces[start..at].trim_start()));
                        start = at + 1;
                    }
                    _ => {}
                }
            }
        } else {
            found.push(word(after.strip_prefix("api::").unwrap_or(after)));
        }
    }
    found.retain(|name| step(name).is_some());
    found
}

#[test]
fn folders_import_only_what_is_below_them() {
    let mut wrong = Vec::new();
    for path in sources(&source_folder()) {
        let here = folder_of(&path);
        let Some(own) = step(&here) else { continue };
        for other in imports(&code(&fs::read_to_string(&path).unwrap())) {
            let domain = 4;
            let public_neighbour = own == domain && step(&other) == Some(domain);
            let excused = ALSO.iter().any(|(from, to, _)| *from == here && *to == other);
            let below = step(&other).is_some_and(|step| step < own);
            if other != here && !below && !public_neighbour && !excused {
                wrong.push(format!("{} imports {other}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_domain_sees_only_the_public_items_of_another() {
    let mut wrong = Vec::new();
    for path in sources(&source_folder()) {
        let here = folder_of(&path);
        if step(&here) != Some(4) {
            continue;
        }
        let code = code(&fs::read_to_string(&path).unwrap());
        for other in STEPS[4].iter().filter(|other| **other != here) {
            for after in code.split(&format!("crate::{other}::")).skip(1) {
                let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if name.chars().next().is_some_and(char::is_lowercase) {
                    wrong.push(format!("{} looks into {other}::{name}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_public_type_holds_a_float() {
    let mut wrong = Vec::new();
    for path in sources(&source_folder()) {
        for line in code(&fs::read_to_string(&path).unwrap()).lines() {
            let public = line.trim_start().starts_with("pub ")
                || line.contains("-> f")
                || line.contains("-> Option<f");
            if public
                && ["f32", "f64"]
                    .iter()
                    .any(|float| line.split(|c: char| !c.is_alphanumeric()).any(|word| word == *float))
            {
                wrong.push(format!("{}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_readable() {
    let long: Vec<_> = sources(&source_folder())
        .into_iter()
        .map(|path| (fs::read_to_string(&path).unwrap().lines().count(), path))
        .filter(|(lines, _)| *lines > 850)
        .collect();
    assert!(long.is_empty(), "{long:?}");
}

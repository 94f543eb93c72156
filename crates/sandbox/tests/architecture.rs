//! Rules for dependencies between the files of the sandbox.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A module by its path, such as `market::orders`; the root is empty.
type Module = String;

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

/// The modules of the crate with their code, without comments and unit tests.
fn modules() -> BTreeMap<Module, String> {
    let (root, mut paths) = (source_folder(), Vec::new());
    files(&root, &mut paths);
    let code = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        let body = text.split("#[cfg(test)]\nmod ").next().unwrap().to_owned();
        body.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    };
    paths
        .iter()
        .filter(|path| !path.ends_with("main.rs") && !path.ends_with("tests.rs"))
        .map(|path| {
            let below = path.strip_prefix(&root).unwrap().with_extension("");
            let mut parts: Vec<_> = below.iter().map(|part| part.to_str().unwrap()).collect();
            if matches!(parts.last(), Some(&"mod" | &"lib")) {
                parts.pop();
            }
            (parts.join("::"), code(path))
        })
        .collect()
}

/// The single paths of a use tree.
fn flattened(prefix: &str, tree: &str, found: &mut Vec<String>) {
    let (mut depth, mut part) = (0_i32, String::new());
    for c in tree.chars().chain([',']) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let one = std::mem::take(&mut part);
                let one = one.trim();
                match one.split_once('{') {
                    Some((start, rest)) => {
                        let inner = rest.trim_end().strip_suffix('}').unwrap_or(rest);
                        flattened(&format!("{prefix}{start}"), inner, found);
                    }
                    None if !one.is_empty() => {
                        let name = one.split(" as ").next().unwrap().trim();
                        found.push(format!("{prefix}{name}"));
                    }
                    None => {}
                }
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
}

/// Returns the imports of a file, and the paths into the crate that it writes out.
fn paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let begins = code[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
        if let Some(end) = code[at..].find(';').filter(|_| begins) {
            flattened("", &code[at + 4..at + end], &mut found);
        }
    }
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let path: String =
                code[at..].chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect();
            found.push(path.trim_end_matches(':').to_owned());
        }
    }
    found
}

/// The module that defines what a path names, through re-exports.
fn resolved(all: &BTreeMap<Module, String>, here: &str, path: &str, depth: usize) -> Option<Module> {
    let mut base: Vec<&str> = here.split("::").filter(|part| !part.is_empty()).collect();
    let mut rest: Vec<&str> = path.split("::").collect();
    match rest[0] {
        "crate" => {
            base.clear();
            rest.remove(0);
        }
        "super" => {
            while rest.first() == Some(&"super") {
                base.pop();
                rest.remove(0);
            }
        }
        "self" => drop(rest.remove(0)),
        first => {
            let child = base.iter().copied().chain([first]).collect::<Vec<_>>().join("::");
            if !all.contains_key(&child) {
                return None;
            }
        }
    }
    while let Some(next) = rest.first() {
        let child = base.iter().copied().chain([*next]).collect::<Vec<_>>().join("::");
        if !all.contains_key(&child) {
            break;
        }
        base.push(rest.remove(0));
    }
    let module = base.join("::");
    let code = all.get(&module)?;
    if let Some(name) = rest.first().filter(|_| depth < 5)
        && let Some(source) = paths(code).into_iter().find(|it| it.rsplit("::").next() == Some(name))
        && source != path
        && let Some(further) = resolved(all, &module, &source, depth + 1)
    {
        return Some(further);
    }
    Some(module)
}

/// Returns the imports between modules. A module's declarations of its own children and their re-exports are
/// left out.
fn graph() -> BTreeMap<Module, BTreeSet<Module>> {
    let all = modules();
    let imports = |module: &Module, code: &String| {
        let named = paths(code).into_iter().filter_map(|path| resolved(&all, module, &path, 0));
        named
            .filter(|other| {
                let child = other.rsplit_once("::").map_or("", |(parent, _)| parent) == module;
                other != module && !child && !(module.is_empty() || other.is_empty())
            })
            .collect()
    };
    all.iter().map(|(module, code)| (module.clone(), imports(module, code))).collect()
}

#[test]
fn no_file_is_part_of_a_cycle() {
    let graph = graph();
    assert!(graph["world"].contains("core") && graph["sandbox"].contains("world"), "{graph:#?}");
    let mut left: BTreeSet<&Module> = graph.keys().collect();
    // Anyone who imports nothing that is left is in no cycle, nor is anybody once all that it imports are gone.
    while let Some(free) = left.iter().copied().find(|one| graph[*one].iter().all(|it| !left.contains(it))) {
        left.remove(free);
    }
    let cycle: Vec<_> = left
        .iter()
        .map(|one| (*one, graph[*one].iter().filter(|it| left.contains(it)).collect::<Vec<_>>()))
        .collect();
    assert!(cycle.is_empty(), "part of a cycle, or above one: {cycle:#?}");
}

#[test]
fn the_core_knows_no_slice_and_the_state_no_handler() {
    let graph = graph();
    assert_eq!(graph["core"], BTreeSet::new());
    assert!(!graph["world"].iter().any(|it| it.starts_with("slices") || it.starts_with("server")));
    for (module, imports) in graph.iter().filter(|(module, _)| module.starts_with("slices")) {
        assert!(!imports.contains("sandbox") && !imports.contains("gate"), "{module}: {imports:?}");
    }
}

#[test]
fn files_stay_readable() {
    let mut all = Vec::new();
    files(&source_folder(), &mut all);
    let long: Vec<_> =
        all.iter().filter(|it| fs::read_to_string(it).unwrap().lines().count() > 800).collect();
    assert!(long.is_empty(), "{long:?}");
}

/// The operations of the SDK: their qualified names and the types of their requests, as its sources declare them.
fn operations() -> Vec<(String, String)> {
    let (mut paths, mut found) = (Vec::new(), Vec::new());
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src/api"), &mut paths);
    for path in paths {
        let text = fs::read_to_string(path).unwrap();
        for service in ["bss", "osm"] {
            for declared in text.split(&format!(" as {service} \"")).skip(1) {
                let (id, rest) = declared.split_once('"').unwrap();
                let name = rest.split_once("pub struct ").unwrap().1;
                let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap();
                found.push((format!("{service}.{id}"), name.to_owned()));
            }
        }
    }
    found
}

#[test]
fn every_operation_is_called_by_a_test() {
    let (mut paths, mut tests) = (Vec::new(), String::new());
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"), &mut paths);
    for path in paths {
        tests.push_str(&fs::read_to_string(path).unwrap());
    }
    let words: BTreeSet<&str> = tests.split(|c: char| !c.is_alphanumeric()).collect();
    let operations = operations();
    assert!(operations.len() > 160, "{}", operations.len());
    for (id, request) in operations {
        let called = words.contains(request.as_str()) || tests.contains(&format!("\"{id}\""));
        assert!(called, "no test calls {id} ({request})");
    }
}

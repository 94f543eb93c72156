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

/// A module by its path, such as `slices::orders::payment`; the root is empty.
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
        let body = text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
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
    assert!(graph["state"].contains("slices::wallet") && graph["sandbox"].contains("state"), "{graph:#?}");
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

/// The slices, each above those that it may use.
const SLICES: &[&str] = &[
    "faults",
    "identity",
    "tickets",
    "catalogue",
    "wallet",
    "customers",
    "enterprise",
    "vouchers",
    "resellers",
    "orders",
    "billing",
];

/// The slice that a module belongs to.
fn slice_of(module: &str) -> Option<&str> {
    module.strip_prefix("slices::").and_then(|rest| rest.split("::").next())
}

/// Words and punctuation of code, without strings.
fn tokens(code: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::<String>::new(), code.chars().peekable());
    while let Some(c) = rest.next() {
        if c.is_alphanumeric() || c == '_' {
            let mut word = c.to_string();
            while let Some(next) = rest.next_if(|c| c.is_alphanumeric() || *c == '_') {
                word.push(next);
            }
            found.push(word);
        } else if c == '"' {
            while let Some(inside) = rest.next() {
                match inside {
                    '\\' => drop(rest.next()),
                    '"' => break,
                    _ => {}
                }
            }
        } else if !c.is_whitespace() {
            found.push(c.to_string());
        }
    }
    found
}

/// The methods that the slices add to the state, with the slice of each.
fn methods_of_state(all: &BTreeMap<Module, String>) -> BTreeMap<String, String> {
    let mut methods = BTreeMap::new();
    for (module, code) in all {
        let Some(slice) = slice_of(module) else { continue };
        for block in code.split("\nimpl State {\n").skip(1) {
            for line in block.split("\n}").next().unwrap().lines().filter(|line| line.starts_with("    ")) {
                let declared =
                    line.trim_start().trim_start_matches("pub(crate) ").trim_start_matches("const ");
                if let Some(name) = declared.strip_prefix("fn ").filter(|_| !line.starts_with("     ")) {
                    let name = name.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
                    methods.insert(name.to_owned(), slice.to_owned());
                }
            }
        }
    }
    methods
}

/// Returns the slices that a module uses: by imports, by fields of the state, and by methods that slices add to the state.
fn used_slices(
    module: &str,
    code: &str,
    imports: &BTreeSet<Module>,
    methods: &BTreeMap<String, String>,
) -> BTreeSet<(String, String)> {
    let mut used: BTreeSet<(String, String)> = imports
        .iter()
        .filter_map(|import| slice_of(import).map(|slice| (slice.to_owned(), import.clone())))
        .collect();
    // Inside `impl State`, `self` is the state.
    let of_state = code.split("\nimpl State {\n").skip(1).map(|block| block.split("\n}").next().unwrap());
    for (text, names) in [(code.to_owned(), &["world", "state", "past"][..])]
        .into_iter()
        .chain(of_state.map(|block| (block.to_owned(), &["self"][..])))
    {
        for window in tokens(&text).windows(4) {
            let [start, dot, name, next] = window else { continue };
            if dot != "." || !names.contains(&start.as_str()) {
                continue;
            }
            if next == "(" && methods.contains_key(name) {
                used.insert((methods[name].clone(), format!("{name}()")));
            } else if next == "." && SLICES.contains(&name.as_str()) {
                used.insert((name.clone(), format!(".{name}")));
            }
        }
    }
    used.retain(|(slice, _)| slice_of(module) != Some(slice));
    used
}

#[test]
fn slices_use_only_the_slices_below_them() {
    let (all, graph) = (modules(), graph());
    let methods = methods_of_state(&all);
    assert!(methods.len() > 60 && methods["may_buy"] == "customers", "{methods:?}");
    let rank = |slice: &str| {
        SLICES
            .iter()
            .position(|one| *one == slice)
            .unwrap_or_else(|| panic!("{slice} has no place in the list"))
    };
    let mut found = 0;
    for (module, code) in &all {
        let Some(slice) = slice_of(module) else { continue };
        for (other, what) in used_slices(module, code, &graph[module], &methods) {
            assert!(
                rank(&other) < rank(slice),
                "{module} uses {what} of {other}, which is not below {slice}"
            );
            found += 1;
        }
    }
    assert!(found > 60, "{found}");
}

#[test]
fn the_core_knows_no_slice_and_nothing_below_the_top_knows_the_top() {
    let graph = graph();
    let is_core = |module: &str| module == "core" || module.starts_with("core::");
    for (module, imports) in &graph {
        if is_core(module) {
            assert!(imports.iter().all(|it| is_core(it)), "{module}: {imports:?}");
        }
        if module == "state" {
            let root = |it: &String| slice_of(it).is_some_and(|slice| *it == format!("slices::{slice}"));
            assert!(imports.iter().all(|it| is_core(it) || root(it)), "{module}: {imports:?}");
        }
        let low =
            is_core(module) || module == "state" || module == "handler" || module.starts_with("handler::");
        if low || slice_of(module).is_some() {
            let top = [
                "event", "scenario", "saving", "builtin", "front", "sandbox", "console", "conform", "server",
            ];
            let is_top = |it: &String| top.contains(&it.split("::").next().unwrap());
            assert!(!imports.iter().any(is_top), "{module}: {imports:?}");
        }
        if module == "front" || module.starts_with("front::") {
            let above = ["sandbox", "console", "conform", "server"];
            assert!(
                !imports.iter().any(|it| above.contains(&it.split("::").next().unwrap())),
                "{module}: {imports:?}"
            );
        }
        if module != "lib" && module.split("::").next() != Some("server") {
            assert!(!imports.iter().any(|it| it.starts_with("server")), "{module}: {imports:?}");
        }
    }
}

#[test]
fn the_state_of_a_slice_is_private_and_the_state_only_composes() {
    let all = modules();
    let fields = |code: &str, name: &str| -> Vec<String> {
        let body =
            code.split(&format!("struct {name} {{\n")).nth(1).unwrap_or_else(|| panic!("no struct {name}"));
        let body = body.split("\n}").next().unwrap();
        let lines = body.lines().map(str::trim).filter(|line| !line.starts_with('#') && line.contains(':'));
        lines.map(str::to_owned).collect()
    };
    let mut slices = BTreeSet::new();
    for field in fields(&all["state"], "State") {
        let (name, kind) =
            field.trim_start_matches("pub(crate) ").trim_end_matches(',').split_once(": ").unwrap();
        if ["now", "ids", "accounts", "ledger"].contains(&name) {
            continue;
        }
        let open: Vec<_> = fields(&all[&format!("slices::{name}")], kind)
            .into_iter()
            .filter(|field| field.starts_with("pub"))
            .collect();
        assert!(open.is_empty(), "{kind} has fields that others can reach: {open:?}");
        slices.insert(name.to_owned());
    }
    assert_eq!(
        slices,
        SLICES.iter().map(|it| (*it).to_owned()).collect(),
        "one part of the state for each slice"
    );
    for (module, code) in &all {
        if slice_of(module).is_some_and(|slice| *module == format!("slices::{slice}")) {
            assert!(!code.contains("pub(crate) mod ") && !code.contains("pub mod "), "{module} opens a file");
        }
    }
}

#[test]
fn handlers_reach_the_slices_by_their_methods_only() {
    for (module, code) in modules().iter().filter(|(module, _)| module.contains("::handlers")) {
        for window in tokens(code).windows(6) {
            let [start, dot, slice, second, field, next] = window else { continue };
            let of_slice =
                start == "world" && dot == "." && second == "." && SLICES.contains(&slice.as_str());
            assert!(!of_slice || next == "(", "{module} reads the field {field} of {slice}");
        }
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

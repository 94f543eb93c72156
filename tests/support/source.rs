//! The sources of the workspace as text, and which file imports which, for tests of their structure.
#![allow(dead_code)] // each test file uses a part of it

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A source file without comments and without its tests.
pub struct Source {
    /// The path from the root of the workspace, such as `src/types/amount.rs`.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// The text without comments and tests.
    pub code: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The sources below a folder of the workspace.
pub fn sources(folder: &str) -> Vec<Source> {
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        let code = code(&text);
        Source { path, text, code }
    };
    files(&root().join(folder)).into_iter().map(read).collect()
}

/// Whether a file holds nothing but tests.
fn is_test_file(path: &str) -> bool {
    path.ends_with("tests.rs")
        || path.contains("/tests/")
        || path.ends_with("testing.rs")
        || path.contains("/fixtures/")
}

/// The sources of the SDK, without files that hold only tests.
pub fn sdk() -> Vec<Source> {
    let mut sources = sources("src");
    sources.retain(|source| !is_test_file(&source.path) || source.path.starts_with("src/testing/"));
    sources
}

/// The companion crates.
pub const COMPANIONS: [&str; 3] = ["crates/billing", "crates/sandbox", "crates/store"];

/// The sources of the companion crates, without files that hold only tests.
pub fn companions() -> Vec<Source> {
    let mut all: Vec<Source> = COMPANIONS.iter().flat_map(|name| sources(&format!("{name}/src"))).collect();
    all.retain(|source| !is_test_file(&source.path));
    all
}

/// The text without comments and without what stands under `#[cfg(test)]`.
fn code(text: &str) -> String {
    let mut lines = Vec::new();
    let mut all = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    while let Some(line) = all.next() {
        if !line.trim_start().starts_with("#[cfg(test)]") && !line.trim_start().starts_with("#[cfg(all(test")
        {
            lines.push(line);
            continue;
        }
        // The item under the attribute: to its semicolon, or to the brace that closes it.
        let indent = line.len() - line.trim_start().len();
        let mut opened = false;
        for line in all.by_ref() {
            opened |= line.contains('{') && !line.trim_start().starts_with("#[");
            let at_end = line.len() - line.trim_start().len() == indent;
            if (!opened && line.ends_with(';')) || (opened && at_end && line.trim_start().starts_with('}')) {
                break;
            }
        }
    }
    lines.join("\n")
}

/// A module by its names from the root of its crate.
pub type Module = Vec<String>;

/// Imports between modules, over all files of a crate.
pub struct Imports {
    /// The file of each module.
    pub files: BTreeMap<Module, String>,
    /// For each module the modules that it names, each with the path by which it does.
    pub edges: BTreeMap<Module, BTreeMap<Module, String>>,
}

struct Use {
    path: Vec<String>,
    public: bool,
}

impl Imports {
    /// Reads the crate whose sources are in this folder, such as `src`.
    pub fn of(folder: &str, sources: &[Source]) -> Self {
        let mut files = BTreeMap::new();
        let mut codes: Vec<(Module, &Source)> = Vec::new();
        for source in sources {
            let below = source.path.strip_prefix(&format!("{folder}/")).unwrap().trim_end_matches(".rs");
            let mut module: Module = below.split('/').map(str::to_owned).collect();
            if module.last().is_some_and(|last| last == "mod" || last == "lib") {
                module.pop();
            }
            files.insert(module.clone(), source.path.clone());
            codes.push((module, source));
        }
        let uses: BTreeMap<&Module, Vec<Use>> =
            codes.iter().map(|(module, source)| (module, uses_of(&source.code))).collect();
        let mut edges: BTreeMap<Module, BTreeMap<Module, String>> = BTreeMap::new();
        for (module, source) in &codes {
            let mut named: Vec<Vec<String>> = uses[module].iter().map(|one| one.path.clone()).collect();
            named.extend(paths_in(&source.code, module, &files));
            for path in named {
                let Some(target) = resolve(module, &path, &files, &uses, 0) else { continue };
                if target != *module {
                    edges.entry(module.clone()).or_default().entry(target).or_insert_with(|| path.join("::"));
                }
            }
        }
        Self { files, edges }
    }

    /// Groups of files that import each other in a circle, beyond a parent and what stands below it.
    pub fn cycles(&self) -> Vec<Vec<String>> {
        let related = |a: &Module, b: &Module| a.starts_with(b) || b.starts_with(a);
        let next = |module: &Module| -> BTreeSet<&Module> {
            let targets = self.edges.get(module).into_iter().flat_map(BTreeMap::keys);
            targets.filter(|target| !related(module, target)).collect()
        };
        let reach: BTreeMap<&Module, BTreeSet<&Module>> = self
            .files
            .keys()
            .map(|module| {
                let mut seen = BTreeSet::new();
                let mut open: Vec<&Module> = next(module).into_iter().collect();
                while let Some(other) = open.pop() {
                    if seen.insert(other) {
                        open.extend(next(other));
                    }
                }
                (module, seen)
            })
            .collect();
        let mut found: BTreeSet<Vec<String>> = BTreeSet::new();
        for (module, reached) in &reach {
            if reached.contains(*module) {
                let circle = reached.iter().filter(|other| reach[**other].contains(*module));
                found.insert(circle.map(|other| self.files[*other].clone()).collect());
            }
        }
        found.into_iter().collect()
    }
}

/// The `use` declarations of a file, one for each name.
fn uses_of(code: &str) -> Vec<Use> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find("use ") {
        let before = &rest[..at];
        let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
        let begins = line.is_empty() || (line.starts_with("pub") && line.ends_with(' '));
        rest = &rest[at + 4..];
        if !begins {
            continue;
        }
        let Some(end) = rest.find(';') else { break };
        let mut paths = Vec::new();
        spread("", &rest[..end], &mut paths);
        for path in paths {
            let path: Vec<String> = path.split("::").map(|part| part.trim().to_owned()).collect();
            found.push(Use { path, public: line.starts_with("pub") });
        }
        rest = &rest[end..];
    }
    found
}

/// Writes a tree of names out as paths.
fn spread(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let (mut depth, mut start) = (0_usize, 0);
    let mut parts = Vec::new();
    for (at, c) in tree.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&tree[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&tree[start..]);
    for part in parts.into_iter().map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once('{') {
            Some((head, inner)) => {
                let inner = inner.rsplit_once('}').map_or(inner, |(inner, _)| inner);
                spread(&format!("{prefix}{}", head.trim()), inner, paths);
            }
            None => {
                let name = part.split(" as ").next().unwrap_or(part).trim();
                paths.push(format!("{prefix}{name}"));
            }
        }
    }
}

/// The paths that stand in the code itself: from `crate`, `super` or `self`, or from a module below.
fn paths_in(code: &str, module: &Module, files: &BTreeMap<Module, String>) -> Vec<Vec<String>> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    for line in code.lines() {
        let mut rest = line;
        while let Some(at) = rest.find("::") {
            let start = rest[..at].rfind(|c| !is_name(c)).map_or(0, |before| before + 1);
            let head = &rest[start..at];
            let free = !rest[..start].ends_with(':');
            let end = rest[at..].find(|c| !is_name(c) && c != ':').map_or(rest.len(), |end| at + end);
            let path = rest[start..end].trim_end_matches(':');
            let mut below = module.clone();
            below.push(head.to_owned());
            if free && (["crate", "super", "self"].contains(&head) || files.contains_key(&below)) {
                found.push(path.split("::").map(str::to_owned).collect());
            }
            rest = &rest[end.max(at + 2)..];
        }
    }
    found
}

/// The module that declares what a path names, through the modules that only pass it on.
fn resolve(
    module: &Module,
    path: &[String],
    files: &BTreeMap<Module, String>,
    uses: &BTreeMap<&Module, Vec<Use>>,
    depth: usize,
) -> Option<Module> {
    let mut rest = path;
    let mut base = match path.first()?.as_str() {
        "crate" => {
            rest = &path[1..];
            Module::new()
        }
        "self" => {
            rest = &path[1..];
            module.clone()
        }
        "super" => {
            let mut base = module.clone();
            while rest.first().is_some_and(|part| part == "super") {
                rest = &rest[1..];
                base.pop();
            }
            base
        }
        first => {
            let mut below = module.clone();
            below.push(first.to_owned());
            files.contains_key(&below).then_some(module.clone())?
        }
    };
    for (index, part) in rest.iter().enumerate() {
        let mut below = base.clone();
        below.push(part.clone());
        if files.contains_key(&below) {
            base = below;
            continue;
        }
        let passed_on = uses
            .get(&base)
            .into_iter()
            .flatten()
            .find(|one| one.public && one.path.last() == Some(part) && one.path.as_slice() != path);
        if let Some(one) = passed_on.filter(|_| depth < 8) {
            let mut whole = one.path.clone();
            whole.extend(rest[index + 1..].iter().cloned());
            return resolve(&base.clone(), &whole, files, uses, depth + 1).or(Some(base));
        }
        return Some(base);
    }
    Some(base)
}

//! Tables that name the tests of a sentence. A test that is renamed or removed fails the tests of the tables.

use std::{collections::BTreeMap, fs, path::Path};

/// A sentence, and the tests that prove it: the file, and the names of its tests.
pub type Proven = (&'static str, &'static [(&'static str, &'static [&'static str])]);

/// Whether a source has a test of this name.
pub fn has_test(text: &str, name: &str) -> bool {
    text.match_indices(&format!("fn {name}(")).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let head = before.rsplit_once("\n\n").map_or(before, |(_, head)| head);
        head.contains("test]") || head.contains("test(")
    })
}

/// Fails unless every sentence has tests, and every test that is named exists.
pub fn every_one_has_its_tests(all: &[Proven]) {
    let mut texts = BTreeMap::new();
    let mut missing = Vec::new();
    for (place, (sentence, tests)) in all.iter().enumerate() {
        assert!(!tests.is_empty(), "{sentence}");
        assert!(all.iter().skip(place + 1).all(|other| other.0 != *sentence), "twice: {sentence}");
        for (file, names) in *tests {
            let text = texts.entry(*file).or_insert_with(|| {
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
                fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"))
            });
            for name in *names {
                if !has_test(text, name) {
                    missing.push(format!("{sentence}: there is no test {name} in {file}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

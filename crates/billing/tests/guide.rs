//! The guide explains everything that a user can meet.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

const GUIDE: &str = include_str!("../CLOSING-A-MONTH.md");

/// The variants of an enum in the source.
fn variants<'s>(source: &'s str, name: &str) -> Vec<&'s str> {
    let (_, rest) = source.split_once(&format!("pub enum {name} {{\n")).unwrap();
    let (body, _) = rest.split_once("\n}\n").unwrap();
    body.lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))
        .map(|line| line.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap())
        .collect()
}

#[test]
fn the_guide_explains_every_cause_check_gap_verdict_error_and_kind_of_damage() {
    for (source, name, least) in [
        (include_str!("../src/reconcile/difference.rs"), "Cause", 13),
        (include_str!("../src/reconcile/difference.rs"), "Check", 10),
        (include_str!("../src/charges/completeness.rs"), "Gap", 7),
        (include_str!("../src/error.rs"), "Error", 14),
        (include_str!("../src/month_end/outcome.rs"), "Verdict", 4),
        (include_str!("../src/statement/mod.rs"), "BadRowReason", 6),
        (include_str!("../src/statement/damage.rs"), "DamageKind", 12),
    ] {
        let variants = variants(source, name);
        assert!(variants.len() >= least, "{name}: {variants:?}");
        for variant in variants {
            let rows = GUIDE.lines().filter(|line| line.starts_with("| `"));
            let mut named = rows.filter_map(|line| line.split(" | ").next());
            assert!(
                named.any(|cell| cell.contains(&format!("`{variant}`"))),
                "{name}::{variant} is not in the guide"
            );
        }
    }
}

#[test]
fn settings_that_the_guide_names_exist() {
    let sources = [
        include_str!("../src/month_end/mod.rs"),
        include_str!("../src/statement/mod.rs"),
        include_str!("../src/export/store.rs"),
        include_str!("../src/error.rs"),
    ]
    .concat();
    for name in GUIDE.split('`').skip(1).step_by(2).filter_map(|code| code.split_once("::")) {
        let (owner, item) = name;
        if ["MonthEnd", "StatementOptions", "Error", "export"].contains(&owner) {
            let there = sources.contains(&format!("fn {item}")) || sources.contains(&format!("    {item}"));
            assert!(there, "{owner}::{item} does not exist");
        }
    }
}

//! The tables against the published lists.

use std::collections::BTreeSet;

use super::*;
use crate::error::{ErrorCode, Retry};

/// Codes of the error pages that no repeat helps, unless something else changes first.
const NEVER: &str = "
    APIGW.0101 CBC.0000 CBC.0100 CBC.0101 CBC.0105 CBC.0150 CBC.0151 CBC.0155 CBC.0156 CBC.18000016
    CBC.18000048 CBC.30000010 CBC.30000052 CBC.30000053 CBC.30000067 CBC.30010036 CBC.30010069
    CBC.30050006 CBC.30050007 CBC.30050008 CBC.30050009 CBC.30050010 CBC.30050011 CBC.30050012
    CBC.30050013 CBC.3006 CBC.3016 CBC.3185 CBC.50000010 CBC.50000020 CBC.50000021 CBC.50000034
    CBC.50000054 CBC.50000055 CBC.5001 CBC.50010059 CBC.50010065 CBC.50010085 CBC.50010086
    CBC.50010105 CBC.5002 CBC.5003 CBC.5004 CBC.5017 CBC.5021 CBC.6055 CBC.70600026 CBC.70900002
    CBC.7181 CBC.99000000 CBC.99000012 CBC.99000013 CBC.99000014 CBC.99000015 CBC.99000017
    CBC.99000018 CBC.99000019 CBC.99000020 CBC.99000021 CBC.99000022 CBC.99000023 CBC.99000024
    CBC.99000025 CBC.99000027 CBC.99000029 CBC.99000030 CBC.99000031 CBC.99000035 CBC.99000036
    CBC.99000037 CBC.99000038 CBC.99000039 CBC.99000045 CBC.99000047 CBC.99000048 CBC.99000049
    CBC.99000050 CBC.99000051 CBC.99000082 CBC.99000083 CBC.99000084 CBC.99000086 CBC.99000088
    CBC.99000089 CBC.99000092 CBC.99000099 CBC.99000100 CBC.99003012 CBC.99003016 CBC.99003100
    CBC.99003106 CBC.99003108 CBC.99003110 CBC.99003112 CBC.99003116 CBC.99003117 CBC.99003128
    CBC.99003141 CBC.99003147 CBC.99003154 CBC.99003155 CBC.99003156 CBC.99003162 CBC.99003185
    CBC.99003198 CBC.99003602 CBC.99003605 CBC.99003625 CBC.99003626 CBC.99003634 CBC.99003643
    CBC.99003647 CBC.99003649 CBC.99003650 CBC.99003652 CBC.99003654 CBC.99003656 CBC.99004008
    CBC.99004009 CBC.99004010 CBC.99004015 CBC.99005003 CBC.99005010 CBC.99005026 CBC.99005030
    CBC.99005035 CBC.99006006 CBC.99006050 CBC.99006055 CBC.99006073 CBC.99007004 CBC.99007009
    CBC.99007188 CBC.99007189 CBC.99007191 CBC.99007193 CBC.99007202 CBC.99007219 CBC.99007255
    CBC.99007258 CBC.99007261 CBC.99007490 CBC.99008056 OSM.0001 OSM.0003 OSM.01010001 OSM.01010002
    OSM.01010003 OSM.01010005 OSM.01010006 OSM.01010007 OSM.01010008 OSM.01010009 OSM.01010010
";

/// Codes of the error pages that a repeat after a wait may help.
const AFTER_BACKOFF: &str = "
    APIG.0308 APIGW.0308 CBC.0154 CBC.0250 CBC.50000045 CBC.99000087 CBC.99003144 CBC.99003651
    CBC.99007260 CBC.99007262 CBC.99007461 CBC.99008040 OSM.0002 OSM.01010004
";

/// Codes of the error pages for which nothing is said about repeating.
const UNKNOWN: &str = "
    CBC.0999 CBC.3002 CBC.99000004 CBC.99004003 CBC.99006016 CBC.99006017 CBC.99006024 CBC.99006066
    CBC.99006093 OSM.0004
";

/// Codes that only the table of the ticket service has.
const TICKETS: &str = "
    OSM.01010011 OSM.01010012 OSM.01010013 OSM.01010014 OSM.01010015 OSM.01010016 OSM.01010017
    OSM.01010018 OSM.01010048 OSM.01010049 OSM.01010050 OSM.01010051 OSM.01010055 OSM.01010056
    OSM.01010057 OSM.01010058 OSM.01010059 OSM.01010061 OSM.01010062
";

/// Codes that only the pages of single operations have.
const OF_OPERATIONS: &str = "
    CBC.18000014 CBC.18000053 CBC.7001 CBC.7004 CBC.70300008 CBC.99000026 CBC.99000043 CBC.99006074
    CBC.99007181 CBC.99007197 CBC.99007297
";

/// Codes that a new token fixes and a wait does not.
const TOKENS: [&str; 2] = ["CBC.0154", "OSM.0002"];

fn entry(code: &str) -> &'static CodeInfo {
    find(code).unwrap_or_else(|| panic!("no entry for {code}"))
}

#[test]
fn every_published_code_has_an_entry() {
    let published: Vec<&str> = [NEVER, AFTER_BACKOFF, UNKNOWN, TICKETS, OF_OPERATIONS]
        .into_iter()
        .flat_map(str::split_whitespace)
        .collect();
    assert_eq!(published.len(), 178 + 19 + 11);
    assert_eq!(published.iter().collect::<BTreeSet<_>>().len(), published.len());
    for code in &published {
        assert_eq!(ErrorCode::from(*code), ErrorCode::known(entry(code).code));
    }
    let beyond: Vec<&str> = all()
        .map(|info| info.code)
        .filter(|code| !published.iter().any(|known| key(known) == key(code)))
        .collect();
    assert!(beyond.iter().all(|code| code.starts_with("APIGW.")), "{beyond:?}");
}

#[test]
fn whether_a_repeat_helps_agrees_with_the_published_list() {
    for code in NEVER.split_whitespace() {
        assert!(matches!(entry(code).retry, Retry::Never | Retry::AfterCorrection), "{code}");
    }
    for code in AFTER_BACKOFF.split_whitespace() {
        let expected = if TOKENS.contains(&code) { Retry::AfterCorrection } else { Retry::AfterBackoff };
        assert_eq!(entry(code).retry, expected, "{code}");
    }
    for code in UNKNOWN.split_whitespace() {
        assert_eq!(entry(code).retry, Retry::ReadsOnly, "{code}");
    }
}

#[test]
fn codes_and_constants_are_unique_and_families_sorted() {
    let (codes, names): (BTreeSet<_>, BTreeSet<_>) = all().map(|info| (key(info.code), info.name)).unzip();
    assert_eq!((codes.len(), names.len()), (all().count(), all().count()));
    for family in FAMILIES {
        assert!(family.is_sorted_by_key(|info| key(info.code)), "{:?}", family.first());
    }
    for info in all() {
        assert_eq!(find(info.code), Some(info));
    }
}

#[test]
fn texts_are_single_sentences_without_full_stop() {
    for info in all() {
        for text in [info.meaning, info.remedy] {
            let (first, last) = (text.chars().next().unwrap(), text.chars().last().unwrap());
            assert!(first.is_uppercase() && (last.is_alphanumeric() || last == ')'), "{}: {text}", info.code);
            assert!(!text.contains(". ") && text.len() <= 110, "{}: {text}", info.code);
        }
        assert_ne!(info.meaning, info.remedy, "{}", info.code);
    }
    let meanings: BTreeSet<_> = all().map(|info| info.meaning).collect();
    assert_eq!(meanings.len(), all().count(), "two codes are explained alike");
}

#[test]
fn constants_are_what_their_names_say() {
    assert_eq!(BALANCE_TOO_LOW.as_str(), "CBC.99005003");
    assert_eq!(TRANSACTION_ID_USED.as_str(), "CBC.99007009");
    assert_eq!(ASSOCIATION_UNKNOWN.info().map(|info| info.name), Some("ASSOCIATION_UNKNOWN"));
    assert_eq!(find("APIG.0101").map(|info| info.name), Some("API_NOT_FOUND"));
    assert_eq!(find("CBC.00000000"), None);
}

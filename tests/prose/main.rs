//! The prose of the workspace is plain English: no word of the dialect that it once had, and each item's first sentence
//! says what the item is or does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)] // helpers of tests

mod lexer;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use lexer::{Kind, Piece, pieces};

/// Words and turns that are not used, with what to write instead. Words are matched whole, in any case.
const DIALECT: &[(&str, &str)] = &[
    ("at this hour", "now, or the current time"),
    ("world's hour", "the sandbox's current time"),
    ("sandbox's hour", "the sandbox's current time"),
    ("machine's hour", "the system time"),
    ("that hour", "that time"),
    ("whom", "who, or a noun"),
    ("so many", "a number of"),
    ("carried out", "executed, performed"),
    ("surely", "certainly, or say what proves it"),
    ("perhaps", "may, possibly"),
    ("mend", "fix"),
    ("mends", "fixes"),
    ("mended", "fixed"),
    ("told", "informed, reported, distinguished"),
    ("befall", "affect"),
    ("befalls", "affects"),
    ("lie", "is, are"),
    ("lies", "is, are"),
    ("hangs on", "depends on, belongs to"),
    ("hang on", "depend on, belong to"),
    ("oftener", "more often"),
    ("one's own", "own, or the caller's"),
    ("oneself", "the caller"),
    ("whoever", "the one who, or a noun"),
    ("became of", "the outcome of"),
    ("become of", "the outcome of"),
    ("becomes of", "the outcome of"),
    ("came of", "the result of"),
    ("come of", "the result of"),
    ("passed over", "ignored"),
    ("passes over", "ignores"),
    ("pass over", "ignore"),
    ("answer", "response, result"),
    ("answers", "responses, returns"),
    ("answered", "responded, returned"),
    ("answering", "responding"),
    ("rooms", "modules"),
    ("in truth", "in fact"),
    ("the house", "the project"),
    ("thereof", "of it"),
    ("wherefrom", "from where"),
    ("spelt so", "spelled this way"),
    ("of its making", "of its creation"),
    ("nobody", "no one, or a noun"),
    ("the like", "similar"),
    ("anew", "again"),
    ("betimes", "early"),
    ("ere", "before"),
    ("strikes", "is triggered"),
    ("struck", "triggered"),
];

/// Words with which no first sentence of an item begins: a question in place of a noun, or a pronoun without one.
const OPENERS: &[&str] = &[
    "What",
    "How",
    "Who",
    "Whom",
    "Whose",
    "Which",
    "Why",
    "When",
    "Where",
    "Until",
    "Since",
    "It",
    "Its",
    "They",
    "Their",
    "Those",
    "These",
    "Something",
    "Nothing",
    "Everything",
    "So",
];

/// Words with which no first sentence begins where a question follows: "From when", "In which".
const PREPOSITIONS: &[&str] = &[
    "About", "After", "At", "Before", "By", "For", "From", "In", "Into", "Of", "On", "Since", "To", "Until",
    "Under", "With", "Within",
];

/// Questions in lower case.
const QUESTIONS: &[&str] = &["what", "how", "who", "whom", "whose", "which", "why", "when", "where"];

/// Texts that quote: words of the wire, names of files of others, this test.
const QUOTES: &[&str] =
    &["tests/prose/", "crates/sandbox/tests/sandbox_control.rs", "crates/sandbox/tests/sandbox_server.rs"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files below a folder with one of these extensions, by their path inside the workspace.
fn files(folder: &Path, extensions: &[&str], found: &mut Vec<(String, PathBuf)>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !name.starts_with('.') && name != "target" {
                files(&path, extensions, found);
            }
        } else if path
            .extension()
            .is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted))
        {
            let inside = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
            if !QUOTES.iter().any(|prefix| inside.starts_with(prefix)) {
                found.push((inside, path));
            }
        }
    }
}

fn sources() -> Vec<(String, Vec<Piece>)> {
    let mut found = Vec::new();
    files(root(), &["rs"], &mut found);
    found.into_iter().map(|(name, path)| (name, pieces(&fs::read_to_string(path).unwrap()))).collect()
}

/// The prose of a text: without code between backticks, links' targets and addresses.
fn prose(text: &str) -> String {
    let mut plain = String::new();
    for (at, part) in text.split('`').enumerate() {
        if at % 2 == 0 {
            plain.push_str(part);
        } else {
            plain.push_str(" CODE ");
        }
    }
    plain
}

/// Words in lower case; anything else separates them.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '_' && c != '/')
        .map(|word| word.trim_matches('\'').to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Turns of the dialect, each with the words to write instead.
type Turns = Vec<(Vec<&'static str>, &'static str)>;

/// The turns of the dialect by their first words.
fn turns() -> &'static BTreeMap<&'static str, Turns> {
    static TURNS: OnceLock<BTreeMap<&'static str, Turns>> = OnceLock::new();
    TURNS.get_or_init(|| {
        let mut found: BTreeMap<_, Turns> = BTreeMap::new();
        for (turn, instead) in DIALECT {
            let turn: Vec<_> = turn.split(' ').collect();
            found.entry(turn[0]).or_default().push((turn, *instead));
        }
        found
    })
}

/// Returns the turns of the dialect that a text contains.
fn dialect(text: &str) -> BTreeSet<String> {
    let words = words(&prose(text));
    let mut found = BTreeSet::new();
    for (at, word) in words.iter().enumerate() {
        for (turn, instead) in turns().get(word.as_str()).into_iter().flatten() {
            if words[at..].len() >= turn.len()
                && words[at..].iter().zip(turn).all(|(word, part)| word == part)
            {
                found.insert(format!("“{}” (write: {instead})", turn.join(" ")));
            }
        }
    }
    found
}

/// Blocks of lines of documentation: file, first line, text of the lines, and what follows them.
struct Block<'a> {
    file: &'a str,
    line: usize,
    module: bool,
    lines: Vec<&'a str>,
    names: Vec<&'a str>,
}

fn blocks<'a>(file: &'a str, pieces: &'a [Piece]) -> Vec<Block<'a>> {
    let mut found: Vec<Block<'a>> = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let kind = pieces[at].kind;
        if kind != Kind::Doc && kind != Kind::ModuleDoc {
            at += 1;
            continue;
        }
        let (line, mut lines) = (pieces[at].line, Vec::new());
        while at < pieces.len() && pieces[at].kind == kind {
            lines.push(pieces[at].text.as_str());
            at += 1;
        }
        let names =
            pieces[at..].iter().take_while(|piece| piece.kind == Kind::Name).map(|piece| piece.text.as_str());
        found.push(Block {
            file,
            line,
            module: kind == Kind::ModuleDoc,
            lines,
            names: names.take(40).collect(),
        });
    }
    found
}

/// The first paragraph of a block.
fn first_paragraph(block: &Block<'_>) -> String {
    let lines = block.lines.iter().map(|line| line.trim()).take_while(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

/// Reports all faults at once, with file and line.
fn none(faults: &[String]) {
    let shown: Vec<_> = faults.iter().take(60).map(String::as_str).collect();
    assert!(faults.is_empty(), "{} places are not plain English:\n{}", faults.len(), shown.join("\n"));
}

#[test]
fn documentation_and_comments_are_free_of_dialect() {
    let mut faults = Vec::new();
    for (file, pieces) in sources() {
        let mut code = false;
        let mut before: Option<&Piece> = None;
        for piece in pieces.iter().filter(|piece| piece.kind != Kind::Name && piece.kind != Kind::Text) {
            if before.is_none_or(|before| before.line + 1 != piece.line) {
                code = false;
            }
            if piece.text.trim_start().starts_with("```") {
                code = !code;
            } else if code {
                if let Some((_, comment)) = piece.text.split_once("// ") {
                    faults
                        .extend(dialect(comment).iter().map(|what| format!("{file}:{}: {what}", piece.line)));
                }
            } else {
                // A turn may be broken over two lines.
                let joined = match before {
                    Some(before) if before.line + 1 == piece.line && before.kind == piece.kind => {
                        format!("{} {}", before.text.rsplit(' ').next().unwrap_or_default(), piece.text)
                    }
                    _ => piece.text.clone(),
                };
                let single = dialect(&joined);
                faults.extend(single.iter().map(|what| format!("{file}:{}: {what}", piece.line)));
            }
            before = Some(piece);
        }
    }
    none(&faults);
}

#[test]
fn messages_are_free_of_dialect() {
    let mut faults = Vec::new();
    for (file, pieces) in sources() {
        for piece in pieces.iter().filter(|piece| piece.kind == Kind::Text) {
            // Data of the wire is no prose of this project.
            let data =
                ["{\"", "[{", "</", "\":", "SELECT", "=\""].iter().any(|mark| piece.text.contains(mark));
            if piece.text.contains(' ') && !data {
                faults
                    .extend(dialect(&piece.text).iter().map(|what| format!("{file}:{}: {what}", piece.line)));
            }
        }
    }
    none(&faults);
}

#[test]
fn guides_are_free_of_dialect() {
    let mut found = Vec::new();
    files(root(), &["md"], &mut found);
    assert!(found.iter().any(|(file, _)| file == "README.md"), "{found:?}");
    let mut faults = Vec::new();
    for (file, path) in found {
        let text = fs::read_to_string(path).unwrap();
        let mut code = false;
        for (at, line) in text.lines().enumerate() {
            if line.starts_with("```") {
                code = !code;
            } else if !code {
                faults.extend(dialect(line).iter().map(|what| format!("{file}:{}: {what}", at + 1)));
            }
        }
    }
    none(&faults);
}

#[test]
fn names_are_free_of_dialect() {
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for (file, pieces) in sources() {
        for piece in pieces.into_iter().filter(|piece| piece.kind == Kind::Name) {
            places.entry(piece.text).or_insert_with(|| format!("{file}:{}", piece.line));
        }
    }
    let mut faults = Vec::new();
    for (name, place) in places {
        let spoken = snake(&name).replace('_', " ");
        faults.extend(dialect(&spoken).iter().map(|what| format!("{place}: {name}: {what}")));
    }
    none(&faults);
}

/// A name in lower case with underscores.
fn snake(name: &str) -> String {
    let mut text = String::new();
    let mut small = false;
    for c in name.chars() {
        if c.is_uppercase() && small {
            text.push('_');
        }
        small = c.is_lowercase() || c.is_numeric();
        text.extend(c.to_lowercase());
    }
    text
}

#[test]
fn the_first_sentence_of_an_item_says_what_it_is_or_does() {
    let mut faults = Vec::new();
    for (file, pieces) in sources() {
        for block in blocks(&file, &pieces) {
            let first = first_paragraph(&block);
            let mut complain =
                |what: &str| faults.push(format!("{}:{}: {what}: {first}", block.file, block.line));
            if first.is_empty() || first.starts_with('#') || first.starts_with('|') {
                continue; // a heading, a table, or lines that continue the documentation after an attribute
            }
            let opener = first.split([' ', ',', '.', ':']).next().unwrap();
            if OPENERS.contains(&opener) {
                complain("begins with a question or a pronoun");
            }
            let mut start = first.split_whitespace();
            let asks = start.next().is_some_and(|word| PREPOSITIONS.contains(&word))
                && start
                    .next()
                    .is_some_and(|word| QUESTIONS.contains(&word.trim_end_matches([',', ':', '.'])));
            if asks {
                complain("begins with a preposition and a question");
            }
            if first.split_whitespace().count() < 3 {
                complain("has fewer than three words");
            }
            if !first.ends_with(['.', ':', '?']) {
                complain("does not end with a full stop");
            }
            let sentence = first.split(". ").next().unwrap();
            if sentence.chars().count() > 300 {
                complain("has a first sentence of more than 300 characters");
            }
            let name = block
                .names
                .iter()
                .find(|name| !["pub", "fn", "struct", "enum", "const", "async"].contains(name));
            if let Some(name) = name.filter(|_| !block.module) {
                let own: BTreeSet<_> = snake(name).split('_').map(str::to_owned).collect();
                let said: BTreeSet<_> = words(&first)
                    .into_iter()
                    .filter(|word| {
                        !["the", "a", "an", "of", "this", "its", "is", "it"].contains(&word.as_str())
                    })
                    .collect();
                if said.is_subset(&own) {
                    complain("only repeats the name of its item");
                }
            }
        }
    }
    none(&faults);
}

/// Words that carry no content of their own.
const SMALL: &[&str] = &[
    "a", "an", "and", "are", "as", "be", "by", "do", "does", "for", "in", "is", "it", "its", "not", "of",
    "on", "that", "the", "then", "they", "this", "those", "to", "which", "with",
];

/// Sentences that say nothing beyond the sentence before them.
fn repetitions(paragraph: &str) -> Vec<String> {
    let content = |sentence: &str| -> Vec<String> {
        words(sentence).into_iter().filter(|word| !SMALL.contains(&word.as_str())).collect()
    };
    let sentences: Vec<&str> =
        paragraph.split_inclusive(['.', ';', ':']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let mut found = Vec::new();
    for (at, sentence) in sentences.iter().enumerate().skip(1) {
        let (before, own) = (content(sentences[at - 1]), content(sentence));
        let known = |word: &&String| {
            before.iter().any(|one| one == *word || one.trim_end_matches('s') == word.trim_end_matches('s'))
        };
        if own.len() > 1 && own.iter().filter(known).count() == own.len() && !sentence.contains('`') {
            found.push((*sentence).to_owned());
        }
    }
    found
}

#[test]
fn no_sentence_repeats_the_one_before() {
    let mut faults = Vec::new();
    for (file, pieces) in sources().into_iter() {
        for block in blocks(&file, &pieces) {
            let mut code = false;
            let lines = block.lines.iter().map(|line| line.trim()).filter(|line| {
                code ^= line.starts_with("```");
                !code && !line.starts_with(['|', '#', '-', '`'])
            });
            let text: Vec<&str> = lines.collect();
            for paragraph in text.split(|line| line.is_empty()) {
                for sentence in repetitions(&paragraph.join(" ")) {
                    faults.push(format!(
                        "{}:{}: repeats the sentence before: {sentence}",
                        block.file, block.line
                    ));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn the_rules_find_what_they_are_for() {
    assert_eq!(
        repetitions("The form, which does not change afterwards. It does not change afterwards.").len(),
        1
    );
    assert!(repetitions("The form of a payment. A payment has one form for each site.").is_empty());
    assert_eq!(dialect("what became of it, whom it befell").len(), 2);
    assert!(dialect("the response of the service, `answer` in code").is_empty());
    let source = "/// What hangs on it.\npub struct Thing {\n    /// Thing.\n    pub thing: &'static str, // a \"quote\"\n}\n";
    let found = pieces(source);
    assert_eq!(blocks("x.rs", &found).len(), 2);
    assert!(found.iter().any(|piece| piece.kind == Kind::Comment && piece.text.contains("quote")));
    assert_eq!(snake("LostAnswer"), "lost_answer");
}

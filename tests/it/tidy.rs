//! Style of comments: their width, some words, and the form of function summaries.

use std::path::Path;

/// Folders with source code.
const SOURCES: [&str; 4] = ["src", "tests", "benches", "fuzz"];

/// Maximum width of a line with a comment, in chars.
const MAX_WIDTH: usize = 100;

/// Minimum share of function summaries that begin with a verb, in percent.
const MIN_VERBS: usize = 75;

/// Phrases that no comment may contain.
const BANNED: [&str; 12] = [
    "anew",
    "lately",
    "meanwhile",
    "beside",
    "whoever",
    "is no",
    "is told",
    "hears",
    "stands for",
    "goes on",
    "in vain",
    "of which",
];

/// Phrases that contain a banned one and are allowed.
const ALLOWED: [&str; 3] = ["is no longer", "is no more than", "there is no"];

/// Words that may not begin the summary of an item or a module.
const HEADLESS: [&str; 7] = ["what", "who", "whoever", "of", "the same", "so many", "so long"];

/// Words in `s` that are not third-person verbs.
const NOT_VERBS: [&str; 16] = [
    "always",
    "articles",
    "as",
    "bytes",
    "excerpts",
    "its",
    "passages",
    "perhaps",
    "questions",
    "quotes",
    "sections",
    "sentences",
    "this",
    "thus",
    "us",
    "words",
];

/// Consecutive comment lines of one kind.
struct Comment<'a> {
    /// Number of the first line, from 1.
    line: usize,
    /// Comment marker: `//`, `///` or `//!`.
    marker: &'a str,
    /// Text of all lines, joined with spaces.
    text: String,
    /// First line of code below, without attributes.
    code: &'a str,
}

/// Violations of the style in one or several files.
#[derive(Default)]
struct Report {
    wide: Vec<String>,
    wording: Vec<String>,
    /// Function summaries that do not begin with a verb.
    not_verbs: Vec<String>,
    summaries: usize,
}

impl Report {
    /// Checks one file. `path` is relative to the repository.
    fn add(&mut self, path: &str, source: &str) {
        for (number, line) in (1..).zip(source.lines()) {
            let width = line.chars().count();
            if line.trim_start().starts_with("//") && width > MAX_WIDTH {
                self.wide.push(format!("{path}:{number}: the comment is {width} columns wide"));
            }
        }
        for comment in comments(source) {
            let Comment { line, marker, text, code } = comment;
            for phrase in wording(marker, &text) {
                self.wording.push(format!("{path}:{line}: \"{phrase}\" in: {text}"));
            }
            if marker == "///" && is_function(code) {
                self.summaries += 1;
                if !begins_with_verb(&text) {
                    self.not_verbs.push(format!("{path}:{line}: no verb first: {text}"));
                }
            }
        }
    }

    /// Returns the share of function summaries that begin with a verb, in percent.
    fn verbs(&self) -> usize {
        (self.summaries - self.not_verbs.len()) * 100 / self.summaries.max(1)
    }
}

/// Splits the comments of a file into blocks with the same marker.
fn comments(source: &str) -> Vec<Comment<'_>> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let mut comments: Vec<Comment<'_>> = Vec::new();
    let mut is_open = false;
    for (position, line) in lines.iter().enumerate() {
        let marker = ["///", "//!", "//"].into_iter().find(|marker| line.starts_with(marker));
        let Some(marker) = marker else {
            is_open = false;
            continue;
        };
        let text = line[marker.len()..].trim();
        match comments.last_mut().filter(|last| is_open && last.marker == marker) {
            Some(last) => last.text.extend([" ", text]),
            None => comments.push(Comment {
                line: position + 1,
                marker,
                text: text.to_owned(),
                code: code_below(&lines[position..]),
            }),
        }
        is_open = true;
    }
    comments
}

/// Returns the first line that is neither a comment nor an attribute.
fn code_below<'a>(lines: &[&'a str]) -> &'a str {
    let mut is_attribute = false;
    for line in lines {
        is_attribute |= line.starts_with("#[");
        if is_attribute {
            is_attribute = !line.ends_with(']');
        } else if !line.starts_with("//") {
            return line;
        }
    }
    ""
}

fn is_function(code: &str) -> bool {
    let qualifiers = ["pub", "async", "const", "unsafe", "extern"];
    let is_qualifier = |word: &&str| qualifiers.contains(word) || word.starts_with("pub(");
    code.split_whitespace().find(|word| !is_qualifier(word)) == Some("fn")
}

/// Returns the phrases of a comment that violate the style.
fn wording(marker: &str, text: &str) -> Vec<&'static str> {
    let words = |text: &str| -> String {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(|word| format!(" {}", word.to_lowercase())).chain([" ".to_owned()]).collect()
    };
    let mut prose = words(text);
    for allowed in ALLOWED {
        prose = prose.replace(&format!(" {allowed} "), " ");
    }
    let banned = BANNED.into_iter().filter(|phrase| prose.contains(&format!(" {phrase} ")));
    let headless = HEADLESS.into_iter().filter(|first| prose.starts_with(&format!(" {first} ")));
    banned.chain(headless.filter(|_| marker != "//")).collect()
}

fn begins_with_verb(summary: &str) -> bool {
    let first = summary.split_whitespace().next().unwrap_or_default();
    let first = first.trim_end_matches([',', '.', ':', ';']).to_lowercase();
    first.ends_with('s') && first.chars().all(char::is_alphabetic) && !NOT_VERBS.contains(&&*first)
}

/// Adds the source files below `dir`: path and text.
fn read_sources(dir: &Path, root: &Path, found: &mut Vec<(String, String)>) {
    let relative = |path: &Path| path.strip_prefix(root).expect("below root").display().to_string();
    for entry in std::fs::read_dir(dir).expect("a readable folder").flatten() {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != "target" {
            read_sources(&path, root, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source file in UTF-8");
            found.push((relative(&path), text));
        }
    }
}

#[test]
fn tidy_comments_follow_the_style() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for source in SOURCES {
        read_sources(&root.join(source), root, &mut files);
    }
    let mut total = Report::default();
    for (path, text) in &files {
        total.add(path, text);
    }
    let mut failures = [total.wide.as_slice(), &total.wording].concat();
    if total.verbs() < MIN_VERBS {
        failures.push(format!("{} % of {} summaries", total.verbs(), total.summaries));
        failures.extend(total.not_verbs);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn tidy_finds_violations() {
    let check = |source: &str, wide: usize, wording: usize, not_verbs: usize| {
        let mut report = Report::default();
        report.add("src/lib.rs", source);
        let found = (report.wide.len(), report.wording.len(), report.not_verbs.len());
        assert_eq!(found, (wide, wording, not_verbs), "{source}");
    };
    check(&format!("// {}", "x".repeat(97)), 0, 0, 0);
    check(&format!("    // {}", "x".repeat(94)), 1, 0, 0);
    check("// The index is\n// no file.", 0, 1, 0);
    check("// The file is no longer there. There is no file.", 0, 0, 0);
    check("/// What it is.\nstruct A;", 0, 1, 0);
    check("// What follows is tested.\nstruct A;", 0, 0, 0);
    check("/// Returns a number.\n#[must_use]\npub async fn a() {}", 0, 0, 0);
    check("/// A number.\npub(crate) const fn a() {}", 0, 0, 1);
    check("/// A number.\nconst A: u8 = 1;", 0, 0, 0);
}

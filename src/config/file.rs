//! The file `verbatim.toml` as a tree of TOML values, with the problems found in it. Pure.
//!
//! Each problem has its line, its key and what was expected. No problem repeats a text that looks
//! like the bot's token.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use toml::de::DeTable;

use super::printable::printable;
use super::token;

/// Name of a section with names of the operator's own as keys.
pub(super) const ALIASES: &str = "aliases";
/// Name of a section with paths of folders as keys.
pub(super) const FOLDERS: &str = "access.folders";
/// Hint for a key that resembles no known key.
pub(super) const HINT_KEYS: &str =
    "the keys and their defaults are in config/verbatim.toml of the project";

/// A parsed file, with the problems that were found so far.
pub(super) struct ConfigFile<'t> {
    /// The path for error messages.
    path: String,
    text: &'t str,
    root: &'t DeTable<'t>,
    /// The keys that were read, by section. The name of the top level is "".
    known: BTreeMap<&'static str, Vec<&'static str>>,
    problems: Vec<Problem>,
    /// The lines that are not TOML. If there is one, later keys may be parsed into a wrong section.
    broken_lines: Vec<usize>,
}

struct Problem {
    line: usize,
    text: String,
}

/// Parses the text of a file. Parts with syntax errors are left out.
pub(super) fn parse(text: &str) -> (DeTable<'_>, Vec<toml::de::Error>) {
    let (root, errors) = DeTable::parse_recoverable(text);
    (root.into_inner(), errors)
}

impl<'t> ConfigFile<'t> {
    /// Wraps the result of [`parse`] for `text`, and reports the syntax errors.
    pub(super) fn new(
        path: impl fmt::Display,
        text: &'t str,
        root: &'t DeTable<'t>,
        errors: &[toml::de::Error],
    ) -> ConfigFile<'t> {
        let mut file = ConfigFile {
            path: path.to_string(),
            text,
            root,
            known: BTreeMap::from([("", Vec::new())]),
            problems: Vec::new(),
            broken_lines: Vec::new(),
        };
        for error in errors {
            let line = file.line(&error.span().unwrap_or_default());
            file.broken_lines.push(line);
            let raw = text.lines().nth(line - 1).unwrap_or_default();
            let key = raw.split('=').next().unwrap_or_default().trim();
            if token::is_named_by(key) || token::may_be_in(raw) {
                file.report_token(line, None);
                continue;
            }
            let (cause, hint) = syntax_problem(error.message(), raw);
            file.report(line, None, &cause, &hint);
        }
        file
    }

    pub(super) fn root(&self) -> &'t DeTable<'t> {
        self.root
    }

    /// Returns the keys that were read, by section.
    pub(super) fn known(&self) -> &BTreeMap<&'static str, Vec<&'static str>> {
        &self.known
    }

    /// Returns whether a part of the file is not TOML.
    pub(super) fn is_broken(&self) -> bool {
        !self.broken_lines.is_empty()
    }

    pub(super) fn add_known_section(&mut self, section: &'static str) {
        self.known.entry(section).or_default();
    }

    pub(super) fn add_known_key(&mut self, section: &'static str, key: &'static str) {
        self.known.entry(section).or_default().push(key);
    }

    /// Reports a problem with the key at `key`, if there is one.
    pub(super) fn report(&mut self, line: usize, key: Option<&str>, cause: &str, hint: &str) {
        let key = key.map_or_else(String::new, |key| format!("{}: ", printable(key)));
        let text = format!("{}:{line}: {key}{cause}\nhint: {hint}", self.path);
        self.problems.push(Problem { line, text });
    }

    /// Reports the bot's token, which must not be in this file.
    pub(super) fn report_token(&mut self, line: usize, key: Option<&str>) {
        self.report(line, key, token::MISPLACED, token::MISPLACED_HINT);
    }

    /// Returns the 1-based line of a byte range.
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }

    /// Returns all problems in the order of their lines.
    pub(super) fn into_problems(mut self) -> Vec<String> {
        self.problems.sort_by_key(|problem| problem.line);
        // The parser guesses the value of a broken line, so other problems of that line mislead.
        let broken = self.broken_lines;
        self.problems
            .dedup_by(|next, first| next.line == first.line && broken.contains(&next.line));
        self.problems.into_iter().map(|problem| problem.text).collect()
    }
}

/// Returns cause and hint for a line that is not TOML. The cause is the message of the parser, with
/// everyday words instead of its type names.
fn syntax_problem(message: &str, line: &str) -> (String, String) {
    let value = line.split_once('=').map_or("", |(_, value)| value.trim_start());
    let is_bare = value.starts_with(|c: char| c.is_alphabetic());
    if message == "duplicate key" {
        let cause = "this key or section is in the file a second time".to_owned();
        return (cause, "keep one of the two".to_owned());
    }
    let starts = ["invalid", "string values", "unexpected key or value"];
    if is_bare && starts.iter().any(|start| message.starts_with(start)) {
        let cause = "expected text in quotation marks, got text without them".to_owned();
        return (cause, "write `key = \"text\"`".to_owned());
    }
    let cause =
        WORDS.iter().fold(message.to_owned(), |message, (term, word)| message.replace(term, word));
    (cause, format!("write `[section]` and `key = value` lines in TOML; {HINT_KEYS}"))
}

/// Type names of TOML with everyday words for them. Longer names come first.
const WORDS: [(&str, &str); 10] = [
    ("array table", "section"),
    ("inline table", "section in braces"),
    ("multi-line basic string", "text"),
    ("multi-line literal string", "text"),
    ("basic string", "text"),
    ("literal string", "text"),
    ("array", "list"),
    ("table", "section"),
    ("integer", "number"),
    ("float", "number"),
];

//! Reader of `verbatim.toml`: takes the values section by section and collects every problem, each
//! with its line, its key and what was expected.
//!
//! A section remembers which keys it was asked for; [`ConfigFile::finish`] reports all others, with
//! the nearest known key. A text that looks like the bot's token is never repeated in a problem.
//! Pure.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::token;

/// The parsed file, with the problems found so far.
pub(super) struct ConfigFile<'t> {
    /// The path, as problems show it.
    path: String,
    text: &'t str,
    root: &'t DeTable<'t>,
    /// The keys that were asked for, by section. The top level has the name "".
    known: BTreeMap<&'static str, Vec<&'static str>>,
    problems: Vec<Problem>,
    /// The lines that are not TOML. If there is one, keys may be read as part of a wrong section.
    broken_lines: Vec<usize>,
}

struct Problem {
    line: usize,
    text: String,
}

/// One section of the file, such as `[telegram]`, which may be absent.
pub(super) struct Section<'f, 't> {
    file: &'f mut ConfigFile<'t>,
    name: &'static str,
    table: Option<&'t DeTable<'t>>,
    /// The line of the section's first key.
    line: usize,
}

const HINT_KEYS: &str = "the keys and their defaults are in config/verbatim.toml of the project";
const TOKEN_CAUSE: &str = "the bot's token does not belong into this file";
const TOKEN_HINT: &str =
    "the token belongs into `.env`: TELOXIDE_TOKEN=…, and this entry should be removed";
/// Variables of the environment, with other names that people may give them in the file.
const ELSEWHERE: [(&str, &[&str]); 3] = [
    ("TELOXIDE_API_URL", &["apiurl", "apiserver", "botapi", "botapiurl"]),
    ("HF_ENDPOINT", &["huburl"]),
    ("RUST_LOG", &[]),
];
const MAX_SHOWN_CHARS: usize = 60;

/// Parses the text of a file, as far as it is TOML.
pub(super) fn parse(text: &str) -> (DeTable<'_>, Vec<toml::de::Error>) {
    let (root, errors) = DeTable::parse_recoverable(text);
    (root.into_inner(), errors)
}

impl<'t> ConfigFile<'t> {
    /// Returns the reader of what [`parse`] made of `text`.
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
            let typed = text.lines().nth(line - 1).unwrap_or_default();
            let key = typed.split('=').next().unwrap_or_default().trim();
            if names_token(key) || token::may_be_in(typed) {
                file.report(line, None, TOKEN_CAUSE, TOKEN_HINT);
                continue;
            }
            let (cause, hint) = syntax_problem(error.message(), typed);
            file.report(line, None, &cause, &hint);
        }
        file
    }

    /// Returns the section of this name; a dot separates it from the section it is part of.
    pub(super) fn section(&mut self, name: &'static str) -> Section<'_, 't> {
        self.known.entry(name).or_default();
        let mut table = self.root;
        let mut line = 1;
        for part in name.split('.') {
            let Some((key, value)) = entry(table, part) else {
                return Section { file: self, name, table: None, line };
            };
            line = self.line(&key.span());
            match value.get_ref() {
                DeValue::Table(inner) => table = inner,
                other => {
                    // A section within is looked for as well, but the problem is one.
                    let is_last = name.rsplit('.').next() == Some(part);
                    if is_last {
                        let cause = format!("expected a section, got {}", kind(other));
                        let hint = format!("write `[{name}]`, and its keys in the lines below");
                        self.report(line, Some(name), &cause, &hint);
                    }
                    return Section { file: self, name, table: None, line };
                }
            }
        }
        Section { file: self, name, table: Some(table), line }
    }

    /// Reports unknown keys and sections, and returns all problems in the order of their lines.
    pub(super) fn finish(mut self) -> Vec<String> {
        self.look_for_unknown(self.root, "");
        self.problems.sort_by_key(|problem| problem.line);
        // The parser guesses the value of a broken line, so other problems of that line mislead.
        let broken = self.broken_lines;
        self.problems
            .dedup_by(|next, first| next.line == first.line && broken.contains(&next.line));
        self.problems.into_iter().map(|problem| problem.text).collect()
    }

    fn look_for_unknown(&mut self, table: &'t DeTable<'t>, section: &str) {
        let known_keys = self.known.get(section).cloned();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let path =
                if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
            let line = self.line(&key.span());
            let inner = value.get_ref().as_table();
            if let (Some(inner), true) = (inner, self.known.contains_key(path.as_str())) {
                // The names in this section are the operator's own.
                if path != ALIASES {
                    self.look_for_unknown(inner, &path);
                }
            } else if known_keys.as_ref().is_some_and(|keys| keys.contains(&name))
                || self.known.contains_key(path.as_str())
            {
                // This entry was read, or was reported as no section.
            } else if token::may_be_in(name) {
                self.report(line, None, TOKEN_CAUSE, TOKEN_HINT);
            } else if let Some(inner) = inner {
                match names_token(name) {
                    true => self.report(line, Some(&path), TOKEN_CAUSE, TOKEN_HINT),
                    false => self.unknown_section(line, &path, name),
                }
                self.look_for_tokens(inner, &path);
            } else if names_token(name) || holds_token(value.get_ref()) {
                self.report(line, Some(&path), TOKEN_CAUSE, TOKEN_HINT);
            } else {
                self.unknown_key(line, section, name);
            }
        }
    }

    /// Reports the tokens in a section that is unknown as a whole.
    fn look_for_tokens(&mut self, table: &DeTable<'_>, section: &str) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let line = self.line(&key.span());
            if token::may_be_in(name) {
                self.report(line, None, TOKEN_CAUSE, TOKEN_HINT);
                continue;
            }
            let path = format!("{section}.{name}");
            match value.get_ref() {
                DeValue::Table(inner) => self.look_for_tokens(inner, &path),
                value if names_token(name) || holds_token(value) => {
                    self.report(line, Some(&path), TOKEN_CAUSE, TOKEN_HINT);
                }
                _ => {}
            }
        }
    }

    fn unknown_section(&mut self, line: usize, path: &str, name: &str) {
        if !self.broken_lines.is_empty() {
            return;
        }
        let sections: Vec<_> =
            self.known.keys().copied().filter(|known| !known.is_empty()).collect();
        let within = |known: &&str| known.rsplit('.').next() == Some(name);
        let meant = nearest(path, &sections).or_else(|| sections.iter().copied().find(within));
        let hint = match meant {
            Some(meant) => format!("did you mean `[{meant}]`?"),
            None => {
                let sections: Vec<_> =
                    sections.iter().map(|section| format!("`[{section}]`")).collect();
                format!("the sections are {}", sections.join(", "))
            }
        };
        let cause = format!("unknown section `[{}]`", shown(path));
        self.report(line, None, &cause, &hint);
    }

    fn unknown_key(&mut self, line: usize, section: &str, name: &str) {
        if !self.broken_lines.is_empty() {
            return;
        }
        let keys = self.known.get(section).cloned().unwrap_or_default();
        let hint = match nearest(name, &keys) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => self.hint_from_elsewhere(section, name),
        };
        let cause = match section {
            "" => format!("unknown key `{}` before the first section", shown(name)),
            _ => format!("unknown key `{}` in `[{section}]`", shown(name)),
        };
        self.report(line, None, &cause, &hint);
    }

    /// Returns where else a key like this is known.
    fn hint_from_elsewhere(&self, section: &str, name: &str) -> String {
        let sections: Vec<_> = self.known.keys().copied().collect();
        let within = if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
        if let Some(meant) = nearest(&within, &sections).filter(|meant| *meant != section) {
            return format!("did you mean the section `[{meant}]`?");
        }
        let typed = plain(name);
        let mut elsewhere = ELSEWHERE.iter();
        let variable = elsewhere
            .find(|(name, others)| plain(name) == typed || others.contains(&typed.as_str()));
        if let Some((variable, _)) = variable {
            return format!("it belongs into `.env` or the environment: {variable}=…");
        }
        let has = |wanted: &dyn Fn(&str) -> bool| {
            let mut keys = self
                .known
                .iter()
                .flat_map(|(section, keys)| keys.iter().map(move |key| (*section, *key)));
            keys.find(|(_, key)| wanted(key))
        };
        let meant = has(&|key| key == name).or_else(|| has(&|key| is_near(name, key)));
        match meant {
            Some((section, key)) => format!("did you mean `{key}` in `[{section}]`?"),
            None => HINT_KEYS.to_owned(),
        }
    }

    fn report(&mut self, line: usize, key: Option<&str>, cause: &str, hint: &str) {
        let key = key.map_or_else(String::new, |key| format!("{}: ", shown(key)));
        let text = format!("{}:{line}: {key}{cause}\nhint: {hint}", self.path);
        self.problems.push(Problem { line, text });
    }

    fn line(&self, span: &Range<usize>) -> usize {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }
}

/// The section whose keys are the operator's own names.
pub(super) const ALIASES: &str = "aliases";

impl<'t> Section<'_, 't> {
    /// Reports a problem with the value of `key`.
    pub(super) fn problem(&mut self, key: &str, cause: &str, hint: &str) {
        let at = self.table.and_then(|table| entry(table, key));
        let line = at.map_or(self.line, |(key, _)| self.file.line(&key.span()));
        let path = format!("{}.{key}", self.name);
        self.file.report(line, Some(&path), cause, hint);
    }

    /// Returns the text of a key, if it has one.
    pub(super) fn text(&mut self, key: &'static str) -> Option<&'t str> {
        let value = self.value(key)?;
        match value {
            _ if holds_token(value) => self.problem(key, TOKEN_CAUSE, TOKEN_HINT),
            DeValue::String(text) => return Some(text),
            _ => self.wrong_kind(key, "text", value, "put the value into quotation marks"),
        }
        None
    }

    /// Returns the directory that a key names, if it names one.
    pub(super) fn directory(&mut self, key: &'static str) -> Option<PathBuf> {
        let text = self.text(key)?;
        if text.trim().is_empty() {
            let hint = "name a directory, or leave the key out for the default";
            self.problem(key, "expected a directory, got an empty text", hint);
            return None;
        }
        Some(PathBuf::from(text))
    }

    /// Returns the texts in the list of a key, if it has one.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<String>> {
        let hint = format!("write texts in brackets, such as `{key} = [\"one\"]`");
        let list = self.list(key, "a list of texts", &hint)?;
        Some(self.texts_of(key, list, &hint))
    }

    /// Returns the number of a key, if it has one within `range`.
    pub(super) fn number(&mut self, key: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.value(key)?;
        match value {
            DeValue::Integer(typed) => {
                let number = i64::from_str_radix(typed.as_str(), typed.radix()).ok();
                let number = number.filter(|number| range.contains(number));
                if number.is_none() {
                    let cause = format!("{} is out of range", shown(&typed.to_string()));
                    let hint = format!("give a number from {} to {}", range.start(), range.end());
                    self.problem(key, &cause, &hint);
                }
                return number;
            }
            DeValue::String(_) if !holds_token(value) => {
                let hint =
                    format!("write the number without quotation marks, such as `{key} = 10`");
                self.wrong_kind(key, "a number", value, &hint);
            }
            _ => {
                let hint = format!("give a whole number from {} to {}", range.start(), range.end());
                self.wrong_kind(key, "a number", value, &hint);
            }
        }
        None
    }

    /// Returns whether a key is `true`, if it is set.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        if let DeValue::Boolean(is_set) = value {
            return Some(*is_set);
        }
        let hint = format!("write `{key} = true` or `{key} = false`, without quotation marks");
        self.wrong_kind(key, "true or false", value, &hint);
        None
    }

    /// Returns the numbers in the list of a key, if it is set.
    pub(super) fn numbers(&mut self, key: &'static str) -> Option<Vec<i64>> {
        let hint = format!("write numbers in brackets, such as `{key} = [123456]`");
        let list = self.list(key, "a list of numbers", &hint)?;
        let mut numbers = Vec::new();
        for value in list {
            match value.get_ref() {
                DeValue::Integer(typed) => {
                    match i64::from_str_radix(typed.as_str(), typed.radix()) {
                        Ok(number) => numbers.push(number),
                        Err(_) => {
                            let cause = format!("{} is out of range", shown(&typed.to_string()));
                            self.problem_at(
                                value,
                                key,
                                &cause,
                                "give the number that Telegram uses",
                            );
                        }
                    }
                }
                other => {
                    let cause = format!("expected a number in the list, got {}", kind(other));
                    self.problem_at(value, key, &cause, &hint);
                }
            }
        }
        Some(numbers)
    }

    /// Returns all keys of a section, each with its list of texts.
    pub(super) fn lists(&mut self) -> Vec<(String, Vec<String>)> {
        let Some(table) = self.table else { return Vec::new() };
        let hint = "write `NAME = [\"another name\"]`";
        let mut lists = Vec::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let line = self.file.line(&key.span());
            if token::may_be_in(name) {
                self.file.report(line, None, TOKEN_CAUSE, TOKEN_HINT);
                continue;
            }
            match value.get_ref() {
                value if holds_token(value) => self.problem(name, TOKEN_CAUSE, TOKEN_HINT),
                DeValue::Array(list) => {
                    let texts = self.texts_of(name, list, hint);
                    // A list with a problem in it is not judged a second time.
                    if texts.len() == list.len() {
                        lists.push((name.to_owned(), texts));
                    }
                }
                other => self.wrong_kind(name, "a list of texts", other, hint),
            }
        }
        lists
    }

    /// Returns the duration of a key, or `default`.
    pub(super) fn duration(&mut self, key: &'static str, default: Duration) -> Duration {
        let Some(typed) = self.text(key) else { return default };
        duration(typed).unwrap_or_else(|| {
            let cause = format!("expected a duration, got `{}`", shown(typed));
            let hint = "give a number with its unit, such as `24h`, `30m` or `90s`";
            self.problem(key, &cause, hint);
            default
        })
    }

    /// Returns the address to listen on that a text of `key` names, or `default`.
    pub(super) fn address(&mut self, key: &str, typed: &str, default: SocketAddr) -> SocketAddr {
        typed.trim().parse().unwrap_or_else(|_| {
            let cause = format!("expected an address to listen on, got `{}`", shown(typed));
            let hint =
                format!("give an IP address of this machine with a port, such as `{default}`");
            self.problem(key, &cause, &hint);
            default
        })
    }

    /// Returns the one of `choices` that a key names, or the default of the type.
    pub(super) fn one_of<T: Copy + Default>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
    ) -> T {
        let Some(typed) = self.text(key) else { return T::default() };
        let chosen = choices.iter().find(|(name, _)| *name == typed);
        if let Some((_, value)) = chosen {
            return *value;
        }
        let names: Vec<_> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let cause = format!("expected {}, got \"{}\"", names.join(" or "), shown(typed));
        let listed: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        let hint = match nearest(typed, &listed) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("write `{key} = {}`", names.first().map_or("", String::as_str)),
        };
        self.problem(key, &cause, &hint);
        T::default()
    }

    fn value(&mut self, key: &'static str) -> Option<&'t DeValue<'t>> {
        self.file.known.entry(self.name).or_default().push(key);
        entry(self.table?, key).map(|(_, value)| value.get_ref())
    }

    fn list(&mut self, key: &'static str, wanted: &str, hint: &str) -> Option<&'t DeArray<'t>> {
        let value = self.value(key)?;
        if let DeValue::Array(list) = value {
            return Some(list);
        }
        self.wrong_kind(key, wanted, value, hint);
        None
    }

    fn texts_of(&mut self, key: &str, list: &DeArray<'_>, hint: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for value in list {
            match value.get_ref() {
                inner if holds_token(inner) => {
                    self.problem_at(value, key, TOKEN_CAUSE, TOKEN_HINT);
                }
                DeValue::String(text) => texts.push(text.to_string()),
                other => {
                    let cause = format!("expected text in the list, got {}", kind(other));
                    self.problem_at(value, key, &cause, hint);
                }
            }
        }
        texts
    }

    fn wrong_kind(&mut self, key: &str, wanted: &str, value: &DeValue<'_>, hint: &str) {
        if holds_token(value) {
            return self.problem(key, TOKEN_CAUSE, TOKEN_HINT);
        }
        self.problem(key, &format!("expected {wanted}, got {}", kind(value)), hint);
    }

    fn problem_at(&mut self, value: &Spanned<DeValue<'_>>, key: &str, cause: &str, hint: &str) {
        let line = self.file.line(&value.span());
        let path = format!("{}.{key}", self.name);
        self.file.report(line, Some(&path), cause, hint);
    }
}

fn entry<'t>(
    table: &'t DeTable<'t>,
    name: &str,
) -> Option<(&'t Spanned<std::borrow::Cow<'t, str>>, &'t Spanned<DeValue<'t>>)> {
    table.iter().find(|(key, _)| key.get_ref() == name)
}

/// Returns cause and hint for a line that is not TOML, from the parser's message, without its terms
/// for types.
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

/// Terms of TOML and the words for them, the longer ones first.
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

/// Returns the kind of a value in words.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

fn holds_token(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::String(text) => token::may_be_in(text),
        DeValue::Array(list) => list.iter().any(|inner| holds_token(inner.get_ref())),
        DeValue::Table(table) => table.iter().any(|(_, inner)| holds_token(inner.get_ref())),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            false
        }
    }
}

/// Returns whether a key is called as if it held the bot's token.
fn names_token(key: &str) -> bool {
    let plain = plain(key);
    plain.contains("token") || plain.ends_with("apikey") || plain == "botkey"
}

/// Returns the letters and digits of a key, in lower case.
fn plain(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Returns the known name that was probably meant.
fn nearest<'k>(typed: &str, known: &[&'k str]) -> Option<&'k str> {
    let distance = |name: &str| strsim::damerau_levenshtein(&typed.to_lowercase(), name);
    let best = known.iter().copied().min_by_key(|name| distance(name))?;
    is_near(typed, best).then_some(best)
}

/// Returns whether two names differ by at most a third of their characters.
fn is_near(typed: &str, name: &str) -> bool {
    let most = (name.chars().count().max(typed.chars().count()) / 3).max(1);
    let is_mistyped = strsim::damerau_levenshtein(&typed.to_lowercase(), name) <= most;
    // `max_length` for `max_len`, or `monitoring` for `monitor`.
    let is_longer = name.len() >= 4 && typed.to_lowercase().starts_with(name)
        || typed.len() >= 4 && name.starts_with(&typed.to_lowercase());
    is_mistyped || is_longer
}

/// Returns a value for a problem's text: short, and without control characters.
pub(super) fn shown(typed: &str) -> String {
    let mut shown: String = typed
        .chars()
        .take(MAX_SHOWN_CHARS)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if typed.chars().nth(MAX_SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

/// Parses a whole number with its unit: `d`, `h`, `m` or `s`.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let unit = text.chars().next_back()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    let number: u64 = text[..text.len() - 1].trim().parse().ok()?;
    number.checked_mul(seconds).map(Duration::from_secs)
}

//! Front matter: the YAML metadata of an article between two lines of `---`. Pure.
//!
//! Front matter that is not valid YAML as a whole is read entry by entry, so that one mistake does
//! not hide the others.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use super::article::Alias;
use super::escape::is_unsafe_control;
use super::problem::Problem;
use super::title::{MAX_TITLE_CHARS, is_too_long_for_title, single_line};

/// The front matter of a file, and the position of the text after it.
#[derive(Debug, Default, PartialEq)]
pub struct FrontMatter {
    pub title: Option<String>,
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub source_url: Option<String>,
    pub language: Option<String>,
    pub aliases: Vec<Alias>,
    /// Whether a title is present but invalid.
    pub is_title_invalid: bool,
    /// A key that is probably a misspelling of `title`.
    pub misspelled_title: Option<String>,
    /// Byte offset of the text after the front matter.
    pub body_start: usize,
}

/// Front matter as it is typed. Unknown keys are ignored: they belong to other programs.
#[derive(Default, Deserialize)]
#[serde(default)]
struct RawFrontMatter {
    title: Option<String>,
    authors: Option<OneOrMany>,
    published: Option<String>,
    source_url: Option<String>,
    language: Option<String>,
    aliases: Option<BTreeMap<String, OneOrMany>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn into_vec(self) -> Vec<String> {
        let all = match self {
            OneOrMany::One(one) => vec![one],
            OneOrMany::Many(many) => many,
        };
        all.into_iter().map(|one| single_line(&one)).filter(|name| !name.is_empty()).collect()
    }
}

/// Maximum length of the YAML, in bytes.
const MAX_BYTES: usize = 64 << 10;
/// Maximum length of a URL, in bytes: the longest that every browser accepts.
const MAX_URL_BYTES: usize = 2 << 10;

/// Maximum number of entries that are read as one, since a value may span lines that
/// resemble entries.
const MAX_MERGED_ENTRIES: usize = 8;
/// Maximum number of entries that are reported as unreadable.
const MAX_REPORTED: usize = 20;

/// Parses the front matter of `text`, the content of `file`. Returns the valid values and all
/// problems. Without front matter, all values are empty.
pub fn parse(file: &str, text: &str) -> (FrontMatter, Vec<Problem>) {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let invalid = |body_start, problem| {
        let front = FrontMatter { body_start, is_title_invalid: true, ..FrontMatter::default() };
        (front, vec![problem])
    };
    let Some((yaml, body_start)) = split_front_matter(text, start) else {
        return match has_opening(&text[start..]) {
            true => {
                let hint = "close it with a line of `---`";
                invalid(start, Problem::new(file, Some(1), "the front matter does not end", hint))
            }
            false => (FrontMatter { body_start: start, ..FrontMatter::default() }, Vec::new()),
        };
    };
    if yaml.len() > MAX_BYTES {
        let what = format!("the front matter is larger than {} KiB", MAX_BYTES >> 10);
        return invalid(
            body_start,
            Problem::new(file, Some(1), &what, "leave out what no reader needs"),
        );
    }
    let Salvaged { raw, mut problems, is_title_unreadable } = match parse_yaml(yaml) {
        Ok(raw) => Salvaged { raw, ..Salvaged::default() },
        Err(whole) => salvage(file, yaml, &whole),
    };
    let mut front = validate(file, yaml, raw, body_start, &mut problems);
    front.is_title_invalid |= is_title_unreadable;
    (FrontMatter { misspelled_title: misspelled_title(yaml), ..front }, problems)
}

fn parse_yaml(yaml: &str) -> Result<RawFrontMatter, serde_saphyr::Error> {
    match yaml.trim().is_empty() {
        true => Ok(RawFrontMatter::default()),
        false => serde_saphyr::from_str(yaml),
    }
}

/// The readable part of front matter, and the problems of the rest.
#[derive(Default)]
struct Salvaged {
    raw: RawFrontMatter,
    problems: Vec<Problem>,
    /// Whether the unreadable part may contain a title.
    is_title_unreadable: bool,
}

/// Parses front matter entry by entry, after parsing it as a whole failed with `whole`. Returns the
/// values of the valid entries and the problems of the others.
fn salvage(file: &str, yaml: &str, whole: &serde_saphyr::Error) -> Salvaged {
    let Salvaged { mut raw, mut problems, mut is_title_unreadable } = Salvaged::default();
    let all: Vec<_> = if has_anchors(yaml) { Vec::new() } else { entries(yaml).collect() };
    let mut at = 0;
    while let Some((line, entry)) = all.get(at) {
        let from = offset_in(yaml, entry);
        let until =
            |count: usize| all.get(at + count).map_or(yaml.len(), |next| offset_in(yaml, next.1));
        let counts = 1..=MAX_MERGED_ENTRIES.min(all.len() - at);
        let merged = counts
            .into_iter()
            .find_map(|count| parse_yaml(&yaml[from..until(count)]).ok().map(|raw| (count, raw)));
        match merged {
            Some((count, more)) => {
                raw.merge(more);
                at += count;
            }
            None => {
                is_title_unreadable |= key_of(entry) == Some("title");
                problems.push(entry_problem(file, *line, entry));
                at += 1;
            }
        }
        if problems.len() == MAX_REPORTED {
            is_title_unreadable = true;
            break;
        }
    }
    let mut known = HashSet::new();
    for (line, key) in all.iter().filter_map(|(line, entry)| Some((*line, key_of(entry)?))) {
        if !known.insert(key) && problems.len() < MAX_REPORTED {
            let what = format!("the front matter has `{key}` more than once");
            problems.push(Problem::new(file, Some(line), &what, "leave only one of them"));
        }
    }
    if problems.is_empty() {
        // Every entry is valid alone: the mistake lies between entries.
        let line = whole.location().map_or(1, |position| position.line() as usize);
        problems.push(yaml_problem(file, line + 1, whole));
        is_title_unreadable = true;
    }
    Salvaged { raw, problems, is_title_unreadable }
}

/// Returns whether an entry may refer to another one, by a YAML anchor and its alias.
fn has_anchors(yaml: &str) -> bool {
    yaml.match_indices(['&', '*']).any(|(at, _)| {
        yaml[at + 1..].starts_with(char::is_alphanumeric)
            && yaml[..at].ends_with([' ', '\n', '[', '{', ','])
    })
}

/// Returns the problem of an invalid entry, with the type and an example of its value. `line` is
/// the first line of the entry in the file.
fn entry_problem(file: &str, line: usize, entry: &str) -> Problem {
    let expected = match key_of(entry) {
        Some("authors") => Some(("a name or a list of names", "authors: [Ada Moon, Bo Sun]")),
        Some("aliases") => {
            Some(("names with lists of other names", "aliases: {WHO: [World Health Organization]}"))
        }
        Some("title") => Some(("one line of text", "title: Rivers of ice")),
        Some("published") => Some(("a date", "published: 2026-03-01")),
        Some("source_url") => Some(("a web address", "source_url: https://example.org/article")),
        Some("language") => Some(("a language code", "language: en")),
        Some(_) | None => None,
    };
    let is_yaml = serde_saphyr::from_str::<serde::de::IgnoredAny>(entry).is_ok();
    match (expected, parse_yaml(entry)) {
        (Some((what, example)), Err(_)) if is_yaml => {
            let what = format!("`{}` must be {what}", key_of(entry).unwrap_or_default());
            Problem::new(file, Some(line), &what, &format!("write a line such as `{example}`"))
        }
        (_, Err(error)) => {
            let offset = error.location().map_or(1, |position| position.line() as usize);
            yaml_problem(file, line + offset.saturating_sub(1), &error)
        }
        (_, Ok(_)) => Problem::new(file, Some(line), "the front matter cannot be read", YAML_HINT),
    }
}

const YAML_HINT: &str = "the front matter is YAML: `key: value` lines, with quotes around a value that has a `: ` in it";

/// Returns a problem with the message of the YAML parser.
fn yaml_problem(file: &str, line: usize, error: &serde_saphyr::Error) -> Problem {
    let what = error.to_string();
    let what = what.lines().next().unwrap_or_default().trim_end_matches('.');
    // The parser's line number counts from the start of the YAML or of an entry, not of the file.
    let what = what.strip_prefix("error: ").unwrap_or(what);
    let what = match what.starts_with("line ") {
        true => what.split_once(": ").map_or(what, |(_, what)| what),
        false => what,
    };
    Problem::new(file, Some(line), &format!("the front matter cannot be read: {what}"), YAML_HINT)
}

impl RawFrontMatter {
    /// Takes over the values of another entry.
    fn merge(&mut self, entry: RawFrontMatter) {
        let RawFrontMatter { title, authors, published, source_url, language, aliases } = entry;
        self.title = title.or(self.title.take());
        self.authors = authors.or(self.authors.take());
        self.published = published.or(self.published.take());
        self.source_url = source_url.or(self.source_url.take());
        self.language = language.or(self.language.take());
        self.aliases = aliases.or(self.aliases.take());
    }
}

/// Returns the entries of the front matter, each with its first line in the file. An entry ends
/// before the next line that begins with a key.
fn entries(yaml: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_key = |line: &str| {
        !line.trim().is_empty() && !line.starts_with([' ', '\t', '#', '-', ']', '}', '\r'])
    };
    let mut starts = Vec::new();
    let mut at = 0;
    for (position, line) in yaml.split_inclusive('\n').enumerate() {
        if is_key(line) {
            starts.push((position + 2, at));
        }
        at += line.len();
    }
    let ends: Vec<_> = starts.iter().skip(1).map(|(_, at)| *at).chain([yaml.len()]).collect();
    starts.into_iter().zip(ends).map(|((line, from), to)| (line, &yaml[from..to]))
}

/// Returns the key of an entry without quotes.
fn key_of(entry: &str) -> Option<&str> {
    let (key, _) = entry.lines().next()?.split_once(':')?;
    Some(key.trim().trim_matches(['"', '\'']))
}

/// Returns the line of a key in the file, or the first line if no entry has the key.
fn line_of(yaml: &str, key: &str) -> usize {
    entries(yaml).find(|(_, entry)| key_of(entry) == Some(key)).map_or(1, |(line, _)| line)
}

/// Returns the byte offset of `part`, a slice of `text`.
fn offset_in(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// Returns the first key that differs from `title` by one or two letters, or by case.
fn misspelled_title(yaml: &str) -> Option<String> {
    let is_like = |key: &&str| {
        let lower = key.to_lowercase();
        *key != "title" && strsim::osa_distance(&lower, "title") <= 2
    };
    entries(yaml).filter_map(|(_, entry)| key_of(entry)).find(is_like).map(str::to_owned)
}

/// Checks the values. Returns the valid ones and adds the problems of the others to `problems`.
fn validate(
    file: &str,
    yaml: &str,
    raw: RawFrontMatter,
    body_start: usize,
    problems: &mut Vec<Problem>,
) -> FrontMatter {
    let filled =
        |text: Option<String>| text.map(|text| single_line(&text)).filter(|text| !text.is_empty());
    let mut reject = |key: &str, what: &str, hint: &str| {
        problems.push(Problem::new(file, Some(line_of(yaml, key)), what, hint));
    };
    let mut title = filled(raw.title);
    let mut is_title_invalid = false;
    if title.as_deref().is_some_and(is_too_long_for_title) {
        let what = format!("the `title` has more than {MAX_TITLE_CHARS} characters");
        reject("title", &what, "give it a title of one line");
        title = None;
        is_title_invalid = true;
    }
    let source_url = raw.source_url.map(|url| url.trim().to_owned());
    let mut source_url = source_url.filter(|url| !url.is_empty());
    if source_url.as_deref().is_some_and(|url| !is_web_address(url)) {
        let hint = "give the whole address, such as `source_url: https://example.org/article`";
        reject("source_url", "`source_url` is not a web address", hint);
        source_url = None;
    }
    let mut language = filled(raw.language)
        .map(|tag| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase());
    let is_code =
        |tag: &String| matches!(tag.len(), 2 | 3) && tag.bytes().all(|b| b.is_ascii_lowercase());
    if language.as_ref().is_some_and(|tag| !is_code(tag)) {
        reject(
            "language",
            "`language` must be a language code",
            "give two letters, such as `language: en`",
        );
        language = None;
    }
    problems.sort_by_key(|problem| problem.line);
    let aliases = raw.aliases.unwrap_or_default().into_iter();
    FrontMatter {
        title,
        authors: raw.authors.map(OneOrMany::into_vec).unwrap_or_default(),
        published: filled(raw.published),
        source_url,
        language,
        aliases: aliases.map(|(term, others)| Alias { term, others: others.into_vec() }).collect(),
        is_title_invalid,
        misspelled_title: None,
        body_start,
    }
}

fn is_web_address(url: &str) -> bool {
    let is_forbidden = |c: char| c.is_whitespace() || is_unsafe_control(c);
    (url.starts_with("https://") || url.starts_with("http://"))
        && !url.contains(is_forbidden)
        && url.len() <= MAX_URL_BYTES
}

fn has_opening(text: &str) -> bool {
    text.lines().next().is_some_and(|line| line.trim_end() == "---")
        && text.lines().nth(1).is_some_and(|line| line.contains(':'))
}

/// Returns the YAML between the two fences, and the byte offset after the second fence.
fn split_front_matter(text: &str, start: usize) -> Option<(&str, usize)> {
    let mut lines = text[start..].split_inclusive('\n');
    let first = lines.next().filter(|line| line.trim_end() == "---")?;
    let from = start + first.len();
    let mut at = from;
    for line in lines {
        if matches!(line.trim_end(), "---" | "...") {
            return Some((&text[from..at], at + line.len()));
        }
        at += line.len();
    }
    None
}

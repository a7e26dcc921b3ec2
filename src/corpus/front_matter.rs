//! What an article says about itself between two lines of `---`. Pure.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use super::article::Alias;
use super::build::{MAX_NAME_CHARS, is_too_long, is_unsafe_control, name};
use super::{Problem, problem};

/// The front matter of one file, and where its text begins.
#[derive(Debug, Default, PartialEq)]
pub struct FrontMatter {
    pub title: Option<String>,
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub source_url: Option<String>,
    pub language: Option<String>,
    pub aliases: Vec<Alias>,
    /// Whether a title is given that cannot be used.
    pub is_title_faulty: bool,
    /// A key that may be meant for `title`.
    pub like_title: Option<String>,
    /// The offset in bytes of what comes after.
    pub body: usize,
}

/// As it is typed. Other keys belong to other programs and are left alone.
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
        all.into_iter().map(|one| name(&one)).filter(|name| !name.is_empty()).collect()
    }
}

/// Between the lines of `---`.
const MAX_BYTES: usize = 64 << 10;
/// What browsers agree on.
const MAX_URL_BYTES: usize = 2 << 10;

/// Maximum number of entries that one entry is taken together with, since its value may span lines
/// that look like entries.
const MAX_JOINED: usize = 8;
/// Maximum number of entries that are reported as unreadable.
const MAX_REPORTED: usize = 20;

/// Reads the front matter of `text`, the content of `file`, with all that is wrong with it. Without
/// any, all is empty; so is a value that is wrong.
pub fn parse(file: &str, text: &str) -> (FrontMatter, Vec<Problem>) {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let faulty = |body, problem| {
        let front = FrontMatter { body, is_title_faulty: true, ..FrontMatter::default() };
        (front, vec![problem])
    };
    let Some((yaml, body)) = cut(text, start) else {
        return match opens(&text[start..]) {
            true => {
                let hint = "close it with a line of `---`";
                faulty(start, problem(file, Some(1), "the front matter does not end", hint))
            }
            false => (FrontMatter { body: start, ..FrontMatter::default() }, Vec::new()),
        };
    };
    if yaml.len() > MAX_BYTES {
        let what = format!("the front matter is larger than {} KiB", MAX_BYTES >> 10);
        return faulty(body, problem(file, Some(1), &what, "leave out what no reader needs"));
    }
    let Salvaged { typed, mut problems, is_title_faulty } = match read(yaml) {
        Ok(typed) => Salvaged { typed, ..Salvaged::default() },
        Err(whole) => salvage(file, yaml, &whole),
    };
    let mut front = check(file, yaml, typed, body, &mut problems);
    front.is_title_faulty |= is_title_faulty;
    (FrontMatter { like_title: like_title(yaml), ..front }, problems)
}

fn read(yaml: &str) -> Result<RawFrontMatter, serde_saphyr::Error> {
    match yaml.trim().is_empty() {
        true => Ok(RawFrontMatter::default()),
        false => serde_saphyr::from_str(yaml),
    }
}

/// The part of front matter that can be read, and the problems of the rest.
#[derive(Default)]
struct Salvaged {
    typed: RawFrontMatter,
    problems: Vec<Problem>,
    /// Whether a title may be in the part that cannot be read.
    is_title_faulty: bool,
}

/// Reads front matter that cannot be read as a whole, entry by entry: returns the values of the
/// good entries, and the problems of the others.
fn salvage(file: &str, yaml: &str, whole: &serde_saphyr::Error) -> Salvaged {
    let Salvaged { mut typed, mut problems, mut is_title_faulty } = Salvaged::default();
    let all: Vec<_> = if has_anchors(yaml) { Vec::new() } else { entries(yaml).collect() };
    let mut at = 0;
    while let Some((line, entry)) = all.get(at) {
        let from = offset_in(yaml, entry);
        let until =
            |count: usize| all.get(at + count).map_or(yaml.len(), |next| offset_in(yaml, next.1));
        let counts = 1..=MAX_JOINED.min(all.len() - at);
        let joined = counts
            .into_iter()
            .find_map(|count| read(&yaml[from..until(count)]).ok().map(|typed| (count, typed)));
        match joined {
            Some((count, read)) => {
                typed.add(read);
                at += count;
            }
            None => {
                is_title_faulty |= key_of(entry) == Some("title");
                problems.push(unreadable(file, *line, entry));
                at += 1;
            }
        }
        if problems.len() == MAX_REPORTED {
            is_title_faulty = true;
            break;
        }
    }
    let mut known = HashSet::new();
    for (line, key) in all.iter().filter_map(|(line, entry)| Some((*line, key_of(entry)?))) {
        if !known.insert(key) && problems.len() < MAX_REPORTED {
            let what = format!("the front matter has `{key}` more than once");
            problems.push(problem(file, Some(line), &what, "leave only one of them"));
        }
    }
    if problems.is_empty() {
        // The fault lies between entries.
        let line = whole.location().map_or(1, |place| place.line() as usize);
        problems.push(unreadable_as(file, line + 1, whole));
        is_title_faulty = true;
    }
    Salvaged { typed, problems, is_title_faulty }
}

/// Returns whether an entry may repeat the value of another one.
fn has_anchors(yaml: &str) -> bool {
    yaml.match_indices(['&', '*']).any(|(at, _)| {
        yaml[at + 1..].starts_with(char::is_alphanumeric)
            && yaml[..at].ends_with([' ', '\n', '[', '{', ','])
    })
}

/// Returns the problem of an entry that begins in this line of the file.
fn unreadable(file: &str, line: usize, entry: &str) -> Problem {
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
    match (expected, read(entry)) {
        (Some((what, example)), Err(_)) if is_yaml => {
            let what = format!("`{}` must be {what}", key_of(entry).unwrap_or_default());
            problem(file, Some(line), &what, &format!("write a line such as `{example}`"))
        }
        (_, Err(error)) => {
            let offset = error.location().map_or(1, |place| place.line() as usize);
            unreadable_as(file, line + offset.saturating_sub(1), &error)
        }
        (_, Ok(_)) => problem(file, Some(line), "the front matter cannot be read", HINT),
    }
}

const HINT: &str = "the front matter is YAML: `key: value` lines, with quotes around a value that has a `: ` in it";

fn unreadable_as(file: &str, line: usize, error: &serde_saphyr::Error) -> Problem {
    let what = error.to_string();
    let what = what.lines().next().unwrap_or_default().trim_end_matches('.');
    // The line within the front matter, or within an entry, would be taken for one of the file.
    let what = what.strip_prefix("error: ").unwrap_or(what);
    let what = match what.starts_with("line ") {
        true => what.split_once(": ").map_or(what, |(_, what)| what),
        false => what,
    };
    problem(file, Some(line), &format!("the front matter cannot be read: {what}"), HINT)
}

impl RawFrontMatter {
    /// Adds the values of another entry.
    fn add(&mut self, entry: RawFrontMatter) {
        let RawFrontMatter { title, authors, published, source_url, language, aliases } = entry;
        self.title = title.or(self.title.take());
        self.authors = authors.or(self.authors.take());
        self.published = published.or(self.published.take());
        self.source_url = source_url.or(self.source_url.take());
        self.language = language.or(self.language.take());
        self.aliases = aliases.or(self.aliases.take());
    }
}

/// Returns the entries of the front matter, each with its line in the file. An entry reaches from a
/// line that begins with a key to the next such line.
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

/// Returns the key of an entry, as it is written.
fn key_of(entry: &str) -> Option<&str> {
    let (key, _) = entry.lines().next()?.split_once(':')?;
    Some(key.trim().trim_matches(['"', '\'']))
}

/// Returns the line of a key in the file, or the first line if no entry has the key.
fn line_of(yaml: &str, key: &str) -> usize {
    entries(yaml).find(|(_, entry)| key_of(entry) == Some(key)).map_or(1, |(line, _)| line)
}

fn offset_in(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// Returns a key that differs from `title` by one or two letters, or by its case.
fn like_title(yaml: &str) -> Option<String> {
    let is_like = |key: &&str| {
        let lower = key.to_lowercase();
        *key != "title" && strsim::osa_distance(&lower, "title") <= 2
    };
    entries(yaml).filter_map(|(_, entry)| key_of(entry)).find(is_like).map(str::to_owned)
}

/// Checks the values, and leaves out those that are wrong.
fn check(
    file: &str,
    yaml: &str,
    typed: RawFrontMatter,
    body: usize,
    problems: &mut Vec<Problem>,
) -> FrontMatter {
    let filled =
        |text: Option<String>| text.map(|text| name(&text)).filter(|text| !text.is_empty());
    let mut refuse = |key: &str, what: &str, hint: &str| {
        problems.push(problem(file, Some(line_of(yaml, key)), what, hint));
    };
    let mut title = filled(typed.title);
    let mut is_title_faulty = false;
    if title.as_deref().is_some_and(is_too_long) {
        let what = format!("the `title` has more than {MAX_NAME_CHARS} characters");
        refuse("title", &what, "give it a title of one line");
        title = None;
        is_title_faulty = true;
    }
    let source_url = typed.source_url.map(|url| url.trim().to_owned());
    let mut source_url = source_url.filter(|url| !url.is_empty());
    if source_url.as_deref().is_some_and(|url| !is_web_address(url)) {
        let hint = "give the whole address, such as `source_url: https://example.org/article`";
        refuse("source_url", "`source_url` is no web address", hint);
        source_url = None;
    }
    let mut language = filled(typed.language)
        .map(|tag| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase());
    let is_code =
        |tag: &String| matches!(tag.len(), 2 | 3) && tag.bytes().all(|b| b.is_ascii_lowercase());
    if language.as_ref().is_some_and(|tag| !is_code(tag)) {
        refuse(
            "language",
            "`language` must be a language code",
            "give two letters, such as `language: en`",
        );
        language = None;
    }
    problems.sort_by_key(|problem| problem.line);
    let aliases = typed.aliases.unwrap_or_default().into_iter();
    FrontMatter {
        title,
        authors: typed.authors.map(OneOrMany::into_vec).unwrap_or_default(),
        published: filled(typed.published),
        source_url,
        language,
        aliases: aliases.map(|(term, others)| Alias { term, others: others.into_vec() }).collect(),
        is_title_faulty,
        like_title: None,
        body,
    }
}

fn is_web_address(url: &str) -> bool {
    let steers = |c: char| c.is_whitespace() || is_unsafe_control(c);
    (url.starts_with("https://") || url.starts_with("http://"))
        && !url.contains(steers)
        && url.len() <= MAX_URL_BYTES
}

fn opens(text: &str) -> bool {
    text.lines().next().is_some_and(|line| line.trim_end() == "---")
        && text.lines().nth(1).is_some_and(|line| line.contains(':'))
}

/// The text between the fences and the offset after the second, if there are two.
fn cut(text: &str, start: usize) -> Option<(&str, usize)> {
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

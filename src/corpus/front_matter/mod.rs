//! Front matter: the metadata of an article above its text. Pure.
//!
//! The keys are those that Jekyll, Hugo, Zola, Docusaurus, Obsidian, Hexo, Eleventy and Ghost use;
//! their case and separators do not matter. No key and no value costs the article: an invalid one
//! is left out with a warning, and a foreign key is ignored.

mod fences;
pub mod header;
mod keys;
mod notation;
pub mod people;
mod publication;
mod value;

use super::article::Alias;
use super::date;
use super::escape::is_unsafe_control;
use super::file_type::is_plain_text;
use super::problem::Problem;
use super::title::{self, MAX_TITLE_CHARS, is_too_long_for_title, plain, single_line};
use fences::{Block, Notation};
use keys::Keys;
use notation::Mistake;
pub use publication::{Publication, Withheld};
use value::{Entry, Value};

/// The front matter of a file, and the position of the text after it.
#[derive(Debug, Default, PartialEq)]
pub struct FrontMatter {
    pub title: Option<String>,
    /// Short title for menus, which is a title where there is no other.
    pub short_title: Option<String>,
    pub authors: Vec<String>,
    /// Date of the publication: `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
    pub published: Option<String>,
    /// Date of the last change, in the form of the date of the publication.
    pub updated: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub source_url: Option<String>,
    pub language: Option<String>,
    pub aliases: Vec<Alias>,
    /// Other names of the article.
    pub other_names: Vec<String>,
    pub publication: Publication,
    /// Byte offset of the text after the front matter.
    pub body_start: usize,
}

/// Maximum length of the front matter, in bytes.
const MAX_BYTES: usize = 64 << 10;
/// Maximum length of a URL, in bytes: the longest that every browser accepts.
const MAX_URL_BYTES: usize = 2 << 10;
/// Maximum length of a description, in chars.
const MAX_DESCRIPTION_CHARS: usize = 1_000;
/// Maximum number of tags, and of other names.
const MAX_NAMES: usize = 100;

const YAML_HINT: &str = "the front matter is YAML: `key: value` lines, with quotes around a value that has a `: ` in it";
const TOML_HINT: &str = "the front matter is TOML: `key = \"value\"` lines, then `[section]` lines";
const JSON_HINT: &str =
    "the front matter is JSON: `\"key\": \"value\"` pairs with commas in between";

/// Parses the front matter of `text`, the content of `file`. Returns the valid values, and a
/// warning for each invalid one. The name of the file adds a date and a language.
pub fn parse(file: &str, text: &str) -> (FrontMatter, Vec<Problem>) {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (mut front, problems) = match fences::split(text, start) {
        Some(block) => parse_block(file, text, &block),
        None => parse_header(file, text, start),
    };
    let name = file.rsplit('/').next().unwrap_or(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let dated = || date::at_start_of(stem).map(|(date, _)| date);
    front.published = front.published.or_else(dated).or_else(|| date::in_path(file));
    front.language = front.language.or_else(|| title::language_of_name(stem));
    (front, problems)
}

/// Parses a block of front matter.
fn parse_block(file: &str, text: &str, block: &Block<'_>) -> (FrontMatter, Vec<Problem>) {
    let mut warnings = Warnings { file, problems: Vec::new() };
    let first_line = 1 + text[..block.start].matches('\n').count();
    if block.source.len() > MAX_BYTES {
        let what =
            format!("the front matter is larger than {} KiB and is not read", MAX_BYTES >> 10);
        warnings.add(1, &what, "leave out what no reader needs");
        let front = FrontMatter { body_start: block.body_start, ..FrontMatter::default() };
        return (front, warnings.problems);
    }
    let (fence, hint) = match block.notation {
        Notation::Yaml => ("---", YAML_HINT),
        Notation::Toml => ("+++", TOML_HINT),
        Notation::Json => (";;;", JSON_HINT),
    };
    if !block.is_closed {
        let hint = format!("close it with a line of `{fence}`");
        warnings.add(first_line - 1, "the front matter does not end", &hint);
    }
    let (mut entries, mistakes) = notation::parse(block);
    entries.iter_mut().for_each(|entry| entry.line += first_line - 1);
    for Mistake { line, what } in mistakes {
        let what = format!("the front matter cannot be read: {what}");
        warnings.add(line + first_line - 1, &what, hint);
    }
    for (line, key, known) in keys::mistyped(&entries) {
        let what = format!("`{key}` is no key that is read");
        warnings.add(line, &what, &format!("did you mean `{known}`?"));
    }
    let front = read(&entries, &mut warnings);
    let mut problems = warnings.problems;
    problems.sort_by_key(|problem| problem.line);
    (FrontMatter { body_start: block.body_start, ..front }, problems)
}

/// Parses the header lines of a file without front matter.
fn parse_header(file: &str, text: &str, start: usize) -> (FrontMatter, Vec<Problem>) {
    let spacing = match is_plain_text(file) {
        true => header::Spacing::Loose,
        false => header::Spacing::Dense,
    };
    let Some(header) = header::split(text, start, spacing) else {
        return (FrontMatter { body_start: start, ..FrontMatter::default() }, Vec::new());
    };
    let mut warnings = Warnings { file, problems: Vec::new() };
    let front = read(&header.entries, &mut warnings);
    (FrontMatter { body_start: header.body_start, ..front }, warnings.problems)
}

/// Warnings about one file.
struct Warnings<'a> {
    file: &'a str,
    problems: Vec<Problem>,
}

impl Warnings<'_> {
    fn add(&mut self, line: usize, what: &str, hint: &str) {
        self.problems.push(Problem::warning(self.file, Some(line), what, hint));
    }
}

/// Reads the values of all keys.
fn read(entries: &[Entry], warnings: &mut Warnings<'_>) -> FrontMatter {
    let keys = Keys::new(entries);
    let published = read_date(&keys, &keys::PUBLISHED, warnings);
    let (aliases, other_names) = read_aliases(&keys, warnings);
    FrontMatter {
        title: read_title(&keys, warnings),
        short_title: keys
            .values(&keys::SHORT_TITLE)
            .find_map(|entry| Some(plain(&entry.value.text()?)))
            .filter(|title| !title.is_empty() && !is_too_long_for_title(title)),
        authors: read_authors(&keys, warnings),
        published: published.or_else(|| {
            let paths = keys.values(&keys::PATHS);
            paths.into_iter().find_map(|entry| date::in_path(&entry.value.text()?))
        }),
        updated: read_date(&keys, &keys::UPDATED, warnings),
        description: keys.values(&keys::DESCRIPTION).find_map(|entry| {
            let text = plain(&entry.value.text()?);
            (!text.is_empty()).then(|| text.chars().take(MAX_DESCRIPTION_CHARS).collect())
        }),
        tags: read_tags(&keys),
        source_url: read_address(&keys, warnings),
        language: read_language(&keys, warnings),
        aliases,
        other_names,
        publication: Publication::of(entries),
        body_start: 0,
    }
}

fn read_title(keys: &Keys<'_>, warnings: &mut Warnings<'_>) -> Option<String> {
    for entry in keys.values(&keys::TITLE) {
        let Some(text) = entry.value.text() else {
            let what = format!("`{}` must be one line of text", entry.key);
            warnings.add(entry.line, &what, "write a line such as `title: Rivers of ice`");
            continue;
        };
        let title = plain(&text);
        if is_too_long_for_title(&title) {
            let what = format!("the `{}` has more than {MAX_TITLE_CHARS} characters", entry.key);
            warnings.add(entry.line, &what, "give it a title of one line");
        } else if !title.is_empty() {
            return Some(title);
        }
    }
    None
}

fn read_authors(keys: &Keys<'_>, warnings: &mut Warnings<'_>) -> Vec<String> {
    for entry in keys.values(&keys::AUTHORS) {
        match people::names(&entry.value) {
            Some(names) if names.is_empty() => {}
            Some(names) => return names,
            None => {
                let what = format!("`{}` must be a name or a list of names", entry.key);
                let hint = "write a line such as `authors: [Ada Moon, Bo Sun]`";
                warnings.add(entry.line, &what, hint);
            }
        }
    }
    Vec::new()
}

/// Reads the first valid date of several keys. A text without a date, such as `spring 2021`, gives
/// at most its year.
fn read_date(keys: &Keys<'_>, names: &[&str], warnings: &mut Warnings<'_>) -> Option<String> {
    let mut uncertain = None;
    for entry in keys.values(names) {
        // `published: true` says whether, and not when.
        let value = match &entry.value {
            Value::Bool(_) => continue,
            Value::Text(text) if is_flag(text) => continue,
            Value::Map(_) => entry.value.get("date").cloned().unwrap_or(Value::Null),
            value => value.clone(),
        };
        let text = value.text();
        if let Some(found) = text.as_deref().and_then(date::parse) {
            let is_ambiguous = found.len() == 4 && text.is_some_and(|text| text.len() > 6);
            if is_ambiguous {
                let what =
                    format!("`{}` is read as a year: day and month are not clear", entry.key);
                warnings.add(entry.line, &what, "write a date such as `2026-03-01`");
            }
            return Some(found);
        }
        if value.is_empty() && !matches!(entry.value, Value::Map(_)) {
            continue;
        }
        let what = format!("`{}` must be a date", entry.key);
        warnings.add(entry.line, &what, "write a date such as `2026-03-01`");
        uncertain = uncertain.or_else(|| year_in(&text.unwrap_or_default()));
    }
    uncertain
}

/// Returns whether a text is a truth value of YAML 1.1.
fn is_flag(text: &str) -> bool {
    ["yes", "no", "on", "off", "y", "n"].contains(&text.trim().to_lowercase().as_str())
}

/// Returns the only year in a text.
fn year_in(text: &str) -> Option<String> {
    let numbers = text.split(|c: char| !c.is_alphanumeric());
    let is_year = |number: &&str| {
        number.len() == 4
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && number.starts_with(['1', '2'])
    };
    let mut years = numbers.filter(is_year);
    years.next().filter(|_| years.next().is_none()).map(str::to_owned)
}

fn read_tags(keys: &Keys<'_>) -> Vec<String> {
    let mut tags = Vec::<String>::new();
    for entry in keys.values(&keys::TAGS) {
        let found = match &entry.value {
            Value::Text(text) if text.contains(',') => text.split(',').map(str::to_owned).collect(),
            Value::Text(text) if normalized_is_many(&entry.key) => {
                text.split_whitespace().map(str::to_owned).collect()
            }
            value => texts(value),
        };
        for tag in found {
            let tag = single_line(tag.trim().trim_start_matches('#'));
            if !tag.is_empty() && !tags.contains(&tag) && tags.len() < MAX_NAMES {
                tags.push(tag);
            }
        }
    }
    tags
}

/// Returns whether a key of tags is in the plural, so that spaces separate its words as in Jekyll.
fn normalized_is_many(key: &str) -> bool {
    matches!(value::normalized(key).as_str(), "tags" | "categories")
}

/// Returns the texts in a value, and in the lists in it.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::List(list) => list.iter().flat_map(texts).collect(),
        Value::Map(_) => value.get("name").into_iter().flat_map(texts).collect(),
        value => value.text().into_iter().collect(),
    }
}

fn read_address(keys: &Keys<'_>, warnings: &mut Warnings<'_>) -> Option<String> {
    for entry in keys.values(&keys::SOURCE_URL) {
        let address = entry.value.text().unwrap_or_default().trim().to_owned();
        if is_web_address(&address) {
            return Some(address);
        }
        // The other keys hold paths on the owner's site as often as whole addresses.
        if value::normalized(&entry.key) == "sourceurl" && !entry.value.is_empty() {
            let what = format!("`{}` is not a web address", entry.key);
            let hint = "give the whole address, such as `source_url: https://example.org/article`";
            warnings.add(entry.line, &what, hint);
        }
    }
    None
}

fn is_web_address(url: &str) -> bool {
    let is_forbidden = |c: char| c.is_whitespace() || is_unsafe_control(c);
    (url.starts_with("https://") || url.starts_with("http://"))
        && !url.contains(is_forbidden)
        && url.len() <= MAX_URL_BYTES
}

fn read_language(keys: &Keys<'_>, warnings: &mut Warnings<'_>) -> Option<String> {
    for entry in keys.values(&keys::LANGUAGE) {
        let tag = entry.value.text().unwrap_or_default();
        let tag = tag.trim().split(['-', '_', '.']).next().unwrap_or_default().to_lowercase();
        if matches!(tag.len(), 2 | 3) && tag.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Some(tag);
        }
        if !entry.value.is_empty() {
            let what = format!("`{}` must be a language code", entry.key);
            warnings.add(entry.line, &what, "give two letters, such as `language: en`");
        }
    }
    None
}

/// Reads `aliases`: a map of names with their other names, or a list of other names of the article.
/// Old addresses of the article in such a list are left out.
fn read_aliases(keys: &Keys<'_>, warnings: &mut Warnings<'_>) -> (Vec<Alias>, Vec<String>) {
    let (mut aliases, mut names) = (Vec::new(), Vec::new());
    let tidy = |names: Vec<String>| -> Vec<String> {
        let names = names.iter().map(|name| single_line(name));
        names.filter(|name| !name.is_empty()).take(MAX_NAMES).collect()
    };
    for entry in keys.values(&keys::ALIASES) {
        match &entry.value {
            Value::Map(map) => {
                for (term, others) in map {
                    let others = tidy(texts(others));
                    if others.is_empty() {
                        let what = format!("`{}` has no other name for `{term}`", entry.key);
                        let hint = "write `aliases: {WHO: [World Health Organization]}`";
                        warnings.add(entry.line, &what, hint);
                    } else {
                        aliases.push(Alias { term: term.clone(), others });
                    }
                }
            }
            value => names.extend(tidy(texts(value))),
        }
    }
    names.retain(|name| !is_old_address(name));
    (aliases, names)
}

/// Returns whether an alias is an old address of the article on its site.
fn is_old_address(alias: &str) -> bool {
    let is_file = [".html", ".htm", ".php", ".md"].iter().any(|end| alias.ends_with(end));
    is_file || alias.starts_with("http") || (alias.contains('/') && !alias.contains(' '))
}

#[cfg(test)]
mod tests;

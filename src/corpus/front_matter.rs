//! What an article says about itself between two lines of `---`. Pure.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::article::Alias;
use super::build::{MAX_NAME_CHARS, is_too_long, name, steers};
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
    /// The offset in bytes of what comes after.
    pub body: usize,
}

/// As it is typed. Other keys belong to other programs and are left alone.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
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

/// Reads the front matter of `text`, the content of `file`. Without any, all is empty.
pub fn parse(file: &str, text: &str) -> Result<FrontMatter, Vec<Problem>> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let Some((yaml, body)) = cut(text, start) else {
        return match opens(&text[start..]) {
            true => Err(vec![problem(
                file,
                Some(1),
                "the front matter does not end",
                "close it with a line of `---`",
            )]),
            false => Ok(FrontMatter { body: start, ..FrontMatter::default() }),
        };
    };
    if yaml.len() > MAX_BYTES {
        let what = format!("the front matter is larger than {} KiB", MAX_BYTES >> 10);
        return Err(vec![problem(file, Some(1), &what, "leave out what no reader needs")]);
    }
    let typed = match yaml.trim().is_empty() {
        true => Typed::default(),
        false => serde_saphyr::from_str(yaml).map_err(|error| {
            let line = error.location().map_or(1, |place| place.line() as usize);
            let what = error.to_string();
            let what = what.lines().next().unwrap_or("it cannot be read").trim_end_matches('.');
            let hint = "the front matter is YAML: `key: value` lines, with quotes around a value that has a `: ` in it";
            vec![problem(file, Some(line + 1), &format!("the front matter cannot be read: {what}"), hint)]
        })?,
    };
    check(file, typed, body)
}

fn check(file: &str, typed: Typed, body: usize) -> Result<FrontMatter, Vec<Problem>> {
    let filled =
        |text: Option<String>| text.map(|text| name(&text)).filter(|text| !text.is_empty());
    let refused = |what: &str, hint: &str| Err(vec![problem(file, Some(1), what, hint)]);
    let title = filled(typed.title);
    if title.as_deref().is_some_and(is_too_long) {
        let what = format!("the `title` has more than {MAX_NAME_CHARS} characters");
        return refused(&what, "give it a title of one line");
    }
    let source_url = typed.source_url.map(|url| url.trim().to_owned());
    let source_url = source_url.filter(|url| !url.is_empty());
    if source_url.as_deref().is_some_and(|url| !is_web_address(url)) {
        let hint = "give the whole address, such as `source_url: https://example.org/article`";
        return refused("`source_url` is no web address", hint);
    }
    let language = filled(typed.language)
        .map(|tag| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase());
    let aliases = typed.aliases.unwrap_or_default().into_iter();
    Ok(FrontMatter {
        title,
        authors: typed.authors.map(OneOrMany::into_vec).unwrap_or_default(),
        published: filled(typed.published),
        source_url,
        language,
        aliases: aliases.map(|(term, others)| Alias { term, others: others.into_vec() }).collect(),
        body,
    })
}

fn is_web_address(url: &str) -> bool {
    let steers = |c: char| c.is_whitespace() || steers(c);
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

//! Article files of an import: front matter and text, and what an import wrote before. Pure.
//!
//! The front matter says where an article comes from (`imported_from`), which version of it the
//! file has (`source_digest`), and has a digest of all other lines of the file (`import_digest`).
//! The latter shows whether somebody has edited the file since.

use std::fmt::Write;

use crate::corpus::{is_unsafe_control, parse_date};

use super::document::Document;

const IMPORTED_FROM: &str = "imported_from";
const SOURCE_DIGEST: &str = "source_digest";
const IMPORT_DIGEST: &str = "import_digest";
/// Maximum length of a title, in chars: that of a title in the corpus.
const MAX_TITLE_CHARS: usize = 290;
/// Maximum length of a description, in chars.
const MAX_DESCRIPTION_CHARS: usize = 1_000;
/// Maximum numbers of authors and of tags.
const MAX_AUTHORS: usize = 20;
const MAX_TAGS: usize = 30;
/// Number of hexadecimal digits of a digest: 128 bits.
const DIGEST_DIGITS: usize = 32;

/// The origin of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Source, and the key of the document in it.
    pub imported_from: String,
    /// Digest of the source.
    pub source_digest: String,
}

/// Returns the BLAKE3 digest of some bytes, as it is in front matter.
pub fn digest(bytes: &[u8]) -> String {
    let mut hex = blake3::hash(bytes).to_hex().to_string();
    hex.truncate(DIGEST_DIGITS);
    hex
}

/// Returns the content of the file of a document. `text` is its Markdown.
pub fn compose(document: &Document, text: &str, origin: &Origin) -> String {
    let mut lines = String::new();
    let title = document.title.as_deref().map(|title| shortened(title, MAX_TITLE_CHARS));
    let date = |date: &Option<String>| date.as_deref().and_then(parse_date);
    push(&mut lines, "title", title.as_deref());
    push_list(&mut lines, "authors", &document.authors, MAX_AUTHORS);
    push(&mut lines, "published", date(&document.published).as_deref());
    push(&mut lines, "updated", date(&document.updated).as_deref());
    let description = document.description.as_deref();
    let description = description.map(|text| shortened(text, MAX_DESCRIPTION_CHARS));
    push(&mut lines, "description", description.as_deref());
    push(&mut lines, "language", document.language.as_deref().and_then(language).as_deref());
    push(&mut lines, "source_url", document.address.as_deref());
    push_list(&mut lines, "tags", &document.tags, MAX_TAGS);
    push(&mut lines, IMPORTED_FROM, Some(&origin.imported_from));
    push(&mut lines, SOURCE_DIGEST, Some(&origin.source_digest));
    let end = format!("---\n\n{}\n", text.trim_matches(['\n', '\r', ' ']));
    let digest = digest(format!("---\n{lines}{end}").as_bytes());
    format!("---\n{lines}{IMPORT_DIGEST}: \"{digest}\"\n{end}")
}

/// Returns the text of a file without the digests, which change with every version of the source.
pub fn without_digests(content: &str) -> String {
    let is_digest = |line: &&str| {
        [SOURCE_DIGEST, IMPORT_DIGEST].iter().any(|key| value_of(line, key).is_some())
    };
    let (front, rest) = split(content);
    front.lines().filter(|line| !is_digest(line)).collect::<Vec<_>>().join("\n") + rest
}

/// Returns the origin in the front matter of a file, whose beginning is `content`. Returns `None`
/// if no import wrote the file.
pub fn origin(content: &str) -> Option<Origin> {
    let (front, _) = split(content);
    let value = |key: &str| front.lines().find_map(|line| value_of(line, key));
    Some(Origin {
        imported_from: value(IMPORTED_FROM)?,
        source_digest: value(SOURCE_DIGEST).unwrap_or_default(),
    })
}

/// Returns whether a file that an import wrote was changed since.
pub fn is_edited(content: &str) -> bool {
    let (front, rest) = split(content);
    let Some(known) = front.lines().find_map(|line| value_of(line, IMPORT_DIGEST)) else {
        return true;
    };
    let others: String = front
        .split_inclusive('\n')
        .filter(|line| value_of(line, IMPORT_DIGEST).is_none())
        .collect();
    digest((others + rest).as_bytes()) != known
}

/// Divides a file after its front matter, whose last line is `---`.
fn split(content: &str) -> (&str, &str) {
    let Some(body) = content.strip_prefix("---\n") else { return ("", content) };
    let end = body.find("\n---\n").map_or(content.len(), |at| "---\n".len() + at + "\n".len());
    content.split_at(end)
}

fn value_of(line: &str, key: &str) -> Option<String> {
    let value = line.strip_prefix(key)?.strip_prefix(':')?.trim();
    serde_json::from_str(value).ok()
}

/// Appends a line of YAML, unless the value is absent or empty. A string of JSON is also one of
/// YAML.
fn push(lines: &mut String, key: &str, value: Option<&str>) {
    let value = value.map(single_line).filter(|value| !value.is_empty());
    if let Some(value) = value {
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{key}: {}", quoted(&value));
    }
}

fn push_list(lines: &mut String, key: &str, values: &[String], max: usize) {
    let mut shown: Vec<String> = Vec::new();
    for value in values.iter().map(|value| single_line(value)) {
        if !value.is_empty() && !shown.contains(&value) && shown.len() < max {
            shown.push(value);
        }
    }
    if !shown.is_empty() {
        let quoted: Vec<_> = shown.iter().map(|value| quoted(value)).collect();
        let _ = writeln!(lines, "{key}: [{}]", quoted.join(", "));
    }
}

fn quoted(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

fn single_line(text: &str) -> String {
    let text = text.replace(is_unsafe_control, " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a text in one line, cut after a word if it is too long.
fn shortened(text: &str, max_chars: usize) -> String {
    let line = single_line(text);
    let Some((end, _)) = line.char_indices().nth(max_chars) else { return line };
    let end = line[..end].rfind(' ').unwrap_or(end);
    format!("{}…", &line[..end])
}

/// Returns the primary subtag of a language tag.
fn language(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    let is_subtag = (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_lowercase())
        && primary != "und";
    is_subtag.then_some(primary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::document::Body;

    fn origin_of(version: &str) -> Origin {
        Origin { imported_from: "https://example.org/a".into(), source_digest: version.into() }
    }

    fn tides() -> Document {
        Document {
            title: Some("Tides:\n \"spring\" & neap".into()),
            authors: vec!["Ada".into(), " ".into(), "Ada".into()],
            published: Some("2026-03-01T10:00:00Z".into()),
            updated: Some("soon".into()),
            language: Some("pt-BR".into()),
            address: Some("https://example.org/a".into()),
            tags: vec!["sea".into()],
            body: Body::Markdown(String::new()),
            ..Document::default()
        }
    }

    #[test]
    fn article_file_has_front_matter_that_yaml_reads() {
        let content = compose(&tides(), "\nThe tide rises.\n\n---\n", &origin_of("1"));
        insta::assert_snapshot!(content, @r#"
        ---
        title: "Tides: \"spring\" & neap"
        authors: ["Ada"]
        published: "2026-03-01"
        language: "pt"
        source_url: "https://example.org/a"
        tags: ["sea"]
        imported_from: "https://example.org/a"
        source_digest: "1"
        import_digest: "bb7669c4b44b027ab41c2c75d1374f26"
        ---

        The tide rises.

        ---
        "#);
        let (article, _) =
            crate::corpus::parse("a.md", "a.md", content.as_bytes()).expect("an article");
        assert_eq!(article.outline.title, "Tides: \"spring\" & neap");
        assert_eq!(article.outline.language.as_deref(), Some("pt"));
        assert_eq!(article.outline.source_url.as_deref(), Some("https://example.org/a"));
    }

    #[test]
    fn article_file_shows_where_it_is_from_and_whether_it_was_edited() {
        let content = compose(&tides(), "The tide rises.", &origin_of("1"));
        assert_eq!(origin(&content), Some(origin_of("1")));
        assert!(!is_edited(&content));
        for edited in [
            content.replace("rises", "falls"),
            content.replace("Ada", "Bo"),
            content.clone() + "\n",
            content.replace("import_digest", "digest"),
        ] {
            assert!(is_edited(&edited), "{edited}");
        }
        let next = compose(&tides(), "The tide rises.", &origin_of("2"));
        assert_ne!(next, content);
        assert_eq!(without_digests(&next), without_digests(&content));
        assert_eq!(origin("---\ntitle: A\n---\nimported_from: \"b\"\n"), None);
        assert_eq!(origin("imported_from: \"b\"\n"), None);
    }

    #[test]
    fn article_file_has_the_primary_language() {
        let check = |tag: &str, expected: Option<&str>| {
            assert_eq!(language(tag).as_deref(), expected, "{tag}");
        };
        check("en", Some("en"));
        check("de_AT", Some("de"));
        check("zh-Hans-CN", Some("zh"));
        check("und", None);
        check("English", None);
        check("", None);
    }
}

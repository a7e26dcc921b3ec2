//! Front matter of notes: the common keys of YAML, without the rest of YAML. Pure.

use super::date::any_date;
use super::elements::one_line;

/// Maximum length of front matter, in bytes.
const MAX_BYTES: usize = 64 << 10;

/// The values that a document has a field for.
#[derive(Debug, Default, PartialEq)]
pub struct FrontMatter {
    pub title: Option<String>,
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub language: Option<String>,
    pub address: Option<String>,
    /// Whether the note says that it is not to be published.
    pub is_draft: bool,
    /// Whether the note is a drawing of a plug-in.
    pub is_drawing: bool,
}

/// Returns the front matter of a text and the text after it.
pub fn split(text: &str) -> (FrontMatter, &str) {
    let text = text.trim_start_matches('\u{feff}');
    let none = (FrontMatter::default(), text);
    let mut at = 0;
    for (position, line) in text.split_inclusive('\n').enumerate() {
        at += line.len();
        let is_fence = line.trim_end() == "---";
        if position == 0 && !is_fence || at > MAX_BYTES {
            return none;
        }
        if position > 0 && (is_fence || line.trim_end() == "...") {
            let start = text.find('\n').map_or(0, |end| end + 1);
            return (parse(&text[start..at - line.len()]), &text[at..]);
        }
    }
    none
}

fn parse(yaml: &str) -> FrontMatter {
    let mut front = FrontMatter::default();
    let mut key = "";
    let mut values = Vec::new();
    for line in yaml.lines().chain(["end:"]) {
        let item = line.trim_start().strip_prefix("- ");
        match (item, line.split_once(':')) {
            (Some(item), _) => values.push(unquoted(item)),
            (None, Some((next, value))) if !next.starts_with([' ', '\t', '#']) => {
                front.set(key, std::mem::take(&mut values));
                (key, values) = (next, listed(value));
            }
            // The rest of a long text.
            (None, _) => {
                let more = line.trim();
                match values.last_mut() {
                    Some(last) if !more.is_empty() => {
                        *last =
                            format!("{last} {more}").trim_start_matches(['>', '|', '-']).to_owned();
                    }
                    _ => {}
                }
            }
        }
    }
    front
}

/// Returns the values of `[a, b]` or of one value.
fn listed(value: &str) -> Vec<String> {
    let value = value.split(" #").next().unwrap_or(value).trim();
    match value.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
        Some(list) => list.split(',').map(unquoted).filter(|one| !one.is_empty()).collect(),
        None if value.is_empty() => Vec::new(),
        None => vec![unquoted(value)],
    }
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    let quotes = ['"', '\''];
    let inner = quotes.iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    // A property may be a link: `[[Ada]]`.
    let inner = inner.unwrap_or(value).trim_start_matches("[[").trim_end_matches("]]");
    one_line(inner)
}

impl FrontMatter {
    fn set(&mut self, key: &str, values: Vec<String>) {
        let first = values.first().filter(|first| !first.is_empty()).cloned();
        let key =
            key.trim().trim_matches(['"', '\'']).to_ascii_lowercase().replace(['-', '_', ' '], "");
        let date = || first.as_deref().and_then(any_date);
        let is = |flag: &str| first.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(flag));
        match key.as_str() {
            "title" => self.title = first,
            "author" | "authors" => self.authors = values,
            "published" | "publishdate" | "pubdate" => self.published = date(),
            "date" | "created" | "datecreated" | "createdat" => {
                self.published = self.published.take().or_else(date);
            }
            "updated" | "modified" | "lastmod" | "lastmodified" | "dateupdated"
            | "datemodified" => {
                self.updated = date();
            }
            "description" | "summary" | "excerpt" => self.description = first,
            "tag" | "tags" | "keywords" => {
                let tags = values.iter().flat_map(|tag| tag.split([',', ' ']));
                let tags = tags.map(|tag| tag.trim_start_matches('#').to_owned());
                self.tags.extend(tags.filter(|tag| !tag.is_empty()));
            }
            "lang" | "language" => self.language = first,
            "url" | "source" | "sourceurl" | "canonicalurl" | "link" | "permalink" => {
                let is_web =
                    |text: &String| text.starts_with("http://") || text.starts_with("https://");
                self.address = self.address.take().or(first.filter(is_web));
            }
            "draft" => self.is_draft |= is("true"),
            "publish" => self.is_draft |= is("false"),
            "excalidrawplugin" => self.is_drawing = true,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_of_a_note_is_read() {
        let text = "---\ntitle: \"The tides\"\ntags: [sea, moon]\naliases:\n  - Tide\ncreated: 2024-05-01T10:00\nauthor:\n  - \"[[Ada]]\"\npublish: false\n---\nText\n---\n";
        let (front, rest) = split(text);
        assert_eq!(rest, "Text\n---\n");
        let expected = FrontMatter {
            title: Some("The tides".to_owned()),
            authors: vec!["Ada".to_owned()],
            published: Some("2024-05-01".to_owned()),
            tags: vec!["sea".to_owned(), "moon".to_owned()],
            is_draft: true,
            ..FrontMatter::default()
        };
        assert_eq!(front, expected);
        assert_eq!(split("---\nno end").1, "---\nno end");
        assert_eq!(split("Text").1, "Text");
    }
}

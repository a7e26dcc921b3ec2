//! Header lines: metadata in `Key: value` lines without fences at the start of a file, as in plain
//! text, in Project Gutenberg's books, in Pelican and in MultiMarkdown. Pure.

use super::value::{Entry, Value, normalized};

/// Header lines of a file.
#[derive(Debug, PartialEq)]
pub struct Header {
    pub entries: Vec<Entry>,
    /// Byte offset of the text after the header.
    pub body_start: usize,
}

/// Whether blank lines may separate header lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spacing {
    Dense,
    Loose,
}

/// Keys that begin a header line. Others, such as `Note`, begin a sentence.
const KEYS: [&str; 30] = [
    "title",
    "author",
    "authors",
    "by",
    "date",
    "published",
    "publisheddate",
    "updated",
    "modified",
    "language",
    "lang",
    "tags",
    "category",
    "categories",
    "keywords",
    "summary",
    "description",
    "slug",
    "status",
    "layout",
    "subtitle",
    "translator",
    "illustrator",
    "editor",
    "source",
    "url",
    "creditsproducedby",
    "releasedate",
    "credits",
    "template",
];
/// Names of languages in header lines.
const LANGUAGES: [(&str, &str); 12] = [
    ("english", "en"),
    ("german", "de"),
    ("french", "fr"),
    ("spanish", "es"),
    ("italian", "it"),
    ("portuguese", "pt"),
    ("dutch", "nl"),
    ("russian", "ru"),
    ("persian", "fa"),
    ("arabic", "ar"),
    ("finnish", "fi"),
    ("latin", "la"),
];
/// Start of the line above a book of Project Gutenberg.
const BOOK_START: &str = "*** START OF TH";
/// Start of the line below a book of Project Gutenberg.
const BOOK_END: &str = "*** END OF TH";

/// Returns the header of `text`, which begins at `start`.
pub fn split(text: &str, start: usize, spacing: Spacing) -> Option<Header> {
    if spacing == Spacing::Loose
        && let Some(body_start) = book_start(text)
    {
        let (entries, _) = entries(text, start, body_start, Spacing::Loose, IfOther::Skip);
        return Some(Header { entries, body_start });
    }
    if text[start..].starts_with("% ") {
        return Some(title_block(text, start));
    }
    let (entries, end) = entries(text, start, text.len(), spacing, IfOther::Stop);
    let is_titled = entries.first().is_some_and(|entry| normalized(&entry.key) == "title");
    if !is_titled && entries.len() < 2 {
        return None;
    }
    let next = text[end..].lines().next().unwrap_or_default();
    let is_fence = next.trim_end() == "---";
    if spacing == Spacing::Dense && !next.trim().is_empty() && !is_fence {
        return None;
    }
    let body_start = match is_fence {
        true => end + text[end..].find('\n').map_or(text.len() - end, |at| at + 1),
        false => end,
    };
    Some(Header { entries, body_start })
}

/// Returns Pandoc's title block: lines with a `%` for the title, the authors and the date.
fn title_block(text: &str, start: usize) -> Header {
    let mut found = Header { entries: Vec::new(), body_start: start };
    let lines = text[start..].split_inclusive('\n');
    for ((number, key), line) in (1..).zip(["title", "authors", "date"]).zip(lines) {
        let Some(value) = line.strip_prefix('%') else { break };
        found.body_start += line.len();
        let (key, value) = (key.to_owned(), Value::Text(value.trim().to_owned()));
        found.entries.push(Entry { key, value, line: number });
    }
    found
}

/// Returns the byte offset of the end of a book of Project Gutenberg, or of the text.
pub fn body_end(text: &str) -> usize {
    match book_start(text) {
        Some(start) => text[start..].find(BOOK_END).map_or(text.len(), |end| start + end),
        None => text.len(),
    }
}

/// Returns the byte offset after the line above a book of Project Gutenberg.
fn book_start(text: &str) -> Option<usize> {
    let at = text.find(BOOK_START)?;
    Some(text[at..].find('\n').map_or(text.len(), |end| at + end + 1))
}

/// Behaviour at a line that has no header field.
#[derive(Clone, Copy, PartialEq)]
enum IfOther {
    Stop,
    Skip,
}

/// Returns the header lines between two offsets, and the offset after the last one.
fn entries(
    text: &str,
    start: usize,
    end: usize,
    spacing: Spacing,
    if_other: IfOther,
) -> (Vec<Entry>, usize) {
    let mut entries = Vec::<Entry>::new();
    let (mut at, mut last) = (start, start);
    let mut is_open = false;
    for (number, line) in (1..).zip(text[start..end].split_inclusive('\n')) {
        at += line.len();
        let is_continued = is_open && line.starts_with("  ");
        match (entry(line, number), entries.last_mut()) {
            _ if line.trim().is_empty() => {
                is_open = false;
                if spacing == Spacing::Dense && !entries.is_empty() {
                    break;
                }
                continue;
            }
            (_, Some(Entry { value: Value::Text(value), .. })) if is_continued => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (Some(entry), _) => {
                is_open = true;
                entries.push(entry);
            }
            _ if if_other == IfOther::Skip => {
                is_open = false;
                continue;
            }
            _ => break,
        }
        last = at;
    }
    (entries, last)
}

/// Parses a header line.
fn entry(line: &str, number: usize) -> Option<Entry> {
    let (key, value) = line.split_once(':')?;
    let (key, value) = (key.trim_end(), value.trim());
    let is_known = !key.starts_with([' ', '\t']) && KEYS.contains(&normalized(key).as_str());
    if !is_known || value.is_empty() {
        return None;
    }
    let code = LANGUAGES.iter().find(|(name, _)| value.eq_ignore_ascii_case(name));
    let value = code.map_or(value, |(_, code)| code).to_owned();
    Some(Entry { key: key.to_owned(), value: Value::Text(value), line: number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_lines_are_split_from_the_text() {
        #[track_caller]
        fn check(text: &str, spacing: Spacing, expected: Option<(&[(&str, &str)], &str)>) {
            let found = split(text, 0, spacing);
            let found = found.as_ref().map(|header| {
                let pair =
                    |entry: &Entry| (entry.key.clone(), entry.value.text().unwrap_or_default());
                (header.entries.iter().map(pair).collect::<Vec<_>>(), &text[header.body_start..])
            });
            let expected = expected.map(|(pairs, body)| {
                let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
                (pairs.iter().map(pair).collect::<Vec<_>>(), body)
            });
            assert_eq!(found, expected, "{text:?}");
        }
        use Spacing::{Dense, Loose};
        check("Title: A\nDate: b\n\nc", Dense, Some((&[("Title", "A"), ("Date", "b")], "\nc")));
        check("title: A\ndate: b\n---\nc", Dense, Some((&[("title", "A"), ("date", "b")], "c")));
        check("Title: A\n  long one\n\nc", Dense, Some((&[("Title", "A long one")], "\nc")));
        check("% A\n% B; C\n\nd", Dense, Some((&[("title", "A"), ("authors", "B; C")], "\nd")));
        check("Title: A\nText.", Dense, None);
        check("Date: b\n\nc", Dense, None);
        check("Note: the tide.\n\nc", Dense, None);
        check("# Title\n", Dense, None);
        check(
            "Title: A\n\nAuthor: B\n\nTHE TEXT\n",
            Loose,
            Some((&[("Title", "A"), ("Author", "B")], "\nTHE TEXT\n")),
        );
        check("Title: A\nText.", Loose, Some((&[("Title", "A")], "Text.")));
        check("The tide.\n\nAuthor: B\n", Loose, None);
        let book = "The Project Gutenberg eBook of A\n\nThis is free.\n\nTitle: A\n\nAuthor: B\n\nLanguage: English\n\n*** START OF THE PROJECT GUTENBERG EBOOK A ***\n\nText.\n\n*** END OF THE PROJECT GUTENBERG EBOOK A ***\nLicence.\n";
        check(
            book,
            Loose,
            Some((
                &[("Title", "A"), ("Author", "B"), ("Language", "en")],
                &book[book.find("\nText.").unwrap()..],
            )),
        );
        assert!(book[..body_end(book)].ends_with("Text.\n\n"));
        assert_eq!(body_end("Text."), 5);
    }
}

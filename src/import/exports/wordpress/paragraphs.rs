//! Paragraphs of the content of a post: an empty line divides paragraphs, and a line feed is a line
//! break, as in the classic editor of WordPress. Blocks of the newer editor have their own tags.
//! Pure.

use regex::Regex;
use std::ops::Range;

use super::super::elements::{elements, replaced};
use super::super::patterns::pattern;

/// Names of block elements, as alternatives of a pattern.
macro_rules! blocks {
    () => {
        "table|thead|tfoot|caption|colgroup|col|tbody|tr|td|th|div|dl|dd|dt|ul|ol|li|pre|form|map|\
         blockquote|address|style|script|textarea|p|h[1-6]|hr|fieldset|legend|section|article|aside|hgroup|header|\
         footer|nav|figure|figcaption|details|menu|summary|center|main"
    };
}

pattern!(COMMENT, r"(?s)<!--.*?(?:-->|\z)");
pattern!(BLOCK_COMMENT, r"(?s)<!--\s*(/?)wp:([a-z0-9/-]+)(?:\s.*?)?(/?)-->");
pattern!(START_TAG, concat!(r"(?i)<(?:", blocks!(), r")(?:\s[^<>]*)?/?>"));
pattern!(END_TAG, concat!(r"(?i)</(?:", blocks!(), r")\s*>"));
pattern!(LEADING_TAGS, concat!(r"(?i)^(?:<(?:", blocks!(), r")(?:\s[^<>]*)?/?>\s*)+"));
pattern!(TRAILING_TAGS, concat!(r"(?i)(?:</(?:", blocks!(), r")\s*>\s*)+$"));
pattern!(LAST_NAME, r"(?i)<([a-z0-9]+)[^<>]*>\s*$");
pattern!(FIRST_NAME, r"(?i)^</([a-z0-9]+)");
pattern!(EMPTY_LINES, r"\n[ \t]*(?:\n[ \t]*)+");
pattern!(BREAK, r"(?i)<br\s*/?>[ \t]*\n");

/// Elements whose text is a paragraph of its own.
const CONTAINERS: [&str; 13] = [
    "article",
    "aside",
    "blockquote",
    "center",
    "details",
    "div",
    "fieldset",
    "footer",
    "form",
    "header",
    "hr",
    "main",
    "section",
];

/// Returns a content with tags of paragraphs and without comments.
pub fn with_paragraphs(content: &str) -> String {
    let content = content.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(content.len() + content.len() / 8);
    let mut at = 0;
    // Blocks within which a mark is. The content of a block has its tags.
    let mut open: Vec<String> = Vec::new();
    for found in BLOCK_COMMENT.captures_iter(&content) {
        let Some(range) = found.get(0).map(|whole| whole.range()) else { continue };
        push_part(&mut out, &content[at..range.start], &open);
        at = range.end;
        if !found[1].is_empty() {
            open.pop();
        } else if found[3].is_empty() {
            open.push(found[2].to_owned());
        }
    }
    push_part(&mut out, &content[at..], &open);
    out
}

/// Appends a part of a content within blocks.
fn push_part(out: &mut String, part: &str, open: &[String]) {
    let part = COMMENT.replace_all(part, "");
    match open.last().map(String::as_str) {
        None | Some("freeform" | "core/freeform" | "shortcode") => push_classic(out, &part),
        Some(_) => out.push_str(&part),
    }
}

/// Appends a content of the classic editor. Code is kept as it is.
fn push_classic(out: &mut String, part: &str) {
    let is_literal = |name: &str| matches!(name, "pre" | "script" | "style" | "textarea");
    let literals: Vec<Range<usize>> = elements(part)
        .into_iter()
        .filter(|element| is_literal(&element.name))
        .map(|element| element.outer)
        .collect();
    // A mark without line feeds and tags takes the place of each of them.
    let marked = replaced(
        part,
        literals
            .iter()
            .map(|range| (range.clone(), "\n\n<pre>\u{1}</pre>\n\n".to_owned()))
            .collect(),
    );
    let text = paragraphs(&marked);
    let mut literals = outermost(&literals).into_iter();
    for (position, between) in text.split("<pre>\u{1}</pre>").enumerate() {
        if position > 0 {
            out.extend(literals.next().map(|range| &part[range]));
        }
        out.push_str(between);
    }
}

/// Returns the ranges that are not within another one.
fn outermost(ranges: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        if all.last().is_none_or(|last| range.start >= last.end) {
            all.push(range.clone());
        }
    }
    all
}

/// Returns a text with tags of paragraphs.
fn paragraphs(text: &str) -> String {
    let text = BREAK.replace_all(text.trim(), "<br>");
    let text = START_TAG.replace_all(&text, "\n\n$0");
    let text = END_TAG.replace_all(&text, "$0\n\n");
    let mut out = String::with_capacity(text.len());
    for chunk in EMPTY_LINES.split(&text).map(str::trim).filter(|chunk| !chunk.is_empty()) {
        let start = LEADING_TAGS.find(chunk).map_or(0, |found| found.end());
        let end = TRAILING_TAGS.find(&chunk[start..]).map_or(chunk.len(), |it| start + it.start());
        let (leading, inner, trailing) = (&chunk[..start], chunk[start..end].trim(), &chunk[end..]);
        let name = |pattern: &Regex, text: &str| {
            pattern.captures(text).map(|found| found[1].to_ascii_lowercase())
        };
        let opened = name(&LAST_NAME, leading);
        let closed = name(&FIRST_NAME, trailing);
        let is_paragraph = match (&opened, &closed) {
            (Some(name), _) => CONTAINERS.contains(&name.as_str()),
            (None, Some(name)) => name != "p" && CONTAINERS.contains(&name.as_str()),
            (None, None) => true,
        };
        let lines = || inner.replace('\n', "<br>\n");
        out.push_str(leading.trim_end());
        match () {
            () if inner.is_empty() => {}
            () if inner == "<pre>\u{1}</pre>" => out.push_str(inner),
            () if is_paragraph => out.push_str(&format!("<p>{}</p>", lines())),
            // The rest of a paragraph that has an empty line within.
            () if opened.is_none() && closed.as_deref() == Some("p") => {
                out.push_str(&format!("<p>{}", lines()));
            }
            () => out.push_str(&lines()),
        }
        out.push_str(trailing.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_divided_by_empty_lines() {
        let check = |content: &str, expected: &str| {
            assert_eq!(with_paragraphs(content).trim(), expected, "{content}");
        };
        check("One.\nTwo.\r\n\r\nThree.", "<p>One.<br>\nTwo.</p>\n<p>Three.</p>");
        check("One.<br />\nTwo.", "<p>One.<br>Two.</p>");
        check("a\n<h2>b</h2>\nc", "<p>a</p>\n<h2>b</h2>\n<p>c</p>");
        check("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>");
        check("<blockquote>a\n\nb</blockquote>", "<blockquote><p>a</p>\n<p>b</p></blockquote>");
        check("<p>a\n\nb</p>", "<p>a\n<p>b</p>");
        check("a\n\n<pre>b\n\n  c <b></pre>\n\nd", "<p>a</p>\n<pre>b\n\n  c <b></pre>\n<p>d</p>");
        check("a<!--more-->\n\nb", "<p>a</p>\n<p>b</p>");
        check(
            "<!-- wp:paragraph {\"a\":{}} -->\n<p>a\nb</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:more /-->\n\nc\n\nd",
            "<p>a\nb</p>\n<p>c</p>\n<p>d</p>",
        );
        check("", "");
    }
}

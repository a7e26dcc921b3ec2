//! Comments, and the tags of template languages: Liquid, Jinja, Nunjucks, Tera, Hugo. Pure.

use std::collections::HashSet;
use std::ops::Range;

use regex::Captures;

use super::super::patterns::pattern;
use super::editor::{Editor, LeftOutKind};

/// Maximum length of a tag, in bytes. Two braces further from their end are text.
const MAX_TAG_BYTES: usize = 4_000;

/// A kind of markup with an opening and a closing mark.
struct Delimiters {
    open: &'static str,
    close: &'static str,
    is_comment: bool,
}

const fn comment(open: &'static str, close: &'static str) -> Delimiters {
    Delimiters { open, close, is_comment: true }
}

const fn tag(open: &'static str, close: &'static str) -> Delimiters {
    Delimiters { open, close, is_comment: false }
}

/// All delimiters. Of two that open at the same place, the longer one comes first.
const DELIMITERS: [Delimiters; 10] = [
    comment("<!--", "-->"),
    comment("{{/*", "*/}}"),
    comment("{/*", "*/}"),
    comment("{#", "#}"),
    comment("%%", "%%"),
    tag("{{<", ">}}"),
    tag("{{%", "%}}"),
    tag("{{{", "}}}"),
    tag("{{", "}}"),
    tag("{%", "%}"),
];

pattern!(OPENING, r"<!--|\{\{/\*|\{/\*|\{#|%%|\{\{<|\{\{%|\{\{\{|\{\{|\{%");
pattern!(HEADING_ID, r"^\{#[\w:.-]+[^{}\n]*\}");
pattern!(TAG_NAME, r"^\{[{%][<%]?[-~+]?\s*(/?[#\w-]+)");
pattern!(TAG_END, r"\{[{%][<%]?[-~]?\s*(?:end|/)\s*([#\w-]+)");
pattern!(HIGHLIGHT, r"^\{[{%][<%]?-?\s*(?:highlight|codeblock)\s+(\w*)");

/// Removes all comments and tags.
pub fn remove(editor: &mut Editor<'_>) {
    let mut closings =
        Closings { text: editor.text, next: [Some(0); DELIMITERS.len()], unclosed: HashSet::new() };
    let mut at = editor.start;
    while let Some(found) = OPENING.find_at(editor.text, at) {
        if let Some(end) = editor.code_end(found.start()) {
            at = end;
            continue;
        }
        let kind = DELIMITERS.iter().position(|kind| kind.open == found.as_str());
        let end = kind.and_then(|kind| closings.end_of(kind, found.range()));
        at = match (kind, end) {
            (Some(kind), Some(end)) if is_markup(editor, kind, found.start(), end) => {
                remove_one(editor, &mut closings, &DELIMITERS[kind], found.start()..end)
            }
            _ => found.start() + 1,
        };
        // The next match starts at a character boundary: each opening mark starts with ASCII.
    }
}

/// The next closing mark of each kind. Each part of the text is searched once for each kind.
struct Closings<'a> {
    text: &'a str,
    next: [Option<usize>; DELIMITERS.len()],
    /// Names of tags that had no end once, which is not searched again.
    unclosed: HashSet<&'static str>,
}

impl Closings<'_> {
    /// Returns the end of what opens at `open`.
    fn end_of(&mut self, kind: usize, open: Range<usize>) -> Option<usize> {
        let close = DELIMITERS[kind].close;
        let known = self.next[kind]?;
        if known < open.end {
            self.next[kind] = self.text[open.end..].find(close).map(|found| open.end + found);
        }
        self.next[kind].map(|found| found + close.len())
    }
}

/// Returns whether `start..end` is a comment or a tag and not text that looks like its start.
fn is_markup(editor: &Editor<'_>, kind: usize, start: usize, end: usize) -> bool {
    let delimiters = &DELIMITERS[kind];
    if !delimiters.is_comment {
        return end - start <= MAX_TAG_BYTES;
    }
    match delimiters.open {
        "{#" => !HEADING_ID.is_match(&editor.text[start..end]),
        "%%" => editor.text[..start].chars().next_back().is_none_or(char::is_whitespace),
        _ => true,
    }
}

/// Removes a comment or a tag, and with some tags what they enclose. Returns where to continue.
fn remove_one(
    editor: &mut Editor<'_>,
    closings: &mut Closings<'_>,
    delimiters: &Delimiters,
    range: Range<usize>,
) -> usize {
    let text = editor.text;
    if delimiters.is_comment {
        editor.remove(range.clone());
        return range.end;
    }
    let source = &text[range.clone()];
    let name =
        TAG_NAME.captures(source).map_or("", |found| found.get(1).map_or("", |n| n.as_str()));
    match name {
        "comment" | "style" | "stylesheet" | "javascript" | "schema" | "script" | "mermaid" => {
            let end = closings.end_tag(range.end, name).map_or(range.end, |end| end.end);
            editor.remove(range.start..end);
            end
        }
        "raw" | "verbatim" => {
            editor.cut(range.clone());
            let Some(end) = closings.end_tag(range.end, name) else { return range.end };
            editor.cut(end.clone());
            end.end
        }
        "highlight" | "codeblock" => {
            let Some(end) = closings.end_tag(range.end, name) else {
                editor.remove(range.clone());
                return range.end;
            };
            let language = HIGHLIGHT
                .captures(source)
                .map_or("", |found| found.get(1).map_or("", |language| language.as_str()));
            editor.replace(range, &format!("```{language}"));
            editor.replace(end.clone(), "```");
            end.end
        }
        _ => {
            if matches!(name, "include" | "include_relative" | "render" | "#include" | "readfile") {
                editor.leave_out(range.start, LeftOutKind::Include);
            }
            match needs_value(&text[..range.start]) {
                true => editor.replace(range.clone(), "x"),
                false => editor.remove(range.clone()),
            }
            range.end
        }
    }
}

/// Returns whether a tag after `before` is the whole value of an attribute or of a definition,
/// which may not be empty.
fn needs_value(before: &str) -> bool {
    if before.ends_with('=') {
        return true;
    }
    let window = &before[before.ceil_char_boundary(before.len().saturating_sub(MAX_TAG_BYTES))..];
    let line = &window[window.rfind('\n').map_or(0, |end| end + 1)..];
    line.trim_end().ends_with("]:") && line.trim_start().starts_with('[')
}

/// Tags whose end is searched.
const PAIRED_TAGS: [&str; 11] = [
    "comment",
    "style",
    "stylesheet",
    "javascript",
    "schema",
    "script",
    "mermaid",
    "raw",
    "verbatim",
    "highlight",
    "codeblock",
];
/// Maximum length of what a pair of tags encloses, in bytes.
const MAX_ENCLOSED_BYTES: usize = 64 << 10;

impl Closings<'_> {
    /// Returns the byte range of the tag that ends the tag `name`.
    fn end_tag(&mut self, from: usize, name: &str) -> Option<Range<usize>> {
        let name = PAIRED_TAGS.into_iter().find(|known| *known == name)?;
        if self.unclosed.contains(name) {
            return None;
        }
        let end = end_tag(self.text, from, name);
        if end.is_none() {
            self.unclosed.insert(name);
        }
        end
    }
}

/// Returns the byte range of the tag that ends the tag `name`.
fn end_tag(text: &str, from: usize, name: &str) -> Option<Range<usize>> {
    let window = &text[from..text.floor_char_boundary(from + MAX_ENCLOSED_BYTES)];
    let ends = |found: &Captures<'_>| found.get(1).is_some_and(|found| found.as_str() == name);
    let found = TAG_END.captures_iter(window).find(ends)?.get(0)?;
    let close = found.end() + window[found.end()..].find('}')?;
    let close = if window[close..].starts_with("}}") { close + 2 } else { close + 1 };
    Some(from + found.start()..from + close)
}

//! Ids, attributes, highlights, tags and marks of notes. Pure.

use std::collections::HashSet;

use super::super::patterns::pattern;
use super::editor::{Editor, LeftOutKind, group};

pattern!(
    CONTENTS_ITEM,
    r"(?im)^[-*+][ \t]+(?:toc|table of contents)[^\n]*\r?\n\{:[ \t]*toc[^}\n]*\}"
);
pattern!(
    HEADING_ATTRIBUTES,
    r#"(?m)^#{1,6}[ \t][^\n]*?([ \t]*\{[ \t]*(?:[#.:][^{}\n]*|[\w-]+=[^{}\n]*)\})[ \t#]*\r?$"#
);
pattern!(ATTRIBUTES, r"\{:[^{}\n]*\}|\{[ \t]*[.#][A-Za-z_][^{}\n]*\}");
pattern!(LINK_ATTRIBUTES, r#"[)\]](\{[ \t]*[\w-]+="[^"{}\n]*"[^{}\n]*\})"#);
pattern!(BLOCK_ID, r"(?m)(?:^|[ \t]+)(\^[A-Za-z0-9-]{3,40})[ \t]*\r?$");
pattern!(HIGHLIGHT, r"(==)[^=\s](?:[^=\n]*[^=\s])?(==)");
pattern!(TAGS, r"(?m)^[ \t]*(?:#[\w/-]*[A-Za-z][\w/-]*[ \t]*)+\r?$");
pattern!(FIELD, r"(?m)^[ \t>]*(?:[-*+][ \t]+)?[A-Za-z][^:\n]{0,40}:(:)[ \t]+[^ \t\n]");
pattern!(INLINE_FIELD, r"([\[(])[A-Za-z][^:\[\]()\n]{0,40}:(:)[ \t]+[^\[\]()\n]+([\])])");
pattern!(FOOTNOTE, r"(?m)(^[ \t]{0,3})?\[\^([^\]\s]{1,100})\](:?)");
pattern!(INLINE_NOTE, r"\^\[(?:[^\[\]\n]|\[[^\[\]\n]*\])*\]");
pattern!(INCLUDE, r"(?m)^[ \t]*-+8<-+[^\n]*$|^[ \t]*!include[ \t][^\n]*$");
pattern!(STRONG, r"\*\*([^*\s][^*\n]*?)\*\*");

/// Removes all marks.
pub fn remove(editor: &mut Editor<'_>) {
    editor.each(&CONTENTS_ITEM, |editor, found, start| {
        let whole = group(found, 0, start).unwrap_or_default();
        // The line end between both remains.
        let line = editor.text[whole.clone()].find('\n').map_or(whole.end, |at| whole.start + at);
        editor.cut(whole.start..line);
        editor.cut(line + 1..whole.end);
    });
    for pattern in [&HEADING_ATTRIBUTES, &LINK_ATTRIBUTES] {
        editor.each(pattern, |editor, found, start| {
            let Some(attributes) = group(found, 1, start) else { return };
            let brace = editor.text[attributes.clone()].find('{').unwrap_or_default();
            if !editor.is_code(attributes.start + brace) {
                editor.cut(attributes);
            }
        });
    }
    for pattern in [&ATTRIBUTES, &INLINE_NOTE] {
        editor.each(pattern, |editor, found, start| {
            if let Some(attributes) = group(found, 0, start) {
                editor.cut(attributes);
            }
        });
    }
    block_ids(editor);
    editor.each(&HIGHLIGHT, |editor, found, start| {
        for mark in [1, 2] {
            editor.cut(group(found, mark, start).unwrap_or_default());
        }
    });
    editor.each(&INCLUDE, |editor, found, start| {
        let whole = group(found, 0, start).unwrap_or_default();
        editor.leave_out(whole.start, LeftOutKind::Include);
        editor.cut(whole);
    });
    fields(editor);
    footnotes(editor);
    emphasis(editor);
}

/// Removes ids of blocks and lines of tags.
fn block_ids(editor: &mut Editor<'_>) {
    editor.each(&BLOCK_ID, |editor, found, start| {
        let (Some(whole), Some(id)) = (group(found, 0, start), group(found, 1, start)) else {
            return;
        };
        let name = &editor.text[id.clone()];
        if name.len() > 6 || name.contains(|c: char| c.is_ascii_alphabetic()) {
            editor.cut(whole.start..id.end);
        }
    });
    editor.each(&TAGS, |editor, found, start| {
        let whole = group(found, 0, start).unwrap_or_default();
        let tags = editor.text[whole.clone()].trim();
        // One capitalized word is a heading without its space.
        let is_heading = !tags.contains(' ') && tags[1..].starts_with(char::is_uppercase);
        if !is_heading {
            let end = whole.start + editor.text[whole.clone()].trim_end().len();
            editor.cut(whole.start..end);
        }
    });
}

/// Turns the double colon of a field into a single one.
fn fields(editor: &mut Editor<'_>) {
    editor.each(&FIELD, |editor, found, start| {
        editor.cut(group(found, 1, start).unwrap_or_default());
    });
    editor.each(&INLINE_FIELD, |editor, found, start| {
        let end = group(found, 0, start).map_or(0, |whole| whole.end);
        if !editor.text[end..].starts_with('(') {
            for mark in 1..=3 {
                editor.cut(group(found, mark, start).unwrap_or_default());
            }
        }
    });
}

/// Removes the marks of footnotes that the text does not have.
fn footnotes(editor: &mut Editor<'_>) {
    let text = &editor.text[editor.start..];
    let defined: HashSet<&str> = FOOTNOTE
        .captures_iter(text)
        .filter(|found| found.get(1).is_some() && &found[3] == ":")
        .filter_map(|found| found.get(2).map(|label| label.as_str()))
        .collect();
    editor.each(&FOOTNOTE, |editor, found, start| {
        let is_definition = found.get(1).is_some() && &found[3] == ":";
        if !is_definition && !defined.contains(&found[2]) {
            let end = group(found, 2, start).unwrap_or_default().end + 1;
            let mark = group(found, 2, start).unwrap_or_default().start - 2;
            editor.cut(mark..end);
        }
    });
}

/// Separates emphasis from the letters around it in scripts without spaces. The rule of CommonMark
/// for the marks of emphasis would otherwise show them.
fn emphasis(editor: &mut Editor<'_>) {
    editor.each(&STRONG, |editor, found, start| {
        let whole = group(found, 0, start).unwrap_or_default();
        let inner = &found[1];
        let before = editor.text[..whole.start].chars().next_back();
        let after = editor.text[whole.end..].chars().next();
        let is_letter = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && c.is_alphabetic());
        if inner.ends_with(char::is_whitespace) {
            return;
        }
        if inner.starts_with(is_mark) && is_letter(before) {
            editor.replace(whole.start..whole.start, " ");
        }
        if inner.ends_with(is_mark) && is_letter(after) {
            editor.replace(whole.end..whole.end, " ");
        }
    });
}

fn is_mark(c: char) -> bool {
    c.is_ascii_punctuation() || (!c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace())
}

//! Admonitions and callouts: `> [!note] Title`, `:::tip Title`, `!!! note "Title"`. Pure.
//!
//! The markup is removed. A title becomes a paragraph that ends with [`TITLE_END`].

use super::super::patterns::pattern;
use super::editor::{Editor, TITLE_END, group};

pattern!(CALLOUT, r"(?m)^([ \t>]*>[ \t]*)(\[![\w|-]+\][+-]?[ \t]*)([^\n]*?)\r?$");
pattern!(
    DIRECTIVE,
    r"(?m)^([ \t>]*)(:{3,}[ \t]*(?:\{?[A-Za-z][\w-]*\}?)?)(?:\[([^\]\n]*)\]|[ \t]+([^\n{]*[^\n{\s]))?[ \t]*(?:\{[^}\n]*\})?[ \t]*\r?$"
);
pattern!(
    INDENTED,
    r#"^((?:!!!|\?\?\?\+?)[ \t]+[\w-]+(?:[ \t]+[\w-]+)*[ \t]*|===[!+]?[ \t]*)(?:"([^"\n]*)")?[ \t]*$"#
);

/// Removes the markup of all admonitions.
pub fn translate(editor: &mut Editor<'_>) {
    editor.each(&CALLOUT, |editor, found, start| {
        let (Some(prefix), Some(mark), Some(title)) =
            (group(found, 1, start), group(found, 2, start), group(found, 3, start))
        else {
            return;
        };
        editor.cut(mark);
        if !title.is_empty() {
            let prefix = editor.text[prefix].to_owned();
            editor.replace(title.end..title.end, &format!("{TITLE_END}\n{prefix}"));
        }
    });
    editor.each(&DIRECTIVE, |editor, found, start| {
        let (Some(prefix), Some(whole)) = (group(found, 1, start), group(found, 0, start)) else {
            return;
        };
        let title = group(found, 3, start).or_else(|| group(found, 4, start));
        let Some(title) = title.filter(|title| !title.is_empty()) else {
            return editor.cut(prefix.end..whole.end);
        };
        editor.cut(prefix.end..title.start);
        let prefix = editor.text[prefix].to_owned();
        editor.replace(title.end..whole.end, &format!("{TITLE_END}\n{prefix}"));
    });
    dedent(editor);
}

/// Spaces of the content of an admonition beyond its first line.
const INDENT: usize = 4;

/// Removes the first lines of admonitions and content tabs that are marked by indentation, and the
/// indentation of their content.
fn dedent(editor: &mut Editor<'_>) {
    let mut open: Vec<usize> = Vec::new();
    let mut at = editor.start;
    for line in editor.text[editor.start..].split_inclusive('\n') {
        let start = at;
        at += line.len();
        let inner = line.trim_start_matches(' ');
        let indent = line.len() - inner.len();
        let shown = inner.trim_end();
        if shown.is_empty() {
            continue;
        }
        while open.last().is_some_and(|outer| indent < outer + INDENT) {
            open.pop();
        }
        let depth = open.len() * INDENT;
        let may_open = shown.starts_with(['!', '?', '=']) && !editor.is_code(start + indent);
        let found = if may_open { INDENTED.captures(shown) } else { None };
        let Some(found) =
            found.filter(|found| !(found[1].starts_with('=') && found.get(2).is_none()))
        else {
            if depth > 0 {
                editor.cut(start..start + depth);
            }
            continue;
        };
        open.push(indent);
        let (from, end) = (start + indent, start + indent + shown.len());
        match group(&found, 2, from).filter(|title| !title.is_empty()) {
            Some(title) => {
                editor.cut(start..title.start);
                editor.replace(title.end..end, &format!("{TITLE_END}\n"));
            }
            None => editor.cut(start..end),
        }
    }
}

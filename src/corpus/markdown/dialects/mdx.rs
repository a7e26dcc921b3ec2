//! The code of MDX: imports, exports, the tags of components, and expressions. Pure.

use std::ops::Range;

use super::super::patterns::pattern;
use super::editor::{Editor, LeftOutKind, group};

pattern!(
    IMPORT,
    r#"(?m)^(?:import(?:[ \t]|\r?\n[ \t]*[\w$*{])(?:[ \t]*['"][^'"\n]+['"]|[^;'"]*?\bfrom\s*['"][^'"\n]+['"])[ \t]*;?[ \t]*)+\r?$"#
);
pattern!(
    EXPORT,
    r"(?m)^export[ \t]+(?:(?:const|let|var)[ \t]+[\w$\[{]+[^\n=]*=|default[ \t]+(?:function|class|\(|\{|[\w$]+;?[ \t]*$)|(?:async[ \t]+)?function\b|class[ \t]|\{|\*)"
);
pattern!(COMPONENT, r"</?(?:[A-Z][\w.]*|[a-z][\w-]*(?:[ \t\n][^<>{}]*)?\{)");
pattern!(FRAGMENT, r"</?>");
pattern!(EXPRESSION, r"\{");
pattern!(LITERAL, r#"^\{[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|`([^`$\n]*)`)[ \t]*\}$"#);

/// Maximum length of a tag, an expression or an exported value, in bytes.
const MAX_CODE_BYTES: usize = 16 << 10;
/// Maximum number of openings without an end; after that, the text is not code.
const MAX_UNCLOSED: usize = 1_000;

/// Returns whether a text imports or exports like MDX.
pub fn has_imports(text: &str) -> bool {
    IMPORT.is_match(text)
}

/// Removes all code, and the tags of components in any Markdown.
pub fn remove(editor: &mut Editor<'_>) {
    if editor.is_mdx {
        editor.each(&IMPORT, |editor, found, start| {
            if let Some(whole) = group(found, 0, start) {
                let end = whole.start + editor.text[whole.clone()].trim_end().len();
                editor.cut(whole.start..end);
            }
        });
        exports(editor);
        editor.each(&FRAGMENT, |editor, found, start| {
            editor.cut(group(found, 0, start).unwrap_or_default());
        });
    }
    components(editor);
    if editor.is_mdx {
        expressions(editor);
    }
}

/// Removes exports: up to the line that closes their brackets.
fn exports(editor: &mut Editor<'_>) {
    let mut at = editor.start;
    let mut count = 0;
    while count < MAX_UNCLOSED
        && let Some(found) = EXPORT.find_at(editor.text, at)
    {
        at = found.end();
        count += 1;
        if editor.is_code(found.start()) {
            continue;
        }
        let end = end_of_statement(editor.text, found.start());
        editor.cut(found.start()..end);
        at = at.max(end);
    }
}

/// Returns the end of the first line on which all brackets are closed.
fn end_of_statement(text: &str, start: usize) -> usize {
    let mut balance = Balance::default();
    let window = &text[start..text.floor_char_boundary(start + MAX_CODE_BYTES)];
    // The last character that is not white space, and its end.
    let (mut last, mut end) = (' ', 0);
    for (at, c) in window.char_indices() {
        if c == '\n' && balance.is_closed() && !matches!(last, '=' | '>' | ',' | '(') {
            return start + end;
        }
        if !c.is_whitespace() {
            (last, end) = (c, at + c.len_utf8());
        }
        balance.step(c);
    }
    // Unbalanced code ends with its paragraph.
    let end = window.find("\n\n").unwrap_or(window.len());
    start + window[..end].trim_end().len()
}

/// The open brackets and quotation marks of code.
#[derive(Default)]
struct Balance {
    depth: usize,
    quote: Option<char>,
}

impl Balance {
    fn step(&mut self, c: char) {
        match (self.quote, c) {
            (Some(open), _) if c == open || (c == '\n' && open != '`') => self.quote = None,
            (Some(_), _) => {}
            (None, '"' | '`') => self.quote = Some(c),
            (None, '\'') if self.depth > 0 => self.quote = Some(c),
            (None, '{' | '(' | '[') => self.depth += 1,
            (None, '}' | ')' | ']') => self.depth = self.depth.saturating_sub(1),
            (None, _) => {}
        }
    }

    fn is_closed(&self) -> bool {
        self.depth == 0 && self.quote.is_none()
    }
}

/// Removes the tags of components, and the expressions in the tags of HTML.
fn components(editor: &mut Editor<'_>) {
    let mut at = editor.start;
    let mut unclosed = 0;
    while unclosed < MAX_UNCLOSED
        && let Some(found) = COMPONENT.find_at(editor.text, at)
    {
        at = found.start() + 1;
        if let Some(end) = editor.code_end(found.start()) {
            at = end;
            continue;
        }
        if found.as_str().ends_with('{') {
            // The attribute of a tag of HTML: its name goes, too.
            let name_end = found.as_str().trim_end_matches(['{', '=']).len();
            let name =
                found.as_str()[..name_end].rfind([' ', '\t', '\n']).map_or(name_end, |n| n + 1);
            let open = found.end() - 1;
            let end = if editor.is_mdx { end_of_braces(editor.text, open) } else { None };
            unclosed += usize::from(editor.is_mdx && end.is_none());
            if let Some(end) = end {
                editor.cut(found.start() + name..end);
                // The tag may have a further attribute.
                at = found.start() + 1;
                if let Some(next) = next_attribute(editor, end) {
                    at = next;
                }
            }
            continue;
        }
        let Some(end) = end_of_tag(editor.text, found.end()) else {
            unclosed += 1;
            continue;
        };
        let source = &editor.text[found.start()..end];
        if source.ends_with("/>") && source.len() > "<A/>".len() {
            editor.leave_out(found.start(), LeftOutKind::Component);
        }
        editor.cut(found.start()..end);
        at = end;
    }
}

/// Removes the further expressions of a tag. Returns the position after the tag.
fn next_attribute(editor: &mut Editor<'_>, mut at: usize) -> Option<usize> {
    let text = editor.text;
    loop {
        let rest = &text[at..text.floor_char_boundary(at + MAX_CODE_BYTES)];
        let next = at + rest.find(['{', '>', '<'])?;
        if !text[next..].starts_with('{') {
            return Some(next);
        }
        let name = text[at..next].rfind([' ', '\t', '\n']).map_or(at, |name| at + name + 1);
        let end = end_of_braces(text, next)?;
        editor.cut(name..end);
        at = end;
    }
}

/// Returns the end of the tag whose name ends at `at`.
fn end_of_tag(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..text.floor_char_boundary(at + MAX_CODE_BYTES)];
    let first = rest.chars().next()?;
    if !(first.is_whitespace() || matches!(first, '>' | '/')) {
        return None;
    }
    let mut balance = Balance::default();
    let mut is_after_blank_line = false;
    for (offset, c) in rest.char_indices() {
        match c {
            '>' if balance.is_closed() => return Some(at + offset + 1),
            '<' if balance.is_closed() => return None,
            // A blank line outside of code ends what only looks like a tag.
            '\n' if balance.is_closed() && is_after_blank_line => return None,
            _ => balance.step(c),
        }
        is_after_blank_line = c == '\n' || (is_after_blank_line && c.is_whitespace());
    }
    None
}

/// Returns the end of the braces that open at `at`.
fn end_of_braces(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..text.floor_char_boundary(at + MAX_CODE_BYTES)];
    let mut balance = Balance::default();
    for (offset, c) in rest.char_indices() {
        balance.step(c);
        if balance.is_closed() {
            return Some(at + offset + c.len_utf8());
        }
    }
    None
}

/// Removes expressions in braces. A literal remains, without its marks.
fn expressions(editor: &mut Editor<'_>) {
    let mut at = editor.start;
    let mut unclosed = 0;
    while unclosed < MAX_UNCLOSED
        && let Some(found) = EXPRESSION.find_at(editor.text, at)
    {
        at = found.end();
        if let Some(end) = editor.code_end(found.start()) {
            at = end;
            continue;
        }
        let is_escaped = editor.text[..found.start()].ends_with('\\');
        let is_id = editor.text[found.end()..].starts_with(['#', ':', '.', '%', '{']);
        let end = end_of_braces(editor.text, found.start());
        let Some(end) = end.filter(|_| !is_escaped && !is_id) else {
            unclosed += usize::from(end.is_none());
            continue;
        };
        remove_expression(editor, found.start()..end);
        at = end;
    }
}

fn remove_expression(editor: &mut Editor<'_>, range: Range<usize>) {
    let source = &editor.text[range.clone()];
    let literal = LITERAL
        .captures(source)
        .and_then(|found| (1..=3).find_map(|name| group(&found, name, range.start)));
    match literal {
        Some(shown) => {
            editor.cut(range.start..shown.start);
            editor.cut(shown.end..range.end);
        }
        None => editor.remove(range),
    }
}

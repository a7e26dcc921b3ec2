//! Code blocks of HTML: their text as it is shown, and their language. Pure.

use dom_query::NodeRef;

use super::clean::is_removed;
use super::dom::{attribute, descendants, name};
use super::elements::{is_hidden, is_line_numbers};

/// Maximum depth of the elements in a code block that are read.
const MAX_DEPTH: usize = 64;

/// Returns the text of a `<pre>` element or of a table of code lines.
pub fn text(node: &NodeRef<'_>) -> String {
    let mut text = String::new();
    collect(node, &mut text, 0);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.split('\n').map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn collect(node: &NodeRef<'_>, text: &mut String, depth: usize) {
    for child in node.children_it(false) {
        if child.is_text() {
            let shown = child.text();
            let shown = shown.chars().filter(|c| !is_removed(*c));
            text.extend(shown.map(|c| if c == '\u{a0}' { ' ' } else { c }));
            continue;
        }
        let element = name(&child);
        if is_hidden(&child, &element) || is_line_numbers(&child) || element == "button" {
            continue;
        }
        match element.as_str() {
            "br" => text.push('\n'),
            _ if depth == MAX_DEPTH => text.push_str(&child.text()),
            "div" | "p" | "li" | "tr" | "ol" | "ul" | "table" | "pre" => {
                end_line(text);
                collect(&child, text, depth + 1);
                end_line(text);
            }
            _ => collect(&child, text, depth + 1),
        }
    }
}

/// Ends a line that has begun.
fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

/// Returns the language of a code block by the classes of the element and of those near it.
pub fn language(node: &NodeRef<'_>) -> String {
    let within = descendants(node, &["code"]).take(1);
    let around = node.ancestors_it(Some(3));
    [*node]
        .into_iter()
        .chain(within)
        .chain(around)
        .find_map(|node| own_language(&node))
        .unwrap_or_default()
}

fn own_language(node: &NodeRef<'_>) -> Option<String> {
    const PREFIXES: [&str; 5] =
        ["language-", "lang-", "highlight-source-", "highlight-", "sourceCode-"];
    let given = ["data-lang", "data-language"].map(|key| attribute(node, key));
    let class = attribute(node, "class");
    let mut classes = class.split_ascii_whitespace();
    let by_class =
        classes.find_map(|class| PREFIXES.iter().find_map(|prefix| class.strip_prefix(prefix)));
    let brush = || class.split_once("brush:").map(|(_, rest)| rest.trim_start());
    let found =
        given.iter().map(String::as_str).find(|one| !one.is_empty()).or(by_class).or_else(brush)?;
    let end = found.find(|c: char| !c.is_ascii_alphanumeric() && !"+#-_.".contains(c));
    let language = &found[..end.unwrap_or(found.len())];
    let is_none = matches!(
        language,
        "" | "default" | "none" | "plaintext" | "text" | "notranslate" | "wrapper"
    );
    (!is_none).then(|| language.to_ascii_lowercase())
}

/// Returns the `<pre>` or the table with the code, if a table only arranges code and line numbers.
pub fn code_table<'a>(table: &NodeRef<'a>) -> Option<NodeRef<'a>> {
    let mut has_numbers = false;
    for cell in descendants(table, &["td", "th"]) {
        let around = cell.element_children();
        has_numbers |= is_line_numbers(&cell) || around.iter().any(is_line_numbers);
    }
    let mut code = descendants(table, &["pre"]).filter(|pre| {
        !is_line_numbers(pre) && !pre.ancestors_it(Some(4)).any(|node| is_line_numbers(&node))
    });
    match (has_numbers, code.next(), code.next()) {
        (true, Some(pre), None) => Some(pre),
        (true, ..) => Some(*table),
        _ => None,
    }
}

//! Removal of the parts of a page that are not the article: navigation, banners, share buttons,
//! related articles, comments. Pure.
//!
//! A part is known by its element, its role, or a word of its class or id. A part that holds much
//! of the text of the page is kept, whatever its name.

use dom_query::{Document, NodeRef};

use super::super::dom::{attribute, descendants, name};
use super::super::elements::{is_hidden, is_inline};
use super::mass::Masses;
use super::names::{is_certain, is_meta, is_named, is_within};

/// Maximum share of the text of the page in a removed part, in percent.
const MAX_PERCENT: usize = 30;

/// Minimum share of the text of the page in a part that is hidden at first, in percent.
const MIN_HIDDEN_PERCENT: usize = 20;

/// Minimum number of paragraphs of a text for browsers without JavaScript.
const MIN_NOSCRIPT_PARAGRAPHS: usize = 3;

/// Roles of parts that are not the article.
const ROLES: &[&str] = &[
    "navigation",
    "banner",
    "complementary",
    "contentinfo",
    "search",
    "dialog",
    "alertdialog",
    "menu",
    "menubar",
    "toolbar",
    "tablist",
    "status",
    "alert",
];

/// Removes the parts of a page that are not the article.
pub fn remove(document: &Document) {
    let Some(body) = document.body() else { return };
    show_noscript(&body);
    let masses = Masses::of(&body);
    let total = masses.of_node(&body).max(1);
    let mut removed = Vec::new();
    let mut rest = vec![body];
    while let Some(node) = rest.pop() {
        for child in node.element_children() {
            let element = name(&child);
            let is_small = masses.of_node(&child) * 100 <= total * MAX_PERCENT;
            match element.as_str() {
                "pre" | "code" | "math" | "table"
                    if !is_hidden(&child, &element) && !is_named(&child) => {}
                _ if is_hidden(&child, &element) && !keeps_formula(&child) => {
                    // A text that a button shows is hidden at first.
                    let is_long = masses.of_node(&child) * 100 >= total * MIN_HIDDEN_PERCENT;
                    match is_long && !is_named(&child) && element == "div" {
                        true => {
                            child.remove_attrs(&["hidden", "style", "aria-hidden"]);
                            rest.push(child);
                        }
                        false => removed.push(child),
                    }
                }
                _ if (is_small || is_certain(&child, &element))
                    && is_boilerplate(&child, &element) =>
                {
                    removed.push(child)
                }
                _ if is_meta(&child, &element) => removed.push(child),
                _ => rest.push(child),
            }
        }
    }
    for node in removed {
        node.remove_from_parent();
    }
}

/// Shows the text for browsers without JavaScript if it is the text of the page.
fn show_noscript(body: &NodeRef<'_>) {
    for node in descendants(body, &["noscript"]) {
        if descendants(&node, &["p"]).nth(MIN_NOSCRIPT_PARAGRAPHS - 1).is_some() {
            node.rename("div");
        }
    }
}

/// Returns whether an element that no reader sees holds the source of a formula.
fn keeps_formula(node: &NodeRef<'_>) -> bool {
    let is_tex = attribute(node, "type").starts_with("math/tex");
    is_tex || node.has_name("span") && descendants(node, &["math"]).next().is_some()
}

fn is_boilerplate(node: &NodeRef<'_>, element: &str) -> bool {
    let role = attribute(node, "role").to_ascii_lowercase();
    if ROLES.contains(&role.as_str()) {
        return true;
    }
    match element {
        "nav" | "dialog" => true,
        "form" => descendants(node, &["p", "article"]).nth(2).is_none(),
        "footer" => !is_within(node, &["blockquote", "figure"]) && !holds_notes(node),
        "header" => {
            descendants(node, &["h1", "h2"]).next().is_none()
                && !is_within(node, &["article", "main", "section"])
        }
        "aside" => !is_note(node),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "p" | "td" | "tr" | "tbody" | "main"
        | "article" | "blockquote" => false,
        _ if is_inline(element) => false,
        _ => is_named(node) && descendants(node, &["h1", "blockquote"]).next().is_none(),
    }
}

/// Returns whether an aside is a note to the text, not a column next to it.
fn is_note(node: &NodeRef<'_>) -> bool {
    let class = attribute(node, "class").to_ascii_lowercase();
    let kind = format!("{} {}", attribute(node, "role"), attribute(node, "epub:type"));
    const WORDS: &[&str] = &[
        "note",
        "callout",
        "admonition",
        "tip",
        "warning",
        "hint",
        "caution",
        "important",
        "info",
        "pullquote",
    ];
    kind.contains("note") || WORDS.iter().any(|word| class.contains(word))
}

/// Returns whether an element holds footnotes.
pub fn holds_notes(node: &NodeRef<'_>) -> bool {
    node.descendants_it().filter(NodeRef::is_element).any(|one| {
        let id = attribute(&one, "id").to_ascii_lowercase();
        attribute(&one, "role").contains("doc-endnote")
            || id.starts_with("fn")
            || id.starts_with("footnote")
    })
}

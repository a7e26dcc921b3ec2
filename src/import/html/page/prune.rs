//! Removal of parts in the element of the article that the reader mode does not keep: related
//! articles, comments and advertisements without a telling name. Pure.

use dom_query::NodeRef;

use super::super::dom::{attribute, descendants, name};
use super::super::elements::is_inline;
use super::boilerplate::holds_notes;
use super::mass::Masses;
use super::readability::Kept;

/// Maximum share of links in a part that is kept, in percent of its characters.
const MAX_LINKED_PERCENT: usize = 40;

/// Maximum length of the teaser of another article, in characters.
const MAX_TEASER_CHARS: usize = 600;

/// Removes the parts of the article's element that are no article.
pub fn prune(root: &NodeRef<'_>, kept: &Kept) {
    if kept.of_node(root) == 0 {
        return;
    }
    let masses = Masses::of(root);
    let mut removed = Vec::new();
    let mut rest = vec![*root];
    while let Some(node) = rest.pop() {
        let children = node.element_children();
        let is_kept: Vec<bool> = children.iter().map(|child| kept.of_node(child) > 0).collect();
        let first = is_kept.iter().position(|kept| *kept);
        let last = is_kept.iter().rposition(|kept| *kept);
        // Teasers at the end look like the article to the reader mode.
        let teasers = children.iter().rev().take_while(|child| {
            is_container(&name(child))
                && is_teaser(child)
                && masses.of_node(child) < MAX_TEASER_CHARS
        });
        let text_end = children.len() - teasers.count();
        let text_end = if text_end == 0 { children.len() } else { text_end };
        for (at, child) in children.into_iter().enumerate() {
            if at >= text_end {
                removed.push(child);
                continue;
            }
            let element = name(&child);
            if is_inline(&element) {
                continue;
            }
            if is_kept[at] {
                if is_container(&element) {
                    rest.push(child);
                }
                continue;
            }
            let place = match (first, last) {
                (Some(first), _) if at < first => Place::Before,
                (_, Some(last)) if at > last => Place::After,
                (Some(_), Some(_)) => Place::Between,
                _ => continue,
            };
            if !is_article(&child, &element, place, &masses) {
                removed.push(child);
            }
        }
    }
    for node in removed {
        node.remove_from_parent();
    }
}

/// The place of a part among the kept ones around it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Before,
    Between,
    After,
}

fn is_container(element: &str) -> bool {
    matches!(
        element,
        "div" | "section" | "article" | "main" | "body" | "center" | "header" | "form" | "details"
    )
}

/// Returns whether a part that the reader mode did not keep is of the article nevertheless.
fn is_article(node: &NodeRef<'_>, element: &str, place: Place, masses: &Masses) -> bool {
    if matches!(element, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hr") {
        return true;
    }
    let has = |names: &'static [&'static str]| {
        names.contains(&element) || descendants(node, names).next().is_some()
    };
    if has(&["pre", "math", "dl"]) || holds_notes(node) {
        return true;
    }
    let is_linked = linked_percent(node) > MAX_LINKED_PERCENT;
    match place {
        Place::Before => {
            !is_linked && (!is_container(element) || masses.of_node(node) >= 60 && !is_teaser(node))
        }
        Place::Between => {
            !is_linked && !is_teaser(node) || has(&["h2", "h3", "h4"]) && !is_teaser(node)
        }
        Place::After if is_container(element) || element == "aside" => {
            has(&["table"]) && !is_linked
                || has(&["h2", "h3", "h4"])
                    && !is_linked
                    && !is_teaser(node)
                    && masses.of_node(node) >= 200
                    && !is_busy(node)
        }
        Place::After => !is_linked,
    }
}

/// Returns whether a part has a heading that is a link, as the teaser of another article has.
fn is_teaser(node: &NodeRef<'_>) -> bool {
    descendants(node, &["h1", "h2", "h3", "h4", "h5", "h6"]).any(|heading| {
        let in_link = heading.ancestors_it(Some(4)).any(|around| around.has_name("a"));
        let mut links = descendants(&heading, &["a"]);
        let has_link = links.any(|link| {
            let href = attribute(&link, "href");
            !href.starts_with('#')
                && !href.is_empty()
                && link.text().trim().len() * 2 > heading.text().trim().len()
        });
        in_link || has_link
    })
}

/// Returns whether a part has controls, as comments and advertisements have.
fn is_busy(node: &NodeRef<'_>) -> bool {
    descendants(node, &["button", "input", "form", "textarea", "iframe", "time"]).next().is_some()
}

/// Returns the share of links to other pages in an element, in percent of its characters.
pub fn linked_percent(node: &NodeRef<'_>) -> usize {
    let total = node.normalized_char_count().max(1);
    let links = descendants(node, &["a"]).filter(|link| !attribute(link, "href").starts_with('#'));
    links.map(|link| link.normalized_char_count()).sum::<usize>() * 100 / total
}

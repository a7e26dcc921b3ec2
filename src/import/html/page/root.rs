//! The element of a page that holds the article. Pure.

use dom_query::{Document, NodeRef};

use super::super::dom::{attribute, descendants, has_class, name};
use super::mass::Masses;
use super::readability::Kept;
use super::title::is_same;

/// Minimum share of the prose in an element that is marked as the article, in percent.
const MIN_MARKED_PERCENT: usize = 40;
/// Minimum share of the prose in an element that is not marked, in percent.
const MIN_PERCENT: usize = 85;

/// Minimum share of the texts that the reader mode keeps in the element of the article, in percent.
const MIN_KEPT_PERCENT: usize = 90;

/// Maximum number of elements between the article's element and the one with the title.
const MAX_TITLE_LEVELS: usize = 5;
/// Minimum share of the prose of that one in the article's element, in percent.
const MIN_TITLE_PERCENT: usize = 60;

/// Classes of the element with the text of an article, of widespread programs.
const TEXT_CLASSES: [&str; 26] = [
    "entry-content",
    "post-content",
    "article-body",
    "article-content",
    "article__body",
    "article__content",
    "post-body",
    "post__content",
    "markdown-body",
    "gh-content",
    "post-full-content",
    "e-content",
    "story-body",
    "articlebody",
    "theme-doc-markdown",
    "available-content",
    "mw-parser-output",
    "rst-content",
    "vp-doc",
    "md-content__inner",
    "page-content",
    "single-content",
    "blog-post",
    "td-content",
    "govspeak",
    "story-content",
];

/// Finds the element that holds the article: the one that the page marks, if the reader mode finds
/// the text there, too.
pub fn find<'a>(document: &'a Document, kept: &Kept, title: &str) -> NodeRef<'a> {
    let body = document.body().unwrap_or_else(|| document.root());
    let all = kept.of_node(&body);
    let mut root = marked(document);
    if kept.of_node(&root) * 2 < all {
        root = body;
        while let Some(child) = root.element_children().into_iter().find(|child| {
            is_container(&name(child)) && kept.of_node(child) * 100 >= all * MIN_KEPT_PERCENT
        }) {
            root = child;
        }
    }
    while kept.of_node(&root) * 100 < all * MIN_KEPT_PERCENT {
        match root.parent() {
            Some(parent) if root.id != body.id => root = parent,
            _ => break,
        }
    }
    with_title(root, title, &Masses::of(&body))
}

/// Returns the element around the article's element that holds the title, too, if it holds not much
/// more: an introduction may stand between the two.
fn with_title<'a>(root: NodeRef<'a>, title: &str, masses: &Masses) -> NodeRef<'a> {
    let holds_title = |node: &NodeRef<'_>| {
        descendants(node, &["h1", "h2"]).any(|heading| is_same(&heading.text(), title))
    };
    if title.is_empty() || holds_title(&root) {
        return root;
    }
    let least = masses.of_node(&root);
    let around = root.ancestors_it(Some(MAX_TITLE_LEVELS)).take_while(|around| {
        is_container(&name(around)) && masses.of_node(around) * MIN_TITLE_PERCENT <= least * 100
    });
    around.into_iter().find(holds_title).unwrap_or(root)
}

/// Finds the element that the page marks as the article, or that holds nearly all prose.
fn marked<'a>(document: &'a Document) -> NodeRef<'a> {
    let body = document.body().unwrap_or_else(|| document.root());
    let masses = Masses::of(&body);
    let total = masses.of_node(&body).max(1);
    let mut best: Option<(u8, usize, NodeRef<'a>)> = None;
    for node in body.descendants_it().filter(NodeRef::is_element) {
        let mass = masses.of_node(&node);
        let Some(rank) = mark(&node).filter(|_| mass * 100 >= total * MIN_MARKED_PERCENT) else {
            continue;
        };
        // Of elements with the same mark, the outer one comes first.
        if best.as_ref().is_none_or(|(known, known_mass, _)| {
            rank > *known && mass * 100 >= known_mass * MIN_PERCENT
                || rank == *known && mass > *known_mass
        }) {
            best = Some((rank, mass, node));
        }
    }
    let root = best.map_or(body, |(_, _, node)| node);
    match is_marked_well(&root) {
        true => root,
        false => descend(root, &masses),
    }
}

/// Returns how sure the mark of an element says that it is the article.
fn mark(node: &NodeRef<'_>) -> Option<u8> {
    let element = name(node);
    if attribute(node, "itemprop").eq_ignore_ascii_case("articlebody") {
        return Some(3);
    }
    if element == "article" || attribute(node, "role") == "article" {
        return Some(2);
    }
    if has_class(node, &TEXT_CLASSES) {
        return Some(2);
    }
    (element == "main" || attribute(node, "role") == "main").then_some(1)
}

fn is_marked_well(node: &NodeRef<'_>) -> bool {
    mark(node).is_some_and(|rank| rank >= 2)
}

/// Descends while one child holds nearly all prose.
fn descend<'a>(root: NodeRef<'a>, masses: &Masses) -> NodeRef<'a> {
    let mut node = root;
    loop {
        let mass = masses.of_node(&node);
        let children = node.element_children();
        let next = children.into_iter().find(|child| {
            is_container(&name(child))
                && mass > 0
                && masses.of_node(child) * 100 >= mass * MIN_PERCENT
        });
        match next {
            Some(child) => node = child,
            None => break,
        }
    }
    // A row or a body of a table is not text.
    while matches!(name(&node).as_str(), "tr" | "tbody") {
        match node.parent() {
            Some(parent) => node = parent,
            None => break,
        }
    }
    node
}

fn is_container(element: &str) -> bool {
    matches!(
        element,
        "div"
            | "section"
            | "main"
            | "article"
            | "center"
            | "form"
            | "table"
            | "tbody"
            | "tr"
            | "td"
            | "font"
            | "span"
    )
}

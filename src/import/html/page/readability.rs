//! The texts of a page that the Readability algorithm of Firefox's reader mode keeps. Pure.
//!
//! The algorithm is good at the question where the article is, but it removes tables, lists of
//! links, headings and footnotes of it. So its result only says which elements hold the article;
//! the text itself is taken from the page.

use std::collections::HashMap;

use dom_query::{Document, NodeId, NodeRef};
use dom_smoothie::Readability;

use super::mass::weight;

/// Maximum number of nodes of a page that the algorithm reads, since its time grows faster. The
/// marks of the page decide for a longer one.
const MAX_NODES: usize = 400_000;

/// Attribute with the number of an element. It is kept by the algorithm.
const NUMBER: &str = "data-element-number";

/// The amount of kept prose in each element.
#[derive(Debug, Default)]
pub struct Kept(HashMap<NodeId, usize>);

impl Kept {
    /// Runs the algorithm on a copy of a page.
    pub fn of(document: &Document) -> Self {
        if document.tree.len() > MAX_NODES {
            return Self::default();
        }
        let copy = document.clone();
        let mut numbered: Vec<NodeId> = Vec::new();
        let ids: Vec<NodeId> =
            copy.root().descendants_it().filter(holds_text).map(|node| node.id).collect();
        for id in ids {
            let node = NodeRef::new(id, &copy.tree);
            node.set_attr(NUMBER, &numbered.len().to_string());
            numbered.push(id);
        }
        let article = Readability::with_document(copy, None, None).and_then(|mut one| one.parse());
        let Ok(article) = article else { return Self::default() };
        let mut kept = Self::default();
        let mark = format!("{NUMBER}=\"");
        for (at, _) in article.content.match_indices(&mark) {
            let rest = &article.content[at + mark.len()..];
            let number = rest.split('"').next().and_then(|number| number.parse::<usize>().ok());
            if let Some(id) = number.and_then(|number| numbered.get(number)) {
                kept.add(&NodeRef::new(*id, &document.tree));
            }
        }
        kept
    }

    /// Adds the text of an element to it and to the elements around it.
    fn add(&mut self, node: &NodeRef<'_>) {
        let texts = node.children_it(false).filter(NodeRef::is_text);
        let mass: usize = texts.map(|text| weight(&text.text())).sum::<usize>() + 1;
        *self.0.entry(node.id).or_default() += mass;
        for around in node.ancestors_it(None) {
            *self.0.entry(around.id).or_default() += mass;
        }
    }

    /// Returns the amount of kept prose in an element, 0 if nothing of it is kept.
    pub fn of_node(&self, node: &NodeRef<'_>) -> usize {
        self.0.get(&node.id).copied().unwrap_or(0)
    }
}

/// Returns whether a node is an element with a text of its own.
fn holds_text(node: &NodeRef<'_>) -> bool {
    node.is_element()
        && node.children_it(false).any(|child| child.is_text() && !child.text().trim().is_empty())
}

//! Notes, and the parts of a text that belong to them. Pure.

use std::collections::HashMap;

use super::super::content::{Contents, Place};
use crate::import::markup::{NodeId, Tree};

/// Maximum length of the mark of a reference, in characters.
const MAX_MARK_CHARS: usize = 6;
/// Maximum number of nodes from an anchor to the reference that it is for.
pub const MAX_ANCHOR_NODES: usize = 4;

/// A note: parts of one file in their order.
#[derive(Debug)]
pub struct Note {
    pub file: usize,
    pub blocks: Vec<NodeId>,
}

/// All notes of a book.
#[derive(Debug, Default)]
pub struct Notes {
    pub notes: Vec<Note>,
    /// The position in `notes` for each `a` element that is a reference.
    pub references: HashMap<Place, usize>,
}

/// Returns whether an element has one of the types, as EPUB or ARIA names them.
pub fn has_type(tree: &Tree<'_>, id: NodeId, types: &[&str]) -> bool {
    ["epub:type", "role"].iter().any(|key| {
        let value = tree.attribute(id, key).unwrap_or_default();
        value.split_whitespace().any(|word| types.contains(&word))
    })
}

/// Returns the mark of a reference without brackets.
pub fn mark_of(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || "[](){}.:⁽⁾\u{feff}".contains(c))
}

/// Returns whether a text can be the mark of a reference.
pub fn is_mark(mark: &str) -> bool {
    let is_symbol = |c: char| "*†‡§¶#⁎∗※".contains(c);
    let is_number = |c: char| c.is_numeric();
    let has = |test: &dyn Fn(char) -> bool| mark.chars().all(test);
    let is_letter = mark.chars().count() == 1 && has(&|c| c.is_alphabetic());
    let is_roman = has(&|c| "ivxlc".contains(c));
    let is_short = (1..=MAX_MARK_CHARS).contains(&mark.chars().count());
    is_short && (has(&is_symbol) || has(&is_number) || is_letter || is_roman)
}

/// Returns the innermost block around a node, or the node within the body itself.
pub fn nearest_block(contents: &Contents, (index, node): Place) -> NodeId {
    let file = &contents.files[index];
    let outer = file.tree.ancestors(node).take_while(|id| *id > file.body);
    let mut outer = outer.skip_while(|id| !is_block(file.tree.name(*id)));
    outer.next().unwrap_or(node)
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div" | "li" | "aside" | "dd" | "dt" | "td" | "section" | "blockquote" | "article"
    )
}

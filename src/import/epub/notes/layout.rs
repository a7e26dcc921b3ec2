//! The extent of a note: the blocks that belong to it.

use crate::import::markup::NodeId;

use super::note::nearest_block;
use crate::import::epub::content::{Contents, Place};

/// Where the notes and the references of the book are.
pub struct Layout<'c> {
    pub contents: &'c Contents,
    /// Places of the notes, sorted.
    pub targets: &'c [Place],
    /// Places of the references, sorted.
    pub sources: &'c [Place],
}

impl Layout<'_> {
    /// Returns the blocks of the note at a place.
    pub fn blocks(&self, target: Place) -> Vec<NodeId> {
        let file = &self.contents.files[target.0];
        let tree = &file.tree;
        let mut block = nearest_block(self.contents, target);
        if matches!(tree.name(block), "section" | "article") && self.count(target.0, block).0 > 1 {
            return Vec::new();
        }
        loop {
            let outer = tree.parent(block);
            let may_hold = matches!(tree.name(outer), "div" | "aside" | "li" | "p" | "dd" | "tr");
            let (targets, sources) = self.count(target.0, outer);
            let is_whole = matches!(tree.name(block), "aside" | "li");
            if is_whole || outer <= file.body || !may_hold || targets > 1 || sources > 0 {
                break;
            }
            block = outer;
        }
        let mut blocks = vec![block];
        if !matches!(tree.name(block), "aside" | "li" | "tr" | "section") {
            blocks.extend(self.continuation(target.0, block));
        }
        blocks
    }

    /// Returns the blocks after the first one that belong to the same note: those up to the next
    /// note, if around them is nothing but notes.
    fn continuation(&self, index: usize, block: NodeId) -> Vec<NodeId> {
        let tree = &self.contents.files[index].tree;
        let outer = tree.parent(block);
        let (targets, sources) = self.count(index, outer);
        let is_term = tree.name(block) == "dt";
        if (targets < 2 || sources > 0) && !is_term {
            return Vec::new();
        }
        let follows = |id: &NodeId| {
            let name = tree.name(*id);
            let is_text = tree.text(*id).is_some_and(|text| text.trim().is_empty());
            let may_follow = match is_term {
                true => name == "dd",
                false => matches!(name, "p" | "div" | "blockquote" | "ul" | "ol" | "pre" | "dd"),
            };
            (is_text || may_follow) && self.count(index, *id).0 == 0
        };
        let after = tree.children(outer).skip_while(|id| *id <= block);
        after.take_while(follows).filter(|id| !tree.name(*id).is_empty()).collect()
    }

    /// Returns the number of notes and of references within an element.
    fn count(&self, index: usize, element: NodeId) -> (usize, usize) {
        let end = self.contents.files[index].tree.end(element);
        let within = |places: &[Place]| {
            let from = places.partition_point(|place| *place < (index, element));
            places.partition_point(|place| *place < (index, end)) - from
        };
        (within(self.targets), within(self.sources))
    }
}

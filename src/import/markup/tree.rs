//! A tree of elements and texts in document order. Pure.

use std::borrow::Cow;

use super::attributes;

/// Maximum depth of elements. The children of an element at this depth become its siblings.
pub(super) const MAX_DEPTH: usize = 200;
/// Maximum number of nodes. The rest of a file is ignored.
const MAX_NODES: usize = 4_000_000;

/// Elements whose text is not shown.
const UNSEEN: [&str; 6] = ["annotation", "annotation-xml", "rp", "rt", "script", "style"];

/// Position of a node in document order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// Returns the number of nodes before the node.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// Returns the next position.
    pub fn after(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// An element or a text.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub content: Content<'a>,
    parent: NodeId,
    /// The node after the last descendant.
    end: NodeId,
    is_detached: bool,
}

/// The content of a node.
#[derive(Debug)]
pub(super) enum Content<'a> {
    Element { name: Cow<'a, str>, attributes: Attributes<'a> },
    Text(Cow<'a, str>),
}

/// The attributes of an element.
#[derive(Debug)]
pub(super) enum Attributes<'a> {
    /// Source of the attributes of an XML element.
    Raw(&'a str),
    Parsed(Vec<(String, String)>),
}

/// A tree. Its root is an element without a name.
#[derive(Debug)]
pub struct Tree<'a> {
    pub(super) nodes: Vec<Node<'a>>,
}

impl<'a> Tree<'a> {
    /// The root.
    pub const ROOT: NodeId = NodeId(0);

    /// Returns the name of an element, or an empty string for a text.
    pub fn name(&self, id: NodeId) -> &str {
        match &self.node(id).content {
            Content::Element { name, .. } => name,
            Content::Text(_) => "",
        }
    }

    /// Returns the text of a text node.
    pub fn text(&self, id: NodeId) -> Option<&str> {
        match &self.node(id).content {
            Content::Element { .. } => None,
            Content::Text(text) => Some(text),
        }
    }

    /// Returns the value of an attribute. `name` is without the prefix of the namespace for XML,
    /// and with the prefix for XHTML.
    pub fn attribute(&self, id: NodeId, name: &str) -> Option<Cow<'_, str>> {
        match &self.node(id).content {
            Content::Text(_) => None,
            Content::Element { attributes: Attributes::Raw(source), .. } => {
                attributes::attribute(source, name)
            }
            Content::Element { attributes: Attributes::Parsed(list), .. } => {
                let found = list.iter().find(|(key, _)| key == name);
                found.map(|(_, value)| Cow::Borrowed(value.as_str()))
            }
        }
    }

    /// Returns the parent, or the root for the root.
    pub fn parent(&self, id: NodeId) -> NodeId {
        self.node(id).parent
    }

    /// Returns the node, its parent, and so on up to the root.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let up = move |id: &NodeId| (*id != Self::ROOT).then(|| self.parent(*id));
        std::iter::successors(Some(id), up)
    }

    /// Returns the node after the last descendant of a node.
    pub fn end(&self, id: NodeId) -> NodeId {
        self.node(id).end
    }

    /// Returns the children that are not detached.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let end = self.end(id);
        let present = move |id: &NodeId| (*id < end).then_some(*id);
        let first = present(&NodeId(id.0 + 1));
        let all = std::iter::successors(first, move |id| present(&self.end(*id)));
        all.filter(|id| !self.node(*id).is_detached)
    }

    /// Returns the first child with the name.
    pub fn child(&self, id: NodeId, name: &str) -> Option<NodeId> {
        self.children(id).find(|child| self.name(*child) == name)
    }

    /// Returns the node and its descendants in document order, without what is detached.
    pub fn subtree(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.range(id, self.end(id))
    }

    /// Returns the nodes from `from` to before `to` in document order, without what is detached.
    pub fn range(&self, from: NodeId, to: NodeId) -> impl Iterator<Item = NodeId> {
        let mut next = from;
        std::iter::from_fn(move || {
            while next < to && self.node(next).is_detached {
                next = self.end(next);
            }
            let id = next;
            next = NodeId(next.0.saturating_add(1));
            (id < to).then_some(id)
        })
    }

    /// Returns the first descendant with the name.
    pub fn find(&self, id: NodeId, name: &str) -> Option<NodeId> {
        self.subtree(id).find(|inner| self.name(*inner) == name)
    }

    /// Returns the texts of a node and its descendants, joined.
    pub fn joined_text(&self, id: NodeId) -> String {
        self.subtree(id).filter_map(|inner| self.text(inner)).collect()
    }

    /// Returns the texts from `from` to before `to`, joined, as a reader sees them: without the
    /// sources of formulas and without the readings of characters.
    pub fn visible_text(&self, from: NodeId, to: NodeId) -> String {
        let mut text = String::new();
        let mut skipped_to = from;
        for id in self.range(from, to) {
            match self.text(id) {
                Some(part) if id >= skipped_to => text.push_str(part),
                None if UNSEEN.contains(&self.name(id)) => {
                    skipped_to = skipped_to.max(self.end(id));
                }
                Some(_) | None => {}
            }
        }
        text
    }

    /// Returns whether a node or one of its descendants has a text that is not white space.
    pub fn has_text(&self, id: NodeId) -> bool {
        let mut texts = self.subtree(id).filter_map(|inner| self.text(inner));
        texts.any(|text| !text.trim().is_empty())
    }

    /// Takes a node and its descendants out of every walk.
    pub fn detach(&mut self, id: NodeId) {
        self.node_mut(id).is_detached = true;
    }

    /// Renames an element.
    pub fn rename(&mut self, id: NodeId, to: &'static str) {
        if let Content::Element { name, .. } = &mut self.node_mut(id).content {
            *name = Cow::Borrowed(to);
        }
    }

    /// Replaces a text.
    pub fn set_text(&mut self, id: NodeId, to: String) {
        if let Content::Text(text) = &mut self.node_mut(id).content {
            *text = Cow::Owned(to);
        }
    }

    pub(super) fn node(&self, id: NodeId) -> &Node<'a> {
        &self.nodes[id.0 as usize]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node<'a> {
        &mut self.nodes[id.0 as usize]
    }
}

/// Builds a tree from the tags and texts of a file in their order.
pub(super) struct Builder<'a> {
    pub nodes: Vec<Node<'a>>,
    /// Elements that are open, from the root.
    pub open: Vec<NodeId>,
    /// Number of open elements beyond the maximum depth.
    pub beyond: usize,
}

impl<'a> Builder<'a> {
    pub fn new() -> Self {
        let content =
            Content::Element { name: "".into(), attributes: Attributes::Parsed(Vec::new()) };
        let root = Node { content, parent: NodeId(0), end: NodeId(1), is_detached: false };
        Self { nodes: vec![root], open: vec![NodeId(0)], beyond: 0 }
    }

    pub fn is_full(&self) -> bool {
        self.nodes.len() >= MAX_NODES
    }

    pub fn push(&mut self, content: Content<'a>) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        let parent = self.open.last().copied().unwrap_or(NodeId(0));
        self.nodes.push(Node { content, parent, end: NodeId(id.0 + 1), is_detached: false });
        id
    }

    pub fn start(&mut self, name: Cow<'a, str>, attributes: Attributes<'a>) {
        let id = self.push(Content::Element { name, attributes });
        match self.open.len() <= MAX_DEPTH {
            true => self.open.push(id),
            false => self.beyond += 1,
        }
    }

    pub fn end(&mut self) {
        if self.beyond > 0 {
            self.beyond -= 1;
        } else if self.open.len() > 1
            && let Some(id) = self.open.pop()
        {
            self.nodes[id.0 as usize].end = NodeId(self.nodes.len() as u32);
        }
    }

    /// Adds a text. It is joined to the text before it.
    pub fn text(&mut self, text: Cow<'a, str>) {
        let parent = self.open.last().copied().unwrap_or(NodeId(0));
        match self.nodes.last_mut() {
            Some(Node { content: Content::Text(before), parent: of, .. }) if *of == parent => {
                before.to_mut().push_str(&text);
            }
            _ => {
                self.push(Content::Text(text));
            }
        }
    }

    pub fn finish(mut self) -> Tree<'a> {
        self.beyond = 0;
        while self.open.len() > 1 {
            self.end();
        }
        self.nodes[0].end = NodeId(self.nodes.len() as u32);
        Tree { nodes: self.nodes }
    }
}

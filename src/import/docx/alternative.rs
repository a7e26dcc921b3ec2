//! Alternatives of one content, for programs of different versions.

use crate::import::markup::{NodeId, Tree};

/// Returns the alternative of an `mc:AlternateContent` that has a text, the first one at best.
pub fn alternative(tree: &Tree<'_>, id: NodeId) -> Option<NodeId> {
    let has_text = |id: &NodeId| {
        tree.subtree(*id).any(|id| matches!(tree.name(id), "w:t" | "m:t" | "wp:docPr"))
    };
    let all =
        || tree.children(id).filter(|id| matches!(tree.name(*id), "mc:Choice" | "mc:Fallback"));
    all().find(has_text).or_else(|| all().next())
}

//! The amount of prose in each element of a page. Pure.

use std::collections::HashMap;

use dom_query::{NodeId, NodeRef};

use super::super::dom::name;

/// Minimum length of a text that counts as prose, in characters.
const MIN_CHARS: usize = 20;

/// Number of characters of prose below each element: texts that are not links and not short.
pub struct Masses(HashMap<NodeId, usize>);

impl Masses {
    /// Counts the prose below an element.
    pub fn of(root: &NodeRef<'_>) -> Self {
        let mut masses: HashMap<NodeId, usize> = HashMap::new();
        // The elements around the current one, with what they count and whether they are links.
        let mut around: Vec<(NodeId, usize, bool)> = Vec::new();
        let close = |around: &mut Vec<(NodeId, usize, bool)>,
                     masses: &mut HashMap<NodeId, usize>| {
            if let Some((id, mass, _)) = around.pop() {
                if let Some(outer) = around.last_mut() {
                    outer.1 += mass;
                }
                if mass > 0 {
                    masses.insert(id, mass);
                }
            }
        };
        around.push((root.id, 0, false));
        for node in root.descendants_it() {
            let parent = node.parent().map(|parent| parent.id);
            while around.len() > 1 && around.last().map(|open| open.0) != parent {
                close(&mut around, &mut masses);
            }
            let Some(open) = around.last_mut() else { break };
            if node.is_text() && !open.2 {
                open.1 += weight(&node.text());
            } else if node.is_element() {
                let element = name(&node);
                let is_left_out = open.2
                    || matches!(
                        element.as_str(),
                        "a" | "nav"
                            | "button"
                            | "script"
                            | "style"
                            | "noscript"
                            | "template"
                            | "option"
                            | "svg"
                            | "textarea"
                    );
                around.push((node.id, 0, is_left_out));
            }
        }
        while !around.is_empty() {
            close(&mut around, &mut masses);
        }
        Self(masses)
    }

    /// Returns the amount of prose in an element.
    pub fn of_node(&self, node: &NodeRef<'_>) -> usize {
        self.0.get(&node.id).copied().unwrap_or(0)
    }
}

/// Returns how much a text counts. A Chinese or Japanese character is half a word.
pub fn weight(text: &str) -> usize {
    let text = text.trim();
    let chars: usize =
        text.chars().map(|c| if ('\u{2e80}'..='\u{d7ff}').contains(&c) { 3 } else { 1 }).sum();
    if chars >= MIN_CHARS { chars } else { 0 }
}

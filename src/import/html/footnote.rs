//! Footnotes of HTML: references, definitions, and the links back. Pure.
//!
//! A reference is a link to an element of the same document that looks like a number or a mark, as
//! `<sup><a href="#fn1">1</a></sup>`. Its definition is the block of that element. Both are known
//! by their form, not by the names of one program, so the notes of MediaWiki, Pandoc, Hugo,
//! WordPress, Substack, Word and EPUB are found.

use std::collections::{HashMap, HashSet};

use dom_query::{NodeId, NodeRef};
use url::Url;

use super::block::{Block, Inline, plain};
use super::clean;
use super::dom::{attribute, descendants, has_class, name};

/// Maximum number of characters of a reference, without brackets.
const MAX_MARK_CHARS: usize = 5;
/// Maximum number of characters of a definition.
const MAX_DEFINITION_CHARS: usize = 6_000;

/// The footnotes of a document.
#[derive(Default)]
pub struct Footnotes {
    /// Number of the footnote of each reference, from 1.
    references: HashMap<NodeId, usize>,
    /// Marks that look like references, but lead to nothing in the document.
    unresolved: HashSet<NodeId>,
    /// Blocks with the definitions, in the order of their numbers.
    pub definitions: Vec<NodeId>,
    is_definition: HashSet<NodeId>,
    /// Ids of the references and of the elements around them.
    reference_ids: HashSet<String>,
}

impl Footnotes {
    /// Finds the footnotes below a node. `base` is the address of the document.
    pub fn find(root: &NodeRef<'_>, base: Option<&Url>) -> Self {
        let mut targets: HashMap<String, NodeRef<'_>> = HashMap::new();
        for node in root.descendants_it().filter(NodeRef::is_element) {
            for key in ["id", "name"] {
                let value = attribute(&node, key);
                if !value.is_empty() && (key == "id" || node.has_name("a")) {
                    targets.entry(value).or_insert(node);
                }
            }
        }
        let mut found = Self::default();
        let mut candidates = Vec::new();
        // Elements that several fragments lead to are no definitions.
        let mut fragments: HashMap<NodeId, String> = HashMap::new();
        let mut ambiguous: HashSet<NodeId> = HashSet::new();
        for link in descendants(root, &["a"]) {
            let href = attribute(&link, "href");
            if href.is_empty() || !is_mark(&link) {
                continue;
            }
            let fragment = fragment(&href, base);
            let target = fragment.as_ref().and_then(|fragment| targets.get(fragment));
            let block = target.and_then(|target| definition_block(target, &link));
            match (block, fragment) {
                (Some(block), Some(fragment)) => {
                    let known = fragments.entry(block.id).or_insert_with(|| fragment.clone());
                    if *known != fragment {
                        ambiguous.insert(block.id);
                    }
                    candidates.push((link, block.id));
                }
                _ if is_explicit(&link) => {
                    found.unresolved.insert(link.id);
                }
                _ => {}
            }
        }
        // A link back in a definition looks like a reference, too. The definition is the later one.
        let positions: HashMap<NodeId, usize> =
            root.descendants_it().enumerate().map(|(at, node)| (node.id, at)).collect();
        let position = |id: &NodeId| positions.get(id).copied().unwrap_or(0);
        for (link, block) in candidates {
            if ambiguous.contains(&block) || position(&block) < position(&link.id) {
                continue;
            }
            found.add(&link, block);
        }
        found
    }

    fn add(&mut self, link: &NodeRef<'_>, block: NodeId) {
        if self.is_definition.insert(block) {
            self.definitions.push(block);
        }
        let number = self.definitions.iter().position(|one| *one == block).unwrap_or(0) + 1;
        self.references.insert(link.id, number);
        let near = link.ancestors(Some(2)).into_iter().filter(|node| is_mark_wrapper(&name(node)));
        let within = link.descendants_it().filter(NodeRef::is_element);
        for node in near.chain([*link]).chain(within) {
            self.reference_ids.extend(
                [attribute(&node, "id"), attribute(&node, "name")]
                    .into_iter()
                    .filter(|id| !id.is_empty()),
            );
        }
    }

    /// Returns the number of the footnote that a link refers to.
    pub fn number(&self, link: &NodeRef<'_>) -> Option<usize> {
        self.references.get(&link.id).copied()
    }

    /// Returns whether a link is a mark of a footnote that is not in the document.
    pub fn is_unresolved(&self, link: &NodeRef<'_>) -> bool {
        self.unresolved.contains(&link.id)
    }

    /// Returns whether an element is the definition of a footnote.
    pub fn is_definition(&self, node: &NodeRef<'_>) -> bool {
        self.is_definition.contains(&node.id)
    }

    /// Returns whether a link leads from a definition back to its reference.
    pub fn is_back_link(&self, link: &NodeRef<'_>) -> bool {
        let href = attribute(link, "href");
        href.rsplit_once('#').is_some_and(|(_, id)| self.reference_ids.contains(id))
            || has_class(link, &["footnote-backref", "footnote-back", "reversefootnote"])
            || attribute(link, "role") == "doc-backlink"
    }

    /// Returns whether an element holds links back only.
    pub fn is_back_link_wrapper(node: &NodeRef<'_>) -> bool {
        has_class(node, &["mw-cite-backlink", "fn-backref", "footnote-backrefs"])
    }

    /// Returns whether a `<sup>` holds references only.
    pub fn is_reference_wrapper(&self, sup: &NodeRef<'_>) -> bool {
        !self.references.is_empty()
            && descendants(sup, &["a"]).any(|link| self.references.contains_key(&link.id))
    }
}

/// Returns the fragment of an address in the same document.
fn fragment(href: &str, base: Option<&Url>) -> Option<String> {
    let (path, fragment) = href.split_once('#')?;
    let is_same = path.is_empty()
        || base.is_some_and(|base| {
            base.join(path)
                .is_ok_and(|target| target.path() == base.path() && target.host() == base.host())
        });
    let fragment = percent_decoded(fragment);
    (is_same && !fragment.is_empty()).then_some(fragment)
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        let code =
            code.filter(|_| *byte == b'%').and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(code.unwrap_or(*byte));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_mark_wrapper(name: &str) -> bool {
    matches!(name, "sup" | "span" | "small" | "b" | "i" | "em" | "strong" | "a")
}

/// Returns whether a link is marked up as a footnote reference.
fn is_explicit(link: &NodeRef<'_>) -> bool {
    let kind = format!("{} {}", attribute(link, "epub:type"), attribute(link, "role"));
    let class = attribute(link, "class").to_ascii_lowercase();
    kind.contains("noteref")
        || [
            "footnote-ref",
            "footnote-anchor",
            "footnote_anchor",
            "noteref",
            "footnote-reference",
            "sdfootnoteanc",
            "fnref",
        ]
        .iter()
        .any(|name| class.contains(name))
        || is_in_sup(link)
}

fn is_in_sup(link: &NodeRef<'_>) -> bool {
    let around =
        link.ancestors(Some(2)).into_iter().take_while(|node| is_mark_wrapper(&name(node)));
    around.chain(link.element_children()).any(|node| name(&node) == "sup")
}

/// Returns whether a link looks like a footnote reference: a short mark that is raised, in
/// brackets or marked up as one.
fn is_mark(link: &NodeRef<'_>) -> bool {
    let text = link.text();
    let text = text.trim();
    let mark = text.trim_matches(['[', ']', '(', ')', ' ']);
    let is_short = !mark.is_empty() && mark.chars().count() <= MAX_MARK_CHARS;
    let is_number = mark.chars().all(|c| c.is_numeric());
    let is_bracketed = text.starts_with('[') && text.ends_with(']') && is_number;
    let is_symbol = !mark.contains(|c: char| c.is_alphanumeric());
    is_short
        && !mark.contains(['↩', '↑', '^', '↵', '⤴', '⏎', '#', '¶'])
        && (is_explicit(link) || is_bracketed && !is_symbol)
}

/// Returns the block that defines a footnote: the target or the block around it.
fn definition_block<'a>(target: &NodeRef<'a>, link: &NodeRef<'_>) -> Option<NodeRef<'a>> {
    let is_block = |node: &NodeRef<'_>| {
        matches!(name(node).as_str(), "li" | "aside" | "div" | "p" | "dd" | "section" | "tr" | "td")
    };
    let around = target.ancestors(Some(4));
    let block = [*target].into_iter().chain(around).find(is_block)?;
    // The number of a table row may have a cell of its own.
    let block = match name(&block).as_str() {
        "td" => block.parent().filter(|row| row.has_name("tr")).unwrap_or(block),
        _ => block,
    };
    let holds_link = link.ancestors_it(None).any(|node| node.id == block.id);
    let has_heading = descendants(&block, &["h1", "h2", "h3", "h4", "h5", "h6"]).next().is_some();
    let chars = block.normalized_char_count();
    let is_text = chars > 1 && chars <= MAX_DEFINITION_CHARS;
    (!holds_link && !has_heading && is_text).then_some(block)
}

/// Removes the mark at the start of a footnote: its number, or a sign that leads back.
pub fn strip_mark(blocks: &mut Vec<Block>, number: usize) {
    let Some(Block::Paragraph(parts)) = blocks.first_mut() else { return };
    if let Some(Inline::Text(text)) = parts.first_mut() {
        let number = number.to_string();
        let start = text.trim_start_matches(['[', '(', '^', '↑', '*', '†', '‡', ' ']);
        let rest = match start.strip_prefix(number.as_str()) {
            Some(rest) if rest.starts_with([']', ')', '.', ':']) => {
                rest.trim_start_matches([']', ')', '.', ':'])
            }
            Some(rest) if rest.trim().is_empty() => "",
            _ if text.starts_with(['^', '↑', '*', '†', '‡']) => start,
            _ if start.starts_with([']', '.']) && start.len() < text.len() => &start[1..],
            _ => text.as_str(),
        };
        let rest = rest.trim_start().to_owned();
        // Left over brackets of links back, as in `[` and `]`.
        *text = rest.strip_prefix(". ").map(str::to_owned).unwrap_or(rest);
    }
    *parts = clean::inlines(std::mem::take(parts));
    if plain(parts).is_empty() {
        blocks.remove(0);
    }
}

//! Headings that a book marks up as paragraphs, and lists of the headings of a chapter.
//!
//! Old and converted books often have `<p class="title">`. A paragraph to which the table of
//! contents leads, and which has the text of that entry, becomes a heading. A list of links to the
//! headings of the same file is left out.

use crate::import::markup::NodeId;

use super::content::{ContentFile, Contents};
use super::navigation::Navigation;

/// Maximum number of paragraphs of a heading: "Chapter 1", "The tides".
const MAX_BLOCKS: usize = 3;
/// Maximum length of a heading, in bytes.
const MAX_BYTES: usize = 400;
/// Maximum number of texts of a heading.
const MAX_HEADING_TEXTS: usize = 8;
/// Minimum number of links of a list of headings.
const MIN_LINKS: usize = 3;
/// Names of headings by level.
const NAMES: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// Returns whether the book has an element that is a heading.
pub fn has_any(contents: &Contents) -> bool {
    contents
        .files
        .iter()
        .any(|file| file.tree.subtree(file.body).any(|id| NAMES.contains(&file.tree.name(id))))
}

/// Turns the paragraphs that are headings by the table of contents to headings.
pub fn mark(contents: &mut Contents, navigation: &Navigation) {
    for entry in &navigation.entries {
        let place = entry.target.as_ref().and_then(|target| contents.place(target));
        let Some((index, node)) = place else { continue };
        let file = &contents.files[index];
        let blocks = matching(file, node, &letters(&entry.title));
        let name = NAMES[entry.depth.min(NAMES.len() - 1)];
        for block in blocks {
            contents.files[index].tree.rename(block, name);
        }
    }
}

/// Detaches the lists that only have links to headings of their own file.
pub fn drop_inner_contents(contents: &mut Contents) {
    for index in 0..contents.files.len() {
        let file = &contents.files[index];
        let lists = file.tree.subtree(file.body);
        let lists = lists.filter(|id| matches!(file.tree.name(*id), "ul" | "ol" | "nav"));
        let found: Vec<_> = lists.filter(|id| is_inner_contents(contents, index, *id)).collect();
        found.into_iter().for_each(|id| contents.files[index].tree.detach(id));
    }
}

fn is_inner_contents(contents: &Contents, index: usize, list: NodeId) -> bool {
    let file = &contents.files[index];
    let tree = &file.tree;
    let (mut links, mut end) = (0, list);
    for id in tree.subtree(list) {
        if tree.name(id) == "a" {
            let target = contents.link_target((index, id)).filter(|(file, _)| *file == index);
            let Some((_, target)) = target.filter(|(_, node)| *node > file.body) else {
                return false;
            };
            let texts = tree.range(target, file.end()).filter_map(|id| tree.text(id));
            let texts = texts.filter(|text| !text.trim().is_empty());
            let start: String = texts.take(MAX_HEADING_TEXTS).collect();
            if !letters(&start).starts_with(&letters(&tree.joined_text(id))) {
                return false;
            }
            links += 1;
            end = tree.end(id);
        } else if id >= end && tree.text(id).is_some_and(|text| !text.trim().is_empty()) {
            return false;
        }
    }
    links >= MIN_LINKS
}

/// Returns the paragraphs at a place that together have the letters of a title, unless one of them
/// is a heading.
fn matching(file: &ContentFile, node: NodeId, title: &str) -> Vec<NodeId> {
    let tree = &file.tree;
    let is_block = |id: &NodeId| matches!(tree.name(*id), "p" | "div" | "center" | "dt" | "span");
    let paragraph = |text: NodeId| {
        let outer = tree.ancestors(text).skip(1).take_while(|id| *id > file.body);
        let mut outer = outer.filter(|id| tree.name(*id) != "span");
        let inline = ["a", "b", "i", "em", "strong", "big", "small", "font", "u", "sup", "sub"];
        outer.find(|id| !inline.contains(&tree.name(*id))).filter(is_block)
    };
    // The place may be an anchor within the paragraph.
    let around = tree.ancestors(node).find(|id| tree.name(*id) == "p").unwrap_or(node);
    let texts = tree.range(around, file.end());
    let texts = texts.filter(|id| tree.text(*id).is_some_and(|text| !text.trim().is_empty()));
    let (mut blocks, mut found): (Vec<NodeId>, String) = (Vec::new(), String::new());
    for text in texts {
        if blocks.last().is_some_and(|last| text < tree.end(*last)) {
            continue;
        }
        let Some(block) = paragraph(text).filter(|_| blocks.len() < MAX_BLOCKS) else { break };
        let joined = tree.visible_text(block, tree.end(block));
        if joined.len() > MAX_BYTES || title.is_empty() {
            break;
        }
        found.push_str(&letters(&joined));
        blocks.push(block);
        if found == title {
            return blocks;
        }
        if !title.starts_with(&found) {
            break;
        }
    }
    Vec::new()
}

/// Returns the letters and digits of a text in lower case.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

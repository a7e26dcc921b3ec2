//! Removal of what belongs to a note only in its old place: its mark, the links back to the
//! reference, and the title of the section of notes.

use crate::import::epub::content::{Contents, Place};
use crate::import::epub::opf::plain;
use crate::import::markup::{NodeId, Tree};

use super::note::{MAX_ANCHOR_NODES, Note, Notes, has_type, is_mark, mark_of};

/// Maximum number of texts at the start of a note that may belong to its mark.
const MAX_MARK_TEXTS: usize = 4;
/// Maximum length of the text of a link from a note back to its reference, in characters.
const MAX_BACK_CHARS: usize = 20;
/// Titles of sections that hold nothing but notes.
const TITLES: [&str; 18] = [
    "notes",
    "footnotes",
    "endnotes",
    "note",
    "footnote",
    "anmerkungen",
    "fußnoten",
    "endnoten",
    "notes de bas de page",
    "notas",
    "note a piè di pagina",
    "примечания",
    "сноски",
    "voetnoten",
    "przypisy",
    "脚注",
    "注",
    "注释",
];

/// Removes from a note its mark and the links that lead back.
pub fn strip_mark(contents: &mut Contents, note: &Note, mark: &str, sources: &[Place]) {
    let backlinks = backlinks(contents, note, sources);
    let tree = &mut contents.files[note.file].tree;
    let has_links = !backlinks.is_empty();
    backlinks.into_iter().for_each(|link| tree.detach(link));
    let nodes = note.blocks.iter().flat_map(|block| tree.subtree(*block));
    let texts = nodes.filter(|id| tree.text(*id).is_some_and(|text| !text.trim().is_empty()));
    for id in texts.take(MAX_MARK_TEXTS).collect::<Vec<_>>() {
        let text = tree.text(id).unwrap_or_default().trim_start();
        let Some(rest) = without_mark(text, mark, has_links) else { break };
        let rest = rest.to_owned();
        let is_done = !rest.is_empty();
        tree.set_text(id, rest);
        if is_done {
            break;
        }
    }
}

/// Returns the text of a note without the mark at its start. `None` if the text has no mark.
/// `has_links` says whether a link with the mark has been removed, whose brackets may be left.
fn without_mark<'t>(text: &'t str, mark: &str, has_links: bool) -> Option<&'t str> {
    let bare = text.trim_matches(['[', '(', ' ', '\u{a0}']);
    let after = bare
        .strip_prefix(mark)
        .filter(|rest| !mark.is_empty() && !rest.starts_with(|c: char| c.is_alphanumeric()));
    if bare.is_empty() {
        return Some("");
    }
    let rest = match after {
        Some(rest) => &text[text.len() - rest.len()..],
        None if has_links => text,
        None => return None,
    };
    Some(rest.trim_start_matches([']', ')', '.', ':', ' ', '\u{a0}', '\t', '\n']))
}

/// Returns the links in a note that are its mark or lead back to a reference.
fn backlinks(contents: &Contents, note: &Note, sources: &[Place]) -> Vec<NodeId> {
    let tree = &contents.files[note.file].tree;
    let mut backlinks = Vec::new();
    let mut is_start = true;
    for id in note.blocks.iter().flat_map(|block| tree.subtree(*block)) {
        if tree.name(id) == "a" && sources.binary_search(&(note.file, id)).is_err() {
            let text = tree.joined_text(id);
            let is_typed = has_type(tree, id, &["backlink", "referrer", "doc-backlink"]);
            let is_arrow = !text.is_empty() && !text.contains(char::is_alphanumeric);
            let is_mark = is_start && is_mark(mark_of(&text));
            let is_short = text.chars().count() <= MAX_BACK_CHARS;
            let target = contents.link_target((note.file, id));
            let is_back = target.is_some_and(|target| {
                is_arrow || is_mark || is_short && is_near_source(contents, target, sources)
            });
            if is_typed || is_back {
                backlinks.push(id);
                continue;
            }
        }
        let is_in_link = backlinks.last().is_some_and(|link| id < tree.end(*link));
        let has_letters = |text: &str| text.contains(char::is_alphanumeric);
        is_start &= is_in_link || !tree.text(id).is_some_and(has_letters);
    }
    backlinks
}

/// Returns whether a place is a reference, or a small element around or directly before one.
fn is_near_source(contents: &Contents, target: Place, sources: &[Place]) -> bool {
    let tree = &contents.files[target.0].tree;
    let from = sources.partition_point(|place| *place < target);
    let next = sources.get(from).filter(|(file, _)| *file == target.0);
    let is_small = !matches!(tree.name(target.1), "div" | "section" | "article" | "body" | "");
    next.is_some_and(|(_, link)| {
        let distance = link.index() - target.1.index();
        distance <= MAX_ANCHOR_NODES || (is_small && *link < tree.end(target.1))
    })
}

/// Detaches the notes from the files, with the titles of sections that are empty then.
pub fn detach(contents: &mut Contents, notes: &Notes) {
    for note in &notes.notes {
        let file = &mut contents.files[note.file];
        let tree = &mut file.tree;
        for block in &note.blocks {
            // Cells would join their texts outside of a table.
            if tree.name(*block) == "tr" {
                for cell in tree.children(*block).collect::<Vec<_>>() {
                    tree.rename(cell, "div");
                }
            }
            tree.detach(*block);
        }
    }
    for note in &notes.notes {
        let file = &mut contents.files[note.file];
        let (tree, body) = (&mut file.tree, file.body);
        let Some(block) = note.blocks.first() else { continue };
        let outer: Vec<_> =
            tree.ancestors(*block).skip(1).take_while(|outer| *outer >= body).collect();
        for outer in outer {
            let title = title(tree, outer, *block);
            let is_empty = !has_text_beyond_headings(tree, outer, title);
            if let Some(title) = title {
                tree.detach(title);
            }
            if !is_empty || outer == body {
                let rest: Vec<_> = tree.children(outer).filter(|_| is_empty).collect();
                rest.into_iter().for_each(|id| tree.detach(id));
                break;
            }
            tree.detach(outer);
        }
    }
}

/// Returns whether an element has a text other than headings and `title`.
fn has_text_beyond_headings(tree: &Tree<'_>, outer: NodeId, title: Option<NodeId>) -> bool {
    let mut heading_end = outer;
    tree.subtree(outer).any(|id| {
        if is_heading(tree.name(id)) || Some(id) == title {
            heading_end = heading_end.max(tree.end(id));
        }
        let is_text = tree.text(id).is_some_and(|text| !text.trim().is_empty());
        id >= heading_end && (is_text || tree.name(id) == "img")
    })
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Returns the heading or paragraph directly before a note that says that notes follow.
fn title(tree: &Tree<'_>, outer: NodeId, block: NodeId) -> Option<NodeId> {
    let may_be = |id: &NodeId| {
        let name = tree.name(*id);
        is_heading(name) || matches!(name, "p" | "header" | "div")
    };
    let before = tree.children(outer).take_while(|id| *id < block).filter(may_be);
    before.last().filter(|id| {
        let text = plain(&tree.joined_text(*id)).to_lowercase();
        TITLES.contains(&text.trim_end_matches([':', '.']))
    })
}

//! Footnotes and endnotes of an EPUB.
//!
//! A note is found by the links to it. A link is a reference to a note if it says so
//! (`epub:type="noteref"`), or if its text is a mark such as `1` or `*` and the target says that it
//! is a note, leads back to the reference, or begins with the mark. Each note is detached from its
//! place, which may be another file, so that it can be written with the chapter that refers to it.

mod layout;
mod note;
mod strip;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::import::markup::NodeId;

use super::content::{Contents, Place};
use layout::Layout;
use note::{MAX_ANCHOR_NODES, has_type, is_mark, mark_of, nearest_block};
pub use note::{Note, Notes};
use strip::{detach, strip_mark};

/// A link whose text or type is that of a reference.
struct Candidate {
    from: Place,
    to: Place,
    mark: String,
    is_typed: bool,
}

/// Finds the notes and detaches them from the files.
pub fn collect(contents: &mut Contents) -> Notes {
    let candidates = candidates(contents);
    let mut references: BTreeMap<Place, Vec<&Candidate>> = BTreeMap::new();
    for candidate in candidates.iter().filter(|candidate| is_reference(contents, candidate)) {
        references.entry(candidate.to).or_default().push(candidate);
    }
    let targets: Vec<Place> = references.keys().copied().collect();
    let sources: HashSet<Place> = references.values().flatten().map(|c| c.from).collect();
    let mut sorted: Vec<Place> = sources.iter().copied().collect();
    sorted.sort_unstable();
    let layout = Layout { contents, targets: &targets, sources: &sorted };
    let mut notes = Notes::default();
    for (target, from) in &references {
        let blocks = layout.blocks(*target);
        if blocks.is_empty() {
            continue;
        }
        notes.references.extend(from.iter().map(|c| (c.from, notes.notes.len())));
        notes.notes.push(Note { file: target.0, blocks });
    }
    let marks: HashMap<usize, String> = candidates
        .iter()
        .filter_map(|c| Some((*notes.references.get(&c.from)?, c.mark.clone())))
        .collect();
    for (position, note) in notes.notes.iter().enumerate() {
        strip_mark(contents, note, marks.get(&position).map_or("", String::as_str), &sorted);
    }
    detach(contents, &notes);
    notes
}

fn candidates(contents: &Contents) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for (index, file) in contents.files.iter().enumerate() {
        let tree = &file.tree;
        for link in tree.subtree(file.body).filter(|id| tree.name(*id) == "a") {
            let is_typed = has_type(tree, link, &["noteref", "doc-noteref"]);
            let text = tree.joined_text(link);
            let mark = mark_of(&text);
            let is_back = has_type(tree, link, &["backlink", "referrer", "doc-backlink"]);
            if is_back || !(is_typed || is_mark(mark)) {
                continue;
            }
            let has_fragment = tree.attribute(link, "href").is_some_and(|href| href.contains('#'));
            if let Some(to) = contents.link_target((index, link)).filter(|_| has_fragment) {
                let from = (index, link);
                candidates.push(Candidate { from, to, mark: mark.to_owned(), is_typed });
            }
        }
    }
    candidates
}

/// Returns whether a link refers to a note.
fn is_reference(contents: &Contents, candidate: &Candidate) -> bool {
    let (index, target) = candidate.to;
    let file = &contents.files[index];
    let tree = &file.tree;
    // A link to a whole file, and the link from a note back to its reference.
    if target <= file.body || candidate.to <= candidate.from && !candidate.is_typed {
        return false;
    }
    if candidate.is_typed {
        return !tree.name(target).starts_with('h') || tree.name(target).len() != 2;
    }
    const NOTES: [&str; 7] =
        ["footnote", "endnote", "rearnote", "note", "annotation", "doc-footnote", "doc-endnote"];
    let block = nearest_block(contents, candidate.to);
    let is_note = tree.ancestors(target).take(4).any(|id| has_type(tree, id, &NOTES));
    is_note || leads_back(contents, candidate, block) || {
        let text = tree.joined_text(block);
        let start = text.trim_start().trim_start_matches(['[', '(']);
        let is_raised = is_raised(contents, candidate.from);
        is_raised
            && start.strip_prefix(candidate.mark.as_str()).is_some_and(|rest| {
                rest.starts_with(|c: char| c.is_whitespace() || ".:)]\u{a0}".contains(c))
            })
    }
}

/// Returns whether a link in the block of a note leads to the reference.
fn leads_back(contents: &Contents, candidate: &Candidate, block: NodeId) -> bool {
    let (index, _) = candidate.to;
    let tree = &contents.files[index].tree;
    let end = tree.end(block);
    let links = tree.range(block, end).filter(|id| tree.name(*id) == "a").take(20);
    links.filter_map(|link| contents.link_target((index, link))).any(|back| {
        let (origin, link) = candidate.from;
        let tree = &contents.files[origin].tree;
        let is_near = tree.ancestors(link).take(4).any(|outer| outer == back.1)
            || (back.1 > link && back.1 < tree.end(link))
            // An anchor before the link: `<a id="back1"/><a href="#note1">1</a>`.
            || (back.1 < link && link.index() - back.1.index() <= MAX_ANCHOR_NODES);
        back.0 == origin && is_near
    })
}

fn is_raised(contents: &Contents, (index, link): Place) -> bool {
    let tree = &contents.files[index].tree;
    let around = tree.ancestors(link).take(3).any(|id| tree.name(id) == "sup");
    around || tree.subtree(link).any(|id| tree.name(id) == "sup")
}

//! The licence texts around the books of Project Gutenberg.

use crate::import::markup::NodeId;

use super::content::{ContentFile, Contents};

/// Ids of the sections that hold the licence.
const SECTIONS: [&str; 4] = ["pg-header", "pg-footer", "pg-machine-header", "pg-machine-footer"];

/// Detaches the licence texts. Returns whether there were any.
pub fn strip(contents: &mut Contents) -> bool {
    let mut is_found = false;
    for file in &mut contents.files {
        let sections = file.tree.subtree(file.body).filter(|id| {
            let id = file.tree.attribute(*id, "id");
            id.is_some_and(|id| SECTIONS.contains(&id.as_ref()))
        });
        for section in sections.collect::<Vec<_>>() {
            file.tree.detach(section);
            is_found = true;
        }
    }
    if let Some(start) = find(contents, is_start) {
        strip_before(&mut contents.files, start);
        is_found = true;
    }
    if let Some(end) = find(contents, is_end) {
        strip_after(&mut contents.files, end);
        is_found = true;
    }
    contents.recount();
    is_found
}

/// Returns the position of the mark of a start in a text, and that after the mark.
fn is_start(text: &str) -> Option<(usize, usize)> {
    let upper = text.to_ascii_uppercase();
    let at = upper.find("START OF TH")?;
    let rest = upper.get(at..at + 60).unwrap_or(&upper[at..]);
    rest.contains("PROJECT GUTENBERG").then(|| {
        let after = upper[at..].find("***").map_or(text.len(), |stars| at + stars + 3);
        (at, after)
    })
}

fn is_end(text: &str) -> Option<(usize, usize)> {
    let upper = text.to_ascii_uppercase();
    let marks = [
        "END OF THE PROJECT GUTENBERG",
        "END OF THIS PROJECT GUTENBERG",
        "END OF PROJECT GUTENBERG",
    ];
    let at = marks.iter().filter_map(|mark| upper.find(mark)).min()?;
    let before = text[..at].trim_end_matches(['*', ' ', '\n']);
    Some((before.len(), text.len()))
}

type Mark = (usize, NodeId, (usize, usize));

fn find(contents: &Contents, test: fn(&str) -> Option<(usize, usize)>) -> Option<Mark> {
    contents.files.iter().enumerate().find_map(|(index, file)| {
        file.tree.subtree(file.body).find_map(|id| {
            let text = file.tree.text(id)?;
            let is_named = text.contains("utenberg") || text.contains("UTENBERG");
            let mark = is_named.then(|| test(text))??;
            Some((index, id, mark))
        })
    })
}

fn strip_before(files: &mut [ContentFile], (index, node, (_, after)): Mark) {
    for file in &mut files[..index] {
        detach_all(file, file.body, file.end());
    }
    let file = &mut files[index];
    detach_all(file, file.body, node);
    let rest = file.tree.text(node).unwrap_or_default()[after..].to_owned();
    file.tree.set_text(node, rest);
}

fn strip_after(files: &mut [ContentFile], (index, node, (before, _)): Mark) {
    let file = &mut files[index];
    let kept = file.tree.text(node).unwrap_or_default()[..before].to_owned();
    file.tree.set_text(node, kept);
    detach_all(file, NodeId::after(node), file.end());
    for file in files.iter_mut().skip(index + 1).filter(|file| file.is_in_spine) {
        detach_all(file, file.body, file.end());
    }
}

/// Detaches the texts and the images from `from` to before `to`.
fn detach_all(file: &mut ContentFile, from: NodeId, to: NodeId) {
    let is_leaf = |id: &NodeId| file.tree.text(*id).is_some() || file.tree.name(*id) == "img";
    for id in file.tree.range(from, to).filter(is_leaf).collect::<Vec<_>>() {
        file.tree.detach(id);
    }
}

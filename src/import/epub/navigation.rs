//! The table of contents of an EPUB: the navigation document of EPUB 3 or the NCX of EPUB 2.

use crate::import::document::Failure;
use crate::import::markup::{NodeId, Tree, parse_xhtml, parse_xml};
use crate::import::package::Package;

use super::opf::{PackageDocument, plain};
use super::path::{Target, resolve};

/// Maximum number of entries. The others are ignored.
const MAX_ENTRIES: usize = 10_000;

/// An entry of a table of contents.
#[derive(Debug)]
pub struct Entry {
    pub title: String,
    /// `None` for an entry that only groups others.
    pub target: Option<Target>,
    /// Number of entries around this one.
    pub depth: usize,
}

/// A table of contents.
#[derive(Debug, Default)]
pub struct Navigation {
    /// Entries in document order: an entry is followed by the entries within it.
    pub entries: Vec<Entry>,
    /// Structural types of places: `cover`, `toc`.
    pub landmarks: Vec<(String, Target)>,
}

/// Reads the table of contents. It is empty if the book has none.
pub fn read(package: &mut Package<'_>, document: &PackageDocument) -> Result<Navigation, Failure> {
    let mut navigation = Navigation::default();
    if let Some(path) = &document.nav
        && let Some(source) = package.read_text(path)?
    {
        navigation = parse_nav(&source, path);
    }
    if navigation.entries.is_empty()
        && let Some(path) = &document.ncx
        && let Some(source) = package.read_text(path)?
    {
        navigation.entries = parse_ncx(&source, path);
    }
    Ok(navigation)
}

fn parse_nav(source: &str, path: &str) -> Navigation {
    let tree = parse_xhtml(source);
    let navs: Vec<_> = tree.subtree(Tree::ROOT).filter(|id| tree.name(*id) == "nav").collect();
    let has_type = |id: &NodeId, word: &str| {
        let value = tree.attribute(*id, "epub:type").unwrap_or_default();
        let role = tree.attribute(*id, "role").unwrap_or_default();
        value.split_whitespace().any(|found| found == word) || role == format!("doc-{word}")
    };
    let toc = navs.iter().find(|id| has_type(id, "toc"));
    let toc = toc.or_else(|| navs.iter().find(|id| tree.attribute(**id, "epub:type").is_none()));
    let entries = toc.map_or_else(Vec::new, |toc| nav_entries(&tree, *toc, path));
    let marks = navs.iter().find(|id| has_type(id, "landmarks"));
    let landmark = |id: NodeId| {
        let kind = tree.attribute(id, "epub:type")?.to_ascii_lowercase();
        Some((kind, resolve(path, &tree.attribute(id, "href")?)?))
    };
    let landmarks =
        marks.map_or_else(Vec::new, |marks| tree.subtree(*marks).filter_map(landmark).collect());
    Navigation { entries, landmarks }
}

fn nav_entries(tree: &Tree<'_>, nav: NodeId, path: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let items = tree.subtree(nav).filter(|id| tree.name(*id) == "li");
    for item in items.take(MAX_ENTRIES) {
        let outer = tree.ancestors(item).skip(1).take_while(|outer| *outer > nav);
        let depth = outer.filter(|outer| tree.name(*outer) == "li").count();
        let is_list = |id: &NodeId| matches!(tree.name(*id), "ol" | "ul");
        let label_end = tree.subtree(item).find(is_list).unwrap_or(tree.end(item));
        let link = tree.range(item, label_end).find(|id| tree.name(*id) == "a");
        let label = link.map_or((item, label_end), |link| (link, tree.end(link)));
        let title = tree.visible_text(label.0, label.1);
        let href = link.and_then(|id| tree.attribute(id, "href"));
        let target = href.and_then(|href| resolve(path, &href));
        entries.push(Entry { title: plain(&title), target, depth });
    }
    entries
}

fn parse_ncx(source: &str, path: &str) -> Vec<Entry> {
    let (tree, _) = parse_xml(source);
    let name = |id: NodeId| tree.name(id).rsplit(':').next().unwrap_or_default();
    let Some(map) = tree.subtree(Tree::ROOT).find(|id| name(*id) == "navMap") else {
        return Vec::new();
    };
    let mut entries = Vec::new();
    let points = tree.subtree(map).filter(|id| name(*id) == "navPoint");
    for point in points.take(MAX_ENTRIES) {
        let outer = tree.ancestors(point).skip(1).take_while(|outer| *outer > map);
        let depth = outer.filter(|outer| name(*outer) == "navPoint").count();
        let child = |wanted: &str| tree.children(point).find(|id| name(*id) == wanted);
        let title = child("navLabel").map(|id| plain(&tree.joined_text(id))).unwrap_or_default();
        let source = child("content").and_then(|id| tree.attribute(id, "src"));
        let target = source.and_then(|source| resolve(path, &source));
        entries.push(Entry { title, target, depth });
    }
    entries
}

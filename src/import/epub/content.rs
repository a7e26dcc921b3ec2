//! The content documents of an EPUB.

use std::collections::HashMap;

use crate::import::document::Failure;
use crate::import::markup::{NodeId, Tree, parse_xhtml};
use crate::import::package::Package;

use super::opf::PackageDocument;
use super::path::{Target, resolve};

/// Maximum size of all content documents, in bytes. Their trees need about ten times as much.
const MAX_TEXT_BYTES: usize = 48 << 20;

/// Maximum number of nodes of all trees.
const MAX_NODES: usize = 4_000_000;

/// A content document.
#[derive(Debug)]
pub struct ContentFile {
    pub path: String,
    pub tree: Tree<'static>,
    pub body: NodeId,
    /// Whether the document is part of the reading order.
    pub is_in_spine: bool,
    pub is_linear: bool,
    ids: HashMap<String, NodeId>,
    /// Number of words before each node, see `count_words`.
    words_before: Vec<u32>,
}

/// A place in the book: the position of a file, and a node.
pub type Place = (usize, NodeId);

/// All content documents, first those of the spine in reading order.
#[derive(Debug)]
pub struct Contents {
    pub files: Vec<ContentFile>,
    by_path: HashMap<String, usize>,
}

impl Contents {
    /// Reads the content documents. Returns them with the paths of those that are missing.
    pub fn read(
        package: &mut Package<'_>,
        document: &PackageDocument,
    ) -> Result<(Self, Vec<String>), Failure> {
        let spine = document.spine.iter().map(|(path, is_linear)| (path, true, *is_linear));
        let others = document.others.iter().map(|path| (path, false, false));
        let mut contents = Self { files: Vec::new(), by_path: HashMap::new() };
        let (mut missing, mut bytes, mut nodes) = (Vec::new(), 0, 0);
        for (path, is_in_spine, is_linear) in spine.chain(others) {
            let Some(source) = package.read_text(path)? else {
                missing.extend(is_in_spine.then(|| path.clone()));
                continue;
            };
            bytes += source.len();
            if bytes > MAX_TEXT_BYTES || nodes > MAX_NODES {
                return Err(Failure {
                    what: format!("the book has more than {} MB of text", MAX_TEXT_BYTES >> 20),
                    hint: "split the book into several files".to_owned(),
                });
            }
            contents.by_path.insert(path.to_lowercase(), contents.files.len());
            let file = ContentFile::new(path, &source, is_in_spine, is_linear);
            nodes += file.tree.end(Tree::ROOT).index();
            contents.files.push(file);
        }
        Ok((contents, missing))
    }

    /// Returns the place of a target. A fragment that does not exist is the start of the file.
    pub fn place(&self, target: &Target) -> Option<Place> {
        let index = *self.by_path.get(&target.path.to_lowercase())?;
        let file = &self.files[index];
        let node = target.fragment.as_ref().and_then(|id| file.ids.get(id));
        Some((index, node.copied().unwrap_or(file.body)))
    }

    /// Returns the place to which an `a` element leads within the book.
    pub fn link_target(&self, (index, link): Place) -> Option<Place> {
        let file = &self.files[index];
        let href = file.tree.attribute(link, "href")?;
        self.place(&resolve(&file.path, &href)?)
    }

    /// Counts the words once more, after nodes have been detached.
    pub fn recount(&mut self) {
        self.files.iter_mut().for_each(ContentFile::recount);
    }
}

impl ContentFile {
    fn new(path: &str, source: &str, is_in_spine: bool, is_linear: bool) -> Self {
        let tree = parse_xhtml(source);
        let body = tree.find(Tree::ROOT, "body").unwrap_or(Tree::ROOT);
        let mut ids = HashMap::new();
        for id in tree.subtree(Tree::ROOT) {
            let name = tree
                .attribute(id, "id")
                .or_else(|| tree.attribute(id, "name").filter(|_| tree.name(id) == "a"));
            if let Some(name) = name {
                ids.entry(name.into_owned()).or_insert(id);
            }
        }
        let path = path.to_owned();
        let mut file =
            Self { path, tree, body, is_in_spine, is_linear, ids, words_before: Vec::new() };
        file.drop_page_numbers();
        file.recount();
        file
    }

    /// Detaches the numbers of the pages of a printed edition, and what is hidden.
    fn drop_page_numbers(&mut self) {
        let tree = &self.tree;
        let has = |id: NodeId, key: &str, words: &[&str]| {
            let value = tree.attribute(id, key).unwrap_or_default();
            value.split_whitespace().any(|word| words.contains(&word))
        };
        let is_page_number = |id: &NodeId| {
            let is_typed = has(*id, "epub:type", &["pagebreak"])
                || has(*id, "role", &["doc-pagebreak"])
                || has(*id, "class", &["pagenum", "pageno", "page-num", "x-ebookmaker-pageno"]);
            is_typed && tree.joined_text(*id).trim().len() <= 16
        };
        let is_hidden = |id: &NodeId| {
            let style = tree.attribute(*id, "style").unwrap_or_default().to_ascii_lowercase();
            style.replace(' ', "").contains("display:none")
        };
        let dropped: Vec<_> =
            tree.subtree(self.body).filter(|id| is_page_number(id) || is_hidden(id)).collect();
        for id in dropped.into_iter().filter(|id| *id != self.body) {
            self.tree.detach(id);
        }
    }

    fn recount(&mut self) {
        let size = self.tree.end(Tree::ROOT);
        self.words_before.clear();
        let mut words = 0;
        for id in self.tree.range(self.body, self.tree.end(self.body)) {
            self.words_before.resize(id.index() + 1, words);
            let text = self.tree.text(id).filter(|_| !self.is_script(id));
            words += text.map_or(0, count_words) as u32;
        }
        self.words_before.resize(size.index() + 1, words);
    }

    fn is_script(&self, text: NodeId) -> bool {
        matches!(self.tree.name(self.tree.parent(text)), "script" | "style" | "title")
    }

    /// Returns the number of words from `from` to before `to`.
    pub fn words(&self, from: NodeId, to: NodeId) -> usize {
        let before = |id: NodeId| self.words_before[id.index().min(self.words_before.len() - 1)];
        (before(to) - before(from).min(before(to))) as usize
    }

    /// Returns the end of the text.
    pub fn end(&self) -> NodeId {
        self.tree.end(self.body)
    }

    /// Returns the outermost element within the body that begins with this node, or the body.
    /// A chapter that begins with the first heading of a file begins with the file.
    pub fn outermost(&self, node: NodeId) -> NodeId {
        if node <= self.body {
            return self.body;
        }
        let begins = |outer: &NodeId| {
            let mut before = self.tree.range(*outer, node);
            *outer >= self.body
                && !before.any(|id| {
                    self.tree.text(id).is_some_and(|text| !text.trim().is_empty())
                        || matches!(self.tree.name(id), "img" | "svg" | "image")
                })
        };
        self.tree.ancestors(node).take_while(begins).last().unwrap_or(node)
    }
}

/// Returns the number of words of a text. Two characters of a script without spaces are a word.
pub fn count_words(text: &str) -> usize {
    let is_spaceless = |c: char| {
        matches!(c, '\u{e00}'..='\u{eff}' | '\u{2e80}'..='\u{9fff}')
            || matches!(c, '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
    };
    let spaceless = text.chars().filter(|c| is_spaceless(*c) && c.is_alphanumeric()).count();
    let is_word = |word: &&str| word.chars().any(|c| c.is_alphanumeric() && !is_spaceless(c));
    text.split_whitespace().filter(is_word).count() + spaceless.div_ceil(2)
}

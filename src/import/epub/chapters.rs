//! Division of a book into chapters by its table of contents.
//!
//! An entry of the first level is a chapter, whether the chapter consists of several files or of a
//! part of one. If an entry is a part of the book, such as "Part One", its entries are the
//! chapters. A file that no entry names belongs to the chapter before it, unless that is front
//! matter.

use crate::import::markup::{NodeId, Tree};

use super::content::{Contents, Place};
use super::navigation::Navigation;

/// Maximum number of words before the first chapter of a part.
const MAX_PART_WORDS: usize = 150;
/// Minimum number of words of the chapters of a part, on average.
const MIN_CHAPTER_WORDS: usize = 1500;
/// Minimum share of a book that is the whole book, in percent.
const WHOLE_PERCENT: usize = 80;
/// Minimum number of words of a file that should be named in a table of contents.
const MIN_FILE_WORDS: usize = 300;
/// Words by which the title of a part begins.
const PART_WORDS: [&str; 22] = [
    "part",
    "book",
    "volume",
    "section",
    "teil",
    "buch",
    "band",
    "abschnitt",
    "partie",
    "livre",
    "tome",
    "часть",
    "книга",
    "том",
    "раздел",
    "parte",
    "libro",
    "deel",
    "boek",
    "część",
    "księga",
    "act",
];
/// Words by which the title of a chapter begins.
const CHAPTER_WORDS: [&str; 14] = [
    "chapter",
    "kapitel",
    "chapitre",
    "глава",
    "capítulo",
    "capitolo",
    "hoofdstuk",
    "rozdział",
    "appendix",
    "anhang",
    "annexe",
    "lesson",
    "letter",
    "scene",
];

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub file: usize,
    pub from: NodeId,
    pub to: NodeId,
}

/// A chapter.
#[derive(Debug)]
pub struct Chapter {
    pub title: Option<String>,
    /// Title of the part of the book around the chapter.
    pub part: Option<String>,
    /// Whether the table of contents names the chapter.
    pub is_named: bool,
    pub pieces: Vec<Piece>,
}

impl Chapter {
    /// Returns the number of words.
    pub fn words(&self, contents: &Contents) -> usize {
        let words = |piece: &Piece| contents.files[piece.file].words(piece.from, piece.to);
        self.pieces.iter().map(words).sum()
    }
}

/// The start of a chapter.
#[derive(Debug, Clone)]
struct Start {
    place: Place,
    title: Option<String>,
    part: Option<String>,
}

/// An entry of the table of contents with its place.
struct Entry<'n> {
    title: &'n str,
    depth: usize,
    place: Place,
    /// Position of the next entry that is not within this one.
    next: usize,
    end: Place,
}

/// Divides a book. `is_apparatus` says whether a chapter is front or back matter without text.
pub fn divide(
    contents: &Contents,
    navigation: &Navigation,
    is_apparatus: &dyn Fn(&Chapter) -> bool,
) -> Vec<Chapter> {
    let entries = entries(contents, navigation);
    let mut starts = starts(contents, &entries);
    add_unnamed(contents, &mut starts, is_apparatus);
    let ends = starts.iter().skip(1).map(|start| start.place).chain([book_end(contents)]);
    let ends: Vec<_> = ends.collect();
    let chapter = |(start, end): (Start, Place)| Chapter {
        is_named: start.title.is_some(),
        title: start.title,
        part: start.part,
        pieces: pieces(contents, start.place, end),
    };
    starts.into_iter().zip(ends).map(chapter).collect()
}

/// Returns the place after the last file of the reading order.
fn book_end(contents: &Contents) -> Place {
    let files = contents.files.iter().take_while(|file| file.is_in_spine).count();
    (files, Tree::ROOT)
}

fn entries<'n>(contents: &Contents, navigation: &'n Navigation) -> Vec<Entry<'n>> {
    let place = |at: usize| {
        let entry = &navigation.entries[at];
        let within = navigation.entries[at + 1..].iter().take_while(|e| e.depth > entry.depth);
        // An entry without a target begins with the first one within it.
        let mut targets = entry.target.iter().chain(within.filter_map(|e| e.target.as_ref()));
        let place = targets.find_map(|target| contents.place(target))?;
        let file = &contents.files[place.0];
        file.is_in_spine.then(|| (place.0, file.outermost(place.1)))
    };
    let mut entries: Vec<Entry<'n>> = Vec::new();
    for (at, entry) in navigation.entries.iter().enumerate() {
        if let Some(place) = place(at).filter(|_| !entry.title.is_empty()) {
            let (title, depth) = (entry.title.as_str(), entry.depth);
            entries.push(Entry { title, depth, place, next: 0, end: place });
        }
    }
    let end = book_end(contents);
    for at in 0..entries.len() {
        let after = entries[at + 1..].iter().position(|e| e.depth <= entries[at].depth);
        let next = after.map_or(entries.len(), |offset| at + 1 + offset);
        entries[at].next = next;
        entries[at].end = entries.get(next).map_or(end, |next| next.place.max(entries[at].place));
    }
    entries
}

/// Returns the starts of the chapters that the table of contents names, in reading order.
fn starts(contents: &Contents, entries: &[Entry<'_>]) -> Vec<Start> {
    let mut starts: Vec<Start> = Vec::new();
    let mut parts: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    while let Some(entry) = entries.get(at) {
        parts.retain(|(depth, _)| *depth < entry.depth);
        let part = parts.last().map(|(_, title)| (*title).to_owned());
        let title = Some(entry.title.to_owned());
        starts.push(Start { place: entry.place, title, part });
        if is_part(contents, entries, at) {
            parts.push((entry.depth, entry.title));
            at += 1;
        } else {
            at = entry.next.max(at + 1);
        }
    }
    starts.sort_by_key(|start| start.place);
    // A part and its first chapter may begin at the same place: the chapter names it.
    starts.dedup_by(|later, earlier| {
        let is_same = later.place == earlier.place;
        if is_same && later.part.is_some() && later.part == earlier.title {
            *earlier = later.clone();
        }
        is_same
    });
    starts
}

/// Returns whether an entry is a part of the book rather than a chapter with sections.
fn is_part(contents: &Contents, entries: &[Entry<'_>], at: usize) -> bool {
    let entry = &entries[at];
    let within = &entries[at + 1..entry.next.max(at + 1)];
    let children = within.iter().filter(|inner| inner.depth == entry.depth + 1).count();
    let Some(first) = within.first() else { return false };
    let first_word = entry.title.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let first_word = first_word.to_lowercase();
    let own = words(contents, entry.place, first.place);
    let whole = words(contents, entry.place, entry.end);
    let book = words(contents, (0, Tree::ROOT), book_end(contents));
    let average = (whole - own.min(whole)) / children.max(1);
    let is_whole_book = children >= 3 && whole * 100 >= book * WHOLE_PERCENT;
    let begins_files = within.iter().filter(|inner| inner.depth == entry.depth + 1).all(|inner| {
        inner.place.1 == contents.files[inner.place.0].body || inner.place == first.place
    });
    let is_numbered = first_word.starts_with(|c: char| c.is_ascii_digit());
    if CHAPTER_WORDS.contains(&first_word.as_str()) || (is_numbered && !is_whole_book) {
        return false;
    }
    let is_named = PART_WORDS.contains(&first_word.as_str()) && average >= MIN_FILE_WORDS;
    let is_divided =
        begins_files && children >= 2 && own <= MAX_PART_WORDS && average >= MIN_CHAPTER_WORDS;
    is_named || is_divided || (is_whole_book && own <= MIN_CHAPTER_WORDS)
}

/// Returns the number of words from a place to before another.
fn words(contents: &Contents, from: Place, to: Place) -> usize {
    let piece = |piece: Piece| contents.files[piece.file].words(piece.from, piece.to);
    pieces(contents, from, to).into_iter().map(piece).sum()
}

/// Returns the parts of the files from a place to before another.
fn pieces(contents: &Contents, from: Place, to: Place) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (index, file) in contents.files.iter().enumerate().take(to.0 + 1).skip(from.0) {
        let start = if index == from.0 { from.1.max(file.body) } else { file.body };
        let end = if index == to.0 { to.1 } else { file.end() };
        if start < end && file.is_in_spine {
            pieces.push(Piece { file: index, from: start, to: end });
        }
    }
    pieces
}

/// Adds the starts of the files that the table of contents does not name and that do not belong to
/// the chapter before them.
fn add_unnamed(
    contents: &Contents,
    starts: &mut Vec<Start>,
    is_apparatus: &dyn Fn(&Chapter) -> bool,
) {
    let is_complete = is_complete(contents, starts);
    let (files, _) = book_end(contents);
    let apparatus: Vec<bool> = (0..files)
        .map(|index| {
            let title = starts.iter().find(|start| start.place.0 == index);
            let title = title.and_then(|start| start.title.clone());
            let file = &contents.files[index];
            let piece = Piece { file: index, from: file.body, to: file.end() };
            is_apparatus(&Chapter { title, part: None, is_named: true, pieces: vec![piece] })
        })
        .collect();
    for index in 0..files {
        let file = &contents.files[index];
        let place = (index, file.body);
        if starts.iter().any(|start| start.place == place) {
            continue;
        }
        let follows_apparatus = index == 0 || apparatus[index - 1];
        let begins_chapter = !is_complete && first_heading(contents, &place).is_some();
        if apparatus[index] || follows_apparatus || begins_chapter || !file.is_linear {
            starts.push(Start { place, title: None, part: None });
        }
    }
    starts.sort_by_key(|start| start.place);
}

/// Returns whether the table of contents names enough of the files.
fn is_complete(contents: &Contents, starts: &[Start]) -> bool {
    let spine = contents.files.iter().enumerate().filter(|(_, file)| file.is_in_spine);
    let long = spine.filter(|(_, file)| file.words(file.body, file.end()) > MIN_FILE_WORDS);
    let long: Vec<_> = long.map(|(index, _)| index).collect();
    let named = long.iter().filter(|index| starts.iter().any(|start| start.place.0 == **index));
    named.count() * 3 >= long.len()
}

/// Returns the heading at a place, if the text there begins with one of the first two levels.
fn first_heading(contents: &Contents, (index, from): &Place) -> Option<NodeId> {
    let file = &contents.files[*index];
    let tree = &file.tree;
    let text = tree
        .range(*from, file.end())
        .find(|id| tree.text(*id).is_some_and(|text| !text.trim().is_empty()))?;
    tree.ancestors(text).find(|id| matches!(tree.name(*id), "h1" | "h2"))
}

/// Returns the text of the first heading of a chapter.
pub fn heading(contents: &Contents, chapter: &Chapter) -> Option<String> {
    chapter.pieces.iter().find_map(|piece| {
        let tree = &contents.files[piece.file].tree;
        let is_heading = |id: &NodeId| {
            let name = tree.name(*id);
            matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6") && tree.has_text(*id)
        };
        let heading = tree.range(piece.from, piece.to).find(is_heading)?;
        Some(super::opf::plain(&tree.visible_text(heading, tree.end(heading))))
    })
}

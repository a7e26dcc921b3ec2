//! Recognition of pages of a book that are no text to read: covers, title pages, tables of
//! contents, indexes, copyright pages and advertisements.

use crate::import::markup::NodeId;

use super::chapters::Chapter;
use super::content::{ContentFile, Contents};

/// Reason for which a page is left out.
pub const APPARATUS: &str = "covers, title pages, contents, indexes and copyright pages";
/// Reason for which a page is left out.
pub const ALMOST_EMPTY: &str = "pages with almost no text";

/// Structural types of such pages, in EPUB 2 and 3.
const TYPES: [&str; 34] = [
    "cover",
    "titlepage",
    "title-page",
    "halftitle",
    "halftitlepage",
    "seriespage",
    "toc",
    "loi",
    "loa",
    "lov",
    "lot",
    "index",
    "copyright",
    "copyright-page",
    "imprint",
    "imprimatur",
    "colophon",
    "landmarks",
    "page-list",
    "toc-brief",
    "coverpage",
    "doc-cover",
    "doc-toc",
    "doc-index",
    "doc-colophon",
    "doc-pagelist",
    "backcover",
    "other.backcover",
    "other.ad",
    "other.ads",
    "other.adcard",
    "other.titlepage",
    "other.copyright",
    "other.halftitle",
];
/// Types that sometimes mark a text by mistake.
const DOUBTFUL_TYPES: [&str; 4] = ["cover", "titlepage", "title-page", "toc"];
/// Maximum number of words of a page with a doubtful type or title.
const MAX_WORDS: usize = 600;
/// Maximum number of words of a title page.
const MAX_TITLE_PAGE_WORDS: usize = 150;
/// Number of files at the start of a book among which the title page is.
const TITLE_PAGE_FILES: usize = 4;
/// Minimum number of words of a page that no entry of the table of contents names.
const MIN_UNNAMED_WORDS: usize = 25;
/// Minimum number of words of a page that an entry of the table of contents names.
const MIN_NAMED_WORDS: usize = 12;
/// Minimum share of the words of a table of contents that are links, in percent.
const MIN_LINKED_PERCENT: usize = 60;
/// Minimum number of links of a table of contents.
const MIN_LINKS: usize = 5;
/// Minimum number of different phrases of a copyright page.
const MIN_PHRASES: usize = 2;

/// Titles of such pages in lower case.
const TITLES: [&str; 62] = [
    "cover",
    "front cover",
    "back cover",
    "cover page",
    "cover image",
    "title page",
    "titlepage",
    "title",
    "half title",
    "half-title page",
    "contents",
    "table of contents",
    "toc",
    "copyright",
    "copyright page",
    "copyright information",
    "copyright notice",
    "imprint",
    "colophon",
    "uncopyright",
    "list of illustrations",
    "list of figures",
    "list of tables",
    "inhalt",
    "inhaltsverzeichnis",
    "impressum",
    "titelseite",
    "titelblatt",
    "umschlag",
    "couverture",
    "page de titre",
    "table des matières",
    "sommaire",
    "mentions légales",
    "обложка",
    "содержание",
    "оглавление",
    "титульный лист",
    "выходные данные",
    "portada",
    "cubierta",
    "índice",
    "índice de contenido",
    "créditos",
    "página de título",
    "copertina",
    "indice",
    "frontespizio",
    "capa",
    "sumário",
    "folha de rosto",
    "inhoud",
    "inhoudsopgave",
    "spis treści",
    "目录",
    "封面",
    "版权",
    "版权页",
    "版权信息",
    "目次",
    "表紙",
    "奥付",
];
/// Titles of an index in lower case.
const INDEX_TITLES: [&str; 8] = [
    "index",
    "register",
    "sachregister",
    "personenregister",
    "subject index",
    "name index",
    "предметный указатель",
    "索引",
];
/// Starts of the titles of advertisements in lower case.
const ADVERTISEMENTS: [&str; 14] = [
    "also by",
    "other books by",
    "books by",
    "other titles by",
    "more books by",
    "praise for",
    "advance praise",
    "newsletter",
    "advertisement",
    "du même auteur",
    "weitere bücher",
    "auch von",
    "другие книги",
    "más libros",
];
/// Phrases of copyright pages in lower case.
const PHRASES: [&str; 15] = [
    "isbn",
    "©",
    "copyright",
    "all rights reserved",
    "alle rechte vorbehalten",
    "tous droits réservés",
    "todos los derechos",
    "все права защищены",
    "published by",
    "first published",
    "printed in",
    "library of congress",
    "no part of this publication",
    "no part of this book",
    "creative commons",
];

/// Returns the reason for which a chapter is left out. `types` are the structural types that the
/// guide or the landmarks of the book give to it, and `book` is the title of the book.
pub fn reason(
    contents: &Contents,
    chapter: &Chapter,
    types: &[String],
    book: Option<&str>,
) -> Option<&'static str> {
    let words = chapter.words(contents);
    let title = chapter.title.as_deref().unwrap_or_default().to_lowercase();
    let own: Vec<_> = chapter
        .pieces
        .first()
        .map(|piece| types_at(&contents.files[piece.file], piece.from))
        .unwrap_or_default();
    let is_typed = types.iter().chain(&own).any(|kind| {
        let kind = kind.as_str();
        TYPES.contains(&kind) && (words <= MAX_WORDS || !DOUBTFUL_TYPES.contains(&kind))
    });
    let is_titled = words <= MAX_WORDS
        && (TITLES.contains(&title.as_str())
            || ADVERTISEMENTS.iter().any(|start| title.starts_with(start)));
    if is_typed
        || is_titled
        || (words <= MAX_TITLE_PAGE_WORDS && is_title_page(chapter, book))
        || INDEX_TITLES.contains(&title.as_str())
        || is_contents(contents, chapter, words)
        || (words <= MAX_WORDS && is_copyright_page(contents, chapter))
    {
        return Some(APPARATUS);
    }
    let min = match chapter.is_named {
        true => MIN_NAMED_WORDS,
        false => MIN_UNNAMED_WORDS,
    };
    (words < min).then_some(ALMOST_EMPTY)
}

/// Returns the structural types of the elements around and at the start of a text.
fn types_at(file: &ContentFile, from: NodeId) -> Vec<String> {
    let tree = &file.tree;
    let is_blank = |id: &NodeId| tree.text(*id).is_none_or(|text| text.trim().is_empty());
    let inner = tree.range(from, file.end()).take_while(is_blank);
    let outer = tree.ancestors(from).take_while(|id| *id >= file.body);
    let mut types = Vec::new();
    for id in outer.chain(inner) {
        for key in ["epub:type", "role"] {
            let value = tree.attribute(id, key).unwrap_or_default().to_ascii_lowercase();
            types.extend(value.split_whitespace().map(str::to_owned));
        }
    }
    types
}

/// Returns whether a text consists of links into the book.
fn is_contents(contents: &Contents, chapter: &Chapter, words: usize) -> bool {
    let (mut links, mut linked) = (0, 0);
    for piece in &chapter.pieces {
        let file = &contents.files[piece.file];
        let tree = &file.tree;
        for id in tree.range(piece.from, piece.to).filter(|id| tree.name(*id) == "a") {
            if contents.link_target((piece.file, id)).is_some() {
                links += 1;
                linked += file.words(id, tree.end(id));
            }
        }
    }
    links >= MIN_LINKS && linked * 100 >= words * MIN_LINKED_PERCENT
}

/// Returns whether a page at the start of a book has the title of the book.
fn is_title_page(chapter: &Chapter, book: Option<&str>) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let is_start = chapter.pieces.first().is_some_and(|piece| piece.file < TITLE_PAGE_FILES);
    let titles = chapter.title.as_deref().zip(book);
    is_start
        && titles.is_some_and(|(title, book)| {
            let (title, book) = (letters(title), letters(book));
            !title.is_empty() && book.starts_with(&title)
        })
}

fn is_copyright_page(contents: &Contents, chapter: &Chapter) -> bool {
    let mut text = String::new();
    for piece in &chapter.pieces {
        let tree = &contents.files[piece.file].tree;
        for part in tree.range(piece.from, piece.to).filter_map(|id| tree.text(id)) {
            text.push_str(part);
            text.push(' ');
        }
    }
    let text = text.to_lowercase();
    let count = PHRASES.iter().filter(|phrase| text.contains(**phrase)).count();
    // A text of some length has to be full of such phrases, and so has one with a title.
    let titled = super::chapters::heading(contents, chapter).map(|title| title.to_lowercase());
    let is_titled = titled.is_some_and(|title| !PHRASES.iter().any(|p| title.contains(p)));
    count >= MIN_PHRASES + text.len() / 1200 + if is_titled { 3 } else { 0 }
}

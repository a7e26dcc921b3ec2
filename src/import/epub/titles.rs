//! Titles of chapters.

use super::chapters::{Chapter, heading};
use super::content::Contents;
use super::opf::Metadata;

/// Words that say no more than that something is a chapter.
const GENERIC: [&str; 20] = [
    "chapter",
    "kapitel",
    "chapitre",
    "глава",
    "capítulo",
    "capitolo",
    "hoofdstuk",
    "rozdział",
    "part",
    "section",
    "teil",
    "partie",
    "часть",
    "book",
    "letter",
    "act",
    "scene",
    "section",
    "the",
    "no",
];
/// Numbers in words, as in "Chapter Two".
const NUMBERS: [&str; 20] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "first", "second", "third", "fourth", "fifth",
];

/// The title of a chapter.
pub struct Title {
    /// Title within the book.
    pub short: String,
    /// Title that says enough outside of the book: "The tides: Chapter 2".
    pub full: String,
}

/// Returns the title of a chapter, whose position from 1 serves if it has none.
pub fn of_chapter(
    contents: &Contents,
    chapter: &Chapter,
    metadata: &Metadata,
    position: usize,
) -> Title {
    let heading = || heading(contents, chapter).filter(|text| !text.is_empty());
    let short = chapter.title.clone().or_else(heading).unwrap_or_else(|| position.to_string());
    let book = metadata.title.as_deref();
    let full = match (&chapter.part, book) {
        _ if !is_generic(&short) => short.clone(),
        (Some(part), Some(book)) if is_generic(part) => format!("{book}: {part}, {short}"),
        (Some(part), _) => format!("{part}: {short}"),
        (None, Some(book)) => format!("{book}: {short}"),
        (None, None) => short.clone(),
    };
    Title { short, full }
}

/// Returns whether a title is only a number, with or without a word such as "Chapter".
fn is_generic(title: &str) -> bool {
    let title = title.to_lowercase();
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_generic = |word: &str| {
        let is_number = word.chars().all(|c| c.is_numeric() || "ivxlcdm".contains(c));
        is_number || GENERIC.contains(&word) || NUMBERS.contains(&word)
    };
    words.into_iter().all(is_generic)
}

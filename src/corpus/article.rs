//! The data model of a corpus: articles, sections, passages, sentences and their ids. Pure.
//!
//! Invariants: the sentences of a [`Passage`] are ascending byte ranges of its text, which do not
//! overlap and leave out only white space. The [`Origin`] of a passage maps every byte of its text
//! to the file.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Declares an id type: 64 bits of a BLAKE3 hash, written as 11 characters of `[A-Za-z0-9_-]`.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(u64);

        impl $name {
            /// Returns the id as a number, which an index stores.
            pub fn to_u64(self) -> u64 {
                self.0
            }

            /// Returns the id of a number from [`Self::to_u64`].
            pub fn from_u64(raw: u64) -> Self {
                Self(raw)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                format_id(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse_id(text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }
    };
}

id! {
    /// Id of an article: a hash of its path within the corpus, without the extension. Edits of the
    /// text do not change the id.
    ArticleId
}
id! {
    /// Id of a section: a hash of its article, the path of its headings and a count of equal paths.
    /// Edits of its paragraphs do not change the id.
    SectionId
}
id! {
    /// Id of a passage: a hash of its article, its text and a count of equal texts. An edit changes
    /// the id.
    PassageId
}

impl ArticleId {
    /// Returns the id of the article in `file`, a path within the corpus with `/` as separator.
    pub fn of_file(file: &str) -> Self {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        Self(hash64(&["article", stem]))
    }
}

impl SectionId {
    /// Returns the id of the section under `headings`, outermost first; empty for the opening.
    /// `occurrence` counts the earlier sections with the same headings.
    pub fn of(article: ArticleId, headings: &[&str], occurrence: usize) -> Self {
        let (article, occurrence) = (article.to_string(), occurrence.to_string());
        let mut parts = vec!["section", &article, &occurrence];
        parts.extend(headings);
        Self(hash64(&parts))
    }
}

impl PassageId {
    /// Returns the id of a passage. `occurrence` counts the earlier passages of the article with
    /// the same text.
    pub fn of(article: ArticleId, text: &str, occurrence: usize) -> Self {
        let (article, occurrence) = (article.to_string(), occurrence.to_string());
        Self(hash64(&["passage", &article, &occurrence, text]))
    }
}

/// The error of parsing a text that is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is 11 characters of A-Z, a-z, 0-9, _ and -")]
pub struct InvalidId;

/// An article: its outline, and its passages in the file's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    pub outline: Outline,
    pub passages: Vec<Passage>,
}

/// The metadata and the sections of an article, without its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    pub id: ArticleId,
    /// Path within the corpus, with `/` as separator.
    pub file: String,
    pub title: String,
    pub authors: Vec<String>,
    /// Date of the publication: `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
    pub published: Option<String>,
    /// Date of the last change, in the form of the date of the publication.
    pub updated: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub source_url: Option<String>,
    /// Primary language subtag in lower case, such as `en` or `fa`.
    pub language: Option<String>,
    /// Aliases from the front matter, then the acronyms that the text defines.
    pub aliases: Vec<Alias>,
    /// Sections in the file's order. If text precedes the first heading, the first section is the
    /// opening.
    pub sections: Vec<Section>,
    /// Pages of the printed original in the file's order; empty if the file does not mark them.
    pub pages: Vec<PageStart>,
}

/// The place in a file where a page of the printed original begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageStart {
    /// Byte offset in the file.
    pub at: usize,
    /// Number of the page, from 1.
    pub page: u32,
}

/// Names with the same meaning in an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    pub term: String,
    pub others: Vec<String>,
}

/// A part of an article from one heading to the next heading of any level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub id: SectionId,
    /// Visible text of the heading. `None` for the opening, the text before the first heading.
    pub heading: Option<String>,
    /// Level of the heading, 1 to 6 as in Markdown; 0 for the opening.
    pub level: u8,
    /// Anchor by GitHub's rules, unique in the article; empty for the opening.
    pub anchor: String,
    /// Position of the enclosing section in [`Outline::sections`].
    pub parent: Option<usize>,
    /// Positions of the section's passages in [`Article::passages`].
    pub passages: Range<usize>,
}

impl Outline {
    /// Returns the headings on the path to a section, outermost first; empty for the opening.
    pub fn headings_of(&self, section: usize) -> Vec<&str> {
        let mut headings = Vec::new();
        let mut next = Some(section);
        while let Some(section) = next.and_then(|position| self.sections.get(position)) {
            headings.extend(section.heading.as_deref());
            next = section.parent;
        }
        headings.reverse();
        headings
    }

    /// Returns the page of the printed original that the byte `at` of the file is on, if known.
    pub fn page_at(&self, at: usize) -> Option<u32> {
        let after = self.pages.partition_point(|start| start.at <= at);
        Some(self.pages.get(after.checked_sub(1)?)?.page)
    }
}

impl Section {
    /// Returns the heading, or the name of the opening.
    pub fn title(&self) -> &str {
        self.heading.as_deref().unwrap_or("Opening")
    }
}

/// A paragraph or a similar block, the unit of the index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    pub id: PassageId,
    /// Position of the passage's section in [`Outline::sections`].
    pub section: usize,
    pub kind: PassageKind,
    /// Blocks of another kind that the passage announces, such as the list after `as follows:`.
    pub announced: Option<Announced>,
    /// Whether the passage is navigation, the credit of a picture, a byline or an invitation to
    /// subscribe, which a page has around its text.
    pub is_boilerplate: bool,
    /// Visible text: the file's bytes without markup.
    pub text: String,
    /// Sentences, as byte ranges of `text`.
    pub sentences: Vec<Range<usize>>,
    pub origin: Origin,
}

/// The part of a passage that its beginning announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// Position of its first sentence in [`Passage::sentences`].
    pub sentence: usize,
    pub kind: PassageKind,
}

impl Passage {
    /// Returns the kind of block that a sentence is in, given its position.
    pub fn kind_of(&self, sentence: usize) -> PassageKind {
        match self.announced {
            Some(announced) if sentence >= announced.sentence => announced.kind,
            Some(_) | None => self.kind,
        }
    }
}

/// The kind of block that a passage is in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PassageKind {
    Paragraph,
    ListItem,
    TableRow,
    BlockQuotation,
    Code,
    Footnote,
}

/// The source map of a visible text: the position of each byte in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Runs of the text, which cover it and ascend in text and file. A run whose two ranges differ
    /// in length is one character reference, such as `&amp;`.
    pub runs: Vec<Span>,
    /// Inline elements (emphasis, links, code) including their markup, inner before outer.
    pub elements: Vec<Span>,
}

/// A byte range of a passage's text, and the byte range of the file that it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub text: Range<usize>,
    pub file: Range<usize>,
}

impl Origin {
    /// Returns the byte range of the file that shows as `text`, widened by the markup of every
    /// inline element that lies within `text`.
    ///
    /// `text` is a non-empty byte range of the passage's text, at char boundaries.
    pub fn file_range(&self, text: Range<usize>) -> Range<usize> {
        let start = self.run_at(text.start).map_or(0, |run| match run.is_literal() {
            true => run.file.start + (text.start - run.text.start),
            false => run.file.start,
        });
        let last = text.end.saturating_sub(1);
        let end = self.run_at(last).map_or(start, |run| match run.is_literal() {
            true => run.file.start + (text.end - run.text.start),
            false => run.file.end,
        });
        self.elements
            .iter()
            .filter(|element| text.start <= element.text.start && element.text.end <= text.end)
            .fold(start..end, |range, element| {
                range.start.min(element.file.start)..range.end.max(element.file.end)
            })
    }

    fn run_at(&self, offset: usize) -> Option<&Span> {
        let after = self.runs.partition_point(|run| run.text.start <= offset);
        self.runs[..after].last()
    }
}

impl Span {
    fn is_literal(&self) -> bool {
        self.text.len() == self.file.len()
    }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const ID_CHARS: usize = 11;

fn hash64(parts: &[&str]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let bytes = *hasher.finalize().as_bytes();
    bytes[..8].iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

fn format_id(number: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let text: String = (0..ID_CHARS)
        .rev()
        .map(|position| DIGITS[(number >> (6 * position)) as usize & 63] as char)
        .collect();
    f.pad(&text)
}

fn parse_id(text: &str) -> Result<u64, InvalidId> {
    if text.len() != ID_CHARS {
        return Err(InvalidId);
    }
    let mut number: u128 = 0;
    for byte in text.bytes() {
        let digit = DIGITS.iter().position(|known| *known == byte).ok_or(InvalidId)?;
        number = (number << 6) | digit as u128;
    }
    u64::try_from(number).map_err(|_| InvalidId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_survives_a_round_trip_through_text() {
        for number in [0, 1, 63, 64, u64::MAX] {
            let id = PassageId::from_u64(number);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for forged in ["", "short", "________________", "___________", "AAAAAAAAAA ", "AAAAAAAAAé"]
        {
            assert_eq!(forged.parse::<PassageId>(), Err(InvalidId), "{forged}");
        }
    }

    #[test]
    fn origin_widens_a_range_over_the_markup_within() {
        // `a **b** c&amp;`
        let origin = Origin {
            runs: vec![
                Span { text: 0..2, file: 0..2 },
                Span { text: 2..3, file: 4..5 },
                Span { text: 3..5, file: 7..9 },
                Span { text: 5..6, file: 9..14 },
            ],
            elements: vec![Span { text: 2..3, file: 2..7 }],
        };
        assert_eq!(origin.file_range(0..6), 0..14);
        assert_eq!(origin.file_range(2..3), 2..7);
        assert_eq!(origin.file_range(0..1), 0..1);
        assert_eq!(origin.file_range(4..6), 8..14);
    }
}

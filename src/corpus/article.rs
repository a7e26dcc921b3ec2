//! What a corpus is made of: articles, their sections, passages and sentences, and the ids of each.
//!
//! Invariants: a [`Passage`]'s sentences are ascending byte ranges of its text that do not overlap
//! and leave out nothing but white space; its [`Origin`] maps every byte of its text to the file.
//! Nothing here reads a file.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Declares an id: 64 bits of a BLAKE3 hash, written as 11 characters of `[A-Za-z0-9_-]`.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(u64);

        impl $name {
            /// The id as a number, for an index that keeps numbers.
            pub fn to_u64(self) -> u64 {
                self.0
            }

            /// The id of such a number.
            pub fn from_u64(raw: u64) -> Self {
                Self(raw)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_id(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                read_id(text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }
    };
}

id! {
    /// Names an article: a hash of its path in the corpus without the extension, so that it
    /// outlives every edit of the text.
    ArticleId
}
id! {
    /// Names a section: a hash of its article and of the headings that lead to it, so that it
    /// outlives edits of its paragraphs. Equal headings are counted.
    SectionId
}
id! {
    /// Names a passage: a hash of its article and its text, so that an edit is noticed. Equal
    /// passages are counted.
    PassageId
}

impl ArticleId {
    /// The id of the article in `file`, a path relative to the corpus with `/` between its parts.
    pub fn of_file(file: &str) -> Self {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        Self(hash(&["article", stem]))
    }
}

impl SectionId {
    /// The id of the section under `headings` (outermost first, empty for the opening), the
    /// `occurrence`-th (from 0) with the same headings.
    pub fn of(article: ArticleId, headings: &[&str], occurrence: usize) -> Self {
        let (article, occurrence) = (article.to_string(), occurrence.to_string());
        let mut parts = vec!["section", &article, &occurrence];
        parts.extend(headings);
        Self(hash(&parts))
    }
}

impl PassageId {
    /// The id of the passage with this `text`, the `occurrence`-th (from 0) in its article.
    pub fn of(article: ArticleId, text: &str, occurrence: usize) -> Self {
        let (article, occurrence) = (article.to_string(), occurrence.to_string());
        Self(hash(&["passage", &article, &occurrence, text]))
    }
}

/// A text that is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id is 11 characters of A-Z, a-z, 0-9, _ and -")
    }
}

impl std::error::Error for NotAnId {}

/// One file of the corpus: what is said about it, and its passages in the file's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    pub outline: Outline,
    pub passages: Vec<Passage>,
}

/// An article without its text: the front matter and the sections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    pub id: ArticleId,
    /// Relative to the corpus directory, with `/` between its parts.
    pub file: String,
    pub title: String,
    pub authors: Vec<String>,
    /// As it stands in the front matter, usually `YYYY-MM-DD`.
    pub published: Option<String>,
    pub source_url: Option<String>,
    /// The primary language subtag, lower case: `en`, `fa`.
    pub language: Option<String>,
    /// From the front matter, then the acronyms that the text introduces.
    pub aliases: Vec<Alias>,
    /// In the file's order. An article that starts with text has an opening as its first section.
    pub sections: Vec<Section>,
}

/// Names that mean the same thing to a reader of this article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    pub term: String,
    pub others: Vec<String>,
}

/// A part of an article under one heading, up to the next heading of any level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub id: SectionId,
    /// The heading's visible text; `None` for the opening, what comes before the first heading.
    pub heading: Option<String>,
    /// 1 to 6 as in Markdown, 0 for the opening.
    pub level: u8,
    /// The heading's anchor as GitHub makes it, unique in its article; empty for the opening.
    pub anchor: String,
    /// The position in [`Outline::sections`] of the section that this one is a part of.
    pub parent: Option<usize>,
    /// The positions of its passages in the article.
    pub passages: Range<usize>,
}

impl Outline {
    /// The headings that lead to a section, outermost first; empty for the opening.
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
}

impl Section {
    /// The heading, or a name for the opening.
    pub fn title(&self) -> &str {
        self.heading.as_deref().unwrap_or("Opening")
    }
}

/// A paragraph, or what stands in a paragraph's place. The unit of the index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    pub id: PassageId,
    /// The position of its section in [`Outline::sections`].
    pub section: usize,
    pub kind: PassageKind,
    /// The visible text: the file's bytes without the markup.
    pub text: String,
    /// Byte ranges of `text`.
    pub sentences: Vec<Range<usize>>,
    pub origin: Origin,
}

/// What a passage is in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PassageKind {
    Paragraph,
    ListItem,
    TableRow,
    BlockQuotation,
    Code,
    Footnote,
}

/// Where the bytes of a visible text stand in its file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Ascending in both, covering the whole text. A run whose two ranges differ in length is one
    /// character reference, such as `&amp;`.
    pub runs: Vec<Span>,
    /// Inline elements (emphasis, links, code) with their markup, outer before inner.
    pub elements: Vec<Span>,
}

/// A byte range of a passage's text and the byte range of the file that it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub text: Range<usize>,
    pub file: Range<usize>,
}

impl Origin {
    /// The bytes of the file that show as `text`: from its first character to its last, widened
    /// over the markup of every inline element that lies wholly within.
    ///
    /// `text` is a non-empty range of the passage's text, at character boundaries.
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

fn hash(parts: &[&str]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let bytes = *hasher.finalize().as_bytes();
    bytes[..8].iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

fn write_id(number: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let text: String = (0..ID_CHARS)
        .rev()
        .map(|place| DIGITS[(number >> (6 * place)) as usize & 63] as char)
        .collect();
    f.pad(&text)
}

fn read_id(text: &str) -> Result<u64, NotAnId> {
    if text.len() != ID_CHARS {
        return Err(NotAnId);
    }
    let mut number: u128 = 0;
    for byte in text.bytes() {
        let digit = DIGITS.iter().position(|known| *known == byte).ok_or(NotAnId)?;
        number = (number << 6) | digit as u128;
    }
    u64::try_from(number).map_err(|_| NotAnId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        for number in [0, 1, 63, 64, u64::MAX] {
            let id = PassageId::from_u64(number);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for forged in ["", "short", "________________", "___________", "AAAAAAAAAA ", "AAAAAAAAAé"]
        {
            assert_eq!(forged.parse::<PassageId>(), Err(NotAnId), "{forged}");
        }
    }

    #[test]
    fn a_range_is_widened_over_the_markup_of_what_it_covers() {
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

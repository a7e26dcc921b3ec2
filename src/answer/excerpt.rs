//! A verbatim range of one passage, with the words that matched.
//!
//! An excerpt cannot hold a text of its own: what it shows is always a slice of its passage.

use std::ops::Range;
use std::sync::Arc;

use crate::corpus::article::{Outline, Passage, Section};

/// A section in its article.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub article: Arc<Outline>,
    /// A position in [`Outline::sections`].
    pub section: usize,
}

impl Place {
    /// The section itself.
    pub fn section(&self) -> &Section {
        &self.article.sections[self.section]
    }
}

/// A quote: a byte range of a passage, with marks.
#[derive(Debug, Clone, PartialEq)]
pub struct Excerpt {
    place: Place,
    passage: Arc<Passage>,
    range: Range<usize>,
    marks: Vec<Range<usize>>,
}

impl Excerpt {
    /// An excerpt of `passage`, which stands in `article`. `None` if `range` is empty or no range
    /// of its text. `marks` are byte ranges of the passage's text; what lies outside is left out.
    pub fn new(
        article: Arc<Outline>,
        passage: Arc<Passage>,
        range: Range<usize>,
        marks: &[Range<usize>],
    ) -> Option<Excerpt> {
        passage.text.get(range.clone()).filter(|quote| !quote.is_empty())?;
        article.sections.get(passage.section)?;
        let marks = marks
            .iter()
            .filter(|mark| range.start <= mark.start && mark.end <= range.end)
            .filter(|mark| !mark.is_empty() && passage.text.get((*mark).clone()).is_some())
            .map(|mark| mark.start - range.start..mark.end - range.start)
            .collect();
        let place = Place { section: passage.section, article };
        Some(Excerpt { place, passage, range, marks })
    }

    /// The quoted characters.
    pub fn quote(&self) -> &str {
        &self.passage.text[self.range.clone()]
    }

    /// Ascending byte ranges of [`Excerpt::quote`] that matched the question.
    pub fn marks(&self) -> &[Range<usize>] {
        &self.marks
    }

    /// The section that it was taken from.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The whole passage.
    pub fn passage(&self) -> &Arc<Passage> {
        &self.passage
    }

    /// The byte range of the quote in its passage.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// The byte range of the quote in its file, inline markup included.
    pub fn file_range(&self) -> Range<usize> {
        self.passage.origin.file_range(self.range.clone())
    }
}

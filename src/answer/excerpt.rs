//! Excerpts: verbatim byte ranges of passages, with the words that match the question.
//!
//! An excerpt has no text of its own. Its quote is always a slice of its passage.

use std::ops::Range;
use std::sync::Arc;

use super::link;
use crate::corpus::article::{Outline, Passage, Section};

/// A section in its article.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub article: Arc<Outline>,
    /// Position in [`Outline::sections`].
    pub section: usize,
}

impl Place {
    /// Returns the section.
    pub fn section(&self) -> &Section {
        &self.article.sections[self.section]
    }

    /// Returns a link to the section in its file; `dir` is the reader's path of the corpus.
    pub fn file_link(&self, dir: &str) -> String {
        link::to_anchor(dir, &self.article.file, &self.section().anchor)
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
    /// Makes an excerpt of a passage of `article`.
    ///
    /// `range` and `marks` are byte ranges of the passage's text. Marks outside of `range` are left
    /// out. Returns `None` if `range` is empty or outside of the text.
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

    /// Returns the quoted text.
    pub fn quote(&self) -> &str {
        &self.passage.text[self.range.clone()]
    }

    /// Returns the byte ranges of [`Excerpt::quote`] that match the question, ascending.
    pub fn marks(&self) -> &[Range<usize>] {
        &self.marks
    }

    /// Returns the section of the passage.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Returns the passage.
    pub fn passage(&self) -> &Arc<Passage> {
        &self.passage
    }

    /// Returns the byte range of the quote in the passage.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Returns the byte range of the quote in the file, inline markup included.
    pub fn file_range(&self) -> Range<usize> {
        self.passage.origin.file_range(self.range.clone())
    }

    /// Returns the page of the printed original on which the quote begins, if the file marks it.
    pub fn page(&self) -> Option<u32> {
        self.place.article.page_at(self.file_range().start)
    }

    /// Returns a link to the quote at the article's source, if the article has one.
    pub fn source_link(&self) -> Option<String> {
        let source = self.place().article.source_url.as_deref()?;
        Some(match self.page() {
            Some(page) => link::to_page(source, page),
            None => link::to_quote(source, self.first_line()),
        })
    }

    /// Returns the first line that is not blank. A text fragment cannot span block elements.
    fn first_line(&self) -> &str {
        self.quote().lines().find(|line| !line.trim().is_empty()).unwrap_or(self.quote()).trim()
    }
}

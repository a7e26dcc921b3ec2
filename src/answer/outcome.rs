//! Outcome of a message: quotes, bylines, articles, small talk, a request or a refusal.

use std::sync::Arc;

use super::article_list::ArticleList;
use super::excerpt::{Excerpt, Place};
use crate::corpus::article::Outline;
use crate::dialogue::{Request, SmallTalk};

/// Maximum number of excerpts of an answer.
pub const MAX_EXCERPTS: usize = 3;
/// Maximum number of nearest sections of a refusal.
pub const MAX_NEAREST: usize = 3;

/// Outcome of one message.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Quotes that answer.
    Found(Found),
    /// Refusal: no excerpt is good enough.
    NothingFound(NothingFound),
    /// Articles whose authors the question asks for, if no sentence names them.
    Byline(Bylines),
    /// Articles that the message asks for by their front matter.
    Articles(ArticleList),
    /// Greeting, thanks, farewell or acknowledgement. Nothing was searched.
    SmallTalk(SmallTalk),
    /// Request for something other than a quote. Nothing was searched.
    Request(Request),
    /// A question without terms.
    Empty,
}

/// Quotes that answer, the strongest first, or one for each of several questions, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// One to `MAX_EXCERPTS` quotes that do not overlap.
    pub excerpts: Vec<Excerpt>,
    pub corrected: Vec<Correction>,
    /// Articles whose authors the question asks for, unless the quotes name all of them.
    pub bylines: Vec<Arc<Outline>>,
    /// Those of several questions that have no answer, as typed, possibly truncated.
    pub unanswered: Vec<String>,
}

/// Articles whose front matter names their authors.
#[derive(Debug, Clone, PartialEq)]
pub struct Bylines {
    /// One to three articles.
    pub articles: Vec<Arc<Outline>>,
    /// Those of several questions that have no answer, as in [`Found`].
    pub unanswered: Vec<String>,
}

/// Refusal, with the words that the corpus lacks and the sections nearest to the question.
#[derive(Debug, Clone, PartialEq)]
pub struct NothingFound {
    /// Words of the question, as typed, that the corpus does not have.
    pub missing: Vec<String>,
    /// Up to `MAX_NEAREST` sections, best first; empty if none is near.
    pub nearest: Vec<Place>,
    pub corrected: Vec<Correction>,
}

/// Correction of a mistyped word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    pub typed: String,
    /// The word that was searched, written as in the corpus.
    pub used: String,
}

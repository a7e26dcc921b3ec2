//! Briefings: extractive summaries of articles and topics in their key sentences. Pure.
//!
//! Every quote is an [`Excerpt`]; no text is ever generated. A sentence is selected by its
//! centrality in the article (LexRank), its position in the paragraph and its similarity to the
//! headings. A sentence that depends on the sentence before it is quoted together with that
//! sentence or not at all.

mod candidates;
mod cues;
mod dependence;
mod dependence_level;
mod lexrank;
mod mmr;
mod quotation_marks;
mod tf_isf;
mod topic;

use std::ops::Range;
use std::sync::Arc;

use crate::answer::{Answer, Correction, Excerpt};
use crate::corpus::article::{Outline, Passage, PassageId};
use crate::index::language::Language;
use candidates::{CandidateQuote, Candidates, Sentence};
use mmr::Selection;
pub use topic::{MAX_TOPIC_SENTENCES, topic_sentences};

/// The briefing of an article: its key sentences, section by section.
#[derive(Debug, Clone, PartialEq)]
pub struct Brief {
    pub article: Arc<Outline>,
    /// Every section that has text, in file order.
    pub sections: Vec<KeySection>,
}

/// A section with one or two key sentences.
#[derive(Debug, Clone, PartialEq)]
pub struct KeySection {
    /// Position of the section in [`Outline::sections`].
    pub section: usize,
    /// Share of the centrality of the article. The shares of all sections sum to 1.
    pub weight: f32,
    /// One or two quotes, the best first.
    pub excerpts: Vec<Excerpt>,
}

/// The answer to a request for a briefing on a topic.
#[derive(Debug, Clone, PartialEq)]
pub enum OnTopic {
    Found(TopicBrief),
    /// The briefing of the newest article that passes the filters of a topic without words.
    Article(Arc<Brief>),
    /// The answer to the topic as a question: the topic is refused, or no sentence on it can be
    /// quoted on its own.
    Fallback(Answer),
}

/// The key sentences on a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicBrief {
    /// The quotes, grouped by article, the best article first, in reading order.
    pub excerpts: Vec<Excerpt>,
    pub corrected: Vec<Correction>,
    /// Filters of the search, if the reader did not type them like this.
    pub filters: Option<String>,
}

/// Minimum number of sentences of a section with two key sentences.
const MIN_SENTENCES_FOR_TWO: usize = 4;
/// Minimum score of each key sentence after the first.
const MIN_SCORE: f32 = 0.75;

impl KeySection {
    /// Returns the `limit` best quotes in reading order.
    pub fn in_order(&self, limit: usize) -> Vec<&Excerpt> {
        let mut excerpts: Vec<_> = self.excerpts.iter().take(limit).collect();
        excerpts.sort_by_key(|excerpt| reading_order(excerpt));
        excerpts
    }
}

/// Creates the briefing of an article from all of its passages, in file order.
pub fn brief(article: &Arc<Outline>, passages: &[Arc<Passage>], language: &Language) -> Brief {
    let passages = passages.iter().map(|passage| (article, passage, language));
    let candidates = Candidates::new(passages, Sentence::relevance_by_kind);
    let total: f32 = candidates.centrality.iter().sum();
    let mut selection = Selection::default();
    let mut sections = Vec::new();
    for sentences in candidates.sections() {
        let quotes = candidates.quotes(sentences.clone(), language);
        let limit = if sentences.len() < MIN_SENTENCES_FOR_TWO { 1 } else { 2 };
        let mut best = select(&candidates, &mut selection, &quotes, limit);
        if best.is_empty() {
            best.extend(candidates.fallback(sentences.clone()));
        }
        let section = candidates.sentences[sentences.start].passage.section;
        let own = candidates.centrality[sentences].iter().sum::<f32>();
        let weight = own / total.max(f32::MIN_POSITIVE);
        let excerpts: Vec<_> = best.iter().filter_map(|quote| candidates.excerpt(quote)).collect();
        if !excerpts.is_empty() {
            sections.push(KeySection { section, weight, excerpts });
        }
    }
    Brief { article: Arc::clone(article), sections }
}

/// Selects at most `limit` key sentences from the passages of an article that `is_wanted` accepts,
/// in reading order. The centrality is computed from all passages.
pub fn key_sentences(
    article: &Arc<Outline>,
    passages: &[Arc<Passage>],
    language: &Language,
    is_wanted: impl Fn(PassageId) -> bool,
    limit: usize,
) -> Vec<Excerpt> {
    let passages = passages.iter().map(|passage| (article, passage, language));
    let candidates = Candidates::new(passages, Sentence::relevance_by_kind);
    let is_wanted =
        |quote: &CandidateQuote| is_wanted(candidates.sentences[quote.sentences.start].passage.id);
    let sections = candidates.sections().into_iter();
    let quotes = sections.flat_map(|sentences| candidates.quotes(sentences, language));
    let quotes: Vec<_> = quotes.filter(is_wanted).collect();
    let selected = select(&candidates, &mut Selection::default(), &quotes, limit);
    let excerpts = selected.iter().filter_map(|quote| candidates.excerpt(quote));
    let mut excerpts: Vec<_> = excerpts.collect();
    excerpts.sort_by_key(reading_order);
    excerpts
}

/// Selects at most `limit` of the quotes, the best first.
fn select(
    candidates: &Candidates<'_>,
    selection: &mut Selection,
    quotes: &[CandidateQuote],
    limit: usize,
) -> Vec<Range<usize>> {
    let mut selected = Vec::new();
    while selected.len() < limit {
        let min_score = if selected.is_empty() { f32::MIN } else { MIN_SCORE };
        let Some(next) = selection.select(candidates, quotes, min_score) else { break };
        selected.push(next.sentences);
    }
    selected
}

fn reading_order(excerpt: &Excerpt) -> (usize, usize) {
    (excerpt.place().section, excerpt.file_range().start)
}

//! Articles to their key sentences: briefings.
//!
//! Pure: no I/O, no clock. Every quote is an [`Excerpt`]; nothing is ever written anew. A sentence is
//! chosen by how central it is in its article (LexRank), whether it begins its paragraph and whether
//! it has the words of its headings, and none that needs the sentence before goes without it.

mod candidates;
mod cues;
mod lexrank;
mod mmr;
mod quotation_marks;
mod self_contained;
mod tf_isf;
mod topic;

use std::ops::Range;
use std::sync::Arc;

use crate::answer::{Answer, Correction, Excerpt};
use crate::corpus::article::{Outline, Passage, PassageId};
use crate::index::analyzer::Language;
use candidates::{CandidateQuote, Candidates, Sentence};
use mmr::Selection;
pub use topic::{MAX_ON_TOPIC, on_topic};

/// An article in a few of its sentences.
#[derive(Debug, Clone, PartialEq)]
pub struct Brief {
    pub article: Arc<Outline>,
    /// Every section that has text, in the file's order.
    pub sections: Vec<KeySection>,
}

/// A section in the one or two sentences that carry it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeySection {
    /// A position in [`Outline::sections`].
    pub section: usize,
    /// How much of the article it carries; all of them together 1.
    pub weight: f32,
    /// One or two, the one that carries more first.
    pub excerpts: Vec<Excerpt>,
}

/// What the corpus says on a topic.
#[derive(Debug, Clone, PartialEq)]
pub enum OnTopic {
    Found(TopicBrief),
    /// What the topic gets as a question: it is refused, or no sentence on it stands alone.
    Otherwise(Answer),
}

/// The key sentences on a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicBrief {
    /// Those of an article together, in reading order; the best article first.
    pub excerpts: Vec<Excerpt>,
    pub corrected: Vec<Correction>,
}

/// A section with fewer sentences is carried by one.
const SENTENCES_FOR_TWO: usize = 4;
/// What a second sentence must be worth.
const SECOND: f32 = 0.75;
impl KeySection {
    /// The `most` best of its quotes, in reading order.
    pub fn in_order(&self, most: usize) -> Vec<&Excerpt> {
        let mut excerpts: Vec<_> = self.excerpts.iter().take(most).collect();
        excerpts.sort_by_key(|excerpt| place_of(excerpt));
        excerpts
    }
}

/// The briefing of an article from all of its passages, in the file's order.
pub fn brief(article: &Arc<Outline>, passages: &[Arc<Passage>], language: &Language) -> Brief {
    let of_passages = passages.iter().map(|passage| (article, passage, language));
    let draft = Candidates::of(of_passages, Sentence::asked);
    let total: f32 = draft.central.iter().sum();
    let mut chosen = Selection::default();
    let mut sections = Vec::new();
    for lines in draft.sections() {
        let quotables = draft.quotes(lines.clone(), language);
        let most = if lines.len() < SENTENCES_FOR_TWO { 1 } else { 2 };
        let mut best: Vec<Range<usize>> = Vec::new();
        while best.len() < most {
            let least = if best.is_empty() { f32::MIN } else { SECOND };
            let Some(next) = chosen.next(&draft, &quotables, least) else { break };
            best.push(next.lines);
        }
        if best.is_empty() {
            best.extend(draft.first_of(lines.clone()));
        }
        let section = draft.sentences[lines.start].passage.section;
        let weight = draft.central[lines].iter().sum::<f32>() / total.max(f32::MIN_POSITIVE);
        let excerpts: Vec<_> = best.iter().filter_map(|lines| draft.excerpt(lines)).collect();
        if !excerpts.is_empty() {
            sections.push(KeySection { section, weight, excerpts });
        }
    }
    Brief { article: Arc::clone(article), sections }
}

/// The sentences that carry most among some passages of an article, at most so many, in reading
/// order. All of its passages say what is central in it.
pub fn key_sentences(
    article: &Arc<Outline>,
    passages: &[Arc<Passage>],
    language: &Language,
    only: impl Fn(PassageId) -> bool,
    most: usize,
) -> Vec<Excerpt> {
    let of_passages = passages.iter().map(|passage| (article, passage, language));
    let draft = Candidates::of(of_passages, Sentence::asked);
    let is_asked =
        |quotable: &CandidateQuote| only(draft.sentences[quotable.lines.start].passage.id);
    let quotables = draft.sections().into_iter().flat_map(|lines| draft.quotes(lines, language));
    let quotables: Vec<_> = quotables.filter(is_asked).collect();
    let mut chosen = Selection::default();
    let mut excerpts = Vec::new();
    while excerpts.len() < most {
        let least = if excerpts.is_empty() { f32::MIN } else { SECOND };
        let Some(next) = chosen.next(&draft, &quotables, least) else { break };
        excerpts.extend(draft.excerpt(&next.lines));
    }
    excerpts.sort_by_key(place_of);
    excerpts
}

fn place_of(excerpt: &Excerpt) -> (usize, usize) {
    (excerpt.place().section, excerpt.file_range().start)
}

//! Key sentences on a topic, from the hits of a search for it. Pure.

use std::collections::HashMap;
use std::ops::Range;

use super::candidates::{CandidateQuote, Candidates, Sentence};
use super::mmr::Selection;
use crate::answer::Excerpt;
use crate::corpus::article::{ArticleId, Outline, PassageId};
use crate::index::language::Language;
use crate::search::{Hit, Mode, Ranking, TermStats};

/// Maximum number of sentences on a topic.
pub const MAX_TOPIC_SENTENCES: usize = 7;
const MAX_PER_SECTION: usize = 3;
/// Minimum score of each sentence after the first.
const MIN_SCORE: f32 = 0.6;
/// Difference to the best score, in nats, at which a sentence has no proximity to the topic.
const MAX_SCORE_DIFFERENCE: f32 = 8.0;
/// Minimum term coverage of a relevant sentence, relative to the highest coverage of any sentence.
const MIN_COVERAGE: f32 = 0.7;
/// Minimum proximity of a sentence that is relevant by its meaning alone.
const MIN_PROXIMITY: f32 = 0.85;
/// Factor of the relevance in the score of a quote.
const RELEVANCE_WEIGHT: f32 = 1.5;

/// Selects at most [`MAX_TOPIC_SENTENCES`] key sentences from the hits for a topic. Those of an
/// article are together, in reading order. Does not decide whether the corpus covers the topic.
pub fn topic_sentences(
    ranking: &Ranking,
    language_of: impl Fn(&Outline) -> Language,
) -> Vec<Excerpt> {
    let relevance = Relevance::new(ranking);
    let mut articles: Vec<(ArticleId, Language)> = Vec::new();
    for hit in &ranking.hits {
        if !articles.iter().any(|(article, _)| *article == hit.article.id) {
            articles.push((hit.article.id, language_of(&hit.article)));
        }
    }
    let rank = |id: ArticleId| articles.iter().position(|(article, _)| *article == id).unwrap_or(0);
    let mut hits: Vec<_> = ranking.hits.iter().collect();
    hits.sort_by_key(|hit| {
        let start = hit.passage.origin.file_range(0..hit.passage.text.len()).start;
        (rank(hit.article.id), hit.passage.section, start)
    });
    let passages =
        hits.iter().map(|hit| (&hit.article, &hit.passage, &articles[rank(hit.article.id)].1));
    let candidates = Candidates::new(passages, |sentence| relevance.of_sentence(sentence));
    let mut quotes = Vec::new();
    for section in candidates.sections() {
        let language = &articles[rank(candidates.section_of(&section).0)].1;
        for quote in candidates.quotes(section, language) {
            let own = candidates.sentences[quote.sentences.clone()].iter();
            let highest = own.map(|sentence| relevance.of_sentence(sentence)).fold(0.0, f32::max);
            if highest > 0.0 {
                let score = quote.score + RELEVANCE_WEIGHT * highest;
                quotes.push(CandidateQuote { score, ..quote });
            }
        }
    }
    let selected = select(&candidates, quotes);
    selected.iter().filter_map(|sentences| candidates.excerpt(sentences)).collect()
}

/// Selects the best quotes, with a limit for each section, and returns them in reading order.
fn select(candidates: &Candidates<'_>, mut quotes: Vec<CandidateQuote>) -> Vec<Range<usize>> {
    let mut selected: Vec<Range<usize>> = Vec::new();
    let mut selection = Selection::default();
    while selected.len() < MAX_TOPIC_SENTENCES {
        let min_score = if selected.is_empty() { f32::MIN } else { MIN_SCORE };
        let Some(next) = selection.select(candidates, &quotes, min_score) else { break };
        let section = candidates.section_of(&next.sentences);
        selected.push(next.sentences);
        let in_section =
            selected.iter().filter(|sentences| candidates.section_of(sentences) == section);
        if in_section.count() == MAX_PER_SECTION {
            quotes.retain(|quote| candidates.section_of(&quote.sentences) != section);
        }
    }
    selected.sort_by_key(|sentences| sentences.start);
    selected
}

/// The relevance of sentences to a topic.
struct Relevance<'a> {
    hits: HashMap<PassageId, &'a Hit>,
    terms: &'a [TermStats],
    /// Highest term coverage of any sentence.
    highest_coverage: f32,
    /// Highest score of any sentence.
    highest_score: f32,
    mode: Mode,
}

impl<'a> Relevance<'a> {
    fn new(ranking: &'a Ranking) -> Relevance<'a> {
        let (hits, terms) = (&ranking.hits, &ranking.terms);
        let scores = hits.iter().flat_map(|hit| &hit.scores);
        let coverages = hits.iter().flat_map(|hit| {
            hit.passage.sentences.iter().map(|sentence| coverage(hit, sentence, terms))
        });
        Relevance {
            highest_coverage: coverages.fold(f32::MIN_POSITIVE, f32::max),
            highest_score: scores.copied().fold(f32::MIN, f32::max),
            mode: ranking.mode,
            hits: hits.iter().map(|hit| (hit.passage.id, hit)).collect(),
            terms,
        }
    }

    /// Returns the relevance of a sentence, from 0 (not relevant) to 1.
    fn of_sentence(&self, sentence: &Sentence<'_>) -> f32 {
        let Some(hit) = self.hits.get(&sentence.passage.id) else { return 0.0 };
        let difference = self.highest_score - hit.scores[sentence.position];
        let proximity = 1.0 - difference / MAX_SCORE_DIFFERENCE;
        let coverage = coverage(hit, &sentence.range(), self.terms) / self.highest_coverage;
        let is_near = self.mode == Mode::Semantic && proximity >= MIN_PROXIMITY;
        if coverage >= MIN_COVERAGE || is_near {
            (proximity.max(0.0) + coverage) / 2.0
        } else {
            0.0
        }
    }
}

/// Returns the sum of the weights of the terms that occur in a sentence.
fn coverage(hit: &Hit, sentence: &Range<usize>, terms: &[TermStats]) -> f32 {
    let occurs = |term: &usize| {
        let mut own = hit.marks.iter().filter(|(_, of)| of == term);
        own.any(|(mark, _)| sentence.start <= mark.start && mark.end <= sentence.end)
    };
    (0..terms.len()).filter(occurs).map(|term| terms[term].term_weight()).sum()
}

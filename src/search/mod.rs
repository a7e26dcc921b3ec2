//! A question to ranked sentences in their passages.
//!
//! Tantivy gives the candidates by words, the model those by meaning; `features` orders their sentences.
//! The same view and the same query always give the same hits, once all vectors are there and as long as
//! the model is not too busy.

pub mod aliases;
pub mod answer_type;
pub mod authorship;
mod candidates;
mod compounds;
mod expand;
pub mod explain;
pub mod features;
pub mod follow_up;
mod matcher;
pub mod max_sim;
mod passage_matches;
pub mod query;
mod spelling;
pub mod split;
pub mod stopwords;
pub mod synonyms;
pub mod term_cache;
mod term_frequency;
pub mod weights;
mod word_family;
pub mod word_frequency;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::corpus::article::{ArticleId, Outline, Passage, PassageId};
use crate::embedding::{EmbeddingIndex, TokenVectors};
use crate::index::{IndexError, Snapshot, StoredPassage};
use candidates::{MAX_BY_WORDS, MAX_NEAR};
use features::{Features, ScoringContext};
use matcher::Matcher;
pub use matcher::REFERENCE_WEIGHT;
use max_sim::QueryVectors;
use passage_matches::PassageMatches;
use query::Query;
use term_cache::TermCache;

/// The most hits that there are.
pub const MAX_HITS: usize = MAX_BY_WORDS + MAX_NEAR;

/// What orders the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The words that they share with the question.
    Lexical,
    /// These and the meaning.
    Semantic,
}

impl Mode {
    /// For figures and files.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Lexical => "words",
            Mode::Semantic => "meaning",
        }
    }

    /// The name of its files of weights.
    pub fn file(self) -> &'static str {
        match self {
            Mode::Lexical => "words.toml",
            Mode::Semantic => "meaning.toml",
        }
    }
}

/// What a search brought to light.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// Best first.
    pub hits: Vec<Hit>,
    pub terms: Vec<TermStats>,
    pub mode: Mode,
    /// The inverse document frequency of a word that no passage has: how large the corpus is.
    pub highest_idf: f32,
    /// Whether it is known how common words are in the language of the corpus.
    pub has_word_frequencies: bool,
    /// The highest of each figure of meaning among all sentences that were looked at.
    pub nearest: [f32; max_sim::COUNT],
}

/// A passage that may answer.
#[derive(Debug, Clone)]
pub struct Hit {
    pub article: Arc<Outline>,
    pub passage: Arc<Passage>,
    /// The features of each sentence of the passage.
    pub features: Vec<Features>,
    /// A score for each sentence of the passage.
    pub scores: Vec<f32>,
    /// The sentence with the highest score.
    pub best: usize,
    /// Byte ranges of the passage that match the question, ascending, with the term of each.
    pub marks: Vec<(Range<usize>, usize)>,
    /// For each term: how well this passage, with its headings, has it, from 0 to 1.
    pub has: Vec<f32>,
    /// For each term: 1 if this passage has it as it is written in the question.
    pub exact: Vec<f32>,
}

/// A content word of the question and what the corpus knows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct TermStats {
    pub typed: String,
    /// The word that was searched instead, if it was mistyped.
    pub corrected: Option<String>,
    /// Whether the corpus has it in any form.
    pub is_known: bool,
    /// Whether it is written like a name or a number.
    pub is_name: bool,
    /// Its inverse document frequency, as a share of that of a word that no passage has.
    pub idf: f32,
    /// How telling it is in its language, from 0.1 to 1.
    pub information: f32,
    /// 1 for a word of the question itself, less for one that it takes from the question before.
    pub weight: f32,
}

/// The `limit` best passages for a query. Without `meaning`, and where it does not know all of them or
/// is too busy, words decide alone.
pub fn search(
    view: &Snapshot<'_>,
    lexicon: &TermCache,
    query: &Query,
    meaning: Option<&EmbeddingIndex>,
    limit: usize,
) -> Result<Ranking, IndexError> {
    let mut query = query.clone();
    let passages = view.passage_count();
    let highest_idf = features::idf(0, passages);
    let terms = expand::expand_terms(view, lexicon, &mut query, passages)?;
    let weights: Vec<_> = terms.iter().map(TermStats::has_weight).collect();
    let matcher = Matcher::new(&query, &weights);
    let text = max_sim::semantic_match(&query, &terms);
    let asked = meaning.and_then(|meaning| Some((meaning, meaning.of_question(&text)?)));
    let near = asked.as_ref().map(|(meaning, vectors)| meaning.nearest(vectors, MAX_NEAR));
    let mut candidates = candidates::find(view, &query, &near.unwrap_or_default())?;
    let of_passages = match &asked {
        Some((meaning, _)) => vectors_of(view, meaning, &candidates.all)?,
        None => None,
    };
    if of_passages.is_none() {
        candidates.all.truncate(candidates.by_words);
    }
    let asked = asked.map(|(_, vectors)| QueryVectors::new(vectors, &text, &query, &terms));
    let mode = if of_passages.is_some() { Mode::Semantic } else { Mode::Lexical };
    let laid_out = match_passage(&matcher, &candidates.all);
    let in_articles = in_articles(&laid_out);
    let average_words = average_words(view, passages)?;
    let weights = features::weights(mode);
    let mut scored = Vec::new();
    for (stored, layout) in laid_out {
        let vectors = of_passages.as_ref().and_then(|known| known.get(&layout.passage.id));
        let meaning = asked
            .as_ref()
            .zip(vectors)
            .map(|(asked, vectors)| asked.features(vectors, &layout.passage.sentences));
        let around =
            ScoringContext { average_words, in_article: &in_articles[&stored.article], meaning };
        let features = features::features(&matcher, &layout, &around);
        let total = total(&scores(weights, &features));
        scored.push(Scored { stored, layout, features, total });
    }
    let nearest = features::nearest(scored.iter().flat_map(|scored| &scored.features));
    scored.sort_by(|a, b| best_first((a.total, &a.stored.passage), (b.total, &b.stored.passage)));
    // An article is read only for a hit: of an archive, nearly each candidate has its own.
    let mut hits = Vec::new();
    for scored in scored.into_iter().take(limit) {
        let article = candidates::article_of(view, scored.stored)?;
        hits.push(Hit::new(scored, article, weights));
    }
    let is_listed = word_frequency::has_word_frequencies(view.languages());
    Ok(Ranking { hits, terms, mode, highest_idf, has_word_frequencies: is_listed, nearest })
}

/// The candidates that may answer: those that have what stands between quotation marks.
fn match_passage<'a>(
    matcher: &Matcher<'_>,
    candidates: &'a [Arc<StoredPassage>],
) -> Vec<(&'a StoredPassage, PassageMatches<'a>)> {
    let may_answer = |stored: &&Arc<StoredPassage>| {
        !stored.passage.sentences.is_empty() && matcher.has_phrases(&stored.analysis.words)
    };
    let all = candidates.iter().filter(may_answer);
    all.map(|stored| (&**stored, PassageMatches::new(matcher, stored))).collect()
}

/// For each article: how well its candidates together have each term.
fn in_articles(laid_out: &[(&StoredPassage, PassageMatches<'_>)]) -> HashMap<ArticleId, Vec<f32>> {
    let mut all: HashMap<ArticleId, Vec<f32>> = HashMap::new();
    for (stored, layout) in laid_out {
        let known = all.entry(stored.article).or_insert_with(|| layout.in_title.clone());
        known.iter_mut().zip(&layout.has).for_each(|(known, has)| *known = known.max(*has));
    }
    all
}

/// A candidate that may become a hit.
struct Scored<'a> {
    stored: &'a StoredPassage,
    layout: PassageMatches<'a>,
    features: Vec<Features>,
    total: f32,
}

impl TermStats {
    /// How telling it is here: rare in the corpus and in its language.
    pub fn has_weight(&self) -> f32 {
        self.idf * self.information * self.weight
    }
}

impl Ranking {
    /// The same findings, had the features these weights.
    pub fn reweighed(mut self, weights: &Features) -> Ranking {
        for hit in &mut self.hits {
            hit.weigh(weights);
        }
        self.rank();
        self
    }

    fn rank(&mut self) {
        let total = |hit: &Hit| total(&hit.scores);
        self.hits.sort_by(|a, b| best_first((total(a), &a.passage), (total(b), &b.passage)));
    }
}

impl Hit {
    fn new(scored: Scored<'_>, article: Arc<Outline>, weights: &Features) -> Hit {
        let Scored { layout, features, .. } = scored;
        let marks = layout.matches.iter().map(|found| (layout.bytes(found), found.term)).collect();
        let passage = Arc::clone(layout.passage);
        let has = layout.with_headings();
        let (exact, scores) = (layout.exact, Vec::new());
        let mut hit = Hit { article, passage, features, scores, best: 0, marks, has, exact };
        hit.weigh(weights);
        hit
    }

    fn weigh(&mut self, weights: &Features) {
        self.scores = scores(weights, &self.features);
        let all = 0..self.scores.len();
        let best = all.rev().max_by(|a, b| self.scores[*a].total_cmp(&self.scores[*b]));
        self.best = best.unwrap_or_default();
    }
}

fn scores(weights: &Features, features: &[Features]) -> Vec<f32> {
    features.iter().map(|features| features::score(weights, features)).collect()
}

/// The score of a passage: that of its sentences together, as odds add up.
fn total(scores: &[f32]) -> f32 {
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    best + scores.iter().map(|score| (score - best).exp()).sum::<f32>().ln()
}

fn best_first(a: (f32, &Passage), b: (f32, &Passage)) -> Ordering {
    b.0.total_cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id))
}

/// The vectors of all candidates; `None` if those of one are not known.
fn vectors_of(
    view: &Snapshot<'_>,
    meaning: &EmbeddingIndex,
    candidates: &[Arc<StoredPassage>],
) -> Result<Option<HashMap<PassageId, TokenVectors>>, IndexError> {
    let mut all = HashMap::new();
    for stored in candidates {
        let article = candidates::article_of(view, stored)?;
        let Some(vectors) = meaning.of_passage(&article, &stored.passage) else { return Ok(None) };
        all.insert(stored.passage.id, vectors);
    }
    Ok(Some(all))
}

fn average_words(view: &Snapshot<'_>, passages: u64) -> Result<f32, IndexError> {
    let mut words = 0;
    for segment in view.searcher().segment_readers() {
        words += segment.inverted_index(view.fields().text)?.total_num_tokens();
    }
    Ok((words as f32 / passages.max(1) as f32).max(1.0))
}

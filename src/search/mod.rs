//! Search: question → ranked sentences in their passages.
//!
//! 1. [`question_language`] tells the language of the question, in which [`query`] analyses it:
//!    stopwords, stemming, names, dates, aliases, follow-up questions.
//! 2. `expand` looks the terms up in the corpus, corrects mistyped words, and adds spelling
//!    variants, Latin spellings of names in other scripts, translations and related words.
//! 3. `candidates` retrieves passages: by words, by titles and by defined names from Tantivy, by
//!    vectors from the embedding index.
//! 4. [`features`] describes each sentence of each candidate; [`scorer`] scores sentences by their
//!    features, with a linear model and a small network ([`reranker`]). If no sentence is clearly
//!    ahead and the corpus is not large, the best few are read together with the question
//!    ([`reading`]). [`ranking`] orders the passages.
//!
//! A search of one snapshot is deterministic once all passages have vectors, unless the encoder is
//! busy. The question is data: quotation marks, which search for a phrase, are the only query
//! syntax.

pub mod aliases;
pub mod answer_type;
pub mod authorship;
mod bm25;
mod candidates;
mod compounds;
mod dates;
mod definition_question;
mod document_frequency;
mod exactness;
mod expand;
pub mod explain;
pub mod features;
pub mod follow_up;
mod interrogatives;
pub mod keyboard_layout;
mod matcher;
mod mode;
mod passage_matches;
pub mod query;
pub mod question_language;
mod question_patterns;
mod quoted_phrases;
pub mod ranking;
pub mod reading;
pub mod reranker;
pub mod scorer;
pub mod similarity;
mod spelling;
pub mod split;
pub mod stopwords;
pub mod synonyms;
mod term;
pub mod term_cache;
mod term_frequency;
mod term_stats;
mod translation;
mod transliteration;
mod unknown_words;
mod variants;
pub mod weights;
mod word_family;
pub mod word_frequency;

use std::collections::HashMap;
use std::sync::Arc;

use crate::corpus::article::{ArticleId, PassageId};
use crate::embedding::{EmbeddingIndex, Nearest, QuestionVectors};
use crate::index::{IndexError, Snapshot, StoredPassage};
use candidates::{MAX_LEXICAL, MAX_SEMANTIC};
use features::{Features, ScoringContext};
use matcher::Matcher;
pub use matcher::REFERENCE_WEIGHT;
pub use mode::Mode;
use passage_matches::PassageMatches;
use query::Query;
pub use ranking::{Hit, Ranking};
use reading::ReaderScores;
use scorer::Scorer;
use similarity::Similarities;
use term_cache::TermCache;
pub use term_stats::TermStats;

/// Maximum number of hits of a search.
pub const MAX_HITS: usize = MAX_LEXICAL + MAX_SEMANTIC;

/// Searches the index and returns at most `limit` passages, best first.
///
/// The ranking is lexical without `embeddings`. It is lexical too if a candidate has no vectors
/// yet or if the encoder is too busy to read the question.
pub fn search(
    snapshot: &Snapshot<'_>,
    term_cache: &TermCache,
    query: &Query,
    embeddings: Option<&EmbeddingIndex>,
    limit: usize,
) -> Result<Ranking, IndexError> {
    let mut query = query.clone();
    let passage_count = snapshot.passage_count();
    let terms = expand::expand_terms(snapshot, term_cache, &mut query, passage_count, embeddings)?;
    let term_weights: Vec<_> = terms.iter().map(TermStats::term_weight).collect();
    let matcher = Matcher::new(&query, &term_weights);
    // Words of another language are corrected to similar words that mean something else.
    let is_foreign = query.languages.is_foreign();
    let text = match is_foreign {
        true => query.text.trim().to_owned(),
        false => similarity::corrected_text(&query, &terms),
    };
    let encoded = embeddings.and_then(|index| Some((index, index.question_vectors(&text)?)));
    let nearest = match &encoded {
        Some((index, question)) => {
            index.nearest(&question.text, MAX_SEMANTIC, snapshot.shown_passages())
        }
        None => Nearest::default(),
    };
    let mut candidates = candidates::find(snapshot, &query, &matcher, &nearest.passages)?;
    let semantic = match &encoded {
        Some((index, question)) => {
            passage_similarities(snapshot, index, question, &candidates.passages)?
        }
        None => None,
    };
    let mode = if semantic.is_some() { Mode::Semantic } else { Mode::Lexical };
    if mode == Mode::Lexical {
        candidates.passages.truncate(candidates.lexical_count);
    }
    let average_passage_words = average_passage_words(snapshot, passage_count)?;
    let described =
        describe_passages(&matcher, &candidates.passages, average_passage_words, semantic.as_ref());
    let scorer = Scorer::shipped(mode);
    let mut scored = score_passages(described, scorer);
    if let (Mode::Semantic, Some((index, _))) = (mode, &encoded) {
        read_best(snapshot, index, &text, &mut scored)?;
        add_reading(&mut scored, scorer, is_foreign);
    }
    let sentences = scored.iter().flat_map(|scored| &scored.features);
    let max_similarities = features::max_similarities(sentences);
    let score = |scored: &Scored<'_>| ranking::passage_score(&scored.scores);
    scored.sort_by(|a, b| {
        ranking::best_first((score(a), &a.stored.passage), (score(b), &b.stored.passage))
    });
    // Outlines are read for hits only: in a large corpus, candidates are of many articles.
    let mut hits = Vec::new();
    for scored in scored.into_iter().take(limit) {
        let Scored { stored, matches, features, read, scores } = scored;
        let article = candidates::article_of(snapshot, stored)?;
        hits.push(Hit::new(article, matches, features, read, scores));
    }
    Ok(Ranking {
        hits,
        is_foreign,
        terms,
        mode,
        max_idf: bm25::idf(0, passage_count),
        has_word_frequencies: word_frequency::has_word_frequencies(&query.languages.asked),
        max_similarities,
        average_similarity: similarity::scaled(nearest.average_cosine),
    })
}

/// A candidate with the features of its sentences.
struct Described<'a> {
    stored: &'a StoredPassage,
    matches: PassageMatches<'a>,
    features: Vec<Features>,
}

/// A candidate with the features and the scores of its sentences.
struct Scored<'a> {
    stored: &'a StoredPassage,
    matches: PassageMatches<'a>,
    features: Vec<Features>,
    read: ReaderScores,
    scores: Vec<f32>,
}

/// Computes the features of the candidates, except those that lack a quoted phrase. `semantic` has
/// the similarities of the question to each candidate.
fn describe_passages<'a>(
    matcher: &Matcher<'_>,
    candidates: &'a [Arc<StoredPassage>],
    average_passage_words: f32,
    semantic: Option<&HashMap<PassageId, Similarities>>,
) -> Vec<Described<'a>> {
    let matched = match_passages(matcher, candidates);
    let in_articles = match_articles(&matched);
    let mut similarities = semantic.map(|all| similarity_features(&matched, all).into_iter());
    let describe = |(stored, matches): (&'a StoredPassage, PassageMatches<'a>)| {
        let similarities = similarities.as_mut().and_then(Iterator::next);
        let in_article = &in_articles[&stored.article];
        let context = ScoringContext { average_passage_words, in_article, similarities };
        let features = features::compute(matcher, &matches, &context);
        Described { stored, matches, features }
    };
    matched.into_iter().map(describe).collect()
}

/// Scores the sentences of all candidates.
fn score_passages<'a>(described: Vec<Described<'a>>, scorer: &Scorer) -> Vec<Scored<'a>> {
    let features: Vec<_> = described.iter().map(|own| own.features.as_slice()).collect();
    let scores = scorer.scores(&features);
    let pairs = described.into_iter().zip(scores);
    pairs
        .map(|(Described { stored, matches, features }, scores)| Scored {
            stored,
            matches,
            read: vec![None; features.len()],
            features,
            scores,
        })
        .collect()
}

/// Reads the best sentences together with the question, unless the reader is busy.
fn read_best(
    snapshot: &Snapshot<'_>,
    embeddings: &EmbeddingIndex,
    question: &str,
    scored: &mut [Scored<'_>],
) -> Result<(), IndexError> {
    let scores: Vec<_> = scored.iter().map(|scored| scored.scores.clone()).collect();
    let selected = reading::select(&scores, snapshot.passage_count());
    let mut sentences = Vec::new();
    for (at, sentence) in &selected {
        let stored = scored[*at].stored;
        let article = candidates::article_of(snapshot, stored)?;
        sentences.push((article, &*stored.passage, *sentence));
    }
    let read = embeddings.read_sentences(question, &sentences);
    for ((at, sentence), score) in selected.into_iter().zip(read.into_iter().flatten()) {
        scored[at].read[sentence] = Some(score);
    }
    Ok(())
}

/// Adds what the reader says to the scores.
fn add_reading(scored: &mut [Scored<'_>], scorer: &Scorer, is_foreign: bool) {
    let mut scores: Vec<_> = scored.iter_mut().map(|own| std::mem::take(&mut own.scores)).collect();
    let read: Vec<_> = scored.iter().map(|own| own.read.as_slice()).collect();
    scorer.add_reading(&mut scores, &read, is_foreign);
    scored.iter_mut().zip(scores).for_each(|(own, scores)| own.scores = scores);
}

/// Computes the similarity features of each sentence of each matched candidate.
fn similarity_features(
    matched: &[(&StoredPassage, PassageMatches<'_>)],
    similarities: &HashMap<PassageId, Similarities>,
) -> Vec<Vec<[f32; similarity::COUNT]>> {
    let candidates = matched.iter().map(|(stored, _)| {
        let passage = &stored.passage;
        (similarities[&passage.id].clone(), passage.sentences.len())
    });
    similarity::features(&candidates.collect::<Vec<_>>())
}

/// Matches the candidates against the query, except those that lack a quoted phrase.
fn match_passages<'a>(
    matcher: &Matcher<'_>,
    candidates: &'a [Arc<StoredPassage>],
) -> Vec<(&'a StoredPassage, PassageMatches<'a>)> {
    let may_answer = |stored: &&Arc<StoredPassage>| {
        !stored.passage.sentences.is_empty() && matcher.has_all_phrases(&stored.analysis.words)
    };
    let stored = candidates.iter().filter(may_answer);
    stored.map(|stored| (&**stored, PassageMatches::new(matcher, stored))).collect()
}

/// Returns, for each article, the strength of each term's best match in its title or candidates.
fn match_articles(
    matched: &[(&StoredPassage, PassageMatches<'_>)],
) -> HashMap<ArticleId, Vec<f32>> {
    let mut articles: HashMap<ArticleId, Vec<f32>> = HashMap::new();
    for (stored, matches) in matched {
        let article = articles.entry(stored.article).or_insert_with(|| matches.in_title.clone());
        let pairs = article.iter_mut().zip(&matches.in_passage);
        pairs.for_each(|(strength, in_passage)| *strength = strength.max(*in_passage));
    }
    articles
}

/// Returns the similarities of a question to all candidates, or `None` if a candidate has no
/// vectors.
fn passage_similarities(
    snapshot: &Snapshot<'_>,
    embeddings: &EmbeddingIndex,
    question: &QuestionVectors,
    candidates: &[Arc<StoredPassage>],
) -> Result<Option<HashMap<PassageId, Similarities>>, IndexError> {
    let mut all = HashMap::new();
    for stored in candidates {
        let article = candidates::article_of(snapshot, stored)?;
        let Some(vectors) = embeddings.passage_vectors(&article, &stored.passage) else {
            return Ok(None);
        };
        all.insert(stored.passage.id, Similarities::new(question, &vectors));
    }
    Ok(Some(all))
}

/// Computes the average length of the passages, in words.
fn average_passage_words(snapshot: &Snapshot<'_>, passage_count: u64) -> Result<f32, IndexError> {
    let words = snapshot.token_count(snapshot.fields().text)?;
    Ok((words as f32 / passage_count.max(1) as f32).max(1.0))
}

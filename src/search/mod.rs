//! A question to ranked sentences in their passages.
//!
//! Tantivy gives the candidates, `features` orders their sentences. The same view and the same query
//! always give the same hits.

pub mod expects;
pub mod explain;
pub mod features;
mod kin;
mod layout;
mod likeness;
pub mod query;
mod spelling;
mod stopwords;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use tantivy::Term as IndexTerm;
use tantivy::query::{
    BooleanQuery, BoostQuery, Occur, PhraseQuery, Query as IndexQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use crate::corpus::article::{Outline, Passage};
use crate::index::schema::{HEADING_BOOST, TITLE_BOOST};
use crate::index::{IndexError, StoredPassage, View};
use features::Features;
use layout::Layout;
use query::{Form, Query, Term};
use spelling::Nearby;

/// What a search brought to light.
#[derive(Debug)]
pub struct Findings {
    /// Best first.
    pub hits: Vec<Hit>,
    pub terms: Vec<KnownTerm>,
    /// The inverse document frequency of a word that no passage has.
    pub highest_idf: f32,
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
}

/// A content word of the question and what the corpus knows of it.
#[derive(Debug, Clone)]
pub struct KnownTerm {
    pub typed: String,
    /// The word that was searched instead, if it was mistyped.
    pub corrected: Option<String>,
    /// Whether the corpus has it in any form.
    pub is_known: bool,
    /// Whether it is written like a name or a number.
    pub is_name: bool,
    /// Rarity: its inverse document frequency.
    pub idf: f32,
    /// 1 for a word of the question itself.
    pub weight: f32,
}

const CANDIDATES: usize = 40;
const SPELLING_WEIGHT: f32 = 0.9;
const RELATIVE_WEIGHT: f32 = 0.6;

/// The `limit` best passages for a query.
pub fn search(view: &View<'_>, query: &Query, limit: usize) -> Result<Findings, IndexError> {
    let mut query = query.clone();
    let passages = view.searcher().num_docs().saturating_sub(view.index().article_count() as u64);
    let terms = know(view, &mut query, passages)?;
    let weights: Vec<_> = terms.iter().map(|term| term.idf * term.weight).collect();
    let average_words = average_words(view)?;
    let mut found = Vec::new();
    let mut outlines = HashMap::new();
    for address in view.top(&candidates(view, &query), CANDIDATES)? {
        let stored = view.passage_at(address)?;
        let article = match outlines.get(&stored.article) {
            Some(known) => Arc::clone(known),
            None => {
                let missing = || IndexError::Corrupt("a passage has no article".into());
                let outline = view.outline(stored.article)?.ok_or_else(missing)?;
                outlines.insert(stored.article, outline.clone());
                outline
            }
        };
        found.extend(score(&query, &weights, article, stored, average_words));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.passage.id.cmp(&b.1.passage.id)));
    found.truncate(limit);
    let hits = found.into_iter().map(|(_, hit)| hit).collect();
    Ok(Findings { hits, terms, highest_idf: features::idf(0, passages) })
}

/// Looks the terms up in the corpus, and adds forms to those that it does not know.
fn know(view: &View<'_>, query: &mut Query, passages: u64) -> Result<Vec<KnownTerm>, IndexError> {
    let (searcher, fields) = (view.searcher(), view.fields());
    let languages = view.index().languages();
    let mut terms = Vec::with_capacity(query.terms.len());
    let last = query.terms.len().wrapping_sub(1);
    for (position, term) in query.terms.iter_mut().enumerate() {
        let mut frequency = frequency(view, term)?;
        let mut corrected = None;
        if frequency == 0 && query.is_unfinished && position == last {
            for word in spelling::completions(searcher, fields.words, &term.folded)? {
                let forms = query::forms_of(&[word], languages, SPELLING_WEIGHT);
                term.forms.extend(forms);
            }
            frequency = self::frequency(view, term)?;
        }
        if frequency == 0 {
            match spelling::nearby(searcher, fields.words, &term.folded)? {
                Some(Nearby::Spelling(word)) => {
                    term.forms.extend(query::forms_of(
                        std::slice::from_ref(&word),
                        languages,
                        SPELLING_WEIGHT,
                    ));
                    corrected = Some(word);
                }
                Some(Nearby::Relatives(words)) => {
                    for word in words {
                        term.forms.extend(query::forms_of(
                            std::slice::from_ref(&word),
                            languages,
                            RELATIVE_WEIGHT,
                        ));
                    }
                }
                None => {}
            }
            frequency = self::frequency(view, term)?;
        }
        terms.push(KnownTerm {
            typed: term.typed.clone(),
            corrected,
            is_known: frequency > 0,
            is_name: term.is_name,
            idf: features::idf(frequency, passages),
            weight: term.weight,
        });
    }
    Ok(terms)
}

/// How many passages have a term, about: the commonest of its forms.
fn frequency(view: &View<'_>, term: &Term) -> Result<u64, IndexError> {
    let field = view.fields().text;
    let mut commonest = 0;
    for form in &term.forms {
        let mut rarest = u64::MAX;
        for stem in &form.stems {
            rarest =
                rarest.min(view.searcher().doc_freq(&IndexTerm::from_field_text(field, stem))?);
        }
        commonest = commonest.max(if rarest == u64::MAX { 0 } else { rarest });
    }
    Ok(commonest)
}

fn average_words(view: &View<'_>) -> Result<f32, IndexError> {
    let (mut words, mut passages) = (0, 0);
    for segment in view.searcher().segment_readers() {
        words += segment.inverted_index(view.fields().text)?.total_num_tokens();
        passages += u64::from(segment.num_docs());
    }
    Ok((words as f32 / passages.max(1) as f32).max(1.0))
}

/// Any passage with any form of any term.
fn candidates(view: &View<'_>, query: &Query) -> BooleanQuery {
    let fields = view.fields();
    let mut any: Vec<(Occur, Box<dyn IndexQuery>)> = Vec::new();
    for term in &query.terms {
        for form in &term.forms {
            for (field, boost) in
                [(fields.text, 1.0), (fields.heading, HEADING_BOOST), (fields.title, TITLE_BOOST)]
            {
                let is_text = field == fields.text;
                if let Some(found) = form_query(field, form, is_text) {
                    let boost = boost * form.weight * term.weight;
                    any.push((Occur::Should, Box::new(BoostQuery::new(found, boost))));
                }
            }
        }
    }
    BooleanQuery::new(any)
}

/// `None` for several words in a field without positions.
fn form_query(field: Field, form: &Form, has_positions: bool) -> Option<Box<dyn IndexQuery>> {
    let mut terms: Vec<_> =
        form.stems.iter().map(|stem| IndexTerm::from_field_text(field, stem)).collect();
    match terms.len() {
        0 => None,
        1 => Some(Box::new(TermQuery::new(terms.remove(0), IndexRecordOption::WithFreqs))),
        _ => has_positions.then(|| Box::new(PhraseQuery::new(terms)) as Box<dyn IndexQuery>),
    }
}

/// `None` if the passage lacks a phrase of the question.
fn score(
    query: &Query,
    weights: &[f32],
    article: Arc<Outline>,
    stored: StoredPassage,
    average_words: f32,
) -> Option<(f32, Hit)> {
    let passage = stored.passage;
    let headings = article.headings_of(passage.section).join(" ");
    let layout = Layout::new(query, &passage, &headings, &stored.language);
    if !layout.has_phrases(query) {
        return None;
    }
    let mut has = layout.in_heading.clone();
    for found in &layout.matches {
        has[found.term] = has[found.term].max(found.weight);
    }
    let features = features::features(query, weights, &layout, average_words);
    let scores: Vec<_> = features.iter().map(features::score).collect();
    let marks = layout.matches.iter().map(|found| (found.bytes.clone(), found.term)).collect();
    let best = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(b.cmp(a)))?;
    Some((scores[best], Hit { article, passage, features, scores, best, marks, has }))
}

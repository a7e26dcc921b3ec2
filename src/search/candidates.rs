//! The passages that share words with a question, by Tantivy's score, and those that are near to it.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::Term as IndexTerm;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query as IndexQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::query::{Form, Query};
use crate::corpus::article::{ArticleId, Outline, PassageId};
use crate::index::schema::{HEADING_BOOST, TITLE_BOOST};
use crate::index::{IndexError, StoredPassage, View};

/// 40 gave no better figures on the tuning articles, one by one or pooled.
pub const MAX_BY_WORDS: usize = 24;
/// Passages that need not share a word.
pub const MAX_NEAR: usize = 12;

/// A passage with its article.
pub type Candidate = (Arc<StoredPassage>, Arc<Outline>);

/// What may answer.
pub struct Candidates {
    pub all: Vec<Candidate>,
    /// How many of them, from the first, were found by words.
    pub by_words: usize,
}

/// The best candidates by words, best first, then those of the passages `near` that are not among them.
pub fn find(view: &View<'_>, query: &Query, near: &[PassageId]) -> Result<Candidates, IndexError> {
    let by_words = view.top(&query_of(view, query), MAX_BY_WORDS)?;
    let mut passages =
        by_words.into_iter().map(|at| view.passage_at(at)).collect::<Result<Vec<_>, _>>()?;
    let by_words = passages.len();
    let may_answer =
        |id: &&PassageId| query.within.as_ref().is_none_or(|within| within.contains(id));
    for id in near.iter().filter(may_answer) {
        if !passages.iter().any(|known| known.passage.id == *id) {
            passages.extend(view.passage(*id)?);
        }
    }
    let mut outlines: HashMap<ArticleId, Arc<Outline>> = HashMap::new();
    let mut all = Vec::new();
    for stored in passages {
        let article = match outlines.get(&stored.article) {
            Some(known) => Arc::clone(known),
            None => {
                let missing = || IndexError::Corrupt("a passage has no article".into());
                let outline = view.outline(stored.article)?.ok_or_else(missing)?;
                outlines.insert(stored.article, Arc::clone(&outline));
                outline
            }
        };
        all.push((stored, article));
    }
    Ok(Candidates { all, by_words })
}

/// Any passage that may answer with any form of any term; relatives count in the text only.
fn query_of(view: &View<'_>, query: &Query) -> BooleanQuery {
    let fields = view.fields();
    let over = [(fields.text, 1.0), (fields.heading, HEADING_BOOST), (fields.title, TITLE_BOOST)];
    let mut any: Vec<(Occur, Box<dyn IndexQuery>)> = Vec::new();
    for term in &query.terms {
        for form in &term.forms {
            for (field, boost) in &over[..if form.is_relative { 1 } else { over.len() }] {
                let has_positions = *field == fields.text;
                if let Some(found) = form_query(*field, form, has_positions) {
                    let boost = boost * form.weight * term.weight;
                    any.push((Occur::Should, Box::new(BoostQuery::new(found, boost))));
                }
            }
        }
    }
    let any = BooleanQuery::new(any);
    let Some(within) = &query.within else { return any };
    let passages = within.iter().map(|id| IndexTerm::from_field_u64(fields.passage, id.to_u64()));
    // Which passages it is about says nothing of how well they answer.
    let within = ConstScoreQuery::new(Box::new(TermSetQuery::new(passages)), 0.0);
    BooleanQuery::new(vec![(Occur::Must, Box::new(any)), (Occur::Must, Box::new(within))])
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

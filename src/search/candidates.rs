//! Candidate retrieval: passages by words, ranked by Tantivy, and the nearest passages by vectors.

use std::sync::Arc;

use tantivy::Term as IndexTerm;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query as IndexQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::expand;
use super::query::Query;
use super::term::{Form, Term};
use crate::corpus::article::{Outline, PassageId};
use crate::index::schema::{HEADING_BOOST, TITLE_BOOST};
use crate::index::{IndexError, Snapshot, StoredPassage};

/// Maximum number of candidates by words. 40 gave no better metrics on the tuning articles.
pub const MAX_LEXICAL: usize = 24;
/// Maximum number of candidates by vectors.
pub const MAX_SEMANTIC: usize = 12;
/// Maximum number of postings that a query reads, about.
const MAX_POSTINGS: u64 = 30_000;
/// Maximum number of postings if the first query finds too few candidates.
const MAX_POSTINGS_OF_ALL: u64 = 300_000;
/// Number of forms that a query has, whatever they cost.
const MIN_FORMS: usize = 2;

/// Passages that may answer.
pub struct Candidates {
    pub passages: Vec<Arc<StoredPassage>>,
    /// Number of candidates by words; they come first.
    pub lexical_count: usize,
}

/// Retrieves the best candidates by words, best first, then those of `nearest` that are missing.
pub fn find(
    snapshot: &Snapshot<'_>,
    query: &Query,
    nearest: &[PassageId],
) -> Result<Candidates, IndexError> {
    let mut found = snapshot
        .top_passages(&index_query(snapshot, query, Forms::WithoutRelated)?, MAX_LEXICAL)?;
    if found.len() < MAX_LEXICAL {
        found = snapshot.top_passages(&index_query(snapshot, query, Forms::All)?, MAX_LEXICAL)?;
    }
    let found = found.into_iter().map(|address| snapshot.passage_at(address));
    let mut passages = found.collect::<Result<Vec<_>, _>>()?;
    let lexical_count = passages.len();
    let may_answer =
        |id: &&PassageId| query.restrict_to.as_ref().is_none_or(|allowed| allowed.contains(id));
    for id in nearest.iter().filter(may_answer) {
        if !passages.iter().any(|known| known.passage.id == *id) {
            passages.extend(snapshot.passage(*id)?);
        }
    }
    Ok(Candidates { passages, lexical_count })
}

/// Returns the article of a candidate.
pub fn article_of(
    snapshot: &Snapshot<'_>,
    stored: &StoredPassage,
) -> Result<Arc<Outline>, IndexError> {
    let missing = || IndexError::Corrupt("a passage has no article".into());
    snapshot.outline(stored.article)?.ok_or_else(missing)
}

/// Forms of the terms that a query has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Forms {
    /// All forms but the related ones.
    WithoutRelated,
    All,
}

/// Builds a Tantivy query for passages with any form of any term.
///
/// Related forms are searched in the text only; all others in headings and titles too.
fn index_query(
    snapshot: &Snapshot<'_>,
    query: &Query,
    forms: Forms,
) -> Result<BooleanQuery, IndexError> {
    let fields = snapshot.fields();
    let boosts = [(fields.text, 1.0), (fields.heading, HEADING_BOOST), (fields.title, TITLE_BOOST)];
    let mut clauses: Vec<(Occur, Box<dyn IndexQuery>)> = Vec::new();
    for (term, form) in affordable_forms(snapshot, query, forms)? {
        for (field, boost) in &boosts[..if form.is_related { 1 } else { boosts.len() }] {
            let has_positions = *field == fields.text;
            // Most words are in no heading, so that the dictionary saves a clause.
            if let Some(clause) = form_query(*field, form, has_positions)
                && (has_positions || expand::form_document_frequency(snapshot, *field, form)? > 0)
            {
                let boost = boost * form.weight * term.turn_weight;
                clauses.push((Occur::Should, Box::new(BoostQuery::new(clause, boost))));
            }
        }
    }
    let any_form = BooleanQuery::new(clauses);
    let Some(allowed) = &query.restrict_to else { return Ok(any_form) };
    let ids = allowed.iter().map(|id| IndexTerm::from_field_u64(fields.passage, id.to_u64()));
    // The restriction selects passages without adding to their scores.
    let restriction = ConstScoreQuery::new(Box::new(TermSetQuery::new(ids)), 0.0);
    Ok(BooleanQuery::new(vec![
        (Occur::Must, Box::new(any_form)),
        (Occur::Must, Box::new(restriction)),
    ]))
}

/// Returns the forms to search for, within the limit of postings.
///
/// In a large corpus, frequent words are left out if rare ones suffice. They say little about where
/// to search, and the ranking still counts them. Words of a quoted phrase are never left out, and
/// no word is if the query is restricted to some passages.
fn affordable_forms<'a>(
    snapshot: &Snapshot<'_>,
    query: &'a Query,
    forms: Forms,
) -> Result<Vec<(&'a Term, &'a Form)>, IndexError> {
    let all = query.terms.iter().flat_map(|term| term.forms.iter().map(move |form| (term, form)));
    let wanted: Vec<_> = all.filter(|(_, form)| forms == Forms::All || !form.is_related).collect();
    if query.restrict_to.is_some() {
        return Ok(wanted);
    }
    let text = snapshot.fields().text;
    let mut costs = Vec::new();
    for (term, form) in &wanted {
        let is_quoted = query.phrases.iter().any(|phrase| phrase.contains(&term.folded));
        costs.push(match is_quoted {
            true => 0,
            false => expand::form_document_frequency(snapshot, text, form)?,
        });
    }
    let budget = match forms {
        Forms::WithoutRelated => MAX_POSTINGS,
        Forms::All => MAX_POSTINGS_OF_ALL,
    };
    let selected = wanted.into_iter().zip(within_budget(&costs, budget));
    Ok(selected.filter_map(|(form, is_selected)| is_selected.then_some(form)).collect())
}

/// Selects the lowest costs whose sum is within `budget`, but at least [`MIN_FORMS`] above 0.
fn within_budget(costs: &[u64], budget: u64) -> Vec<bool> {
    let mut lowest_first: Vec<_> = (0..costs.len()).collect();
    lowest_first.sort_by_key(|at| costs[*at]);
    let (mut left, mut count) = (budget, 0);
    let mut is_selected = vec![false; costs.len()];
    for at in lowest_first {
        if costs[at] > left && count >= MIN_FORMS {
            break;
        }
        left = left.saturating_sub(costs[at]);
        count += usize::from(costs[at] > 0);
        is_selected[at] = true;
    }
    is_selected
}

/// Builds a query for one form; `None` for several words in a field without positions.
fn form_query(field: Field, form: &Form, has_positions: bool) -> Option<Box<dyn IndexQuery>> {
    let mut terms: Vec<_> =
        form.stems.iter().map(|stem| IndexTerm::from_field_text(field, stem)).collect();
    match terms.len() {
        0 => None,
        1 => Some(Box::new(TermQuery::new(terms.remove(0), IndexRecordOption::WithFreqs))),
        _ => has_positions.then(|| Box::new(PhraseQuery::new(terms)) as Box<dyn IndexQuery>),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_are_searched_by_the_rarest_words_within_the_budget() {
        let check = |costs: &[u64], expected: &[bool]| {
            assert_eq!(within_budget(costs, 100), expected, "{costs:?}");
        };
        check(&[60, 5, 30], &[true, true, true]);
        check(&[60, 5, 30, 50], &[false, true, true, true]);
        check(&[900, 70, 800], &[false, true, true]);
        // A mistyped word costs nothing and must not take the place of its correction.
        check(&[0, 800, 0, 900, 0], &[true, true, true, true, true]);
        check(&[], &[]);
    }
}

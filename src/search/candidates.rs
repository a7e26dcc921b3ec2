//! The passages that share words with a question, by Tantivy's score, and those that are near to it.

use std::sync::Arc;

use tantivy::Term as IndexTerm;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query as IndexQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::expand;
use super::query::{Form, Query, Term};
use crate::corpus::article::{Outline, PassageId};
use crate::index::schema::{HEADING_BOOST, TITLE_BOOST};
use crate::index::{IndexError, Snapshot, StoredPassage};

/// 40 gave no better figures on the tuning articles, one by one or pooled.
pub const MAX_BY_WORDS: usize = 24;
/// Passages that need not share a word.
pub const MAX_NEAR: usize = 12;
/// How many entries of the index a question may be looked for in, about, by its rarest words; how many where these
/// find too little; and how many words count in any case.
const MAX_POSTINGS: u64 = 30_000;
const MAX_POSTINGS_OF_ALL: u64 = 300_000;
const MIN_FORMS: usize = 2;

/// What may answer.
pub struct Candidates {
    pub all: Vec<Arc<StoredPassage>>,
    /// How many of them, from the first, were found by words.
    pub by_words: usize,
}

/// The best candidates by words, best first, then those of the passages `near` that are not among them.
pub fn find(
    view: &Snapshot<'_>,
    query: &Query,
    near: &[PassageId],
) -> Result<Candidates, IndexError> {
    let mut by_words = view.top(&query_of(view, query, Forms::Own)?, MAX_BY_WORDS)?;
    if by_words.len() < MAX_BY_WORDS {
        by_words = view.top(&query_of(view, query, Forms::All)?, MAX_BY_WORDS)?;
    }
    let mut all =
        by_words.into_iter().map(|at| view.passage_at(at)).collect::<Result<Vec<_>, _>>()?;
    let by_words = all.len();
    let may_answer =
        |id: &&PassageId| query.restrict_to.as_ref().is_none_or(|within| within.contains(id));
    for id in near.iter().filter(may_answer) {
        if !all.iter().any(|known| known.passage.id == *id) {
            all.extend(view.passage(*id)?);
        }
    }
    Ok(Candidates { all, by_words })
}

/// The article of a candidate.
pub fn article_of(view: &Snapshot<'_>, stored: &StoredPassage) -> Result<Arc<Outline>, IndexError> {
    let missing = || IndexError::Corrupt("a passage has no article".into());
    view.outline(stored.article)?.ok_or_else(missing)
}

/// Which forms of the terms are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Forms {
    /// No relatives.
    Own,
    All,
}

/// Any passage that may answer with any form of any term; relatives count in the text only.
fn query_of(view: &Snapshot<'_>, query: &Query, forms: Forms) -> Result<BooleanQuery, IndexError> {
    let fields = view.fields();
    let over = [(fields.text, 1.0), (fields.heading, HEADING_BOOST), (fields.title, TITLE_BOOST)];
    let mut any: Vec<(Occur, Box<dyn IndexQuery>)> = Vec::new();
    for (term, form) in affordable(view, query, forms)? {
        for (field, boost) in &over[..if form.is_relative { 1 } else { over.len() }] {
            let has_positions = *field == fields.text;
            // Most words stand in no heading.
            if let Some(found) = form_query(*field, form, has_positions)
                && (has_positions || expand::passages_with(view, *field, form)? > 0)
            {
                let boost = boost * form.weight * term.weight;
                any.push((Occur::Should, Box::new(BoostQuery::new(found, boost))));
            }
        }
    }
    let any = BooleanQuery::new(any);
    let Some(within) = &query.restrict_to else { return Ok(any) };
    let passages = within.iter().map(|id| IndexTerm::from_field_u64(fields.passage, id.to_u64()));
    // Which passages it is about says nothing of how well they answer.
    let within = ConstScoreQuery::new(Box::new(TermSetQuery::new(passages)), 0.0);
    Ok(BooleanQuery::new(vec![(Occur::Must, Box::new(any)), (Occur::Must, Box::new(within))]))
}

/// The forms that are looked for: of an archive, words that very many passages have only where there are
/// too few others. They tell little of where to look, and still count when candidates are ranked. What is
/// wanted word for word is looked for in any case, and so is all where few passages may answer.
fn affordable<'a>(
    view: &Snapshot<'_>,
    query: &'a Query,
    forms: Forms,
) -> Result<Vec<(&'a Term, &'a Form)>, IndexError> {
    let all = query.terms.iter().flat_map(|term| term.forms.iter().map(move |form| (term, form)));
    let wanted: Vec<_> = all.filter(|(_, form)| forms == Forms::All || !form.is_relative).collect();
    if query.restrict_to.is_some() {
        return Ok(wanted);
    }
    let mut costs = Vec::new();
    for (term, form) in &wanted {
        let is_quoted = query.phrases.iter().any(|phrase| phrase.contains(&term.folded));
        costs.push(if is_quoted {
            0
        } else {
            expand::passages_with(view, view.fields().text, form)?
        });
    }
    let budget = match forms {
        Forms::Own => MAX_POSTINGS,
        Forms::All => MAX_POSTINGS_OF_ALL,
    };
    let is_taken = within_budget(&costs, budget);
    Ok(wanted.into_iter().zip(is_taken).filter_map(|(form, taken)| taken.then_some(form)).collect())
}

/// Which of some costs are spent, the lowest first: as many as the budget allows, and a few in any case. What
/// costs nothing is not among these.
fn within_budget(costs: &[u64], budget: u64) -> Vec<bool> {
    let mut lowest_first: Vec<_> = (0..costs.len()).collect();
    lowest_first.sort_by_key(|at| costs[*at]);
    let (mut left, mut spent) = (budget, 0);
    let mut is_taken = vec![false; costs.len()];
    for at in lowest_first {
        if costs[at] > left && spent >= MIN_FORMS {
            break;
        }
        left = left.saturating_sub(costs[at]);
        spent += usize::from(costs[at] > 0);
        is_taken[at] = true;
    }
    is_taken
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rarest_words_are_looked_for_and_a_few_in_any_case() {
        let check = |costs: &[u64], expected: &[bool]| {
            assert_eq!(within_budget(costs, 100), expected, "{costs:?}");
        };
        check(&[60, 5, 30], &[true, true, true]);
        check(&[60, 5, 30, 50], &[false, true, true, true]);
        check(&[900, 70, 800], &[false, true, true]);
        // A mistyped word that nobody has does not take the place of what was meant.
        check(&[0, 800, 0, 900, 0], &[true, true, true, true, true]);
        check(&[], &[]);
    }
}

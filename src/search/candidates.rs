//! Candidate retrieval: passages by words, ranked by Tantivy, and the nearest passages by vectors.

use std::sync::Arc;

use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query as IndexQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, Term as IndexTerm};

use super::document_frequency::form_document_frequency;
use super::exactness::exactness;
use super::matcher::Matcher;
use super::query::Query;
use super::term::{Form, Term};
use crate::corpus::article::{Outline, PassageId};
use crate::index::analysis::WordId;
use crate::index::analyzer::WordStemmer;
use crate::index::definitions;
use crate::index::schema::{HEADING_BOOST, TITLE_BOOST};
use crate::index::{IndexError, Snapshot, StoredPassage};

/// Maximum number of candidates by words. 40 gave no better metrics on the tuning articles.
pub const MAX_LEXICAL: usize = 24;
/// Maximum number of candidates by vectors.
pub const MAX_SEMANTIC: usize = 12;
/// Maximum number of articles whose names are compared with the question.
const MAX_NAMED_LOOKUPS: usize = 4;
/// Minimum exactness of a title or a file name whose article gives further candidates.
const MIN_NAMED: f32 = 0.05;
/// Number of passages at the beginning of such an article that are candidates in any case.
const NAMED_OPENINGS: u64 = 2;
/// Score of such a passage, in units of BM25.
const OPENING_SCORE: f32 = 100.0;
/// Maximum number of further candidates that define what is asked for.
const MAX_DEFINING: usize = 16;
/// Maximum number of further candidates of such an article.
const MAX_OF_NAMED: usize = 6;
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

/// Retrieves the best candidates by words, best first, then those by titles and defined names, then
/// those of `nearest` that are missing.
pub fn find(
    snapshot: &Snapshot<'_>,
    query: &Query,
    matcher: &Matcher<'_>,
    nearest: &[PassageId],
) -> Result<Candidates, IndexError> {
    let mut found = snapshot
        .top_passages(&index_query(snapshot, query, Forms::WithoutRelated)?, MAX_LEXICAL)?;
    if found.len() < MAX_LEXICAL {
        found = snapshot.top_passages(&index_query(snapshot, query, Forms::All)?, MAX_LEXICAL)?;
    }
    // A restricted query has few passages, which are all found by their words.
    if query.restrict_to.is_none() {
        let mut further = passages_of_named(snapshot, query, matcher)?;
        further.extend(defining_passages(snapshot, query)?);
        for address in further {
            if !found.contains(&address) {
                found.push(address);
            }
        }
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

/// Returns the first passages, and the best by words, of the articles whose title or file name is
/// much of what the question names.
fn passages_of_named(
    snapshot: &Snapshot<'_>,
    query: &Query,
    matcher: &Matcher<'_>,
) -> Result<Vec<DocAddress>, IndexError> {
    let fields = snapshot.fields();
    let forms = query.terms.iter().flat_map(|term| &term.forms).filter(|form| !form.is_related);
    let stems = forms.flat_map(|form| &form.stems);
    let clauses = stems.map(|stem| {
        let term = IndexTerm::from_field_text(fields.name, stem);
        let clause = TermQuery::new(term, IndexRecordOption::WithFreqs);
        (Occur::Should, Box::new(clause) as Box<dyn IndexQuery>)
    });
    let by_name = BooleanQuery::new(clauses.collect());
    let mut found = Vec::new();
    for article in snapshot.top_articles(&by_name, MAX_NAMED_LOOKUPS)? {
        let stems = article_name_stems(snapshot, &article)?;
        let exactness = stems.iter().map(|name| exactness(matcher, name)).fold(0.0, f32::max);
        if exactness < MIN_NAMED {
            continue;
        }
        let one = |term| TermQuery::new(term, IndexRecordOption::Basic);
        let id = IndexTerm::from_field_u64(fields.article, article.id.to_u64());
        let openings = (0..NAMED_OPENINGS).map(|position| {
            let opening = one(IndexTerm::from_field_u64(fields.position, position));
            let opening = ConstScoreQuery::new(Box::new(opening), OPENING_SCORE);
            (Occur::Should, Box::new(opening) as Box<dyn IndexQuery>)
        });
        let any_form = index_query(snapshot, query, Forms::WithoutRelated)?;
        let mut clauses: Vec<_> = openings.collect();
        clauses.push((Occur::Should, Box::new(any_form)));
        let has_any = BooleanQuery::new(clauses);
        let within = BooleanQuery::new(vec![
            (Occur::Must, Box::new(ConstScoreQuery::new(Box::new(one(id)), 0.0))),
            (Occur::Must, Box::new(has_any)),
        ]);
        found.extend(snapshot.top_passages(&within, MAX_OF_NAMED)?);
    }
    Ok(found)
}

/// Returns passages that define what the question asks for.
fn defining_passages(
    snapshot: &Snapshot<'_>,
    query: &Query,
) -> Result<Vec<DocAddress>, IndexError> {
    if !query.asks_what_is() {
        return Ok(Vec::new());
    }
    let clauses = query.languages.searched.iter().map(|language| {
        let stemmer = WordStemmer::new(language);
        let mut name = String::new();
        let words = query.asked_name.iter();
        words.for_each(|word| definitions::push_stem(&mut name, &stemmer.stem(word)));
        let term = IndexTerm::from_field_text(snapshot.fields().defined, &name);
        let clause = TermQuery::new(term, IndexRecordOption::Basic);
        (Occur::Should, Box::new(clause) as Box<dyn IndexQuery>)
    });
    snapshot.top_passages(&BooleanQuery::new(clauses.collect()), MAX_DEFINING)
}

/// Returns the stems of the title and of the file name of an article, as its passages have them.
fn article_name_stems(
    snapshot: &Snapshot<'_>,
    article: &Outline,
) -> Result<Vec<Vec<WordId>>, IndexError> {
    let id = IndexTerm::from_field_u64(snapshot.fields().article, article.id.to_u64());
    let first = IndexTerm::from_field_u64(snapshot.fields().position, 0);
    let one =
        |term| Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn IndexQuery>;
    let first = BooleanQuery::new(vec![(Occur::Must, one(id)), (Occur::Must, one(first))]);
    let Some(address) = snapshot.top_passages(&first, 1)?.pop() else { return Ok(Vec::new()) };
    let analysis = &snapshot.passage_at(address)?.analysis;
    Ok(vec![analysis.title.clone(), analysis.place.file_name.clone()])
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
                && (has_positions || form_document_frequency(snapshot, *field, form)? > 0)
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
            false => form_document_frequency(snapshot, text, form)?,
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

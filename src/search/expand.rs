//! What the corpus knows of a question's words, and what else they may be called there.

use tantivy::Term as IndexTerm;
use tantivy::schema::Field;

use super::query::{self, Form, Query, Term};
use super::spelling::{self, Suggestion};
use super::term_cache::{Replacement, TermCache};
use super::{TermStats, compounds, features, stopwords, synonyms, word_family, word_frequency};
use crate::index::analyzer::{self, Language};
use crate::index::{IndexError, Snapshot};

const COMPLETION_WEIGHT: f32 = 0.9;
/// The corpus does not have what was typed, so that nothing better competes.
const SPELLING_WEIGHT: f32 = 1.0;
/// Nothing longer is a word; to look for what is like it would take long.
const MAX_WORD_CHARS: usize = 40;
const SYNONYM_WEIGHT: f32 = 0.5;
const RELATIVE_WEIGHT: f32 = 0.6;

/// Looks the terms up in the corpus. Those that it does not know get forms that it has, all get
/// their relatives. `passages` is how many there are.
pub fn expand_terms(
    view: &Snapshot<'_>,
    lexicon: &TermCache,
    query: &mut Query,
    passages: u64,
) -> Result<Vec<TermStats>, IndexError> {
    compounds::join(view, query)?;
    let mut meant = Vec::new();
    let last = query.terms.len().checked_sub(1);
    let is_unfinished = query.is_unfinished;
    let languages = view.languages();
    let known = query.terms.iter_mut().enumerate().map(|(position, term)| {
        let completes = is_unfinished && Some(position) == last;
        let (frequency, corrected) = find(view, lexicon, term, completes)?;
        if let Some(word) = &corrected {
            meant.push((term.folded.clone(), word.clone()));
        }
        let word = corrected.as_deref().unwrap_or(&term.folded);
        let relatives = lexicon.related_words(view, word, || related_words_of(view, word))?;
        for form in &*relatives {
            if !term.forms.iter().any(|known| known.stems == form.stems) {
                term.forms.push(form.clone());
            }
        }
        Ok(TermStats {
            typed: term.typed.clone(),
            is_known: frequency > 0,
            is_name: term.is_name,
            idf: features::idf(frequency, passages) / features::idf(0, passages),
            information: word_frequency::information_content(word, frequency > 0, languages),
            weight: term.weight,
            corrected,
        })
    });
    let mut known: Vec<TermStats> = known.collect::<Result<_, IndexError>>()?;
    // From here on the question is the one that was meant.
    for (typed, word) in meant {
        let slips = query.words.iter_mut().filter(|known| **known == typed);
        slips.for_each(|slip| slip.clone_from(&word));
    }
    drop_function_words(query, &mut known, languages);
    Ok(known)
}

/// Leaves out what turns out to be a function word: mistyped, or English where the corpus has none.
fn drop_function_words(query: &mut Query, known: &mut Vec<TermStats>, languages: &[Language]) {
    let is_content = |term: &TermStats, folded: &str| match &term.corrected {
        Some(word) => !stopwords::is_stopword(word, languages),
        None => term.is_known || !stopwords::is_stopword(folded, &[]),
    };
    let keep: Vec<_> =
        known.iter().zip(&query.terms).map(|(term, own)| is_content(term, &own.folded)).collect();
    // A question of nothing else is about these.
    if keep.contains(&true) {
        query.focus = query
            .focus
            .filter(|focus| keep[*focus])
            .map(|focus| keep[..focus].iter().filter(|kept| **kept).count());
        let mut kept = keep.iter();
        query.terms.retain(|_| kept.next() == Some(&true));
        let mut kept = keep.iter();
        known.retain(|_| kept.next() == Some(&true));
    }
}

/// How many passages have the term, and the word that it was probably meant to be.
fn find(
    view: &Snapshot<'_>,
    lexicon: &TermCache,
    term: &mut Term,
    completes: bool,
) -> Result<(u64, Option<String>), IndexError> {
    let (searcher, field) = (view.searcher(), view.fields().words);
    let languages = view.languages();
    let known = frequency(view, term)?;
    if known > 0 || !is_of_usual_length(&term.folded) {
        return Ok((known, None));
    }
    if completes {
        for word in spelling::completions(searcher, field, &term.folded)? {
            term.forms.extend(query::forms_of(&[word], languages, COMPLETION_WEIGHT));
        }
        let completed = frequency(view, term)?;
        if completed > 0 {
            return Ok((completed, None));
        }
    }
    let found = lexicon.replacement(view, &term.folded, || replacement(view, &term.folded))?;
    let Some(found) = found else { return Ok((0, None)) };
    for word in &found.words {
        term.forms.extend(query::forms_of(std::slice::from_ref(word), languages, found.weight));
    }
    let corrected = found.words.first().filter(|_| found.is_told).cloned();
    Ok((frequency(view, term)?, corrected))
}

/// What may stand for a word that the corpus does not have.
fn replacement(view: &Snapshot<'_>, folded: &str) -> Result<Option<Replacement>, IndexError> {
    Ok(match spelling::suggest(view, folded)? {
        Some(Suggestion::Typo(word)) => {
            Some(Replacement { words: vec![word], weight: SPELLING_WEIGHT, is_told: true })
        }
        Some(Suggestion::SamePrefix(words)) => {
            Some(Replacement { words, weight: RELATIVE_WEIGHT, is_told: false })
        }
        None => compounds::split(view, folded)?.map(|words| Replacement {
            words,
            weight: RELATIVE_WEIGHT,
            is_told: false,
        }),
    })
}

/// The words of the corpus that are kin to `word` or mean about the same.
fn related_words_of(view: &Snapshot<'_>, word: &str) -> Result<Vec<Form>, IndexError> {
    let languages = view.languages();
    let mut relatives: Vec<Form> = Vec::new();
    if !is_of_usual_length(word) {
        return Ok(relatives);
    }
    for kin in word_family::related_words(view.searcher(), view.fields().words, word)? {
        let forms = query::forms_of(&[kin.word], languages, kin.weight);
        relatives.extend(forms.into_iter().map(|form| Form { is_relative: true, ..form }));
    }
    if word_frequency::has_word_frequencies(languages) {
        let stem = analyzer::stem(Language::of_code("en").stemmer().as_ref(), word);
        for synonym in synonyms::synonyms(&stem) {
            let term = IndexTerm::from_field_text(view.fields().text, &synonym);
            if view.searcher().doc_freq(&term)? > 0 {
                let (stems, weight) = (vec![synonym], SYNONYM_WEIGHT);
                relatives.push(Form { stems, weight, is_relative: true });
            }
        }
    }
    Ok(relatives)
}

fn is_of_usual_length(folded: &str) -> bool {
    folded.chars().count() <= MAX_WORD_CHARS
}

/// How many passages have a term, about: the commonest of its forms. A word of headings and titles
/// only stands over their passages.
fn frequency(view: &Snapshot<'_>, term: &Term) -> Result<u64, IndexError> {
    let fields = view.fields();
    let in_text = frequency_in(view, fields.text, term)?;
    if in_text > 0 {
        return Ok(in_text);
    }
    Ok(frequency_in(view, fields.heading, term)?.max(frequency_in(view, fields.title, term)?))
}

fn frequency_in(view: &Snapshot<'_>, field: Field, term: &Term) -> Result<u64, IndexError> {
    let mut commonest = 0;
    for form in &term.forms {
        commonest = commonest.max(passages_with(view, field, form)?);
    }
    Ok(commonest)
}

/// How many passages have a form in a field, at most: as many as its rarest stem.
pub fn passages_with(view: &Snapshot<'_>, field: Field, form: &Form) -> Result<u64, IndexError> {
    let mut rarest = None;
    for stem in &form.stems {
        let passages = view.searcher().doc_freq(&IndexTerm::from_field_text(field, stem))?;
        rarest = Some(rarest.map_or(passages, |rarest: u64| rarest.min(passages)));
    }
    Ok(rarest.unwrap_or(0))
}

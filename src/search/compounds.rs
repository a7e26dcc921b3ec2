//! Compounds: words that the question writes as one and the corpus as two, or the reverse.

use tantivy::Term as IndexTerm;
use tantivy::query::PhraseQuery;

use super::query::Query;
use super::stopwords;
use super::term::stemmed_forms;
use crate::index::language::Language;
use crate::index::script;
use crate::index::{IndexError, Snapshot};

/// Minimum length of each part of a compound, in chars.
const MIN_PART_CHARS: usize = 4;
/// Minimum length of the second part of a hyphenated word, in chars.
const MIN_SECOND_CHARS: usize = 3;
/// Weight of two words written as one.
const JOINED_WEIGHT: f32 = 0.9;

/// Splits a compound such as `Planetenabstand` into two words that the corpus has.
pub fn split(
    snapshot: &Snapshot<'_>,
    folded: &str,
    languages: &[Language],
) -> Result<Option<Vec<String>>, IndexError> {
    let chars: Vec<char> = folded.chars().collect();
    if chars.len() < 2 * MIN_PART_CHARS || !chars.iter().all(|c| c.is_alphabetic()) {
        return Ok(None);
    }
    let field = snapshot.fields().text;
    let is_in_corpus = |part: &str| -> Result<bool, IndexError> {
        for form in stemmed_forms(&[part.to_owned()], languages, 1.0) {
            if snapshot.doc_freq(&IndexTerm::from_field_text(field, &form.stems[0]))? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    };
    // The last split wins: the one with the longest first part.
    let mut best: Option<Vec<String>> = None;
    for at in MIN_PART_CHARS..=chars.len() - MIN_PART_CHARS {
        let first: String = chars[..at].iter().collect();
        let second: String = chars[at..].iter().collect();
        if is_in_corpus(&first)? && is_in_corpus(&second)? {
            best = Some(vec![first, second]);
        }
    }
    Ok(best)
}

/// Splits a word such as `email` into two that the corpus has next to each other, as in `e-mail`.
///
/// No part is a stopword, since `is land` has another meaning than `island`.
pub fn hyphenated(
    snapshot: &Snapshot<'_>,
    folded: &str,
    languages: &[Language],
) -> Result<Option<Vec<String>>, IndexError> {
    if !folded.chars().all(|c| c.is_alphabetic()) || script::ngram_size(folded).is_some() {
        return Ok(None);
    }
    let fields = snapshot.fields();
    let has = |word: &str| -> Result<bool, IndexError> {
        Ok(snapshot.doc_freq(&IndexTerm::from_field_text(fields.words, word))? > 0)
    };
    for (at, _) in folded.char_indices().skip(1) {
        let (first, second) = folded.split_at(at);
        let is_part = |part: &str| part.len() == 1 || !stopwords::is_stopword(part, languages);
        if second.chars().count() < MIN_SECOND_CHARS
            || !is_part(first)
            || !is_part(second)
            || !has(first)?
            || !has(second)?
        {
            continue;
        }
        let parts = vec![first.to_owned(), second.to_owned()];
        for form in stemmed_forms(&parts, languages, 1.0) {
            let stems = form.stems.iter().map(|stem| IndexTerm::from_field_text(fields.text, stem));
            let phrase = PhraseQuery::new(stems.collect());
            if !snapshot.top_passages(&phrase, 1)?.is_empty() {
                return Ok(Some(parts));
            }
        }
    }
    Ok(None)
}

/// Adds the joined form to two adjacent terms, such as `Apple Talk`, that the corpus writes as one.
pub fn join(snapshot: &Snapshot<'_>, query: &mut Query) -> Result<(), IndexError> {
    let languages = query.languages.searched.clone();
    for at in 1..query.terms.len() {
        let [first, second] = &mut query.terms[at - 1..=at] else { continue };
        let joined = format!("{}{}", first.folded, second.folded);
        let term = IndexTerm::from_field_text(snapshot.fields().words, &joined);
        let is_word = first.turn_weight == second.turn_weight
            && first.folded.chars().count().min(second.folded.chars().count()) > 1
            && !joined.contains(|c: char| c.is_ascii_digit())
            && snapshot.doc_freq(&term)? > 0;
        if is_word {
            let forms = stemmed_forms(&[joined], &languages, JOINED_WEIGHT);
            first.forms.extend(forms.iter().cloned());
            second.forms.extend(forms);
        }
    }
    Ok(())
}

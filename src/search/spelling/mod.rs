//! Spelling correction: replacements for words that the corpus lacks.
//!
//! Words that the corpus has, words of less than five letters and words with a digit are never
//! corrected. Corrections are at Damerau–Levenshtein distance 1 or 2. An automaton over the term
//! dictionary finds those of the corpus (Schulz & Mihov 2002), `edits` those of the language.

mod edits;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{TantivyError, Term};

use super::term::stemmed_forms;
use super::word_frequency;
use crate::index::language::Language;
use crate::index::{IndexError, Snapshot};

/// Replacement for a word that the corpus lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion {
    /// Correction of a typo. The answer mentions it.
    Typo(String),
    /// Words with the same prefix. The answer does not mention them.
    SamePrefix(Vec<String>),
}

/// Minimum length of a word that is corrected, in chars.
const MIN_CHARS: usize = 5;
/// Minimum length of a word that is corrected at distance 2, in chars.
const MIN_CHARS_FOR_TWO: usize = 9;
/// Minimum length of a prefix that is completed, in chars.
const MIN_CHARS_TO_COMPLETE: usize = 2;
/// Maximum number of words with the same prefix.
const MAX_WORDS: usize = 8;
/// Maximum number of letters after the common prefix of a word with the same prefix, in chars.
const MAX_ENDING_CHARS: usize = 3;
/// Maximum number of letters that a word with the same prefix is longer, in chars.
const MAX_LONGER_CHARS: usize = 4;

/// Suggests a replacement for a folded word that the corpus lacks.
///
/// A common word of the language is not a typo, so that it gets words with the same prefix only.
pub fn suggest(
    snapshot: &Snapshot<'_>,
    folded: &str,
    languages: &[Language],
) -> Result<Option<Suggestion>, IndexError> {
    let field = snapshot.fields().words;
    let chars = folded.chars().count();
    if chars < MIN_CHARS || !folded.chars().all(char::is_alphabetic) {
        return Ok(None);
    }
    let is_typo = !word_frequency::is_common_word(folded);
    if is_typo {
        let correction = match closest(snapshot, folded, languages, 1)? {
            None => closest_in_language(snapshot, folded, languages)?,
            in_corpus => in_corpus,
        };
        if let Some(word) = correction {
            return Ok(Some(Suggestion::Typo(word)));
        }
    }
    let words = same_prefix(snapshot, field, folded, chars)?;
    if !words.is_empty() {
        return Ok(Some(Suggestion::SamePrefix(words)));
    }
    if !is_typo || chars < MIN_CHARS_FOR_TWO {
        return Ok(None);
    }
    Ok(closest(snapshot, folded, languages, 2)?.map(Suggestion::Typo))
}

/// Returns the first word of the language at distance 1 that the corpus has in another form.
fn closest_in_language(
    snapshot: &Snapshot<'_>,
    folded: &str,
    languages: &[Language],
) -> Result<Option<String>, IndexError> {
    for word in edits::edits1(folded, languages) {
        if has_form(snapshot, &word, languages)? {
            return Ok(Some(word));
        }
    }
    Ok(None)
}

/// Returns whether an article in one of the languages has a form of a folded word.
fn has_form(
    snapshot: &Snapshot<'_>,
    folded: &str,
    languages: &[Language],
) -> Result<bool, IndexError> {
    for form in stemmed_forms(&[folded.to_owned()], languages, 1.0) {
        let stem = Term::from_field_text(snapshot.fields().text, &form.stems[0]);
        if snapshot.doc_freq(&stem)? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the most frequent word within `distance` that the corpus has in one of the languages.
///
/// Words with the same first letter are preferred; at distance 2, only those are considered.
fn closest(
    snapshot: &Snapshot<'_>,
    folded: &str,
    languages: &[Language],
    distance: u8,
) -> Result<Option<String>, IndexError> {
    let field = snapshot.fields().words;
    let query = FuzzyTermQuery::new(Term::from_field_text(field, folded), distance, true);
    let first = folded.chars().next().map(String::from).unwrap_or_default();
    // Exclusive end of all words with this first letter: 0xFF is in no UTF-8 text.
    let end = [first.as_bytes(), &[u8::MAX]].concat();
    let mut frequencies: BTreeMap<String, u64> = BTreeMap::new();
    for terms in snapshot.field_terms(field)? {
        let automaton = query.automaton().map_err(IndexError::from)?;
        let mut words = terms.dictionary().search(automaton);
        if distance > 1 {
            // Two edits reach a large part of the dictionary. A typo is seldom in the first letter.
            words = words.ge(&first).lt(&end);
        }
        let mut words = words.into_stream().map_err(TantivyError::from)?;
        while words.advance() {
            let Ok(word) = std::str::from_utf8(words.key()) else { continue };
            if word.chars().count() >= MIN_CHARS - 1 && word.chars().all(char::is_alphabetic) {
                let frequency = terms.frequency(words.value())?;
                if frequency > 0 {
                    *frequencies.entry(word.to_owned()).or_default() += frequency;
                }
            }
        }
    }
    let rank = |(word, frequency): &(String, u64)| (word.starts_with(&first), *frequency);
    let mut found: Vec<_> = frequencies.into_iter().collect();
    // The sort is stable: of several words with the same rank, the alphabetically first wins.
    found.sort_by_key(|found| Reverse(rank(found)));
    for (word, _) in found {
        if has_form(snapshot, &word, languages)? {
            return Ok(Some(word));
        }
    }
    Ok(None)
}

/// Returns the first words of the corpus with a prefix that the reader is still typing.
pub fn completions(
    snapshot: &Snapshot<'_>,
    field: Field,
    folded: &str,
) -> Result<Vec<String>, IndexError> {
    if folded.chars().count() < MIN_CHARS_TO_COMPLETE {
        return Ok(Vec::new());
    }
    words_with_prefix(snapshot, field, folded, usize::MAX)
}

/// Returns words that differ in the last letters only: `deportees` gives `deportation`.
fn same_prefix(
    snapshot: &Snapshot<'_>,
    field: Field,
    folded: &str,
    chars: usize,
) -> Result<Vec<String>, IndexError> {
    let prefix_chars = MIN_CHARS.max(chars.saturating_sub(MAX_ENDING_CHARS));
    let prefix: String = folded.chars().take(prefix_chars).collect();
    words_with_prefix(snapshot, field, &prefix, chars + MAX_LONGER_CHARS)
}

/// Returns the alphabetically first words with a prefix, at most [`MAX_WORDS`].
fn words_with_prefix(
    snapshot: &Snapshot<'_>,
    field: Field,
    prefix: &str,
    max_chars: usize,
) -> Result<Vec<String>, IndexError> {
    let mut found = Vec::new();
    for terms in snapshot.field_terms(field)? {
        let words = terms.dictionary().range().ge(prefix.as_bytes()).into_stream();
        let mut words = words.map_err(TantivyError::from)?;
        let mut left = MAX_WORDS;
        while left > 0 && words.advance() && words.key().starts_with(prefix.as_bytes()) {
            if let Ok(word) = std::str::from_utf8(words.key())
                && word.chars().count() <= max_chars
                && terms.frequency(words.value())? > 0
            {
                found.push(word.to_owned());
                left -= 1;
            }
        }
    }
    found.sort();
    found.dedup();
    found.truncate(MAX_WORDS);
    Ok(found)
}

//! Words that the corpus does not know to words that it has, or has in another form.
//!
//! Exact words are never touched, nor is anything below five letters or with a digit. Distances are
//! Damerau–Levenshtein with transpositions as one step, looked up by an automaton over the term
//! dictionary (Schulz & Mihov 2002), or among the words of the language (`slips`).

mod edits;

use std::collections::BTreeMap;

use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use super::{query, word_frequency};
use crate::index::{IndexError, Snapshot};

/// What a word that the corpus does not have may stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion {
    /// Probably the word that was meant: the reader is told.
    Typo(String),
    /// Other words with the same beginning: looked for, not told.
    SamePrefix(Vec<String>),
}

const MIN_CHARS: usize = 5;
const MIN_CHARS_FOR_TWO: usize = 9;
const MIN_CHARS_TO_COMPLETE: usize = 2;
const MAX_RELATIVES: usize = 8;

/// Words of the corpus near to a folded word that is not in it. A word of the language is never taken
/// for mistyped.
pub fn suggest(view: &Snapshot<'_>, folded: &str) -> Result<Option<Suggestion>, IndexError> {
    let (searcher, field) = (view.searcher(), view.fields().words);
    let chars = folded.chars().count();
    if chars < MIN_CHARS || !folded.chars().all(char::is_alphabetic) {
        return Ok(None);
    }
    let is_mistyped = !word_frequency::is_word(folded);
    if is_mistyped {
        let meant = match closest(searcher, field, folded, 1)? {
            None => meant(view, folded)?,
            known => known,
        };
        if let Some(word) = meant {
            return Ok(Some(Suggestion::Typo(word)));
        }
    }
    let relatives = relatives(searcher, field, folded, chars)?;
    if !relatives.is_empty() {
        return Ok(Some(Suggestion::SamePrefix(relatives)));
    }
    if !is_mistyped || chars < MIN_CHARS_FOR_TWO {
        return Ok(None);
    }
    Ok(closest(searcher, field, folded, 2)?.map(Suggestion::Typo))
}

/// A word of the language, one slip away, that the corpus has in another form.
fn meant(view: &Snapshot<'_>, folded: &str) -> Result<Option<String>, IndexError> {
    let languages = view.languages();
    for word in edits::edits1(folded, languages) {
        for form in query::forms_of(std::slice::from_ref(&word), languages, 1.0) {
            let stem = Term::from_field_text(view.fields().text, &form.stems[0]);
            if view.searcher().doc_freq(&stem)? > 0 {
                return Ok(Some(word));
            }
        }
    }
    Ok(None)
}

/// The commonest word within `distance`, one with the same first letter before others; within two, only these.
fn closest(
    searcher: &Searcher,
    field: Field,
    folded: &str,
    distance: u8,
) -> tantivy::Result<Option<String>> {
    let query = FuzzyTermQuery::new(Term::from_field_text(field, folded), distance, true);
    let first = folded.chars().next().map(String::from).unwrap_or_default();
    // Behind all that begins with it: no word has this byte.
    let after = [first.as_bytes(), &[u8::MAX]].concat();
    let mut frequencies: BTreeMap<String, u64> = BTreeMap::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut words = index.terms().search(query.automaton()?);
        if distance > 1 {
            // Two slips reach a good part of all words; of these the first letter is seldom one.
            words = words.ge(&first).lt(&after);
        }
        let mut words = words.into_stream()?;
        while words.advance() {
            let Ok(word) = std::str::from_utf8(words.key()) else { continue };
            if word.chars().count() >= MIN_CHARS - 1 && word.chars().all(char::is_alphabetic) {
                *frequencies.entry(word.to_owned()).or_default() +=
                    u64::from(words.value().doc_freq);
            }
        }
    }
    let rank = |(word, frequency): &(String, u64)| (word.starts_with(&first), *frequency);
    // Among equals the first in the alphabet, so that the choice is stable.
    Ok(frequencies.into_iter().rev().max_by_key(rank).map(|(word, _)| word))
}

/// The first words of the corpus that begin like this, for a word that is still being typed.
pub fn completions(
    searcher: &Searcher,
    field: Field,
    folded: &str,
) -> tantivy::Result<Vec<String>> {
    if folded.chars().count() < MIN_CHARS_TO_COMPLETE {
        return Ok(Vec::new());
    }
    beginning_with(searcher, field, folded, usize::MAX)
}

/// Words that share all but the last letters: `deportees` finds `deportation`.
fn relatives(
    searcher: &Searcher,
    field: Field,
    folded: &str,
    chars: usize,
) -> tantivy::Result<Vec<String>> {
    let shared = MIN_CHARS.max(chars.saturating_sub(3));
    let prefix: String = folded.chars().take(shared).collect();
    beginning_with(searcher, field, &prefix, chars + 4)
}

fn beginning_with(
    searcher: &Searcher,
    field: Field,
    prefix: &str,
    max_chars: usize,
) -> tantivy::Result<Vec<String>> {
    let mut found = Vec::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut words = index.terms().range().ge(prefix.as_bytes()).into_stream()?;
        let mut left = MAX_RELATIVES;
        while left > 0 && words.advance() && words.key().starts_with(prefix.as_bytes()) {
            if let Ok(word) = std::str::from_utf8(words.key())
                && word.chars().count() <= max_chars
            {
                found.push(word.to_owned());
                left -= 1;
            }
        }
    }
    found.sort();
    found.dedup();
    found.truncate(MAX_RELATIVES);
    Ok(found)
}

//! Compounds: words that the question writes as one and the corpus as two, or the reverse.

use tantivy::Term as IndexTerm;

use super::query::Query;
use super::term::stemmed_forms;
use crate::index::{IndexError, Snapshot};

/// Minimum length of each part of a compound, in chars.
const MIN_PART_CHARS: usize = 4;
/// Weight of two words written as one.
const JOINED_WEIGHT: f32 = 0.9;

/// Splits a compound such as `Planetenabstand` into two words that the corpus has.
pub fn split(snapshot: &Snapshot<'_>, folded: &str) -> Result<Option<Vec<String>>, IndexError> {
    let chars: Vec<char> = folded.chars().collect();
    if chars.len() < 2 * MIN_PART_CHARS || !chars.iter().all(|c| c.is_alphabetic()) {
        return Ok(None);
    }
    let (searcher, field) = (snapshot.searcher(), snapshot.fields().text);
    let languages = snapshot.languages();
    let is_in_corpus = |part: &str| -> Result<bool, IndexError> {
        for form in stemmed_forms(&[part.to_owned()], languages, 1.0) {
            if searcher.doc_freq(&IndexTerm::from_field_text(field, &form.stems[0]))? > 0 {
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

/// Adds the joined form to two adjacent terms, such as `Apple Talk`, that the corpus writes as one.
pub fn join(snapshot: &Snapshot<'_>, query: &mut Query) -> Result<(), IndexError> {
    let languages = snapshot.languages();
    for at in 1..query.terms.len() {
        let [first, second] = &mut query.terms[at - 1..=at] else { continue };
        let joined = format!("{}{}", first.folded, second.folded);
        let term = IndexTerm::from_field_text(snapshot.fields().words, &joined);
        let is_word = first.turn_weight == second.turn_weight
            && first.folded.chars().count().min(second.folded.chars().count()) > 1
            && !joined.contains(|c: char| c.is_ascii_digit())
            && snapshot.searcher().doc_freq(&term)? > 0;
        if is_word {
            let forms = stemmed_forms(&[joined], languages, JOINED_WEIGHT);
            first.forms.extend(forms.iter().cloned());
            second.forms.extend(forms);
        }
    }
    Ok(())
}

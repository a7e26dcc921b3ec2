//! Words that the question writes together and the corpus apart, or the other way round.

use tantivy::Term as IndexTerm;

use super::query::{self, Query};
use crate::index::{IndexError, Snapshot};

const MIN_PART_CHARS: usize = 4;
const JOINED_WEIGHT: f32 = 0.9;

/// The parts of a word that the corpus knows as words of their own: `Planetenabstand`.
pub fn split(view: &Snapshot<'_>, folded: &str) -> Result<Option<Vec<String>>, IndexError> {
    let chars: Vec<char> = folded.chars().collect();
    if chars.len() < 2 * MIN_PART_CHARS || !chars.iter().all(|c| c.is_alphabetic()) {
        return Ok(None);
    }
    let (searcher, field) = (view.searcher(), view.fields().text);
    let languages = view.languages();
    let known = |part: &str| -> Result<bool, IndexError> {
        for form in query::forms_of(&[part.to_owned()], languages, 1.0) {
            if searcher.doc_freq(&IndexTerm::from_field_text(field, &form.stems[0]))? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let mut best: Option<Vec<String>> = None;
    for at in MIN_PART_CHARS..=chars.len() - MIN_PART_CHARS {
        let first: String = chars[..at].iter().collect();
        let second: String = chars[at..].iter().collect();
        if known(&first)? && known(&second)? {
            best = Some(vec![first, second]);
        }
    }
    Ok(best)
}

/// Gives two words of the question that the corpus writes as one, such as `Apple Talk`, that form.
pub fn join(view: &Snapshot<'_>, query: &mut Query) -> Result<(), IndexError> {
    let languages = view.languages();
    for at in 1..query.terms.len() {
        let [first, second] = &mut query.terms[at - 1..=at] else { continue };
        let joined = format!("{}{}", first.folded, second.folded);
        let term = IndexTerm::from_field_text(view.fields().words, &joined);
        let is_word = first.weight == second.weight
            && first.folded.chars().count().min(second.folded.chars().count()) > 1
            && !joined.contains(|c: char| c.is_ascii_digit())
            && view.searcher().doc_freq(&term)? > 0;
        if is_word {
            let forms = query::forms_of(&[joined], languages, JOINED_WEIGHT);
            first.forms.extend(forms.iter().cloned());
            second.forms.extend(forms);
        }
    }
    Ok(())
}

//! Derivational families: words with a common root that no stemmer conflates, such as `settlers`
//! and `settlement`.
//!
//! Two words are related if their common prefix makes up most of both (Dice 1945).

use std::collections::BTreeMap;

use tantivy::TantivyError;
use tantivy::schema::Field;

use crate::index::{IndexError, Snapshot};

/// A word of the corpus and the strength of its matches.
#[derive(Debug, Clone, PartialEq)]
pub struct RelatedWord {
    pub word: String,
    pub weight: f32,
}

/// Minimum length of a common prefix, in chars. Shorter ones occur in unrelated words.
const MIN_PREFIX_CHARS: usize = 4;
/// Minimum similarity of related words.
const MIN_SIMILARITY: f32 = 0.6;
/// Weight of a related word with similarity 1.
const WEIGHT: f32 = 0.6;
/// Maximum number of related words.
const MAX_RELATED: usize = 24;
/// Maximum number of dictionary entries read for one prefix. It bounds the time in a corpus with,
/// for example, lists of part numbers.
const MAX_ENTRIES: usize = 10_000;

/// Returns the words of `field` that are related to a folded word, by descending similarity.
///
/// Long prefixes are tried first. Shorter ones are skipped once there are [`MAX_RELATED`] words.
pub fn related_words(
    snapshot: &Snapshot<'_>,
    field: Field,
    folded: &str,
) -> Result<Vec<RelatedWord>, IndexError> {
    let chars = folded.chars().count();
    if chars < MIN_PREFIX_CHARS || !folded.chars().all(char::is_alphabetic) {
        return Ok(Vec::new());
    }
    let min_chars = chars.div_ceil(2).max(MIN_PREFIX_CHARS);
    let ends = folded.char_indices().map(|(at, _)| at).chain([folded.len()]).skip(min_chars);
    let mut found = BTreeMap::new();
    let mut longer_prefix: Option<&str> = None;
    let segments = snapshot.field_terms(field)?;
    for end in ends.collect::<Vec<_>>().into_iter().rev() {
        let prefix = &folded[..end];
        for terms in &segments {
            let words = terms.dictionary().range().ge(prefix.as_bytes()).into_stream();
            let mut words = words.map_err(TantivyError::from)?;
            let mut left = MAX_ENTRIES;
            while left > 0 && words.advance() && words.key().starts_with(prefix.as_bytes()) {
                left -= 1;
                let Ok(word) = std::str::from_utf8(words.key()) else { continue };
                if word == folded || longer_prefix.is_some_and(|longer| word.starts_with(longer)) {
                    continue;
                }
                let similarity = similarity(word, folded);
                if similarity >= MIN_SIMILARITY && terms.frequency(words.value())? > 0 {
                    found.insert(word.to_owned(), WEIGHT * similarity);
                }
            }
        }
        if found.len() >= MAX_RELATED {
            break;
        }
        longer_prefix = Some(prefix);
    }
    let mut found: Vec<_> =
        found.into_iter().map(|(word, weight)| RelatedWord { word, weight }).collect();
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    found.truncate(MAX_RELATED);
    Ok(found)
}

/// Computes the Dice coefficient of two words: the share of both that their common prefix makes up.
fn similarity(a: &str, b: &str) -> f32 {
    let common = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    2.0 * common as f32 / (a.chars().count() + b.chars().count()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_family_members_share_most_of_their_letters() {
        let check = |a: &str, b: &str, expected| {
            assert_eq!(similarity(a, b) >= MIN_SIMILARITY, expected, "{a}, {b}");
        };
        check("settlers", "settlement", true);
        check("settle", "settlement", true);
        check("sett", "settlement", false);
        check("iranian", "iran", true);
        check("irascible", "iran", false);
    }
}

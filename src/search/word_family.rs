//! Words of one family that no stemmer brings together: `settlers` and `settlement`.
//!
//! Two words are kin if they share their beginning for most of their length. A match of kin counts
//! for less than a match of the word.

use std::collections::BTreeMap;

use tantivy::Searcher;
use tantivy::schema::Field;

/// A word of the corpus, and what a match of it is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct RelatedWord {
    pub word: String,
    pub weight: f32,
}

/// Shorter beginnings bring strangers together.
const BEGINNING_CHARS: usize = 4;
/// Of both words together.
const MIN_SHARED: f32 = 0.6;
const WEIGHT: f32 = 0.6;
/// The nearest kin are enough.
const MAX_RELATED: usize = 24;
/// No language has so many words with the same beginning; a list of part numbers may.
const MAX_LOOKED_AT: usize = 10_000;

/// Words of `field` that are kin to a folded word, nearest first, with what a match is worth. Where those with a
/// long beginning in common are enough, the others are not looked at.
pub fn related_words(
    searcher: &Searcher,
    field: Field,
    folded: &str,
) -> tantivy::Result<Vec<RelatedWord>> {
    let chars = folded.chars().count();
    if chars < BEGINNING_CHARS || !folded.chars().all(char::is_alphabetic) {
        return Ok(Vec::new());
    }
    // Kin share at least half of the word itself. Those that share more come first, and may be enough.
    let fewest = chars.div_ceil(2).max(BEGINNING_CHARS);
    let ends = folded.char_indices().map(|(at, _)| at).chain([folded.len()]).skip(fewest);
    let mut found = BTreeMap::new();
    let mut seen: Option<&str> = None;
    for end in ends.collect::<Vec<_>>().into_iter().rev() {
        let beginning = &folded[..end];
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut words = index.terms().range().ge(beginning.as_bytes()).into_stream()?;
            let mut left = MAX_LOOKED_AT;
            while left > 0 && words.advance() && words.key().starts_with(beginning.as_bytes()) {
                left -= 1;
                let Ok(word) = std::str::from_utf8(words.key()) else { continue };
                if word == folded || seen.is_some_and(|seen| word.starts_with(seen)) {
                    continue;
                }
                let share = shared(word, folded);
                if share >= MIN_SHARED {
                    found.insert(word.to_owned(), WEIGHT * share);
                }
            }
        }
        if found.len() >= MAX_RELATED {
            break;
        }
        seen = Some(beginning);
    }
    let mut found: Vec<_> =
        found.into_iter().map(|(word, weight)| RelatedWord { word, weight }).collect();
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    found.truncate(MAX_RELATED);
    Ok(found)
}

/// The share of both words that they begin with together (Dice 1945).
fn shared(a: &str, b: &str) -> f32 {
    let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    2.0 * shared as f32 / (a.chars().count() + b.chars().count()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kin_share_most_of_their_letters() {
        let check = |word: &str, of: &str, expected| {
            assert_eq!(shared(word, of) >= MIN_SHARED, expected, "{word}, {of}");
        };
        check("settlers", "settlement", true);
        check("settle", "settlement", true);
        check("sett", "settlement", false);
        check("iranian", "iran", true);
        check("irascible", "iran", false);
    }
}

//! The words of the corpus, for their vectors.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;
use tantivy::TantivyError;

use super::error::IndexError;
use super::script;
use super::snapshot::Snapshot;

/// Maximum length of a word, in bytes.
const MAX_BYTES: usize = 64;

impl Snapshot<'_> {
    /// Returns the folded words that most passages have, at most `limit`, the most frequent first.
    /// Numbers are left out, and the n-grams of scripts without spaces, which are no words.
    pub fn frequent_words(&self, limit: usize) -> Result<Vec<String>, IndexError> {
        let mut frequencies: FxHashMap<String, u64> = FxHashMap::default();
        for terms in self.field_terms(self.fields().words)? {
            let mut words = terms.dictionary().stream().map_err(TantivyError::from)?;
            while words.advance() {
                let Ok(word) = std::str::from_utf8(words.key()) else { continue };
                if is_word(word) {
                    let frequency = terms.frequency(words.value())?;
                    *frequencies.entry(word.to_owned()).or_default() += frequency;
                }
            }
        }
        frequencies.retain(|_, frequency| *frequency > 0);
        let mut words: Vec<_> = frequencies.into_iter().collect();
        words.sort_unstable_by(|(a, frequency_a), (b, frequency_b)| {
            (Reverse(frequency_a), a).cmp(&(Reverse(frequency_b), b))
        });
        words.truncate(limit);
        Ok(words.into_iter().map(|(word, _)| word).collect())
    }
}

fn is_word(word: &str) -> bool {
    word.len() <= MAX_BYTES
        && !word.chars().any(char::is_numeric)
        && script::ngram_size(word).is_none()
}

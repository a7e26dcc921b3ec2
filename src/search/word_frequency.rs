//! Information content of words from their frequency in the language, whatever the corpus. Pure.
//!
//! `Dyrrachium` says more about a question than `largely`. A small corpus does not show it: most
//! common words are as rare there as any name.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::index::language::Language;
use crate::index::script;

/// Self-information of each common word, in nats.
static SELF_INFORMATION: LazyLock<FxHashMap<&'static str, f32>> = LazyLock::new(|| {
    let lines = include_str!("english/common.txt").lines().filter(|line| !line.starts_with('#'));
    let of_line = |line: &'static str| {
        let (information, words) = line.split_once(' ')?;
        let information: f32 = information.parse().ok()?;
        Some(words.split(' ').map(move |word| (word, information)))
    };
    lines.filter_map(of_line).flatten().collect()
});

/// Self-information of the most frequent words, in nats.
const MIN_NATS: f32 = 3.0;
/// Self-information of a word that is not in the list, in nats.
const UNLISTED_NATS: f32 = 14.0;
/// Self-information of a word in a language without a list, in nats.
const UNKNOWN_NATS: f32 = 10.0;
/// Self-information of an n-gram in a script without spaces, in nats.
const GRAM_NATS: f32 = 8.0;
/// Self-information of an n-gram that the corpus lacks, in nats. It may span two words.
const MISSING_GRAM_NATS: f32 = 5.0;
/// Minimum information content of a word.
const MIN: f32 = 0.1;

/// Returns whether there are word frequencies for one of the languages.
pub fn has_word_frequencies(languages: &[Language]) -> bool {
    languages.iter().any(|language| language.code() == "en")
}

/// Computes the information content of a folded word in a corpus of these languages, from 0.1 to 1.
pub fn information_content(folded: &str, is_in_corpus: bool, languages: &[Language]) -> f32 {
    let nats = if folded.contains(|c: char| c.is_ascii_digit()) {
        UNLISTED_NATS
    } else if script::ngram_size(folded).is_some() {
        if is_in_corpus { GRAM_NATS } else { MISSING_GRAM_NATS }
    } else if has_word_frequencies(languages) {
        SELF_INFORMATION.get(folded).copied().unwrap_or(UNLISTED_NATS)
    } else {
        UNKNOWN_NATS
    };
    ((nats - MIN_NATS) / (UNLISTED_NATS - MIN_NATS)).max(MIN)
}

/// Returns whether a folded word is a common English word, and so not a typo.
///
/// The answer does not depend on the corpus: readers ask in English about texts in other languages.
pub fn is_common_word(folded: &str) -> bool {
    SELF_INFORMATION.contains_key(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_frequency_gives_rarer_words_more_information() {
        let english = [Language::of_code("en")];
        let of = |word| information_content(word, true, &english);
        assert!(of("made") < of("largely") && of("largely") < of("settlers"));
        assert!(of("settlers") < of("dyrrachium") && of("dyrrachium") == 1.0 && of("1973") == 1.0);
        let persian = [Language::of_code("fa")];
        assert_eq!(
            information_content("made", true, &persian),
            information_content("dyrrachium", true, &persian)
        );
        assert!(
            information_content("是谁", false, &persian)
                < information_content("是谁", true, &persian)
        );
        assert!(is_common_word("taking") && !is_common_word("taknig"));
    }
}

//! How telling a word is by itself, whatever the corpus: `Dyrrachium` more than `largely`. Pure.
//!
//! A small corpus does not know: there, most common words are as rare as any name.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::index::analyzer::Language;
use crate::index::script;

/// In nats, the self-information of each word that is common.
static FREQUENCIES: LazyLock<FxHashMap<&'static str, f32>> = LazyLock::new(|| {
    let lines = include_str!("english/common.txt").lines().filter(|line| !line.starts_with('#'));
    let of_line = |line: &'static str| {
        let (information, words) = line.split_once(' ')?;
        let information: f32 = information.parse().ok()?;
        Some(words.split(' ').map(move |word| (word, information)))
    };
    lines.filter_map(of_line).flatten().collect()
});

/// In nats, too: words that tell nothing, those that are in no list, and those of a language without
/// a list.
const LEAST: f32 = 3.0;
const UNLISTED: f32 = 14.0;
const UNKNOWABLE: f32 = 10.0;
/// Letters cut from a run of them; across two words, if the corpus does not have them.
const GRAM: f32 = 8.0;
const STRANGE_GRAM: f32 = 5.0;
const MIN: f32 = 0.1;

/// Whether the words of one of these languages are listed.
pub fn has_word_frequencies(languages: &[Language]) -> bool {
    languages.iter().any(|language| language.code() == "en")
}

/// How telling a folded word is, from 0.1 to 1, in a corpus of these languages that has it or not.
pub fn information_content(folded: &str, is_known: bool, languages: &[Language]) -> f32 {
    let is_listed = has_word_frequencies(languages);
    let information = if folded.contains(|c: char| c.is_ascii_digit()) {
        UNLISTED
    } else if script::gram_of(folded).is_some() {
        if is_known { GRAM } else { STRANGE_GRAM }
    } else if is_listed {
        FREQUENCIES.get(folded).copied().unwrap_or(UNLISTED)
    } else {
        UNKNOWABLE
    };
    ((information - LEAST) / (UNLISTED - LEAST)).max(MIN)
}

/// Whether this is a common English word, and no slip of the finger. Readers ask in English what is
/// written in other languages, too.
pub fn is_word(folded: &str) -> bool {
    FREQUENCIES.contains_key(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rarer_a_word_the_more_it_tells() {
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
        assert!(is_word("taking") && !is_word("taknig"));
    }
}

//! The language of a question most of whose words no article has. Pure.

use std::collections::BTreeSet;

use super::interrogatives::is_interrogative;
use super::{stopwords, word_frequency};
use crate::index::analyzer::Word;
use crate::index::language::Language;
use crate::index::language_detection;

/// Number of words from which a question tells its language.
const MIN_WORDS: usize = 3;
/// Share of the words that must be unknown, without those that are known by coincidence.
const MIN_UNKNOWN_SHARE: f32 = 0.6;
/// Minimum number of function words.
const MIN_FUNCTION_WORDS: usize = 2;
/// Languages in Latin letters that are told by their function words alone.
const LANGUAGES: &str =
    "de fr es it pt nl sv da no fi pl cs sk sl hr hu ro ca eu id lv lt et tr vi";
/// Function words of such languages that are parts of names: "Ludwig Mies van der Rohe".
const NAME_PARTICLES: &str = "de da di do du dos das del della der den des van von zu zur la le \
    les el los las al bin ibn san st ter ten";

/// Whether a word can be one of a language of the articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// An article has it, it is common in English, or it is a number.
    Known,
    Unknown,
    /// An article has it, but it is a function word of other languages only, such as "il".
    Coincidental,
}

/// Returns the language that a question is in by its letters or its function words, if most of its
/// words are neither in an article nor common in English: "Polonya'nın başkenti neresidir?" has no
/// function word that tells it, and "an" and "to" are also words in Vietnamese. `is_foreign` has
/// whether no article has each of the words, and `corpus` the languages of the articles.
pub fn by_unknown_words(
    question: &str,
    words: &[Word],
    corpus: &[Language],
    is_foreign: &[bool],
) -> Option<Language> {
    let origins: Vec<_> = words
        .iter()
        .zip(is_foreign)
        .map(|(word, is_foreign)| origin(&word.folded, corpus, *is_foreign))
        .collect();
    let count = |origin| origins.iter().filter(|own| **own == origin).count();
    let unknown = count(Origin::Unknown);
    let telling = unknown + count(Origin::Known);
    if words.len() < MIN_WORDS || (unknown as f32) < MIN_UNKNOWN_SHARE * telling as f32 {
        return None;
    }
    let unknown = words.iter().zip(&origins).filter(|(_, origin)| **origin != Origin::Known);
    let unknown = unknown.map(|(word, _)| word.folded.as_str());
    language_detection::by_letters_reliably(question)
        .or_else(|| by_function_words(question, unknown))
}

fn origin(folded: &str, corpus: &[Language], is_foreign: bool) -> Origin {
    let is_number = || folded.contains(|c: char| c.is_ascii_digit());
    let is_stopword_elsewhere = || {
        !stopwords::is_stopword(folded, corpus)
            && languages().any(|other| stopwords::is_stopword(folded, &[other]))
    };
    if word_frequency::is_common_word(folded) || is_number() {
        Origin::Known
    } else if is_foreign {
        Origin::Unknown
    } else if is_stopword_elsewhere() {
        Origin::Coincidental
    } else {
        Origin::Known
    }
}

fn languages() -> impl Iterator<Item = Language> {
    LANGUAGES.split(' ').map(Language::of_code)
}

/// Returns the language with the most of these words among its function words, at least
/// [`MIN_FUNCTION_WORDS`]. Letters tell apart languages with as many. A single letter, as in `<b>`,
/// is a function word in many languages and counts for none.
fn by_function_words<'a>(question: &str, words: impl Iterator<Item = &'a str>) -> Option<Language> {
    let is_counted = |word: &&str| {
        word.chars().nth(1).is_some() && !NAME_PARTICLES.split(' ').any(|own| own == *word)
    };
    let counted: BTreeSet<_> = words.filter(is_counted).collect();
    let count = |language: &Language| {
        let own = std::slice::from_ref(language);
        let is_own =
            |word: &&&str| stopwords::is_stopword(word, own) || is_interrogative(word, language);
        counted.iter().filter(is_own).count()
    };
    let counts: Vec<_> = languages().map(|language| (count(&language), language)).collect();
    let most = counts.iter().map(|(count, _)| *count).max()?;
    if most < MIN_FUNCTION_WORDS {
        return None;
    }
    let likely: Vec<_> =
        counts.iter().filter(|(count, _)| *count == most).map(|(_, language)| language).collect();
    Some(language_detection::likeliest(question, &likely).unwrap_or(likely[0]).clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::analyzer;

    #[test]
    fn words_that_an_article_has_by_coincidence_count_for_another_language() {
        let check = |question: &str, known: &str, expected: Option<&str>| {
            let words = analyzer::words(question);
            let is_known = |word: &Word| known.split(' ').any(|known| known == word.folded);
            let is_foreign: Vec<_> = words.iter().map(|word| !is_known(word)).collect();
            let english = [Language::of_code("en")];
            let found = by_unknown_words(question, &words, &english, &is_foreign);
            assert_eq!(found.as_ref().map(|own| own.code()), expected, "{question}");
        };
        let known = "come si il in de la mond die van der rohe berg castle tide";
        check("Come si chiama il giardino sassone in polacco?", known, Some("it"));
        check("Quante persone vivono a Varsavia?", known, Some("it"));
        check("Come si il in tide?", known, None);
        check("Who built the castle of Mies van der Rohe?", known, None);
        check("When did Rijkaard van der Vaart visit the castle?", known, None);
        check("il castle", known, None);
    }

    #[test]
    fn names_and_their_particles_tell_no_language() {
        let check = |question: &str, expected: Option<&str>| {
            let words = analyzer::words(question);
            let words = words.iter().map(|word| word.folded.as_str());
            let found = by_function_words(question, words);
            assert_eq!(found.as_ref().map(|own| own.code()), expected, "{question}");
        };
        check("Vasco da Gama do Brasil", None);
        check("Ludwig Mies van der Rohe", None);
        check("quem foi Vasco da Gama", Some("pt"));
        check("Kherson Zaporizhzhia Mykolaiv", None);
        check("sourdough <b>bread</b> <i>rye</i>", None);
        check("jest jest", None);
        check("", None);
    }
}

//! Stopwords: function words, and words around a question such as "tell me". Pure.
//!
//! Stopwords are removed from questions only; the index keeps every word.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::index::function_words;
use crate::index::language::Language;

/// English stopwords. Unlike general lists, this one has the phrases around a question and lacks
/// words that carry one (`against`, `before`, `first`).
const ENGLISH: &str = "\
    a an the this that these those and or but nor so if then than as of at by for with about \
    into onto to from in on up down out off over under again there here i me my mine we us our \
    ours you your yours he him his she her hers it its they them their theirs who whom whose \
    which what where when why how is am are was were be been being do does did done doing has \
    have had having will would shall should can could may might must not no yes please tell \
    explain describe say says said give show find know mean means meaning name many much any \
    some such same other another also just only very too more most often something anything \
    someone anyone dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt im ive \
    id ill youre theyre thats whats whos wheres hows hey hi hello ok okay really actually ever \
    get got let lets s t re ve ll d m because due make made makes did didn one ones e g eg ie \
    etc vs per via article text kind kinds type types sort thing things named called happen \
    happened happens happening use used using big old far long according during between \
    themselves himself herself itself exactly precisely since yet anyway";

/// Weak words: content words only in a question without any other, as in "who are the authors?".
const WEAK: &str = "\
    author authors wrote written writer writers writes think thinks thought believe believes \
    opinion view views reason reasons role roles play plays played start starts started begin \
    begins began want wants wanted need needs needed instead next stand stands abbreviation \
    acronym guide tutorial docs documentation manual overview introduction intro basics explained \
    example examples definition";

/// English stopwords that have some content, so that a question without any other word may be about
/// them.
const LOOSE: &str = "say says said no yes know mean means big old far long get got used using kind \
    kinds type types thing things name use one ones make made give";

/// Returns whether a folded word has no content in any question.
pub fn is_empty_word(folded: &str, languages: &[Language]) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| LOOSE.split_whitespace().collect());
    is_stopword(folded, languages) && !(has_english(languages) && SET.contains(folded))
}

/// Returns whether a folded word is a content word only in a question without any other.
pub fn is_weak(folded: &str, languages: &[Language]) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| WEAK.split_whitespace().collect());
    has_english(languages) && SET.contains(folded)
}

/// Returns whether a folded word is a stopword in any of the languages; no language means English.
pub fn is_stopword(folded: &str, languages: &[Language]) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| ENGLISH.split_whitespace().collect());
    let mut others = languages.iter().filter(|language| language.code() != "en");
    (has_english(languages) && SET.contains(folded))
        || others.any(|language| function_words::of(language).contains(folded))
}

/// Returns whether a word is a stopword in any of the languages, as it is spelled.
pub fn is_spelled_stopword(typed: &str, folded: &str, languages: &[Language]) -> bool {
    let is_own = |language: &Language| match language.code() {
        "en" => is_stopword(folded, std::slice::from_ref(language)),
        _ => function_words::has(language, typed, folded),
    };
    (languages.is_empty() && is_stopword(folded, languages)) || languages.iter().any(is_own)
}

fn has_english(languages: &[Language]) -> bool {
    languages.is_empty() || languages.iter().any(|language| language.code() == "en")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stopwords_depend_on_the_languages() {
        let check = |folded: &str, codes: &[&str], expected: bool| {
            let languages: Vec<_> = codes.iter().map(|code| Language::of_code(code)).collect();
            assert_eq!(is_stopword(folded, &languages), expected, "{folded} {codes:?}");
        };
        check("the", &["en"], true);
        check("the", &[], true);
        check("the", &["de"], false);
        check("und", &["de"], true);
        check("und", &["en"], false);
        check("und", &["en", "de"], true);
        check("against", &["en"], false);
    }

    #[test]
    fn stopwords_are_not_weak_words() {
        let english = [Language::of_code("en")];
        assert!(is_weak("author", &english) && !is_stopword("author", &english));
        assert!(!is_weak("the", &english));
        assert!(!is_weak("author", &[Language::of_code("de")]));
    }
}

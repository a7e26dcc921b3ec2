//! Detection of sentences that cannot be understood without the sentence before them. Pure.
//!
//! The evidence is words that refer to earlier text, listed for each language in `cues.toml`, and
//! their position: a pronoun is dangling if its own sentence has no possible antecedent before it.
//! In a language without a list only the marks of the sentence count. A wrong decision costs a good
//! sentence or shows a dependent sentence; the words of the article are never changed.

use super::cues::{self, DiscourseCues, starts_with};
use super::dependence_level::Dependence;
use super::quotation_marks::dependence_by_marks;
use crate::index::analyzer::{self, Word};
use crate::index::language::Language;
use crate::search::stopwords::is_stopword;

/// English prepositions. A demonstrative after a preposition refers to something outside of the
/// clause.
const PREPOSITIONS: [&str; 13] =
    ["of", "to", "on", "in", "at", "by", "with", "from", "under", "during", "for", "as", "after"];
const ENGLISH_DEMONSTRATIVES: [&str; 4] = ["this", "that", "these", "those"];
/// English nouns for periods. "that" before such a noun is a demonstrative, not a conjunction.
const PERIODS: [&str; 9] =
    ["year", "month", "week", "day", "night", "time", "period", "decade", "century"];
/// English verbs. "the" and a noun before such a verb are the whole subject.
const AUXILIARIES: [&str; 14] = [
    "was", "were", "is", "are", "has", "have", "had", "will", "would", "can", "could", "may",
    "might", "did",
];

/// Number of content words before a demonstrative that make an antecedent in the sentence likely.
const MIN_ANTECEDENT_WORDS: usize = 5;
/// Number of words at the beginning of a sentence in which a cue refers to the sentence before.
const EARLY_WORDS: usize = 8;

/// Returns the dependence of a sentence on the sentence before it.
pub fn dependence(sentence: &str, language: &Language) -> Dependence {
    let by_marks = dependence_by_marks(sentence);
    match cues::for_language(language) {
        Some(cues) => by_marks.max(dependence_by_cues(cues, sentence, language)),
        None => by_marks,
    }
}

/// Returns whether a sentence begins with a cue that contradicts or limits the sentence before it.
pub fn contradicts_previous(sentence: &str, language: &Language) -> bool {
    let Some(cues) = cues::for_language(language) else { return false };
    let words = analyzer::words(sentence);
    cues.contrasts.iter().any(|contrast| contrast.opens(sentence, &words))
}

/// Returns the number of pronouns in a sentence.
pub fn pronoun_count(sentence: &str, language: &Language) -> usize {
    let Some(cues) = cues::for_language(language) else { return 0 };
    let is_pronoun = |word: &&Word| {
        cues.pronouns.contains(&word.folded) || cues.personal_pronouns.contains(&word.folded)
    };
    analyzer::words(sentence).iter().filter(is_pronoun).count()
}

/// Returns the dependence of a sentence, as far as its words show it.
fn dependence_by_cues(cues: &DiscourseCues, sentence: &str, language: &Language) -> Dependence {
    let words = analyzer::words(sentence);
    let begins_with = |list: &[Vec<String>]| list.iter().any(|phrase| starts_with(&words, phrase));
    let is_exception = begins_with(&cues.exceptions) || is_expletive_it(&words, language);
    let has_opener = cues.openers.iter().any(|opener| opener.opens(sentence, &words));
    let has_prefix = cues.prefixes.iter().any(|prefix| sentence.starts_with(&**prefix));
    if (has_opener && !is_exception) || has_prefix {
        return Dependence::Strong;
    }
    let first = usize::from(is_exception);
    let mut dependence = Dependence::None;
    let mut antecedents = Antecedents::default();
    for (position, word) in words.iter().enumerate() {
        if position >= first {
            dependence =
                dependence.max(dependence_of_word(cues, position, &words, &antecedents, sentence));
        }
        antecedents.add(word, position, sentence, language);
    }
    dependence
}

/// Returns the dependence of a sentence that results from one of its words.
fn dependence_of_word(
    cues: &DiscourseCues,
    position: usize,
    words: &[Word],
    antecedents: &Antecedents,
    sentence: &str,
) -> Dependence {
    let word = &words[position].folded;
    let rest = &words[position..];
    if cues.pronouns.contains(word) && antecedents.content_words == 0 {
        return Dependence::Strong;
    }
    if cues.personal_pronouns.contains(word) && antecedents.names == 0 {
        return Dependence::Strong;
    }
    if cues.demonstratives.contains(word)
        && antecedents.content_words < MIN_ANTECEDENT_WORDS
        && !is_fixed_phrase(rest)
    {
        return Dependence::Strong;
    }
    // "that" after a comma is a demonstrative, not a conjunction.
    if word == "that" && sentence[..words[position].range.start].ends_with(", ") {
        return Dependence::Strong;
    }
    if word == "that" && rest.get(1).is_some_and(|next| PERIODS.contains(&&*next.folded)) {
        return Dependence::Weak;
    }
    let previous = position.checked_sub(1).map_or("", |previous| words[previous].folded.as_str());
    if ENGLISH_DEMONSTRATIVES.contains(&&**word)
        && PREPOSITIONS.contains(&previous)
        && !is_fixed_phrase(rest)
    {
        return Dependence::Weak;
    }
    if cues.early_phrases.iter().any(|phrase| starts_with(rest, phrase))
        && !is_both_with_names(word, rest, antecedents)
        && !is_not_only_but_also(position, words)
    {
        return if position < EARLY_WORDS { Dependence::Strong } else { Dependence::None };
    }
    if word == "the"
        && rest.get(1).is_some_and(|noun| is_undescribed_noun(cues, noun, rest, sentence))
    {
        return match antecedents.names + antecedents.content_words {
            0 => Dependence::Strong,
            1..MIN_ANTECEDENT_WORDS => Dependence::Weak,
            _ => Dependence::None,
        };
    }
    match position == 0 && is_bare_subject(words, sentence) {
        true => Dependence::Weak,
        false => Dependence::None,
    }
}

/// Returns whether `noun` is a vague noun that the words after it do not describe ("the country
/// has", but not "the country of").
fn is_undescribed_noun(cues: &DiscourseCues, noun: &Word, rest: &[Word], sentence: &str) -> bool {
    let describes = |next: &Word| {
        let between = &sentence[noun.range.end..next.range.start];
        let is_connective = matches!(
            next.folded.as_str(),
            "of" | "that"
                | "which"
                | "who"
                | "in"
                | "to"
                | "between"
                | "for"
                | "with"
                | "on"
                | "at"
                | "from"
                | "over"
                | "by"
        );
        between == " " && is_connective || between.contains(['’', '\'', '-'])
    };
    cues.vague_nouns.contains(&noun.folded) && !rest.get(2).is_some_and(describes)
}

/// The possible antecedents of a word in its own sentence.
#[derive(Default)]
struct Antecedents {
    /// Number of words before it that are neither stopwords nor numbers.
    content_words: usize,
    /// Number of capitalized words before it.
    names: usize,
}

impl Antecedents {
    /// Adds the word at `position` of the sentence.
    fn add(&mut self, word: &Word, position: usize, sentence: &str, language: &Language) {
        let languages = std::slice::from_ref(language);
        let is_number = word.folded.starts_with(|c: char| c.is_ascii_digit());
        if is_number || is_stopword(&word.folded, languages) {
            return;
        }
        self.content_words += 1;
        let written = &sentence[word.range.clone()];
        let is_common =
            position == 0 && crate::search::word_frequency::is_common_word(&word.folded);
        self.names += usize::from(written.starts_with(char::is_uppercase) && !is_common);
    }
}

/// Returns whether a sentence begins with "the", a common noun and its verb, as in "The network
/// was": only the sentence before says which network.
fn is_bare_subject(words: &[Word], sentence: &str) -> bool {
    let [the, noun, verb, ..] = words else { return false };
    let is_common = sentence[noun.range.clone()].starts_with(char::is_lowercase);
    let is_verb = AUXILIARIES.contains(&verb.folded.as_str()) || verb.folded.ends_with("ed");
    the.folded == "the" && is_common && is_verb
}

/// Returns whether `word` is "both" in "both Iran and", or after two names.
fn is_both_with_names(word: &str, rest: &[Word], antecedents: &Antecedents) -> bool {
    let names_follow = || rest.iter().skip(1).take(6).any(|word| word.folded == "and");
    word == "both" && (antecedents.names >= 2 || names_follow())
}

/// Returns whether the word at `position` is "also" in "not only … but also".
fn is_not_only_but_also(position: usize, words: &[Word]) -> bool {
    words[position].folded == "also" && words[..position].iter().any(|word| word.folded == "only")
}

/// Returns whether the words begin with a phrase that does not refer to earlier text, such as "such
/// as" or "those who".
fn is_fixed_phrase(rest: &[Word]) -> bool {
    let next = rest.get(1).map_or("", |word| word.folded.as_str());
    match rest[0].folded.as_str() {
        "such" => next == "as",
        "similar" => next == "to",
        "that" => matches!(next, "of" | "which"),
        "those" => matches!(next, "who" | "whose" | "that" | "with" | "in" | "of" | "without"),
        "this" => matches!(next, "year" | "month" | "week" | "century" | "article"),
        _ => false,
    }
}

/// Returns whether a sentence begins with an expletive "it", as in "It is reasonable to" or "It
/// remains unclear whether".
fn is_expletive_it(words: &[Word], language: &Language) -> bool {
    let [it, verb, rest @ ..] = words else { return false };
    let is_verb = matches!(
        verb.folded.as_str(),
        "is" | "was"
            | "seems"
            | "appears"
            | "remains"
            | "became"
            | "would"
            | "may"
            | "takes"
            | "took"
    );
    let clause = rest
        .iter()
        .take(4)
        .position(|word| matches!(word.folded.as_str(), "to" | "that" | "whether" | "how" | "why"));
    // "It was destroyed to" has a real subject, "it is expected that" has none.
    let is_passive = |word: &Word| {
        let is_reporting_verb = matches!(
            word.folded.as_str(),
            "expected" | "believed" | "reported" | "estimated" | "argued"
        );
        word.folded.ends_with("ed") && !is_reporting_verb
    };
    let is_subject = |clause: usize| clause > 0 && !rest[..clause].iter().any(is_passive);
    language.code() == "en" && it.folded == "it" && is_verb && clause.is_some_and(is_subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: &str, sentence: &str, expected: Dependence) {
        assert_eq!(dependence(sentence, &Language::of_code(language)), expected, "{sentence}");
    }

    #[test]
    fn dependence_is_strong_for_sentences_that_refer_back() {
        for (language, sentence) in [
            ("en", "However, underlying tensions persist."),
            ("en", "This deliberate restraint reflects a careful act."),
            (
                "en",
                "With the Emirate in power for years to come, that optimism may be well-founded.",
            ),
            ("en", "Among them, Iran is an interesting case."),
            ("en", "In 2015 he moved to Turin."),
            ("en", "Under the Taliban, this imbalance has worsened."),
            ("en", "Should Iran choose to take a similar step, it would act alone."),
            ("en", "ISKP poses a serious menace to both regimes."),
            ("en", "Iran also struggles with narcotics."),
            ("en", "The country has become a nexus."),
            ("en", "Second, the dam leaks."),
            ("en", "the rest of a sentence."),
            ("de", "Außerdem fehlt das Wasser."),
            ("de", "Dort wird seit 1966 Strom erzeugt."),
            ("fr", "C’est pourquoi la rivière manque d’eau."),
            ("es", "Sin embargo, el río está seco."),
            ("es", "Está seco."),
            ("ru", "Её воды делят две страны."),
            ("ru", "При этом договор не выполняется."),
            ("ar", "ومع ذلك، لا تزال التوترات قائمة."),
            ("fa", "با این حال، تنش‌ها باقی است."),
            ("fa", "آن‌ها به ایران بازگشتند."),
            ("zh", "然而，河水不足。"),
            ("ja", "しかし、水が足りない。"),
        ] {
            check(language, sentence, Dependence::Strong);
        }
    }

    #[test]
    fn dependence_is_none_for_self_contained_sentences() {
        for (language, sentence) in [
            ("en", "Since the Taliban’s return to power in 2021, it has kept away from Iran."),
            ("en", "It is reasonable to suggest that recognition may follow."),
            ("en", "There are two million addicts in Iran."),
            (
                "en",
                "Iranian and Russian strategic interests do not always converge, and this divergence matters.",
            ),
            ("en", "Both Tehran and Kabul want the refugees to return."),
            ("en", "Those who return find no work."),
            ("en", "A jihadist victory poses not only a risk but also a challenge."),
            ("en", "Giorgio Cafiero said he was in Doha."),
            ("en", "Second World War bombs are found every year."),
            ("de", "Es gibt in Iran zwei Millionen Süchtige."),
            ("fr", "L’Iran partage la rivière avec son voisin."),
            ("es", "Irán está al oeste de Afganistán."),
            ("ru", "Иран делит воды Гильменда с Афганистаном."),
            ("ar", "تقع إيران غرب أفغانستان."),
            ("fa", "رود هلمند از افغانستان به ایران می‌رود."),
            ("zh", "赫尔曼德河流入伊朗。"),
            ("tr", "Nehir kuruyor."),
        ] {
            check(language, sentence, Dependence::None);
        }
        for weak in [
            "Despite setbacks, the group has proven resilient.",
            "Colonel Monckton, in the sole British success that year, took Fort Beauséjour.",
            "The network was engineered and operated by Telenet.",
            "In 1965 a large data network of New York was made part of this voice network.",
            "Dinwiddie had sent a company of forty men under William Trent to that point.",
        ] {
            check("en", weak, Dependence::Weak);
        }
    }

    #[test]
    fn dependence_is_fragment_for_parts_of_quotations() {
        check("en", "“We have seen it.”", Dependence::Fragment);
        check("en", "“We have seen it.", Dependence::Fragment);
        check("en", "It is a tool of leverage,” Dr. Karim said.", Dependence::Fragment);
        check("en", "“It never rains,” said Ada Moon.", Dependence::Strong);
        check("en", "The “water bankruptcy” of Iran is old.", Dependence::None);
        check("de", "Die „Wassernot“ in Iran ist alt.", Dependence::None);
    }
}

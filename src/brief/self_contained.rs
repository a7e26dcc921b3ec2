//! Whether a sentence can be understood without the one before it. Pure.
//!
//! By words that point back, listed for each language in `cues.toml`, and by where they stand: a
//! pronoun hangs if nothing before it in its sentence could be meant. A language without a list is
//! judged by its marks alone. What is told wrongly costs a good sentence, or shows one that hangs;
//! never a wrong word.

use super::cues::{self, DiscourseCues, starts};
use super::quotation_marks;
use crate::index::analyzer::{self, Language, Word};
use crate::search::stopwords::is_stopword;

/// How a sentence stands by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependence {
    None,
    /// Something in it points back, but the rest can be understood.
    Weak,
    /// It needs the sentence before.
    Strong,
    /// A part of a longer quotation, or one that says not who speaks: the sentence before would not
    /// help.
    Fragment,
}

/// English prepositions: what points after them points out of the clause.
const PREPOSITIONS: [&str; 13] =
    ["of", "to", "on", "in", "at", "by", "with", "from", "under", "during", "for", "as", "after"];
const POINTERS_WITHIN: [&str; 4] = ["this", "that", "these", "those"];
/// English nouns before which "that" is no conjunction.
const TIMES: [&str; 9] =
    ["year", "month", "week", "day", "night", "time", "period", "decade", "century"];
/// English verbs after which a noun that nothing describes is the subject.
const AUXILIARIES: [&str; 14] = [
    "was", "were", "is", "are", "has", "have", "had", "will", "would", "can", "could", "may",
    "might", "did",
];

/// So many words that carry something can be what a later "this" points to.
const ENOUGH_TO_POINT_TO: usize = 5;
/// What stands within so many first words ties a sentence to the one before.
const EARLY: usize = 8;

/// How `sentence` stands by itself in this language.
pub fn dependence(sentence: &str, language: &Language) -> Dependence {
    let by_marks = quotation_marks::standing(sentence);
    match cues::of(language) {
        Some(bonds) => by_marks.max(bonds.dependence(sentence, language)),
        None => by_marks,
    }
}

/// Whether `sentence` takes back, or away from, what the sentence before says.
pub fn contradicts_previous(sentence: &str, language: &Language) -> bool {
    let words = analyzer::words(sentence);
    let bonds = cues::of(language);
    bonds.is_some_and(|bonds| bonds.turns.iter().any(|turn| turn.opens(sentence, &words)))
}

/// How many words stand for something that is named elsewhere, perhaps in another sentence.
pub fn pronoun_count(sentence: &str, language: &Language) -> usize {
    let Some(bonds) = cues::of(language) else { return 0 };
    let stands_in = |word: &&Word| {
        bonds.pronouns.contains(&word.folded) || bonds.persons.contains(&word.folded)
    };
    analyzer::words(sentence).iter().filter(stands_in).count()
}

impl DiscourseCues {
    fn dependence(&self, sentence: &str, language: &Language) -> Dependence {
        let words = analyzer::words(sentence);
        let begins = |list: &[Vec<String>]| list.iter().any(|phrase| starts(&words, phrase));
        let is_let_off = begins(&self.unless) || is_empty_it(&words, language);
        let opener = self.openers.iter().any(|opener| opener.opens(sentence, &words));
        let begins_so = self.beginnings.iter().any(|beginning| sentence.starts_with(&**beginning));
        if (opener && !is_let_off) || begins_so {
            return Dependence::Strong;
        }
        let from = usize::from(is_let_off);
        let mut standing = Dependence::None;
        let mut before = Before::default();
        for (at, word) in words.iter().enumerate() {
            if at >= from {
                standing = standing.max(self.at(at, &words, &before, sentence));
            }
            before.take(word, at, sentence, language);
        }
        standing
    }

    /// How the sentence stands because of one word.
    fn at(&self, at: usize, words: &[Word], before: &Before, sentence: &str) -> Dependence {
        let word = &words[at].folded;
        let rest = &words[at..];
        if self.pronouns.contains(word) && before.content == 0 {
            return Dependence::Strong;
        }
        if self.persons.contains(word) && before.names == 0 {
            return Dependence::Strong;
        }
        if self.pointers.contains(word) && before.content < ENOUGH_TO_POINT_TO && !is_let(rest) {
            return Dependence::Strong;
        }
        // After a comma it is no conjunction.
        if word == "that" && sentence[..words[at].range.start].ends_with(", ") {
            return Dependence::Strong;
        }
        if word == "that" && rest.get(1).is_some_and(|next| TIMES.contains(&&*next.folded)) {
            return Dependence::Weak;
        }
        let after = at.checked_sub(1).map_or("", |before| words[before].folded.as_str());
        if POINTERS_WITHIN.contains(&&**word) && PREPOSITIONS.contains(&after) && !is_let(rest) {
            return Dependence::Weak;
        }
        if self.early.iter().any(|phrase| starts(rest, phrase))
            && !is_pair(word, rest, before)
            && !is_correlative(at, words)
        {
            return if at < EARLY { Dependence::Strong } else { Dependence::None };
        }
        if word == "the" && rest.get(1).is_some_and(|noun| self.is_bare(noun, rest, sentence)) {
            return match before.names + before.content {
                0 => Dependence::Strong,
                1..ENOUGH_TO_POINT_TO => Dependence::Weak,
                _ => Dependence::None,
            };
        }
        match at == 0 && is_bare_subject(words, sentence) {
            true => Dependence::Weak,
            false => Dependence::None,
        }
    }

    /// A noun that means something named before: nothing after it says which.
    fn is_bare(&self, noun: &Word, rest: &[Word], sentence: &str) -> bool {
        let says_which = |next: &Word| {
            let glued = &sentence[noun.range.end..next.range.start];
            let is_said = matches!(
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
            glued == " " && is_said || glued.contains(['’', '\'', '-'])
        };
        self.vague.contains(&noun.folded) && !rest.get(2).is_some_and(says_which)
    }
}

/// What a word that points back could point to within its own sentence.
#[derive(Default)]
struct Before {
    /// Words that carry something.
    content: usize,
    /// Written with a capital.
    names: usize,
}

impl Before {
    fn take(&mut self, word: &Word, at: usize, sentence: &str, language: &Language) {
        let languages = std::slice::from_ref(language);
        let is_number = word.folded.starts_with(|c: char| c.is_ascii_digit());
        if is_number || is_stopword(&word.folded, languages) {
            return;
        }
        self.content += 1;
        let written = &sentence[word.range.clone()];
        let is_common = at == 0 && crate::search::word_frequency::is_common_word(&word.folded);
        self.names += usize::from(written.starts_with(char::is_uppercase) && !is_common);
    }
}

/// "The network was", "The election produced": which one, the sentence before says.
fn is_bare_subject(words: &[Word], sentence: &str) -> bool {
    let [the, noun, verb, ..] = words else { return false };
    let is_common = sentence[noun.range.clone()].starts_with(char::is_lowercase);
    let is_verb = AUXILIARIES.contains(&verb.folded.as_str()) || verb.folded.ends_with("ed");
    the.folded == "the" && is_common && is_verb
}

/// "both Iran and", or "both" after two names.
fn is_pair(word: &str, rest: &[Word], before: &Before) -> bool {
    let names_them = || rest.iter().skip(1).take(6).any(|word| word.folded == "and");
    word == "both" && (before.names >= 2 || names_them())
}

/// "not only … but also".
fn is_correlative(at: usize, words: &[Word]) -> bool {
    words[at].folded == "also" && words[..at].iter().any(|word| word.folded == "only")
}

/// "such as", "those who".
fn is_let(rest: &[Word]) -> bool {
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

/// "It is reasonable to", "It remains unclear whether": an English "it" that stands for nothing.
fn is_empty_it(words: &[Word], language: &Language) -> bool {
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
    let at = rest
        .iter()
        .take(4)
        .position(|word| matches!(word.folded.as_str(), "to" | "that" | "whether" | "how" | "why"));
    let is_done = |word: &Word| {
        let is_said = matches!(
            word.folded.as_str(),
            "expected" | "believed" | "reported" | "estimated" | "argued"
        );
        word.folded.ends_with("ed") && !is_said
    };
    let tells = |at: usize| at > 0 && !rest[..at].iter().any(is_done);
    language.code() == "en" && it.folded == "it" && is_verb && at.is_some_and(tells)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: &str, sentence: &str, expected: Dependence) {
        assert_eq!(dependence(sentence, &Language::of_code(language)), expected, "{sentence}");
    }

    #[test]
    fn a_sentence_that_points_back_hangs() {
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
    fn a_sentence_that_names_what_it_means_stands_alone() {
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
        for leaning in [
            "Despite setbacks, the group has proven resilient.",
            "Colonel Monckton, in the sole British success that year, took Fort Beauséjour.",
            "The network was engineered and operated by Telenet.",
            "In 1965 a large data network of New York was made part of this voice network.",
            "Dinwiddie had sent a company of forty men under William Trent to that point.",
        ] {
            check("en", leaning, Dependence::Weak);
        }
    }

    #[test]
    fn a_part_of_a_speech_is_broken() {
        check("en", "“We have seen it.”", Dependence::Fragment);
        check("en", "“We have seen it.", Dependence::Fragment);
        check("en", "It is a tool of leverage,” Dr. Karim said.", Dependence::Fragment);
        check("en", "“It never rains,” said Ada Moon.", Dependence::Strong);
        check("en", "The “water bankruptcy” of Iran is old.", Dependence::None);
        check("de", "Die „Wassernot“ in Iran ist alt.", Dependence::None);
    }
}

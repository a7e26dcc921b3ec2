//! What kind of words an answer should hold, and where a text has them. Pure.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use crate::index::analysis::{AnalysedWord, WordId};
use crate::index::analyzer::Word;

/// What a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerType {
    Anything,
    Time,
    Person,
    Place,
    Amount,
    Cause,
    /// What a name stands for.
    Meaning,
}

/// Question words, folded, by what they ask for.
const ASKING: [(&str, AnswerType); 31] = [
    ("when", AnswerType::Time),
    ("why", AnswerType::Cause),
    ("where", AnswerType::Place),
    ("who", AnswerType::Person),
    ("whom", AnswerType::Person),
    ("whose", AnswerType::Person),
    ("wann", AnswerType::Time),
    ("warum", AnswerType::Cause),
    ("weshalb", AnswerType::Cause),
    ("wer", AnswerType::Person),
    ("wen", AnswerType::Person),
    ("wieviel", AnswerType::Amount),
    ("quand", AnswerType::Time),
    ("pourquoi", AnswerType::Cause),
    ("combien", AnswerType::Amount),
    ("cuando", AnswerType::Time),
    ("donde", AnswerType::Place),
    ("quien", AnswerType::Person),
    ("quienes", AnswerType::Person),
    ("cuantos", AnswerType::Amount),
    ("cuantas", AnswerType::Amount),
    ("когда", AnswerType::Time),
    ("почему", AnswerType::Cause),
    ("зачем", AnswerType::Cause),
    ("где", AnswerType::Place),
    ("куда", AnswerType::Place),
    ("кто", AnswerType::Person),
    ("кого", AnswerType::Person),
    ("сколько", AnswerType::Amount),
    ("چرا", AnswerType::Cause),
    ("لماذا", AnswerType::Cause),
];
/// Words of a question about a name.
const MEANINGS: [&str; 7] =
    ["mean", "means", "meaning", "abbreviation", "acronym", "bedeutet", "signifie"];
/// "What is the water treaty of 1973?" A longer question asks for something of it.
const MAX_DEFINED_WORDS: usize = 7;
/// What follows `how` when an amount is asked for.
const MEASURES: [&str; 14] = [
    "many", "much", "long", "old", "far", "tall", "high", "large", "big", "often", "fast", "deep",
    "wide", "few",
];
/// What follows `what` or `which`, perhaps after another word.
const KINDS: [(&[&str], AnswerType); 4] = [
    (&["year", "years", "date", "month", "day", "century", "decade", "time"], AnswerType::Time),
    (
        &["percentage", "percent", "number", "amount", "population", "proportion", "share", "age"],
        AnswerType::Amount,
    ),
    (&["country", "city", "state", "region", "province", "town", "place"], AnswerType::Place),
    (&["person", "man", "woman", "president", "king", "queen", "minister"], AnswerType::Person),
];

/// Whether `which …?` with this word asks for a kind of thing: a year, a country.
pub fn is_kind(folded: &str) -> bool {
    KINDS.iter().any(|(kinds, _)| kinds.contains(&folded))
}

/// Whether a folded word is one that begins a question, such as `when`.
pub fn is_question_word(folded: &str) -> bool {
    ASKING.iter().any(|(word, _)| *word == folded)
}

/// Whether these words ask who or what something is, besides anything else that they expect.
pub fn asks_what_is(words: &[Word]) -> bool {
    let [asking, being, ..] = words else { return false };
    matches!(asking.folded.as_str(), "who" | "what")
        && matches!(being.folded.as_str(), "is" | "are" | "was" | "were")
        && words.len() <= MAX_DEFINED_WORDS
}

impl AnswerType {
    /// What the words of a question ask for.
    pub fn of(words: &[Word]) -> AnswerType {
        let has = |word: &str| words.iter().any(|known| known.folded == word);
        if (has("stand") && has("for")) || MEANINGS.iter().any(|word| has(word)) {
            return AnswerType::Meaning;
        }
        for (position, word) in words.iter().enumerate().take(12) {
            let next =
                |steps: usize| words.get(position + steps).map_or("", |word| word.folded.as_str());
            match word.folded.as_str() {
                "how" if MEASURES.contains(&next(1)) => return AnswerType::Amount,
                "what" | "which" => {
                    let named = |(kinds, _): &&(&[&str], AnswerType)| {
                        kinds.contains(&next(1)) || kinds.contains(&next(2))
                    };
                    if let Some((_, expects)) = KINDS.iter().find(named) {
                        return *expects;
                    }
                }
                folded => {
                    if let Some((_, expects)) = ASKING.iter().find(|(word, _)| *word == folded) {
                        return *expects;
                    }
                }
            }
        }
        AnswerType::Anything
    }

    /// The words of one sentence of `text` that may be what is asked for; `sentence` is a range of
    /// `words`. Words of the question itself answer nothing.
    pub fn places(
        self,
        text: &str,
        words: &[AnalysedWord],
        sentence: Range<usize>,
        is_asked: impl Fn(WordId) -> bool,
    ) -> Vec<usize> {
        if matches!(self, AnswerType::Anything | AnswerType::Meaning) {
            return Vec::new();
        }
        let first = sentence.start;
        let typed = |at: usize| &text[words[at].range()];
        let is_name =
            |at: usize| typed(at).starts_with(char::is_uppercase) && !is_asked(words[at].folded);
        // The first word of a sentence is always capitalised.
        let is_inner_name = |at: usize| at > first && is_name(at);
        let places = |at: usize, steps: usize| {
            at.checked_sub(steps).is_some_and(|at| PLACING.has(words[at].folded))
        };
        let fits = |at: &usize| {
            let (at, word) = (*at, words[*at].folded);
            match self {
                AnswerType::Anything | AnswerType::Meaning => false,
                AnswerType::Time => is_time(word, typed(at)) && !is_asked(word),
                AnswerType::Amount => is_amount(word, typed(at)) && !is_asked(word),
                AnswerType::Person => {
                    is_inner_name(at)
                        || (at == first
                            && is_name(at)
                            && sentence.contains(&(at + 1))
                            && is_name(at + 1))
                }
                AnswerType::Place => is_inner_name(at) && (places(at, 1) || places(at, 2)),
                AnswerType::Cause => CAUSES.has(word),
            }
        };
        sentence.clone().filter(fits).collect()
    }
}

/// Words to look for, made ready at their first use.
struct Words(LazyLock<FxHashSet<WordId>>);

impl Words {
    fn has(&self, word: WordId) -> bool {
        self.0.contains(&word)
    }
}

macro_rules! words {
    ($($name:ident = $text:literal;)*) => {
        $(static $name: Words =
            Words(LazyLock::new(|| $text.split_whitespace().map(WordId::of).collect()));)*
    };
}

words! {
    MONTHS = "january february march april may june july august september october november december";
    SPANS = "century centuries decade ago today";
    CAUSES = "because due since driven reason reasons therefore cause caused thus result order \
        owing so justified citing prompted wake resulted rooted stems blamed";
    NUMBERS = "one two three four five six seven eight nine ten eleven twelve fifteen twenty \
        thirty forty fifty sixty dozen hundred hundreds thousand thousands million millions billion";
    PLACING = "in at near from to of on into across around outside within";
}

fn is_time(folded: WordId, typed: &str) -> bool {
    typed.chars().take_while(|c| c.is_numeric()).count() >= 3
        || (MONTHS.has(folded) && typed.starts_with(char::is_uppercase))
        || SPANS.has(folded)
}

fn is_amount(folded: WordId, typed: &str) -> bool {
    typed.starts_with(char::is_numeric) || NUMBERS.has(folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::analysis::{Analysis, Analyst};
    use crate::index::analyzer::{self, Language};

    #[test]
    fn a_question_says_what_it_wants() {
        let check = |question: &str, expected| {
            assert_eq!(AnswerType::of(&analyzer::words(question)), expected, "{question}");
        };
        check("When was the treaty signed?", AnswerType::Time);
        check("In what exact year was it signed?", AnswerType::Time);
        check("how many refugees", AnswerType::Amount);
        check("how did it begin", AnswerType::Anything);
        check("Кто это сказал?", AnswerType::Person);
        check("Which province is dry?", AnswerType::Place);
        check("helmand river", AnswerType::Anything);
        assert!(asks_what_is(&analyzer::words("who are the Hazaras?")));
        assert!(!asks_what_is(&analyzer::words("What did they say?")));
    }

    #[test]
    fn what_is_wanted_is_found_but_not_the_question_itself() {
        let mut english = Analyst::new(&Language::of_code("en"));
        let none = english.analyse("");
        let mut check = |expects: AnswerType, text: &str, asked: &str, expected: &[&str]| {
            let words = Analysis::of(&english.analyse(text), &none, &none).words;
            let is_asked = |word| word == WordId::of(asked);
            let places = expects.places(text, &words, 0..words.len(), is_asked);
            let found: Vec<_> = places.iter().map(|at| &text[words[*at].range()]).collect();
            assert_eq!(found, expected, "{text}");
        };
        check(AnswerType::Time, "In early July 2025 he may go.", "2025", &["July"]);
        check(
            AnswerType::Amount,
            "Over two million left in 1973.",
            "",
            &["two", "million", "1973"],
        );
        check(AnswerType::Person, "Umer Karim met Aman.", "aman", &["Umer", "Karim"]);
        check(AnswerType::Place, "It lies in the Sistan basin.", "", &["Sistan"]);
        check(AnswerType::Cause, "It failed due to drought.", "", &["due"]);
    }
}

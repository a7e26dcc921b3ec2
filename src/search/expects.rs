//! What kind of words an answer should hold, and where a text has them. Pure.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use crate::index::analysis::{AnalysedWord, WordId};
use crate::index::analyzer::Word;

/// What a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expects {
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
const ASKING: [(&str, Expects); 31] = [
    ("when", Expects::Time),
    ("why", Expects::Cause),
    ("where", Expects::Place),
    ("who", Expects::Person),
    ("whom", Expects::Person),
    ("whose", Expects::Person),
    ("wann", Expects::Time),
    ("warum", Expects::Cause),
    ("weshalb", Expects::Cause),
    ("wer", Expects::Person),
    ("wen", Expects::Person),
    ("wieviel", Expects::Amount),
    ("quand", Expects::Time),
    ("pourquoi", Expects::Cause),
    ("combien", Expects::Amount),
    ("cuando", Expects::Time),
    ("donde", Expects::Place),
    ("quien", Expects::Person),
    ("quienes", Expects::Person),
    ("cuantos", Expects::Amount),
    ("cuantas", Expects::Amount),
    ("когда", Expects::Time),
    ("почему", Expects::Cause),
    ("зачем", Expects::Cause),
    ("где", Expects::Place),
    ("куда", Expects::Place),
    ("кто", Expects::Person),
    ("кого", Expects::Person),
    ("сколько", Expects::Amount),
    ("چرا", Expects::Cause),
    ("لماذا", Expects::Cause),
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
const KINDS: [(&[&str], Expects); 4] = [
    (&["year", "years", "date", "month", "day", "century", "decade", "time"], Expects::Time),
    (
        &["percentage", "percent", "number", "amount", "population", "proportion", "share", "age"],
        Expects::Amount,
    ),
    (&["country", "city", "state", "region", "province", "town", "place"], Expects::Place),
    (&["person", "man", "woman", "president", "king", "queen", "minister"], Expects::Person),
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

impl Expects {
    /// What the words of a question ask for.
    pub fn of(words: &[Word]) -> Expects {
        let has = |word: &str| words.iter().any(|known| known.folded == word);
        if (has("stand") && has("for")) || MEANINGS.iter().any(|word| has(word)) {
            return Expects::Meaning;
        }
        for (position, word) in words.iter().enumerate().take(12) {
            let next =
                |steps: usize| words.get(position + steps).map_or("", |word| word.folded.as_str());
            match word.folded.as_str() {
                "how" if MEASURES.contains(&next(1)) => return Expects::Amount,
                "what" | "which" => {
                    let named = |(kinds, _): &&(&[&str], Expects)| {
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
        Expects::Anything
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
        if matches!(self, Expects::Anything | Expects::Meaning) {
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
                Expects::Anything | Expects::Meaning => false,
                Expects::Time => is_time(word, typed(at)) && !is_asked(word),
                Expects::Amount => is_amount(word, typed(at)) && !is_asked(word),
                Expects::Person => {
                    is_inner_name(at)
                        || (at == first
                            && is_name(at)
                            && sentence.contains(&(at + 1))
                            && is_name(at + 1))
                }
                Expects::Place => is_inner_name(at) && (places(at, 1) || places(at, 2)),
                Expects::Cause => CAUSES.has(word),
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
            assert_eq!(Expects::of(&analyzer::words(question)), expected, "{question}");
        };
        check("When was the treaty signed?", Expects::Time);
        check("In what exact year was it signed?", Expects::Time);
        check("how many refugees", Expects::Amount);
        check("how did it begin", Expects::Anything);
        check("Кто это сказал?", Expects::Person);
        check("Which province is dry?", Expects::Place);
        check("helmand river", Expects::Anything);
        assert!(asks_what_is(&analyzer::words("who are the Hazaras?")));
        assert!(!asks_what_is(&analyzer::words("What did they say?")));
    }

    #[test]
    fn what_is_wanted_is_found_but_not_the_question_itself() {
        let mut english = Analyst::new(&Language::of_code("en"));
        let none = english.analyse("");
        let mut check = |expects: Expects, text: &str, asked: &str, expected: &[&str]| {
            let words = Analysis::of(&english.analyse(text), &none, &none).words;
            let is_asked = |word| word == WordId::of(asked);
            let places = expects.places(text, &words, 0..words.len(), is_asked);
            let found: Vec<_> = places.iter().map(|at| &text[words[*at].range()]).collect();
            assert_eq!(found, expected, "{text}");
        };
        check(Expects::Time, "In early July 2025 he may go.", "2025", &["July"]);
        check(Expects::Amount, "Over two million left in 1973.", "", &["two", "million", "1973"]);
        check(Expects::Person, "Umer Karim met Aman.", "aman", &["Umer", "Karim"]);
        check(Expects::Place, "It lies in the Sistan basin.", "", &["Sistan"]);
        check(Expects::Cause, "It failed due to drought.", "", &["due"]);
    }
}

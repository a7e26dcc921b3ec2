//! Expected answer type of a question, and words of that type in a text. Pure.

use std::ops::Range;

use crate::index::analysis::{AnalysedWord, WordId};
use crate::index::analyzer::Word;
use crate::index::word_set::WordSet;

/// Expected answer type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerType {
    Anything,
    Time,
    Person,
    Place,
    Amount,
    Cause,
    /// The long form of a name or an acronym.
    Meaning,
}

/// Folded interrogatives with their answer types.
const INTERROGATIVES: [(&str, AnswerType); 31] = [
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
/// Folded words of a question about the meaning of a name.
const MEANINGS: [&str; 7] =
    ["mean", "means", "meaning", "abbreviation", "acronym", "bedeutet", "signifie"];
/// Number of words of a question where an interrogative is searched.
const MAX_LEADING_WORDS: usize = 12;
/// Words after `how` that ask for an amount.
const MEASURES: [&str; 14] = [
    "many", "much", "long", "old", "far", "tall", "high", "large", "big", "often", "fast", "deep",
    "wide", "few",
];
/// Nouns that name an answer type in one of the two words after `what` or `which`.
const TYPE_NOUNS: [(&[&str], AnswerType); 4] = [
    (&["year", "years", "date", "month", "day", "century", "decade", "time"], AnswerType::Time),
    (
        &["percentage", "percent", "number", "amount", "population", "proportion", "share", "age"],
        AnswerType::Amount,
    ),
    (&["country", "city", "state", "region", "province", "town", "place"], AnswerType::Place),
    (&["person", "man", "woman", "president", "king", "queen", "minister"], AnswerType::Person),
];

/// Returns whether a folded noun after `which` names an answer type, such as a year or a country.
pub fn is_type_noun(folded: &str) -> bool {
    TYPE_NOUNS.iter().any(|(nouns, _)| nouns.contains(&folded))
}

/// Returns whether a folded word is an interrogative with an answer type, such as `when`.
pub fn is_interrogative(folded: &str) -> bool {
    INTERROGATIVES.iter().any(|(word, _)| *word == folded)
}

impl AnswerType {
    /// Returns the answer type of a question.
    pub fn of(words: &[Word]) -> AnswerType {
        let has = |word: &str| words.iter().any(|known| known.folded == word);
        if (has("stand") && has("for")) || MEANINGS.iter().any(|word| has(word)) {
            return AnswerType::Meaning;
        }
        for (position, word) in words.iter().enumerate().take(MAX_LEADING_WORDS) {
            let next = |distance: usize| {
                words.get(position + distance).map_or("", |word| word.folded.as_str())
            };
            match word.folded.as_str() {
                "how" if MEASURES.contains(&next(1)) => return AnswerType::Amount,
                "what" | "which" => {
                    let is_named = |(nouns, _): &&(&[&str], AnswerType)| {
                        nouns.contains(&next(1)) || nouns.contains(&next(2))
                    };
                    if let Some((_, answer_type)) = TYPE_NOUNS.iter().find(is_named) {
                        return *answer_type;
                    }
                }
                folded => {
                    if let Some((_, answer_type)) =
                        INTERROGATIVES.iter().find(|(word, _)| *word == folded)
                    {
                        return *answer_type;
                    }
                }
            }
        }
        AnswerType::Anything
    }

    /// Returns the positions of the words of a sentence that may be of this answer type.
    ///
    /// `words` are those of `text`, and `sentence` is a range of them. Words of the question are
    /// left out.
    pub fn matching_words(
        self,
        text: &str,
        words: &[AnalysedWord],
        sentence: Range<usize>,
        is_in_question: impl Fn(WordId) -> bool,
    ) -> Vec<usize> {
        if matches!(self, AnswerType::Anything | AnswerType::Meaning) {
            return Vec::new();
        }
        let first = sentence.start;
        let typed = |at: usize| &text[words[at].range()];
        let is_name = |at: usize| {
            typed(at).starts_with(char::is_uppercase) && !is_in_question(words[at].folded)
        };
        // The first word of a sentence is capitalised whether it is a name or not.
        let is_inner_name = |at: usize| at > first && is_name(at);
        let follows_preposition = |at: usize, distance: usize| {
            at.checked_sub(distance).is_some_and(|at| PREPOSITIONS.contains(words[at].folded))
        };
        let matches_type = |at: &usize| {
            let (at, word) = (*at, words[*at].folded);
            match self {
                AnswerType::Anything | AnswerType::Meaning => false,
                AnswerType::Time => is_time(word, typed(at)) && !is_in_question(word),
                AnswerType::Amount => is_amount(word, typed(at)) && !is_in_question(word),
                AnswerType::Person => {
                    is_inner_name(at)
                        || (at == first
                            && is_name(at)
                            && sentence.contains(&(at + 1))
                            && is_name(at + 1))
                }
                AnswerType::Place => {
                    is_inner_name(at) && (follows_preposition(at, 1) || follows_preposition(at, 2))
                }
                AnswerType::Cause => CAUSES.contains(word),
            }
        };
        sentence.clone().filter(matches_type).collect()
    }
}

static MONTHS: WordSet = WordSet::new(
    "january february march april may june july august september october november december",
);
static SPANS: WordSet = WordSet::new("century centuries decade ago today");
static CAUSES: WordSet = WordSet::new(
    "because due since driven reason reasons therefore cause caused thus result order owing so \
     justified citing prompted wake resulted rooted stems blamed",
);
static NUMBERS: WordSet = WordSet::new(
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty \
     fifty sixty dozen hundred hundreds thousand thousands million millions billion",
);
static PREPOSITIONS: WordSet =
    WordSet::new("in at near from to of on into across around outside within");

/// Returns whether a word is a number of at least three digits, a month or a period.
fn is_time(folded: WordId, typed: &str) -> bool {
    typed.chars().take_while(|c| c.is_numeric()).count() >= 3
        || (MONTHS.contains(folded) && typed.starts_with(char::is_uppercase))
        || SPANS.contains(folded)
}

/// Returns whether a word is a number in digits or in English.
fn is_amount(folded: WordId, typed: &str) -> bool {
    typed.starts_with(char::is_numeric) || NUMBERS.contains(folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::analysis::{Analysis, PlaceInArticle, TextAnalyzer};
    use crate::index::analyzer;
    use crate::index::language::Language;

    #[test]
    fn answer_type_follows_from_the_question() {
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
    }

    #[test]
    fn answer_type_matches_words_that_are_not_in_the_question() {
        let mut english = TextAnalyzer::new(&Language::of_code("en"));
        let none = english.analyse("");
        let mut check =
            |answer_type: AnswerType, text: &str, question_word: &str, expected: &[&str]| {
                let place = PlaceInArticle::default();
                let words = Analysis::of(&english.analyse(text), &none, &none, place).words;
                let is_in_question = |word| word == WordId::of(question_word);
                let found =
                    answer_type.matching_words(text, &words, 0..words.len(), is_in_question);
                let found: Vec<_> = found.iter().map(|at| &text[words[*at].range()]).collect();
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

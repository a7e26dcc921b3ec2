//! Whether a question needs the one before it to be understood. Pure.
//!
//! A complete question is never changed: what is not surely elliptical stands for itself.

use super::answer_type;
use super::authorship;
use crate::index::analyzer::Word;

/// Words that join a question to the one before; the bot's languages have theirs.
const CONJUNCTIONS: [&str; 17] = [
    "and", "but", "or", "so", "also", "und", "aber", "et", "mais", "y", "pero", "и", "а", "но",
    "و", "اما", "ولکن",
];
const PREPOSITIONS: [&str; 8] = ["in", "at", "for", "from", "with", "to", "on", "by"];
const MAX_CIRCUMSTANCE_WORDS: usize = 3;
/// More content words than this make a joined question complete.
const MAX_JOINED: usize = 2;
/// The same for one with a pronoun.
const MAX_POINTED: usize = 3;

/// Pronouns that can stand for what was spoken of before.
const PRONOUNS: [&str; 15] = [
    "it", "its", "they", "them", "their", "he", "his", "him", "she", "her", "this", "that",
    "these", "those", "there",
];
/// After "who lost" these most often mean who lost: "who lost their home?"
const POSSESSIVE: [&str; 4] = ["its", "their", "his", "her"];
/// "Is there a treaty?" points nowhere.
const BEING: [&str; 6] = ["is", "are", "was", "were", "be", "been"];

/// How a question follows up another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUp {
    /// It asks the same of something else: "and the Tajiks?"
    Ellipsis,
    /// What it is about stands in the question before: "who leads it?", "when?"
    Anaphora,
}

/// How the question of these words follows up another, if it does; `content` are the positions of
/// those that say what it is about, ascending.
pub fn follow_up(words: &[Word], content: &[usize]) -> Option<FollowUp> {
    if authorship::asks(words) {
        return None;
    }
    let joins = words.first().is_some_and(|first| is_joining(&first.folded));
    // In a corpus of another language `und` is a word like any other.
    let content = match content {
        [0, rest @ ..] if joins => rest,
        _ => content,
    };
    let turns = joins || asks_what_about(words) || names_circumstance(words, content);
    match content {
        [] => Some(FollowUp::Anaphora),
        [only] if is_asked_for_alone(words, *only) => Some(FollowUp::Anaphora),
        _ if content.len() <= MAX_JOINED && turns => Some(FollowUp::Ellipsis),
        _ if content.len() <= MAX_POINTED && points_out(words, content) => Some(FollowUp::Anaphora),
        _ => None,
    }
}

/// Whether a folded word joins a question to the one before.
pub fn is_joining(folded: &str) -> bool {
    CONJUNCTIONS.contains(&folded)
}

fn asks_what_about(words: &[Word]) -> bool {
    words
        .windows(2)
        .any(|pair| matches!(pair[0].folded.as_str(), "what" | "how") && pair[1].folded == "about")
}

/// "In Afghanistan?"
fn names_circumstance(words: &[Word], content: &[usize]) -> bool {
    words.len() <= MAX_CIRCUMSTANCE_WORDS
        && content.len() == 1
        && words.first().is_some_and(|first| PREPOSITIONS.contains(&first.folded.as_str()))
}

/// "Which year?"
fn is_asked_for_alone(words: &[Word], position: usize) -> bool {
    answer_type::is_kind(&words[position].folded)
        && position
            .checked_sub(1)
            .is_some_and(|before| matches!(words[before].folded.as_str(), "what" | "which"))
}

/// Whether a pronoun stands for something that the question itself has not named before it.
fn points_out(words: &[Word], content: &[usize]) -> bool {
    let is_pointing = |at: usize| {
        PRONOUNS.contains(&words[at].folded.as_str())
            && !content.contains(&at)
            && !is_idle(words, at)
            && content
                .iter()
                .take_while(|named| **named < at)
                .all(|named| is_verb(words, *named, at))
    };
    (0..words.len()).any(is_pointing)
}

/// Whether the content word at `named` cannot be what the pronoun at `at` stands for: in "who leads
/// it?" the question word is the subject, and the word after it what is done.
fn is_verb(words: &[Word], named: usize, at: usize) -> bool {
    let pronoun = words[at].folded.as_str();
    let is_last = at + 1 == words.len();
    // "Who claims that Iran …" and "who lost her home?" against "who claims that?" and "who saw her?"
    let is_object = is_last || (pronoun != "that" && !POSSESSIVE.contains(&pronoun));
    let follows_question = named
        .checked_sub(1)
        .is_some_and(|before| matches!(words[before].folded.as_str(), "who" | "what"));
    is_object && follows_question
}

/// Whether a pronoun stands for nothing: "is there", "is it true that", "those who", "this article".
fn is_idle(words: &[Word], at: usize) -> bool {
    let folded =
        |at: Option<usize>| at.and_then(|at| words.get(at)).map_or("", |word| word.folded.as_str());
    let (before, next) = (folded(at.checked_sub(1)), folded(Some(at + 1)));
    match words[at].folded.as_str() {
        "there" => BEING.contains(&before) || BEING.contains(&next),
        "it" => words[at..].iter().any(|word| word.folded == "that"),
        "these" | "those" => {
            matches!(next, "who" | "that" | "which") || authorship::names_text(next)
        }
        "this" | "that" => authorship::names_text(next),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::analyzer::{self, Language};
    use crate::search::aliases::Aliases;
    use crate::search::query;

    const BEFORE: &str = "How are the Hazaras treated in Kabul?";

    /// Whether the query is another one after [`BEFORE`].
    fn follows(question: &str) -> bool {
        let languages = [Language::of_code("en")];
        let alone = query::analyse(question, None, &languages, &Aliases::default());
        query::analyse(question, Some(BEFORE), &languages, &Aliases::default()) != alone
    }

    #[test]
    fn an_elliptical_question_takes_what_was_asked_before() {
        for question in [
            "when?",
            "why not?",
            "how many?",
            "since when exactly?",
            "and then?",
            "in Herat?",
            "for the women?",
            "and the Tajiks?",
            "but women in Herat?",
            "What about the Tajiks?",
            "und die Tadschiken?",
            "а таджики?",
            "و تاجیک‌ها؟",
            "who leads it?",
            "who killed her?",
            "what caused that?",
            "did they attack Russia?",
            "how do they treat women?",
            "When did it begin?",
            "What treaty did they sign?",
            "who lives there?",
            "which year?",
            "In what country exactly?",
            "what role did they play?",
        ] {
            assert!(follows(question), "{question}");
        }
    }

    #[test]
    fn a_complete_question_is_never_changed() {
        for question in [
            "When did ISKP emerge?",
            "Who leads ISKP?",
            "Why does Iran talk to the Taliban?",
            "How many refugees returned?",
            "What does Iran say about its water?",
            "Who claims that Iran signed?",
            "Who lost their home?",
            "Is there a treaty with Iran?",
            "Were there attacks?",
            "Is it true that Iran signed?",
            "What happens to those who return?",
            "What does this article say about Iran?",
            "What does IT stand for in Iran?",
            "Who wrote this?",
            "and who are the authors?",
            "And where do the Hazaras of Iran live?",
            "Which treaty?",
            "helmand river",
        ] {
            assert!(!follows(question), "{question}");
        }
        for subject in
            ["Iran", "the Taliban", "ISKP", "the Helmand River", "Umer Karim", "refugees"]
        {
            for frame in [
                "Who is X?",
                "What is X?",
                "When did X emerge?",
                "Where is X?",
                "Why did X fail?",
                "How did X react?",
                "Which country borders X?",
                "How large is X?",
                "Tell me about X",
                "X",
                "Does X threaten its neighbours?",
                "Did X say that?",
            ] {
                let question = frame.replace('X', subject);
                assert!(!follows(&question), "{question}");
            }
        }
        let judged = include_str!("../../tests/questions/irans-taliban-tightrope.jsonl");
        for line in judged.lines() {
            let judged: serde_json::Value =
                serde_json::from_str(line).expect("each line is an object");
            let question = judged["question"].as_str().expect("it has a question");
            if !question.starts_with("what about") {
                assert!(!follows(question), "{question}");
            }
        }
    }

    #[test]
    fn what_points_back_needs_the_subject_and_what_turns_does_not() {
        let check = |question: &str, expected| {
            let languages = [Language::of_code("en")];
            let query = query::analyse(question, Some(BEFORE), &languages, &Aliases::default());
            assert_eq!(query.follow_up, expected, "{question}");
        };
        check("and the Tajiks?", Some(FollowUp::Ellipsis));
        check("in Herat?", Some(FollowUp::Ellipsis));
        check("who leads it?", Some(FollowUp::Anaphora));
        check("why?", Some(FollowUp::Anaphora));
        check("Who leads ISKP?", None);
    }

    #[test]
    fn a_word_is_no_pronoun_where_it_is_a_name() {
        let words = analyzer::words("Does IT work");
        assert!(!points_out(&words, &[1, 2]));
        assert!(points_out(&words, &[2]));
    }
}

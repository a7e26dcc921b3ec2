//! Tests of follow-up questions in query analysis.

use super::*;
use crate::index::analyzer;
use crate::index::language::Language;
use crate::search::aliases::Aliases;
use crate::search::query;

const PREVIOUS: &str = "How are the Hazaras treated in Kabul?";

/// Returns whether [`PREVIOUS`] changes the query of a question.
fn follows(question: &str) -> bool {
    let languages = [Language::of_code("en")];
    let alone = query::analyse(question, None, &languages[..].into(), &Aliases::default());
    query::analyse(question, Some(PREVIOUS), &languages[..].into(), &Aliases::default()) != alone
}

#[test]
fn follow_up_is_detected_in_incomplete_questions() {
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
fn follow_up_is_not_detected_in_complete_questions() {
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
    for subject in ["Iran", "the Taliban", "ISKP", "the Helmand River", "Umer Karim", "refugees"] {
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
    let judged = include_str!("../../../tests/questions/irans-taliban-tightrope.jsonl");
    for line in judged.lines() {
        let judged: serde_json::Value =
            serde_json::from_str(line).expect("each line is a JSON object");
        let question = judged["question"].as_str().expect("each object has a question");
        if !question.starts_with("what about") {
            assert!(!follows(question), "{question}");
        }
    }
}

#[test]
fn follow_up_is_an_ellipsis_or_an_anaphora() {
    let check = |question: &str, expected| {
        let languages = [Language::of_code("en")];
        let query =
            query::analyse(question, Some(PREVIOUS), &languages[..].into(), &Aliases::default());
        assert_eq!(query.follow_up, expected, "{question}");
    };
    check("and the Tajiks?", Some(FollowUp::Ellipsis));
    check("in Herat?", Some(FollowUp::Ellipsis));
    check("who leads it?", Some(FollowUp::Anaphora));
    check("why?", Some(FollowUp::Anaphora));
    check("Who leads ISKP?", None);
}

#[test]
fn follow_up_ignores_pronouns_that_are_names() {
    let words = analyzer::words("Does IT work");
    assert!(!has_anaphora(&words, &[1, 2]));
    assert!(has_anaphora(&words, &[2]));
}

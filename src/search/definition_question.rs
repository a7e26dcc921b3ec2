//! Detection of questions that ask who or what something is, in the languages of the interface and
//! their neighbours. Pure.

use crate::index::analyzer::Word;

/// Maximum length of such a question, in words: "What is the water treaty of 1973?"
const MAX_WORDS: usize = 8;
/// Beginnings of such questions, in folded words.
const BEGINNINGS: &str = "what is|what are|what was|what were|who is|who are|who was|who were|\
    whats|whos|define|definition of|meaning of|the meaning of|the definition of|what does|what do|\
    was ist|was sind|was war|wer ist|wer sind|wer war|was bedeutet|was heisst|\
    est ce que|cest quoi|est quoi|qui est|qui sont|quest ce que|que signifie|definition de|\
    que es|que son|que fue|quien es|quien fue|quienes son|que significa|definicion de|\
    cosa e|cose|che cose|chi e|che cosa e|o que e|quem e|wat is|wat zijn|wie is|wie zijn|\
    что такое|кто такой|кто такая|кто такие|что значит|что означает|что это|\
    ما هو|ما هی|من هو|من هی|ما معنی|تعریف|معنی";
/// Ends of such questions, in folded words.
const ENDS: [&str; 9] =
    ["چیست", "کیست", "nedir", "kimdir", "mean", "means", "definition", "meaning", "quoi"];
/// Parts of such questions in scripts without spaces.
const PARTS: [&str; 9] =
    ["什么是", "是什么", "什麼是", "是什麼", "是谁", "谁是", "とは", "คืออะไร", "อะไรคือ"];

/// Returns whether a question asks who or what something is. `words` has all words of `question`.
pub fn asks_what_is(question: &str, words: &[Word]) -> bool {
    if words.len() > MAX_WORDS && !PARTS.iter().any(|part| question.contains(part)) {
        return false;
    }
    let begins = |beginning: &str| {
        let mut known = beginning.split(' ');
        let mut own = words.iter();
        known.all(|word| own.next().is_some_and(|own| own.folded == word))
    };
    let ends = || words.last().is_some_and(|last| ENDS.contains(&last.folded.as_str()));
    let is_contracted = || {
        let [first, ..] = words else { return false };
        let after = question[first.range.end..].trim_start_matches(['\'', '’']);
        matches!(first.folded.as_str(), "what" | "who")
            && after.len() < question[first.range.end..].len()
            && after.starts_with("s ")
    };
    // "What does ISKP mean?" asks for a definition, "What does ISKP want?" does not.
    let needs_end = |beginning: &str| matches!(beginning, "what does" | "what do");
    BEGINNINGS.split('|').any(|known| begins(known) && (!needs_end(known) || ends()))
        || (ends() && words.len() > 1)
        || is_contracted()
        || PARTS.iter().any(|part| question.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::analyzer;

    #[test]
    fn definition_questions_are_detected_in_many_languages() {
        let check = |question: &str, expected: bool| {
            assert_eq!(asks_what_is(question, &analyzer::words(question)), expected, "{question}");
        };
        for question in [
            "who are the Hazaras?",
            "What's a fork?",
            "define demurrage",
            "What does ISKP mean?",
            "demurrage definition",
            "Was ist ein Hafen?",
            "Qu’est-ce que la marée ?",
            "C'est quoi un quai ?",
            "¿Qué es un muelle?",
            "Что такое маяк?",
            "طالبان چیست؟",
            "ما هو الميناء؟",
            "什么是浮标？",
            "useBuoyとは何ですか？",
        ] {
            check(question, true);
        }
        for question in ["What did they say?", "What does Iran want?", "How is it?", "means", ""] {
            check(question, false);
        }
    }
}

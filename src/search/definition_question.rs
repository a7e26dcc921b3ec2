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

/// Words within the name that is asked for.
const LINKING: &str = "a an the of in and on to at this der die das ein eine des von und le la les \
    un une l de du d et el los las del y di della dei degli delle lo gli i o os as um uma do da dos \
    das em e van het een в и на у";

/// Returns the words of the name that a question asks a definition for, without an article before
/// it. `words` has all words of `question`; `is_term` returns whether a word is a content word.
pub fn asked_name(
    question: &str,
    words: &[Word],
    is_term: impl Fn(&Word) -> bool,
) -> Option<Vec<Word>> {
    if PARTS.iter().any(|part| question.contains(part)) {
        return Some(words.iter().filter(|word| is_term(word)).take(MAX_WORDS).cloned().collect());
    }
    let name = name_between(question, words).filter(|_| words.len() <= MAX_WORDS)?;
    // "What is next for Iran?" does not ask what Iran is. A letter is part of "Mutex<T>".
    let is_linking = |word: &Word| {
        word.folded.chars().count() == 1 || LINKING.split(' ').any(|known| known == word.folded)
    };
    let is_name =
        name.iter().any(&is_term) && name.iter().all(|word| is_term(word) || is_linking(word));
    let is_article = |word: &&Word| !is_term(word) && is_linking(word);
    is_name.then(|| name.iter().skip_while(is_article).cloned().collect())
}

/// Returns the words between those that ask for a meaning.
fn name_between<'a>(question: &str, words: &'a [Word]) -> Option<&'a [Word]> {
    let is_end = |word: &Word| ENDS.contains(&word.folded.as_str());
    let begins = |beginning: &&str| {
        let mut own = words.iter();
        beginning.split(' ').all(|word| own.next().is_some_and(|own| own.folded == word))
    };
    let lengths = BEGINNINGS.split('|').filter(begins).map(|known| known.split(' ').count());
    let begun = lengths.max().or_else(|| is_contracted(question, words).then_some(1));
    let (rest, last) = (words.get(begun.unwrap_or(0)..)?, words.last()?);
    match (is_end(last), begun) {
        (true, _) => rest.split_last().map(|(_, name)| name),
        // "What does ISKP mean?" asks for a definition, "What does ISKP want?" does not.
        (false, Some(2)) if matches!(words[1].folded.as_str(), "does" | "do") => None,
        (false, Some(_)) => Some(rest),
        (false, None) => None,
    }
}

/// Returns whether a question begins with `what's` or `who's`.
fn is_contracted(question: &str, words: &[Word]) -> bool {
    let [first, ..] = words else { return false };
    let rest = &question[first.range.end..];
    let after = rest.trim_start_matches(['\'', '’']);
    matches!(first.folded.as_str(), "what" | "who")
        && after.len() < rest.len()
        && after.starts_with("s ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::analyzer;

    #[test]
    fn definition_questions_are_detected_in_many_languages() {
        let name_of = |question: &str| {
            let words = analyzer::words(question);
            let small = ["for", "did", "it", "next", "the", "a", "t", "ein", "la", "un", "di"];
            let is_term = |word: &Word| !small.contains(&&*word.folded);
            let name = asked_name(question, &words, is_term)?;
            Some(name.into_iter().map(|word| word.folded).collect::<Vec<_>>().join(" "))
        };
        let check = |question: &str, expected: Option<&str>| {
            assert_eq!(name_of(question).as_deref(), expected, "{question}");
        };
        check("who are the Hazaras?", Some("hazaras"));
        check("What's a fork?", Some("fork"));
        check("What is Mutex<T>?", Some("mutex t"));
        check("define demurrage", Some("demurrage"));
        check("What does ISKP mean?", Some("iskp"));
        check("demurrage definition", Some("demurrage"));
        check("Was ist ein Hafen?", Some("hafen"));
        check("Qu’est-ce que la marée ?", Some("maree"));
        check("C'est quoi un quai ?", Some("quai"));
        check("¿Qué es un muelle?", Some("muelle"));
        check("Che cos’è un codice di condotta?", Some("codice di condotta"));
        check("Что такое маяк?", Some("маяк"));
        for question in ["طالبان چیست؟", "ما هو الميناء؟", "什么是浮标？", "useBuoyとは何ですか？"]
        {
            assert!(name_of(question).is_some(), "{question}");
        }
        for question in [
            "What did they say?",
            "What does Iran want?",
            "How is it?",
            "means",
            "What's next for Iran?",
            "",
        ] {
            check(question, None);
        }
    }
}

//! Tells a greeting from a question. Pure.

use super::SmallTalk;
use crate::index::analyzer;

/// More words than this are never only small talk.
const MAX_WORDS: usize = 5;

const GREETINGS: &str = "hello hi hey hallo hola salut bonjour bonsoir salam salaam assalamualaikum \
    namaste ciao greetings howdy yo morning سلام درود مرحبا اهلا привет здравствуйте здравствуй";
const THANKS: &str = "thanks thank thx ty cheers merci danke gracias grazie ممنون مرسی متشکرم تشکر \
    شکرا спасибо";
const FAREWELLS: &str = "bye goodbye ciao tschuss adios adieu farewell خداحافظ пока";
/// Words that come along: `good morning`, `thank you very much`, `hi there bot`.
const FILLERS: &str = "good day evening afternoon night there bot you so much very a lot many again \
    everyone all dear friend then for now see later please";

/// What a message is if it is only small talk.
pub fn small_talk(message: &str) -> Option<SmallTalk> {
    let words = analyzer::words(message);
    if words.is_empty() || words.len() > MAX_WORDS {
        return None;
    }
    let is_in = |list: &str, word: &str| {
        list.split_whitespace().any(|known| known == word || fold(known) == word)
    };
    let kinds = [
        (SmallTalk::Thanks, THANKS),
        (SmallTalk::Farewell, FAREWELLS),
        (SmallTalk::Greeting, GREETINGS),
    ];
    let (kind, _) =
        kinds.into_iter().find(|(_, list)| words.iter().any(|word| is_in(list, &word.folded)))?;
    let all = words.iter().all(|word| {
        [GREETINGS, THANKS, FAREWELLS, FILLERS].iter().any(|list| is_in(list, &word.folded))
    });
    all.then_some(kind)
}

fn fold(word: &str) -> String {
    analyzer::words(word).into_iter().map(|word| word.folded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_is_no_question() {
        let check = |message, expected| assert_eq!(small_talk(message), expected, "{message}");
        check("hello", Some(SmallTalk::Greeting));
        check("Good morning!", Some(SmallTalk::Greeting));
        check("سلام", Some(SmallTalk::Greeting));
        check("Thank you so much 🙏", Some(SmallTalk::Thanks));
        check("Спасибо", Some(SmallTalk::Thanks));
        check("bye", Some(SmallTalk::Farewell));
        check("hi, who are the Hazaras?", None);
        check("good", None);
        check("????", None);
        check("", None);
    }
}

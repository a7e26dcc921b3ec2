//! Tells a greeting from a question. Pure.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::SmallTalk;
use crate::index::analyzer;

/// More words than this are never only small talk.
const MAX_WORDS: usize = 5;

type Set = LazyLock<HashSet<String>>;

static GREETINGS: Set = LazyLock::new(|| {
    folded(
        "hello hi hey hallo hola salut bonjour bonsoir salam salaam assalamualaikum namaste ciao \
         greetings howdy yo morning سلام درود مرحبا اهلا привет здравствуйте здравствуй",
    )
});
static THANKS: Set = LazyLock::new(|| {
    folded(
        "thanks thank thx ty cheers merci danke gracias grazie ممنون مرسی متشکرم تشکر شکرا спасибо",
    )
});
static FAREWELLS: Set =
    LazyLock::new(|| folded("bye goodbye ciao tschuss adios adieu farewell خداحافظ пока"));
/// Words that come along: `good morning`, `thank you very much`, `hi there bot`.
static FILLERS: Set = LazyLock::new(|| {
    folded(
        "good day evening afternoon night there bot you so much very a lot many again everyone all \
         dear friend then for now see later please",
    )
});

/// What a message is if it is only small talk.
pub fn small_talk(message: &str) -> Option<SmallTalk> {
    let words = analyzer::words(message);
    if words.is_empty() || words.len() > MAX_WORDS {
        return None;
    }
    let kinds = [
        (SmallTalk::Thanks, &THANKS),
        (SmallTalk::Farewell, &FAREWELLS),
        (SmallTalk::Greeting, &GREETINGS),
    ];
    let (kind, _) =
        kinds.into_iter().find(|(_, set)| words.iter().any(|word| set.contains(&word.folded)))?;
    let sets = [&GREETINGS, &THANKS, &FAREWELLS, &FILLERS];
    let is_idle = |word: &analyzer::Word| sets.iter().any(|set| set.contains(&word.folded));
    words.iter().all(is_idle).then_some(kind)
}

fn folded(list: &str) -> HashSet<String> {
    analyzer::words(list).into_iter().map(|word| word.folded).collect()
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

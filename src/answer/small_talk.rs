//! Small talk: greetings, thanks and farewells. Pure.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::index::analyzer;

/// A message that asks nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmallTalk {
    Greeting,
    Thanks,
    Farewell,
}

/// Maximum length of small talk, in words.
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
    LazyLock::new(|| folded("bye goodbye ciao tschuss adios adieu farewell خداحافظ وداعا пока"));
/// Words that accompany small talk: `good morning`, `thank you very much`, `hi there bot`.
static FILLERS: Set = LazyLock::new(|| {
    folded(
        "good day evening afternoon night there bot you so much very a lot many again everyone all \
         dear friend then for now see later please",
    )
});

/// Returns the kind of small talk if a message is nothing else.
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
    let is_known = |word: &analyzer::Word| sets.iter().any(|set| set.contains(&word.folded));
    words.iter().all(is_known).then_some(kind)
}

fn folded(list: &str) -> HashSet<String> {
    analyzer::words(list).into_iter().map(|word| word.folded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_talk_is_distinguished_from_questions() {
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

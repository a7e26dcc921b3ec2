//! Small talk: greetings, thanks, farewells and acknowledgements. Pure.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::index::analyzer;

/// A message that asks nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmallTalk {
    Greeting,
    Thanks,
    Farewell,
    /// Reaction that expects no reply: "ok", "lol", "+1", "👍".
    Acknowledgement,
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
static ACKNOWLEDGEMENTS: Set = LazyLock::new(|| {
    folded(
        "ok okay okey oki okie k kk alright fine sure yes yep yeah yup no nope nah lol lmao rofl omg \
         wow haha hehe hihi heh hm hmm hmmm huh oh ah aha ahh ooh nice great good cool super perfect \
         awesome excellent amazing brilliant interesting wonderful fantastic understood noted agreed \
         exactly indeed right correct true seen roger done perfekt ja nein jo jep ne nee \
         klar gut toll prima genau stimmt verstanden alles schön krass interessant gern oui non \
         ouais d'accord dac bien parfait génial cool exact compris intéressant mdr ptdr sí si vale \
         claro bien bueno genial perfecto entendido exacto interesante jaja jajaja да нет ага угу ок \
         окей ладно хорошо понятно понял поняла ясно отлично круто супер класс лол хаха ахах ого \
         точно верно согласен согласна интересно بله نه آره باشه اوکی خوب عالی خوبه جالب درست فهمیدم \
         متوجه نعم لا حسنا حسناً تمام طيب اوكي أوكي ممتاز رائع جميل صحيح فهمت مفهوم هه خخ ",
    )
});
/// Words that accompany an acknowledgement: `got it`, `makes sense`, `i see`, `that's great`.
static REMARK_WORDS: Set = LazyLock::new(|| {
    folded(
        "got it that thats its is i see makes sense one to know all very really pretty quite the \
         answer quote point what a will do das ist es sehr macht sinn und ich c'est ça je vois très \
         está eso es muy ya veo lo это я очень всё все خیلی است شد جدا هذا جدا جداً",
    )
});
/// Reactions without a word, and with characters that are words or digits elsewhere.
const EMOTICONS: [&str; 21] = [
    "+1", "-1", "1+", "++", "^^", "<3", "</3", ":d", ":-d", ";d", "xd", ":p", ":-p", ";p", ":o",
    ":-o", ":3", "d:", "o/", "\\o/", ":)",
];
/// Words that accompany small talk: `good morning`, `thank you very much`, `hi there bot`.
static FILLERS: Set = LazyLock::new(|| {
    folded(
        "good day evening afternoon night there bot you so much very a lot many again everyone all \
         dear friend then for now see later please",
    )
});

/// Returns the kind of small talk if a message is nothing else.
pub fn small_talk(message: &str) -> Option<SmallTalk> {
    if is_reaction(message) {
        return Some(SmallTalk::Acknowledgement);
    }
    let words = analyzer::words(message);
    if words.is_empty() || words.len() > MAX_WORDS {
        return None;
    }
    let kinds = [
        (SmallTalk::Thanks, &THANKS),
        (SmallTalk::Farewell, &FAREWELLS),
        (SmallTalk::Greeting, &GREETINGS),
    ];
    let kind =
        kinds.into_iter().find(|(_, set)| words.iter().any(|word| set.contains(&word.folded)));
    let sets = [&GREETINGS, &THANKS, &FAREWELLS, &ACKNOWLEDGEMENTS, &FILLERS];
    let is_known = |word: &analyzer::Word| sets.iter().any(|set| set.contains(&word.folded));
    match kind {
        Some((kind, _)) => words.iter().all(is_known).then_some(kind),
        None => is_acknowledgement(message, &words).then_some(SmallTalk::Acknowledgement),
    }
}

/// Returns whether a message without letters and digits has a pictograph, or is an emoticon.
fn is_reaction(message: &str) -> bool {
    let typed: String = message.chars().filter(|c| !c.is_whitespace()).collect();
    let typed = typed.to_lowercase();
    EMOTICONS.contains(&typed.trim_matches(is_pictograph)) && !typed.is_empty()
        || typed.contains(is_pictograph)
            && !typed.contains(|c: char| c.is_alphanumeric() || c == '?')
        || typed.starts_with([':', ';', '='])
            && typed.chars().count() <= 4
            && typed.chars().all(|c| ":;=-'()[]\\/|*".contains(c))
}

/// Returns whether a character is a pictograph, an arrow or a symbol, outside of scripts.
pub(super) fn is_pictograph(c: char) -> bool {
    let is_symbol = matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}');
    is_symbol && !c.is_alphanumeric() || matches!(c, '\u{fe0f}' | '\u{200d}')
}

/// Returns whether a message only acknowledges. "Nice?" is a question.
fn is_acknowledgement(message: &str, words: &[analyzer::Word]) -> bool {
    let is_known = |word: &analyzer::Word| {
        ACKNOWLEDGEMENTS.contains(&word.folded)
            || ACKNOWLEDGEMENTS.contains(&without_repetition(&word.folded))
            || is_laughter(&word.folded)
    };
    let is_remark = |word: &analyzer::Word| is_known(word) || is_filler(&word.folded);
    let is_statement = !message.contains(['?', '؟', '？']);
    let is_phrase = ["gotit", "isee", "makessense", "goodtoknow", "willdo"]
        .contains(&words.iter().map(|word| word.folded.as_str()).collect::<String>().as_str());
    is_statement && (is_phrase || words.iter().any(is_known) && words.iter().all(is_remark))
}

fn is_filler(folded: &str) -> bool {
    REMARK_WORDS.contains(folded) || FILLERS.contains(folded)
}

/// Returns a word with one letter for each run of the same letter, as in `looool` and `okkk`.
fn without_repetition(folded: &str) -> String {
    let mut letters: Vec<char> = folded.chars().collect();
    letters.dedup();
    letters.into_iter().collect()
}

/// Returns whether a word repeats a syllable of laughter, as in `hahaha`, `jajaja` and `ахаха`.
fn is_laughter(folded: &str) -> bool {
    let letters: HashSet<char> = folded.chars().collect();
    let has_breath = letters.iter().any(|c| "hjхهخ".contains(*c));
    folded.chars().count() >= 3
        && letters.len() <= 2
        && has_breath
        && letters.iter().all(|c| "hjхهخaeiаеи".contains(*c))
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
        for reaction in [
            "ok",
            "OK!",
            "lol",
            "loool",
            "👍",
            "👍🏽",
            "😂😂",
            "+1",
            "nice",
            "Nice one!",
            "no",
            "good",
            "yes 👍",
            "hahaha",
            "ахаха",
            "ok cool",
            "got it",
            "I see",
            "makes sense",
            "that's great",
            "xD",
            ":-)",
            "<3",
            "❤️",
            "ja",
            "понятно",
            "d'accord",
            "vale",
            "باشه",
            "تمام",
            "ههههه",
            "very interesting",
            "🎉🎉🎉",
            "ok 😂",
        ] {
            check(reaction, Some(SmallTalk::Acknowledgement));
        }
        check("ok thanks", Some(SmallTalk::Thanks));
        for question in [
            "hi, who are the Hazaras?",
            "Nice?",
            "no?",
            "🤔?",
            "good harvests",
            "nice climate",
            "is it true?",
            "OK Corral",
            "+1 555 0100",
            "what a great treaty was it",
            "cool roofs",
            "1",
            "plus",
            "same treaty",
        ] {
            check(question, None);
        }
        check("????", None);
        check("", None);
    }
}

//! Every interface language: what readers type in it, and where the documentation names it.

use verbatim::dialogue::{SmallTalk, small_talk};
use verbatim::index::analyzer;
use verbatim::render::messages::Locale;
use verbatim::search::authorship;

const README: &str = include_str!("../../README.md");
const TELEGRAM: &str = include_str!("../../docs/telegram.md");

/// Messages of readers in one language.
struct Phrases {
    greeting: &'static str,
    thanks: &'static str,
    farewell: &'static str,
    author_question: &'static str,
}

/// Returns messages that the bot must recognize in a language.
fn phrases(locale: Locale) -> Phrases {
    let [greeting, thanks, farewell, author_question] = match locale {
        Locale::English => ["Hello!", "Thank you", "Bye", "Who wrote this?"],
        Locale::Russian => ["Привет!", "Спасибо", "Пока", "Кто это написал?"],
        Locale::Persian => ["سلام", "ممنون", "خداحافظ", "چه کسی این را نوشته است؟"],
        Locale::Arabic => ["مرحبا", "شكرا", "وداعا", "من كتب هذا المقال؟"],
        Locale::German => ["Hallo!", "Danke", "Tschüss", "Wer hat das geschrieben?"],
        Locale::French => ["Bonjour", "Merci", "Adieu", "Qui a écrit cet article ?"],
        Locale::Spanish => ["¡Hola!", "Gracias", "Adiós", "¿Quién escribió esto?"],
    };
    Phrases { greeting, thanks, farewell, author_question }
}

#[test]
fn language_has_small_talk_and_questions_about_the_author() {
    for locale in Locale::ALL {
        let Phrases { greeting, thanks, farewell, author_question } = phrases(locale);
        assert_eq!(small_talk(greeting), Some(SmallTalk::Greeting), "{greeting}");
        assert_eq!(small_talk(thanks), Some(SmallTalk::Thanks), "{thanks}");
        assert_eq!(small_talk(farewell), Some(SmallTalk::Farewell), "{farewell}");
        let words = analyzer::words(author_question);
        assert!(authorship::asks_for_author(&words), "{author_question}");
        // All other words are stopwords of the language.
        assert_eq!(authorship::subject_words(&words), Vec::<&str>::new(), "{author_question}");
    }
}

#[test]
fn language_is_named_in_the_documentation() {
    let interface = README.lines().find(|line| line.starts_with("| Interface |"));
    let interface = interface.expect("a row of the quick facts");
    let (_, telegram) = TELEGRAM.split_once("\n## Languages\n").expect("the heading exists");
    let (telegram, _) = telegram.split_once("\n## ").expect("another heading follows");
    for locale in Locale::ALL {
        // The names of the variants are the English names of the languages.
        let name = format!("{locale:?}");
        assert!(interface.contains(&name), "{name} is not in README.md");
        assert!(telegram.contains(&name), "{name} is not in docs/telegram.md");
    }
}

//! What Verbatim says in words of its own, in seven languages. Pure; plain text, no markup.
//!
//! A sentence is a Fluent message of `*.ftl`, and a function here. Quotes never pass through.

mod keys;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::schedule::Weekday;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    English,
    Russian,
    Persian,
    Arabic,
    German,
    French,
    Spanish,
}

impl Locale {
    pub const ALL: [Locale; 7] = [
        Locale::English,
        Locale::Russian,
        Locale::Persian,
        Locale::Arabic,
        Locale::German,
        Locale::French,
        Locale::Spanish,
    ];

    /// The locale for a language tag such as `en`, `de-AT` or `fa_IR`.
    pub fn of_code(tag: &str) -> Option<Locale> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Locale::ALL.into_iter().find(|locale| locale.code() == primary)
    }

    /// Two letters, ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Locale::English => "en",
            Locale::Russian => "ru",
            Locale::Persian => "fa",
            Locale::Arabic => "ar",
            Locale::German => "de",
            Locale::French => "fr",
            Locale::Spanish => "es",
        }
    }

    /// What its speakers call it.
    pub fn name(self) -> &'static str {
        match self {
            Locale::English => "English",
            Locale::Russian => "Русский",
            Locale::Persian => "فارسی",
            Locale::Arabic => "العربية",
            Locale::German => "Deutsch",
            Locale::French => "Français",
            Locale::Spanish => "Español",
        }
    }

    /// Whether it is written from right to left.
    pub fn is_right_to_left(self) -> bool {
        matches!(self, Locale::Persian | Locale::Arabic)
    }

    fn source(self) -> &'static str {
        match self {
            Locale::English => include_str!("en.ftl"),
            Locale::Russian => include_str!("ru.ftl"),
            Locale::Persian => include_str!("fa.ftl"),
            Locale::Arabic => include_str!("ar.ftl"),
            Locale::German => include_str!("de.ftl"),
            Locale::French => include_str!("fr.ftl"),
            Locale::Spanish => include_str!("es.ftl"),
        }
    }

    /// What is said in this language.
    pub fn messages(self) -> &'static Messages {
        static ALL: LazyLock<Vec<Messages>> =
            LazyLock::new(|| Locale::ALL.into_iter().map(Messages::new).collect());
        &ALL[self as usize]
    }
}

/// The sentences of one language.
pub struct Messages {
    locale: Locale,
    bundle: FluentBundle<FluentResource>,
}

/// A refusal names at most so many words, each cut at so many characters.
const MAX_WORDS: usize = 5;
const MAX_WORD_CHARS: usize = 40;

impl Messages {
    fn new(locale: Locale) -> Messages {
        let language: LanguageIdentifier = locale.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Direction marks keep a foreign name in its place in a line from right to left.
        bundle.set_use_isolating(locale.is_right_to_left());
        // A message that does not parse is missing, which a test would tell.
        let resource = FluentResource::try_new(locale.source().to_owned());
        let _ = bundle.add_resource(resource.unwrap_or_else(|(resource, _)| resource));
        Messages { locale, bundle }
    }

    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// What is said when nothing was found; `missing` are words that the articles do not have.
    pub fn refusal(&self, missing: &[String], articles: usize) -> String {
        let shown = |word: &String| match word.char_indices().nth(MAX_WORD_CHARS) {
            Some((end, _)) => self.quoted_word(&format!("{}…", &word[..end])),
            None => self.quoted_word(word),
        };
        let words: Vec<_> = missing.iter().take(MAX_WORDS).map(shown).collect();
        match self.enumerated(&words, Messages::enumeration_end) {
            Some(words) => self.found_nothing_about(&words, articles),
            None => self.found_nothing(articles),
        }
    }

    /// Names the questions of a message that found nothing; `None` if there are none.
    pub fn unanswered(&self, questions: &[String]) -> Option<String> {
        let quoted: Vec<_> = questions.iter().map(|question| self.quoted_word(question)).collect();
        let questions = self.enumerated(&quoted, Messages::enumeration_end)?;
        Some(self.found_nothing_for(&questions))
    }

    /// Who wrote an article; `None` where nobody is named.
    pub fn byline(&self, authors: &[String]) -> Option<String> {
        let authors = self.enumerated(authors, Messages::enumeration_all)?;
        Some(self.by_authors(&authors))
    }

    /// The name of a day of the week.
    pub fn day(&self, day: Weekday) -> String {
        match day {
            Weekday::Monday => self.day_monday(),
            Weekday::Tuesday => self.day_tuesday(),
            Weekday::Wednesday => self.day_wednesday(),
            Weekday::Thursday => self.day_thursday(),
            Weekday::Friday => self.day_friday(),
            Weekday::Saturday => self.day_saturday(),
            Weekday::Sunday => self.day_sunday(),
        }
    }

    /// Words in a row, the last joined by `end`; `None` if there are none.
    fn enumerated(
        &self,
        words: &[String],
        end: fn(&Messages, &str, &str) -> String,
    ) -> Option<String> {
        let (last, before) = words.split_last()?;
        let before = before.iter().cloned().reduce(|before, next| self.enumeration(&before, &next));
        Some(before.map_or_else(|| last.clone(), |before| end(self, &before, last)))
    }

    fn text(&self, id: &str, arguments: &[(&'static str, FluentValue<'_>)]) -> String {
        let known = self.bundle.get_message(id).and_then(|message| message.value());
        let Some(pattern) = known else {
            let english = Locale::English;
            let is_english = self.locale == english;
            return if is_english { id.into() } else { english.messages().text(id, arguments) };
        };
        let arguments: FluentArgs<'_> =
            arguments.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::keys::SENTENCES;
    use super::*;

    #[test]
    fn every_language_says_everything() {
        for locale in Locale::ALL {
            let words = locale.messages();
            let mut errors = Vec::new();
            for (id, arguments) in SENTENCES {
                let message = words.bundle.get_message(id).and_then(|message| message.value());
                let pattern = message.unwrap_or_else(|| panic!("{locale:?} lacks {id}"));
                let values: FluentArgs<'_> =
                    arguments.iter().map(|name| (*name, FluentValue::from(4711))).collect();
                let text = words.bundle.format_pattern(pattern, Some(&values), &mut errors);
                assert_eq!(errors, [], "{locale:?} {id}");
                assert!(
                    text.matches("4711").count() >= arguments.len()
                        || *id == "found-nothing"
                        || *id == "found-nothing-about",
                    "{locale:?} {id}: {text}"
                );
            }
            let known = locale.source().lines().filter(|line| {
                line.starts_with(|c: char| c.is_ascii_lowercase()) && line.contains(" =")
            });
            assert_eq!(known.count(), SENTENCES.len(), "{locale:?} has messages that nobody says");
        }
    }

    #[test]
    fn a_refusal_names_the_words() {
        let check = |missing: &[&str], articles, expected: &str| {
            let missing: Vec<_> = missing.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(Locale::English.messages().refusal(&missing, articles), expected);
        };
        check(&["bread"], 1, "I found nothing about “bread” in the article.");
        check(&["a", "b", "c"], 2, "I found nothing about “a”, “b” or “c” in the articles.");
        check(&[], 1, "I found nothing in the article that answers this.");
        let long = "a".repeat(4096);
        let cut = format!("I found nothing about “{}…” in the article.", "a".repeat(40));
        check(&[&long], 1, &cut);
    }

    #[test]
    fn authors_are_joined_as_each_language_joins_them() {
        let names = ["Ada", "Bo", "Cy"].map(str::to_owned);
        let check = |locale: Locale, count: usize, expected: Option<&str>| {
            let said = locale.messages().byline(&names[..count]);
            let said = said.map(|said| said.replace(['\u{2068}', '\u{2069}'], ""));
            assert_eq!(said.as_deref(), expected, "{locale:?}");
        };
        check(Locale::English, 0, None);
        check(Locale::English, 1, Some("by Ada"));
        check(Locale::English, 2, Some("by Ada and Bo"));
        check(Locale::German, 3, Some("von Ada, Bo und Cy"));
        check(Locale::French, 2, Some("par Ada et Bo"));
        check(Locale::Spanish, 3, Some("por Ada, Bo y Cy"));
        check(Locale::Russian, 2, Some("текст: Ada и Bo"));
        check(Locale::Persian, 2, Some("نوشتهٔ Ada و Bo"));
        check(Locale::Arabic, 3, Some("بقلم Ada، Bo وCy"));
    }

    #[test]
    fn a_language_tag_is_read_by_its_first_part() {
        assert_eq!(Locale::of_code("pt-BR"), None);
        assert_eq!(Locale::of_code("DE-at"), Some(Locale::German));
        assert_eq!(Locale::of_code("fa_IR"), Some(Locale::Persian));
    }
}

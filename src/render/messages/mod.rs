//! Localized messages of the interface. Pure; plain text without markup.
//!
//! Each message is a Fluent message in the `.ftl` files and a method of [`Messages`]. Quotes of
//! articles are never translated or changed here.

mod keys;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::answer::{ArticleList, LanguageMismatch, ListReason, UnmatchedFilter};
use crate::dialogue::FilterKind;
use crate::index::language::Language;
use crate::schedule::Weekday;
use keys::with_message_keys;

/// Declares [`Locale`] from a table of the languages: ISO 639-1 code, own name and direction. The
/// messages of a language are in the file `<code>.ftl`.
macro_rules! locales {
    ($($locale:ident = $code:literal, $name:literal, $direction:ident;)*) => {
        /// A language of the interface.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Locale {
            $($locale),*
        }

        impl Locale {
            /// All languages, in the order in which they are offered.
            pub const ALL: [Locale; [$($code),*].len()] = [$(Locale::$locale),*];

            /// Returns the ISO 639-1 code: two letters.
            pub fn code(self) -> &'static str {
                match self { $(Locale::$locale => $code),* }
            }

            /// Returns the language's own name.
            pub fn name(self) -> &'static str {
                match self { $(Locale::$locale => $name),* }
            }

            fn direction(self) -> Direction {
                match self { $(Locale::$locale => Direction::$direction),* }
            }

            /// Returns the text of the language's message file.
            fn source(self) -> &'static str {
                match self { $(Locale::$locale => include_str!(concat!($code, ".ftl"))),* }
            }
        }
    };
}

locales! {
    English = "en", "English", LeftToRight;
    Russian = "ru", "Русский", LeftToRight;
    Persian = "fa", "فارسی", RightToLeft;
    Arabic = "ar", "العربية", RightToLeft;
    German = "de", "Deutsch", LeftToRight;
    French = "fr", "Français", LeftToRight;
    Spanish = "es", "Español", LeftToRight;
}

/// Direction of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    LeftToRight,
    RightToLeft,
}

impl Locale {
    /// Returns the locale for a language tag such as `en`, `de-AT` or `fa_IR`.
    pub fn from_tag(tag: &str) -> Option<Locale> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Locale::ALL.into_iter().find(|locale| locale.code() == primary)
    }

    /// Returns whether the language is written from right to left.
    pub fn is_right_to_left(self) -> bool {
        self.direction() == Direction::RightToLeft
    }

    /// Returns the messages in this language.
    pub fn messages(self) -> &'static Messages {
        static ALL: LazyLock<Vec<Messages>> =
            LazyLock::new(|| Locale::ALL.into_iter().map(Messages::new).collect());
        &ALL[self as usize]
    }
}

/// Declares a method of [`Messages`] for each message.
macro_rules! message_methods {
    ($($name:ident = $id:literal ($($argument:ident: $kind:ty),*);)*) => {
        $(
            #[doc = concat!("Returns the message `", $id, "`.")]
            pub fn $name(&self, $($argument: $kind),*) -> String {
                self.text($id, &[$((stringify!($argument), FluentValue::from($argument))),*])
            }
        )*
    };
}

/// Messages of one language.
pub struct Messages {
    locale: Locale,
    bundle: FluentBundle<FluentResource>,
}

/// Maximum number of words that a refusal names.
const MAX_WORDS: usize = 5;
/// Maximum length of each such word, in chars.
const MAX_WORD_CHARS: usize = 40;
/// Maximum length of a topic or a name in the heading of a list, in chars.
const MAX_SUBJECT_CHARS: usize = 80;

impl Messages {
    with_message_keys!(message_methods);

    fn new(locale: Locale) -> Messages {
        let language: LanguageIdentifier = locale.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Unicode isolates keep a left-to-right name in place within a right-to-left sentence.
        bundle.set_use_isolating(locale.is_right_to_left());
        // The parser skips a message with an error; a test checks that none is missing.
        let resource = FluentResource::try_new(locale.source().to_owned());
        let _ = bundle.add_resource(resource.unwrap_or_else(|(resource, _)| resource));
        Messages { locale, bundle }
    }

    /// Returns the language of the messages.
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// Returns the refusal of a question. `missing` are its words that no article has.
    pub fn refusal(&self, missing: &[String], articles: usize) -> String {
        let shown = |word: &String| match word.char_indices().nth(MAX_WORD_CHARS) {
            Some((end, _)) => self.quoted_word(&format!("{}…", &word[..end])),
            None => self.quoted_word(word),
        };
        let words: Vec<_> = missing.iter().take(MAX_WORDS).map(shown).collect();
        match self.join(&words, Messages::enumeration_end) {
            Some(words) => self.found_nothing_about(&words, articles),
            None => self.found_nothing(articles),
        }
    }

    /// Returns why nothing was searched: a filter leaves no article.
    pub fn unmatched_filter(&self, unmatched: &UnmatchedFilter) -> String {
        let shown = |name: &str| match name.char_indices().nth(MAX_WORD_CHARS) {
            Some((end, _)) => format!("{}…", &name[..end]),
            None => name.to_owned(),
        };
        let (missing, known) = match unmatched {
            UnmatchedFilter::UnknownName { kind, typed, known } => {
                let typed = shown(typed);
                let missing = match kind {
                    FilterKind::Author => self.no_author(&typed),
                    FilterKind::Tag => self.no_tag(&typed),
                    FilterKind::Folder | FilterKind::After | FilterKind::Before => {
                        self.no_folder(&typed)
                    }
                };
                (missing, known.iter().map(|name| shown(name)).collect::<Vec<_>>())
            }
            UnmatchedFilter::NotADate { typed } => (self.not_a_date(&shown(typed)), Vec::new()),
            UnmatchedFilter::NoArticle { filters } => (self.no_article_fits(filters), Vec::new()),
        };
        let known = known.into_iter().reduce(|before, next| self.enumeration(&before, &next));
        match known {
            Some(known) => format!("{missing} {}", self.known_names(&known)),
            None => missing,
        }
    }

    /// Returns a sentence that names the questions without an answer; `None` if there are none.
    pub fn unanswered(&self, questions: &[String]) -> Option<String> {
        let quoted: Vec<_> = questions.iter().map(|question| self.quoted_word(question)).collect();
        let questions = self.join(&quoted, Messages::enumeration_end)?;
        Some(self.found_nothing_for(&questions))
    }

    /// Returns the names of languages, as they follow the word for "in".
    pub fn language_names(&self, languages: &[Language]) -> String {
        let name = |language: &Language| self.language_name(language.code(), &language.name());
        let names: Vec<_> = languages.iter().map(name).collect();
        self.join(&names, Messages::enumeration_all).unwrap_or_default()
    }

    /// Returns the sentence that names the language of quotes, in the language of the question if
    /// there are messages in it.
    pub fn language_of_quotes(&self, languages: &LanguageMismatch) -> String {
        let messages = self.in_language_of(languages);
        messages.quotes_are_in(&messages.language_names(&languages.articles))
    }

    /// Returns the hint that names the language of the articles, in the language of the question if
    /// there are messages in it.
    pub fn language_hint(&self, languages: &LanguageMismatch) -> String {
        let messages = self.in_language_of(languages);
        messages.articles_are_in(&messages.language_names(&languages.articles))
    }

    /// Returns the messages in the language of the question, or these if there are none.
    pub fn in_language_of<'a>(&'a self, languages: &LanguageMismatch) -> &'a Messages {
        Locale::from_tag(languages.question.code()).map_or(self, |locale| locale.messages())
    }

    /// Returns the byline of an article; `None` if it names no author.
    pub fn byline(&self, authors: &[String]) -> Option<String> {
        let authors = self.join(authors, Messages::enumeration_all)?;
        Some(self.by_authors(&authors))
    }

    /// Returns the heading of a list of articles; `None` for the dates of named articles.
    pub fn list_heading(&self, list: &ArticleList) -> Option<String> {
        let subject = |text: &str| match text.char_indices().nth(MAX_SUBJECT_CHARS) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        };
        match &list.reason {
            ListReason::All => Some(self.articles_to_read(list.total)),
            ListReason::Newest => Some(self.newest_articles(list.total)),
            ListReason::Topic(topic) => Some(self.articles_on(&subject(topic), list.total)),
            ListReason::Author(author) => Some(self.articles_by(&subject(author), list.total)),
            ListReason::Published => None,
        }
    }

    /// Returns the name of a day of the week.
    pub fn weekday(&self, day: Weekday) -> String {
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

    /// Joins items to an enumeration, the last with `join_last`; `None` if there are none.
    fn join(
        &self,
        items: &[String],
        join_last: fn(&Messages, &str, &str) -> String,
    ) -> Option<String> {
        let (last, before) = items.split_last()?;
        let before = before.iter().cloned().reduce(|before, next| self.enumeration(&before, &next));
        Some(before.map_or_else(|| last.clone(), |before| join_last(self, &before, last)))
    }

    /// Returns the message with this id, in English if the language lacks it.
    fn text(&self, id: &str, arguments: &[(&'static str, FluentValue<'_>)]) -> String {
        let message = self.bundle.get_message(id).and_then(|message| message.value());
        let Some(pattern) = message else {
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
    use std::collections::BTreeSet;

    use super::*;
    use crate::schedule::Zone;

    /// Declares the list of all messages with the names of their arguments.
    macro_rules! message_list {
        ($($name:ident = $id:literal ($($argument:ident: $kind:ty),*);)*) => {
            const MESSAGES: &[(&str, &[&str])] = &[$(($id, &[$(stringify!($argument)),*])),*];
        };
    }
    with_message_keys!(message_list);

    #[test]
    fn messages_exist_in_every_language_with_their_arguments() {
        for locale in Locale::ALL {
            let messages = locale.messages();
            let mut errors = Vec::new();
            for (id, arguments) in MESSAGES {
                let message = messages.bundle.get_message(id).and_then(|message| message.value());
                let pattern = message.unwrap_or_else(|| panic!("{locale:?} lacks {id}"));
                let values: FluentArgs<'_> =
                    arguments.iter().map(|name| (*name, FluentValue::from(4711))).collect();
                let text = messages.bundle.format_pattern(pattern, Some(&values), &mut errors);
                assert_eq!(errors, [], "{locale:?} {id}");
                assert!(
                    text.matches("4711").count() >= arguments.len()
                        || *id == "found-nothing"
                        || *id == "found-nothing-about"
                        || *id == "language-name",
                    "{locale:?} {id}: {text}"
                );
            }
            let declared = locale.source().lines().filter(|line| {
                line.starts_with(|c: char| c.is_ascii_lowercase()) && line.contains(" =")
            });
            assert_eq!(declared.count(), MESSAGES.len(), "{locale:?} has unused messages");
        }
    }

    /// Returns the plural categories that the language has for the numbers from 0 to 200.
    fn plural_categories(locale: Locale) -> BTreeSet<String> {
        let source = "category = { $count ->\n [zero] zero\n [one] one\n [two] two\n [few] few\n \
                      [many] many\n *[other] other\n }\n";
        let mut bundle = FluentBundle::new_concurrent(vec![locale.code().parse().unwrap()]);
        bundle.add_resource(FluentResource::try_new(source.to_owned()).unwrap()).unwrap();
        let pattern = bundle.get_message("category").and_then(|message| message.value()).unwrap();
        let category = |count: usize| {
            let arguments: FluentArgs<'_> =
                [("count", FluentValue::from(count))].into_iter().collect();
            bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
        };
        (0..=200).map(category).collect()
    }

    #[test]
    fn messages_count_with_the_plural_categories_of_their_language() {
        for locale in Locale::ALL {
            let used: BTreeSet<_> = locale.source().split('[').skip(1).collect();
            for category in plural_categories(locale) {
                let is_used = used.iter().any(|rest| rest.starts_with(&format!("{category}]")));
                assert!(is_used, "{locale:?} has no message for the numbers in [{category}]");
            }
        }
    }

    #[test]
    fn locale_has_suggested_time_zones() {
        let utc = Zone::suggested("unknown");
        for locale in Locale::ALL {
            assert_ne!(Zone::suggested(locale.code()), utc, "{locale:?}");
        }
    }

    #[test]
    fn refusal_names_the_missing_words() {
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
    fn language_note_is_in_the_language_of_the_question() {
        let language = |code: &&str| Language::of_code(code);
        let check = |question: &str, articles: &[&str], expected: &str| {
            let articles = articles.iter().map(language).collect();
            let languages = LanguageMismatch { question: language(&question), articles };
            let note = Locale::English.messages().language_of_quotes(&languages);
            assert_eq!(note.replace(['\u{2068}', '\u{2069}'], ""), expected);
        };
        check("en", &["de"], "The quotes are in German.");
        check("de", &["en"], "Die Zitate sind auf Englisch.");
        check("de", &["en", "ru"], "Die Zitate sind auf Englisch und Russisch.");
        check("fr", &["en", "de"], "Les citations sont en anglais et en allemand.");
        check("es", &["en", "it"], "Las citas están en inglés y en italiano.");
        check("ru", &["en", "de", "fr"], "Цитаты на английском, немецком и французском.");
        check("fa", &["en"], "نقل‌قول‌ها به زبان انگلیسی است.");
        check("ar", &["en", "de"], "الاقتباسات بالإنجليزية وبالألمانية.");
        check("tr", &["en"], "The quotes are in English.");
        // A language without a message has its English name, and a code that is none its code.
        check("fr", &["sw"], "Les citations sont en Swahili.");
        check("de", &["xx"], "Die Zitate sind auf xx.");
    }

    #[test]
    fn language_names_are_in_every_language_for_every_language_of_the_interface() {
        for locale in Locale::ALL {
            for other in Locale::ALL {
                let name = locale.messages().language_name(other.code(), "?");
                assert!(!name.contains('?'), "{locale:?} does not name {other:?}");
            }
        }
    }

    #[test]
    fn byline_joins_authors_in_every_language() {
        let names = ["Ada", "Bo", "Cy"].map(str::to_owned);
        let check = |locale: Locale, count: usize, expected: Option<&str>| {
            let byline = locale.messages().byline(&names[..count]);
            let byline = byline.map(|byline| byline.replace(['\u{2068}', '\u{2069}'], ""));
            assert_eq!(byline.as_deref(), expected, "{locale:?}");
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
    fn locale_parses_a_tag_by_its_first_part() {
        assert_eq!(Locale::from_tag("pt-BR"), None);
        assert_eq!(Locale::from_tag("DE-at"), Some(Locale::German));
        assert_eq!(Locale::from_tag("fa_IR"), Some(Locale::Persian));
    }
}

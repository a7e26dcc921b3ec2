//! Language of a question, told from its function words, from the corpus and from its letters.
//!
//! A question is read in one language: its stopwords and its stems are those of that language, so
//! that articles in other languages change nothing. Only a question whose language no article has,
//! or that has no function word, is searched in several languages.

use super::interrogatives::is_interrogative;
use super::unknown_words::by_unknown_words;
use super::{stopwords, word_frequency};
use crate::index::analyzer::{self, Word};
use crate::index::language::Language;
use crate::index::language_detection;

/// The languages in which a question is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QuestionLanguages {
    /// Language of the question, if its function words or its script tell it. A name in Latin
    /// letters has no language, and one in a script of no article may have an undetermined one.
    pub told: Option<Language>,
    /// Languages of the question, whose stopwords it has.
    pub asked: Vec<Language>,
    /// Languages of the articles that are searched.
    pub searched: Vec<Language>,
}

impl QuestionLanguages {
    /// Returns whether the question is in another language than all articles.
    pub fn is_foreign(&self) -> bool {
        !self.asked.iter().any(|language| self.searched.contains(language))
    }
}

impl From<&[Language]> for QuestionLanguages {
    fn from(languages: &[Language]) -> QuestionLanguages {
        QuestionLanguages { told: None, asked: languages.to_vec(), searched: languages.to_vec() }
    }
}

/// Number of words at the beginning of a question that tell its language.
const MAX_WORDS: usize = 64;
/// Maximum number of languages that are searched at once. Each costs a lookup of every word.
pub const MAX_SEARCHED: usize = 8;
/// Languages in which readers ask, whatever the language of the articles: those of the interface.
/// Another language is considered if the letters of the question are those of that language.
const ASKED: [&str; 7] = ["en", "ru", "fa", "ar", "de", "fr", "es"];
/// Vote of an interrogative, relative to the vote of a function word of one language only.
const INTERROGATIVE_VOTE: f32 = 0.5;
/// Minimum number of function words in Latin letters of a language that no article has.
const MIN_FOREIGN_WORDS: usize = 2;
/// Number of words from which one such word is enough, if the letters are those of the language.
const MIN_WORDS_TO_TELL: usize = 3;
/// Difference of votes up to which two languages are equally likely.
const MAX_TIE: f32 = 0.3;

/// Returns the languages of a question of these words. `corpus` has the languages of the articles,
/// the most frequent first; `is_in` returns whether an article in a language has a folded word.
///
/// A function word votes for the languages that have it, the less, the more have it. The languages
/// with the most votes are told apart by how many other words their articles have, then by the
/// letters of the question.
pub fn question_languages(
    question: &str,
    words: &[Word],
    corpus: &[Language],
    mut is_in: impl FnMut(&Language, &str) -> bool,
) -> QuestionLanguages {
    let words = &words[..words.len().min(MAX_WORDS)];
    let mut candidates: Vec<_> = corpus.to_vec();
    let by_letters = language_detection::by_letters(question);
    for asked in ASKED.iter().map(|code| Language::of_code(code)).chain(by_letters.clone()) {
        if !candidates.contains(&asked) {
            candidates.push(asked);
        }
    }
    let is_foreign: Vec<_> = words
        .iter()
        .map(|word| !corpus.iter().take(MAX_SEARCHED).any(|own| is_in(own, &word.folded)))
        .collect();
    let of_language = |language: Language| {
        let searched = match corpus.contains(&language) {
            true => vec![language.clone()],
            false => corpus.iter().take(MAX_SEARCHED).cloned().collect(),
        };
        QuestionLanguages { told: Some(language.clone()), asked: vec![language], searched }
    };
    if let Some(language) = by_unknown_words(question, words, corpus, &is_foreign) {
        return of_language(language);
    }
    let votes = votes(words, &candidates, corpus, by_letters.as_ref(), &is_foreign);
    let most = votes.iter().copied().fold(0.0, f32::max);
    if most <= 0.0 {
        let found = most_found(words, &corpus.iter().collect::<Vec<_>>(), &mut is_in);
        let searched: Vec<_> = found.into_iter().take(MAX_SEARCHED).cloned().collect();
        // Letters of a script that no article has tell the language without any function word. The
        // question may have a name as an article has it.
        let is_told = language_detection::is_told_by_script(question)
            || is_foreign.iter().all(|is_foreign| *is_foreign);
        let by_script = || language_detection::by_script(question, corpus);
        let told = is_told.then(by_script).flatten();
        let asked = told.clone().map_or_else(|| searched.clone(), |language| vec![language]);
        return QuestionLanguages { told, asked, searched };
    }
    let tied = candidates.iter().zip(&votes).filter(|(_, votes)| **votes >= most - MAX_TIE);
    let tied: Vec<_> = tied.map(|(language, _)| language).collect();
    let likely = match &tied[..] {
        [_] => tied,
        _ => most_found(words, &tied, &mut is_in),
    };
    of_language(language_detection::likeliest(question, &likely).unwrap_or(likely[0]).clone())
}

/// Returns whether a word, as typed, is a function word of a language in which readers ask, other
/// than the given ones. An acronym such as "UN" is none, nor a common English word such as "war",
/// which is one in German.
pub fn is_function_word_elsewhere(typed: &str, languages: &[Language]) -> bool {
    let is_acronym = typed.chars().count() > 1 && typed.chars().all(char::is_uppercase);
    let others = ASKED.iter().map(|code| Language::of_code(code));
    let others: Vec<_> = others.filter(|other| !languages.contains(other)).collect();
    let is_empty = |word: Word| {
        !word_frequency::is_common_word(&word.folded)
            && stopwords::is_stopword(&word.folded, &others)
    };
    !is_acronym && !others.is_empty() && analyzer::words(typed).into_iter().all(is_empty)
}

/// Returns the votes of the words for each language.
///
/// For a language that no article has, only words vote that no article has: "sea" is a function
/// word in Spanish, and `war` in German. One such word in Latin letters is not enough, unless the
/// language is also the likeliest by the letters.
fn votes(
    words: &[Word],
    candidates: &[Language],
    corpus: &[Language],
    by_letters: Option<&Language>,
    is_foreign: &[bool],
) -> Vec<f32> {
    let mut votes = vec![0.0; candidates.len()];
    let mut foreign_words = vec![0; candidates.len()];
    for (position, word) in words.iter().enumerate() {
        let has = |language: &&Language| {
            stopwords::is_stopword(&word.folded, std::slice::from_ref(*language))
        };
        let count = candidates.iter().filter(has).count();
        for (at, language) in candidates.iter().enumerate() {
            if !corpus.contains(language) && !is_foreign[position] {
                continue;
            }
            if has(&language) {
                votes[at] += 1.0 / count as f32;
                foreign_words[at] += if word.folded.is_ascii() { 1 } else { MIN_FOREIGN_WORDS };
            }
            if position == 0 && is_interrogative(&word.folded, language) {
                votes[at] += INTERROGATIVE_VOTE;
            }
        }
    }
    for (at, language) in candidates.iter().enumerate() {
        let is_likeliest = by_letters == Some(language) && words.len() >= MIN_WORDS_TO_TELL;
        let needed = if is_likeliest { 1 } else { MIN_FOREIGN_WORDS };
        if !corpus.contains(language) && foreign_words[at] < needed {
            votes[at] = 0.0;
        }
    }
    votes
}

/// Returns the languages whose articles have the most of the words that are no stopwords, in the
/// given order.
fn most_found<'a>(
    words: &[Word],
    languages: &[&'a Language],
    is_in: &mut impl FnMut(&Language, &str) -> bool,
) -> Vec<&'a Language> {
    let count = |language: &&'a Language| {
        let own = [(*language).clone()];
        let content = words.iter().filter(|word| !stopwords::is_stopword(&word.folded, &own));
        content.filter(|word| is_in(language, &word.folded)).count()
    };
    let counts: Vec<_> = languages.iter().map(count).collect();
    let most = counts.iter().copied().max().unwrap_or(0);
    let found = languages.iter().zip(&counts).filter(|(_, count)| **count == most);
    found.map(|(language, _)| *language).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_language_is_told_only_by_function_words_or_by_a_script_of_no_article() {
        let check = |question: &str, corpus: &[&str], expected: Option<&str>| {
            let corpus: Vec<_> = corpus.iter().map(|code| Language::of_code(code)).collect();
            let words = analyzer::words(question);
            let is_in = |_: &Language, word: &str| matches!(word, "helmand" | "кабул");
            let told = question_languages(question, &words, &corpus, is_in).told;
            assert_eq!(told.as_ref().map(Language::code), expected, "{question}");
        };
        check("Who is Ada?", &["en"], Some("en"));
        check("Wer ist Ada und wo wohnt sie?", &["en"], Some("de"));
        check("Ada", &["en"], None);
        check("Ada Lovelace 1843", &["en"], None);
        check("???", &["en"], None);
        check("река Гильменд", &["en"], Some("und"));
        check("вода и река Гильменд", &["en"], Some("ru"));
        check("крупнейшие реки этой страны", &["en"], Some("ru"));
        check("найбільші річки цієї країни", &["en"], Some("uk"));
        check("река Гильменд", &["en", "ru"], None);
        check("река Гильменд", &["uk"], None);
        check("Helmand река", &["en"], None);
        check("Кабул", &["en"], None);
        check("رود هیرمند", &["en"], Some("fa"));
        check("معاهدة المياه", &["en"], Some("ar"));
        check("نهر هلمند", &["en"], Some("und"));
        check("نهر هلمند", &["fa"], None);
        check("नदी", &["en"], Some("hi"));
    }

    #[test]
    fn question_language_knows_function_words_of_other_languages() {
        let check = |word: &str, expected: bool| {
            let english = [Language::of_code("en")];
            assert_eq!(is_function_word_elsewhere(word, &english), expected, "{word}");
        };
        check("und", true);
        check("qui", true);
        check("что", true);
        check("war", false);
        check("the", false);
        check("bread", false);
        check("un", true);
        check("UN", false);
    }

    #[test]
    fn question_language_is_told_from_function_words_and_the_corpus() {
        let check = |question: &str, corpus: &[&str], asked: &[&str], searched: &[&str]| {
            let corpus: Vec<_> = corpus.iter().map(|code| Language::of_code(code)).collect();
            let words = analyzer::words(question);
            let is_in = |language: &Language, word: &str| {
                matches!((language.code(), word), ("de", "kosten" | "tickets") | ("en", "tickets"))
            };
            let found = question_languages(question, &words, &corpus, is_in);
            let codes = |languages: &[Language]| -> Vec<String> {
                languages.iter().map(|language| language.code().to_owned()).collect()
            };
            assert_eq!(codes(&found.asked), asked, "{question}");
            assert_eq!(codes(&found.searched), searched, "{question}");
        };
        check("What is a fork?", &["en", "hu"], &["en"], &["en"]);
        check("tell me about the war", &["en", "de"], &["en"], &["en"]);
        check("Was kosten Museum Tickets?", &["en", "de", "nl"], &["de"], &["de"]);
        check("Wo liegt der Hafen?", &["en", "de"], &["de"], &["de"]);
        check("Где находится порт?", &["en", "ru"], &["ru"], &["ru"]);
        check("Où est le port ?", &["en"], &["fr"], &["en"]);
        check("the", &["en"], &["en"], &["en"]);
        check("sea", &["en"], &["en"], &["en"]);
        check("neap ti", &["en"], &["en"], &["en"]);
        check("Nehir neden ve ne kadar kurudu?", &["en"], &["tr"], &["en"]);
        check("Ποιος είναι ο συγγραφέας;", &["en"], &["el"], &["en"]);
        check("नदी", &["en"], &["hi"], &["en"]);
        check("Yaz Tiyatrosu nerede bulunmaktadır?", &["en"], &["tr"], &["en"]);
        check("Polonya'nın başkenti neresidir?", &["en"], &["tr"], &["en"]);
        check("Bodhisattva yemininin adı nedir?", &["en"], &["tr"], &["en"]);
        check("Vườn Saxon ở Ba Lan là gì?", &["en"], &["vi"], &["en"]);
        check("vad heter Sveriges huvudstad och var ligger den", &["en"], &["sv"], &["en"]);
        check("jaka jest stolica Polski", &["en"], &["pl"], &["en"]);
        check("kdy vznikla Praha a kdo ji založil", &["en"], &["cs"], &["en"]);
        check("mikä on Suomen pääkaupunki ja missä se on", &["en"], &["fi"], &["en"]);
        check("hva er hovedstaden i Norge og hvor mange bor der", &["en"], &["no"], &["en"]);
        check("cine a fost primul rege al României", &["en"], &["ro"], &["en"]);
        check("Qual é a capital de Portugal e quando foi fundada?", &["en"], &["pt"], &["en"]);
        check("mengapa Iran mendeportasi warga Afghanistan", &["en"], &["id"], &["en"]);
        check("quanti abitanti ha Milano e chi la governa", &["en"], &["it"], &["en"]);
        check("waarom zijn de Afghanen gedeporteerd", &["en"], &["nl"], &["en"]);
        check("waht casues the tdies?", &["en"], &["en"], &["en"]);
        check("Kherson Zaporizhzhia Mykolaiv", &["en"], &["en"], &["en"]);
        check("Who is Erdoğan?", &["en"], &["en"], &["en"]);
        check("Erdoğan Kılıçdaroğlu", &["en"], &["en"], &["en"]);
        check("Polonya'nın başkenti neresidir?", &["en", "tr"], &["tr"], &["tr"]);
        check("tickets 这个词是什么意思?", &["en"], &["zh"], &["en"]);
        check("什么是条约?", &["en"], &["zh"], &["en"]);
        check("gegen den Wind", &["en"], &["de"], &["en"]);
        check("tickets", &["en", "de", "nl"], &["en", "de"], &["en", "de"]);
        check("kosten", &["en", "de", "nl"], &["de"], &["de"]);
        check("What is the Mond?", &["de"], &["en"], &["de"]);
    }
}

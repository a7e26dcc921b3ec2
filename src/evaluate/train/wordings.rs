//! Other wordings of judged questions, as people type who have not read the article. Pure.

use std::collections::BTreeSet;

use super::super::judgments::{JudgedArticle, JudgedQuestion};
use crate::index::analyzer;
use crate::index::language::Language;
use crate::search::aliases::Aliases;
use crate::search::{query, synonyms};

/// Language of the questions.
const LANGUAGE: &str = "en";
/// Maximum length of the prefix that a word shares with its synonym, in chars. A synonym with a
/// longer common prefix is a form of the same word.
const MAX_SHARED_PREFIX: usize = 3;
/// Minimum number of keywords. A single word says too little about what was asked.
const MIN_KEYWORDS: usize = 2;
/// Maximum length of a name that is asked alone, in words.
const MAX_NAME_WORDS: usize = 3;

/// Returns the question with every word replaced by a synonym, where one is known. `None` if no
/// word has a synonym.
pub fn paraphrase(question: &str) -> Option<String> {
    let stemmer = Language::of_code(LANGUAGE).stemmer();
    let mut paraphrased = String::with_capacity(question.len());
    let mut copied = 0;
    for word in analyzer::words(question) {
        let synonyms = synonyms::words(&analyzer::stem(stemmer.as_ref(), &word.folded));
        let is_other_word = |synonym: &&&str| {
            let shared = synonym.chars().zip(word.folded.chars()).take_while(|(a, b)| a == b);
            shared.count() <= MAX_SHARED_PREFIX
        };
        if let Some(synonym) = synonyms.iter().find(is_other_word) {
            paraphrased.push_str(&question[copied..word.range.start]);
            paraphrased.push_str(synonym);
            copied = word.range.end;
        }
    }
    paraphrased.push_str(&question[copied..]);
    (copied > 0).then_some(paraphrased)
}

/// Returns the content words of a question, in small letters. `None` if there are too few.
pub fn keywords(question: &str) -> Option<String> {
    let languages = [Language::of_code(LANGUAGE)];
    let query = query::analyse(question, None, &languages[..].into(), &Aliases::default());
    let words: Vec<_> = query.terms.iter().map(|term| term.folded.as_str()).collect();
    (words.len() >= MIN_KEYWORDS).then(|| words.join(" "))
}

/// Returns the names among the answers of an article as questions, which any sentence with the name
/// answers. As many names of the other articles, which this one does not have, must be refused.
pub fn names(articles: &[JudgedArticle], own: usize) -> Vec<JudgedQuestion> {
    let own_text = articles[own].paragraphs.join("\n").to_lowercase();
    let mut names: Vec<_> = names_of(&articles[own])
        .map(|name| JudgedQuestion {
            question: name.to_owned(),
            id: None,
            gold: vec![name.to_owned()],
            is_on_topic: false,
            passage: None,
        })
        .collect();
    let others = articles.iter().enumerate().filter(|(position, _)| *position != own);
    let foreign: BTreeSet<_> = others
        .flat_map(|(_, article)| names_of(article))
        .filter(|name| !own_text.contains(&name.to_lowercase()))
        .collect();
    let foreign: Vec<_> = foreign.into_iter().collect();
    let wanted = names.len().min(foreign.len());
    let spread = (0..wanted).map(|number| foreign[number * foreign.len() / wanted]);
    names.extend(spread.map(|name| JudgedQuestion {
        question: name.to_owned(),
        id: None,
        gold: Vec::new(),
        is_on_topic: false,
        passage: None,
    }));
    names
}

/// Returns the short answers of an article that begin with a capital letter and have no digit, each
/// once.
fn names_of(article: &JudgedArticle) -> impl Iterator<Item = &str> {
    let answers = article.questions.iter().filter_map(|judged| judged.gold.first());
    let names = answers.map(String::as_str).filter(|answer| {
        answer.starts_with(char::is_uppercase)
            && !answer.contains(|c: char| c.is_ascii_digit())
            && answer.split_whitespace().count() <= MAX_NAME_WORDS
    });
    names.collect::<BTreeSet<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paraphrase_replaces_words_by_synonyms() {
        assert_eq!(
            paraphrase("When did the Normans start their religion?").as_deref(),
            Some("When did the Normans begin their faith?")
        );
        assert_eq!(paraphrase("Who is Rollo?"), None);
    }

    #[test]
    fn keywords_are_the_content_words() {
        assert_eq!(
            keywords("When did the Normans invade England?").as_deref(),
            Some("normans invade england")
        );
        assert_eq!(keywords("Who is Rollo?"), None);
    }

    #[test]
    fn names_are_short_answers_and_those_of_other_articles() {
        let article = |text: &str, answers: &[&str]| JudgedArticle {
            title: String::new(),
            paragraphs: vec![text.to_owned()],
            questions: answers
                .iter()
                .map(|answer| JudgedQuestion {
                    question: "?".to_owned(),
                    id: None,
                    gold: vec![(*answer).to_owned()],
                    is_on_topic: false,
                    passage: None,
                })
                .collect(),
        };
        let articles = [
            article("", &["Rollo", "in 911", "Rollo", "a long way", "King Charles the Simple"]),
            article("Once rollo came.", &["Emma", "Rollo", "Edward"]),
        ];
        let found = |own: usize| -> Vec<_> {
            let names = names(&articles, own);
            names.into_iter().map(|name| (name.question, name.gold)).collect()
        };
        let own = |name: &str| (name.to_owned(), vec![name.to_owned()]);
        assert_eq!(found(0), [own("Rollo"), ("Edward".to_owned(), vec![])]);
        assert_eq!(found(1), [own("Edward"), own("Emma"), own("Rollo")]);
    }
}

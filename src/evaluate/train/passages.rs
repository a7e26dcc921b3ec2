//! The passages of judged articles, split into sentences, for the training of networks.

use crate::corpus::sentences::sentences;
use crate::evaluate::judgments::{JudgedArticle, JudgedQuestion};

/// Language of the articles, whose rules split them into sentences.
const LANGUAGE: &str = "en";

/// A passage of an article with its sentences.
pub struct JudgedPassage<'a> {
    pub article: &'a JudgedArticle,
    pub sentences: Vec<&'a str>,
    pub text: &'a str,
}

impl<'a> JudgedPassage<'a> {
    /// Returns the questions that the passage answers.
    pub fn questions(&self) -> impl Iterator<Item = &'a JudgedQuestion> + use<'a> {
        let text = self.text;
        let questions = self.article.questions.iter();
        questions.filter(move |judged| judged.passage.as_deref() == Some(text))
    }
}

/// Splits the paragraphs of all articles into sentences.
pub fn passages(articles: &[JudgedArticle]) -> Vec<JudgedPassage<'_>> {
    let mut passages = Vec::new();
    for article in articles {
        for text in &article.paragraphs {
            let ranges = sentences(text, Some(LANGUAGE)).into_iter();
            let sentences = ranges.map(|range| &text[range]).collect();
            passages.push(JudgedPassage { article, sentences, text });
        }
    }
    passages
}

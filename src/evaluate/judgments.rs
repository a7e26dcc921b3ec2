//! Judged questions, and the test whether a quote answers one. Pure.

use std::ops::Range;

use crate::answer::Excerpt;

/// Maximum length of a right quote, in chars. A longer quote counts only if it is one sentence.
const MAX_QUOTE_CHARS: usize = 320;

/// A question with its right answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedQuestion {
    pub question: String,
    /// Identifies the question in its file, if the file has ids.
    pub id: Option<String>,
    /// Alternative texts, in any case: a right quote contains at least one. Empty if the question
    /// must be refused.
    pub gold: Vec<String>,
    /// Whether the question must be refused although its subject is that of its article.
    pub is_on_topic: bool,
    /// The text of the passage that answers the question, if the file has it.
    pub passage: Option<String>,
}

/// An article with its questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedArticle {
    pub title: String,
    pub paragraphs: Vec<String>,
    pub questions: Vec<JudgedQuestion>,
}

/// The content of a file of judged questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgments {
    /// Articles with their questions. The articles become the corpus.
    Articles(Vec<JudgedArticle>),
    /// Questions about an existing corpus.
    Questions(Vec<JudgedQuestion>),
}

impl JudgedQuestion {
    /// Returns this question as one that must be refused.
    pub fn to_unanswerable(&self) -> JudgedQuestion {
        JudgedQuestion { gold: Vec::new(), passage: None, is_on_topic: false, ..self.clone() }
    }

    /// Returns whether `text` contains a right answer.
    pub fn is_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.gold.iter().any(|gold| text.contains(&gold.to_lowercase()))
    }

    /// Returns whether a quote is short enough and contains a right answer.
    pub(super) fn is_right(&self, excerpt: &Excerpt) -> bool {
        let range = excerpt.range();
        let is_quoted =
            |sentence: &&Range<usize>| range.start <= sentence.start && sentence.end <= range.end;
        let sentences = excerpt.passage().sentences.iter().filter(is_quoted).count();
        let is_short = excerpt.quote().chars().count() <= MAX_QUOTE_CHARS || sentences <= 1;
        is_short && self.is_in(excerpt.quote())
    }

    /// Returns whether a quote is from a passage with a right answer.
    pub(super) fn is_hit(&self, excerpt: &Excerpt) -> bool {
        match &self.passage {
            Some(passage) => excerpt.passage().text == *passage,
            None => self.is_in(&excerpt.passage().text),
        }
    }
}

impl JudgedArticle {
    /// Returns the article as a Markdown file of a corpus. Every character with a meaning in
    /// Markdown is escaped, so the parsed text is the text of the paragraphs.
    pub fn to_markdown(&self) -> String {
        let title = serde_json::Value::from(self.title.as_str());
        let mut file = format!("---\ntitle: {title}\n---\n");
        for paragraph in &self.paragraphs {
            file.push('\n');
            for c in paragraph.chars() {
                if c.is_ascii_punctuation() {
                    file.push('\\');
                }
                file.push(c);
            }
            file.push('\n');
        }
        file
    }
}

impl Judgments {
    /// Returns all questions, for changes.
    pub fn questions_mut(&mut self) -> impl Iterator<Item = &mut JudgedQuestion> {
        let (questions, articles) = match self {
            Judgments::Questions(questions) => (questions.as_mut_slice(), [].as_mut_slice()),
            Judgments::Articles(articles) => ([].as_mut_slice(), articles.as_mut_slice()),
        };
        questions.iter_mut().chain(articles.iter_mut().flat_map(|article| &mut article.questions))
    }
}

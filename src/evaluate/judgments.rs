//! Files of judged questions to questions with what their answers must hold. Pure.

use std::fmt;

use serde::Deserialize;

/// A question, and what tells a right answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedQuestion {
    pub question: String,
    /// Texts of which a right quote holds at least one, in any case; none if the question must be
    /// refused.
    pub gold: Vec<String>,
    /// The passage that answers, if the file tells.
    pub passage: Option<String>,
}

/// An article that comes with its questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedArticle {
    pub title: String,
    pub paragraphs: Vec<String>,
    pub questions: Vec<JudgedQuestion>,
}

/// What a file of judged questions is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgments {
    /// Articles of their own, in SQuAD's format.
    Articles(Vec<JudgedArticle>),
    /// Questions for a corpus.
    Questions(Vec<JudgedQuestion>),
}

/// What is wrong with a file of judged questions.
#[derive(Debug, PartialEq, Eq)]
pub struct NotJudged {
    pub line: Option<usize>,
    pub what: String,
}

#[derive(Deserialize)]
struct Squad {
    data: Vec<SquadArticle>,
}

#[derive(Deserialize)]
struct SquadArticle {
    title: String,
    paragraphs: Vec<SquadParagraph>,
}

#[derive(Deserialize)]
struct SquadParagraph {
    context: String,
    qas: Vec<SquadQuestion>,
}

#[derive(Deserialize)]
struct SquadQuestion {
    question: String,
    #[serde(default)]
    answers: Vec<SquadAnswer>,
    #[serde(default)]
    is_impossible: bool,
}

#[derive(Deserialize)]
struct SquadAnswer {
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    question: String,
    answer: Option<Answers>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answers {
    One(String),
    Any(Vec<String>),
}

/// Reads SQuAD's JSON, or one object a line: `{"question": …, "answer": …}`, where the answer is a
/// text, a list of texts of which one is enough, or null if the question must be refused.
pub fn parse(text: &str) -> Result<Judgments, NotJudged> {
    if let Ok(squad) = serde_json::from_str::<Squad>(text) {
        return Ok(Judgments::Articles(squad.data.into_iter().map(article).collect()));
    }
    let mut questions = Vec::new();
    for (position, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |what: String| NotJudged { line: Some(position + 1), what };
        let line: Line = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        let gold = match line.answer {
            None => Vec::new(),
            Some(Answers::One(text)) => vec![text],
            Some(Answers::Any(texts)) if texts.is_empty() => {
                return Err(wrong("`answer` has no text: null says that there is none".into()));
            }
            Some(Answers::Any(texts)) => texts,
        };
        if gold.iter().any(|text| text.trim().is_empty()) {
            return Err(wrong("`answer` is empty: every quote would hold it".into()));
        }
        questions.push(JudgedQuestion { question: line.question, gold, passage: None });
    }
    match questions.is_empty() {
        true => Err(NotJudged { line: None, what: "there is no question here".into() }),
        false => Ok(Judgments::Questions(questions)),
    }
}

fn article(squad: SquadArticle) -> JudgedArticle {
    let mut questions = Vec::new();
    let mut paragraphs = Vec::new();
    for paragraph in squad.paragraphs {
        let text = paragraph.context.split_whitespace().collect::<Vec<_>>().join(" ");
        for judged in paragraph.qas.into_iter().filter(|judged| !judged.is_impossible) {
            questions.push(JudgedQuestion {
                question: judged.question.split_whitespace().collect::<Vec<_>>().join(" "),
                gold: judged.answers.into_iter().map(|answer| answer.text).collect(),
                passage: Some(text.clone()),
            });
        }
        paragraphs.push(text);
    }
    JudgedArticle { title: squad.title.replace('_', " "), paragraphs, questions }
}

impl Judgments {
    /// All questions.
    pub fn questions_mut(&mut self) -> impl Iterator<Item = &mut JudgedQuestion> {
        let (own, articles) = match self {
            Judgments::Questions(questions) => (questions.as_mut_slice(), [].as_mut_slice()),
            Judgments::Articles(articles) => ([].as_mut_slice(), articles.as_mut_slice()),
        };
        own.iter_mut().chain(articles.iter_mut().flat_map(|article| &mut article.questions))
    }
}

impl JudgedArticle {
    /// The article as a file of a corpus. Every mark of Markdown is escaped, so that what is seen
    /// is the paragraphs' text.
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

impl fmt::Display for NotJudged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_are_read_and_a_bad_line_is_named() {
        let lines = "{\"question\": \"Why?\", \"answer\": \"because\"}\n\n{\"question\": \"Huh?\", \"answer\": null}\n";
        let Ok(Judgments::Questions(questions)) = parse(lines) else { panic!("two questions") };
        assert_eq!(questions[0].gold, ["because"]);
        assert_eq!((questions.len(), questions[1].gold.len()), (2, 0));
        assert_eq!(parse("{\"question\": \"a\", \"answer\": \"\"}").unwrap_err().line, Some(1));
        assert_eq!(parse("{\"question\": \"a\", \"answer\": []}").unwrap_err().line, Some(1));
        assert_eq!(parse("{\"question\": \"a\"}\n{\"quest\": 1}").unwrap_err().line, Some(2));
        let squad = r#"{"data": [{"title": "A_B", "paragraphs": [{"context": "It is *so*.", "qas": [
            {"question": "Is it?", "answers": [{"text": "so", "answer_start": 7}]},
            {"question": "Not?", "answers": [], "is_impossible": true}]}]}]}"#;
        let Ok(Judgments::Articles(articles)) = parse(squad) else { panic!("an article") };
        assert_eq!((articles[0].title.as_str(), articles[0].questions.len()), ("A B", 1));
        assert!(articles[0].to_markdown().ends_with("\nIt is \\*so\\*\\.\n"));
    }
}

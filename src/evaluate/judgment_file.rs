//! Files of judged questions: JSON in the format of SQuAD, or one JSON object per line.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;
use thiserror::Error;

use super::judgments::{JudgedArticle, JudgedQuestion, Judgments};

/// Error of a file of judged questions. The text is for the person who gave the file.
#[derive(Debug, Error)]
pub enum JudgmentFileError {
    #[error("{path}: {error}")]
    Io { path: String, error: io::Error },
    #[error(
        "{path}{}: {error}\nhint: `verbatim help evaluate` shows the formats",
        error.line.map(|line| format!(":{line}")).unwrap_or_default()
    )]
    Parse { path: String, error: ParseJudgmentsError },
}

/// Error of a text that is not a list of judged questions.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ParseJudgmentsError {
    /// The 1-based line of the error. `None` if the error concerns the whole file.
    pub line: Option<usize>,
    pub message: String,
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
    #[serde(default)]
    id: serde_json::Value,
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

/// Reads and parses a file of judged questions.
pub fn read(path: &Path) -> Result<Judgments, JudgmentFileError> {
    let shown = || path.display().to_string();
    let text =
        fs::read_to_string(path).map_err(|error| JudgmentFileError::Io { path: shown(), error })?;
    parse(&text).map_err(|error| JudgmentFileError::Parse { path: shown(), error })
}

/// Replaces the words of the questions about the articles of `file` by those of `translated`, which
/// has the same questions in another language. The ids join them; all other questions are removed.
pub fn translate(
    judgments: &mut Judgments,
    file: &Path,
    translated: &Path,
) -> Result<(), JudgmentFileError> {
    let error = |path: &Path, message: &str| JudgmentFileError::Parse {
        path: path.display().to_string(),
        error: ParseJudgmentsError { line: None, message: message.to_owned() },
    };
    let Judgments::Articles(articles) = judgments else {
        return Err(error(file, "its questions have no `id`, and no articles of their own"));
    };
    let Judgments::Articles(translated_articles) = read(translated)? else {
        return Err(error(translated, "its questions have no `id`"));
    };
    match with_words_of(articles, &translated_articles) {
        0 => Err(error(translated, "no question has the `id` of a question about the articles")),
        _ => Ok(()),
    }
}

/// Gives the questions the words of `translated`, and removes the others. Returns how many remain.
fn with_words_of(articles: &mut [JudgedArticle], translated: &[JudgedArticle]) -> usize {
    let all = translated.iter().flat_map(|article| &article.questions);
    let words: HashMap<_, _> =
        all.filter_map(|judged| Some((judged.id.as_ref()?, &judged.question))).collect();
    for article in articles.iter_mut() {
        article.questions.retain_mut(|judged| {
            let words = judged.id.as_ref().and_then(|id| words.get(id));
            words.map(|words| judged.question = (*words).clone()).is_some()
        });
    }
    articles.iter().map(|article| article.questions.len()).sum()
}

/// Parses JSON in the format of SQuAD, or one object per line: `{"question": …, "answer": …}`. The
/// answer is a text, a list of alternative texts, or null if the question must be refused.
pub fn parse(text: &str) -> Result<Judgments, ParseJudgmentsError> {
    if let Ok(squad) = serde_json::from_str::<Squad>(text) {
        return Ok(Judgments::Articles(squad.data.into_iter().map(article).collect()));
    }
    let mut questions = Vec::new();
    for (position, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let error = |message: String| ParseJudgmentsError { line: Some(position + 1), message };
        let line: Line = serde_json::from_str(line).map_err(|json| error(json.to_string()))?;
        let gold = match line.answer {
            None => Vec::new(),
            Some(Answers::One(text)) => vec![text],
            Some(Answers::Any(texts)) if texts.is_empty() => {
                return Err(error(
                    "`answer` has no text: write null for a question without one".into(),
                ));
            }
            Some(Answers::Any(texts)) => texts,
        };
        if gold.iter().any(|text| text.trim().is_empty()) {
            return Err(error("`answer` is empty: every quote contains an empty text".into()));
        }
        questions.push(JudgedQuestion {
            question: line.question,
            id: None,
            gold,
            is_on_topic: false,
            passage: None,
        });
    }
    match questions.is_empty() {
        true => Err(ParseJudgmentsError { line: None, message: "the file has no question".into() }),
        false => Ok(Judgments::Questions(questions)),
    }
}

/// Converts an article of SQuAD. Questions that SQuAD marks as impossible must be refused.
fn article(squad: SquadArticle) -> JudgedArticle {
    let mut questions = Vec::new();
    let mut paragraphs = Vec::new();
    for paragraph in squad.paragraphs {
        let text = with_single_spaces(&paragraph.context);
        for squad in paragraph.qas {
            let gold = squad.answers.into_iter().map(|answer| answer.text);
            questions.push(JudgedQuestion {
                question: with_single_spaces(&squad.question),
                id: id(&squad.id),
                gold: gold.filter(|_| !squad.is_impossible).collect(),
                is_on_topic: squad.is_impossible,
                passage: (!squad.is_impossible).then(|| text.clone()),
            });
        }
        paragraphs.push(text);
    }
    JudgedArticle { title: squad.title.replace('_', " "), paragraphs, questions }
}

/// Returns an id, which is a text or a number.
fn id(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(id) => Some(id.clone()),
        serde_json::Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

fn with_single_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_in_another_language_are_joined_by_their_ids() {
        let squad = |id: &str, question: &str| {
            let text = format!(
                r#"{{"data": [{{"title": "T", "paragraphs": [{{"context": "It is so.", "qas": [
                {{"id": {id}, "question": "{question}", "answers": [{{"text": "so"}}]}},
                {{"id": "b{question}", "question": "Who?", "answers": []}}]}}]}}]}}"#
            );
            let Ok(Judgments::Articles(articles)) = parse(&text) else { panic!("an article") };
            articles
        };
        let mut articles = squad("7", "Is it?");
        assert_eq!(with_words_of(&mut articles, &squad("7", "Ist es?")), 1);
        assert_eq!(
            (&*articles[0].questions[0].question, &*articles[0].questions[0].gold[0]),
            ("Ist es?", "so")
        );
        assert_eq!(with_words_of(&mut articles, &squad("8", "Was?")), 0);
    }

    #[test]
    fn judgments_are_parsed_from_both_formats_with_the_line_of_an_error() {
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
        assert_eq!((articles[0].title.as_str(), articles[0].questions.len()), ("A B", 2));
        let refused = &articles[0].questions[1];
        assert!(refused.gold.is_empty() && refused.is_on_topic);
        assert!(articles[0].to_markdown().ends_with("\nIt is \\*so\\*\\.\n"));
    }
}

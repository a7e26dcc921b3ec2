//! The quality of the answers has a floor, and the command that measures it says what it measured.

use std::path::Path;
use std::process::Command;

use verbatim::evaluate::{self, Judgements};
use verbatim::library::Library;

const QUESTIONS: &str = "tests/questions/irans-taliban-tightrope.jsonl";

#[test]
fn the_article_is_answered_as_well_as_it_was() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join(QUESTIONS)).expect("the questions are there");
    let Ok(Judgements::Questions(questions)) = evaluate::parse(&text) else {
        panic!("the questions are in our own format")
    };
    assert!(questions.len() >= 60);
    let data = tempfile::tempdir().expect("a temporary directory");
    let library = Library::open(&root.join("corpus"), data.path()).expect("the corpus is in order");
    let tally =
        evaluate::evaluate(&library, "article", &questions).expect("no question is an error");
    let figures = tally.figures();
    let reached = [figures.ex1, figures.ex3, figures.answered, figures.refused];
    let floor = [77.0, 90.0, 98.0, 80.0];
    assert!(reached.iter().zip(floor).all(|(reached, floor)| *reached >= floor), "{figures:?}");
}

#[test]
fn articles_with_questions_are_measured_one_by_one_and_pooled() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("squad.json");
    let article = |title: &str, context: &str, question: &str, answer: &str| {
        serde_json::json!({"title": title, "paragraphs": [{"context": context, "qas": [
            {"question": question, "answers": [{"text": answer, "answer_start": 0}]}]}]})
    };
    let squad = serde_json::json!({"data": [
        article("Tides", "The Moon causes *tides*.", "What does the Moon cause?", "tides"),
        article("Bread", "Yeast makes bread rise.", "What makes bread rise?", "Yeast"),
    ]});
    std::fs::write(&file, squad.to_string()).expect("a new file");
    let measure = |more: &[&str]| {
        let mut verbatim = Command::new(env!("CARGO_BIN_EXE_verbatim"));
        verbatim.current_dir(dir.path()).arg("evaluate").arg(&file).args(more);
        let output = verbatim.output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, table) = measure(&[]);
    assert_eq!(code, Some(0));
    let rows: Vec<_> =
        table.lines().map(|row| row.split_whitespace().collect::<Vec<_>>()).collect();
    assert_eq!(rows[3][..4], ["all", "2", "100.0", "100.0"], "{table}");
    let (_, pooled) = measure(&["--pooled", "--json"]);
    let pooled: serde_json::Value = serde_json::from_str(&pooled).expect("one object");
    assert_eq!(
        (&pooled["questions"], &pooled["ex1"], &pooled["refused"]),
        (&2.into(), &100.0.into(), &100.0.into())
    );
    assert!(std::fs::read_dir(dir.path().join("data")).expect("it was made").next().is_none());

    std::fs::write(&file, "{\"question\": 1}").expect("the same file");
    assert_eq!(measure(&[]).0, Some(2));
}

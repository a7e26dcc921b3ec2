//! The quality of the answers, which may not fall, and the command that measures it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use verbatim::answer::confidence;
use verbatim::evaluate::testbed::{self, Testbed};
use verbatim::evaluate::{self, Counts, Judgments};
use verbatim::index::no_progress;
use verbatim::library::Library;
use verbatim::search::Mode;
use verbatim::search::features::FEATURES;
use verbatim::search::scorer::READING_NAMES;
use verbatim::search::weights::Weights;

#[cfg(feature = "train")]
use crate::tiny_model;

const QUESTIONS: &str = "tests/questions/irans-taliban-tightrope.jsonl";

#[test]
fn evaluate_figures_of_the_article_do_not_fall() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join(QUESTIONS)).expect("the questions are there");
    let Ok(Judgments::Questions(questions)) = evaluate::parse(&text) else {
        panic!("the questions are in our own format")
    };
    assert!(questions.len() >= 60);
    let data = tempfile::tempdir().expect("a temporary directory");
    let library = Library::open(&root.join("corpus"), data.path(), no_progress)
        .expect("the corpus is in order");
    let tally =
        evaluate::evaluate(&library, "article", &questions).expect("no question is an error");
    let figures = tally.metrics();
    let reached = [figures.ex1, figures.ex3, figures.answered, figures.refused];
    let floor = [82.0, 92.0, 98.0, 80.0];
    assert!(reached.iter().zip(floor).all(|(reached, floor)| *reached >= floor), "{figures:?}");
}

#[test]
fn evaluate_figures_of_other_languages_do_not_fall() {
    let Ok(Judgments::Articles(articles)) =
        evaluate::parse(include_str!("../questions/languages.json"))
    else {
        panic!("articles with their questions")
    };
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let tallies =
        testbed::one_by_one(&articles, &Testbed { scratch: scratch.path(), embeddings: None })
            .expect("no question is an error");
    let mut all = Counts::new("all", Mode::Lexical);
    tallies.iter().for_each(|tally| all.add(tally));
    let figures = all.metrics();
    assert!(figures.hit1 >= 77.0 && figures.answered >= 90.0, "{figures:?}");
    // A question in another language has other words.
    assert!(figures.refused >= 95.0, "{figures:?}");
}

#[test]
fn evaluate_figures_fall_little_with_typing_errors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join(QUESTIONS)).expect("the questions are there");
    let mut judgements = evaluate::parse(&text).expect("the questions are in our own format");
    for judged in judgements.questions_mut() {
        judged.question = evaluate::with_typo(&judged.question);
    }
    let Judgments::Questions(questions) = judgements else { panic!("no articles") };
    let data = tempfile::tempdir().expect("a temporary directory");
    let library = Library::open(&root.join("corpus"), data.path(), no_progress)
        .expect("the corpus is in order");
    let figures = evaluate::evaluate(&library, "article", &questions)
        .expect("no question is an error")
        .metrics();
    assert!(figures.ex1 >= 75.0 && figures.answered >= 92.0, "{figures:?}");
}

#[test]
fn typing_error_in_a_phrase_is_not_corrected() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(dir.path().join("corpus")).expect("a new directory");
    let text = "---\ntitle: Tides\n---\nThe Moon causes tides.\n";
    std::fs::write(dir.path().join("corpus/tides.md"), text).expect("a new file");
    let judged = r#"{"question": "\"tides\"", "answer": "tides"}"#;
    std::fs::write(dir.path().join("judged.jsonl"), judged).expect("a new file");
    let answered = |more: &[&str]| {
        let mut verbatim = Command::new(env!("CARGO_BIN_EXE_verbatim"));
        verbatim.current_dir(dir.path()).args(["evaluate", "judged.jsonl", "--json"]).args(more);
        let output = verbatim.output().expect("it runs");
        let row: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
        row["answered"].clone()
    };
    assert_eq!((answered(&[]), answered(&["--mistyped"])), (100.0.into(), 0.0.into()));
}

/// Returns two articles with a question each, in SQuAD's format.
fn squad() -> String {
    let article = |title: &str, context: &str, question: &str, answer: &str| {
        serde_json::json!({"title": title, "paragraphs": [{"context": context, "qas": [
            {"question": question, "answers": [{"text": answer, "answer_start": 0}]}]}]})
    };
    let articles = [
        article(
            "Tides",
            "It is far. The Moon causes *tides*.",
            "What does the Moon cause?",
            "tides",
        ),
        article(
            "Bread",
            "Yeast makes bread rise. Ovens are hot.",
            "What makes bread rise?",
            "Yeast",
        ),
    ];
    serde_json::json!({"data": articles}).to_string()
}

#[test]
fn evaluate_measures_articles_one_by_one_and_pooled() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("squad.json");
    std::fs::write(&file, squad()).expect("a new file");
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
    assert_eq!(rows[3][..4], ["all", "words", "2", "100.0"], "{table}");
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

/// Writes a corpus with a known number of failures in each figure, and returns its folder.
fn unjudged() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let dir = folder.path().join("archive");
    std::fs::create_dir(&dir).expect("a new directory");
    let write = |file: &str, text: &str| std::fs::write(dir.join(file), text).expect("a new file");
    let dikes = "A dike is a wall of clay along a river. Sheep graze on it.";
    write("dikes.md", &format!("---\ntitle: Dikes\n---\n{dikes}\n"));
    let tides =
        "Each of the spring tides has a cause:\n\n## Erosion [[year\n\nErosion [[year is loss.";
    write("tides.md", &format!("---\ntitle: Spring tides\n---\n{tides}\n"));
    write("empty.md", "---\ntitle: Empty\n---\n");
    write("binary.md", "a\0b");
    write("picture.svg", "<svg/>");
    std::fs::create_dir(dir.join(".git")).expect("a new directory");
    write(".git/note.md", "# Hidden");
    folder
}

#[test]
fn evaluate_measures_a_directory_without_judged_questions() {
    let folder = unjudged();
    let run = |more: &[&str]| {
        let mut verbatim = Command::new(env!("CARGO_BIN_EXE_verbatim"));
        verbatim.current_dir(folder.path()).args(["evaluate", "archive"]).args(more);
        let output = verbatim.output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, json) = run(&["--json"]);
    let figures: serde_json::Value = serde_json::from_str(&json).expect("one object");
    let counts = |keys: &[&str]| {
        keys.iter().map(|key| figures[key].as_u64().expect("a count")).collect::<Vec<_>>()
    };
    assert_eq!((code, counts(&["files", "taken", "left_out"])), (Some(0), vec![3, 2, 1]), "{json}");
    assert_eq!(counts(&["titles", "titles_first"]), [2, 2], "{json}");
    assert_eq!(
        counts(&["definitions", "definitions_first", "definitions_in_three"]),
        [1, 1, 1],
        "{json}"
    );
    assert_eq!(counts(&["quotes_with_markup", "first_with_colon"]), [1, 1], "{json}");

    let (_, text) = run(&["--failures", "--sample", "3"]);
    let failures: Vec<_> = text.lines().filter(|line| line.contains('\t')).collect();
    assert!(failures.iter().all(|line| line.split('\t').count() == 4), "{text}");
    assert!(failures[0].starts_with("files taken\tbinary.md\t\tit is not a text"), "{text}");
    let row = |name: &str| text.lines().any(|line| line.starts_with(name) && !line.contains('\t'));
    assert!(row("titles that find their article first") && row("files left out"), "{text}");
    assert_eq!(run(&["--failures", "--sample", "3"]).1, text);
    assert_eq!((run(&["--pooled"]).0, run(&["--mistyped"]).0), (Some(2), Some(2)));
    assert!(std::fs::read_dir(folder.path().join("data")).expect("it was made").next().is_none());
}

#[test]
fn evaluate_measures_a_directory_without_an_article() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(folder.path().join("archive")).expect("a new directory");
    std::fs::write(folder.path().join("archive/binary.md"), "a\0b").expect("a new file");
    let mut verbatim = Command::new(env!("CARGO_BIN_EXE_verbatim"));
    verbatim.current_dir(folder.path()).args(["evaluate", "archive", "--json"]);
    let output = verbatim.output().expect("it runs");
    let figures: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!((&figures["files"], &figures["taken"]), (&1.into(), &0.into()));
}

#[cfg(feature = "train")]
#[test]
fn train_writes_learned_weights_and_keeps_those_set_by_hand() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(dir.path().join("squad.json"), squad()).expect("a new file");
    let learn = || {
        let mut train = Command::new(env!("CARGO_BIN_EXE_train"));
        train.current_dir(dir.path()).args(["squad.json", "--into", "sources"]);
        let output = train.output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, told) = learn();
    assert_eq!(code, Some(2));
    assert!(told.contains("sources/search/words.toml") && told.contains("--into"), "{told}");

    let places = ["search", "answer"].map(|name| dir.path().join("sources").join(name));
    for place in &places {
        std::fs::create_dir_all(place).expect("a new directory");
        let weights = "[reached]\n[by_hand]\nheading = 1.5\n[learned]\n";
        std::fs::write(place.join("words.toml"), weights).expect("a new file");
    }
    assert_eq!(learn().0, Some(0));
    for place in &places {
        let text = std::fs::read_to_string(place.join("words.toml")).expect("it is there");
        let weights = Weights::read(&text).expect("it was written by the program");
        // The articles are too short for a corpus of their own.
        assert_eq!(weights.reached.keys().collect::<Vec<_>>(), ["pooled"]);
        assert_eq!(weights.reached["pooled"]["questions"], 2.0, "{text}");
        assert_eq!(weights.by_hand["heading"], 1.5);
        // The passages have all words of the questions, which teaches the refusal nothing.
        let has_learned = weights.learned.values().any(|weight| *weight != 0.0);
        assert_eq!(has_learned, place.ends_with("search"), "{text}");
        assert!(
            weights.learned.values().all(|weight| weight.is_finite())
                && !weights.learned.is_empty()
        );
    }
}

#[cfg(feature = "train")]
#[test]
fn train_writes_networks_that_depend_on_the_files_alone() {
    let maps = include_bytes!("../../src/embedding/token_projection.bin");
    train_writes_a_network("--tokens", "token_projection.bin", maps);
    let reader = include_bytes!("../../src/embedding/reader.bin");
    train_writes_a_network("--reader", "reader.bin", reader);
}

/// Trains a network with a tiny model, whose file is as long as the shipped one.
#[cfg(feature = "train")]
fn train_writes_a_network(option: &str, name: &str, shipped: &[u8]) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let write = |file: &str, text: &str| {
        std::fs::write(dir.path().join(file), text).expect("a writable directory");
    };
    write("squad.json", &squad());
    let train = || {
        let mut train = Command::new(env!("CARGO_BIN_EXE_train"));
        train.current_dir(dir.path()).args([option, "squad.json", "--into", "sources"]);
        let output = train.output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, told) = train();
    assert_eq!(code, Some(2));
    assert!(told.contains("model install"), "{told}");

    let texts = ["It is far. The Moon causes tides.", "Yeast makes bread rise. Ovens are hot."];
    let words = ["Tides", "Bread", "What does the Moon cause?", "What makes bread rise?"];
    tiny_model::install(&dir.path().join("data"), &[], &[&texts[..], &words[..]].concat());
    let (code, told) = train();
    assert_eq!(code, Some(2));
    assert!(told.contains(name) && told.contains("--into"), "{told}");

    std::fs::create_dir_all(dir.path().join("sources/embedding")).expect("a new directory");
    let learned = || {
        assert_eq!(train().0, Some(0));
        let file = dir.path().join("sources/embedding").join(name);
        std::fs::read(file).expect("it was written")
    };
    let bytes = learned();
    assert!(!bytes.is_empty() && bytes.len() <= shipped.len());
    assert_eq!(learned(), bytes);
}

#[test]
fn weights_and_features_correspond() {
    let names =
        |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let check = |text: &str, expected: &[&str]| {
        let weights = Weights::read(text).expect("it is part of the program");
        let known: BTreeSet<_> =
            weights.by_hand.into_keys().chain(weights.learned.into_keys()).collect();
        assert_eq!(known, names(expected));
    };
    let features = FEATURES.iter().map(|feature| feature.name);
    let features: Vec<_> = features.chain(READING_NAMES).collect();
    let signs: Vec<_> = confidence::FEATURES.iter().map(|(name, _)| *name).collect();
    check(include_str!("../../src/search/words.toml"), &features);
    check(include_str!("../../src/search/meaning.toml"), &features);
    check(include_str!("../../src/answer/words.toml"), &signs);
    check(include_str!("../../src/answer/meaning.toml"), &signs);
    check(include_str!("../../src/answer/foreign.toml"), &signs);
}

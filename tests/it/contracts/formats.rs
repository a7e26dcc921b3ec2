//! Keys of JSON output and of the files that the program reads.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;
use verbatim::evaluate::{Judgments, parse};
use verbatim::search::Mode;

use super::shape;
use crate::cli::{err, folder, out, run};

/// Returns a corpus of two articles: one with every field of front matter, one with a title only.
fn articles() -> TempDir {
    let folder = folder();
    let full = "---\ntitle: Neap tides\nauthors: [Ada Moon, Bo Sun]\npublished: 2026-03-01\n\
        source_url: https://example.org/neap\nlanguage: en\naliases: {spring tide: [morta]}\n---\n\
        A neap tide happens **twice** a month.\n\n## Spring tides\n\nA spring tide is high.\n";
    fs::write(folder.path().join("corpus/tides.md"), full).expect("a new file");
    let bare = "---\ntitle: Bores\n---\nA bore is a wave of the tide.\n";
    fs::write(folder.path().join("corpus/bores.md"), bare).expect("a new file");
    folder
}

fn lines(folder: &TempDir, arguments: &[&str], input: &str) -> Vec<Value> {
    let output = run(folder, arguments, &[], input.as_bytes());
    let text = out(&output);
    assert!(!text.is_empty(), "{}", err(&output));
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect()
}

#[test]
fn contract_json_of_ask() {
    let folder = articles();
    let questions = "neap tide\n\nsourdough tide bakery\nhello\nwho wrote this?\nmorta\n\
        When is neap tide? Who bakes sourdough?\nwhat happens twicce a mnoth?\n\
        Wer backt das Brot und wo?\n";
    let answers = lines(&folder, &["ask", "--json"], questions);
    let outcomes: Vec<_> = answers.iter().filter_map(|line| line["outcome"].as_str()).collect();
    insta::assert_snapshot!(outcomes.join(" "), @"found empty nothing_found small_talk byline found found found nothing_found");
    assert!(!answers[7]["corrected"].as_object().expect("an object").is_empty(), "{}", answers[7]);
    insta::assert_snapshot!(shape(&Value::from(answers)), @r"
    [].bylines empty list
    [].bylines[].article string
    [].bylines[].article_title string
    [].bylines[].authors[] string
    [].bylines[].published string
    [].corrected empty object
    [].corrected.mnoth string
    [].corrected.twicce string
    [].excerpts empty list
    [].excerpts[].article string
    [].excerpts[].article_title string
    [].excerpts[].bytes[] integer
    [].excerpts[].file string
    [].excerpts[].marks[][] integer
    [].excerpts[].passage string
    [].excerpts[].quote string
    [].excerpts[].section string
    [].excerpts[].section_title string
    [].excerpts[].url string
    [].languages null
    [].languages.articles[] string
    [].languages.question string
    [].missing empty list
    [].missing[] string
    [].nearest empty list
    [].nearest[].section string
    [].nearest[].section_title string
    [].outcome string
    [].question string
    [].unanswered empty list
    [].unanswered[] string
    ");
    // A whole line: the order of the keys, and ids, which are in buttons and links, too.
    let output = run(&folder, &["ask", "--json", "neap tide twice a month"], &[], b"");
    insta::assert_snapshot!(out(&output).trim_end(), @r#"{"question":"neap tide twice a month","outcome":"found","excerpts":[{"article":"GwKXr6lJaly","article_title":"Neap tides","section":"PhHAV8weL-_","section_title":"Opening","quote":"A neap tide happens twice a month.","marks":[[2,6],[7,11],[20,25],[28,33]],"passage":"CWBhhCwTmBa","file":"tides.md","bytes":[158,196],"url":"https://example.org/neap#:~:text=A%20neap%20tide%20happens%20twice%20a%20month."}],"missing":[],"nearest":[],"corrected":{},"bylines":[],"unanswered":[],"languages":null}"#);
}

#[test]
fn contract_json_of_brief() {
    let folder = articles();
    let all = lines(&folder, &["brief", "--all", "--json"], "");
    insta::assert_snapshot!(shape(&Value::from(all)), @r"
    [].article string
    [].article_title string
    [].authors empty list
    [].authors[] string
    [].published null
    [].published string
    [].sections[].excerpts[].article string
    [].sections[].excerpts[].article_title string
    [].sections[].excerpts[].bytes[] integer
    [].sections[].excerpts[].file string
    [].sections[].excerpts[].marks empty list
    [].sections[].excerpts[].passage string
    [].sections[].excerpts[].quote string
    [].sections[].excerpts[].section string
    [].sections[].excerpts[].section_title string
    [].sections[].excerpts[].url string
    [].sections[].section string
    [].sections[].section_title string
    ");
    let keys = |topic: &str| {
        let line = lines(&folder, &["brief", "--json", topic], "").remove(0);
        let keys: Vec<_> = line.as_object().expect("an object").keys().cloned().collect();
        format!("{} {}", line["outcome"], keys.join(" "))
    };
    insta::assert_snapshot!([keys("neap tide"), keys("sourdough")].join("\n"), @r#"
    "found" bylines corrected excerpts languages missing nearest outcome question unanswered
    "nothing_found" bylines corrected excerpts languages missing nearest outcome question unanswered
    "#);
}

#[test]
fn contract_json_of_sections() {
    let folder = articles();
    let all = lines(&folder, &["sections", "--json"], "");
    insta::assert_snapshot!(shape(&Value::from(all)), @r"
    [].article string
    [].article_title string
    [].authors empty list
    [].authors[] string
    [].description null
    [].file string
    [].language null
    [].language string
    [].published null
    [].published string
    [].sections[].level integer
    [].sections[].passages integer
    [].sections[].section string
    [].sections[].section_title string
    [].tags empty list
    [].updated null
    ");
}

#[test]
fn contract_json_of_doctor() {
    let checks = lines(&articles(), &["doctor", "--json"], "");
    insta::assert_snapshot!(shape(&Value::from(checks.clone())), @r"
    [].hint null
    [].hint string
    [].message string
    [].name string
    [].status string
    ");
    let names: Vec<_> = checks.iter().filter_map(|check| check["name"].as_str()).collect();
    insta::assert_snapshot!(names.join(" "), @"configuration token proxy telegram privacy_mode inline_mode guest_mode topics webhook clock disk corpus index model");
    assert_eq!(checks[1]["status"], "error");
    assert_eq!(checks[2]["status"], "skipped");
    assert_eq!(checks[0]["status"], "ok");
}

#[test]
fn contract_json_of_evaluate() {
    let folder = articles();
    let file = folder.path().join("judged.jsonl");
    fs::write(&file, "{\"question\": \"When is neap tide?\", \"answer\": \"twice\"}\n")
        .expect("a new file");
    let rows = lines(&folder, &["evaluate", "judged.jsonl", "--json"], "");
    insta::assert_snapshot!(shape(&rows[0]), @r"
    answered number
    ex1 number
    ex3 number
    hit1 number
    hit3 number
    mean_ms number
    median_ms number
    mode string
    mrr10 number
    name string
    on_topic integer
    on_topic_refused number
    p99_ms number
    questions integer
    refused number
    strangers integer
    ");
    assert_eq!((&rows[0]["name"], &rows[0]["mode"]), (&"corpus".into(), &"words".into()));
    assert_eq!((Mode::Lexical.name(), Mode::Semantic.name()), ("words", "meaning"));
    assert_eq!((Mode::Lexical.file(), Mode::Semantic.file()), ("words.toml", "meaning.toml"));
}

#[test]
fn contract_json_of_evaluate_on_a_directory() {
    let folder = articles();
    let rows = lines(&folder, &["evaluate", "corpus", "--json", "--failures"], "");
    insta::assert_snapshot!(shape(rows.last().expect("the figures")), @r"
    answered integer
    definitions integer
    definitions_first integer
    definitions_in_three integer
    files integer
    first_with_colon integer
    left_out integer
    questions integer
    quotes integer
    quotes_with_markup integer
    taken integer
    titles integer
    titles_first integer
    ");
}

#[test]
fn contract_formats_of_judged_questions() {
    let lines = "{\"question\": \"a\", \"answer\": \"b\"}\n{\"question\": \"a\", \"answer\": [\"b\", \"c\"]}\n\
        {\"question\": \"a\", \"answer\": null}\n{\"question\": \"a\"}\n";
    let Ok(Judgments::Questions(questions)) = parse(lines) else { panic!("a list of questions") };
    let gold: Vec<_> = questions.iter().map(|judged| judged.gold.join(" ")).collect();
    assert_eq!(gold, ["b", "b c", "", ""]);
    let squad = r#"{"version": "1.1", "data": [{"title": "T", "paragraphs": [{"context": "It is so.", "qas": [
        {"id": "1", "question": "Is it?", "answers": [{"text": "so", "answer_start": 6}]},
        {"id": "2", "question": "Not?", "answers": [], "is_impossible": true}]}]}]}"#;
    let Ok(Judgments::Articles(articles)) = parse(squad) else { panic!("articles") };
    assert_eq!((articles[0].title.as_str(), articles[0].paragraphs.len()), ("T", 1));
    assert_eq!(
        (articles[0].questions.len(), &articles[0].questions[0].gold[..]),
        (2, &["so".to_owned()][..])
    );
}

/// Returns the sections of a TOML file, each with its keys in alphabetical order.
fn keys(text: &str) -> String {
    let table: toml::Table = text.parse().expect("it is TOML");
    let mut lines = Vec::new();
    sections("", &table, &mut lines);
    lines.join("\n")
}

fn sections(path: &str, table: &toml::Table, lines: &mut Vec<String>) {
    let is_leaf = |value: &toml::Value| !value.is_table();
    let leaves: Vec<_> =
        table.iter().filter(|(_, value)| is_leaf(value)).map(|(key, _)| key.as_str()).collect();
    if !leaves.is_empty() {
        lines.push(format!("[{path}] {}", leaves.join(" ")));
    }
    for (key, value) in table {
        if let Some(inner) = value.as_table() {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            sections(&path, inner, lines);
        }
    }
}

#[test]
fn contract_keys_of_the_weights() {
    let ranking = keys(include_str!("../../../src/search/words.toml"));
    insta::assert_snapshot!(ranking, @r"
    [by_hand] agent amount asks boilerplate cause code definition headed heading heading_exact opening phrase spelled_out time title_exact title_same under
    [learned] article best coverage coverage_near coverage_own_lead coverage_passage defines focus inherits length minor names near new order passage passage_best passage_bm25 passage_exact passage_length passage_names passage_pairs person position reading reading_foreign sentence sentence_bm25 sentence_exact similarity similarity_near similarity_passage similarity_rank subject tight title wanted wide_pairs with_after with_before
    [reached.one_by_one] answered ex1 ex3 hit1 questions refused
    [reached.pooled] answered ex1 ex3 hit1 questions refused
    ");
    // The metrics have the names of the files that the weights were trained on.
    let weights = |keys: String| {
        let lines = keys.lines().filter(|line| !line.starts_with("[reached"));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    let semantic = weights(keys(include_str!("../../../src/search/meaning.toml")));
    assert_eq!(semantic, weights(ranking));
    let confidence = keys(include_str!("../../../src/answer/words.toml"));
    insta::assert_snapshot!(confidence, @r"
    [by_hand] unlisted
    [learned] always contrast covered covering covering_passage exact margin nearest nearest_passage rarity read reading score score_by_words size strangers
    [reached.one_by_one] answered ex1 ex3 hit1 questions refused
    [reached.pooled] answered ex1 ex3 hit1 questions refused
    ");
    insta::assert_snapshot!(weights(keys(include_str!("../../../src/answer/meaning.toml"))), @r"
    [by_hand] unlisted
    [learned] always contrast covered covering covering_passage exact margin nearest nearest_passage rarity read reading score score_by_words size strangers
    ");
    insta::assert_snapshot!(weights(keys(include_str!("../../../src/answer/foreign.toml"))), @r"
    [by_hand] unlisted
    [learned] always contrast covered covering covering_passage exact margin nearest nearest_passage rarity read reading score score_by_words size strangers
    ");
}

#[test]
fn contract_keys_of_the_words_that_depend_on_the_sentence_before() {
    insta::assert_snapshot!(keys(include_str!("../../../src/brief/cues.toml")), @r"
    [ar] early openers pointers pronouns turns unless
    [de] early openers pointers pronouns turns unless
    [en] early openers persons pointers pronouns turns unless vague
    [es] early openers pointers pronouns turns unless
    [fa] early openers pointers pronouns turns unless
    [fr] early openers pointers pronouns turns unless
    [ja] beginnings
    [ru] early openers pointers pronouns turns unless
    [zh] beginnings
    ");
}

#[test]
fn contract_keys_of_the_model_manifest() {
    use verbatim::embedding::model_files::Manifest;

    let known = Manifest::e5_small();
    let written = toml::to_string(&known).expect("it can be written");
    insta::assert_snapshot!(keys(&written), @r"
    [] name source
    [files.e5-small-q4.bin] bytes sha256
    ");
    let literal = include_str!("../../../src/embedding/model_files/e5_small.toml");
    assert_eq!(toml::from_str::<Manifest>(literal).as_ref(), Ok(&known));
    assert_eq!(Manifest::FILE, "model.toml");
}

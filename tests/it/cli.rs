//! The command line of the real binary, as readers and scripts use it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

pub fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(folder.path().join("corpus")).expect("a new directory");
    let tides = "---\ntitle: Tides\nsource_url: https://example.org/tides\n---\nA neap tide happens **twice** a month.\n";
    std::fs::write(folder.path().join("corpus/tides.md"), tides).expect("a new file");
    folder
}

pub fn run(
    folder: &TempDir,
    arguments: &[&str],
    variables: &[(&str, &str)],
    input: &[u8],
) -> Output {
    run_in(folder.path(), arguments, variables, input)
}

/// Runs the program in a directory.
pub fn run_in(
    folder: &Path,
    arguments: &[&str],
    variables: &[(&str, &str)],
    input: &[u8],
) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_verbatim"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("TELOXIDE_TOKEN")
        .env_remove("TELOXIDE_API_URL")
        .env_remove("TELOXIDE_PROXY")
        .env_remove("HF_ENDPOINT")
        .env_remove("RUST_LOG")
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    // A command that does not read its input may have ended already.
    let _ = process.stdin.take().expect("it is piped").write_all(input);
    process.wait_with_output().expect("it ends")
}

pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the output is UTF-8")
}

pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("the output is UTF-8")
}

#[test]
fn ask_prints_a_quote_and_reports_the_outcome_by_its_exit_code() {
    let folder = folder();
    let found = run(&folder, &["ask", "when", "is", "neap", "tide?"], &[], b"");
    assert_eq!(found.status.code(), Some(0));
    assert_snapshot!(out(&found), @r"
    A neap tide happens twice a month.
    — Opening · Tides
      https://example.org/tides#:~:text=A%20neap%20tide%20happens%20twice%20a%20month.
    ");
    assert_eq!(run(&folder, &["ask", "sourdough"], &[], b"").status.code(), Some(1));
    let missing = run(&folder, &["ask", "--corpus", "nowhere", "tide"], &[], b"");
    assert_eq!(missing.status.code(), Some(2));
    assert!(err(&missing).contains("nowhere"), "{}", err(&missing));
}

/// Returns the JSON objects of an output, one a line, in a form that can be read.
fn pretty(output: &Output) -> String {
    let parse = |line: &str| serde_json::from_str::<Value>(line).expect("a JSON object");
    let pretty = |line| serde_json::to_string_pretty(&parse(line)).expect("it was JSON");
    out(output).lines().map(pretty).collect::<Vec<_>>().join("\n")
}

#[test]
fn ask_in_json_answers_each_line_in_order() {
    let folder = folder();
    let input = b"neap tide\n\nsourdough\r\nhello\n\xff neap tide";
    let output = run(&folder, &["ask", "--json"], &[], input);
    assert_eq!(output.status.code(), Some(0));
    let lines: Vec<Value> = out(&output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON object"))
        .collect();
    let outcomes: Vec<_> =
        lines.iter().map(|line| line["outcome"].as_str().expect("an outcome")).collect();
    assert_eq!(outcomes, ["found", "empty", "nothing_found", "small_talk", "found"]);
}

#[test]
fn ask_in_json_prints_an_answer() {
    let folder = folder();
    let output = run(&folder, &["ask", "--json", "neap tide"], &[], b"");
    assert_snapshot!(pretty(&output), @r#"
    {
      "bylines": [],
      "corrected": {},
      "excerpts": [
        {
          "article": "GwKXr6lJaly",
          "article_title": "Tides",
          "bytes": [
            59,
            97
          ],
          "file": "tides.md",
          "marks": [
            [
              2,
              6
            ],
            [
              7,
              11
            ]
          ],
          "passage": "CWBhhCwTmBa",
          "quote": "A neap tide happens twice a month.",
          "section": "PhHAV8weL-_",
          "section_title": "Opening",
          "url": "https://example.org/tides#:~:text=A%20neap%20tide%20happens%20twice%20a%20month."
        }
      ],
      "languages": null,
      "missing": [],
      "nearest": [],
      "outcome": "found",
      "question": "neap tide",
      "unanswered": []
    }
    "#);
    // `bytes` is the range of the quote in the file, with its markup.
    let line: Value = serde_json::from_str(&out(&output)).expect("a JSON object");
    let excerpt = &line["excerpts"][0];
    let [from, to] = [0, 1].map(|end| excerpt["bytes"][end].as_u64().expect("a number") as usize);
    let file = std::fs::read(folder.path().join("corpus/tides.md")).expect("it is there");
    assert_eq!(&file[from..to], b"A neap tide happens **twice** a month.");
}

#[test]
fn ask_in_json_prints_a_refusal() {
    let output = run(&folder(), &["ask", "--json", "sourdough"], &[], b"");
    assert_snapshot!(pretty(&output), @r#"
    {
      "bylines": [],
      "corrected": {},
      "excerpts": [],
      "languages": null,
      "missing": [
        "sourdough"
      ],
      "nearest": [],
      "outcome": "nothing_found",
      "question": "sourdough",
      "unanswered": []
    }
    "#);
}

#[test]
fn ask_in_json_prints_small_talk_and_an_empty_question() {
    let output = run(&folder(), &["ask", "--json"], &[], b"hello\n\n");
    assert_snapshot!(pretty(&output), @r#"
    {
      "bylines": [],
      "corrected": {},
      "excerpts": [],
      "languages": null,
      "missing": [],
      "nearest": [],
      "outcome": "small_talk",
      "question": "hello",
      "unanswered": []
    }
    {
      "bylines": [],
      "corrected": {},
      "excerpts": [],
      "languages": null,
      "missing": [],
      "nearest": [],
      "outcome": "empty",
      "question": "",
      "unanswered": []
    }
    "#);
}

#[test]
fn ask_names_the_authors_where_no_sentence_names_them() {
    let folder = folder();
    assert_eq!(run(&folder, &["ask", "who wrote this?"], &[], b"").status.code(), Some(1));
    let bores = "---\ntitle: Bores\nauthors: [Ada Moon, Bo Sun, Cy Sea]\npublished: 2026-03-01\n---\nA bore is a wave.\n";
    std::fs::write(folder.path().join("corpus/bores.md"), bores).expect("a new file");
    let found = run(&folder, &["ask", "who wrote this?"], &[], b"");
    assert_eq!(found.status.code(), Some(0));
    assert_snapshot!(out(&found), @r"
    Bores
      by Ada Moon, Bo Sun and Cy Sea
      2026-03-01
    ");
    let output = run(&folder, &["ask", "--json", "Wer hat das geschrieben?"], &[], b"");
    assert_snapshot!(pretty(&output), @r#"
    {
      "bylines": [
        {
          "article": "CAS7_l1z6k6",
          "article_title": "Bores",
          "authors": [
            "Ada Moon",
            "Bo Sun",
            "Cy Sea"
          ],
          "published": "2026-03-01"
        }
      ],
      "corrected": {},
      "excerpts": [],
      "languages": null,
      "missing": [],
      "nearest": [],
      "outcome": "byline",
      "question": "Wer hat das geschrieben?",
      "unanswered": []
    }
    "#);
}

/// Returns a folder with a second article, about bores.
fn folder_with_bores() -> TempDir {
    let folder = folder();
    let bores = "---\ntitle: Bores\nauthors: Bo\n---\nA bore is a wave. It runs up the Severn.\n";
    std::fs::write(folder.path().join("corpus/bores.md"), bores).expect("a new file");
    folder
}

#[test]
fn ask_answers_several_questions_and_names_those_without_an_answer() {
    let folder = folder_with_bores();
    let asked = "Where does a bore run? Who bakes sourdough? When is neap tide?";
    assert_snapshot!(out(&run(&folder, &["ask", asked], &[], b"")), @"
      A bore is a wave. It runs up the Severn.
      — Opening · Bores
        corpus/bores.md

      A neap tide happens twice a month.
      — Opening · Tides
        https://example.org/tides#:~:text=A%20neap%20tide%20happens%20twice%20a%20month.

    Nothing found for “Who bakes sourdough?”
    ");
    assert_snapshot!(pretty(&run(&folder, &["ask", "--json", asked], &[], b"")), @r#"
    {
      "bylines": [],
      "corrected": {},
      "excerpts": [
        {
          "article": "CAS7_l1z6k6",
          "article_title": "Bores",
          "bytes": [
            33,
            73
          ],
          "file": "bores.md",
          "marks": [
            [
              2,
              6
            ],
            [
              21,
              25
            ]
          ],
          "passage": "JNhzvmPeMBA",
          "quote": "A bore is a wave. It runs up the Severn.",
          "section": "Lxz2nhSbuFn",
          "section_title": "Opening",
          "url": "corpus/bores.md"
        },
        {
          "article": "GwKXr6lJaly",
          "article_title": "Tides",
          "bytes": [
            59,
            97
          ],
          "file": "tides.md",
          "marks": [
            [
              2,
              6
            ],
            [
              7,
              11
            ]
          ],
          "passage": "CWBhhCwTmBa",
          "quote": "A neap tide happens twice a month.",
          "section": "PhHAV8weL-_",
          "section_title": "Opening",
          "url": "https://example.org/tides#:~:text=A%20neap%20tide%20happens%20twice%20a%20month."
        }
      ],
      "languages": null,
      "missing": [],
      "nearest": [],
      "outcome": "found",
      "question": "Where does a bore run? Who bakes sourdough? When is neap tide?",
      "unanswered": [
        "Who bakes sourdough?"
      ]
    }
    "#);
}

#[test]
fn ask_quotes_a_passage_once_and_follows_up_within_a_message() {
    let folder = folder_with_bores();
    let asked = "When is neap tide? How often does it happen? Who wrote Bores?";
    assert_snapshot!(pretty(&run(&folder, &["ask", "--json", asked], &[], b"")), @r#"
    {
      "bylines": [
        {
          "article": "CAS7_l1z6k6",
          "article_title": "Bores",
          "authors": [
            "Bo"
          ],
          "published": null
        }
      ],
      "corrected": {},
      "excerpts": [
        {
          "article": "GwKXr6lJaly",
          "article_title": "Tides",
          "bytes": [
            59,
            97
          ],
          "file": "tides.md",
          "marks": [
            [
              2,
              6
            ],
            [
              7,
              11
            ]
          ],
          "passage": "CWBhhCwTmBa",
          "quote": "A neap tide happens twice a month.",
          "section": "PhHAV8weL-_",
          "section_title": "Opening",
          "url": "https://example.org/tides#:~:text=A%20neap%20tide%20happens%20twice%20a%20month."
        }
      ],
      "languages": null,
      "missing": [],
      "nearest": [],
      "outcome": "found",
      "question": "When is neap tide? How often does it happen? Who wrote Bores?",
      "unanswered": []
    }
    "#);
}

#[test]
fn ask_names_the_words_of_all_questions_without_an_answer() {
    let folder = folder_with_bores();
    let asked = "Who bakes sourdough? And rye? Who likes sourdough?";
    assert_snapshot!(pretty(&run(&folder, &["ask", "--json", asked], &[], b"")), @r#"
    {
      "bylines": [],
      "corrected": {},
      "excerpts": [],
      "languages": null,
      "missing": [
        "bakes",
        "sourdough",
        "rye",
        "likes"
      ],
      "nearest": [],
      "outcome": "nothing_found",
      "question": "Who bakes sourdough? And rye? Who likes sourdough?",
      "unanswered": []
    }
    "#);
}

#[test]
fn check_reports_problems() {
    let folder = folder();
    assert_eq!(run(&folder, &["check"], &[], b"").status.code(), Some(0));
    let write = |file: &str, text: &[u8]| {
        std::fs::write(folder.path().join("corpus").join(file), text).expect("a new file");
    };
    write("bad.md", b"a\0b");
    write("README.md", b"About the articles.");
    write("plan.md", b"---\ndraft: true\npublised: 2026-01-01\n---\nA plan.");
    write("bell.md", b"---\ntilte: Bell\n---\nThe bell rings.");
    write("bell.png", b"\x89PNG");
    let output = run(&folder, &["check"], &[], b"");
    assert_eq!(output.status.code(), Some(2));
    assert_snapshot!(out(&output), @"
    corpus/bad.md: it is not a text
    hint: save it as text in UTF-8
    corpus/bell.md:2: `tilte` is no key that is read
    hint: did you mean `title`?
    corpus/plan.md:3: `publised` is no key that is read
    hint: did you mean `published`?
    left out as drafts: 1 file: plan.md
    left out by the default patterns: 1 file: README.md
    hint: `include` and `exclude` in `[corpus]` select other files
    1 other file: 1 .png
    2 articles, 2 passages, 1 problem, 2 warnings, 2 left out
    ");
    let asked = run(&folder, &["ask", "neap tide"], &[], b"");
    assert_eq!(asked.status.code(), Some(0));
    assert_snapshot!(err(&asked), @"
    verbatim: left out: corpus/bad.md: it is not a text
    hint: save it as text in UTF-8
    ");
}

#[test]
fn setup_mistakes_are_explained_without_the_token() {
    let folder = folder();
    let without = run(&folder, &[], &[], b"");
    assert_eq!(without.status.code(), Some(2));
    assert_snapshot!(err(&without), @"
    verbatim: no bot token, and no terminal to chat in
    hint: put TELOXIDE_TOKEN=… (from @BotFather) into `.env`, or ask with `verbatim ask QUESTION`
    ");
    std::fs::write(folder.path().join(".env"), "TELOXIDE_TOKEN=secret-nonsense\n")
        .expect("a new file");
    let bad = run(&folder, &["serve"], &[], b"");
    assert_eq!(bad.status.code(), Some(2));
    assert_snapshot!(err(&bad), @"
    verbatim: TELOXIDE_TOKEN: this does not look like a bot token
    hint: copy it again from @BotFather: digits, a colon, and letters
    ");
    std::fs::remove_file(folder.path().join(".env")).expect("it is there");
    std::fs::write(folder.path().join("v.toml"), "[telegram]\nlane = 3\n").expect("a new file");
    let unknown = run(&folder, &["check", "--config", "v.toml"], &[], b"");
    assert_snapshot!(err(&unknown), @"
    verbatim: v.toml:2: unknown key `lane` in `[telegram]`
    hint: did you mean `lanes`?
    ");
}

#[test]
fn output_has_no_terminal_control_character() {
    let folder = folder();
    let steering = "A s\u{1b}[31mpr\u{9b}2Jing\u{202e} tide\u{2028} comes \u{7f}twice a month.";
    let text =
        format!("---\ntitle: Spring tides\n---\n\n## Full\u{1b}]0;moon\u{7}\n\n{steering}\n");
    std::fs::write(folder.path().join("corpus/a\u{1b}[2J\nb.md"), text).expect("a new file");
    for arguments in [
        &["ask", "tide", "comes", "month"][..],
        &["ask", "--json", "tide comes month"],
        &["ask", "--explain", "tide comes month"],
        &["brief", "--all"],
        &["brief", "--all", "--json"],
        &["sections"],
        &["sections", "--json"],
        &["check"],
    ] {
        let output = run(&folder, arguments, &[], b"");
        let shown = out(&output) + &err(&output);
        let steers = |c: char| c != '\n' && verbatim::corpus::is_unsafe_control(c);
        assert!(!shown.contains(steers), "{arguments:?}: {shown:?}");
        if arguments.starts_with(&["ask", "--json"]) {
            let line: Value = serde_json::from_str(&shown).expect("a JSON object");
            let quotes: Vec<_> = line["excerpts"].as_array().expect("a list").iter().collect();
            assert!(quotes.iter().any(|quote| quote["quote"] == steering), "{line}");
        }
    }
}

#[test]
fn env_file_is_read_with_a_mark_and_its_problems_never_show_it() {
    let folder = folder();
    let env = folder.path().join(".env");
    let said = |bytes: &[u8]| {
        std::fs::write(&env, bytes).expect("a new file");
        let output = run(&folder, &["check"], &[], b"");
        assert_eq!(output.status.code(), Some(2), "{}", out(&output));
        err(&output)
    };
    let utf_16: Vec<u8> =
        "\u{feff}RUST_LOG=loud\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in ["\u{feff}RUST_LOG=loud".as_bytes(), &utf_16, b"export RUST_LOG = 'loud' # no"] {
        assert!(said(bytes).contains("RUST_LOG: this is not a level of the log"), "{bytes:?}");
    }
    let bad = said(b"A=1\nsecret-nonsense\n");
    assert!(bad.contains(".env:2: expected `NAME=value`") && !bad.contains("nonsense"), "{bad}");
    let bad = said(b"A=1\nB=\xff\n");
    assert!(bad.contains(".env: expected text in UTF-8, got other bytes in line 2"), "{bad}");
    std::fs::remove_file(&env).expect("it is there");
    std::fs::create_dir(&env).expect("a new directory");
    let output = run(&folder, &["check"], &[], b"");
    assert!(err(&output).contains(".env: expected a file, got a directory"), "{}", err(&output));
}

#[test]
fn log_in_json_has_the_reason_of_the_end_as_an_object() {
    let folder = folder();
    let config = |level: &str| {
        let text = format!("[log]\nformat = \"json\"\nlevel = \"{level}\"\n");
        std::fs::write(folder.path().join("v.toml"), text).expect("a new file");
        let output = run(&folder, &["serve", "--config", "v.toml"], &[], b"");
        assert_eq!(output.status.code(), Some(2));
        err(&output)
    };
    let line: Value = serde_json::from_str(&config("info")).expect("one object");
    assert_eq!(line["level"], "ERROR");
    assert!(line["fields"]["message"].as_str().is_some_and(|text| text.contains("no bot token")));
    // A log that is off does not hide why the program ends.
    assert!(config("off").contains("verbatim: no bot token"));
}

#[test]
fn log_level_that_cannot_be_read_ends_the_program() {
    let folder = folder();
    for level in ["loud", "verbatim=loud", "info,=x"] {
        let output = run(&folder, &["check"], &[("RUST_LOG", level)], b"");
        assert_eq!(output.status.code(), Some(2), "{level}");
        assert!(err(&output).contains("RUST_LOG: "), "{}", err(&output));
    }
    // A variable that is set to nothing is not set.
    assert_eq!(run(&folder, &["check"], &[("RUST_LOG", "")], b"").status.code(), Some(0));
}

#[test]
fn chat_answers_line_by_line() {
    let folder = folder();
    let output = run(&folder, &["chat"], &[], b"neap tide\n1\n\nsections\n99\nquit\n");
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_snapshot!(out(&output), @"
    Ask a question. A number opens that section, Enter shows the next excerpt, `sections` lists what there is, `brief` gives the key sentences of the newest article, `brief` and a topic those on it, `quit` leaves.
      A neap tide happens twice a month.
      — Opening · Tides
        https://example.org/tides#:~:text=A%20neap%20tide%20happens%20twice%20a%20month.
      [1: read the section]
    Opening · Tides

    A neap tide happens twice a month.
    That is all. Ask a question, or `help`.
    Tides
      1. Opening
    There is no section 99 here; `sections` lists them all.
    ");
}

#[test]
fn chat_keeps_the_subject_through_small_talk_and_follow_ups() {
    let folder = folder();
    let output = run(&folder, &["chat"], &[], b"neap tide\nhow often?\nthanks\nand then?\n");
    let said = out(&output);
    assert_eq!(said.matches("A neap tide happens twice a month.").count(), 3, "{said}");
}

#[test]
fn help_names_every_subcommand() {
    let help = out(&run(&folder(), &["--help"], &[], b""));
    for name in [
        "serve", "chat", "ask", "brief", "check", "sections", "model", "store", "--corpus",
        "--data", "--config",
    ] {
        assert!(help.contains(name), "{name}: {help}");
    }
}

#[test]
fn aliases_of_the_configuration_are_understood() {
    let folder = folder();
    let config = folder.path().join("names.toml");
    std::fs::write(&config, "[aliases]\n\"neap tide\" = [\"morta\"]\n").expect("a new file");
    let with = run(&folder, &["ask", "--config", "names.toml", "morta"], &[], b"");
    assert_eq!(with.status.code(), Some(0), "{}{}", out(&with), err(&with));
    assert!(out(&with).contains("neap tide"), "{}", out(&with));
    let without = run(&folder, &["ask", "morta"], &[], b"");
    assert_eq!(without.status.code(), Some(1), "{}", out(&without));
    // An empty argument is a question: the command does not wait for standard input.
    assert_eq!(run(&folder, &["ask", ""], &[], b"neap tide\n").status.code(), Some(1));
}

#[test]
fn ask_follows_up_a_question_and_explains_its_scores() {
    let folder = folder();
    let follow =
        run(&folder, &["ask", "--after", "When is a neap tide?", "and how often?"], &[], b"");
    assert_eq!(follow.status.code(), Some(0), "{}", out(&follow));
    let alone = run(&folder, &["ask", "and how often?"], &[], b"");
    assert_eq!(alone.status.code(), Some(1), "{}", out(&alone));
    let explained = out(&run(&folder, &["ask", "--explain", "neap sourdough tide"], &[], b""));
    for part in ["sourdough            false", "passage_exact", "score", "log-odds"] {
        assert!(explained.contains(part), "{part}: {explained}");
    }
    run(&folder, &["ask", "--explain", "????"], &[], b"");
}

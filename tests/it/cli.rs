//! The real binary, as a reader and a script use it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

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
    let mut process = Command::new(env!("CARGO_BIN_EXE_verbatim"))
        .args(arguments)
        .current_dir(folder.path())
        .env_remove("TELOXIDE_TOKEN")
        .env_remove("TELOXIDE_API_URL")
        .env_remove("HF_ENDPOINT")
        .env_remove("RUST_LOG")
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    // Who does not read its input may be gone already.
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
fn ask_prints_a_quote_and_tells_by_its_exit_code() {
    let folder = folder();
    let found = run(&folder, &["ask", "when", "is", "neap", "tide?"], &[], b"");
    assert_eq!(found.status.code(), Some(0));
    insta::assert_snapshot!(out(&found), @r"
    A neap tide happens twice a month.
    — Opening · Tides
      https://example.org/tides#:~:text=A%20neap%20tide%20happens%20twice%20a%20month.
    ");
    assert_eq!(run(&folder, &["ask", "sourdough"], &[], b"").status.code(), Some(1));
    let missing = run(&folder, &["ask", "--corpus", "nowhere", "tide"], &[], b"");
    assert_eq!(missing.status.code(), Some(2));
    assert!(err(&missing).contains("nowhere"), "{}", err(&missing));
}

#[test]
fn json_answers_each_line_in_order() {
    let folder = folder();
    let output =
        run(&folder, &["ask", "--json"], &[], b"neap tide\n\nsourdough\r\nhello\n\xff neap tide");
    assert_eq!(output.status.code(), Some(0));
    let lines: Vec<Value> = out(&output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON object"))
        .collect();
    let outcomes: Vec<_> =
        lines.iter().map(|line| line["outcome"].as_str().expect("an outcome")).collect();
    assert_eq!(outcomes, ["found", "empty", "nothing_found", "small_talk", "found"]);
    let keys: Vec<_> = lines[1].as_object().expect("an object").keys().cloned().collect();
    assert_eq!(keys.len(), 8);
    for key in [
        "question",
        "outcome",
        "excerpts",
        "missing",
        "nearest",
        "corrected",
        "bylines",
        "unanswered",
    ] {
        assert!(keys.contains(&key.to_owned()), "{key}");
    }
    let excerpt = &lines[0]["excerpts"][0];
    assert_eq!(excerpt["quote"], "A neap tide happens twice a month.");
    let file =
        std::fs::read(folder.path().join("corpus").join(excerpt["file"].as_str().expect("a file")))
            .expect("it is there");
    let [from, to] = [0, 1].map(|end| excerpt["bytes"][end].as_u64().expect("a number") as usize);
    assert_eq!(&file[from..to], b"A neap tide happens **twice** a month.");
    assert_eq!(excerpt["marks"], serde_json::json!([[2, 6], [7, 11]]));
    assert_eq!(lines[2]["missing"], serde_json::json!(["sourdough"]));
}

#[test]
fn authors_are_named_where_no_sentence_names_them() {
    let folder = folder();
    assert_eq!(run(&folder, &["ask", "who wrote this?"], &[], b"").status.code(), Some(1));
    let bores = "---\ntitle: Bores\nauthors: [Ada Moon, Bo Sun, Cy Sea]\npublished: 2026-03-01\n---\nA bore is a wave.\n";
    std::fs::write(folder.path().join("corpus/bores.md"), bores).expect("a new file");
    let found = run(&folder, &["ask", "who wrote this?"], &[], b"");
    assert_eq!(found.status.code(), Some(0));
    insta::assert_snapshot!(out(&found), @r"
    Bores
      by Ada Moon, Bo Sun and Cy Sea
      2026-03-01
    ");
    let output = run(&folder, &["ask", "--json", "Wer hat das geschrieben?"], &[], b"");
    let line: Value = serde_json::from_str(&out(&output)).expect("a JSON object");
    assert_eq!((&line["outcome"], &line["excerpts"]), (&"byline".into(), &serde_json::json!([])));
    assert_eq!(line["bylines"][0]["article_title"], "Bores");
    assert_eq!(line["bylines"][0]["authors"], serde_json::json!(["Ada Moon", "Bo Sun", "Cy Sea"]));
    assert_eq!(line["bylines"][0]["published"], "2026-03-01");
}

#[test]
fn several_questions_are_answered_at_once_and_what_found_nothing_is_named() {
    let folder = folder();
    let bores = "---\ntitle: Bores\nauthors: Bo\n---\nA bore is a wave. It runs up the Severn.\n";
    std::fs::write(folder.path().join("corpus/bores.md"), bores).expect("a new file");
    let asked = "Where does a bore run? Who bakes sourdough? When is neap tide?";
    let text = out(&run(&folder, &["ask", asked], &[], b""));
    let [bore, tide, nothing] = [
        "A bore is a wave. It runs up",
        "A neap tide",
        "\nNothing found for “Who bakes sourdough?”\n",
    ]
    .map(|part| text.find(part).unwrap_or_else(|| panic!("{part}: {text}")));
    assert!(bore < tide && tide < nothing, "{text}");

    let ask = |asked: &str| -> Value {
        let output = run(&folder, &["ask", "--json", asked], &[], b"");
        serde_json::from_str(&out(&output)).expect("a JSON object")
    };
    let quotes = |line: &Value| line["excerpts"].as_array().expect("a list").len();
    let several = ask(asked);
    assert_eq!(several["unanswered"], serde_json::json!(["Who bakes sourdough?"]));
    assert_eq!((quotes(&several), &several["outcome"]), (2, &"found".into()));
    // The same passage is not quoted twice, and the second question follows up the first.
    let twice = ask("When is neap tide? How often does it happen? Who wrote Bores?");
    assert_eq!((quotes(&twice), &twice["unanswered"]), (1, &serde_json::json!([])));
    assert_eq!(twice["bylines"][0]["authors"], serde_json::json!(["Bo"]));
    let none = ask("Who bakes sourdough? And rye? Who likes sourdough?");
    assert_eq!(none["outcome"], "nothing_found");
    assert_eq!(none["missing"], serde_json::json!(["bakes", "sourdough", "rye", "likes"]));
}

#[test]
fn check_reports_problems() {
    let folder = folder();
    assert_eq!(run(&folder, &["check"], &[], b"").status.code(), Some(0));
    std::fs::write(folder.path().join("corpus/bad.md"), "no title").expect("a new file");
    let output = run(&folder, &["check"], &[], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(out(&output).contains("corpus/bad.md:1: there is no front matter"), "{}", out(&output));
    let asked = run(&folder, &["ask", "neap tide"], &[], b"");
    assert_eq!(asked.status.code(), Some(0));
    assert!(err(&asked).contains("left out: corpus/bad.md"), "{}", err(&asked));
}

#[test]
fn what_is_wrong_with_the_setup_is_said_and_the_token_never() {
    let folder = folder();
    let without = run(&folder, &[], &[], b"");
    assert_eq!(without.status.code(), Some(2));
    assert!(err(&without).contains("no bot token, and no terminal"), "{}", err(&without));
    std::fs::write(folder.path().join(".env"), "TELOXIDE_TOKEN=secret-nonsense\n")
        .expect("a new file");
    let bad = run(&folder, &["serve"], &[], b"");
    assert_eq!(bad.status.code(), Some(2));
    assert!(
        err(&bad).contains("TELOXIDE_TOKEN") && !err(&bad).contains("nonsense"),
        "{}",
        err(&bad)
    );
    std::fs::remove_file(folder.path().join(".env")).expect("it is there");
    std::fs::write(folder.path().join("v.toml"), "[telegram]\nlane = 3\n").expect("a new file");
    let unknown = run(&folder, &["check", "--config", "v.toml"], &[], b"");
    assert!(
        err(&unknown).contains("v.toml:2: unknown key `lane` in `[telegram]`"),
        "{}",
        err(&unknown)
    );
}

#[test]
fn no_output_has_a_character_that_steers_a_terminal() {
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
fn chat_works_line_by_line() {
    let folder = folder();
    let output = run(&folder, &["chat"], &[], b"neap tide\n1\n\nsections\n99\nquit\n");
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let said = out(&output);
    for expected in
        ["[1: read the section]", "That is all.", "1. Opening", "There is no section 99 here"]
    {
        assert!(said.contains(expected), "{expected}: {said}");
    }
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

#[cfg(not(feature = "model"))]
#[test]
fn a_program_without_the_code_of_the_model_says_so() {
    let folder = folder();
    let help = out(&run(&folder, &["--help"], &[], b""));
    assert!(!help.contains("Install, put to use"), "{help}");
    let says_so = |output: &std::process::Output| err(output).contains("built without");
    let installed = run(&folder, &["model", "install"], &[], b"");
    assert!(installed.status.code() == Some(2) && says_so(&installed), "{}", err(&installed));
    let asked = run(&folder, &["ask", "neap tide"], &[], b"");
    assert!(asked.status.code() == Some(0) && !says_so(&asked), "{}", err(&asked));
    // Whoever has a model installed hears why it is not put to use.
    std::fs::create_dir_all(folder.path().join("data/model")).expect("a new directory");
    let asked = run(&folder, &["ask", "neap tide"], &[], b"");
    assert!(asked.status.code() == Some(0) && says_so(&asked), "{}", err(&asked));
}

#[test]
fn the_configuration_gives_things_other_names() {
    let folder = folder();
    let config = folder.path().join("names.toml");
    std::fs::write(&config, "[aliases]\n\"neap tide\" = [\"morta\"]\n").expect("a new file");
    let with = run(&folder, &["ask", "--config", "names.toml", "morta"], &[], b"");
    assert_eq!(with.status.code(), Some(0), "{}{}", out(&with), err(&with));
    assert!(out(&with).contains("neap tide"), "{}", out(&with));
    let without = run(&folder, &["ask", "morta"], &[], b"");
    assert_eq!(without.status.code(), Some(1), "{}", out(&without));
    // An argument that is there but empty is no reason to wait for standard input.
    assert_eq!(run(&folder, &["ask", ""], &[], b"neap tide\n").status.code(), Some(1));
}

#[test]
fn a_question_can_follow_another_and_the_scores_can_be_seen() {
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

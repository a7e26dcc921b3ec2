//! Subcommands, flags and exit codes.

use std::fs;

use clap::{ArgAction, Command, CommandFactory};
use verbatim::cli::Cli;

use crate::cli::{err, folder, out, run};

/// Returns one line per command with its arguments; a positional argument is in capitals.
fn usage(command: &Command, path: &str, lines: &mut Vec<String>) {
    let mut line = path.to_owned();
    for argument in command.get_arguments() {
        let name = match (argument.get_long(), argument.get_short()) {
            (Some(long), _) => format!("--{long}"),
            (None, Some(short)) => format!("-{short}"),
            (None, None) => argument.get_id().as_str().to_uppercase(),
        };
        let value = match argument.get_action() {
            ArgAction::Set if !argument.is_positional() => "=…",
            ArgAction::Append => "…",
            _ => "",
        };
        let required = if argument.is_required_set() { "!" } else { "" };
        let defaults: Vec<_> = argument
            .get_default_values()
            .iter()
            .map(|value| format!("={}", value.display()))
            .collect();
        line += &format!(" {name}{value}{required}{}", defaults.concat());
    }
    lines.push(line);
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        usage(inner, &format!("{path} {}", inner.get_name()), lines);
    }
}

#[test]
fn contract_subcommands_and_flags_keep_their_names() {
    let mut lines = Vec::new();
    usage(&Cli::command(), "verbatim", &mut lines);
    insta::assert_snapshot!(lines.join("\n"), @"
    verbatim --corpus=… --data=… --config=…
    verbatim serve
    verbatim health
    verbatim doctor --json
    verbatim chat
    verbatim ask --json --after=… --explain QUESTION…
    verbatim brief --json --all TOPIC…
    verbatim import SOURCES…! --into=… --limit=…=1000 --dry-run --json
    verbatim convert
    verbatim check --verbose
    verbatim evaluate FILE! --json --failures --sample=… --pooled --mistyped --questions=…
    verbatim sections --json
    verbatim model
    verbatim model install PATH
    verbatim model status
    verbatim model encode
    verbatim model remove
    verbatim webhook
    verbatim webhook delete
    verbatim webhook status
    verbatim store
    verbatim store export FILE
    verbatim store import FILE!
    ");
}

#[test]
fn contract_exit_codes() {
    let folder = folder();
    fs::write(folder.path().join("judged.jsonl"), "{\"question\": \"tide\", \"answer\": null}")
        .expect("a new file");
    fs::write(folder.path().join("bad.jsonl"), "{}").expect("a new file");
    let code = |arguments: &[&str]| {
        let output = run(&folder, arguments, &[], b"");
        output.status.code().unwrap_or_else(|| panic!("{arguments:?}: {}", err(&output)))
    };
    let check =
        |expected: i32, arguments: &[&str]| assert_eq!(code(arguments), expected, "{arguments:?}");
    check(0, &["--version"]);
    check(0, &["help"]);
    check(0, &["ask", "neap tide"]);
    check(1, &["ask", "sourdough"]);
    check(1, &["ask", "hello"]);
    check(0, &["ask"]);
    check(0, &["brief"]);
    check(0, &["brief", "neap tide"]);
    check(1, &["brief", "sourdough"]);
    check(0, &["check"]);
    check(0, &["sections"]);
    check(0, &["chat"]);
    check(0, &["evaluate", "judged.jsonl"]);
    check(0, &["evaluate", "corpus"]);
    check(1, &["health"]);
    check(1, &["model", "status"]);
    check(2, &["doctor"]);
    check(2, &["doctor", "--config", "nowhere"]);
    // Trouble.
    check(2, &[]);
    check(2, &["unknown"]);
    check(2, &["ask", "--unknown"]);
    check(2, &["ask", "--json", "--explain", "tide"]);
    check(2, &["brief", "--all", "tide"]);
    check(2, &["ask", "--corpus", "nowhere", "tide"]);
    check(2, &["ask", "--config", "nowhere", "tide"]);
    check(2, &["check", "--corpus", "nowhere"]);
    check(2, &["serve"]);
    check(2, &["evaluate", "bad.jsonl"]);
    check(2, &["evaluate", "judged.jsonl", "--failures"]);
    check(2, &["evaluate", "corpus", "--pooled"]);
    check(2, &["store", "export"]);
    check(2, &["store", "import", "nowhere"]);
    check(2, &["webhook", "status"]);
    check(2, &["webhook", "delete"]);
}

#[test]
fn contract_files_of_the_data_directory_keep_their_names() {
    let folder = folder();
    let output = run(&folder, &["ask", "neap tide"], &[], b"");
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    drop(verbatim::store::Store::open(&folder.path().join("data")).expect("a new store"));
    let instance = verbatim::bot::Instance::new(Some(([127, 0, 0, 1], 9464).into()));
    let file = instance.announce(&folder.path().join("data")).expect("it is written");
    let text =
        fs::read_to_string(folder.path().join("data/instance.json")).expect("it was written");
    let value = serde_json::from_str(&text).expect("JSON");
    insta::assert_snapshot!(super::shape(&value), @r"
    id string
    monitor string
    process integer
    ");
    let mut names: Vec<_> = fs::read_dir(folder.path().join("data"))
        .expect("it was made")
        .map(|entry| entry.expect("it is read").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    insta::assert_snapshot!(names.join("\n"), @r"
    index
    instance.json
    lock
    verbatim.sqlite
    ");
    drop(file);
    assert_eq!(verbatim::bot::INSTANCE_HEADER, "verbatim-instance");
}

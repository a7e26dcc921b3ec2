//! What runs the bot for good says only what the bot understands.

use std::path::PathBuf;

use clap::Parser;
use verbatim::cli::{Cli, Subcommand};

const DOCKERFILE: &str = include_str!("../../Dockerfile");
const IGNORED: &str = include_str!("../../.dockerignore");
const MANIFEST: &str = include_str!("../../Cargo.toml");
const UNIT: &str = include_str!("../../config/verbatim.service");

/// What follows a word at the beginning of a line, each time; lines that go on are one.
fn all_after(text: &str, word: &str) -> Vec<String> {
    let text = text.replace("\\\n", " ");
    text.lines()
        .filter_map(|line| line.strip_prefix(word))
        .map(|rest| rest.trim().to_owned())
        .collect()
}

fn only_after(text: &str, word: &str) -> String {
    let mut all = all_after(text, word);
    assert_eq!(all.len(), 1, "{word}");
    all.remove(0)
}

fn parsed(arguments: &[String]) -> Cli {
    Cli::try_parse_from(arguments).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
}

/// A list of the Dockerfile, which is JSON.
fn list(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn the_image_serves_as_nobody_and_can_be_asked_whether_it_is_well() {
    let volumes = list(&only_after(DOCKERFILE, "VOLUME "));
    let mut serve = list(&only_after(DOCKERFILE, "ENTRYPOINT "));
    serve.extend(list(&only_after(DOCKERFILE, "CMD ")));
    let cli = parsed(&serve);
    assert!(matches!(cli.subcommand, Some(Subcommand::Serve)));
    for place in [cli.places.corpus, cli.places.data] {
        let place = place.expect("it is told").display().to_string();
        assert!(volumes.contains(&place), "{place}");
    }
    let health = only_after(DOCKERFILE, "HEALTHCHECK ");
    let (_, asks) = health.split_once("CMD ").expect("it runs something");
    assert!(matches!(parsed(&list(asks)).subcommand, Some(Subcommand::Health)));
    let user = only_after(DOCKERFILE, "USER ");
    let ids = user.split(':').map(|id| id.parse::<u32>().expect("a number"));
    assert!(ids.into_iter().all(|id| id > 0));
    assert!(all_after(DOCKERFILE, "FROM ").iter().all(|image| image.contains(':')));
    for copied in
        all_after(DOCKERFILE, "COPY ").iter().filter(|copied| !copied.starts_with("--from"))
    {
        let (sources, _) = copied.rsplit_once(' ').expect("from and to");
        for source in sources.split(' ') {
            assert!(IGNORED.lines().any(|line| line == format!("!{source}")), "{source}");
        }
    }
    // Cargo refuses a manifest whose targets are not there.
    if MANIFEST.contains("[[bench]]") {
        assert!(all_after(DOCKERFILE, "COPY ").contains(&"benches ./benches".to_owned()));
    }
}

#[test]
fn the_unit_runs_the_bot_where_it_may_write() {
    let words =
        |key: &str| only_after(UNIT, key).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let cli = parsed(&words("ExecStart="));
    assert!(matches!(cli.subcommand, Some(Subcommand::Serve)));
    let state: Vec<_> =
        words("StateDirectory=").iter().map(|dir| PathBuf::from("/var/lib").join(dir)).collect();
    for place in
        [cli.places.corpus, cli.places.data, Some(only_after(UNIT, "WorkingDirectory=").into())]
    {
        assert!(state.contains(&place.clone().expect("it is told")), "{place:?}");
    }
    assert!(cli.places.config.is_some_and(|config| config.is_absolute()));
    // The exit code for trouble that a restart does not mend.
    assert_eq!(only_after(UNIT, "RestartPreventExitStatus="), "2");
    // Trouble that may stay for hours, and passes by itself, must not use up the starts.
    assert_eq!(only_after(UNIT, "StartLimitIntervalSec="), "0");
    assert!(UNIT.contains("TELOXIDE_TOKEN="));
    for held in [
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "PrivateTmp=yes",
        "DynamicUser=yes",
        "MemoryMax=64M",
    ] {
        assert!(UNIT.lines().any(|line| line == held), "{held}");
    }
}

//! What runs the bot for good says only what the bot understands.

use std::path::PathBuf;

use clap::Parser;
use verbatim::cli::{Cli, Subcommand};

const CHANGELOG: &str = include_str!("../../CHANGELOG.md");
const CONFIG: &str = include_str!("../../config/verbatim.toml");
const DOCKERFILE: &str = include_str!("../../Dockerfile");
const IGNORED: &str = include_str!("../../.dockerignore");
const MANIFEST: &str = include_str!("../../Cargo.toml");
const README: &str = include_str!("../../README.md");
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

/// The commands of README that begin with `program`, each a line.
fn commands(program: &str) -> Vec<String> {
    let text = README.replace("\\\n", " ");
    let lines = text.lines().filter_map(|line| line.strip_prefix("    "));
    lines.filter(|line| line.starts_with(program)).map(str::to_owned).collect()
}

/// What the image does when it is run.
fn image_serves() -> Cli {
    let mut serve = list(&only_after(DOCKERFILE, "ENTRYPOINT "));
    serve.extend(list(&only_after(DOCKERFILE, "CMD ")));
    parsed(&serve)
}

#[test]
fn docker_run_in_readme_fits_the_image() {
    let runs = commands("docker run ");
    assert_eq!(runs.len(), 1);
    let words: Vec<_> = runs[0].split_whitespace().collect();
    let after = |option: &str| {
        let at = words.iter().enumerate().filter(|(_, word)| **word == option);
        at.map(|(at, _)| words[at + 1].trim_matches('"')).collect::<Vec<_>>()
    };
    assert_eq!(after("--restart"), ["unless-stopped"]);
    assert_eq!(after("--env-file"), [".env"]);
    assert_eq!(after("-m"), ["64m"]);
    assert!(words.contains(&"--read-only"), "{words:?}");
    let places = image_serves().places;
    let mut wanted =
        [places.config, places.corpus, places.data].map(|place| place.expect("it is told"));
    let mut mounted: Vec<_> = after("-v")
        .iter()
        .map(|mount| PathBuf::from(mount.split(':').nth(1).expect("a place in the container")))
        .collect();
    wanted.sort();
    mounted.sort();
    assert_eq!(mounted, wanted);
    // The port of `/metrics`, where it is asked for, is that of the configuration.
    let port = "9464";
    assert!(CONFIG.contains(&format!("\nlisten = \"127.0.0.1:{port}\"")));
    assert!(README.contains(&format!("`listen = \"0.0.0.0:{port}\"`")));
    assert!(README.contains(&format!("`-p 127.0.0.1:{port}:{port}`")));
    let within = README.split("`docker exec verbatim ").nth(1).expect("it is in README");
    let within = within.split([' ', '`']).take_while(|word| *word != ">").map(str::to_owned);
    let within = parsed(&within.collect::<Vec<_>>());
    assert!(matches!(within.subcommand, Some(Subcommand::Store { .. })));
    assert_eq!(within.places.data, image_serves().places.data);
}

#[test]
fn systemd_commands_in_readme_fit_the_unit() {
    let cli = parsed(
        &only_after(UNIT, "ExecStart=").split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
    );
    let program = only_after(UNIT, "ExecStart=");
    let program = program.split(' ').next().expect("a program");
    let installs = commands("install ");
    let installed = |path: &str| installs.iter().any(|line| line.ends_with(&format!(" {path}")));
    assert!(installed(program), "{program}");
    assert!(installed(&cli.places.config.expect("it is told").display().to_string()));
    assert!(installed("/etc/systemd/system/verbatim.service"));
    let token = only_after(UNIT, "EnvironmentFile=");
    assert!(README.contains(&format!("`{token}`")), "{token}");
    let corpus = cli.places.corpus.expect("it is told").display().to_string();
    assert!(README.contains(&format!("`{corpus}`")), "{corpus}");
}

#[test]
fn proxies_in_readme_pass_on_what_the_webhook_listens_to() {
    let lines: Vec<_> = README.lines().map(str::trim).collect();
    let value = |key: &str| {
        let line = lines.iter().find_map(|line| line.strip_prefix(key)).expect("it is shown");
        line.split('"').nth(1).expect("a text").to_owned()
    };
    let (url, listen) = (value("url = "), value("listen = "));
    assert!(CONFIG.contains(&format!("\nlisten = \"{listen}\"")), "{listen}");
    let path = url.split_once("example.org").expect("an example").1;
    for line in [
        format!("reverse_proxy {path} {listen}"),
        format!("location = {path} {{ proxy_pass http://{listen}; }}"),
    ] {
        assert!(lines.contains(&line.as_str()), "{line}");
    }
}

#[test]
fn changelog_begins_with_the_version_of_this_program() {
    let versions: Vec<_> = CHANGELOG
        .lines()
        .filter_map(|line| line.strip_prefix("## [")?.split_once("] - "))
        .collect();
    let (newest, date) = versions[0];
    assert_eq!(newest, env!("CARGO_PKG_VERSION"));
    assert_eq!(versions[versions.len() - 1].0, "0.1.0");
    assert!(date.parse::<jiff::civil::Date>().is_ok(), "{date}");
    assert!(CHANGELOG.contains("`v0.1.0`"), "the tag is named");
}

#[test]
fn the_image_serves_as_nobody_and_can_be_asked_whether_it_is_well() {
    let volumes = list(&only_after(DOCKERFILE, "VOLUME "));
    let cli = image_serves();
    let config = cli.places.config.clone().expect("it is told");
    // Readable for the user of the image, however it is checked out.
    let copied = format!("--chmod=644 config/verbatim.toml {}", config.display());
    assert!(all_after(DOCKERFILE, "COPY ").contains(&copied), "{copied}");
    assert!(matches!(cli.subcommand, Some(Subcommand::Serve)));
    for place in [&cli.places.corpus, &cli.places.data] {
        let place = place.as_ref().expect("it is told").display().to_string();
        assert!(volumes.contains(&place), "{place}");
    }
    let health = only_after(DOCKERFILE, "HEALTHCHECK ");
    let (_, asks) = health.split_once("CMD ").expect("it runs something");
    let asks = parsed(&list(asks));
    assert!(matches!(asks.subcommand, Some(Subcommand::Health)));
    // It finds the bot by its data directory.
    assert_eq!((asks.places.data, asks.places.config), (cli.places.data, cli.places.config));
    let user = only_after(DOCKERFILE, "USER ");
    let ids = user.split(':').map(|id| id.parse::<u32>().expect("a number"));
    assert!(ids.into_iter().all(|id| id > 0));
    assert!(all_after(DOCKERFILE, "FROM ").iter().all(|image| image.contains(':')));
    for copied in
        all_after(DOCKERFILE, "COPY ").iter().filter(|copied| !copied.starts_with("--from"))
    {
        let (sources, _) = copied.rsplit_once(' ').expect("from and to");
        for source in sources.split(' ').filter(|source| !source.starts_with("--")) {
            let source = source.trim_start_matches("./").split('/').next().unwrap_or_default();
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

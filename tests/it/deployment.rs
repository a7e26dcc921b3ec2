//! The documentation and the files for deployment agree with the program.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use clap::error::ErrorKind;
use verbatim::cli::{Cli, Subcommand};

const CHANGELOG: &str = include_str!("../../CHANGELOG.md");
const CONFIG: &str = include_str!("../../config/verbatim.toml");
const DOCKERFILE: &str = include_str!("../../Dockerfile");
const ENGLISH: &str = include_str!("../../src/render/messages/en.ftl");
const FUZZ_MANIFEST: &str = include_str!("../../fuzz/Cargo.toml");
const IGNORED: &str = include_str!("../../.dockerignore");
const MANIFEST: &str = include_str!("../../Cargo.toml");
const OPERATIONS: &str = include_str!("../../docs/operations.md");
const README: &str = include_str!("../../README.md");
const TELEGRAM: &str = include_str!("../../docs/telegram.md");
const UNIT: &str = include_str!("../../config/verbatim.service");

/// Maximum length of the README, in lines.
const MAX_README_LINES: usize = 150;
/// Maximum width of a line of prose, in chars.
const MAX_WIDTH: usize = 120;

/// Returns the rest of each line that begins with `word`. A backslash continues a line.
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

/// Parses a list of the Dockerfile, which is JSON.
fn list(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Returns the lines of code blocks in a text, without their indent. A backslash continues a line.
fn code_lines(text: &str) -> Vec<String> {
    let text = text.replace("\\\n", " ");
    let lines = text.lines().filter_map(|line| line.strip_prefix("    "));
    lines.map(|line| line.trim().to_owned()).collect()
}

/// Returns the texts between backticks, outside of code blocks.
fn code_spans(text: &str) -> Vec<String> {
    let prose = text.lines().filter(|line| !line.starts_with("    "));
    let spans = prose.flat_map(|line| line.split('`').skip(1).step_by(2));
    spans.map(str::to_owned).collect()
}

/// Returns the command lines of the operations guide that begin with `program`.
fn commands(program: &str) -> Vec<String> {
    code_lines(OPERATIONS).into_iter().filter(|line| line.starts_with(program)).collect()
}

/// Splits a command line at white space outside of double quotation marks.
fn shell_words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate().flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().collect::<Vec<_>>(),
        _ => vec![part],
    });
    parts.map(str::to_owned).collect()
}

/// Returns the path and text of the README, the changelog and every file in `docs`.
fn documents() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let in_docs = fs::read_dir(root.join("docs")).expect("the directory exists");
    let in_docs = in_docs.map(|entry| entry.expect("the directory can be read").path());
    let in_docs = in_docs.filter(|path| path.extension().is_some_and(|kind| kind == "md"));
    let all = ["README.md", "CHANGELOG.md"].map(|name| root.join(name)).into_iter().chain(in_docs);
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("documentation is UTF-8");
        (path, text)
    };
    all.map(read).collect()
}

/// Returns the anchors that GitHub gives to the headings of a text.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter_map(|line| {
        let title = line.trim_start_matches('#');
        (title.len() < line.len()).then(|| title.trim().to_lowercase())
    });
    headings
        .map(|title| {
            let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

/// Returns the targets of the links and pictures in a text.
fn links(text: &str) -> Vec<&str> {
    let after = |mark: &'static str, end: char| {
        text.split(mark).skip(1).filter_map(move |rest| rest.split(end).next())
    };
    after("](", ')').chain(after("src=\"", '"')).collect()
}

/// Checks that the program parses a command; the documentation may leave out required arguments.
fn assert_parses(arguments: &[String], source: &str) {
    let help = [ErrorKind::DisplayHelp, ErrorKind::DisplayVersion];
    let shortened =
        [ErrorKind::MissingRequiredArgument, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand];
    match Cli::try_parse_from(arguments) {
        Ok(_) => {}
        Err(error) if help.contains(&error.kind()) || shortened.contains(&error.kind()) => {}
        Err(error) => panic!("{source}: {error}"),
    }
}

/// Returns the text of all Rust files below a directory of the project.
fn rust_text(dir: &str) -> String {
    fn collect(dir: &Path, text: &mut String) {
        for entry in fs::read_dir(dir).expect("the directory can be read").flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, text);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                text.push_str(&fs::read_to_string(&path).expect("a source is UTF-8"));
            }
        }
    }
    let mut text = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(dir), &mut text);
    text
}

/// Returns the text of the sources, with each string literal on one line and each placeholder of a
/// format string as `{}`.
fn messages() -> String {
    let text = rust_text("src");
    let mut parts = text.split("\\\n");
    let first = parts.next().unwrap_or_default().to_owned();
    let text = parts.fold(first, |text, part| text + part.trim_start());
    let mut parts = text.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let is_name = |c: char| c.is_alphanumeric() || "_:?.#".contains(c);
        text + "{" + part.trim_start_matches(is_name)
    })
}

/// Returns whether the sources have a message; a placeholder may give some of its words.
fn has_message(sources: &str, message: &str) -> bool {
    let words: Vec<_> = message.split(' ').collect();
    let with_placeholder = |from: usize, to: usize| {
        let (before, after) = (&words[..from], &words[to..]);
        [before, &["{}"], after].concat().join(" ")
    };
    let mut ranges =
        (1..words.len()).flat_map(|from| (from + 1..words.len()).map(move |to| (from, to)));
    sources.contains(message)
        || ranges.any(|(from, to)| sources.contains(&with_placeholder(from, to)))
}

/// Returns the command line of the image.
fn image_serves() -> Cli {
    let mut serve = list(&only_after(DOCKERFILE, "ENTRYPOINT "));
    serve.extend(list(&only_after(DOCKERFILE, "CMD ")));
    parsed(&serve)
}

#[test]
fn documentation_has_commands_that_the_program_parses() {
    let mut checked = 0;
    for (path, text) in documents() {
        let source = |line: &str| format!("{}: {line}", path.display());
        for line in code_lines(&text).into_iter().chain(code_spans(&text)) {
            let words = shell_words(line.split(" > ").next().unwrap_or_default());
            let assigned = words.iter().take_while(|word| word.contains('=')).count();
            let words = &words[assigned..];
            let named: Vec<_> = words.iter().map(String::as_str).collect();
            match named[..] {
                ["verbatim", _, ..] => assert_parses(words, &source(&line)),
                ["docker", "exec", _, "verbatim", ..] => assert_parses(&words[3..], &source(&line)),
                ["cargo", "run", "--release", "--", ..] => {
                    assert_parses(&words[3..], &source(&line));
                }
                ["cargo", "bench", "--bench", name, ..] => {
                    assert!(MANIFEST.contains(&format!("name = \"{name}\"")), "{}", source(&line));
                }
                ["cargo", "+nightly", "fuzz", "run", name, _, seeds, ..] => {
                    let target = format!("name = \"{name}\"");
                    assert!(FUZZ_MANIFEST.contains(&target), "{}", source(&line));
                    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join(seeds);
                    assert!(seeds.is_dir(), "{}", source(&line));
                }
                ["cargo", "test", ..] => {
                    let test = named.iter().skip_while(|word| **word != "--test").nth(1);
                    assert!(test.is_none_or(|test| *test == "it"), "{}", source(&line));
                }
                _ => continue,
            }
            checked += 1;
        }
    }
    assert!(checked > 40, "only {checked} commands were found");
}

#[test]
fn documentation_has_links_that_lead_somewhere() {
    for (path, text) in documents() {
        let folder = path.parent().expect("a file has a directory");
        for link in links(&text).into_iter().filter(|link| !link.starts_with("https://")) {
            let (file, anchor) = link.split_once('#').map_or((link, None), |(f, a)| (f, Some(a)));
            let target = if file.is_empty() { path.clone() } else { folder.join(file) };
            assert!(target.exists(), "{}: {link}", path.display());
            if let Some(anchor) = anchor {
                let text = fs::read_to_string(&target).expect("a heading is in a text");
                assert!(anchors(&text).contains(anchor), "{}: {link}", path.display());
            }
        }
    }
}

#[test]
fn documentation_names_configuration_keys_that_exist() {
    let config: toml::Table = CONFIG.parse().expect("the configuration is TOML");
    // A key without a default is commented out.
    let optional = |key: &str| CONFIG.lines().any(|line| line.starts_with(&format!("# {key} = ")));
    for (path, text) in documents() {
        for span in code_spans(&text) {
            let Some((section, key)) = span.strip_prefix('[').and_then(|rest| rest.split_once(']'))
            else {
                continue;
            };
            let key = key.split('=').next().unwrap_or_default().trim();
            let inner = |table: &'_ toml::Table, name: &str| table.get(name)?.as_table().cloned();
            // The sections of a list, such as `[[feeds]]`, are comments in the file of defaults.
            if let Some(list) = section.strip_prefix('[') {
                assert!(CONFIG.contains(&format!("# [[{list}]]")), "{}: {span}", path.display());
                continue;
            }
            let known =
                section.split('.').try_fold(config.clone(), |table, name| inner(&table, name));
            let known = known.unwrap_or_else(|| panic!("{}: [{section}]", path.display()));
            assert!(
                key.is_empty() || known.contains_key(key) || optional(key),
                "{}: {span}",
                path.display()
            );
        }
    }
}

#[test]
fn documentation_names_test_variables_that_exist() {
    let code = rust_text("tests") + &rust_text("benches");
    for (path, text) in documents() {
        for rest in text.split("VERBATIM_").skip(1) {
            let name = rest.split(|c: char| !c.is_ascii_uppercase() && c != '_').next();
            let name = format!("\"VERBATIM_{}\"", name.unwrap_or_default());
            assert!(code.contains(&name), "{}: {name}", path.display());
        }
    }
}

#[test]
fn documentation_is_narrow_and_the_readme_is_short() {
    assert!(README.lines().count() <= MAX_README_LINES);
    for (path, text) in documents() {
        let wide = text.lines().find(|line| {
            line.chars().count() > MAX_WIDTH && !line.starts_with('|') && !line.starts_with("    ")
        });
        assert_eq!(wide, None, "{}", path.display());
    }
}

#[test]
fn documentation_names_files_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src/", "tests/", "benches/", "docs/", "config/", "fuzz/", ".ci/"];
    for (path, text) in documents() {
        let spans = code_spans(&text).into_iter();
        for file in spans.filter(|span| folders.iter().any(|folder| span.starts_with(folder))) {
            assert!(root.join(&file).exists(), "{}: {file}", path.display());
        }
    }
}

#[test]
fn documentation_names_buttons_that_exist() {
    let (_, section) = TELEGRAM.split_once("buttons\n\n| button |").expect("the table exists");
    let (table, _) = section.split_once("\n\n").expect("a text follows the table");
    let cells = table.lines().skip(2).filter_map(|row| row.split('|').nth(1));
    let names: Vec<_> = cells.flat_map(|cell| cell.split(',').map(str::trim)).collect();
    assert!(names.len() > 5, "{names:?}");
    for name in names {
        let has_name = |line: &str| line.starts_with("button-") && line.contains(name);
        assert!(ENGLISH.lines().any(has_name), "{name}");
    }
}

#[test]
fn troubleshooting_quotes_messages_that_the_program_has() {
    let sources = messages();
    let (_, table) = README.split_once("## Troubleshooting").expect("the heading exists");
    let (table, _) = table.split_once("\n## ").expect("another heading follows");
    let messages = table.lines().filter_map(|row| row.strip_prefix("| `")?.split('`').next());
    let messages: Vec<_> = messages.filter(|message| !message.starts_with('@')).collect();
    assert!(messages.len() > 10, "{messages:?}");
    for message in messages {
        assert!(has_message(&sources, message), "{message}");
    }
}

#[test]
fn docker_run_in_documentation_fits_the_image() {
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
    let places = image_serves().paths;
    let mut wanted =
        [places.config, places.corpus, places.data].map(|place| place.expect("it is given"));
    let mut mounted: Vec<_> = after("-v")
        .iter()
        .map(|mount| PathBuf::from(mount.split(':').nth(1).expect("a place in the container")))
        .collect();
    wanted.sort();
    mounted.sort();
    assert_eq!(mounted, wanted);
    // The published port is the port of the monitor in the configuration.
    let port = "9464";
    assert!(CONFIG.contains(&format!("\nlisten = \"127.0.0.1:{port}\"")));
    assert!(OPERATIONS.contains(&format!("`listen = \"0.0.0.0:{port}\"`")));
    assert!(OPERATIONS.contains(&format!("`-p 127.0.0.1:{port}:{port}`")));
    let within = commands("docker exec verbatim ");
    let within = within[0].split(' ').skip(3).take_while(|word| *word != ">").map(str::to_owned);
    let within = parsed(&within.collect::<Vec<_>>());
    assert!(matches!(within.subcommand, Some(Subcommand::Store { .. })));
    assert_eq!(within.paths.data, image_serves().paths.data);
}

#[test]
fn systemd_commands_in_documentation_fit_the_unit() {
    let cli = parsed(
        &only_after(UNIT, "ExecStart=").split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
    );
    let program = only_after(UNIT, "ExecStart=");
    let program = program.split(' ').next().expect("a program");
    let installs = commands("install ");
    let installed = |path: &str| installs.iter().any(|line| line.ends_with(&format!(" {path}")));
    assert!(installed(program), "{program}");
    assert!(installed(&cli.paths.config.expect("it is given").display().to_string()));
    assert!(installed("/etc/systemd/system/verbatim.service"));
    let token = only_after(UNIT, "EnvironmentFile=");
    assert!(OPERATIONS.contains(&format!("`{token}`")), "{token}");
    let corpus = cli.paths.corpus.expect("it is given").display().to_string();
    assert!(OPERATIONS.contains(&format!("`{corpus}`")), "{corpus}");
}

#[test]
fn proxies_in_documentation_forward_to_the_address_of_the_webhook() {
    let lines: Vec<_> = OPERATIONS.lines().map(str::trim).collect();
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
fn image_serves_without_privileges_and_has_a_health_check() {
    let volumes = list(&only_after(DOCKERFILE, "VOLUME "));
    let cli = image_serves();
    let config = cli.paths.config.clone().expect("it is given");
    // The user of the image must be able to read the file, whatever its mode in the checkout is.
    let copied = format!("--chmod=644 config/verbatim.toml {}", config.display());
    assert!(all_after(DOCKERFILE, "COPY ").contains(&copied), "{copied}");
    assert!(matches!(cli.subcommand, Some(Subcommand::Serve)));
    for place in [&cli.paths.corpus, &cli.paths.data] {
        let place = place.as_ref().expect("it is given").display().to_string();
        assert!(volumes.contains(&place), "{place}");
    }
    let health = only_after(DOCKERFILE, "HEALTHCHECK ");
    let (_, asks) = health.split_once("CMD ").expect("it runs something");
    let asks = parsed(&list(asks));
    assert!(matches!(asks.subcommand, Some(Subcommand::Health)));
    // The health check finds the bot by its data directory.
    assert_eq!((asks.paths.data, asks.paths.config), (cli.paths.data, cli.paths.config));
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
    // Cargo rejects a manifest whose targets are missing.
    if MANIFEST.contains("[[bench]]") {
        assert!(all_after(DOCKERFILE, "COPY ").contains(&"benches ./benches".to_owned()));
    }
}

#[test]
fn unit_runs_the_bot_where_it_may_write() {
    let words =
        |key: &str| only_after(UNIT, key).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let cli = parsed(&words("ExecStart="));
    assert!(matches!(cli.subcommand, Some(Subcommand::Serve)));
    let state: Vec<_> =
        words("StateDirectory=").iter().map(|dir| PathBuf::from("/var/lib").join(dir)).collect();
    for place in
        [cli.paths.corpus, cli.paths.data, Some(only_after(UNIT, "WorkingDirectory=").into())]
    {
        assert!(state.contains(&place.clone().expect("it is given")), "{place:?}");
    }
    assert!(cli.paths.config.is_some_and(|config| config.is_absolute()));
    // The exit code for errors that a restart does not fix.
    assert_eq!(only_after(UNIT, "RestartPreventExitStatus="), "2");
    // A conflict over the updates may last for hours and must not use up the allowed starts.
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

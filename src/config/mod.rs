//! `config/verbatim.toml`, `.env` and the environment, checked.
//!
//! Unknown keys are refused. All problems are reported at once, each with its line, and no problem
//! shows the bot's token. The only module that reads the environment.

mod env_file;
mod file;
mod log_filter;
mod telegram;
mod text_file;
mod token;
mod web;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use file::ConfigFile;
pub use telegram::{Access, Briefings, Limits, Telegram};
use text_file::Unreadable;
pub use token::BotToken;
pub use web::{Webhook, WebhookSecret};

use crate::cli::PathArgs;
use crate::corpus::CorpusDir;
use crate::corpus::article::Alias;

/// All that an operator can set, with the defaults filled in.
#[derive(Debug, Clone)]
pub struct Config {
    pub corpus: CorpusDir,
    /// For how long a file must not have changed before a running bot takes it over.
    pub debounce: Duration,
    /// Absolute.
    pub data: PathBuf,
    /// The directory of the sentence model, which need not be there. Absolute.
    pub model: PathBuf,
    /// The model hub, from `HF_ENDPOINT`.
    pub hub_url: Option<String>,
    pub token: Option<BotToken>,
    /// The Bot API server, from `TELOXIDE_API_URL`.
    pub api_url: Option<String>,
    pub telegram: Telegram,
    /// Without it, Telegram is asked for updates.
    pub webhook: Option<Webhook>,
    /// Where the bot can be watched.
    pub monitor: Option<SocketAddr>,
    /// Names for one thing, for all articles.
    pub aliases: Vec<Alias>,
    /// A filter of `tracing`, such as `info` or `verbatim=debug`.
    pub log: String,
    pub log_format: LogFormat,
}

/// How lines of the log look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    #[default]
    Text,
    /// An object a line.
    Json,
}

/// All that is wrong with the configuration.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigProblems(Vec<String>);

/// Whether the reader asked for no colours (no-color.org).
pub fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Returns `text` with the paths below the working directory as they are seen from there.
pub fn seen_from_here(text: &str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    seen_from(&here, text)
}

fn seen_from(here: &Path, text: &str) -> String {
    let Some(here) = here.to_str().filter(|here| here.len() > 1) else { return text.to_owned() };
    let prefix = format!("{here}/");
    let is_within = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(&prefix) {
        shown.push_str(&rest[..at]);
        if shown.ends_with(is_within) {
            shown.push_str(&prefix);
        }
        rest = &rest[at + prefix.len()..];
    }
    shown + rest
}

const FILE: &str = "config/verbatim.toml";
const DEBOUNCE: Duration = Duration::from_secs(2);

impl Config {
    /// Reads the configuration of this process: its files, its environment, and the places given
    /// on the command line, which win.
    pub fn load(places: &PathArgs) -> Result<Config, ConfigProblems> {
        let path = places.config.clone().unwrap_or_else(|| PathBuf::from(FILE));
        let text = match text_file::read(&path) {
            Ok(text) => text,
            Err(Unreadable::Missing) if places.config.is_none() => String::new(),
            Err(error) => {
                let hint = match error {
                    Unreadable::NotText { .. } => "save the file as UTF-8",
                    _ => "give a file that can be read with `--config FILE`",
                };
                let problem = format!("{}: {error}\nhint: {hint}", path.display());
                return Err(ConfigProblems(vec![problem]));
            }
        };
        let mut problems = Vec::new();
        let dotenv = env_file::read(&mut problems);
        let variable = |name: &str| {
            let set = std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
            set.or_else(|| {
                dotenv.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
            })
        };
        Config::resolve(&path, &text, places, variable, problems)
    }

    fn resolve(
        path: &Path,
        text: &str,
        places: &PathArgs,
        variable: impl Fn(&str) -> Option<String>,
        other_problems: Vec<String>,
    ) -> Result<Config, ConfigProblems> {
        let (root, errors) = file::parse(text);
        let mut file = ConfigFile::new(path.display(), text, &root, &errors);
        let mut corpus = file.section("corpus");
        let corpus_dir = corpus.directory("dir");
        let settle = corpus.duration("settle", DEBOUNCE);
        let follow_links = follow_links(&mut corpus);
        let data_dir = file.section("data").directory("dir");
        let model_dir = file.section("model").directory("dir");
        let telegram = Telegram {
            limits: Limits::read(file.section("telegram.limits")),
            access: Access::read(file.section("access")),
            briefings: Briefings::read(file.section("briefings")),
            record_questions: file.section("privacy").flag("record_questions").unwrap_or_default(),
            ..Telegram::read(file.section("telegram"))
        };
        let webhook = Webhook::read(file.section("webhook"));
        let monitor = web::monitor(file.section("monitor"));
        let aliases = aliases(file.section(file::ALIASES));
        let mut log = file.section("log");
        let log_level = log.text("level").and_then(|typed| {
            let parsed = log_filter::parse(typed);
            let refused = |cause| {
                let cause = format!("{cause}, got \"{}\"", file::shown(typed));
                log.problem("level", &cause, log_filter::EXPECTED);
            };
            parsed.map_err(refused).ok()
        });
        let log_format =
            log.one_of("format", &[("text", LogFormat::Text), ("json", LogFormat::Json)]);
        let mut problems = file.finish();
        problems.extend(other_problems);

        let variable = |name: &str| {
            let value = variable(name)?;
            Some(unquoted(&value).to_owned()).filter(|value| !value.is_empty())
        };
        let token = variable("TELOXIDE_TOKEN").and_then(|text| {
            let token = BotToken::parse(&text);
            if token.is_none() {
                problems.push("TELOXIDE_TOKEN: this does not look like a bot token\nhint: copy it again from @BotFather: digits, a colon, and letters".into());
            }
            token
        });
        let log_variable = variable("RUST_LOG").and_then(|typed| {
            let refused = |cause| {
                let typed =
                    if token::may_be_in(&typed) { "…".into() } else { file::shown(&typed) };
                let expected = log_filter::EXPECTED;
                problems.push(format!("RUST_LOG: {cause}, got \"{typed}\"\nhint: {expected}"));
            };
            log_filter::parse(&typed).map_err(refused).ok()
        });
        let mut address = |name: &str, hint: &str| {
            let url = variable(name);
            let is_web = |url: &String| url.starts_with("http://") || url.starts_with("https://");
            if url.as_ref().is_some_and(|url| !is_web(url)) {
                problems.push(format!(
                    "{name}: expected a web address\nhint: give the whole address of {hint}"
                ));
            }
            url
        };
        let api_url =
            address("TELOXIDE_API_URL", "a Bot API server, such as `http://localhost:8081`");
        let hub_url = address("HF_ENDPOINT", "a model hub, such as `https://huggingface.co`");
        let mut place = |key: &str, given: Option<PathBuf>, default: &str| {
            let dir = given.unwrap_or_else(|| PathBuf::from(default));
            absolute(&dir).unwrap_or_else(|error| {
                problems.push(format!(
                    "{key}: `{}` is not a directory: {error}\n\
                     hint: give the path of a directory, such as `{default}`",
                    dir.display()
                ));
                PathBuf::new()
            })
        };
        let corpus = place("--corpus", places.corpus.clone().or(corpus_dir), "corpus");
        let data = place("--data", places.data.clone().or(data_dir), "data");
        let model = match model_dir {
            Some(dir) => place("model.dir", Some(dir), "data/model"),
            None => data.join("model"),
        };
        if !problems.is_empty() {
            return Err(ConfigProblems(problems));
        }
        Ok(Config {
            corpus: CorpusDir::new(&corpus, &shown(&corpus), follow_links),
            debounce: settle,
            model,
            data,
            hub_url,
            token,
            api_url,
            telegram,
            webhook,
            monitor,
            aliases,
            log: log_variable.or(log_level).unwrap_or_else(|| "info".to_owned()),
            log_format,
        })
    }
}

/// Makes a path absolute, as it is seen from the working directory. Links and `..` in it stay.
fn absolute(path: &Path) -> std::io::Result<PathBuf> {
    Ok(std::path::absolute(path)?.components().collect())
}

/// Returns the path as an operator is shown it: from the working directory where it lies below
/// that.
fn shown(path: &Path) -> PathBuf {
    let working_dir = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(working_dir).unwrap_or(path).to_owned()
}

/// Reads the directories to which links of the corpus may lead. Some would open the whole machine
/// to readers, the environment of this process with the token included.
fn follow_links(section: &mut file::Section<'_, '_>) -> Vec<PathBuf> {
    const KEY: &str = "follow_links";
    const KERNEL: [&str; 3] = ["/proc", "/sys", "/dev"];
    let mut roots = Vec::new();
    for typed in section.texts(KEY).unwrap_or_default() {
        let root = absolute(Path::new(&typed)).map(|path| path.canonicalize().unwrap_or(path));
        let may_be_read = |root: &PathBuf| {
            root.parent().is_some() && !KERNEL.iter().any(|dir| root.starts_with(dir))
        };
        match root.ok().filter(may_be_read) {
            Some(root) => roots.push(root),
            None => {
                let cause = format!("`{}` cannot be a directory of articles", file::shown(&typed));
                let hint = "give the directories that links of the corpus may lead to, such as `/srv/articles`";
                section.problem(KEY, &cause, hint);
            }
        }
    }
    roots
}

/// Reads `[aliases]`, whose keys are names, each with other names for the same thing.
fn aliases(mut section: file::Section<'_, '_>) -> Vec<Alias> {
    let lists = section.lists();
    let is_empty = |name: &str| name.trim().is_empty();
    for (term, others) in &lists {
        if is_empty(term) || others.is_empty() || others.iter().any(|other| is_empty(other)) {
            let hint =
                "give at least one other name, such as `WHO = [\"World Health Organization\"]`";
            section.problem(term, "a name is empty", hint);
        }
    }
    lists.into_iter().map(|(term, others)| Alias { term, others }).collect()
}

/// Returns a value without the pair of quotation marks around it: unlike a shell, `docker run
/// --env-file` leaves them in.
fn unquoted(value: &str) -> &str {
    let value = value.trim();
    let within = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    within('"').or_else(|| within('\'')).unwrap_or(value).trim()
}

impl fmt::Display for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for ConfigProblems {}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        Config::resolve(Path::new("v.toml"), text, &PathArgs::default(), variable, Vec::new())
            .map_err(|problems| problems.to_string())
    }

    #[test]
    fn the_file_in_the_project_says_what_the_defaults_are() {
        let file = resolve(include_str!("../../config/verbatim.toml"), &[]).unwrap();
        let empty = resolve("", &[]).unwrap();
        assert_eq!(format!("{file:?}"), format!("{empty:?}"));
        for key in [
            "[corpus]",
            "[data]",
            "[model]",
            "dir =",
            "settle =",
            "follow_links =",
            "max_age =",
            "schedules_per_chat =",
            "watches_per_chat =",
            "max_question_age =",
            "max_concurrent_questions =",
            "overall_per_second =",
            "chat_per_second =",
            "chat_burst =",
            "group_per_minute =",
            "name =",
            "allowed_chats =",
            "allowed_users =",
            "admins =",
            "user_per_minute =",
            "chat_per_minute =",
            "record_questions =",
            "[webhook]",
            "url =",
            "listen =",
            "secret =",
            "[monitor]",
            "level =",
            "format =",
            "[aliases]",
        ] {
            assert!(include_str!("../../config/verbatim.toml").contains(key), "{key}");
        }
    }

    #[test]
    fn all_problems_are_told_at_once_and_never_the_token() {
        let told = resolve(
            "[corpus]\nsettle = \"2\"\n[telegram]\nmax_question_age = \"soon\"\nlanes = 0\n[briefings]\nschedules_per_chat = -1\n[webhook]\nurl = \"http://example.org\"\nlisten = \"8080\"\nsecret = \"two words\"\n[monitor]\nlisten = \"localhost\"\n[aliases]\nWHO = [\"\"]\n",
            &[
                ("TELOXIDE_TOKEN", "not a secret"),
                ("TELOXIDE_API_URL", "localhost"),
                ("HF_ENDPOINT", "ftp"),
            ],
        );
        insta::assert_snapshot!(told.unwrap_err(), @r#"
        v.toml:2: corpus.settle: expected a duration, got `2`
        hint: give a number with its unit, such as `24h`, `30m` or `90s`
        v.toml:4: telegram.max_question_age: expected a duration, got `soon`
        hint: give a number with its unit, such as `24h`, `30m` or `90s`
        v.toml:5: telegram.lanes: 0 is out of range
        hint: give a number from 1 to 10000
        v.toml:7: briefings.schedules_per_chat: -1 is out of range
        hint: give a number from 0 to 10
        v.toml:9: webhook.url: Telegram cannot call this address
        hint: give one such as `https://bot.example.org/telegram`, where HTTPS is in front of the bot
        v.toml:10: webhook.listen: expected an address to listen on, got `8080`
        hint: give an IP address of this machine with a port, such as `127.0.0.1:8080`
        v.toml:11: webhook.secret: Telegram does not take this secret
        hint: give 1 to 256 letters of A to Z, digits, `-` and `_`, or leave it empty
        v.toml:13: monitor.listen: expected an address to listen on, got `localhost`
        hint: give an IP address of this machine with a port, such as `127.0.0.1:9464`
        v.toml:15: aliases.WHO: a name is empty
        hint: give at least one other name, such as `WHO = ["World Health Organization"]`
        TELOXIDE_TOKEN: this does not look like a bot token
        hint: copy it again from @BotFather: digits, a colon, and letters
        TELOXIDE_API_URL: expected a web address
        hint: give the whole address of a Bot API server, such as `http://localhost:8081`
        HF_ENDPOINT: expected a web address
        hint: give the whole address of a model hub, such as `https://huggingface.co`
        "#);
    }

    #[test]
    fn the_model_lies_with_the_data_unless_it_has_its_own_place() {
        let model = |text| resolve(text, &[]).unwrap().model;
        let here = std::env::current_dir().unwrap();
        assert_eq!(model("[data]\ndir = \"state\""), here.join("state/model"));
        assert_eq!(model("[model]\ndir = \"minilm\""), here.join("minilm"));
    }

    #[test]
    fn directories_are_absolute_and_shown_from_the_working_directory() {
        let here = std::env::current_dir().unwrap();
        let check = |dir: &str, path: &Path, shown: &str, file: &str| {
            let corpus = resolve(&format!("[corpus]\ndir = \"{dir}\""), &[]).unwrap().corpus;
            assert_eq!((corpus.path(), corpus.display_path().as_str()), (path, shown), "{dir}");
            assert_eq!(corpus.display_file(&path.join("a.md")), file, "{dir}");
        };
        for dir in ["corpus", "./corpus", "corpus/", ".//corpus/."] {
            check(dir, &here.join("corpus"), "corpus", "corpus/a.md");
        }
        check(".", &here, ".", "./a.md");
        check("../x/corpus", &here.join("../x/corpus"), "../x/corpus", "../x/corpus/a.md");
        check("/srv/articles/", Path::new("/srv/articles"), "/srv/articles", "/srv/articles/a.md");
        let whole = here.join("corpus");
        check(&whole.display().to_string(), &whole, "corpus", "corpus/a.md");
        for key in ["corpus", "data", "model"] {
            let problem = resolve(&format!("[{key}]\ndir = \"\""), &[]).unwrap_err();
            assert!(
                problem.starts_with(&format!("v.toml:2: {key}.dir: expected a directory, got")),
                "{problem}"
            );
        }
    }

    #[test]
    fn directories_in_messages_are_seen_from_the_working_directory() {
        let check = |text: &str, expected: &str| {
            assert_eq!(seen_from(Path::new("/home/ada"), text), expected);
        };
        check("/home/ada/data: it is full", "data: it is full");
        check("in `/home/ada/data/model`, from (/home/ada/m)", "in `data/model`, from (m)");
        check(
            "/srv/home/ada/data, /home/adam, /home/ada",
            "/srv/home/ada/data, /home/adam, /home/ada",
        );
        assert_eq!(seen_from(Path::new("/"), "/data"), "/data");
    }

    #[test]
    fn links_may_lead_to_directories_of_articles_and_not_everywhere() {
        let links = |dirs: &str| resolve(&format!("[corpus]\nfollow_links = {dirs}"), &[]);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().canonicalize().unwrap();
        let config = links(&format!("[{:?}]", dir.path())).unwrap();
        assert_eq!(config.corpus.follow_links(), [path]);
        for dirs in
            ["['/']", "['']", "['/proc']", "['/proc/self']", "['/sys']", "['/dev/fd']", "['/..']"]
        {
            let problem = links(dirs).unwrap_err();
            assert!(problem.contains("cannot be a directory of articles"), "{dirs}: {problem}");
        }
    }

    fn check(text: &str, expected: &[&str]) {
        let told = resolve(text, &[]).expect_err(text);
        for part in expected {
            assert!(told.contains(part), "{text}\n→ {told}\nwithout {part}");
        }
    }

    #[test]
    fn config_suggests_the_nearest_key_and_section() {
        check(
            "[corpus]\nsetle = \"2s\"\n",
            &["v.toml:2: unknown key `setle` in `[corpus]`\nhint: did you mean `settle`?"],
        );
        check("[telegram]\nLanes = 2", &["did you mean `lanes`?"]);
        check("[access]\nadmin = [1]", &["did you mean `admins`?"]);
        check("[access]\nalowed_user = [1]", &["did you mean `allowed_users`?"]);
        check("[telegram.limits]\nper_second = 1", &["did you mean `chat_per_second`?"]);
        check(
            "[telegramm]\nlanes = 2",
            &["unknown section `[telegramm]`", "did you mean `[telegram]`?"],
        );
        check("[telegram.limit]\nchat_burst = 2", &["did you mean `[telegram.limits]`?"]);
        check("[limits]\nchat_burst = 2", &["did you mean `[telegram.limits]`?"]);
        check("[monitoring]\nlisten = \"\"", &["did you mean `[monitor]`?"]);
        check(
            "lanes = 2",
            &[
                "unknown key `lanes` before the first section",
                "did you mean `lanes` in `[telegram]`?",
            ],
        );
        check(
            "[telegram]\nuser_per_minute = 2",
            &["did you mean `user_per_minute` in `[access]`?"],
        );
        check(
            "[telegram]\napi_url = \"http://a\"",
            &["`.env` or the environment: TELOXIDE_API_URL=…"],
        );
        check("HF_ENDPOINT = \"http://a\"", &["the environment: HF_ENDPOINT=…"]);
        check("[log]\nrust_log = \"info\"", &["the environment: RUST_LOG=…"]);
        check(
            "[fruit]\npear = 2",
            &["unknown section `[fruit]`", "the sections are `[access]`, `[aliases]`"],
        );
        check(
            "[log]\npear = 2",
            &["unknown key `pear` in `[log]`", "config/verbatim.toml of the project"],
        );
        check(
            "[log]\nformat = \"jsno\"",
            &[
                "v.toml:2: log.format: expected \"text\" or \"json\", got \"jsno\"",
                "did you mean \"json\"?",
            ],
        );
    }

    #[test]
    fn config_says_types_in_words() {
        check(
            "[telegram]\nlanes = \"3\"",
            &["v.toml:2: telegram.lanes: expected a number, got text", "without quotation marks"],
        );
        check(
            "[telegram]\nlanes = 3.5",
            &["expected a number, got a number with a fraction", "a whole number from 1 to 10000"],
        );
        check("[telegram]\nlanes = true", &["expected a number, got true or false"]);
        check("[telegram]\nlanes = [3]", &["expected a number, got a list"]);
        check(
            "[telegram]\nlanes = 99999999999999999999",
            &["telegram.lanes: 99999999999999999999 is out of range"],
        );
        check(
            "[telegram.limits]\nchat_burst = -1",
            &["telegram.limits.chat_burst: -1 is out of range", "from 0 to 4294967295"],
        );
        check(
            "[access]\nuser_per_minute = 4294967296",
            &["access.user_per_minute: 4294967296 is out of range"],
        );
        check(
            "[access]\nadmins = 5",
            &["access.admins: expected a list of numbers, got a number", "`admins = [123456]`"],
        );
        check(
            "[access]\nadmins = [\n1,\n\"2\"]",
            &["v.toml:4: access.admins: expected a number in the list, got text"],
        );
        check("[access]\nadmins = [9223372036854775808]", &["9223372036854775808 is out of range"]);
        check("[corpus]\ndir = 1", &["corpus.dir: expected text, got a number"]);
        check("[corpus]\ndir = \" \"", &["corpus.dir: expected a directory, got an empty text"]);
        check("[corpus]\nsettle = 2", &["corpus.settle: expected text, got a number"]);
        check("[corpus]\nsettle = 07:32:00", &["expected text, got a date or time"]);
        check("[privacy]\nrecord_questions = \"yes\"", &["expected true or false, got text"]);
        check("[aliases]\nWHO = \"health\"", &["aliases.WHO: expected a list of texts, got text"]);
        check("[aliases]\nWHO = [1]", &["aliases.WHO: expected text in the list, got a number"]);
        check("telegram = 3", &["v.toml:1: telegram: expected a section, got a number"]);
        check("[[corpus]]\ndir = \"a\"", &["corpus: expected a section, got a list"]);
        for typed in ["\"a\"", "1", "-1", "1.5", "true", "[]", "[1]", "[\"a\"]", "{}", "1979-05-27"]
        {
            for key in [
                "corpus.dir",
                "corpus.settle",
                "telegram.lanes",
                "telegram.limits.chat_burst",
                "access.admins",
                "privacy.record_questions",
                "webhook.url",
                "monitor.listen",
                "aliases.a",
                "log.level",
                "log.format",
                "telegram",
                "log",
            ] {
                let Err(told) = resolve(&format!("{key} = {typed}"), &[]) else { continue };
                for term in [
                    "i64",
                    "u32",
                    "string",
                    "integer",
                    "boolean",
                    "array",
                    "sequence",
                    "map",
                    "struct",
                    "invalid type",
                ] {
                    assert!(!told.contains(term), "{key} = {typed}: {told}");
                }
                assert!(told.starts_with("v.toml:1: ") && told.contains("\nhint: "), "{told}");
            }
        }
    }

    #[test]
    fn config_reports_all_problems_of_a_file_in_the_order_of_their_lines() {
        let told = resolve(
            "[telegram]\nlanes = \"3\"\nlimit = 2\n[corpus]\nsettle = \"soon\"\n[log]\nlevel = \"loud\"\n[tokens]\na = 1\n",
            &[],
        );
        insta::assert_snapshot!(told.unwrap_err(), @r#"
        v.toml:2: telegram.lanes: expected a number, got text
        hint: write the number without quotation marks, such as `lanes = 10`
        v.toml:3: unknown key `limit` in `[telegram]`
        hint: did you mean the section `[telegram.limits]`?
        v.toml:5: corpus.settle: expected a duration, got `soon`
        hint: give a number with its unit, such as `24h`, `30m` or `90s`
        v.toml:7: log.level: this is not a level of the log, got "loud"
        hint: give one of off, error, warn, info, debug and trace, or a filter such as "warn,verbatim=debug"
        v.toml:8: tokens: the bot's token does not belong into this file
        hint: the token belongs into `.env`: TELOXIDE_TOKEN=…, and this entry should be removed
        "#);
        check(
            "[log]\nlevel = info",
            &["v.toml:2: expected text in quotation marks, got text without"],
        );
        check("[log]\nlevel = debug,x=info", &["v.toml:2: expected text in quotation marks"]);
        check("[telegram\nlanes = 3", &["v.toml:1: unclosed section, expected `]`"]);
        check("[telegram]\nname = \"a", &["v.toml:2: invalid text, expected `\"`"]);
        check(
            "[telegram]\nlanes = 1\nlanes = 2",
            &["v.toml:3: this key or section is in the file"],
        );
        // Text that is not TOML does not hide the rest.
        let told = resolve("[telegram]\nlanes = = 3\nname = 5\n[log]\nformat = 1\n", &[]);
        insta::assert_snapshot!(told.unwrap_err(), @r#"
        v.toml:2: extra `=`, expected nothing
        hint: write `[section]` and `key = value` lines in TOML; the keys and their defaults are in config/verbatim.toml of the project
        v.toml:3: telegram.name: expected text, got a number
        hint: put the value into quotation marks
        v.toml:5: log.format: expected text, got a number
        hint: put the value into quotation marks
        "#);
    }

    #[test]
    fn config_never_shows_a_token() {
        const TOKEN: &str = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
        for text in [
            "[telegram]\ntoken = \"TOKEN\"",
            "[telegram]\ntoken = TOKEN",
            "[telegram]\ntoken = \"\"",
            "[telegram]\nbot_token = 5",
            "[telegram]\nBotToken = \"TOKEN\"",
            "[telegram]\napi_key = \"TOKEN\"",
            "[telegram]\nsecret = \"TOKEN\"",
            "[telegram]\nname = \"TOKEN\"",
            "[telegram]\nlanes = \"TOKEN\"",
            "token = \"TOKEN\"",
            "TELOXIDE_TOKEN = \"TOKEN\"",
            "TELOXIDE_TOKEN=TOKEN",
            "[bot]\ntoken = \"TOKEN\"",
            "[bot]\na.b.key = \"TOKEN\"",
            "[token]\nvalue = \"TOKEN\"",
            "[webhook]\nlisten = \"TOKEN\"",
            "[corpus]\nsettle = \"TOKEN\"",
            "[log]\nlevel = \"TOKEN\"",
            "[aliases]\ntoken = \"TOKEN\"",
            "[aliases]\na = [\"TOKEN\"]",
            "[aliases]\n\"TOKEN\" = [\"a\"]",
            "[telegram]\n\"TOKEN\" = 1",
            "\"TOKEN\" = 1",
            "TOKEN",
        ] {
            let text = text
                .replace("TOKEN", TOKEN)
                .replace(&format!("TELOXIDE_{TOKEN}"), "TELOXIDE_TOKEN");
            let told = resolve(&text, &[]).expect_err(&text);
            assert!(!told.contains("AAHdq"), "{text}: {told}");
            assert!(told.contains("TELOXIDE_TOKEN=…"), "{text}: {told}");
        }
        let told = resolve(
            "",
            &[("RUST_LOG", TOKEN), ("TELOXIDE_TOKEN", &TOKEN[1..]), ("TELOXIDE_API_URL", TOKEN)],
        );
        assert!(!told.unwrap_err().contains("AAHdq"));
        // An alias may be called so.
        assert!(resolve("[aliases]\ntoken = [\"bearer\"]", &[]).is_ok());
    }

    #[test]
    fn config_takes_a_token_in_quotation_marks() {
        for typed in ["12:abc", "\"12:abc\"", "'12:abc'", " 12:abc\r\n"] {
            let config = resolve("", &[("TELOXIDE_TOKEN", typed)]).expect(typed);
            assert_eq!(config.token.as_ref().map(BotToken::expose), Some("12:abc"), "{typed}");
        }
        assert!(
            resolve("", &[("TELOXIDE_TOKEN", "\"\"")]).expect("nothing is set").token.is_none()
        );
    }

    #[test]
    fn log_level_that_cannot_be_read_is_refused() {
        check(
            "[log]\nlevel = \"loud\"",
            &[
                "v.toml:2: log.level: this is not a level of the log, got \"loud\"",
                "off, error, warn, info, debug and trace",
            ],
        );
        check("[log]\nlevel = \"\"", &["log.level: expected a level, got an empty text"]);
        check("[log]\nlevel = \"info,=x\"", &["log.level: "]);
        let told = resolve("", &[("RUST_LOG", "verbatim=loud")]).unwrap_err();
        assert!(told.starts_with("RUST_LOG: this is not a level of the log, got \"verbatim=loud\"\nhint: give one of off,"), "{told}");
        let log = |text, variables: &[(&str, &str)]| resolve(text, variables).unwrap().log;
        assert_eq!(log("", &[]), "info");
        assert_eq!(log("[log]\nlevel = \"warn, verbatim=debug\"", &[]), "warn,verbatim=debug");
        assert_eq!(log("[log]\nlevel = \"warn\"", &[("RUST_LOG", "trace")]), "trace");
        assert_eq!(log("[log]\nlevel = \"warn\"", &[("RUST_LOG", " ")]), "warn");
    }

    #[test]
    fn a_token_is_never_shown() {
        let config = resolve("", &[("TELOXIDE_TOKEN", "12:abc-DEF_9")]).unwrap();
        assert_eq!(config.token.as_ref().map(BotToken::expose), Some("12:abc-DEF_9"));
        assert!(!format!("{config:?}").contains("abc"));
    }
}

//! `config/verbatim.toml`, `.env` and the environment, checked.
//!
//! Two steps: what was typed (unknown keys are refused by name), then what is needed. All problems
//! are reported at once. The only module that reads the environment.

mod env_file;
mod telegram;
mod token;
mod web;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

pub use telegram::{Access, Briefings, Limits, Telegram};
use telegram::{TypedBriefings, TypedTelegram, duration_or};
pub use token::BotToken;
use web::{TypedMonitor, TypedWebhook};
pub use web::{Webhook, WebhookSecret};

use crate::cli::Places;
use crate::corpus::CorpusDir;
use crate::corpus::article::Alias;

/// All that an operator can set, with the defaults filled in.
#[derive(Debug, Clone)]
pub struct Config {
    pub corpus: CorpusDir,
    /// For how long a file must not have changed before a running bot takes it over.
    pub settle: Duration,
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Text,
    /// An object a line.
    Json,
}

/// All that is wrong with the configuration.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigProblems(Vec<String>);

/// As it is typed in the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Typed {
    corpus: TypedCorpus,
    data: TypedDir,
    model: TypedDir,
    telegram: TypedTelegram,
    briefings: TypedBriefings,
    access: Access,
    privacy: TypedPrivacy,
    webhook: TypedWebhook,
    monitor: TypedMonitor,
    aliases: BTreeMap<String, Vec<String>>,
    log: TypedLog,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TypedPrivacy {
    record_questions: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TypedCorpus {
    dir: Option<PathBuf>,
    settle: Option<String>,
    follow_links: Vec<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TypedDir {
    dir: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TypedLog {
    level: Option<String>,
    format: LogFormat,
}

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
const SETTLE: Duration = Duration::from_secs(2);

impl Config {
    /// Reads the configuration of this process: its files, its environment, and the places given
    /// on the command line, which win.
    pub fn load(places: &Places) -> Result<Config, ConfigProblems> {
        let path = places.config.clone().unwrap_or_else(|| PathBuf::from(FILE));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error)
                if places.config.is_none() && error.kind() == std::io::ErrorKind::NotFound =>
            {
                String::new()
            }
            Err(error) => {
                let hint = "hint: give a file that can be read with `--config FILE`";
                return Err(ConfigProblems(vec![format!("{}: {error}\n{hint}", path.display())]));
            }
        };
        let mut problems = Vec::new();
        let dotenv = env_file::read(&mut problems);
        let variable = |name: &str| {
            let set = std::env::var(name).ok().or_else(|| {
                dotenv.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
            });
            set.filter(|value| !value.trim().is_empty())
        };
        Config::resolve(&path, &text, places, variable, problems)
    }

    fn resolve(
        path: &Path,
        text: &str,
        places: &Places,
        variable: impl Fn(&str) -> Option<String>,
        mut problems: Vec<String>,
    ) -> Result<Config, ConfigProblems> {
        let path = path.display();
        let typed = toml::from_str::<Typed>(text).unwrap_or_else(|error| {
            let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            problems.push(format!(
                "{path}:{line}: {}\nhint: the keys and their defaults stand in config/verbatim.toml of the project",
                error.message().trim_end_matches('.')
            ));
            Typed::default()
        });
        let file = path.to_string();
        let settle = duration_or(
            SETTLE,
            typed.corpus.settle.as_deref(),
            &file,
            "corpus.settle",
            &mut problems,
        );
        let telegram = Telegram {
            access: typed.access,
            briefings: typed.briefings.check(&file, &mut problems),
            record_questions: typed.privacy.record_questions,
            ..typed.telegram.check(&file, &mut problems)
        };
        let webhook = typed.webhook.check(&file, &mut problems);
        let monitor = typed.monitor.check(&file, &mut problems);
        let token = variable("TELOXIDE_TOKEN").and_then(|text| {
            let token = BotToken::parse(&text);
            if token.is_none() {
                problems.push("TELOXIDE_TOKEN: this is no bot token\nhint: it is what BotFather gives: digits, a colon, and letters".into());
            }
            token
        });
        let mut address = |name: &str, hint: &str| {
            let url = variable(name).map(|url| url.trim().to_owned());
            let is_web = |url: &String| url.starts_with("http://") || url.starts_with("https://");
            if url.as_ref().is_some_and(|url| !is_web(url)) {
                problems.push(format!(
                    "{name}: this is no web address\nhint: give the whole address of {hint}"
                ));
            }
            url
        };
        let api_url =
            address("TELOXIDE_API_URL", "a Bot API server, such as `http://localhost:8081`");
        let hub_url = address("HF_ENDPOINT", "a model hub, such as `https://huggingface.co`");
        let empty = |(term, others): &(&String, &Vec<String>)| {
            term.trim().is_empty()
                || others.is_empty()
                || others.iter().any(|other| other.trim().is_empty())
        };
        for (term, _) in typed.aliases.iter().filter(empty) {
            problems.push(format!("{path}: aliases.\"{term}\": a name is empty\nhint: give at least one other name, such as `WHO = [\"World Health Organization\"]`"));
        }
        let follow_links = follow_links(&file, typed.corpus.follow_links, &mut problems);
        let place = |key, given: &Option<PathBuf>, typed: Option<PathBuf>, default: &str| {
            let dir = given.clone().or(typed).unwrap_or_else(|| PathBuf::from(default));
            absolute(&dir).map_err(|error| {
                format!(
                    "{file}: {key}: `{}` is not a directory: {error}\n\
                     hint: give the path of a directory, such as `{default}`",
                    dir.display()
                )
            })
        };
        let mut checked = |place: Result<PathBuf, String>| {
            place.map_err(|problem| problems.push(problem)).unwrap_or_default()
        };
        let corpus = checked(place("corpus.dir", &places.corpus, typed.corpus.dir, "corpus"));
        let data = checked(place("data.dir", &places.data, typed.data.dir, "data"));
        let model = match typed.model.dir {
            Some(dir) => checked(place("model.dir", &None, Some(dir), "data/model")),
            None => data.join("model"),
        };
        if !problems.is_empty() {
            return Err(ConfigProblems(problems));
        }
        let aliases = typed.aliases.into_iter().map(|(term, others)| Alias { term, others });
        Ok(Config {
            corpus: CorpusDir::new(&corpus, &shown(&corpus), follow_links),
            settle,
            model,
            data,
            hub_url,
            token,
            api_url,
            telegram,
            webhook,
            monitor,
            aliases: aliases.collect(),
            log: variable("RUST_LOG").or(typed.log.level).unwrap_or_else(|| "info".to_owned()),
            log_format: typed.log.format,
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

/// Checks the directories to which links of the corpus may lead. Some would open the whole machine
/// to readers, the environment of this process with the token included.
fn follow_links(file: &str, typed: Vec<PathBuf>, problems: &mut Vec<String>) -> Vec<PathBuf> {
    const KERNEL: [&str; 3] = ["/proc", "/sys", "/dev"];
    let mut roots = Vec::new();
    for dir in typed {
        let root = absolute(&dir).map(|path| path.canonicalize().unwrap_or(path));
        match root {
            Ok(root) if root.parent().is_some() && !KERNEL.iter().any(|dir| root.starts_with(dir)) => {
                roots.push(root);
            }
            Ok(_) | Err(_) => problems.push(format!(
                "{file}: corpus.follow_links: `{}` cannot be a directory of articles\n\
                 hint: give the directories that links of the corpus may lead to, such as `/srv/articles`",
                dir.display()
            )),
        }
    }
    roots
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
        Config::resolve(Path::new("v.toml"), text, &Places::default(), variable, Vec::new())
            .map_err(|problems| problems.to_string())
    }

    #[test]
    fn the_file_in_the_project_says_what_the_defaults_are() {
        let file = resolve(include_str!("../config/verbatim.toml"), &[]).unwrap();
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
            "lanes =",
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
            assert!(include_str!("../config/verbatim.toml").contains(key), "{key}");
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
        v.toml: corpus.settle: `2` is no duration
        hint: give a number with its unit, such as `24h`, `30m` or `90s`
        v.toml: briefings.schedules_per_chat: -1 is out of range
        hint: give a number from 0 to 10
        v.toml: telegram.max_question_age: `soon` is no duration
        hint: give a number with its unit, such as `24h`, `30m` or `90s`
        v.toml: telegram.lanes: 0 is out of range
        hint: give a number from 1 to 10000
        v.toml: webhook.listen: `8080` is no address to listen on
        hint: give an address of this machine with a port, such as `127.0.0.1:8080`
        v.toml: webhook.secret: Telegram does not take this secret
        hint: give 1 to 256 letters of A to Z, digits, `-` and `_`, or leave it empty
        v.toml: webhook.url: Telegram cannot call this address
        hint: give one such as `https://bot.example.org/telegram`, where HTTPS is in front of the bot
        v.toml: monitor.listen: `localhost` is no address to listen on
        hint: give an address of this machine with a port, such as `127.0.0.1:9464`
        TELOXIDE_TOKEN: this is no bot token
        hint: it is what BotFather gives: digits, a colon, and letters
        TELOXIDE_API_URL: this is no web address
        hint: give the whole address of a Bot API server, such as `http://localhost:8081`
        HF_ENDPOINT: this is no web address
        hint: give the whole address of a model hub, such as `https://huggingface.co`
        v.toml: aliases."WHO": a name is empty
        hint: give at least one other name, such as `WHO = ["World Health Organization"]`
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
            assert_eq!((corpus.path(), corpus.shown().as_str()), (path, shown), "{dir}");
            assert_eq!(corpus.shown_file(&path.join("a.md")), file, "{dir}");
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
                problem.starts_with(&format!("v.toml: {key}.dir: `` is not a dir")),
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

    #[test]
    fn an_unknown_key_is_refused_by_name_and_line() {
        insta::assert_snapshot!(resolve("[corpus]\ndirr = \"a\"\n", &[]).unwrap_err(), @r"
        v.toml:2: unknown field `dirr`, expected one of `dir`, `settle`, `follow_links`
        hint: the keys and their defaults stand in config/verbatim.toml of the project
        ");
    }

    #[test]
    fn a_token_is_never_shown() {
        let config = resolve("", &[("TELOXIDE_TOKEN", "12:abc-DEF_9")]).unwrap();
        assert_eq!(config.token.as_ref().map(BotToken::expose), Some("12:abc-DEF_9"));
        assert!(!format!("{config:?}").contains("abc"));
    }
}

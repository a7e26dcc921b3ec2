//! `config/verbatim.toml`, `.env` and the environment, checked.
//!
//! Two steps: what was typed (unknown keys are refused by name), then what is needed. All problems
//! are reported at once. The only module that reads the environment.

mod env_file;
mod token;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

pub use token::BotToken;

use crate::cli::Places;
use crate::corpus::article::Alias;

/// All that an operator can set, with the defaults filled in.
#[derive(Debug, Clone)]
pub struct Config {
    pub corpus: PathBuf,
    pub data: PathBuf,
    pub token: Option<BotToken>,
    /// The Bot API server, from `TELOXIDE_API_URL`.
    pub api_url: Option<String>,
    pub telegram: Telegram,
    /// Names for one thing, for all articles.
    pub aliases: Vec<Alias>,
    /// A filter of `tracing`, such as `info` or `verbatim=debug`.
    pub log: String,
}

/// How the bot behaves towards Telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telegram {
    /// Questions older than this when their turn comes are dropped, not answered.
    pub max_question_age: Duration,
    /// How many questions are worked on at the same time.
    pub lanes: usize,
    pub limits: Limits,
    /// The bot's name, if it is to be set.
    pub name: Option<String>,
    pub access: Access,
    /// Whether questions that found nothing are kept for the operator.
    pub record_questions: bool,
}

/// Who may ask, and how often. With neither chats nor users listed, everybody may.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    pub allowed_chats: Vec<i64>,
    pub allowed_users: Vec<i64>,
    /// Users who get the operator's commands.
    pub admins: Vec<i64>,
    /// Requests; 0 is without limit.
    pub user_per_minute: u32,
    pub chat_per_minute: u32,
}

impl Default for Access {
    fn default() -> Self {
        Access {
            allowed_chats: Vec::new(),
            allowed_users: Vec::new(),
            admins: Vec::new(),
            user_per_minute: 20,
            chat_per_minute: 60,
        }
    }
}

/// How fast messages may go out; 0 is without limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    pub overall_per_second: u32,
    pub chat_per_second: u32,
    /// Messages that may go to a chat at once after it was quiet.
    pub chat_burst: u32,
    pub group_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { overall_per_second: 30, chat_per_second: 1, chat_burst: 5, group_per_minute: 20 }
    }
}

impl Default for Telegram {
    fn default() -> Self {
        let max_question_age = Duration::from_secs(24 * 60 * 60);
        Telegram {
            max_question_age,
            lanes: 64,
            limits: Limits::default(),
            name: None,
            access: Access::default(),
            record_questions: false,
        }
    }
}

/// All that is wrong with the configuration.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigProblems(Vec<String>);

/// As it is typed in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Typed {
    corpus: TypedDir,
    data: TypedDir,
    telegram: TypedTelegram,
    access: Access,
    privacy: TypedPrivacy,
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
struct TypedDir {
    dir: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TypedTelegram {
    max_question_age: Option<String>,
    lanes: Option<i64>,
    name: String,
    limits: Limits,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TypedLog {
    level: Option<String>,
}

/// Whether the reader asked for no colours (no-color.org).
pub fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

const FILE: &str = "config/verbatim.toml";
const MAX_LANES: i64 = 10_000;
const MAX_NAME_CHARS: usize = 64;

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
        let telegram = Telegram {
            access: typed.access,
            record_questions: typed.privacy.record_questions,
            ..typed.telegram.check(&path.to_string(), &mut problems)
        };
        let token = variable("TELOXIDE_TOKEN").and_then(|text| {
            let token = BotToken::parse(&text);
            if token.is_none() {
                problems.push("TELOXIDE_TOKEN: this is no bot token\nhint: it is what BotFather gives: digits, a colon, and letters".into());
            }
            token
        });
        let api_url = variable("TELOXIDE_API_URL").map(|url| url.trim().to_owned());
        if api_url
            .as_ref()
            .is_some_and(|url| !(url.starts_with("http://") || url.starts_with("https://")))
        {
            problems.push("TELOXIDE_API_URL: this is no web address\nhint: give the whole address of a Bot API server, such as `http://localhost:8081`".into());
        }
        let empty = |(term, others): &(&String, &Vec<String>)| {
            term.trim().is_empty()
                || others.is_empty()
                || others.iter().any(|other| other.trim().is_empty())
        };
        for (term, _) in typed.aliases.iter().filter(empty) {
            problems.push(format!("{path}: aliases.\"{term}\": a name is empty\nhint: give at least one other name, such as `WHO = [\"World Health Organization\"]`"));
        }
        if !problems.is_empty() {
            return Err(ConfigProblems(problems));
        }
        let aliases = typed.aliases.into_iter().map(|(term, others)| Alias { term, others });
        let place = |given: &Option<PathBuf>, typed: Option<PathBuf>, default: &str| {
            given.clone().or(typed).unwrap_or_else(|| PathBuf::from(default))
        };
        Ok(Config {
            corpus: place(&places.corpus, typed.corpus.dir, "corpus"),
            data: place(&places.data, typed.data.dir, "data"),
            token,
            api_url,
            telegram,
            aliases: aliases.collect(),
            log: variable("RUST_LOG").or(typed.log.level).unwrap_or_else(|| "info".to_owned()),
        })
    }
}

impl TypedTelegram {
    fn check(self, path: &str, problems: &mut Vec<String>) -> Telegram {
        let defaults = Telegram::default();
        let max_question_age = match self
            .max_question_age
            .as_deref()
            .map(|typed| (typed, duration(typed)))
        {
            None => defaults.max_question_age,
            Some((_, Some(age))) => age,
            Some((typed, None)) => {
                problems.push(format!("{path}: telegram.max_question_age: `{typed}` is no duration\nhint: give a number with its unit, such as `24h`, `30m` or `90s`"));
                defaults.max_question_age
            }
        };
        let lanes = self.lanes.unwrap_or(defaults.lanes as i64);
        if !(1..=MAX_LANES).contains(&lanes) {
            problems.push(format!("{path}: telegram.lanes: {lanes} is out of range\nhint: give a number from 1 to {MAX_LANES}"));
        }
        let name = Some(self.name.trim().to_owned()).filter(|name| !name.is_empty());
        if name.as_ref().is_some_and(|name| name.chars().count() > MAX_NAME_CHARS) {
            problems.push(format!("{path}: telegram.name: it is longer than {MAX_NAME_CHARS} characters\nhint: Telegram takes no longer names"));
        }
        Telegram {
            max_question_age,
            lanes: lanes.clamp(1, MAX_LANES) as usize,
            limits: self.limits,
            name,
            ..defaults
        }
    }
}

/// A whole number with its unit: `d`, `h`, `m` or `s`.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let unit = text.chars().next_back()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    let number: u64 = text[..text.len() - 1].trim().parse().ok()?;
    number.checked_mul(seconds).map(Duration::from_secs)
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
            "dir =",
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
            "level =",
            "[aliases]",
        ] {
            assert!(include_str!("../config/verbatim.toml").contains(key), "{key}");
        }
    }

    #[test]
    fn all_problems_are_told_at_once_and_never_the_token() {
        let told = resolve(
            "[telegram]\nmax_question_age = \"soon\"\nlanes = 0\n[aliases]\nWHO = [\"\"]\n",
            &[("TELOXIDE_TOKEN", "not a secret"), ("TELOXIDE_API_URL", "localhost")],
        );
        insta::assert_snapshot!(told.unwrap_err(), @r#"
        v.toml: telegram.max_question_age: `soon` is no duration
        hint: give a number with its unit, such as `24h`, `30m` or `90s`
        v.toml: telegram.lanes: 0 is out of range
        hint: give a number from 1 to 10000
        TELOXIDE_TOKEN: this is no bot token
        hint: it is what BotFather gives: digits, a colon, and letters
        TELOXIDE_API_URL: this is no web address
        hint: give the whole address of a Bot API server, such as `http://localhost:8081`
        v.toml: aliases."WHO": a name is empty
        hint: give at least one other name, such as `WHO = ["World Health Organization"]`
        "#);
    }

    #[test]
    fn an_unknown_key_is_refused_by_name_and_line() {
        insta::assert_snapshot!(resolve("[corpus]\ndirr = \"a\"\n", &[]).unwrap_err(), @r"
        v.toml:2: unknown field `dirr`, expected `dir`
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

//! The configuration: `config/verbatim.toml`, `.env`, the environment and the command line.
//!
//! Raw values are checked once, when the configuration is loaded. Unknown keys are rejected. All
//! problems are reported together, each with its line, and no problem contains the bot's token. No
//! other module reads the environment.

mod directories;
mod duration;
mod env_file;
mod file;
mod import;
mod log_filter;
mod nearest;
mod printable;
mod proxy;
mod section;
mod telegram;
mod text_file;
mod token;
mod unknown_keys;
mod variables;
mod web;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

use crate::cli::PathArgs;
use crate::corpus::article::Alias;
use crate::corpus::{CorpusDir, Selection};
pub use directories::relative_paths;
use directories::{absolute_or_report, follow_links, relative};
use file::ConfigFile;
pub use import::{ChannelSource, FeedSource, Import, Sources};
pub use proxy::{Proxies, Proxy, SharedProxies, SharedProxy};
use section::Section;
pub use telegram::{Access, BoundFolder, Briefings, Limits, Telegram};
use text_file::UnreadableFile;
pub use token::BotToken;
use variables::Variables;
pub use web::{Webhook, WebhookSecret};

/// The checked configuration, with defaults for everything that is not set.
#[derive(Debug, Clone)]
pub struct Config {
    pub corpus: CorpusDir,
    /// Time that a file of the corpus must stay unchanged before a running bot indexes it.
    pub debounce: Duration,
    /// The directory of the index, the vectors and the store. Absolute.
    pub data: PathBuf,
    /// The directory of the sentence model, which need not exist. Absolute.
    pub model: PathBuf,
    /// The model hub, from `HF_ENDPOINT`.
    pub hub_url: Option<String>,
    pub token: Option<BotToken>,
    /// The Bot API server, from `TELOXIDE_API_URL`.
    pub api_url: Option<String>,
    /// The proxies for the requests to Telegram.
    pub proxies: Proxies,
    pub telegram: Telegram,
    /// The webhook. `None` for long polling.
    pub webhook: Option<Webhook>,
    /// The listen address of the monitoring endpoints. `None` for no endpoints.
    pub monitor: Option<SocketAddr>,
    pub sources: Sources,
    /// Names with other names for the same thing, for all articles.
    pub aliases: Vec<Alias>,
    /// A filter of `tracing`, such as `info` or `verbatim=debug`.
    pub log: String,
    pub log_format: LogFormat,
}

/// The format of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// All problems of the configuration.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigProblems(Vec<String>);

impl ConfigProblems {
    /// Returns the problems, each with its cause and, in another line, a hint.
    pub fn list(&self) -> &[String] {
        &self.0
    }
}

/// Returns whether the environment asks for output without colours (no-color.org).
pub fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Returns the path of this program. On Linux the path leads to the same program also after its
/// file was replaced by an update.
fn program() -> PathBuf {
    const SELF: &str = "/proc/self/exe";
    match Path::new(SELF).exists() {
        true => PathBuf::from(SELF),
        false => std::env::current_exe().unwrap_or_else(|_| PathBuf::from("verbatim")),
    }
}

const FILE: &str = "config/verbatim.toml";
const PATTERN_HINT: &str =
    "give patterns of paths within the corpus, such as `posts/**` or `*.txt`";
const DEBOUNCE: Duration = Duration::from_secs(2);

impl Config {
    /// Loads the configuration of this process. Paths of the command line take precedence over the
    /// file, and variables of the environment over `.env`.
    pub fn load(paths: &PathArgs) -> Result<Config, ConfigProblems> {
        let path = paths.config.clone().unwrap_or_else(|| PathBuf::from(FILE));
        let text = match text_file::read(&path) {
            Ok(text) => text,
            Err(UnreadableFile::Missing) if paths.config.is_none() => String::new(),
            Err(error) => {
                let hint = match error {
                    UnreadableFile::NotText { .. } => "save the file as UTF-8",
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
        Config::check(&path, &text, paths, variable, problems)
    }

    /// Checks the raw configuration: the text of the file, the paths of the command line and the
    /// variables. `env_file_problems` are the problems that were found before.
    fn check(
        path: &Path,
        text: &str,
        paths: &PathArgs,
        variable: impl Fn(&str) -> Option<String>,
        env_file_problems: Vec<String>,
    ) -> Result<Config, ConfigProblems> {
        let (root, errors) = file::parse(text);
        let mut file = ConfigFile::new(path.display(), text, &root, &errors);
        let mut corpus = Section::of(&mut file, "corpus");
        let corpus_dir = corpus.directory("dir");
        let debounce = corpus.duration("settle", DEBOUNCE);
        let follow_links = follow_links(&mut corpus);
        let selection = selection(&mut corpus);
        let data_dir = Section::of(&mut file, "data").directory("dir");
        let model_dir = Section::of(&mut file, "model").directory("dir");
        let telegram = Telegram {
            limits: Limits::read(Section::of(&mut file, "telegram.limits")),
            access: Access {
                folders: BoundFolder::read(Section::of(&mut file, file::FOLDERS)),
                ..Access::read(Section::of(&mut file, "access"))
            },
            briefings: Briefings::read(Section::of(&mut file, "briefings")),
            help_chat: telegram::help_chat(Section::of(&mut file, "help")),
            record_questions: Section::of(&mut file, "privacy")
                .flag("record_questions")
                .unwrap_or_default(),
            ..Telegram::read(Section::of(&mut file, "telegram"))
        };
        let proxy = Proxy::read(Section::of(&mut file, "telegram"));
        let webhook = Webhook::read(Section::of(&mut file, "webhook"));
        let monitor = web::monitor(Section::of(&mut file, "monitor"));
        let sources = Sources::read(&mut file, program());
        let aliases = aliases(Section::of(&mut file, file::ALIASES));
        let (log_level, log_format) = log(Section::of(&mut file, "log"));
        unknown_keys::report(&mut file);
        let mut problems = file.into_problems();
        problems.extend(env_file_problems);

        let variables = Variables::check(variable, &mut problems);
        let mut directory = |key: &str, dir: Option<PathBuf>, default: &str| {
            absolute_or_report(key, dir, default, &mut problems)
        };
        let corpus = directory("--corpus", paths.corpus.clone().or(corpus_dir), "corpus");
        let data = directory("--data", paths.data.clone().or(data_dir), "data");
        let model = match model_dir {
            Some(dir) => directory("model.dir", Some(dir), "data/model"),
            None => data.join("model"),
        };
        if !problems.is_empty() {
            return Err(ConfigProblems(problems));
        }
        Ok(Config {
            corpus: CorpusDir::new(&corpus, &relative(&corpus), follow_links)
                .with_selection(selection),
            debounce,
            model,
            data,
            hub_url: variables.hub_url,
            token: variables.token,
            api_url: variables.api_url,
            proxies: Proxies {
                telegram: variables.proxy.or(proxy),
                shared: variables.shared_proxies,
            },
            telegram,
            webhook,
            monitor,
            sources,
            aliases,
            log: variables.log.or(log_level).unwrap_or_else(|| "info".to_owned()),
            log_format,
        })
    }
}

/// Reads `include` and `exclude` of `[corpus]`.
fn selection(section: &mut Section<'_, '_>) -> Selection {
    let mut read = |key: &'static str| {
        let mut patterns = section.texts(key).unwrap_or_default();
        patterns.retain(|pattern| match Selection::new(std::slice::from_ref(pattern), &[]) {
            Ok(_) if !pattern.trim().is_empty() => true,
            Ok(_) => {
                section.report(key, "a pattern is empty", PATTERN_HINT);
                false
            }
            Err(error) => {
                let pattern = printable::printable(&error.pattern);
                let cause = format!("`{pattern}` is no pattern of paths: {}", error.reason);
                section.report(key, &cause, PATTERN_HINT);
                false
            }
        });
        patterns
    };
    let (include, exclude) = (read("include"), read("exclude"));
    // Every single pattern is valid.
    Selection::new(&include, &exclude).unwrap_or_default()
}

/// Reads `[log]`: the filter, if it is set, and the format.
fn log(mut section: Section<'_, '_>) -> (Option<String>, LogFormat) {
    let level = section.text("level").and_then(|raw| {
        let parsed = log_filter::parse(raw);
        let report = |cause| {
            let cause = format!("{cause}, got \"{}\"", printable::printable(raw));
            section.report("level", &cause, log_filter::EXPECTED);
        };
        parsed.map_err(report).ok()
    });
    let format = section.one_of("format", &[("text", LogFormat::Text), ("json", LogFormat::Json)]);
    (level, format)
}

/// Reads `[aliases]`. Each key is a name, with a list of other names for the same thing.
fn aliases(mut section: Section<'_, '_>) -> Vec<Alias> {
    let lists = section.lists();
    let is_empty = |name: &str| name.trim().is_empty();
    for (term, others) in &lists {
        if is_empty(term) || others.is_empty() || others.iter().any(|other| is_empty(other)) {
            let hint =
                "give at least one other name, such as `WHO = [\"World Health Organization\"]`";
            section.report(term, "a name is empty", hint);
        }
    }
    lists.into_iter().map(|(term, others)| Alias { term, others }).collect()
}

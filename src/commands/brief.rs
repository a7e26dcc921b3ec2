//! `verbatim brief`: prints the key sentences of articles, or those on a topic.

use std::io::{self, Write};

use verbatim::answer::Answer;
use verbatim::brief::OnTopic;
use verbatim::config::{Config, LogFormat};
use verbatim::render::json;

use super::library;
use super::logging::init_logging;
use super::outcome::{NEGATIVE, Outcome, SUCCESS};
use super::output::{OutputFormat, terminal};

/// The subject of a brief.
#[derive(Debug)]
pub enum Subject {
    NewestArticle,
    /// Every article, the newest first.
    AllArticles,
    Topic(String),
}

impl Subject {
    /// Returns the subject that the arguments name. No word of a topic means the newest article.
    pub fn of(topic: &[String], all: bool) -> Subject {
        match topic.join(" ") {
            _ if all => Subject::AllArticles,
            topic if topic.trim().is_empty() => Subject::NewestArticle,
            topic => Subject::Topic(topic),
        }
    }
}

/// Prints the brief on `subject`.
pub fn brief(config: &Config, subject: &Subject, format: OutputFormat) -> Outcome {
    init_logging("warn", LogFormat::Text);
    match subject {
        Subject::NewestArticle => brief_articles(config, 1, format),
        Subject::AllArticles => brief_articles(config, usize::MAX, format),
        Subject::Topic(topic) => brief_topic(config, topic, format),
    }
}

/// Prints the briefs of the newest articles, at most `limit`.
fn brief_articles(config: &Config, limit: usize, format: OutputFormat) -> Outcome {
    let library = library::open_lexical(config)?;
    let corpus = config.corpus.display_path();
    let terminal = terminal(&corpus, &library);
    let mut out = io::stdout().lock();
    for (position, article) in library.all().newest().iter().take(limit).enumerate() {
        let Some(brief) = library.all().brief(article.id)? else { continue };
        match format {
            OutputFormat::Json => writeln!(out, "{}", json::brief(&brief, &corpus))?,
            OutputFormat::Text if position > 0 => write!(out, "\n{}", terminal.brief(&brief))?,
            OutputFormat::Text => write!(out, "{}", terminal.brief(&brief))?,
        }
    }
    Ok(SUCCESS)
}

fn brief_topic(config: &Config, topic: &str, format: OutputFormat) -> Outcome {
    let library = library::open(config)?;
    library::backfill_briefly(&library);
    let corpus = config.corpus.display_path();
    let found = library.all().brief_on(topic)?;
    let mut out = io::stdout().lock();
    match format {
        OutputFormat::Json => writeln!(out, "{}", json::on_topic(topic, &found, &corpus))?,
        OutputFormat::Text => write!(out, "{}", terminal(&corpus, &library).on_topic(&found))?,
    }
    Ok(match found {
        OnTopic::Found(_)
        | OnTopic::Article(_)
        | OnTopic::Fallback(Answer::Found(_) | Answer::Byline(_) | Answer::Articles(_)) => SUCCESS,
        OnTopic::Fallback(
            Answer::NothingFound(_) | Answer::SmallTalk(_) | Answer::Request(_) | Answer::Empty,
        ) => NEGATIVE,
    })
}

//! `verbatim brief`: articles and topics in key sentences.

use std::io::{self, Write};

use verbatim::answer::Answer;
use verbatim::brief::OnTopic;
use verbatim::config::{Config, LogFormat};
use verbatim::library::Library;
use verbatim::render::json;

use super::{ANSWERED, NOTHING_FOUND, Outcome, log};
use crate::screen;

/// What to brief on.
pub enum Subject {
    Newest,
    /// The newest first.
    All,
    Topic(String),
}

impl Subject {
    pub fn of(words: &[String], all: bool) -> Subject {
        match words.join(" ") {
            _ if all => Subject::All,
            topic if topic.trim().is_empty() => Subject::Newest,
            topic => Subject::Topic(topic),
        }
    }
}

/// How a briefing is printed.
#[derive(Clone, Copy)]
pub enum Form {
    Text,
    Json,
}

pub fn brief(config: &Config, subject: &Subject, form: Form) -> Outcome {
    log("warn", LogFormat::Text);
    match subject {
        Subject::Newest => articles(config, 1, form),
        Subject::All => articles(config, usize::MAX, form),
        Subject::Topic(topic) => on_topic(config, topic, form),
    }
}

fn articles(config: &Config, most: usize, form: Form) -> Outcome {
    let library = super::library::open_for_words(config)?;
    let corpus = config.corpus.display_path();
    let screen = screen(&corpus, &library);
    let mut out = io::stdout().lock();
    for (position, article) in library.newest().iter().take(most).enumerate() {
        let Some(brief) = library.brief(article.id)? else { continue };
        match form {
            Form::Json => writeln!(out, "{}", json::brief(&brief, &corpus))?,
            Form::Text if position > 0 => write!(out, "\n{}", screen.brief(&brief))?,
            Form::Text => write!(out, "{}", screen.brief(&brief))?,
        }
    }
    Ok(ANSWERED)
}

fn on_topic(config: &Config, topic: &str, form: Form) -> Outcome {
    let library: Library = super::library::open(config)?;
    super::library::catch_up_shortly(&library);
    let corpus = config.corpus.display_path();
    let found = library.brief_on(topic)?;
    let mut out = io::stdout().lock();
    match form {
        Form::Json => writeln!(out, "{}", json::on_topic(topic, &found, &corpus))?,
        Form::Text => write!(out, "{}", screen(&corpus, &library).on_topic(&found))?,
    }
    Ok(match found {
        OnTopic::Found(_) | OnTopic::Fallback(Answer::Found(_) | Answer::Byline(_)) => ANSWERED,
        OnTopic::Fallback(Answer::NothingFound(_) | Answer::SmallTalk(_) | Answer::Empty) => {
            NOTHING_FOUND
        }
    })
}

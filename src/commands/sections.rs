//! `verbatim sections`: lists the articles and their sections.

use std::io::{self, Write};

use verbatim::config::{Config, LogFormat};
use verbatim::render::json;

use super::library;
use super::logging::init_logging;
use super::outcome::{Outcome, SUCCESS};
use super::output::{OutputFormat, terminal};

/// Prints the outline of every article.
pub fn sections(config: &Config, format: OutputFormat) -> Outcome {
    init_logging("warn", LogFormat::Text);
    let library = library::open_lexical(config)?;
    let corpus = config.corpus.display_path();
    let articles = library.all().outlines()?;
    let mut out = io::stdout().lock();
    match format {
        OutputFormat::Json => {
            for article in &articles {
                writeln!(out, "{}", json::outline(article))?;
            }
        }
        OutputFormat::Text => {
            write!(out, "{}", terminal(&corpus, &library).contents(&articles, 1))?;
        }
    }
    Ok(SUCCESS)
}

//! `verbatim check`: reports the problems of the articles.

use std::io::{self, Write};

use verbatim::config::Config;
use verbatim::corpus;

use super::outcome::{ERROR, Outcome, SUCCESS};
use super::output::counted;

/// Prints every problem of the corpus, then the number of its articles, passages and problems.
pub fn check(config: &Config) -> Outcome {
    let (articles, problems) = corpus::load(&config.corpus);
    let mut out = io::stdout().lock();
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    let passages: usize = articles.iter().map(|article| article.passages.len()).sum();
    writeln!(
        out,
        "{}, {}, {}",
        counted(articles.len(), "article"),
        counted(passages, "passage"),
        counted(problems.len(), "problem")
    )?;
    Ok(if problems.is_empty() { SUCCESS } else { ERROR })
}

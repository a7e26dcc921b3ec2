//! `verbatim check`: reports the problems of the articles.

use std::io::{self, Write};

use verbatim::config::Config;
use verbatim::corpus;

use super::outcome::{ERROR, Outcome, SUCCESS};

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

/// Returns a number with its noun, such as `1 article` or `3 passages`.
fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

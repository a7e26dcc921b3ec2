//! Output formats, and the terminal that text is laid out for.

use std::io::{self, IsTerminal};

use verbatim::config::no_color;
use verbatim::library::Library;
use verbatim::render::terminal::{Style, Terminal};

/// The format of the output of a subcommand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    Text,
    /// One JSON object per line.
    Json,
}

impl OutputFormat {
    /// Returns the format that the flag `--json` selects.
    pub fn from_json_flag(is_set: bool) -> OutputFormat {
        if is_set { OutputFormat::Json } else { OutputFormat::Text }
    }
}

/// Returns the width and style of standard output, for articles of `corpus`.
pub fn terminal<'a>(corpus: &'a str, library: &Library) -> Terminal<'a> {
    let is_plain = !io::stdout().is_terminal() || no_color();
    let style = if is_plain { Style::Plain } else { Style::Colour };
    let articles = library.article_count();
    Terminal { width: textwrap::termwidth(), style, article_count: articles, corpus }
}

/// Returns a number with its noun, such as `1 article` or `3 passages`.
pub fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

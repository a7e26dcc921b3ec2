//! Figures of a directory: counts, and the table that shows them. Pure.

use serde::Serialize;

/// Counts of the files of a directory and of the answers from them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Number of files with an article's extension, without those that are left out by design.
    pub files: usize,
    /// Number of files that are articles.
    pub taken: usize,
    /// Number of files that are left out by design, such as drafts.
    pub left_out: usize,
    /// Number of questions that were asked for the figures of quotes.
    pub questions: usize,
    /// Number of these questions that got a quote.
    pub answered: usize,
    /// Number of quotes in these answers.
    pub quotes: usize,
    pub quotes_with_markup: usize,
    /// Number of answers whose first quote ends with a colon.
    pub first_with_colon: usize,
    /// Number of titles that were asked.
    pub titles: usize,
    /// Number of titles whose first quote is from their article.
    pub titles_first: usize,
    /// Number of questions for a name that the text defines.
    pub definitions: usize,
    /// Number of these questions whose first quote contains a definition.
    pub definitions_first: usize,
    /// Number of these questions with a definition in the answer, which has at most three quotes.
    pub definitions_in_three: usize,
}

/// A file or an answer that lowers a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The name of the figure in the table, and details.
    pub figure: String,
    /// The question, or the file.
    pub question: String,
    /// The right answer.
    pub expected: String,
    /// The first quote, or the quote that is wrong, with its file.
    pub got: String,
}

pub(super) const FILES: &str = "files taken";
pub(super) const MARKUP: &str = "quotes with markup left";
pub(super) const COLON: &str = "first quotes that end with a colon";
pub(super) const TITLES: &str = "titles that find their article first";
pub(super) const FIRST: &str = "definitions quoted first";
pub(super) const IN_THREE: &str = "definitions among three quotes";

impl Figures {
    /// Formats the figures as a table with one row per figure.
    pub fn table(&self) -> String {
        let rows = [
            (FILES, self.taken, self.files),
            (MARKUP, self.quotes_with_markup, self.quotes),
            (COLON, self.first_with_colon, self.answered),
            (TITLES, self.titles_first, self.titles),
            (FIRST, self.definitions_first, self.definitions),
            (IN_THREE, self.definitions_in_three, self.definitions),
            ("questions answered", self.answered, self.questions),
        ];
        let mut table = format!("{:<38} {:>6} {:>6} {:>8}\n", "", "count", "of", "percent");
        for (name, count, of) in rows {
            let percent = match of {
                0 => "–".to_owned(),
                _ => format!("{:.1}", 100.0 * count as f64 / of as f64),
            };
            table.push_str(&format!("{name:<38} {count:>6} {of:>6} {percent:>8}\n"));
        }
        table + &format!("{:<38} {:>6}\n", "files left out by design", self.left_out)
    }
}

impl Failure {
    /// Formats the failure as one line with four columns, which tabs separate.
    pub fn line(&self) -> String {
        let columns = [&self.figure, &self.question, &self.expected, &self.got];
        let in_one_line = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        columns.map(in_one_line).join("\t")
    }
}

/// Figures with the failures that lower them.
#[derive(Debug, Default)]
pub struct Measured {
    pub figures: Figures,
    pub failures: Vec<Failure>,
}

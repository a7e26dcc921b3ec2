//! Problems of corpus files, as the operator reads them.

use std::fmt;
use std::path::Path;

use super::dir::CorpusDir;
use super::escape::escaped;

/// Effect of a problem on the article of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be an article.
    Error,
    /// The file is left out as its owner wants, such as a draft.
    LeftOut,
    /// The file is an article all the same, without the part that the problem names.
    Warning,
}

/// A problem of a corpus file, reported to the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Path of the file as it is shown: it starts with the corpus directory.
    pub file: String,
    /// Line number, from 1. `None` if the problem concerns the whole file.
    pub line: Option<usize>,
    /// Description: lower case, no full stop.
    pub what: String,
    /// Advice on how to solve the problem.
    pub hint: String,
    /// Path of the file within the corpus, with `/` as separator; empty for the corpus directory.
    pub path: String,
    /// Whether reading the file is forbidden. The index then drops an article that it made from
    /// the file; with any other problem it keeps that article.
    pub is_forbidden: bool,
    pub severity: Severity,
}

impl Problem {
    /// Returns a problem of `file`, a path within the corpus that is also the path to show.
    pub fn new(file: &str, line: Option<usize>, what: &str, hint: &str) -> Problem {
        Problem {
            file: file.to_owned(),
            line,
            what: what.to_owned(),
            hint: hint.to_owned(),
            path: file.to_owned(),
            is_forbidden: false,
            severity: Severity::Error,
        }
    }

    /// Returns a problem of `file` that does not cost the article.
    pub fn warning(file: &str, line: Option<usize>, what: &str, hint: &str) -> Problem {
        Problem { severity: Severity::Warning, ..Problem::new(file, line, what, hint) }
    }

    /// Returns the reason why `file` is left out as its owner wants.
    pub fn left_out(file: &str, what: &str, hint: &str) -> Problem {
        Problem { severity: Severity::LeftOut, ..Problem::new(file, None, what, hint) }
    }

    /// Returns a problem of the entry of `dir` at the absolute path `path`.
    pub fn of_entry(dir: &CorpusDir, path: &Path, what: &str, hint: &str) -> Problem {
        let relative = path.strip_prefix(dir.path()).unwrap_or(path);
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        Problem { path: parts.join("/"), ..Problem::new(&dir.display_file(path), None, what, hint) }
    }

    /// Returns the sort key of a list of problems: by file, then by line. Problems of the whole
    /// file follow the problems of its lines.
    pub fn order(&self) -> (&str, bool, Option<usize>) {
        (&self.file, self.line.is_none(), self.line)
    }
}

impl fmt::Display for Problem {
    /// Writes `FILE:LINE: what` and a line with the hint. The output has exactly two lines because
    /// line ends are escaped, also those in a file name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, what) = (escaped(&self.file), escaped(&self.what));
        match self.line {
            Some(line) => writeln!(f, "{file}:{line}: {what}")?,
            None => writeln!(f, "{file}: {what}")?,
        }
        write!(f, "hint: {}", escaped(&self.hint))
    }
}

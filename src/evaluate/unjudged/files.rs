//! Counts of the files of a directory: those that are articles, those with a problem, and those
//! that are left out by design.

use std::collections::BTreeSet;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use super::figures::{FILES, Failure, Measured};
use crate::corpus::article::Article;
use crate::corpus::{CorpusDir, Problem, Severity};

/// Extensions of articles.
const EXTENSIONS: [&str; 4] = ["md", "markdown", "mdx", "txt"];

/// Counts the files below `dir`. Other files than articles are left out by design unless `problems`
/// has an error for them.
pub fn count(dir: &CorpusDir, articles: &[Article], problems: &[Problem], measured: &mut Measured) {
    let taken: BTreeSet<_> = articles.iter().map(|article| article.outline.file.as_str()).collect();
    let is_failure = |problem: &&Problem| {
        problem.severity == Severity::Error
            && has_extension(Path::new(&problem.path))
            && !taken.contains(problem.path.as_str())
    };
    let mut failed = BTreeSet::new();
    for problem in problems.iter().filter(is_failure) {
        if failed.insert(problem.path.as_str()) {
            measured.failures.push(Failure {
                figure: FILES.to_owned(),
                question: problem.path.clone(),
                expected: String::new(),
                got: format!("{}; hint: {}", problem.what, problem.hint),
            });
        }
    }
    let all = files_below(dir.path());
    measured.figures.files = taken.len() + failed.len();
    measured.figures.taken = taken.len();
    measured.figures.left_out = all.saturating_sub(measured.figures.files);
}

/// Returns the number of files with an article's extension, without hidden ones.
fn files_below(dir: &Path) -> usize {
    let is_visible = |entry: &DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    let entries = WalkDir::new(dir).into_iter().filter_entry(is_visible).flatten();
    entries.filter(|entry| entry.file_type().is_file() && has_extension(entry.path())).count()
}

fn has_extension(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|found| EXTENSIONS.iter().any(|known| found.eq_ignore_ascii_case(known)))
}

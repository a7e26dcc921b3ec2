//! `verbatim check`: reports the problems of the articles, and all files that are none.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use verbatim::config::Config;
use verbatim::corpus::{self, ExcludedBy, Inspected, Problem, Severity, Survey, escaped};

use super::outcome::{ERROR, Outcome, SUCCESS};
use super::output::counted;

/// The amount of detail of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The first few files of each kind.
    Summary,
    /// Every file.
    Full,
}

/// Number of files that a summary names for one reason.
const NAMED_FILES: usize = 5;
/// Number of warnings of one kind that a summary prints in full.
const PRINTED_WARNINGS: usize = 3;

/// The result of reading every file of a corpus.
#[derive(Default)]
struct Report {
    articles: usize,
    passages: usize,
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
    left_out: LeftOut,
    /// Number of the files of other types, by extension.
    others: BTreeMap<String, usize>,
}

/// Files that are left out without an error, by the reason.
#[derive(Default)]
struct LeftOut(BTreeMap<String, Vec<String>>);

/// Prints the problems of the corpus and the files that are left out, then the number of its
/// articles and passages.
pub fn check(config: &Config, detail: Detail) -> Outcome {
    let report = read(config);
    let mut out = io::stdout().lock();
    for problem in &report.errors {
        writeln!(out, "{problem}")?;
    }
    print_warnings(&mut out, &report.warnings, detail)?;
    for (reason, files) in &report.left_out.0 {
        let files = files_of(files, detail);
        writeln!(out, "left out {}: {files}", escaped(reason))?;
    }
    if report.left_out.0.keys().any(|reason| reason.starts_with("by the default")) {
        writeln!(out, "hint: `include` and `exclude` in `[corpus]` select other files")?;
    }
    if !report.others.is_empty() {
        writeln!(out, "{}", other_files(&report.others))?;
    }
    writeln!(out, "{}", report.totals())?;
    Ok(if report.errors.is_empty() { SUCCESS } else { ERROR })
}

/// Reads every file of the corpus.
fn read(config: &Config) -> Report {
    let Survey { files, problems, excluded, others } = corpus::survey(&config.corpus);
    let mut report = Report { errors: problems, others, ..Report::default() };
    for (file, by) in excluded {
        let reason = match by {
            ExcludedBy::Default(_) => "by the default patterns".to_owned(),
            by => by.to_string(),
        };
        report.left_out.add(&reason, &file);
    }
    for file in files {
        let Inspected { article, problems, .. } = corpus::inspect(&config.corpus, &file.path);
        if let Some((article, _)) = article {
            report.articles += 1;
            report.passages += article.passages.len();
        }
        for problem in problems {
            match problem.severity {
                Severity::Error => report.errors.push(problem),
                Severity::Warning => report.warnings.push(problem),
                Severity::LeftOut => report.left_out.add(&kind_of(&problem.what), &file.path),
            }
        }
    }
    report.errors.sort_by(|a, b| a.order().cmp(&b.order()));
    report.warnings.sort_by(|a, b| a.order().cmp(&b.order()));
    report
}

/// Returns the reason why a file is left out, without the part that differs between files.
fn kind_of(what: &str) -> String {
    let kinds = [
        ("it is marked as unpublished", "as drafts"),
        ("it is to be published on", "until their day"),
        ("it was to be shown until", "since their time is over"),
        ("there is no text", "without text"),
    ];
    let kind = kinds.iter().find(|(start, _)| what.starts_with(start));
    kind.map_or(what, |(_, kind)| kind).to_owned()
}

/// Prints warnings. A summary prints a few of each kind.
fn print_warnings(out: &mut impl Write, warnings: &[Problem], detail: Detail) -> io::Result<()> {
    let mut kinds = HashMap::<(&str, &str), usize>::new();
    for warning in warnings {
        *kinds.entry((&warning.what, &warning.hint)).or_default() += 1;
    }
    let mut printed = HashMap::<(&str, &str), usize>::new();
    for warning in warnings {
        let kind = (warning.what.as_str(), warning.hint.as_str());
        let all = kinds.get(&kind).copied().unwrap_or_default();
        let before = printed.entry(kind).or_default();
        *before += 1;
        let is_shown = detail == Detail::Full || *before <= PRINTED_WARNINGS;
        if is_shown {
            writeln!(out, "{warning}")?;
        }
        if detail == Detail::Summary && *before == PRINTED_WARNINGS && all > PRINTED_WARNINGS {
            let more = counted(all - PRINTED_WARNINGS, "more warning");
            writeln!(out, "{more} of this kind (`--verbose` prints them)")?;
        }
    }
    Ok(())
}

/// Returns the number of files with the names of the first ones.
fn files_of(files: &[String], detail: Detail) -> String {
    let named = match detail {
        Detail::Full => files.len(),
        // One name instead of "and 1 more".
        Detail::Summary if files.len() <= NAMED_FILES + 1 => files.len(),
        Detail::Summary => NAMED_FILES,
    };
    let names: Vec<_> = files[..named].iter().map(|file| escaped(file).into_owned()).collect();
    let names = names.join(", ");
    let count = counted(files.len(), "file");
    match files.len() - named {
        0 => format!("{count}: {names}"),
        more => format!("{count}: {names} and {more} more (`--verbose` names them)"),
    }
}

/// Returns the number of files of other types, by descending number.
fn other_files(others: &BTreeMap<String, usize>) -> String {
    let mut types: Vec<_> = others.iter().collect();
    types.sort_by_key(|(extension, count)| (std::cmp::Reverse(**count), extension.as_str()));
    let shown = types.iter().map(|(extension, count)| match extension.is_empty() {
        true => format!("{count} without an extension"),
        false => format!("{count} .{}", escaped(extension)),
    });
    let shown: Vec<_> = shown.collect();
    let count = counted(others.values().sum(), "other file");
    format!("{count}: {}", shown.join(", "))
}

impl LeftOut {
    fn add(&mut self, reason: &str, file: &str) {
        self.0.entry(reason.to_owned()).or_default().push(file.to_owned());
    }
}

impl Report {
    /// Returns the line with all numbers. Numbers of problems are named only if there are any.
    fn totals(&self) -> String {
        let mut parts = vec![counted(self.articles, "article"), counted(self.passages, "passage")];
        for (number, noun) in [(self.errors.len(), "problem"), (self.warnings.len(), "warning")] {
            parts.extend((number > 0).then(|| counted(number, noun)));
        }
        let left_out: usize = self.left_out.0.values().map(Vec::len).sum();
        parts.extend((left_out > 0).then(|| format!("{left_out} left out")));
        parts.join(", ")
    }
}

//! `verbatim import`: makes articles of sources.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use verbatim::config::Config;
use verbatim::corpus::{Folder, escaped};
use verbatim::import::target::{ImportedFile, Mode, Status};
use verbatim::import::worker::Converter;
use verbatim::import::{
    Fetcher, Importer, Report, Settings, Source, fetch_settings, import as import_source,
};
use verbatim::index::Progress;

use super::outcome::{ERROR, NEGATIVE, Outcome, SUCCESS};
use super::output::{OutputFormat, counted};
use super::progress::ProgressReporter;

/// Options of the command line.
pub struct ImportOptions<'a> {
    pub into: Option<&'a str>,
    pub limit: usize,
    pub mode: Mode,
}

/// Maximum number of failed parts and of warnings of a source that are printed.
const MAX_PRINTED: usize = 20;

/// Imports sources one after the other, and prints what became of each.
pub fn import(
    config: &Config,
    sources: &[String],
    options: &ImportOptions<'_>,
    format: OutputFormat,
) -> Outcome {
    let into = options.into.map(|folder| {
        let is_hidden = folder.split(['/', '\\']).any(|name| name.trim().starts_with('.'));
        let folder = Folder::new(folder).filter(|_| !is_hidden);
        folder.ok_or("--into: this is no folder of the corpus\nhint: give a path such as `news`")
    });
    let into = into.transpose()?;
    if !config.corpus.path().is_dir() {
        let dir = config.corpus.display_path();
        let hint = "create it, or give another one with `--corpus DIR`";
        return Err(format!("{dir}: there is no such directory\nhint: {hint}").into());
    }
    let settings = Settings {
        import: config.sources.import.clone(),
        into,
        limit: options.limit,
        mode: options.mode,
        data: config.data.clone(),
    };
    let fetcher = Fetcher::new(fetch_settings(&config.sources.import, &config.proxies))?;
    let converter = Converter::new(config.sources.program.clone());
    let mut importer = Importer::new(&config.corpus, settings, converter, fetcher);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut failed, mut imported) = (false, false);
    for source in sources {
        let report = match Source::parse(source) {
            Ok(source) => {
                let mut progress = ProgressReporter::new("parts");
                let mut on_progress = |done: usize, all: usize| {
                    // A report never stops the import.
                    let _ = progress.report(Progress { done: done as u64, all: all as u64 });
                };
                runtime.block_on(import_source(&mut importer, &source, &mut on_progress))
            }
            Err(failure) => Report {
                source: source.clone(),
                failed: vec![(source.clone(), failure)],
                ..Report::default()
            },
        };
        failed |= !report.failed.is_empty();
        imported |= !report.files.is_empty() || report.unchanged > 0;
        let mut out = io::stdout().lock();
        match format {
            OutputFormat::Text => out.write_all(in_words(&report, options.mode).as_bytes())?,
            OutputFormat::Json => writeln!(out, "{}", in_json(&report)?)?,
        }
    }
    Ok(match (failed, imported) {
        (false, _) => SUCCESS,
        (true, true) => NEGATIVE,
        (true, false) => ERROR,
    })
}

/// Returns the line of a source, and the lines of its problems.
fn in_words(report: &Report, mode: Mode) -> String {
    let source = escaped(&report.source);
    let mut text = match (&report.files[..], &report.failed[..]) {
        ([], [(name, failure)]) if *name == report.source => {
            return format!(
                "{source}: {}\nhint: {}\n",
                escaped(&failure.what),
                escaped(&failure.hint)
            );
        }
        ([file], _) => format!("{source} → {}: {}", escaped(&file.file), described(file, mode)),
        (files, _) => format!("{source} → {}", totals(report, files, mode)),
    };
    let left_out: Vec<_> =
        report.left_out.iter().map(|(reason, number)| format!("{number} {reason}")).collect();
    if !left_out.is_empty() {
        let _ = write!(text, "; left out: {}", escaped(&left_out.join(", ")));
    }
    text.push('\n');
    let notes = notes(report);
    for note in notes.iter().take(MAX_PRINTED) {
        let _ = writeln!(text, "  {note}");
    }
    if notes.len() > MAX_PRINTED {
        let _ = writeln!(text, "  and {} more (`--json` has all)", notes.len() - MAX_PRINTED);
    }
    text
}

/// Returns what a person should know of an import, the most important first.
fn notes(report: &Report) -> Vec<String> {
    let mut notes = Vec::new();
    for file in &report.files {
        if let Status::Edited(new_version) = &file.status {
            let (name, new_version) = (escaped(&file.file), escaped(new_version));
            notes.push(format!("{name} was edited since it was imported and was kept; the new version is {new_version}"));
        }
    }
    notes.extend(report.failed.iter().map(|(name, failure)| {
        let (what, hint) = (escaped(&failure.what), escaped(&failure.hint));
        format!("failed: {}: {what} ({hint})", escaped(name))
    }));
    notes.extend(report.notes.iter().map(|note| escaped(note).into_owned()));
    for file in &report.files {
        let warnings = file.warnings.iter();
        notes.extend(
            warnings.map(|warning| format!("{}: {}", escaped(&file.file), escaped(warning))),
        );
    }
    notes
}

/// Returns the title and the size of an article, and whether it is new.
fn described(file: &ImportedFile, mode: Mode) -> String {
    let status = match (&file.status, mode) {
        (Status::New, Mode::Write) => "",
        (Status::New, Mode::DryRun) => ", would be new",
        (Status::Replaced, Mode::Write) => ", replaced",
        (Status::Replaced, Mode::DryRun) => ", would be replaced",
        (Status::Unchanged, _) => ", unchanged",
        (Status::Edited(_), _) => ", not replaced",
    };
    let outline = &file.article.outline;
    let sections = counted(outline.sections.len(), "section");
    let words = counted(words_of(file), "word");
    format!("“{}”, {sections}, {words}{status}", escaped(&outline.title))
}

fn totals(report: &Report, files: &[ImportedFile], mode: Mode) -> String {
    let count = |is_counted: &dyn Fn(&Status) -> bool| {
        files.iter().filter(|file| is_counted(&file.status)).count()
    };
    let unchanged = report.unchanged + count(&|status| matches!(status, Status::Unchanged));
    let would = if mode == Mode::DryRun { "would be " } else { "" };
    let parts = [
        (count(&|status| matches!(status, Status::New)), format!("{would}new")),
        (count(&|status| matches!(status, Status::Replaced)), format!("{would}replaced")),
        (unchanged, "unchanged".to_owned()),
        (count(&|status| matches!(status, Status::Edited(_))), "edited since".to_owned()),
        (report.failed.len(), "failed".to_owned()),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<_> = parts.map(|(number, what)| format!("{number} {what}")).collect();
    let articles = counted(files.len() + report.unchanged, "article");
    let words: usize = files.iter().map(words_of).sum();
    match parts.is_empty() {
        true => articles,
        false if words == 0 => format!("{articles} ({})", parts.join(", ")),
        false => format!("{articles} ({}), {}", parts.join(", "), counted(words, "word")),
    }
}

fn words_of(file: &ImportedFile) -> usize {
    file.article.passages.iter().map(|passage| passage.text.split_whitespace().count()).sum()
}

#[derive(Serialize)]
struct ReportLine<'a> {
    source: &'a str,
    articles: Vec<ArticleLine<'a>>,
    failed: Vec<FailedLine<'a>>,
    left_out: &'a std::collections::BTreeMap<String, usize>,
    /// Number of articles that were seen before and not looked at again.
    unchanged: usize,
    notes: &'a [String],
}

#[derive(Serialize)]
struct ArticleLine<'a> {
    file: &'a str,
    title: &'a str,
    status: &'static str,
    sections: usize,
    words: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_version: Option<&'a str>,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct FailedLine<'a> {
    name: &'a str,
    what: &'a str,
    hint: &'a str,
}

fn in_json(report: &Report) -> serde_json::Result<String> {
    let articles = report.files.iter().map(|file| {
        let (status, new_version) = match &file.status {
            Status::New => ("new", None),
            Status::Replaced => ("replaced", None),
            Status::Unchanged => ("unchanged", None),
            Status::Edited(new_version) => ("edited", Some(new_version.as_str())),
        };
        ArticleLine {
            file: &file.file,
            title: &file.article.outline.title,
            status,
            sections: file.article.outline.sections.len(),
            words: words_of(file),
            new_version,
            warnings: &file.warnings,
        }
    });
    let failed = report.failed.iter().map(|(name, failure)| FailedLine {
        name,
        what: &failure.what,
        hint: &failure.hint,
    });
    serde_json::to_string(&ReportLine {
        source: &report.source,
        articles: articles.collect(),
        failed: failed.collect(),
        left_out: &report.left_out,
        unchanged: report.unchanged,
        notes: &report.notes,
    })
}

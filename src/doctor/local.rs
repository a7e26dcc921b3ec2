//! Checks of the disk, the articles, the index and the sentence model. [`look`] gathers the facts
//! and writes nothing; the checks are pure.

use std::path::Path;

use super::check::{Check, CheckName, Status, counted};
use super::disk::Disk;
use crate::corpus::{self, CorpusDir, Inspected, Severity, Survey};
use crate::embedding::model_files;
use crate::library::Library;

/// The facts about the files of the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFacts {
    pub disk: Disk,
    pub corpus: CorpusFacts,
    pub index: IndexFacts,
    pub model: ModelFacts,
}

/// The articles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorpusFacts {
    /// No file can be an article, for this reason.
    Unusable(String),
    Articles {
        articles: usize,
        problems: usize,
        warnings: usize,
    },
}

/// The index, as it is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexFacts {
    /// No start has made an index yet.
    Missing,
    /// The index cannot be used, for this reason.
    Unusable(String),
    Sound {
        articles: u64,
        passages: u64,
        bytes: u64,
        /// Number of files that have changed since they were indexed.
        outdated: usize,
    },
}

/// The sentence model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelFacts {
    Missing,
    /// The model of this name is installed.
    Installed(String),
    /// The model cannot be used, for this reason, which may have a hint.
    Unusable(String),
}

/// Free space that the store and the log of changes need, in bytes.
const MIN_FREE_BYTES: u64 = 100 << 20;
/// Free space below which nothing can be written, in bytes.
const FULL_BYTES: u64 = 1 << 20;

/// Looks at all files of a bot that need not run. Reads every article.
pub fn look(corpus: &CorpusDir, data: &Path, model: &Path) -> LocalFacts {
    LocalFacts {
        disk: Disk::of(data),
        corpus: look_at_corpus(corpus),
        index: match Library::open_read_only(corpus, data) {
            Ok(Some(library)) => look_at_index(&library),
            Ok(None) => IndexFacts::Missing,
            Err(reason) => IndexFacts::Unusable(reason),
        },
        model: look_at_model(model),
    }
}

fn look_at_corpus(corpus: &CorpusDir) -> CorpusFacts {
    let Survey { files, problems: mut found, .. } = corpus::survey(corpus);
    let mut articles = 0;
    for file in files {
        let Inspected { article, problems, .. } = corpus::inspect(corpus, &file.path);
        articles += usize::from(article.is_some());
        found.extend(problems);
    }
    let count = |severity| found.iter().filter(|it| it.severity == severity).count();
    match articles {
        0 => {
            let reason = found.first().map_or("no file is an article".into(), ToString::to_string);
            CorpusFacts::Unusable(reason)
        }
        _ => CorpusFacts::Articles {
            articles,
            problems: count(Severity::Error),
            warnings: count(Severity::Warning),
        },
    }
}

/// Looks at an open index.
pub fn look_at_index(library: &Library) -> IndexFacts {
    let sound = library.check().and_then(|()| library.all().size());
    match sound {
        Ok(size) => IndexFacts::Sound {
            articles: size.articles,
            passages: size.passages,
            bytes: size.bytes,
            outdated: library.outdated_file_count().unwrap_or(0),
        },
        Err(error) => IndexFacts::Unusable(error.to_string()),
    }
}

/// Looks at the directory of the model. Does not read the model.
pub fn look_at_model(model: &Path) -> ModelFacts {
    match model_files::installed_read_only(model) {
        Ok(Some(installed)) => ModelFacts::Installed(installed.manifest.name),
        Ok(None) => ModelFacts::Missing,
        Err(error) => ModelFacts::Unusable(error.to_string()),
    }
}

/// Turns the facts into checks.
pub fn checks(facts: &LocalFacts) -> Vec<Check> {
    let index_bytes = match facts.index {
        IndexFacts::Sound { bytes, .. } => bytes,
        IndexFacts::Missing | IndexFacts::Unusable(_) => 0,
    };
    vec![
        disk(facts.disk, index_bytes),
        corpus_check(&facts.corpus),
        index(&facts.index),
        model(&facts.model),
    ]
}

fn disk(disk: Disk, index_bytes: u64) -> Check {
    let name = CheckName::Disk;
    let what = if disk.exists { "the data directory" } else { "the place of the data directory" };
    if !disk.is_writable {
        return Check::error(name, format!("{what} cannot be written"))
            .hint("give the user of the bot the right to write there, or name another directory with `--data DIR`");
    }
    let Some(free) = disk.free_bytes else {
        return Check::ok(name, format!("{what} can be written"));
    };
    let message = format!("{what} can be written; {} free", size(free));
    match free {
        ..FULL_BYTES => Check::error(name, format!("the disk of {what} is full"))
            .hint("free some space: new questions stay with Telegram until then"),
        _ if free < MIN_FREE_BYTES.saturating_add(index_bytes) => Check::warning(name, message)
            .hint(
                "free some space: a rebuild of the index needs as much as the index, for a moment",
            ),
        _ => Check::ok(name, message),
    }
}

fn corpus_check(corpus: &CorpusFacts) -> Check {
    let name = CheckName::Corpus;
    let (articles, problems, warnings) = match corpus {
        CorpusFacts::Unusable(reason) => return Check::of_error(name, Status::Error, reason),
        CorpusFacts::Articles { articles, problems, warnings } => (*articles, *problems, *warnings),
    };
    let mut message = counted(articles as u64, "article");
    for (number, noun) in [(problems, "problem"), (warnings, "warning")] {
        if number > 0 {
            message += &format!(", {}", counted(number as u64, noun));
        }
    }
    match (problems, warnings) {
        (0, 0) => Check::ok(name, message),
        (0, _) => Check::ok(name, message).hint("`verbatim check` prints them"),
        (1.., _) => Check::warning(name, message).hint("`verbatim check` prints them"),
    }
}

fn index(index: &IndexFacts) -> Check {
    let name = CheckName::Index;
    match index {
        IndexFacts::Missing => Check::ok(name, "there is none yet; the first start makes it"),
        IndexFacts::Unusable(reason) => {
            let check = Check::of_error(name, Status::Warning, reason);
            let hint = "a running bot rebuilds it by itself, and so does the next start; this needs free disk space";
            Check { hint: Some(hint.into()), ..check }
        }
        IndexFacts::Sound { articles, passages, bytes, outdated } => {
            let articles = counted(*articles, "article");
            let passages = counted(*passages, "passage");
            let message = format!("sound: {articles}, {passages}, {}", size(*bytes));
            match outdated {
                0 => Check::ok(name, format!("{message}; up to date")),
                outdated => {
                    let files = counted(*outdated as u64, "file");
                    Check::warning(name, format!("{message}; without the changes of {files}"))
                        .hint("a running bot indexes them within seconds, or else the next start")
                }
            }
        }
    }
}

fn model(model: &ModelFacts) -> Check {
    let name = CheckName::Model;
    match model {
        ModelFacts::Installed(model) => Check::ok(name, format!("{model} is installed")),
        ModelFacts::Missing => {
            Check::ok(name, "none is installed, so the bot answers by words alone")
                .hint("`verbatim model install` installs one")
        }
        ModelFacts::Unusable(reason) => Check::of_error(name, Status::Warning, reason),
    }
}

/// Returns a number of bytes in a unit that fits.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes % 1_000_000_000 / 100_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(check: Check) -> String {
        let hint = check.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
        format!("{} {}: {}{hint}", check.status.word(), check.name.label(), check.message)
    }

    #[test]
    fn doctor_warns_of_a_disk_before_it_is_full() {
        let check = |exists, is_writable, free_bytes, index_bytes| {
            line(disk(Disk { exists, is_writable, free_bytes }, index_bytes))
        };
        let reports = [
            check(true, true, Some(12_345_678_901), 0),
            check(true, true, Some(104_000_000), 0),
            check(true, true, Some(500_000_000), 500_000_000),
            check(true, true, Some(4_000), 0),
            check(true, false, Some(4_000), 0),
            check(false, true, None, 0),
            check(false, false, None, 0),
        ];
        insta::assert_snapshot!(reports.join("\n"), @"
        ok disk: the data directory can be written; 12.3 GB free
        warning disk: the data directory can be written; 104 MB free (free some space: a rebuild of the index needs as much as the index, for a moment)
        warning disk: the data directory can be written; 500 MB free (free some space: a rebuild of the index needs as much as the index, for a moment)
        error disk: the disk of the data directory is full (free some space: new questions stay with Telegram until then)
        error disk: the data directory cannot be written (give the user of the bot the right to write there, or name another directory with `--data DIR`)
        ok disk: the place of the data directory can be written
        error disk: the place of the data directory cannot be written (give the user of the bot the right to write there, or name another directory with `--data DIR`)
        ");
    }

    #[test]
    fn doctor_reports_the_articles_and_the_index() {
        let articles = |articles, problems, warnings| {
            line(corpus_check(&CorpusFacts::Articles { articles, problems, warnings }))
        };
        let sound = |outdated| {
            line(index(&IndexFacts::Sound { articles: 1, passages: 20, bytes: 45_678, outdated }))
        };
        let reports = [
            articles(1, 0, 0),
            articles(12, 0, 1),
            articles(12, 2, 1),
            line(corpus_check(&CorpusFacts::Unusable(
                "there is no article here\nhint: add".into(),
            ))),
            line(index(&IndexFacts::Missing)),
            line(index(&IndexFacts::Unusable("a checksum\nhint: other".into()))),
            sound(0),
            sound(3),
            line(model(&ModelFacts::Missing)),
            line(model(&ModelFacts::Installed("e5".into()))),
            line(model(&ModelFacts::Unusable("it is damaged\nhint: install it again".into()))),
        ];
        insta::assert_snapshot!(reports.join("\n"), @"
        ok corpus: 1 article
        ok corpus: 12 articles, 1 warning (`verbatim check` prints them)
        warning corpus: 12 articles, 2 problems, 1 warning (`verbatim check` prints them)
        error corpus: there is no article here (add)
        ok index: there is none yet; the first start makes it
        warning index: a checksum (a running bot rebuilds it by itself, and so does the next start; this needs free disk space)
        ok index: sound: 1 article, 20 passages, 46 kB; up to date
        warning index: sound: 1 article, 20 passages, 46 kB; without the changes of 3 files (a running bot indexes them within seconds, or else the next start)
        ok model: none is installed, so the bot answers by words alone (`verbatim model install` installs one)
        ok model: e5 is installed
        warning model: it is damaged (install it again)
        ");
    }
}

//! The library with the aliases and the sentence model of the configuration, and the backfill of
//! missing vectors.

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use verbatim::config::Config;
use verbatim::corpus::Severity;
use verbatim::embedding::{Access, EmbeddingIndex, Threads, model_files};
use verbatim::index::{FileProblem, Progress};
use verbatim::library::Library;
use verbatim::search::Mode;

use super::logging::print_notice;
use super::outcome::CommandResult;
use super::output::counted;
use super::progress::ProgressReporter;

/// Maximum time that a single question waits for vectors of new passages.
const BRIEF_BACKFILL: Duration = Duration::from_secs(1);
/// Number of log lines about the progress of a backfill.
const LOGGED_STEPS: u64 = 10;

/// Opens the library for questions, with the sentence model if one is installed. A model that
/// cannot be used is reported, and search is lexical.
pub fn open(config: &Config) -> Result<Library, Box<dyn Error>> {
    Ok(with_model(open_lexical(config)?, config))
}

/// Opens the library as its owner from the last index, without a scan of the corpus. Without a
/// usable index, builds one.
pub fn resume(config: &Config) -> Result<Library, Box<dyn Error>> {
    match Library::resume(&config.corpus, &config.data)? {
        Some(library) => Ok(with_model(library.with_aliases(&config.aliases), config)),
        None => Ok(with_model(own_lexical(config)?, config)),
    }
}

fn with_model(library: Library, config: &Config) -> Library {
    match open_embeddings(config, &config.data, access(&library)) {
        Ok(Some(embeddings)) => library.with_embeddings(embeddings),
        Ok(None) => library,
        Err(error) => {
            print_notice(format!(
                "answering by words alone, since the model cannot be used: {error}"
            ));
            library
        }
    }
}

/// Returns how to install the sentence model, or `None` if one is installed. A model that cannot be
/// used is reported when the library is opened.
pub fn hint_to_install_model(library: &Library, config: &Config) -> Option<&'static str> {
    let is_installed = || !matches!(model_files::installed_read_only(&config.model), Ok(None));
    let is_hinted = library.mode() == Mode::Lexical && !is_installed();
    is_hinted.then_some(
        "answering by words alone, since no sentence model is installed; \
         `verbatim model install` installs it",
    )
}

/// Opens the installed sentence model, if any, with its vectors in the directory `data`. The
/// vectors are only read unless `access` is [`Access::ReadWrite`].
pub fn open_embeddings(
    config: &Config,
    data: &Path,
    access: Access,
) -> CommandResult<Option<EmbeddingIndex>> {
    let installed = match access {
        Access::ReadWrite => model_files::installed(&config.model)?,
        Access::ReadOnly => model_files::installed_read_only(&config.model)?,
    };
    Ok(installed.map(|installed| EmbeddingIndex::open(&installed, data, access)).transpose()?)
}

/// Returns the access of this process to the vectors of a library.
pub fn access(library: &Library) -> Access {
    match library.outdated_file_count() {
        None => Access::ReadWrite,
        Some(_) => Access::ReadOnly,
    }
}

/// Opens the library for questions without a model. If another process owns the data directory,
/// such as a running bot, its index is only read.
pub fn open_lexical(config: &Config) -> Result<Library, Box<dyn Error>> {
    let mut reporter = ProgressReporter::new("articles");
    let report = |progress| reporter.report(progress);
    let library = Library::open_shared(&config.corpus, &config.data, report)?;
    drop(reporter);
    if let Some(files @ 1..) = library.outdated_file_count() {
        let files = counted(files, "file");
        print_notice(format!("the index is read without the changes of {files}"));
    }
    print_problems(&library);
    Ok(library.with_aliases(&config.aliases))
}

/// Opens the library without a model, as its owner.
pub fn own_lexical(config: &Config) -> Result<Library, Box<dyn Error>> {
    let mut reporter = ProgressReporter::new("articles");
    let report = |progress| reporter.report(progress);
    let library = Library::open(&config.corpus, &config.data, report)?;
    drop(reporter);
    print_problems(&library);
    Ok(library.with_aliases(&config.aliases))
}

/// Prints the problems with files that were found when the library was opened.
fn print_problems(library: &Library) {
    for FileProblem { problem, is_kept } in library.file_problems().unwrap_or_default() {
        match is_kept {
            // `verbatim check` names the files that are left out as their owner wants.
            _ if problem.severity != Severity::Error => {}
            true => print_notice(format!("the article stays as it was before: {problem}")),
            false => print_notice(format!("left out: {problem}")),
        }
    }
}

/// Runs `work` while a background thread computes missing vectors, also those of passages that are
/// added by then. Returns once both have ended.
pub fn with_backfill<T>(library: &Library, work: impl FnOnce() -> T) -> T {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut changes = 0;
            while !stop.load(Ordering::Relaxed) {
                backfill(library, &stop);
                changes = library.wait_for_change(changes);
            }
        });
        let _stop_on_drop = StopOnDrop { stop: &stop, library };
        let result = work();
        if library.timed_out() > 0 {
            tracing::info!(
                questions = library.timed_out(),
                "some questions were answered by lexical search alone: too many at the same time"
            );
        }
        result
    })
}

/// Stops the backfill when it is dropped, also by a panic of the work.
struct StopOnDrop<'a> {
    stop: &'a AtomicBool,
    library: &'a Library,
}

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.library.wake();
    }
}

/// Computes missing vectors until none is missing or `stop` is set, and logs the progress.
fn backfill(library: &Library, stop: &AtomicBool) {
    let mut logged_steps = 0;
    let result = library.backfill(Threads::AllButOne, |Progress { done, all }| {
        let steps = done * LOGGED_STEPS / all.max(1);
        if steps > logged_steps || done == all {
            logged_steps = steps;
            tracing::info!(done, all, "passages have vectors for semantic search");
        }
        match stop.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    if let Err(error) = result {
        tracing::warn!(%error, "the computation of vectors failed; passages without a vector are found by lexical search alone");
    }
}

/// Computes missing vectors for at most a second, which is enough for an edit, before a question is
/// asked. Prints how many are still missing.
pub fn backfill_briefly(library: &Library) {
    let start = Instant::now();
    let result = library.backfill(Threads::All, |_| match start.elapsed() < BRIEF_BACKFILL {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(()),
    });
    match result {
        Ok(Progress { done, all }) if done < all => {
            let hint = match access(library) {
                Access::ReadWrite => "`verbatim model encode` computes what the others need",
                Access::ReadOnly => "the process that owns the data directory computes the others",
            };
            print_notice(format!(
                "{done} of {all} passages can be found by meaning so far\nhint: {hint}"
            ));
        }
        Ok(_) => {}
        Err(error) => {
            print_notice(format!("answering by words where vectors are missing: {error}"));
        }
    }
}

/// Computes all missing vectors, and reports the progress.
pub fn backfill_all(library: &Library) -> Result<Progress, Box<dyn Error>> {
    let mut reporter = ProgressReporter::new("passages");
    Ok(library.backfill(Threads::All, |progress| reporter.report(progress))?)
}

//! The library as the configuration wants it, with what it may do beside answering.

use std::error::Error;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use verbatim::config::Config;
use verbatim::embedding::{Access, Threads};
use verbatim::index::{FileProblem, Progress};
use verbatim::library::Library;

use super::progress::ProgressReporter;
use super::{model, print_notice};

/// So long a single question waits for vectors of passages that are new.
const PATIENCE: Duration = Duration::from_secs(1);
/// The share of all passages after which the log hears how far it is.
const TOLD_SHARE: u64 = 10;

/// Opens the library for questions, with the model if one is installed. One that cannot be used costs only what
/// it would have added.
pub fn open(config: &Config) -> Result<Library, Box<dyn Error>> {
    Ok(with_model(open_for_words(config)?, config))
}

/// Opens the library as its owner and as it was left, where it can be: the corpus is still to be looked at.
pub fn resume(config: &Config) -> Result<Library, Box<dyn Error>> {
    match Library::resume(&config.corpus, &config.data)? {
        Some(library) => Ok(with_model(library.with_aliases(&config.aliases), config)),
        None => Ok(with_model(own_for_words(config)?, config)),
    }
}

fn with_model(library: Library, config: &Config) -> Library {
    match model::meaning(config, &config.data, access(&library)) {
        Ok(Some(meaning)) => library.with_embeddings(meaning),
        Ok(None) => library,
        Err(error) => {
            print_notice(format!(
                "answering by words alone, since the model cannot be used: {error}"
            ));
            library
        }
    }
}

/// Returns what this process may do with the vectors that belong to a library.
pub fn access(library: &Library) -> Access {
    match library.outdated_file_count() {
        None => Access::ReadWrite,
        Some(_) => Access::ReadOnly,
    }
}

/// Opens the library for questions without a model. While another process owns the data directory, such as a bot
/// that runs, its index is only read.
pub fn open_for_words(config: &Config) -> Result<Library, Box<dyn Error>> {
    let mut told = ProgressReporter::of("articles");
    let library =
        Library::open_shared(&config.corpus, &config.data, |progress| told.tell(progress))?;
    drop(told);
    if let Some(files @ 1..) = library.outdated_file_count() {
        print_notice(format!(
            "the index is read as it is; {files} files of the corpus are not yet in it"
        ));
    }
    Ok(reported(library).with_aliases(&config.aliases))
}

/// Opens the library without a model, as its owner.
pub fn own_for_words(config: &Config) -> Result<Library, Box<dyn Error>> {
    let mut told = ProgressReporter::of("articles");
    let library = Library::open(&config.corpus, &config.data, |progress| told.tell(progress))?;
    drop(told);
    Ok(reported(library).with_aliases(&config.aliases))
}

/// Reports on standard error what was wrong with files when the library was opened.
fn reported(library: Library) -> Library {
    for FileProblem { problem, is_kept } in library.file_problems().unwrap_or_default() {
        match is_kept {
            true => print_notice(format!("the article stays as it was before: {problem}")),
            false => print_notice(format!("left out: {problem}")),
        }
    }
    library
}

/// Does `work` while the vectors of passages are computed that have none, also of those that come
/// meanwhile. Both have ended when it returns.
pub fn while_catching_up<T>(library: &Library, work: impl FnOnce() -> T) -> T {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut changes = 0;
            while !stop.load(Ordering::Relaxed) {
                catch_up(library, &stop);
                changes = library.wait_for_change(changes);
            }
        });
        let _stopped = StopWhenDropped { stop: &stop, library };
        let done = work();
        if library.timed_out() > 0 {
            tracing::info!(
                questions = library.timed_out(),
                "answered by words alone: too many at once"
            );
        }
        done
    })
}

/// Stops the computing also when the work panics.
struct StopWhenDropped<'a> {
    stop: &'a AtomicBool,
    library: &'a Library,
}

impl Drop for StopWhenDropped<'_> {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.library.wake();
    }
}

fn catch_up(library: &Library, stop: &AtomicBool) {
    let mut told = 0;
    let caught_up = library.backfill(Threads::AllButOne, |Progress { done, all }| {
        if done * TOLD_SHARE / all.max(1) > told || done == all {
            told = done * TOLD_SHARE / all.max(1);
            tracing::info!(done, all, "passages can be found by meaning");
        }
        match stop.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    if let Err(error) = caught_up {
        tracing::warn!(%error, "no more vectors are computed; where they are missing, words answer alone");
    }
}

/// Computes vectors for a moment, enough for what an edit changed, before a question is asked.
pub fn catch_up_shortly(library: &Library) {
    let begun = Instant::now();
    let caught_up = library.backfill(Threads::All, |_| match begun.elapsed() < PATIENCE {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(()),
    });
    match caught_up {
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
            print_notice(format!("answering by words where vectors are missing: {error}"))
        }
    }
}

/// Computes all vectors that are missing, and tells how far it is.
pub fn catch_up_fully(library: &Library) -> Result<Progress, Box<dyn Error>> {
    let mut told = ProgressReporter::of("passages");
    Ok(library.backfill(Threads::All, |progress| told.tell(progress))?)
}

//! Synchronization with the corpus directory while the bot runs.
//!
//! Changed files are indexed, their changes are recorded for briefings and watches, and the
//! administrators of the bot are notified of files that cannot be articles. A damaged index is
//! rebuilt.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::context::BotContext;
use crate::bot::backoff::sleep_or_stop;
use crate::bot::receive::update::User;
use crate::bot::send::SendTarget;
use crate::corpus::article::ArticleId;
use crate::corpus::watcher::CorpusWatcher;
use crate::corpus::{Scope, Severity, escaped};
use crate::index::{ArticleSummary, FileProblem, Progress, Refreshed, Touched};
use crate::library::Library;
use crate::render::telegram;
use crate::store::{ArticleVersion, Content, Store};

/// Interval of complete scans without a working file watcher.
const RESCAN_INTERVAL: Duration = Duration::from_secs(10);
/// Interval of complete scans with a working file watcher.
const RESCAN_INTERVAL_WITH_WATCHER: Duration = Duration::from_secs(60);
/// Minimum interval of log lines about the progress of indexing.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);
/// Interval of the check of the index files, which takes some microseconds.
const DAMAGE_CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// Number of articles whose versions are compared, and at the first time recorded, in one step.
const VERSIONS_PER_STEP: usize = 500;
/// Maximum number of consecutive scans because of files that are still being written.
const MAX_CONSECUTIVE_RESCANS: u32 = 30;

/// Keeps the index in step with the corpus directory until `stop`. A file is indexed once it has
/// not changed for `debounce`.
pub async fn run(ctx: &BotContext, debounce: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = synchronize(ctx, debounce, stop) => {}
        () = stop.cancelled() => {}
    }
}

async fn synchronize(ctx: &BotContext, debounce: Duration, stop: &CancellationToken) {
    let changed = Arc::new(Notify::new());
    let notifier = Arc::clone(&changed);
    let mut watcher = CorpusWatcher::new(&ctx.corpus, move || notifier.notify_one());
    let changes = watcher.changes();
    let known = ctx.library.file_problems();
    // Problems that were found before the start are in the log; the administrators are not notified
    // of them.
    let mut is_up_to_date = known.is_some();
    let known = known.unwrap_or_default().iter().filter(is_error);
    let mut reported: HashSet<_> = known.map(|known| known.problem.to_string()).collect();
    ctx.health.metrics.set_corpus_problems(reported.len());
    let mut is_recorded = record_changes(ctx, None).await;
    let mut is_first = true;
    loop {
        watcher = renewed(watcher).await;
        let interval = match watcher.is_watching() {
            _ if is_first => Duration::ZERO,
            true => RESCAN_INTERVAL_WITH_WATCHER,
            false => RESCAN_INTERVAL,
        };
        is_first = false;
        let is_named = tokio::select! {
            () = changed.notified() => {
                sleep_or_stop(debounce, stop).await;
                true
            }
            () = sleep_or_stop(interval, stop) => false,
            () = wait_for_damage(ctx, stop) => false,
        };
        // Changes from here on lead to another scan.
        let mut scope = changes.take();
        if !is_named {
            scope = Scope::All;
        }
        for _ in 0..MAX_CONSECUTIVE_RESCANS {
            let Some(mut refreshed) = rescan(ctx, scope, debounce, stop).await else { break };
            if refreshed.has_changed || !is_recorded {
                is_recorded = record_changes(ctx, refreshed.touched.take()).await;
                ctx.events.corpus_changed.notify_one();
            }
            let new = new_problems(ctx, &refreshed, &mut reported);
            if is_up_to_date {
                notify_admins(ctx, &new).await;
            } else {
                let articles = ctx.library.article_count();
                let errors = refreshed.reported.iter().filter(is_error).count();
                let left_out = refreshed.left_out + errors;
                tracing::info!(articles, left_out, "the index is up to date with the corpus");
            }
            is_up_to_date = true;
            if !refreshed.is_incomplete {
                break;
            }
            sleep_or_stop(debounce, stop).await;
            scope = changes.take();
        }
    }
}

/// Renews the watcher after the directory was replaced, on a thread for blocking work.
async fn renewed(mut watcher: CorpusWatcher) -> CorpusWatcher {
    let renew = move || {
        watcher.ensure_watching();
        watcher
    };
    spawn_blocking(renew).await.unwrap_or_else(|panic| resume_unwind(panic.into_panic()))
}

/// Waits until the index looks damaged.
async fn wait_for_damage(ctx: &BotContext, stop: &CancellationToken) {
    loop {
        sleep_or_stop(DAMAGE_CHECK_INTERVAL, stop).await;
        let library = Arc::clone(&ctx.library);
        let damaged = spawn_blocking(move || library.looks_damaged()).await;
        if stop.is_cancelled() || damaged.unwrap_or_else(|panic| resume_unwind(panic.into_panic()))
        {
            return;
        }
    }
}

/// Scans the directory and indexes what has changed. Returns `None` after an error, which is
/// logged.
async fn rescan(
    ctx: &BotContext,
    scope: Scope,
    debounce: Duration,
    stop: &CancellationToken,
) -> Option<Refreshed> {
    let (library, stop) = (Arc::clone(&ctx.library), stop.clone());
    let mut logged = Instant::now();
    let progress = move |Progress { done, all }| {
        if logged.elapsed() >= PROGRESS_INTERVAL {
            logged = Instant::now();
            tracing::info!(done, all, "indexing articles");
        }
        match stop.is_cancelled() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    match spawn_blocking(move || library.refresh_in(&scope, debounce, progress)).await {
        Ok(Ok(refreshed)) => {
            if refreshed.has_changed {
                tracing::info!(articles = ctx.library.article_count(), "the corpus has changed");
            }
            Some(refreshed)
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "changes of the corpus could not be indexed");
            None
        }
        Err(error) => {
            tracing::error!(%error, "scanning the corpus panicked");
            None
        }
    }
}

/// Returns whether a file cannot be an article, and is not left out as its owner wants.
fn is_error(reported: &&FileProblem) -> bool {
    reported.problem.severity == Severity::Error
}

/// Returns the problems that were not reported yet. A problem is reported again only after it was
/// fixed in between.
fn new_problems<'a>(
    ctx: &BotContext,
    refreshed: &'a Refreshed,
    reported: &mut HashSet<String>,
) -> Vec<&'a FileProblem> {
    let found = || refreshed.reported.iter().filter(is_error);
    let present: HashSet<_> = found().map(|found| found.problem.to_string()).collect();
    // A file that is still being written is left out of the result, and may have its problems as
    // before.
    reported.retain(|problem| refreshed.is_incomplete || present.contains(problem));
    ctx.health.metrics.set_corpus_problems(present.len());
    let is_new = |found: &&FileProblem| reported.insert(found.problem.to_string());
    let new: Vec<_> = found().filter(is_new).collect();
    for FileProblem { problem, is_kept } in &new {
        let (file, line, hint) = (escaped(&problem.file), problem.line, escaped(&problem.hint));
        let what = escaped(&problem.what);
        tracing::warn!(%file, line, is_kept, %hint, "a file cannot be an article: {what}");
    }
    new
}

/// Sends the problems of files to the administrators of the bot.
async fn notify_admins(ctx: &BotContext, new: &[&FileProblem]) {
    for admin in &ctx.settings.access.admins {
        let border = ctx.access.border(Some(admin.private_chat()));
        let visible: Vec<_> =
            new.iter().filter(|new| border.passes_by_file(&new.problem.path)).copied().collect();
        if visible.is_empty() {
            continue;
        }
        let messages = ctx.locale(Some(admin.private_chat()), &User::default()).messages();
        let message = telegram::uploads::corpus_problems(&visible, messages);
        ctx.sender.send(&SendTarget::chat(admin.private_chat(), None), &message).await;
    }
}

/// Records the changes of the corpus in the store, and wakes the tasks that wait for them.
/// `touched` has the files of the last update, if they are known. Returns whether all changes are
/// recorded.
async fn record_changes(ctx: &BotContext, touched: Option<Touched>) -> bool {
    let (library, store) = (Arc::clone(&ctx.library), Arc::clone(&ctx.store));
    let now = ctx.clock.now();
    match spawn_blocking(move || write_changes(&library, &store, touched, now)).await {
        Ok(Ok(changes)) => {
            if changes > 0 {
                ctx.events.articles_added.notify_one();
            }
            true
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "the changes of the corpus could not be recorded");
            false
        }
        Err(error) => {
            tracing::error!(%error, "recording the changes of the corpus panicked");
            false
        }
    }
}

/// Compares the library with the recorded versions, and records the differences. Returns how many
/// articles were added, changed or removed since the last time.
fn write_changes(
    library: &Library,
    store: &Store,
    touched: Option<Touched>,
    now: i64,
) -> Result<usize, Box<dyn Error + Send + Sync>> {
    // Only this task changes the library, so everything that is read here is of one state.
    let stamp = short(library.stamp());
    let known = store.versions_stamp()?;
    if known == Some(stamp) {
        return Ok(0);
    }
    if let Some(Touched { before, files }) = touched
        && known == Some(short(before))
        && let Some(changes) =
            write_part_of_changes(library, store, (short(before), stamp), &files, now)?
    {
        return Ok(changes);
    }
    let all = library.all();
    let articles = all.articles();
    let (mut there, mut differing, mut contents) = (HashSet::new(), Vec::new(), HashMap::new());
    let mut articles = articles.iter().peekable();
    while articles.peek().is_some() {
        let part: Vec<_> = articles.by_ref().take(VERSIONS_PER_STEP).collect();
        there.extend(part.iter().map(|listed| listed.id));
        let versions: Vec<_> = part.iter().map(|listed| version(listed)).collect();
        let unknown: HashSet<_> = store.outdated(&versions)?.into_iter().collect();
        let (mut new, mut contents_of_new) = (Vec::new(), Vec::new());
        for (listed, version) in part.iter().zip(versions) {
            if !unknown.contains(&listed.id) {
                continue;
            }
            // An article whose passages cannot be read counts as different the next time, too.
            let content = all
                .passage_ids(listed.id)?
                .map(|passages| Content { title: listed.title.clone(), passages });
            match content {
                Some(content) if known.is_none() => {
                    new.push(version);
                    contents_of_new.push(content);
                }
                Some(content) => {
                    contents.insert(version.article, content);
                    differing.push(version);
                }
                None => differing.push(version),
            }
        }
        if !new.is_empty() {
            store.seed_versions(&new.iter().zip(contents_of_new).collect::<Vec<_>>())?;
        }
    }
    Ok(store.record_versions_of(&there, &differing, &contents, stamp, now)?.len())
}

/// Records the changes of these files, which are all that changed between the two stamps. Returns
/// how many articles were added, changed or removed, or `None` if all files must be compared.
fn write_part_of_changes(
    library: &Library,
    store: &Store,
    between: (i64, i64),
    files: &[String],
    now: i64,
) -> Result<Option<usize>, Box<dyn Error + Send + Sync>> {
    let all = library.all();
    let mut listed: Vec<_> = files.iter().filter_map(|file| all.article_of(file)).collect();
    // The order in which all articles are listed, since changes are recorded in this order.
    listed.sort_by(|a, b| (&a.title, &a.file).cmp(&(&b.title, &b.file)));
    listed.dedup();
    let there: HashSet<_> = listed.iter().map(|listed| listed.id).collect();
    let gone = files.iter().map(|file| ArticleId::of_file(file));
    let gone: Vec<_> = gone.filter(|article| !there.contains(article)).collect();
    let mut contents = HashMap::new();
    for listed in &listed {
        if let Some(passages) = all.passage_ids(listed.id)? {
            contents.insert(listed.id, Content { title: listed.title.clone(), passages });
        }
    }
    let versions: Vec<_> = listed.iter().map(|listed| version(listed)).collect();
    let changes = store.record_some_versions(between, &versions, &gone, &contents, now)?;
    Ok(changes.map(|changes| changes.len()))
}

fn version(listed: &ArticleSummary) -> ArticleVersion {
    ArticleVersion { article: listed.id, file: listed.file.clone(), hash: listed.hash.to_hex() }
}

/// Returns the first eight bytes of a stamp, which the store keeps.
fn short(stamp: [u8; 32]) -> i64 {
    i64::from_be_bytes(std::array::from_fn(|at| stamp[at]))
}

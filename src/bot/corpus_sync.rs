//! The corpus under the running bot: its changes are taken over, what is new is written down, and the
//! admins hear of faulty files. An index that was damaged is rebuilt.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::context::BotContext;
use super::send::SendTarget;
use crate::bot::receive::polling::sleep_or_stop;
use crate::bot::receive::update::User;
use crate::corpus::article::ArticleId;
use crate::corpus::watcher::CorpusWatcher;
use crate::corpus::{Scope, escaped};
use crate::index::{ArticleSummary, FileProblem, Progress, Refreshed, Touched};
use crate::library::Library;
use crate::render::telegram;
use crate::store::{ArticleVersion, Content, Store};

/// So often the corpus is looked at where nothing tells of changes, and where something does.
const RESCAN_INTERVAL: Duration = Duration::from_secs(10);
const RESCAN_INTERVAL_WITH_WATCHER: Duration = Duration::from_secs(60);
const NOTICE_INTERVAL: Duration = Duration::from_secs(1);
/// Interval of the look at the stamps of the index's files, which costs some microseconds.
const DAMAGE_CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// Number of articles that are compared, and the first time written down, at once when stock is taken.
const MAX_LISTED_PROBLEMS: usize = 500;
/// A file that never settles is looked at no oftener than all others.
const MAX_CONSECUTIVE_RESCANS: u32 = 30;

/// Takes over what changes in the corpus, until `stop`. A file must not have changed for `settle` before.
pub async fn run(ctx: &Arc<BotContext>, settle: Duration, stop: &CancellationToken) {
    let changed = Arc::new(Notify::new());
    let hear = Arc::clone(&changed);
    let mut watch = CorpusWatcher::start(&ctx.corpus, move || hear.notify_one());
    let changes = watch.changes();
    let mut told = HashSet::new();
    for reported in ctx.library.reported().unwrap_or_default() {
        told.insert(reported.problem.to_string());
    }
    ctx.health.metrics.problems(told.len());
    // What changed while the bot was not running, and since it was opened.
    let following = async {
        record_changes(ctx, None).await;
        let mut is_first = true;
        // Of what was wrong before the start, the log is enough.
        let mut is_told = ctx.library.reported().is_some();
        loop {
            watch = renewed(watch).await;
            let every = if watch.is_on() { RESCAN_INTERVAL_WITH_WATCHER } else { RESCAN_INTERVAL };
            let is_named = tokio::select! {
                () = changed.notified() => {
                    sleep_or_stop(settle, stop).await;
                    true
                }
                () = sleep_or_stop(if is_first { Duration::ZERO } else { every }, stop) => false,
                () = index_damage(ctx, stop) => false,
            };
            is_first = false;
            // A change from here on leads to another look.
            let mut scope = changes.take();
            if !is_named {
                scope = Scope::All;
            }
            for _ in 0..MAX_CONSECUTIVE_RESCANS {
                let looked = rescan(ctx, scope, settle, stop).await;
                let Some(mut refreshed) = looked else { break };
                if refreshed.has_changed || !are_versions_recorded(ctx) {
                    record_changes(ctx, refreshed.touched.take()).await;
                    ctx.corpus_changed.notify_one();
                }
                let new = new_problems(ctx, &refreshed, &mut told);
                if is_told {
                    tell_admins(ctx, &new).await;
                } else {
                    let articles = ctx.library.article_count();
                    let left_out = refreshed.reported.len();
                    tracing::info!(articles, left_out, "the index is up to date with the corpus");
                }
                is_told = true;
                if !refreshed.is_unsettled {
                    break;
                }
                sleep_or_stop(settle, stop).await;
                scope = changes.take();
            }
        }
    };
    tokio::select! {
        () = following => {}
        () = stop.cancelled() => {}
    }
}

/// The watch renewed, where that keeps nobody waiting.
async fn renewed(mut watch: CorpusWatcher) -> CorpusWatcher {
    let renew = move || {
        watch.renew();
        watch
    };
    spawn_blocking(renew).await.unwrap_or_else(|panic| resume_unwind(panic.into_panic()))
}

/// Waits until the index looks damaged.
async fn index_damage(ctx: &BotContext, stop: &CancellationToken) {
    loop {
        sleep_or_stop(DAMAGE_CHECK_INTERVAL, stop).await;
        let library = Arc::clone(&ctx.library);
        let looked = spawn_blocking(move || library.looks_damaged()).await;
        if stop.is_cancelled() || looked.unwrap_or_else(|panic| resume_unwind(panic.into_panic())) {
            return;
        }
    }
}

async fn rescan(
    ctx: &BotContext,
    scope: Scope,
    settle: Duration,
    stop: &CancellationToken,
) -> Option<Refreshed> {
    let (library, stop) = (Arc::clone(&ctx.library), stop.clone());
    let mut told = Instant::now();
    let tell = move |Progress { done, all }| {
        if told.elapsed() >= NOTICE_INTERVAL {
            told = Instant::now();
            tracing::info!(done, all, "articles are taken over");
        }
        match stop.is_cancelled() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    match spawn_blocking(move || library.refresh_in(&scope, settle, tell)).await {
        Ok(Ok(refreshed)) => {
            if refreshed.has_changed {
                tracing::info!(articles = ctx.library.article_count(), "the corpus has changed");
            }
            Some(refreshed)
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "changes of the corpus could not be taken over");
            None
        }
        Err(error) => {
            tracing::error!(%error, "looking at the corpus panicked");
            None
        }
    }
}

/// What is wrong with files that was not `told` yet, each thing once for as long as it is.
fn new_problems<'a>(
    ctx: &BotContext,
    refreshed: &'a Refreshed,
    told: &mut HashSet<String>,
) -> Vec<&'a FileProblem> {
    let reported = &refreshed.reported;
    let now: HashSet<_> = reported.iter().map(|reported| reported.problem.to_string()).collect();
    // A file that is left for later is not reported, and may be as wrong as before.
    told.retain(|problem| refreshed.is_unsettled || now.contains(problem));
    ctx.health.metrics.problems(now.len());
    let new = |reported: &&FileProblem| told.insert(reported.problem.to_string());
    let new: Vec<_> = reported.iter().filter(new).collect();
    for FileProblem { problem, is_kept } in &new {
        let (file, line, hint) = (escaped(&problem.file), problem.line, escaped(&problem.hint));
        let what = escaped(&problem.what);
        tracing::warn!(%file, line, is_kept, %hint, "a file cannot be an article: {what}");
    }
    new
}

/// Tells the admins of what is wrong with files.
async fn tell_admins(ctx: &BotContext, new: &[&FileProblem]) {
    if new.is_empty() {
        return;
    }
    for admin in &ctx.settings.access.admins {
        let words = ctx.locale(*admin, &User::default()).messages();
        let message = telegram::uploads::reported(new, words);
        ctx.sender.send(&SendTarget::chat(*admin, None), &message).await;
    }
}

/// Writes down what is new in the corpus, and wakes the tasks that wait for news. `touched` has the files of
/// the last update, if they are known.
async fn record_changes(ctx: &BotContext, touched: Option<Touched>) {
    let (library, store) = (Arc::clone(&ctx.library), Arc::clone(&ctx.store));
    let now = ctx.clock.now();
    match spawn_blocking(move || write_changes(&library, &store, touched, now)).await {
        Ok(Ok(changes)) => {
            ctx.versions_recorded.store(true, Ordering::Relaxed);
            if changes > 0 {
                ctx.articles_added.notify_one();
            }
            return;
        }
        Ok(Err(error)) => tracing::error!(%error, "what is new could not be written down"),
        Err(error) => tracing::error!(%error, "writing down what is new panicked"),
    }
    ctx.versions_recorded.store(false, Ordering::Relaxed);
}

fn are_versions_recorded(ctx: &BotContext) -> bool {
    ctx.versions_recorded.load(Ordering::Relaxed)
}

/// Takes stock of the library. Returns how many articles came, changed or went since the last time.
fn write_changes(
    library: &Library,
    store: &Store,
    touched: Option<Touched>,
    now: i64,
) -> Result<usize, Box<dyn Error + Send + Sync>> {
    // Nobody but this task changes the library, so that all that is read of it is of one moment.
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
    let articles = library.articles();
    let (mut there, mut differing, mut contents) = (HashSet::new(), Vec::new(), HashMap::new());
    let mut articles = articles.iter().peekable();
    while articles.peek().is_some() {
        let part: Vec<_> = articles.by_ref().take(MAX_LISTED_PROBLEMS).collect();
        there.extend(part.iter().map(|listed| listed.id));
        let stock: Vec<_> = part.iter().map(|listed| item(listed)).collect();
        let unknown: HashSet<_> = store.outdated(&stock)?.into_iter().collect();
        let (mut new, mut contents_of_new) = (Vec::new(), Vec::new());
        for (listed, item) in part.iter().zip(stock) {
            if !unknown.contains(&listed.id) {
                continue;
            }
            // Without its passages an article is taken for differing the next time, too.
            let content = library
                .passage_ids(listed.id)?
                .map(|passages| Content { title: listed.title.clone(), passages });
            match content {
                Some(content) if known.is_none() => {
                    new.push(item);
                    contents_of_new.push(content);
                }
                Some(content) => {
                    contents.insert(item.article, content);
                    differing.push(item);
                }
                None => differing.push(item),
            }
        }
        if !new.is_empty() {
            store.seed_versions(&new.iter().zip(contents_of_new).collect::<Vec<_>>())?;
        }
    }
    Ok(store.record_versions_of(&there, &differing, &contents, stamp, now)?.len())
}

/// Takes stock of these files, of which all have changed between the stamps `between`. Returns how many articles
/// came, changed or went; `None` if stock of all files must be taken.
fn write_part_of_changes(
    library: &Library,
    store: &Store,
    between: (i64, i64),
    files: &[String],
    now: i64,
) -> Result<Option<usize>, Box<dyn Error + Send + Sync>> {
    let mut listed: Vec<_> = files.iter().filter_map(|file| library.article_of(file)).collect();
    // As all articles are: the changes are listed in this order.
    listed.sort_by(|a, b| (&a.title, &a.file).cmp(&(&b.title, &b.file)));
    listed.dedup();
    let there: HashSet<_> = listed.iter().map(|listed| listed.id).collect();
    let gone = files.iter().map(|file| ArticleId::of_file(file));
    let gone: Vec<_> = gone.filter(|article| !there.contains(article)).collect();
    let mut contents = HashMap::new();
    for listed in &listed {
        if let Some(passages) = library.passage_ids(listed.id)? {
            contents.insert(listed.id, Content { title: listed.title.clone(), passages });
        }
    }
    let stock: Vec<_> = listed.iter().map(|listed| item(listed)).collect();
    let changes = store.record_some_versions(between, &stock, &gone, &contents, now)?;
    Ok(changes.map(|changes| changes.len()))
}

fn item(listed: &ArticleSummary) -> ArticleVersion {
    ArticleVersion { article: listed.id, file: listed.file.clone(), hash: listed.hash.to_hex() }
}

/// Returns the first bytes of a stamp, which the store keeps.
fn short(stamp: [u8; 32]) -> i64 {
    i64::from_be_bytes(std::array::from_fn(|at| stamp[at]))
}

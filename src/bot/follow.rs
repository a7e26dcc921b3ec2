//! The corpus under the running bot: its changes are taken over, what is new is written down, and the
//! admins hear of faulty files. An index that was damaged is rebuilt.

use std::collections::HashSet;
use std::error::Error;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::incoming::Person;
use super::react::Reactor;
use super::receive::pause;
use super::send::Target;
use crate::corpus::escaped;
use crate::corpus::watch::Watch;
use crate::index::{Progress, Refreshed, Reported};
use crate::library::Library;
use crate::render::telegram;
use crate::store::{Content, Stock, Store};

/// So often the corpus is looked at where nothing tells of changes, and where something does.
const LOOK_EVERY: Duration = Duration::from_secs(10);
const LOOK_EVERY_IF_WATCHED: Duration = Duration::from_secs(60);
const TOLD_EVERY: Duration = Duration::from_secs(1);
/// Interval of the look at the stamps of the index's files, which costs some microseconds.
const DAMAGE_LOOK_EVERY: Duration = Duration::from_secs(1);
/// So many articles are written down at once when stock is taken for the first time.
const KNOWN_AT_ONCE: usize = 500;
/// A file that never settles is looked at no oftener than all others.
const LOOKS_IN_A_ROW: u32 = 30;

/// Takes over what changes in the corpus, until `stop`. A file must not have changed for `settle` before.
pub async fn run(reactor: &Arc<Reactor>, settle: Duration, stop: &CancellationToken) {
    let changed = Arc::new(Notify::new());
    let hear = Arc::clone(&changed);
    let mut watch = Watch::of(&reactor.corpus, move || hear.notify_one());
    let mut told = HashSet::new();
    for reported in reactor.library.reported().unwrap_or_default() {
        told.insert(reported.problem.to_string());
    }
    reactor.vitals.metrics.problems(told.len());
    // What changed while the bot was not running, and since it was opened.
    let following = async {
        reactor.take_stock().await;
        let mut is_first = true;
        // Of what was wrong before the start, the log is enough.
        let mut is_told = reactor.library.reported().is_some();
        loop {
            watch = renewed(watch).await;
            let every = if watch.is_on() { LOOK_EVERY_IF_WATCHED } else { LOOK_EVERY };
            tokio::select! {
                () = changed.notified() => pause(settle, stop).await,
                () = pause(if is_first { Duration::ZERO } else { every }, stop) => {}
                () = reactor.index_damage(stop) => {}
            }
            is_first = false;
            for _ in 0..LOOKS_IN_A_ROW {
                let Some(refreshed) = reactor.look_again(settle, stop).await else { break };
                if refreshed.has_changed || !reactor.is_stock_taken() {
                    reactor.take_stock().await;
                    reactor.has_changed.notify_one();
                }
                let new = reactor.new_problems(&refreshed, &mut told);
                if is_told {
                    reactor.tell_admins(&new).await;
                } else {
                    let articles = reactor.library.article_count();
                    let left_out = refreshed.reported.len();
                    tracing::info!(articles, left_out, "the index is up to date with the corpus");
                }
                is_told = true;
                if !refreshed.is_unsettled {
                    break;
                }
                pause(settle, stop).await;
            }
        }
    };
    tokio::select! {
        () = following => {}
        () = stop.cancelled() => {}
    }
}

/// The watch renewed, where that keeps nobody waiting.
async fn renewed(mut watch: Watch) -> Watch {
    let renew = move || {
        watch.renew();
        watch
    };
    spawn_blocking(renew).await.unwrap_or_else(|panic| resume_unwind(panic.into_panic()))
}

impl Reactor {
    /// Waits until the index looks damaged.
    async fn index_damage(&self, stop: &CancellationToken) {
        loop {
            pause(DAMAGE_LOOK_EVERY, stop).await;
            let library = Arc::clone(&self.library);
            let looked = spawn_blocking(move || library.looks_damaged()).await;
            if stop.is_cancelled()
                || looked.unwrap_or_else(|panic| resume_unwind(panic.into_panic()))
            {
                return;
            }
        }
    }

    async fn look_again(&self, settle: Duration, stop: &CancellationToken) -> Option<Refreshed> {
        let (library, stop) = (Arc::clone(&self.library), stop.clone());
        let mut told = Instant::now();
        let tell = move |Progress { done, all }| {
            if told.elapsed() >= TOLD_EVERY {
                told = Instant::now();
                tracing::info!(done, all, "articles are taken over");
            }
            match stop.is_cancelled() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        match spawn_blocking(move || library.refresh(settle, tell)).await {
            Ok(Ok(refreshed)) => {
                if refreshed.has_changed {
                    tracing::info!(
                        articles = self.library.article_count(),
                        "the corpus has changed"
                    );
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
        &self,
        refreshed: &'a Refreshed,
        told: &mut HashSet<String>,
    ) -> Vec<&'a Reported> {
        let reported = &refreshed.reported;
        let now: HashSet<_> =
            reported.iter().map(|reported| reported.problem.to_string()).collect();
        // A file that is left for later is not reported, and may be as wrong as before.
        told.retain(|problem| refreshed.is_unsettled || now.contains(problem));
        self.vitals.metrics.problems(now.len());
        let new = |reported: &&Reported| told.insert(reported.problem.to_string());
        let new: Vec<_> = reported.iter().filter(new).collect();
        for Reported { problem, is_kept } in &new {
            let (file, line, hint) = (escaped(&problem.file), problem.line, escaped(&problem.hint));
            let what = escaped(&problem.what);
            tracing::warn!(%file, line, is_kept, %hint, "a file cannot be an article: {what}");
        }
        new
    }

    /// Tells the admins of what is wrong with files.
    async fn tell_admins(&self, new: &[&Reported]) {
        if new.is_empty() {
            return;
        }
        for admin in &self.settings.access.admins {
            let words = self.locale(*admin, &Person::default()).words();
            let message = telegram::shelf::reported(new, words);
            self.sender.send(&Target::chat(*admin, None), &message).await;
        }
    }

    /// Writes down what is new in the corpus, and lets those know who wait for it.
    async fn take_stock(&self) {
        let (library, store) = (Arc::clone(&self.library), Arc::clone(&self.store));
        let now = self.clock.now();
        match spawn_blocking(move || take_stock(&library, &store, now)).await {
            Ok(Ok(changes)) => {
                self.stock_is_taken.store(true, Ordering::Relaxed);
                if changes > 0 {
                    self.has_news.notify_one();
                }
                return;
            }
            Ok(Err(error)) => tracing::error!(%error, "what is new could not be written down"),
            Err(error) => tracing::error!(%error, "writing down what is new panicked"),
        }
        self.stock_is_taken.store(false, Ordering::Relaxed);
    }

    fn is_stock_taken(&self) -> bool {
        self.stock_is_taken.load(Ordering::Relaxed)
    }
}

/// How many articles came, changed or went since the last time.
fn take_stock(
    library: &Library,
    store: &Store,
    now: i64,
) -> Result<usize, Box<dyn Error + Send + Sync>> {
    // Nobody but this task changes the library, so that both are of one moment.
    let (stamp, articles) = (library.stamp(), library.articles());
    let stamp = i64::from_be_bytes(std::array::from_fn(|at| stamp[at]));
    let known = store.stock_stamp()?;
    if known == Some(stamp) {
        return Ok(0);
    }
    let stock = articles.iter().map(|listed| Stock {
        article: listed.id,
        file: listed.file.clone(),
        hash: listed.hash.to_hex(),
    });
    let stock: Vec<_> = stock.collect();
    let differing: HashSet<_> = store.differing(&stock)?.into_iter().collect();
    let mut contents = Vec::new();
    for (listed, item) in articles.iter().zip(&stock) {
        if !differing.contains(&listed.id) {
            continue;
        }
        let Some(passages) = library.passage_ids(listed.id)? else { continue };
        contents.push((item, Content { title: listed.title.clone(), passages }));
        if known.is_none() && contents.len() == KNOWN_AT_ONCE {
            store.know(&contents)?;
            contents.clear();
        }
    }
    let contents = contents.into_iter().map(|(item, content)| (item.article, content)).collect();
    Ok(store.take_stock(&stock, &contents, stamp, now)?.len())
}

//! What each station of a question costs, in time and in allocations.
//!
//! `cargo bench --bench library` measures, and ends with a table of medians. `-- --save-baseline NAME` keeps
//! a run, `-- --baseline NAME` compares with it: criterion tells of every change, the table shows them. A word
//! behind `--` measures only what has it in its name.

mod allocations;
#[path = "../bot_api/mod.rs"]
mod bot_api;
#[path = "../inputs/mod.rs"]
mod inputs;
mod table;

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use criterion::measurement::Measurement;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use tempfile::tempdir;
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;
use verbatim::answer::Answer;
use verbatim::bot;
use verbatim::config::{self, Access, BotToken, Limits};
use verbatim::index::no_progress;
use verbatim::library::Library;
use verbatim::render::messages::Locale;
use verbatim::render::telegram::{self, RenderContext, Surface};
use verbatim::store::Store;

use allocations::Allocations;
use inputs::{Archive, Kind, Questions, REAL, place};

/// In passages.
const ARCHIVES: [usize; 2] = [2_000, 100_000];
const INDEXED: usize = 2_000;

fn main() {
    let mut timed = Criterion::default().configure_from_args();
    measure(&mut timed, "time");
    // An allocation is one whenever it is counted.
    let shortest = Duration::from_millis(1);
    let mut counted = Criterion::default()
        .with_measurement(Allocations)
        .configure_from_args()
        .sample_size(10)
        .warm_up_time(shortest)
        .measurement_time(shortest);
    measure(&mut counted, "allocations");
    table::print();
}

fn measure<M: Measurement + 'static>(criterion: &mut Criterion<M>, what: &str) {
    indexing(criterion, what);
    let real = opened(Path::new(REAL), "article/data");
    corpus(criterion, what, "article", &real, &Questions::real());
    for passages in ARCHIVES {
        let archive = Archive::of(passages);
        let library = opened(&archive.corpus, &format!("library-{passages}"));
        corpus(criterion, what, &passages.to_string(), &library, &Questions::about(&archive));
    }
    rendering(criterion, what, &real);
    drop(real);
    update(criterion, what);
}

fn opened(corpus: &Path, data: &str) -> Library {
    Library::open(corpus, &place(data), no_progress).expect("the corpus is in order")
}

/// Files to an index, all of it.
fn indexing<M: Measurement>(criterion: &mut Criterion<M>, what: &str) {
    let archive = Archive::of(INDEXED);
    let mut group = criterion.benchmark_group(format!("{what}/indexing"));
    group.sample_size(10).throughput(Throughput::Bytes(archive.bytes));
    group.bench_function(BenchmarkId::from_parameter(INDEXED), |bencher| {
        let fresh = || tempdir().expect("there is room");
        let index = |data: tempfile::TempDir| {
            Library::open(&archive.corpus, data.path(), no_progress).expect("it is in order");
            data
        };
        bencher.iter_batched(fresh, index, BatchSize::PerIteration);
    });
    group.finish();
}

/// Opening a corpus that has not changed, and asking it.
fn corpus<M: Measurement>(
    criterion: &mut Criterion<M>,
    what: &str,
    name: &str,
    library: &Library,
    questions: &Questions,
) {
    let mut group = criterion.benchmark_group(format!("{what}/question"));
    for kind in Kind::ALL {
        group.bench_function(BenchmarkId::new(kind.name(), name), |bencher| {
            let mut next = questions.of(kind).iter().cycle();
            bencher.iter(|| {
                let question = next.next().expect("there is one of each kind");
                black_box(library.ask(question, None).expect("it can be read"))
            });
        });
    }
    group.finish();
}

/// An answer to the message that a reader sees.
fn rendering<M: Measurement + 'static>(
    criterion: &mut Criterion<M>,
    what: &str,
    library: &Library,
) {
    let question = &Questions::real().of(Kind::Long)[0].clone();
    let Ok(Answer::Found(found)) = library.ask(question, None) else {
        panic!("the article answers this")
    };
    let locale = Locale::from_tag("en").expect("English is there");
    let link = |_| String::new();
    let frame = RenderContext {
        messages: locale.messages(),
        surface: Surface::Chat,
        article_count: 1,
        link: &link,
    };
    criterion.bench_function(&format!("{what}/rendering"), |bencher| {
        bencher.iter(|| black_box(telegram::quotes(black_box(&found), &frame)));
    });
}

/// A question from Telegram to the answer that is on its way, over HTTP and through the journal. What the Bot API
/// in this process does counts, too.
fn update<M: Measurement + 'static>(criterion: &mut Criterion<M>, what: &str) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let telegram = runtime.block_on(bot_api::Telegram::start(bot_api::questions()));
    let data = tempdir().expect("there is room");
    let library = Arc::new(opened(Path::new(REAL), "article/data"));
    let stop = CancellationToken::new();
    let limits =
        Limits { overall_per_second: 0, chat_per_second: 0, chat_burst: 0, group_per_minute: 0 };
    let access = Access { user_per_minute: 0, chat_per_minute: 0, ..Access::default() };
    let setup = bot::BotConfig {
        token: BotToken::parse("4242:token-of-the-bench").expect("it looks like one"),
        api_url: Some(telegram.url.clone()),
        telegram: config::Telegram { limits, access, ..config::Telegram::default() },
        webhook: None,
        monitor: None,
        instance: "of-the-bench".to_owned(),
        corpus: Path::new(REAL).into(),
        debounce: Duration::from_secs(2),
        clock: bot::Clock::default(),
    };
    let store = Store::open(data.path()).expect("a new store");
    let bot = runtime.spawn(bot::run(setup, library, store, stop.clone()));
    criterion.bench_function(&format!("{what}/update"), |bencher| {
        bencher.iter(|| {
            telegram.ask();
            runtime.block_on(telegram.quiet());
        });
    });
    stop.cancel();
    runtime.block_on(bot).expect("no panic").expect("it stops when it is told");
}

//! Time and allocations of each stage of a question.
//!
//! `cargo bench --bench library` measures, and prints a table of medians at the end. With `--
//! --save-baseline NAME` criterion saves the run, and with `-- --baseline NAME` it compares with a
//! saved run. A word after `--` selects the benchmarks whose names contain the word.

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
use inputs::{Archive, Kind, Questions, REAL, kept_path};

/// Sizes of the archives that are asked, in passages.
const ARCHIVES: [usize; 2] = [2_000, 100_000];
/// Size of the archive that is indexed, in passages.
const INDEXED: usize = 2_000;

fn main() {
    let mut timed = Criterion::default().configure_from_args();
    measure(&mut timed, "time");
    // The number of allocations does not vary, so the shortest measurement is enough.
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

/// Runs all benchmarks with one measurement; `what` is its name.
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
    Library::open(corpus, &kept_path(data), no_progress).expect("the corpus has no problem")
}

/// Measures the indexing of a whole archive.
fn indexing<M: Measurement>(criterion: &mut Criterion<M>, what: &str) {
    let archive = Archive::of(INDEXED);
    let mut group = criterion.benchmark_group(format!("{what}/indexing"));
    group.sample_size(10).throughput(Throughput::Bytes(archive.bytes));
    group.bench_function(BenchmarkId::from_parameter(INDEXED), |bencher| {
        let new_dir = || tempdir().expect("a temporary directory");
        let index = |data: tempfile::TempDir| {
            Library::open(&archive.corpus, data.path(), no_progress)
                .expect("the corpus has no problem");
            data
        };
        bencher.iter_batched(new_dir, index, BatchSize::PerIteration);
    });
    group.finish();
}

/// Measures questions of each kind about a corpus.
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
                let question = next.next().expect("questions of every kind");
                black_box(library.all().ask(question, None).expect("the index can be read"))
            });
        });
    }
    group.finish();
}

/// Measures the rendering of an answer for Telegram.
fn rendering<M: Measurement + 'static>(
    criterion: &mut Criterion<M>,
    what: &str,
    library: &Library,
) {
    let question = &Questions::real().of(Kind::Long)[0].clone();
    let Ok(Answer::Found(found)) = library.all().ask(question, None) else {
        panic!("the article answers this question")
    };
    let locale = Locale::from_tag("en").expect("English is an interface language");
    let link = |_| String::new();
    let context = RenderContext {
        messages: locale.messages(),
        surface: Surface::Chat,
        article_count: 1,
        shelf: None,
        link: &link,
    };
    criterion.bench_function(&format!("{what}/rendering"), |bencher| {
        bencher.iter(|| black_box(telegram::quotes(black_box(&found), &context)));
    });
}

/// Measures an update from its receipt to the answer, over HTTP and through the journal. The work
/// of the Bot API in this process counts as well.
fn update<M: Measurement + 'static>(criterion: &mut Criterion<M>, what: &str) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let telegram = runtime.block_on(bot_api::Telegram::start(bot_api::questions()));
    let data = tempdir().expect("a temporary directory");
    let library = Arc::new(opened(Path::new(REAL), "article/data"));
    let stop = CancellationToken::new();
    let limits =
        Limits { overall_per_second: 0, chat_per_second: 0, chat_burst: 0, group_per_minute: 0 };
    let access = Access { user_per_minute: 0, chat_per_minute: 0, ..Access::default() };
    let bot_config = bot::BotConfig {
        token: BotToken::parse("4242:token-of-the-bench").expect("the format of a token"),
        api_url: Some(telegram.url.clone()),
        proxies: config::Proxies::default(),
        telegram: config::Telegram { limits, access, ..config::Telegram::default() },
        webhook: None,
        monitor: None,
        instance: "of-the-bench".to_owned(),
        corpus: Path::new(REAL).into(),
        data: data.path().to_owned(),
        model: data.path().join("model"),
        debounce: Duration::from_secs(2),
        sources: config::Sources::default(),
        clock: bot::Clock::default(),
    };
    let store = Store::open(data.path()).expect("a new store");
    let bot = runtime.spawn(bot::run(bot_config, library, store, stop.clone()));
    criterion.bench_function(&format!("{what}/update"), |bencher| {
        bencher.iter(|| {
            telegram.ask();
            runtime.block_on(telegram.quiet());
        });
    });
    stop.cancel();
    runtime.block_on(bot).expect("no panic").expect("the bot stops without an error");
}

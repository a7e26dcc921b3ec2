//! Time, memory and disk space by the size of the corpus.
//!
//! `cargo bench --bench growth` measures up to 100,000 passages. Arguments after `--` select other
//! sizes, such as `cargo bench --bench growth -- 1000000`: `article` is the real article, and
//! `400000x1` is an archive of 400,000 articles of one passage each. Each step runs in a process of
//! its own, on one core if `taskset` is installed. Archives and their indexes are kept in the
//! target directory; `--rebuild` builds the indexes again.

mod inputs;

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use inputs::{Archive, Kind, Questions, REAL, kept_path};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{IndexRecordOption, STORED, Schema, TEXT};
use tantivy::{ReloadPolicy, Term};
use verbatim::corpus::Scope;
use verbatim::index::analyzer;
use verbatim::index::language::Language;
use verbatim::index::no_progress;
use verbatim::library::Library;

/// Sizes without arguments.
const DEFAULT_SIZES: [&str; 7] = ["article", "1", "10", "100", "1000", "10000", "100000"];
/// The core of the measured processes.
const CORE: &str = "0";
/// Number of questions of each kind. The questions about the real article are repeated.
const PER_KIND: usize = 250;
/// Unit of CPU time in `/proc` of Linux.
const TICK: Duration = Duration::from_millis(10);
/// Argument of a process that measures one step.
const STEP: &str = "--step";
/// Argument that builds the indexes again.
const REBUILD: &str = "--rebuild";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<_> = env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [step, what, size] = &arguments[..]
        && step == STEP
    {
        return measure(what, &Subject::of(size)?);
    }
    let is_rebuild = arguments.iter().any(|word| word == REBUILD);
    arguments.retain(|word| word != REBUILD);
    let sizes =
        if arguments.is_empty() { DEFAULT_SIZES.map(str::to_owned).to_vec() } else { arguments };
    for size in sizes {
        let subject = Subject::of(&size)?;
        println!("{size}: {} articles, {}", subject.articles, megabytes(subject.bytes));
        if is_rebuild || !subject.data.exists() {
            let _ = fs::remove_dir_all(&subject.data);
            run("index", &size)?;
        }
        for step in ["start", "ask", "change"] {
            run(step, &size)?;
        }
    }
    Ok(())
}

/// A corpus with the directory of its index.
struct Subject {
    corpus: PathBuf,
    data: PathBuf,
    articles: usize,
    bytes: u64,
    /// `None` for the real article.
    archive: Option<Archive>,
}

impl Subject {
    /// Returns the corpus that an argument names, and generates it if it does not exist.
    fn of(size: &str) -> Result<Subject, Box<dyn Error>> {
        if size == "article" {
            return Subject::real();
        }
        let number = |text: &str| -> Result<usize, String> {
            text.parse().map_err(|_| format!("{size}: expected `PASSAGES` or `ARTICLESxPASSAGES`"))
        };
        let archive = match size.split_once('x') {
            Some((articles, each)) => Archive::even(number(articles)?, number(each)?),
            None => Archive::of(number(size)?),
        };
        Ok(Subject {
            corpus: archive.corpus.clone(),
            data: archive.corpus.with_file_name("data"),
            articles: archive.articles,
            bytes: archive.bytes,
            archive: Some(archive),
        })
    }

    /// Copies the real article, which the measurement changes.
    fn real() -> Result<Subject, Box<dyn Error>> {
        let (corpus, data) = (kept_path("article/corpus"), kept_path("article/data"));
        fs::create_dir_all(&corpus)?;
        let (mut articles, mut bytes) = (0, 0);
        for file in fs::read_dir(REAL)? {
            let file = file?;
            let copy = corpus.join(file.file_name());
            if !copy.exists() {
                fs::copy(file.path(), copy)?;
            }
            articles += 1;
            bytes += file.metadata()?.len();
        }
        Ok(Subject { corpus, data, articles, bytes, archive: None })
    }

    fn questions(&self) -> Questions {
        self.archive.as_ref().map_or_else(Questions::real, Questions::about)
    }

    fn open(&self) -> Result<Library, Box<dyn Error>> {
        Ok(Library::open(&self.corpus, &self.data, no_progress)?)
    }
}

/// Runs one step for one size in a process of its own.
fn run(step: &str, size: &str) -> Result<(), Box<dyn Error>> {
    let program = env::current_exe()?;
    let has_taskset = Command::new("taskset").arg("--version").output().is_ok();
    let mut command = match has_taskset {
        true => {
            let mut command = Command::new("taskset");
            command.args(["-c", CORE]).arg(program);
            command
        }
        false => Command::new(program),
    };
    match command.args([STEP, step, size]).status()?.success() {
        true => Ok(()),
        false => Err(format!("{step} of {size} failed").into()),
    }
}

fn measure(step: &str, subject: &Subject) -> Result<(), Box<dyn Error>> {
    match step {
        "index" => index(subject),
        "start" => start(subject),
        "ask" => ask(subject),
        "change" => change(subject),
        _ => Err(format!("{step}: no such step").into()),
    }
}

fn index(subject: &Subject) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let peak = peak_memory(|| subject.open().map(drop))?;
    let (elapsed, cpu_time) = (start.elapsed(), self::cpu_time());
    let rate_of_index = rate(subject, elapsed, cpu_time);
    println!("  indexed in {rate_of_index}; at most {} of memory", megabytes(peak));
    let start = Instant::now();
    index_with_tantivy(subject)?;
    let (elapsed, cpu_time) = (start.elapsed(), self::cpu_time() - cpu_time);
    println!("  plain Tantivy, its own words in one field: {}", rate(subject, elapsed, cpu_time));
    Ok(())
}

fn rate(subject: &Subject, elapsed: Duration, cpu_time: Duration) -> String {
    // Linux counts whole ticks, so a short time may be 0.
    let (elapsed, cpu_time) = (elapsed.as_secs_f64(), cpu_time.max(TICK).as_secs_f64());
    let (articles, megabytes) = (subject.articles as f64, subject.bytes as f64 / 1e6);
    format!(
        "{elapsed:.2} s ({cpu_time:.2} s of CPU): {:.0} articles/s, {:.2} MB/s",
        articles / cpu_time,
        megabytes / cpu_time
    )
}

/// Indexes each paragraph as a Tantivy document, stored and with positions, for comparison.
fn index_with_tantivy(subject: &Subject) -> Result<(), Box<dyn Error>> {
    let dir = kept_path("raw");
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir)?;
    let mut schema = Schema::builder();
    let text = schema.add_text_field("text", TEXT | STORED);
    let index = tantivy::Index::create_in_dir(&dir, schema.build())?;
    let mut writer = index.writer_with_num_threads(1, 64 << 20)?;
    for file in verbatim::corpus::scan(&(&subject.corpus).into()).0 {
        for paragraph in fs::read_to_string(subject.corpus.join(file.path))?.split("\n\n") {
            writer.add_document(tantivy::doc!(text => paragraph))?;
        }
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(fs::remove_dir_all(&dir)?)
}

fn start(subject: &Subject) -> Result<(), Box<dyn Error>> {
    let questions = subject.questions();
    let question = &questions.of(Kind::Keywords)[0];
    // The first opening reads the files into memory.
    drop(subject.open()?);
    let start = Instant::now();
    let library = Library::resume(&subject.corpus, &subject.data)?.ok_or("there is no index")?;
    let opened = start.elapsed();
    library.all().ask(question, None)?;
    let answered = start.elapsed();
    drop(library);
    let start = Instant::now();
    subject.open()?;
    println!("  opened in {}, first answer after {}", ms(opened), ms(answered));
    println!("  opened with a scan of all files in {}", ms(start.elapsed()));
    Ok(())
}

fn ask(subject: &Subject) -> Result<(), Box<dyn Error>> {
    let questions = subject.questions();
    let library = subject.open()?;
    // The first question loads word lists, which the step `start` measures.
    library.all().ask("first", None)?;
    let before = memory();
    let mut all = Vec::new();
    for kind in Kind::ALL {
        let mut times = Vec::new();
        for question in questions.of(kind).iter().cycle().take(PER_KIND) {
            let start = Instant::now();
            std::hint::black_box(library.all().ask(question, None)?);
            times.push(start.elapsed());
        }
        println!("  {:<9} {}", kind.name(), spread(&mut times));
        all.extend(times);
    }
    println!("  all       {}", spread(&mut all));
    let (before, after) = (megabytes(before), megabytes(memory()));
    println!("  memory without the mapped index: {before} when opened, {after} after");
    println!("  disk: {}", megabytes(library.all().size()?.bytes));
    drop(library);
    for kind in [Kind::Keywords, Kind::Long] {
        let mut times = search_with_tantivy(&subject.data.join("index"), questions.of(kind))?;
        println!(
            "  plain Tantivy, top 10 of these words: {:<9} {}",
            kind.name(),
            spread(&mut times)
        );
    }
    Ok(())
}

/// Searches for the words of the questions in the same index with plain Tantivy, for comparison.
fn search_with_tantivy(
    index: &Path,
    questions: &[String],
) -> Result<Vec<Duration>, Box<dyn Error>> {
    let index = tantivy::Index::open_in_dir(index)?;
    let text = index.schema().get_field("text")?;
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    let stemmer = Language::of_code("en").stemmer();
    let mut times = Vec::new();
    for question in questions {
        let start = Instant::now();
        let terms = analyzer::words(question).into_iter().map(|word| {
            let stem = analyzer::stem(stemmer.as_ref(), &word.folded);
            let term =
                TermQuery::new(Term::from_field_text(text, &stem), IndexRecordOption::WithFreqs);
            (Occur::Should, Box::new(term) as Box<dyn Query>)
        });
        let query = BooleanQuery::new(terms.collect());
        let collector = TopDocs::with_limit(10).order_by_score();
        std::hint::black_box(tantivy::IndexReader::searcher(&reader).search(&query, &collector)?);
        times.push(start.elapsed());
    }
    Ok(times)
}

/// Measures two changes of one article: a sentence is added and removed.
fn change(subject: &Subject) -> Result<(), Box<dyn Error>> {
    let (files, _) = verbatim::corpus::scan(&(&subject.corpus).into());
    let name = files[files.len() / 2].path.clone();
    let named = Scope::Entries([name.clone()].into());
    let file = subject.corpus.join(name);
    let text = fs::read_to_string(&file)?;
    let library = subject.open()?;
    fs::write(&file, format!("{text}\nOne more sentence is here now.\n"))?;
    let start = Instant::now();
    library.refresh(Duration::ZERO, no_progress)?;
    let scanned = start.elapsed();
    fs::write(&file, text)?;
    let start = Instant::now();
    library.refresh_in(&named, Duration::ZERO, no_progress)?;
    println!("  one article changed, reported by the watcher: {}", ms(start.elapsed()));
    println!("  one article changed, found by a scan of all files: {}", ms(scanned));
    Ok(())
}

/// Formats the median and the 99th percentile.
fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    format!("median {}, 99th percentile {}", ms(at(50)), ms(at(99)))
}

fn ms(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// Returns the CPU time of this process.
fn cpu_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = after_name.skip(11).take(2).filter_map(|ticks| ticks.parse::<u32>().ok());
    TICK * ticks.sum::<u32>()
}

/// Returns the memory of this process that is not mapped from files, in bytes. Returns 0 on other
/// systems than Linux.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

/// Returns the approximate peak of [`memory`] during `work`.
fn peak_memory(work: impl FnOnce() -> Result<(), Box<dyn Error>>) -> Result<u64, Box<dyn Error>> {
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let sampler = scope.spawn(|| {
            let mut peak = 0;
            while !is_done.load(Ordering::Relaxed) {
                peak = memory().max(peak);
                thread::sleep(Duration::from_millis(10));
            }
            peak
        });
        let done = SetOnDrop(&is_done);
        let result = work();
        drop(done);
        let peak = sampler.join().expect("reading a file does not panic");
        result.map(|()| peak)
    })
}

/// Sets a flag when it is dropped, also by a panic.
struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

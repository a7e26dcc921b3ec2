//! How cost grows with the corpus: time, memory and disk, a row for each size.
//!
//! `cargo bench --bench growth` goes up to 100,000 passages; other sizes are named behind `--`, such as
//! `cargo bench --bench growth -- 1000000`, where `article` is the real article and `400000x1` is an archive
//! of 400,000 articles of one passage each. What is measured runs in
//! processes of its own, on one core where the system has `taskset`. Archives and their indexes stay in
//! the target directory, so that a second run measures sooner; `--anew` indexes again.

mod inputs;

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use inputs::{Archive, Kind, Questions, REAL, place};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{IndexRecordOption, STORED, Schema, TEXT};
use tantivy::{ReloadPolicy, Term};
use verbatim::corpus::Scope;
use verbatim::index::analyzer::{self, Language};
use verbatim::index::no_progress;
use verbatim::library::Library;

const USUAL: [&str; 7] = ["article", "1", "10", "100", "1000", "10000", "100000"];
const CORE: &str = "0";
/// So many questions of each kind are asked; of the article the same again and again.
const OF_A_KIND: usize = 250;
/// In which Linux counts how long a processor was busy.
const TICK: Duration = Duration::from_millis(10);
/// How a process is told that it is one of those that measure, and what.
const STEP: &str = "--step";
const ANEW: &str = "--anew";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<_> = env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [step, what, size] = &arguments[..]
        && step == STEP
    {
        return measure(what, &Subject::of(size)?);
    }
    let is_anew = arguments.iter().any(|word| word == ANEW);
    arguments.retain(|word| word != ANEW);
    let sizes = if arguments.is_empty() { USUAL.map(str::to_owned).to_vec() } else { arguments };
    for size in sizes {
        let subject = Subject::of(&size)?;
        println!("{size}: {} articles, {}", subject.articles, megabytes(subject.bytes));
        if is_anew || !subject.data.exists() {
            let _ = fs::remove_dir_all(&subject.data);
            run("index", &size)?;
        }
        for step in ["start", "ask", "change"] {
            run(step, &size)?;
        }
    }
    Ok(())
}

/// What is measured: a corpus, and where its index is.
struct Subject {
    corpus: PathBuf,
    data: PathBuf,
    articles: usize,
    bytes: u64,
    /// If it is not the real article.
    archive: Option<Archive>,
}

impl Subject {
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

    /// A copy of the real article, since one is going to change.
    fn real() -> Result<Subject, Box<dyn Error>> {
        let (corpus, data) = (place("article/corpus"), place("article/data"));
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

/// Runs one step in a process of its own.
fn run(step: &str, size: &str) -> Result<(), Box<dyn Error>> {
    let own = env::current_exe()?;
    let has_taskset = Command::new("taskset").arg("--version").output().is_ok();
    let mut command = match has_taskset {
        true => {
            let mut command = Command::new("taskset");
            command.args(["-c", CORE]).arg(own);
            command
        }
        false => Command::new(own),
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
    let begun = Instant::now();
    let most = most_memory_while(|| subject.open().map(drop))?;
    let (took, busy) = (begun.elapsed(), processor_time());
    println!("  indexed in {}; at most {} of memory", rate(subject, took, busy), megabytes(most));
    let begun = Instant::now();
    raw_index(subject)?;
    let (took, busy) = (begun.elapsed(), processor_time() - busy);
    println!("  raw Tantivy, its own words in one field: {}", rate(subject, took, busy));
    Ok(())
}

fn rate(subject: &Subject, took: Duration, busy: Duration) -> String {
    // Less than a tick is not counted.
    let (took, busy) = (took.as_secs_f64(), busy.max(TICK).as_secs_f64());
    let (articles, megabytes) = (subject.articles as f64, subject.bytes as f64 / 1e6);
    format!(
        "{took:.2} s ({busy:.2} s of processor): {:.0} articles/s, {:.2} MB/s",
        articles / busy,
        megabytes / busy
    )
}

/// The yardstick: each paragraph as a text of its own, stored and indexed with positions.
fn raw_index(subject: &Subject) -> Result<(), Box<dyn Error>> {
    let dir = place("raw");
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
    // Whatever else read these files has them in memory.
    drop(subject.open()?);
    let begun = Instant::now();
    let library = Library::resume(&subject.corpus, &subject.data)?.ok_or("there is no index")?;
    let opened = begun.elapsed();
    library.ask(question, None)?;
    let answered = begun.elapsed();
    drop(library);
    let begun = Instant::now();
    subject.open()?;
    println!("  opened in {}, first answer after {}", ms(opened), ms(answered));
    println!("  the same with a look at every file: {}", ms(begun.elapsed()));
    Ok(())
}

fn ask(subject: &Subject) -> Result<(), Box<dyn Error>> {
    let questions = subject.questions();
    let library = subject.open()?;
    // The first question reads lists of words, as the start shows.
    library.ask("first", None)?;
    let before = memory();
    let mut all = Vec::new();
    for kind in Kind::ALL {
        let mut times = Vec::new();
        for question in questions.of(kind).iter().cycle().take(OF_A_KIND) {
            let begun = Instant::now();
            std::hint::black_box(library.ask(question, None)?);
            times.push(begun.elapsed());
        }
        println!("  {:<9} {}", kind.name(), spread(&mut times));
        all.extend(times);
    }
    println!("  all       {}", spread(&mut all));
    let (before, after) = (megabytes(before), megabytes(memory()));
    println!("  memory beside the mapped index: {before} when opened, {after} after");
    println!("  disk: {}", megabytes(library.size()?.bytes));
    drop(library);
    for kind in [Kind::Keywords, Kind::Long] {
        let mut raw = raw_tantivy(&subject.data.join("index"), questions.of(kind))?;
        println!("  raw Tantivy, top 10 of these words: {:<9} {}", kind.name(), spread(&mut raw));
    }
    Ok(())
}

/// The yardstick: the same words in the same index, no more than ranked.
fn raw_tantivy(index: &Path, questions: &[String]) -> Result<Vec<Duration>, Box<dyn Error>> {
    let index = tantivy::Index::open_in_dir(index)?;
    let text = index.schema().get_field("text")?;
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    let stemmer = Language::of_code("en").stemmer();
    let mut times = Vec::new();
    for question in questions {
        let begun = Instant::now();
        let terms = analyzer::words(question).into_iter().map(|word| {
            let stem = analyzer::stem(stemmer.as_ref(), &word.folded);
            let term =
                TermQuery::new(Term::from_field_text(text, &stem), IndexRecordOption::WithFreqs);
            (Occur::Should, Box::new(term) as Box<dyn Query>)
        });
        let query = BooleanQuery::new(terms.collect());
        let collector = TopDocs::with_limit(10).order_by_score();
        std::hint::black_box(tantivy::IndexReader::searcher(&reader).search(&query, &collector)?);
        times.push(begun.elapsed());
    }
    Ok(times)
}

/// One article gets another sentence, and loses it again.
fn change(subject: &Subject) -> Result<(), Box<dyn Error>> {
    let (files, _) = verbatim::corpus::scan(&(&subject.corpus).into());
    let name = files[files.len() / 2].path.clone();
    let named = Scope::Entries([name.clone()].into());
    let file = subject.corpus.join(name);
    let text = fs::read_to_string(&file)?;
    let library = subject.open()?;
    fs::write(&file, format!("{text}\nOne more sentence is here now.\n"))?;
    let begun = Instant::now();
    library.refresh(Duration::ZERO, no_progress)?;
    let took = begun.elapsed();
    fs::write(&file, text)?;
    let begun = Instant::now();
    library.refresh_in(&named, Duration::ZERO, no_progress)?;
    println!("  one article changed, which the watcher named: {}", ms(begun.elapsed()));
    println!("  the same with a look at every file: {}", ms(took));
    Ok(())
}

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

/// How long processors were busy with this process.
fn processor_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = after_name.skip(11).take(2).filter_map(|ticks| ticks.parse::<u32>().ok());
    TICK * ticks.sum::<u32>()
}

/// What this process has of its own, not mapped from files, in bytes; 0 where Linux does not say it.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

/// The most memory that there was while something was done, about.
fn most_memory_while(
    work: impl FnOnce() -> Result<(), Box<dyn Error>>,
) -> Result<u64, Box<dyn Error>> {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut most = 0;
            while !is_over.load(Ordering::Relaxed) {
                most = memory().max(most);
                thread::sleep(Duration::from_millis(10));
            }
            most
        });
        let over = Over(&is_over);
        let done = work();
        drop(over);
        let most = watch.join().expect("reading a file does not panic");
        done.map(|()| most)
    })
}

/// Set when it is dropped, by a panic, too.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

//! The edge of the process: arguments, configuration, exit code.

#![deny(unsafe_code)]

mod commands;

use std::error::Error;
use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;

use verbatim::answer::Answer;
use verbatim::bot::BotError;
use verbatim::cli::{Cli, Subcommand};
use verbatim::config::{Config, LogFormat};
use verbatim::corpus;
use verbatim::library::Library;
use verbatim::render::json;
use verbatim::render::terminal::{Style, Terminal};

use commands::brief::{self, Subject};
use commands::measure::{QuestionOptions, Table};
use commands::serve::NO_TOKEN;
use commands::{ANSWERED, NOTHING_FOUND, Outcome, TROUBLE, TROUBLE_FOR_NOW, log};

fn main() -> ExitCode {
    limit_heaps();
    let cli = Cli::parse();
    match run(&cli) {
        Ok(code) => ExitCode::from(code),
        // Whoever read our output has left: nobody to tell.
        Err(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            let code = trouble(error.as_ref());
            commands::print_failure(error);
            ExitCode::from(code)
        }
    }
}

/// Makes all threads share one heap of the C library, which returns large buffers to the system at once. By
/// itself, glibc gives each thread a heap that is never returned, and every update of the index starts threads.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code, reason = "the C library has no other way to set it from inside")]
fn limit_heaps() {
    let settings = [
        (libc::M_ARENA_MAX, 1),
        (libc::M_MMAP_THRESHOLD, LARGE_BUFFER_BYTES),
        (libc::M_TRIM_THRESHOLD, MAX_UNUSED_BYTES),
    ];
    for (setting, value) in settings {
        // SAFETY: the call sets a number of the allocator, before there is a second thread. Its result says only
        // whether the number was set; without it the program needs more memory.
        let _ = unsafe { libc::mallopt(setting, value) };
    }
}

/// Size from which a buffer has pages of its own: that of the pages in which Tantivy collects postings.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE_BUFFER_BYTES: i32 = 1 << 20;
/// Maximum of unused memory at the end of the heap.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const MAX_UNUSED_BYTES: i32 = 4 << 20;

/// Does nothing: other C libraries have no heap for each thread.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn limit_heaps() {}

fn run(cli: &Cli) -> Outcome {
    let config = Config::load(&cli.places)?;
    // A model and weights may be made by one user for another. All else goes into the data directory.
    if !matches!(cli.subcommand, Some(Subcommand::Model { .. } | Subcommand::Learn { .. })) {
        keep_files_private();
    }
    match &cli.subcommand {
        Some(Subcommand::Serve) => commands::serve::serve(&config),
        Some(Subcommand::Health) => commands::health::health(&config.data),
        Some(Subcommand::Chat) => chat(&config),
        Some(Subcommand::Ask { json, after, explain, question }) => {
            let form = match (json, explain) {
                (true, _) => Form::Json,
                (false, true) => Form::Explained,
                (false, false) => Form::Text,
            };
            ask(&config, form, after.as_deref(), question)
        }
        Some(Subcommand::Brief { json, all, topic }) => {
            let form = if *json { brief::Form::Json } else { brief::Form::Text };
            brief::brief(&config, &Subject::of(topic, *all), form)
        }
        Some(Subcommand::Check) => check(&config),
        Some(Subcommand::Evaluate { file, json, pooled, mistyped }) => {
            let put = QuestionOptions { pooled: *pooled, mistyped: *mistyped };
            let table = if *json { Table::Json } else { Table::Text };
            commands::measure::evaluate(&config, file, put, table)
        }
        Some(Subcommand::Learn { file, into }) => commands::measure::learn(&config, file, into),
        Some(Subcommand::Sections { json }) => sections(&config, *json),
        Some(Subcommand::Model { command }) => commands::model::model(&config, command),
        Some(Subcommand::Store { command }) => commands::store::store(&config, command),
        Some(Subcommand::Webhook { command }) => commands::webhook::webhook(&config, command),
        None if config.token.is_some() => commands::serve::serve(&config),
        None if io::stdin().is_terminal() => {
            println!("{ADD_TOKEN}\n");
            chat(&config)
        }
        None => Err(NO_TOKEN.into()),
    }
}

/// Has every file and directory that this process makes from now on be its user's alone.
fn keep_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

const ADD_TOKEN: &str = "To serve Telegram, put TELOXIDE_TOKEN=… (from @BotFather) into `.env`; this is a chat in the terminal.";

fn chat(config: &Config) -> Outcome {
    log("warn", LogFormat::Text);
    let library = commands::library::open(config)?;
    let corpus = config.corpus.display_path();
    let screen = screen(&corpus, &library);
    let talk = || commands::repl::run(&library, screen, &config.data);
    commands::library::while_catching_up(&library, talk)?;
    Ok(ANSWERED)
}

/// How an answer is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Json,
    /// The scores that led to it, instead.
    Explained,
}

fn ask(config: &Config, form: Form, after: Option<&str>, question: &[String]) -> Outcome {
    log("warn", LogFormat::Text);
    let library = commands::library::open(config)?;
    commands::library::catch_up_shortly(&library);
    let corpus = config.corpus.display_path();
    let screen = screen(&corpus, &library);
    let mut out = io::stdout();
    let mut answer_one = |question: &str| -> Result<Answer, Box<dyn Error>> {
        let answer = library.ask(question, after)?;
        match form {
            Form::Json => writeln!(out, "{}", json::answer(question, &answer, &corpus))?,
            Form::Text => write!(out, "{}", screen.answer(&answer))?,
            Form::Explained => write!(out, "{}", library.explain(question, after)?)?,
        }
        out.flush()?;
        Ok(answer)
    };
    if !question.is_empty() {
        return Ok(match answer_one(&question.join(" "))? {
            Answer::Found(_) | Answer::Byline(_) => ANSWERED,
            Answer::NothingFound(_) | Answer::SmallTalk(_) | Answer::Empty => NOTHING_FOUND,
        });
    }
    for (position, line) in io::stdin().lock().split(b'\n').enumerate() {
        let line = line?;
        if position > 0 && form != Form::Json {
            println!();
        }
        answer_one(String::from_utf8_lossy(&line).trim_end_matches('\r'))?;
    }
    Ok(ANSWERED)
}

fn check(config: &Config) -> Outcome {
    let (articles, problems) = corpus::load(&config.corpus);
    let mut out = io::stdout().lock();
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    let passages: usize = articles.iter().map(|article| article.passages.len()).sum();
    writeln!(
        out,
        "{}, {}, {}",
        counted(articles.len(), "article"),
        counted(passages, "passage"),
        counted(problems.len(), "problem")
    )?;
    Ok(if problems.is_empty() { ANSWERED } else { TROUBLE })
}

/// Returns a number with its noun, such as `1 article` or `3 passages`.
fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn sections(config: &Config, json: bool) -> Outcome {
    log("warn", LogFormat::Text);
    let library = commands::library::open_for_words(config)?;
    let corpus = config.corpus.display_path();
    let articles = library.outlines()?;
    let mut out = io::stdout().lock();
    if json {
        for article in &articles {
            writeln!(out, "{}", json::outline(article))?;
        }
    } else {
        write!(out, "{}", screen(&corpus, &library).contents(&articles, 1))?;
    }
    Ok(ANSWERED)
}

fn screen<'a>(corpus: &'a str, library: &Library) -> Terminal<'a> {
    let is_plain = !io::stdout().is_terminal() || verbatim::config::no_color();
    let style = if is_plain { Style::Plain } else { Style::Colour };
    let articles = library.article_count();
    Terminal { width: textwrap::termwidth(), style, article_count: articles, corpus }
}

/// Returns the exit code for what went wrong.
fn trouble(error: &(dyn Error + 'static)) -> u8 {
    match error.downcast_ref::<BotError>() {
        Some(BotError::Conflict(_)) => TROUBLE_FOR_NOW,
        _ => TROUBLE,
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

//! The edge of the process: arguments, configuration, logging, signals, exit code.

use std::error::Error;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use verbatim::answer::Answer;
use verbatim::cli::{Cli, ModelCommand, Subcommand};
use verbatim::config::Config;
use verbatim::evaluate::{self, Figures, Judgements, Tally, squad};
use verbatim::library::Library;
use verbatim::model::{self, Installed, Manifest, Wanted};
use verbatim::render::json;
use verbatim::render::terminal::{Screen, Style};
use verbatim::search::weights::Weights;
use verbatim::store::Store;
use verbatim::{bot, chat, corpus, learn};

const ANSWERED: u8 = 0;
const NOTHING_FOUND: u8 = 1;
const TROUBLE: u8 = 2;

type Outcome = Result<u8, Box<dyn Error>>;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(code) => ExitCode::from(code),
        // Whoever read our output has left: nobody to tell.
        Err(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("verbatim: {error}");
            ExitCode::from(TROUBLE)
        }
    }
}

fn run(cli: &Cli) -> Outcome {
    let config = Config::load(&cli.places)?;
    match &cli.subcommand {
        Some(Subcommand::Serve) => serve(&config),
        Some(Subcommand::Chat) => chat(&config),
        Some(Subcommand::Ask { json, after, explain, question }) => {
            let form = match (json, explain) {
                (true, _) => Form::Json,
                (false, true) => Form::Explained,
                (false, false) => Form::Text,
            };
            ask(&config, form, after.as_deref(), question)
        }
        Some(Subcommand::Check) => check(&config),
        Some(Subcommand::Evaluate { file, json, pooled, mistyped }) => {
            let mut judgements = judgements(file)?;
            if *mistyped {
                let questions = judgements.questions_mut();
                questions.for_each(|judged| judged.question = evaluate::mistyped(&judged.question));
            }
            let figures = measure(&config, judgements, *pooled)?;
            report(&figures, if *json { Form::Json } else { Form::Text })
        }
        Some(Subcommand::Learn { file, into }) => learn(&config, file, into),
        Some(Subcommand::Sections { json }) => sections(&config, *json),
        Some(Subcommand::Model { command }) => model(&config, command),
        None if config.token.is_some() => serve(&config),
        None if io::stdin().is_terminal() => {
            println!("{ADD_TOKEN}\n");
            chat(&config)
        }
        None => Err(NO_TOKEN.into()),
    }
}

const ADD_TOKEN: &str = "To serve Telegram, put TELOXIDE_TOKEN=… (from @BotFather) into `.env`; this is a chat in the terminal.";
const NO_TOKEN: &str = "no bot token, and no terminal to chat in\nhint: put TELOXIDE_TOKEN=… (from @BotFather) into `.env`, or ask with `verbatim ask QUESTION`";

fn serve(config: &Config) -> Outcome {
    log(&config.log);
    let Some(token) = config.token.clone() else { return Err(NO_TOKEN.into()) };
    let library = Arc::new(open(config)?);
    let store = Store::open(&config.data)?;
    let setup =
        bot::Setup { token, api_url: config.api_url.clone(), telegram: config.telegram.clone() };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let signals = tokio::spawn(async move {
            tokio::select! {
                () = signalled() => {
                    tracing::info!("stopping: no new updates are taken, what is in hand is finished");
                    stopped.cancel();
                }
                () = stopped.cancelled() => {}
            }
        });
        let served = bot::run(setup, library, store, stop.clone()).await;
        stop.cancel();
        signals.await?;
        served?;
        Ok(ANSWERED)
    })
}

/// Waits for SIGINT or SIGTERM.
async fn signalled() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without signals, the process can only be killed; the journal is made for that.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn chat(config: &Config) -> Outcome {
    log("warn");
    let library = open(config)?;
    let corpus = config.corpus.to_string_lossy();
    chat::run(&library, screen(&corpus, &library), &config.data)?;
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
    log("warn");
    let library = open(config)?;
    let corpus = config.corpus.to_string_lossy();
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
    writeln!(out, "{} articles, {passages} passages, {} problems", articles.len(), problems.len())?;
    Ok(if problems.is_empty() { ANSWERED } else { TROUBLE })
}

fn measure(
    config: &Config,
    judgements: Judgements,
    pooled: bool,
) -> Result<Vec<Figures>, Box<dyn Error>> {
    log("warn");
    let mut tallies = match judgements {
        Judgements::Questions(questions) => {
            vec![evaluate::evaluate(&open(config)?, "corpus", &questions)?]
        }
        Judgements::Articles(articles) => {
            let scratch = config.data.join(format!("evaluate-{}", std::process::id()));
            let measured = match pooled {
                true => squad::pooled(&articles, &scratch).map(|tally| vec![tally]),
                false => squad::one_by_one(&articles, &scratch),
            };
            let removed = std::fs::remove_dir_all(&scratch);
            let measured = measured?;
            removed?;
            measured
        }
    };
    if tallies.len() > 1 {
        let mut all = Tally { name: "all".into(), ..Tally::default() };
        tallies.iter().for_each(|tally| all.add(tally));
        tallies.push(all);
    }
    Ok(tallies.iter().map(Tally::figures).collect())
}

fn report(figures: &[Figures], form: Form) -> Outcome {
    let mut out = io::stdout().lock();
    match form {
        Form::Json => {
            for row in figures {
                writeln!(out, "{}", serde_json::to_string(row)?)?;
            }
        }
        Form::Text | Form::Explained => write!(out, "{}", evaluate::table(figures))?,
    }
    Ok(ANSWERED)
}

fn judgements(file: &Path) -> Result<Judgements, Box<dyn Error>> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
    Ok(evaluate::parse(&text).map_err(|problem| {
        let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{shown}{line}: {problem}\nhint: `verbatim help evaluate` shows the formats")
    })?)
}

fn learn(config: &Config, file: &Path, into: &Path) -> Outcome {
    log("warn");
    let Judgements::Articles(articles) = judgements(file)? else {
        return Err(format!("{}: weights are learned from articles with their questions\nhint: `verbatim help learn` names the format", file.display()).into());
    };
    let places = [into.join("search/weights.toml"), into.join("answer/weights.toml")];
    let [ranking, confidence] = places.clone().map(|place| -> Result<Weights, Box<dyn Error>> {
        let shown = place.display();
        let text = std::fs::read_to_string(&place).map_err(|error| {
            format!(
                "{shown}: {error}\nhint: name the directory of this program's sources with `--into`"
            )
        })?;
        Ok(Weights::read(&text).map_err(|error| format!("{shown}: {error}"))?)
    });
    let scratch = config.data.join(format!("learn-{}", std::process::id()));
    let learned = learn::learn(&articles, &ranking?, &confidence?, &scratch);
    let removed = std::fs::remove_dir_all(&scratch);
    let learned = learned?;
    removed?;
    for (place, weights) in places.iter().zip([&learned.ranking, &learned.confidence]) {
        std::fs::write(place, toml::to_string(weights)?)?;
    }
    report(&learned.reached, Form::Text)
}

fn sections(config: &Config, json: bool) -> Outcome {
    log("warn");
    let library = open(config)?;
    let corpus = config.corpus.to_string_lossy();
    let articles = library.articles()?;
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

fn model(config: &Config, command: &ModelCommand) -> Outcome {
    log("warn");
    let dir = &config.model;
    let show = |model: &Installed| -> Outcome {
        write!(io::stdout(), "{model}")?;
        if let Some(warning) = model.kind.warning() {
            eprintln!("verbatim: {warning}");
        }
        Ok(ANSWERED)
    };
    match command {
        ModelCommand::Install { path, other } => {
            let wanted = if *other { Wanted::Any } else { Wanted::Exactly(Manifest::all_minilm()) };
            let hub = config.hub_url.as_deref().unwrap_or(model::HUB);
            show(&match path {
                Some(path) => model::from_path(dir, path, &wanted)?,
                None => model::from_hub(dir, hub, &wanted)?,
            })
        }
        ModelCommand::Status => match model::checked(dir)? {
            Some(model) => show(&model),
            None => {
                writeln!(
                    io::stdout(),
                    "no model is installed in {}\n{HOW_TO_INSTALL}",
                    dir.display()
                )?;
                Ok(NOTHING_FOUND)
            }
        },
        ModelCommand::Remove => {
            write!(io::stdout(), "{}", model::remove(dir)?)?;
            Ok(ANSWERED)
        }
    }
}

const HOW_TO_INSTALL: &str =
    "hint: install it with `verbatim model install`, or see `verbatim help model install`";

fn open(config: &Config) -> Result<Library, Box<dyn Error>> {
    let library = Library::open(&config.corpus, &config.data)?.with_aliases(&config.aliases);
    for problem in library.problems() {
        eprintln!("verbatim: left out: {problem}");
    }
    Ok(library)
}

fn screen<'a>(corpus: &'a str, library: &Library) -> Screen<'a> {
    let is_plain = !io::stdout().is_terminal() || verbatim::config::no_color();
    let style = if is_plain { Style::Plain } else { Style::Colour };
    let articles = library.article_count();
    Screen { width: textwrap::termwidth(), style, articles, corpus }
}

fn log(level: &str) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    // A second call, in a test of this process, keeps the first.
    let is_coloured = io::stderr().is_terminal() && !verbatim::config::no_color();
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(is_coloured)
        .with_writer(io::stderr)
        .try_init();
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

//! `verbatim chat`: a conversation in the terminal.
//!
//! [`Repl`] maps a line to a text and does not use the terminal. [`run`] connects a [`Repl`] to a
//! line editor.

use std::path::Path;

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use verbatim::answer::{Answer, Excerpt};
use verbatim::brief::{Brief, OnTopic};
use verbatim::config::{Config, LogFormat};
use verbatim::corpus::article::SectionId;
use verbatim::dialogue::Request;
use verbatim::library::{Library, LibraryError};
use verbatim::render::terminal::Terminal;

use super::logging::{init_logging, print_notice};
use super::outcome::{CommandResult, Outcome, SUCCESS};
use super::{library, output};

/// The state of a conversation with one reader.
struct Repl<'a> {
    library: &'a Library,
    terminal: Terminal<'a>,
    /// The context of a follow-up question.
    context: Option<String>,
    /// Excerpts that were not shown yet, in reverse order.
    pending: Vec<Excerpt>,
    /// Excerpt that was shown last.
    shown: Option<Excerpt>,
    /// Whether the reader was told the language of the articles.
    has_language_hint: bool,
    /// Sections that a number opens; the number 1 is the first.
    numbered: Vec<SectionId>,
}

/// The reaction to a line.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Print(String),
    Quit,
}

const HELP: &str = "Ask a question. A number opens that section, Enter shows the next excerpt, \
                    `sections` lists what there is, `brief` gives the key sentences of the \
                    newest article, `brief` and a topic those on it, `quit` leaves.\n";
const HISTORY_FILE: &str = "chat-history";
/// Maximum length of the number of a section. Longer numbers, such as years, are questions.
const MAX_NUMBER_DIGITS: usize = 3;

/// Opens the library and converses with the reader until they quit.
pub fn chat(config: &Config) -> Outcome {
    init_logging("warn", LogFormat::Text);
    let library = library::open(config)?;
    let corpus = config.corpus.display_path();
    let terminal = output::terminal(&corpus, &library);
    if let Some(hint) = library::hint_to_install_model(&library, config) {
        print_notice(hint);
    }
    library::with_backfill(&library, || run(&library, terminal, &config.data))?;
    Ok(SUCCESS)
}

/// Reads lines from the terminal and prints the reactions until the reader quits. The history of
/// lines is kept in the directory `data`.
fn run(library: &Library, terminal: Terminal<'_>, data: &Path) -> CommandResult<()> {
    let mut editor = DefaultEditor::new()?;
    let history = data.join(HISTORY_FILE);
    // The first conversation has no history.
    let _ = editor.load_history(&history);
    // Another process may own the data directory; then nothing is written to it.
    let keeps_history = library.outdated_file_count().is_none();
    let mut repl = Repl::new(library, terminal);
    print!("{HELP}");
    loop {
        match editor.readline("> ") {
            Ok(line) => {
                if !line.trim().is_empty() {
                    editor.add_history_entry(line.trim())?;
                }
                match repl.step(&line)? {
                    Step::Print(text) => print!("{text}"),
                    Step::Quit => break,
                }
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => break,
            Err(error) => return Err(error.into()),
        }
    }
    if keeps_history && let Err(error) = editor.save_history(&history) {
        tracing::warn!(%error, "the history of the chat cannot be saved");
    }
    Ok(())
}

impl<'a> Repl<'a> {
    fn new(library: &'a Library, terminal: Terminal<'a>) -> Self {
        Repl {
            library,
            terminal,
            context: None,
            pending: Vec::new(),
            shown: None,
            has_language_hint: false,
            numbered: Vec::new(),
        }
    }

    /// Runs the command in a line, or answers the question.
    fn step(&mut self, line: &str) -> Result<Step, LibraryError> {
        let line = line.trim();
        let command = line.to_lowercase();
        // Readers may type commands as in Telegram, with a slash.
        let text = match command.strip_prefix('/').unwrap_or(&command) {
            "quit" | "exit" | "q" | ":q" => return Ok(Step::Quit),
            "help" | "?" => HELP.to_owned(),
            "sections" => self.contents()?,
            "brief" => self.brief()?,
            "" => self.next_excerpt(),
            _ => match section_number(line) {
                Some(number) => self.open_section(number)?,
                None => match topic(line) {
                    Some(topic) => self.brief_on(topic)?,
                    None => self.ask(line)?,
                },
            },
        };
        Ok(Step::Print(text))
    }

    fn ask(&mut self, question: &str) -> Result<String, LibraryError> {
        let mut answer = self.library.all().ask(question, self.context.as_deref())?;
        if self.has_language_hint {
            answer = answer.without_language_hint();
        }
        self.context = Some(self.library.all().context(question, self.context.as_deref()));
        if !matches!(answer, Answer::Request(_) | Answer::SmallTalk(_)) {
            self.pending.clear();
        }
        match answer {
            Answer::Found(found) => {
                self.numbered =
                    found.excerpts.iter().map(|excerpt| excerpt.place().section().id).collect();
                self.numbered.dedup();
                let corrections = self.terminal.corrections(&found.corrected);
                let asides = self.terminal.notes(&found);
                self.pending = found.excerpts.into_iter().rev().collect();
                Ok(corrections + &self.next_excerpt() + &asides)
            }
            Answer::Request(request) => self.reply_to(&request),
            other => {
                if let Answer::NothingFound(nothing) = &other {
                    self.has_language_hint |= nothing.languages.is_some();
                    self.numbered =
                        nothing.nearest.iter().map(|place| place.section().id).collect();
                }
                Ok(self.terminal.without_quotes(&other))
            }
        }
    }

    /// Returns what a request in words gets.
    fn reply_to(&mut self, request: &Request) -> Result<String, LibraryError> {
        match request {
            Request::Briefing { topic: None } => self.brief(),
            Request::Briefing { topic: Some(topic) } => self.brief_on(topic),
            Request::More => Ok(self.next_excerpt()),
            Request::Help => Ok(HELP.to_owned()),
            Request::Identity => {
                Ok(self.terminal.without_quotes(&Answer::Request(request.clone())))
            }
            Request::Source => Ok(match &self.shown {
                Some(excerpt) => self.terminal.source(excerpt),
                None => self.terminal.without_quotes(&Answer::Request(Request::Source)),
            }),
        }
    }

    fn brief(&mut self) -> Result<String, LibraryError> {
        let newest = self.library.all().newest();
        let brief =
            newest.first().map(|article| self.library.all().brief(article.id)).transpose()?;
        match brief.flatten() {
            Some(brief) => Ok(self.show_brief(&brief)),
            None => self.contents(),
        }
    }

    fn show_brief(&mut self, brief: &Brief) -> String {
        let sections = brief.sections.iter().map(|key| &brief.article.sections[key.section]);
        self.numbered = sections.map(|section| section.id).collect();
        self.terminal.brief(brief)
    }

    fn brief_on(&mut self, topic: &str) -> Result<String, LibraryError> {
        let found = self.library.all().brief_on(topic)?;
        let places: Vec<_> = match &found {
            OnTopic::Found(found) => found.excerpts.iter().map(Excerpt::place).collect(),
            OnTopic::Fallback(Answer::NothingFound(nothing)) => nothing.nearest.iter().collect(),
            OnTopic::Article(brief) => return Ok(self.show_brief(brief)),
            OnTopic::Fallback(_) => Vec::new(),
        };
        self.numbered = places.iter().map(|place| place.section().id).collect();
        self.numbered.dedup();
        Ok(self.terminal.on_topic(&found))
    }

    fn next_excerpt(&mut self) -> String {
        let Some(excerpt) = self.pending.pop() else {
            return "That is all. Ask a question, or `help`.\n".into();
        };
        let section = excerpt.place().section().id;
        let number = self
            .numbered
            .iter()
            .position(|known| *known == section)
            .map_or(1, |position| position + 1);
        let more = match self.pending.len() {
            0 => String::new(),
            left => format!(" · Enter: next of {left} more"),
        };
        let shown =
            format!("{}  [{number}: read the section{more}]\n", self.terminal.excerpt(&excerpt));
        self.shown = Some(excerpt);
        shown
    }

    fn contents(&mut self) -> Result<String, LibraryError> {
        let articles = self.library.all().outlines()?;
        let sections = articles.iter().flat_map(|article| &article.sections);
        self.numbered = sections.map(|section| section.id).collect();
        Ok(self.terminal.contents(&articles, 1))
    }

    fn open_section(&mut self, number: usize) -> Result<String, LibraryError> {
        let section = number.checked_sub(1).and_then(|position| self.numbered.get(position));
        let Some(section) = section else {
            return Ok(format!("There is no section {number} here; `sections` lists them all.\n"));
        };
        Ok(match self.library.all().section(*section)? {
            Some(reading) => self.terminal.section(&reading),
            None => "This section is gone; `sections` lists what there is.\n".to_owned(),
        })
    }
}

/// Returns the number in a line that is nothing but a short number.
fn section_number(line: &str) -> Option<usize> {
    line.parse().ok().filter(|_| line.len() <= MAX_NUMBER_DIGITS)
}

/// Returns the words after `brief`, which may be in any case.
fn topic(line: &str) -> Option<&str> {
    let (command, topic) = line.split_once(char::is_whitespace)?;
    let command = command.strip_prefix('/').unwrap_or(command);
    command.eq_ignore_ascii_case("brief").then(|| topic.trim())
}

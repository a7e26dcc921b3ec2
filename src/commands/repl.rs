//! The chat in a terminal: a line in, a text out.
//!
//! [`Chat`] is what was said so far and knows no terminal; [`run`] gives it one.

use std::path::Path;

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use verbatim::answer::{Answer, Excerpt};
use verbatim::brief::OnTopic;
use verbatim::corpus::article::SectionId;
use verbatim::library::{Library, LibraryError};
use verbatim::render::terminal::Terminal;

/// A conversation with one reader.
pub struct Repl<'a> {
    library: &'a Library,
    screen: Terminal<'a>,
    /// What was asked so far, for a question that follows it up.
    before: Option<String>,
    /// Excerpts not shown yet, the next one last.
    more: Vec<Excerpt>,
    /// What a number opens.
    numbered: Vec<SectionId>,
}

/// What to do after a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    Say(String),
    Leave,
}

const HELP: &str = "Ask a question. A number opens that section, Enter shows the next excerpt, \
                    `sections` lists what there is, `brief` gives the key sentences of the \
                    newest article, `brief` and a topic those on it, `quit` leaves.\n";
const HISTORY: &str = "chat-history";

impl<'a> Repl<'a> {
    pub fn new(library: &'a Library, screen: Terminal<'a>) -> Self {
        Repl { library, screen, before: None, more: Vec::new(), numbered: Vec::new() }
    }

    /// Deals with one line of the reader.
    pub fn step(&mut self, line: &str) -> Result<Step, LibraryError> {
        let line = line.trim();
        let command = line.to_lowercase();
        // In Telegram, commands begin with a stroke.
        let said = match command.strip_prefix('/').unwrap_or(&command) {
            "quit" | "exit" | "q" | ":q" => return Ok(Step::Leave),
            "help" | "?" => HELP.to_owned(),
            "sections" => self.contents()?,
            "brief" => self.brief()?,
            "" => self.next_excerpt(),
            _ => match line.parse::<usize>().ok().filter(|_| line.len() < 4) {
                Some(number) => self.open(number)?,
                None => match topic(line) {
                    Some(topic) => self.brief_on(topic)?,
                    None => self.ask(line)?,
                },
            },
        };
        Ok(Step::Say(said))
    }

    fn ask(&mut self, question: &str) -> Result<String, LibraryError> {
        let answer = self.library.ask(question, self.before.as_deref())?;
        self.before = Some(self.library.context(question, self.before.as_deref()));
        self.more.clear();
        match answer {
            Answer::Found(found) => {
                self.numbered =
                    found.excerpts.iter().map(|excerpt| excerpt.place().section().id).collect();
                self.numbered.dedup();
                let corrections = self.screen.corrections(&found.corrected);
                let asides = self.screen.notes(&found);
                self.more = found.excerpts.into_iter().rev().collect();
                Ok(corrections + &self.next_excerpt() + &asides)
            }
            other => {
                if let Answer::NothingFound(nothing) = &other {
                    self.numbered =
                        nothing.nearest.iter().map(|place| place.section().id).collect();
                }
                Ok(self.screen.without_quotes(&other))
            }
        }
    }

    fn brief(&mut self) -> Result<String, LibraryError> {
        let newest = self.library.newest();
        let brief = newest.first().map(|article| self.library.brief(article.id)).transpose()?;
        let Some(brief) = brief.flatten() else { return self.contents() };
        let sections = brief.sections.iter().map(|key| &brief.article.sections[key.section]);
        self.numbered = sections.map(|section| section.id).collect();
        Ok(self.screen.brief(&brief))
    }

    fn brief_on(&mut self, topic: &str) -> Result<String, LibraryError> {
        let found = self.library.brief_on(topic)?;
        let places: Vec<_> = match &found {
            OnTopic::Found(found) => found.excerpts.iter().map(Excerpt::place).collect(),
            OnTopic::Fallback(Answer::NothingFound(nothing)) => nothing.nearest.iter().collect(),
            OnTopic::Fallback(_) => Vec::new(),
        };
        self.numbered = places.iter().map(|place| place.section().id).collect();
        self.numbered.dedup();
        Ok(self.screen.on_topic(&found))
    }

    fn next_excerpt(&mut self) -> String {
        let Some(excerpt) = self.more.pop() else {
            return "That is all. Ask a question, or `help`.\n".into();
        };
        let section = excerpt.place().section().id;
        let number = self
            .numbered
            .iter()
            .position(|known| *known == section)
            .map_or(1, |position| position + 1);
        let more = match self.more.len() {
            0 => String::new(),
            left => format!(" · Enter: next of {left} more"),
        };
        format!("{}  [{number}: read the section{more}]\n", self.screen.excerpt(&excerpt))
    }

    fn contents(&mut self) -> Result<String, LibraryError> {
        let articles = self.library.outlines()?;
        let sections = articles.iter().flat_map(|article| &article.sections);
        self.numbered = sections.map(|section| section.id).collect();
        Ok(self.screen.contents(&articles, 1))
    }

    fn open(&mut self, number: usize) -> Result<String, LibraryError> {
        let section = number.checked_sub(1).and_then(|position| self.numbered.get(position));
        let Some(section) = section else {
            return Ok(format!("There is no section {number} here; `sections` lists them all.\n"));
        };
        Ok(match self.library.section(*section)? {
            Some(reading) => self.screen.section(&reading),
            None => "This section is gone; `sections` lists what there is.\n".to_owned(),
        })
    }
}

/// The words after `brief`, in any case.
fn topic(line: &str) -> Option<&str> {
    let (command, topic) = line.split_once(char::is_whitespace)?;
    let command = command.strip_prefix('/').unwrap_or(command);
    command.eq_ignore_ascii_case("brief").then(|| topic.trim())
}

/// Talks with the reader at the terminal until they leave. History is kept under `data`.
pub fn run(
    library: &Library,
    screen: Terminal<'_>,
    data: &Path,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut editor = DefaultEditor::new()?;
    let history = data.join(HISTORY);
    // There is none the first time.
    let _ = editor.load_history(&history);
    // Nothing is written into a directory that another process owns.
    let keeps_history = library.outdated_file_count().is_none();
    let mut chat = Repl::new(library, screen);
    print!("{HELP}");
    loop {
        match editor.readline("> ") {
            Ok(line) => {
                if !line.trim().is_empty() {
                    editor.add_history_entry(line.trim())?;
                }
                match chat.step(&line)? {
                    Step::Say(text) => print!("{text}"),
                    Step::Leave => break,
                }
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => break,
            Err(error) => return Err(error.into()),
        }
    }
    if keeps_history && let Err(error) = editor.save_history(&history) {
        tracing::warn!(%error, "the chat's history could not be kept");
    }
    Ok(())
}

//! `verbatim ask`: answers one question, or each line of standard input.

use std::io::{self, BufRead, Write};

use verbatim::answer::Answer;
use verbatim::config::{Config, LogFormat};
use verbatim::render::json;

use super::library;
use super::logging::init_logging;
use super::outcome::{CommandResult, NEGATIVE, Outcome, SUCCESS};
use super::output::{OutputFormat, terminal};

/// The output for a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskOutput {
    Answer(OutputFormat),
    /// The scores of the passages and sentences, as text.
    Scores,
}

/// Answers the words of `question`, or each line of standard input if there are none. `after` is
/// the question that each of them may follow up.
pub fn ask(
    config: &Config,
    output: AskOutput,
    after: Option<&str>,
    question: &[String],
) -> Outcome {
    init_logging("warn", LogFormat::Text);
    let library = library::open(config)?;
    library::backfill_briefly(&library);
    let corpus = config.corpus.display_path();
    let terminal = terminal(&corpus, &library);
    let mut out = io::stdout();
    let mut answer_one = |question: &str| -> CommandResult<Answer> {
        let answer = library.all().ask(question, after)?;
        match output {
            AskOutput::Answer(OutputFormat::Json) => {
                writeln!(out, "{}", json::answer(question, &answer, &corpus))?;
            }
            AskOutput::Answer(OutputFormat::Text) => write!(out, "{}", terminal.answer(&answer))?,
            AskOutput::Scores => write!(out, "{}", library.all().explain(question, after)?)?,
        }
        out.flush()?;
        Ok(answer)
    };
    if !question.is_empty() {
        return Ok(match answer_one(&question.join(" "))? {
            Answer::Found(_) | Answer::Byline(_) | Answer::Articles(_) => SUCCESS,
            Answer::NothingFound(_) | Answer::SmallTalk(_) | Answer::Request(_) | Answer::Empty => {
                NEGATIVE
            }
        });
    }
    for (position, line) in io::stdin().lock().split(b'\n').enumerate() {
        let line = line?;
        if position > 0 && output != AskOutput::Answer(OutputFormat::Json) {
            println!();
        }
        answer_one(String::from_utf8_lossy(&line).trim_end_matches('\r'))?;
    }
    Ok(SUCCESS)
}

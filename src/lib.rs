//! Verbatim answers questions from a folder of articles, in the articles' own words.
//!
//! # How a question is answered
//!
//! ```text
//! files ─► corpus ─► index ─┬──────────────► search ─► answer ─┬──────────► render ─► Telegram,
//!                           └─► embedding ─────┘               └─► brief ─────┘       terminal,
//!          └──────────────────────── library ────────────────────────┘                JSON
//! ```
//!
//! The example is the question "Which river is the water dispute about?", sent to the bot.
//!
//! 1. **Index.** [`corpus`] lists the files at start and once a minute, and watches the directory
//!    for changes in between. [`index`] stores each passage of a changed file byte for byte, with
//!    the ranges of its sentences. At run time the index is the only source of text.
//! 2. **Receive.** [`bot`] gets the update by long polling or at a webhook. The bot writes the
//!    update into the journal of the [`store`], and only then confirms it to Telegram. The update
//!    waits in the queue of its chat and topic.
//! 3. **Search.** A handler passes the text to [`View::ask`](library::View::ask).
//!    [`dialogue`] distinguishes small talk and requests from questions, and leaves out what is
//!    around a question. [`search`] splits the text into questions and analyses each of them into a
//!    [`Query`](search::query::Query): `river`, `water` and `disput` are terms, all other words are
//!    stopwords. Query expansion adds aliases, synonyms, word families and spelling corrections.
//!    Tantivy retrieves candidate passages. A linear model scores each of their sentences by its
//!    [`features`](search::features).
//! 4. **Answer.** [`answer`] decides whether the best hit answers the question. The answer is a
//!    refusal or up to three quotes. Each quote is an [`Excerpt`](answer::Excerpt): a byte range of
//!    a passage, without text of its own.
//! 5. **Reply.** [`render::telegram`] makes a message within Telegram's limits of length. The bot
//!    sends the message within Telegram's limits of rate, retries if needed, and then marks the
//!    update as completed. After a crash the bot handles the pending updates again.
//!
//! A button carries its whole state in at most 64 bytes of [callback data](bot::callback_data). The
//! state of a quote is an [`AnswerCursor`](answer::AnswerCursor), from which the bot reads the same
//! quote again after a restart.
//!
//! # Other features
//!
//! - **Semantic search.** With a sentence model, [`embedding`] computes the vectors of all passages
//!   and sentences once, and that of each question. [`search`] then retrieves more candidates and
//!   scores sentences by their [`similarity`](search::similarity) to the question, too; the
//!   [`reranker`](search::reranker) compares them with each other. The best few are read together
//!   with the question ([`reading`](search::reading)) if none is clearly ahead in a small corpus.
//!   [`embedding::model_files`] installs the model. Without a model, until all vectors exist, and
//!   under high load, search is lexical.
//! - **Briefings and watches.** [`brief`] selects the key sentences of an article or a topic.
//!   [`bot::briefings`] sends them by the recurrence rules of [`schedule`], and sends quotes of new
//!   articles to the chats that watch for a topic.
//! - **Parts of the corpus.** A [`View`](library::View) has only the articles that its
//!   [`ArticleFilter`](library::ArticleFilter) passes: the folders that a chat may see, the shelf
//!   that it chose, and the filters of a question. Everything that a view returns is computed from
//!   these articles alone. The bot reads the library by views only.
//! - **Groups and other chats.** In guest mode, a question is answered in a chat that the bot is
//!   not in. In a group, a page that somebody opens can be shown to that person alone. A question
//!   without an answer can be sent to a person, whose answer comes back.
//! - **Import.** [`import`] makes article files of web pages, feeds, books, documents and exports:
//!   at the command line, when an administrator sends a link or a file, and while the bot runs from
//!   feeds and channels. Foreign bytes are parsed in a child process.
//! - **Interface.** [`render::messages`] has the localized messages. [`suggest`] chooses suggested
//!   questions.
//! - **Operation.** [`doctor`] checks the token, the way to Telegram, the files and the index. The
//!   bot serves liveness, readiness and metrics over HTTP. No log line and no
//!   metric contains a token, a name or a question.
//! - **Evaluation.** [`evaluate`] measures the answers with judged questions. Only the cargo
//!   feature `train` adds the training of the weights: the module `evaluate::train` and the program
//!   `src/bin/train.rs`. The weights are the files `words.toml` and `meaning.toml` in `src/search`
//!   and `src/answer`, `foreign.toml` for the refusal of questions in other languages,
//!   `reranker.bin` in `src/search`, and in `src/embedding` `token_projection.bin` for the vectors
//!   of tokens and `reader.bin`.
//!
//! # Invariants
//!
//! - Dependencies are one-way: corpus → index → embedding → search → answer → brief → render.
//!   [`library`] connects all but the last. Only the binary imports [`bot`]. No two files import
//!   each other, not even by way of others.
//! - Each third-party API is used in one place: tantivy in [`index`] and [`search`], teloxide in
//!   the Bot API client of [`bot`], reqwest there and in [`import`], SQL in [`store`], Telegram
//!   HTML in [`render::telegram`], the environment in [`config`], safetensors in [`embedding`],
//!   jiff in [`schedule`], axum and prometheus-client in [`bot`]. The test `architecture` checks
//!   the directions and the places.
//! - [`dialogue`], [`answer`], [`brief`], [`render`], [`schedule`], [`suggest`], the parsers of
//!   [`corpus`] and the scoring of [`search`] are pure: they do no I/O, and the time is an
//!   argument.
//! - Ids are types. An id of content, such as [`ArticleId`](corpus::article::ArticleId), is a
//!   64-bit hash of that content, so that an old button never quotes an edited text. [`ids`] has
//!   the ids of Telegram.
//! - Formats are contracts: configuration keys, JSON keys, metric names, stored strings, callback
//!   data and deep links stay valid when names in the code change. The tests `contracts` pin them.

pub mod answer;
pub mod bot;
pub mod brief;
pub mod cli;
pub mod config;
pub mod corpus;
pub mod dialogue;
pub mod doctor;
pub mod embedding;
pub mod evaluate;
pub mod ids;
pub mod import;
pub mod index;
pub mod library;
pub mod render;
pub mod schedule;
pub mod search;
pub mod store;
pub mod suggest;

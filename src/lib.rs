//! Verbatim answers questions from a folder of articles, in the articles' own words.
//!
//! # The way of a question
//!
//! ```text
//! files ─► corpus ─► index ─► search ─► answer ─► render ─► terminal, JSON, Telegram
//!                   │    └► meaning ┘        │
//!                   └──────── library ───────┘
//! ```
//!
//! Take "Which river is the water dispute about?", sent to the bot.
//!
//! 1. At start, while a bot answers already from what it had, and once a minute, [`corpus`] lists
//!    the files; when files change, it looks at these. [`index`] reads those whose content changed
//!    and stores each passage, byte for byte, with the ranges of its sentences. From then on nobody
//!    needs the files: the index is the only source of text.
//! 2. [`bot`] asks for the update, or is brought it at its webhook, writes it into the [`store`],
//!    then tells Telegram that it has it. It waits in its chat's lane until the messages that the
//!    same person sent before are answered; people take turns. Where nothing waits, the library is
//!    asked while the disk is still being written.
//! 3. [`library`] is the one door. It asks the questions of a message one by one, and one that
//!    follows up with what was asked before. Behind it [`search`] makes a query of the question
//!    (`river`, `water`, `disput`; the rest are stopwords), adds what the corpus may call these
//!    words (other names, forms and spellings, words of about the same meaning), takes the best
//!    passages from Tantivy and scores each of their sentences by features with learned weights.
//! 4. [`answer`] decides whether that is good enough, and makes an [`Excerpt`](answer::Excerpt) of
//!    up to three spans of sentences: a range of a passage, from which a quote is read and never
//!    written.
//! 5. [`render`] makes HTML of it within Telegram's limits. The bot notes the reply in the store
//!    and sends it at Telegram's pace; only then the update is done.
//!
//! A button under the answer carries all that it needs in its 64 bytes: a [`Trail`](answer::Trail)
//! of passages, sentences and marked words, from which the same quote is read again.
//! [`render::words`] has what the bot says in words of its own, in seven languages; [`examples`]
//! finds what to ask about.
//!
//! A small sentence model can be added, to find by meaning what shares no word with the question.
//! [`model`] installs it, [`meaning`] computes the token vectors of every passage once and those of
//! each question when it is asked, and [`search`] has candidates and features of both kinds.
//! Without it, while its vectors are being computed, and when too many ask at once, words decide
//! alone. The feature `model`, which is on unless it is turned off, brings all that a model needs
//! to run.
//!
//! Unasked, [`brief`] gives an article or a topic in its key sentences, excerpts like those of an
//! answer. What comes again and again comes by the rules of [`schedule`], in the time zones of the
//! readers.
//!
//! Whoever watches the bot sees whether it is ready, and its numbers for Prometheus. What it logs
//! and counts has no token in it, no name and no question.
//!
//! [`evaluate`] measures the answers with judged questions. With the cargo feature `train`, it also
//! trains the weights from such questions: `words.toml` and `meaning.toml` in `search` and in
//! `answer`.
//!
//! # What holds
//!
//! - Arrows point one way: corpus → index → meaning → search → answer → brief → render. `library`
//!   wires all but the last. [`bot`], [`chat`], [`cli`] and `main` stand outside, and nothing
//!   imports them.
//! - Foreign names stay in their house: tantivy in [`index`] and [`search`], teloxide in [`bot`],
//!   SQL in [`store`], HTML in [`render::telegram`], the environment in [`config`], article files
//!   in [`corpus`], archives and the model hub in [`model`], candle and tokenizers in [`meaning`],
//!   jiff in [`schedule`], axum and prometheus_client in [`bot`]. The test `architecture` walks the
//!   sources and says so.
//! - [`answer`], [`brief`], [`render`], [`schedule`], the parsers of [`corpus`] and the scoring of
//!   [`search`] are pure: no I/O, no clock.
//! - Ids ([`ArticleId`](corpus::article::ArticleId) and its kin) are 64-bit hashes of content, so
//!   an old button notices that the text has changed.

pub mod answer;
pub mod bot;
pub mod brief;
pub mod cli;
pub mod config;
pub mod corpus;
pub mod embedding;
pub mod evaluate;
pub mod ids;
pub mod index;
pub mod library;
pub mod render;
pub mod schedule;
pub mod search;
pub mod store;
pub mod suggest;

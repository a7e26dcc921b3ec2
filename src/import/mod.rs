//! Import: web pages, feeds, books, documents and exports become Markdown files of the corpus.
//!
//! A source is fetched or read, a converter makes [documents](document::Document) of it, and each
//! of them is written as a file. Everything after that is as for any other file: a quote is a byte
//! range of the Markdown.
//!
//! Invariants: bytes from outside are parsed only in a child process with limits of time and memory
//! ([`worker`]). Only http and https are fetched, and no private address unless the operator allows
//! it (`fetch`). A file that somebody has edited is never replaced ([`target`]). File names are
//! made here, and no path leaves the corpus (`file_name`).

mod archive;
mod article_file;
pub mod channel;
pub mod convert;
pub mod document;
mod docx;
mod epub;
mod exports;
mod feed;
mod feed_import;
mod fetch;
mod file_name;
mod html;
mod importer;
mod language;
mod links;
mod local;
mod markup;
mod package;
mod pdf;
mod pdf_command;
pub mod preview;
mod robots;
mod run;
mod site;
mod sitemap;
mod source;
mod state;
pub mod target;
pub mod worker;
mod xml;

pub use feed_import::refresh as refresh_feed;
pub use fetch::{FetchSettings, FetchedKind, Fetcher};
pub use importer::{Importer, OnProgress, Original, Report, Settings, fetch_settings};
pub use run::import;
pub use source::Source;

//! Markdown and text files to [articles](article::Article), and uploaded articles to files.
//!
//! This module is the only reader and writer of article files. Reading a corpus reports every
//! problem at once; a file with a problem is skipped and does not affect other files.

mod acronyms;
mod announcement;
pub mod article;
mod article_builder;
mod code_span;
mod dir;
mod draft;
mod escape;
mod file_type;
pub mod files;
mod front_matter;
mod markdown;
mod nesting;
mod plain_text;
mod problem;
mod read;
mod safe_open;
mod scan;
mod scope;
pub mod sentences;
mod source_map;
mod split;
mod stamp;
mod title;
mod walk;
pub mod watcher;

pub use announcement::ends_with_announcement;
pub use dir::CorpusDir;
pub use escape::{escaped, is_unsafe_control};
pub use problem::{Problem, Severity};
pub use read::{MAX_FILE_BYTES, load, parse, read};
pub use scan::{ScannedEntries, ScannedFile, has_articles, scan, scan_entries};
pub use scope::Scope;
pub use stamp::{ContentHash, FileStamp};

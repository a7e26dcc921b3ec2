//! Markdown and text files to [articles](article::Article), and uploaded articles to files.
//!
//! This module is the only reader and writer of article files. Reading a corpus reports every
//! problem at once; a file with a problem is skipped and does not affect other files.

mod acronyms;
mod announcement;
pub mod article;
mod article_builder;
mod byline;
mod code_span;
mod date;
mod day;
mod decode;
mod dir;
mod draft;
mod escape;
mod file_type;
pub mod files;
mod folder;
mod front_matter;
mod markdown;
pub mod months;
mod nesting;
mod plain_text;
mod problem;
mod read;
mod safe_open;
mod scan;
mod scope;
mod selection;
pub mod sentences;
mod source_map;
mod split;
mod stamp;
mod text_blocks;
mod title;
mod walk;
pub mod watcher;

pub use announcement::ends_with_announcement;
pub use date::parse as parse_date;
pub use day::{day_of, today};
pub use dir::CorpusDir;
pub use escape::{escaped, is_unsafe_control};
pub use folder::Folder;
pub use problem::{Problem, Severity};
pub use read::{Inspected, MAX_FILE_BYTES, inspect, inspect_bytes, load, parse, read};
pub use scan::{ScannedEntries, ScannedFile, Survey, has_articles, scan, scan_entries, survey};
pub use scope::Scope;
pub use selection::{ExcludedBy, InvalidPattern, Selection};
pub use stamp::{ContentHash, FileStamp};
pub use title::from_file_name as title_from_file_name;

//! Conversion of HTML to Markdown, and the article of a web page.
//!
//! Steps: `decode` finds the encoding, `dom` parses to a tree of elements, `page` finds the part of
//! the tree with the article, `build` turns it into blocks, and `write` writes these as Markdown.
//! Everything is pure: nothing is fetched, and no script runs.

mod block;
mod build;
mod clean;
mod code;
mod decode;
mod dom;
mod elements;
mod escape;
mod footnote;
mod heading;
mod inline;
mod links;
mod markdown;
mod math;
mod page;
mod table;
mod write;

pub use decode::decode;
pub use markdown::{Markdown, to_markdown};
pub use page::{feeds, page};

#[cfg(test)]
mod tests;

//! Feeds: RSS 0.9x, 1.0 and 2.0, Atom, and JSON Feed. Pure.
//!
//! A reader of feeds forgives: a feed that is cut, badly nested or declared in a wrong encoding
//! yields the entries that can be read. Dates keep the offset of their author, so that an entry has
//! the day that its author gave it.

mod assemble;
mod capture;
mod date;
mod fields;
mod json;
mod links;
mod teaser;
#[cfg(test)]
mod tests;
mod xml;

use url::Url;

use self::assemble::Draft;
pub use self::teaser::is_teaser;
use super::document::Failure;
use super::xml::decode;

/// Maximum number of entries that are read.
const MAX_ENTRIES: usize = 10_000;

/// A feed with its entries, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed {
    pub title: Option<String>,
    /// Language tag as found, such as `en-US`.
    pub language: Option<String>,
    /// Address of the site.
    pub address: Option<Url>,
    pub entries: Vec<Entry>,
    /// The reason why entries may be missing: lower case, no full stop.
    pub problem: Option<String>,
}

/// An entry of a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Identifier that stays when the entry changes, unique in the feed: that of the feed, else the
    /// address, else a hash of title and content.
    pub id: String,
    pub address: Option<Url>,
    /// Title as plain text, one line.
    pub title: Option<String>,
    pub authors: Vec<String>,
    /// Date as RFC 3339 time, or as `YYYY-MM-DD` if the time or its offset is not known.
    pub published: Option<String>,
    /// Date of the last change, in the same form.
    pub updated: Option<String>,
    /// Summary as an HTML fragment with absolute addresses.
    pub summary_html: Option<String>,
    /// Content as an HTML fragment with absolute addresses.
    pub content_html: Option<String>,
    pub tags: Vec<String>,
}

/// A feed as it is read.
#[derive(Default)]
struct FeedDraft {
    title: Option<String>,
    language: Option<String>,
    address: Option<Url>,
    /// Authors of the entries that have none.
    authors: Vec<String>,
    entries: Vec<Draft>,
    problem: Option<String>,
}

impl FeedDraft {
    /// Adds an entry. Returns `false` if there are too many.
    fn add(&mut self, draft: Draft) -> bool {
        if self.entries.len() >= MAX_ENTRIES {
            self.problem = Some("entries after the first 10,000 were left out".to_owned());
            return false;
        }
        self.entries.push(draft);
        true
    }
}

/// Parses a feed. `address` is where it was fetched; relative addresses are resolved by it.
pub fn parse(bytes: &[u8], address: Option<&Url>) -> Result<Feed, Failure> {
    let text = decode(bytes);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\0');
    if text.is_empty() {
        return Err(not_a_feed("it is empty"));
    }
    let draft = match text.starts_with('{') {
        true => json::parse(text, address)?,
        false => xml::parse(text, address)?,
    };
    Ok(assemble::feed(draft, address))
}

fn not_a_feed(what: &str) -> Failure {
    let hint = "give the address of the site's feed, often /feed, /rss.xml or /atom.xml";
    Failure { what: what.to_owned(), hint: hint.to_owned() }
}

//! List of articles that a message asks for by what their front matter says.

use std::sync::Arc;

use crate::corpus::article::Outline;

/// Maximum number of articles of a list that are named.
pub const MAX_LISTED: usize = 5;

/// Articles of a list, and how many there are.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleList {
    pub reason: ListReason,
    /// One to [`MAX_LISTED`] articles, newest first.
    pub articles: Vec<Arc<Outline>>,
    /// Number of all articles of the list.
    pub total: usize,
    /// Filters of the list, if the reader did not type them like this.
    pub filters: Option<String>,
}

/// Reason why articles are in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListReason {
    /// The message asks for all articles, or for their number.
    All,
    /// The message asks for the newest articles.
    Newest,
    /// The articles are on this topic, as typed.
    Topic(String),
    /// The articles are by this author, as the articles name the author.
    Author(String),
    /// The message asks when the articles were published.
    Published,
}

impl ListReason {
    /// Returns the name in JSON lines, which never changes.
    pub fn name(&self) -> &'static str {
        match self {
            ListReason::All => "all",
            ListReason::Newest => "newest",
            ListReason::Topic(_) => "topic",
            ListReason::Author(_) => "author",
            ListReason::Published => "published",
        }
    }
}

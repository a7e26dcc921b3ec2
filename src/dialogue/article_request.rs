//! Requests for articles by what their front matter says: author, date, number. Pure.
//!
//! Whether the corpus has such an author, title or topic is not known here. If it has none, the
//! message is an ordinary question.

use super::phrases::{Kind, phrase};

/// A request for a list of articles. Parts of the message are as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArticleRequest<'a> {
    /// All articles, and their number.
    All,
    Newest,
    NewestOn(&'a str),
    ByAuthor(&'a str),
    /// The publication date of the article with this title; of all articles without a title.
    Published(Option<&'a str>),
}

/// Returns the request for articles that a message consists of.
pub fn article_request(message: &str) -> Option<ArticleRequest<'_>> {
    let found = phrase(message)?;
    let captured = found.captured.and_then(|range| message.get(range));
    Some(match found.kind {
        Kind::Articles => ArticleRequest::All,
        Kind::Newest => ArticleRequest::Newest,
        Kind::NewestOn => ArticleRequest::NewestOn(captured?),
        Kind::ByAuthor => ArticleRequest::ByAuthor(captured?),
        Kind::Published => ArticleRequest::Published(captured),
        Kind::Briefing
        | Kind::BriefingOn
        | Kind::Source
        | Kind::More
        | Kind::Help
        | Kind::Identity => return None,
    })
}

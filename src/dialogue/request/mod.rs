//! Requests for something other than a quote, which need no search. Pure.

use super::phrases::{Kind, phrase};

/// A request to the program itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// The key sentences of an article, or those on a topic.
    Briefing { topic: Option<String> },
    /// The source of the last quote.
    Source,
    /// The quote after the last one.
    More,
    /// The help.
    Help,
    /// The identity of the program that answers.
    Identity,
}

impl Request {
    /// Returns the name in JSON lines, which never changes.
    pub fn name(&self) -> &'static str {
        match self {
            Request::Briefing { .. } => "briefing",
            Request::Source => "source",
            Request::More => "more",
            Request::Help => "help",
            Request::Identity => "identity",
        }
    }
}

/// Returns the request that a message consists of.
pub fn request(message: &str) -> Option<Request> {
    let found = phrase(message)?;
    Some(match found.kind {
        Kind::Briefing => Request::Briefing { topic: None },
        Kind::BriefingOn => {
            Request::Briefing { topic: Some(message.get(found.captured?)?.to_owned()) }
        }
        Kind::Source => Request::Source,
        Kind::More => Request::More,
        Kind::Help => Request::Help,
        Kind::Identity => Request::Identity,
        Kind::Articles | Kind::Newest | Kind::NewestOn | Kind::ByAuthor | Kind::Published => {
            return None;
        }
    })
}

#[cfg(test)]
mod tests;

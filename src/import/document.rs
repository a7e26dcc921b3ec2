//! Documents: articles as the converters find them in a source. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An article as a converter finds it in a source, before it is written as a Markdown file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Key within the source, unique there: the path in an archive, the id of a post. Empty if the
    /// source is one document.
    pub key: String,
    /// Title as plain text, one line.
    pub title: Option<String>,
    pub authors: Vec<String>,
    /// Date of the publication as found, preferably `YYYY-MM-DD`.
    pub published: Option<String>,
    /// Date of the last change as found, preferably `YYYY-MM-DD`.
    pub updated: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    /// Language tag as found, such as `en` or `pt-BR`.
    pub language: Option<String>,
    /// Absolute http(s) address where a reader finds the text.
    pub address: Option<String>,
    /// Proposed path below the folder of the import, without extension and with `/` as separator.
    /// It need not be a safe file name.
    pub name: Option<String>,
    pub body: Body,
    /// Losses of the conversion that a person should know of: lower case, no full stop.
    pub warnings: Vec<String>,
}

/// The text of a document. A link to another document of the same source has the address
/// `article:KEY` with a percent-encoded key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// A fragment of HTML. All of it belongs to the article.
    Html(String),
    Markdown(String),
}

impl Default for Body {
    fn default() -> Body {
        Body::Markdown(String::new())
    }
}

/// The reason why a source, or one document of it, cannot become an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{what}")]
pub struct Failure {
    /// Description: lower case, no full stop.
    pub what: String,
    /// Advice on how to solve the problem.
    pub hint: String,
}

impl Failure {
    pub fn new(what: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure { what: what.into(), hint: hint.into() }
    }
}

/// The result of a converter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Converted {
    /// Proposed name of a folder for the documents, such as the title of a book. `None`: they need
    /// no folder of their own.
    pub folder: Option<String>,
    pub documents: Vec<Document>,
    /// Documents that cannot become articles, each with its name and the reason.
    pub failed: Vec<(String, Failure)>,
    /// Numbers of the documents that are left out as intended, such as drafts, by the reason.
    pub left_out: BTreeMap<String, usize>,
}

impl Converted {
    /// Returns the result of a source that is one document.
    pub fn of(document: Document) -> Converted {
        Converted { documents: vec![document], ..Converted::default() }
    }
}

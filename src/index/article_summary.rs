//! The metadata of an article that the index keeps apart from its text.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::analysis::WordId;
use crate::corpus::article::{Alias, ArticleId};
use crate::corpus::{ContentHash, FileStamp};

/// The metadata of an article in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleSummary {
    pub id: ArticleId,
    /// Path within the corpus, with `/` as separator.
    pub file: String,
    pub hash: ContentHash,
    /// Modification time of the file, in Unix seconds.
    pub modified: i64,
    pub title: String,
    /// Stems of the words of the title, in the article's language.
    pub title_stems: Vec<WordId>,
    /// Date of the publication: `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
    pub published: Option<String>,
    pub authors: Vec<String>,
    pub tags: Vec<String>,
    /// Number of sections.
    pub sections: usize,
}

/// The state of an article file when it was indexed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndexedArticle {
    /// `None` if the file changed so recently that another change could leave the stamp the same.
    pub stamp: Option<FileStamp>,
    /// Primary subtag of the language in which the article was analysed.
    pub language: String,
    pub aliases: Vec<Alias>,
    pub article: Arc<ArticleSummary>,
}

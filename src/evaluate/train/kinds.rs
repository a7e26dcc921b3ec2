//! Kinds of questions that the training tells apart.

/// The wording of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wording {
    /// The wording of the file. Only these questions count for the metrics.
    Original,
    /// Synonyms instead of words, so that training does not rely on common words alone.
    Paraphrased,
    /// The content words alone, as people type them on a phone.
    Keywords,
    /// A name alone.
    Name,
}

/// The articles of a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CorpusKind {
    OneArticle,
    Pooled,
}

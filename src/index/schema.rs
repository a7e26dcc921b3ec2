//! The Tantivy schema: the fields of the index and their boosts.
//!
//! Entries of two kinds share the schema: articles, with an outline each, and passages. All texts
//! are analysed in the language of their article before they reach Tantivy.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions,
};

/// Version of the index format. Raise it with every change that makes an older index unreadable.
pub const VERSION: u32 = 15;

/// The fields of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// Article id, in both kinds of entry. Deleting by this field removes a whole article.
    pub article: Field,
    /// Article id and the ids of all sections, in entries of articles.
    pub outline_of: Field,
    /// Passage id, in entries of passages, as are all fields below but the name and the record.
    pub passage: Field,
    /// Stems of the article's title and of the name of its file, in entries of articles.
    pub name: Field,
    /// Section id.
    pub section: Field,
    /// Position of the passage in its article.
    pub position: Field,
    /// Stems of the passage, with their positions.
    pub text: Field,
    /// Stems of the headings above the passage.
    pub heading: Field,
    /// Stems of the article's title.
    pub title: Field,
    /// Names that the passage defines, each as its stems joined with `_`.
    pub defined: Field,
    /// Folded words of the passage, for spelling correction.
    pub words: Field,
    /// Stored record, in both kinds of entry.
    pub record: Field,
}

/// Boost of a match in a heading, relative to a match in the text.
pub const HEADING_BOOST: f32 = 0.5;
/// Boost of a match in the title, relative to a match in the text.
pub const TITLE_BOOST: f32 = 0.1;

/// Returns the schema and its fields.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let analysed = |record| {
        // The analyser has already cut and stemmed the words and joined them with spaces.
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(record),
        )
    };
    let fields = Fields {
        article: builder.add_u64_field("article", INDEXED | FAST),
        outline_of: builder.add_u64_field("outline_of", INDEXED),
        name: builder.add_text_field("name", analysed(IndexRecordOption::WithFreqs)),
        passage: builder.add_u64_field("passage", INDEXED | FAST),
        section: builder.add_u64_field("section", INDEXED),
        position: builder.add_u64_field("position", INDEXED | FAST),
        text: builder.add_text_field("text", analysed(IndexRecordOption::WithFreqsAndPositions)),
        heading: builder.add_text_field("heading", analysed(IndexRecordOption::WithFreqs)),
        title: builder.add_text_field("title", analysed(IndexRecordOption::WithFreqs)),
        defined: builder.add_text_field("defined", analysed(IndexRecordOption::Basic)),
        words: builder.add_text_field("words", analysed(IndexRecordOption::Basic)),
        record: builder.add_bytes_field("record", STORED),
    };
    (builder.build(), fields)
}

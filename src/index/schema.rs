//! The fields of the index and their boosts, declared here and nowhere else.
//!
//! Two kinds of entry share the schema: one for each article (its outline) and one for each
//! passage. Texts come in already analysed, in their article's language.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions,
};

/// Raised whenever an index of an earlier build would be read wrongly.
pub const VERSION: u32 = 9;

/// The fields by name.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// Of both kinds: the article's id, so that all of an article can be replaced at once.
    pub article: Field,
    /// Of an article: its id again, and the ids of all its sections.
    pub outline_of: Field,
    /// Of a passage.
    pub passage: Field,
    pub section: Field,
    /// Of a passage: its position in the article.
    pub position: Field,
    /// Stems of the passage, with their positions.
    pub text: Field,
    /// Stems of the headings that lead to the passage.
    pub heading: Field,
    /// Stems of the article's title.
    pub title: Field,
    /// Words of the passage as they are written, for spelling.
    pub words: Field,
    /// The stored record.
    pub record: Field,
}

/// What a match in each field is worth beside one in the text.
pub const HEADING_BOOST: f32 = 0.5;
pub const TITLE_BOOST: f32 = 0.1;

/// The schema with its fields.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let analysed = |record| {
        // Every text arrives analysed, its words between spaces.
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(record),
        )
    };
    let fields = Fields {
        article: builder.add_u64_field("article", INDEXED),
        outline_of: builder.add_u64_field("outline_of", INDEXED),
        passage: builder.add_u64_field("passage", INDEXED | FAST),
        section: builder.add_u64_field("section", INDEXED),
        position: builder.add_u64_field("position", FAST),
        text: builder.add_text_field("text", analysed(IndexRecordOption::WithFreqsAndPositions)),
        heading: builder.add_text_field("heading", analysed(IndexRecordOption::WithFreqs)),
        title: builder.add_text_field("title", analysed(IndexRecordOption::WithFreqs)),
        words: builder.add_text_field("words", analysed(IndexRecordOption::Basic)),
        record: builder.add_bytes_field("record", STORED),
    };
    (builder.build(), fields)
}

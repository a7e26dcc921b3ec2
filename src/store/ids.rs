//! Ids of rows, and ids of the corpus as SQLite stores them.
//!
//! SQLite does not reuse the id of a removed row, so an old button never refers to another row.

use crate::corpus::article::{ArticleId, PassageId};

/// Declares the id of a table's rows.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(super) i64);

        impl $name {
            /// Returns the id as a number, for a button.
            pub fn to_i64(self) -> i64 {
                self.0
            }

            /// Makes an id from such a number. The row may not exist.
            pub fn from_i64(raw: i64) -> Self {
                Self(raw)
            }
        }
    };
}

id! {
    /// Id of a schedule.
    ScheduleId
}
id! {
    /// Id of a watch.
    WatchId
}
id! {
    /// Id of an upload.
    UploadId
}

/// Returns the signed integer with the bits of the id, since SQLite has no unsigned integers.
pub(super) fn article_to_sql(article: ArticleId) -> i64 {
    article.to_u64().cast_signed()
}

/// Makes an id from what [`article_to_sql`] returned.
pub(super) fn article_from_sql(number: i64) -> ArticleId {
    ArticleId::from_u64(number.cast_unsigned())
}

/// Returns the signed integer with the bits of the id.
pub(super) fn passage_to_sql(passage: PassageId) -> i64 {
    passage.to_u64().cast_signed()
}

/// Makes an id from what [`passage_to_sql`] returned.
pub(super) fn passage_from_sql(number: i64) -> PassageId {
    PassageId::from_u64(number.cast_unsigned())
}

/// Bytes of a passage id in a list of them.
const PASSAGE_BYTES: usize = 8;

/// Returns the ids of passages as a BLOB, each in 8 bytes, big endian.
pub(super) fn passages_to_sql(passages: &[PassageId]) -> Vec<u8> {
    passages.iter().flat_map(|passage| passage.to_u64().to_be_bytes()).collect()
}

/// Reads what [`passages_to_sql`] returned.
pub(super) fn passages_from_sql(bytes: &[u8]) -> Vec<PassageId> {
    let (whole, _) = bytes.as_chunks::<PASSAGE_BYTES>();
    whole.iter().map(|bytes| PassageId::from_u64(u64::from_be_bytes(*bytes))).collect()
}

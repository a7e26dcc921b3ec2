//! Ids of rows, and ids of the corpus and of Telegram as SQLite stores them.
//!
//! SQLite does not reuse the id of a removed row, so an old button never refers to another row.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::corpus::article::{ArticleId, PassageId};
use crate::ids::{ChatId, MessageId, TopicId, UpdateId, UserId};

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

/// Stores an id of Telegram as its number.
macro_rules! store_as_number {
    ($($name:ident($raw:ty)),*) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.get().into())
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                <$raw>::column_result(value).map($name::new)
            }
        }
    )*};
}

store_as_number!(ChatId(i64), UserId(i64), MessageId(i32), UpdateId(i64));

impl ToSql for TopicId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.get().into())
    }
}

impl FromSql for TopicId {
    /// Reads a topic. A number out of range, which earlier versions and imports can write, becomes
    /// the nearest one, so that the other rows can still be read.
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = i64::column_result(value)?;
        let number = number.clamp(i64::from(i32::MIN), i64::from(i32::MAX));
        Ok(TopicId::new(number as i32))
    }
}

/// An optional id in a column that is never NULL and has 0 for `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OrZero<Id>(pub Option<Id>);

impl<Id: ToSql> ToSql for OrZero<Id> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.as_ref().map_or(Ok(0i64.into()), ToSql::to_sql)
    }
}

impl<Id: FromSql> FromSql for OrZero<Id> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match i64::column_result(value)? {
            0 => Ok(OrZero(None)),
            _ => Id::column_result(value).map(|id| OrZero(Some(id))),
        }
    }
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

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn ids_are_stored_as_numbers_and_none_as_zero() {
        let connection = Connection::open_in_memory().unwrap();
        let ids = (UserId::new(1 << 40), OrZero(Some(MessageId::new(5))), OrZero::<UserId>(None));
        let stored: (i64, i64, i64) = connection
            .query_row("SELECT ?1, ?2, ?3", ids, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap();
        assert_eq!(stored, (1 << 40, 5, 0));
        let read = connection
            .query_row("SELECT ?1, ?2, ?3", stored, |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .unwrap();
        assert_eq!(ids, read);
    }

    #[test]
    fn topic_out_of_range_is_read() {
        let connection = Connection::open_in_memory().unwrap();
        let topic: OrZero<TopicId> =
            connection.query_row("SELECT 3000000000", [], |row| row.get(0)).unwrap();
        assert_eq!(topic, OrZero(Some(TopicId::new(i32::MAX))));
    }
}

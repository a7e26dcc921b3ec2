//! Uploads: articles that an administrator has sent and not confirmed yet.

use rusqlite::{Connection, OptionalExtension, params};

use super::database::Store;
use super::error::StoreError;
use super::ids::UploadId;
use crate::ids::UserId;

/// An article that was sent to the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// User who sent the file.
    pub admin: UserId,
    /// Name of the file.
    pub name: String,
    pub text: String,
}

/// Time in seconds in which an upload must be confirmed.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

impl Store {
    /// Adds an upload, which is kept for a day. Returns its id.
    pub fn add_upload(
        &self,
        admin: UserId,
        name: &str,
        text: &str,
        now: i64,
    ) -> Result<UploadId, StoreError> {
        let connection = self.lock();
        connection.execute(
            "INSERT INTO uploads (admin, name, text, at) VALUES (?, ?, ?, ?)",
            params![admin, name, text, now],
        )?;
        Ok(UploadId(connection.last_insert_rowid()))
    }

    /// Returns an upload, if it still exists.
    pub fn upload(&self, id: UploadId) -> Result<Option<Upload>, StoreError> {
        let connection = self.lock();
        let mut select =
            connection.prepare_cached("SELECT admin, name, text FROM uploads WHERE id = ?")?;
        let row = select.query_row([id.0], |row| {
            Ok(Upload { admin: row.get(0)?, name: row.get(1)?, text: row.get(2)? })
        });
        Ok(row.optional()?)
    }

    /// Removes an upload.
    pub fn remove_upload(&self, id: UploadId) -> Result<(), StoreError> {
        self.lock().execute("DELETE FROM uploads WHERE id = ?", [id.0])?;
        Ok(())
    }
}

/// Removes uploads that were not confirmed in time.
pub(super) fn prune(connection: &Connection, now: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM uploads WHERE at < ?", [now - KEPT_SECONDS])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upload_is_kept_for_a_day() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let [one, other] =
            ["a.md", "b.md"].map(|name| store.add_upload(UserId::new(7), name, "# T", 10).unwrap());
        let upload = Upload { admin: UserId::new(7), name: "b.md".into(), text: "# T".into() };
        assert_eq!(store.upload(UploadId::from_i64(other.to_i64())).unwrap(), Some(upload));
        store.remove_upload(other).unwrap();
        assert_eq!(store.upload(other).unwrap(), None);
        store.prune(10 + KEPT_SECONDS).unwrap();
        assert!(store.upload(one).unwrap().is_some());
        store.prune(11 + KEPT_SECONDS).unwrap();
        assert_eq!(store.upload(one).unwrap(), None);
        let mine = store.add_upload(UserId::new(8), "c.md", "", 10).unwrap();
        store.forget(UserId::new(8), None).unwrap();
        assert_eq!(store.upload(mine).unwrap(), None);
    }
}

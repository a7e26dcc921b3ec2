//! Uploads: articles that an administrator has sent and not confirmed yet.

use rusqlite::{Connection, OptionalExtension, params};

use super::database::Store;
use super::error::StoreError;
use super::ids::UploadId;
use crate::ids::UserId;

/// An article that was sent to the bot, or articles that it would import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// User who sent the file or the link.
    pub admin: UserId,
    /// Name of the file, or the address.
    pub name: String,
    /// Text of the article, or JSON with the articles of an import.
    pub text: String,
    /// Source of an import.
    pub original: Option<Original>,
}

/// The source of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Name of the file, with its extension.
    pub name: String,
    pub content: Vec<u8>,
}

impl Upload {
    /// Returns an article that `admin` sent as a file.
    pub fn article(admin: UserId, name: &str, text: &str) -> Upload {
        Upload { admin, name: name.to_owned(), text: text.to_owned(), original: None }
    }
}

/// Time in seconds in which an upload must be confirmed.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

impl Store {
    /// Adds an upload, which is kept for a day. Returns its id.
    pub fn add_upload(&self, upload: &Upload, now: i64) -> Result<UploadId, StoreError> {
        let Upload { admin, name, text, original } = upload;
        let original = original.as_ref();
        let connection = self.lock();
        connection.execute(
            "INSERT INTO uploads (admin, name, text, at, original, original_name)
             VALUES (?, ?, ?, ?, ?, ?)",
            params![
                admin,
                name,
                text,
                now,
                original.map(|original| &original.content),
                original.map(|original| &original.name),
            ],
        )?;
        Ok(UploadId(connection.last_insert_rowid()))
    }

    /// Returns an upload, if it still exists.
    pub fn upload(&self, id: UploadId) -> Result<Option<Upload>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT admin, name, text, original, original_name FROM uploads WHERE id = ?",
        )?;
        let row = select.query_row([id.0], |row| {
            let (content, name) = (row.get::<_, Option<_>>(3)?, row.get::<_, Option<_>>(4)?);
            let original = content.zip(name).map(|(content, name)| Original { name, content });
            Ok(Upload { admin: row.get(0)?, name: row.get(1)?, text: row.get(2)?, original })
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
        let upload = |admin, name: &str, original| {
            let admin = UserId::new(admin);
            Upload { admin, name: name.to_owned(), text: "# T".to_owned(), original }
        };
        let original = Original { name: "b.pdf".to_owned(), content: vec![0, 1] };
        let one = store.add_upload(&upload(7, "a.md", None), 10).unwrap();
        let upload_of_pdf = upload(7, "b.pdf", Some(original));
        let other = store.add_upload(&upload_of_pdf, 10).unwrap();
        assert_eq!(store.upload(UploadId::from_i64(other.to_i64())).unwrap(), Some(upload_of_pdf));
        store.remove_upload(other).unwrap();
        assert_eq!(store.upload(other).unwrap(), None);
        store.prune(10 + KEPT_SECONDS).unwrap();
        assert!(store.upload(one).unwrap().is_some());
        store.prune(11 + KEPT_SECONDS).unwrap();
        assert_eq!(store.upload(one).unwrap(), None);
        let mine = store.add_upload(&upload(8, "c.md", None), 10).unwrap();
        store.forget(UserId::new(8), None).unwrap();
        assert_eq!(store.upload(mine).unwrap(), None);
    }
}

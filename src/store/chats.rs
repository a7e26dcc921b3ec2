//! What is kept of a chat: its language, whether it was welcomed, whether it is there at all.

use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError};

impl Store {
    /// The language that a chat chose, as a code.
    pub fn language(&self, chat: i64) -> Result<Option<String>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached("SELECT language FROM chats WHERE chat = ?")?;
        let found: Option<Option<String>> =
            select.query_row([chat], |row| row.get(0)).optional()?;
        Ok(found.flatten())
    }

    pub fn set_language(&self, chat: i64, code: &str) -> Result<(), StoreError> {
        self.lock().execute(
            "INSERT INTO chats (chat, language) VALUES (?, ?)
             ON CONFLICT (chat) DO UPDATE SET language = excluded.language",
            params![chat, code],
        )?;
        Ok(())
    }

    /// Whether a chat was welcomed before.
    pub fn is_welcomed(&self, chat: i64) -> Result<bool, StoreError> {
        let connection = self.lock();
        let mut select = connection
            .prepare_cached("SELECT 1 FROM chats WHERE chat = ? AND welcomed_at IS NOT NULL")?;
        Ok(select.exists([chat])?)
    }

    pub fn set_welcomed(&self, chat: i64, now: i64) -> Result<(), StoreError> {
        self.lock().execute(
            "INSERT INTO chats (chat, welcomed_at) VALUES (?, ?)
             ON CONFLICT (chat) DO UPDATE SET welcomed_at = excluded.welcomed_at",
            [chat, now],
        )?;
        Ok(())
    }

    /// The bot may not write to this chat any more.
    pub fn pause(&self, chat: i64, now: i64) -> Result<(), StoreError> {
        self.lock()
            .execute("INSERT OR IGNORE INTO paused (chat, since) VALUES (?, ?)", [chat, now])?;
        Ok(())
    }

    /// The bot may write to this chat again.
    pub fn resume(&self, chat: i64) -> Result<(), StoreError> {
        self.lock().execute("DELETE FROM paused WHERE chat = ?", [chat])?;
        Ok(())
    }

    /// Whether the bot is kept from writing to this chat.
    pub fn is_paused(&self, chat: i64) -> Result<bool, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached("SELECT 1 FROM paused WHERE chat = ?")?;
        Ok(select.exists([chat])?)
    }

    /// A group has become a supergroup: all that is kept of it moves along.
    pub fn move_chat(&self, from: i64, to: i64) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for table in ["answers", "updates", "paused", "chats", "votes"] {
            let sql = format!("UPDATE OR REPLACE {table} SET chat = ?2 WHERE chat = ?1");
            transaction.execute(&sql, [from, to])?;
        }
        transaction.commit()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_chat_moves_with_it() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        assert_eq!(store.language(-5).unwrap(), None);
        store.set_welcomed(-5, 100).unwrap();
        store.set_language(-5, "fa").unwrap();
        store.pause(-5, 100).unwrap();
        store.move_chat(-5, -1005).unwrap();
        assert_eq!(store.language(-1005).unwrap().as_deref(), Some("fa"));
        assert!(store.is_welcomed(-1005).unwrap() && store.is_paused(-1005).unwrap());
        store.resume(-1005).unwrap();
        assert!(!store.is_welcomed(-5).unwrap() && !store.is_paused(-1005).unwrap());
    }
}

//! What is kept of a chat: its language and time zone, whether it was welcomed, whether it is there at all.

use rusqlite::{OptionalExtension, Transaction, params};

use super::{Store, StoreError, schedules, watches};

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

    /// The language for what is sent unasked: the one that was chosen, or that of who set it up.
    pub fn language_unasked(&self, chat: i64) -> Result<Option<String>, StoreError> {
        let connection = self.lock();
        let mut select = connection
            .prepare_cached("SELECT coalesce(language, set_up_in) FROM chats WHERE chat = ?")?;
        let found: Option<Option<String>> =
            select.query_row([chat], |row| row.get(0)).optional()?;
        Ok(found.flatten())
    }

    /// Somebody who speaks this language has something sent to the chat from now on.
    pub fn set_up_in(&self, chat: i64, code: &str) -> Result<(), StoreError> {
        self.lock().execute(
            "INSERT INTO chats (chat, set_up_in) VALUES (?, ?)
             ON CONFLICT (chat) DO UPDATE SET set_up_in = excluded.set_up_in",
            params![chat, code],
        )?;
        Ok(())
    }

    /// The time zone that a chat chose, by its name.
    pub fn zone(&self, chat: i64) -> Result<Option<String>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached("SELECT zone FROM chats WHERE chat = ?")?;
        let found: Option<Option<String>> =
            select.query_row([chat], |row| row.get(0)).optional()?;
        Ok(found.flatten())
    }

    pub fn set_zone(&self, chat: i64, name: &str) -> Result<(), StoreError> {
        self.lock().execute(
            "INSERT INTO chats (chat, zone) VALUES (?, ?)
             ON CONFLICT (chat) DO UPDATE SET zone = excluded.zone",
            params![chat, name],
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

    /// A group has become a supergroup: all that is kept of it moves along. What the supergroup has
    /// already stays: its settings win, its schedules and watches keep their numbers.
    pub fn move_chat(&self, from: i64, to: i64) -> Result<(), StoreError> {
        if from == to {
            return Ok(());
        }
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for table in ["answers", "updates", "paused", "votes", "gaps"] {
            let sql = format!("UPDATE OR REPLACE {table} SET chat = ?2 WHERE chat = ?1");
            transaction.execute(&sql, [from, to])?;
        }
        transaction.execute(
            "INSERT INTO chats (chat, language, welcomed_at, zone, set_up_in)
             SELECT ?2, language, welcomed_at, zone, set_up_in FROM chats WHERE chat = ?1
             ON CONFLICT (chat) DO UPDATE SET
                 language = coalesce(language, excluded.language),
                 welcomed_at = coalesce(welcomed_at, excluded.welcomed_at),
                 zone = coalesce(zone, excluded.zone),
                 set_up_in = coalesce(set_up_in, excluded.set_up_in)",
            [from, to],
        )?;
        schedules::move_to(&transaction, from, to)?;
        watches::move_to(&transaction, from, to)?;
        transaction.execute("DELETE FROM chats WHERE chat = ?", [from])?;
        transaction.commit()?;
        Ok(())
    }
}

/// Makes the row that what belongs to a chat refers to.
pub(super) fn make(transaction: &Transaction<'_>, chat: i64) -> rusqlite::Result<()> {
    transaction.prepare_cached("INSERT OR IGNORE INTO chats (chat) VALUES (?)")?.execute([chat])?;
    Ok(())
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

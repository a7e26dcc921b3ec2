//! Settings and state of chats: language, time zone, welcome, and whether the bot can write to the
//! chat.

use rusqlite::{OptionalExtension, Transaction, params};

use super::database::Store;
use super::error::StoreError;
use crate::ids::ChatId;

impl Store {
    /// Returns the code of the language that a chat chose.
    pub fn language(&self, chat: ChatId) -> Result<Option<String>, StoreError> {
        self.chat_text("language", chat)
    }

    /// Sets the language that a chat chose, as a code.
    pub fn set_language(&self, chat: ChatId, code: &str) -> Result<(), StoreError> {
        self.lock().execute(
            "INSERT INTO chats (chat, language) VALUES (?, ?)
             ON CONFLICT (chat) DO UPDATE SET language = excluded.language",
            params![chat, code],
        )?;
        Ok(())
    }

    /// Returns the code of the language for messages that nobody asked for: the language that the
    /// chat chose, or else that of the person who set them up.
    pub fn background_language(&self, chat: ChatId) -> Result<Option<String>, StoreError> {
        self.chat_text("coalesce(language, set_up_in)", chat)
    }

    /// Sets the language of the person who set up schedules or watches in a chat, as a code.
    pub fn set_background_language(&self, chat: ChatId, code: &str) -> Result<(), StoreError> {
        self.lock().execute(
            "INSERT INTO chats (chat, set_up_in) VALUES (?, ?)
             ON CONFLICT (chat) DO UPDATE SET set_up_in = excluded.set_up_in",
            params![chat, code],
        )?;
        Ok(())
    }

    /// Returns the name of the time zone that a chat chose.
    pub fn zone(&self, chat: ChatId) -> Result<Option<String>, StoreError> {
        self.chat_text("zone", chat)
    }

    /// Sets the time zone that a chat chose, by its name.
    pub fn set_zone(&self, chat: ChatId, name: &str) -> Result<(), StoreError> {
        self.lock().execute(
            "INSERT INTO chats (chat, zone) VALUES (?, ?)
             ON CONFLICT (chat) DO UPDATE SET zone = excluded.zone",
            params![chat, name],
        )?;
        Ok(())
    }

    /// Returns whether answers in a group are shown only to the asker.
    pub fn is_private(&self, chat: ChatId) -> Result<bool, StoreError> {
        let connection = self.lock();
        let mut select =
            connection.prepare_cached("SELECT 1 FROM chats WHERE chat = ? AND is_private")?;
        Ok(select.exists([chat])?)
    }

    /// Sets whether answers in a group are shown only to the asker.
    pub fn set_private(&self, chat: ChatId, is_private: bool) -> Result<(), StoreError> {
        self.lock().execute(
            "INSERT INTO chats (chat, is_private) VALUES (?, ?)
             ON CONFLICT (chat) DO UPDATE SET is_private = excluded.is_private",
            params![chat, is_private],
        )?;
        Ok(())
    }

    /// Returns whether a chat was welcomed.
    pub fn is_welcomed(&self, chat: ChatId) -> Result<bool, StoreError> {
        let connection = self.lock();
        let mut select = connection
            .prepare_cached("SELECT 1 FROM chats WHERE chat = ? AND welcomed_at IS NOT NULL")?;
        Ok(select.exists([chat])?)
    }

    /// Records when a chat was welcomed.
    pub fn set_welcomed(&self, chat: ChatId, now: i64) -> Result<(), StoreError> {
        self.lock().execute(
            "INSERT INTO chats (chat, welcomed_at) VALUES (?, ?)
             ON CONFLICT (chat) DO UPDATE SET welcomed_at = excluded.welcomed_at",
            params![chat, now],
        )?;
        Ok(())
    }

    /// Records that the bot cannot write to a chat any more.
    pub fn pause(&self, chat: ChatId, now: i64) -> Result<(), StoreError> {
        self.lock().execute(
            "INSERT OR IGNORE INTO paused (chat, since) VALUES (?, ?)",
            params![chat, now],
        )?;
        Ok(())
    }

    /// Records that the bot can write to a chat again.
    pub fn resume(&self, chat: ChatId) -> Result<(), StoreError> {
        self.lock().execute("DELETE FROM paused WHERE chat = ?", [chat])?;
        Ok(())
    }

    /// Returns whether the bot cannot write to a chat.
    pub fn is_paused(&self, chat: ChatId) -> Result<bool, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached("SELECT 1 FROM paused WHERE chat = ?")?;
        Ok(select.exists([chat])?)
    }

    /// Returns a column or SQL expression of the chat's row.
    fn chat_text(&self, expression: &str, chat: ChatId) -> Result<Option<String>, StoreError> {
        let connection = self.lock();
        let sql = format!("SELECT {expression} FROM chats WHERE chat = ?");
        let mut select = connection.prepare_cached(&sql)?;
        let found: Option<Option<String>> =
            select.query_row([chat], |row| row.get(0)).optional()?;
        Ok(found.flatten())
    }
}

/// Inserts the row of a chat, to which schedules and watches refer, if there is none.
pub(super) fn insert_if_missing(
    transaction: &Transaction<'_>,
    chat: ChatId,
) -> rusqlite::Result<()> {
    transaction.prepare_cached("INSERT OR IGNORE INTO chats (chat) VALUES (?)")?.execute([chat])?;
    Ok(())
}

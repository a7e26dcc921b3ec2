//! Removal of all data of a person or of a group, and erasure from the files.
//!
//! The data of a person are the questions and answers in all chats, votes, gaps, uploads, pending
//! updates, and the private chat with its settings, schedules and watches. The data of a group are
//! the same rows, found by the chat.

use rusqlite::{Connection, Transaction, params};

use super::database::Store;
use super::erasure::Owed;
use super::error::StoreError;
use super::files;
use super::journal::PendingUpdate;
use crate::ids::{ChatId, UpdateId, UserId};

/// SQL expression for the sender of an update: the chat in whose name it was written, or the
/// person.
const SENDER: &str = "coalesce(
    json_extract(body, '$.message.sender_chat.id'), json_extract(body, '$.message.from.id'),
    json_extract(body, '$.edited_message.sender_chat.id'),
    json_extract(body, '$.edited_message.from.id'), json_extract(body, '$.callback_query.from.id'))";
/// SQL that closes pending updates with ids less than parameter 2.
const CLOSE: &str = "UPDATE updates SET body = NULL, chat = 0, thread = 0
    WHERE body IS NOT NULL AND id < ?2";

impl Store {
    /// Removes the data of a person, with the private chat. `request` is the update that asked for
    /// it, with the body that the journal keeps until the update is done. Copies of a corrupt store
    /// that were put aside are removed, too, since they cannot be searched.
    pub fn forget(&self, user: UserId, request: Option<&PendingUpdate>) -> Result<(), StoreError> {
        // Columns have 0 for a user that is not known.
        if user.get() == 0 {
            return Ok(());
        }
        let before = request.map_or(UpdateId::new(i64::MAX), |request| request.id);
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        // The context of a follow-up question by another person contains the person's own question.
        transaction.execute(
            "UPDATE answers SET context = text WHERE asker <> ?1 AND context <> text
             AND chat IN (SELECT chat FROM answers WHERE asker = ?1)",
            [user],
        )?;
        transaction.execute(
            "DELETE FROM gaps WHERE asker = ?1 OR author = ?1 OR (author IS NULL AND is_vote
             AND text IN (SELECT text FROM answers WHERE asker = ?1))",
            [user],
        )?;
        for sql in [
            "DELETE FROM answers WHERE asker = ?1",
            "DELETE FROM votes WHERE person = ?1",
            "DELETE FROM uploads WHERE admin = ?1",
            "DELETE FROM help_requests WHERE asker = ?1",
        ] {
            transaction.execute(sql, [user])?;
        }
        let close = format!("{CLOSE} AND ?1 = CASE WHEN json_valid(body) THEN {SENDER} END");
        transaction.execute(&close, params![user, before])?;
        // A negative id is that of a group or channel in whose name the user writes.
        if user.get() > 0 {
            forget_chat(&transaction, user.private_chat(), before)?;
        }
        replace_body(&transaction, request)?;
        transaction.commit()?;
        files::remove_aside(&self.path, None);
        self.erase(&connection, Owed::File, request.map(|request| request.id));
        Ok(())
    }

    /// Removes the data of a group. `request` and copies of a corrupt store are treated as by
    /// [`Store::forget`].
    pub fn forget_group(
        &self,
        chat: ChatId,
        request: Option<&PendingUpdate>,
    ) -> Result<(), StoreError> {
        let before = request.map_or(UpdateId::new(i64::MAX), |request| request.id);
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        forget_chat(&transaction, chat, before)?;
        replace_body(&transaction, request)?;
        transaction.commit()?;
        files::remove_aside(&self.path, None);
        self.erase(&connection, Owed::File, request.map(|request| request.id));
        Ok(())
    }

    /// Removes the data of a group that the bot has left. Only the time of the welcome stays for as
    /// long as an answer, so that a group that adds the bot again and again is welcomed once.
    pub fn leave(
        &self,
        chat: ChatId,
        now: i64,
        update: Option<&PendingUpdate>,
    ) -> Result<(), StoreError> {
        let before = update.map_or(UpdateId::new(i64::MAX), |update| update.id);
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let welcomed_at: Option<i64> = transaction
            .prepare("SELECT welcomed_at FROM chats WHERE chat = ?")?
            .query_map([chat], |row| row.get(0))?
            .next()
            .transpose()?
            .flatten();
        forget_chat(&transaction, chat, before)?;
        if let Some(welcomed_at) = welcomed_at {
            transaction.execute(
                "INSERT INTO chats (chat, welcomed_at) VALUES (?, ?)",
                params![chat, welcomed_at],
            )?;
        }
        transaction
            .execute("INSERT INTO paused (chat, since) VALUES (?, ?)", params![chat, now])?;
        replace_body(&transaction, update)?;
        transaction.commit()?;
        self.erase(&connection, Owed::File, update.map(|update| update.id));
        Ok(())
    }

    /// Pauses the private chat of a person who has blocked the bot, and removes its questions and
    /// answers. Its settings, schedules and watches stay until the person unblocks the bot.
    pub fn block(
        &self,
        chat: ChatId,
        now: i64,
        update: Option<&PendingUpdate>,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute(
            "INSERT OR IGNORE INTO paused (chat, since) VALUES (?, ?)",
            params![chat, now],
        )?;
        let removed = transaction.execute("DELETE FROM answers WHERE chat = ?", [chat])?;
        replace_body(&transaction, update)?;
        transaction.commit()?;
        if removed > 0 {
            self.erase(&connection, Owed::File, update.map(|update| update.id));
        }
        Ok(())
    }
}

/// Removes all rows of a chat, and closes its pending updates with ids less than `before`.
fn forget_chat(
    transaction: &Transaction<'_>,
    chat: ChatId,
    before: UpdateId,
) -> rusqlite::Result<()> {
    // Earlier versions did not record the chat of a question.
    transaction.execute(
        "DELETE FROM gaps WHERE chat = ?1
         OR (chat IS NULL AND text IN (SELECT text FROM answers WHERE chat = ?1))",
        [chat],
    )?;
    for sql in [
        "DELETE FROM answers WHERE chat = ?",
        "DELETE FROM votes WHERE chat = ?",
        "DELETE FROM help_requests WHERE chat = ?",
        "DELETE FROM chats WHERE chat = ?",
        "DELETE FROM paused WHERE chat = ?",
    ] {
        transaction.execute(sql, [chat])?;
    }
    transaction.execute(&format!("{CLOSE} AND chat = ?1"), params![chat, before])?;
    Ok(())
}

/// Replaces the body of an update in the journal by the one that is given.
fn replace_body(
    transaction: &Transaction<'_>,
    request: Option<&PendingUpdate>,
) -> rusqlite::Result<()> {
    if let Some(PendingUpdate { id, body, .. }) = request {
        let sql = "UPDATE updates SET body = ? WHERE id = ? AND body IS NOT NULL";
        transaction.execute(sql, params![body, id])?;
    }
    Ok(())
}

/// Removes what is left of groups that the bot left before `oldest` (Unix seconds).
pub(super) fn prune(connection: &Connection, oldest: i64) -> rusqlite::Result<()> {
    const LEFT: &str = "chat < 0 AND language IS NULL AND zone IS NULL
        AND chat IN (SELECT chat FROM paused WHERE since < ?)
        AND chat NOT IN (SELECT chat FROM schedules) AND chat NOT IN (SELECT chat FROM watches)
        AND chat NOT IN (SELECT chat FROM shelves)";
    connection.execute(&format!("DELETE FROM chats WHERE {LEFT}"), [oldest])?;
    connection.execute(
        "DELETE FROM paused WHERE since < ? AND chat NOT IN (SELECT chat FROM chats)",
        [oldest],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests;

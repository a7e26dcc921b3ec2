//! Forgetting: all that is kept of a person or of a group is removed, and erased from the files.
//!
//! A person's data are questions and answers in every chat, votes, recorded questions, files sent to be
//! added, updates that wait, and the private chat with its settings, schedules and watches. A group's data
//! are the same rows, found by the chat.

use rusqlite::{Connection, Transaction, params};

use super::{PendingUpdate, Store, StoreError, files};

/// Id of the chat in whose name an update was written, or of its person.
const SENDER: &str = "coalesce(
    json_extract(body, '$.message.sender_chat.id'), json_extract(body, '$.message.from.id'),
    json_extract(body, '$.edited_message.sender_chat.id'),
    json_extract(body, '$.edited_message.from.id'), json_extract(body, '$.callback_query.from.id'))";
/// Closes updates that came before the request.
const CLOSE: &str = "UPDATE updates SET body = NULL, chat = 0, thread = 0
    WHERE body IS NOT NULL AND id < ?2";

impl Store {
    /// Removes what is kept of a person, and of their private chat with its schedules and watches. The body
    /// of `request`, the update that asked for it, replaces the one in the journal until the update is done.
    /// Copies of a corrupt store that were put aside are removed, too, since they cannot be searched.
    pub fn forget(&self, person: i64, request: Option<&PendingUpdate>) -> Result<(), StoreError> {
        // Rows without a known person have this number, and are nobody's.
        if person == 0 {
            return Ok(());
        }
        let before = request.map_or(i64::MAX, |request| request.id);
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        // What follows up a question of theirs has its words in it.
        transaction.execute(
            "UPDATE answers SET context = text WHERE asker <> ?1 AND context <> text
             AND chat IN (SELECT chat FROM answers WHERE asker = ?1)",
            [person],
        )?;
        transaction.execute(
            "DELETE FROM gaps WHERE asker = ?1 OR author = ?1 OR (author IS NULL AND is_vote
             AND text IN (SELECT text FROM answers WHERE asker = ?1))",
            [person],
        )?;
        for sql in [
            "DELETE FROM answers WHERE asker = ?1",
            "DELETE FROM votes WHERE person = ?1",
            "DELETE FROM uploads WHERE admin = ?1",
        ] {
            transaction.execute(sql, [person])?;
        }
        let close = format!("{CLOSE} AND ?1 = CASE WHEN json_valid(body) THEN {SENDER} END");
        transaction.execute(&close, [person, before])?;
        // A private chat has the id of its person; groups and channels have negative ids.
        if person > 0 {
            forget_chat(&transaction, person, before)?;
        }
        strip(&transaction, request)?;
        transaction.commit()?;
        files::remove_aside(&self.path, None);
        self.erase(&connection, request.map(|request| request.id));
        Ok(())
    }

    /// Removes what is kept of a group, with its settings, schedules and watches; `request` and copies of a
    /// corrupt store as by [`Store::forget`].
    pub fn forget_group(
        &self,
        chat: i64,
        request: Option<&PendingUpdate>,
    ) -> Result<(), StoreError> {
        let before = request.map_or(i64::MAX, |request| request.id);
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        forget_chat(&transaction, chat, before)?;
        strip(&transaction, request)?;
        transaction.commit()?;
        files::remove_aside(&self.path, None);
        self.erase(&connection, request.map(|request| request.id));
        Ok(())
    }

    /// Removes what is kept of a group that the bot is no member of any more. Only that it was welcomed is
    /// known for as long as an answer would be, so that it is not welcomed again and again.
    pub fn leave(
        &self,
        chat: i64,
        now: i64,
        update: Option<&PendingUpdate>,
    ) -> Result<(), StoreError> {
        let before = update.map_or(i64::MAX, |update| update.id);
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
                [chat, welcomed_at],
            )?;
        }
        transaction.execute("INSERT INTO paused (chat, since) VALUES (?, ?)", [chat, now])?;
        strip(&transaction, update)?;
        transaction.commit()?;
        self.erase(&connection, update.map(|update| update.id));
        Ok(())
    }

    /// Notes that a person has blocked the bot: the private chat is paused, and its questions and answers
    /// are removed. Its settings, schedules and watches wait for the person to come back.
    pub fn block(
        &self,
        chat: i64,
        now: i64,
        update: Option<&PendingUpdate>,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction
            .execute("INSERT OR IGNORE INTO paused (chat, since) VALUES (?, ?)", [chat, now])?;
        let removed = transaction.execute("DELETE FROM answers WHERE chat = ?", [chat])?;
        strip(&transaction, update)?;
        transaction.commit()?;
        if removed > 0 {
            self.erase(&connection, update.map(|update| update.id));
        }
        Ok(())
    }
}

/// Removes all that belongs to a chat, and closes its updates that came before the request.
fn forget_chat(transaction: &Transaction<'_>, chat: i64, before: i64) -> rusqlite::Result<()> {
    // Earlier versions did not record the chat of a question.
    transaction.execute(
        "DELETE FROM gaps WHERE chat = ?1
         OR (chat IS NULL AND text IN (SELECT text FROM answers WHERE chat = ?1))",
        [chat],
    )?;
    for sql in [
        "DELETE FROM answers WHERE chat = ?",
        "DELETE FROM votes WHERE chat = ?",
        "DELETE FROM chats WHERE chat = ?",
        "DELETE FROM paused WHERE chat = ?",
    ] {
        transaction.execute(sql, [chat])?;
    }
    transaction.execute(&format!("{CLOSE} AND chat = ?1"), [chat, before])?;
    Ok(())
}

/// Keeps of an update only the body that is given.
fn strip(transaction: &Transaction<'_>, request: Option<&PendingUpdate>) -> rusqlite::Result<()> {
    if let Some(PendingUpdate { id, body, .. }) = request {
        let sql = "UPDATE updates SET body = ? WHERE id = ? AND body IS NOT NULL";
        transaction.execute(sql, params![body, id])?;
    }
    Ok(())
}

/// Removes the last that is known of groups that were left before `oldest`.
pub(super) fn prune(connection: &Connection, oldest: i64) -> rusqlite::Result<()> {
    const LEFT: &str = "chat < 0 AND language IS NULL AND zone IS NULL AND chat IN (SELECT chat FROM paused WHERE since < ?)
        AND chat NOT IN (SELECT chat FROM schedules) AND chat NOT IN (SELECT chat FROM watches)";
    connection.execute(&format!("DELETE FROM chats WHERE {LEFT}"), [oldest])?;
    connection.execute(
        "DELETE FROM paused WHERE since < ? AND chat NOT IN (SELECT chat FROM chats)",
        [oldest],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests;

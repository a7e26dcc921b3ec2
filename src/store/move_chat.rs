//! Migration of a group to a supergroup, which has another id.

use super::database::Store;
use super::error::StoreError;
use super::{schedules, watches};
use crate::ids::ChatId;

impl Store {
    /// Moves all rows of a chat to another chat. Settings that the other chat has win, and its
    /// schedules and watches keep their numbers.
    pub fn move_chat(&self, from: ChatId, to: ChatId) -> Result<(), StoreError> {
        if from == to {
            return Ok(());
        }
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for table in ["answers", "updates", "paused", "votes", "gaps", "help_requests"] {
            let sql = format!("UPDATE OR REPLACE {table} SET chat = ?2 WHERE chat = ?1");
            transaction.execute(&sql, [from, to])?;
        }
        let sql = "UPDATE help_requests SET help_chat = ?2 WHERE help_chat = ?1";
        transaction.execute(sql, [from, to])?;
        transaction.execute(
            "INSERT INTO chats (chat, language, welcomed_at, zone, set_up_in, is_private)
             SELECT ?2, language, welcomed_at, zone, set_up_in, is_private FROM chats WHERE chat = ?1
             ON CONFLICT (chat) DO UPDATE SET
                 language = coalesce(language, excluded.language),
                 welcomed_at = coalesce(welcomed_at, excluded.welcomed_at),
                 zone = coalesce(zone, excluded.zone),
                 set_up_in = coalesce(set_up_in, excluded.set_up_in),
                 is_private = is_private OR excluded.is_private",
            [from, to],
        )?;
        transaction.execute(
            "INSERT OR IGNORE INTO shelves (chat, thread, shelf)
             SELECT ?2, thread, shelf FROM shelves WHERE chat = ?1",
            [from, to],
        )?;
        schedules::move_to(&transaction, from, to)?;
        watches::move_to(&transaction, from, to)?;
        transaction.execute("DELETE FROM chats WHERE chat = ?", [from])?;
        transaction.commit()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn move_chat_moves_settings_and_state() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let [group, supergroup] = [-5, -1005].map(ChatId::new);
        assert_eq!(store.language(group).unwrap(), None);
        store.set_welcomed(group, 100).unwrap();
        store.set_language(group, "fa").unwrap();
        store.set_private(group, true).unwrap();
        store.pause(group, 100).unwrap();
        store.move_chat(group, supergroup).unwrap();
        assert_eq!(store.language(supergroup).unwrap().as_deref(), Some("fa"));
        assert!(store.is_private(supergroup).unwrap() && !store.is_private(group).unwrap());
        assert!(store.is_welcomed(supergroup).unwrap() && store.is_paused(supergroup).unwrap());
        store.resume(supergroup).unwrap();
        assert!(!store.is_welcomed(group).unwrap() && !store.is_paused(supergroup).unwrap());
    }
}

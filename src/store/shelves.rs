//! Shelves: the part of the articles that a chat or topic chose, as text.

use rusqlite::{OptionalExtension, params};

use super::chats;
use super::database::Store;
use super::error::StoreError;
use super::ids::OrZero;
use crate::ids::{ChatId, TopicId};

impl Store {
    /// Returns the shelf of a topic, or else that of its chat. The empty shelf is that of all
    /// articles.
    pub fn shelf(
        &self,
        chat: ChatId,
        topic: Option<TopicId>,
    ) -> Result<Option<String>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT shelf FROM shelves WHERE chat = ?1 AND thread IN (0, ?2)
             ORDER BY thread = 0 LIMIT 1",
        )?;
        Ok(select.query_row(params![chat, OrZero(topic)], |row| row.get(0)).optional()?)
    }

    /// Returns whether a chat or topic has a shelf of its own.
    pub fn has_own_shelf(&self, chat: ChatId, topic: Option<TopicId>) -> Result<bool, StoreError> {
        let connection = self.lock();
        let mut select =
            connection.prepare_cached("SELECT 1 FROM shelves WHERE chat = ? AND thread = ?")?;
        Ok(select.exists(params![chat, OrZero(topic)])?)
    }

    /// Sets or removes the shelf of a chat or topic. A topic without one has that of its chat.
    pub fn set_shelf(
        &self,
        chat: ChatId,
        topic: Option<TopicId>,
        shelf: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        match shelf {
            Some(shelf) => {
                chats::insert_if_missing(&transaction, chat)?;
                transaction.execute(
                    "INSERT OR REPLACE INTO shelves (chat, thread, shelf) VALUES (?, ?, ?)",
                    params![chat, OrZero(topic), shelf],
                )?;
            }
            None => {
                transaction.execute(
                    "DELETE FROM shelves WHERE chat = ? AND thread = ?",
                    params![chat, OrZero(topic)],
                )?;
            }
        }
        Ok(transaction.commit()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::UserId;

    #[test]
    fn shelf_of_a_topic_is_its_own_or_that_of_the_chat() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let [group, supergroup] = [-5, -1005].map(ChatId::new);
        let topics = [None, Some(TopicId::new(2)), Some(TopicId::new(3))];
        let shelves = |chat| topics.map(|topic| store.shelf(chat, topic).unwrap());
        let text = |shelf: &str| Some(shelf.to_owned());
        assert_eq!(shelves(group), [None, None, None]);
        store.set_shelf(group, None, Some("in:water")).unwrap();
        store.set_shelf(group, topics[1], Some("")).unwrap();
        assert_eq!(shelves(group), [text("in:water"), text(""), text("in:water")]);
        store.set_shelf(supergroup, None, Some("tag:sea")).unwrap();
        store.move_chat(group, supergroup).unwrap();
        assert_eq!(shelves(group), [None, None, None]);
        assert_eq!(shelves(supergroup), [text("tag:sea"), text(""), text("tag:sea")]);
        let has_own = topics.map(|topic| store.has_own_shelf(supergroup, topic).unwrap());
        assert_eq!(has_own, [true, true, false]);
        store.set_shelf(supergroup, topics[1], None).unwrap();
        assert_eq!(shelves(supergroup), [text("tag:sea"), text("tag:sea"), text("tag:sea")]);
        store.forget_group(supergroup, None).unwrap();
        assert_eq!(shelves(supergroup), [None, None, None]);
        let person = UserId::new(7);
        store.set_shelf(person.private_chat(), None, Some("in:water")).unwrap();
        store.forget(person, None).unwrap();
        assert_eq!(store.shelf(person.private_chat(), None).unwrap(), None);
    }
}

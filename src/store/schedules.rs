//! Schedules: which chat gets a briefing when.
//!
//! Invariant: in a chat and topic, no two schedules have the same number, or the same rule and
//! subject.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::chats;
use super::database::Store;
use super::deliveries::{self, Delivery};
use super::display_number::{self, Added};
use super::error::StoreError;
use super::ids::{OrZero, ScheduleId};
use crate::ids::{ChatId, TopicId};

/// A schedule that is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSchedule {
    pub chat: ChatId,
    /// `None` outside of topics.
    pub topic: Option<TopicId>,
    /// Text form of a [`Rule`](crate::schedule::Rule).
    pub rule: String,
    /// Subject of the briefings; empty for all articles.
    pub subject: String,
    /// Whether a briefing is sent if nothing is new.
    pub is_always: bool,
    /// Whether Telegram delivers the briefings without a sound.
    pub is_silent: bool,
    /// Id of the last change that the first briefing does not report.
    pub seen: i64,
    /// Time of the first briefing, in Unix seconds.
    pub due: i64,
}

/// A schedule in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub id: ScheduleId,
    /// Number by which people refer to the schedule in its chat and topic, from 1.
    pub number: u32,
    pub chat: ChatId,
    /// `None` outside of topics.
    pub topic: Option<TopicId>,
    /// Text form of a [`Rule`](crate::schedule::Rule).
    pub rule: String,
    /// Subject of the briefings; empty for all articles.
    pub subject: String,
    /// Whether a briefing is sent if nothing is new.
    pub is_always: bool,
    /// Whether Telegram delivers the briefings without a sound.
    pub is_silent: bool,
    /// Id of the last change that was reported.
    pub seen: i64,
    /// Time of the next briefing, in Unix seconds.
    pub due: i64,
    /// Whether the bot cannot write to the chat now.
    pub is_paused: bool,
    /// The latest briefing.
    pub last: Option<Delivery>,
}

/// Number of the first column of a delivery in what [`select`] selects.
const DELIVERY_COLUMN: usize = 11;

impl Store {
    /// Adds a schedule, unless its chat and topic has `max` schedules, or one with this rule and
    /// subject.
    pub fn add_schedule(
        &self,
        new: &NewSchedule,
        max: usize,
    ) -> Result<Added<ScheduleId>, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let existing = of_topic(&transaction, new.chat, new.topic)?;
        if let Some(same) = existing.iter().find(|known| known.has(&new.rule, &new.subject)) {
            return Ok(Added::Already { id: same.id, number: same.number });
        }
        if existing.len() >= max {
            return Ok(Added::Full);
        }
        chats::insert_if_missing(&transaction, new.chat)?;
        let number = display_number::smallest_free(existing.iter().map(|known| known.number));
        transaction.execute(
            "INSERT INTO schedules (chat, thread, number, rule, words, is_always, is_silent, seen, due)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                new.chat,
                OrZero(new.topic),
                number,
                new.rule,
                new.subject,
                new.is_always,
                new.is_silent,
                new.seen,
                new.due
            ],
        )?;
        let id = ScheduleId(transaction.last_insert_rowid());
        transaction.commit()?;
        Ok(Added::New { id, number })
    }

    /// Returns the schedules of a chat and topic, by number.
    pub fn schedules(
        &self,
        chat: ChatId,
        topic: Option<TopicId>,
    ) -> Result<Vec<Schedule>, StoreError> {
        Ok(of_topic(&self.lock(), chat, topic)?)
    }

    /// Returns the schedules of all chats.
    pub fn all_schedules(&self) -> Result<Vec<Schedule>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare(&select(""))?;
        Ok(select.query_map([], schedule)?.collect::<Result<_, _>>()?)
    }

    /// Returns a schedule, unless it has ended.
    pub fn schedule(&self, id: ScheduleId) -> Result<Option<Schedule>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(&select("WHERE s.id = ?"))?;
        Ok(select.query_row([id.0], schedule).optional()?)
    }

    /// Ends a schedule. Returns whether there was one with this number.
    pub fn remove_schedule(
        &self,
        chat: ChatId,
        topic: Option<TopicId>,
        number: u32,
    ) -> Result<bool, StoreError> {
        let removed = self.lock().execute(
            "DELETE FROM schedules WHERE chat = ? AND thread = ? AND number = ?",
            params![chat, OrZero(topic), number],
        )?;
        Ok(removed > 0)
    }

    /// Ends all schedules of a chat and topic. Returns how many there were.
    pub fn remove_schedules(
        &self,
        chat: ChatId,
        topic: Option<TopicId>,
    ) -> Result<usize, StoreError> {
        let sql = "DELETE FROM schedules WHERE chat = ? AND thread = ?";
        Ok(self.lock().execute(sql, params![chat, OrZero(topic)])?)
    }

    /// Sets whether Telegram delivers the briefings without a sound.
    pub fn set_silent(&self, id: ScheduleId, is_silent: bool) -> Result<(), StoreError> {
        let sql = "UPDATE schedules SET is_silent = ? WHERE id = ?";
        self.lock().execute(sql, params![is_silent, id.0])?;
        Ok(())
    }

    /// Sets whether a briefing is sent if nothing is new.
    pub fn set_always(&self, id: ScheduleId, is_always: bool) -> Result<(), StoreError> {
        let sql = "UPDATE schedules SET is_always = ? WHERE id = ?";
        self.lock().execute(sql, params![is_always, id.0])?;
        Ok(())
    }

    /// Returns the time of the next briefing of any schedule, in Unix seconds. One index look-up.
    pub fn next_due(&self) -> Result<Option<i64>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached("SELECT min(due) FROM schedules")?;
        Ok(select.query_row([], |row| row.get(0))?)
    }

    /// Returns at most `limit` of the schedules that are due, in the order of their due times.
    pub fn due(&self, now: i64, limit: usize) -> Result<Vec<Schedule>, StoreError> {
        let connection = self.lock();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut select =
            connection.prepare_cached(&select("WHERE s.due <= ? ORDER BY s.due, s.id LIMIT ?"))?;
        Ok(select.query_map([now, limit], schedule)?.collect::<Result<_, _>>()?)
    }

    /// Sets the time of the next briefing without claiming one.
    pub fn postpone(&self, id: ScheduleId, due: i64) -> Result<(), StoreError> {
        self.lock().execute("UPDATE schedules SET due = ? WHERE id = ?", [due, id.0])?;
        Ok(())
    }
}

impl Schedule {
    /// Returns whether the schedule has this rule and subject.
    fn has(&self, rule: &str, subject: &str) -> bool {
        self.rule == rule && display_number::are_same_words(&self.subject, subject)
    }
}

/// Returns SQL that selects schedules `s`, each with its latest delivery `d`. [`schedule`] reads
/// the rows.
fn select(condition: &str) -> String {
    let delivery = deliveries::COLUMNS;
    format!(
        "SELECT s.id, s.number, s.chat, s.thread, s.rule, s.words, s.is_always, s.is_silent, s.seen,
             s.due, EXISTS (SELECT 1 FROM paused WHERE paused.chat = s.chat), {delivery}
         FROM schedules s LEFT JOIN deliveries d ON d.schedule = s.id
             AND d.due = (SELECT max(due) FROM deliveries WHERE schedule = s.id)
         {condition}"
    )
}

/// Returns the schedules of a chat and topic, by number.
fn of_topic(
    connection: &Connection,
    chat: ChatId,
    topic: Option<TopicId>,
) -> rusqlite::Result<Vec<Schedule>> {
    let sql = select("WHERE s.chat = ? AND s.thread = ? ORDER BY s.number");
    let mut select = connection.prepare_cached(&sql)?;
    select.query_map(params![chat, OrZero(topic)], schedule)?.collect()
}

/// Reads a row that [`select`] selects.
fn schedule(row: &Row<'_>) -> rusqlite::Result<Schedule> {
    let last: Option<i64> = row.get(DELIVERY_COLUMN)?;
    Ok(Schedule {
        id: ScheduleId(row.get(0)?),
        number: display_number::from_sql(row.get(1)?),
        chat: row.get(2)?,
        topic: row.get::<_, OrZero<_>>(3)?.0,
        rule: row.get(4)?,
        subject: row.get(5)?,
        is_always: row.get(6)?,
        is_silent: row.get(7)?,
        seen: row.get(8)?,
        due: row.get(9)?,
        is_paused: row.get(10)?,
        last: last.map(|_| deliveries::delivery(row, DELIVERY_COLUMN)).transpose()?,
    })
}

/// Moves the schedules of a chat to another chat, which must have a row. If that chat has the same
/// schedule, it keeps its own, which then reports everything that either of the two has not
/// reported.
pub(super) fn move_to(
    transaction: &Transaction<'_>,
    from: ChatId,
    to: ChatId,
) -> rusqlite::Result<()> {
    let mut select = transaction.prepare("SELECT DISTINCT thread FROM schedules WHERE chat = ?")?;
    let topics: Vec<OrZero<TopicId>> =
        select.query_map([from], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for OrZero(topic) in topics {
        for moving in of_topic(transaction, from, topic)? {
            let existing = of_topic(transaction, to, topic)?;
            match existing.iter().find(|known| known.has(&moving.rule, &moving.subject)) {
                Some(same) => {
                    let sql = "UPDATE schedules SET seen = min(seen, ?) WHERE id = ?";
                    transaction.execute(sql, [moving.seen, same.id.0])?;
                    transaction.execute("DELETE FROM schedules WHERE id = ?", [moving.id.0])?;
                }
                None => {
                    let taken = existing.iter().map(|known| known.number);
                    let number = display_number::keep_if_free(moving.number, taken);
                    let sql = "UPDATE schedules SET chat = ?, number = ? WHERE id = ?";
                    transaction.execute(sql, params![to, number, moving.id.0])?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::UserId;

    const CHAT: ChatId = ChatId::new(7);
    const OTHER: ChatId = ChatId::new(8);
    const GROUP: ChatId = ChatId::new(-5);
    const SUPERGROUP: ChatId = ChatId::new(-1005);

    fn new(chat: ChatId, subject: &str, due: i64) -> NewSchedule {
        NewSchedule {
            chat,
            topic: None,
            rule: "daily 08:30 UTC".into(),
            subject: subject.into(),
            is_always: false,
            is_silent: true,
            seen: 4,
            due,
        }
    }

    fn added(store: &Store, new: &NewSchedule) -> (ScheduleId, u32) {
        match store.add_schedule(new, 3).unwrap() {
            Added::New { id, number } => (id, number),
            other => panic!("{other:?}"),
        }
    }

    fn numbers(store: &Store, chat: ChatId) -> Vec<(u32, String)> {
        let all = store.schedules(chat, None).unwrap().into_iter();
        all.map(|schedule| (schedule.number, schedule.subject)).collect()
    }

    #[test]
    fn schedule_is_added_once_and_up_to_the_limit() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let topic = Some(TopicId::new(9));
        let (id, number) = added(&store, &new(CHAT, "Neap  tides", 100));
        assert_eq!(number, 1);
        assert_eq!(
            store.add_schedule(&new(CHAT, "neap Tides", 200), 3).unwrap(),
            Added::Already { id, number }
        );
        assert_eq!(added(&store, &new(CHAT, "", 200)).1, 2);
        assert_eq!(added(&store, &new(CHAT, "rye", 50)).1, 3);
        assert_eq!(store.add_schedule(&new(CHAT, "oats", 50), 3).unwrap(), Added::Full);
        assert_eq!(added(&store, &NewSchedule { topic, ..new(CHAT, "oats", 50) }).1, 1);

        assert!(store.remove_schedule(CHAT, None, 2).unwrap());
        assert!(!store.remove_schedule(CHAT, None, 2).unwrap());
        assert_eq!(added(&store, &new(CHAT, "oats", 60)).1, 2);
        assert_eq!(store.remove_schedules(CHAT, None).unwrap(), 3);
        assert_eq!(store.schedules(CHAT, None).unwrap(), []);
        assert_eq!(store.schedules(CHAT, topic).unwrap().len(), 1);
    }

    #[test]
    fn schedules_that_are_due_come_in_the_order_of_their_times() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        assert_eq!(store.next_due().unwrap(), None);
        let (id, _) = added(&store, &new(CHAT, "b", 200));
        added(&store, &new(OTHER, "a", 100));
        assert_eq!(store.next_due().unwrap(), Some(100));
        store.pause(OTHER, 50).unwrap();
        store.set_always(id, true).unwrap();
        store.set_silent(id, false).unwrap();
        let due = store.due(200, 10).unwrap();
        let found: Vec<_> =
            due.iter().map(|s| (s.chat, s.is_paused, s.is_always, s.is_silent)).collect();
        assert_eq!(found, [(OTHER, true, false, true), (CHAT, false, true, false)]);
        assert_eq!(store.due(200, 1).unwrap().len(), 1);
        assert_eq!(store.due(99, 10).unwrap(), []);
        store.postpone(due[0].id, 300).unwrap();
        assert_eq!(store.next_due().unwrap(), Some(200));
        assert_eq!(store.schedule(id).unwrap().unwrap(), due[1]);
    }

    #[test]
    fn schedules_move_to_a_chat_that_has_others() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let both = |subject: &str| {
            (new(GROUP, subject, 10), NewSchedule { seen: 9, ..new(SUPERGROUP, subject, 10) })
        };
        added(&store, &new(GROUP, "a", 10));
        added(&store, &new(GROUP, "b", 10));
        added(&store, &both("c").0);
        store.set_language(GROUP, "fa").unwrap();
        store.set_zone(GROUP, "Asia/Tehran").unwrap();
        added(&store, &new(SUPERGROUP, "d", 10));
        added(&store, &both("c").1);
        store.set_zone(SUPERGROUP, "Asia/Kabul").unwrap();
        store.move_chat(GROUP, SUPERGROUP).unwrap();
        let named = |all: &[(u32, &str)]| -> Vec<_> {
            all.iter().map(|(number, subject)| (*number, (*subject).to_owned())).collect()
        };
        assert_eq!(numbers(&store, SUPERGROUP), named(&[(1, "d"), (2, "c"), (3, "a"), (4, "b")]));
        assert_eq!(numbers(&store, GROUP), []);
        assert_eq!(store.schedules(SUPERGROUP, None).unwrap()[1].seen, 4);
        assert_eq!(store.language(SUPERGROUP).unwrap().as_deref(), Some("fa"));
        assert_eq!(store.zone(SUPERGROUP).unwrap().as_deref(), Some("Asia/Kabul"));
        store.move_chat(SUPERGROUP, SUPERGROUP).unwrap();
        assert_eq!(numbers(&store, SUPERGROUP).len(), 4);
        // To a chat without a row.
        let new_chat = ChatId::new(-2005);
        store.move_chat(SUPERGROUP, new_chat).unwrap();
        assert_eq!(numbers(&store, new_chat), named(&[(1, "d"), (2, "c"), (3, "a"), (4, "b")]));
    }

    #[test]
    fn schedules_of_a_forgotten_person_are_removed() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        added(&store, &new(CHAT, "", 10));
        added(&store, &new(OTHER, "", 10));
        store.forget(UserId::new(7), None).unwrap();
        assert_eq!(store.due(10, 10).unwrap().iter().map(|s| s.chat).collect::<Vec<_>>(), [OTHER]);
    }

    #[test]
    fn schedules_that_are_due_are_found_by_an_index() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let plan: String = store
            .lock()
            .query_row("EXPLAIN QUERY PLAN SELECT min(due) FROM schedules", [], |row| row.get(3))
            .unwrap();
        assert_eq!(plan, "SEARCH schedules USING COVERING INDEX schedules_by_due");
        let due = format!("EXPLAIN QUERY PLAN {}", select("WHERE s.due <= 5 ORDER BY s.due, s.id"));
        let connection = store.lock();
        let mut explain = connection.prepare(&due).unwrap();
        let plan: Vec<String> =
            explain.query_map([], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
        assert_eq!(plan[0], "SEARCH s USING INDEX schedules_by_due (due<?)");
        let delivery =
            "SEARCH d USING INDEX deliveries_of_schedule (schedule=? AND due=?) LEFT-JOIN";
        assert!(plan.iter().any(|step| step == delivery), "{plan:?}");
    }
}

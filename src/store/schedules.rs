//! Which chat gets a briefing when.
//!
//! Invariant: a number is unique in its chat and topic, and so is a rule with its words.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::deliveries::Run;
use super::display_number::{self, Added};
use super::ids::ScheduleId;
use super::{Store, StoreError, chats};

/// A schedule as it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSchedule {
    pub chat: i64,
    /// 0 without a topic.
    pub thread: i64,
    /// As [`Rule`](crate::schedule::Rule) is written.
    pub rule: String,
    /// Empty for everything.
    pub words: String,
    pub is_always: bool,
    pub is_silent: bool,
    /// The id of the last change that it need not tell of.
    pub seen: i64,
    /// When it comes first, in Unix seconds.
    pub due: i64,
}

/// A schedule as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled {
    pub id: ScheduleId,
    /// What people type: unique in its chat and topic, from 1.
    pub number: u32,
    pub chat: i64,
    /// 0 without a topic.
    pub thread: i64,
    pub rule: String,
    pub words: String,
    pub is_always: bool,
    pub is_silent: bool,
    /// The id of the last change that it told of.
    pub seen: i64,
    /// When it comes next, in Unix seconds.
    pub due: i64,
    /// Whether the bot is kept from writing to its chat.
    pub is_paused: bool,
    pub last: Option<Run>,
}

/// A schedule `s` with a run `r`, as [`scheduled`] reads them.
pub(super) const COLUMNS: &str =
    "s.id, s.number, s.chat, s.thread, s.rule, s.words, s.is_always, s.is_silent, s.seen, s.due,
     EXISTS (SELECT 1 FROM paused WHERE paused.chat = s.chat), r.due, r.state, r.message, r.at";
const WITH_LAST_RUN: &str = "FROM schedules s LEFT JOIN runs r
     ON r.schedule = s.id AND r.due = (SELECT max(due) FROM runs WHERE schedule = s.id)";

impl Store {
    /// Adds a schedule, unless its chat and topic has `most` already, or one of this rule and words.
    pub fn add_schedule(
        &self,
        new: &NewSchedule,
        most: usize,
    ) -> Result<Added<ScheduleId>, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let there = of_topic(&transaction, new.chat, new.thread)?;
        if let Some(known) = there.iter().find(|known| known.is(&new.rule, &new.words)) {
            return Ok(Added::Already { id: known.id, number: known.number });
        }
        if there.len() >= most {
            return Ok(Added::Full);
        }
        chats::make(&transaction, new.chat)?;
        let number = display_number::free(there.iter().map(|known| known.number));
        transaction.execute(
            "INSERT INTO schedules (chat, thread, number, rule, words, is_always, is_silent, seen, due)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                new.chat,
                new.thread,
                number,
                new.rule,
                new.words,
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

    /// The schedules of a chat and topic, by number.
    pub fn schedules(&self, chat: i64, thread: i64) -> Result<Vec<Scheduled>, StoreError> {
        Ok(of_topic(&self.lock(), chat, thread)?)
    }

    /// Every schedule there is.
    pub fn all_schedules(&self) -> Result<Vec<Scheduled>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare(&format!("SELECT {COLUMNS} {WITH_LAST_RUN}"))?;
        Ok(select.query_map([], scheduled)?.collect::<Result<_, _>>()?)
    }

    /// One schedule; `None` when it has ended.
    pub fn schedule(&self, id: ScheduleId) -> Result<Option<Scheduled>, StoreError> {
        let connection = self.lock();
        let sql = format!("SELECT {COLUMNS} {WITH_LAST_RUN} WHERE s.id = ?");
        Ok(connection.prepare_cached(&sql)?.query_row([id.0], scheduled).optional()?)
    }

    /// Ends a schedule; says whether there was one of this number.
    pub fn remove_schedule(&self, chat: i64, thread: i64, number: u32) -> Result<bool, StoreError> {
        let removed = self.lock().execute(
            "DELETE FROM schedules WHERE chat = ? AND thread = ? AND number = ?",
            params![chat, thread, number],
        )?;
        Ok(removed > 0)
    }

    /// Ends all schedules of a chat and topic; says how many there were.
    pub fn remove_schedules(&self, chat: i64, thread: i64) -> Result<usize, StoreError> {
        let sql = "DELETE FROM schedules WHERE chat = ? AND thread = ?";
        Ok(self.lock().execute(sql, [chat, thread])?)
    }

    pub fn set_silent(&self, id: ScheduleId, is_silent: bool) -> Result<(), StoreError> {
        let sql = "UPDATE schedules SET is_silent = ? WHERE id = ?";
        self.lock().execute(sql, params![is_silent, id.0])?;
        Ok(())
    }

    pub fn set_always(&self, id: ScheduleId, is_always: bool) -> Result<(), StoreError> {
        let sql = "UPDATE schedules SET is_always = ? WHERE id = ?";
        self.lock().execute(sql, params![is_always, id.0])?;
        Ok(())
    }

    /// When the next schedule is due, in Unix seconds. One look into an index.
    pub fn next_due(&self) -> Result<Option<i64>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached("SELECT min(due) FROM schedules")?;
        Ok(select.query_row([], |row| row.get(0))?)
    }

    /// At most `limit` of the schedules that are due, the longest waiting first.
    pub fn due(&self, now: i64, limit: usize) -> Result<Vec<Scheduled>, StoreError> {
        let connection = self.lock();
        let sql = format!(
            "SELECT {COLUMNS} {WITH_LAST_RUN} WHERE s.due <= ? ORDER BY s.due, s.id LIMIT ?"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut select = connection.prepare_cached(&sql)?;
        Ok(select.query_map([now, limit], scheduled)?.collect::<Result<_, _>>()?)
    }

    /// Moves a schedule on without a run.
    pub fn postpone(&self, id: ScheduleId, due: i64) -> Result<(), StoreError> {
        self.lock().execute("UPDATE schedules SET due = ? WHERE id = ?", [due, id.0])?;
        Ok(())
    }
}

impl Scheduled {
    fn is(&self, rule: &str, words: &str) -> bool {
        self.rule == rule && display_number::are_same_words(&self.words, words)
    }
}

fn of_topic(connection: &Connection, chat: i64, thread: i64) -> rusqlite::Result<Vec<Scheduled>> {
    let sql = format!(
        "SELECT {COLUMNS} {WITH_LAST_RUN} WHERE s.chat = ? AND s.thread = ? ORDER BY s.number"
    );
    let mut select = connection.prepare_cached(&sql)?;
    select.query_map([chat, thread], scheduled)?.collect()
}

/// Reads [`COLUMNS`].
pub(super) fn scheduled(row: &Row<'_>) -> rusqlite::Result<Scheduled> {
    let due: Option<i64> = row.get(11)?;
    let run = |due| -> rusqlite::Result<Run> {
        Ok(Run { due, state: row.get(12)?, message: row.get(13)?, at: row.get(14)? })
    };
    Ok(Scheduled {
        id: ScheduleId(row.get(0)?),
        number: display_number::read(row.get(1)?),
        chat: row.get(2)?,
        thread: row.get(3)?,
        rule: row.get(4)?,
        words: row.get(5)?,
        is_always: row.get(6)?,
        is_silent: row.get(7)?,
        seen: row.get(8)?,
        due: row.get(9)?,
        is_paused: row.get(10)?,
        last: due.map(run).transpose()?,
    })
}

/// Moves the schedules of a chat to another that has a row already. Of two that are the same, the one
/// there stays, and tells of what either has not told of.
pub(super) fn move_to(transaction: &Transaction<'_>, from: i64, to: i64) -> rusqlite::Result<()> {
    let mut select = transaction.prepare("SELECT DISTINCT thread FROM schedules WHERE chat = ?")?;
    let threads: Vec<i64> =
        select.query_map([from], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for thread in threads {
        for moving in of_topic(transaction, from, thread)? {
            let there = of_topic(transaction, to, thread)?;
            match there.iter().find(|known| known.is(&moving.rule, &moving.words)) {
                Some(known) => {
                    let sql = "UPDATE schedules SET seen = min(seen, ?) WHERE id = ?";
                    transaction.execute(sql, [moving.seen, known.id.0])?;
                    transaction.execute("DELETE FROM schedules WHERE id = ?", [moving.id.0])?;
                }
                None => {
                    let number = display_number::kept_if_free(
                        moving.number,
                        there.iter().map(|known| known.number),
                    );
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

    fn new(chat: i64, words: &str, due: i64) -> NewSchedule {
        NewSchedule {
            chat,
            thread: 0,
            rule: "daily 08:30 UTC".into(),
            words: words.into(),
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

    fn numbers(store: &Store, chat: i64) -> Vec<(u32, String)> {
        let all = store.schedules(chat, 0).unwrap().into_iter();
        all.map(|schedule| (schedule.number, schedule.words)).collect()
    }

    #[test]
    fn a_topic_has_several_schedules_up_to_a_limit_and_none_twice() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let (id, number) = added(&store, &new(7, "Neap  tides", 100));
        assert_eq!(number, 1);
        assert_eq!(
            store.add_schedule(&new(7, "neap Tides", 200), 3).unwrap(),
            Added::Already { id, number }
        );
        assert_eq!(added(&store, &new(7, "", 200)).1, 2);
        assert_eq!(added(&store, &new(7, "rye", 50)).1, 3);
        assert_eq!(store.add_schedule(&new(7, "oats", 50), 3).unwrap(), Added::Full);
        assert_eq!(added(&store, &NewSchedule { thread: 9, ..new(7, "oats", 50) }).1, 1);

        assert!(store.remove_schedule(7, 0, 2).unwrap());
        assert!(!store.remove_schedule(7, 0, 2).unwrap());
        assert_eq!(added(&store, &new(7, "oats", 60)).1, 2);
        assert_eq!(store.remove_schedules(7, 0).unwrap(), 3);
        assert_eq!(store.schedules(7, 0).unwrap(), []);
        assert_eq!(store.schedules(7, 9).unwrap().len(), 1);
    }

    #[test]
    fn what_is_due_comes_in_the_order_of_its_waiting() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        assert_eq!(store.next_due().unwrap(), None);
        let (id, _) = added(&store, &new(7, "b", 200));
        added(&store, &new(8, "a", 100));
        assert_eq!(store.next_due().unwrap(), Some(100));
        store.pause(8, 50).unwrap();
        store.set_always(id, true).unwrap();
        store.set_silent(id, false).unwrap();
        let due = store.due(200, 10).unwrap();
        let told: Vec<_> =
            due.iter().map(|s| (s.chat, s.is_paused, s.is_always, s.is_silent)).collect();
        assert_eq!(told, [(8, true, false, true), (7, false, true, false)]);
        assert_eq!(store.due(200, 1).unwrap().len(), 1);
        assert_eq!(store.due(99, 10).unwrap(), []);
        store.postpone(due[0].id, 300).unwrap();
        assert_eq!(store.next_due().unwrap(), Some(200));
        assert_eq!(store.schedule(id).unwrap().unwrap(), due[1]);
    }

    #[test]
    fn a_chat_that_moves_keeps_its_schedules_beside_those_that_are_there() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let both =
            |words: &str| (new(-5, words, 10), NewSchedule { seen: 9, ..new(-1005, words, 10) });
        added(&store, &new(-5, "a", 10));
        added(&store, &new(-5, "b", 10));
        added(&store, &both("c").0);
        store.set_language(-5, "fa").unwrap();
        store.set_zone(-5, "Asia/Tehran").unwrap();
        added(&store, &new(-1005, "d", 10));
        added(&store, &both("c").1);
        store.set_zone(-1005, "Asia/Kabul").unwrap();
        store.move_chat(-5, -1005).unwrap();
        let named = |all: &[(u32, &str)]| -> Vec<_> {
            all.iter().map(|(number, words)| (*number, (*words).to_owned())).collect()
        };
        assert_eq!(numbers(&store, -1005), named(&[(1, "d"), (2, "c"), (3, "a"), (4, "b")]));
        assert_eq!(numbers(&store, -5), []);
        assert_eq!(store.schedules(-1005, 0).unwrap()[1].seen, 4);
        assert_eq!(store.language(-1005).unwrap().as_deref(), Some("fa"));
        assert_eq!(store.zone(-1005).unwrap().as_deref(), Some("Asia/Kabul"));
        store.move_chat(-1005, -1005).unwrap();
        assert_eq!(numbers(&store, -1005).len(), 4);
        // To a chat that nothing is known of.
        store.move_chat(-1005, -2005).unwrap();
        assert_eq!(numbers(&store, -2005), named(&[(1, "d"), (2, "c"), (3, "a"), (4, "b")]));
    }

    #[test]
    fn whoever_is_forgotten_gets_no_more_briefings() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        added(&store, &new(7, "", 10));
        added(&store, &new(8, "", 10));
        store.forget(7, None).unwrap();
        assert_eq!(store.due(10, 10).unwrap().iter().map(|s| s.chat).collect::<Vec<_>>(), [8]);
    }

    #[test]
    fn ten_thousand_idle_schedules_are_one_look_into_an_index() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let plan: String = store
            .lock()
            .query_row("EXPLAIN QUERY PLAN SELECT min(due) FROM schedules", [], |row| row.get(3))
            .unwrap();
        assert_eq!(plan, "SEARCH schedules USING COVERING INDEX schedules_by_due");
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT {COLUMNS} {WITH_LAST_RUN} WHERE s.due <= 5 ORDER BY s.due, s.id"
        );
        let plan: String = store.lock().query_row(&sql, [], |row| row.get(3)).unwrap();
        assert_eq!(plan, "SEARCH s USING INDEX schedules_by_due (due<?)");
    }
}

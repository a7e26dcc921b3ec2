//! What became of each occurrence of a schedule.
//!
//! Invariants: a run is claimed in the same transaction that moves its schedule on, so that nobody else
//! claims it; it is marked before and after its message goes out, so that after a crash one knows which
//! were not sent (claimed) and which may have been (attempted). Every mark is on the disk on return.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, params};

use super::ids::ScheduleId;
use super::schedules::{COLUMNS, Scheduled, scheduled};
use super::{Store, StoreError};

/// One occurrence of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// When it was due, in Unix seconds.
    pub due: i64,
    pub state: RunState,
    /// The message that was sent.
    pub message: Option<i32>,
    /// When the state was marked, in Unix seconds.
    pub at: i64,
}

/// What became of a message that nobody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// It is to be sent; nothing has gone out.
    Claimed,
    /// The request has gone out.
    Attempted,
    Sent,
    NothingNew,
    /// Telegram refused it for good.
    Refused,
    /// It was too old when its turn came.
    Missed,
    /// It was attempted, and nobody knows whether it arrived.
    Unsure,
}

impl Store {
    /// Takes the run that is due, and moves the schedule on to `next`. `false` where there is nothing
    /// to send: the schedule has ended, it is due at another time, or this run is known already.
    pub fn claim(&self, id: ScheduleId, due: i64, next: i64, now: i64) -> Result<bool, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let moved = transaction
            .prepare_cached("UPDATE schedules SET due = ? WHERE id = ? AND due = ?")?
            .execute([next, id.0, due])?;
        if moved == 0 {
            return Ok(false);
        }
        let claimed = transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO runs (schedule, due, state, at) VALUES (?, ?, ?, ?)",
            )?
            .execute(params![id.0, due, RunState::Claimed, now])?;
        // Moved on also where a clock that was set back makes a run due again.
        transaction.commit()?;
        Ok(claimed > 0)
    }

    /// Marks a claimed run, directly before its request goes out. `false` if there is none (any more).
    pub fn attempt(&self, id: ScheduleId, due: i64, now: i64) -> Result<bool, StoreError> {
        let connection = self.lock();
        let mut update = connection.prepare_cached(
            "UPDATE runs SET state = ?, at = ? WHERE schedule = ? AND due = ? AND state = ?",
        )?;
        let row = params![RunState::Attempted, now, id.0, due, RunState::Claimed];
        Ok(update.execute(row)? > 0)
    }

    /// Marks an attempted run as claimed again, since its request certainly did not arrive.
    pub fn retract(&self, id: ScheduleId, due: i64, now: i64) -> Result<(), StoreError> {
        self.lock().execute(
            "UPDATE runs SET state = ?, at = ? WHERE schedule = ? AND due = ? AND state = ?",
            params![RunState::Claimed, now, id.0, due, RunState::Attempted],
        )?;
        Ok(())
    }

    /// Marks what became of a run; `seen` is the last change that it told of.
    pub fn finish(
        &self,
        id: ScheduleId,
        due: i64,
        state: RunState,
        message: Option<i32>,
        seen: Option<i64>,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute(
            "UPDATE runs SET state = ?, message = ?, at = ? WHERE schedule = ? AND due = ?",
            params![state, message, now, id.0, due],
        )?;
        if let Some(seen) = seen {
            let sql = "UPDATE schedules SET seen = max(seen, ?) WHERE id = ?";
            transaction.execute(sql, [seen, id.0])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// The runs that were claimed or attempted and not finished, oldest first, each with its schedule,
    /// whose last run it is here.
    pub fn unfinished(&self) -> Result<Vec<(Scheduled, Run)>, StoreError> {
        let connection = self.lock();
        let sql = format!(
            "SELECT {COLUMNS} FROM runs r JOIN schedules s ON s.id = r.schedule
             WHERE r.state IN ('claimed', 'attempted') ORDER BY r.due, s.id"
        );
        let mut select = connection.prepare_cached(&sql)?;
        let rows = select.query_map([], |row| {
            let scheduled = scheduled(row)?;
            let run = scheduled.last;
            Ok(run.map(|run| (scheduled, run)))
        })?;
        Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
    }
}

/// Removes the runs that are older than the last one of their schedule and than `oldest`.
pub(super) fn prune(connection: &Connection, oldest: i64) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM runs WHERE at < ? AND state NOT IN ('claimed', 'attempted')
         AND due < (SELECT max(due) FROM runs other WHERE other.schedule = runs.schedule)",
        [oldest],
    )?;
    Ok(())
}

impl ToSql for RunState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            RunState::Claimed => "claimed",
            RunState::Attempted => "attempted",
            RunState::Sent => "sent",
            RunState::NothingNew => "nothing_new",
            RunState::Refused => "refused",
            RunState::Missed => "missed",
            RunState::Unsure => "unsure",
        }))
    }
}

impl FromSql for RunState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "claimed" => Ok(RunState::Claimed),
            "attempted" => Ok(RunState::Attempted),
            "sent" => Ok(RunState::Sent),
            "nothing_new" => Ok(RunState::NothingNew),
            "refused" => Ok(RunState::Refused),
            "missed" => Ok(RunState::Missed),
            "unsure" => Ok(RunState::Unsure),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Added, NewSchedule};
    use super::*;

    const DAY: i64 = 24 * 60 * 60;

    fn scheduled_at(store: &Store, words: &str, due: i64) -> ScheduleId {
        let new = NewSchedule {
            chat: 7,
            thread: 0,
            rule: "daily 08:30 UTC".into(),
            words: words.into(),
            is_always: false,
            is_silent: false,
            seen: 4,
            due,
        };
        match store.add_schedule(&new, 9).unwrap() {
            Added::New { id, .. } => id,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_state_is_read_as_it_was_written() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let id = scheduled_at(&store, "", 100);
        store.claim(id, 100, 200, 101).unwrap();
        for state in [
            RunState::Claimed,
            RunState::Attempted,
            RunState::Sent,
            RunState::NothingNew,
            RunState::Refused,
            RunState::Missed,
            RunState::Unsure,
        ] {
            store.finish(id, 100, state, None, None, 102).unwrap();
            assert_eq!(last(&store, id).unwrap().state, state);
        }
    }

    fn last(store: &Store, id: ScheduleId) -> Option<Run> {
        store.schedule(id).unwrap().unwrap().last
    }

    #[test]
    fn a_run_is_claimed_once() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let id = scheduled_at(&store, "", 100);
        assert!(store.claim(id, 100, 200, 101).unwrap());
        assert!(!store.claim(id, 100, 200, 101).unwrap());
        assert_eq!(store.next_due().unwrap(), Some(200));
        // The clock is set back: the run is due again, and not made again.
        store.postpone(id, 100).unwrap();
        assert!(!store.claim(id, 100, 200, 102).unwrap());
        assert_eq!(store.next_due().unwrap(), Some(200));
        store.remove_schedules(7, 0).unwrap();
        assert!(!store.claim(id, 200, 300, 201).unwrap());
        assert!(!store.attempt(id, 100, 201).unwrap());
        store.finish(id, 100, RunState::Sent, Some(5), Some(9), 201).unwrap();
        assert_eq!(store.unfinished().unwrap(), []);
    }

    #[test]
    fn after_a_crash_one_knows_what_was_under_way() {
        let data = tempfile::tempdir().unwrap();
        let [never, maybe, sent] = {
            let store = Store::open(data.path()).unwrap();
            let ids = ["a", "b", "c"].map(|words| scheduled_at(&store, words, 100));
            ids.iter().for_each(|id| assert!(store.claim(*id, 100, 200, 101).unwrap()));
            assert!(store.attempt(ids[1], 100, 102).unwrap());
            assert!(!store.attempt(ids[1], 100, 102).unwrap());
            assert!(store.attempt(ids[2], 100, 102).unwrap());
            store.finish(ids[2], 100, RunState::Sent, Some(55), Some(9), 103).unwrap();
            ids
        };
        let store = Store::open(data.path()).unwrap();
        let open: Vec<_> = store
            .unfinished()
            .unwrap()
            .into_iter()
            .map(|(schedule, run)| (schedule.id, run.state))
            .collect();
        assert_eq!(open, [(never, RunState::Claimed), (maybe, RunState::Attempted)]);
        let run = Run { due: 100, state: RunState::Sent, message: Some(55), at: 103 };
        assert_eq!(last(&store, sent), Some(run));
        assert_eq!(store.schedule(sent).unwrap().unwrap().seen, 9);
        assert_eq!(store.schedule(maybe).unwrap().unwrap().seen, 4);
        store.finish(maybe, 100, RunState::Unsure, None, None, 300).unwrap();
        store.finish(never, 100, RunState::Missed, None, Some(2), 300).unwrap();
        assert_eq!(store.unfinished().unwrap(), []);
        assert_eq!(store.schedule(never).unwrap().unwrap().seen, 4);
    }

    #[test]
    fn old_runs_are_forgotten_but_for_the_last() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let id = scheduled_at(&store, "", 100);
        for due in [100, 200, 300] {
            assert!(store.claim(id, due, due + 100, due).unwrap());
            if due > 100 {
                store.finish(id, due, RunState::NothingNew, None, None, due).unwrap();
            }
        }
        store.prune(300 + 30 * DAY).unwrap();
        let dues: Vec<i64> = {
            let connection = store.lock();
            let mut select = connection.prepare("SELECT due FROM runs ORDER BY due").unwrap();
            select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        assert_eq!(dues, [100, 300]);
        assert_eq!(last(&store, id).unwrap().state, RunState::NothingNew);
    }
}

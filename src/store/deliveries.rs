//! What became of each occurrence of a schedule.
//!
//! Invariants: a run is claimed in the same transaction that moves its schedule on, so that nobody else
//! claims it; it is marked before and after its message goes out, so that after a crash one knows which
//! were not sent (claimed) and which may have been (attempted). Every mark is on the disk on return.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, params};

use super::ids::ScheduleId;
use super::schedules::{COLUMNS, Scheduled, scheduled};
use super::{Store, StoreError};

/// One occurrence of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// When it was due, in Unix seconds.
    pub due: i64,
    pub state: DeliveryState,
    /// The message that was sent.
    pub message: Option<i32>,
    /// When it was claimed, or finished, in Unix seconds.
    pub at: i64,
}

/// What became of a message that nobody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is to be sent; nothing has gone out.
    Claimed,
    /// The request has gone out.
    Sending,
    Sent,
    NothingNew,
    /// Telegram refused it for good.
    Rejected,
    /// It was too old when its turn came.
    Expired,
    /// It was attempted, and nobody knows whether it arrived.
    Unknown,
}

const SEEN: &str = "UPDATE schedules SET seen = max(seen, ?) WHERE id = ?";

impl Store {
    /// Takes the runs that are due (schedule, due, next), and moves the schedules on, in one transaction.
    /// Tells for each whether there is anything to send: not if the schedule has ended, is due at another
    /// time, or this run is known already.
    pub fn claim(
        &self,
        runs: &[(ScheduleId, i64, i64)],
        now: i64,
    ) -> Result<Vec<bool>, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let mut claimed = Vec::with_capacity(runs.len());
        for (id, due, next) in runs {
            let moved = transaction
                .prepare_cached("UPDATE schedules SET due = ? WHERE id = ? AND due = ?")?
                .execute([*next, id.0, *due])?;
            // Moved on also where a clock that was set back makes a run due again.
            let is_new = moved > 0
                && transaction
                    .prepare_cached(
                        "INSERT OR IGNORE INTO runs (schedule, due, state, at) VALUES (?, ?, ?, ?)",
                    )?
                    .execute(params![id.0, due, DeliveryState::Claimed, now])?
                    > 0;
            claimed.push(is_new);
        }
        transaction.commit()?;
        Ok(claimed)
    }

    /// Marks a claimed run, directly before its request goes out. `false` if there is none (any more).
    pub fn attempt(&self, id: ScheduleId, due: i64) -> Result<bool, StoreError> {
        let connection = self.lock();
        let mut update = connection.prepare_cached(
            "UPDATE runs SET state = ? WHERE schedule = ? AND due = ? AND state = ?",
        )?;
        let row = params![DeliveryState::Sending, id.0, due, DeliveryState::Claimed];
        Ok(update.execute(row)? > 0)
    }

    /// Marks an attempted run as claimed again, since its request certainly did not arrive.
    pub fn retract(&self, id: ScheduleId, due: i64) -> Result<(), StoreError> {
        self.lock().execute(
            "UPDATE runs SET state = ? WHERE schedule = ? AND due = ? AND state = ?",
            params![DeliveryState::Claimed, id.0, due, DeliveryState::Sending],
        )?;
        Ok(())
    }

    /// One run of a schedule.
    pub fn run(&self, id: ScheduleId, due: i64) -> Result<Option<Run>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT due, state, message, at FROM runs WHERE schedule = ? AND due = ?",
        )?;
        let run = select.query_row([id.0, due], |row| {
            Ok(Run { due: row.get(0)?, state: row.get(1)?, message: row.get(2)?, at: row.get(3)? })
        });
        Ok(run.optional()?)
    }

    /// A run that may not have arrived was shown after all; `seen` is the last change that it told of.
    pub fn resolve_unsure(
        &self,
        id: ScheduleId,
        due: i64,
        seen: i64,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let resolved = transaction.execute(
            "UPDATE runs SET state = ?, at = ? WHERE schedule = ? AND due = ? AND state IN (?, ?)",
            params![
                DeliveryState::Sent,
                now,
                id.0,
                due,
                DeliveryState::Unknown,
                DeliveryState::Sending
            ],
        )?;
        if resolved > 0 {
            transaction.execute(SEEN, [seen, id.0])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Marks what became of a run that is not finished; `seen` is the last change that it told of.
    pub fn finish(
        &self,
        id: ScheduleId,
        due: i64,
        state: DeliveryState,
        message: Option<i32>,
        seen: Option<i64>,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute(
            "UPDATE runs SET state = ?, message = ?, at = ?
             WHERE schedule = ? AND due = ? AND state IN (?, ?)",
            params![state, message, now, id.0, due, DeliveryState::Claimed, DeliveryState::Sending],
        )?;
        if let Some(seen) = seen {
            transaction.execute(SEEN, [seen, id.0])?;
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

impl ToSql for DeliveryState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            DeliveryState::Claimed => "claimed",
            DeliveryState::Sending => "attempted",
            DeliveryState::Sent => "sent",
            DeliveryState::NothingNew => "nothing_new",
            DeliveryState::Rejected => "refused",
            DeliveryState::Expired => "missed",
            DeliveryState::Unknown => "unsure",
        }))
    }
}

impl FromSql for DeliveryState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "claimed" => Ok(DeliveryState::Claimed),
            "attempted" => Ok(DeliveryState::Sending),
            "sent" => Ok(DeliveryState::Sent),
            "nothing_new" => Ok(DeliveryState::NothingNew),
            "refused" => Ok(DeliveryState::Rejected),
            "missed" => Ok(DeliveryState::Expired),
            "unsure" => Ok(DeliveryState::Unknown),
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
        assert!(claim(&store, id, 100, 200));
        for state in [
            DeliveryState::Claimed,
            DeliveryState::Sending,
            DeliveryState::Sent,
            DeliveryState::NothingNew,
            DeliveryState::Rejected,
            DeliveryState::Expired,
            DeliveryState::Unknown,
        ] {
            let update = "UPDATE runs SET state = ?";
            store.lock().execute(update, [state]).unwrap();
            assert_eq!(last(&store, id).unwrap().state, state);
        }
    }

    fn claim(store: &Store, id: ScheduleId, due: i64, next: i64) -> bool {
        store.claim(&[(id, due, next)], due + 1).unwrap()[0]
    }

    fn last(store: &Store, id: ScheduleId) -> Option<Run> {
        store.schedule(id).unwrap().unwrap().last
    }

    #[test]
    fn a_run_is_claimed_once() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let id = scheduled_at(&store, "", 100);
        assert!(claim(&store, id, 100, 200));
        assert!(!claim(&store, id, 100, 200));
        assert_eq!(store.next_due().unwrap(), Some(200));
        // The clock is set back: the run is due again, and not made again.
        store.postpone(id, 100).unwrap();
        assert!(!claim(&store, id, 100, 200));
        assert_eq!(store.next_due().unwrap(), Some(200));
        store.remove_schedules(7, 0).unwrap();
        assert!(!claim(&store, id, 200, 300));
        assert!(!store.attempt(id, 100).unwrap());
        store.finish(id, 100, DeliveryState::Sent, Some(5), Some(9), 201).unwrap();
        assert_eq!(store.unfinished().unwrap(), []);
    }

    #[test]
    fn after_a_crash_one_knows_what_was_under_way() {
        let data = tempfile::tempdir().unwrap();
        let [never, maybe, sent] = {
            let store = Store::open(data.path()).unwrap();
            let ids = ["a", "b", "c"].map(|words| scheduled_at(&store, words, 100));
            ids.iter().for_each(|id| assert!(claim(&store, *id, 100, 200)));
            assert!(store.attempt(ids[1], 100).unwrap());
            assert!(!store.attempt(ids[1], 100).unwrap());
            assert!(store.attempt(ids[2], 100).unwrap());
            store.finish(ids[2], 100, DeliveryState::Sent, Some(55), Some(9), 103).unwrap();
            ids
        };
        let store = Store::open(data.path()).unwrap();
        let open: Vec<_> = store
            .unfinished()
            .unwrap()
            .into_iter()
            .map(|(schedule, run)| (schedule.id, run.state))
            .collect();
        assert_eq!(open, [(never, DeliveryState::Claimed), (maybe, DeliveryState::Sending)]);
        let run = Run { due: 100, state: DeliveryState::Sent, message: Some(55), at: 103 };
        assert_eq!(last(&store, sent), Some(run));
        assert_eq!(store.schedule(sent).unwrap().unwrap().seen, 9);
        assert_eq!(store.schedule(maybe).unwrap().unwrap().seen, 4);
        store.finish(maybe, 100, DeliveryState::Unknown, None, None, 300).unwrap();
        store.finish(never, 100, DeliveryState::Expired, None, Some(2), 300).unwrap();
        assert_eq!(store.unfinished().unwrap(), []);
        assert_eq!(store.schedule(never).unwrap().unwrap().seen, 4);
        // What was unsure is shown after all, once.
        store.resolve_unsure(maybe, 100, 7, 400).unwrap();
        store.resolve_unsure(maybe, 100, 9, 500).unwrap();
        store.resolve_unsure(never, 100, 9, 500).unwrap();
        assert_eq!(
            store.run(maybe, 100).unwrap().map(|run| (run.state, run.at)),
            Some((DeliveryState::Sent, 400))
        );
        assert_eq!(store.schedule(maybe).unwrap().unwrap().seen, 7);
        assert_eq!(
            store.run(never, 100).unwrap().map(|run| run.state),
            Some(DeliveryState::Expired)
        );
        // What is finished stays so.
        store.finish(maybe, 100, DeliveryState::Unknown, None, None, 600).unwrap();
        assert_eq!(store.run(maybe, 100).unwrap().map(|run| run.state), Some(DeliveryState::Sent));
    }

    #[test]
    fn old_runs_are_forgotten_but_for_the_last() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let id = scheduled_at(&store, "", 100);
        for due in [100, 200, 300] {
            assert!(claim(&store, id, due, due + 100));
            if due > 100 {
                store.finish(id, due, DeliveryState::NothingNew, None, None, due).unwrap();
            }
        }
        store.prune(300 + 30 * DAY).unwrap();
        let dues: Vec<i64> = {
            let connection = store.lock();
            let mut select = connection.prepare("SELECT due FROM runs ORDER BY due").unwrap();
            select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        assert_eq!(dues, [100, 300]);
        assert_eq!(last(&store, id).unwrap().state, DeliveryState::NothingNew);
    }
}

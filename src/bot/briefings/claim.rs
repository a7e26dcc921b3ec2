//! Claims: briefings that are due become deliveries in the store, before anything is composed.

use std::time::Duration;

use super::pending::{PendingDelivery, is_expired};
use crate::bot::clock::Clock;
use crate::schedule::Rule;
use crate::store::{DeliveryKey, DeliveryState, Store, StoreError};

/// Maximum number of schedules that are claimed in one transaction.
const BATCH: usize = 256;

/// Claims all briefings that are due. With `resume`, returns before them the claimed deliveries
/// that were never finished, such as those of an earlier run of the bot.
pub fn claim_due(
    store: &Store,
    clock: &Clock,
    max_age: Duration,
    resume: bool,
) -> Result<Vec<PendingDelivery>, StoreError> {
    let mut pending = Vec::new();
    if resume {
        let unfinished = store.unfinished_briefings()?.into_iter();
        pending.extend(unfinished.map(|key| PendingDelivery { key, since: None }));
        repair_clock_skew(store, clock.now())?;
    }
    claim_batches(store, clock, max_age, &mut pending)?;
    Ok(pending)
}

/// Moves schedules back that a clock which ran ahead has moved too far into the future.
fn repair_clock_skew(store: &Store, now: i64) -> Result<(), StoreError> {
    for schedule in store.all_schedules()? {
        let next = schedule.rule.parse::<Rule>().map(|rule| rule.next_after(now));
        if let Ok(next) = next
            && schedule.due > next
        {
            store.postpone(schedule.id, next)?;
        }
    }
    Ok(())
}

fn claim_batches(
    store: &Store,
    clock: &Clock,
    max_age: Duration,
    pending: &mut Vec<PendingDelivery>,
) -> Result<(), StoreError> {
    loop {
        let now = clock.now();
        let due = store.due(now, BATCH)?;
        let mut schedules = Vec::new();
        for schedule in &due {
            match schedule.rule.parse::<Rule>() {
                Ok(rule) if schedule.is_paused => {
                    store.postpone(schedule.id, rule.next_after(now))?;
                }
                Ok(rule) => schedules.push((schedule, rule)),
                Err(_) => {
                    tracing::error!(
                        rule = schedule.rule,
                        "the rule of a schedule cannot be parsed, so the schedule is never due"
                    );
                    store.postpone(schedule.id, i64::MAX)?;
                }
            }
        }
        let claims: Vec<_> = schedules
            .iter()
            .map(|(schedule, rule)| (schedule.id, schedule.due, rule.next_after(now)))
            .collect();
        let claimed = store.claim(&claims, now)?;
        for ((schedule, rule), _) in schedules.iter().zip(claimed).filter(|(_, is_new)| *is_new) {
            let due = schedule.due;
            let key = DeliveryKey::Briefing { schedule: schedule.id, due };
            if is_expired(rule, due, now, now, max_age) {
                store.finish(key, DeliveryState::Expired, None, None, now)?;
                continue;
            }
            let has_reported =
                |state| matches!(state, DeliveryState::Sent | DeliveryState::NothingNew);
            let since = schedule.last.filter(|last| has_reported(last.state)).map(|last| last.at);
            pending.push(PendingDelivery { key, since });
        }
        if due.len() < BATCH {
            return Ok(());
        }
    }
}

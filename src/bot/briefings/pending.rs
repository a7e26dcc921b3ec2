//! Deliveries that wait in the scheduler's queues.

use std::time::Duration;

use crate::schedule::Rule;
use crate::store::{DeliveryKey, ScheduleId, WatchId};

/// Delivery that waits in its queue. Everything else is read from the store when its turn has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingDelivery {
    pub key: DeliveryKey,
    /// Unix time in seconds up to which the previous briefing reported changes, if there was one.
    pub since: Option<i64>,
}

/// Queue of a delivery. The deliveries of a schedule go out one after the other, since each one
/// reports the changes after the previous one, and so do those of a watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueueKey {
    Schedule(ScheduleId),
    Watch(WatchId),
}

impl PendingDelivery {
    /// Returns the queue of this delivery.
    pub fn queue(&self) -> QueueKey {
        match self.key {
            DeliveryKey::Briefing { schedule, .. } => QueueKey::Schedule(schedule),
            DeliveryKey::Quote { watch, .. } => QueueKey::Watch(watch),
        }
    }
}

/// Returns whether a briefing that was due and was `claimed` is too late `now`, all in Unix
/// seconds. If several were missed before it was claimed, the last one counts.
pub fn is_expired(rule: &Rule, due: i64, claimed: i64, now: i64, max_age: Duration) -> bool {
    let latest = rule.latest_in(due.saturating_sub(1), claimed).unwrap_or(due);
    u64::try_from(now.saturating_sub(latest)).is_ok_and(|age| age > max_age.as_secs())
}

//! The time that briefings go by: the clock of the machine, or one whose hands a test moves.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::now;

/// A clock in Unix seconds.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<watch::Sender<i64>>>);

/// The machine may sleep or be set anew: the time is looked at so often.
const LOOK_EVERY_SECONDS: u64 = 30;

impl Clock {
    /// A clock that stands still until it is moved.
    pub fn standing_at(time: i64) -> Clock {
        Clock(Some(Arc::new(watch::Sender::new(time))))
    }

    /// Moves the hands of a standing clock.
    pub fn set(&self, time: i64) {
        if let Some(hands) = &self.0 {
            hands.send_replace(time);
        }
    }

    pub fn now(&self) -> i64 {
        self.0.as_ref().map_or_else(now, |hands| *hands.borrow())
    }

    /// Waits until it is `time`.
    pub async fn reaches(&self, time: i64) {
        let Some(hands) = &self.0 else {
            loop {
                let left = u64::try_from(time - now()).unwrap_or(0);
                if left == 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_secs(left.min(LOOK_EVERY_SECONDS))).await;
            }
        };
        // The sender lives as long as this clock.
        let _ = hands.subscribe().wait_for(|now| *now >= time).await;
    }
}

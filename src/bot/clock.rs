//! The time that briefings go by: the clock of the machine, as long as it is right, or one whose hands a
//! test moves.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::server_time::ServerTime;

/// A clock in Unix seconds.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    hands: Option<Arc<watch::Sender<i64>>>,
    machine: ServerTime,
}

/// The machine may sleep or be set anew: the time is looked at so often.
const CHECK_INTERVAL_SECONDS: u64 = 30;

impl Clock {
    /// A clock that stands still until it is moved.
    pub fn fixed(time: i64) -> Clock {
        let hands = Some(Arc::new(watch::Sender::new(time)));
        Clock { hands, ..Clock::default() }
    }

    /// Goes by Telegram's time where that of the machine is wrong.
    pub fn follow(&mut self, machine: &ServerTime) {
        self.machine = machine.clone();
    }

    /// Moves the hands of a standing clock.
    pub fn set(&self, time: i64) {
        if let Some(hands) = &self.hands {
            hands.send_replace(time);
        }
    }

    pub fn now(&self) -> i64 {
        self.hands.as_ref().map_or_else(|| self.machine.now(), |hands| *hands.borrow())
    }

    /// Waits until it is `time`.
    pub async fn wait_until(&self, time: i64) {
        let Some(hands) = &self.hands else {
            loop {
                let left = u64::try_from(time - self.machine.now()).unwrap_or(0);
                if left == 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_secs(left.min(CHECK_INTERVAL_SECONDS))).await;
            }
        };
        // The sender lives as long as this clock.
        let _ = hands.subscribe().wait_for(|now| *now >= time).await;
    }
}

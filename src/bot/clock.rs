//! Clock of the briefings: the machine's clock, corrected by Telegram's, or a fixed clock for
//! tests.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::server_time::ServerTime;

/// Clock in Unix seconds.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// Time of a fixed clock.
    fixed: Option<Arc<watch::Sender<i64>>>,
    server: ServerTime,
}

/// Maximum time between two looks at the machine's clock, which may be set at any time.
const CHECK_INTERVAL_SECONDS: u64 = 30;

impl Clock {
    /// Returns a clock that shows the same time until it is set.
    pub fn fixed(time: i64) -> Clock {
        let fixed = Some(Arc::new(watch::Sender::new(time)));
        Clock { fixed, ..Clock::default() }
    }

    /// Makes the clock use Telegram's time while the machine's clock is wrong.
    pub fn use_server_time(&mut self, server: &ServerTime) {
        self.server = server.clone();
    }

    /// Sets the time of a fixed clock. Has no effect on other clocks.
    pub fn set(&self, time: i64) {
        if let Some(fixed) = &self.fixed {
            fixed.send_replace(time);
        }
    }

    /// Returns the current time in Unix seconds.
    pub fn now(&self) -> i64 {
        self.fixed.as_ref().map_or_else(|| self.server.now(), |fixed| *fixed.borrow())
    }

    /// Waits until `time`, in Unix seconds.
    pub async fn wait_until(&self, time: i64) {
        let Some(fixed) = &self.fixed else {
            loop {
                let left = u64::try_from(time - self.server.now()).unwrap_or(0);
                if left == 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_secs(left.min(CHECK_INTERVAL_SECONDS))).await;
            }
        };
        // The wait cannot fail, since this clock holds the sender.
        let _ = fixed.subscribe().wait_for(|now| *now >= time).await;
    }
}

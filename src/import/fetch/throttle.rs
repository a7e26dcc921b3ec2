//! The throttle of requests to a host: one at a time, and an interval between the starts of two.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, sleep_until};

/// Maximum number of hosts whose last request is remembered.
const MAX_HOSTS: usize = 1024;

/// The turns of all hosts.
pub(super) struct Throttle {
    interval: Duration,
    hosts: Mutex<HashMap<String, Host>>,
}

struct Host {
    /// Time of the last call for this host.
    used: Instant,
    /// Interval that the host asks for.
    interval: Option<Duration>,
    turn: Arc<tokio::sync::Mutex<Turn>>,
}

/// State of a host that only the task of its current request changes.
#[derive(Default)]
struct Turn {
    /// Start of the last request.
    last: Option<Instant>,
}

/// The permission to send requests to a host, one after the other. The next task waits until it is
/// dropped.
pub(super) struct Permit {
    interval: Duration,
    turn: OwnedMutexGuard<Turn>,
}

impl Throttle {
    pub fn new(interval: Duration) -> Throttle {
        Throttle { interval, hosts: Mutex::default() }
    }

    /// Waits until a request to `host` may start.
    pub async fn acquire(&self, host: &str) -> Permit {
        let (turn, interval) = self.with_host(host, |entry| {
            (Arc::clone(&entry.turn), entry.interval.unwrap_or_default().max(self.interval))
        });
        let mut permit = Permit { interval, turn: turn.lock_owned().await };
        permit.wait().await;
        permit
    }

    /// Sets the interval that a host asks for. A shorter one than the own has no effect.
    pub fn set_interval(&self, host: &str, interval: Duration) {
        self.with_host(host, |entry| entry.interval = Some(interval));
    }

    fn with_host<T>(&self, host: &str, f: impl FnOnce(&mut Host) -> T) -> T {
        let mut hosts = self.hosts.lock();
        if hosts.len() >= MAX_HOSTS && !hosts.contains_key(host) {
            forget_idle(&mut hosts);
        }
        let entry = hosts.entry(host.to_owned()).or_insert_with(|| Host {
            used: Instant::now(),
            interval: None,
            turn: Arc::default(),
        });
        entry.used = Instant::now();
        f(entry)
    }
}

impl Permit {
    /// Waits for the interval since the last request, and starts the next.
    pub async fn wait(&mut self) {
        if let Some(last) = self.turn.last {
            sleep_until(last + self.interval).await;
        }
        self.turn.last = Some(Instant::now());
    }
}

/// Removes the half of the hosts that was not used for the longest time. A host with a request in
/// progress or waiting is kept.
fn forget_idle(hosts: &mut HashMap<String, Host>) {
    let mut times: Vec<Instant> = hosts.values().map(|host| host.used).collect();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    let median = *median;
    hosts.retain(|_, host| host.used > median || Arc::strong_count(&host.turn) > 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(1);
    const REQUEST: Duration = Duration::from_millis(300);

    /// Returns the start in milliseconds of each of `count` requests that begin at once.
    async fn starts(throttle: &Arc<Throttle>, host: &'static str, count: usize) -> Vec<u128> {
        let begin = Instant::now();
        let tasks = (0..count).map(|_| {
            let throttle = Arc::clone(throttle);
            tokio::spawn(async move {
                let permit = throttle.acquire(host).await;
                let start = begin.elapsed().as_millis();
                tokio::time::sleep(REQUEST).await;
                drop(permit);
                start
            })
        });
        let mut starts = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            starts.push(task.await.expect("the task does not panic"));
        }
        starts.sort_unstable();
        starts
    }

    #[tokio::test(start_paused = true)]
    async fn requests_to_a_host_start_an_interval_apart() {
        let throttle = Arc::new(Throttle::new(INTERVAL));
        assert_eq!(starts(&throttle, "a.example", 4).await, [0, 1000, 2000, 3000]);
        assert_eq!(starts(&throttle, "b.example", 1).await, [0]);
    }

    #[tokio::test(start_paused = true)]
    async fn requests_to_a_host_do_not_overlap() {
        let throttle = Arc::new(Throttle::new(Duration::from_millis(100)));
        assert_eq!(starts(&throttle, "a.example", 3).await, [0, 300, 600]);
    }

    #[tokio::test(start_paused = true)]
    async fn longer_interval_of_a_host_is_kept() {
        let throttle = Arc::new(Throttle::new(INTERVAL));
        throttle.set_interval("a.example", Duration::from_secs(5));
        throttle.set_interval("b.example", Duration::from_millis(10));
        assert_eq!(starts(&throttle, "a.example", 3).await, [0, 5000, 10000]);
        assert_eq!(starts(&throttle, "b.example", 2).await, [0, 1000]);
    }

    #[tokio::test(start_paused = true)]
    async fn number_of_hosts_is_bounded_and_hosts_in_use_are_kept() {
        let throttle = Throttle::new(INTERVAL);
        let _permit = throttle.acquire("busy.example").await;
        for number in 0..3 * MAX_HOSTS {
            tokio::time::advance(Duration::from_millis(1)).await;
            throttle.acquire(&format!("{number}.example")).await;
        }
        let hosts = throttle.hosts.lock();
        assert!(hosts.len() <= MAX_HOSTS);
        assert!(hosts.contains_key("busy.example"));
    }
}

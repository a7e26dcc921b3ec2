//! A counting semaphore whose waiting time is limited.

use std::time::Duration;

use parking_lot::{Condvar, Mutex};

/// A number of permits, each for one thread at a time.
pub struct TimedSemaphore {
    available: Mutex<usize>,
    released: Condvar,
}

/// A permit, released when it is dropped.
pub struct Permit<'a>(&'a TimedSemaphore);

impl TimedSemaphore {
    /// Creates a semaphore with `count` permits.
    pub fn new(count: usize) -> TimedSemaphore {
        TimedSemaphore { available: Mutex::new(count), released: Condvar::new() }
    }

    /// Waits until a permit is available. Returns `None` after `timeout`.
    pub fn acquire(&self, timeout: Duration) -> Option<Permit<'_>> {
        let mut available = self.available.lock();
        self.released.wait_while_for(&mut available, |available| *available == 0, timeout);
        if *available == 0 {
            return None;
        }
        *available -= 1;
        Some(Permit(self))
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.available.lock() += 1;
        self.0.released.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semaphore_times_out_until_a_permit_is_released() {
        let semaphore = TimedSemaphore::new(1);
        let permit = semaphore.acquire(Duration::ZERO);
        assert!(permit.is_some());
        assert!(semaphore.acquire(Duration::ZERO).is_none());
        drop(permit);
        assert!(semaphore.acquire(Duration::ZERO).is_some());
    }
}

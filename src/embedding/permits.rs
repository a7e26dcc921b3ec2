//! How many may do something at the same time, and how long the others wait.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A number of slots, of which each serves one thread at a time.
pub struct TimedSemaphore {
    free: Mutex<usize>,
    freed: Condvar,
}

/// A slot, until it is dropped.
pub struct Permit<'a>(&'a TimedSemaphore);

impl TimedSemaphore {
    pub fn new(count: usize) -> TimedSemaphore {
        TimedSemaphore { free: Mutex::new(count), freed: Condvar::new() }
    }

    /// A slot; `None` if none becomes free in time.
    pub fn take(&self, patience: Duration) -> Option<Permit<'_>> {
        let waited = self.freed.wait_timeout_while(self.free(), patience, |free| *free == 0);
        let (mut free, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *free == 0 {
            return None;
        }
        *free -= 1;
        Some(Permit(self))
    }

    // A number is whole whatever panicked.
    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_finds_no_slot_goes_without() {
        let slots = TimedSemaphore::new(1);
        let slot = slots.take(Duration::ZERO);
        assert!(slot.is_some());
        assert!(slots.take(Duration::ZERO).is_none());
        drop(slot);
        assert!(slots.take(Duration::ZERO).is_some());
    }
}

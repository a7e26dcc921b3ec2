//! A cache of one value that is valid for one state of the articles.

use parking_lot::Mutex;

/// One value, and the stamp of the corpus for which the value is valid.
#[derive(Debug)]
pub struct StampedCache<T>(Mutex<Option<([u8; 32], T)>>);

impl<T> StampedCache<T> {
    /// Replaces the value.
    pub fn put(&self, stamp: [u8; 32], value: T) {
        *self.0.lock() = Some((stamp, value));
    }

    /// Takes the value out of the cache if `is_wanted` accepts it, and returns it if its stamp is
    /// still valid.
    pub fn take_if(&self, stamp: [u8; 32], is_wanted: impl FnOnce(&T) -> bool) -> Option<T> {
        let (known, value) = self.0.lock().take_if(|(_, value)| is_wanted(value))?;
        (known == stamp).then_some(value)
    }
}

impl<T> Default for StampedCache<T> {
    fn default() -> Self {
        StampedCache(Mutex::new(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cached_value_is_taken_once_and_only_for_its_state_of_the_corpus() {
        let cache = StampedCache::default();
        let take = |wanted: &str, stamp| cache.take_if(stamp, |value| *value == wanted);
        assert_eq!(take("why?", [1; 32]), None);
        cache.put([1; 32], "why?");
        assert_eq!(take("who?", [1; 32]), None);
        assert_eq!(take("why?", [1; 32]), Some("why?"));
        assert_eq!(take("why?", [1; 32]), None);
        cache.put([1; 32], "why?");
        assert_eq!(take("why?", [2; 32]), None);
    }
}

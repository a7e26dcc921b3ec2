//! Queues by key: items of one key are processed one after the other, items of different keys
//! concurrently.
//!
//! Each key with items has one worker. Adding the first item of a key starts its worker, and a
//! worker ends when it finds no further item. Both happen under one lock, so no item is left
//! without a worker. A worker that ends early, since the bot stops, leaves the items of its key in
//! the queue.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use parking_lot::Mutex;
use tokio_util::task::TaskTracker;

/// Items of one key, in the order in which the worker takes them.
pub trait ItemQueue: Default {
    type Item;

    /// Adds an item. Returns whether the item was added.
    fn push(&mut self, item: Self::Item) -> bool;

    /// Takes the next item. The worker has finished the previous one.
    fn pop(&mut self) -> Option<Self::Item>;
}

/// First-in, first-out queue without duplicates: an item that waits or is in progress is not added
/// again.
#[derive(Debug)]
pub struct DistinctItems<T> {
    in_progress: Option<T>,
    waiting: VecDeque<T>,
}

/// Queues by key, with their workers.
pub struct KeyedQueue<K, Q> {
    state: Mutex<State<K, Q>>,
    workers: TaskTracker,
    observe: Box<dyn Fn(QueueSize) + Send + Sync>,
}

struct State<K, Q> {
    queues: HashMap<K, Q>,
    waiting: usize,
}

/// Size of a keyed queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueSize {
    /// Number of keys with a worker.
    pub keys: usize,
    /// Number of items that no worker has taken yet.
    pub waiting: usize,
}

impl<K: Copy + Eq + Hash, Q: ItemQueue> KeyedQueue<K, Q> {
    /// Returns an empty queue. `observe` is called with the size after each change, in the order of
    /// the changes, while the queue is locked.
    pub fn new(observe: impl Fn(QueueSize) + Send + Sync + 'static) -> KeyedQueue<K, Q> {
        let state = State { queues: HashMap::new(), waiting: 0 };
        KeyedQueue {
            state: Mutex::new(state),
            workers: TaskTracker::new(),
            observe: Box::new(observe),
        }
    }

    /// Adds an item to the queue of its key. Spawns `worker` if the key has no worker, which must
    /// then call [`next`](Self::next) until it returns `None`.
    pub fn add<W>(&self, key: K, item: Q::Item, worker: impl FnOnce() -> W)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let mut state = self.state.lock();
        let has_worker = state.queues.contains_key(&key);
        let is_added = state.queues.entry(key).or_default().push(item);
        state.waiting += usize::from(is_added);
        (self.observe)(state.size());
        drop(state);
        if !has_worker {
            self.workers.spawn(worker());
        }
    }

    /// Takes the next item of a key, after the previous one was processed. After `None`, the worker
    /// of the key must end.
    pub fn next(&self, key: K) -> Option<Q::Item> {
        let mut state = self.state.lock();
        let next = state.queues.get_mut(&key).and_then(Q::pop);
        match next {
            Some(_) => state.waiting -= 1,
            None => drop(state.queues.remove(&key)),
        }
        (self.observe)(state.size());
        next
    }

    /// Waits until all workers have ended. Workers must not be started afterwards.
    pub async fn finish(&self) {
        self.workers.close();
        self.workers.wait().await;
    }
}

impl<K, Q> State<K, Q> {
    fn size(&self) -> QueueSize {
        QueueSize { keys: self.queues.len(), waiting: self.waiting }
    }
}

impl<T> Default for DistinctItems<T> {
    fn default() -> Self {
        DistinctItems { in_progress: None, waiting: VecDeque::new() }
    }
}

impl<T: Copy + PartialEq> ItemQueue for DistinctItems<T> {
    type Item = T;

    fn push(&mut self, item: T) -> bool {
        let is_new = self.in_progress != Some(item) && !self.waiting.contains(&item);
        if is_new {
            self.waiting.push_back(item);
        }
        is_new
    }

    fn pop(&mut self) -> Option<T> {
        self.in_progress = self.waiting.pop_front();
        self.in_progress
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Semaphore;

    use super::*;

    type Processed = Arc<Mutex<Vec<(char, u32)>>>;

    struct Bench {
        queue: Arc<KeyedQueue<char, DistinctItems<u32>>>,
        sizes: Arc<Mutex<Vec<(usize, usize)>>>,
        processed: Processed,
        /// Each item takes one permit.
        permits: Arc<Semaphore>,
    }

    impl Bench {
        fn new(permits: usize) -> Bench {
            let sizes = Arc::new(Mutex::new(Vec::new()));
            let observed = sizes.clone();
            let queue =
                KeyedQueue::new(move |size| observed.lock().push((size.keys, size.waiting)));
            let permits = Arc::new(Semaphore::new(permits));
            Bench { queue: Arc::new(queue), sizes, processed: Processed::default(), permits }
        }

        fn add(&self, key: char, item: u32) {
            let (queue, processed) = (self.queue.clone(), self.processed.clone());
            let permits = self.permits.clone();
            self.queue.add(key, item, || async move {
                while let Some(item) = queue.next(key) {
                    permits.acquire().await.expect("it is never closed").forget();
                    processed.lock().push((key, item));
                }
            });
        }
    }

    #[tokio::test]
    async fn keyed_queue_keeps_the_order_within_a_key() {
        let bench = Bench::new(usize::MAX >> 4);
        for item in 0..100 {
            bench.add(if item % 2 == 0 { 'a' } else { 'b' }, item);
        }
        bench.queue.finish().await;
        let processed = bench.processed.lock().clone();
        assert_eq!(processed.len(), 100);
        for key in ['a', 'b'] {
            let items = processed.iter().filter(|(found, _)| *found == key);
            assert!(items.is_sorted(), "{processed:?}");
        }
        assert_eq!(bench.sizes.lock().last(), Some(&(0, 0)));
    }

    #[tokio::test]
    async fn keyed_queue_adds_no_item_that_waits_or_is_in_progress() {
        let bench = Bench::new(0);
        bench.add('a', 1);
        tokio::task::yield_now().await;
        bench.add('a', 1);
        bench.add('a', 2);
        bench.add('a', 2);
        bench.add('b', 1);
        assert_eq!(*bench.sizes.lock(), [(1, 1), (1, 0), (1, 0), (1, 1), (1, 1), (2, 2)]);
        bench.permits.add_permits(3);
        while bench.processed.lock().len() < 3 {
            tokio::task::yield_now().await;
        }
        // An item that was processed may come again.
        bench.permits.add_permits(1);
        bench.add('a', 1);
        bench.queue.finish().await;
        let mut processed = bench.processed.lock().clone();
        processed.sort_unstable();
        assert_eq!(processed, [('a', 1), ('a', 1), ('a', 2), ('b', 1)]);
    }
}

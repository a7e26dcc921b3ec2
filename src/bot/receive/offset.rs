//! Offset of long polling: which updates are confirmed, and how an update that cannot be parsed is
//! passed.
//!
//! An update is confirmed by requesting the updates after it. A response that cannot be split into
//! its updates is requested again with a single update, to find the one that causes it.

use serde_json::Value;

use super::placeholder::placeholder;
use crate::bot::api::update_batch::{Received, UnsplittableBatch, id_of};

/// Maximum number of updates in a response.
const MAX_BATCH: u8 = 100;
/// Number of attempts at a single update after which it is skipped. The network may have damaged
/// the first responses.
const MAX_TRIES: u32 = 3;

/// Offset of the next request.
#[derive(Debug, Default)]
pub struct Offset {
    /// Id of the first update that is not confirmed. `None` before the first update.
    next: Option<i64>,
    /// Whether the next request is for a single update, since a response could not be split.
    is_single: bool,
    /// Number of responses in a row that confirmed nothing.
    stalls: u32,
    /// Whether the last response contained an update that can be neither parsed nor confirmed.
    is_stuck: bool,
}

/// Result of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Updates were confirmed, or there were none.
    Made,
    /// Telegram has updates that cannot be confirmed, and returns them again.
    Stalled {
        /// Number of earlier responses in a row that confirmed nothing.
        before: u32,
    },
}

impl Offset {
    /// Returns the id of the first update to request.
    pub fn next(&self) -> Option<i64> {
        self.next
    }

    /// Returns the maximum number of updates to request.
    pub fn limit(&self) -> u8 {
        if self.is_single { 1 } else { MAX_BATCH }
    }

    /// Returns the updates of a response, with a placeholder for each update that cannot be parsed.
    pub fn split(&mut self, received: Vec<Received>) -> Vec<Value> {
        self.is_single = false;
        let mut has_unknown_id = false;
        let readable = |received| match received {
            Received::Parsed(update) => Some(update),
            Received::Unreadable { id: Some(id) } => Some(placeholder(id)),
            Received::Unreadable { id: None } => {
                has_unknown_id = true;
                None
            }
        };
        let updates = received.into_iter().filter_map(readable).collect();
        if has_unknown_id && !self.is_stuck {
            tracing::warn!("an update without a readable id is skipped");
        }
        self.is_stuck = has_unknown_id;
        updates
    }

    /// Returns a placeholder for the update that prevents a response from being split, once that
    /// update was requested alone often enough. Before, returns nothing.
    pub fn not_split(&mut self, UnsplittableBatch { first }: &UnsplittableBatch) -> Vec<Value> {
        self.is_stuck = true;
        let is_certain = self.is_single && self.stalls >= MAX_TRIES;
        self.is_single = true;
        first.filter(|_| is_certain).map(placeholder).into_iter().collect()
    }

    /// Moves the offset behind updates that are in the journal.
    pub fn confirm(&mut self, updates: &[Value]) -> Progress {
        let before = self.next;
        let next = updates.iter().filter_map(id_of).max().map(|last| last.get() + 1);
        self.next = next.or(before);
        if self.next != before || (updates.is_empty() && !self.is_stuck) {
            self.stalls = 0;
            self.is_stuck = false;
            return Progress::Made;
        }
        let before = self.stalls;
        self.stalls = self.stalls.saturating_add(1);
        Progress::Stalled { before }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ids::UpdateId;

    fn update(id: i64) -> Received {
        Received::Parsed(json!({ "update_id": id }))
    }

    #[test]
    fn offset_passes_updates_that_cannot_be_read() {
        let mut offset = Offset::default();
        let read =
            offset.split(vec![update(7), Received::Unreadable { id: Some(UpdateId::new(8)) }]);
        assert_eq!(read, [json!({"update_id": 7}), json!({"update_id": 8})]);
        assert_eq!((offset.confirm(&read), offset.next), (Progress::Made, Some(9)));
        let read = offset.split(Vec::new());
        assert_eq!((offset.confirm(&read), offset.next), (Progress::Made, Some(9)));
        // An update without an id is passed once another update follows.
        for before in 0..2 {
            let read = offset.split(vec![Received::Unreadable { id: None }]);
            let progress = offset.confirm(&read);
            assert_eq!((progress, offset.next), (Progress::Stalled { before }, Some(9)));
        }
        let read = offset.split(vec![Received::Unreadable { id: None }, update(10)]);
        assert_eq!((offset.confirm(&read), offset.next), (Progress::Made, Some(11)));
    }

    #[test]
    fn offset_passes_an_update_that_prevents_the_split_of_a_response() {
        let mut offset = Offset::default();
        let unsplittable = UnsplittableBatch { first: Some(UpdateId::new(7)) };
        let mut requests = 0;
        let skipped = loop {
            requests += 1;
            let read = offset.not_split(&unsplittable);
            let progress = offset.confirm(&read);
            if progress == Progress::Made {
                break read;
            }
            assert_eq!((read.len(), offset.limit()), (0, 1));
        };
        assert_eq!((skipped, offset.next), (vec![json!({"update_id": 7})], Some(8)));
        assert_eq!(requests, 1 + MAX_TRIES);
        offset.split(Vec::new());
        assert_eq!(offset.limit(), MAX_BATCH);
    }

    #[test]
    fn offset_never_passes_updates_without_any_id() {
        let mut offset = Offset { next: Some(5), ..Offset::default() };
        for before in 0..100 {
            let read = offset.not_split(&UnsplittableBatch { first: None });
            let progress = offset.confirm(&read);
            assert_eq!((progress, offset.next), (Progress::Stalled { before }, Some(5)));
        }
    }
}

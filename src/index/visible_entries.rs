//! The entries of an index that a restricted snapshot shows, as a filter of Tantivy's queries.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

/// Number of entries in a word of an [`EntrySet`].
const WORD_BITS: usize = u64::BITS as usize;

/// A set of entries of one segment.
#[derive(Debug, Default)]
pub struct EntrySet {
    words: Vec<u64>,
    count: u32,
}

/// The visible entries of all segments. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct VisibleEntries(Arc<HashMap<SegmentId, Arc<EntrySet>>>);

impl EntrySet {
    /// Returns whether the set has an entry.
    pub fn contains(&self, entry: DocId) -> bool {
        let word = self.words.get(entry as usize / WORD_BITS).copied().unwrap_or(0);
        word >> (entry as usize % WORD_BITS) & 1 == 1
    }

    /// Returns the number of entries.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Returns the first entry that is not below `from`, or [`TERMINATED`].
    fn next(&self, from: DocId) -> DocId {
        let at = from as usize / WORD_BITS;
        let Some(word) = self.words.get(at) else { return TERMINATED };
        let rest = word & (u64::MAX << (from as usize % WORD_BITS));
        let later = (at + 1..self.words.len()).map(|at| (at, self.words[at]));
        let found = std::iter::once((at, rest)).chain(later).find(|(_, word)| *word != 0);
        found.map_or(TERMINATED, |(at, word)| (at * WORD_BITS) as DocId + word.trailing_zeros())
    }

    /// Returns the entries in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = DocId> + '_ {
        let existing = |entry: DocId| Some(entry).filter(|entry| *entry != TERMINATED);
        std::iter::successors(existing(self.next(0)), move |entry| existing(self.next(entry + 1)))
    }
}

impl FromIterator<DocId> for EntrySet {
    fn from_iter<I: IntoIterator<Item = DocId>>(entries: I) -> EntrySet {
        let mut set = EntrySet::default();
        for entry in entries {
            let at = entry as usize / WORD_BITS;
            if at >= set.words.len() {
                set.words.resize(at + 1, 0);
            }
            set.words[at] |= 1 << (entry as usize % WORD_BITS);
        }
        set.count = set.words.iter().map(|word| word.count_ones()).sum();
        set
    }
}

impl FromIterator<(SegmentId, EntrySet)> for VisibleEntries {
    fn from_iter<I: IntoIterator<Item = (SegmentId, EntrySet)>>(segments: I) -> VisibleEntries {
        let segments = segments.into_iter().map(|(id, entries)| (id, Arc::new(entries)));
        VisibleEntries(Arc::new(segments.collect()))
    }
}

impl VisibleEntries {
    /// Returns the visible entries of a segment.
    pub fn of(&self, segment: &SegmentReader) -> Arc<EntrySet> {
        self.0.get(&segment.segment_id()).cloned().unwrap_or_default()
    }

    /// Returns the number of visible entries.
    pub fn count(&self) -> u64 {
        self.0.values().map(|entries| u64::from(entries.count())).sum()
    }
}

/// A query for the visible entries. Each has the score 0.
impl Query for VisibleEntries {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for VisibleEntries {
    fn scorer(&self, segment: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let entries = self.of(segment);
        Ok(Box::new(EntryScorer { entry: entries.next(0), entries }))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("visible", 0.0))
    }
}

/// An iterator over the entries of a set, as Tantivy's queries need it.
struct EntryScorer {
    entries: Arc<EntrySet>,
    entry: DocId,
}

impl DocSet for EntryScorer {
    fn advance(&mut self) -> DocId {
        if self.entry != TERMINATED {
            self.entry = self.entries.next(self.entry + 1);
        }
        self.entry
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.entry < target {
            self.entry = if target == TERMINATED { TERMINATED } else { self.entries.next(target) };
        }
        self.entry
    }

    fn doc(&self) -> DocId {
        self.entry
    }

    fn size_hint(&self) -> u32 {
        self.entries.count()
    }
}

impl Scorer for EntryScorer {
    fn score(&mut self) -> Score {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_set_iterates_and_seeks_over_words() {
        let entries = [0, 1, 63, 64, 200, 500];
        let set: EntrySet = entries.into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), entries);
        assert_eq!(set.count(), 6);
        assert!(entries.iter().all(|entry| set.contains(*entry)));
        assert!(!set.contains(2) && !set.contains(501) && !set.contains(100_000));
        let mut scorer = EntryScorer { entry: set.next(0), entries: Arc::new(set) };
        assert_eq!([scorer.seek(0), scorer.seek(2), scorer.advance()], [0, 63, 64]);
        assert_eq!(
            [scorer.seek(201), scorer.advance(), scorer.advance()],
            [500, TERMINATED, TERMINATED]
        );
        assert_eq!(scorer.seek(TERMINATED), TERMINATED);
        assert_eq!(EntrySet::default().iter().count(), 0);
    }
}

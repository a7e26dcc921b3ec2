//! The numbers by which people name the schedules and watches of a chat and topic.

use std::collections::BTreeSet;

/// What became of something that a chat may have several of, up to a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added<Id> {
    New {
        id: Id,
        number: u32,
    },
    /// It is there, and nothing has changed.
    Already {
        id: Id,
        number: u32,
    },
    /// The chat and topic has as many as it may.
    Full,
}

/// A number as it is in a row. One that came in from elsewhere may be out of range, and must not keep the
/// others from being read.
pub(super) fn read(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The smallest number from 1 that is not taken.
pub(super) fn free(taken: impl IntoIterator<Item = u32>) -> u32 {
    let taken: BTreeSet<_> = taken.into_iter().collect();
    (1..u32::MAX).find(|number| !taken.contains(number)).unwrap_or(u32::MAX)
}

/// A number that moves to another chat: itself if it is free there.
pub(super) fn kept_if_free(number: u32, taken: impl IntoIterator<Item = u32>) -> u32 {
    let taken: Vec<_> = taken.into_iter().collect();
    if taken.contains(&number) { free(taken) } else { number }
}

/// Whether two texts have the same words, in whatever case.
pub(super) fn are_same_words(one: &str, other: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    words(one) == words(other)
}

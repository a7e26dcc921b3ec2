//! Numbers by which people refer to the schedules and watches of a chat and topic.

use std::collections::BTreeSet;

/// Outcome of adding a schedule or watch. Their number per chat and topic is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added<Id> {
    New {
        id: Id,
        number: u32,
    },
    /// An equal one existed before, and nothing was added.
    Already {
        id: Id,
        number: u32,
    },
    /// The chat and topic has reached the limit.
    Full,
}

/// Reads a number from a row. A number out of range, as an import can bring it, becomes the largest
/// one, so that the other rows can still be read.
pub(super) fn from_sql(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Returns the smallest number from 1 that is not taken.
pub(super) fn smallest_free(taken: impl IntoIterator<Item = u32>) -> u32 {
    let taken: BTreeSet<_> = taken.into_iter().collect();
    (1..u32::MAX).find(|number| !taken.contains(number)).unwrap_or(u32::MAX)
}

/// Returns the number itself if it is free in another chat, or else the smallest free number.
pub(super) fn keep_if_free(number: u32, taken: impl IntoIterator<Item = u32>) -> u32 {
    let taken: Vec<_> = taken.into_iter().collect();
    if taken.contains(&number) { smallest_free(taken) } else { number }
}

/// Returns whether two texts have the same words, ignoring case and spaces.
pub(super) fn are_same_words(one: &str, other: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    words(one) == words(other)
}

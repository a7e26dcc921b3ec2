//! The known name that an unknown name was probably meant to be. Pure.

/// Returns the most similar known name, if it is similar enough to be meant.
pub(super) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let distance = |known: &str| strsim::damerau_levenshtein(&name.to_lowercase(), known);
    let best = known.iter().copied().min_by_key(|known| distance(known))?;
    is_near(name, best).then_some(best)
}

/// Returns whether a name differs from a known name by at most a third of the characters, or one is
/// a prefix of the other.
pub(super) fn is_near(name: &str, known: &str) -> bool {
    let name = name.to_lowercase();
    let max_distance = (known.chars().count().max(name.chars().count()) / 3).max(1);
    let is_mistyped = strsim::damerau_levenshtein(&name, known) <= max_distance;
    // Examples are `max_length` for `max_len`, and `monitoring` for `monitor`.
    let is_longer =
        known.len() >= 4 && name.starts_with(known) || name.len() >= 4 && known.starts_with(&name);
    is_mistyped || is_longer
}

/// Returns the letters and digits of a name, in lower case.
pub(super) fn normalized(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

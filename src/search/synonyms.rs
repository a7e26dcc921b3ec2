//! English synonyms, from WordNet. Pure.

use std::sync::LazyLock;

use crate::index::analyzer;
use crate::index::language::Language;

/// Lines of a word and its synonyms, in ascending order.
static LINES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("english/synonyms.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});

/// Minimum length of a stem that has synonyms, in bytes.
const MIN_BYTES: usize = 3;

/// Returns the stems of the synonyms of all words with an English stem.
pub fn synonyms(stem: &str) -> Vec<String> {
    let stemmer = Language::of_code("en").stemmer();
    let mut found: Vec<String> = Vec::new();
    for other in words(stem).into_iter().map(|word| analyzer::stem(stemmer.as_ref(), word)) {
        if other != stem && !found.contains(&other) {
            found.push(other);
        }
    }
    found
}

/// Returns the synonyms of all words with an English stem, not stemmed.
pub fn words(stem: &str) -> Vec<&'static str> {
    if stem.len() < MIN_BYTES {
        return Vec::new();
    }
    // A stem is a prefix of its words, except for its last letter: `happi`, `happy`.
    let prefix = &stem[..stem.floor_char_boundary(stem.len().saturating_sub(1))];
    let first = LINES.partition_point(|line| *line < prefix);
    let lines = LINES[first..].iter().take_while(|line| line.starts_with(prefix));
    let stemmer = Language::of_code("en").stemmer();
    let synonyms = lines.filter_map(|line| {
        let (word, others) = line.split_once(' ')?;
        (analyzer::stem(stemmer.as_ref(), word) == stem).then(|| others.split(' '))
    });
    synonyms.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_are_found_by_the_stem() {
        assert!(synonyms("begin").contains(&"start".to_owned()));
        assert!(synonyms("religion").contains(&"faith".to_owned()));
        assert_eq!(synonyms("helmand"), Vec::<String>::new());
        assert_eq!(synonyms(""), Vec::<String>::new());
    }

    #[test]
    fn synonyms_file_is_sorted() {
        let words: Vec<_> = LINES.iter().map(|line| line.split(' ').next()).collect();
        assert!(words.is_sorted() && words.len() > 5000);
    }
}

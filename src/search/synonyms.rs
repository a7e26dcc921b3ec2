//! Words that mean about the same as an English word. Pure.

use std::sync::LazyLock;

use crate::index::analyzer::{self, Language};

/// A word and its synonyms a line, ascending.
static LINES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("english/synonyms.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});

const MIN_BYTES: usize = 3;

/// Stems of the synonyms of all words that have this English stem.
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

/// The synonyms themselves, those of one word after those of another.
pub fn words(stem: &str) -> Vec<&'static str> {
    if stem.len() < MIN_BYTES {
        return Vec::new();
    }
    // A stem ends like its words, but for a last letter: `happi`, `happy`.
    let beginning = &stem[..stem.floor_char_boundary(stem.len().saturating_sub(1))];
    let first = LINES.partition_point(|line| *line < beginning);
    let near = LINES[first..].iter().take_while(|line| line.starts_with(beginning));
    let stemmer = Language::of_code("en").stemmer();
    let others = near.filter_map(|line| {
        let (word, others) = line.split_once(' ')?;
        (analyzer::stem(stemmer.as_ref(), word) == stem).then(|| others.split(' '))
    });
    others.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_each_of_its_forms() {
        assert!(synonyms("begin").contains(&"start".to_owned()));
        assert!(synonyms("religion").contains(&"faith".to_owned()));
        assert_eq!(synonyms("helmand"), Vec::<String>::new());
        assert_eq!(synonyms(""), Vec::<String>::new());
    }

    #[test]
    fn the_list_is_sorted() {
        let words: Vec<_> = LINES.iter().map(|line| line.split(' ').next()).collect();
        assert!(words.is_sorted() && words.len() > 5000);
    }
}

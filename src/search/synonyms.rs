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
    let mut found: Vec<String> = Vec::new();
    if stem.len() < MIN_BYTES {
        return found;
    }
    // A stem ends like its words, but for a last letter: `happi`, `happy`.
    let beginning = &stem[..stem.floor_char_boundary(stem.len().saturating_sub(1))];
    let first = LINES.partition_point(|line| *line < beginning);
    let near = LINES[first..].iter().take_while(|line| line.starts_with(beginning));
    let stemmer = Language::of_code("en").stemmer();
    let stem_of = |word: &str| analyzer::stem(stemmer.as_ref(), word);
    for line in near {
        let mut words = line.split(' ');
        if words.next().is_none_or(|word| stem_of(word) != stem) {
            continue;
        }
        for other in words.map(stem_of) {
            if other != stem && !found.contains(&other) {
                found.push(other);
            }
        }
    }
    found
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

//! Headings that only a style sheet makes visible.
//!
//! Some programs write every heading as a paragraph with a class. If a book has no heading elements
//! at all, short paragraphs in a larger font than most of the text become headings.

use std::collections::{BTreeMap, HashMap};

use crate::import::markup::NodeId;

use super::content::{ContentFile, Contents};

/// Minimum ratio of the size of a heading to that of most of the text, in percent.
const MIN_PERCENT: u32 = 115;
/// Maximum length of a heading, in characters.
const MAX_CHARS: usize = 120;
/// Maximum share of headings among the paragraphs, in percent.
const MAX_SHARE: usize = 30;
/// Size of the text of a body, in points.
const BODY_POINTS: f32 = 12.0;
/// Names of headings by the rank of their size. The first level is that of the chapters.
const NAMES: [&str; 4] = ["h2", "h3", "h4", "h5"];
/// Sizes that are words, in percent.
const KEYWORDS: [(&str, u32); 7] = [
    ("xx-large", 200),
    ("x-large", 150),
    ("larger", 120),
    ("large", 120),
    ("x-small", 70),
    ("smaller", 83),
    ("small", 85),
];

/// Font sizes of classes.
#[derive(Debug, Default)]
pub struct Sizes(HashMap<String, u32>);

impl Sizes {
    /// Adds the sizes that a style sheet sets for single classes, in percent of that of the text.
    pub fn add(&mut self, css: &str) {
        for rule in without_comments(css).split('}') {
            let Some((selectors, declarations)) = rule.split_once('{') else { continue };
            let size = declarations.split(';').find_map(|declaration| {
                let (name, value) = declaration.split_once(':')?;
                (name.trim() == "font-size").then(|| percent(value.trim()))?
            });
            for selector in selectors.split(',').map(str::trim) {
                let class = selector.split_once('.').map(|(_, class)| class);
                let is_simple = |class: &&str| !class.contains([' ', '.', ':', '>', '#', '[']);
                if let (Some(class), Some(size)) = (class.filter(is_simple), size) {
                    self.0.insert(class.to_owned(), size);
                }
            }
        }
    }

    /// Returns the size of a paragraph, whose whole text may be in an element within.
    fn of(&self, file: &ContentFile, paragraph: NodeId) -> u32 {
        let tree = &file.tree;
        let text = tree.joined_text(paragraph);
        let mut size = 100;
        for id in tree.subtree(paragraph).filter(|id| tree.text(*id).is_none()) {
            if id != paragraph && tree.joined_text(id).trim().len() < text.trim().len() {
                break;
            }
            let classes = tree.attribute(id, "class").unwrap_or_default();
            let own = classes.split_whitespace().find_map(|class| self.0.get(class));
            size = size * own.copied().unwrap_or(100) / 100;
        }
        size
    }
}

/// Returns a size in percent of that of the text.
fn percent(value: &str) -> Option<u32> {
    if let Some((_, percent)) = KEYWORDS.iter().find(|(word, _)| *word == value) {
        return Some(*percent);
    }
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    let unit = &value[number.len()..];
    let number: f32 = number.trim().parse().ok()?;
    let percent = match unit {
        "em" | "rem" => number * 100.0,
        "%" => number,
        "pt" => number / BODY_POINTS * 100.0,
        "px" => number * 0.75 / BODY_POINTS * 100.0,
        _ => return None,
    };
    (percent > 0.0 && percent < 1000.0).then_some(percent as u32)
}

fn without_comments(css: &str) -> String {
    let mut parts = css.split("/*");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once("*/").map_or("", |(_, rest)| rest));
    }
    text
}

/// Turns the paragraphs in a large font to headings. For a book that has no heading elements.
pub fn mark_headings(contents: &mut Contents, sizes: &Sizes) {
    let mut paragraphs: Vec<(usize, NodeId, u32)> = Vec::new();
    let mut words_by_size: BTreeMap<u32, usize> = BTreeMap::new();
    for (index, file) in contents.files.iter().enumerate().filter(|(_, file)| file.is_in_spine) {
        let tree = &file.tree;
        for id in tree.subtree(file.body).filter(|id| tree.name(*id) == "p" && tree.has_text(*id)) {
            let size = sizes.of(file, id);
            *words_by_size.entry(size).or_default() += file.words(id, tree.end(id));
            paragraphs.push((index, id, size));
        }
    }
    let Some((main, _)) = words_by_size.iter().max_by_key(|(_, words)| **words) else { return };
    let is_large = |(index, id, size): &(usize, NodeId, u32)| {
        let text = contents.files[*index].tree.joined_text(*id);
        let text = text.trim();
        *size * 100 >= *main * MIN_PERCENT
            && text.chars().count() <= MAX_CHARS
            && text.chars().any(char::is_alphabetic)
            && !text.ends_with([',', ';'])
    };
    let large: Vec<_> = paragraphs.iter().filter(|paragraph| is_large(paragraph)).collect();
    if large.len() * 100 > paragraphs.len() * MAX_SHARE {
        return;
    }
    let mut ranks: Vec<u32> = large.iter().map(|(_, _, size)| *size).collect();
    ranks.sort_unstable_by(|a, b| b.cmp(a));
    ranks.dedup();
    for (index, id, size) in large {
        let rank = ranks.iter().position(|other| other == size).unwrap_or(0);
        let name = NAMES[rank.min(NAMES.len() - 1)];
        contents.files[*index].tree.rename(*id, name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_classes_are_read() {
        let mut sizes = Sizes::default();
        sizes.add(
            "/* p.x { font-size: 9em } */ p.a, .b { color: red; font-size: 1.5em; } \
             .c { font-size: 18pt } .d { font-size: large } .e .f { font-size: 2em } .g { x: y }",
        );
        let mut found: Vec<_> = sizes.0.into_iter().collect();
        found.sort();
        let expected = [("a", 150), ("b", 150), ("c", 150), ("d", 120)];
        assert_eq!(found, expected.map(|(class, size)| (class.to_owned(), size)));
    }
}

//! Names of the files and folders that an import makes. Pure.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use crate::corpus::{Selection, is_unsafe_control};

/// Maximum length of one name, in bytes, without its extension.
const MAX_NAME_BYTES: usize = 80;
/// Maximum number of folders within each other that a source may propose.
const MAX_DEPTH: usize = 4;
/// Name of an article or a folder without any letter or digit in its title.
const NAMELESS: &str = "article";
/// Extension of an imported article.
pub const EXTENSION: &str = "md";

/// Returns the name for a title: letters and digits in lower case with `-` between the words.
/// Returns `None` if the title has neither letters nor digits.
pub fn slug(title: &str) -> Option<String> {
    let mut slug = String::new();
    let mut is_gap = false;
    for c in title.nfc().flat_map(char::to_lowercase) {
        match c {
            // An apostrophe is within a word. Persian spelling has the zero-width non-joiner.
            '\'' | '’' => {}
            c if is_unsafe_control(c) && c != '\u{200c}' => {}
            c if c.is_alphanumeric() || is_mark(c) || c == '\u{200c}' => {
                if is_gap && !slug.is_empty() {
                    slug.push('-');
                }
                is_gap = false;
                slug.push(c);
            }
            _ => is_gap = true,
        }
    }
    if slug.len() > MAX_NAME_BYTES {
        let end = slug.floor_char_boundary(MAX_NAME_BYTES);
        let word_end = slug[..end].rfind('-').filter(|word_end| *word_end > MAX_NAME_BYTES / 2);
        slug.truncate(word_end.unwrap_or(end));
    }
    Some(slug).filter(|slug| slug.contains(char::is_alphanumeric))
}

/// Returns whether a character is a vowel sign or an accent on the letter before it.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Returns the path for a proposed one, such as `Part one/The tides`, without extension.
pub fn slug_path(proposed: &str) -> String {
    let names = proposed.split(['/', '\\']).filter(|name| !matches!(*name, "" | "." | ".."));
    let names: Vec<_> = names.map(|name| slug(name).unwrap_or_else(|| NAMELESS.into())).collect();
    let first = names.len().saturating_sub(MAX_DEPTH);
    match names[first..].join("/") {
        path if path.is_empty() => NAMELESS.to_owned(),
        path => path,
    }
}

/// The paths that are taken in a corpus. Case and extensions do not matter: two articles with the
/// same path but for these would share an id, or a file on some systems.
#[derive(Debug, Default)]
pub struct TakenPaths(HashSet<String>);

impl TakenPaths {
    /// Takes the path of a file.
    pub fn take(&mut self, file: &str) {
        self.0.insert(stem(file));
    }

    /// Returns the path of a new file in `folder`, and takes it. `proposed` is a path below the
    /// folder without extension. A number is added if the path is taken, and a word if the defaults
    /// of `selection` leave out files of this name.
    pub fn new_file(&mut self, folder: &str, proposed: &str, selection: &Selection) -> String {
        let mut base = match folder {
            "" => slug_path(proposed),
            folder => format!("{folder}/{}", slug_path(proposed)),
        };
        if selection.excluded_by(&format!("{base}.{EXTENSION}")).is_some() {
            base.push_str("-article");
        }
        let mut path = base.clone();
        let mut number = 2;
        while self.0.contains(&stem(&path)) {
            path = format!("{base}-{number}");
            number += 1;
        }
        let file = format!("{path}.{EXTENSION}");
        self.take(&file);
        file
    }
}

/// Returns the path without the extension in one form.
fn stem(file: &str) -> String {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    format!("{folder}/{stem}").nfc().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_name_is_made_of_the_words_of_a_title() {
        let check = |title: &str, expected: Option<&str>| {
            assert_eq!(slug(title).as_deref(), expected, "{title}");
        };
        check("The tides: spring & neap", Some("the-tides-spring-neap"));
        check("  Iran’s  water-share, 1973 ", Some("irans-water-share-1973"));
        check("../../etc/passwd", Some("etc-passwd"));
        check(".hidden", Some("hidden"));
        check("CON", Some("con"));
        check("سد کمال‌خان", Some("سد-کمال‌خان"));
        check("水の分け前", Some("水の分け前"));
        check("हिन्दी", Some("हिन्दी"));
        check("Über\u{202e}\u{0}", Some("über"));
        check("???", None);
        check("", None);
        let long = slug(&"tide ".repeat(50)).expect("it has letters");
        assert!(long.len() <= MAX_NAME_BYTES && long.ends_with("tide"), "{long}");
        let long = slug(&"水".repeat(90)).expect("it has letters");
        assert!(long.len() <= MAX_NAME_BYTES && long.chars().all(|c| c == '水'));
    }

    #[test]
    fn file_name_keeps_the_last_folders_of_a_path() {
        let check = |path: &str, expected: &str| assert_eq!(slug_path(path), expected, "{path}");
        check("Part one/The tides", "part-one/the-tides");
        check("../..", "article");
        check("a/b/c/d/e", "b/c/d/e");
        check("/etc/!", "etc/article");
        check("C:\\posts\\Ebb", "c/posts/ebb");
    }

    #[test]
    fn file_name_is_new_and_one_of_an_article() {
        let mut taken = TakenPaths::default();
        let selection = Selection::default();
        taken.take("Tides.txt");
        taken.take("blog/ebb.md");
        let mut check = |folder: &str, proposed: &str, expected: &str| {
            assert_eq!(taken.new_file(folder, proposed, &selection), expected);
        };
        check("", "Tides", "tides-2.md");
        check("", "Tides", "tides-3.md");
        check("blog", "Ebb", "blog/ebb-2.md");
        check("blog", "tides", "blog/tides.md");
        check("", "README", "readme-article.md");
        check("drafts", "a", "drafts/a-article.md");
    }
}

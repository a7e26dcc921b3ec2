//! Names that a filter may have: the folders, authors and tags of some articles. Pure.
//!
//! A name is found as typed, with any case and accents, else by its beginning, else with a small
//! typo. Of the author "Ada Moon", each word is a name, too; of the folder `topics/water`, its
//! last part.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::corpus::{Folder, parse_date};
use crate::dialogue::FilterKind;
use crate::index::{ArticleSummary, Criterion, Day, folded_name};

/// The names of some articles.
#[derive(Debug, Default)]
pub struct FilterNames {
    folders: Vec<Name>,
    authors: Vec<Name>,
    tags: Vec<Name>,
}

/// A name that articles have.
#[derive(Debug)]
struct Name {
    /// The name as an article has it; the path of a folder.
    shown: String,
    /// Folded forms by which the name is found as typed, the full one first.
    forms: Vec<String>,
    criterion: Criterion,
    articles: usize,
}

/// The names that a filter means.
#[derive(Debug, Clone, PartialEq)]
pub struct Meant {
    pub criteria: Vec<Criterion>,
    /// The names as articles have them, or a date.
    pub names: Vec<String>,
    /// Whether the reader typed the name, and not only its beginning or something similar.
    pub is_as_typed: bool,
}

/// Minimum length of a name that is corrected, in chars.
const MIN_CHARS: usize = 4;
/// Minimum length of a name that is corrected at distance 2, in chars.
const MIN_CHARS_FOR_TWO: usize = 9;
/// Maximum number of names that are listed if a filter has none of them.
const MAX_KNOWN: usize = 8;

impl FilterNames {
    /// Collects the names of articles.
    pub fn new<'a>(articles: impl Iterator<Item = &'a ArticleSummary>) -> FilterNames {
        let mut folders: HashMap<String, Name> = HashMap::new();
        let (mut authors, mut tags) = (HashMap::new(), HashMap::new());
        for article in articles {
            let innermost = Folder::of_file(&article.file);
            for folder in std::iter::successors(innermost, Folder::parent) {
                let path = folder.path().to_owned();
                let known = folders.entry(path.clone()).or_insert_with(|| Name {
                    forms: vec![folded_name(&path), folded_name(folder.name())],
                    shown: path,
                    criterion: Criterion::Folder(folder),
                    articles: 0,
                });
                known.articles += 1;
            }
            article.authors.iter().for_each(|name| count(&mut authors, name, Criterion::Author));
            article.tags.iter().for_each(|name| count(&mut tags, name, Criterion::Tag));
        }
        FilterNames { folders: sorted(folders), authors: sorted(authors), tags: sorted(tags) }
    }

    /// Returns the names that a typed one means, or `None` if no article has such a name.
    pub fn find(&self, kind: FilterKind, typed: &str) -> Option<Meant> {
        if let FilterKind::After | FilterKind::Before = kind {
            return date(kind, typed);
        }
        let (names, folded) = (self.of(kind), folded_name(typed));
        let chars = folded.chars().count();
        let select = |is_meant: &dyn Fn(&Name) -> bool| -> Vec<&Name> {
            names.iter().filter(|name| is_meant(name)).collect()
        };
        let words: Vec<_> = folded.split(' ').collect();
        let is_named = |name: &Name| match kind {
            FilterKind::Author => {
                let known: Vec<_> = name.forms[0].split(' ').collect();
                words.iter().all(|word| known.contains(word))
            }
            FilterKind::Folder | FilterKind::Tag | FilterKind::After | FilterKind::Before => {
                name.forms.contains(&folded)
            }
        };
        let starts = |name: &Name| {
            let parts = name.forms[0].match_indices(' ').map(|(at, _)| &name.forms[0][at + 1..]);
            let mut starts = name.forms.iter().map(String::as_str).chain(parts);
            starts.any(|form| form.starts_with(&folded))
        };
        let distance = |name: &Name| {
            let parts = name.forms.iter().map(String::as_str).chain(match kind {
                FilterKind::Author => name.forms[0].split(' ').collect(),
                FilterKind::Folder | FilterKind::Tag | FilterKind::After | FilterKind::Before => {
                    Vec::new()
                }
            });
            parts.map(|form| strsim::damerau_levenshtein(form, &folded)).min().unwrap_or(usize::MAX)
        };
        let max_distance = match chars {
            ..MIN_CHARS => 0,
            MIN_CHARS..MIN_CHARS_FOR_TWO => 1,
            MIN_CHARS_FOR_TWO.. => 2,
        };
        let nearest = names.iter().map(distance).min().filter(|nearest| *nearest <= max_distance);
        let similar = |name: &Name| nearest.is_some_and(|nearest| distance(name) == nearest);
        let attempts: [(Vec<&Name>, bool); 3] =
            [(select(&is_named), true), (select(&starts), false), (select(&similar), false)];
        let (meant, is_as_typed) = attempts.into_iter().find(|(meant, _)| !meant.is_empty())?;
        Some(Meant {
            criteria: meant.iter().map(|name| name.criterion.clone()).collect(),
            names: meant.iter().map(|name| name.shown.clone()).collect(),
            is_as_typed,
        })
    }

    /// Returns some names of a kind, those of most articles first.
    pub fn known(&self, kind: FilterKind) -> Vec<String> {
        let names = self.of(kind).iter().take(MAX_KNOWN);
        names.map(|name| name.shown.clone()).collect()
    }

    fn of(&self, kind: FilterKind) -> &[Name] {
        match kind {
            FilterKind::Folder => &self.folders,
            FilterKind::Author => &self.authors,
            FilterKind::Tag => &self.tags,
            FilterKind::After | FilterKind::Before => &[],
        }
    }
}

fn count(names: &mut HashMap<String, Name>, name: &str, criterion: fn(String) -> Criterion) {
    let folded = folded_name(name);
    let new = || Name {
        shown: name.to_owned(),
        forms: vec![folded.clone()],
        criterion: criterion(folded.clone()),
        articles: 0,
    };
    names.entry(folded.clone()).or_insert_with(new).articles += 1;
}

/// Returns the names of most articles first, then by name.
fn sorted(names: HashMap<String, Name>) -> Vec<Name> {
    let mut names: Vec<_> = names.into_values().collect();
    names.sort_by(|a, b| (Reverse(a.articles), &a.shown).cmp(&(Reverse(b.articles), &b.shown)));
    names
}

/// Reads the date of a filter. A date that may mean several days is none.
fn date(kind: FilterKind, typed: &str) -> Option<Meant> {
    let typed: String = typed.chars().map(ascii_digit).collect();
    let parts = typed.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let date = parse_date(&typed)?;
    let is_compact = typed.len() == 8 && typed.bytes().all(|byte| byte.is_ascii_digit());
    if !is_compact && parts.count() != date.split('-').count() {
        return None;
    }
    let day = Day::first_of(&date)?;
    let criterion = match kind {
        FilterKind::Before => Criterion::Before(day),
        FilterKind::Folder | FilterKind::Author | FilterKind::Tag | FilterKind::After => {
            Criterion::From(day)
        }
    };
    Some(Meant { criteria: vec![criterion], names: vec![date], is_as_typed: true })
}

/// Converts a digit of Arabic and Persian keyboards to ASCII.
fn ascii_digit(c: char) -> char {
    match c {
        '\u{660}'..='\u{669}' => char::from(b'0' + (c as u32 - 0x660) as u8),
        '\u{6f0}'..='\u{6f9}' => char::from(b'0' + (c as u32 - 0x6f0) as u8),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::ContentHash;
    use crate::corpus::article::ArticleId;

    fn article(file: &str, authors: &[&str], tags: &[&str]) -> ArticleSummary {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        ArticleSummary {
            id: ArticleId::of_file(file),
            file: file.to_owned(),
            hash: ContentHash::of(b""),
            modified: 0,
            title: String::new(),
            title_stems: Vec::new(),
            published: None,
            authors: owned(authors),
            tags: owned(tags),
            sections: 1,
        }
    }

    #[test]
    fn filter_names_are_found_completed_and_corrected() {
        let articles = [
            article("water/a.md", &["Ada Lovelace"], &["Sea-Level", "c++"]),
            article("water/b.md", &["José Núñez"], &["coast"]),
            article("topics/energy/c.md", &["Ada Moon", "Лев Толстой"], &["coal"]),
            article("topics/Öl/d.md", &[], &[]),
            article("e.md", &[], &[]),
        ];
        let names = FilterNames::new(articles.iter());
        let check = |kind, typed: &str, expected: &[&str], is_as_typed| {
            let found = names.find(kind, typed);
            let meant = found.as_ref().map_or(&[][..], |meant| &meant.names);
            assert_eq!(meant, expected, "{typed}");
            assert_eq!(found.is_some_and(|meant| meant.is_as_typed), is_as_typed, "{typed}");
        };
        use FilterKind::{After, Author, Before, Folder, Tag};
        check(Folder, "water", &["water"], true);
        check(Folder, "WATER", &["water"], true);
        check(Folder, "water/", &["water"], true);
        check(Folder, "topics", &["topics"], true);
        check(Folder, "topics/energy", &["topics/energy"], true);
        check(Folder, "energy", &["topics/energy"], true);
        check(Folder, "ol", &["topics/Öl"], true);
        check(Folder, "wat", &["water"], false);
        check(Folder, "w", &["water"], false);
        check(Folder, "watre", &["water"], false);
        check(Folder, "wter", &["water"], false);
        check(Folder, "wtr", &[], false);
        check(Folder, "enrgie", &[], false);
        check(Folder, "e.md", &[], false);
        check(Author, "Ada Lovelace", &["Ada Lovelace"], true);
        check(Author, "lovelace", &["Ada Lovelace"], true);
        check(Author, "Lovelace, Ada", &["Ada Lovelace"], true);
        check(Author, "ada", &["Ada Lovelace", "Ada Moon"], true);
        check(Author, "nunez", &["José Núñez"], true);
        check(Author, "love", &["Ada Lovelace"], false);
        check(Author, "lovelase", &["Ada Lovelace"], false);
        check(Author, "толстой", &["Лев Толстой"], true);
        check(Author, "толстый", &["Лев Толстой"], false);
        check(Author, "Толстои", &["Лев Толстой"], false);
        check(Author, "ben", &[], false);
        check(Tag, "sea level", &["Sea-Level"], true);
        check(Tag, "sea", &["Sea-Level"], false);
        check(Tag, "co", &["coal", "coast"], false);
        check(Tag, "C++", &["c++"], true);
        check(Tag, "water", &[], false);
        check(After, "2026", &["2026"], true);
        check(After, "2026-01", &["2026-01"], true);
        check(After, "2026/1/31", &["2026-01-31"], true);
        check(After, "31.1.2026", &["2026-01-31"], true);
        check(Before, "۲۰۲۶-۰۱", &["2026-01"], true);
        check(After, "20260131", &["2026-01-31"], true);
        check(After, "2026-13", &[], false);
        check(After, "03/04/2021", &[], false);
        check(After, "lunch", &[], false);
        assert_eq!(names.known(Folder), ["topics", "water", "topics/energy", "topics/Öl"]);
        assert_eq!(names.known(After), Vec::<String>::new());
    }
}

//! Keys of front matter, by the programs that use them. Pure.

use super::value::{Entry, Value, normalized};

/// Keys in lower case without separators, the best first.
pub const TITLE: [&str; 4] = ["title", "headline", "pagetitle", "posttitle"];
pub const SHORT_TITLE: [&str; 6] =
    ["linktitle", "sidebarlabel", "navtitle", "menutitle", "shorttitle", "sidebartitle"];
pub const AUTHORS: [&str; 12] = [
    "authors",
    "author",
    "by",
    "byline",
    "creator",
    "creators",
    "writer",
    "writers",
    "writtenby",
    "authorname",
    "postauthor",
    "podcastauthors",
];
pub const PUBLISHED: [&str; 17] = [
    "published",
    "publishdate",
    "publisheddate",
    "datepublished",
    "publishedat",
    "publishedon",
    "pubdate",
    "publicationdate",
    "date",
    "datetime",
    "posted",
    "postdate",
    "created",
    "createdat",
    "datecreated",
    "creationdate",
    "issued",
];
pub const UPDATED: [&str; 13] = [
    "updated",
    "lastmod",
    "lastmodified",
    "modified",
    "modifiedat",
    "datemodified",
    "updatedat",
    "updatedon",
    "dateupdated",
    "lastupdated",
    "lastupdate",
    "modificationdate",
    "lastmodifiedat",
];
pub const DESCRIPTION: [&str; 8] = [
    "description",
    "excerpt",
    "summary",
    "subtitle",
    "abstract",
    "lead",
    "teaser",
    "customexcerpt",
];
pub const TAGS: [&str; 6] = ["tags", "tag", "categories", "category", "keywords", "topics"];
pub const SOURCE_URL: [&str; 10] = [
    "sourceurl",
    "canonicalurl",
    "canonical",
    "originalurl",
    "externalurl",
    "url",
    "link",
    "permalink",
    "source",
    "original",
];
pub const LANGUAGE: [&str; 4] = ["language", "lang", "locale", "languagecode"];
pub const ALIASES: [&str; 2] = ["aliases", "alias"];
/// Paths on the owner's site, which may contain the date.
pub const PATHS: [&str; 4] = ["path", "permalink", "slug", "url"];

/// Maps that hold further keys: those of Zola, of Hugo and of some exports.
const CONTAINERS: [&str; 5] = ["extra", "taxonomies", "params", "meta", "metadata"];

/// Keys that a mistyped key may be meant to be.
const SPELLED: [&str; 12] = [
    "title",
    "author",
    "authors",
    "published",
    "date",
    "updated",
    "description",
    "tags",
    "language",
    "aliases",
    "draft",
    "source_url",
];
/// Keys of other programs that resemble one of ours.
const FOREIGN: [&str; 22] = [
    "publisher",
    "publishers",
    "publishing",
    "data",
    "rate",
    "state",
    "late",
    "gate",
    "dates",
    "tabs",
    "bags",
    "tile",
    "tiles",
    "titled",
    "titles",
    "subtitle",
    "languages",
    "update",
    "updates",
    "craft",
    "auth",
    "prescription",
];

/// The entries of front matter, to be found by their keys.
pub struct Keys<'a> {
    entries: Vec<(String, &'a Entry)>,
    /// Entries of the maps that hold further keys.
    inner: Vec<(String, Entry)>,
}

impl<'a> Keys<'a> {
    pub fn new(entries: &'a [Entry]) -> Keys<'a> {
        let mut inner = Vec::new();
        for entry in entries {
            if let Value::Map(map) = &entry.value
                && CONTAINERS.contains(&normalized(&entry.key).as_str())
            {
                for (key, value) in map {
                    let found = Entry { key: key.clone(), value: value.clone(), line: entry.line };
                    inner.push((normalized(key), found));
                }
            }
        }
        let entries = entries.iter().map(|entry| (normalized(&entry.key), entry)).collect();
        Keys { entries, inner }
    }

    /// Returns the entries of several keys: by the order of the keys, the outermost entries first.
    pub fn values<'k>(&'k self, keys: &'k [&str]) -> impl Iterator<Item = &'k Entry> {
        let outer = keys.iter().flat_map(move |key| {
            self.entries.iter().filter(move |(known, _)| known == key).map(|(_, entry)| *entry)
        });
        let inner = keys.iter().flat_map(move |key| {
            self.inner.iter().filter(move |(known, _)| known == key).map(|(_, entry)| entry)
        });
        outer.chain(inner)
    }
}

/// Returns the keys that are probably mistyped, each with its line and the key that was meant.
pub fn mistyped(entries: &[Entry]) -> Vec<(usize, &str, &'static str)> {
    let known: Vec<_> = entries.iter().map(|entry| normalized(&entry.key)).collect();
    let lists: [&[&str]; 10] = [
        &TITLE,
        &SHORT_TITLE,
        &AUTHORS,
        &PUBLISHED,
        &UPDATED,
        &DESCRIPTION,
        &TAGS,
        &SOURCE_URL,
        &LANGUAGE,
        &ALIASES,
    ];
    let is_known = |key: &str| {
        lists.iter().any(|list| list.contains(&key)) || FOREIGN.contains(&key) || key == "publish"
    };
    let meant = |key: &str| {
        SPELLED.iter().copied().find(|spelled| {
            let plain = normalized(spelled);
            !known.contains(&plain) && is_slip(key, &plain)
        })
    };
    let unknown = entries.iter().zip(&known).filter(|(_, key)| !is_known(key));
    unknown.filter_map(|(entry, key)| Some((entry.line, entry.key.as_str(), meant(key)?))).collect()
}

/// Returns whether `key` is `meant` with a slip of the fingers. In a short word only the order of
/// the letters may differ, since other short words are near.
fn is_slip(key: &str, meant: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<_> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    let distance = strsim::osa_distance(key, meant);
    match meant.chars().count() {
        0..=4 => distance == 1 && sorted(key) == sorted(meant),
        5 => distance == 1 || (distance == 2 && sorted(key) == sorted(meant)),
        6 | 7 => distance == 1,
        _ => distance <= 2,
    }
}

//! Shelves: the folders and tags that a chat or topic chose. Only articles in one of the folders or
//! with one of the tags are searched and listed there. Pure.
//!
//! A shelf is stored as text with a line for each folder (`in:PATH`) and tag (`tag:NAME`).

use crate::corpus::Folder;
use crate::library::{ArticleFilter, Criterion, folded_name};

/// A folder or a tag on a shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShelfItem {
    Folder(Folder),
    /// A tag as an article has it.
    Tag(String),
}

/// The folders and tags of a shelf. Without any, all articles are on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shelf(Vec<ShelfItem>);

const FOLDER: &str = "in:";
const TAG: &str = "tag:";

impl ShelfItem {
    fn is_same(&self, other: &ShelfItem) -> bool {
        match (self, other) {
            (ShelfItem::Folder(one), ShelfItem::Folder(other)) => one.is_same(other),
            (ShelfItem::Tag(one), ShelfItem::Tag(other)) => folded_name(one) == folded_name(other),
            (ShelfItem::Folder(_), ShelfItem::Tag(_))
            | (ShelfItem::Tag(_), ShelfItem::Folder(_)) => false,
        }
    }

    /// Returns the item as a person types it after `/shelf`.
    fn shown(&self) -> String {
        let is_split = |name: &str| name.contains([',', '،', '、', '，', ';', '"', ':']);
        match self {
            ShelfItem::Folder(folder) if is_split(folder.path()) => {
                format!("{FOLDER}\"{}\"", folder.path())
            }
            ShelfItem::Folder(folder) => folder.path().to_owned(),
            ShelfItem::Tag(tag) if tag.contains(char::is_whitespace) || is_split(tag) => {
                format!("{TAG}\"{tag}\"")
            }
            ShelfItem::Tag(tag) => format!("{TAG}{tag}"),
        }
    }
}

impl FromIterator<ShelfItem> for Shelf {
    /// Collects a shelf that has each folder and tag once.
    fn from_iter<I: IntoIterator<Item = ShelfItem>>(items: I) -> Shelf {
        let mut shelf = Vec::<ShelfItem>::new();
        for item in items {
            if !shelf.iter().any(|known| known.is_same(&item)) {
                shelf.push(item);
            }
        }
        Shelf(shelf)
    }
}

impl Shelf {
    /// Parses a stored shelf. Lines that cannot be parsed are left out.
    pub fn parse(stored: &str) -> Shelf {
        let item = |line: &str| match line.strip_prefix(FOLDER) {
            Some(path) => Folder::new(path).map(ShelfItem::Folder),
            None => line.strip_prefix(TAG).map(|tag| ShelfItem::Tag(tag.to_owned())),
        };
        Shelf(stored.lines().filter_map(item).collect())
    }

    /// Returns the shelf as it is stored.
    pub fn stored(&self) -> String {
        let line = |item: &ShelfItem| match item {
            ShelfItem::Folder(folder) => format!("{FOLDER}{}", folder.path()),
            ShelfItem::Tag(tag) => format!("{TAG}{}", tag.replace(['\n', '\r'], " ")),
        };
        self.0.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Returns whether all articles are on the shelf.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of folders and tags.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the criteria of the shelf. An article on the shelf meets one of them.
    pub fn criteria(&self) -> Vec<Criterion> {
        let criterion = |item: &ShelfItem| match item {
            ShelfItem::Folder(folder) => Criterion::Folder(folder.clone()),
            ShelfItem::Tag(tag) => Criterion::Tag(folded_name(tag)),
        };
        self.0.iter().map(criterion).collect()
    }

    /// Returns the shelf as a person types it after `/shelf`, without folders outside of the
    /// border: not even the name of a folder is shown where its articles are not.
    pub fn shown(&self, border: &ArticleFilter) -> String {
        let is_visible = |item: &&ShelfItem| match item {
            ShelfItem::Folder(folder) => border.passes_by_file(&format!("{}/x", folder.path())),
            ShelfItem::Tag(_) => true,
        };
        let shown: Vec<_> = self.0.iter().filter(is_visible).map(|item| item.shown()).collect();
        if shown.is_empty() { "–".to_owned() } else { shown.join(", ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shelf_survives_a_round_trip_and_shows_no_hidden_folder() {
        let folder = |path: &str| ShelfItem::Folder(Folder::new(path).expect("a path"));
        let tag = |name: &str| ShelfItem::Tag(name.to_owned());
        let items = [
            folder("water"),
            folder("topics/a, b"),
            tag("Ice Age"),
            tag("coal"),
            folder("Water"),
            tag("COAL"),
        ];
        let shelf: Shelf = items.into_iter().collect();
        assert_eq!(shelf.stored(), "in:water\nin:topics/a, b\ntag:Ice Age\ntag:coal");
        assert_eq!(Shelf::parse(&shelf.stored()), shelf);
        assert_eq!(Shelf::parse("in:\nnonsense\n"), Shelf::default());
        let everybody = ArticleFilter::default();
        let shown = "water, in:\"topics/a, b\", tag:\"Ice Age\", tag:coal";
        assert_eq!(shelf.shown(&everybody), shown);
        let hidden = ArticleFilter::without(Folder::new("water").into_iter().collect());
        assert_eq!(shelf.shown(&hidden), "in:\"topics/a, b\", tag:\"Ice Age\", tag:coal");
        assert_eq!(Shelf::parse("in:water/deep").shown(&hidden), "–");
        assert_eq!(shelf.criteria().len(), 4);
    }
}

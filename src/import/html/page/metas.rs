//! The `<meta>` elements of a page. Pure.

use dom_query::Document;

use super::super::clean::one_line;
use super::super::dom::{attribute, descendants};

/// The `<meta>` elements of a page: keys in small letters, and values.
pub struct Metas(Vec<(String, String)>);

impl Metas {
    /// Reads the elements of a page.
    pub fn read(document: &Document) -> Self {
        let mut metas = Vec::new();
        for meta in descendants(&document.root(), &["meta"]) {
            let value = one_line(&attribute(&meta, "content"));
            for key in ["property", "name", "itemprop", "http-equiv"] {
                for key in attribute(&meta, key).to_ascii_lowercase().split_ascii_whitespace() {
                    if !value.is_empty() {
                        metas.push((key.to_owned(), value.clone()));
                    }
                }
            }
        }
        Self(metas)
    }

    /// Returns the value of the first key that is there.
    pub fn first(&self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| self.all(key).next())
    }

    /// Returns all values of a key.
    pub fn all(&self, key: &str) -> impl Iterator<Item = String> {
        self.0.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.clone())
    }
}

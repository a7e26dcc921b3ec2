//! Properties of a page of Notion. Pure.

use super::super::date::any_date;
use super::super::elements::one_line;

/// Maximum number of tags, and of authors.
const MAX_VALUES: usize = 50;

/// The properties of a page that a document has a field for.
#[derive(Debug, Default, PartialEq)]
pub struct Properties {
    pub tags: Vec<String>,
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub address: Option<String>,
    pub description: Option<String>,
}

impl Properties {
    /// Adds a property. Returns whether a document has a field for it.
    pub fn add(&mut self, name: &str, value: &str) -> bool {
        let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
        let value = one_line(value);
        match name.to_lowercase().as_str() {
            "tags" | "tag" | "category" | "categories" | "keywords" | "topic" | "topics"
            | "labels" => {
                add_all(&mut self.tags, &value);
            }
            "author" | "authors" | "createdby" | "writer" | "writtenby" => {
                add_all(&mut self.authors, &value);
            }
            "published" | "publishedat" | "publishdate" | "publicationdate" | "publishedon" => {
                self.published = any_date(&value).or(self.published.take());
            }
            "date" | "created" | "createdtime" | "createdat" | "createdon" | "dateadded" => {
                self.published = self.published.take().or_else(|| any_date(&value));
            }
            "lasteditedtime" | "lastedited" | "updated" | "updatedat" | "modified"
            | "lastupdated" => {
                self.updated = any_date(&value).or(self.updated.take());
            }
            "url" | "link" | "source" | "address" => {
                let is_web = value.starts_with("https://") || value.starts_with("http://");
                self.address = self.address.take().or(Some(value).filter(|_| is_web));
            }
            "description" | "summary" | "excerpt" | "abstract" => {
                self.description = Some(value).filter(|value| !value.is_empty());
            }
            "status" | "type" | "lasteditedby" | "id" | "slug" | "priority" | "property" => {}
            _ => return false,
        }
        true
    }
}

/// Adds the values of a list with commas.
fn add_all(all: &mut Vec<String>, value: &str) {
    for one in value.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        // A related page has its address after its title.
        let one = one.split(" (").next().unwrap_or(one).to_owned();
        if all.len() < MAX_VALUES && !all.contains(&one) {
            all.push(one);
        }
    }
}

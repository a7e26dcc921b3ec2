//! The export of Notion: a zip archive, or zip archives within one, of pages as Markdown or HTML.
//! Pure.
//!
//! Names of files and links end with an id of 32 hexadecimal digits. The tables of databases are
//! left out; their rows that have a text are pages.

mod html;
mod markdown;
mod properties;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::elements::plain_text;
use super::paths::{file_name, folder, has_extension, is_hidden, linked_path, without_extension};
use super::text::decode;
use crate::import::archive::Archive;
use crate::import::document::{Body, Converted, Document, Failure};
use properties::Properties;

/// Number of digits of an id.
const ID_DIGITS: usize = 32;
const EMPTY: &str = "pages without a text";

/// A page of an export.
struct Page {
    path: String,
    text: String,
}

/// The title, the properties and the text of a page.
#[derive(Debug, Default)]
struct Parsed {
    title: Option<String>,
    properties: Properties,
    body: Body,
}

/// The pages of an export, for links between them.
struct Pages {
    keys: HashSet<String>,
    by_path: HashMap<String, String>,
}

/// Converts an export.
pub fn convert(bytes: Vec<u8>) -> Result<Converted, Failure> {
    let mut converted = Converted::default();
    let mut archive = Archive::open(bytes)?;
    let nested: Vec<String> =
        archive.names().filter(|name| has_extension(name, &["zip"])).map(str::to_owned).collect();
    let mut files = Files::default();
    files.add(&mut archive, &mut converted);
    for name in nested {
        match archive.open_nested(&name) {
            Ok(mut inner) => {
                files.add(&mut inner, &mut converted);
                archive.close_nested(&inner);
            }
            Err(failure) => converted.failed.push((name, failure)),
        }
    }
    drop(archive);
    let pages = Pages::new(&files.pages);
    let mut folders = Folders::new(&files.pages);
    for page in files.pages {
        let is_row = files.databases.contains(folder(&page.path));
        let parsed = match has_extension(&page.path, &["md"]) {
            true => markdown::parse(&page.text, is_row, |href| pages.target(&page.path, href)),
            false => html::parse(&page.text, |href| pages.target(&page.path, href)),
        };
        let is_empty = match &parsed.body {
            Body::Html(html) => plain_text(html).is_empty(),
            Body::Markdown(markdown) => markdown.trim().is_empty(),
        };
        match is_empty {
            true => *converted.left_out.entry(EMPTY.to_owned()).or_default() += 1,
            false => converted.documents.push(document(&page.path, parsed, &mut folders)),
        }
    }
    Ok(converted)
}

/// The files of an export.
#[derive(Default)]
struct Files {
    pages: Vec<Page>,
    /// Folders of the pages of databases.
    databases: HashSet<String>,
}

impl Files {
    fn add(&mut self, archive: &mut Archive, converted: &mut Converted) {
        super::count_refused(archive, converted);
        let names: Vec<String> =
            archive.names().filter(|name| !is_hidden(name)).map(str::to_owned).collect();
        for name in names {
            if has_extension(&name, &["csv"]) {
                let stem = without_extension(&name);
                let stem = stem.strip_suffix("_all").unwrap_or(stem);
                // The folder of a database has the id only in older exports.
                self.databases.insert(stem.to_owned());
                self.databases.insert(without_id(stem).to_owned());
            } else if has_extension(&name, &["md", "html"]) && file_name(&name) != "index.html" {
                match archive.read(&name) {
                    Ok(bytes) => self.pages.push(Page { text: decode(&bytes, None), path: name }),
                    Err(failure) => converted.failed.push((without_id(&name).to_owned(), failure)),
                }
            }
        }
    }
}

fn document(path: &str, parsed: Parsed, folders: &mut Folders) -> Document {
    let Properties { tags, authors, published, updated, address, description, .. } =
        parsed.properties;
    let title = parsed.title.filter(|title| !title.is_empty());
    let name = title.clone().unwrap_or_else(|| clean_part(file_name(without_extension(path))));
    Document {
        key: key_of(path),
        title,
        authors,
        updated: updated.filter(|date| Some(date) > published.as_ref()),
        published,
        description,
        tags,
        language: None,
        address,
        name: Some(folders.path(path, &name)),
        body: parsed.body,
        warnings: Vec::new(),
    }
}

/// The titles of pages by the folders of their subpages.
struct Folders(BTreeMap<String, String>);

impl Folders {
    fn new(pages: &[Page]) -> Self {
        let title = |page: &Page| {
            let stem = without_extension(&page.path);
            let name = clean_part(file_name(stem));
            [(stem.to_owned(), name.clone()), (without_id(stem).to_owned(), name)]
        };
        Self(pages.iter().flat_map(title).collect())
    }

    /// Returns the path of a document with `name`: the titles of the pages above it.
    fn path(&mut self, path: &str, name: &str) -> String {
        let mut parts = Vec::new();
        let mut at = folder(path);
        while !at.is_empty() {
            let part = self.0.get(at).cloned().unwrap_or_else(|| clean_part(file_name(at)));
            if !part.is_empty() {
                parts.push(part);
            }
            at = folder(at);
        }
        parts.reverse();
        parts.push(name.replace('/', " "));
        parts.join("/")
    }
}

impl Pages {
    fn new(pages: &[Page]) -> Self {
        let keys = pages.iter().map(|page| key_of(&page.path)).collect();
        let by_path = pages.iter().map(|page| (page.path.clone(), key_of(&page.path))).collect();
        Self { keys, by_path }
    }

    /// Returns the address of the page that a link in a page leads to: by its path, or by its id.
    fn target(&self, from: &str, href: &str) -> Option<String> {
        let path = linked_path(from, href);
        let is_page = |path: &String| has_extension(path, &["md", "html"]);
        let by_path = path.as_ref().and_then(|path| self.by_path.get(path)).cloned();
        let by_id = || {
            let is_notion = href.contains("notion.so/") || href.contains("notion.site/");
            let address = href.split(['#', '?']).next().unwrap_or_default();
            let address = path.filter(is_page).or_else(|| is_notion.then(|| address.to_owned()))?;
            id_of(without_extension(file_name(&address)))
        };
        let key = by_path.or_else(by_id).filter(|key| self.keys.contains(key))?;
        Some(super::article_address(&key))
    }
}

/// Returns the key of a page: its id, or else its path.
fn key_of(path: &str) -> String {
    let stem = without_extension(path);
    id_of(file_name(stem)).unwrap_or_else(|| stem.to_owned())
}

/// Returns the id at the end of a name, in lower case.
fn id_of(name: &str) -> Option<String> {
    let start = name.len().checked_sub(ID_DIGITS)?;
    let id = name.get(start..)?;
    let is_id = id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_apart = start == 0 || matches!(name.as_bytes()[start - 1], b' ' | b'-' | b'_' | b'+');
    (is_id && is_apart).then(|| id.to_ascii_lowercase())
}

/// Returns a path without the id of its last part and without an extension after an id.
fn without_id(path: &str) -> &str {
    let stem =
        if id_of(without_extension(path)).is_some() { without_extension(path) } else { path };
    match id_of(stem) {
        Some(_) => stem[..stem.len() - ID_DIGITS].trim_end_matches([' ', '-', '_', '+']),
        None => stem,
    }
}

fn clean_part(name: &str) -> String {
    without_id(name).trim().to_owned()
}

/// Returns whether most of the pages of an archive have names of Notion, or the archive holds parts
/// of an export.
pub fn is_export<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let (mut with_id, mut pages, mut parts, mut others) = (0, 0, 0, 0);
    for name in names.filter(|name| !is_hidden(name)) {
        let stem = file_name(without_extension(name));
        if has_extension(name, &["zip"]) {
            let is_part = stem.starts_with("Export") && stem.contains("Part-");
            *if is_part { &mut parts } else { &mut others } += 1;
        } else if has_extension(name, &["md", "html"]) && stem != "index" {
            pages += 1;
            with_id += usize::from(id_of(stem).is_some());
        } else {
            others += usize::from(!has_extension(name, &["csv"]));
        }
    }
    (pages > 0 && with_id * 2 > pages) || (pages == 0 && parts > 0 && others == 0)
}

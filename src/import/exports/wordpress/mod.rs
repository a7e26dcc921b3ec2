//! The export of WordPress (WXR). Pure.
//!
//! Published posts and pages become documents. A zip archive may hold the files of an export that
//! WordPress has divided.

mod paragraphs;
mod shortcodes;
#[cfg(test)]
mod tests;
mod wxr;

use std::collections::{BTreeMap, HashMap};

use super::date::{any_date, iso_date};
use super::elements::{one_line, plain_text, with_links, without_classes};
use super::paths::has_extension;
use super::text::decode;
use crate::import::archive::{Archive, is_zip};
use crate::import::document::{Body, Converted, Document, Failure};
use paragraphs::with_paragraphs;
use shortcodes::without_shortcodes;
use wxr::{Entry, Export};

/// Address of the name space of a WXR file, without its version.
pub const NAME_SPACE: &str = "wordpress.org/export/";

const OTHER: &str = "pictures, menus and other entries that are no posts or pages";
const UNPUBLISHED: &str = "drafts and other entries that are not published";
const PROTECTED: &str = "posts with a password";
const EMPTY: &str = "posts without a text";

/// Classes of elements that are not a part of the text.
const CHROME: [&str; 5] = [
    "wp-block-embed__wrapper",
    "wp-block-file__button",
    "wp-block-navigation",
    "wp-block-search",
    "wp-block-social-links",
];

/// Converts a WXR file, or a zip archive with several ones.
pub fn convert(bytes: Vec<u8>) -> Result<Converted, Failure> {
    let mut converted = Converted::default();
    let mut entries = Vec::new();
    let mut authors = HashMap::new();
    let mut language = None;
    let mut site = None;
    for (name, xml) in files(bytes)? {
        let Export { title, language: own, site: address, authors: more, entries: found, is_cut } =
            wxr::parse(&xml);
        if is_cut {
            let what = "the file ends in the middle or is damaged".to_owned();
            let hint = "export the site again under Tools > Export".to_owned();
            converted.failed.push((name, Failure { what, hint }));
        }
        converted.folder = converted.folder.or(title.map(|title| plain_text(&title)));
        language = language.or(own);
        site = site.or(address);
        authors.extend(more);
        entries.extend(found);
    }
    if entries.is_empty() {
        let (_, failure) = converted.failed.pop().unwrap_or_else(|| {
            let what = "the export has no entries".to_owned();
            let hint = "export all content of the site under Tools > Export".to_owned();
            (String::new(), Failure { what, hint })
        });
        return Err(failure);
    }
    converted.folder = converted.folder.filter(|title| !title.is_empty());
    let entries = published(entries, &mut converted.left_out);
    let links = Links::new(&entries, site.as_deref());
    let language = language.filter(|language| !language.is_empty());
    for entry in entries {
        let document = document(entry, &authors, &links);
        converted.documents.push(Document { language: language.clone(), ..document });
    }
    Ok(converted)
}

/// Returns the files of an export with their names.
fn files(bytes: Vec<u8>) -> Result<Vec<(String, String)>, Failure> {
    if !is_zip(&bytes) {
        return Ok(vec![("the rest of the export".to_owned(), decode(&bytes, None))]);
    }
    let mut archive = Archive::open(bytes)?;
    let names: Vec<String> =
        archive.names().filter(|name| has_extension(name, &["xml"])).map(str::to_owned).collect();
    let mut files = Vec::new();
    for name in names {
        let xml = decode(&archive.read(&name)?, None);
        if xml.contains(NAME_SPACE) {
            files.push((name, xml));
        }
    }
    Ok(files)
}

/// Returns the published posts and pages with their content as HTML, and counts the others. An
/// entry that two files have is returned once.
fn published(entries: Vec<Entry>, left_out: &mut BTreeMap<String, usize>) -> Vec<Entry> {
    let mut ids = std::collections::HashSet::new();
    let mut all = Vec::new();
    for entry in entries {
        let is_article = matches!(entry.kind.as_str(), "post" | "page" | "");
        let is_published = matches!(entry.status.as_str(), "publish" | "");
        let reason = match () {
            () if !is_article => OTHER,
            () if !is_published => UNPUBLISHED,
            () if !entry.password.is_empty() => PROTECTED,
            () => {
                let content = with_paragraphs(&without_shortcodes(&entry.content));
                let content = without_classes(&content, &CHROME);
                let entry = Entry { content, ..entry };
                if plain_text(&entry.content).is_empty() {
                    *left_out.entry(EMPTY.to_owned()).or_default() += 1;
                } else if entry.id.is_empty() || ids.insert(entry.id.clone()) {
                    all.push(entry);
                }
                continue;
            }
        };
        *left_out.entry(reason.to_owned()).or_default() += 1;
    }
    all
}

/// Returns the document of an entry.
fn document(entry: Entry, authors: &HashMap<String, String>, links: &Links) -> Document {
    let html = with_links(&entry.content, |href| links.target(href));
    let published = iso_date(&entry.date).or_else(|| any_date(&entry.feed_date));
    let updated = iso_date(&entry.modified).filter(|date| Some(date) > published.as_ref());
    let author = authors.get(&entry.creator).cloned().unwrap_or(entry.creator.clone());
    let title = Some(plain_text(&entry.title)).filter(|title| !title.is_empty());
    let description = Some(plain_text(&entry.excerpt)).filter(|text| !text.is_empty());
    let is_web = entry.link.starts_with("http://") || entry.link.starts_with("https://");
    let tags = entry.tags.iter().map(|tag| plain_text(tag));
    Document {
        key: entry.key(),
        name: title.clone(),
        title,
        authors: Some(one_line(&author)).filter(|name| !name.is_empty()).into_iter().collect(),
        published,
        updated,
        description,
        tags: tags.filter(|tag| tag != "Uncategorized" && !tag.is_empty()).collect(),
        language: None,
        address: Some(entry.link).filter(|_| is_web),
        body: Body::Html(html),
        warnings: Vec::new(),
    }
}

impl Entry {
    /// Returns the key of the document of this entry.
    fn key(&self) -> String {
        if self.id.is_empty() { self.link.clone() } else { self.id.clone() }
    }
}

/// The addresses of the entries of an export.
struct Links {
    /// Key by the address without its scheme.
    keys: HashMap<String, String>,
    /// Host of the site, and its path without a slash at the end.
    site: Option<String>,
}

impl Links {
    fn new(entries: &[Entry], site: Option<&str>) -> Self {
        let mut keys = HashMap::new();
        for entry in entries {
            for address in [&entry.link, &entry.guid] {
                if let Some(address) = without_scheme(address) {
                    keys.entry(address).or_insert_with(|| entry.key());
                }
            }
            keys.insert(format!("?p={}", entry.id), entry.key());
        }
        Self { keys, site: site.and_then(without_scheme) }
    }

    /// Returns the address of the document that a link leads to.
    fn target(&self, href: &str) -> Option<String> {
        let href = href.split('#').next().unwrap_or_default().trim();
        let own = self.site.as_deref().unwrap_or("\0");
        let address = match href.strip_prefix('/') {
            Some(path) if !path.starts_with('/') => {
                let host = own.split('/').next().unwrap_or_default();
                format!("{host}/{path}").trim_end_matches('/').to_owned()
            }
            _ => without_scheme(href)?,
        };
        let by_id = || {
            let (site, query) = address.split_once('?')?;
            let is_own = site.trim_end_matches('/') == own;
            let mut parts = query.split('&').filter_map(|part| part.split_once('='));
            let (_, id) = parts.find(|(key, _)| matches!(*key, "p" | "page_id"))?;
            self.keys.get(&format!("?p={id}")).filter(|_| is_own)
        };
        self.keys.get(&address).or_else(by_id).map(|key| super::article_address(key))
    }
}

/// Returns an address without its scheme, `www.` and the slash at its end.
fn without_scheme(address: &str) -> Option<String> {
    let (scheme, rest) = address.trim().split_once("://")?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/');
    matches!(scheme, "http" | "https").then(|| rest.to_owned()).filter(|rest| !rest.is_empty())
}

//! From the fields of an entry to the entry: the choice of its identifier, address and content.

use std::collections::{HashMap, HashSet};

use url::Url;

use super::{Entry, Feed, FeedDraft, links};
use crate::import::xml::{html_text, one_line};

/// Maximum length of an identifier in bytes. A longer one is replaced by its hash.
const MAX_ID_BYTES: usize = 1024;
/// Maximum number of authors, and of tags.
const MAX_NAMES: usize = 100;
/// Maximum number of authors that a feed names for all of its entries.
const MAX_FEED_AUTHORS: usize = 10;
/// Maximum length of an author's name or a tag in characters.
const MAX_NAME_CHARS: usize = 200;

/// The fields of an entry as they are read.
#[derive(Default)]
pub(super) struct Draft {
    pub id: String,
    /// Whether the identifier is also the address.
    pub is_id_address: bool,
    /// Address of the page, best first.
    pub address: Option<(Preference, Url)>,
    pub title: Option<String>,
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub summary: Option<String>,
    /// Summary of a media file, if the entry has no other.
    pub media_summary: Option<String>,
    pub content: Option<String>,
    pub tags: Vec<String>,
}

/// Preference of an address of an entry, the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Preference {
    /// A link of an unknown relation.
    Other,
    /// A link to another format of the entry.
    Alternate,
    Page,
    /// The address before a service that counts clicks replaced it.
    Original,
}

impl Draft {
    /// Sets the address, unless there is one as good.
    pub fn offer_address(&mut self, preference: Preference, address: Option<Url>) {
        let Some(address) = address.filter(|it| matches!(it.scheme(), "http" | "https")) else {
            return;
        };
        if self.address.as_ref().is_none_or(|(known, _)| *known < preference) {
            self.address = Some((preference, address));
        }
    }
}

/// Returns the feed of a draft. `fetched` is the address of the feed.
pub(super) fn feed(draft: FeedDraft, fetched: Option<&Url>) -> Feed {
    let FeedDraft { title, language, address, authors, entries, problem } = draft;
    let authors: Vec<_> = names(authors).into_iter().take(MAX_FEED_AUTHORS).collect();
    let site = address.as_ref().or(fetched);
    let mut entries: Vec<_> = entries.into_iter().map(|draft| entry(draft, site)).collect();
    for entry in &mut entries {
        if entry.authors.is_empty() {
            entry.authors.clone_from(&authors);
        }
    }
    make_unique(&mut entries);
    let language = language.map(|tag| tag.replace('_', "-"));
    Feed { title: title.and_then(non_empty), language, address, entries, problem }
}

/// Makes the identifiers of entries unique, and removes entries that occur twice.
fn make_unique(entries: &mut Vec<Entry>) {
    let mut addresses = HashMap::<_, HashSet<_>>::new();
    for entry in &*entries {
        addresses.entry(entry.id.clone()).or_default().insert(entry.address.clone());
    }
    for entry in &mut *entries {
        // Some feeds give all entries the identifier of the feed.
        if addresses.get(&entry.id).is_some_and(|addresses| addresses.len() > 1) {
            let address = entry.address.as_ref().map(Url::to_string);
            entry.id = address.unwrap_or_else(|| hash(entry));
        }
    }
    let mut seen = HashSet::new();
    entries.retain(|entry| seen.insert(entry.id.clone()));
}

fn entry(draft: Draft, site: Option<&Url>) -> Entry {
    let id = one_line(&draft.id);
    let address = draft.address.map(|(_, address)| address).or_else(|| {
        let address = Url::parse(&id).ok().filter(|_| draft.is_id_address)?;
        matches!(address.scheme(), "http" | "https").then_some(address)
    });
    let base = address.as_ref().or(site);
    let html = |html: Option<String>| {
        let html = html.filter(|html| !html.trim().is_empty())?;
        Some(links::resolved(&html, base))
    };
    let mut entry = Entry {
        id: String::new(),
        title: draft.title.and_then(non_empty),
        authors: names(draft.authors),
        published: draft.published,
        updated: draft.updated,
        summary_html: html(draft.summary.or(draft.media_summary)),
        content_html: html(draft.content),
        tags: names(draft.tags),
        address,
    };
    entry.id = match (id.len(), &entry.address) {
        (0, Some(address)) => address.to_string(),
        (0, None) => hash(&entry),
        (1..=MAX_ID_BYTES, _) => id,
        _ => blake3::hash(id.as_bytes()).to_hex().to_string(),
    };
    entry
}

/// Returns an identifier by what a reader sees.
fn hash(entry: &Entry) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [&entry.title, &entry.content_html, &entry.summary_html] {
        let part = part.as_deref().unwrap_or_default();
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// Returns names as single lines, each once.
fn names(names: Vec<String>) -> Vec<String> {
    let mut unique = Vec::new();
    for name in names {
        let name: String = one_line(&html_text(&name)).chars().take(MAX_NAME_CHARS).collect();
        if !name.is_empty() && unique.len() < MAX_NAMES && !unique.contains(&name) {
            unique.push(name);
        }
    }
    unique
}

fn non_empty(text: String) -> Option<String> {
    Some(one_line(&text)).filter(|text| !text.is_empty())
}

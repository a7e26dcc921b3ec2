//! Reading of WordPress eXtended RSS, the export of WordPress. Pure.
//!
//! Neither document types nor entities are read, so that no file can expand. A file that ends in
//! the middle or is not well-formed gives the entries before that place.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The content of a file.
#[derive(Debug, Default)]
pub struct Export {
    pub title: Option<String>,
    pub language: Option<String>,
    /// Address of the site.
    pub site: Option<String>,
    /// Name of each author by the name of the account.
    pub authors: HashMap<String, String>,
    pub entries: Vec<Entry>,
    /// Whether the file ends in the middle or is not well-formed.
    pub is_cut: bool,
}

/// An entry: a post, a page, or another thing such as a picture.
#[derive(Debug, Default)]
pub struct Entry {
    pub id: String,
    pub kind: String,
    pub status: String,
    pub password: String,
    pub title: String,
    pub link: String,
    pub guid: String,
    pub creator: String,
    pub feed_date: String,
    pub date: String,
    pub modified: String,
    pub content: String,
    pub excerpt: String,
    pub tags: Vec<String>,
}

/// State of the reader.
#[derive(Default)]
struct State {
    export: Export,
    entry: Option<Entry>,
    /// Account and name of an author.
    author: Option<(String, String)>,
    /// Text of the innermost element.
    text: String,
    /// Whether the innermost element is a category or a tag of an entry.
    is_tag: bool,
}

/// Parses a file.
pub fn parse(xml: &str) -> Export {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut state = State::default();
    let mut is_root_closed = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => state.start(&tag),
            Ok(Event::End(tag)) => {
                is_root_closed |= tag.name().as_ref() == "rss";
                state.end(tag.name().as_ref());
            }
            Ok(Event::Text(text)) => state.text.push_str(&text),
            Ok(Event::CData(text)) => state.text.push_str(&text),
            Ok(Event::GeneralRef(reference)) => {
                let name: &str = &reference;
                let known = match name {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                match known {
                    Some(c) => state.text.push(c),
                    // The content is HTML, which has more names of characters.
                    None => state.text.push_str(&format!("&{name};")),
                }
            }
            Ok(Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
            Ok(Event::DocType(_)) => {}
            Ok(Event::Eof) => break,
            Err(_) => {
                is_root_closed = false;
                break;
            }
        }
    }
    state.export.is_cut = !is_root_closed;
    state.export
}

impl State {
    fn start(&mut self, tag: &BytesStart<'_>) {
        self.text.clear();
        match tag.name().as_ref() {
            "item" => self.entry = Some(Entry::default()),
            "wp:author" => self.author = Some(Default::default()),
            "category" => {
                let attribute = |name: &str| tag.try_get_attribute(name).ok().flatten();
                let domain = attribute("domain");
                // The category of posts without one.
                let is_default = attribute("nicename")
                    .is_some_and(|name| matches!(name.value.as_ref(), "uncategorized"));
                // Old exports have each tag twice: without and with a domain.
                self.is_tag = !is_default
                    && domain.is_some_and(|it| {
                        matches!(it.value.as_ref(), "category" | "post_tag" | "tag")
                    });
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        let text = std::mem::take(&mut self.text);
        if name == "item" {
            self.export.entries.extend(self.entry.take());
        } else if name == "wp:author" {
            let author = self.author.take().filter(|(_, name)| !name.trim().is_empty());
            self.export.authors.extend(author);
        } else if let Some(entry) = &mut self.entry {
            entry.set(name, text, std::mem::take(&mut self.is_tag));
        } else if let Some((account, shown)) = &mut self.author {
            match name {
                "wp:author_login" => *account = text.trim().to_owned(),
                "wp:author_display_name" => *shown = text.trim().to_owned(),
                _ => {}
            }
        } else {
            let field = match name {
                "title" => &mut self.export.title,
                "language" => &mut self.export.language,
                "wp:base_blog_url" => &mut self.export.site,
                _ => return,
            };
            field.get_or_insert(text.trim().to_owned());
        }
    }
}

impl Entry {
    fn set(&mut self, name: &str, text: String, is_tag: bool) {
        let field = match name {
            "title" => &mut self.title,
            "link" => &mut self.link,
            "guid" => &mut self.guid,
            "pubDate" => &mut self.feed_date,
            "dc:creator" => &mut self.creator,
            "content:encoded" => &mut self.content,
            "excerpt:encoded" => &mut self.excerpt,
            "wp:post_id" => &mut self.id,
            "wp:post_type" => &mut self.kind,
            "wp:post_date" => &mut self.date,
            "wp:post_modified" => &mut self.modified,
            "wp:post_password" => &mut self.password,
            "wp:status" => &mut self.status,
            "category" => {
                let tag = text.trim().to_owned();
                let is_new = is_tag && !tag.is_empty() && !self.tags.contains(&tag);
                self.tags.extend(is_new.then_some(tag));
                return;
            }
            _ => return,
        };
        *field = match name {
            "content:encoded" | "excerpt:encoded" => text,
            _ => text.trim().to_owned(),
        };
    }
}

//! The XML formats: RSS and Atom. Elements that are not closed are closed by their parents.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};
use url::Url;

use super::assemble::{Draft, Preference};
use super::capture::{Capture, person};
use super::fields::{self, Field, Space, TextType};
use super::{FeedDraft, date, links, not_a_feed};
use crate::import::document::Failure;
use crate::import::xml::{attribute, push_reference, reader};

/// Maximum depth of elements. Deeper ones are read as text.
const MAX_DEPTH: usize = 200;
/// Maximum number of prefixes of namespaces.
const MAX_PREFIXES: usize = 100;
/// Maximum length of a base address in bytes.
const MAX_BASE_BYTES: usize = 1024;
/// Number of bytes before the start of the XML that are ignored, such as a warning of PHP.
const MAX_JUNK_BYTES: usize = 4096;
/// Maximum number of mistakes after which a feed is read on.
const MAX_MISTAKES: usize = 100;
const DAMAGED: &str = "the feed is cut or damaged";

/// An element whose end was not read yet.
struct Open {
    /// Name with prefix.
    name: String,
    /// Name without prefix in lower case.
    local: String,
    /// Vocabulary of elements without a prefix in this element.
    unprefixed: Space,
}

struct Parser<'a> {
    address: Option<&'a Url>,
    feed: FeedDraft,
    entry: Option<Draft>,
    /// Number of open elements within the entry, with the one of the entry.
    entry_depth: usize,
    open: Vec<Open>,
    prefixes: HashMap<String, Space>,
    /// `xml:base` with the number of elements that are open with it.
    bases: Vec<(usize, Url)>,
    capture: Option<Capture>,
    has_root: bool,
}

/// Whether to read on.
enum Next {
    Read,
    Stop,
}

/// Parses RSS and Atom.
pub(super) fn parse(text: &str, address: Option<&Url>) -> Result<FeedDraft, Failure> {
    let mut text = without_junk(text).ok_or_else(|| not_a_feed("it is not a feed"))?;
    let mut parser = Parser {
        address,
        feed: FeedDraft::default(),
        entry: None,
        entry_depth: 0,
        open: Vec::new(),
        prefixes: HashMap::new(),
        bases: Vec::new(),
        capture: None,
        has_root: false,
    };
    for _ in 0..MAX_MISTAKES {
        match parser.read(text)? {
            None => break,
            // The `<` of markup that is not valid is read as text.
            Some(mistake) => {
                parser.feed.problem = Some(DAMAGED.to_owned());
                parser.text("<");
                text = text.get(mistake + 1..).unwrap_or_default();
            }
        }
    }
    match parser.has_root {
        true => Ok(parser.feed),
        false => Err(not_a_feed("it is not a feed")),
    }
}

/// Returns the XML in a text. `None` if there is none.
fn without_junk(text: &str) -> Option<&str> {
    if text.starts_with('<') {
        return Some(text);
    }
    let starts =
        ["<?xml", "<rss", "<feed", "<rdf:RDF"].into_iter().filter_map(|tag| text.find(tag));
    starts.min().filter(|at| *at <= MAX_JUNK_BYTES).map(|at| &text[at..])
}

/// Fails if the root element is not that of a feed.
fn check_root(name: &str) -> Result<(), Failure> {
    let other =
        |what: &str, hint: &str| Err(Failure { what: what.to_owned(), hint: hint.to_owned() });
    match name.to_ascii_lowercase().as_str() {
        "rss" | "rdf" | "feed" | "channel" | "entry" => Ok(()),
        "html" | "head" | "body" | "script" | "meta" => {
            Err(not_a_feed("it is a web page, not a feed"))
        }
        "urlset" | "sitemapindex" => other("it is a sitemap, not a feed", "import it as a sitemap"),
        "opml" => {
            other("it is a list of feeds, not a feed", "give the address of one of the feeds")
        }
        _ => Err(not_a_feed("it is not a feed")),
    }
}

impl Parser<'_> {
    /// Reads a text to its end, or to a mistake. Returns the position of the mistake.
    fn read(&mut self, text: &str) -> Result<Option<usize>, Failure> {
        let mut reader = reader(text);
        loop {
            let event = match reader.read_event() {
                Ok(Event::Eof) => break,
                Ok(event) => event,
                Err(_) => return Ok(usize::try_from(reader.error_position()).ok()),
            };
            if let (false, Event::Start(root) | Event::Empty(root)) = (self.has_root, &event) {
                check_root(root.local_name().as_ref())?;
                self.has_root = true;
            }
            if let Next::Stop = self.event(&event) {
                return Ok(None);
            }
        }
        if self.entry.is_some() {
            // The last entry is left out: its end is missing.
            self.feed.problem = Some(DAMAGED.to_owned());
        }
        Ok(None)
    }

    fn event(&mut self, event: &Event<'_>) -> Next {
        match event {
            Event::Start(element) => {
                self.start(element);
            }
            Event::Empty(element) => {
                if self.start(element) {
                    return self.close();
                }
            }
            Event::End(element) => return self.end(element.name().0),
            Event::Text(text) => self.text(text),
            Event::CData(text) => self.text(text),
            Event::GeneralRef(reference) => {
                let mut text = String::new();
                push_reference(reference, &mut text);
                self.text(&text);
            }
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::DocType(_) | Event::Eof => {}
        }
        Next::Read
    }

    /// Opens an element. Returns `false` if it is too deep.
    fn start(&mut self, element: &BytesStart<'_>) -> bool {
        if self.open.len() >= MAX_DEPTH {
            return false;
        }
        let unprefixed = self.declare(element);
        let (local, prefix) = element.name().decompose();
        let local = local.as_ref().to_ascii_lowercase();
        let space = match prefix {
            None => unprefixed,
            Some(prefix) => {
                let known = self.prefixes.get(prefix.as_ref()).copied();
                known.unwrap_or_else(|| Space::of_prefix(prefix.as_ref()))
            }
        };
        if let Some(base) = attribute(element, "xml:base") {
            let base = self.resolve(&base).filter(|base| base.as_str().len() <= MAX_BASE_BYTES);
            self.bases.extend(base.map(|base| (self.open.len() + 1, base)));
        }
        match &mut self.capture {
            // Atom's author is a person, whose name is an element.
            Some(capture) if capture.field == Field::Author && local == "name" => {
                *capture = Capture::new(Field::Author, self.open.len() + 1);
            }
            Some(capture) => capture.start(element, &local),
            None => self.start_field(element, space, &local),
        }
        self.open.push(Open { name: element.name().0.to_owned(), local, unprefixed });
        true
    }

    /// Reads the declarations of namespaces. Returns the vocabulary of elements without a prefix.
    fn declare(&mut self, element: &BytesStart<'_>) -> Space {
        let mut unprefixed = self.open.last().map_or(Space::Feed, |open| open.unprefixed);
        if !element.attributes_raw().contains("xmlns") {
            return unprefixed;
        }
        for attribute in element.html_attributes().with_checks(false).flatten() {
            let space = Space::of_namespace(&attribute.value);
            match attribute.key.0.split_once(':') {
                // Outside of an entry, an unknown namespace is a mistake or a new version.
                None if attribute.key.0 == "xmlns" && self.entry.is_some() => unprefixed = space,
                Some(("xmlns", prefix)) if self.prefixes.len() < MAX_PREFIXES => {
                    self.prefixes.entry(prefix.to_owned()).or_insert(space);
                }
                _ => {}
            }
        }
        unprefixed
    }

    /// Starts an entry or a field.
    fn start_field(&mut self, element: &BytesStart<'_>, space: Space, local: &str) {
        let parent = self.open.last().map_or("", |open| open.local.as_str());
        if space == Space::Feed && matches!(local, "item" | "entry") {
            let about = attribute(element, "rdf:about").unwrap_or_default();
            let entry = Draft { id: about, is_id_address: true, ..Draft::default() };
            // An entry in an entry: the end of the first is missing.
            if let Some(previous) = self.entry.replace(entry) {
                self.feed.add(previous);
            }
            self.entry_depth = self.open.len() + 1;
            return;
        }
        let field = match (parent, self.entry.is_some()) {
            _ if self.entry.is_some() && self.open.len() == self.entry_depth => {
                fields::of_entry(space, local, element)
            }
            ("group", true) if space == Space::Media => fields::of_entry(space, local, element),
            ("feed" | "channel" | "rss" | "rdf", false) => fields::of_feed(space, local, element),
            _ => None,
        };
        if self.open.len() <= 1 {
            let language = attribute(element, "xml:lang").filter(|tag| !tag.is_empty());
            self.feed.language = self.feed.language.take().or(language);
        }
        match field {
            // Atom's link and category are attributes.
            Some(Field::Link) if attribute(element, "href").is_some() => self.link(element),
            Some(Field::Tag) if attribute(element, "term").is_some() => self.tag(element),
            Some(field) => self.capture = Some(Capture::new(field, self.open.len() + 1)),
            None => {}
        }
    }

    fn link(&mut self, element: &BytesStart<'_>) {
        let value = |name| attribute(element, name).unwrap_or_default().to_ascii_lowercase();
        let address = attribute(element, "href").and_then(|href| self.resolve(&href));
        let kind = value("type");
        let is_page = kind.is_empty() || kind.contains("html");
        let preference = match value("rel").as_str() {
            "" | "alternate" if is_page => Preference::Page,
            "" | "alternate" => Preference::Alternate,
            "related" | "via" if self.entry.is_some() => Preference::Other,
            _ => return,
        };
        match &mut self.entry {
            Some(entry) => entry.offer_address(preference, address),
            None if preference == Preference::Page && self.feed.address.is_none() => {
                self.feed.address = address;
            }
            None => {}
        }
    }

    fn tag(&mut self, element: &BytesStart<'_>) {
        let label = attribute(element, "label").filter(|label| !label.trim().is_empty());
        let tag = label.or_else(|| attribute(element, "term"));
        if let Some(entry) = &mut self.entry {
            entry.tags.extend(tag);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(capture) = &mut self.capture {
            capture.push(text, self.open.len());
        }
    }

    /// Closes the element `name` and those in it that are still open. An end without a start is
    /// ignored.
    fn end(&mut self, name: &str) -> Next {
        let Some(position) = self.open.iter().rposition(|open| open.name == name) else {
            return Next::Read;
        };
        while self.open.len() > position {
            if let Next::Stop = self.close() {
                return Next::Stop;
            }
        }
        Next::Read
    }

    fn close(&mut self) -> Next {
        let depth = self.open.len();
        let Some(open) = self.open.pop() else { return Next::Read };
        match &mut self.capture {
            Some(capture) if depth > capture.depth => capture.end(&open.local),
            _ => {
                if let Some(capture) = self.capture.take() {
                    self.store(&capture);
                }
            }
        }
        self.bases.pop_if(|(base_depth, _)| *base_depth >= depth);
        let entry = self.entry.take_if(|_| depth == self.entry_depth);
        match entry.is_none_or(|entry| self.feed.add(entry)) {
            true => Next::Read,
            false => Next::Stop,
        }
    }

    fn resolve(&self, address: &str) -> Option<Url> {
        let address = address.trim();
        if address.is_empty() {
            return None;
        }
        let base = self.bases.last().map(|(_, base)| base);
        match base.or(self.feed.address.as_ref()).or(self.address) {
            Some(base) => base.join(address).ok(),
            None => Url::parse(address).ok(),
        }
    }

    /// Stores a field. The first of a kind wins.
    fn store(&mut self, capture: &Capture) {
        let text = capture.text();
        if text.trim().is_empty() {
            return;
        }
        match self.entry.take() {
            Some(mut entry) => {
                self.store_in_entry(capture, &text, &mut entry);
                self.entry = Some(entry);
            }
            None => self.store_in_feed(capture, &text),
        }
    }

    fn store_in_feed(&mut self, capture: &Capture, text: &str) {
        match capture.field {
            Field::Title(kind) => set(&mut self.feed.title, || Some(capture.plain(kind))),
            Field::Link if self.feed.address.is_none() => self.feed.address = self.resolve(text),
            Field::Language => self.feed.language = Some(text.to_owned()),
            Field::Author => self.feed.authors.extend(person(text)),
            _ => {}
        }
    }

    fn store_in_entry(&self, capture: &Capture, text: &str, entry: &mut Draft) {
        let html = |kind| {
            let html = capture.html(kind);
            // Without a base, the address of the entry serves as such.
            let base = self.bases.last().map(|(_, base)| base);
            Some(base.map_or_else(|| html.clone(), |base| links::resolved(&html, Some(base))))
        };
        match capture.field {
            Field::Title(kind) => set(&mut entry.title, || Some(capture.plain(kind))),
            Field::Link => entry.offer_address(Preference::Page, self.resolve(text)),
            Field::OriginalLink => entry.offer_address(Preference::Original, self.resolve(text)),
            Field::Id { is_address } => {
                (entry.id, entry.is_id_address) = (text.to_owned(), is_address);
            }
            // Blogger declares the text of HTML as plain text and keeps its references.
            Field::Summary(TextType::Plain) => set(&mut entry.summary, || html(TextType::Unknown)),
            Field::Summary(kind) => set(&mut entry.summary, || html(kind)),
            Field::MediaSummary => set(&mut entry.media_summary, || html(TextType::Unknown)),
            Field::Content(kind) => set(&mut entry.content, || html(kind)),
            Field::Author => entry.authors.extend(person(text)),
            Field::Published => set(&mut entry.published, || date::normalized(text)),
            Field::Updated => set(&mut entry.updated, || date::normalized(text)),
            Field::Tag => entry.tags.push(text.to_owned()),
            Field::Language => {}
        }
    }
}

fn set(field: &mut Option<String>, value: impl FnOnce() -> Option<String>) {
    if field.is_none() {
        *field = value();
    }
}

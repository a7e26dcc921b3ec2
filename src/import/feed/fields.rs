//! The elements of the XML formats: which field of a feed or an entry an element is.

use quick_xml::events::BytesStart;

use crate::import::xml::attribute;

/// The vocabulary of an element. All versions of RSS and Atom are one, because feeds mix them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Feed,
    Content,
    DublinCore,
    Media,
    FeedBurner,
    Other,
}

/// How a text contains markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextType {
    /// Plain text.
    Plain,
    /// HTML as the text of an element.
    Html,
    /// HTML as elements.
    Xhtml,
    /// Plain text or HTML, which the text itself shows.
    Unknown,
}

/// A field of an entry or of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title(TextType),
    /// An address as text.
    Link,
    OriginalLink,
    Id {
        is_address: bool,
    },
    Summary(TextType),
    MediaSummary,
    Content(TextType),
    Author,
    Published,
    Updated,
    Tag,
    Language,
}

impl Space {
    /// Returns the vocabulary of a namespace.
    pub fn of_namespace(uri: &str) -> Space {
        const SPACES: [(&str, Space); 15] = [
            ("purl.org/rss/1.0/modules/content", Space::Content),
            ("purl.org/dc/", Space::DublinCore),
            ("search.yahoo.com/mrss", Space::Media),
            ("itunes.com/dtds/podcast", Space::Media),
            ("feedburner.org", Space::FeedBurner),
            ("/modules/", Space::Other),
            ("w3.org/2005/atom", Space::Feed),
            ("purl.org/atom", Space::Feed),
            ("purl.org/rss", Space::Feed),
            ("my.netscape.com/rdf", Space::Feed),
            ("22-rdf-syntax-ns", Space::Feed),
            ("backend.userland.com", Space::Feed),
            ("rssboard.org", Space::Feed),
            ("cyber.harvard.edu", Space::Feed),
            ("blogs.law.harvard.edu", Space::Feed),
        ];
        let uri = uri.trim().to_ascii_lowercase();
        let found = SPACES.iter().find(|(part, _)| uri.contains(part));
        found.map_or(Space::Other, |(_, space)| *space)
    }

    /// Returns the vocabulary that a prefix has where it is not declared.
    pub fn of_prefix(prefix: &str) -> Space {
        match prefix {
            "content" => Space::Content,
            "dc" | "dcterms" => Space::DublinCore,
            "media" | "itunes" => Space::Media,
            "feedburner" => Space::FeedBurner,
            "atom" | "atom10" | "rss" | "rdf" => Space::Feed,
            _ => Space::Other,
        }
    }
}

/// Returns the field of an entry that an element directly in it is.
pub(super) fn of_entry(space: Space, local: &str, element: &BytesStart<'_>) -> Option<Field> {
    let field = match (space, local) {
        (Space::Feed | Space::DublinCore, "title") => Field::Title(text_type(element)?),
        (Space::Feed, "link" | "url") => Field::Link,
        (Space::FeedBurner, "origlink") => Field::OriginalLink,
        (Space::Feed, "guid") => {
            let value = attribute(element, "isPermaLink").unwrap_or_default();
            Field::Id { is_address: !value.trim().eq_ignore_ascii_case("false") }
        }
        (Space::Feed, "id") => Field::Id { is_address: true },
        (Space::Feed, "description" | "summary" | "tagline") => Field::Summary(text_type(element)?),
        (Space::DublinCore, "description" | "abstract") => Field::Summary(TextType::Unknown),
        (Space::Media, "description" | "summary") => Field::MediaSummary,
        (Space::Content, "encoded") => Field::Content(TextType::Html),
        (Space::Feed, "content" | "fullitem" | "body") => Field::Content(content_type(element)?),
        (Space::Other, "body") => Field::Content(TextType::Unknown),
        (Space::Feed, "author") | (Space::DublinCore, "creator") => Field::Author,
        (Space::Feed, "pubdate" | "published" | "issued" | "created") => Field::Published,
        (Space::DublinCore, "date" | "issued" | "created" | "available") => Field::Published,
        (Space::Feed, "updated" | "modified") | (Space::DublinCore, "modified") => Field::Updated,
        (Space::Feed, "category" | "keywords") | (Space::DublinCore, "subject") => Field::Tag,
        _ => return None,
    };
    Some(field)
}

/// Returns the field of a feed that an element directly in it is.
pub(super) fn of_feed(space: Space, local: &str, element: &BytesStart<'_>) -> Option<Field> {
    match (space, local) {
        (Space::Feed | Space::DublinCore, "title") => Some(Field::Title(text_type(element)?)),
        (Space::Feed, "link") => Some(Field::Link),
        (Space::Feed, "author") => Some(Field::Author),
        (Space::Feed, "language") | (Space::DublinCore, "language") => Some(Field::Language),
        _ => None,
    }
}

/// Returns the type of a text by its attributes. `None` if it is not a text.
fn text_type(element: &BytesStart<'_>) -> Option<TextType> {
    let mode = attribute(element, "mode").unwrap_or_default();
    if mode == "base64" {
        return None;
    }
    let Some(declared) = attribute(element, "type") else {
        // In Atom 0.3, markup is elements unless the mode says otherwise.
        return Some(if mode == "xml" { TextType::Xhtml } else { TextType::Unknown });
    };
    let declared = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match declared.as_str() {
        "" => Some(TextType::Unknown),
        "text" | "text/plain" | "plain" | "text/markdown" => Some(TextType::Plain),
        "html" | "text/html" if mode == "xml" => Some(TextType::Xhtml),
        "html" | "text/html" | "text/x-html-i18n" => Some(TextType::Html),
        "xhtml" | "application/xhtml+xml" | "text/xhtml" if mode == "escaped" => {
            Some(TextType::Html)
        }
        "xhtml" | "application/xhtml+xml" | "text/xhtml" => Some(TextType::Xhtml),
        _ => None,
    }
}

/// Returns the type of a content. `None` if the content is elsewhere or not a text.
fn content_type(element: &BytesStart<'_>) -> Option<TextType> {
    match attribute(element, "src") {
        Some(_) => None,
        None => text_type(element),
    }
}

//! JSON Feed, versions 1 and 1.1. A field of a wrong type counts as missing.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use url::Url;

use super::assemble::{Draft, Preference};
use super::{FeedDraft, MAX_ENTRIES, date, links, not_a_feed};
use crate::import::document::Failure;

/// Maximum number of authors or tags that are read.
const MAX_NAMES: usize = 100;
/// Maximum number of entries that are read: one more than is kept shows that there are too many.
const MAX_ITEMS: usize = MAX_ENTRIES + 1;

#[derive(Default, Deserialize)]
#[serde(default)]
struct JsonFeed {
    version: Text,
    title: Text,
    language: Text,
    home_page_url: Text,
    author: Option<Person>,
    authors: List<Person, MAX_NAMES>,
    items: List<Item, MAX_ITEMS>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Item {
    id: Text,
    url: Text,
    external_url: Text,
    title: Text,
    content_html: Text,
    content_text: Text,
    summary: Text,
    date_published: Text,
    date_modified: Text,
    author: Option<Person>,
    authors: List<Person, MAX_NAMES>,
    tags: List<Text, MAX_NAMES>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Person {
    Object { name: Text },
    Name(String),
    Other(IgnoredAny),
}

/// A string or a number, `None` if the value is of another type or empty.
#[derive(Default)]
struct Text(Option<String>);

/// The first `N` elements of a list, empty if the value is of another type.
struct List<T, const N: usize>(Vec<T>);

/// Parses JSON Feed.
pub(super) fn parse(text: &str, address: Option<&Url>) -> Result<FeedDraft, Failure> {
    let feed: JsonFeed = match serde_json::from_str(text) {
        Ok(feed) => feed,
        Err(error) => {
            let hint = "the feed may be cut; try again later";
            return Err(Failure {
                what: format!("the JSON of the feed is damaged: {error}"),
                hint: hint.to_owned(),
            });
        }
    };
    if !feed.version.0.as_deref().is_some_and(|version| version.contains("jsonfeed.org/version")) {
        return Err(not_a_feed("it is JSON, but not a feed"));
    }
    let site = feed.home_page_url.0.as_deref();
    let mut draft = FeedDraft {
        title: feed.title.0,
        language: feed.language.0,
        address: site.and_then(|site| resolve(site, address)),
        authors: names(feed.authors, feed.author),
        ..FeedDraft::default()
    };
    for item in feed.items.0 {
        let item = entry(item, draft.address.as_ref().or(address));
        if !draft.add(item) {
            break;
        }
    }
    Ok(draft)
}

fn entry(item: Item, base: Option<&Url>) -> Draft {
    let text = item.content_text.0.map(|text| links::text_as_html(&text));
    let mut draft = Draft {
        id: item.id.0.unwrap_or_default(),
        is_id_address: true,
        title: item.title.0,
        authors: names(item.authors, item.author),
        published: item.date_published.0.and_then(|date| date::normalized(&date)),
        updated: item.date_modified.0.and_then(|date| date::normalized(&date)),
        summary: item.summary.0.map(|text| links::text_as_html(&text)),
        content: item.content_html.0.or(text),
        tags: item.tags.0.into_iter().filter_map(|tag| tag.0).collect(),
        ..Draft::default()
    };
    let address = |text: Option<String>| text.and_then(|text| resolve(&text, base));
    draft.offer_address(Preference::Page, address(item.url.0));
    draft.offer_address(Preference::Other, address(item.external_url.0));
    draft
}

fn names(authors: List<Person, MAX_NAMES>, author: Option<Person>) -> Vec<String> {
    let name = |person| match person {
        Person::Object { name } => name.0,
        Person::Name(name) => Some(name),
        Person::Other(IgnoredAny) => None,
    };
    let names: Vec<_> = authors.0.into_iter().filter_map(name).collect();
    match names.is_empty() {
        true => author.and_then(name).into_iter().collect(),
        false => names,
    }
}

fn resolve(address: &str, base: Option<&Url>) -> Option<Url> {
    match base {
        Some(base) => base.join(address).ok(),
        None => Url::parse(address).ok(),
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Scalar {
            Text(String),
            Integer(i64),
            Float(f64),
            Other(IgnoredAny),
        }
        let text = match Scalar::deserialize(deserializer)? {
            Scalar::Text(text) => text,
            Scalar::Integer(number) => number.to_string(),
            Scalar::Float(number) => number.to_string(),
            Scalar::Other(IgnoredAny) => String::new(),
        };
        Ok(Text(Some(text).filter(|text| !text.trim().is_empty())))
    }
}

impl<T, const N: usize> Default for List<T, N> {
    fn default() -> List<T, N> {
        List(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for List<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<List<T, N>, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T, const N: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for ListVisitor<T, N> {
    type Value = List<T, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<List<T, N>, A::Error> {
        let mut first = Vec::new();
        while first.len() < N {
            match list.next_element()? {
                Some(element) => first.push(element),
                None => return Ok(List(first)),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(List(first))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<List<T, N>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(List::default())
    }

    fn visit_unit<E: Error>(self) -> Result<List<T, N>, E> {
        Ok(List::default())
    }

    fn visit_str<E: Error>(self, _text: &str) -> Result<List<T, N>, E> {
        Ok(List::default())
    }

    fn visit_bool<E: Error>(self, _value: bool) -> Result<List<T, N>, E> {
        Ok(List::default())
    }
}

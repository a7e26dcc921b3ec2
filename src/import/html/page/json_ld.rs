//! Metadata of a page in JSON-LD with the vocabulary of schema.org. Pure.

use std::collections::HashMap;

use dom_query::Document;
use serde_json::{Map, Value};

use super::super::dom::{attribute, descendants};

/// Maximum number of objects that are read.
const MAX_OBJECTS: usize = 2_000;

/// The article that the JSON-LD of a page describes.
#[derive(Debug, Default)]
pub struct JsonLd {
    pub title: Option<String>,
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub language: Option<String>,
    pub site: Option<String>,
    /// Whether the text is for subscribers only.
    pub is_paid: bool,
}

type Object = Map<String, Value>;

/// Reads the JSON-LD of a page. An article is preferred to a page.
pub fn read(document: &Document) -> JsonLd {
    let mut objects: Vec<Object> = Vec::new();
    for script in descendants(&document.root(), &["script"]) {
        if !attribute(&script, "type").to_ascii_lowercase().starts_with("application/ld+json") {
            continue;
        }
        let text = script.text();
        let text = text.trim().trim_start_matches("<![CDATA[").trim_end_matches("]]>");
        // Line ends in strings are a common mistake.
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if let Ok(value) = serde_json::from_str::<Value>(text.trim().trim_end_matches(';')) {
            collect(value, &mut objects);
        }
    }
    let by_id: HashMap<&str, &Object> =
        objects.iter().filter_map(|object| Some((object.get("@id")?.as_str()?, object))).collect();
    let article = objects.iter().find(|object| kind(object) == Some(Kind::Article));
    let page = objects.iter().find(|object| kind(object) == Some(Kind::Page));
    let Some(object) = article.or(page) else { return JsonLd::default() };
    let text = |key: &str| object.get(key).and_then(string);
    JsonLd {
        title: text("headline").or_else(|| text("name")),
        authors: ["author", "creator"]
            .iter()
            .filter_map(|key| object.get(*key))
            .map(|value| names(value, &by_id))
            .find(|names| !names.is_empty())
            .unwrap_or_default(),
        published: text("datePublished").or_else(|| text("dateCreated")),
        updated: text("dateModified"),
        description: text("description"),
        tags: object.get("keywords").map(keywords).unwrap_or_default(),
        language: text("inLanguage"),
        site: object.get("publisher").and_then(|value| names(value, &by_id).into_iter().next()),
        is_paid: object.get("isAccessibleForFree").is_some_and(|value| {
            *value == Value::Bool(false)
                || value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("false"))
        }),
    }
}

/// Collects the objects of a value: of a list and of `@graph`, and of the main entity of a page.
fn collect(value: Value, objects: &mut Vec<Object>) {
    let mut rest = vec![value];
    while let Some(value) = rest.pop() {
        if objects.len() == MAX_OBJECTS {
            return;
        }
        match value {
            Value::Array(list) => rest.extend(list.into_iter().rev()),
            Value::Object(mut object) => {
                rest.extend(object.remove("@graph"));
                if kind(&object) != Some(Kind::Article) {
                    rest.extend(object.remove("mainEntity"));
                }
                objects.push(object);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

#[derive(Debug, PartialEq)]
enum Kind {
    Article,
    Page,
}

fn kind(object: &Object) -> Option<Kind> {
    let kinds: Vec<&str> = match object.get("@type")? {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let is_article = |kind: &&str| {
        kind.ends_with("Article")
            || kind.ends_with("Posting")
            || matches!(*kind, "Report" | "BlogPost")
    };
    if kinds.iter().any(is_article) {
        return Some(Kind::Article);
    }
    kinds.iter().any(|kind| kind.ends_with("WebPage")).then_some(Kind::Page)
}

fn string(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Object(object) => {
            object.get("name").or_else(|| object.get("@value")).and_then(string)
        }
        Value::Array(list) => list.first().and_then(|first| match first {
            Value::String(_) => string(first),
            _ => None,
        }),
        _ => None,
    }
}

/// Returns the names of persons or organizations.
fn names(value: &Value, by_id: &HashMap<&str, &Object>) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::String(name) => vec![name.trim().to_owned()],
        Value::Object(object) => {
            let referred =
                || object.get("@id").and_then(Value::as_str).and_then(|id| by_id.get(id));
            let name = object.get("name").or_else(|| referred()?.get("name"));
            match name {
                Some(Value::Array(names)) => names.iter().filter_map(string).collect(),
                Some(name) => string(name).into_iter().collect(),
                None => Vec::new(),
            }
        }
        _ => Vec::new(),
    };
    match value {
        Value::Array(list) => list.iter().flat_map(one).collect(),
        value => one(value),
    }
}

fn keywords(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => text.split(',').map(|tag| tag.trim().to_owned()).collect(),
        Value::Array(list) => list.iter().filter_map(string).collect(),
        _ => Vec::new(),
    }
}

//! Entities of XML and HTML. Pure.

use std::borrow::Cow;

use html5gum::{Token, Tokenizer};
use quick_xml::escape::resolve_predefined_entity;

/// Returns the text of an entity without `&` and `;`.
pub fn entity<'a>(name: &str) -> Cow<'a, str> {
    match resolve_predefined_entity(name) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(html_entity(name)),
    }
}

/// Returns the text of an entity of HTML, or its source if HTML has no such entity.
fn html_entity(name: &str) -> String {
    let source = format!("&{name};");
    let mut text = String::new();
    for token in Tokenizer::new(source.as_str()) {
        let Ok(token) = token;
        if let Token::String(part) = token {
            text.push_str(&String::from_utf8_lossy(&part.value));
        }
    }
    text
}

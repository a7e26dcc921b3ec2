//! Attributes of an XML element as they are in its source. Pure.

use std::borrow::Cow;

use quick_xml::events::BytesRef;

use super::references::entity;

/// Returns the value of an attribute by its name without a prefix.
pub fn attribute<'a>(source: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let found = raw_attributes(source)
        .find(|(key, _)| key.rsplit(':').next() == Some(name) && !key.starts_with("xmlns"));
    let value = found?.1;
    if !value.contains('&') {
        return Some(Cow::Borrowed(value));
    }
    let mut parts = value.split('&');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(';') {
            Some((reference, rest)) => {
                let char = BytesRef::new(reference).resolve_char_ref().ok().flatten();
                match char {
                    Some(char) => text.push(char),
                    None => text.push_str(&entity(reference)),
                }
                text.push_str(rest);
            }
            None => text.extend(["&", part]),
        }
    }
    Some(Cow::Owned(text))
}

/// Returns the names and the values of attributes as they are in the source.
pub fn raw_attributes(source: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = source;
    std::iter::from_fn(move || {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        rest = after;
        Some((key.trim(), value))
    })
}

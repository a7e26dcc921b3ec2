//! Parser of the response to `getUpdates`, which parses each update independently. Pure.
//!
//! An update that cannot be parsed must not delay the others. The array is therefore split at its
//! brackets and quotation marks only, so an invalid update does not affect its neighbours, unless
//! it leaves a bracket or a quotation mark open.

use serde_json::Value;

use crate::ids::UpdateId;

/// An update as it was received.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    Parsed(Value),
    /// A text that is invalid JSON, for example because of a lone surrogate, or JSON without an id
    /// that can be confirmed.
    Unreadable {
        id: Option<UpdateId>,
    },
}

/// An array of updates that cannot be split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsplittableBatch {
    /// The first id in the array.
    pub first: Option<UpdateId>,
}

const ID_KEY: &[u8] = b"\"update_id\"";
/// The start of a successful response, without white space.
const SUCCESS: &[u8] = b"{\"ok\":t";

/// Parses the updates of a response. Returns `None` if the response is not a success of
/// `getUpdates`.
pub fn updates(response: &[u8]) -> Option<Result<Vec<Received>, UnsplittableBatch>> {
    let members = members(response);
    let member = |name: &[u8]| {
        let found = members.iter().flatten().find(|(key, _)| *key == name);
        found.map(|(_, value)| *value)
    };
    if !starts_as_success(response) && member(b"\"ok\"") != Some(b"true") {
        return None;
    }
    Some(match member(b"\"result\"").and_then(elements) {
        Some(updates) => Ok(updates.into_iter().map(update).collect()),
        None => Err(UnsplittableBatch { first: id_in(response) }),
    })
}

/// Parses one update.
pub fn update(text: &[u8]) -> Received {
    match serde_json::from_slice::<Value>(text) {
        Ok(update) if id_of(&update).is_some() => Received::Parsed(update),
        _ => Received::Unreadable { id: id_in(text) },
    }
}

/// Returns whether a text that [`update`] cannot read may be an update: it has the key of an
/// update's id, and is invalid JSON or has a number as the id.
pub fn may_be_update(text: &[u8]) -> bool {
    let is_no_update = |update: Value| update.get("update_id").is_none_or(|id| !id.is_number());
    let is_named = text.windows(ID_KEY.len()).any(|part| part == ID_KEY);
    is_named && !serde_json::from_slice(text).is_ok_and(is_no_update)
}

/// Returns the id of an update, if it can be confirmed.
pub fn id_of(update: &Value) -> Option<UpdateId> {
    update.get("update_id")?.as_i64().filter(|id| can_be_confirmed(*id)).map(UpdateId::new)
}

/// Returns whether a response starts like a success of a Bot API server.
pub fn starts_as_success(response: &[u8]) -> bool {
    let start = response.iter().filter(|byte| !byte.is_ascii_whitespace());
    start.copied().take(SUCCESS.len()).eq(SUCCESS.iter().copied())
}

/// Returns whether an id can be confirmed. Telegram's ids are positive, and a confirmation names
/// the next id.
fn can_be_confirmed(id: i64) -> bool {
    (0..i64::MAX).contains(&id)
}

/// Returns the first id in a text. The key cannot be part of a string, whose quotation marks would
/// be escaped.
fn id_in(text: &[u8]) -> Option<UpdateId> {
    let at = text.windows(ID_KEY.len()).position(|part| part == ID_KEY)?;
    let rest = text.get(at + ID_KEY.len()..)?.trim_ascii_start();
    let rest = rest.strip_prefix(b":")?.trim_ascii_start();
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if matches!(rest.get(length), Some(b'.' | b'e' | b'E')) {
        return None;
    }
    let digits = std::str::from_utf8(rest.get(..length)?).ok()?;
    digits.parse().ok().filter(|id| can_be_confirmed(*id)).map(UpdateId::new)
}

/// Splits an object into its keys, with their quotation marks, and its values.
fn members(object: &[u8]) -> Option<Vec<(&[u8], &[u8])>> {
    let mut rest = object.trim_ascii().strip_prefix(b"{")?;
    let mut found = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        if let Some(rest) = rest.strip_prefix(b"}") {
            return rest.is_empty().then_some(found);
        }
        rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
        let (key, after) = split_value(rest)?;
        let (value, after) = split_value(after.trim_ascii_start().strip_prefix(b":")?)?;
        found.push((key, value));
        rest = after;
    }
}

/// Splits an array into its elements.
fn elements(array: &[u8]) -> Option<Vec<&[u8]>> {
    let mut rest = array.trim_ascii().strip_prefix(b"[")?;
    let mut found = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        if rest == b"]" {
            return Some(found);
        }
        rest = rest.strip_prefix(b",").unwrap_or(rest);
        let (element, after) = split_value(rest)?;
        found.push(element);
        rest = after;
    }
}

/// Splits the first value off a text. Returns `None` if the value does not end, or is empty.
fn split_value(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_start();
    let end = match text.first()? {
        b'"' => string_end(text, 0)?,
        b'{' | b'[' => {
            let (mut depth, mut at) = (0_usize, 0);
            loop {
                match text.get(at)? {
                    b'"' => at = string_end(text, at)?,
                    b'{' | b'[' => (depth, at) = (depth + 1, at + 1),
                    b'}' | b']' => (depth, at) = (depth - 1, at + 1),
                    _ => at += 1,
                }
                if depth == 0 {
                    break at;
                }
            }
        }
        _ => text.iter().position(|byte| b",]}:".contains(byte))?,
    };
    let (value, rest) = text.split_at(end);
    let value = value.trim_ascii_end();
    (!value.is_empty()).then_some((value, rest))
}

/// Returns the end of the string that starts at `start`.
fn string_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"update_id":8,"message":{"text":"a ]} \" \\"}}"#;

    fn batch(update: &[u8]) -> Vec<u8> {
        let good = GOOD.as_bytes();
        [b"{\"ok\":true,\"result\":[", update, b",", good, b"]}"].concat()
    }

    #[test]
    fn update_batch_parses_each_update_independently() {
        let deep = format!("{{\"update_id\":7,\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
        let skipped = Received::Unreadable { id: Some(UpdateId::new(7)) };
        for unreadable in [
            br#"{"update_id":7,"message":{"text":"\ud800"}}"#.as_slice(),
            br#"{"update_id":7,"message":{"date":1e400}}"#,
            br#"{"update_id":7,"message":{"date":-1e999999999}}"#,
            b"{\"update_id\":7,\"message\":{\"text\":\"\xff\xfe\"}}",
            br#"{"update_id":7,"message":{"text":"\x"}}"#,
            b"{\"update_id\":7,\"message\":{\"text\":\"a\nb\"}}",
            br#"{"message":{"date":NaN}, "update_id" : 7}"#,
            br#"{"update_id":7,"message":{"date":01}}"#,
            br#"{"update_id":7,"message":{"text":}}"#,
            br#"{"update_id":7,}"#,
            br#"{"update_id":7 "message":{}}"#,
            deep.as_bytes(),
        ] {
            let text = String::from_utf8_lossy(unreadable);
            let read = updates(&batch(unreadable)).unwrap().unwrap();
            let good = serde_json::from_str(GOOD).unwrap();
            assert_eq!(read, [skipped.clone(), Received::Parsed(good)], "{text}");
        }
    }

    #[test]
    fn update_batch_marks_updates_without_a_confirmable_id_as_unreadable() {
        for nameless in [
            r#"{"update_id":1e400}"#,
            r#"{"update_id":7.5}"#,
            r#"{"update_id":"7"}"#,
            r#"{"update_id":-7}"#,
            r#"{"update_id":9223372036854775807}"#,
            r#"{"update_id":99999999999999999999}"#,
            r#"{"message":{"text":"\"update_id\":7"}}"#,
            "null",
            "7",
            "[]",
        ] {
            let read = updates(&batch(nameless.as_bytes())).unwrap().unwrap();
            assert_eq!(read[0], Received::Unreadable { id: None }, "{nameless}");
            assert_eq!(read.len(), 2, "{nameless}");
        }
    }

    #[test]
    fn update_batch_accepts_odd_numbers_and_duplicate_keys() {
        for odd in [
            r#"{"update_id":1,"update_id":7}"#,
            r#"{"update_id":7,"message":{"date":123456789012345678901234567890}}"#,
            r#"{"update_id":7,"message":{"date":1e300,"date":-0}}"#,
            r#"{"update_id":7,"text":"\u0000\ud83d\ude00"}"#,
        ] {
            let read = updates(&batch(odd.as_bytes())).unwrap().unwrap();
            assert!(
                matches!(&read[0], Received::Parsed(it) if id_of(it) == Some(UpdateId::new(7))),
                "{odd}"
            );
        }
    }

    #[test]
    fn update_batch_that_cannot_be_split_has_the_first_id() {
        for open in [
            r#"{"update_id":7,"message":{"text":"a}}"#,
            r#"{"update_id":7,"message":{{}}"#,
            r#"{"update_id":7,"message":[}"#,
        ] {
            let read = updates(&batch(open.as_bytes())).unwrap();
            let is_passed = match &read {
                Err(open) => open.first == Some(UpdateId::new(7)),
                Ok(read) => read.contains(&Received::Unreadable { id: Some(UpdateId::new(7)) }),
            };
            assert!(is_passed, "{open}: {read:?}");
        }
        assert_eq!(updates(b"{\"ok\":tr"), Some(Err(UnsplittableBatch { first: None })));
    }

    #[test]
    fn update_batch_comes_from_a_success_only() {
        for other in ["", "{", "<html>", "{\"ok\":false}", "{\"ok\":true}", "[]", "null"] {
            let read = updates(other.as_bytes());
            assert!(!matches!(read, Some(Ok(_))), "{other}: {read:?}");
        }
        assert_eq!(updates(b" { \"ok\" : true , \"result\" : [ ] } "), Some(Ok(Vec::new())));
    }
}

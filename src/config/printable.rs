//! Values of TOML, as error messages show them. Pure.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::token;

/// Maximum length of a value in an error message, in chars.
const MAX_PRINTED_CHARS: usize = 60;

/// Returns the key `name` of a table with its value.
pub(super) fn entry<'t>(
    table: &'t DeTable<'t>,
    name: &str,
) -> Option<(&'t Spanned<Cow<'t, str>>, &'t Spanned<DeValue<'t>>)> {
    table.iter().find(|(key, _)| key.get_ref() == name)
}

/// Returns the type of a value, in words of everyday language.
pub(super) fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

/// Returns whether a value, or a value inside it, may contain the bot's token.
pub(super) fn may_contain_token(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::String(text) => token::may_be_in(text),
        DeValue::Array(list) => list.iter().any(|inner| may_contain_token(inner.get_ref())),
        DeValue::Table(table) => table.iter().any(|(_, inner)| may_contain_token(inner.get_ref())),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            false
        }
    }
}

/// Returns a raw text for an error message: shortened, and without control characters.
pub(super) fn printable(raw: &str) -> String {
    let mut text: String = raw
        .chars()
        .take(MAX_PRINTED_CHARS)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if raw.chars().nth(MAX_PRINTED_CHARS).is_some() {
        text.push('…');
    }
    text
}

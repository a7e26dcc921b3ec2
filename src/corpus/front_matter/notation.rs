//! Parsing of YAML, TOML and JSON into values. Pure.
//!
//! Front matter that is not valid as a whole is read entry by entry, so that one mistake does not
//! hide the others. The value of an entry that is not valid YAML is its text.

use serde_saphyr::options::DuplicateKeyPolicy;
use toml::de::{DeTable, DeValue};

use super::fences::{Block, Notation};
use super::value::{Entry, Value};

/// A mistake in the notation.
#[derive(Debug, PartialEq)]
pub struct Mistake {
    /// Line in the front matter, from 1.
    pub line: usize,
    /// Message of the parser.
    pub what: String,
}

/// Maximum number of entries that are read as one, since a value may span lines that resemble
/// entries.
const MAX_MERGED_ENTRIES: usize = 8;
/// Maximum number of mistakes that are returned.
const MAX_MISTAKES: usize = 20;

/// Parses a block. Returns the entries in their order, and the mistakes. The lines of the entries
/// count from the start of the block.
pub fn parse(block: &Block<'_>) -> (Vec<Entry>, Vec<Mistake>) {
    match block.notation {
        Notation::Yaml => parse_yaml(block.source),
        Notation::Toml => parse_toml(block.source),
        Notation::Json => parse_json(block.source),
    }
}

fn parse_yaml(source: &str) -> (Vec<Entry>, Vec<Mistake>) {
    match yaml_map(source, DuplicateKeyPolicy::Error) {
        Ok(map) => (with_lines(source, map), Vec::new()),
        Err(whole) => salvage_yaml(source, &whole),
    }
}

/// Parses a YAML map. Returns no entries if the YAML is empty.
fn yaml_map(
    source: &str,
    duplicates: DuplicateKeyPolicy,
) -> Result<Vec<(String, Value)>, serde_saphyr::Error> {
    if source.trim().is_empty() {
        return Ok(Vec::new());
    }
    let options = serde_saphyr::options! { duplicate_keys: duplicates };
    match serde_saphyr::from_str_with_options(source, options)? {
        Value::Map(map) => Ok(map),
        Value::Null => Ok(Vec::new()),
        Value::Bool(_) | Value::Text(_) | Value::List(_) => {
            Err(serde::de::Error::custom("expected `key: value` lines"))
        }
    }
}

/// Parses YAML entry by entry, after parsing it as a whole failed with `whole`.
fn salvage_yaml(source: &str, whole: &serde_saphyr::Error) -> (Vec<Entry>, Vec<Mistake>) {
    let (mut found, mut mistakes) = (Vec::<Entry>::new(), Vec::new());
    let all: Vec<_> = yaml_entries(source).collect();
    // Anchors in several entries may grow without limit.
    let most = if has_anchors(source) { 1 } else { MAX_MERGED_ENTRIES };
    let mut at = 0;
    while let Some((line, entry)) = all.get(at) {
        let from = offset_in(source, entry);
        let until = |count: usize| {
            all.get(at + count).map_or(source.len(), |next| offset_in(source, next.1))
        };
        let mut counts = 1..=most.min(all.len() - at);
        let merged = counts.find_map(|count| {
            let part = &source[from..until(count)];
            yaml_map(part, DuplicateKeyPolicy::LastWins).ok().map(|map| (count, part, map))
        });
        match merged {
            Some((count, part, map)) => {
                for entry in with_lines(part, map) {
                    let line = line + entry.line - 1;
                    if found.iter().any(|known| known.key == entry.key) {
                        let what = format!("`{}` is there more than once", entry.key);
                        mistakes.push(Mistake { line, what });
                    } else {
                        found.push(Entry { line, ..entry });
                    }
                }
                at += count;
            }
            None => {
                let error = yaml_map(entry, DuplicateKeyPolicy::LastWins).err();
                mistakes.extend(error.map(|error| yaml_mistake(*line, &error)));
                found.extend(raw_entry(*line, entry));
                at += 1;
            }
        }
        if mistakes.len() == MAX_MISTAKES {
            break;
        }
    }
    if mistakes.is_empty() {
        // Every entry is valid alone: the mistake lies between entries.
        mistakes.push(yaml_mistake(1, whole));
    }
    (found, mistakes)
}

/// Returns an entry that is not valid YAML with its text as the value, if the text is in one line.
fn raw_entry(line: usize, entry: &str) -> Option<Entry> {
    let (key, raw) = entry.split_once(':')?;
    let raw = raw.trim();
    let is_one_line = !raw.contains('\n') && !raw.is_empty();
    let quote = raw.chars().next().filter(|c| matches!(c, '"' | '\''));
    let text = match quote {
        Some(quote) => raw.trim_start_matches(quote).trim_end_matches(quote),
        None => raw,
    };
    let is_text = is_one_line && !text.starts_with(['{', '&', '*', '|', '>']);
    let value = match text.strip_prefix('[') {
        _ if !is_text => return None,
        // A list that does not end, or that text follows.
        Some(list) => match list.split_once(']') {
            Some(_) => Value::Text(text.to_owned()),
            None => Value::List(
                list.split(',').map(|name| Value::Text(name.trim().to_owned())).collect(),
            ),
        },
        None => Value::Text(text.to_owned()),
    };
    let key = key.trim().trim_matches(['"', '\'']).to_owned();
    Some(Entry { key, value, line })
}

/// Returns a mistake with the message of the YAML parser. `line` is the first line that was parsed.
fn yaml_mistake(line: usize, error: &serde_saphyr::Error) -> Mistake {
    let offset = error.location().map_or(1, |position| position.line() as usize);
    let what = error.to_string();
    let what = what.lines().next().unwrap_or_default().trim_end_matches('.');
    // The parser's line number counts from the start of what was parsed, not of the file.
    let what = what.strip_prefix("error: ").unwrap_or(what);
    let what = match what.starts_with("line ") {
        true => what.split_once(": ").map_or(what, |(_, what)| what),
        false => what,
    };
    Mistake { line: line + offset.saturating_sub(1), what: what.to_owned() }
}

/// Returns whether an entry may refer to another one, by a YAML anchor and its alias.
fn has_anchors(yaml: &str) -> bool {
    yaml.match_indices(['&', '*']).any(|(at, _)| {
        yaml[at + 1..].starts_with(char::is_alphanumeric)
            && yaml[..at].ends_with([' ', '\n', '[', '{', ','])
    })
}

/// Returns the entries of YAML, each with its first line. An entry ends before the next line that
/// begins with a key.
fn yaml_entries(yaml: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_key = |line: &str| {
        !line.trim().is_empty() && !line.starts_with([' ', '\t', '#', '-', ']', '}', '\r'])
    };
    let mut starts = Vec::new();
    let mut at = 0;
    for (position, line) in yaml.split_inclusive('\n').enumerate() {
        if is_key(line) {
            starts.push((position + 1, at));
        }
        at += line.len();
    }
    let ends: Vec<_> = starts.iter().skip(1).map(|(_, at)| *at).chain([yaml.len()]).collect();
    starts.into_iter().zip(ends).map(|((line, from), to)| (line, &yaml[from..to]))
}

/// Returns the byte offset of `part`, a slice of `text`.
fn offset_in(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// Adds the lines to the entries of a YAML map. A number keeps its spelling: the title `007` is not
/// `7`.
fn with_lines(source: &str, map: Vec<(String, Value)>) -> Vec<Entry> {
    let entry = |(key, value): (String, Value)| {
        let found = line_of(source, &key, ':');
        let line = found.map_or(1, |(line, _)| line);
        let raw = found.map(|(_, raw)| raw.split(" #").next().unwrap_or_default().trim());
        let is_plain =
            |raw: &&str| !raw.is_empty() && !raw.starts_with(['"', '\'', '&', '*', '!', '|', '>']);
        let value = match (raw.filter(is_plain), &value) {
            (Some(raw), Value::Text(text)) if text.parse::<f64>().is_ok() => {
                Value::Text(raw.to_owned())
            }
            // The title `No` is a text.
            (Some(raw), Value::Bool(flag)) if !raw.eq_ignore_ascii_case(&flag.to_string()) => {
                Value::Text(raw.to_owned())
            }
            _ => value,
        };
        Entry { key, value, line }
    };
    map.into_iter().map(entry).collect()
}

/// Returns the line of a key, from 1, and the text after its `separator`.
fn line_of<'a>(source: &'a str, key: &str, separator: char) -> Option<(usize, &'a str)> {
    source.lines().enumerate().find_map(|(position, line)| {
        let rest = line.trim_start().trim_start_matches(['"', '\'']).strip_prefix(key)?;
        let rest = rest.trim_start_matches(['"', '\'']).trim_start().strip_prefix(separator)?;
        Some((position + 1, rest))
    })
}

/// Parses TOML. Parts with syntax errors are left out.
fn parse_toml(source: &str) -> (Vec<Entry>, Vec<Mistake>) {
    let (table, errors) = DeTable::parse_recoverable(source);
    let line_at =
        |offset: usize| 1 + source.as_bytes()[..offset].iter().filter(|b| **b == b'\n').count();
    let mistakes = errors.iter().take(MAX_MISTAKES).map(|error| Mistake {
        line: line_at(error.span().map_or(0, |span| span.start.min(source.len()))),
        what: error.message().to_owned(),
    });
    let entries = table.get_ref().iter().map(|(key, value)| Entry {
        key: key.get_ref().to_string(),
        value: toml_value(value.get_ref()),
        line: line_at(key.span().start.min(source.len())),
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|entry| entry.line);
    (entries, mistakes.collect())
}

fn toml_value(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Text(number.as_str().to_owned()),
        DeValue::Float(number) => Value::Text(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(date) => Value::Text(date.to_string()),
        DeValue::Array(list) => {
            Value::List(list.iter().map(|value| toml_value(value.get_ref())).collect())
        }
        DeValue::Table(table) => {
            let entries = table.iter();
            let entries = entries
                .map(|(key, value)| (key.get_ref().to_string(), toml_value(value.get_ref())));
            Value::Map(entries.collect())
        }
    }
}

/// Parses JSON. The braces may be missing, as in Hexo.
fn parse_json(source: &str) -> (Vec<Entry>, Vec<Mistake>) {
    let parsed = match source.trim_start().starts_with('{') {
        true => serde_json::from_str(source),
        false => serde_json::from_str(&format!("{{{source}}}")),
    };
    match parsed {
        Ok(Value::Map(map)) => {
            let entry = |(key, value): (String, Value)| {
                let line = line_of(source, &key, ':').map_or(1, |(line, _)| line);
                Entry { key, value, line }
            };
            (map.into_iter().map(entry).collect(), Vec::new())
        }
        Ok(_) => (Vec::new(), vec![Mistake { line: 1, what: "expected an object".to_owned() }]),
        Err(error) => {
            let (line, what) = (error.line().max(1), error.to_string());
            let what = what.split(" at line ").next().unwrap_or_default().to_owned();
            (Vec::new(), vec![Mistake { line, what }])
        }
    }
}

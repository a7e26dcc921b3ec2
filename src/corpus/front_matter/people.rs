//! Names of authors, from the shapes that front matter gives them. Pure.

use super::super::title::plain;
use super::value::Value;

/// Maximum number of authors of an article.
const MAX_AUTHORS: usize = 100;
/// Keys of a map that hold the name of a person, the best first.
const NAME_KEYS: [&str; 6] = ["name", "fullname", "displayname", "author", "literal", "nickname"];
/// Keys that hold the two parts of a name.
const NAME_PARTS: [(&str, &str); 3] =
    [("given", "family"), ("firstname", "lastname"), ("first", "last")];
/// Words of the names of groups, in which `and` does not separate two people.
const GROUP_WORDS: [&str; 20] = [
    "of",
    "for",
    "the",
    "team",
    "department",
    "ministry",
    "institute",
    "foundation",
    "university",
    "committee",
    "office",
    "agency",
    "association",
    "society",
    "company",
    "board",
    "center",
    "centre",
    "council",
    "group",
];
/// Titles that follow a comma behind a name.
const SUFFIXES: [&str; 9] = ["phd", "ph.d.", "md", "m.d.", "jr", "jr.", "sr", "sr.", "esq."];

/// Returns the names in a value. Returns `None` if the value has a part that names nobody.
pub fn names(value: &Value) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let is_clear = collect(value, &mut found);
    found.retain(|name| !name.is_empty());
    let mut names = Vec::<String>::new();
    for name in found {
        if !names.contains(&name) && names.len() < MAX_AUTHORS {
            names.push(name);
        }
    }
    (is_clear || !names.is_empty()).then_some(names)
}

/// Adds the names in a value to `found`. Returns whether every part has a name.
fn collect(value: &Value, found: &mut Vec<String>) -> bool {
    match value {
        Value::Null | Value::Bool(_) => matches!(value, Value::Null),
        Value::Text(text) => {
            found.extend(split(text));
            true
        }
        Value::List(list) => {
            let unclear = list.iter().filter(|value| !collect(value, found)).count();
            unclear == 0
        }
        Value::Map(map) => {
            let name = NAME_KEYS.iter().find_map(|key| value.get(key)?.text());
            let part = |key: &str| value.get(key).and_then(Value::text);
            let joined = || {
                NAME_PARTS.iter().find_map(|(first, last)| {
                    Some(format!("{} {}", part(first).unwrap_or_default(), part(last)?))
                })
            };
            if let Some(name) = name.or_else(joined) {
                found.push(tidy(&name));
                return true;
            }
            // A map of maps, by the id of the author.
            let people = map.iter().filter(|(_, person)| matches!(person, Value::Map(_)));
            let people: Vec<_> = people.map(|(_, person)| person).collect();
            !people.is_empty() && people.into_iter().all(|person| collect(person, found))
        }
    }
}

/// Splits a text into names.
pub fn split(text: &str) -> Vec<String> {
    let text = text.trim();
    let text = strip_prefix_word(text, &["by", "von", "par", "por"]).unwrap_or(text);
    let mut names = Vec::<String>::new();
    for part in text.split([',', ';', '\n']) {
        let lower = part.trim().to_lowercase();
        match names.last_mut() {
            Some(last) if SUFFIXES.contains(&lower.as_str()) => {
                last.push_str(", ");
                last.push_str(part.trim());
            }
            _ => names.extend(split_at_and(part)),
        }
    }
    names.iter().map(|name| tidy(name)).collect()
}

/// Splits two names that `and` or a sign joins. The name of a group stays whole.
fn split_at_and(text: &str) -> Vec<String> {
    let text = text.trim();
    let text = strip_prefix_word(text, &["and", "und", "et", "y", "&"]).unwrap_or(text);
    let is_group =
        text.split_whitespace().any(|word| GROUP_WORDS.contains(&word.to_lowercase().as_str()));
    for joint in [" and ", " & ", " und ", " et ", " y ", " и "] {
        if let Some((first, rest)) = text.split_once(joint)
            && !is_group
        {
            let mut names = vec![first.to_owned()];
            names.extend(split_at_and(rest));
            return names;
        }
    }
    vec![text.to_owned()]
}

/// Returns the text after one of the words, in any case, if the text begins with it.
fn strip_prefix_word<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    let (first, rest) = text.split_once(char::is_whitespace)?;
    words.contains(&first.trim_end_matches(':').to_lowercase().as_str()).then(|| rest.trim_start())
}

/// Returns a name without markup, addresses and the brackets of a wikilink. An identifier such as
/// `ada-moon` becomes a name.
fn tidy(name: &str) -> String {
    let mut name = name.trim().to_owned();
    if let Some(link) = name.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
        let shown = link.rsplit('|').next().unwrap_or_default();
        name = shown.rsplit('/').next().unwrap_or_default().to_owned();
    }
    // `Ada Moon <ada@example.org>`, or `ada@example.org (Ada Moon)` as in a feed.
    if let Some((before, _)) = name.split_once('<').filter(|(_, rest)| rest.contains('@')) {
        name = before.to_owned();
    }
    if let Some((address, rest)) = name.split_once('(').filter(|(before, _)| before.contains('@')) {
        name = match rest.trim_end().strip_suffix(')') {
            Some(shown) if !shown.is_empty() => shown.to_owned(),
            _ => address.to_owned(),
        };
    }
    let name = plain(&name);
    let is_address = name.starts_with("http://") || name.starts_with("https://");
    match is_address {
        true => String::new(),
        false if is_identifier(&name) => {
            let words = name.split('-').map(|word| {
                let mut chars = word.chars();
                let first = chars.next().into_iter().flat_map(char::to_uppercase);
                first.chain(chars).collect::<String>()
            });
            words.collect::<Vec<_>>().join(" ")
        }
        false => name,
    }
}

/// Returns whether a name is an identifier of lower-case words with hyphens.
fn is_identifier(name: &str) -> bool {
    name.contains('-')
        && name.split('-').all(|word| !word.is_empty() && word.chars().all(char::is_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authors_are_named_in_many_shapes() {
        #[track_caller]
        fn check(yaml: &str, expected: &[&str]) {
            let value: Value = serde_saphyr::from_str(yaml).unwrap();
            assert_eq!(names(&value).unwrap_or_default(), expected, "{yaml}");
        }
        check("Ada Moon", &["Ada Moon"]);
        check("[Ada Moon, Bo Sun]", &["Ada Moon", "Bo Sun"]);
        check("Ada Moon, Bo Sun", &["Ada Moon", "Bo Sun"]);
        check("Ada Moon and Bo Sun", &["Ada Moon", "Bo Sun"]);
        check("Ada Moon, Bo Sun, and Cy Tide", &["Ada Moon", "Bo Sun", "Cy Tide"]);
        check("Ada Moon & Bo Sun", &["Ada Moon", "Bo Sun"]);
        check("By Ada Moon", &["Ada Moon"]);
        check("Ministry of Food and Water", &["Ministry of Food and Water"]);
        check("Ada Moon, PhD", &["Ada Moon, PhD"]);
        check("\"[[Ada Moon]]\"", &["Ada Moon"]);
        check("[\"[[people/ada|Ada Moon]]\", \"[[Bo Sun]]\"]", &["Ada Moon", "Bo Sun"]);
        check("{name: Ada Moon, url: https://example.org}", &["Ada Moon"]);
        check("[{name: Ada Moon, title: Captain}, Bo Sun]", &["Ada Moon", "Bo Sun"]);
        check("{ada: {name: Ada Moon}, bo: {name: Bo Sun}}", &["Ada Moon", "Bo Sun"]);
        check("{given: Ada, family: Moon}", &["Ada Moon"]);
        check("Ada Moon <ada@example.org>", &["Ada Moon"]);
        check("ada@example.org (Ada Moon)", &["Ada Moon"]);
        check("'[Ada Moon](https://example.org)'", &["Ada Moon"]);
        check("[ada-moon]", &["Ada Moon"]);
        check("Jean-Luc Moon", &["Jean-Luc Moon"]);
        check("[Ada, Ada]", &["Ada"]);
        check("https://example.org", &[]);
        check("{a: b}", &[]);
        check("~", &[]);
    }
}

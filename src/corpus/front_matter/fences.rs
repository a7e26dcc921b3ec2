//! Splitting of a file into front matter and text. Pure.
//!
//! Front matter is YAML between `---` and `---` or `...`, TOML between `+++`, JSON between `;;;` or
//! as an object at the start of the file, and any of them between `---NAME` and `---`. A `---`
//! above prose is a thematic break.

use serde::de::IgnoredAny;

/// The notation of front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    Yaml,
    Toml,
    Json,
}

/// Front matter in the text of a file.
#[derive(Debug, PartialEq)]
pub struct Block<'a> {
    pub notation: Notation,
    /// Text between the fences.
    pub source: &'a str,
    /// Byte offset of the source in the file.
    pub start: usize,
    /// Byte offset of the text after the front matter.
    pub body_start: usize,
    /// Whether the closing fence is there.
    pub is_closed: bool,
}

/// Returns the front matter of `text`, which may follow blank lines. `start` is the offset after a
/// byte order mark.
pub fn split(text: &str, start: usize) -> Option<Block<'_>> {
    let blank = text[start..].len() - text[start..].trim_start().len();
    let from = text[..start + blank].rfind('\n').map_or(start, |line| start.max(line + 1));
    let first = text[from..].split_inclusive('\n').next()?;
    let (notation, is_closing): (_, fn(&str) -> bool) = match first.trim_end() {
        "---" => (Notation::Yaml, |line| matches!(line, "---" | "...")),
        "---yaml" | "---yml" => (Notation::Yaml, |line| line == "---"),
        "+++" => (Notation::Toml, |line| line == "+++"),
        "---toml" => (Notation::Toml, |line| line == "---"),
        ";;;" => (Notation::Json, |line| line == ";;;"),
        "---json" => (Notation::Json, |line| line == "---"),
        line if line.starts_with('{') => return json_object(text, from),
        _ => return None,
    };
    let source_start = from + first.len();
    let fenced = fenced(text, notation, source_start, is_closing);
    match fenced.is_closed {
        true => is_plausible(&fenced, from == start).then_some(fenced),
        false => unclosed(text, notation, source_start),
    }
}

/// Returns the block from `start` to the first line that `is_closing` accepts.
fn fenced<'a>(
    text: &'a str,
    notation: Notation,
    start: usize,
    is_closing: fn(&str) -> bool,
) -> Block<'a> {
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if is_closing(line.trim_end()) {
            let (source, body_start) = (&text[start..at], at + line.len());
            return Block { notation, source, start, body_start, is_closed: true };
        }
        at += line.len();
    }
    Block { notation, source: &text[start..], start, body_start: text.len(), is_closed: false }
}

/// Returns whether the text between two fences can be metadata. Prose between two thematic breaks
/// has no keys. `is_first` tells whether the first fence is the first line.
fn is_plausible(block: &Block<'_>, is_first: bool) -> bool {
    let mut lines = block.source.lines().filter(|line| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with('#')
    });
    let Some(first) = lines.next() else { return is_first };
    match block.notation {
        Notation::Yaml => {
            is_yaml_entry(first.trim_start())
                || first.trim_start().starts_with('{') && first.contains(':')
        }
        Notation::Toml => first.contains('=') || first.trim_start().starts_with('['),
        Notation::Json => first.contains(['{', ':']),
    }
}

/// Returns the front matter of a file that lacks the closing fence: the lines up to the first blank
/// one, if all of them are entries.
fn unclosed(text: &str, notation: Notation, start: usize) -> Option<Block<'_>> {
    let mut at = start;
    let mut entries = 0;
    for line in text[start..].split_inclusive('\n') {
        let is_entry = match notation {
            Notation::Yaml => is_yaml_entry(line),
            Notation::Toml => line.contains('=') || line.starts_with('['),
            Notation::Json => line.contains(':'),
        };
        let is_inner = line.starts_with([' ', '\t', '-', '#', ']', '}']) && entries > 0;
        if line.trim().is_empty() || !(is_entry || is_inner) {
            break;
        }
        entries += usize::from(is_entry);
        at += line.len();
    }
    // A single `Note: …` below a thematic break is prose.
    let is_metadata = entries > 1 || text[start..].to_lowercase().starts_with("title");
    let block =
        Block { notation, source: &text[start..at], start, body_start: at, is_closed: false };
    (entries > 0 && is_metadata).then_some(block)
}

/// Returns whether a line begins with a key and a colon, as prose does not.
fn is_yaml_entry(line: &str) -> bool {
    let line = line.trim_end();
    let Some((key, rest)) = line.split_once(':') else { return false };
    let key = key.trim_end().trim_matches(['"', '\'']);
    let is_key_char =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '@' | '$');
    !key.is_empty()
        && !key.starts_with([' ', '-', '.'])
        && key.chars().all(is_key_char)
        && key.split(' ').count() <= 2
        && (rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// Returns the JSON object at `from`, as Hugo reads it.
fn json_object(text: &str, from: usize) -> Option<Block<'_>> {
    let mut objects = serde_json::Deserializer::from_str(&text[from..]).into_iter::<IgnoredAny>();
    let parsed = objects.next()?;
    let end = from + objects.byte_offset();
    let is_object = text[from..end].contains(':');
    if parsed.is_err() || !is_object {
        return None;
    }
    let rest = &text[end..];
    let line_end = rest.find('\n').map_or(rest.len(), |at| at + 1);
    let is_alone = rest[..line_end].trim().is_empty();
    let (source, body_start) = (&text[from..end], end + line_end);
    let block =
        Block { notation: Notation::Json, source, start: from, body_start, is_closed: true };
    is_alone.then_some(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_split_from_the_text() {
        #[track_caller]
        fn check(text: &str, expected: Option<(Notation, &str, &str)>) {
            let found = split(text, 0);
            let found =
                found.map(|block| (block.notation, block.source, &text[block.body_start..]));
            assert_eq!(found, expected, "{text:?}");
        }
        use Notation::{Json, Toml, Yaml};
        check("---\ntitle: A\n---\nb", Some((Yaml, "title: A\n", "b")));
        check("---  \r\ntitle: A\r\n...\r\nb", Some((Yaml, "title: A\r\n", "b")));
        check("---yaml\na: b\n---\nc", Some((Yaml, "a: b\n", "c")));
        check("\n\n---\ntitle: A\n---\nb", Some((Yaml, "title: A\n", "b")));
        check("---\n---\nb", Some((Yaml, "", "b")));
        check("+++\ntitle = \"A\"\n+++\nb", Some((Toml, "title = \"A\"\n", "b")));
        check("---toml\ntitle = \"A\"\n---\nb", Some((Toml, "title = \"A\"\n", "b")));
        check("{\"title\": \"A\"}\n\nb", Some((Json, "{\"title\": \"A\"}", "\nb")));
        check("{\n\"a\": {\"b\": 1}\n}\nc", Some((Json, "{\n\"a\": {\"b\": 1}\n}", "c")));
        check(";;;\n\"a\": 1\n;;;\nc", Some((Json, "\"a\": 1\n", "c")));
        check("---json\n{\"a\": 1}\n---\nc", Some((Json, "{\"a\": 1}\n", "c")));
        check("---\ntitle: A\ndate: b\n\nc", Some((Yaml, "title: A\ndate: b\n", "\nc")));
        check("---\ntitle: A\n# C\n", Some((Yaml, "title: A\n# C\n", "")));
        check("---\n\nThe tide rises.\n\n---\n\nIt falls.", None);
        check("---\nThe tide rises.\n---\nIt falls.", None);
        check("---\nNote: it rises.\n\nIt falls.", None);
        check("---\nIt was this: low.\n---\nIt falls.", None);
        check("{% raw %}\nb", None);
        check("{a}\nb", None);
        check("Text\n---\na: b\n---\n", None);
        check("", None);
        check("---", None);
        check("+++", None);
    }
}

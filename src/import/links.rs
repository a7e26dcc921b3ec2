//! Links between the documents of a source, in their Markdown. Pure.

use std::collections::HashMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Scheme of a link to another document of the source.
const SCHEME: &str = "](article:";
/// Characters that are escaped in a path.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'_').remove(b'~').remove(b'-');

/// Replaces the links `article:KEY` in the Markdown of `file` by relative paths. `files` has the
/// path of each key. A link to a document that was not imported becomes its text.
pub fn resolve(markdown: &str, file: &str, files: &HashMap<&str, &str>) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some(at) = rest.find(SCHEME) {
        let (before, link) = rest.split_at(at);
        text.push_str(before);
        let link = &link[SCHEME.len()..];
        let Some(end) = link.find(')') else {
            text.push_str(SCHEME);
            rest = link;
            continue;
        };
        let (key, fragment) = link[..end].split_once('#').unwrap_or((&link[..end], ""));
        let key = percent_decode_str(key).decode_utf8_lossy();
        match files.get(&*key) {
            Some(target) => {
                let path = relative(file, target);
                let path = utf8_percent_encode(&path, PATH);
                let mark = if fragment.is_empty() { "" } else { "#" };
                text.push_str(&format!("]({path}{mark}{fragment})"));
            }
            None => unlink(&mut text),
        }
        rest = &link[end + 1..];
    }
    text + rest
}

/// Removes the bracket that opens the text of a link at the end of `text`.
fn unlink(text: &mut String) {
    let mut depth = 0;
    let bytes = text.as_bytes();
    let opening = (0..bytes.len()).rev().find(|at| {
        let is_escaped = *at > 0 && bytes[at - 1] == b'\\';
        match bytes[*at] {
            b']' if !is_escaped => depth += 1,
            b'[' if !is_escaped && depth == 0 => return true,
            b'[' if !is_escaped => depth -= 1,
            _ => {}
        }
        false
    });
    if let Some(at) = opening {
        text.remove(at);
    }
}

/// Returns the path from the folder of `file` to `target`; both are paths within the corpus.
fn relative(file: &str, target: &str) -> String {
    let folders: Vec<_> = file.split('/').collect();
    let names: Vec<_> = target.split('/').collect();
    let most = folders.len().min(names.len()) - 1;
    let common = (0..most).take_while(|at| folders[*at] == names[*at]).count();
    let up = vec![".."; folders.len() - 1 - common];
    [&up[..], &names[common..]].concat().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_between_documents_become_relative_paths() {
        let files =
            HashMap::from([("1", "blog/tides.md"), ("a b", "blog/old/ebb.md"), ("3", "c.md")]);
        let check = |markdown: &str, expected: &str| {
            assert_eq!(resolve(markdown, "blog/new.md", &files), expected, "{markdown}");
        };
        check("See [tides](article:1), [it](b).", "See [tides](tides.md), [it](b).");
        check("[ebb](article:a%20b#low)", "[ebb](old/ebb.md#low)");
        check("[c](article:3)", "[c](../c.md)");
        check("See [the \\[old\\] [x] post](article:9) now", "See the \\[old\\] [x] post now");
        check("](article:9", "](article:9");
        check("](article:9)", "");
        assert_eq!(relative("a.md", "b/水.md"), "b/水.md");
    }
}

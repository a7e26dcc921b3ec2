//! A zip archive of text files: Markdown, plain text and web pages. Pure.

use std::collections::HashMap;

use super::elements::{is_invisible, with_links};
use super::escape::{block_start, push_escaped};
use super::front_matter::{self, FrontMatter};
use super::paths::{common_folder, has_extension, is_hidden, linked_path, without_extension};
use super::prose::push_line;
use super::text::decode;
use crate::import::archive::Archive;
use crate::import::document::{Body, Converted, Document, Failure};

const MARKDOWN: [&str; 4] = ["markdown", "md", "mdx", "txt"];
const PAGES: [&str; 3] = ["htm", "html", "xhtml"];

const DRAFTS: &str = "files that are marked as drafts";
const EMPTY: &str = "files without a text";

/// The form of a file of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    Markdown,
    Plain,
}

/// Returns whether a file is one that `convert` reads.
pub fn is_text(path: &str) -> bool {
    !is_hidden(path) && (has_extension(path, &MARKDOWN) || has_extension(path, &PAGES))
}

/// Converts an archive. The key of a document is its path. A web page is a whole page, in which the
/// article is yet to be found.
pub fn convert(bytes: Vec<u8>) -> Result<Converted, Failure> {
    let mut archive = Archive::open(bytes)?;
    let paths: Vec<String> =
        archive.names().filter(|path| is_text(path)).map(str::to_owned).collect();
    let folder = common_folder(paths.iter().map(String::as_str));
    let prefix = folder.as_ref().map(|folder| format!("{folder}/")).unwrap_or_default();
    let mut converted = Converted { folder, ..Converted::default() };
    super::count_refused(&archive, &mut converted);
    let keys: HashMap<&str, &str> =
        paths.iter().map(|path| (path.as_str(), &path[prefix.len()..])).collect();
    for path in &paths {
        let text = match archive.read(path) {
            Ok(bytes) => decode(&bytes, None),
            Err(failure) => {
                converted.failed.push((path[prefix.len()..].to_owned(), failure));
                continue;
            }
        };
        let target = |href: &str| {
            let key = keys.get(linked_path(path, href)?.as_str())?;
            Some(super::article_address(key))
        };
        let (front, body) = match has_extension(path, &PAGES) {
            true => (FrontMatter::default(), Body::Html(with_links(&text, target))),
            false => {
                let (front, rest) = front_matter::split(&text);
                let markdown = match has_extension(path, &["txt"]) {
                    true => from_plain_text(rest),
                    false => super::prose::with_links(rest, target),
                };
                (front, Body::Markdown(markdown))
            }
        };
        let (Body::Html(text) | Body::Markdown(text)) = &body;
        let reason = match () {
            () if text.trim().is_empty() => EMPTY,
            () if front.is_draft => DRAFTS,
            () => {
                converted.documents.push(document(&path[prefix.len()..], front, body));
                continue;
            }
        };
        *converted.left_out.entry(reason.to_owned()).or_default() += 1;
    }
    Ok(converted)
}

/// Returns plain text as Markdown: empty lines divide paragraphs.
fn from_plain_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for line in text.lines() {
        let is_left_out = |c: char| is_invisible(c) || c == '\u{c}';
        let visible: String = line.chars().filter(|c| !is_left_out(*c)).collect();
        let mut escaped = String::with_capacity(visible.len());
        push_escaped(&mut escaped, visible.trim(), None, None);
        if let Some(at) = block_start(&escaped) {
            escaped.insert(at, '\\');
        }
        push_line(&mut out, &escaped);
    }
    out.trim_end().to_owned() + "\n"
}

/// Converts a single file. `name` is its name without extension. Fails if the file is a draft.
pub fn text_file(name: &str, text: &str, kind: TextKind) -> Result<Document, Failure> {
    let (front, rest) = front_matter::split(text);
    if front.is_draft {
        let hint = "import it once it is published, or remove the mark";
        return Err(Failure::new("it is marked as a draft", hint));
    }
    let markdown = match kind {
        TextKind::Markdown => rest.to_owned(),
        TextKind::Plain => from_plain_text(rest),
    };
    Ok(Document {
        key: String::new(),
        name: Some(name.to_owned()),
        ..document(name, front, Body::Markdown(markdown))
    })
}

fn document(path: &str, front: FrontMatter, body: Body) -> Document {
    let FrontMatter {
        title,
        authors,
        published,
        updated,
        description,
        tags,
        language,
        address,
        ..
    } = front;
    Document {
        key: path.to_owned(),
        title,
        authors,
        published,
        updated,
        description,
        tags,
        language,
        address,
        name: Some(without_extension(path).to_owned()),
        body,
        warnings: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::archive::tests::zip;

    #[test]
    fn folder_of_text_files_becomes_documents() {
        let archive = zip(&[
            ("docs/a.md", b"---\ntitle: Tides\n---\nSee [b](sub/b.html#c) and ![d](d.png).\n"),
            ("docs/sub/b.html", b"<html><body><a href=\"../a.md\">a</a></body></html>"),
            (
                "docs/c.txt",
                b"\xcf\xf0\xe8\xeb\xe8\xe2 \xef\xee\xe4\xed\xe8\xec\xe0\xe5\xf2\xf1\xff",
            ),
            ("docs/e.md", b"---\ndraft: true\n---\nlater"),
            ("docs/.hidden.md", b"hidden"),
            ("../away.md", b"away"),
            ("__MACOSX/docs/._a.md", b"\0"),
        ]);
        let converted = convert(archive).unwrap();
        assert_eq!(converted.folder.as_deref(), Some("docs"));
        let plain = from_plain_text("  # a\n\n\n1. *b*\nc\n");
        assert_eq!(plain, "\\# a\n\n1\\. \\*b\\*\nc\n");
        let [a, c, b] = &converted.documents[..] else { panic!("{converted:?}") };
        assert_eq!((a.title.as_deref(), a.name.as_deref()), (Some("Tides"), Some("a")));
        let expected = "See [b](article:sub/b.html) and ![d](d.png).\n";
        assert_eq!(a.body, Body::Markdown(expected.to_owned()));
        assert_eq!(c.body, Body::Markdown("Прилив поднимается\n".to_owned()));
        let expected = "<html><body><a href=\"article:a.md\">a</a></body></html>";
        assert_eq!(b.body, Body::Html(expected.to_owned()));
        assert_eq!(converted.left_out.get(DRAFTS), Some(&1));
        assert_eq!(converted.left_out.values().sum::<usize>(), 2);
    }
}

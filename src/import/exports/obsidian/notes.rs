//! Markdown of the notes of a vault. Pure.

use regex::Captures;
use std::cell::Cell;
use std::collections::HashMap;

use super::super::paths::{file_name, linked_path, without_extension};
use super::super::patterns::pattern;
use super::super::prose::{Line, Link, edited, lines, push_line, replaced_links};

pattern!(WIKILINK, r"(!?)\[\[([^\[\]\n|#]*)(#[^\[\]\n|]*)?(\|[^\[\]\n]*)?\]\]");
pattern!(COMMENT, r"%%[^%]*(?:%[^%]+)*%%");
pattern!(BLOCK_ID, r"(?:^|[ \t]+)\^[A-Za-z0-9-]+[ \t]*$");

/// Languages of blocks of code that plug-ins replace by a list or a form.
const QUERIES: [&str; 9] =
    ["base", "button", "chart", "dataview", "dataviewjs", "meta-bind", "query", "tasks", "tracker"];

/// The notes of a vault, for links between them.
pub struct Vault {
    /// Key of a note by its path in lower case.
    by_path: HashMap<String, String>,
    /// Keys of the notes of a name in lower case, the shortest path first.
    by_name: HashMap<String, Vec<String>>,
}

impl Vault {
    pub fn new<'a>(paths: impl Iterator<Item = &'a str>) -> Self {
        let mut stems: Vec<&str> = paths.map(without_extension).collect();
        stems.sort_by_key(|stem| (stem.matches('/').count(), stem.len(), *stem));
        let mut vault = Self { by_path: HashMap::new(), by_name: HashMap::new() };
        for stem in stems {
            vault.by_path.insert(stem.to_lowercase(), stem.to_owned());
            let name = file_name(stem).to_lowercase();
            vault.by_name.entry(name).or_default().push(stem.to_owned());
        }
        vault
    }

    /// Returns the key of the note that a wikilink in the note `from` names: by its path from the
    /// folder of the note or of the vault, or by the end of its path.
    fn key(&self, from: &str, target: &str) -> Option<&String> {
        let target = target.trim().trim_end_matches('\\');
        let lower = target.to_lowercase();
        let own = lower.strip_suffix(".md").unwrap_or(&lower).trim_start_matches('/');
        let relative = linked_path(from, &own.replace('%', "%25")).unwrap_or_default();
        let near = self.by_path.get(&relative.to_lowercase());
        let by_end = || {
            let end = format!("/{own}");
            let is_end = |key: &&String| format!("/{}", key.to_lowercase()).ends_with(&end);
            self.by_name.get(file_name(own))?.iter().find(is_end)
        };
        near.or_else(|| self.by_path.get(own)).or_else(by_end)
    }
}

/// Returns the Markdown of a note without what only Obsidian shows.
pub fn converted(text: &str, path: &str, vault: &Vault) -> String {
    let all: Vec<Line<'_>> = lines(text).collect();
    let has_mark = |line: &Line<'_>| matches!(line, Line::Prose(line) if marks(line) > 0);
    let last_mark = all.iter().rposition(has_mark).unwrap_or(0);
    let mut out = String::with_capacity(text.len());
    let mut in_comment = false;
    let mut in_query = false;
    for (at, line) in all.into_iter().enumerate() {
        match line {
            Line::Fence(_, language) if QUERIES.contains(&language) => in_query = true,
            Line::Fence(line, _) => {
                in_query = false;
                push_unless(&mut out, in_comment, line);
            }
            Line::Code(line) => push_unless(&mut out, in_comment || in_query, line),
            Line::Prose(line) => {
                in_query = false;
                let may_start = at < last_mark;
                if let Some(shown) = without_comment(line, &mut in_comment, may_start) {
                    let shown = edited(&shown, |part| with_links(part, path, vault));
                    push_line(&mut out, &BLOCK_ID.replace(&shown, ""));
                }
            }
        }
    }
    let trimmed = out.trim_matches('\n');
    if trimmed.trim().is_empty() { String::new() } else { format!("{trimmed}\n") }
}

fn push_unless(out: &mut String, is_hidden: bool, line: &str) {
    if !is_hidden {
        out.push_str(line);
        out.push('\n');
    }
}

/// Returns the number of marks of comments in a line.
fn marks(line: &str) -> usize {
    let count = Cell::new(0);
    edited(line, |part| {
        count.set(count.get() + part.matches("%%").count());
        String::new()
    });
    count.get()
}

/// Returns a line without comments. `None` if the whole line is within a comment of several lines.
/// `may_start`: whether a comment that starts here has its end below.
fn without_comment(line: &str, in_comment: &mut bool, may_start: bool) -> Option<String> {
    let line = match *in_comment {
        true => line.split_once("%%").map(|(_, rest)| rest)?,
        false => line,
    };
    *in_comment = false;
    let line = edited(line, |part| COMMENT.replace_all(part, "").into_owned());
    if marks(&line).is_multiple_of(2) || !may_start {
        return Some(line);
    }
    *in_comment = true;
    line.rsplit_once("%%").map(|(shown, _)| shown.to_owned())
}

/// Replaces wikilinks and relative links by links to documents.
fn with_links(text: &str, path: &str, vault: &Vault) -> String {
    let link = |shown: &str, key: Option<&String>| match key {
        Some(key) => format!("[{shown}]({})", super::super::article_address(key)),
        None => shown.to_owned(),
    };
    let wikilink = |found: &Captures<'_>| {
        let target = found[2].trim();
        let group = |at: usize| found.get(at).map_or("", |it| it.as_str().trim());
        let key = vault.key(path, target).filter(|_| !target.is_empty());
        let is_embedded = &found[1] == "!";
        if is_embedded && key.is_none() {
            return String::new();
        }
        let heading = group(3).trim_start_matches(['#', '^']);
        // A `|` in a table has a backslash before it.
        let target = target.trim_end_matches('\\');
        let shown = match group(4).trim_start_matches('|').trim() {
            alias if !alias.is_empty() && !is_embedded => alias,
            _ if target.is_empty() => heading.trim_end_matches('\\'),
            _ => target,
        };
        link(shown.trim(), key)
    };
    let text = WIKILINK.replace_all(text, wikilink);
    replaced_links(&text, |relative: &Link<'_>| {
        if relative.is_picture {
            // The text may end with, or be, the size of the picture.
            let (shown, size) = relative.text.rsplit_once('|').unwrap_or(("", relative.text));
            let is_size = size.chars().all(|c| c.is_ascii_digit() || c == 'x');
            return is_size.then(|| format!("![{shown}]({})", relative.address));
        }
        let target = linked_path(path, relative.address)?;
        let key = vault.by_path.get(&without_extension(&target).to_lowercase())?;
        Some(link(relative.text, Some(key)))
    })
}

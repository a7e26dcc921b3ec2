//! Markdown of one line of a formatted text. Pure.

use super::super::escape::push_escaped;
use super::run::{Run, RunKind, Style};

/// Returns the Markdown of a line after its first `skipped` characters.
pub fn inlines(runs: &[Run], skipped: usize, link: &dyn Fn(&str) -> Option<String>) -> String {
    let runs = merged(runs, skipped);
    let line: Vec<char> = runs.iter().flat_map(|run| run.text.chars()).collect();
    let mut out = String::new();
    let mut at = 0_usize;
    for run in &runs {
        let length = run.text.chars().count();
        let before = at.checked_sub(1).map(|at| line[at]);
        let after = line.get(at + length).copied();
        push_run(&mut out, run, before, after, link);
        at += length;
    }
    out.trim().to_owned()
}

/// Returns runs without the first characters and the spaces around the line, and with neighbours of
/// one style as one run.
fn merged(runs: &[Run], skipped: usize) -> Vec<Run> {
    let mut left = skipped;
    let mut all: Vec<Run> = Vec::new();
    for run in runs {
        let is_first = all.is_empty();
        let text = if is_first { run.text.trim_start() } else { run.text.as_str() };
        let skipped = left.min(text.chars().count());
        left -= skipped;
        let text: String = text.chars().skip(skipped).collect();
        let text = if is_first { text.trim_start() } else { text.as_str() };
        match all.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.style == run.style => last.text.push_str(text),
            _ => all.push(Run { text: text.to_owned(), style: run.style.clone() }),
        }
    }
    while let Some(last) = all.last_mut() {
        last.text.truncate(last.text.trim_end().len());
        match last.text.is_empty() {
            true => all.pop(),
            false => break,
        };
    }
    all
}

/// Appends a run with its format. Spaces at its ends are outside of the format.
fn push_run(
    out: &mut String,
    run: &Run,
    before: Option<char>,
    after: Option<char>,
    link: &dyn Fn(&str) -> Option<String>,
) {
    let text = run.text.trim();
    let start = run.text.len() - run.text.trim_start().len();
    let (leading, trailing) = if text.is_empty() {
        (run.text.as_str(), "")
    } else {
        (&run.text[..start], &run.text[start + text.len()..])
    };
    out.push_str(leading);
    if text.is_empty() {
        return;
    }
    let before = leading.chars().last().or(before);
    let after = trailing.chars().next().or(after);
    match &run.style.kind {
        RunKind::Code | RunKind::Pre(_) => push_code(out, text),
        RunKind::Link(href) => push_link(out, text, href, link),
        RunKind::Text | RunKind::Hashtag => {
            let mark = emphasis(&run.style, text, before, after).filter(|_| !out.ends_with('*'));
            let mark = mark.unwrap_or_default();
            out.push_str(mark);
            match mark.is_empty() {
                true => push_escaped(out, text, before, after),
                // The neighbours are delimiters.
                false => push_escaped(out, text, Some('*'), Some('*')),
            }
            out.push_str(mark);
        }
    }
    out.push_str(trailing);
}

/// Returns the delimiter of bold or italic text, if it would be read as one.
fn emphasis(
    style: &Style,
    text: &str,
    before: Option<char>,
    after: Option<char>,
) -> Option<&'static str> {
    let is_open = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let has_letter_at = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let opens = has_letter_at(text.chars().next()) || is_open(before);
    let closes = has_letter_at(text.chars().last()) || is_open(after);
    let is_read = opens && closes && text.contains(char::is_alphanumeric);
    match (style.is_bold, style.is_italic) {
        (true, _) => is_read.then_some("**"),
        (false, true) => is_read.then_some("*"),
        (false, false) => None,
    }
}

fn push_code(out: &mut String, text: &str) {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    out.push_str(&format!("{fence}{space}{text}{space}{fence}"));
}

/// Appends a link, or its text alone if the address is not one of the web.
fn push_link(out: &mut String, text: &str, href: &str, link: &dyn Fn(&str) -> Option<String>) {
    let new = link(href);
    let address = new.as_deref().unwrap_or(href).trim();
    let has_scheme = |scheme: &str| {
        address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    let is_web = new.is_some() || has_scheme("http://") || has_scheme("https://");
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '<' && c != '>';
    if is_web && address == text && address.chars().all(is_plain) {
        out.push_str(&format!("<{address}>"));
    } else if is_web {
        let address: String = address.chars().map(encoded).collect();
        out.push('[');
        // A bracket within the text of a link is always escaped.
        for part in text.split_inclusive(['[', ']']) {
            let plain = part.trim_end_matches(['[', ']']);
            push_escaped(out, plain, Some('['), Some(']'));
            out.extend(part[plain.len()..].chars().flat_map(|bracket| ['\\', bracket]));
        }
        out.push_str(&format!("]({address})"));
    } else {
        push_escaped(out, text, out.chars().last(), None);
    }
}

/// Returns a character as it can be in the address of a link.
fn encoded(c: char) -> String {
    match c {
        '(' => "%28".to_owned(),
        ')' => "%29".to_owned(),
        '<' => "%3C".to_owned(),
        '>' => "%3E".to_owned(),
        '\\' => "%5C".to_owned(),
        c if c.is_whitespace() || c.is_control() => "%20".to_owned(),
        c => c.to_string(),
    }
}

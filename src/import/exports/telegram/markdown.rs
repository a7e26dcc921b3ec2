//! Markdown of formatted texts as Telegram has them. Pure.
//!
//! Telegram knows no headings and no lists. A line in bold of its own is a heading, lines that
//! begin with bullets or numbers are a list, and an empty line divides paragraphs.

use super::super::elements::{is_invisible, one_line};
use super::super::escape::block_start;
use super::inlines::inlines;
use super::run::{Run, RunKind};

/// Maximum number of characters of a title, and of a heading.
const MAX_TITLE_CHARS: usize = 80;
/// Maximum number of characters of a title in bold.
const MAX_BOLD_TITLE_CHARS: usize = 120;
/// Number of characters from which on a line that ends with a sentence is a paragraph.
const PARAGRAPH_CHARS: usize = 60;
/// Characters that begin an item of a list.
const BULLETS: &str = "-*+•▪▫◦‣·●○■□➤➡→✓✔✅";
/// Characters that end a sentence.
const SENTENCE_ENDS: &str = ".!?…。！？؟।";

/// An article.
#[derive(Debug, PartialEq)]
pub struct Article {
    pub title: Option<String>,
    pub markdown: String,
}

/// A line of a text.
#[derive(Debug, Clone, Default)]
struct Line<'a> {
    runs: Vec<Run>,
    is_quote: bool,
    /// Language of a line of a block of code.
    pre: Option<&'a str>,
}

impl Line<'_> {
    fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }

    fn is_blank(&self) -> bool {
        self.pre.is_none() && self.runs.iter().all(|run| run.text.trim().is_empty())
    }

    /// Returns whether each letter is bold.
    fn is_bold(&self) -> bool {
        let has_letters = |run: &&Run| run.text.contains(char::is_alphanumeric);
        let mut parts = self.runs.iter().filter(has_letters).peekable();
        parts.peek().is_some() && parts.all(|run| run.style.is_bold)
    }

    /// Returns whether the line consists of hashtags.
    fn is_hashtags(&self) -> bool {
        let has_letters = |run: &&Run| run.text.contains(char::is_alphanumeric);
        let mut parts = self.runs.iter().filter(has_letters).peekable();
        parts.peek().is_some() && parts.all(|run| run.style.kind == RunKind::Hashtag)
    }
}

/// Returns the article of texts that continue each other. `link` returns a new address for the
/// address of a link.
pub fn article(texts: &[&[Run]], link: &dyn Fn(&str) -> Option<String>) -> Article {
    let mut lines = Vec::new();
    for text in texts {
        lines.extend(split(text));
        lines.push(Line::default());
    }
    lines.retain(|line| !line.is_hashtags());
    while lines.last().is_some_and(Line::is_blank) {
        lines.pop();
    }
    let start = lines.iter().position(|line| !line.is_blank()).unwrap_or(lines.len());
    lines.drain(..start);
    let title = take_title(&mut lines);
    Article { title, markdown: markdown(&lines, link) }
}

/// Splits a text into its lines. Quotes and blocks of code have lines of their own.
fn split(text: &[Run]) -> Vec<Line<'_>> {
    let mut lines = vec![Line::default()];
    for run in text {
        let pre = match &run.style.kind {
            RunKind::Pre(language) => Some(language.as_str()),
            RunKind::Text | RunKind::Code | RunKind::Link(_) | RunKind::Hashtag => None,
        };
        let block = (run.style.is_quote, pre);
        let own_text = match block {
            (false, None) => run.text.as_str(),
            _ => run.text.trim_end_matches('\n'),
        };
        for (position, part) in own_text.split('\n').enumerate() {
            let last = lines.last().filter(|last| position == 0 && !last.runs.is_empty());
            let is_other = last.is_some_and(|last| (last.is_quote, last.pre) != block);
            // The line feed after a quote or a block of code ends it.
            if is_other && part.is_empty() && own_text.contains('\n') {
                continue;
            }
            if position > 0 || is_other {
                lines.push(Line::default());
            }
            if let Some(line) = lines.last_mut() {
                (line.is_quote, line.pre) = block;
                if !part.is_empty() {
                    line.runs.push(Run { text: cleaned(part), style: run.style.clone() });
                }
            }
        }
    }
    lines
}

/// Returns a text without invisible characters and with usual spaces.
fn cleaned(text: &str) -> String {
    let is_space = |c: char| matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}' | '\r');
    text.chars().filter(|c| !is_invisible(*c)).map(|c| if is_space(c) { ' ' } else { c }).collect()
}

/// Returns the title. A first line that is a title is taken from the lines.
fn take_title(lines: &mut Vec<Line<'_>>) -> Option<String> {
    let has_letters = |line: &Line<'_>| line.text().contains(char::is_alphanumeric);
    let is_address = |line: &Line<'_>| line.text().trim_start().starts_with("http");
    let first = lines
        .iter()
        .position(|line| has_letters(line) && !is_address(line))
        .or_else(|| lines.iter().position(has_letters))?;
    let line = &lines[first];
    let text = one_line(&line.text());
    let chars = text.chars().count();
    let is_first = lines[..first].iter().all(|line| !has_letters(line));
    let has_more = lines[first + 1..].iter().any(|line| !line.is_blank());
    let is_own = is_first && has_more && line.pre.is_none() && !line.is_quote;
    let ends_openly = !text.ends_with(['.', ',', ';', ':', '…', '。']);
    // A line that continues in the next one is not a title.
    let next = lines.get(first + 1).map(Line::text).unwrap_or_default();
    let goes_on = next.trim_start().starts_with(char::is_lowercase);
    let is_short = chars <= MAX_TITLE_CHARS && ends_openly && !goes_on && !is_item(&text);
    if is_own && (is_short || line.is_bold() && chars <= MAX_BOLD_TITLE_CHARS) {
        lines.drain(..=first);
        return Some(without_symbols(&text).trim_end_matches(['.', ':']).to_owned());
    }
    Some(shortened(&first_sentence(without_symbols(&text))))
}

/// Removes pictograms around a text.
fn without_symbols(text: &str) -> &str {
    let is_part =
        |c: char| c.is_alphanumeric() || c.is_ascii_punctuation() || "«“„‘’”»¿¡…—–№".contains(c);
    let text = text.trim_start_matches(|c| !is_part(c) || c == '|' || c == '-');
    text.trim_end_matches(|c| !is_part(c) && !"。！？؟।".contains(c))
}

/// Returns the first sentence of a line.
fn first_sentence(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let ends_sentence = |at: &usize| {
        if !SENTENCE_ENDS.contains(chars[*at]) {
            return false;
        }
        let after = chars.get(at + 1);
        let is_wide = "。！？".contains(chars[*at]);
        // An initial or an abbreviation ends no sentence.
        let word = chars[..*at].iter().rev().take_while(|c| c.is_alphanumeric()).count();
        let is_abbreviation = chars[*at] == '.' && word < 3;
        is_wide || after.is_none_or(|c| c.is_whitespace() && !is_abbreviation)
    };
    let end = (0..chars.len()).find(ends_sentence).map_or(chars.len(), |end| end + 1);
    chars[..end].iter().collect::<String>().trim_end_matches(['.', '。']).to_owned()
}

/// Cuts a title that is too long at the end of a word.
fn shortened(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(MAX_TITLE_CHARS) else {
        return text.to_owned();
    };
    let start = &text[..end];
    let cut = start.rfind(char::is_whitespace).filter(|cut| *cut > end / 2).unwrap_or(end);
    format!("{}…", start[..cut].trim_end_matches([' ', ',', ';', ':', '—', '–', '-']))
}

/// Returns the Markdown of lines.
fn markdown(lines: &[Line<'_>], link: &dyn Fn(&str) -> Option<String>) -> String {
    let mut blocks: Vec<String> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = &lines[at];
        if line.is_blank() {
            at += 1;
            continue;
        }
        let kind = (line.is_quote, line.pre);
        let is_same = |line: &&Line<'_>| {
            (line.is_quote, line.pre) == kind && (line.is_quote || !line.is_blank())
        };
        let count = lines[at..].iter().take_while(is_same).count().max(1);
        let has_more = lines[at + 1..].iter().any(|line| !line.is_blank());
        let is_before_text = lines.get(at + 1).is_none_or(|next| !next.is_bold());
        let is_heading = kind == (false, None) && is_before_text && has_more && is_heading(line);
        let count = if is_heading { 1 } else { count };
        let group = &lines[at..at + count];
        blocks.push(match kind {
            (_, Some(language)) => fenced(group, language),
            (true, None) => quoted(group, link),
            (false, None) if is_heading => {
                let text = one_line(&line.text());
                let mut heading = String::new();
                super::super::escape::push_escaped(&mut heading, &text, None, None);
                format!("## {}", heading.trim_end_matches([':', '#', ' ']))
            }
            (false, None) => apart(blocks.last(), paragraphs(group, link)),
        });
        at += count;
    }
    blocks.retain(|block| !block.trim().is_empty());
    blocks.join("\n\n") + "\n"
}

/// Returns whether the first line of a paragraph is a heading.
fn is_heading(line: &Line<'_>) -> bool {
    let text = line.text();
    let text = text.trim();
    line.is_bold()
        && text.chars().count() <= MAX_TITLE_CHARS
        && !text.ends_with(['.', ',', ';', '…', '。'])
        && !line.runs.iter().any(|run| matches!(run.style.kind, RunKind::Link(_)))
        && bullet(text).is_none()
}

/// Returns a block, with another delimiter if the block begins with a numbered list and `before`
/// ends with one. Otherwise the two lists would be one, with other numbers.
fn apart(before: Option<&String>, block: String) -> String {
    let delimiter = |line: Option<&str>| number(line?).map(|(_, delimiter, _)| delimiter);
    let last = delimiter(before.and_then(|before| before.lines().next_back()));
    let Some(own) = delimiter(block.lines().next()).filter(|own| Some(*own) == last) else {
        return block;
    };
    let other = if own == '.' { ')' } else { '.' };
    let mut is_list = true;
    let lines = block.lines().map(|line| {
        is_list &= delimiter(Some(line)) == Some(own);
        if is_list { line.replacen(own, &other.to_string(), 1) } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn fenced(lines: &[Line<'_>], language: &str) -> String {
    let code: Vec<String> = lines.iter().map(Line::text).collect();
    let code = code.join("\n");
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let language: String =
        language.chars().filter(|c| c.is_alphanumeric() || "+-#.".contains(*c)).collect();
    format!("{fence}{language}\n{code}\n{fence}")
}

fn quoted(lines: &[Line<'_>], link: &dyn Fn(&str) -> Option<String>) -> String {
    let own: Vec<Line<'_>> =
        lines.iter().map(|line| Line { is_quote: false, ..line.clone() }).collect();
    let blocks = own.split(Line::is_blank).filter(|lines| !lines.is_empty());
    let text: Vec<String> = blocks.map(|lines| paragraphs(lines, link)).collect();
    let text = text.join("\n\n");
    let quoted = text.lines().map(|line| format!("> {line}").trim_end().to_owned());
    quoted.collect::<Vec<_>>().join("\n")
}

/// Returns the Markdown of lines without an empty line between them.
fn paragraphs(lines: &[Line<'_>], link: &dyn Fn(&str) -> Option<String>) -> String {
    let texts: Vec<String> = lines.iter().map(|line| line.text().trim().to_owned()).collect();
    let mut out = String::new();
    let mut was_item = false;
    for (at, line) in lines.iter().enumerate() {
        let marker = list_marker(&texts, at);
        if at > 0 {
            let is_paragraph = texts[at - 1].chars().count() >= PARAGRAPH_CHARS
                && texts[at - 1].ends_with(|c| SENTENCE_ENDS.contains(c) || ":»\"”".contains(c));
            out.push_str(match (was_item, &marker) {
                (true, Some(_)) => "\n",
                (false, None) if !is_paragraph => "\\\n",
                _ => "\n\n",
            });
        }
        was_item = marker.is_some();
        let (marker, skipped) = marker.unwrap_or_default();
        let mut text = inlines(&line.runs, skipped, link);
        if let Some(at) = block_start(&text) {
            text.insert(at, '\\');
        }
        out.push_str(&marker);
        out.push_str(&text);
    }
    out
}

/// Returns the marker of a line that is an item of a list, and the number of characters that it
/// replaces. One line alone is not a list.
fn list_marker(texts: &[String], at: usize) -> Option<(String, usize)> {
    let near = |other: usize| texts.get(other).map(String::as_str).unwrap_or_default();
    let before = at.checked_sub(1).map(near).unwrap_or_default();
    let after = near(at + 1);
    let text = texts[at].as_str();
    if let Some((bullet, length)) = bullet(text) {
        let is_same = |other: &str| self::bullet(other).is_some_and(|(found, _)| found == bullet);
        return (is_same(before) || is_same(after)).then(|| ("- ".to_owned(), length));
    }
    let (number, delimiter, length) = number(text)?;
    let is_next = |other: &str, expected: Option<u32>| {
        self::number(other).is_some_and(|(found, ..)| Some(found) == expected)
    };
    (is_next(before, number.checked_sub(1)) || is_next(after, number.checked_add(1)))
        .then(|| (format!("{number}{delimiter} "), length))
}

/// Returns the bullet of a line and the number of characters before the text.
fn bullet(text: &str) -> Option<(char, usize)> {
    let bullet = text.chars().next().filter(|c| BULLETS.contains(*c))?;
    let rest = text[bullet.len_utf8()..].trim_start_matches('\u{fe0f}');
    let own = rest.trim_start();
    let is_spaced = own.len() < rest.len() || !bullet.is_ascii() && !"→·".contains(bullet);
    let is_item = is_spaced && own.starts_with(|c: char| !c.is_whitespace());
    is_item.then(|| (bullet, text.chars().count() - own.chars().count()))
}

/// Returns the number of a line, the delimiter after it and the number of characters before the
/// text.
fn number(text: &str) -> Option<(u32, char, usize)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let delimiter = text[digits..].chars().next().filter(|c| matches!(c, '.' | ')'))?;
    let rest = &text[digits + 1..];
    let own = rest.trim_start();
    let is_item = (1..=3).contains(&digits) && own.len() < rest.len() && !own.is_empty();
    let skipped = text.chars().count() - own.chars().count();
    text[..digits].parse().ok().filter(|_| is_item).map(|number| (number, delimiter, skipped))
}

fn is_item(text: &str) -> bool {
    bullet(text).is_some() || number(text).is_some()
}

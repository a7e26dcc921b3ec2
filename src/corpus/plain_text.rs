//! Parser of plain text articles. Pure.
//!
//! Metadata in header lines, the title and a byline come first. Blank lines separate paragraphs;
//! where lines are long, each line is a paragraph. A short line without closing punctuation between
//! paragraphs is a heading, but a signature, a caption or a page number is not.

use std::ops::Range;

use super::article::{Article, PassageKind};
use super::article_builder::ArticleBuilder;
use super::byline;
use super::front_matter::{FrontMatter, header};
use super::source_map::MappedText;
use super::text_blocks::{Block, BlockKind, blocks};
use super::title::{is_same_title, is_too_long_for_title, single_line};

/// Maximum number of lines below the title that are read as metadata.
const MAX_BYLINES: usize = 3;
/// Minimum length of a line that is the start of a paragraph and not a title, in chars.
const MIN_WRAPPED_CHARS: usize = 50;

/// Parses `text`, the content of `file`, after its front matter.
pub fn parse(file: &str, text: &str, mut front: FrontMatter) -> Article {
    let text = &text[..header::body_end(text).max(front.body_start)];
    let mut at = front.body_start;
    let line = title_line(text, at);
    match (&front.title, line) {
        // A book repeats its title above the text.
        (Some(title), Some(line)) if is_same_title(title, &single_line(&text[line.clone()])) => {
            at = after_title(text, line.end);
        }
        (None, Some(line)) => {
            front.title = Some(single_line(&text[line.clone()]));
            if !is_sentence(&text[line.clone()]) {
                at = after_title(text, line.end);
            }
        }
        (Some(_), _) | (None, None) => {}
    }
    let title_end = at;
    at = read_bylines(text, at, &mut front);
    let is_glued = at > front.body_start && is_glued(text, at);
    let mut found = blocks(text, at, is_glued);
    if found.is_empty() {
        // In a file with nothing below the title, the title is also the text.
        let start = if title_end < at { title_end } else { front.body_start };
        found = blocks(text, start, true);
    }
    let mut builder = ArticleBuilder::new(file, front);
    for Block { kind, range } in found {
        add(&mut builder, text, kind, range);
    }
    builder.finish()
}

/// Adds a block to the article.
fn add(builder: &mut ArticleBuilder, text: &str, kind: BlockKind, range: Range<usize>) {
    let shown = &text[range.clone()];
    let kind = match kind {
        BlockKind::Heading(level) => return builder.start_section(level, shown),
        BlockKind::Paragraph => PassageKind::Paragraph,
        BlockKind::ListItem => PassageKind::ListItem,
    };
    let mut paragraph = MappedText::default();
    paragraph.push(shown, range);
    builder.add_passage(kind, paragraph);
}

/// Returns the range of the first line with a letter or a digit. Returns `None` if the line is too
/// long for a title, or is the first one of a paragraph.
fn title_line(text: &str, start: usize) -> Option<Range<usize>> {
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if line.contains(char::is_alphanumeric) {
            let next = text[at + line.len()..].lines().next().unwrap_or_default();
            let is_wrapped = line.trim().chars().count() >= MIN_WRAPPED_CHARS
                && next.trim_start().starts_with(char::is_lowercase);
            let is_title = !is_too_long_for_title(line.trim()) && !is_wrapped;
            return is_title.then_some(at..at + line.trim_end().len());
        }
        at += line.len();
    }
    None
}

/// Returns whether a title is a whole sentence, which a reader may ask for.
fn is_sentence(line: &str) -> bool {
    line.trim_end().ends_with('.') && line.split_whitespace().count() >= 4
}

/// Returns the offset after a title and the line that underlines it.
fn after_title(text: &str, end: usize) -> usize {
    let Some(line_end) = text[end..].find('\n').map(|at| end + at + 1) else { return end };
    let next = text[line_end..].lines().next().unwrap_or_default();
    match super::text_blocks::is_rule(next) {
        true => line_end + next.len(),
        false => end,
    }
}

/// Reads the bylines and dates that follow at `at`. Returns the offset after them.
fn read_bylines(text: &str, mut at: usize, front: &mut FrontMatter) -> usize {
    for _ in 0..MAX_BYLINES {
        let rest = text[at..].trim_start();
        let start = text.len() - rest.len();
        let line = rest.lines().next().unwrap_or_default();
        let mut end = start + line.len();
        let mut found = byline::parse(line);
        // `by` may be in a line of its own above the name.
        if line.trim().eq_ignore_ascii_case("by") {
            let below = text[end..].trim_start();
            let name = below.lines().next().unwrap_or_default();
            found = byline::parse(&format!("by {}", name.trim()));
            end = text.len() - below.len() + name.len();
        }
        let Some(found) = found else { break };
        if front.authors.is_empty() {
            front.authors = found.authors;
        }
        front.published = front.published.take().or(found.published);
        at = end;
    }
    at
}

/// Returns whether the line after `at` follows without a blank line.
fn is_glued(text: &str, at: usize) -> bool {
    let gap = text[at..].len() - text[at..].trim_start().len();
    text[at..at + gap].matches('\n').count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::front_matter;

    #[track_caller]
    fn check(text: &str, title: &str, authors: &[&str], sections: &[&str], passages: &[&str]) {
        let (front, _) = front_matter::parse("neap-tides.txt", text);
        let article = parse("neap-tides.txt", text, front);
        let found = article.outline.sections.iter().map(|section| section.title());
        assert_eq!(article.outline.title, title, "{text:?}");
        assert_eq!(article.outline.authors, authors, "{text:?}");
        assert_eq!(found.collect::<Vec<_>>(), sections, "{text:?}");
        let found = article.passages.iter().map(|passage| passage.text.as_str());
        assert_eq!(found.collect::<Vec<_>>(), passages, "{text:?}");
    }

    const OPENING: &[&str] = &["Opening"];

    #[test]
    fn plain_text_metadata_is_no_text() {
        check("Neap\nBy Ada Moon\n\nIt ebbs.", "Neap", &["Ada Moon"], OPENING, &["It ebbs."]);
        check(
            "Neap\n\nBy Ada Moon\n24 May 2021\n\nIt ebbs.",
            "Neap",
            &["Ada Moon"],
            OPENING,
            &["It ebbs."],
        );
        check(
            "Title: Neap\nAuthor: Ada Moon\n\nIt ebbs.",
            "Neap",
            &["Ada Moon"],
            OPENING,
            &["It ebbs."],
        );
        check(
            "Title: Neap\n\nNEAP\n\nby\n\nADA MOON\n\nIt ebbs.",
            "Neap",
            &["Ada Moon"],
            OPENING,
            &["It ebbs."],
        );
        check("Neap\n====\n\nIt ebbs.", "Neap", &[], OPENING, &["It ebbs."]);
        check("Neap\n\nBy noon it ebbs.", "Neap", &[], OPENING, &["By noon it ebbs."]);
        check(
            "It ebbs at noon.\n\nIt rises.",
            "It ebbs at noon.",
            &[],
            OPENING,
            &["It ebbs at noon.", "It rises."],
        );
        let wrapped = "The tide rises twice a day in most of the places of\nthe world.";
        check(
            &format!("{wrapped}\n\nIt ebbs."),
            "Neap tides",
            &[],
            OPENING,
            &[wrapped, "It ebbs."],
        );
    }

    #[test]
    fn plain_text_book_has_its_text_without_the_boilerplate() {
        let book = "The Project Gutenberg eBook of Neap\n\nTitle: Neap\n\nAuthor: Ada Moon\n\n*** START OF THE PROJECT GUTENBERG EBOOK NEAP ***\n\nNEAP\n\nCHAPTER I.\n\nIt ebbs.\n\n*** END OF THE PROJECT GUTENBERG EBOOK NEAP ***\n\nLicence.\n";
        check(book, "Neap", &["Ada Moon"], &["CHAPTER I."], &["It ebbs."]);
    }

    #[test]
    fn plain_text_signatures_and_captions_are_no_headings() {
        let verse = "Once a sailor went to sea\nWith a parrot on his knee.";
        check(
            &format!(
                "Neap\n\nThe sea is calm.\n\n{verse}\n\n    Carol Mole\n\n[Illustration of a bell]\n\nIt ebbs."
            ),
            "Neap",
            &[],
            OPENING,
            &["The sea is calm.", verse, "Carol Mole", "[Illustration of a bell]", "It ebbs."],
        );
        check(
            &format!("Neap\n\n{verse}\n\nCarol Mole\n\nIt ebbs."),
            "Neap",
            &[],
            OPENING,
            &[verse, "Carol Mole", "It ebbs."],
        );
        check(
            "Neap\n\nIt ebbs.\n\nYours,\n\nAda Moon\n\nLondon",
            "Neap",
            &[],
            OPENING,
            &["It ebbs.", "Yours,", "Ada Moon", "London"],
        );
        check(
            "Neap\n\nIt ebbs.\n\n12\n\nIt rises.\n\n- 13 -\n\nPage 14\n\nIt falls.",
            "Neap",
            &[],
            OPENING,
            &["It ebbs.", "It rises.", "It falls."],
        );
    }

    #[test]
    fn plain_text_headings_have_several_forms() {
        let check = |heading: &str| {
            let title = heading.lines().next().unwrap_or_default();
            check(
                &format!("Neap\n\nIt rises.\n\n{heading}\n\nIt ebbs."),
                "Neap",
                &[],
                &["Opening", title],
                &["It rises.", "It ebbs."],
            );
        };
        check("Low water");
        check("LOW WATER");
        check("LOW WATER.");
        check("Chapter 1");
        check("CHAPTER I.");
        check("Chapter 2: Low water");
        check("Low water\n=========");
        check("Low water\n---------");
        check("1. Low water");
        check("2.3 Low water");
        check("Where To Now?");
    }

    #[test]
    fn plain_text_lists_and_paragraphs_in_lines_are_told_apart() {
        check(
            "Neap\n\nTwo tides:\n- ebb\n- flood\n  and spring",
            "Neap",
            &[],
            OPENING,
            &["Two tides:", "- ebb", "- flood\n  and spring"],
        );
        check("Neap\n\n1. Ebb\n2. Flood", "Neap", &[], OPENING, &["1. Ebb", "2. Flood"]);
        check(
            "Neap\n\n1. Ebb\n\n2. Flood\n\nIt ebbs.",
            "Neap",
            &[],
            OPENING,
            &["1. Ebb", "2. Flood", "It ebbs."],
        );
        check(
            "Neap\n\nIt ebbs at noon.\nIt rises at six.",
            "Neap",
            &[],
            OPENING,
            &["It ebbs at noon.", "It rises at six."],
        );
        check("Neap\n\nIt ebbs at\nnoon.", "Neap", &[], OPENING, &["It ebbs at\nnoon."]);
        check(
            "Neap\n\nIt ebbs.\n\n* * *\n\nIt rises.",
            "Neap",
            &[],
            OPENING,
            &["It ebbs.", "It rises."],
        );
    }
}

//! An answer, a section or a table of contents to a Telegram message. Pure.
//!
//! Invariants: a message has at most 4096 UTF-16 units once its markup is parsed; with the markup
//! taken off, a quote is the quote, character for character; all text is escaped.

use std::ops::Range;
use std::sync::Arc;

use crate::answer::{Answer, Correction, Excerpt, Found, NothingFound, Place};
use crate::corpus::article::{ArticleId, Outline, PassageId, PassageKind, SectionId};
use crate::library::Reading;
use crate::render::terminal::refusal;

/// A message in Telegram's HTML with its buttons, in rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    pub html: String,
    pub buttons: Vec<Vec<Button>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    pub label: String,
    pub action: Action,
}

/// What a button shows; pages count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Section(SectionId, usize),
    Article(ArticleId, usize),
    Contents(usize),
}

/// Telegram's limit for a message, in UTF-16 units.
const MAX_UNITS: usize = 4096;
/// Of a page of a section, so that its header fits, too.
const PAGE_UNITS: usize = 3000;
/// The longest quote that is sent; a longer sentence is quoted up to here.
const MAX_QUOTE_UNITS: usize = 3500;
/// A message should have well below 100 entities.
const MAX_MARKS: usize = 20;
const MAX_LABEL_CHARS: usize = 60;
const ROWS_A_PAGE: usize = 8;

/// A text of our own.
pub fn plain(text: &str) -> Message {
    Message { html: escape(text), buttons: Vec::new() }
}

/// The answer to a question; `link` gives the address of a quote, `articles` how many there are.
/// `None` for small talk and empty questions, whose replies are sentences of the bot.
pub fn answer(
    answer: &Answer,
    articles: usize,
    link: impl Fn(&Excerpt) -> String,
) -> Option<Message> {
    match answer {
        Answer::Found(found) => Some(quotes(found, link)),
        Answer::NothingFound(nothing) => Some(nothing_found(nothing, articles)),
        Answer::SmallTalk(_) | Answer::Empty => None,
    }
}

fn quotes(found: &Found, link: impl Fn(&Excerpt) -> String) -> Message {
    let mut html = corrections(&found.corrected);
    let mut buttons: Vec<Vec<Button>> = Vec::new();
    let mut units = units(&html);
    for (position, excerpt) in found.excerpts.iter().enumerate() {
        let (opening, quote) = match position {
            0 => ("<blockquote>", shortened(excerpt)),
            _ => ("<blockquote expandable>", excerpt.range()),
        };
        let marks: Vec<_> =
            excerpt.marks().iter().filter(|mark| mark.end <= quote.len()).cloned().collect();
        let place = excerpt.place();
        let source = format!(
            "<a href=\"{}\">{}</a> · {}",
            escape_attribute(&link(excerpt)),
            escape(place.section().title()),
            escape(&place.article.title)
        );
        let title = format!("{} · {}\n\n", place.section().title(), place.article.title);
        units += self::units(&excerpt.passage().text[quote.clone()]) + self::units(&title) + 2;
        if position > 0 && units > MAX_UNITS {
            break;
        }
        if position > 0 {
            html.push_str("\n\n");
        }
        let quoted = marked(&excerpt.passage().text[quote], &marks);
        html.push_str(&format!("{opening}{quoted}</blockquote>\n{source}"));
        let action = Action::Section(place.section().id, 0);
        if !buttons.iter().flatten().any(|button| button.action == action) {
            buttons.push(vec![section_button("Read: ", place)]);
        }
    }
    Message { html, buttons }
}

/// The quote's range in its passage, cut after a word if it is too long for a message.
fn shortened(excerpt: &Excerpt) -> Range<usize> {
    let (range, quote) = (excerpt.range(), excerpt.quote());
    let fits = prefix(quote, MAX_QUOTE_UNITS);
    if fits == quote.len() {
        return range;
    }
    let end = quote[..fits].rfind(char::is_whitespace).unwrap_or(fits);
    range.start..range.start + end
}

fn nothing_found(nothing: &NothingFound, articles: usize) -> Message {
    let mut text = refusal(&nothing.missing);
    if text.ends_with('.') {
        text.pop();
    }
    let place = if articles == 1 { "in the article" } else { "in the articles" };
    let mut html = format!("{}{} {place}.", corrections(&nothing.corrected), escape(&text));
    let mut buttons: Vec<_> =
        nothing.nearest.iter().map(|place| vec![section_button("", place)]).collect();
    if buttons.is_empty() {
        buttons.push(vec![contents_button(0)]);
    } else {
        html.push_str("\nClosest sections:");
    }
    Message { html, buttons }
}

fn corrections(corrections: &[Correction]) -> String {
    let used: Vec<_> = corrections.iter().map(|correction| escape(&correction.used)).collect();
    if used.is_empty() { String::new() } else { format!("Searched for {}.\n", used.join(", ")) }
}

/// One page of a section, with `marked` in a quotation if it is on the page.
pub fn section(reading: &Reading, page: usize, marked: Option<PassageId>) -> Message {
    let pages = pages(reading);
    let page = page.min(pages.len() - 1);
    let place = &reading.place;
    let mut html =
        format!("<b>{}</b>\n{}", escape(place.section().title()), escape(&place.article.title));
    if pages.len() > 1 {
        html.push_str(&format!(" · {}/{}", page + 1, pages.len()));
    }
    for piece in &pages[page] {
        let passage = &reading.passages[piece.passage];
        let text = escape(&passage.text[piece.range.clone()]);
        html.push_str("\n\n");
        html.push_str(&match passage.kind {
            _ if marked == Some(passage.id) => format!("<blockquote>{text}</blockquote>"),
            PassageKind::Code => format!("<pre>{text}</pre>"),
            PassageKind::ListItem => format!("• {text}"),
            PassageKind::Paragraph
            | PassageKind::TableRow
            | PassageKind::BlockQuotation
            | PassageKind::Footnote => text,
        });
    }
    if reading.passages.is_empty() {
        html.push_str("\n\nThis section has no text of its own.");
    }
    Message { html, buttons: reading_buttons(reading, page, pages.len()) }
}

/// The page of a section on which a passage begins.
pub fn page_of(reading: &Reading, passage: PassageId) -> usize {
    let holds =
        |page: &Vec<Piece>| page.iter().any(|piece| reading.passages[piece.passage].id == passage);
    pages(reading).iter().position(holds).unwrap_or(0)
}

/// What there is to read: the sections of the only article, or the articles.
pub fn contents(articles: &[Arc<Outline>], page: usize) -> Message {
    if let [only] = articles {
        return article(only, page, 1);
    }
    let rows = articles.iter().map(|article| {
        vec![Button { label: label(&article.title), action: Action::Article(article.id, 0) }]
    });
    let html = format!("<b>Articles</b>\n{} to read:", articles.len());
    paged(html, rows.collect(), page, Action::Contents)
}

/// The sections of one article of so many.
pub fn article(outline: &Outline, page: usize, articles: usize) -> Message {
    let mut html = format!("<b>{}</b>", escape(&outline.title));
    if !outline.authors.is_empty() {
        html.push_str(&format!("\nby {}", escape(&outline.authors.join(", "))));
    }
    if let Some(published) = &outline.published {
        html.push_str(&format!("\n{}", escape(published)));
    }
    let rows = outline.sections.iter().map(|section| {
        let indent = "  ".repeat(usize::from(section.level.saturating_sub(2)));
        vec![Button {
            label: label(&format!("{indent}{}", section.title())),
            action: Action::Section(section.id, 0),
        }]
    });
    let id = outline.id;
    let mut message = paged(html, rows.collect(), page, |page| match articles {
        1 => Action::Contents(page),
        _ => Action::Article(id, page),
    });
    if articles > 1 {
        message.buttons.push(vec![contents_button(0)]);
    }
    message
}

fn paged(
    html: String,
    rows: Vec<Vec<Button>>,
    page: usize,
    turn: impl Fn(usize) -> Action,
) -> Message {
    let last = rows.len().saturating_sub(1) / ROWS_A_PAGE;
    let page = page.min(last);
    let mut buttons: Vec<_> = rows.into_iter().skip(page * ROWS_A_PAGE).take(ROWS_A_PAGE).collect();
    let mut turns = Vec::new();
    if page > 0 {
        turns.push(Button { label: format!("‹ {page}/{}", last + 1), action: turn(page - 1) });
    }
    if page < last {
        turns
            .push(Button {
                label: format!("{}/{} ›", page + 2, last + 1), action: turn(page + 1)
            });
    }
    if !turns.is_empty() {
        buttons.push(turns);
    }
    Message { html, buttons }
}

fn reading_buttons(reading: &Reading, page: usize, pages: usize) -> Vec<Vec<Button>> {
    let place = &reading.place;
    let id = place.section().id;
    let mut buttons = Vec::new();
    let mut turns = Vec::new();
    if page > 0 {
        turns.push(Button {
            label: format!("‹ {page}/{pages}"),
            action: Action::Section(id, page - 1),
        });
    }
    if page + 1 < pages {
        turns.push(Button {
            label: format!("{}/{pages} ›", page + 2),
            action: Action::Section(id, page + 1),
        });
    }
    if !turns.is_empty() {
        buttons.push(turns);
    }
    let sections = &place.article.sections;
    let mut neighbours = Vec::new();
    if let Some(before) = place.section.checked_sub(1).and_then(|before| sections.get(before)) {
        neighbours.push(Button {
            label: "« Previous section".into(),
            action: Action::Section(before.id, 0),
        });
    }
    if let Some(after) = sections.get(place.section + 1) {
        neighbours
            .push(Button { label: "Next section »".into(), action: Action::Section(after.id, 0) });
    }
    if !neighbours.is_empty() {
        buttons.push(neighbours);
    }
    buttons.push(vec![Button {
        label: "Contents".into(),
        action: Action::Article(place.article.id, 0),
    }]);
    buttons
}

/// A part of a passage that stands on one page.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    passage: usize,
    range: Range<usize>,
}

/// The section in pages, cut between passages or sentences; at least one page.
fn pages(reading: &Reading) -> Vec<Vec<Piece>> {
    let mut pages: Vec<Vec<Piece>> = vec![Vec::new()];
    let mut room = PAGE_UNITS;
    for (position, passage) in reading.passages.iter().enumerate() {
        let ends = passage
            .sentences
            .iter()
            .skip(1)
            .map(|sentence| sentence.start)
            .chain([passage.text.len()]);
        let mut from = 0;
        for end in ends {
            while from < end {
                let text = &passage.text[from..end];
                let needed = units(text);
                // A sentence that fits no page is cut wherever the page ends.
                let taken = if needed <= room {
                    text.len()
                } else if needed > PAGE_UNITS {
                    prefix(text, room)
                } else {
                    0
                };
                if taken > 0 {
                    add(&mut pages, Piece { passage: position, range: from..from + taken });
                    room = room.saturating_sub(units(&text[..taken]));
                    from += taken;
                }
                if from < end {
                    pages.push(Vec::new());
                    room = PAGE_UNITS;
                }
            }
        }
        room = room.saturating_sub(4);
    }
    pages
}

fn add(pages: &mut [Vec<Piece>], piece: Piece) {
    let Some(page) = pages.last_mut() else { return };
    match page.last_mut() {
        Some(last) if last.passage == piece.passage => last.range.end = piece.range.end,
        _ => page.push(piece),
    }
}

fn section_button(before: &str, place: &Place) -> Button {
    let label = label(&format!("{before}{}", place.section().title()));
    Button { label, action: Action::Section(place.section().id, 0) }
}

fn contents_button(page: usize) -> Button {
    Button { label: "Contents".into(), action: Action::Contents(page) }
}

fn label(text: &str) -> String {
    match text.char_indices().nth(MAX_LABEL_CHARS) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// How many bytes of `text` fit into so many UTF-16 units.
fn prefix(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, c) in text.char_indices() {
        match left.checked_sub(c.len_utf16()) {
            Some(rest) => left = rest,
            None => return at,
        }
    }
    text.len()
}

fn marked(quote: &str, marks: &[Range<usize>]) -> String {
    let mut html = String::with_capacity(quote.len() + 16 * marks.len());
    let mut at = 0;
    for mark in marks.iter().take(MAX_MARKS) {
        html.push_str(&escape(&quote[at..mark.start]));
        html.push_str("<b>");
        html.push_str(&escape(&quote[mark.clone()]));
        html.push_str("</b>");
        at = mark.end;
    }
    html + &escape(&quote[at..])
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn escape_attribute(text: &str) -> String {
    escape(text).replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unmarked(html: &str) -> String {
        let bare = html.replace("<b>", "").replace("</b>", "");
        bare.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    }

    proptest! {
        #[test]
        fn marks_and_escapes_leave_every_character_as_it_is(parts in prop::collection::vec("[a-z&<>\";é😀 ]{1,8}", 1..12)) {
            let quote = parts.concat();
            let mut marks = Vec::new();
            let mut at = 0;
            for (position, part) in parts.iter().enumerate() {
                if position % 2 == 1 {
                    marks.push(at..at + part.len());
                }
                at += part.len();
            }
            prop_assert_eq!(unmarked(&marked(&quote, &marks)), quote);
        }

        #[test]
        fn a_prefix_is_as_long_as_it_may_be(text in "[a-zé😀]{0,40}", limit in 0usize..50) {
            let end = prefix(&text, limit);
            prop_assert!(units(&text[..end]) <= limit);
            if let Some(next) = text[end..].chars().next() {
                prop_assert!(units(&text[..end]) + next.len_utf16() > limit);
            }
        }
    }
}

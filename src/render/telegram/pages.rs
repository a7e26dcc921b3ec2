//! A section in pages, and what there is to read. Pure.

use std::ops::Range;
use std::sync::Arc;

use super::{
    Action, Button, Message, RenderContext, StartPayload, Surface, bold, cut, escape,
    escape_attribute, named, prefix, title, units,
};
use crate::corpus::article::{Outline, PassageId, PassageKind, Section};
use crate::index::{ArticleSummary, Articles};
use crate::library::Reading;
use crate::render::messages::{Locale, Messages};

/// Of a page of a section, in UTF-16 units, so that its header fits, too.
const PAGE_UNITS: usize = 3000;
/// Of a page of a section: each may be an entity, of which a message can have a hundred.
const PIECES_A_PAGE: usize = 80;
/// Of a line about an article.
const IMPRINT_UNITS: usize = 250;
const ROWS_A_PAGE: usize = 8;
/// With more pages than this there are buttons to the first and the last.
const FEW_PAGES: usize = 3;

/// One page of a section, with `marked` in a quotation if it is on the page.
pub fn section(
    reading: &Reading,
    page: usize,
    marked: Option<PassageId>,
    frame: &RenderContext<'_>,
) -> Message {
    let pages = pages(reading);
    let page = page.min(pages.len() - 1);
    let place = &reading.place;
    let heading = title(place.section(), frame.messages);
    let mut html = format!(
        "{}\n{}",
        bold(&heading, frame.messages),
        named(&place.article.title, frame.messages)
    );
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
        html.push_str("\n\n");
        html.push_str(&escape(&frame.messages.empty_section()));
    }
    Message { html, buttons: reading_buttons(reading, page, pages.len(), frame) }
}

/// The page of a section on which a passage begins.
pub fn page_of(reading: &Reading, passage: PassageId) -> usize {
    let holds =
        |page: &Vec<Piece>| page.iter().any(|piece| reading.passages[piece.passage].id == passage);
    pages(reading).iter().position(holds).unwrap_or(0)
}

/// The articles to read, in the order given.
pub fn articles(articles: &Articles, page: usize, frame: &RenderContext<'_>) -> Message {
    let row = |article: &ArticleSummary| {
        vec![Button::new(&article.title, Action::Article(article.id, 0))]
    };
    let html = escape(&frame.messages.articles_to_read(articles.len()));
    paged_articles(html, articles, row, page, Action::Contents)
}

/// The sections of one article.
pub fn article(outline: &Outline, page: usize, frame: &RenderContext<'_>) -> Message {
    let html = bold(&outline.title, frame.messages) + &imprint(outline, frame.messages);
    let row = |section: &Section| {
        let indent = "  ".repeat(usize::from(section.level.saturating_sub(2)));
        let label = format!("{indent}{}", title(section, frame.messages));
        vec![Button::new(&label, Action::Section(section.id, 0))]
    };
    let id = outline.id;
    let message = paged(html, &outline.sections, row, page, |page| match frame.articles {
        1 => Action::Contents(page),
        _ => Action::Article(id, page),
    });
    match frame.articles {
        1 => message,
        _ => {
            message.with(vec![Button::new(&frame.messages.button_contents(), Action::Contents(0))])
        }
    }
}

/// Who wrote these articles, each with its link and a button that opens it.
pub fn bylines(articles: &[Arc<Outline>], frame: &RenderContext<'_>) -> Message {
    let mut entries = Vec::new();
    let mut buttons = Vec::new();
    for outline in articles {
        let first = outline.sections.first();
        let source = outline.source_url.clone();
        let link = source.or_else(|| Some((frame.link)(StartPayload::Section(first?.id))));
        let title = named(&outline.title, frame.messages);
        let title = match &link {
            Some(link) => format!("<a href=\"{}\">{title}</a>", escape_attribute(link)),
            None => title,
        };
        entries.push(title + &imprint(outline, frame.messages));
        let button = match frame.surface {
            Surface::Chat => Some(Button::new(&outline.title, Action::Article(outline.id, 0))),
            Surface::Inline => link.map(|link| Button::open(&outline.title, link)),
        };
        buttons.extend(button.map(|button| vec![button]));
    }
    Message { html: entries.join("\n\n"), buttons }
}

/// The authors and the date, on lines that follow a title.
pub(super) fn imprint(outline: &Outline, words: &Messages) -> String {
    let lines = words.byline(&outline.authors).into_iter().chain(outline.published.clone());
    lines.map(|line| format!("\n{}", escape(&cut(&line, IMPRINT_UNITS)))).collect()
}

/// The languages of the interface, to choose from.
pub fn languages(words: &Messages) -> Message {
    let mut buttons = Vec::new();
    for pair in Locale::ALL.chunks(2) {
        let row = pair.iter().map(|locale| Button::new(locale.name(), Action::Language(*locale)));
        buttons.push(row.collect());
    }
    Message { html: escape(&words.choose_language()), buttons }
}

/// One page of things, each a row of buttons, with a row that turns the pages.
pub fn paged<T>(
    html: String,
    things: &[T],
    row: impl Fn(&T) -> Vec<Button>,
    page: usize,
    turn: impl Fn(usize) -> Action,
) -> Message {
    page_of_rows(html, things.len(), |position| things.get(position).map(&row), page, turn)
}

/// Returns the same for articles, of which only those on the page are read.
pub fn paged_articles(
    html: String,
    articles: &Articles,
    row: impl Fn(&ArticleSummary) -> Vec<Button>,
    page: usize,
    turn: impl Fn(usize) -> Action,
) -> Message {
    let row = |position| articles.get(position).map(|article| row(&article));
    page_of_rows(html, articles.len(), row, page, turn)
}

fn page_of_rows(
    html: String,
    count: usize,
    row: impl Fn(usize) -> Option<Vec<Button>>,
    page: usize,
    turn: impl Fn(usize) -> Action,
) -> Message {
    let pages = count.div_ceil(ROWS_A_PAGE).max(1);
    let page = page.min(pages - 1);
    let shown = (page * ROWS_A_PAGE..count).take(ROWS_A_PAGE);
    let mut buttons: Vec<_> = shown.filter_map(row).collect();
    buttons.extend(turns(page, pages, turn));
    Message { html, buttons }
}

/// The row that turns pages: first, before, after, last. `None` for a single page.
fn turns(page: usize, pages: usize, turn: impl Fn(usize) -> Action) -> Option<Vec<Button>> {
    let last = pages - 1;
    let mut row = Vec::new();
    if pages > FEW_PAGES && page > 1 {
        row.push(Button::new(&format!("« 1/{pages}"), turn(0)));
    }
    if page > 0 {
        row.push(Button::new(&format!("‹ {page}/{pages}"), turn(page - 1)));
    }
    if page < last {
        row.push(Button::new(&format!("{}/{pages} ›", page + 2), turn(page + 1)));
    }
    if pages > FEW_PAGES && page + 1 < last {
        row.push(Button::new(&format!("{pages}/{pages} »"), turn(last)));
    }
    (!row.is_empty()).then_some(row)
}

fn reading_buttons(
    reading: &Reading,
    page: usize,
    pages: usize,
    frame: &RenderContext<'_>,
) -> Vec<Vec<Button>> {
    let (place, words) = (&reading.place, frame.messages);
    let id = place.section().id;
    if frame.surface == Surface::Inline {
        let address = (frame.link)(StartPayload::Section(id));
        return vec![vec![Button::open(&words.button_read(), address)]];
    }
    let mut buttons: Vec<_> =
        turns(page, pages, |page| Action::Section(id, page)).into_iter().collect();
    let sections = &place.article.sections;
    let mut neighbours = Vec::new();
    if let Some(before) = place.section.checked_sub(1).and_then(|before| sections.get(before)) {
        neighbours.push(Button::new(&words.button_previous(), Action::Section(before.id, 0)));
    }
    if let Some(after) = sections.get(place.section + 1) {
        neighbours.push(Button::new(&words.button_next(), Action::Section(after.id, 0)));
    }
    if !neighbours.is_empty() {
        buttons.push(neighbours);
    }
    let contents = Action::Article(place.article.id, 0);
    buttons.push(vec![Button::new(&words.button_contents(), contents)]);
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
        let is_full = pages.last().is_some_and(|page| page.len() >= PIECES_A_PAGE);
        room = if is_full { 0 } else { room.saturating_sub(4) };
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

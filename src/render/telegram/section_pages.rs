//! Pages of a section, and paged lists of articles and sections.

use std::ops::Range;
use std::sync::Arc;

use super::action::{Action, StartPayload};
use super::context::{RenderContext, Surface};
use super::html::{bold_name, escape, link_html, name_html};
use super::message::{Button, Message};
use super::text::{prefix_len, section_title, truncate, utf16_len};
use crate::corpus::article::{Outline, PassageId, PassageKind, Section};
use crate::index::{ArticleSummary, Articles};
use crate::library::FullSection;
use crate::render::messages::{Locale, Messages};

/// Maximum length of the text on a page of a section, in UTF-16 code units. The header fits above.
const MAX_PAGE_UNITS: usize = 3000;
/// Maximum number of parts on a page. Each may be an entity, and Telegram ignores entities after
/// the hundredth of a message.
const MAX_PAGE_PARTS: usize = 80;
/// Maximum length of each line of a byline, in UTF-16 code units.
const MAX_BYLINE_UNITS: usize = 250;
/// Length of the separator between two passages, in UTF-16 code units, rounded up.
const SEPARATOR_UNITS: usize = 4;
/// Maximum number of list rows on a page.
const ROWS_PER_PAGE: usize = 8;
/// Maximum number of pages without buttons for the first and the last page.
const FEW_PAGES: usize = 3;

/// Returns one page of a section. The passage `marked` is shown as a quotation.
pub fn section(
    reading: &FullSection,
    page: usize,
    marked: Option<PassageId>,
    ctx: &RenderContext<'_>,
) -> Message {
    let pages = pages(reading);
    let page = page.min(pages.len() - 1);
    let place = &reading.place;
    let heading = section_title(place.section(), ctx.messages);
    let mut html = format!(
        "{}\n{}",
        bold_name(&heading, ctx.messages),
        name_html(&place.article.title, ctx.messages)
    );
    if pages.len() > 1 {
        html.push_str(&format!(" · {}/{}", page + 1, pages.len()));
    }
    for part in &pages[page] {
        let passage = &reading.passages[part.passage];
        let text = escape(&passage.text[part.range.clone()]);
        html.push_str("\n\n");
        html.push_str(&match passage.kind {
            _ if marked == Some(passage.id) => format!("<blockquote>{text}</blockquote>"),
            PassageKind::Code => format!("<pre>{text}</pre>"),
            PassageKind::ListItem if !has_marker(&passage.text) => format!("• {text}"),
            PassageKind::Paragraph
            | PassageKind::ListItem
            | PassageKind::TableRow
            | PassageKind::BlockQuotation
            | PassageKind::Footnote => text,
        });
    }
    if reading.passages.is_empty() {
        html.push_str("\n\n");
        html.push_str(&escape(&ctx.messages.empty_section()));
    }
    Message { html, buttons: section_buttons(reading, page, pages.len(), ctx) }
}

/// Returns whether the text of a list item begins with a number or a check mark.
fn has_marker(text: &str) -> bool {
    text.starts_with("[")
        || text.split_once(['.', ')']).is_some_and(|(number, _)| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Returns the number of the page on which a passage begins, or 0.
pub fn page_of(reading: &FullSection, passage: PassageId) -> usize {
    let holds =
        |page: &Vec<PagePart>| page.iter().any(|part| reading.passages[part.passage].id == passage);
    pages(reading).iter().position(holds).unwrap_or(0)
}

/// Returns one page of the list of articles, in the given order.
pub fn articles(articles: &Articles, page: usize, ctx: &RenderContext<'_>) -> Message {
    let row = |article: &ArticleSummary| {
        vec![Button::new(&article.title, Action::Article(article.id, 0))]
    };
    let html = escape(&ctx.messages.articles_to_read(articles.len()));
    paged_articles(html, articles, row, page, Action::Contents)
}

/// Returns one page of an article's list of sections.
pub fn article(outline: &Outline, page: usize, ctx: &RenderContext<'_>) -> Message {
    let html = bold_name(&outline.title, ctx.messages) + &byline_lines(outline, ctx.messages);
    let row = |section: &Section| {
        let indent = "  ".repeat(usize::from(section.level.saturating_sub(2)));
        let label = format!("{indent}{}", section_title(section, ctx.messages));
        vec![Button::new(&label, Action::Section(section.id, 0))]
    };
    let id = outline.id;
    let message = paged(html, &outline.sections, row, page, |page| match ctx.article_count {
        1 => Action::Contents(page),
        _ => Action::Article(id, page),
    });
    match ctx.article_count {
        1 => message,
        _ => message
            .with_row(vec![Button::new(&ctx.messages.button_contents(), Action::Contents(0))]),
    }
}

/// Returns the titles and bylines of articles, each with a link and a button.
pub fn byline_list(articles: &[Arc<Outline>], ctx: &RenderContext<'_>) -> Message {
    let mut entries = Vec::new();
    let mut buttons = Vec::new();
    for outline in articles {
        let first = outline.sections.first();
        let source = outline.source_url.clone();
        let link = source.or_else(|| Some((ctx.link)(StartPayload::Section(first?.id))));
        let title = name_html(&outline.title, ctx.messages);
        let title = match &link {
            Some(link) => link_html(link, &title),
            None => title,
        };
        entries.push(title + &byline_lines(outline, ctx.messages));
        let button = match ctx.surface {
            Surface::Chat | Surface::Ephemeral => {
                Some(Button::new(&outline.title, Action::Article(outline.id, 0)))
            }
            Surface::Inline => link.map(|link| Button::url(&outline.title, link)),
        };
        buttons.extend(button.map(|button| vec![button]));
    }
    Message { html: entries.join("\n\n"), buttons }
}

/// Returns the lines below a title as HTML: the authors and the date, each after a line break.
pub(super) fn byline_lines(outline: &Outline, messages: &Messages) -> String {
    let lines = messages.byline(&outline.authors).into_iter().chain(outline.published.clone());
    lines.map(|line| format!("\n{}", escape(&truncate(&line, MAX_BYLINE_UNITS)))).collect()
}

/// Returns a message with a button for each language.
pub fn languages(messages: &Messages) -> Message {
    let mut buttons = Vec::new();
    for pair in Locale::ALL.chunks(2) {
        let row = pair.iter().map(|locale| Button::new(locale.name(), Action::Language(*locale)));
        buttons.push(row.collect());
    }
    Message { html: escape(&messages.choose_language()), buttons }
}

/// Returns one page of a list: a row of buttons per item, and a last row of page buttons.
pub fn paged<T>(
    html: String,
    items: &[T],
    row: impl Fn(&T) -> Vec<Button>,
    page: usize,
    to_page: impl Fn(usize) -> Action,
) -> Message {
    page_of_rows(html, items.len(), |position| items.get(position).map(&row), page, to_page)
}

/// Returns one page of a list of articles. Only the articles on the page are read from the index.
pub fn paged_articles(
    html: String,
    articles: &Articles,
    row: impl Fn(&ArticleSummary) -> Vec<Button>,
    page: usize,
    to_page: impl Fn(usize) -> Action,
) -> Message {
    let row = |position| articles.get(position).map(|article| row(&article));
    page_of_rows(html, articles.len(), row, page, to_page)
}

fn page_of_rows(
    html: String,
    count: usize,
    row: impl Fn(usize) -> Option<Vec<Button>>,
    page: usize,
    to_page: impl Fn(usize) -> Action,
) -> Message {
    let pages = count.div_ceil(ROWS_PER_PAGE).max(1);
    let page = page.min(pages - 1);
    let shown = (page * ROWS_PER_PAGE..count).take(ROWS_PER_PAGE);
    let mut buttons: Vec<_> = shown.filter_map(row).collect();
    buttons.extend(page_buttons(page, pages, to_page));
    Message { html, buttons }
}

/// Returns the buttons for the first, previous, next and last page. `None` for a single page.
fn page_buttons(
    page: usize,
    pages: usize,
    to_page: impl Fn(usize) -> Action,
) -> Option<Vec<Button>> {
    let last = pages - 1;
    let mut row = Vec::new();
    if pages > FEW_PAGES && page > 1 {
        row.push(Button::new(&format!("« 1/{pages}"), to_page(0)));
    }
    if page > 0 {
        row.push(Button::new(&format!("‹ {page}/{pages}"), to_page(page - 1)));
    }
    if page < last {
        row.push(Button::new(&format!("{}/{pages} ›", page + 2), to_page(page + 1)));
    }
    if pages > FEW_PAGES && page + 1 < last {
        row.push(Button::new(&format!("{pages}/{pages} »"), to_page(last)));
    }
    (!row.is_empty()).then_some(row)
}

fn section_buttons(
    reading: &FullSection,
    page: usize,
    pages: usize,
    ctx: &RenderContext<'_>,
) -> Vec<Vec<Button>> {
    let (place, messages) = (&reading.place, ctx.messages);
    let id = place.section().id;
    if ctx.surface == Surface::Inline {
        let link = (ctx.link)(StartPayload::Section(id));
        return vec![vec![Button::url(&messages.button_read(), link)]];
    }
    let mut buttons: Vec<_> =
        page_buttons(page, pages, |page| Action::Section(id, page)).into_iter().collect();
    let sections = &place.article.sections;
    let mut neighbours = Vec::new();
    if let Some(before) = place.section.checked_sub(1).and_then(|before| sections.get(before)) {
        neighbours.push(Button::new(&messages.button_previous(), Action::Section(before.id, 0)));
    }
    if let Some(after) = sections.get(place.section + 1) {
        neighbours.push(Button::new(&messages.button_next(), Action::Section(after.id, 0)));
    }
    if !neighbours.is_empty() {
        buttons.push(neighbours);
    }
    let contents = Action::Article(place.article.id, 0);
    buttons.push(vec![Button::new(&messages.button_contents(), contents)]);
    buttons
}

/// Part of a passage on one page: a byte range of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PagePart {
    passage: usize,
    range: Range<usize>,
}

/// Splits a section into pages, between passages or sentences. There is at least one page.
fn pages(reading: &FullSection) -> Vec<Vec<PagePart>> {
    let mut pages: Vec<Vec<PagePart>> = vec![Vec::new()];
    let mut room = MAX_PAGE_UNITS;
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
                let needed = utf16_len(text);
                // A sentence longer than a page is split at the end of the page.
                let len = if needed <= room {
                    text.len()
                } else if needed > MAX_PAGE_UNITS {
                    prefix_len(text, room)
                } else {
                    0
                };
                if len > 0 {
                    push_part(&mut pages, PagePart { passage: position, range: from..from + len });
                    room = room.saturating_sub(utf16_len(&text[..len]));
                    from += len;
                }
                if from < end {
                    pages.push(Vec::new());
                    room = MAX_PAGE_UNITS;
                }
            }
        }
        let is_full = pages.last().is_some_and(|page| page.len() >= MAX_PAGE_PARTS);
        room = if is_full { 0 } else { room.saturating_sub(SEPARATOR_UNITS) };
    }
    pages
}

/// Adds a part to the last page. Adjacent parts of one passage are merged.
fn push_part(pages: &mut [Vec<PagePart>], part: PagePart) {
    let Some(page) = pages.last_mut() else { return };
    match page.last_mut() {
        Some(last) if last.passage == part.passage => last.range.end = part.range.end,
        _ => page.push(part),
    }
}

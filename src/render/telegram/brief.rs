//! Briefings: an article or a topic in its key sentences, and the list of articles to brief on.
//!
//! A quote is shown whole or not at all. The first page of a briefing fits on one phone screen; the
//! following pages have all sections.

use std::borrow::Cow;

use super::action::{Action, StartPayload};
use super::answer::{corrections, excerpt_link, page_note, searched};
use super::context::RenderContext;
use super::html::{bold_name, escape, link_html, name_html};
use super::message::{Button, Message};
use super::section_pages::{byline_lines, paged_articles};
use super::text::{MAX_NAME_UNITS, prefix_len, section_title, utf16_len};
use crate::answer::Excerpt;
use crate::brief::{Brief, KeySection, TopicBrief};
use crate::corpus::article::Outline;
use crate::index::{ArticleSummary, Articles};

/// Maximum length of a message, in UTF-16 code units. The rest is left for notes above it.
const MAX_MESSAGE_UNITS: usize = 3800;
/// Maximum length of the first page, in UTF-16 code units: about one phone screen.
const MAX_SCREEN_UNITS: usize = 1100;
/// Maximum number of quotes on the first page.
const MAX_SCREEN_QUOTES: usize = 4;
/// Maximum length of the title of a section on the first page, in UTF-16 code units: one line.
const MAX_SCREEN_TITLE_UNITS: usize = 40;
/// Maximum number of sections on a page. Each needs two entities, and Telegram ignores entities
/// after the hundredth of a message.
const MAX_SECTIONS: usize = 28;
/// Length of the space between two parts of a message, in UTF-16 code units.
const GAP_UNITS: usize = 2;

/// Section with the number of its quotes that are shown.
#[derive(Clone, Copy)]
struct Part<'a> {
    section: &'a KeySection,
    quote_count: usize,
}

/// Returns one page of an article's briefing. The first page has the most important quotes.
pub fn brief(brief: &Brief, page: usize, ctx: &RenderContext<'_>) -> Message {
    let article = &brief.article;
    let mut html = header(article, ctx);
    let pages = pages(brief, utf16_len(&html), ctx);
    let page = page.min(pages.len() - 1);
    if page > 0 {
        html.push_str(&format!("\n{}/{}", page + 1, pages.len()));
    }
    for part in &pages[page] {
        let shown = match page {
            0 => part.short_html(article, ctx),
            _ => format!("\n{}", part.html(article, ctx)),
        };
        html.push_str(&format!("\n{shown}"));
    }
    let has_more = pages.len() > page + 1;
    Message { html, buttons: briefing_buttons(brief, page, has_more, ctx) }
}

/// Returns the key sentences on a topic, below the topic as it was typed.
pub fn topic_brief(topic: &str, found: &TopicBrief, ctx: &RenderContext<'_>) -> Message {
    let mut html = searched(&found.filters, ctx) + &corrections(&found.corrected, ctx);
    html.push_str(&bold_name(topic.trim(), ctx.messages));
    let mut room = MAX_MESSAGE_UNITS.saturating_sub(utf16_len(&html));
    for quotes in found.excerpts.chunk_by(|a, b| a.place() == b.place()) {
        // The heading has two names, each with isolates, and gaps around it.
        let left = room.saturating_sub(2 * MAX_NAME_UNITS + 4 * GAP_UNITS);
        let shown = fitting_prefix(quotes, left);
        if shown.is_empty() {
            break;
        }
        room = left - quotes_len(shown.iter());
        let quotes: Vec<_> = shown.iter().collect();
        html.push_str(&format!("\n\n{}\n{}", source_line(&shown[0], ctx), quotation(&quotes)));
    }
    let contents = Button::new(&ctx.messages.button_contents(), Action::Contents(0));
    Message { html, buttons: vec![vec![contents]] }
}

/// Returns one page of the list of articles to brief on, in the given order.
pub fn briefs(articles: &Articles, page: usize, ctx: &RenderContext<'_>) -> Message {
    let row =
        |article: &ArticleSummary| vec![Button::new(&article.title, Action::Brief(article.id, 0))];
    let html = escape(&ctx.messages.articles_to_read(articles.len()));
    paged_articles(html, articles, row, page, Action::Briefs)
}

impl<'a> Part<'a> {
    fn whole(section: &'a KeySection) -> Part<'a> {
        Part { section, quote_count: section.excerpts.len() }
    }

    /// Returns the quotes that are shown, in reading order.
    fn quotes(&self) -> Vec<&'a Excerpt> {
        self.section.in_order(self.quote_count)
    }

    /// Returns the title of the section, linked, above its quotes.
    fn html(&self, article: &Outline, ctx: &RenderContext<'_>) -> String {
        let title = section_title(&article.sections[self.section.section], ctx.messages);
        format!("{}\n{}", self.link(&title, article, ctx), quotation(&self.quotes()))
    }

    /// Returns the quotes above the title of their section, linked and on one line.
    fn short_html(&self, article: &Outline, ctx: &RenderContext<'_>) -> String {
        let title = section_title(&article.sections[self.section.section], ctx.messages);
        format!("{}\n{}", quotation(&self.quotes()), self.link(&one_line(&title), article, ctx))
    }

    fn link(&self, title: &str, article: &Outline, ctx: &RenderContext<'_>) -> String {
        let section = &article.sections[self.section.section];
        let url = self.quotes().first().and_then(|first| first.source_link());
        let url = url.unwrap_or_else(|| (ctx.link)(StartPayload::Section(section.id)));
        link_html(&url, &name_html(title, ctx.messages))
    }

    /// Returns the length of the visible text with its gaps, in UTF-16 code units.
    fn utf16_len(&self, article: &Outline, ctx: &RenderContext<'_>) -> usize {
        let title = section_title(&article.sections[self.section.section], ctx.messages);
        2 * GAP_UNITS
            + utf16_len(&title).min(MAX_NAME_UNITS)
            + quotes_len(self.quotes().into_iter())
    }
}

/// Returns a title, cut after a word if it is longer than a line of a phone.
fn one_line(title: &str) -> Cow<'_, str> {
    let end = prefix_len(title, MAX_SCREEN_TITLE_UNITS);
    if end == title.len() {
        return Cow::Borrowed(title);
    }
    let word_end = title[..end].rfind(char::is_whitespace).filter(|end| *end > 0);
    let kept = title[..word_end.unwrap_or(end)].trim_end_matches(|c: char| !c.is_alphanumeric());
    Cow::Owned(format!("{kept}…"))
}

/// Returns the sections of each page, in reading order. `header` is the length of the header in
/// UTF-16 code units. There is at least one page.
fn pages<'a>(brief: &'a Brief, header: usize, ctx: &RenderContext<'_>) -> Vec<Vec<Part<'a>>> {
    let part_len = |part: &Part<'_>| part.utf16_len(&brief.article, ctx);
    let room = MAX_MESSAGE_UNITS.saturating_sub(header);
    let first = first_page(brief, MAX_SCREEN_UNITS.saturating_sub(header), part_len);
    // A briefing that the first page has as a whole has no other pages.
    let shown: usize = first.iter().map(|part| part.quote_count).sum();
    let all: usize = brief.sections.iter().map(|section| section.excerpts.len()).sum();
    if shown == all {
        return vec![first];
    }
    let mut pages = vec![first];
    let mut free = 0;
    for part in brief.sections.iter().map(Part::whole) {
        let needed = part_len(&part);
        let is_full = pages.last().is_none_or(|page| page.len() == MAX_SECTIONS);
        if pages.len() == 1 || is_full || needed > free {
            pages.push(Vec::new());
            free = room;
        }
        free = free.saturating_sub(needed);
        if let Some(page) = pages.last_mut() {
            page.push(part);
        }
    }
    pages
}

/// Returns the heaviest sections with the best quote of each, as many as fit into `room` UTF-16
/// code units. Second quotes are added if there is room left. If no quote fits, the page has the
/// shortest.
fn first_page<'a>(
    brief: &'a Brief,
    room: usize,
    part_len: impl Fn(&Part<'a>) -> usize,
) -> Vec<Part<'a>> {
    let mut heaviest: Vec<_> = brief.sections.iter().collect();
    heaviest.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let mut left = room;
    let mut chosen: Vec<Part<'a>> = Vec::new();
    for section in heaviest {
        let part = Part { section, quote_count: 1.min(section.excerpts.len()) };
        if chosen.len() < MAX_SCREEN_QUOTES
            && let Some(rest) = left.checked_sub(part_len(&part))
        {
            left = rest;
            chosen.push(part);
        }
    }
    let mut quotes = chosen.len();
    for part in &mut chosen {
        let whole = Part::whole(part.section);
        let more = part_len(&whole).saturating_sub(part_len(part));
        let added = whole.quote_count - part.quote_count;
        if quotes + added <= MAX_SCREEN_QUOTES && more <= left {
            (left, quotes) = (left - more, quotes + added);
            *part = whole;
        }
    }
    if chosen.is_empty() {
        let parts = brief.sections.iter().map(|section| Part { section, quote_count: 1 });
        chosen.extend(parts.min_by_key(|part| part_len(part)));
    }
    chosen.sort_by_key(|part| part.section.section);
    chosen
}

/// Returns the first quotes that fit into `room` UTF-16 code units.
fn fitting_prefix(quotes: &[Excerpt], room: usize) -> &[Excerpt] {
    let fits = |count: &usize| quotes_len(quotes[..*count].iter()) <= room;
    let count = (0..=quotes.len()).rev().find(fits).unwrap_or(0);
    &quotes[..count]
}

/// Returns the length of quotes with the gaps between them, in UTF-16 code units.
fn quotes_len<'a>(quotes: impl Iterator<Item = &'a Excerpt>) -> usize {
    quotes.map(|quote| utf16_len(quote.quote()) + GAP_UNITS).sum()
}

/// Returns one quotation with each quote on its own line.
pub(super) fn quotation(quotes: &[&Excerpt]) -> String {
    let quotes: Vec<_> = quotes.iter().map(|quote| escape(quote.quote())).collect();
    format!("<blockquote>{}</blockquote>", quotes.join("\n"))
}

fn header(article: &Outline, ctx: &RenderContext<'_>) -> String {
    bold_name(&article.title, ctx.messages) + &byline_lines(article, ctx.messages)
}

/// Returns the section's title as a link to the quote. The article's title follows, unless the
/// corpus has only one article.
fn source_line(quote: &Excerpt, ctx: &RenderContext<'_>) -> String {
    let place = quote.place();
    let section = name_html(&section_title(place.section(), ctx.messages), ctx.messages);
    let section = link_html(&excerpt_link(quote, ctx), &section);
    let page = page_note(quote, ctx.messages);
    if ctx.article_count == 1 {
        return section + &page;
    }
    format!("{section} · {}{page}", name_html(&place.article.title, ctx.messages))
}

/// Returns the row of buttons below a page of a briefing.
fn briefing_buttons(
    brief: &Brief,
    page: usize,
    has_more: bool,
    ctx: &RenderContext<'_>,
) -> Vec<Vec<Button>> {
    let (messages, id) = (ctx.messages, brief.article.id);
    let mut row = Vec::new();
    if page > 0 {
        row.push(Button::new(&messages.button_back(), Action::Brief(id, page - 1)));
    }
    if has_more {
        let label = match page {
            0 => messages.button_all_sections(brief.sections.len()),
            _ => messages.button_further(),
        };
        row.push(Button::new(&label, Action::Brief(id, page + 1)));
    }
    row.push(Button::new(&messages.button_contents(), Action::Article(id, 0)));
    if ctx.article_count > 1 {
        row.push(Button::new(&messages.button_other_articles(), Action::Briefs(0)));
    }
    vec![row]
}

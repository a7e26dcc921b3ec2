//! Briefings: an article or a topic in its key sentences, and the articles to brief on. Pure.
//!
//! A quote is shown whole or not at all. The first page fits one screen of a phone; the other sections are on
//! the next pages.

use super::answer::{corrections, link};
use super::pages::{imprint, paged_articles};
use super::{
    Action, Button, Message, NAME_UNITS, RenderContext, StartPayload, bold, escape,
    escape_attribute, named, title, units,
};
use crate::answer::Excerpt;
use crate::brief::{Brief, KeySection, TopicBrief};
use crate::corpus::article::Outline;
use crate::index::{ArticleSummary, Articles};

/// Of a message, in UTF-16 units; some are left for the notes that may stand above it.
const MESSAGE_UNITS: usize = 3800;
/// Maximum length of the first page, in UTF-16 units: about one screen of a phone.
const SCREEN_UNITS: usize = 1100;
/// Maximum number of quotes on the first page.
const SCREEN_QUOTES: usize = 4;
/// Two entities each: Telegram ignores those after the hundredth.
const MAX_SECTIONS: usize = 28;
/// Between what stands in a message: empty lines, the page.
const GAP_UNITS: usize = 2;

/// A section with as many of its quotes as are shown.
#[derive(Clone, Copy)]
struct Part<'a> {
    section: &'a KeySection,
    quotes: usize,
}

/// One page of a briefing; the first has the quotes that carry most of the article.
pub fn brief(brief: &Brief, page: usize, frame: &RenderContext<'_>) -> Message {
    let article = &brief.article;
    let mut html = header(article, frame);
    let pages = pages(brief, units(&html), frame);
    let page = page.min(pages.len() - 1);
    if page > 0 {
        html.push_str(&format!("\n{}/{}", page + 1, pages.len()));
    }
    for part in &pages[page] {
        html.push_str(&format!("\n\n{}", part.html(article, frame)));
    }
    let left = pages[page + 1..].iter().map(Vec::len).sum();
    Message { html, buttons: buttons(article, page, left, frame) }
}

/// The key sentences on a topic, under the topic as it was typed.
pub fn topic_brief(topic: &str, found: &TopicBrief, frame: &RenderContext<'_>) -> Message {
    let mut html = corrections(&found.corrected, frame);
    html.push_str(&bold(topic.trim(), frame.messages));
    let mut room = MESSAGE_UNITS.saturating_sub(units(&html));
    for quotes in found.excerpts.chunk_by(|a, b| a.place() == b.place()) {
        // Each name is isolated, linked and set apart.
        let left = room.saturating_sub(2 * NAME_UNITS + 4 * GAP_UNITS);
        let shown = fitting(quotes, left);
        if shown.is_empty() {
            break;
        }
        room = left - length(shown.iter());
        let quotes: Vec<_> = shown.iter().collect();
        html.push_str(&format!("\n\n{}\n{}", source(&shown[0], frame), quotation(&quotes)));
    }
    let contents = Button::new(&frame.messages.button_contents(), Action::Contents(0));
    Message { html, buttons: vec![vec![contents]] }
}

/// The articles to brief on, in the order given.
pub fn briefs(articles: &Articles, page: usize, frame: &RenderContext<'_>) -> Message {
    let row =
        |article: &ArticleSummary| vec![Button::new(&article.title, Action::Brief(article.id, 0))];
    let html = escape(&frame.messages.articles_to_read(articles.len()));
    paged_articles(html, articles, row, page, Action::Briefs)
}

impl<'a> Part<'a> {
    fn whole(section: &'a KeySection) -> Part<'a> {
        Part { section, quotes: section.excerpts.len() }
    }

    /// The quotes that are shown, in reading order.
    fn shown(&self) -> Vec<&'a Excerpt> {
        self.section.in_order(self.quotes)
    }

    fn html(&self, article: &Outline, frame: &RenderContext<'_>) -> String {
        let shown = self.shown();
        let section = &article.sections[self.section.section];
        let address = shown.first().and_then(|first| first.source_link());
        let address = address.unwrap_or_else(|| (frame.link)(StartPayload::Section(section.id)));
        format!(
            "{}\n{}",
            linked(&title(section, frame.messages), &address, frame),
            quotation(&shown)
        )
    }

    /// In UTF-16 units, as a reader sees it.
    fn units(&self, article: &Outline, frame: &RenderContext<'_>) -> usize {
        let heading = title(&article.sections[self.section.section], frame.messages);
        2 * GAP_UNITS + units(&heading).min(NAME_UNITS) + length(self.shown().into_iter())
    }
}

/// The sections of each page, in reading order, under a header of so many UTF-16 units. Never none.
fn pages<'a>(brief: &'a Brief, header: usize, frame: &RenderContext<'_>) -> Vec<Vec<Part<'a>>> {
    let of_part = |part: &Part<'_>| part.units(&brief.article, frame);
    let room = MESSAGE_UNITS.saturating_sub(header);
    let first = first_page(brief, SCREEN_UNITS.saturating_sub(header), of_part);
    let is_first =
        |section: &KeySection| first.iter().any(|part| part.section.section == section.section);
    let left: Vec<_> =
        brief.sections.iter().filter(|section| !is_first(section)).map(Part::whole).collect();
    let mut pages = vec![first];
    let mut free = 0;
    for part in left {
        let needed = of_part(&part);
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

/// Returns the sections that carry most of the article, with the best quote of each, as many as fit into
/// `room`. A section has its second quote, too, where few sections are there. If no quote fits, the page has
/// the shortest.
fn first_page<'a>(
    brief: &'a Brief,
    room: usize,
    units: impl Fn(&Part<'a>) -> usize,
) -> Vec<Part<'a>> {
    let mut heaviest: Vec<_> = brief.sections.iter().collect();
    heaviest.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let mut left = room;
    let mut chosen: Vec<Part<'a>> = Vec::new();
    for section in heaviest {
        let part = Part { section, quotes: 1.min(section.excerpts.len()) };
        if chosen.len() < SCREEN_QUOTES
            && let Some(rest) = left.checked_sub(units(&part))
        {
            left = rest;
            chosen.push(part);
        }
    }
    let mut quotes = chosen.len();
    for part in &mut chosen {
        let whole = Part::whole(part.section);
        let more = units(&whole).saturating_sub(units(part));
        let added = whole.quotes - part.quotes;
        if quotes + added <= SCREEN_QUOTES && more <= left {
            (left, quotes) = (left - more, quotes + added);
            *part = whole;
        }
    }
    if chosen.is_empty() {
        let parts = brief.sections.iter().map(|section| Part { section, quotes: 1 });
        chosen.extend(parts.min_by_key(|part| units(part)));
    }
    chosen.sort_by_key(|part| part.section.section);
    chosen
}

/// As many of these as fit.
fn fitting(quotes: &[Excerpt], room: usize) -> &[Excerpt] {
    let fits = |count: &usize| length(quotes[..*count].iter()) <= room;
    let count = (0..=quotes.len()).rev().find(fits).unwrap_or(0);
    &quotes[..count]
}

/// Of quotes on lines of their own, in UTF-16 units.
fn length<'a>(quotes: impl Iterator<Item = &'a Excerpt>) -> usize {
    quotes.map(|quote| units(quote.quote()) + GAP_UNITS).sum()
}

/// Quotes on lines of their own in one quotation.
pub(super) fn quotation(quotes: &[&Excerpt]) -> String {
    let quotes: Vec<_> = quotes.iter().map(|quote| escape(quote.quote())).collect();
    format!("<blockquote>{}</blockquote>", quotes.join("\n"))
}

fn header(article: &Outline, frame: &RenderContext<'_>) -> String {
    bold(&article.title, frame.messages) + &imprint(article, frame.messages)
}

/// The section as a link to the very place, and the article where there are several.
fn source(quote: &Excerpt, frame: &RenderContext<'_>) -> String {
    let place = quote.place();
    let section = linked(&title(place.section(), frame.messages), &link(quote, frame), frame);
    if frame.articles == 1 {
        return section;
    }
    format!("{section} · {}", named(&place.article.title, frame.messages))
}

fn linked(name: &str, address: &str, frame: &RenderContext<'_>) -> String {
    format!("<a href=\"{}\">{}</a>", escape_attribute(address), named(name, frame.messages))
}

fn buttons(
    article: &Outline,
    page: usize,
    left: usize,
    frame: &RenderContext<'_>,
) -> Vec<Vec<Button>> {
    let (words, id) = (frame.messages, article.id);
    let mut turns = Vec::new();
    if page > 0 {
        turns.push(Button::new(&words.button_back(), Action::Brief(id, page - 1)));
    }
    if left > 0 {
        let label = words.button_brief_rest(left);
        turns.push(Button::new(&label, Action::Brief(id, page + 1)));
    }
    let mut ways = vec![Button::new(&words.button_contents(), Action::Article(id, 0))];
    if frame.articles > 1 {
        ways.push(Button::new(&words.button_other_articles(), Action::Briefs(0)));
    }
    if turns.is_empty() { vec![ways] } else { vec![turns, ways] }
}

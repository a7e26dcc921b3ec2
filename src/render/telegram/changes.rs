//! Reports of new and changed articles.

use std::borrow::Cow;

use super::action::{Action, StartPayload};
use super::answer::{excerpt_link, quote};
use super::brief::quotation;
use super::context::RenderContext;
use super::html::{bold_name, escape, link_html, name_html};
use super::message::{Button, Message};
use super::section_pages::byline_lines;
use super::text::{truncate, utf16_len};
use crate::answer::{AnswerCursor, Excerpt};
use crate::corpus::article::Outline;
use crate::library::NewQuotes;
use crate::render::messages::Messages;

/// Changes of the corpus for one report.
#[derive(Debug, Default)]
pub struct Changes {
    /// Topic of the report; empty for all changes.
    pub topic: String,
    /// Local time of the previous report; `None` for the first.
    pub since: Option<String>,
    /// New articles (`true`) and changed articles (`false`), with their quotes.
    pub articles: Vec<(NewQuotes, bool)>,
    /// Number of further articles.
    pub more_articles: usize,
    /// Titles of removed articles.
    pub removed: Vec<String>,
}

/// Maximum length of a message, in UTF-16 code units.
const MAX_MESSAGE_UNITS: usize = 3700;
/// Maximum length of the titles of removed articles, in UTF-16 code units.
const MAX_REMOVED_UNITS: usize = 700;
/// Maximum length of a topic, or of the title of a removed article, in UTF-16 code units.
const MAX_SHORT_UNITS: usize = 100;
/// Maximum number of articles in a report.
pub const MAX_ARTICLES: usize = 6;

impl Changes {
    /// Returns whether there is nothing to report.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty() && self.removed.is_empty()
    }
}

/// Returns a report: each article with its quotes and a button for its briefing. Articles that do
/// not fit are counted.
pub fn changes(changes: &Changes, ctx: &RenderContext<'_>) -> Message {
    let messages = ctx.messages;
    let mut html = bold_name(&heading(changes, messages), messages);
    let removed = removed_line(&changes.removed, messages);
    let removed = removed.map(|line| format!("\n\n{}", escape(&line)));
    let room = MAX_MESSAGE_UNITS - removed.as_deref().map_or(0, utf16_len);
    let mut buttons = Vec::new();
    for (change, is_new) in changes.articles.iter().take(MAX_ARTICLES) {
        // If the quotes do not fit, the article is named without them.
        let fits = |entry: &String| utf16_len(&html) + utf16_len(entry) <= room;
        let without_quotes = || entry(change, &[], *is_new, ctx);
        let entry = Some(entry(change, &change.excerpts, *is_new, ctx)).filter(fits);
        let Some(entry) = entry.or_else(|| Some(without_quotes()).filter(fits)) else { break };
        html.push_str(&entry);
        let id = change.article.id;
        buttons.push(vec![Button::new(&change.article.title, Action::Brief(id, 0))]);
    }
    let left = changes.articles.len() - buttons.len() + changes.more_articles;
    if left > 0 {
        html.push_str(&format!("\n\n{}", escape(&messages.changes_more(left))));
        buttons.push(vec![Button::new(&messages.button_other_articles(), Action::Briefs(0))]);
    }
    html.push_str(&removed.unwrap_or_default());
    Message { html, buttons }
}

/// Returns the first quote of a new article that matches a watch; `None` without excerpts. `more`
/// is the number of further articles that match.
pub fn watch_hit(
    topic: &str,
    excerpts: &[Excerpt],
    more: u32,
    ctx: &RenderContext<'_>,
) -> Option<Message> {
    let first = excerpts.first()?;
    let cursor = AnswerCursor::of(excerpts).or_else(|| AnswerCursor::of(&excerpts[..1]));
    let mut message = quote(first, cursor, ctx).under(&ctx.messages.watch_hit(&short(topic)));
    if more > 0 {
        let note = ctx.messages.watch_more(more as usize, &short(topic));
        message.html.push_str(&format!("\n\n{}", escape(&note)));
    }
    Some(message)
}

fn heading(changes: &Changes, messages: &Messages) -> String {
    let heading = match &changes.since {
        Some(since) => messages.changes_since(since),
        None => messages.changes_heading(),
    };
    match changes.topic.is_empty() {
        true => heading,
        false => format!("{heading} · {}", messages.quoted_word(&short(&changes.topic))),
    }
}

/// Returns the paragraph about one article, with `quotes` from it.
fn entry(change: &NewQuotes, quotes: &[Excerpt], is_new: bool, ctx: &RenderContext<'_>) -> String {
    let (article, messages) = (&change.article, ctx.messages);
    let title = name_html(&article.title, messages);
    let title = match change_link(change, ctx) {
        Some(link) => link_html(&link, &title),
        None => title,
    };
    let kind = match (is_new, change.excerpts.is_empty()) {
        (true, _) => messages.change_new(),
        (false, false) => messages.change_edited(),
        (false, true) => messages.change_shortened(),
    };
    let byline = if is_new { byline_lines(article, messages) } else { String::new() };
    let mut entry = format!("\n\n{title} · {}{byline}", escape(&kind));
    if !quotes.is_empty() {
        let quotes: Vec<_> = quotes.iter().collect();
        entry.push_str(&format!("\n{}", quotation(&quotes)));
    }
    entry
}

/// Returns the link to the first quote, or to the article. `None` if the article has no section.
fn change_link(change: &NewQuotes, ctx: &RenderContext<'_>) -> Option<String> {
    match change.excerpts.first() {
        Some(first) => Some(excerpt_link(first, ctx)),
        None => article_link(&change.article, ctx),
    }
}

fn article_link(article: &Outline, ctx: &RenderContext<'_>) -> Option<String> {
    let first = article.sections.first().map(|first| StartPayload::Section(first.id));
    article.source_url.clone().or_else(|| Some((ctx.link)(first?)))
}

/// Returns a sentence that names the removed articles, as many as fit.
fn removed_line(titles: &[String], messages: &Messages) -> Option<String> {
    let mut shown: Vec<String> = Vec::new();
    let mut left = MAX_REMOVED_UNITS;
    for title in titles {
        let title = short(title);
        let Some(rest) = left.checked_sub(utf16_len(&title) + 2) else { break };
        left = rest;
        shown.push(title.into_owned());
    }
    if shown.len() < titles.len() {
        shown.push("…".to_owned());
    }
    let titles = shown.into_iter().reduce(|before, next| messages.enumeration(&before, &next))?;
    Some(messages.changes_removed(&titles))
}

fn short(name: &str) -> Cow<'_, str> {
    truncate(name, MAX_SHORT_UNITS)
}

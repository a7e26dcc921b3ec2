//! What is new in the articles, for a chat that wants to hear of it. Pure.

use std::borrow::Cow;

use super::answer::link;
use super::brief::quotation;
use super::{
    Action, Button, Message, RenderContext, StartPayload, bold, cut, escape, escape_attribute,
    imprint, named, quote, units,
};
use crate::answer::{AnswerCursor, Excerpt};
use crate::corpus::article::Outline;
use crate::library::NewQuotes;
use crate::render::messages::Messages;

/// What is told of articles.
#[derive(Debug, Default)]
pub struct Changes {
    /// The topic; empty for everything.
    pub words: String,
    /// Since when, as the clocks of the chat show it; `None` if nothing was told before.
    pub since: Option<String>,
    /// With whether the article itself is new.
    pub fresh: Vec<(NewQuotes, bool)>,
    /// How many more articles there are.
    pub more: usize,
    /// The titles of articles that are gone.
    pub gone: Vec<String>,
}

/// Of a message, in UTF-16 units.
const MESSAGE_UNITS: usize = 3700;
/// Of the titles of articles that are gone.
const GONE_UNITS: usize = 700;
/// So many articles are shown.
pub const MAX_ARTICLES: usize = 6;

impl Changes {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.fresh.is_empty() && self.gone.is_empty()
    }
}

/// What is new, each article with its quotes and a button to its briefing. What does not fit is counted.
pub fn news(news: &Changes, frame: &RenderContext<'_>) -> Message {
    let words = frame.messages;
    let mut html = bold(&heading(news, words), words);
    let gone = gone(&news.gone, words).map(|gone| format!("\n\n{}", escape(&gone)));
    let room = MESSAGE_UNITS - gone.as_deref().map_or(0, units);
    let mut buttons = Vec::new();
    for (fresh, is_new) in news.fresh.iter().take(MAX_ARTICLES) {
        // A quote that does not fit is left out whole.
        let fits = |entry: &String| units(&html) + units(entry) <= room;
        let bare = || entry(fresh, &[], *is_new, frame);
        let entry = Some(entry(fresh, &fresh.excerpts, *is_new, frame)).filter(fits);
        let Some(entry) = entry.or_else(|| Some(bare()).filter(fits)) else { break };
        html.push_str(&entry);
        let id = fresh.article.id;
        buttons.push(vec![Button::new(&fresh.article.title, Action::Brief(id, 0))]);
    }
    let left = news.fresh.len() - buttons.len() + news.more;
    if left > 0 {
        html.push_str(&format!("\n\n{}", escape(&words.news_more(left))));
        buttons.push(vec![Button::new(&words.button_other_articles(), Action::Briefs(0))]);
    }
    html.push_str(&gone.unwrap_or_default());
    Message { html, buttons }
}

/// The quote of an article that has come and answers words that a chat watches for; `more` have come, too.
pub fn watched(
    words: &str,
    excerpts: &[Excerpt],
    more: u32,
    frame: &RenderContext<'_>,
) -> Option<Message> {
    let first = excerpts.first()?;
    let trail = AnswerCursor::of(excerpts).or_else(|| AnswerCursor::of(&excerpts[..1]));
    let mut message = quote(first, trail, frame).under(&frame.messages.watch_hit(&short(words)));
    if more > 0 {
        let note = frame.messages.watch_more(more as usize, &short(words));
        message.html.push_str(&format!("\n\n{}", escape(&note)));
    }
    Some(message)
}

fn heading(news: &Changes, words: &Messages) -> String {
    let heading = match &news.since {
        Some(since) => words.news_since(since),
        None => words.news_heading(),
    };
    match news.words.is_empty() {
        true => heading,
        false => format!("{heading} · {}", words.quoted_word(&short(&news.words))),
    }
}

fn entry(fresh: &NewQuotes, quotes: &[Excerpt], is_new: bool, frame: &RenderContext<'_>) -> String {
    let (article, words) = (&fresh.article, frame.messages);
    let title = named(&article.title, words);
    let title = match address(fresh, frame) {
        Some(address) => format!("<a href=\"{}\">{title}</a>", escape_attribute(&address)),
        None => title,
    };
    let kind = match (is_new, fresh.excerpts.is_empty()) {
        (true, _) => words.news_new(),
        (false, false) => words.news_changed(),
        (false, true) => words.news_shorter(),
    };
    let byline = if is_new { imprint(article, words) } else { String::new() };
    let mut entry = format!("\n\n{title} · {}{byline}", escape(&kind));
    if !quotes.is_empty() {
        let quotes: Vec<_> = quotes.iter().collect();
        entry.push_str(&format!("\n{}", quotation(&quotes)));
    }
    entry
}

/// Where the first quote stands, or the article begins.
fn address(fresh: &NewQuotes, frame: &RenderContext<'_>) -> Option<String> {
    match fresh.excerpts.first() {
        Some(first) => Some(link(first, frame)),
        None => beginning(&fresh.article, frame),
    }
}

fn beginning(article: &Outline, frame: &RenderContext<'_>) -> Option<String> {
    let first = article.sections.first().map(|first| StartPayload::Section(first.id));
    article.source_url.clone().or_else(|| Some((frame.link)(first?)))
}

/// The articles that are gone, as many as fit.
fn gone(titles: &[String], words: &Messages) -> Option<String> {
    let mut shown: Vec<String> = Vec::new();
    let mut left = GONE_UNITS;
    for title in titles {
        let title = short(title);
        let Some(rest) = left.checked_sub(units(&title) + 2) else { break };
        left = rest;
        shown.push(title.into_owned());
    }
    if shown.len() < titles.len() {
        shown.push("…".to_owned());
    }
    let titles = shown.into_iter().reduce(|before, next| words.enumeration(&before, &next))?;
    Some(words.news_gone(&titles))
}

const SHORT_UNITS: usize = 100;

fn short(name: &str) -> Cow<'_, str> {
    cut(name, SHORT_UNITS)
}

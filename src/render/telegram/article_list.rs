//! Lists of articles that a message asks for.

use super::action::Action;
use super::answer::searched;
use super::context::{RenderContext, Surface};
use super::message::{Button, Message};
use super::section_pages::byline_list;
use crate::answer::ArticleList;

/// Returns a list of articles: a heading with their number, titles, authors and dates, and buttons.
pub fn article_list(list: &ArticleList, ctx: &RenderContext<'_>) -> Message {
    let mut message = byline_list(&list.articles, ctx);
    if let Some(heading) = ctx.messages.list_heading(list) {
        message = message.under(&heading);
    }
    message.html.insert_str(0, &searched(&list.filters, ctx));
    let is_whole = list.articles.len() == list.total;
    match (is_whole, ctx.surface) {
        (false, Surface::Chat | Surface::Ephemeral) => message
            .with_row(vec![Button::new(&ctx.messages.button_contents(), Action::Contents(0))]),
        (true, _) | (false, Surface::Inline) => message,
    }
}

//! The source of a quote, as a message of its own.

use super::action::Action;
use super::answer::source_line;
use super::context::{RenderContext, Surface};
use super::message::{Button, Message};
use super::quote_buttons::read_button;
use super::section_pages::byline_lines;
use crate::answer::Excerpt;

/// Returns the section and the article of a quote with links, the authors and the date.
pub fn source(excerpt: &Excerpt, ctx: &RenderContext<'_>) -> Message {
    let place = excerpt.place();
    let html = source_line(excerpt, ctx) + &byline_lines(&place.article, ctx.messages);
    let mut row = vec![read_button(&ctx.messages.button_read(), place, ctx)];
    if ctx.surface != Surface::Inline {
        row.push(Button::new(&place.article.title, Action::Article(place.article.id, 0)));
    }
    Message { html, buttons: vec![row] }
}

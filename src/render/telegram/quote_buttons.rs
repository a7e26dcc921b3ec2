//! Buttons below a quote: one row, and a menu that opens in its place.

use super::action::{Action, StartPayload, Vote};
use super::citation::citation;
use super::context::{RenderContext, Surface};
use super::message::{Button, Effect};
use crate::answer::{AnswerCursor, Excerpt, Place};

/// Label of the button for the previous quote.
const PREVIOUS: &str = "«";
/// Label of the button that opens the menu.
const MENU: &str = "⋯";

/// Returns the row of buttons below a quote. Without a cursor, there are no buttons for other
/// quotes and no menu.
pub fn quote_buttons(
    excerpt: &Excerpt,
    cursor: Option<AnswerCursor>,
    ctx: &RenderContext<'_>,
) -> Vec<Vec<Button>> {
    let messages = ctx.messages;
    let read = read_button(&messages.button_read(), excerpt.place(), ctx);
    let Some(cursor) = cursor else {
        let (copy, _) = copy_buttons(excerpt, None, ctx);
        return vec![vec![read, copy, share_button(excerpt, ctx)]];
    };
    let previous = cursor.previous().map(|before| Button::new(PREVIOUS, Action::Quote(before)));
    let next = cursor
        .next()
        .map(|next| Button::new(&messages.button_more(cursor.remaining()), Action::Quote(next)));
    let context = Button::new(&messages.button_context(), Action::Context(cursor));
    let menu = Button::new(MENU, Action::Menu(cursor));
    vec![previous.into_iter().chain(next).chain([context, read, menu]).collect()]
}

/// Returns the rows of the menu: votes, the citation, a link to share, and the way back.
pub fn menu_buttons(
    excerpt: &Excerpt,
    cursor: AnswerCursor,
    ctx: &RenderContext<'_>,
) -> Vec<Vec<Button>> {
    let messages = ctx.messages;
    let votes = match ctx.surface {
        Surface::Chat => vec![
            Button::new(&messages.button_good(), Action::Vote(Vote::Good)),
            Button::new(&messages.button_bad(), Action::Vote(Vote::Bad)),
        ],
        // The store does not know these messages as answers.
        Surface::Inline | Surface::Ephemeral => Vec::new(),
    };
    let (copy, cite) = copy_buttons(excerpt, Some(cursor), ctx);
    let copy = [copy].into_iter().chain(cite).chain([share_button(excerpt, ctx)]);
    let back = Button::new(&messages.button_back(), Action::CloseMenu(cursor));
    let rows = [votes, copy.collect(), vec![back]].into_iter();
    rows.filter(|row| !row.is_empty()).collect()
}

/// Returns a button that opens a section: in place, or for inline messages in the private chat.
pub fn read_button(label: &str, place: &Place, ctx: &RenderContext<'_>) -> Button {
    let id = place.section().id;
    match ctx.surface {
        Surface::Chat | Surface::Ephemeral => Button::new(label, Action::Section(id, 0)),
        Surface::Inline => Button::url(label, (ctx.link)(StartPayload::Section(id))),
    }
}

/// Returns a button that copies the citation, and one that shows the whole citation if it is too
/// long to be copied by a button.
fn copy_buttons(
    excerpt: &Excerpt,
    cursor: Option<AnswerCursor>,
    ctx: &RenderContext<'_>,
) -> (Button, Option<Button>) {
    let messages = ctx.messages;
    let short = citation(excerpt, &passage_link(excerpt, ctx), messages);
    let copy = Button { label: messages.button_copy(), effect: Effect::CopyText(short.text) };
    let cite = cursor.filter(|_| !short.is_whole);
    (copy, cite.map(|cursor| Button::new(&messages.button_citation(), Action::Cite(cursor))))
}

fn share_button(excerpt: &Excerpt, ctx: &RenderContext<'_>) -> Button {
    Button::url(&ctx.messages.button_share(), share_url(&passage_link(excerpt, ctx)))
}

fn passage_link(excerpt: &Excerpt, ctx: &RenderContext<'_>) -> String {
    (ctx.link)(StartPayload::Passage(excerpt.place().section().id, excerpt.passage().id))
}

/// Returns a URL that opens Telegram's chat picker to share the link.
fn share_url(link: &str) -> String {
    let encoded = percent_encoding::utf8_percent_encode(link, percent_encoding::NON_ALPHANUMERIC);
    format!("https://t.me/share/url?url={encoded}")
}

//! Private pages in groups: a page of somebody else's answer is shown only to the person who opened
//! it, as an ephemeral message.
//!
//! The page replaces the answer for everybody if the private page cannot be sent, or once the
//! reader presses "Show everyone".

use std::sync::atomic::Ordering;

use crate::answer::AnswerCursor;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::{CallbackQuery, ChatKind, MessageRef};
use crate::bot::reply::{After, Reply};
use crate::bot::send::{EditTarget, EphemeralTarget, single_attempt};
use crate::ids::MessageId;
use crate::render::telegram::{Action, Button, Message, SharedPage};
use crate::store::StoreError;

/// Person who gets a page of an answer alone.
pub struct PrivateReader {
    to: EphemeralTarget,
    /// Message with the answer.
    answer: MessageId,
}

impl PrivateReader {
    /// Returns the person who pressed a button if the page that it opens is for that person alone:
    /// a page of an answer in a group to somebody else.
    pub fn of(
        ctx: &BotContext,
        query: &CallbackQuery,
        action: Action,
    ) -> Result<Option<PrivateReader>, StoreError> {
        let MessageRef::Chat { chat, kind: ChatKind::Group, topic, message } = query.message else {
            return Ok(None);
        };
        let Some(receiver) = query.sender.id.filter(|_| is_page_of_answer(action)) else {
            return Ok(None);
        };
        if ctx.lacks_ephemeral.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let asker = match ctx.store.question_of(chat, message)? {
            Some(record) => record.asker,
            None => query.asker,
        };
        let is_other = asker.is_some_and(|asker| asker != receiver);
        let callback_query = Some(query.id.clone());
        let to = EphemeralTarget { chat, topic, receiver, callback_query };
        Ok(is_other.then_some(PrivateReader { to, answer: message }))
    }

    /// Sends a page. Returns whether it was sent.
    pub async fn show(
        &self,
        ctx: &BotContext,
        reader: ReaderContext,
        action: Action,
        page: Message,
    ) -> bool {
        let page = match SharedPage::of(action) {
            Some(shared) => with_show_everyone(page, shared, self.answer, reader),
            None => page,
        };
        match single_attempt::send_ephemeral(&ctx.sender, &self.to, &page).await {
            Some(is_supported) => {
                ctx.lacks_ephemeral.store(!is_supported, Ordering::Relaxed);
                is_supported
            }
            None => false,
        }
    }
}

/// Returns whether an action shows a page that belongs to an answer.
fn is_page_of_answer(action: Action) -> bool {
    matches!(
        action,
        Action::Quote(_)
            | Action::Context(_)
            | Action::Cite(_)
            | Action::Section(..)
            | Action::Article(..)
            | Action::Contents(_)
    )
}

/// Adds the button that shows the page to everybody, in the place of the answer.
fn with_show_everyone(
    page: Message,
    shared: SharedPage,
    answer: MessageId,
    reader: ReaderContext,
) -> Message {
    let label = reader.messages().button_show_everyone();
    page.with_row(vec![Button::new(&label, Action::ShowEveryone(shared, answer))])
}

/// Adds the button that shows a page to everybody to a page that was opened in a private one.
pub fn keep_show_everyone(
    page: Message,
    action: Action,
    keyboard: &[Action],
    reader: ReaderContext,
) -> Message {
    let answer = keyboard.iter().find_map(|action| match action {
        Action::ShowEveryone(_, answer) => Some(*answer),
        _ => None,
    });
    match answer.zip(SharedPage::of(action)) {
        Some((answer, shared)) => with_show_everyone(page, shared, answer, reader),
        None => page,
    }
}

/// Returns the action that shows a shared page in the place of an answer. The cursor is that of the
/// private page, or else of the answer. Returns `None` if the answer is not known.
pub fn public_action(
    ctx: &BotContext,
    query: &CallbackQuery,
    keyboard: &[Action],
    shared: SharedPage,
    answer: MessageId,
) -> Result<Option<Action>, StoreError> {
    let Some(chat) = query.message.chat() else { return Ok(None) };
    // Callback data can be forged: only an answer is replaced.
    let Some(record) = ctx.store.question_of(chat, answer)? else { return Ok(None) };
    let shown = keyboard.iter().find_map(|action| match action {
        Action::Context(cursor) | Action::Cite(cursor) | Action::CloseMenu(cursor) => Some(*cursor),
        _ => None,
    });
    let back = keyboard.iter().find_map(|action| match action {
        Action::Quote(cursor) => Some(*cursor),
        _ => None,
    });
    let cursor = || shown.or(back).or_else(|| AnswerCursor::from_bytes(&record.quotes));
    Ok(match shared {
        SharedPage::Quote => cursor().map(Action::Quote),
        SharedPage::Context => cursor().map(Action::Context),
        SharedPage::Section(section, page) => Some(Action::Section(section, page)),
    })
}

/// Replaces an answer by a page, and deletes the private page.
pub async fn publish(
    ctx: &BotContext,
    query: &CallbackQuery,
    answer: MessageId,
    page: Message,
) -> Reply {
    let MessageRef::Ephemeral { chat, receiver, message } = query.message else {
        return Reply::Nothing;
    };
    let private_page = EditTarget::Ephemeral { chat, receiver, message };
    single_attempt::delete_ephemeral(&ctx.sender, &private_page).await;
    let answer = MessageRef::Chat { chat, kind: ChatKind::Group, topic: None, message: answer };
    Reply::Edit(answer, page, After::Nothing)
}

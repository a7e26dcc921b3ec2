//! `/private`: answers in a group that only the asker sees.
//!
//! Such an answer goes to the private chat of the asker, and as an ephemeral message to the group
//! where Telegram permits that. A person without a private chat with the bot, or whose private chat
//! may see less than the group, gets the answer in the group: an ephemeral message is never the
//! only copy of an answer, since it can get lost.

use crate::bot::chat_admins;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::{CallbackQuery, IncomingMessage, MessageRef};
use crate::bot::reply::{After, PrivateAnswer, Reply};
use crate::bot::send::{EphemeralTarget, SendOutcome, SendTarget, single_attempt};
use crate::render::telegram::{self, Action, Button, Message};
use crate::store::{AnswerRecord, StoreError};

/// Maximum length of the question above the copy of its answer, in UTF-16 code units.
const MAX_QUESTION_UNITS: usize = 200;

/// Handles a `/private` command: tells and offers to change whether only the asker sees an answer.
pub async fn handle_private(
    ctx: &BotContext,
    incoming: &IncomingMessage,
    reader: ReaderContext,
) -> Result<Message, StoreError> {
    let messages = reader.messages();
    if incoming.kind.is_private() {
        return Ok(telegram::plain(&messages.private_only_groups()));
    }
    if !chat_admins::may_configure(ctx, incoming).await {
        return Ok(telegram::plain(&messages.only_administrators()));
    }
    Ok(state(ctx.store.is_private(incoming.chat)?, reader))
}

/// Applies the button that changes who sees an answer.
pub fn set_private(
    ctx: &BotContext,
    query: &CallbackQuery,
    reader: ReaderContext,
    is_private: bool,
) -> Result<Option<Message>, StoreError> {
    let MessageRef::Chat { chat, .. } = query.message else { return Ok(None) };
    ctx.store.set_private(chat, is_private)?;
    Ok(Some(state(is_private, reader)))
}

fn state(is_private: bool, reader: ReaderContext) -> Message {
    let messages = reader.messages();
    let (text, label) = match is_private {
        true => (messages.private_on(), messages.button_answer_everyone()),
        false => (messages.private_off(), messages.button_answer_privately()),
    };
    telegram::plain(&text).with_row(vec![Button::new(&label, Action::SetPrivate(!is_private))])
}

/// Returns the reply that shows an answer only to its asker, if the group has chosen that, the
/// asker is a person, and the private chat may see all that the group may see.
pub fn private_reply(
    ctx: &BotContext,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    to: &SendTarget,
    message: &Message,
    record: &AnswerRecord,
) -> Result<Option<Reply>, StoreError> {
    let asker = record.asker.filter(|asker| asker.get() > 0 && !record.text.is_empty());
    let Some(asker) = asker else { return Ok(None) };
    if incoming.kind.is_private() || !ctx.store.is_private(incoming.chat)? {
        return Ok(None);
    }
    // The private chat may show less than the group: the answer stays in the group.
    if !ctx.access.sees_all_of(asker.private_chat(), incoming.chat) {
        return Ok(None);
    }
    let question = telegram::truncate(&record.text, MAX_QUESTION_UNITS);
    let shown = without_help(message.clone());
    let copy = shown.clone().under(&reader.messages().private_copy(&question));
    Ok(Some(Reply::Private(Box::new(PrivateAnswer {
        asker,
        copy,
        shown,
        to: to.clone(),
        message: message.clone(),
        record: record.clone(),
    }))))
}

/// Returns a message without the button that sends its question to a person. The store does not
/// know the copies as answers.
fn without_help(mut message: Message) -> Message {
    message.buttons.retain(|row| row.iter().all(|button| !button.sends(Action::AskPerson)));
    message
}

/// Sends the copy of an answer to the private chat, and the answer as an ephemeral message to the
/// group. Returns the reply to everybody if there is no private chat, and `None` if the bot stops.
pub async fn send(ctx: &BotContext, answer: PrivateAnswer) -> Option<PrivateOutcome> {
    let PrivateAnswer { asker, copy, shown, to, message, record } = answer;
    let own = SendTarget { is_silent: true, ..SendTarget::chat(asker.private_chat(), None) };
    match ctx.sender.send(&own, &copy).await {
        SendOutcome::Delivered { .. } => {
            let (chat, topic) = (to.chat, to.topic);
            let target = EphemeralTarget { chat, topic, receiver: asker, callback_query: None };
            // The copy has arrived, so it does not matter whether this does.
            let _ = single_attempt::send_ephemeral(&ctx.sender, &target, &shown).await;
            Some(PrivateOutcome::Shown(record))
        }
        SendOutcome::Rejected => {
            Some(PrivateOutcome::Public(Reply::Send(to, message, After::Answered(record))))
        }
        SendOutcome::Stopped => None,
    }
}

/// Outcome of an answer that only the asker shall see.
pub enum PrivateOutcome {
    Shown(AnswerRecord),
    /// There is no private chat: the answer goes to the group.
    Public(Reply),
}

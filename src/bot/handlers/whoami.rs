//! `/whoami`, and the notice to a person without access: the numbers that the operator puts into
//! `[access]`.

use crate::bot::context::ReaderContext;
use crate::bot::receive::update::IncomingMessage;
use crate::ids::ChatId;
use crate::render::telegram::{self, Message, Numbers, Sender};

/// Makes the message with the numbers of the sender and of the chat.
pub fn whoami(incoming: &IncomingMessage, reader: ReaderContext) -> Message {
    telegram::numbers(&numbers_of(incoming), reader.messages())
}

/// Makes the notice to a person without access, and logs the numbers for the operator.
pub fn refuse(incoming: &IncomingMessage, reader: ReaderContext) -> Message {
    log_refusal(incoming.sender.id.map(|user| user.get()), incoming.chat);
    telegram::not_allowed(&numbers_of(incoming), reader.messages())
}

/// Makes the notice to a group without access, to which the user `by` added the bot, and logs the
/// numbers for the operator.
pub fn refuse_group(group: ChatId, by: Option<i64>, reader: ReaderContext) -> Message {
    log_refusal(by, group);
    let numbers = Numbers { sender: None, group: Some(group), topic: None };
    telegram::not_allowed(&numbers, reader.messages())
}

fn log_refusal(user: Option<i64>, chat: ChatId) {
    tracing::info!(
        user,
        chat = chat.get(),
        "a person without access was refused; `[access]` can give access to the user or the chat"
    );
}

fn numbers_of(incoming: &IncomingMessage) -> Numbers {
    let group = (!incoming.kind.is_private()).then_some(incoming.chat);
    let sender = incoming.sender.id.map(|id| match id.get() < 0 {
        _ if incoming.sender.is_anonymous_admin => Sender::Group,
        true => Sender::Channel(id),
        false => Sender::Person(id),
    });
    Numbers { sender, group, topic: incoming.topic.filter(|_| group.is_some()) }
}

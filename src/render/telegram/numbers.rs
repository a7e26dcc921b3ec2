//! The numbers of a sender, a group and a topic, which the operator puts into the access lists.

use super::html::escape;
use super::message::Message;
use super::text::isolate;
use crate::ids::{ChatId, TopicId, UserId};
use crate::render::messages::Messages;

/// The numbers that identify a message to the access lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// `None` if Telegram names no sender.
    pub sender: Option<Sender>,
    pub group: Option<ChatId>,
    pub topic: Option<TopicId>,
}

/// A sender, as the access lists know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    Person(UserId),
    /// A person who writes in the name of a channel, with the number of the channel.
    Channel(UserId),
    /// An administrator who writes in the name of the group.
    Group,
}

/// Renders the numbers, one in a line. A tap copies a number.
pub fn numbers(numbers: &Numbers, messages: &Messages) -> Message {
    let line = |label: String, number: i64| {
        let number = format!("<code>{number}</code>");
        format!("{} {}", escape(&label), isolate(&number, messages))
    };
    let sender = numbers.sender.map(|sender| match sender {
        Sender::Person(id) => line(messages.whoami_user(), id.get()),
        Sender::Channel(id) => line(messages.whoami_channel(), id.get()),
        Sender::Group => escape(&messages.whoami_as_group()),
    });
    let group = numbers.group.map(|id| line(messages.whoami_group(), id.get()));
    let topic = numbers.topic.map(|id| line(messages.whoami_topic(), id.get().into()));
    let lines: Vec<_> = [sender, group, topic].into_iter().flatten().collect();
    Message { html: lines.join("\n"), buttons: Vec::new() }
}

/// Renders the notice to a chat that the operator has not given access, with the numbers that the
/// operator needs for it.
pub fn not_allowed(of: &Numbers, messages: &Messages) -> Message {
    let note = format!("{} {}", messages.not_allowed(), messages.not_allowed_send());
    numbers(of, messages).under(&note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::messages::Locale;

    #[test]
    fn whoami_numbers_can_be_copied_in_every_language() {
        let all = Numbers {
            sender: Some(Sender::Channel(UserId::new(-1003))),
            group: Some(ChatId::new(-1001)),
            topic: Some(TopicId::new(77)),
        };
        for locale in Locale::ALL {
            let html = numbers(&all, locale.messages()).html;
            for number in ["-1003", "-1001", "77"] {
                let copied = format!("<code>{number}</code>");
                assert!(html.contains(&copied), "{locale:?}: {html}");
                let isolated = html.contains(&format!("\u{2068}{copied}\u{2069}"));
                assert_eq!(isolated, locale.is_right_to_left(), "{locale:?}: {html}");
            }
        }
    }
}

//! Hints on the language of the articles, which a chat gets once.

use quick_cache::sync::Cache;

use crate::ids::{ChatId, MessageId};

/// Chats that got the hint since the start of the process, each with the question that got it. An
/// edit of that question gets the hint again, because the new reply replaces the old one.
pub struct LanguageHints(Cache<ChatId, MessageId>);

/// Maximum number of chats that are remembered. The hint may be repeated in another chat.
const MAX_CHATS: usize = 10_000;

impl LanguageHints {
    pub fn new() -> LanguageHints {
        LanguageHints(Cache::new(MAX_CHATS))
    }

    /// Returns whether the reply to a question may have the hint.
    pub fn is_due(&self, chat: ChatId, question: MessageId) -> bool {
        self.0.get(&chat).is_none_or(|known| known == question)
    }

    /// Records that the reply to a question has the hint.
    pub fn set_shown(&self, chat: ChatId, question: MessageId) {
        self.0.insert(chat, question);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_hint_is_due_once_in_a_chat() {
        let hints = LanguageHints::new();
        let (chat, other) = (ChatId::new(1), ChatId::new(2));
        let [first, second] = [1, 2].map(MessageId::new);
        assert!(hints.is_due(chat, first));
        hints.set_shown(chat, first);
        assert!(hints.is_due(chat, first) && !hints.is_due(chat, second));
        assert!(hints.is_due(other, second));
    }
}

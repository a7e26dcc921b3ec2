//! State of guest mode: which messages are answered as guest queries, and their questions.
//!
//! A message to the bot in a group that the bot is a member of can arrive twice, as a guest query
//! and as a message. The first to claim it answers it. Nothing here survives a restart, since a
//! guest query does not, either; the store records the answered messages of groups.

use parking_lot::Mutex;
use quick_cache::sync::Cache;
use tokio::sync::watch;

use crate::ids::{ChatId, MessageId, UserId};

/// State of guest mode, shared by the handlers of guest queries and of messages.
pub struct Guests {
    claims: Cache<(ChatId, MessageId), watch::Sender<Claim>>,
    /// Makes the check of a claim and its change one step.
    claiming: Mutex<()>,
    queries: Cache<String, ()>,
    contexts: Cache<ChatId, GuestContext>,
}

/// The side that answers a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// The guest query is being answered.
    GuestPending,
    GuestAnswered,
    /// The guest query could not be answered.
    GuestFailed,
    Member,
}

/// Maximum number of messages and guest queries that are remembered.
const MAX_MESSAGES: usize = 10_000;
/// Maximum number of chats whose last guest question is remembered.
const MAX_CHATS: usize = 1_000;

/// Context with which a follow-up question is read, and the asker of the question before it.
pub type GuestContext = (Option<UserId>, String);

impl Guests {
    pub fn new() -> Guests {
        Guests {
            claims: Cache::new(MAX_MESSAGES),
            claiming: Mutex::default(),
            queries: Cache::new(MAX_MESSAGES),
            contexts: Cache::new(MAX_CHATS),
        }
    }

    /// Returns whether a guest query is new, and remembers its id. Telegram delivers an update
    /// again if its confirmation was lost.
    pub fn is_new(&self, query: &str) -> bool {
        let _claiming = self.claiming.lock();
        let is_new = self.queries.get(query).is_none();
        self.queries.insert(query.to_owned(), ());
        is_new
    }

    /// Claims a message for its guest query. Returns `false` if it is answered as a message.
    pub fn claim_as_guest(&self, chat: ChatId, message: MessageId) -> bool {
        let _claiming = self.claiming.lock();
        if self.claims.get(&(chat, message)).is_some_and(|claim| *claim.borrow() == Claim::Member) {
            return false;
        }
        self.claims.insert((chat, message), watch::Sender::new(Claim::GuestPending));
        true
    }

    /// Records whether the guest query of a claimed message was answered.
    pub fn guest_finished(&self, chat: ChatId, message: MessageId, is_answered: bool) {
        if let Some(claim) = self.claims.get(&(chat, message)) {
            let outcome = if is_answered { Claim::GuestAnswered } else { Claim::GuestFailed };
            claim.send_replace(outcome);
        }
    }

    /// Claims a message for the chat that the bot is a member of. Waits while the message's guest
    /// query is being answered. Returns `false` if that was answered.
    pub async fn claim_as_member(&self, chat: ChatId, message: MessageId) -> bool {
        loop {
            let pending = {
                let _claiming = self.claiming.lock();
                let known = self.claims.get(&(chat, message));
                let state = known.as_ref().map(|claim| *claim.borrow());
                match (state, known) {
                    (Some(Claim::GuestPending), Some(claim)) => claim.subscribe(),
                    (Some(Claim::GuestAnswered), _) => return false,
                    _ => {
                        self.claims.insert((chat, message), watch::Sender::new(Claim::Member));
                        return true;
                    }
                }
            };
            let mut pending = pending;
            // An error means that the claim was evicted, so that the next turn decides.
            let _ = pending.wait_for(|claim| *claim != Claim::GuestPending).await;
        }
    }

    /// Returns the context of the last guest question in a chat, for a follow-up question.
    pub fn context(&self, chat: ChatId) -> Option<String> {
        self.contexts.get(&chat).map(|(_, context)| context).filter(|context| !context.is_empty())
    }

    /// Records the context of a guest question with its asker, or that there is none. Returns what
    /// was recorded before.
    pub fn set_context(&self, chat: ChatId, context: Option<GuestContext>) -> Option<GuestContext> {
        let before = self.contexts.remove(&chat).map(|(_, before)| before);
        if let Some(context) = context {
            self.contexts.insert(chat, context);
        }
        before
    }

    /// Removes the questions of a person.
    pub fn forget(&self, user: UserId) {
        self.contexts.retain(|_, (asker, _)| *asker != Some(user));
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    const CHAT: ChatId = ChatId::new(-5);

    #[tokio::test]
    async fn guest_claims_let_one_side_answer() {
        let guests = Guests::new();
        let [asked, answered, failed] = [1, 2, 3].map(MessageId::new);
        assert!(guests.claim_as_member(CHAT, asked).await);
        // A message that is handled again after an error of the store.
        assert!(guests.claim_as_member(CHAT, asked).await);
        assert!(!guests.claim_as_guest(CHAT, asked));
        for (message, is_answered) in [(answered, true), (failed, false)] {
            assert!(guests.claim_as_guest(CHAT, message));
            let member = guests.claim_as_member(CHAT, message);
            tokio::pin!(member);
            tokio::select! {
                biased;
                _ = &mut member => panic!("the guest query is being answered"),
                () = ready(()) => {}
            }
            guests.guest_finished(CHAT, message, is_answered);
            assert_eq!(member.await, !is_answered);
        }
    }

    #[test]
    fn guest_contexts_of_a_person_are_forgotten() {
        let (guests, ada, ben) = (Guests::new(), UserId::new(1), UserId::new(2));
        guests.set_context(CHAT, Some((Some(ada), "tides".into())));
        guests.set_context(ChatId::new(-6), Some((Some(ben), "dikes".into())));
        guests.forget(ada);
        assert_eq!(guests.context(CHAT), None);
        assert_eq!(guests.context(ChatId::new(-6)).as_deref(), Some("dikes"));
        assert!(guests.is_new("a") && !guests.is_new("a") && guests.is_new("b"));
    }
}

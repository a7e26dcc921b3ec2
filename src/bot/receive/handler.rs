//! Functions that handle updates. They are arguments of the receiving side, so that it does not
//! depend on the handlers.

use std::pin::Pin;
use std::sync::Arc;

use serde_json::Value;

use super::update::{GuestQuery, InlineQuery};
use crate::bot::context::BotContext;
use crate::ids::UpdateId;
use crate::store::PendingUpdate;

/// Decision on a queued update, given the other updates of its user and chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueDecision {
    /// The update is handled.
    Handle,
    /// A newer callback query chooses the content of the same message. This one is answered and
    /// changes nothing.
    Superseded,
    /// The callback query exceeds the limits of its user or chat.
    Throttled,
}

/// Future that handles an update.
pub type Handling = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Functions that handle updates.
pub struct UpdateHandler {
    /// Handles a journalled update until its reply is delivered, or until the bot stops.
    pub handle: fn(Arc<BotContext>, PendingUpdate, QueueDecision) -> Handling,
    /// Apologises for an update that cannot be handled, and completes it.
    pub apologise: fn(Arc<BotContext>, PendingUpdate) -> Handling,
    /// Computes the answer to an update in advance, while the update is being journalled.
    pub prefetch: fn(&BotContext, &Value),
    /// Starts to answer an inline query, which is not journalled. Returns at once.
    pub answer_inline: Box<dyn Fn(InlineQuery) + Send + Sync>,
    /// Starts to answer a guest query, which is not journalled. Returns at once.
    pub answer_guest: Box<dyn Fn(UpdateId, GuestQuery) + Send + Sync>,
}

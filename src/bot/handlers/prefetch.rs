//! Speculative execution: the answer to a question is computed while the question is being
//! journalled.
//!
//! The wait for the disk is longer than the computation of an answer by words. The computation
//! therefore runs on the async thread that waits, and only if the library is quick and no other
//! update is in progress.

use serde_json::Value;

use super::command;
use crate::answer::Answer;
use crate::bot::context::{Audience, BotContext};
use crate::bot::receive::update::{self, Update};

/// Computes the answer to an update that is a plain question in a private chat, and caches it.
pub fn prefetch(ctx: &BotContext, update: &Value) {
    // A question that ends the process here might never reach the journal, where attempts are
    // counted.
    if ctx.attempts.has_crashed_recently() {
        return;
    }
    let Update::Message(incoming) = update::parse(update, ctx.identity.id) else { return };
    let is_plain =
        incoming.kind.is_private() && incoming.reply.is_none() && incoming.file.is_none();
    let question = incoming.text.filter(|_| is_plain && ctx.library.is_quick());
    let Some(question) = question else { return };
    let is_command = command::parse(&question, &ctx.identity.username).is_some();
    if is_command || !ctx.access.is_allowed(incoming.sender.id, Some(incoming.chat)) {
        return;
    }
    let view = ctx.view(Audience::Chat(incoming.chat, incoming.topic));
    // An error is reported when the question is handled, which asks again.
    let Ok(stamp) = view.stamp() else { return };
    let Ok(answer) = view.ask(&question, None) else { return };
    ctx.caches.prefetched.put(stamp, (question, answer));
}

/// Takes the cached answer to a question, if there is one from the articles that the audience sees
/// and these have not changed.
pub fn take_prefetched(ctx: &BotContext, audience: Audience, question: &str) -> Option<Answer> {
    let prefetched = &ctx.caches.prefetched;
    let stamp = ctx.view(audience).stamp().ok()?;
    let taken = prefetched.take_if(stamp, |(known, _)| known == question);
    taken.map(|(_, answer)| answer)
}

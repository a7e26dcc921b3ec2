//! Messages to the bot: what a message asks for, and the reply to it.

use std::time::Duration;

use super::command::Command;
use super::intent::{Address, Intent, intent_of};
use super::private_answers::{handle_private, private_reply};
use super::question::{AnsweredQuestion, ReplyKind};
use super::request::reply_to_request;
use super::{doctor, feedback, help, import, language, privacy, question, shelf, upload, whoami};
use crate::bot::access_control::Admission;
use crate::bot::briefings::{schedules, watches};
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::IncomingMessage;
use crate::bot::reply::{After, Reply};
use crate::bot::send::SendTarget;
use crate::bot::{deep_link_data, pages};
use crate::dialogue;
use crate::ids::MessageId;
use crate::render::telegram::{self, Message};
use crate::store::{AnswerRecord, Outcome, PendingUpdate, StoreError};

/// Handles a message. `known` is the answer that the message already has if it was edited; the
/// reply replaces it.
pub async fn handle_message(
    ctx: &BotContext,
    update: &PendingUpdate,
    incoming: &IncomingMessage,
    known: Option<AnswerRecord>,
) -> Result<Reply, StoreError> {
    let reader = ctx.reader(incoming.chat, incoming.topic, &incoming.sender);
    let messages = reader.messages();
    let mut intent = intent_of(ctx, incoming, reader)?;
    // A message that arrives twice counts once for the limits.
    if known.is_none() && intent != Intent::Ignore && is_answered_as_guest(ctx, incoming).await? {
        return Ok(Reply::Nothing);
    }
    if intent != Intent::Ignore {
        match admit(ctx, update, incoming, &intent) {
            Admission::Allowed => {}
            Admission::NotAllowed { is_notified: true } => intent = Intent::Refused,
            Admission::Throttled { is_notified: true } if known.is_none() => {
                intent = Intent::Text(messages.slow_down());
            }
            // An existing answer is never replaced by a notice.
            Admission::NotAllowed { .. } | Admission::Throttled { .. } => {
                return Ok(Reply::Nothing);
            }
        }
    }
    let mut to = SendTarget::reply(incoming.chat, incoming.topic, incoming.id);
    let mut record = AnswerRecord {
        chat: incoming.chat,
        question: incoming.id,
        answer: None,
        text: String::new(),
        context: String::new(),
        asker: None,
        outcome: Outcome::Other,
        quotes: Vec::new(),
        at: ctx.now(),
    };
    let is_forgotten = intent == Intent::Run(Command::Forget);
    let is_welcome = intent == Intent::Welcome && !incoming.kind.is_private();
    if is_welcome && ctx.store.is_welcomed(incoming.chat)? {
        return Ok(Reply::Nothing);
    }
    let message = match (intent, &known) {
        (Intent::Ignore, None) => return Ok(Reply::Nothing),
        (Intent::Ignore, Some(_)) => telegram::plain(&messages.withdrawn()),
        // Telegram also reports an edit when only a link preview has changed.
        (Intent::Question { text, .. }, Some(known)) if known.text == text => {
            return Ok(Reply::Nothing);
        }
        (Intent::Question { text, previous, address }, _) => {
            to.quote = question::quotable(incoming, &text);
            (record.text, record.asker) = (text.clone(), incoming.sender.id);
            let answered = question::answer(ctx, update.id, incoming, reader, text, previous).await;
            if is_silent(ctx, incoming, address, &record.text, &answered)? {
                return Ok(match known.and_then(|known| known.answer) {
                    Some(answer) => withdraw(to, answer, reader, record),
                    None => Reply::Nothing,
                });
            }
            if answered.has_language_hint {
                ctx.language_hints.set_shown(incoming.chat, incoming.id);
            }
            (record.outcome, record.context) = (answered.outcome, answered.context);
            record.quotes = answered.quotes;
            match answered.request {
                Some(request) => {
                    reply_to_request(ctx, update.id, incoming, reader, request, &mut record).await?
                }
                None => answered.message,
            }
        }
        (Intent::Run(command), _) => run_command(ctx, update, incoming, reader, command).await?,
        (Intent::Upload { file, operator }, _) => {
            upload::receive_file(ctx, update.id, operator, reader, &file).await?
        }
        (Intent::Import { address, operator }, _) => {
            import::receive_link(ctx, operator, reader, &address).await?
        }
        (Intent::Welcome, _) => help::start_page(ctx, update.id, incoming.kind, reader).await,
        (Intent::Text(text), _) => telegram::plain(&text),
        (Intent::Refused, _) => whoami::refuse(incoming, reader),
    };
    if known.is_none()
        && let Some(reply) = private_reply(ctx, incoming, reader, &to, &message, &record)?
    {
        return Ok(reply);
    }
    let after = match is_welcome {
        true => After::Welcomed,
        // Nothing is recorded about a user who has just been forgotten.
        false if is_forgotten => After::Nothing,
        false => After::Answered(record),
    };
    // Without the id of the answer, which Telegram's response did not tell, a new one is sent.
    Ok(match known.and_then(|known| known.answer) {
        Some(answer) => Reply::Replace(to, answer, message, after),
        None => Reply::Send(to, message, after),
    })
}

/// Returns whether a message in a group is answered as a guest query. Otherwise, claims it.
async fn is_answered_as_guest(
    ctx: &BotContext,
    incoming: &IncomingMessage,
) -> Result<bool, StoreError> {
    if incoming.kind.is_private() || !ctx.identity.supports_guests {
        return Ok(false);
    }
    // The store knows answers from before the last start.
    Ok(!ctx.guests.claim_as_member(incoming.chat, incoming.id).await
        || ctx.store.answer_to(incoming.chat, incoming.id)?.is_some())
}

/// Returns whether a message in a group gets no reply: a reaction, or a remark below an answer that
/// asks nothing and finds nothing new.
fn is_silent(
    ctx: &BotContext,
    incoming: &IncomingMessage,
    address: Address,
    text: &str,
    answered: &AnsweredQuestion,
) -> Result<bool, StoreError> {
    if incoming.kind.is_private() {
        return Ok(false);
    }
    let is_remark =
        address == Address::Reply && answered.request.is_none() && !dialogue::asks(text);
    Ok(match answered.kind {
        ReplyKind::ToReaction => true,
        ReplyKind::Refusal => is_remark,
        ReplyKind::Answer => is_remark && question::is_repeated(ctx, incoming, answered)?,
    })
}

/// Replaces the answer to a question that was edited to something that gets no reply.
fn withdraw(
    to: SendTarget,
    answer: MessageId,
    reader: ReaderContext,
    record: AnswerRecord,
) -> Reply {
    let message = telegram::plain(&reader.messages().withdrawn());
    Reply::Replace(to, answer, message, After::Answered(record))
}

/// Checks the permissions and limits of the sender, and counts the message.
fn admit(
    ctx: &BotContext,
    update: &PendingUpdate,
    incoming: &IncomingMessage,
    intent: &Intent,
) -> Admission {
    let waited = ctx.health.time.age(incoming.written_at, update.received_at);
    let waited = Duration::from_secs(waited.unsigned_abs());
    let (sender, chat, kind) = (incoming.sender.id, incoming.chat, incoming.kind);
    // A person without access needs the numbers to ask for it.
    match *intent == Intent::Run(Command::Whoami) {
        true => ctx.access.limit(sender, chat, kind, waited),
        false => ctx.access.admit(sender, chat, kind, waited),
    }
}

/// Runs a command and returns the message with its result.
async fn run_command(
    ctx: &BotContext,
    update: &PendingUpdate,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    command: Command,
) -> Result<Message, StoreError> {
    let is_operator = ctx.access.is_admin(incoming.sender.id) && incoming.kind.is_private();
    let id = update.id;
    Ok(match command {
        Command::Start(payload) if !payload.trim().is_empty() => {
            let payload = deep_link_data::parse(payload.trim()).ok();
            ctx.render_or_apologise(id, reader, move |library, context| {
                pages::deep_link_page(library, context, payload)
            })
            .await
        }
        Command::Start(_) | Command::Help | Command::Ask(_) => help::help(ctx, id, reader).await,
        Command::Language(code) => language::choose_language(ctx, incoming, reader, &code).await?,
        Command::Private => handle_private(ctx, incoming, reader).await?,
        Command::Privacy => privacy::privacy(ctx, incoming.kind, reader),
        Command::Forget => privacy::forget(ctx, update, incoming, reader).await?,
        Command::Whoami => whoami::whoami(incoming, reader),
        Command::Gaps | Command::Remove | Command::Doctor if !is_operator => {
            telegram::plain(&reader.messages().only_operator())
        }
        Command::Gaps => feedback::gaps(ctx, reader)?,
        Command::Doctor => doctor::doctor(ctx, reader).await,
        Command::Remove => {
            ctx.render_or_apologise(id, reader, |library, context| {
                let articles = library.within_border().articles();
                Ok(telegram::uploads::removals(&articles, 0, context.messages))
            })
            .await
        }
        Command::Brief(text) => schedules::handle_brief(ctx, id, incoming, reader, &text).await?,
        Command::Watch(text) => watches::handle_watch(ctx, id, incoming, reader, &text).await?,
        Command::Shelf(text) => shelf::handle_shelf(ctx, id, incoming, reader, &text).await?,
        Command::Sections => {
            ctx.render_or_apologise(id, reader, |library, context| {
                pages::contents(library, context, 0)
            })
            .await
        }
        Command::About => ctx.render_or_apologise(id, reader, pages::about).await,
    })
}

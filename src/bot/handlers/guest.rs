//! Guest mode: `@bot question` in a chat that the bot need not be in.
//!
//! A guest query is answered once and at once, with a message that Telegram posts in the chat. It
//! is not journalled, since Telegram discards the answer to an old query. The chat of a guest query
//! is never written to, and none of its settings is read: the id of a private chat may be that of
//! another chat of the bot.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::task::TaskTracker;

use super::command::{self, Command, ParsedCommand};
use super::help;
use super::inline::without_navigation;
use super::intent::{asked_text, is_pointer, without_mention};
use super::question::{self, AnsweredQuestion};
use crate::bot::access_control::Admission;
use crate::bot::api::inline::InlineResult;
use crate::bot::briefings::compose;
use crate::bot::briefings::request::{BriefRequest, parse_brief};
use crate::bot::context::{Audience, BotContext, ReaderContext, SHUTDOWN_GRACE};
use crate::bot::pages;
use crate::bot::receive::update::{ChatKind, GuestQuery, IncomingMessage};
use crate::bot::send::single_attempt;
use crate::bot::update_kind::UpdateKind;
use crate::dialogue::Request;
use crate::ids::{UpdateId, UserId};
use crate::render::telegram::{self, Message, Surface};
use crate::store::AnswerRecord;

/// Guest queries in progress.
pub struct GuestQueries {
    ctx: Arc<BotContext>,
    tasks: TaskTracker,
}

/// Age of a guest query above which it is dropped. Telegram's own limit is not documented.
const MAX_AGE: Duration = Duration::from_secs(60);
/// Maximum length of the title of an answer, in UTF-16 code units. Readers do not see it.
const TITLE_UNITS: usize = 100;

impl GuestQueries {
    pub fn new(ctx: Arc<BotContext>) -> GuestQueries {
        GuestQueries { ctx, tasks: TaskTracker::new() }
    }

    /// Answers a query.
    pub fn add(&self, update: UpdateId, query: GuestQuery) {
        let (ctx, arrived) = (self.ctx.clone(), Instant::now());
        self.tasks.spawn(async move { handle_guest_query(&ctx, update, query, arrived).await });
    }

    /// Waits until the queries are answered, for at most [`SHUTDOWN_GRACE`].
    pub async fn finish(&self) {
        self.tasks.close();
        // A query that is still in progress then is lost with the process.
        let _ = tokio::time::timeout(SHUTDOWN_GRACE, self.tasks.wait()).await;
    }
}

/// Answers a guest query, unless it is old, or its message is answered as one of a group.
async fn handle_guest_query(
    ctx: &BotContext,
    update: UpdateId,
    query: GuestQuery,
    arrived: Instant,
) {
    let message = &query.message;
    let age = ctx.health.time.age(message.date, ctx.now());
    if age > MAX_AGE.as_secs().cast_signed() || !ctx.guests.is_new(&query.id) {
        return tracing::info!(
            update = update.get(),
            age_seconds = age,
            "a guest query is dropped"
        );
    }
    let group = (message.kind == ChatKind::Group).then_some((message.chat, message.id));
    if group.is_some_and(|(chat, id)| !ctx.guests.claim_as_guest(chat, id)) {
        return;
    }
    let is_answered = answer_guest_query(ctx, update, &query).await;
    if is_answered {
        ctx.health.metrics.replied(UpdateKind::GuestMessage, arrived.elapsed());
    }
    if let Some((chat, id)) = group {
        ctx.guests.guest_finished(chat, id, is_answered);
    }
}

/// Answers a guest query and records the answer. Returns whether the answer was delivered.
async fn answer_guest_query(ctx: &BotContext, update: UpdateId, query: &GuestQuery) -> bool {
    let incoming = &query.message;
    let sender = incoming.sender.id;
    let own_chat = sender.map(UserId::private_chat);
    let locale = ctx.locale(own_chat, &incoming.sender);
    let reader = ReaderContext { locale, surface: Surface::Inline, audience: Audience::Unknown };
    let mut record = None;
    // An unknown sender has a limit, too: that of the chat.
    let counted = own_chat.unwrap_or(incoming.chat);
    let message = match ctx.access.admit_guest(sender, counted) {
        Admission::Allowed => {
            let message = reply(ctx, update, incoming, reader, &mut record).await;
            match ctx.access.is_restricted() {
                true => without_navigation(message),
                false => message,
            }
        }
        // The bot is a member of this group, and answers the same message there.
        Admission::NotAllowed { .. } if ctx.access.is_chat_listed(incoming.chat) => return false,
        Admission::NotAllowed { is_notified: true } => {
            telegram::plain(&reader.messages().not_allowed())
        }
        Admission::Throttled { is_notified: true } => {
            telegram::plain(&reader.messages().slow_down())
        }
        Admission::NotAllowed { .. } | Admission::Throttled { .. } => {
            return false;
        }
    };
    let result = InlineResult {
        id: "answer".into(),
        title: title_of(ctx, incoming),
        description: String::new(),
        message,
    };
    // A follow-up can arrive as soon as the answer is seen.
    let before = record.as_ref().map(|record| {
        ctx.guests.set_context(incoming.chat, Some((sender, record.context.clone())))
    });
    let is_answered = single_attempt::answer_guest(&ctx.sender, &query.id, result).await;
    if let Some(before) = before.filter(|_| !is_answered) {
        ctx.guests.set_context(incoming.chat, before);
    }
    if let Some(record) = record.filter(|_| is_answered)
        && let Err(error) = ctx.store.record_guest_answer(&record, incoming.kind.is_private())
    {
        tracing::error!(update = update.get(), %error, "an answer could not be recorded");
    }
    is_answered
}

/// Makes the reply to a message of a guest query. Sets in `record` the answer to a question.
async fn reply(
    ctx: &BotContext,
    update: UpdateId,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    record: &mut Option<AnswerRecord>,
) -> Message {
    let (messages, bot) = (reader.messages(), &ctx.identity.username);
    let text = without_mention(incoming.text.as_deref().unwrap_or_default(), bot).0;
    let elsewhere = || telegram::plain(&messages.guest_only_questions(bot));
    let question = match command::parse(&text, bot) {
        None => text,
        Some(ParsedCommand::Known(Command::Ask(question))) => question,
        Some(ParsedCommand::Known(Command::Start(_) | Command::Help)) => {
            return help::guest_help(ctx, update, reader).await;
        }
        Some(ParsedCommand::Known(Command::About)) => {
            return ctx.render_or_apologise(update, reader, pages::about).await;
        }
        Some(ParsedCommand::Known(Command::Sections)) => {
            return ctx
                .render_or_apologise(update, reader, |library, context| {
                    pages::contents(library, context, 0)
                })
                .await;
        }
        Some(ParsedCommand::Known(Command::Brief(words))) => match parse_brief(&words, None) {
            BriefRequest::Show { words } => {
                return compose::brief(ctx, update, reader, words).await;
            }
            BriefRequest::Schedule(_)
            | BriefRequest::NeedsZone
            | BriefRequest::Status
            | BriefRequest::Help
            | BriefRequest::Off(_)
            | BriefRequest::SetZone(_)
            | BriefRequest::Problem(_) => return elsewhere(),
        },
        Some(
            ParsedCommand::Known(
                Command::Watch(_)
                | Command::Shelf(_)
                | Command::Language(_)
                | Command::Privacy
                | Command::Private
                | Command::Forget
                | Command::Gaps
                | Command::Remove
                | Command::Whoami
                | Command::Doctor,
            )
            | ParsedCommand::Unknown
            | ParsedCommand::ForAnotherBot,
        ) => return elsewhere(),
    };
    let replied = incoming.reply.as_ref();
    let is_follow_up = replied.is_some_and(|replied| replied.sender == Some(ctx.identity.id));
    let (question, previous) = match is_pointer(&question) {
        false if is_follow_up => (question, ctx.guests.context(incoming.chat)),
        false => (question, None),
        true => match replied.filter(|_| !is_follow_up).and_then(|replied| replied.text.as_deref())
        {
            Some(pointed) => (asked_text(pointed, bot), None),
            None => return telegram::plain(&messages.guest_ask_what(bot)),
        },
    };
    let asked = question.clone();
    let answered = question::answer(ctx, update, incoming, reader, question, previous).await;
    *record = Some(record_of(ctx, incoming, asked, &answered));
    match answered.request {
        Some(Request::Briefing { topic }) => {
            compose::brief(ctx, update, reader, topic.unwrap_or_default()).await
        }
        Some(Request::Help) => help::guest_help(ctx, update, reader).await,
        Some(Request::Identity | Request::Source | Request::More) | None => answered.message,
    }
}

fn record_of(
    ctx: &BotContext,
    incoming: &IncomingMessage,
    text: String,
    answered: &AnsweredQuestion,
) -> AnswerRecord {
    AnswerRecord {
        chat: match (incoming.kind, incoming.sender.id) {
            (ChatKind::Private, Some(asker)) => asker.private_chat(),
            _ => incoming.chat,
        },
        question: incoming.id,
        answer: None,
        text,
        context: answered.context.clone(),
        asker: incoming.sender.id,
        outcome: answered.outcome,
        // The quotes are not those of a message with an id.
        quotes: Vec::new(),
        at: ctx.now(),
    }
}

/// Returns the title of the answer, which Telegram requires and never shows.
fn title_of(ctx: &BotContext, incoming: &IncomingMessage) -> String {
    let text = incoming.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    telegram::truncate(text.unwrap_or(&ctx.identity.username), TITLE_UNITS).into_owned()
}

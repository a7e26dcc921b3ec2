//! Callback queries: from a pressed button to the change of its message.
//!
//! A callback query is answered once, before any work other than the check of permissions. What a
//! button shows follows from its callback data, and the way back from the other buttons of its
//! message; no state is kept for it. Callback data comes from the client: anybody can send any
//! data, for any message of the bot.

use super::private_page::{self, PrivateReader};
use super::upload::Overwrite;
use super::{
    ask_person, command, feedback, help, language, privacy, private_answers, suggestions, upload,
};
use crate::answer::AnswerCursor;
use crate::bot::briefings::{deliver, schedules, watches};
use crate::bot::context::{Audience, BotContext, ReaderContext};
use crate::bot::receive::handler::QueueDecision;
use crate::bot::receive::update::{CallbackQuery, ChatKind, MessageRef};
use crate::bot::reply::{After, Reply};
use crate::bot::send::single_attempt;
use crate::bot::{callback_data, chat_admins, pages};
use crate::ids::UserId;
use crate::library::{LibraryError, View};
use crate::render::messages::Messages;
use crate::render::telegram::{
    self, Action, Button, Message, RenderContext, RequiredRole, Surface, Vote,
};
use crate::store::{PendingUpdate, StoreError};

/// Callback query that was decoded and admitted.
struct Press<'a> {
    update: &'a PendingUpdate,
    query: &'a CallbackQuery,
    kind: ChatKind,
    reader: ReaderContext,
    /// Actions of all buttons of the message.
    keyboard: Vec<Action>,
}

/// Handles a pressed button.
pub async fn handle_callback(
    ctx: &BotContext,
    update: &PendingUpdate,
    query: &CallbackQuery,
    decision: QueueDecision,
) -> Result<Reply, StoreError> {
    let private_chat = query.sender.id.map(UserId::private_chat);
    let (chat, kind, surface, audience) = match &query.message {
        MessageRef::Chat { chat, kind, topic, .. } => {
            (Some(*chat), *kind, Surface::Chat, Audience::Chat(*chat, *topic))
        }
        MessageRef::Inline(_) => {
            (private_chat, ChatKind::Private, Surface::Inline, Audience::Unknown)
        }
        MessageRef::Ephemeral { chat, .. } => {
            let audience = Audience::Chat(*chat, None);
            (Some(*chat), ChatKind::Group, Surface::Ephemeral, audience)
        }
    };
    let keyboard: Vec<_> = query
        .keyboard
        .iter()
        .filter_map(|button| callback_data::parse(&button.data).ok())
        .collect();
    let reader = ReaderContext { locale: ctx.locale(chat, &query.sender), surface, audience };
    let back = BackLinks::of(&keyboard);
    // Data that cannot be decoded leads to the nearest page that exists.
    let action = callback_data::parse(&query.data).ok();
    let refusal = refusal(ctx, query, action, decision, reader).await?;
    let notice = match (&refusal, action) {
        (Some(notice), _) => notice.clone(),
        (None, Some(Action::Vote(Vote::Good))) => Some(reader.messages().vote_good()),
        (None, Some(Action::Vote(Vote::Bad))) => Some(reader.messages().vote_bad()),
        (None, _) => None,
    };
    ctx.attempts.suspend(update.id);
    single_attempt::answer_callback(&ctx.sender, &query.id, notice.as_deref()).await;
    // The first `begin` has already decided that this update is handled.
    ctx.attempts.begin(update.id).await;
    if refusal.is_some() {
        return Ok(Reply::Nothing);
    }
    if action == Some(Action::AskPerson) {
        return ask_person::pass_on(ctx, query, reader);
    }
    if let Some(Action::SendAgain(schedule, due)) = action {
        return deliver::send_again(ctx, query, schedule, due).await;
    }
    let mut press = Press { update, query, kind, reader, keyboard };
    match action {
        Some(Action::Menu(cursor)) => Ok(menu(ctx, press, cursor, back, true).await),
        Some(Action::CloseMenu(cursor)) => Ok(menu(ctx, press, cursor, back, false).await),
        Some(Action::ShowEveryone(shared, answer)) => {
            let keyboard = &press.keyboard;
            let opened = private_page::public_action(ctx, query, keyboard, shared, answer)?;
            let Some(opened) = opened else { return Ok(Reply::Nothing) };
            press.reader.surface = Surface::Chat;
            let page = open_page(ctx, &press, opened).await;
            let page = back.add_to(page, Some(opened), reader.messages());
            Ok(private_page::publish(ctx, query, answer, page).await)
        }
        Some(action) => {
            if let Some(alone) = PrivateReader::of(ctx, query, action)? {
                press.reader.surface = Surface::Ephemeral;
                let page = open_page(ctx, &press, action).await;
                let page = back.add_to(page, Some(action), reader.messages());
                if alone.show(ctx, reader, action, page).await {
                    return Ok(Reply::Nothing);
                }
                press.reader.surface = surface;
            }
            let Some(message) = apply_action(ctx, &press, action).await? else {
                return Ok(Reply::Nothing);
            };
            let message = back.add_to(message, Some(action), reader.messages());
            let keyboard = &press.keyboard;
            let message = private_page::keep_show_everyone(message, action, keyboard, reader);
            Ok(Reply::Edit(query.message.clone(), message, After::Nothing))
        }
        None => {
            let message = back.add_to(nearest_page(ctx, &press).await, None, reader.messages());
            Ok(Reply::Edit(query.message.clone(), message, After::Nothing))
        }
    }
}

/// Opens or closes the menu below a quote. The text stays as it is, unless the quote has changed.
async fn menu(
    ctx: &BotContext,
    press: Press<'_>,
    cursor: AnswerCursor,
    back: BackLinks,
    is_open: bool,
) -> Reply {
    let (query, reader) = (press.query, press.reader);
    let buttons = ctx.with_library(Some(press.update.id), reader, move |library, context| {
        let excerpt = library.excerpt(cursor.current())?;
        Ok(excerpt.map(|excerpt| match is_open {
            true => telegram::menu_buttons(&excerpt, cursor, context),
            false => telegram::quote_buttons(&excerpt, Some(cursor), context),
        }))
    });
    match buttons.await {
        Some(Some(buttons)) => {
            let message = Message { html: String::new(), buttons };
            let action = Action::Menu(cursor);
            let message = back.add_to(message, Some(action), reader.messages());
            let keyboard = &press.keyboard;
            let shared = Action::Quote(cursor);
            let message = private_page::keep_show_everyone(message, shared, keyboard, reader);
            Reply::EditButtons(query.message.clone(), message)
        }
        Some(None) => {
            let page = nearest_page(ctx, &press).await;
            let page = back.add_to(page, None, reader.messages());
            Reply::Edit(query.message.clone(), page, After::Nothing)
        }
        None => Reply::Edit(query.message.clone(), ctx.apology(reader), After::Nothing),
    }
}

/// Checks whether a button has an effect for the user who pressed it. Returns the notice to show if
/// it has none.
async fn refusal(
    ctx: &BotContext,
    query: &CallbackQuery,
    action: Option<Action>,
    decision: QueueDecision,
    reader: ReaderContext,
) -> Result<Option<Option<String>>, StoreError> {
    let messages = reader.messages();
    // The chat in which an inline message was posted is unknown.
    if !ctx.access.is_allowed(query.sender.id, query.message.chat()) {
        return Ok(Some(Some(messages.not_allowed())));
    }
    match decision {
        QueueDecision::Throttled => return Ok(Some(Some(messages.slow_down()))),
        QueueDecision::Superseded => return Ok(Some(None)),
        QueueDecision::Handle => {}
    }
    if action == Some(Action::AskPerson) {
        return Ok(ask_person::objection(ctx, query, reader)?.map(Some));
    }
    Ok(match action.map_or(RequiredRole::Anyone, Action::required_role) {
        RequiredRole::Anyone => None,
        RequiredRole::Administrator if chat_admins::may_press(ctx, query).await => None,
        RequiredRole::Administrator => Some(Some(messages.only_administrators())),
        RequiredRole::Operator if ctx.access.is_admin(query.sender.id) => None,
        RequiredRole::Operator => Some(Some(messages.only_operator())),
    })
}

/// Applies an action. Returns the message as it is afterwards, or `None` if the message stays as it
/// is.
async fn apply_action(
    ctx: &BotContext,
    press: &Press<'_>,
    action: Action,
) -> Result<Option<Message>, StoreError> {
    let Press { update, query, kind, reader, .. } = *press;
    Ok(match action {
        Action::Vote(vote) => {
            feedback::vote(ctx, query, vote)?;
            None
        }
        Action::ExportGaps => {
            feedback::export_gaps(ctx, query).await?;
            None
        }
        Action::ClearGaps => {
            ctx.store.clear_gaps()?;
            Some(telegram::plain(&reader.messages().gaps_cleared()))
        }
        Action::Language(locale) => language::language_chosen(ctx, query, locale)?,
        Action::ForgetGroup => privacy::forget_group(ctx, update, query, reader)?,
        Action::AddUpload(id) => {
            Some(upload::confirm_upload(ctx, update.id, reader, id, Overwrite::Refuse).await?)
        }
        Action::ReplaceByUpload(id) => {
            Some(upload::confirm_upload(ctx, update.id, reader, id, Overwrite::Replace).await?)
        }
        Action::DiscardUpload(id) => Some(upload::drop_upload(ctx, reader, id)?),
        Action::Remove(article) => {
            Some(upload::remove_article(ctx, update.id, query, reader, article).await)
        }
        Action::Zone(zone) => {
            let question = query.question.as_deref();
            let bot = &ctx.identity.username;
            let request = question.and_then(|text| command::brief_request(text, bot));
            schedules::choose_zone(ctx, query, reader, zone, request).await?
        }
        Action::SetPrivate(is_private) => {
            private_answers::set_private(ctx, query, reader, is_private)?
        }
        Action::Zones(region, page) => Some(schedules::zones_of(region, page, reader)),
        Action::AllZones => Some(schedules::zones(reader)),
        Action::EndSchedule(_) | Action::SetSilent(..) | Action::SetSendAlways(..) => {
            schedules::change_schedule(ctx, query, reader, action).await?
        }
        Action::EndWatch(id) => watches::end_watch(ctx, query, reader, id).await?,
        Action::QuoteAgain(watch, article) => {
            deliver::quote_again(ctx, query, reader, watch, article).await?
        }
        Action::Start => Some(help::start_page(ctx, update.id, kind, reader).await),
        Action::AllHelp => Some(help::all_help(ctx, reader)),
        Action::Quote(cursor) => {
            if let MessageRef::Chat { chat, message, .. } = query.message {
                ctx.store.set_quotes(chat, message, &cursor.to_bytes())?;
            }
            Some(open_page(ctx, press, action).await)
        }
        Action::Context(_)
        | Action::Cite(_)
        | Action::Section(..)
        | Action::Article(..)
        | Action::Brief(..)
        | Action::Briefs(_)
        | Action::Contents(_)
        | Action::Example(..)
        | Action::Removals(_)
        | Action::AskRemoval(_) => Some(open_page(ctx, press, action).await),
        // `handle_callback` has already returned the replies of these.
        Action::SendAgain(..)
        | Action::Menu(_)
        | Action::CloseMenu(_)
        | Action::ShowEveryone(..)
        | Action::AskPerson => None,
    })
}

/// Makes the page that a button opens, or the nearest one if that page no longer exists.
async fn open_page(ctx: &BotContext, press: &Press<'_>, action: Action) -> Message {
    let keyboard = press.keyboard.clone();
    ctx.render_or_apologise(press.update.id, press.reader, move |library, context| {
        match page(library, context, action)? {
            Some(page) => Ok(page),
            None => pages::nearest_page(library, context, &keyboard),
        }
    })
    .await
}

async fn nearest_page(ctx: &BotContext, press: &Press<'_>) -> Message {
    let keyboard = press.keyboard.clone();
    ctx.render_or_apologise(press.update.id, press.reader, move |library, context| {
        pages::nearest_page(library, context, &keyboard)
    })
    .await
}

/// Makes the page that a button opens. Returns `None` if the page no longer exists, and for a
/// button that opens no page.
fn page(
    library: &View<'_>,
    context: &RenderContext<'_>,
    action: Action,
) -> Result<Option<Message>, LibraryError> {
    Ok(match action {
        Action::Quote(cursor) => pages::quote(library, context, cursor)?,
        Action::Context(cursor) => pages::quote_in_context(library, context, cursor)?,
        Action::Cite(cursor) => pages::citation(library, context, cursor)?,
        Action::Section(id, page) => {
            library.section(id)?.map(|reading| telegram::section(&reading, page, None, context))
        }
        Action::Article(id, page) => {
            library.article(id)?.map(|outline| telegram::article(&outline, page, context))
        }
        Action::Brief(id, page) => pages::brief(library, context, id, page)?,
        Action::Briefs(page) => Some(telegram::briefs(&library.newest(), page, context)),
        Action::Contents(page) => Some(pages::contents(library, context, page)?),
        Action::Removals(page) => {
            let articles = library.within_border().articles();
            Some(telegram::uploads::removals(&articles, page, context.messages))
        }
        Action::AskRemoval(id) => {
            let outline = library.article(id)?;
            outline.map(|outline| telegram::uploads::confirm_removal(&outline, context.messages))
        }
        Action::Example(passage, kind) => suggestions::page(library, context, passage, kind)?,
        Action::Vote(_)
        | Action::Start
        | Action::AllHelp
        | Action::Menu(_)
        | Action::CloseMenu(_)
        | Action::ShowEveryone(..)
        | Action::AskPerson
        | Action::SetPrivate(_)
        | Action::Language(_)
        | Action::ForgetGroup
        | Action::ExportGaps
        | Action::ClearGaps
        | Action::AddUpload(_)
        | Action::ReplaceByUpload(_)
        | Action::DiscardUpload(_)
        | Action::Remove(_)
        | Action::Zone(_)
        | Action::Zones(..)
        | Action::AllZones
        | Action::EndSchedule(_)
        | Action::SetSilent(..)
        | Action::SetSendAlways(..)
        | Action::SendAgain(..)
        | Action::EndWatch(_)
        | Action::QuoteAgain(..) => None,
    })
}

/// Pages that a reader can go back to, found in the buttons of the message that was pressed.
#[derive(Debug, Clone, Copy, Default)]
struct BackLinks {
    /// Answer that is shown, or that was left for a section.
    answer: Option<AnswerCursor>,
    has_suggestions: bool,
}

impl BackLinks {
    /// Finds the pages in the buttons of a message.
    fn of(keyboard: &[Action]) -> BackLinks {
        let shown = keyboard.iter().find_map(|action| match action {
            Action::Context(cursor) | Action::CloseMenu(cursor) => Some(*cursor),
            _ => None,
        });
        let left = keyboard.iter().find_map(|action| match action {
            Action::Quote(cursor) => Some(*cursor),
            _ => None,
        });
        let is_suggestion = |action: &Action| matches!(action, Action::Start | Action::Example(..));
        let has_suggestions = keyboard.iter().any(is_suggestion);
        BackLinks { answer: shown.or(left), has_suggestions }
    }

    /// Adds a row of buttons that lead back, for the pages that the pressed button does not show
    /// itself.
    fn add_to(self, message: Message, pressed: Option<Action>, messages: &Messages) -> Message {
        let is_answer = matches!(
            pressed,
            Some(Action::Quote(_) | Action::Context(_) | Action::Cite(_) | Action::Menu(_))
        );
        let is_help = matches!(pressed, Some(Action::Start | Action::AllHelp));
        let mut row = Vec::new();
        if let Some(cursor) = self.answer.filter(|_| !is_answer && !is_help) {
            row.push(Button::new(&messages.button_answer(), Action::Quote(cursor)));
        }
        if self.has_suggestions && !is_help {
            row.push(Button::new(&messages.button_examples(), Action::Start));
        }
        if row.is_empty() { message } else { message.with_row(row) }
    }
}

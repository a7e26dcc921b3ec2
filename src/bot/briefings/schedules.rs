//! Scheduled briefings of a chat: `/brief daily 08:30` and similar requests, their list and its
//! buttons.

use crate::bot::briefings::compose;
use std::borrow::Cow;

use crate::bot::briefings::request;
use crate::bot::briefings::request::{BriefRequest, RequestProblem, ScheduleRequest};
use crate::bot::chat_admins;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::{CallbackQuery, IncomingMessage, MessageRef};
use crate::ids::{ChatId, TopicId, UpdateId};
use crate::library::Unmatchable;
use crate::render::messages::Messages;
use crate::render::telegram::{self, Action, Button, Message};
use crate::schedule::{Days, Rule, Zone};
use crate::store::{Added, Delivery, DeliveryState, NewSchedule, Schedule, ScheduleId, StoreError};

/// Maximum length of a topic in characters.
const MAX_TOPIC_CHARS: usize = 200;
/// Maximum length of a topic in a list, in characters.
const SHOWN_TOPIC_CHARS: usize = 35;
/// Number of columns on a page of time zones.
const ZONE_COLUMNS: usize = 2;

/// Handles a `/brief` command.
pub async fn handle_brief(
    ctx: &BotContext,
    update: UpdateId,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    text: &str,
) -> Result<Message, StoreError> {
    let messages = reader.messages();
    let zone = zone(ctx, incoming.chat)?;
    let request = request::parse_brief(text, zone);
    let is_change = match &request {
        BriefRequest::Show { .. }
        | BriefRequest::Status
        | BriefRequest::Help
        | BriefRequest::Problem(_) => false,
        BriefRequest::Schedule(_)
        | BriefRequest::NeedsZone
        | BriefRequest::Off(_)
        | BriefRequest::SetZone(_) => true,
    };
    if is_change && !chat_admins::may_configure(ctx, incoming).await {
        return Ok(telegram::plain(&messages.only_administrators()));
    }
    Ok(match request {
        BriefRequest::Show { words: topic } => compose::brief(ctx, update, reader, topic).await,
        BriefRequest::Schedule(request) => {
            make_schedule(ctx, incoming.chat, incoming.topic, reader, &request)?
        }
        BriefRequest::NeedsZone => zones(reader).under(&messages.zone_ask()),
        BriefRequest::SetZone(None) => {
            let known = zone.map(|zone| messages.zone_is(&zone.label()));
            zones(reader).under(&known.unwrap_or_else(|| messages.zone_ask()))
        }
        BriefRequest::SetZone(Some(zone)) => {
            ctx.store.set_zone(incoming.chat, zone.name())?;
            telegram::plain(&messages.zone_is(&zone.label()))
        }
        BriefRequest::Status => status(ctx, incoming.chat, incoming.topic, messages)?,
        BriefRequest::Help => telegram::plain(&messages.brief_help()),
        BriefRequest::Off(None) => {
            let ended = ctx.store.remove_schedules(incoming.chat, incoming.topic)?;
            ended_status(ctx, incoming.chat, incoming.topic, ended > 0, messages)?
        }
        BriefRequest::Off(Some(number)) => {
            let topic = incoming.topic;
            let ended = ctx.store.remove_schedule(incoming.chat, topic, number)?;
            ended_status(ctx, incoming.chat, topic, ended, messages)?
        }
        BriefRequest::Problem(problem) => telegram::plain(&problem_text(&problem, messages)),
    })
}

fn make_schedule(
    ctx: &BotContext,
    chat: ChatId,
    topic: Option<TopicId>,
    reader: ReaderContext,
    request: &ScheduleRequest,
) -> Result<Message, StoreError> {
    let (messages, now) = (reader.messages(), ctx.clock.now());
    if !ctx.access.is_chat_allowed(chat) {
        return Ok(telegram::plain(&messages.chat_not_allowed()));
    }
    if is_too_long(&request.words) {
        return Ok(telegram::plain(&messages.topic_too_long()));
    }
    let unmatchable = match request.words.is_empty() {
        true => Ok(None),
        false => ctx.view(reader.audience).check_subject(&request.words),
    };
    match unmatchable {
        Ok(None) => {}
        Ok(Some(Unmatchable::Filter(unmatched))) => {
            return Ok(telegram::plain(&messages.unmatched_filter(&unmatched)));
        }
        Ok(Some(Unmatchable::NoContent | Unmatchable::OtherLanguage { .. })) => {
            return Ok(telegram::plain(&messages.watch_nothing()));
        }
        Err(error) => {
            tracing::error!(%error, "the library could not be read");
            return Ok(telegram::plain(&messages.internal_error()));
        }
    }
    // The zone of the first schedule becomes that of the chat, so that it is not asked for again.
    if zone(ctx, chat)?.is_none() {
        ctx.store.set_zone(chat, request.rule.zone.name())?;
    }
    let new = NewSchedule {
        chat,
        topic,
        rule: request.rule.to_string(),
        subject: request.words.clone(),
        is_always: request.is_always,
        is_silent: request.is_silent,
        seen: ctx.store.newest_change()?,
        due: request.rule.next_after(now),
    };
    let most = ctx.settings.briefings.schedules;
    let note = match ctx.store.add_schedule(&new, most)? {
        Added::Full => return Ok(telegram::plain(&messages.schedule_limit(most))),
        Added::Already { .. } => messages.schedule_exists(),
        Added::New { .. } => messages.schedule_made(),
    };
    ctx.store.set_background_language(chat, reader.locale.code())?;
    ctx.events.schedules_changed.notify_one();
    Ok(status(ctx, new.chat, new.topic, messages)?.under(&note))
}

/// Makes the list of the schedules of a chat or topic, with the next and the last delivery of each.
fn status(
    ctx: &BotContext,
    chat: ChatId,
    topic: Option<TopicId>,
    messages: &Messages,
) -> Result<Message, StoreError> {
    let schedules = ctx.store.schedules(chat, topic)?;
    if schedules.is_empty() {
        return Ok(telegram::plain(&messages.schedule_none()));
    }
    let described: Vec<_> =
        schedules.iter().map(|schedule| description(schedule, messages)).collect();
    let message = Message { html: described.join("\n\n"), buttons: Vec::new() };
    let is_only = schedules.len() == 1;
    let rows = schedules.iter().flat_map(|schedule| schedule_buttons(schedule, is_only, messages));
    Ok(rows.fold(message, Message::with_row))
}

fn ended_status(
    ctx: &BotContext,
    chat: ChatId,
    topic: Option<TopicId>,
    is_ended: bool,
    messages: &Messages,
) -> Result<Message, StoreError> {
    let note = if is_ended { messages.schedule_ended() } else { messages.number_not_found() };
    Ok(status(ctx, chat, topic, messages)?.under(&note))
}

/// Applies a button below the list of schedules.
pub async fn change_schedule(
    ctx: &BotContext,
    query: &CallbackQuery,
    reader: ReaderContext,
    change: Action,
) -> Result<Option<Message>, StoreError> {
    let MessageRef::Chat { chat, topic, .. } = query.message else { return Ok(None) };
    let (messages, topic) = (reader.messages(), topic);
    // Callback data can be forged, or older than a migration of the chat.
    let known = |id: i64| -> Result<Option<Schedule>, StoreError> {
        let schedule = ctx.store.schedule(ScheduleId::from_i64(id))?;
        Ok(schedule.filter(|known| known.chat == chat && known.topic == topic))
    };
    match change {
        Action::EndSchedule(id) => {
            let known = known(id)?;
            if let Some(known) = &known {
                ctx.store.remove_schedule(chat, topic, known.number)?;
            }
            return ended_status(ctx, chat, topic, known.is_some(), messages).map(Some);
        }
        Action::SetSilent(id, is_silent) => {
            if let Some(known) = known(id)? {
                ctx.store.set_silent(known.id, is_silent)?;
            }
        }
        Action::SetSendAlways(id, is_always) => {
            if let Some(known) = known(id)? {
                ctx.store.set_always(known.id, is_always)?;
            }
        }
        _ => return Ok(None),
    }
    status(ctx, chat, topic, messages).map(Some)
}

/// Sets the time zone of a chat, and makes the schedule whose request asked for the zone, if
/// Telegram still has that request.
pub async fn choose_zone(
    ctx: &BotContext,
    query: &CallbackQuery,
    reader: ReaderContext,
    zone: Zone,
    request: Option<String>,
) -> Result<Option<Message>, StoreError> {
    let MessageRef::Chat { chat, topic, .. } = query.message else { return Ok(None) };
    let messages = reader.messages();
    ctx.store.set_zone(chat, zone.name())?;
    let request = request.map(|text| request::parse_brief(&text, Some(zone)));
    let chosen = messages.zone_is(&zone.label());
    Ok(Some(match request {
        Some(BriefRequest::Schedule(request)) => {
            make_schedule(ctx, chat, topic, reader, &request)?.under(&chosen)
        }
        _ => telegram::plain(&chosen),
    }))
}

/// Returns the time zone that was chosen for a chat.
fn zone(ctx: &BotContext, chat: ChatId) -> Result<Option<Zone>, StoreError> {
    Ok(ctx.store.zone(chat)?.and_then(|name| name.parse().ok()))
}

/// Returns whether a topic is longer than a topic may be.
pub fn is_too_long(topic: &str) -> bool {
    topic.chars().nth(MAX_TOPIC_CHARS).is_some()
}

/// Shortens a topic for a list, where many topics must fit into one message.
pub fn shown(topic: &str) -> Cow<'_, str> {
    match topic.char_indices().nth(SHOWN_TOPIC_CHARS) {
        Some((end, _)) => Cow::Owned(format!("{}…", topic[..end].trim_end())),
        None => Cow::Borrowed(topic),
    }
}

/// Describes a schedule with its next and its last delivery, as HTML.
fn description(schedule: &Schedule, messages: &Messages) -> String {
    let Ok(rule) = schedule.rule.parse::<Rule>() else {
        return telegram::escape(&format!("{}. {}", schedule.number, schedule.rule));
    };
    let (time, zone) = (rule.at.to_string(), rule.zone.label());
    let mut line = match rule.days {
        Days::Daily => messages.rule_daily(&time, &zone),
        Days::Weekdays => messages.rule_weekdays(&time, &zone),
        Days::Weekly(day) => messages.rule_weekly(&messages.weekday(day), &time, &zone),
    };
    if !schedule.subject.is_empty() {
        line = messages.schedule_about(&line, &shown(&schedule.subject));
    }
    let due = rule.local(schedule.due);
    let next = telegram::line_with_time(&messages.schedule_next(&due), &due, schedule.due);
    let mut lines = vec![format!("{}. {line}", schedule.number)];
    lines.extend(schedule.is_always.then(|| messages.schedule_always()));
    lines.extend(schedule.is_silent.then(|| messages.schedule_silent()));
    let lines = lines.iter().map(|line| telegram::escape(line));
    let lines: Vec<_> = lines.chain([next, last(schedule.last, &rule, messages)]).collect();
    lines.join("\n")
}

/// Describes the last delivery of a schedule, as HTML.
fn last(last: Option<Delivery>, rule: &Rule, messages: &Messages) -> String {
    let Some(last) = last else { return telegram::escape(&messages.last_none()) };
    let time = match last.state {
        DeliveryState::Expired => last.due,
        DeliveryState::Claimed
        | DeliveryState::Sending
        | DeliveryState::Sent
        | DeliveryState::NothingNew
        | DeliveryState::Rejected
        | DeliveryState::Unknown => last.at,
    };
    let shown = rule.local(time);
    let line = match last.state {
        DeliveryState::Claimed | DeliveryState::Sending => messages.last_sending(),
        DeliveryState::Sent => messages.last_sent(&shown),
        DeliveryState::NothingNew => messages.last_nothing_new(&shown),
        DeliveryState::Rejected => messages.last_rejected(&shown),
        DeliveryState::Expired => messages.last_skipped(&shown),
        DeliveryState::Unknown => messages.last_unknown(&shown),
    };
    telegram::line_with_time(&line, &shown, time)
}

/// Returns two rows of buttons for a schedule. Each has the number of the schedule if there are
/// several.
fn schedule_buttons(schedule: &Schedule, is_only: bool, messages: &Messages) -> [Vec<Button>; 2] {
    let id = schedule.id.to_i64();
    let button = |label: String, action| match is_only {
        true => Button::new(&label, action),
        false => Button::new(&messages.numbered(schedule.number, &label), action),
    };
    let sound = match schedule.is_silent {
        true => messages.button_with_sound(),
        false => messages.button_without_sound(),
    };
    let when = match schedule.is_always {
        true => messages.button_only_changes(),
        false => messages.button_always(),
    };
    [
        vec![
            button(messages.button_stop(), Action::EndSchedule(id)),
            button(sound, Action::SetSilent(id, !schedule.is_silent)),
        ],
        vec![button(when, Action::SetSendAlways(id, !schedule.is_always))],
    ]
}

/// Makes the page with likely time zones, and the regions of the world with all others.
pub fn zones(reader: ReaderContext) -> Message {
    let messages = reader.messages();
    let mut zones = Zone::suggested(reader.locale.code());
    zones.extend("UTC".parse::<Zone>().ok().filter(|utc| !zones.contains(utc)));
    let mut buttons = rows(zones.into_iter().map(zone_button));
    let regions = Zone::regions().iter().zip(0..);
    buttons.extend(rows(
        regions.map(|(name, region)| Button::new(&format!("{name} ›"), Action::Zones(region, 0))),
    ));
    Message { buttons, ..telegram::plain(&messages.zone_write()) }
}

/// Makes a page with the time zones of a region of the world.
pub fn zones_of(region: u8, page: usize, reader: ReaderContext) -> Message {
    let Some(name) = Zone::regions().get(usize::from(region)) else { return zones(reader) };
    let all = rows(Zone::in_region(name).into_iter().map(zone_button));
    let turn = |page| Action::Zones(region, page);
    let message = telegram::paged((*name).to_owned(), &all, Vec::clone, page, turn);
    message.with_row(vec![Button::new(&reader.messages().button_back(), Action::AllZones)])
}

fn zone_button(zone: Zone) -> Button {
    let place = zone.name().split_once('/').map_or(zone.name(), |(_, place)| place);
    Button::new(&place.replace('_', " "), Action::Zone(zone))
}

fn rows(buttons: impl Iterator<Item = Button>) -> Vec<Vec<Button>> {
    let buttons: Vec<_> = buttons.collect();
    buttons.chunks(ZONE_COLUMNS).map(<[Button]>::to_vec).collect()
}

fn problem_text(problem: &RequestProblem, messages: &Messages) -> String {
    match problem {
        RequestProblem::Time(typed) => messages.schedule_bad_time(&shown(typed)),
        RequestProblem::Day(typed) => messages.schedule_bad_day(&shown(typed)),
        RequestProblem::Zone(typed) => messages.schedule_bad_zone(&shown(typed)),
        RequestProblem::NoTime => messages.schedule_no_time(),
        RequestProblem::NoDay => messages.schedule_no_day(),
        RequestProblem::Interval(typed) => messages.schedule_bad_interval(&shown(typed)),
    }
}

//! What a chat has sent to it again and again: `/brief daily 08:30` and the like, and their buttons.

use crate::bot::briefings::compose;
use std::borrow::Cow;

use crate::bot::briefings::request;
use crate::bot::briefings::request::{BriefRequest, RequestProblem, ScheduleRequest};
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::permissions;
use crate::bot::receive::update::{CallbackQuery, IncomingMessage, MessageRef};
use crate::render::messages::Messages;
use crate::render::telegram::{self, Action, Button, Message};
use crate::schedule::{Days, Rule, Zone};
use crate::store::{Added, DeliveryState, NewSchedule, Run, ScheduleId, Scheduled, StoreError};

const MAX_TOPIC_CHARS: usize = 200;
const SHOWN_TOPIC_CHARS: usize = 35;
/// Of a page of time zones.
const ZONE_COLUMNS: usize = 2;

/// Carries out what stands after `/brief`.
pub async fn handle_brief(
    ctx: &BotContext,
    update: i64,
    incoming: &IncomingMessage,
    setting: ReaderContext,
    text: &str,
) -> Result<Message, StoreError> {
    let words = setting.messages();
    let zone = zone(ctx, incoming.chat)?;
    let order = request::parse_brief(text, zone);
    let is_change = match &order {
        BriefRequest::Show { .. } | BriefRequest::Status | BriefRequest::Problem(_) => false,
        BriefRequest::Schedule(_)
        | BriefRequest::NeedsZone
        | BriefRequest::Off(_)
        | BriefRequest::SetZone(_) => true,
    };
    if is_change && !permissions::may_configure(ctx, incoming).await {
        return Ok(telegram::plain(&words.only_administrators()));
    }
    Ok(match order {
        BriefRequest::Show { words: topic } => compose::brief(ctx, update, setting, topic).await,
        BriefRequest::Schedule(wish) => {
            make_schedule(ctx, incoming.chat, incoming.topic, setting, &wish)?
        }
        BriefRequest::NeedsZone => zones(setting).under(&words.zone_ask()),
        BriefRequest::SetZone(None) => {
            let known = zone.map(|zone| words.zone_is(&zone.label()));
            zones(setting).under(&known.unwrap_or_else(|| words.zone_ask()))
        }
        BriefRequest::SetZone(Some(zone)) => {
            ctx.store.set_zone(incoming.chat, zone.name())?;
            telegram::plain(&words.zone_is(&zone.label()))
        }
        BriefRequest::Status => status(ctx, incoming.chat, thread_of(incoming.topic), words)?,
        BriefRequest::Off(None) => {
            let ended = ctx.store.remove_schedules(incoming.chat, thread_of(incoming.topic))?;
            ended_status(ctx, incoming.chat, thread_of(incoming.topic), ended > 0, words)?
        }
        BriefRequest::Off(Some(number)) => {
            let thread = thread_of(incoming.topic);
            let ended = ctx.store.remove_schedule(incoming.chat, thread, number)?;
            ended_status(ctx, incoming.chat, thread, ended, words)?
        }
        BriefRequest::Problem(problem) => telegram::plain(&describe_rule(&problem, words)),
    })
}

fn make_schedule(
    ctx: &BotContext,
    chat: i64,
    thread: Option<i32>,
    setting: ReaderContext,
    wish: &ScheduleRequest,
) -> Result<Message, StoreError> {
    let (words, now) = (setting.messages(), ctx.clock.now());
    if !ctx.access.is_chat_allowed(chat) {
        return Ok(telegram::plain(&words.chat_not_let_in()));
    }
    if is_too_long(&wish.words) {
        return Ok(telegram::plain(&words.topic_too_long()));
    }
    if !wish.words.is_empty() && !ctx.library.can_look_for(&wish.words) {
        return Ok(telegram::plain(&words.watch_nothing()));
    }
    // A chat that names a zone need not be asked for it again.
    if zone(ctx, chat)?.is_none() {
        ctx.store.set_zone(chat, wish.rule.zone.name())?;
    }
    let new = NewSchedule {
        chat,
        thread: thread_of(thread),
        rule: wish.rule.to_string(),
        words: wish.words.clone(),
        is_always: wish.is_always,
        is_silent: wish.is_silent,
        seen: ctx.store.newest_change()?,
        due: wish.rule.next_after(now),
    };
    let most = ctx.settings.briefings.schedules;
    let note = match ctx.store.add_schedule(&new, most)? {
        Added::Full => return Ok(telegram::plain(&words.schedule_full(most))),
        Added::Already { .. } => words.schedule_known(),
        Added::New { .. } => words.schedule_made(),
    };
    ctx.store.set_up_in(chat, setting.locale.code())?;
    ctx.events.schedules_changed.notify_one();
    Ok(status(ctx, new.chat, new.thread, words)?.under(&note))
}

/// What is scheduled in a chat or topic, when it comes next, and what became of it last.
fn status(
    ctx: &BotContext,
    chat: i64,
    thread: i64,
    words: &Messages,
) -> Result<Message, StoreError> {
    let schedules = ctx.store.schedules(chat, thread)?;
    if schedules.is_empty() {
        return Ok(telegram::plain(&words.schedule_none()));
    }
    let described: Vec<_> = schedules.iter().map(|schedule| described(schedule, words)).collect();
    let mut message = telegram::plain(&described.join("\n\n"));
    for schedule in &schedules {
        message = message.with(schedule_buttons(schedule, words));
    }
    Ok(message)
}

fn ended_status(
    ctx: &BotContext,
    chat: i64,
    thread: i64,
    is_ended: bool,
    words: &Messages,
) -> Result<Message, StoreError> {
    let note = if is_ended { words.schedule_ended() } else { words.schedule_not_there() };
    Ok(status(ctx, chat, thread, words)?.under(&note))
}

/// After a button below a status.
pub async fn change_schedule(
    ctx: &BotContext,
    press: &CallbackQuery,
    setting: ReaderContext,
    change: Action,
) -> Result<Option<Message>, StoreError> {
    let MessageRef::Chat { chat, thread, .. } = press.message else { return Ok(None) };
    let (words, thread) = (setting.messages(), thread_of(thread));
    // A button can be forged, or older than a move to another chat.
    let known = |id: i64| -> Result<Option<Scheduled>, StoreError> {
        let schedule = ctx.store.schedule(ScheduleId::from_i64(id))?;
        Ok(schedule.filter(|known| known.chat == chat && known.thread == thread))
    };
    match change {
        Action::EndSchedule(id) => {
            let known = known(id)?;
            if let Some(known) = &known {
                ctx.store.remove_schedule(chat, thread, known.number)?;
            }
            return ended_status(ctx, chat, thread, known.is_some(), words).map(Some);
        }
        Action::Silence(id, is_silent) => {
            if let Some(known) = known(id)? {
                ctx.store.set_silent(known.id, is_silent)?;
            }
        }
        Action::SendAlways(id, is_always) => {
            if let Some(known) = known(id)? {
                ctx.store.set_always(known.id, is_always)?;
            }
        }
        _ => return Ok(None),
    }
    status(ctx, chat, thread, words).map(Some)
}

/// Sets the time zone of a chat, and makes the schedule whose request asked for the zone, if Telegram still has
/// that request.
pub async fn choose_zone(
    ctx: &BotContext,
    press: &CallbackQuery,
    setting: ReaderContext,
    zone: Zone,
    request: Option<String>,
) -> Result<Option<Message>, StoreError> {
    let MessageRef::Chat { chat, thread, .. } = press.message else { return Ok(None) };
    let words = setting.messages();
    ctx.store.set_zone(chat, zone.name())?;
    let order = request.map(|text| request::parse_brief(&text, Some(zone)));
    let chosen = words.zone_is(&zone.label());
    Ok(Some(match order {
        Some(BriefRequest::Schedule(wish)) => {
            make_schedule(ctx, chat, thread, setting, &wish)?.under(&chosen)
        }
        _ => telegram::plain(&chosen),
    }))
}

/// The time zone of a chat, if it was chosen.
fn zone(ctx: &BotContext, chat: i64) -> Result<Option<Zone>, StoreError> {
    Ok(ctx.store.zone(chat)?.and_then(|name| name.parse().ok()))
}

/// Whether these are more words than a subject needs.
pub fn is_too_long(topic: &str) -> bool {
    topic.chars().nth(MAX_TOPIC_CHARS).is_some()
}

/// A subject in a list, where many must fit into one message.
pub fn shown(topic: &str) -> Cow<'_, str> {
    match topic.char_indices().nth(SHOWN_TOPIC_CHARS) {
        Some((end, _)) => Cow::Owned(format!("{}…", topic[..end].trim_end())),
        None => Cow::Borrowed(topic),
    }
}

/// As the store counts topics: 0 without.
pub fn thread_of(thread: Option<i32>) -> i64 {
    thread.map_or(0, i64::from)
}

/// A schedule in words, with what comes next and what was last.
fn described(schedule: &Scheduled, words: &Messages) -> String {
    let Ok(rule) = schedule.rule.parse::<Rule>() else {
        return format!("{}. {}", schedule.number, schedule.rule);
    };
    let (time, zone) = (rule.at.to_string(), rule.zone.label());
    let mut line = match rule.days {
        Days::Daily => words.rule_daily(&time, &zone),
        Days::Weekdays => words.rule_weekdays(&time, &zone),
        Days::Weekly(day) => words.rule_weekly(&words.day(day), &time, &zone),
    };
    if !schedule.words.is_empty() {
        line = words.schedule_about(&line, &shown(&schedule.words));
    }
    let next = words.schedule_next(&rule.local(schedule.due));
    let mut lines = vec![format!("{}. {line}", schedule.number)];
    lines.extend(schedule.is_always.then(|| words.schedule_always()));
    lines.extend(schedule.is_silent.then(|| words.schedule_silent()));
    lines.extend([next, last(schedule.last, &rule, words)]);
    lines.join("\n")
}

fn last(run: Option<Run>, rule: &Rule, words: &Messages) -> String {
    let Some(run) = run else { return words.last_none() };
    let at = rule.local(run.at);
    match run.state {
        DeliveryState::Claimed | DeliveryState::Sending => words.last_under_way(),
        DeliveryState::Sent => words.last_sent(&at),
        DeliveryState::NothingNew => words.last_nothing_new(&at),
        DeliveryState::Rejected => words.last_refused(&at),
        DeliveryState::Expired => words.last_missed(&rule.local(run.due)),
        DeliveryState::Unknown => words.last_unsure(&at),
    }
}

fn schedule_buttons(schedule: &Scheduled, words: &Messages) -> Vec<Button> {
    let id = schedule.id.to_i64();
    let sound = match schedule.is_silent {
        true => words.button_loud(schedule.number),
        false => words.button_silent(schedule.number),
    };
    let when = match schedule.is_always {
        true => words.button_only_news(schedule.number),
        false => words.button_always(schedule.number),
    };
    vec![
        Button::new(&words.button_end(schedule.number), Action::EndSchedule(id)),
        Button::new(&sound, Action::Silence(id, !schedule.is_silent)),
        Button::new(&when, Action::SendAlways(id, !schedule.is_always)),
    ]
}

/// Likely time zones, and the parts of the world to look for others.
pub fn zones(setting: ReaderContext) -> Message {
    let words = setting.messages();
    let mut zones = Zone::suggested(setting.locale.code());
    zones.extend("UTC".parse::<Zone>().ok().filter(|utc| !zones.contains(utc)));
    let mut buttons = rows(zones.into_iter().map(zone_button));
    let regions = Zone::regions().iter().zip(0..);
    buttons.extend(rows(
        regions.map(|(name, region)| Button::new(&format!("{name} ›"), Action::Zones(region, 0))),
    ));
    Message { buttons, ..telegram::plain(&words.zone_write()) }
}

/// The time zones of a part of the world.
pub fn zones_of(region: u8, page: usize, setting: ReaderContext) -> Message {
    let Some(name) = Zone::regions().get(usize::from(region)) else { return zones(setting) };
    let all = rows(Zone::in_region(name).into_iter().map(zone_button));
    let turn = |page| Action::Zones(region, page);
    let message = telegram::paged((*name).to_owned(), &all, Vec::clone, page, turn);
    message.with(vec![Button::new(&setting.messages().button_back(), Action::AllZones)])
}

fn zone_button(zone: Zone) -> Button {
    let place = zone.name().split_once('/').map_or(zone.name(), |(_, place)| place);
    Button::new(&place.replace('_', " "), Action::Zone(zone))
}

fn rows(buttons: impl Iterator<Item = Button>) -> Vec<Vec<Button>> {
    let buttons: Vec<_> = buttons.collect();
    buttons.chunks(ZONE_COLUMNS).map(<[Button]>::to_vec).collect()
}

fn describe_rule(problem: &RequestProblem, words: &Messages) -> String {
    match problem {
        RequestProblem::Time(typed) => words.schedule_bad_time(&shown(typed)),
        RequestProblem::Day(typed) => words.schedule_bad_day(&shown(typed)),
        RequestProblem::Zone(typed) => words.schedule_bad_zone(&shown(typed)),
        RequestProblem::NoTime => words.schedule_no_time(),
        RequestProblem::NoDay => words.schedule_no_day(),
    }
}

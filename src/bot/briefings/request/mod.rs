//! Parser of the text after `/brief` and `/watch`. Pure.
//!
//! A text that is not a request in the sense of this grammar is a topic: `daily life in Kabul`
//! names no time, and `status of women` has more words than the request `status`, so both are
//! topics.

mod time;
mod tokens;
mod words;

use crate::schedule::{Days, Rule, Zone};
use time::{Time, half_of_day, time};
use tokens::Tokens;
use words::{is_help, is_unsupported_interval};

/// Request of a `/brief` command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BriefRequest {
    /// Shows a briefing now: on this topic, or on everything if the topic is empty.
    Show {
        words: String,
    },
    Schedule(ScheduleRequest),
    /// Would make a schedule, but has no time zone and the chat has none, either.
    NeedsZone,
    Status,
    /// Explains the forms of a request.
    Help,
    /// Ends the schedule with this number, or all schedules.
    Off(Option<u32>),
    /// Sets the time zone of the chat, or asks for it.
    SetZone(Option<Zone>),
    Problem(RequestProblem),
}

/// Schedule that is requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRequest {
    pub rule: Rule,
    /// Whether a briefing is sent even if nothing is new.
    pub is_always: bool,
    pub is_silent: bool,
    /// Topic as it was typed. Empty for everything.
    pub words: String,
}

/// Reason why a schedule cannot be parsed, with the text that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestProblem {
    /// Not a time of day.
    Time(String),
    /// Not a day of the week.
    Day(String),
    /// Not a time zone, or an ambiguous one.
    Zone(String),
    NoTime,
    NoDay,
    /// An interval that no schedule has, such as a month.
    Interval(String),
}

/// Request of a `/watch` command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchRequest {
    List,
    Add {
        words: String,
    },
    /// Ends the watch with this number, or all watches.
    Off(Option<u32>),
}

/// Parses the text after `/brief`. `default_zone` is the time zone of the chat.
pub fn parse_brief(text: &str, default_zone: Option<Zone>) -> BriefRequest {
    let typed = Tokens::new(text);
    if let Some(number) = typed.off() {
        return BriefRequest::Off(number);
    }
    match typed.lower(0) {
        "status" if typed.len() == 1 => return BriefRequest::Status,
        _ if is_help(text) => return BriefRequest::Help,
        interval if is_unsupported_interval(interval) => {
            if let Some(problem) = interval_problem(&typed) {
                return BriefRequest::Problem(problem);
            }
        }
        "zone" | "timezone" => {
            if let Some(request) = zone_request(&typed) {
                return request;
            }
        }
        _ => {}
    }
    let request = match days(&typed) {
        Ok(Some((days, next))) => schedule(&typed, days, next, default_zone),
        // A time alone is one of every day.
        Ok(None) if is_time_alone(&typed) => schedule(&typed, (Days::Daily, None), 0, default_zone),
        Ok(None) => None,
        Err(problem) => Some(BriefRequest::Problem(problem)),
    };
    request.unwrap_or_else(|| BriefRequest::Show { words: typed.from(0) })
}

/// Parses the text after `/watch`.
pub fn parse_watch(text: &str) -> WatchRequest {
    let typed = Tokens::new(text);
    match typed.off() {
        Some(number) => WatchRequest::Off(number),
        None if typed.len() == 0
            || typed.len() == 1 && typed.lower(0) == "list"
            || is_help(text) =>
        {
            WatchRequest::List
        }
        None => WatchRequest::Add { words: typed.from(0) },
    }
}

/// Parses `zone`, alone or with a time zone. Several words that are not a time zone are a topic.
fn zone_request(typed: &Tokens) -> Option<BriefRequest> {
    match typed.from(1).parse() {
        _ if typed.len() == 1 => Some(BriefRequest::SetZone(None)),
        Ok(zone) => Some(BriefRequest::SetZone(Some(zone))),
        Err(_) if typed.len() == 2 => {
            Some(BriefRequest::Problem(RequestProblem::Zone(typed.word(1))))
        }
        Err(_) => None,
    }
}

/// Days of a schedule, with the half of the day in which an hour without `am` and `pm` is.
type DaysAndHalf = (Days, Option<u8>);

/// Parses the days at the beginning of a schedule. Returns them with the position after them.
fn days(typed: &Tokens) -> Result<Option<(DaysAndHalf, usize)>, RequestProblem> {
    let half = match typed.lower(0) {
        "mornings" => Some(0),
        "evenings" => Some(1),
        _ => None,
    };
    if half.is_some() {
        return Ok(Some(((Days::Daily, half), 1)));
    }
    Ok(whole_days(typed)?.map(|(days, next)| ((days, None), next)))
}

fn whole_days(typed: &Tokens) -> Result<Option<(Days, usize)>, RequestProblem> {
    let every = usize::from(typed.lower(0) == "every");
    let first = typed.lower(every);
    match first {
        "daily" if every == 0 => return Ok(Some((Days::Daily, 1))),
        "day" if every == 1 => return Ok(Some((Days::Daily, 2))),
        "weekday" | "weekdays" => return Ok(Some((Days::Weekdays, every + 1))),
        "weekly" if every == 0 => {}
        _ => return Ok(Days::weekday(first).map(|day| (Days::Weekly(day), every + 1))),
    }
    let named = 1 + usize::from(matches!(typed.lower(1), "on" | "every"));
    if let Some(day) = Days::weekday(typed.lower(named)) {
        return Ok(Some((Days::Weekly(day), named + 1)));
    }
    let is_time = |position| match typed.lower(position) {
        "at" => !matches!(time(typed, position + 1), Time::None),
        _ => !matches!(time(typed, position), Time::None | Time::Hour(_)),
    };
    if typed.len() == named || is_time(named) {
        return Err(RequestProblem::NoDay);
    }
    if is_time(named + 1) { Err(RequestProblem::Day(typed.word(named))) } else { Ok(None) }
}

/// Returns the problem of an interval that no schedule has. Returns `None` if other words than a
/// time and a time zone follow, so that the text is a topic.
fn interval_problem(typed: &Tokens) -> Option<RequestProblem> {
    let is_at = typed.lower(1) == "at";
    let end = match time(typed, 1 + usize::from(is_at)) {
        Time::Of(_, next) => next,
        Time::Hour(_) => 2 + usize::from(is_at),
        Time::None | Time::Impossible => 1,
    };
    // "every other day", "twice a week", "every two weeks" have the unit after the interval.
    let is_unit = typed.lower(0) == "biweekly" && typed.len() == end + 1;
    (is_end_of_time(typed, end) || is_unit).then(|| RequestProblem::Interval(typed.from(0)))
}

/// Parses the rest of a schedule, whose days end before `position`. Returns `None` if no time
/// follows, so that the text is a topic.
fn schedule(
    typed: &Tokens,
    (days, half): DaysAndHalf,
    position: usize,
    default_zone: Option<Zone>,
) -> Option<BriefRequest> {
    let problem = |problem| Some(BriefRequest::Problem(problem));
    let is_at = typed.lower(position) == "at";
    let position = position + usize::from(is_at);
    // "am" and "pm" count more than "every evening".
    let has_own_half = half_of_day(typed.lower(position)).is_some()
        || half_of_day(typed.lower(position + 1)).is_some_and(|(number, _)| number.is_empty());
    let half = half.filter(|_| !has_own_half);
    let (at, next) = match time(typed, position) {
        Time::Of(at, next) => (at.in_half(half), next),
        // `daily 5 facts` is a topic.
        Time::Hour(at) if is_at || is_end_of_time(typed, position + 1) => {
            (at.in_half(half), position + 1)
        }
        Time::Hour(_) => return None,
        Time::Impossible => return problem(RequestProblem::Time(typed.word(position))),
        Time::None if is_at && is_numeric(typed.lower(position)) => {
            return problem(RequestProblem::Time(typed.word(position)));
        }
        // A day of the week alone may be a topic, and so may days that are followed by other words.
        Time::None if position < typed.len() || Days::weekday(typed.lower(0)).is_some() => {
            return None;
        }
        Time::None => return problem(RequestProblem::NoTime),
    };
    let after_in = next + usize::from(typed.lower(next) == "in");
    let (zone, next) = match typed.zone(after_in) {
        Some((zone, next)) => (Some(zone), next),
        None if is_like_a_zone(typed.lower(after_in)) => {
            return problem(RequestProblem::Zone(typed.word(after_in)));
        }
        None => (default_zone, next),
    };
    let request = |zone| options(typed, Rule { days, at, zone }, next);
    Some(zone.map_or(BriefRequest::NeedsZone, |zone| BriefRequest::Schedule(request(zone))))
}

/// Parses the options and the topic after a rule.
fn options(typed: &Tokens, rule: Rule, mut next: usize) -> ScheduleRequest {
    let (mut is_always, mut is_silent) = (false, false);
    loop {
        match typed.lower(next) {
            "always" => is_always = true,
            "silent" | "silently" => is_silent = true,
            _ => break,
        }
        next += 1;
    }
    // Options may also follow the topic.
    let mut end = typed.len();
    while end > next {
        match typed.lower(end - 1) {
            "always" => is_always = true,
            "silent" | "silently" => is_silent = true,
            _ => break,
        }
        end -= 1;
    }
    ScheduleRequest { rule, is_always, is_silent, words: typed.between(next, end) }
}

/// Returns whether a text begins with a time of day, and nothing follows but a time zone and
/// options. A bare number is not a time here.
fn is_time_alone(typed: &Tokens) -> bool {
    let is_at = typed.lower(0) == "at";
    match time(typed, usize::from(is_at)) {
        Time::Of(_, next) => is_end_of_time(typed, next),
        Time::Hour(_) => is_at && is_end_of_time(typed, 2),
        Time::Impossible => typed.len() == 1,
        Time::None => false,
    }
}

/// Returns whether a bare number is a time because an option, a time zone or the end follows.
fn is_end_of_time(typed: &Tokens, position: usize) -> bool {
    let is_option = matches!(typed.lower(position), "" | "always" | "silent" | "silently");
    is_option || typed.zone(position + usize::from(typed.lower(position) == "in")).is_some()
}

fn is_numeric(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// Returns whether a word is written as only time zones are: `Europe/…`, `UTC+…`.
fn is_like_a_zone(word: &str) -> bool {
    let region = word.split_once('/').map_or("", |(region, _)| region);
    let offset = ["utc", "gmt", ""]
        .iter()
        .find_map(|name| word.strip_prefix(name)?.strip_prefix(['+', '-']));
    Zone::regions().iter().any(|known| known.eq_ignore_ascii_case(region))
        || offset.is_some_and(is_numeric)
}

#[cfg(test)]
mod tests;

//! What people type after `/brief` and `/watch`, read as orders.
//!
//! Pure. What is not meant as an order is the words of a topic: `daily life in Kabul` names no time and
//! `status of women` goes on, so both are words.

use crate::schedule::{Days, Rule, TimeOfDay, Zone};

/// What `/brief` is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BriefRequest {
    /// A briefing now, on these words; on everything without words.
    Show {
        words: String,
    },
    Schedule(ScheduleRequest),
    /// A schedule that would be one with a time zone.
    NeedsZone,
    Status,
    /// Ends the schedule of this number; all of them without.
    Off(Option<u32>),
    /// Sets the chat's time zone; asks for it without.
    SetZone(Option<Zone>),
    Problem(RequestProblem),
}

/// A schedule as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRequest {
    pub rule: Rule,
    /// Also when nothing is new.
    pub is_always: bool,
    pub is_silent: bool,
    /// As they were typed; empty for everything.
    pub words: String,
}

/// Why a schedule cannot be read; with what was typed in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestProblem {
    /// There is no such time of day.
    Time(String),
    /// This is no day of the week.
    Day(String),
    /// There is no such time zone, or several.
    Zone(String),
    NoTime,
    NoDay,
}

/// What `/watch` is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchRequest {
    List,
    Add {
        words: String,
    },
    /// Ends the watch of this number; all of them without.
    Off(Option<u32>),
}

/// The longest name of a time zone in words: `Port of Spain`, `America/Argentina/Rio Gallegos`.
const MAX_ZONE_WORDS: usize = 3;

/// Reads what stands after `/brief`; `default_zone` is the chat's.
pub fn parse_brief(text: &str, default_zone: Option<Zone>) -> BriefRequest {
    let typed = Tokens::new(text);
    if let Some(number) = typed.off() {
        return BriefRequest::Off(number);
    }
    match typed.lower(0) {
        "status" if typed.len() == 1 => return BriefRequest::Status,
        "zone" | "timezone" => {
            if let Some(order) = zone_order(&typed) {
                return order;
            }
        }
        _ => {}
    }
    let order = match days(&typed) {
        Ok(Some((days, next))) => schedule(&typed, days, next, default_zone),
        Ok(None) => None,
        Err(problem) => Some(BriefRequest::Problem(problem)),
    };
    order.unwrap_or_else(|| BriefRequest::Show { words: typed.from(0) })
}

/// Reads what stands after `/watch`.
pub fn parse_watch(text: &str) -> WatchRequest {
    let typed = Tokens::new(text);
    match typed.off() {
        Some(number) => WatchRequest::Off(number),
        None if typed.len() == 0 || typed.len() == 1 && typed.lower(0) == "list" => {
            WatchRequest::List
        }
        None => WatchRequest::Add { words: typed.from(0) },
    }
}

/// A text with its words.
struct Tokens<'a> {
    text: &'a str,
    /// Where each word starts in the text, and the word in lower case with the digits of ASCII and
    /// without a comma.
    words: Vec<(usize, String)>,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a str) -> Self {
        let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
        let low = |word: &str| {
            let word = word.trim_end_matches(',');
            word.chars().map(ascii_digit).flat_map(char::to_lowercase).collect()
        };
        let words = text.split_whitespace().map(|word| (start(word), low(word))).collect();
        Self { text, words }
    }

    fn len(&self) -> usize {
        self.words.len()
    }

    /// A word in lower case; empty after the last.
    fn lower(&self, position: usize) -> &str {
        self.words.get(position).map_or("", |(_, word)| word)
    }

    /// The text from a word on, as it was typed.
    fn from(&self, position: usize) -> String {
        let start = self.words.get(position).map_or(self.text.len(), |(start, _)| *start);
        self.text[start..].trim_end().to_owned()
    }

    /// The text from a word on up to another, as it was typed.
    fn between(&self, position: usize, end: usize) -> String {
        let from = self.from(position);
        let start = self.words.get(position).map_or(self.text.len(), |(start, _)| *start);
        let end = self.words.get(end).map_or(self.text.len(), |(end, _)| *end);
        from[..(end - start).min(from.len())].trim_end().to_owned()
    }

    /// A word as it was typed.
    fn word(&self, position: usize) -> String {
        self.from(position).split_whitespace().next().unwrap_or_default().to_owned()
    }

    /// `off`, `stop` or one of them with a number, and nothing else.
    fn off(&self) -> Option<Option<u32>> {
        if !matches!(self.lower(0), "off" | "stop") {
            return None;
        }
        match self.len() {
            1 => Some(None),
            2 if self.lower(1) == "all" => Some(None),
            2 => self.lower(1).trim_start_matches('#').parse().ok().map(Some),
            _ => None,
        }
    }

    /// The time zone that starts at a word, in as many words as possible, and the word after it. Old
    /// names without a region are words here: `Iran`, `MET`.
    fn zone(&self, position: usize) -> Option<(Zone, usize)> {
        let most = MAX_ZONE_WORDS.min(self.len().saturating_sub(position));
        (1..=most).rev().find_map(|count| {
            let words: Vec<_> = (position..position + count).map(|word| self.lower(word)).collect();
            let zone: Zone = words.join(" ").parse().ok()?;
            let is_place = zone.name().contains('/') || matches!(zone.name(), "UTC" | "GMT");
            is_place.then_some((zone, position + count))
        })
    }
}

/// The digits that Arabic and Persian keyboards type, as ASCII ones.
fn ascii_digit(c: char) -> char {
    let zero = match c {
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        _ => return c,
    };
    char::from_digit(c as u32 - zero as u32, 10).unwrap_or(c)
}

/// `zone` with a time zone or nothing. Several words that are no zone are a topic.
fn zone_order(typed: &Tokens) -> Option<BriefRequest> {
    match typed.from(1).parse() {
        _ if typed.len() == 1 => Some(BriefRequest::SetZone(None)),
        Ok(zone) => Some(BriefRequest::SetZone(Some(zone))),
        Err(_) if typed.len() == 2 => {
            Some(BriefRequest::Problem(RequestProblem::Zone(typed.word(1))))
        }
        Err(_) => None,
    }
}

/// The days at the beginning of a schedule, and the word after them.
fn days(typed: &Tokens) -> Result<Option<(Days, usize)>, RequestProblem> {
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

/// What stands where a time of day may stand.
enum Time {
    None,
    /// A time and the word after it.
    Of(TimeOfDay, usize),
    /// A bare number that may be an hour.
    Hour(TimeOfDay),
    /// Written as a time, but there is no such one.
    Impossible,
}

fn time(typed: &Tokens, position: usize) -> Time {
    let word = typed.lower(position);
    let (number, half, end) = match (half_of_day(word), half_of_day(typed.lower(position + 1))) {
        (Some((number, half)), _) if !number.is_empty() => (number, Some(half), position + 1),
        (_, Some(("", half))) => (word, Some(half), position + 2),
        _ => (word, None, position + 1),
    };
    let of = |at: Option<TimeOfDay>| at.map_or(Time::Impossible, |at| Time::Of(at, end));
    match number.split_once([':', '.']) {
        None if !is_digits(number) => Time::None,
        None if half.is_none() => time_of_day(number, "00", None).map_or(Time::None, Time::Hour),
        None => of(time_of_day(number, "00", half)),
        Some((hour, minute)) => match is_digits(hour) && is_digits(minute) {
            true if number.contains(':') || minute.len() == 2 => {
                of(time_of_day(hour, minute, half))
            }
            _ => Time::None,
        },
    }
}

/// `half` is 0 before noon and 1 after it, on a clock of twelve hours.
fn time_of_day(hour: &str, minute: &str, half: Option<u8>) -> Option<TimeOfDay> {
    if hour.len() > 2 || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (u8, u8) = (hour.parse().ok()?, minute.parse().ok()?);
    match half {
        None => TimeOfDay::new(hour, minute),
        Some(half) if (1..=12).contains(&hour) => TimeOfDay::new(hour % 12 + 12 * half, minute),
        Some(_) => None,
    }
}

fn is_digits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// What stands before `am` (0) or `pm` (1).
fn half_of_day(word: &str) -> Option<(&str, u8)> {
    let halves = [("am", 0), ("a.m.", 0), ("pm", 1), ("p.m.", 1)];
    halves.iter().find_map(|(name, half)| Some((word.strip_suffix(name)?, *half)))
}

/// The schedule whose days end before `position`. `None` if it is none: no time follows.
fn schedule(
    typed: &Tokens,
    days: Days,
    position: usize,
    default_zone: Option<Zone>,
) -> Option<BriefRequest> {
    let problem = |problem| Some(BriefRequest::Problem(problem));
    let is_at = typed.lower(position) == "at";
    let position = position + usize::from(is_at);
    let (at, next) = match time(typed, position) {
        Time::Of(at, next) => (at, next),
        // `daily 5 facts` is a topic.
        Time::Hour(at) if is_at || continues(typed, position + 1) => (at, position + 1),
        Time::Hour(_) => return None,
        Time::Impossible => return problem(RequestProblem::Time(typed.word(position))),
        Time::None if is_at && is_numeric(typed.lower(position)) => {
            return problem(RequestProblem::Time(typed.word(position)));
        }
        // The name of a day alone may be a topic, as may all that goes on in words.
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
    let wish = |zone| wish(typed, Rule { days, at, zone }, next);
    Some(zone.map_or(BriefRequest::NeedsZone, |zone| BriefRequest::Schedule(wish(zone))))
}

/// A rule with the options and words that stand after it.
fn wish(typed: &Tokens, rule: Rule, mut next: usize) -> ScheduleRequest {
    let (mut is_always, mut is_silent) = (false, false);
    loop {
        match typed.lower(next) {
            "always" => is_always = true,
            "silent" | "silently" => is_silent = true,
            _ => break,
        }
        next += 1;
    }
    // Some put them last.
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

/// Whether what follows a bare number is what follows a time.
fn continues(typed: &Tokens, position: usize) -> bool {
    let is_option = matches!(typed.lower(position), "" | "always" | "silent" | "silently");
    is_option || typed.zone(position + usize::from(typed.lower(position) == "in")).is_some()
}

fn is_numeric(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a word is written as only time zones are: `Europe/…`, `UTC+…`.
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

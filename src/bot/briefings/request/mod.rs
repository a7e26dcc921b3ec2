//! Parser of the text after `/brief` and `/watch`. Pure.
//!
//! A text that is not a request in the sense of this grammar is a topic: `daily life in Kabul`
//! names no time, and `status of women` has more words than the request `status`, so both are
//! topics.

use crate::schedule::{Days, Rule, TimeOfDay, Zone};

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

/// Maximum number of words of a time zone: `Port of Spain`, `America/Argentina/Rio Gallegos`.
const MAX_ZONE_WORDS: usize = 3;

/// Parses the text after `/brief`. `default_zone` is the time zone of the chat.
pub fn parse_brief(text: &str, default_zone: Option<Zone>) -> BriefRequest {
    let typed = Tokens::new(text);
    if let Some(number) = typed.off() {
        return BriefRequest::Off(number);
    }
    match typed.lower(0) {
        "status" if typed.len() == 1 => return BriefRequest::Status,
        "zone" | "timezone" => {
            if let Some(request) = zone_request(&typed) {
                return request;
            }
        }
        _ => {}
    }
    let request = match days(&typed) {
        Ok(Some((days, next))) => schedule(&typed, days, next, default_zone),
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
        None if typed.len() == 0 || typed.len() == 1 && typed.lower(0) == "list" => {
            WatchRequest::List
        }
        None => WatchRequest::Add { words: typed.from(0) },
    }
}

/// Text with its words.
struct Tokens<'a> {
    text: &'a str,
    /// Byte offset of each word, and the word in lower case, with ASCII digits and without a comma
    /// at its end.
    words: Vec<(usize, String)>,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a str) -> Self {
        let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
        let normalized = |word: &str| {
            let word = word.trim_end_matches(',');
            word.chars().map(ascii_digit).flat_map(char::to_lowercase).collect()
        };
        let words = text.split_whitespace().map(|word| (start(word), normalized(word))).collect();
        Self { text, words }
    }

    fn len(&self) -> usize {
        self.words.len()
    }

    /// Returns a normalized word, or an empty one after the last.
    fn lower(&self, position: usize) -> &str {
        self.words.get(position).map_or("", |(_, word)| word)
    }

    /// Returns the text from a word on, as it was typed.
    fn from(&self, position: usize) -> String {
        let start = self.words.get(position).map_or(self.text.len(), |(start, _)| *start);
        self.text[start..].trim_end().to_owned()
    }

    /// Returns the text between two words, as it was typed, including the first and excluding the
    /// second.
    fn between(&self, position: usize, end: usize) -> String {
        let from = self.from(position);
        let start = self.words.get(position).map_or(self.text.len(), |(start, _)| *start);
        let end = self.words.get(end).map_or(self.text.len(), |(end, _)| *end);
        from[..(end - start).min(from.len())].trim_end().to_owned()
    }

    /// Returns a word as it was typed.
    fn word(&self, position: usize) -> String {
        self.from(position).split_whitespace().next().unwrap_or_default().to_owned()
    }

    /// Parses `off` or `stop`, alone, with `all` or with a number. Returns `None` for other texts.
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

    /// Returns the longest time zone that starts at a word, and the position after it. Old names
    /// without a region, such as `Iran` and `MET`, count as words of a topic.
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

/// Converts a digit of Arabic and Persian keyboards to ASCII.
fn ascii_digit(c: char) -> char {
    let zero = match c {
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        _ => return c,
    };
    char::from_digit(c as u32 - zero as u32, 10).unwrap_or(c)
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

/// Parses the days at the beginning of a schedule. Returns them with the position after them.
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

/// Result of parsing a time of day.
enum Time {
    None,
    /// A time, and the position after it.
    Of(TimeOfDay, usize),
    /// A bare number that may be an hour.
    Hour(TimeOfDay),
    /// Written like a time, but out of range.
    Impossible,
}

/// Parses the time of day at a position.
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

/// Returns the time of day for an hour and a minute. `half` is 0 for am and 1 for pm, on a
/// twelve-hour clock.
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

/// Splits off `am` (0) or `pm` (1) at the end of a word.
fn half_of_day(word: &str) -> Option<(&str, u8)> {
    let halves = [("am", 0), ("a.m.", 0), ("pm", 1), ("p.m.", 1)];
    halves.iter().find_map(|(name, half)| Some((word.strip_suffix(name)?, *half)))
}

/// Parses the rest of a schedule, whose days end before `position`. Returns `None` if no time
/// follows, so that the text is a topic.
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
        Time::Hour(at) if is_at || is_end_of_time(typed, position + 1) => (at, position + 1),
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

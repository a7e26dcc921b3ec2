//! When something that comes again and again is due.
//!
//! Pure: the time is an argument, in Unix seconds, and every number is a time (those that no calendar
//! reaches are taken for its ends). The time zones are those built into the program, never the machine's,
//! so that all machines agree.

mod zone;

pub use jiff::civil::Weekday;
pub use zone::{NotAZone, Zone};

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, Time};

/// On some days, at a time of day, in a time zone. Written `weekly mon 08:30 Europe/Berlin`.
///
/// A local time that a night skips is taken with the offset before the gap (RFC 5545, 3.3.5), so that 02:30
/// becomes 03:30; one that a night has twice is taken once, the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rule {
    pub days: Days,
    pub at: TimeOfDay,
    pub zone: Zone,
}

/// The days of a [`Rule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Days {
    Daily,
    /// Monday to Friday.
    Weekdays,
    Weekly(Weekday),
}

/// A minute of a day: 00:00 to 23:59.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    hour: i8,
    minute: i8,
}

/// A text that is no [`Rule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotARule;

/// More than the days between two occurrences, with a day on either side for zones that skip or repeat one.
const DAYS_AHEAD: usize = 10;

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

impl Rule {
    /// The first occurrence after `after`; `i64::MAX` where the calendar ends before it.
    pub fn next_after(&self, after: i64) -> i64 {
        let today = self.zone.time_zone().to_datetime(timestamp(after)).date();
        let yesterday = today.yesterday().unwrap_or(today);
        std::iter::successors(Some(yesterday), |date| date.tomorrow().ok())
            .take(DAYS_AHEAD)
            .filter_map(|date| self.on(date))
            .find(|occurrence| *occurrence > after)
            .unwrap_or(i64::MAX)
    }

    /// The last occurrence that is later than `after` and not later than `until`.
    pub fn latest_in(&self, after: i64, until: i64) -> Option<i64> {
        let today = self.zone.time_zone().to_datetime(timestamp(until)).date();
        let tomorrow = today.tomorrow().unwrap_or(today);
        std::iter::successors(Some(tomorrow), |date| date.yesterday().ok())
            .take(DAYS_AHEAD)
            .filter_map(|date| self.on(date))
            .find(|occurrence| *occurrence <= until)
            .filter(|occurrence| *occurrence > after)
    }

    /// A time as the clocks of the rule's zone show it: `2026-11-26 08:30`.
    pub fn local(&self, time: i64) -> String {
        self.zone.local(time)
    }

    fn on(&self, date: Date) -> Option<i64> {
        let is_due = match self.days {
            Days::Daily => true,
            Days::Weekdays => !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday),
            Days::Weekly(day) => date.weekday() == day,
        };
        let time = Time::constant(self.at.hour, self.at.minute, 0, 0);
        let local = is_due.then(|| date.to_datetime(time))?;
        let occurrence = self.zone.time_zone().to_ambiguous_timestamp(local).compatible();
        Some(occurrence.ok()?.as_second())
    }
}

/// The time itself, or the end of the calendar that it lies beyond.
fn timestamp(time: i64) -> Timestamp {
    let end = if time < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(time).unwrap_or(end)
}

impl TimeOfDay {
    /// `hour` from 0 to 23, `minute` from 0 to 59.
    pub fn new(hour: u8, minute: u8) -> Option<Self> {
        let [hour, minute] = [i8::try_from(hour).ok()?, i8::try_from(minute).ok()?];
        (hour < 24 && minute < 60).then_some(Self { hour, minute })
    }
}

impl Days {
    /// The day of the week with this name or its first three letters, in English: `mon`, `Mondays`.
    pub fn weekday(name: &str) -> Option<Weekday> {
        const REST: [&str; 7] = ["day", "sday", "nesday", "rsday", "day", "urday", "day"];
        let name = name.to_ascii_lowercase();
        let known = WEEKDAYS.iter().zip(REST).find(|((short, _), rest)| {
            let tail = name.strip_prefix(short);
            tail.is_some_and(|tail| {
                tail.is_empty() || tail.strip_suffix('s').unwrap_or(tail) == *rest
            })
        });
        known.map(|((_, day), _)| *day)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.days, self.at, self.zone)
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Days::Daily => f.write_str("daily"),
            Days::Weekdays => f.write_str("weekdays"),
            Days::Weekly(day) => {
                let name = WEEKDAYS.iter().find(|(_, known)| known == day);
                write!(f, "weekly {}", name.map_or("", |(name, _)| *name))
            }
        }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

impl FromStr for Rule {
    type Err = NotARule;

    /// Reads what [`Rule`] is written as, and nothing else.
    fn from_str(text: &str) -> Result<Self, NotARule> {
        let parts: Vec<_> = text.split(' ').collect();
        let (days, at, zone) = match parts[..] {
            ["daily", at, zone] => (Days::Daily, at, zone),
            ["weekdays", at, zone] => (Days::Weekdays, at, zone),
            ["weekly", day, at, zone] => {
                let known = WEEKDAYS.iter().find(|(name, _)| *name == day);
                (Days::Weekly(known.ok_or(NotARule)?.1), at, zone)
            }
            _ => return Err(NotARule),
        };
        let (hour, minute) = at.split_once(':').ok_or(NotARule)?;
        let [hour, minute] = [hour, minute].map(|part| part.parse().map_err(|_| NotARule));
        let at = TimeOfDay::new(hour?, minute?).ok_or(NotARule)?;
        let rule = Rule { days, at, zone: zone.parse().map_err(|_| NotARule)? };
        if rule.to_string() == text { Ok(rule) } else { Err(NotARule) }
    }
}

impl fmt::Display for NotARule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a schedule is written like `daily 08:30 Europe/Berlin`")
    }
}

impl std::error::Error for NotARule {}

#[cfg(test)]
mod tests;

//! Recurrence rules: days, a time of day and a time zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time, Weekday};
use thiserror::Error;

use super::zone::{Zone, timestamp};

/// A recurrence rule: days, a time of day and a time zone. Its text form is such as `weekly mon
/// 08:30 Europe/Berlin`.
///
/// A local time inside a gap of daylight saving is interpreted with the offset before the gap (RFC
/// 5545, 3.3.5), so 02:30 becomes 03:30. A local time that occurs twice is due once, the first
/// time.
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

/// Error of a text that is not a [`Rule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a schedule is written like `daily 08:30 Europe/Berlin`")]
pub struct ParseRuleError;

/// Number of days to search: more than between two occurrences, with a day on either side for zones
/// that skip or repeat a day.
const SEARCHED_DAYS: usize = 10;

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
    /// Returns the first occurrence after `after`, or `i64::MAX` if the calendar ends before it.
    pub fn next_after(&self, after: i64) -> i64 {
        let today = self.zone.time_zone().to_datetime(timestamp(after)).date();
        let yesterday = today.yesterday().unwrap_or(today);
        std::iter::successors(Some(yesterday), |date| date.tomorrow().ok())
            .take(SEARCHED_DAYS)
            .filter_map(|date| self.occurrence_on(date))
            .find(|occurrence| *occurrence > after)
            .unwrap_or(i64::MAX)
    }

    /// Returns the last occurrence that is later than `after` and not later than `until`.
    pub fn latest_in(&self, after: i64, until: i64) -> Option<i64> {
        let today = self.zone.time_zone().to_datetime(timestamp(until)).date();
        let tomorrow = today.tomorrow().unwrap_or(today);
        std::iter::successors(Some(tomorrow), |date| date.yesterday().ok())
            .take(SEARCHED_DAYS)
            .filter_map(|date| self.occurrence_on(date))
            .find(|occurrence| *occurrence <= until)
            .filter(|occurrence| *occurrence > after)
    }

    /// Formats a time as the local time of the rule's zone, such as `2026-11-26 08:30`.
    pub fn local(&self, time: i64) -> String {
        self.zone.local(time)
    }

    /// Returns the occurrence on a date, if the rule is due on it.
    pub(super) fn occurrence_on(&self, date: Date) -> Option<i64> {
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

impl TimeOfDay {
    /// Returns the time of day, if `hour` is at most 23 and `minute` at most 59.
    pub fn new(hour: u8, minute: u8) -> Option<Self> {
        let [hour, minute] = [i8::try_from(hour).ok()?, i8::try_from(minute).ok()?];
        (hour < 24 && minute < 60).then_some(Self { hour, minute })
    }
}

impl TimeOfDay {
    /// Returns the time in the second half of the day if `half` is 1 and the time may be one of a
    /// twelve-hour clock: 8 in the evening is 20:00.
    pub fn in_half(self, half: Option<u8>) -> TimeOfDay {
        match half {
            Some(1) if (1..12).contains(&self.hour) => TimeOfDay { hour: self.hour + 12, ..self },
            _ => self,
        }
    }
}

impl Days {
    /// Returns the day of the week with this English name, such as `mon` or `Mondays`.
    pub fn weekday(name: &str) -> Option<Weekday> {
        /// The rest of each name after the first three letters.
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
    type Err = ParseRuleError;

    /// Parses the text form of a [`Rule`], and rejects every other form.
    fn from_str(text: &str) -> Result<Self, ParseRuleError> {
        let parts: Vec<_> = text.split(' ').collect();
        let (days, at, zone) = match parts[..] {
            ["daily", at, zone] => (Days::Daily, at, zone),
            ["weekdays", at, zone] => (Days::Weekdays, at, zone),
            ["weekly", day, at, zone] => {
                let known = WEEKDAYS.iter().find(|(name, _)| *name == day);
                (Days::Weekly(known.ok_or(ParseRuleError)?.1), at, zone)
            }
            _ => return Err(ParseRuleError),
        };
        let (hour, minute) = at.split_once(':').ok_or(ParseRuleError)?;
        let [hour, minute] = [hour, minute].map(|part| part.parse().map_err(|_| ParseRuleError));
        let at = TimeOfDay::new(hour?, minute?).ok_or(ParseRuleError)?;
        let rule = Rule { days, at, zone: zone.parse().map_err(|_| ParseRuleError)? };
        if rule.to_string() == text { Ok(rule) } else { Err(ParseRuleError) }
    }
}

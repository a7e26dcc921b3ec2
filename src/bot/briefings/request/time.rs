//! Times of day, as people type them.

use super::tokens::Tokens;
use crate::schedule::TimeOfDay;

/// Result of parsing a time of day.
pub enum Time {
    None,
    /// A time, and the position after it.
    Of(TimeOfDay, usize),
    /// A bare number that may be an hour.
    Hour(TimeOfDay),
    /// Written like a time, but out of range.
    Impossible,
}

/// Parses the time of day at a position.
pub fn time(typed: &Tokens, position: usize) -> Time {
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
pub fn half_of_day(word: &str) -> Option<(&str, u8)> {
    let halves = [("am", 0), ("a.m.", 0), ("pm", 1), ("p.m.", 1)];
    halves.iter().find_map(|(name, half)| Some((word.strip_suffix(name)?, *half)))
}

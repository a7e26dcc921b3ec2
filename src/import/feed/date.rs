//! Dates of feeds: RFC 3339, RFC 2822 and what is nearly so.

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;

/// Years outside of this range are mistakes, such as the zero of a database.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// English abbreviations of the months, and others that begin in another way.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "янв"],
    &["feb", "fév", "fev", "фев"],
    &["mar", "mär", "mrt", "maa", "мар"],
    &["apr", "avr", "abr", "апр"],
    &["may", "mai", "mag", "mei", "maj", "май", "мая"],
    &["jun", "giu", "июн"],
    &["jul", "lug", "июл"],
    &["aug", "aoû", "aou", "ago", "авг"],
    &["sep", "set", "сен"],
    &["oct", "okt", "ott", "out", "окт"],
    &["nov", "ноя"],
    &["dec", "déc", "dez", "dic", "дек"],
];

/// Returns a date as RFC 3339 time, or as `YYYY-MM-DD` if the time or its offset is not known.
pub(super) fn normalized(text: &str) -> Option<String> {
    let text = text.trim();
    let (date, time) = iso(text).or_else(|| internet_message(text))?;
    if !YEARS.contains(&date.year()) {
        return None;
    }
    let Some((time, offset)) = time else { return Some(date.to_string()) };
    let time = DateTime::from_parts(date, time).round(jiff::Unit::Second).ok()?;
    let (sign, seconds) = (if offset.seconds() < 0 { '-' } else { '+' }, offset.seconds().abs());
    let offset = match seconds {
        0 => "Z".to_owned(),
        _ => format!("{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60),
    };
    Some(format!("{time}{offset}"))
}

type Moment = (Date, Option<(Time, Offset)>);

/// Parses RFC 3339, ISO 8601 and `2026-01-05 23:30:00 +0100`.
fn iso(text: &str) -> Option<Moment> {
    let compact = text.replace(" +", "+").replace(" -", "-").replace(" UTC", "Z");
    let pieces = Pieces::parse(compact.trim_end_matches(" GMT")).ok();
    if let Some(pieces) = pieces {
        return Some((pieces.date(), pieces.time().zip(pieces.to_numeric_offset())));
    }
    match text.split('-').collect::<Vec<_>>()[..] {
        [year, month] if year.len() == 4 && month.len() == 2 => {
            Some((Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?, None))
        }
        // The first ten characters of a time with mistakes.
        _ => Some((text.get(..10)?.parse().ok()?, None)),
    }
}

/// Parses RFC 2822 with any name of the weekday, with the day and the month in either order, and
/// with common abbreviations of time zones.
fn internet_message(text: &str) -> Option<Moment> {
    let (mut day, mut month, mut year, mut time, mut offset) = (None, None, None, None, None);
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let is_offset = |word: &str| word.starts_with(['+', '-']);
    // `05-Jan-2026` is a date too.
    let parts = |word| match is_offset(word) {
        true => vec![word],
        false => word.split('-').collect(),
    };
    for word in words.flat_map(parts).take(16) {
        let number = word.trim_end_matches(|c: char| c.is_alphabetic()).parse::<i16>().ok();
        if word.contains(':') && time.is_none() && !is_offset(word) {
            time = clock(word);
        } else if time.is_some() && offset.is_none() {
            offset = zone(word);
        } else if let Some(number) = number.filter(|_| !is_offset(word)) {
            match day.is_none() && (1..=31).contains(&number) {
                true => day = i8::try_from(number).ok(),
                false => year = year.or(Some(full_year(number, word))),
            }
        } else {
            // `Mar` before the month is a French Tuesday.
            month = month_of(word).or(month);
        }
    }
    let date = Date::new(year?, month?, day?).ok()?;
    Some((date, time.zip(offset)))
}

fn full_year(number: i16, word: &str) -> i16 {
    match (word.len(), number) {
        (2, 0..50) => 2000 + number,
        (2, 50..100) => 1900 + number,
        _ => number,
    }
}

fn month_of(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    let is_named = |names: &&[&str]| names.iter().any(|name| word.starts_with(name));
    let position = MONTHS.iter().position(is_named)?;
    let is_weekday = word.starts_with("mard") || word.starts_with("mart");
    i8::try_from(position + 1).ok().filter(|_| !is_weekday)
}

fn clock(word: &str) -> Option<Time> {
    let mut parts = word.split(':').map(|part| {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part[..digits].parse::<i8>().ok()
    });
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().flatten().unwrap_or(0);
    // The hour 24 is a mistake for the start of the day.
    Time::new(hour % 24, minute, second.min(59), 0).ok()
}

fn zone(word: &str) -> Option<Offset> {
    let hours = match word.to_ascii_uppercase().as_str() {
        "Z" | "UT" | "UTC" | "GMT" | "WET" => 0,
        "CET" | "BST" | "WEST" => 1,
        "CEST" | "EET" => 2,
        "EEST" | "MSK" => 3,
        "JST" | "KST" => 9,
        "AEST" => 10,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        other => return numeric_zone(other),
    };
    Offset::from_hours(hours).ok()
}

/// Parses `+0100`, `+01:00` or `GMT+0100`.
fn numeric_zone(word: &str) -> Option<Offset> {
    let word = word.trim_start_matches("GMT").trim_start_matches("UTC");
    let sign = match word.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        4 => (digits[..2].parse::<i32>().ok()?, digits[2..].parse::<i32>().ok()?),
        1 | 2 => (digits.parse().ok()?, 0),
        _ => return None,
    };
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

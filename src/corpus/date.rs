//! Dates in the forms that people write. Pure.

use super::months::month;

/// Parses a date. Returns `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. A time of the day and a zone are left
/// out: the date is that of the place where it was written.
///
/// A date such as `03/04/2021` gives only the year, since day and month may be swapped.
pub fn parse(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['"', '\'']).trim();
    let compact = text.len() >= 8 && text.as_bytes()[..8].iter().all(u8::is_ascii_digit);
    if compact && !text[8..].starts_with(|c: char| c.is_ascii_digit()) {
        return date(&text[..4], &text[4..6], &text[6..8]);
    }
    let fields: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|field| !field.is_empty()).collect();
    let separator = text.trim_start_matches(|c: char| c.is_ascii_digit()).chars().next();
    numeric(&fields, separator).or_else(|| with_month_name(&fields))
}

/// Parses a line that has a date with at least a month, and nothing else but words such as
/// `Published on`.
pub fn alone(line: &str) -> Option<String> {
    const AROUND: [&str; 26] = [
        "published",
        "posted",
        "updated",
        "date",
        "on",
        "at",
        "the",
        "of",
        "de",
        "am",
        "pm",
        "utc",
        "gmt",
        "st",
        "nd",
        "rd",
        "th",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "t",
        "z",
    ];
    let is_weekday = |word: &str| word.ends_with("day") && word.len() <= 9;
    let words = line.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let is_date_word = |word: &str| {
        let lower = word.to_lowercase();
        month(word).is_some() || AROUND.contains(&lower.as_str()) || is_weekday(&lower)
    };
    if !words.into_iter().all(is_date_word) {
        return None;
    }
    let start = line.find(|c: char| c.is_ascii_digit())?;
    let is_word_first = line[..start]
        .split_whitespace()
        .any(|word| month(word.trim_end_matches(['.', ','])).is_some());
    let text = if is_word_first { line } else { &line[start..] };
    parse(text).filter(|date| date.len() > 4)
}

/// Returns the date at the start of a file's name, as in `2021-11-24-title.md`, and the rest of the
/// name.
pub fn at_start_of(name: &str) -> Option<(String, &str)> {
    let is_date = |text: &str| {
        let bytes = text.as_bytes();
        bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => matches!(byte, b'-' | b'_' | b'.'),
            _ => byte.is_ascii_digit(),
        })
    };
    let head = name.get(..10).filter(|head| is_date(head))?;
    let rest = &name[10..];
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let date = date(&head[..4], &head[5..7], &head[8..])?;
    Some((date, rest.trim_start_matches(['-', '_', '.', ' '])))
}

/// Returns the date in a path of an address or a folder, as in `2021/11/24/title`.
pub fn in_path(path: &str) -> Option<String> {
    let parts: Vec<_> = path.split('/').collect();
    let found = parts.windows(3).find_map(|part| {
        let is_year = part[0].len() == 4;
        let is_short = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        (is_year && is_short(part[1]) && is_short(part[2]))
            .then(|| date(part[0], part[1], part[2]))?
    });
    found.or_else(|| parts.iter().find_map(|part| at_start_of(part)).map(|(date, _)| date))
}

/// Parses a date of numbers alone: with the year first, or with the year last.
fn numeric(fields: &[&str], separator: Option<char>) -> Option<String> {
    let is_number = |field: &&str| field.bytes().all(|byte| byte.is_ascii_digit());
    // `2021-11-24T08` has its day in a field with the hour.
    let day_of = |field: &str| {
        let digits = field.len() - field.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let rest = &field[digits..];
        let is_day = digits <= 2 && (rest.is_empty() || rest.starts_with(['T', 't']));
        is_day.then(|| field[..digits].to_owned())
    };
    let year = fields.first().filter(|field| is_number(field) && field.len() == 4);
    if let Some(year) = year {
        let month = match fields.get(1) {
            None => return date(year, "", ""),
            Some(month) if is_number(month) && month.len() <= 2 => month,
            Some(_) => return None,
        };
        return match fields.get(2) {
            None => date(year, month, ""),
            Some(day) => date(year, month, &day_of(day)?),
        };
    }
    let [first, second, year, ..] = fields else { return None };
    if !is_number(first) || !is_number(second) || first.len() > 2 || second.len() > 2 {
        return None;
    }
    let year = year.get(..4).filter(|digits| is_number(digits))?;
    let (a, b): (u32, u32) = (first.parse().ok()?, second.parse().ok()?);
    match separator {
        Some('.') => date(year, second, first),
        _ if a == b || a > 12 => date(year, second, first),
        _ if b > 12 => date(year, first, second),
        _ => date(year, "", ""),
    }
}

/// Parses a date with the name of its month, such as `24 November 2021` or `Nov 24th, 2021`.
fn with_month_name(fields: &[&str]) -> Option<String> {
    let position = fields.iter().position(|field| month(field).is_some())?;
    let name = month(fields[position])?.to_string();
    let year = fields
        .iter()
        .position(|field| field.len() == 4 && field.bytes().all(|byte| byte.is_ascii_digit()))?;
    let number = |field: &&str| {
        let digits = field.trim_end_matches(char::is_alphabetic);
        let suffix = &field[digits.len()..];
        let is_ordinal = matches!(suffix, "" | "st" | "nd" | "rd" | "th" | "er" | "º" | "ª" | "o");
        (is_ordinal && digits.len() <= 2).then(|| digits.parse::<u32>().ok())?
    };
    // The fields around the month; a time of the day comes after the year.
    let before = position.checked_sub(1).and_then(|at| fields.get(at)).and_then(number);
    // `24 de noviembre de 2021`
    let is_particle = |at: usize| fields.get(at).is_some_and(|word| matches!(*word, "de" | "of"));
    let earlier = position.checked_sub(2).filter(|at| is_particle(at + 1));
    let earlier = earlier.and_then(|at| fields.get(at)).and_then(number);
    let after = fields.get(position + 1).and_then(number);
    let day = before.or(earlier).or(after).map(|day| day.to_string());
    date(fields[year], &name, day.as_deref().unwrap_or_default())
}

/// Formats a date. Returns `None` if month or day do not exist. An empty month or day is unknown.
fn date(year: &str, month: &str, day: &str) -> Option<String> {
    let year: u32 = year.parse().ok().filter(|year| *year > 0)?;
    if month.is_empty() {
        return Some(format!("{year:04}"));
    }
    let month: u32 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    if day.is_empty() {
        return Some(format!("{year:04}-{month:02}"));
    }
    let day: u32 = day.parse().ok().filter(|day| (1..=days_of(year, month)).contains(day))?;
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

fn days_of(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_is_read_in_the_forms_that_people_write() {
        let check = |text: &str, expected: &str| {
            assert_eq!(parse(text).unwrap_or_default(), expected, "{text}");
        };
        for text in [
            "2021-11-24",
            "2021/11/24",
            "2021.11.24",
            "2021-11-24T08:00:00Z",
            "2021-11-24T08:00:00+01:00",
            "2021-11-24 08:00:00 +0100",
            "2021-11-24 08:00",
            "20211124",
            "20211124T080000Z",
            "24.11.2021",
            "24. 11. 2021",
            "24/11/2021",
            "11/24/2021",
            "24-11-2021",
            "Nov 24, 2021",
            "November 24th, 2021",
            "24 November 2021",
            "24 Nov 2021 08:00",
            "Wed, 24 Nov 2021 08:00:00 GMT",
            "Wednesday, November 24, 2021",
            "24. November 2021",
            "24 novembre 2021",
            "24 de noviembre de 2021",
            "24 ноября 2021",
            "2021 November 24",
            "\"2021-11-24\"",
        ] {
            check(text, "2021-11-24");
        }
        check("2021-1-4", "2021-01-04");
        check("2021-11", "2021-11");
        check("2021/11", "2021-11");
        check("November 2021", "2021-11");
        check("2021", "2021");
        check("03/04/2021", "2021");
        check("3.4.2021", "2021-04-03");
        check("1er mars 2021", "2021-03-01");
        check("29 Feb 2020", "2020-02-29");
        for text in [
            "",
            "soon",
            "2021-13-01",
            "2021-02-30",
            "29 Feb 2021",
            "{{ date }}",
            "12",
            "v1.2.3",
            "1.2.3.4",
        ] {
            check(text, "");
        }
    }

    #[test]
    fn date_is_found_in_names_and_paths() {
        let check = |name: &str, expected: Option<(&str, &str)>| {
            let found = at_start_of(name);
            let found = found.as_ref().map(|(date, rest)| (date.as_str(), *rest));
            assert_eq!(found, expected, "{name}");
        };
        check("2021-11-24-neap-tides", Some(("2021-11-24", "neap-tides")));
        check("2021-11-24 Neap tides", Some(("2021-11-24", "Neap tides")));
        check("2021_11_24_neap", Some(("2021-11-24", "neap")));
        check("2021-11-24", Some(("2021-11-24", "")));
        check("2021-11-245", None);
        check("2021-13-24-a", None);
        check("neap-2021-11-24", None);
        let check = |path: &str, expected: Option<&str>| {
            assert_eq!(in_path(path).as_deref(), expected, "{path}");
        };
        check("2021/11/24/neap", Some("2021-11-24"));
        check("/blog/2021/11/24/", Some("2021-11-24"));
        check("https://example.org/2021/11/24/neap.html", Some("2021-11-24"));
        check("posts/2021-11-24-neap", Some("2021-11-24"));
        check("posts/2021/neap", None);
        check("1/2/3", None);
    }
}

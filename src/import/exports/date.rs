//! Dates as exports write them. Pure.

/// English names of the months by their first three letters.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Returns the date `YYYY-MM-DD` at the start of an ISO date and time, such as
/// `2024-05-01T10:00:00Z`.
pub fn iso_date(text: &str) -> Option<String> {
    let date = text.trim().get(..10)?;
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_date = year.len() == 4 && month.len() == 2 && parts.next().is_none();
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok());
    formatted(number(year)??, number(month)??, number(day)??).filter(|_| is_date)
}

/// Returns the date `YYYY-MM-DD` of a text in which an English name of a month is next to a day
/// and a year: `Wed, 01 May 2024 10:00:00 +0000`, `May 1, 2024 10:00 AM`.
pub fn named_date(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    let at = words.iter().position(|word| month(word).is_some())?;
    let number = |at: Option<usize>| words.get(at?)?.parse::<u32>().ok();
    let (before, after) = (number(at.checked_sub(1)), number(Some(at + 1)));
    let last = number(Some(at + 2));
    let is_year = |number: &u32| *number > 31;
    let (day, year) = match (before, after) {
        (Some(day), Some(year)) if is_year(&year) => (day, year),
        (None, Some(day)) => (day, last.filter(is_year)?),
        _ => return None,
    };
    formatted(year, month(words[at])?, day)
}

/// Returns the date of a text in one of the forms of this module.
pub fn any_date(text: &str) -> Option<String> {
    iso_date(text).or_else(|| iso_date(&text.replace(['/', '.'], "-"))).or_else(|| named_date(text))
}

/// Returns the number of a month, from 1.
fn month(word: &str) -> Option<u32> {
    let is_short = word.len() >= 3 && word.is_ascii();
    let start = word.get(..3).filter(|_| is_short)?.to_ascii_lowercase();
    MONTHS.iter().zip(1..).find(|(name, _)| **name == start).map(|(_, number)| number)
}

fn formatted(year: u32, month: u32, day: u32) -> Option<String> {
    let is_date =
        (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    is_date.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_is_read_in_each_notation() {
        let check = |text: &str, expected: &str| {
            assert_eq!(any_date(text).unwrap_or_default(), expected, "{text}");
        };
        check("2024-05-01T10:00:00Z", "2024-05-01");
        check("2024-05-01 10:00:00", "2024-05-01");
        check("2024/05/01", "2024-05-01");
        check("Wed, 01 May 2024 10:00:00 +0000", "2024-05-01");
        check("May 1, 2024 10:00 AM", "2024-05-01");
        check("@May 1, 2024", "2024-05-01");
        check("September 30, 2023", "2023-09-30");
        check("0000-00-00 00:00:00", "");
        check("2024-13-01", "");
        check("soon", "");
        check("", "");
    }
}

//! Dates of a page in the form `YYYY-MM-DD`. Pure.

/// Minimum and maximum year of a date that is believed.
const YEARS: std::ops::RangeInclusive<u32> = 1000..=2999;
/// Maximum length of a date that is kept as found, in characters.
const MAX_CHARS: usize = 40;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Returns a date of an attribute or of metadata: as `YYYY-MM-DD` if it is clear, else as found.
pub fn normalized(found: &str) -> Option<String> {
    let found = found.trim();
    if let Some(date) = clear_date(found) {
        return Some(date);
    }
    let is_year = |part: &str| part.chars().count() == 4 && part != "0000";
    let has_year = found.split(|c: char| !c.is_numeric()).any(is_year);
    (has_year && found.chars().count() <= MAX_CHARS).then(|| found.to_owned())
}

/// Returns the date of a text if the text has one clear date: `2024-03-05`, `2024/3/5`, `20240305`,
/// `5 March 2024` or `March 5, 2024`.
pub fn clear_date(text: &str) -> Option<String> {
    let is_separator = |c: char| !c.is_alphanumeric();
    let words: Vec<&str> = text.split(is_separator).filter(|word| !word.is_empty()).collect();
    let first = words.first()?;
    if first.len() == 8 && first.bytes().all(|byte| byte.is_ascii_digit()) {
        return date(&first[..4], &first[4..6], &first[6..]);
    }
    for part in words.windows(3) {
        let [one, two, three] = [part[0], part[1], part[2]];
        // The day may be followed by the time, as in `2024-03-05T10:00`.
        let digits = three.find(|c: char| !c.is_ascii_digit()).unwrap_or(three.len());
        let numeric = date(one, two, &three[..digits]);
        let day_first = || date(three, &month(two)?, one);
        let month_first = || date(three, &month(one)?, two);
        if let Some(date) = numeric.or_else(day_first).or_else(month_first) {
            return Some(date);
        }
    }
    None
}

/// Returns the number of an English month.
fn month(name: &str) -> Option<String> {
    let name = name.to_lowercase();
    let at = MONTHS.iter().position(|month| name.starts_with(month))?;
    Some((at + 1).to_string())
}

fn date(year: &str, month: &str, day: &str) -> Option<String> {
    let day = day.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number = |text: &str, most: usize| {
        let is_number = text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<u32>().ok()).flatten()
    };
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let is_valid = YEARS.contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    is_valid.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clear_dates_become_iso_dates() {
        let check = |found: &str, expected: Option<&str>| {
            assert_eq!(normalized(found).as_deref(), expected, "{found}");
        };
        check("2024-03-05T10:00:00+01:00", Some("2024-03-05"));
        check("2024-3-5", Some("2024-03-05"));
        check("20240305", Some("2024-03-05"));
        check("2024/03/05 10:00", Some("2024-03-05"));
        check("Tue, 05 Mar 2024 10:00:00 GMT", Some("2024-03-05"));
        check("March 5th, 2024", Some("2024-03-05"));
        check("5. März 2024", Some("5. März 2024"));
        check("05/03/2024", Some("05/03/2024"));
        check("0000-00-00", None);
        check("yesterday", None);
        check("", None);
    }
}

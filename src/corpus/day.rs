//! Days as `YYYY-MM-DD`.

use jiff::civil::Date;

/// Returns the present day in UTC.
pub fn today() -> String {
    jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date().to_string()
}

/// Returns the day of a time in Unix seconds, in UTC. Returns `None` if no calendar has the time.
pub fn day_of(seconds: i64) -> Option<String> {
    let time = jiff::Timestamp::from_second(seconds).ok()?;
    Some(time.to_zoned_datetime(jiff::tz::TimeZone::UTC).date().to_string())
}

/// Returns the day before a date, which may lack the day and the month.
pub fn day_before(date: &str) -> Option<String> {
    let whole = format!("{date}{}", "0000-01-01".get(date.len()..)?);
    let date: Date = whole.parse().ok()?;
    Some(date.yesterday().ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_before_a_date_is_the_last_one_without_it() {
        let check = |date, expected: Option<&str>| {
            assert_eq!(day_before(date).as_deref(), expected, "{date}");
        };
        check("2026-03-01", Some("2026-02-28"));
        check("2026-03", Some("2026-02-28"));
        check("2026", Some("2025-12-31"));
        check("soon", None);
        assert_eq!(today().len(), 10);
    }
}

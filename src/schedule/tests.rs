//! Tests of rules: over years, over changes of daylight saving, and their text form.

use jiff::Timestamp;
use proptest::prelude::*;

use super::zone::timestamp;
use super::*;

fn rule(text: &str) -> Rule {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

/// Returns the Unix seconds of a UTC time such as `2026-03-29T00:30Z`.
fn utc(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap_or_else(|_| panic!("{text}")).as_second()
}

/// Returns the next `count` occurrences after a time, in UTC, without the seconds.
fn next(text: &str, after: &str, count: usize) -> Vec<String> {
    let rule = rule(text);
    std::iter::successors(Some(utc(after)), |time| Some(rule.next_after(*time)))
        .skip(1)
        .take(count)
        .map(|time| timestamp(time).strftime("%m-%dT%H:%M").to_string())
        .collect()
}

#[test]
fn rule_is_due_on_its_days() {
    // 2026-11-25 is a Wednesday.
    let after = "2026-11-25T12:00Z";
    assert_eq!(next("daily 08:30 UTC", after, 2), ["11-26T08:30", "11-27T08:30"]);
    assert_eq!(
        next("weekdays 08:30 UTC", after, 4),
        ["11-26T08:30", "11-27T08:30", "11-30T08:30", "12-01T08:30"]
    );
    assert_eq!(next("weekly wed 12:00 UTC", after, 2), ["12-02T12:00", "12-09T12:00"]);
    assert_eq!(next("weekly wed 12:01 UTC", after, 1), ["11-25T12:01"]);
    // Monday morning in Auckland is Sunday in UTC.
    assert_eq!(next("weekly mon 09:00 Pacific/Auckland", after, 1), ["11-29T20:00"]);
    assert_eq!(next("daily 00:00 Asia/Kathmandu", after, 1), ["11-25T18:15"]);
}

#[test]
fn rule_is_due_once_in_a_night_that_skips_or_repeats_its_time() {
    let berlin = "daily 02:30 Europe/Berlin";
    assert_eq!(next(berlin, "2026-03-28T00:00Z", 3), ["03-28T01:30", "03-29T01:30", "03-30T00:30"]);
    assert_eq!(next(berlin, "2026-10-24T00:00Z", 3), ["10-24T00:30", "10-25T00:30", "10-26T01:30"]);
    assert_eq!(rule(berlin).local(utc("2026-03-29T01:30Z")), "2026-03-29 03:30");
    let new_york = "daily 02:30 America/New_York";
    assert_eq!(next(new_york, "2026-03-08T00:00Z", 2), ["03-08T07:30", "03-09T06:30"]);
    let new_york = "daily 01:30 America/New_York";
    assert_eq!(next(new_york, "2026-11-01T00:00Z", 2), ["11-01T05:30", "11-02T06:30"]);
    // Lord Howe changes by half an hour: 02:00 to 02:30 in October, 02:00 to 01:30 in April.
    let lord_howe = "daily 02:15 Australia/Lord_Howe";
    assert_eq!(next(lord_howe, "2026-10-03T12:00Z", 2), ["10-03T15:45", "10-04T15:15"]);
    let lord_howe = "daily 01:45 Australia/Lord_Howe";
    assert_eq!(next(lord_howe, "2026-04-04T12:00Z", 2), ["04-04T14:45", "04-05T15:15"]);
}

#[test]
fn rule_follows_zones_that_changed_their_offset() {
    // Apia skipped 2011-12-30. A rule that was due on this day is due the next morning, once.
    let apia = "Pacific/Apia";
    assert_eq!(
        next(&format!("daily 08:30 {apia}"), "2011-12-29T00:00Z", 3),
        ["12-29T18:30", "12-30T18:30", "12-31T18:30"]
    );
    assert_eq!(next(&format!("weekly fri 08:30 {apia}"), "2011-12-25T00:00Z", 1), ["12-30T18:30"]);
    // Tehran has had no daylight saving since 2022.
    let tehran = "daily 12:00 Asia/Tehran";
    assert_eq!(next(tehran, "2021-07-01T00:00Z", 1), ["07-01T07:30"]);
    assert_eq!(next(tehran, "2026-07-01T00:00Z", 1), ["07-01T08:30"]);
}

#[test]
fn rule_latest_is_the_last_occurrence_in_a_span() {
    let rule = rule("weekly mon 09:00 Europe/Berlin");
    let due = utc("2026-11-23T08:00Z");
    let hour = 60 * 60;
    assert_eq!(rule.latest_in(due - hour, due), Some(due));
    assert_eq!(rule.latest_in(due - 60 * 24 * hour, due + 24 * hour), Some(due));
    assert_eq!(rule.latest_in(due, due + 6 * 24 * hour), None);
    assert_eq!(rule.latest_in(due - hour, due - 1), None);
    assert_eq!(rule.latest_in(i64::MIN, due + 7 * 24 * hour), Some(due + 7 * 24 * hour));
}

#[test]
fn rule_has_every_occurrence_of_two_years_in_order() {
    let start = utc("2025-01-01T00:00Z");
    for zone in [
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Asia/Tehran",
    ] {
        for (days, a_year) in [("daily", 365), ("weekdays", 261), ("weekly sun", 52)] {
            let rule = rule(&format!("{days} 02:30 {zone}"));
            let (mut time, mut count) = (start, 0);
            while time < start + 2 * 365 * 24 * 60 * 60 {
                let next = rule.next_after(time);
                assert!(next > time, "{rule}");
                assert_eq!(rule.next_after(next - 1), next, "{rule}");
                assert_eq!(rule.latest_in(time, next), Some(next), "{rule}");
                assert_eq!(rule.latest_in(time, next - 1), None, "{rule}");
                let day = rule.zone.time_zone().to_datetime(timestamp(next)).date();
                assert_eq!(rule.occurrence_on(day), Some(next), "{rule}");
                (time, count) = (next, count + 1);
            }
            assert!((2 * a_year - 1..=2 * a_year + 2).contains(&count), "{rule}: {count}");
        }
    }
}

#[test]
fn rule_is_parsed_from_its_text_form_only() {
    for text in ["daily 08:30 Europe/Berlin", "weekdays 00:00 UTC", "weekly sun 23:59 Etc/GMT-3"] {
        assert_eq!(rule(text).to_string(), text);
    }
    for wrong in [
        "",
        "daily",
        "daily 8:30 UTC",
        "daily 24:00 UTC",
        "daily 08:60 UTC",
        "daily 08:30",
        "daily 08:30 Berlin",
        "weekly 08:30 UTC",
        "weekly xyz 08:30 UTC",
        "daily  08:30 UTC",
        "daily 08:30 UTC ",
        "daily +8:30 UTC",
    ] {
        assert_eq!(wrong.parse::<Rule>(), Err(ParseRuleError), "{wrong}");
    }
}

#[test]
fn weekday_has_short_and_long_names() {
    for (name, expected) in [
        ("mon", Some(Weekday::Monday)),
        ("Tuesday", Some(Weekday::Tuesday)),
        ("WEDNESDAYS", Some(Weekday::Wednesday)),
        ("thursday", Some(Weekday::Thursday)),
        ("fri", Some(Weekday::Friday)),
        ("saturday", Some(Weekday::Saturday)),
        ("sundays", Some(Weekday::Sunday)),
        ("monsoon", None),
        ("day", None),
        ("", None),
    ] {
        assert_eq!(Days::weekday(name), expected, "{name}");
    }
}

proptest! {
    #[test]
    fn rule_accepts_every_number_as_time(time: i64, other: i64, minute in 0u16..1440) {
        let at = TimeOfDay::new((minute / 60) as u8, (minute % 60) as u8).unwrap();
        for days in [Days::Daily, Days::Weekdays, Days::Weekly(Weekday::Monday)] {
            let rule = Rule { days, at, zone: "Europe/Berlin".parse().unwrap() };
            prop_assert!(time == i64::MAX || rule.next_after(time) > time);
            if let Some(latest) = rule.latest_in(time, other) {
                prop_assert!(time < latest && latest <= other);
                prop_assert!(rule.next_after(latest) > other);
            }
            rule.local(time);
        }
    }

    // The zones skipped or repeated a day, or change by daylight saving.
    #[test]
    fn rule_latest_agrees_with_repeated_next(
        zone in proptest::sample::select(vec![
            "Pacific/Apia",
            "Pacific/Kwajalein",
            "Asia/Manila",
            "America/Juneau",
            "Europe/Berlin",
            "Australia/Lord_Howe",
        ]),
        // From 1840 to 2100, which includes most changes of offsets.
        time in -4_100_000_000_i64..4_100_000_000,
        span in 0_i64..20 * 24 * 60 * 60,
        minute in 0_u8..=59,
        hour in 0_u8..=23,
    ) {
        let at = TimeOfDay::new(hour, minute).unwrap();
        for days in [Days::Daily, Days::Weekdays, Days::Weekly(Weekday::Friday)] {
            let rule = Rule { days, at, zone: zone.parse().unwrap() };
            let expected = std::iter::successors(Some(time), |time| Some(rule.next_after(*time)))
                .skip(1)
                .take_while(|occurrence| *occurrence <= time + span)
                .last();
            prop_assert_eq!(rule.latest_in(time, time + span), expected, "{}", rule);
        }
    }
}

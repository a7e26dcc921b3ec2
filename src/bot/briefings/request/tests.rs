//! Tests of the parser: what people type, and the request that it is.

use super::*;

/// Formats a request in one line.
fn line(order: BriefRequest) -> String {
    match order {
        BriefRequest::Show { words } => format!("show [{words}]"),
        BriefRequest::Schedule(request) => {
            let always = if request.is_always { " always" } else { "" };
            let silent = if request.is_silent { " silent" } else { "" };
            format!("{}{always}{silent} [{}]", request.rule, request.words)
        }
        BriefRequest::Off(number) => format!("off {number:?}"),
        BriefRequest::SetZone(zone) => format!("zone {zone:?}"),
        BriefRequest::NeedsZone | BriefRequest::Status | BriefRequest::Help => format!("{order:?}"),
        BriefRequest::Problem(problem) => format!("{problem:?}"),
    }
}

fn check(text: &str, expected: &str) {
    assert_eq!(line(parse_brief(text, "Asia/Kabul".parse().ok())), expected, "{text}");
}

#[test]
fn a_schedule_is_read_as_people_type_it() {
    check("daily 08:30 Europe/Berlin", "daily 08:30 Europe/Berlin []");
    check("daily 8:30", "daily 08:30 Asia/Kabul []");
    check("every day at 8:30", "daily 08:30 Asia/Kabul []");
    check("Every Day, 08.30 UTC Water", "daily 08:30 UTC [Water]");
    check(
        "daily at 8:30 Berlin always silent Water  of Life",
        "daily 08:30 Europe/Berlin always silent [Water  of Life]",
    );
    check("daily 20:00 silent ALWAYS", "daily 20:00 Asia/Kabul always silent []");
    check("daily 20:00 in New York the Moon ", "daily 20:00 America/New_York [the Moon]");
    check("daily 20:00 utc +3 tides", "daily 20:00 Etc/GMT-3 [tides]");
    check("weekdays 9:00", "weekdays 09:00 Asia/Kabul []");
    check("every weekday 9:00", "weekdays 09:00 Asia/Kabul []");
    check("weekly mon 09:00 Europe/Vienna", "weekly mon 09:00 Europe/Vienna []");
    check("weekly monday 9:00", "weekly mon 09:00 Asia/Kabul []");
    check("weekly on mon at 9", "weekly mon 09:00 Asia/Kabul []");
    check("WEEKLY ON SUNDAYS AT 9:05PM", "weekly sun 21:05 Asia/Kabul []");
    check("every monday 9:00", "weekly mon 09:00 Asia/Kabul []");
    check("friday 9:00 tides", "weekly fri 09:00 Asia/Kabul [tides]");
}

#[test]
fn a_time_has_many_forms() {
    for (time, expected) in [
        ("8am", "08:00"),
        ("8 am", "08:00"),
        ("8:30pm", "20:30"),
        ("8:30 p.m.", "20:30"),
        ("8.30pm", "20:30"),
        ("12am", "00:00"),
        ("12:15pm", "12:15"),
        ("0:00", "00:00"),
        ("23.59", "23:59"),
        ("۰۸:۳۰", "08:30"),
        ("٢٠:٠٥", "20:05"),
        ("8", "08:00"),
        ("at 8", "08:00"),
    ] {
        check(&format!("daily {time}"), &format!("daily {expected} Asia/Kabul []"));
        check(&format!("daily {time} UTC x"), &format!("daily {expected} UTC [x]"));
    }
}

#[test]
fn what_is_no_order_is_a_topic() {
    for topic in [
        "",
        "water",
        "daily life in Kabul",
        "daily 5 facts",
        "daily 1.5 litres",
        "status of women",
        "off the coast of Yemen",
        "off 2 coasts",
        "stop the war",
        "zone of exclusion",
        "weekly markets",
        "weekly markets of 2020",
        "weekdays and weekends",
        "every war since 1990",
        "Monday",
        "sun and moon",
        "sun 5 facts",
        "day 8:30",
    ] {
        check(topic, &format!("show [{topic}]"));
    }
    check("  Daily  Life\nin Kabul ", "show [Daily  Life\nin Kabul]");
}

#[test]
fn the_rest_of_the_orders() {
    check("status", "Status");
    check(" STATUS ", "Status");
    check("off", "off None");
    check("Stop", "off None");
    check("off 2", "off Some(2)");
    check("stop #3", "off Some(3)");
    check("zone", "zone None");
    check("zone Europe/Berlin", "zone Some(Zone(Europe/Berlin))");
    check("timezone new york", "zone Some(Zone(America/New_York))");
    check("zone Iran", "zone Some(Zone(Iran))");
    for (text, expected) in [
        ("daily 8:30 water", BriefRequest::NeedsZone),
        ("weekly mon 9", BriefRequest::NeedsZone),
        ("daily life", BriefRequest::Show { words: "daily life".into() }),
    ] {
        assert_eq!(parse_brief(text, None), expected, "{text}");
    }
    assert_eq!(line(parse_brief("daily 8:30 UTC", None)), "daily 08:30 UTC []");
}

#[test]
fn what_is_wrong_is_named_as_it_was_typed() {
    check("daily 24:00", "Time(\"24:00\")");
    check("daily 25:00 Berlin", "Time(\"25:00\")");
    check("daily at 8:75", "Time(\"8:75\")");
    check("daily 8:5", "Time(\"8:5\")");
    check("daily 13pm", "Time(\"13pm\")");
    check("daily at 99", "Time(\"99\")");
    check("weekly Mon at 24.00", "Time(\"24.00\")");
    check("weekly Mo 9:00", "Day(\"Mo\")");
    check("weekly on funday at 9", "Day(\"funday\")");
    check("daily 8:30 Europe/Berln water", "Zone(\"Europe/Berln\")");
    check("daily 8:30 UTC+5:30", "Zone(\"UTC+5:30\")");
    check("zone Berln", "Zone(\"Berln\")");
    check("daily", "NoTime");
    check("every day at", "NoTime");
    check("weekly mon", "NoTime");
    check("every monday", "NoTime");
    check("weekly", "NoDay");
    check("weekly on", "NoDay");
    check("weekly 9:00", "NoDay");
    check("weekly at 9", "NoDay");
}

#[test]
fn a_word_after_the_time_is_a_zone_only_where_it_is_written_as_one() {
    check("daily 8:30 Iran", "daily 08:30 Asia/Kabul [Iran]");
    check("daily 8:30 met office", "daily 08:30 Asia/Kabul [met office]");
    check("daily 8:30 war and/or peace", "daily 08:30 Asia/Kabul [war and/or peace]");
    check("daily 8:30 and/or", "daily 08:30 Asia/Kabul [and/or]");
    check("daily 8:30 UTC Kabul", "daily 08:30 UTC [Kabul]");
}

#[test]
fn watches_are_added_listed_and_ended() {
    let check = |text: &str, expected| assert_eq!(parse_watch(text), expected, "{text}");
    let add = |words: &str| WatchRequest::Add { words: words.into() };
    check(" ", WatchRequest::List);
    check("List", WatchRequest::List);
    check("off", WatchRequest::Off(None));
    check("OFF 12", WatchRequest::Off(Some(12)));
    check("stop 1", WatchRequest::Off(Some(1)));
    check(" Water  Rights ", add("Water  Rights"));
    check("off shore wind", add("off shore wind"));
    check("off shore", add("off shore"));
    check("list of rivers", add("list of rivers"));
}

proptest::proptest! {
    #[test]
    fn nothing_typed_is_too_odd(text in "\\PC*", tail in "[0-9:.apmd ۰-۹/+-]*") {
        for text in [text.clone(), format!("daily {tail}"), format!("weekly mon {tail} {text}")] {
            parse_brief(&text, None);
            parse_watch(&text);
        }
    }
}

#[test]
fn a_schedule_is_read_in_every_language_of_the_interface() {
    for daily in [
        "täglich um 8:30",
        "jeden Tag um 8:30 Uhr",
        "tous les jours à 8:30",
        "chaque jour 8:30",
        "todos los días a las 8:30",
        "cada día 8:30",
        "ежедневно в 8:30",
        "каждый день 8:30",
        "روزانه ساعت ۸:۳۰",
        "هر روز ۸:۳۰",
        "كل يوم الساعة ٨:٣٠",
        "يوميا 8:30",
        "every morning at 8:30",
        "jeden Morgen 8:30",
        "8:30",
        "at 8:30",
        "08.30",
        "8:30am",
    ] {
        check(daily, "daily 08:30 Asia/Kabul []");
    }
    for weekly in [
        "jeden Montag um 9",
        "montags 9:00",
        "wöchentlich Montag 9:00",
        "tous les lundis à 9",
        "chaque lundi 9:00",
        "cada lunes a las 9",
        "каждый понедельник в 9",
        "еженедельно понедельник 9:00",
        "هر دوشنبه ساعت ۹",
        "كل اثنين الساعة 9",
    ] {
        check(weekly, "weekly mon 09:00 Asia/Kabul []");
    }
    check("werktags 9:00", "weekdays 09:00 Asia/Kabul []");
    check("по будням в 9", "weekdays 09:00 Asia/Kabul []");
    check("täglich 8:30 Europe/Berlin Wasser", "daily 08:30 Europe/Berlin [Wasser]");
    check("каждый день 8:30 вода и мир", "daily 08:30 Asia/Kabul [вода и мир]");
}

#[test]
fn a_half_of_the_day_moves_an_hour() {
    check("every evening at 8", "daily 20:00 Asia/Kabul []");
    check("every evening at 8:15 tides", "daily 20:15 Asia/Kabul [tides]");
    check("jeden Abend um 8", "daily 20:00 Asia/Kabul []");
    check("every night at 20:00", "daily 20:00 Asia/Kabul []");
    check("every morning at 8", "daily 08:00 Asia/Kabul []");
    check("in the mornings at 8", "daily 08:00 Asia/Kabul []");
    check("every morning", "NoTime");
    check("every evening at 8am", "daily 08:00 Asia/Kabul []");
    check("every evening at 8 pm", "daily 20:00 Asia/Kabul []");
}

#[test]
fn an_interval_that_no_schedule_has_is_named() {
    for typed in [
        "monthly",
        "Monthly 08:30",
        "every month at 8",
        "hourly",
        "every hour",
        "every weekend",
        "every other day",
        "every two weeks",
        "twice a day",
        "monatlich",
        "jeden Monat",
        "chaque mois",
        "cada mes",
        "каждый месяц",
        "هر ماه",
        "كل شهر",
        "yearly",
    ] {
        check(typed, &format!("Interval({typed:?})"));
    }
    for topic in
        ["monthly rent in Kabul", "yearly rainfall", "weekends in May", "25:00 o", "3 seas"]
    {
        check(topic, &format!("show [{topic}]"));
    }
    check("25:00", "Time(\"25:00\")");
}

#[test]
fn a_request_for_help_is_one() {
    for typed in ["help", "?", "How?", "Hilfe", "aide", "ayuda", "помощь", "راهنما", "مساعدة"]
    {
        check(typed, "Help");
    }
    check("help for farmers", "show [help for farmers]");
    assert_eq!(parse_watch("help"), WatchRequest::List);
}

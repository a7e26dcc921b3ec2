//! The time zones of the world, by the names of the IANA database.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// A time zone that is known. Its order is that of the names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zone(
    /// Its position in [`NAMES`].
    u16,
);

/// A text that names no time zone, or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAZone;

static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let database = TimeZoneDatabase::bundled();
    let mut names: Vec<_> = database.available().map(|name| name.as_str().to_owned()).collect();
    names.sort();
    names
});

const REGIONS: [&str; 9] = [
    "Africa",
    "America",
    "Antarctica",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];

impl Zone {
    /// The parts of the world, as in the first part of a name.
    pub fn regions() -> &'static [&'static str] {
        &REGIONS
    }

    /// The zones of a part of the world, by name, without those that are only another name for one.
    pub fn in_region(region: &str) -> Vec<Zone> {
        let is_there = |zone: &Zone| {
            let part = zone.name().split_once('/').map_or("", |(part, _)| part);
            part == region && zone.time_zone().is_primary()
        };
        all().filter(is_there).collect()
    }

    /// Where those who speak a language are likely to live; `code` is its primary subtag.
    pub fn suggested(code: &str) -> Vec<Zone> {
        let names: &[&str] = match code {
            "ar" => &["Africa/Cairo", "Asia/Riyadh", "Asia/Baghdad", "Asia/Dubai"],
            "de" => &["Europe/Berlin", "Europe/Vienna", "Europe/Zurich"],
            "en" => &["Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Kolkata"],
            "es" => &[
                "Europe/Madrid",
                "America/Mexico_City",
                "America/Argentina/Buenos_Aires",
                "America/Bogota",
            ],
            "fa" => &["Asia/Tehran", "Asia/Kabul"],
            "fr" => &["Europe/Paris", "Europe/Brussels", "America/Toronto", "Africa/Dakar"],
            "ru" => &["Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk"],
            _ => &["UTC"],
        };
        names.iter().filter_map(|name| Zone::named(name)).collect()
    }

    /// Its name in the IANA database.
    pub fn name(self) -> &'static str {
        // A zone is made only of a position in the list.
        NAMES.get(usize::from(self.0)).map_or("UTC", String::as_str)
    }

    /// Its name as people write it: that of a fixed offset counts eastwards, unlike the database.
    pub fn label(self) -> Cow<'static, str> {
        let offset = self.name().strip_prefix("Etc/GMT");
        match offset.and_then(|offset| Some((offset.get(..1)?, offset.get(1..)?))) {
            Some(("-", hours)) => Cow::Owned(format!("UTC+{hours}")),
            Some(("+", hours)) => Cow::Owned(format!("UTC-{hours}")),
            _ => Cow::Borrowed(self.name()),
        }
    }

    /// A time, in Unix seconds, as the clocks there show it: `2026-11-26 08:30`.
    pub fn local(self, time: i64) -> String {
        self.time_zone().to_datetime(super::timestamp(time)).strftime("%Y-%m-%d %H:%M").to_string()
    }

    pub(super) fn time_zone(self) -> TimeZone {
        // The names are those of this very database.
        TimeZoneDatabase::bundled().get(self.name()).unwrap_or(TimeZone::UTC)
    }

    /// The zone with this whole name, in any case.
    fn named(name: &str) -> Option<Zone> {
        all().find(|zone| zone.name().eq_ignore_ascii_case(name))
    }

    /// The zone whose name ends with these parts, if there is but one under whatever names.
    fn ending_with(parts: &str) -> Option<Zone> {
        let ends = |zone: &Zone| {
            let name = zone.name();
            let split = name.len().checked_sub(parts.len() + 1)?;
            let (head, tail) = (name.get(..=split)?, name.get(split + 1..)?);
            (head.ends_with('/') && tail.eq_ignore_ascii_case(parts)).then_some(*zone)
        };
        let found: Vec<_> = all().filter_map(|zone| ends(&zone)).collect();
        let first = found.first()?;
        let is_one = found.iter().all(|zone| zone.time_zone() == first.time_zone());
        is_one
            .then(|| first.time_zone().primary_iana_name().and_then(Zone::named).unwrap_or(*first))
    }

    /// The zone of a fixed offset in whole hours: `UTC+3`, `GMT-5`, `+03:00`.
    fn at_offset(text: &str) -> Option<Zone> {
        let text = text.to_ascii_uppercase();
        let offset = text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT")).unwrap_or(&text);
        let offset = offset.trim_start_matches('_').replace('−', "-");
        let is_east = offset.starts_with('+');
        let digits = offset.strip_prefix(['+', '-'])?;
        let hours = digits.strip_suffix(":00").unwrap_or(digits);
        let is_short = (1..=2).contains(&hours.len()) && hours.bytes().all(|b| b.is_ascii_digit());
        let hours: u8 = is_short.then(|| hours.parse().ok())??;
        // POSIX counts these westwards.
        match (hours, is_east) {
            (0, _) => Zone::named("UTC"),
            (_, true) => Zone::named(&format!("Etc/GMT-{hours}")),
            (_, false) => Zone::named(&format!("Etc/GMT+{hours}")),
        }
    }
}

fn all() -> impl Iterator<Item = Zone> {
    (0..).take(NAMES.len()).map(Zone)
}

impl FromStr for Zone {
    type Err = NotAZone;

    /// Reads a name in any case, with spaces for underscores; its last parts where no other zone has
    /// them; or an offset in whole hours.
    fn from_str(text: &str) -> Result<Self, NotAZone> {
        let name = text.trim().replace(char::is_whitespace, "_");
        Zone::named(&name)
            .or_else(|| Zone::at_offset(&name))
            .or_else(|| Zone::ending_with(&name))
            .ok_or(NotAZone)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({self})")
    }
}

impl fmt::Display for NotAZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time zone is written like `Europe/Berlin`")
    }
}

impl std::error::Error for NotAZone {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<&'static str> {
        text.parse::<Zone>().ok().map(Zone::name)
    }

    #[test]
    fn a_zone_is_read_as_people_name_it() {
        let check = |text: &str, expected| assert_eq!(read(text), expected, "{text}");
        check("europe/BERLIN", Some("Europe/Berlin"));
        check("Berlin", Some("Europe/Berlin"));
        check("New York", Some("America/New_York"));
        check("america/new york", Some("America/New_York"));
        check("Port of Spain", Some("America/Port_of_Spain"));
        check("utc", Some("UTC"));
        check("GMT", Some("GMT"));
        check("UTC+3", Some("Etc/GMT-3"));
        check("utc +03:00", Some("Etc/GMT-3"));
        check("GMT+5", Some("Etc/GMT-5"));
        check("Etc/GMT+5", Some("Etc/GMT+5"));
        check("-11", Some("Etc/GMT+11"));
        check("+0", Some("UTC"));
        // Two names of one zone, and two zones of one name.
        check("Istanbul", Some("Europe/Istanbul"));
        check("Buenos_Aires", Some("America/Argentina/Buenos_Aires"));
        check("Indiana/Knox", Some("America/Indiana/Knox"));
        check("Eastern", None);
        for wrong in ["", "/", "Atlantis", "Europe", "Europe/", "+05:30", "+15", "+", "8:30", "-é"]
        {
            check(wrong, None);
        }
    }

    #[test]
    fn every_zone_is_there_and_read_as_it_is_written() {
        assert!(all().count() > 500);
        for zone in all() {
            assert_eq!(zone.to_string().parse(), Ok(zone));
            assert!(TimeZoneDatabase::bundled().get(zone.name()).is_ok(), "{zone}");
        }
    }

    #[test]
    fn a_region_has_its_places_under_one_name() {
        for region in Zone::regions() {
            assert!(Zone::in_region(region).len() > 5, "{region}");
        }
        let asia: Vec<_> = Zone::in_region("Asia").into_iter().map(Zone::name).collect();
        assert!(asia.contains(&"Asia/Kolkata") && !asia.contains(&"Asia/Calcutta"));
        assert!(asia.is_sorted() && !asia.contains(&"Europe/Istanbul"));
        assert_eq!(Zone::in_region("Atlantis"), []);
    }

    #[test]
    fn a_language_suggests_zones_that_exist() {
        for (code, count) in [("ar", 4), ("de", 3), ("en", 4), ("es", 4), ("fa", 2), ("fr", 4)] {
            assert_eq!(Zone::suggested(code).len(), count, "{code}");
        }
        assert_eq!(Zone::suggested("ru").len(), 3);
        assert_eq!(Zone::suggested("xx"), [Zone::named("UTC").unwrap()]);
    }
}

//! Time zones, by the names of the IANA database.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use thiserror::Error;

/// A time zone of the IANA database, ordered by name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zone(
    /// The position in [`NAMES`].
    u16,
);

/// Error of a text that names no time zone, or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a time zone is written like `Europe/Berlin`")]
pub struct ParseZoneError;

/// Names of all zones, sorted.
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
    /// Returns the regions, which are the first parts of names.
    pub fn regions() -> &'static [&'static str] {
        &REGIONS
    }

    /// Returns the zones of a region, sorted by name, without aliases of other zones.
    pub fn in_region(region: &str) -> Vec<Zone> {
        let is_in_region = |zone: &Zone| {
            let prefix = zone.name().split_once('/').map_or("", |(prefix, _)| prefix);
            prefix == region && zone.time_zone().is_primary()
        };
        all().filter(is_in_region).collect()
    }

    /// Returns zones where many speakers of a language live. `code` is the primary subtag of the
    /// language.
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

    /// Returns the name in the IANA database.
    pub fn name(self) -> &'static str {
        // The position is valid, since zones are created from positions in the list only.
        NAMES.get(usize::from(self.0)).map_or("UTC", String::as_str)
    }

    /// Returns the name for readers. In the name of a fixed offset, `+` means east, unlike in the
    /// database.
    pub fn label(self) -> Cow<'static, str> {
        let offset = self.name().strip_prefix("Etc/GMT");
        match offset.and_then(|offset| Some((offset.get(..1)?, offset.get(1..)?))) {
            Some(("-", hours)) => Cow::Owned(format!("UTC+{hours}")),
            Some(("+", hours)) => Cow::Owned(format!("UTC-{hours}")),
            _ => Cow::Borrowed(self.name()),
        }
    }

    /// Formats a time, in Unix seconds, as the local time, such as `2026-11-26 08:30`.
    pub fn local(self, time: i64) -> String {
        self.time_zone().to_datetime(timestamp(time)).strftime("%Y-%m-%d %H:%M").to_string()
    }

    pub(super) fn time_zone(self) -> TimeZone {
        // The database has every zone, since the names are from this database.
        TimeZoneDatabase::bundled().get(self.name()).unwrap_or(TimeZone::UTC)
    }

    /// Returns the zone with this whole name, in any case.
    fn named(name: &str) -> Option<Zone> {
        all().find(|zone| zone.name().eq_ignore_ascii_case(name))
    }

    /// Returns the only zone whose name ends with `suffix`, which is one or more whole parts of a
    /// name. Aliases of the same zone count once.
    fn ending_with(suffix: &str) -> Option<Zone> {
        let ends = |zone: &Zone| {
            let name = zone.name();
            let split = name.len().checked_sub(suffix.len() + 1)?;
            let (head, tail) = (name.get(..=split)?, name.get(split + 1..)?);
            (head.ends_with('/') && tail.eq_ignore_ascii_case(suffix)).then_some(*zone)
        };
        let found: Vec<_> = all().filter_map(|zone| ends(&zone)).collect();
        let first = found.first()?;
        let is_unique = found.iter().all(|zone| zone.time_zone() == first.time_zone());
        is_unique
            .then(|| first.time_zone().primary_iana_name().and_then(Zone::named).unwrap_or(*first))
    }

    /// Returns the zone of a fixed offset in whole hours, such as `UTC+3`, `GMT-5` or `+03:00`.
    fn at_offset(text: &str) -> Option<Zone> {
        let text = text.to_ascii_uppercase();
        let offset = text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT")).unwrap_or(&text);
        let offset = offset.trim_start_matches('_').replace('−', "-");
        let is_east = offset.starts_with('+');
        let digits = offset.strip_prefix(['+', '-'])?;
        let hours = digits.strip_suffix(":00").unwrap_or(digits);
        let is_short = (1..=2).contains(&hours.len()) && hours.bytes().all(|b| b.is_ascii_digit());
        let hours: u8 = is_short.then(|| hours.parse().ok())??;
        // In these names, as in POSIX, `+` means west.
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

/// Converts Unix seconds to a timestamp. Clamps a time beyond the calendar to the end of the
/// calendar.
pub(super) fn timestamp(time: i64) -> Timestamp {
    let end = if time < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(time).unwrap_or(end)
}

impl FromStr for Zone {
    type Err = ParseZoneError;

    /// Parses a name in any case, with spaces or underscores; the last parts of a name, if they are
    /// unambiguous; or an offset in whole hours.
    fn from_str(text: &str) -> Result<Self, ParseZoneError> {
        let name = text.trim().replace(char::is_whitespace, "_");
        Zone::named(&name)
            .or_else(|| Zone::at_offset(&name))
            .or_else(|| Zone::ending_with(&name))
            .ok_or(ParseZoneError)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<&'static str> {
        text.parse::<Zone>().ok().map(Zone::name)
    }

    #[test]
    fn zone_is_parsed_from_the_names_that_people_use() {
        let check = |text: &str, expected| assert_eq!(parse(text), expected, "{text}");
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
        // The first three have several names for one zone, the last has several zones.
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
    fn zone_is_parsed_from_every_name_of_the_database() {
        assert!(all().count() > 500);
        for zone in all() {
            assert_eq!(zone.to_string().parse(), Ok(zone));
            assert!(TimeZoneDatabase::bundled().get(zone.name()).is_ok(), "{zone}");
        }
    }

    #[test]
    fn zone_region_lists_each_zone_under_one_name() {
        for region in Zone::regions() {
            assert!(Zone::in_region(region).len() > 5, "{region}");
        }
        let asia: Vec<_> = Zone::in_region("Asia").into_iter().map(Zone::name).collect();
        assert!(asia.contains(&"Asia/Kolkata") && !asia.contains(&"Asia/Calcutta"));
        assert!(asia.is_sorted() && !asia.contains(&"Europe/Istanbul"));
        assert_eq!(Zone::in_region("Atlantis"), []);
    }

    #[test]
    fn zone_suggestions_of_languages_exist() {
        for (code, count) in [("ar", 4), ("de", 3), ("en", 4), ("es", 4), ("fa", 2), ("fr", 4)] {
            assert_eq!(Zone::suggested(code).len(), count, "{code}");
        }
        assert_eq!(Zone::suggested("ru").len(), 3);
        assert_eq!(Zone::suggested("xx"), [Zone::named("UTC").unwrap()]);
    }
}

//! The filter of the log. A wrong filter is rejected when the configuration is loaded, since it
//! would silence the log. Pure.

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Hint that lists the accepted values.
pub(super) const EXPECTED: &str = "give one of off, error, warn, info, debug and trace, or a filter such as \"warn,verbatim=debug\"";

/// Parses a level, or a comma-separated list of levels and `target=level` entries, to the format of
/// `tracing`. An error is the cause, which does not repeat the value.
pub(super) fn parse(raw: &str) -> Result<String, &'static str> {
    if raw.trim().is_empty() {
        return Err("expected a level, got an empty text");
    }
    let entries: Result<Vec<_>, _> = raw.split(',').map(parse_entry).collect();
    entries.map(|entries| entries.join(","))
}

fn parse_entry(raw: &str) -> Result<String, &'static str> {
    let (target, level) = match raw.split_once('=') {
        Some((target, level)) => (Some(target.trim()), level.trim()),
        None => (None, raw.trim()),
    };
    let lower = level.to_ascii_lowercase();
    if raw.trim().is_empty() {
        return Err("expected a level, got an empty entry between commas");
    }
    if !LEVELS.contains(&lower.as_str()) {
        return Err("this is not a level of the log");
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '-');
    match target {
        None => Ok(lower),
        Some(target) if !target.is_empty() && target.chars().all(is_part) => {
            Ok(format!("{target}={lower}"))
        }
        Some(_) => Err("expected the name of a module before `=`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_filter_accepts_levels_and_modules() {
        let check = |raw: &str, expected: &str| {
            assert_eq!(parse(raw).as_deref(), Ok(expected), "{raw}");
        };
        check("info", "info");
        check(" WARN ", "warn");
        check("off", "off");
        check("warn,verbatim=debug", "warn,verbatim=debug");
        check(
            "trace, reqwest::connect = Trace ,hyper_util=debug",
            "trace,reqwest::connect=trace,hyper_util=debug",
        );
    }

    #[test]
    fn log_filter_rejects_filters_that_would_silence_the_log() {
        for raw in [
            "",
            " ",
            "loud",
            "verbatim",
            "verbatim=loud",
            "verbatim=",
            "=info",
            "info,=x",
            "info,",
            ",",
            "info;debug",
            "info debug",
            "info,hyper[span]=debug",
            "verbatim=info=debug",
            "5",
            "warning",
            "info/x",
        ] {
            assert!(parse(raw).is_err(), "{raw}");
        }
    }
}

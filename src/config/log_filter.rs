//! The filter of the log, checked before it is used: a filter that cannot be read would silence
//! everything. Pure.

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Expected values, for a problem's hint.
pub(super) const EXPECTED: &str = "give one of off, error, warn, info, debug and trace, or a filter such as \"warn,verbatim=debug\"";

/// Parses a level, or a list of levels and `target=level` entries with commas between them, into
/// the form that `tracing` reads; else returns the cause, which repeats nothing of the value.
pub(super) fn parse(typed: &str) -> Result<String, &'static str> {
    if typed.trim().is_empty() {
        return Err("expected a level, got an empty text");
    }
    let entries: Result<Vec<_>, _> = typed.split(',').map(entry).collect();
    entries.map(|entries| entries.join(","))
}

fn entry(typed: &str) -> Result<String, &'static str> {
    let (target, level) = match typed.split_once('=') {
        Some((target, level)) => (Some(target.trim()), level.trim()),
        None => (None, typed.trim()),
    };
    let lower = level.to_ascii_lowercase();
    if typed.trim().is_empty() {
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
    fn log_filter_takes_levels_and_modules() {
        let check = |typed: &str, expected: &str| {
            assert_eq!(parse(typed).as_deref(), Ok(expected), "{typed}");
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
    fn log_filter_refuses_what_would_silence_the_log() {
        for typed in [
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
            assert!(parse(typed).is_err(), "{typed}");
        }
    }
}

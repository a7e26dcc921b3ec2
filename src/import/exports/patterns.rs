//! Regular expressions that are compiled once.

/// Defines a static regular expression.
macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
            regex::Regex::new($pattern).expect("the pattern is a valid constant")
        });
    };
}

pub(super) use pattern;

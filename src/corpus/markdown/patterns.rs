//! Patterns of markup, compiled once.

/// Declares a regular expression as a static item.
macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
            regex::Regex::new($pattern).expect("the pattern is a literal that its tests compile")
        });
    };
}

pub(super) use pattern;

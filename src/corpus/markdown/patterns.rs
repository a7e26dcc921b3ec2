//! Patterns of markup, compiled once.

/// Maximum size of the cache of a pattern, in bytes. A search that needs more is slower.
pub(super) const CACHE_BYTES: usize = 32 << 10;

/// Declares a regular expression as a static item.
macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
            let mut builder = regex::RegexBuilder::new($pattern);
            // Each thread that searches has a cache of this size for each pattern.
            builder.dfa_size_limit(crate::corpus::markdown::patterns::CACHE_BYTES);
            builder.build().expect("the pattern is a literal that its tests compile")
        });
    };
}

pub(super) use pattern;

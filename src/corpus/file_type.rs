//! File types of articles, by extension. Pure.

use std::path::Path;

/// Returns whether a path has the extension of an article: `md`, `markdown`, `mdx` or `txt`
/// in any case.
pub fn has_known_extension(path: &Path) -> bool {
    path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| {
        ["md", "markdown", "mdx", "txt"].iter().any(|known| extension.eq_ignore_ascii_case(known))
    })
}

/// Returns whether a path ends with `.txt` in any case.
pub fn is_plain_text(file: &str) -> bool {
    file.len() >= 4 && file.as_bytes()[file.len() - 4..].eq_ignore_ascii_case(b".txt")
}

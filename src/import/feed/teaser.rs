//! Recognition of entries that are only the start or a summary of the page behind them.

use super::Entry;
use crate::import::xml::{html_text, one_line};

/// Number of characters from which a description is the whole text.
const WHOLE_CHARS: usize = 1500;
/// Number of characters from which an ellipsis at the end is the author's.
const MAX_CUT_CHARS: usize = 3000;
/// Maximum length in characters of a link to the rest, such as "Continue reading".
const MAX_LINK_CHARS: usize = 120;

/// Ends of a text that was cut.
const ELLIPSES: [&str; 6] = ["…", "...", "[…]", "[...]", "(…)", "(...)"];
/// Texts of a link to the rest, in lower case.
const LINKS: [&str; 26] = [
    "read more",
    "read on",
    "read the rest",
    "read the full",
    "read full",
    "read the whole",
    "continue reading",
    "keep reading",
    "full story",
    "full article",
    "view article",
    "learn more",
    "weiterlesen",
    "mehr lesen",
    "lire la suite",
    "lire plus",
    "leer más",
    "seguir leyendo",
    "continua a leggere",
    "leggi tutto",
    "leia mais",
    "continue lendo",
    "lees meer",
    "читать далее",
    "читать дальше",
    "czytaj dalej",
];

/// Returns whether an entry has only a teaser of its page.
pub fn is_teaser(entry: &Entry) -> bool {
    let text = |html: &Option<String>| html.as_deref().map(plain).unwrap_or_default();
    let (summary, content) = (text(&entry.summary_html), text(&entry.content_html));
    let main = if content.is_empty() { &summary } else { &content };
    let chars = main.chars().count();
    if chars == 0 || has_link_to_rest(main) || (chars < MAX_CUT_CHARS && is_cut(main)) {
        return true;
    }
    let is_summary = content.is_empty() || content == summary;
    is_summary && chars < WHOLE_CHARS
}

/// Returns the text of HTML without the sentence about its origin that WordPress appends.
fn plain(html: &str) -> String {
    let text = one_line(&html_text(html));
    let origin = text.rfind("The post ").filter(|at| text[*at..].contains("appeared first on"));
    text[..origin.unwrap_or(text.len())].trim_end().to_owned()
}

fn is_cut(text: &str) -> bool {
    ELLIPSES.iter().any(|end| text.ends_with(end))
}

/// Returns whether the end of a text is that of a link to the rest.
fn has_link_to_rest(text: &str) -> bool {
    let start = text.char_indices().rev().nth(MAX_LINK_CHARS).map_or(0, |(at, _)| at);
    let end = text[start..].to_lowercase();
    let end = end.trim_end_matches(|c: char| !c.is_alphanumeric());
    LINKS.iter().any(|link| {
        // The title of the page may follow, as in `Continue reading “The tides”`.
        let after_mark = ["… ", "...", "[…] ", "] "].iter().any(|mark| {
            end.rfind(link).is_some_and(|at| end[..at].trim_end().ends_with(mark.trim_end()))
        });
        end.ends_with(link) || after_mark
    })
}

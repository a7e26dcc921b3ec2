//! Markers that a line begins with: of list items and of captions.

/// Bullets of lists.
const BULLETS: [char; 20] = [
    '•', '◦', '▪', '‣', '●', '○', '■', '□', '➢', '➤', '✓', '✔', '▶', '►', '∙', '·', '⁃', '–', '◆',
    '❖',
];

/// Words that a caption begins with, in lower case.
const CAPTIONS: [&str; 14] = [
    "figure",
    "fig.",
    "fig",
    "table",
    "tab.",
    "abbildung",
    "abb.",
    "tabelle",
    "tableau",
    "tabla",
    "figura",
    "рис.",
    "рисунок",
    "таблица",
];

/// Marker at the start of a list item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marker {
    Bullet,
    /// A decimal number with a full stop or a parenthesis.
    Number(u32),
    /// A letter or Roman number with its punctuation, which Markdown has no list for.
    Letter(String),
}

/// Returns the marker that a line begins with, and the text after it.
pub fn marker(text: &str) -> Option<(Marker, &str)> {
    let text = text.trim_start();
    let first = text.chars().next()?;
    let after = &text[first.len_utf8()..];
    if BULLETS.contains(&first) || matches!(first, '-' | '*') {
        let is_tight = matches!(first, '–' | '-' | '*' | '·');
        let rest = after.trim_start();
        let is_text = rest.contains(char::is_alphanumeric);
        let is_marker = (!is_tight || after.starts_with(' ')) && is_text;
        return is_marker.then_some((Marker::Bullet, rest));
    }
    let (label, rest) = text.split_once(' ')?;
    let inner = label.trim_start_matches('(').trim_end_matches([')', '.']);
    let has_mark = label.ends_with(['.', ')']) && label.len() - inner.len() <= 2;
    if !has_mark || inner.is_empty() || rest.trim().is_empty() {
        return None;
    }
    let is_digits = inner.len() <= 3 && inner.chars().all(|c| c.is_ascii_digit());
    let is_letter = inner.len() == 1 && inner.chars().all(|c| c.is_ascii_alphabetic());
    let is_roman = inner.len() <= 5 && inner.chars().all(|c| "ivx".contains(c));
    match inner.parse() {
        Ok(number) if is_digits && !label.starts_with('(') => {
            Some((Marker::Number(number), rest.trim_start()))
        }
        _ if is_digits => Some((Marker::Letter(label.to_owned()), rest.trim_start())),
        // A capital letter with a full stop may be an initial: "J. Tide".
        _ if is_letter && (label.ends_with(')') || inner.chars().all(char::is_lowercase)) => {
            Some((Marker::Letter(label.to_owned()), rest.trim_start()))
        }
        _ if is_roman => Some((Marker::Letter(label.to_owned()), rest.trim_start())),
        _ => None,
    }
}

/// Returns whether a text is the caption of a figure or a table.
pub fn is_caption(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default().to_lowercase();
    let number = words.next().unwrap_or_default();
    CAPTIONS.contains(&first.as_str()) && number.chars().any(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marker_of_a_list_item_is_found() {
        let check = |text: &str, expected: Option<(Marker, &str)>| {
            assert_eq!(marker(text), expected, "{text}");
        };
        let letter = |label: &str| Marker::Letter(label.to_owned());
        check("• The tide", Some((Marker::Bullet, "The tide")));
        check("•The tide", Some((Marker::Bullet, "The tide")));
        check("- The tide", Some((Marker::Bullet, "The tide")));
        check("-5 degrees", None);
        check("12. The tide", Some((Marker::Number(12), "The tide")));
        check("a) The tide", Some((letter("a)"), "The tide")));
        check("(iv) The tide", Some((letter("(iv)"), "The tide")));
        check("J. Tide", None);
        check("1995 was", None);
        check("1.5 metres", None);
    }
}

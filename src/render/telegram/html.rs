//! Telegram HTML: escaping, names and marked quotes.

use std::ops::Range;

use super::text::{MAX_NAME_UNITS, isolate, truncate};
use crate::render::messages::Messages;

/// Maximum number of marks in a quote. Each is an entity, and Telegram ignores those after the
/// hundredth of a message.
const MAX_MARKS: usize = 20;

/// Beginning of the tag of a time (Bot API 9.5).
const TIME_TAG: &str = "<tg-time ";

/// Escapes text for an HTML element.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Returns a link with an escaped URL around `inner_html`.
pub fn link_html(url: &str, inner_html: &str) -> String {
    format!("<a href=\"{}\">{inner_html}</a>", escape(url).replace('"', "&quot;"))
}

/// Returns a line as HTML, in which `shown`, a local time, is shown in the time zone of the reader.
/// Clients that do not know such times show `shown`. `unix` is in seconds.
pub fn line_with_time(line: &str, shown: &str, unix: i64) -> String {
    let (line, shown) = (escape(line), escape(shown));
    let time = format!("{TIME_TAG}unix=\"{unix}\" format=\"dt\">{shown}</tg-time>");
    line.replacen(&shown, &time, 1)
}

/// Returns HTML with its times as plain text, for a Bot API server that does not know them.
/// Returns `None` if there are no times.
pub fn without_times(html: &str) -> Option<String> {
    let (first, rest) = html.split_once(TIME_TAG)?;
    let inside = |part: &str| part.split_once('>').map_or(String::new(), |(_, text)| text.into());
    let rest: String = rest.split(TIME_TAG).map(inside).collect();
    Some(format!("{first}{rest}").replace("</tg-time>", ""))
}

/// Returns a title or heading as HTML, truncated to [`MAX_NAME_UNITS`].
pub fn name_html(name: &str, messages: &Messages) -> String {
    escape(&isolate(&truncate(name, MAX_NAME_UNITS), messages))
}

/// Returns a title or heading as bold HTML.
pub fn bold_name(name: &str, messages: &Messages) -> String {
    format!("<b>{}</b>", name_html(name, messages))
}

/// Returns the quote as HTML with the marked byte ranges in bold.
pub fn quote_html(quote: &str, marks: &[Range<usize>]) -> String {
    let mut html = String::with_capacity(quote.len() + 16 * marks.len());
    let mut at = 0;
    for mark in marks.iter().take(MAX_MARKS) {
        html.push_str(&escape(&quote[at..mark.start]));
        html.push_str("<b>");
        html.push_str(&escape(&quote[mark.clone()]));
        html.push_str("</b>");
        at = mark.end;
    }
    html + &escape(&quote[at..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_shown_in_the_zone_of_the_reader_and_can_be_removed() {
        let line = line_with_time("Next: 2026-01-05 08:30 & more", "2026-01-05 08:30", 1767601800);
        assert_eq!(
            line,
            "Next: <tg-time unix=\"1767601800\" format=\"dt\">2026-01-05 08:30</tg-time> &amp; more"
        );
        let two = format!("<b>a</b> {line}\n{line}");
        let plain = "Next: 2026-01-05 08:30 &amp; more";
        assert_eq!(without_times(&two), Some(format!("<b>a</b> {plain}\n{plain}")));
        assert_eq!(without_times("<b>a</b>"), None);
    }

    fn without_markup(html: &str) -> String {
        let bare = html.replace("<b>", "").replace("</b>", "");
        bare.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    }

    proptest! {
        #[test]
        fn marks_and_escapes_keep_every_character(
            parts in prop::collection::vec("[a-z&<>\";é😀 ]{1,8}", 1..12)
        ) {
            let quote = parts.concat();
            let mut marks = Vec::new();
            let mut at = 0;
            for (position, part) in parts.iter().enumerate() {
                if position % 2 == 1 {
                    marks.push(at..at + part.len());
                }
                at += part.len();
            }
            prop_assert_eq!(without_markup(&quote_html(&quote, &marks)), quote);
        }
    }
}

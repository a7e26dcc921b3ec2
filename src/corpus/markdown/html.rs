//! Pieces of HTML: tags and text with their byte ranges. Pure.

use std::ops::Range;

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// A piece of HTML; comments and declarations are left out.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    Open { name: String, is_empty: bool, range: Range<usize> },
    Close { name: String, range: Range<usize> },
    Text(Range<usize>),
}

/// Returns the pieces of `html` in their order.
pub fn pieces(html: &str) -> Vec<Piece> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut pieces = Vec::new();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                pieces.push(Piece::Open {
                    name: lower(&tag.name),
                    is_empty: tag.self_closing,
                    range: checked(html, tag.span.start..tag.span.end),
                });
            }
            Token::EndTag(tag) => pieces.push(Piece::Close {
                name: lower(&tag.name),
                range: checked(html, tag.span.start..tag.span.end),
            }),
            Token::String(text) => {
                pieces.push(Piece::Text(checked(html, text.span.start..text.span.end)));
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    pieces
}

fn lower(name: &[u8]) -> String {
    String::from_utf8_lossy(name).to_ascii_lowercase()
}

/// Returns a range that lies in `html` at character boundaries.
fn checked(html: &str, range: Range<usize>) -> Range<usize> {
    let start = html.floor_char_boundary(range.start.min(html.len()));
    start..html.floor_char_boundary(range.end.min(html.len())).max(start)
}

/// Returns the parts of a text of HTML: literal parts, and character references with the
/// characters that they mean.
pub fn references(text: &str) -> Vec<(Range<usize>, Option<String>)> {
    const MAX_REFERENCE_BYTES: usize = 40;
    let mut parts = Vec::new();
    let mut at = 0;
    for (start, _) in text.match_indices('&') {
        let rest = &text[start..text.floor_char_boundary(start + MAX_REFERENCE_BYTES)];
        let Some(end) = rest.find(';').map(|end| start + end + 1) else { continue };
        let source = &text[start..end];
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '#';
        if start < at || !source[1..source.len() - 1].chars().all(is_name) {
            continue;
        }
        let shown = decoded(source);
        if shown != source && !shown.is_empty() {
            parts.push((at..start, None));
            parts.push((start..end, Some(shown)));
            at = end;
        }
    }
    parts.push((at..text.len(), None));
    parts.retain(|(range, _)| !range.is_empty());
    parts
}

/// Returns the characters that a character reference means.
fn decoded(source: &str) -> String {
    let mut shown = String::new();
    for token in Tokenizer::new(source) {
        let Ok(token) = token;
        if let Token::String(text) = token {
            shown.push_str(&String::from_utf8_lossy(&text.value));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_pieces_have_the_ranges_of_their_source() {
        let html = "a <b class='x'>ü &amp; d</b><!-- e --><br/>\r\nf<script>1 < 2</script>";
        let shown: Vec<_> = pieces(html)
            .into_iter()
            .map(|piece| match piece {
                Piece::Open { name, is_empty, range } => {
                    format!("{name} {is_empty} {}", &html[range])
                }
                Piece::Close { name, range } => format!("{name} {}", &html[range]),
                Piece::Text(range) => html[range].to_owned(),
            })
            .collect();
        assert_eq!(
            shown,
            [
                "a ",
                "b false <b class='x'>",
                "ü &amp; d",
                "b </b>",
                "br true <br/>",
                "\r\nf",
                "script false <script>",
                "1 < 2",
                "script </script>"
            ]
        );
    }

    #[test]
    fn html_references_are_decoded() {
        #[track_caller]
        fn check(text: &str, expected: &[(&str, Option<&str>)]) {
            let found = references(text);
            let found: Vec<_> = found
                .iter()
                .map(|(range, shown)| (&text[range.clone()], shown.as_deref()))
                .collect();
            assert_eq!(found, expected, "{text:?}");
        }
        check("a &amp; b", &[("a ", None), ("&amp;", Some("&")), (" b", None)]);
        check("&#x2014;&eacute;", &[("&#x2014;", Some("—")), ("&eacute;", Some("é"))]);
        check("AT&T; & co", &[("AT&T; & co", None)]);
        check("&unknown;", &[("&unknown;", None)]);
        check("", &[]);
    }
}

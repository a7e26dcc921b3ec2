//! A quote with its source as one line of plain text, for a clipboard. Pure.

use std::borrow::Cow;
use std::ops::Range;

use super::{
    Action, Button, Message, NAME_UNITS, RenderContext, StartPayload, escape, prefix, title, units,
};
use crate::answer::{AnswerCursor, Excerpt};
use crate::render::messages::Messages;

/// Telegram's limit for a text to copy, in characters.
const MAX_CHARS: usize = 256;
/// A citation without at least so much of its quote is none.
const MIN_QUOTE_CHARS: usize = 40;
/// Signs behind a quote whose last sentences are left out, and behind one that ends inside a sentence.
const LEFT_OUT: &str = " […]";
const CUT: &str = " …";
/// The longest quote and link of a citation in a message, in UTF-16 units.
const MAX_QUOTE_UNITS: usize = 2800;
const MAX_LINK_UNITS: usize = 600;

/// A citation as far as a clipboard takes it.
pub struct Citation {
    pub text: String,
    /// Whether it has the whole quote.
    pub is_whole: bool,
}

/// Returns `“quote” — authors, title, section, link` in at most 256 characters. What does not fit is left
/// out in this order: the section, the authors, the title, the end of the quote. A quote without its end has
/// whole sentences and `[…]` behind its marks, or whole words and `…`.
pub fn citation(excerpt: &Excerpt, deep_link: &str, words: &Messages) -> Citation {
    let place = excerpt.place();
    let article = &place.article;
    let authors = article.authors.join(", ");
    let section = title(place.section(), words);
    let link = article.source_url.as_deref().filter(|url| url.chars().count() <= MAX_CHARS / 3);
    let link = link.unwrap_or(deep_link);
    let quote = excerpt.quote();
    let (open, close) = marks_for(quote);
    let sources: [&[&str]; 4] = [
        &[&authors, &article.title, &section, link],
        &[&authors, &article.title, link],
        &[&article.title, link],
        &[link],
    ];
    let sources = sources.map(joined);
    // The marks around the quote take two.
    let room = |source: &String| MAX_CHARS.saturating_sub(source.chars().count() + 2);
    let whole = sources.iter().find(|source| quote.chars().count() <= room(source));
    if let Some(source) = whole {
        return Citation { text: format!("{open}{quote}{close}{source}"), is_whole: true };
    }
    let room = |source: &String| room(source).saturating_sub(LEFT_OUT.chars().count());
    let source = sources.iter().find(|source| room(source) >= MIN_QUOTE_CHARS);
    let source = source.unwrap_or(&sources[3]);
    let (shown, sign) = match whole_sentences(excerpt, room(source)) {
        Some(sentences) => (sentences, LEFT_OUT),
        None => (cut(quote, room(source)), CUT),
    };
    Citation { text: format!("{open}{shown}{close}{sign}{source}"), is_whole: false }
}

/// Returns a quote with its whole source as a text to copy by a tap.
pub fn whole_citation(
    excerpt: &Excerpt,
    trail: AnswerCursor,
    frame: &RenderContext<'_>,
) -> Message {
    let place = excerpt.place();
    let article = &place.article;
    let payload = StartPayload::Passage(place.section().id, excerpt.passage().id);
    let link = article.source_url.clone().filter(|url| units(url) <= MAX_LINK_UNITS);
    let link = link.unwrap_or_else(|| (frame.link)(payload));
    let authors = article.authors.join(", ");
    let section = title(place.section(), frame.messages);
    let parts = [&authors, &article.title, &*section].map(|part| named_within(part));
    let source = joined(&[&parts[0], &parts[1], &parts[2], &link]);
    let quote = excerpt.quote();
    let (open, close) = marks_for(quote);
    // A message holds no more; that it is cut is said.
    let end = prefix(quote, MAX_QUOTE_UNITS);
    let (shown, sign) = match end == quote.len() {
        true => (quote, ""),
        false => (cut(quote, quote[..end].chars().count()), CUT),
    };
    let html = format!("<code>{}</code>", escape(&format!("{open}{shown}{close}{sign}{source}")));
    let back = Button::new(&frame.messages.button_quote(), Action::Quote(trail));
    Message { html, buttons: vec![vec![back]] }
}

fn named_within(name: &str) -> Cow<'_, str> {
    super::cut(name, NAME_UNITS)
}

/// Returns what follows a quote: the parts of its source that there are.
fn joined(parts: &[&str]) -> String {
    let parts: Vec<_> = parts.iter().filter(|part| !part.is_empty()).copied().collect();
    format!(" — {}", parts.join(", "))
}

/// Returns quotation marks that are not taken for the quote's own.
fn marks_for(quote: &str) -> (char, char) {
    if quote.contains(['“', '”', '„']) { ('«', '»') } else { ('“', '”') }
}

/// Returns the first whole sentences of a quote that fit, if there are such.
fn whole_sentences(excerpt: &Excerpt, chars: usize) -> Option<&str> {
    let (quote, range) = (excerpt.quote(), excerpt.range());
    let inside = |sentence: &&Range<usize>| sentence.end > range.start && sentence.end < range.end;
    let ends = excerpt.passage().sentences.iter().filter(inside);
    let prefixes = ends.filter_map(|sentence| quote.get(..sentence.end - range.start));
    let mut prefixes = prefixes.map(str::trim_end);
    prefixes.rfind(|text| !text.is_empty() && text.chars().count() <= chars)
}

/// The first whole words of a quote that fit; the first characters of a longer word.
fn cut(quote: &str, chars: usize) -> &str {
    let end = quote.char_indices().nth(chars).map_or(quote.len(), |(end, _)| end);
    let is_word_end = quote[end..].starts_with(char::is_whitespace) || end == quote.len();
    let word_end = if is_word_end { Some(end) } else { quote[..end].rfind(char::is_whitespace) };
    quote[..word_end.filter(|end| *end > 0).unwrap_or(end)].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_cut_after_a_word() {
        assert_eq!(cut("the tide falls", 14), "the tide falls");
        assert_eq!(cut("the tide falls", 10), "the tide");
        assert_eq!(cut("the tide falls", 8), "the tide");
        assert_eq!(cut("ébbandflow", 3), "ébb");
        assert_eq!(cut("", 3), "");
    }
}

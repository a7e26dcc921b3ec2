//! Citations: a quote with its source as one line of plain text.

use std::ops::Range;

use super::action::{Action, StartPayload};
use super::context::RenderContext;
use super::html::escape;
use super::message::{Button, Message};
use super::text::{MAX_NAME_UNITS, prefix_len, section_title, truncate, utf16_len};
use crate::answer::{AnswerCursor, Excerpt};
use crate::render::messages::Messages;

/// Maximum length of a text that a Telegram button copies, in chars.
const MAX_CHARS: usize = 256;
/// Minimum length of the quote in a citation, in chars.
const MIN_QUOTE_CHARS: usize = 40;
/// Sign after a quote whose last sentences are omitted.
const OMISSION_SIGN: &str = " […]";
/// Sign after a quote that ends within a sentence.
const CUT_SIGN: &str = " …";
/// Maximum length of the quote in a citation message, in UTF-16 code units.
const MAX_QUOTE_UNITS: usize = 2800;
/// Maximum length of the source's URL in a citation message, in UTF-16 code units.
const MAX_LINK_UNITS: usize = 600;

/// Citation that fits on a button.
pub struct Citation {
    pub text: String,
    /// Whether the citation has the whole quote.
    pub is_whole: bool,
}

/// Returns `“quote” — authors, title, section, link` in at most 256 characters. If it is too long,
/// parts are omitted in this order: section, authors, title, end of the quote. A truncated quote
/// has whole sentences and a final `[…]`, or whole words and a final `…`.
pub fn citation(excerpt: &Excerpt, deep_link: &str, messages: &Messages) -> Citation {
    let place = excerpt.place();
    let article = &place.article;
    let authors = article.authors.join(", ");
    let section = cited_section(excerpt, messages);
    let link = article.source_url.as_deref().filter(|url| url.chars().count() <= MAX_CHARS / 3);
    let link = link.unwrap_or(deep_link);
    let quote = excerpt.quote();
    let (open, close) = quotation_marks(quote);
    let sources: [&[&str]; 4] = [
        &[&authors, &article.title, &section, link],
        &[&authors, &article.title, link],
        &[&article.title, link],
        &[link],
    ];
    let sources = sources.map(source_suffix);
    // The quotation marks are two characters.
    let room = |source: &String| MAX_CHARS.saturating_sub(source.chars().count() + 2);
    let whole = sources.iter().find(|source| quote.chars().count() <= room(source));
    if let Some(source) = whole {
        return Citation { text: format!("{open}{quote}{close}{source}"), is_whole: true };
    }
    let room = |source: &String| room(source).saturating_sub(OMISSION_SIGN.chars().count());
    let source = sources.iter().find(|source| room(source) >= MIN_QUOTE_CHARS);
    let source = source.unwrap_or(&sources[3]);
    let (shown, sign) = match whole_sentences(excerpt, room(source)) {
        Some(sentences) => (sentences, OMISSION_SIGN),
        None => (whole_words(quote, room(source)), CUT_SIGN),
    };
    Citation { text: format!("{open}{shown}{close}{sign}{source}"), is_whole: false }
}

/// Returns a message with the quote and its full source. Telegram copies the text on a tap.
pub fn whole_citation(excerpt: &Excerpt, cursor: AnswerCursor, ctx: &RenderContext<'_>) -> Message {
    let place = excerpt.place();
    let article = &place.article;
    let payload = StartPayload::Passage(place.section().id, excerpt.passage().id);
    let link = article.source_url.clone().filter(|url| utf16_len(url) <= MAX_LINK_UNITS);
    let link = link.unwrap_or_else(|| (ctx.link)(payload));
    let authors = article.authors.join(", ");
    let section = cited_section(excerpt, ctx.messages);
    let parts = [&authors, &article.title, &section].map(|part| truncate(part, MAX_NAME_UNITS));
    let source = source_suffix(&[&parts[0], &parts[1], &parts[2], &link]);
    let quote = excerpt.quote();
    let (open, close) = quotation_marks(quote);
    let end = prefix_len(quote, MAX_QUOTE_UNITS);
    let (shown, sign) = match end == quote.len() {
        true => (quote, ""),
        false => (whole_words(quote, quote[..end].chars().count()), CUT_SIGN),
    };
    let html = format!("<code>{}</code>", escape(&format!("{open}{shown}{close}{sign}{source}")));
    let back = Button::new(&ctx.messages.button_quote(), Action::Quote(cursor));
    Message { html, buttons: vec![vec![back]] }
}

/// Returns the section of a quote, with the page of the printed original if it is known.
fn cited_section(excerpt: &Excerpt, messages: &Messages) -> String {
    let section = section_title(excerpt.place().section(), messages);
    match excerpt.page() {
        Some(page) => format!("{section}, {}", messages.page_number(&page.to_string())),
        None => section.into_owned(),
    }
}

/// Returns the text after a quote: the non-empty parts of its source.
fn source_suffix(parts: &[&str]) -> String {
    let parts: Vec<_> = parts.iter().filter(|part| !part.is_empty()).copied().collect();
    format!(" — {}", parts.join(", "))
}

/// Returns opening and closing quotation marks that differ from those within the quote.
fn quotation_marks(quote: &str) -> (char, char) {
    if quote.contains(['“', '”', '„']) { ('«', '»') } else { ('“', '”') }
}

/// Returns the first whole sentences of a quote with at most `chars` characters, if any.
fn whole_sentences(excerpt: &Excerpt, chars: usize) -> Option<&str> {
    let (quote, range) = (excerpt.quote(), excerpt.range());
    let inside = |sentence: &&Range<usize>| sentence.end > range.start && sentence.end < range.end;
    let ends = excerpt.passage().sentences.iter().filter(inside);
    let prefixes = ends.filter_map(|sentence| quote.get(..sentence.end - range.start));
    let mut prefixes = prefixes.map(str::trim_end);
    prefixes.rfind(|text| !text.is_empty() && text.chars().count() <= chars)
}

/// Returns the first whole words of a quote with at most `chars` characters, or the start of a
/// longer word.
fn whole_words(quote: &str, chars: usize) -> &str {
    let end = quote.char_indices().nth(chars).map_or(quote.len(), |(end, _)| end);
    let is_word_end = quote[end..].starts_with(char::is_whitespace) || end == quote.len();
    let word_end = if is_word_end { Some(end) } else { quote[..end].rfind(char::is_whitespace) };
    quote[..word_end.filter(|end| *end > 0).unwrap_or(end)].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citation_truncates_the_quote_after_a_word() {
        assert_eq!(whole_words("the tide falls", 14), "the tide falls");
        assert_eq!(whole_words("the tide falls", 10), "the tide");
        assert_eq!(whole_words("the tide falls", 8), "the tide");
        assert_eq!(whole_words("ébbandflow", 3), "ébb");
        assert_eq!(whole_words("", 3), "");
    }
}

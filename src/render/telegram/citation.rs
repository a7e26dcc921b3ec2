//! A quote with its source as one line of plain text, for a clipboard. Pure.

use super::title;
use crate::answer::Excerpt;
use crate::render::words::Words;

/// Telegram's limit for a text to copy, in characters.
const MAX_CHARS: usize = 256;
/// A citation without at least so much of its quote is none.
const MIN_QUOTE_CHARS: usize = 40;

/// `“quote” — authors, title, section, link`: at most 256 characters. What does not fit is left
/// out in this order: the section, the authors, the title, the end of the quote (after a word).
pub fn citation(excerpt: &Excerpt, deep_link: &str, words: &Words) -> String {
    let place = excerpt.place();
    let article = &place.article;
    let authors = article.authors.join(", ");
    let section = title(place.section(), words);
    let link = article.source_url.as_deref().filter(|url| url.chars().count() <= MAX_CHARS / 3);
    let link = link.unwrap_or(deep_link);
    let quote = excerpt.quote();
    // Marks of the quote's own must not be taken for ours.
    let (open, close) =
        if quote.contains(['“', '”', '„']) { ('«', '»') } else { ('“', '”') };
    let sources: [&[&str]; 4] = [
        &[&authors, &article.title, &section, link],
        &[&authors, &article.title, link],
        &[&article.title, link],
        &[link],
    ];
    let sources = sources.map(|parts| {
        let parts: Vec<_> = parts.iter().filter(|part| !part.is_empty()).copied().collect();
        format!("{close} — {}", parts.join(", "))
    });
    let room = |source: &String| MAX_CHARS.saturating_sub(source.chars().count() + 1);
    let whole = sources.iter().find(|source| quote.chars().count() <= room(source));
    if let Some(source) = whole {
        return format!("{open}{quote}{source}");
    }
    let source = sources.iter().find(|source| room(source) >= MIN_QUOTE_CHARS);
    let source = source.unwrap_or(&sources[3]);
    format!("{open}{}{source}", cut(quote, room(source)))
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

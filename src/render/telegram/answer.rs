//! Answers: quotes with their source, the passages around a quote, and refusals.

use std::ops::Range;

use super::action::{Action, StartPayload};
use super::context::RenderContext;
use super::html::{bold_name, escape, link_html, name_html, quote_html};
use super::message::{Button, Message, plain};
use super::quote_buttons::{quote_buttons, read_button};
use super::section_pages::byline_list;
use super::text::{MAX_NAME_UNITS, prefix_len, section_title, truncate, utf16_len};
use crate::answer::{AnswerCursor, Bylines, Correction, Excerpt, Found, NothingFound};
use crate::corpus::article::Passage;
use crate::library::FullSection;
use crate::render::messages::Messages;

/// Maximum length of a quote, in UTF-16 code units. A longer sentence is truncated.
const MAX_QUOTE_UNITS: usize = 3500;
/// Maximum length of a quote with the notes above and below it, in UTF-16 code units.
const MAX_UNITS_WITH_NOTES: usize = 3700;
/// Maximum length of an answer with its authors, in UTF-16 code units. The authors of a longer
/// answer are left out, so that the questions without an answer still fit.
const MAX_UNITS_WITH_AUTHORS: usize = 3800;
/// Length of the space between two parts of a message, in UTF-16 code units.
const GAP_UNITS: usize = 2;
/// Maximum number of corrected words that an answer names.
const MAX_CORRECTIONS: usize = 5;
/// Maximum length of the filters that an answer names, in UTF-16 code units.
const MAX_FILTERS_UNITS: usize = 200;
/// Maximum length of a corrected word, in UTF-16 code units.
const MAX_CORRECTED_UNITS: usize = 40;
/// Maximum length of the text before the first mark in a truncated quote, in bytes.
const MAX_LEAD_BYTES: usize = 200;
/// Sign for omitted text. It is always outside of the quotation.
const OMISSION_SIGN: &str = "[…]";
/// Maximum length of a passage that is shown in its context, in UTF-16 code units.
const MAX_PASSAGE_UNITS: usize = 2200;
/// Maximum length of each passage around it, in UTF-16 code units.
const MAX_NEIGHBOUR_UNITS: usize = 700;

/// Returns an answer: its first quote, and buttons that lead to the other quotes.
pub fn quotes(found: &Found, ctx: &RenderContext<'_>) -> Message {
    let Some(first) = found.excerpts.first() else { return Message::default() };
    let cursor =
        AnswerCursor::of(&found.excerpts).or_else(|| AnswerCursor::of(&found.excerpts[..1]));
    let corrected = searched(&found.filters, ctx) + &corrections(&found.corrected, ctx);
    let unanswered = unanswered(&found.unanswered, ctx);
    let languages = language_note(found, ctx);
    let notes = [&corrected, &languages, &unanswered];
    let notes_units: usize = notes.into_iter().map(|note| utf16_len(note)).sum();
    let max_units = MAX_UNITS_WITH_NOTES.saturating_sub(notes_units);
    let shown = match found.questions.len() == found.excerpts.len() && found.excerpts.len() > 1 {
        true => quotes_of_questions(found, cursor, max_units, ctx),
        false => quote_within(first, cursor, max_units.min(MAX_QUOTE_UNITS), ctx),
    };
    let mut html = corrected + &shown.html + &languages;
    let authors = byline_list(&found.bylines, ctx).html;
    let total = utf16_len(&html) + utf16_len(&authors) + utf16_len(&unanswered);
    if !authors.is_empty() && total <= MAX_UNITS_WITH_AUTHORS {
        html.push_str(&format!("\n\n{authors}"));
    }
    Message { html: html + &unanswered, ..shown }
}

/// Returns the quotes for several questions, one under the other, and a button for each that shows
/// it alone.
fn quotes_of_questions(
    found: &Found,
    cursor: Option<AnswerCursor>,
    max_units: usize,
    ctx: &RenderContext<'_>,
) -> Message {
    let room = max_units / found.excerpts.len();
    let parts = found.questions.iter().zip(&found.excerpts).map(|(question, excerpt)| {
        let source = source_line(excerpt, ctx);
        let rest = utf16_len(question) + 2 * MAX_NAME_UNITS + 2 * GAP_UNITS;
        let range = whole_or_truncated(excerpt, room.saturating_sub(rest));
        let quotation = blockquote(excerpt, &excerpt.range(), range);
        format!("{}\n{quotation}\n{source}", bold_name(question, ctx.messages))
    });
    let html = parts.collect::<Vec<_>>().join("\n\n");
    let quotes = std::iter::successors(cursor, |cursor| cursor.next());
    let buttons = quotes
        .zip(1..)
        .map(|(cursor, number)| Button::new(&number.to_string(), Action::Quote(cursor)));
    let row: Vec<_> = buttons.collect();
    let buttons = if row.is_empty() { Vec::new() } else { vec![row] };
    Message { html, buttons }
}

/// Returns the bylines that answer a question about authors.
pub fn authors(found: &Bylines, ctx: &RenderContext<'_>) -> Message {
    let mut message = byline_list(&found.articles, ctx);
    message.html.insert_str(0, &searched(&found.filters, ctx));
    message.html.push_str(&unanswered(&found.unanswered, ctx));
    message
}

/// Returns one quote with its source and its buttons. Without a cursor, the message has no buttons
/// for other quotes.
pub fn quote(excerpt: &Excerpt, cursor: Option<AnswerCursor>, ctx: &RenderContext<'_>) -> Message {
    quote_within(excerpt, cursor, MAX_QUOTE_UNITS, ctx)
}

fn quote_within(
    excerpt: &Excerpt,
    cursor: Option<AnswerCursor>,
    max_units: usize,
    ctx: &RenderContext<'_>,
) -> Message {
    let range = whole_or_truncated(excerpt, max_units);
    let quotation = blockquote(excerpt, &excerpt.range(), range);
    let html = format!("{quotation}\n{}", source_line(excerpt, ctx));
    Message { html, buttons: quote_buttons(excerpt, cursor, ctx) }
}

/// Returns the quote within its passage, between the previous and the next passage.
pub fn context(
    excerpt: &Excerpt,
    cursor: AnswerCursor,
    reading: &FullSection,
    ctx: &RenderContext<'_>,
) -> Message {
    let passage = excerpt.passage();
    let at = reading.passages.iter().position(|other| other.id == passage.id);
    let before = at.and_then(|at| reading.passages.get(at.checked_sub(1)?));
    let after = at.and_then(|at| reading.passages.get(at + 1));
    let mut html = String::new();
    if let Some(before) = before {
        let range = last_sentences(before);
        let (text, sign) =
            (&before.text[range.clone()], omission_sign(&before.text[..range.start]));
        let shown = format!("{sign}{}{}", if text.is_empty() { "" } else { " " }, escape(text));
        html.push_str(&format!("{}\n\n", shown.trim_start()));
    }
    html.push_str(&blockquote(excerpt, &(0..passage.text.len()), surrounding_sentences(excerpt)));
    html.push('\n');
    if let Some(after) = after {
        let range = first_sentences(after);
        let (text, sign) = (&after.text[range.clone()], omission_sign(&after.text[range.end..]));
        html.push_str(&format!("\n{}\n\n", format!("{} {sign}", escape(text)).trim_end()));
    }
    html.push_str(&source_line(excerpt, ctx));
    let messages = ctx.messages;
    let buttons = vec![vec![
        Button::new(&messages.button_quote(), Action::Quote(cursor)),
        read_button(&messages.button_read(), excerpt.place(), ctx),
    ]];
    Message { html, buttons }
}

/// Returns a refusal with buttons for the nearest sections.
pub fn nothing_found(nothing: &NothingFound, ctx: &RenderContext<'_>) -> Message {
    let messages = ctx.messages;
    if let Some(unmatched) = &nothing.unmatched {
        let contents = Button::new(&messages.button_contents(), Action::Contents(0));
        let mut message = plain(&messages.unmatched_filter(unmatched)).with_row(vec![contents]);
        message.html.push_str(&shelf_note(ctx));
        return message;
    }
    let refusal = plain(&messages.refusal(&nothing.missing, ctx.article_count)).html;
    let mut html =
        searched(&nothing.filters, ctx) + &corrections(&nothing.corrected, ctx) + &refusal;
    html.push_str(&shelf_note(ctx));
    if let Some(languages) = &nothing.languages {
        html.push_str(&format!("\n\n{}", escape(&messages.language_hint(languages))));
    }
    if nothing.nearest.is_empty() {
        let contents = Button::new(&messages.button_contents(), Action::Contents(0));
        return Message { html, buttons: vec![vec![contents]] };
    }
    let separator = if nothing.languages.is_some() { "\n\n" } else { "\n" };
    html.push_str(&format!("{separator}{}", escape(&messages.closest_sections())));
    let nearest = nothing.nearest.iter();
    let buttons = nearest
        .map(|place| vec![read_button(&section_title(place.section(), messages), place, ctx)]);
    Message { html, buttons: buttons.collect() }
}

/// Returns the section's title as a link to the quote, followed by the article's title and the
/// page.
pub(super) fn source_line(excerpt: &Excerpt, ctx: &RenderContext<'_>) -> String {
    let place = excerpt.place();
    let section = name_html(&section_title(place.section(), ctx.messages), ctx.messages);
    let article = name_html(&place.article.title, ctx.messages);
    let page = page_note(excerpt, ctx.messages);
    format!("{} · {article}{page}", link_html(&excerpt_link(excerpt, ctx), &section))
}

/// Returns the page of the printed original after a comma, or an empty string.
pub(super) fn page_note(excerpt: &Excerpt, messages: &Messages) -> String {
    let page = excerpt.page().map(|page| messages.page_number(&page.to_string()));
    page.map_or_else(String::new, |page| format!(", {}", escape(&page)))
}

/// Returns the URL of the quote in its source, or a deep link to its passage.
pub(super) fn excerpt_link(excerpt: &Excerpt, ctx: &RenderContext<'_>) -> String {
    let payload = StartPayload::Passage(excerpt.place().section().id, excerpt.passage().id);
    excerpt.source_link().unwrap_or_else(|| (ctx.link)(payload))
}

/// Returns a last line with the shelf of the chat, or an empty string.
fn shelf_note(ctx: &RenderContext<'_>) -> String {
    let note = ctx.shelf.as_ref().map(|shelf| ctx.messages.shelf_note(shelf));
    note.map_or_else(String::new, |note| format!("\n{}", escape(&note)))
}

/// Returns a line with the filters of the search, or an empty string.
pub(super) fn searched(filters: &Option<String>, ctx: &RenderContext<'_>) -> String {
    let shown = filters.as_ref().map(|filters| truncate(filters, MAX_FILTERS_UNITS));
    let note = shown.map(|filters| ctx.messages.searched_only(&filters));
    note.map_or_else(String::new, |note| format!("{}\n", escape(&note)))
}

/// Returns a line with the corrected words, or an empty string.
pub(super) fn corrections(corrections: &[Correction], ctx: &RenderContext<'_>) -> String {
    let used = corrections.iter().take(MAX_CORRECTIONS);
    let used = used.map(|correction| truncate(&correction.used, MAX_CORRECTED_UNITS).into_owned());
    match used.reduce(|before, next| ctx.messages.enumeration(&before, &next)) {
        Some(used) => format!("{}\n", escape(&ctx.messages.searched_for(&used))),
        None => String::new(),
    }
}

/// Returns a last line with the language of the quotes, or an empty string.
fn language_note(found: &Found, ctx: &RenderContext<'_>) -> String {
    let note = found.languages.as_ref().map(|languages| ctx.messages.language_of_quotes(languages));
    note.map_or_else(String::new, |note| format!("\n{}", escape(&note)))
}

/// Returns a last paragraph with the questions that have no answer, or an empty string.
fn unanswered(questions: &[String], ctx: &RenderContext<'_>) -> String {
    let note = ctx.messages.unanswered(questions);
    note.map_or_else(String::new, |note| format!("\n\n{}", escape(&note)))
}

/// Returns `shown` as a quotation, followed by a sign if a part of `whole` is omitted. Both are
/// byte ranges of the excerpt's passage. The sign comes last, so that the quote is read first.
fn blockquote(excerpt: &Excerpt, whole: &Range<usize>, shown: Range<usize>) -> String {
    let text = &excerpt.passage().text;
    let before = omission_sign(&text[whole.start.min(shown.start)..shown.start]);
    let after = omission_sign(&text[shown.end..whole.end.max(shown.end)]);
    let quote = format!("<blockquote>{}</blockquote>", marked_range(excerpt, shown));
    if before.is_empty() && after.is_empty() { quote } else { format!("{quote}\n{OMISSION_SIGN}") }
}

/// Returns the sign for `text` that is not shown; white space needs none.
fn omission_sign(text: &str) -> &'static str {
    if text.trim().is_empty() { "" } else { OMISSION_SIGN }
}

/// Returns a byte range of the excerpt's passage as HTML, with the marks inside the range.
fn marked_range(excerpt: &Excerpt, range: Range<usize>) -> String {
    let quote = excerpt.range();
    let marks = excerpt.marks().iter().map(|mark| mark.start + quote.start..mark.end + quote.start);
    let marks = marks.filter(|mark| range.start <= mark.start && mark.end <= range.end);
    let marks: Vec<_> =
        marks.map(|mark| mark.start - range.start..mark.end - range.start).collect();
    quote_html(&excerpt.passage().text[range], &marks)
}

/// Returns the byte range of the quote in its passage. A quote longer than `max_units` UTF-16 code
/// units is truncated to whole words that begin shortly before the first mark.
fn whole_or_truncated(excerpt: &Excerpt, max_units: usize) -> Range<usize> {
    let (range, quote) = (excerpt.range(), excerpt.quote());
    if prefix_len(quote, max_units) == quote.len() {
        return range;
    }
    let first = excerpt.marks().first().map_or(0, |mark| mark.start);
    let before = quote.floor_char_boundary(first.saturating_sub(MAX_LEAD_BYTES));
    let word = quote[before..first].find(char::is_whitespace).map_or(before, |at| before + at + 1);
    let start = if before == 0 { 0 } else { quote.ceil_char_boundary(word) };
    let rest = &quote[start..];
    let fits = prefix_len(rest, max_units);
    let is_end = fits == rest.len();
    let word_end = rest[..fits].rfind(char::is_whitespace);
    let word_end = word_end.filter(|end| !rest[..*end].trim().is_empty());
    let end = if is_end { fits } else { word_end.unwrap_or(fits) };
    range.start + start..range.start + start + end
}

/// Returns the byte range of the quote and of the sentences around it that fit.
fn surrounding_sentences(excerpt: &Excerpt) -> Range<usize> {
    let passage = excerpt.passage();
    let fits = |range: &Range<usize>| utf16_len(&passage.text[range.clone()]) <= MAX_PASSAGE_UNITS;
    let mut range = whole_or_truncated(excerpt, MAX_PASSAGE_UNITS);
    let wider = |range: &Range<usize>| {
        let sentences = &passage.sentences;
        let after = sentences.iter().find(|sentence| sentence.end > range.end);
        let before = sentences.iter().rev().find(|sentence| sentence.start < range.start);
        let after = after.map(|sentence| range.start..sentence.end).filter(fits);
        let before = before.map(|sentence| sentence.start..range.end).filter(fits);
        before.or(after)
    };
    while let Some(next) = wider(&range) {
        range = next;
    }
    range
}

/// Returns the byte range of the passage's first sentences that fit, or of a part of the first.
fn first_sentences(passage: &Passage) -> Range<usize> {
    let fits = |end: usize| utf16_len(&passage.text[..end]) <= MAX_NEIGHBOUR_UNITS;
    let ends = passage.sentences.iter().map(|sentence| sentence.end);
    let end = ends.chain([passage.text.len()]).take_while(|end| fits(*end)).last();
    0..end.unwrap_or_else(|| prefix_len(&passage.text, MAX_NEIGHBOUR_UNITS))
}

/// Returns the byte range of the passage's last sentences that fit; empty if the last is too long.
fn last_sentences(passage: &Passage) -> Range<usize> {
    let len = passage.text.len();
    let fits = |start: usize| utf16_len(&passage.text[start..]) <= MAX_NEIGHBOUR_UNITS;
    let starts = passage.sentences.iter().map(|sentence| sentence.start);
    let start = [0].into_iter().chain(starts).rev().take_while(|start| fits(*start)).last();
    start.unwrap_or(len)..len
}

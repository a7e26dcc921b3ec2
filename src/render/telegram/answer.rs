//! Quotes with their place, the passages around one, and a refusal. Pure.

use std::ops::Range;

use super::{
    Action, Button, Effect, Message, RenderContext, StartPayload, Surface, Vote, bylines, citation,
    cut, escape, escape_attribute, marked, named, plain, prefix, title, units,
};
use crate::answer::{AnswerCursor, Bylines, Correction, Excerpt, Found, NothingFound, Place};
use crate::corpus::article::Passage;
use crate::library::Reading;

/// The longest quote that is sent, in UTF-16 units; a longer sentence is quoted up to here.
const MAX_QUOTE_UNITS: usize = 3500;
/// The longest quote with the notes around it.
const MAX_NOTED_UNITS: usize = 3700;
/// A message names at most so many corrected words, each cut at so many UTF-16 units.
const MAX_CORRECTIONS: usize = 5;
const MAX_CORRECTED_UNITS: usize = 40;
/// A long quote goes before the authors, so that the questions without an answer can still be named.
const MAX_WITH_AUTHORS_UNITS: usize = 3800;
/// What a cut quote shows before its first mark, at most.
const LEAD_BYTES: usize = 200;
/// The sign for a part of the text that is left out, always outside of a quotation.
const LEFT_OUT: &str = "[…]";
/// Of a passage that is shown with its neighbours, and of each of these.
const PASSAGE_UNITS: usize = 2200;
const NEIGHBOUR_UNITS: usize = 700;

/// The first quote of an answer, with the way to the others.
pub fn quotes(found: &Found, frame: &RenderContext<'_>) -> Message {
    let Some(first) = found.excerpts.first() else { return Message::default() };
    let trail =
        AnswerCursor::of(&found.excerpts).or_else(|| AnswerCursor::of(&found.excerpts[..1]));
    let corrected = corrections(&found.corrected, frame);
    let unanswered = unanswered(&found.unanswered, frame);
    let room = MAX_NOTED_UNITS.saturating_sub(units(&corrected) + units(&unanswered));
    let shown = quote_within(first, trail, room.min(MAX_QUOTE_UNITS), frame);
    let mut html = corrected + &shown.html;
    let authors = bylines(&found.bylines, frame).html;
    let all = units(&html) + units(&authors) + units(&unanswered);
    if !authors.is_empty() && all <= MAX_WITH_AUTHORS_UNITS {
        html.push_str(&format!("\n\n{authors}"));
    }
    Message { html: html + &unanswered, ..shown }
}

/// Who wrote what is asked about, where no quote says so.
pub fn authors(asked: &Bylines, frame: &RenderContext<'_>) -> Message {
    let mut message = bylines(&asked.articles, frame);
    message.html.push_str(&unanswered(&asked.unanswered, frame));
    message
}

/// One quote with its source, and what can be done from here.
pub fn quote(excerpt: &Excerpt, trail: Option<AnswerCursor>, frame: &RenderContext<'_>) -> Message {
    quote_within(excerpt, trail, MAX_QUOTE_UNITS, frame)
}

fn quote_within(
    excerpt: &Excerpt,
    trail: Option<AnswerCursor>,
    room: usize,
    frame: &RenderContext<'_>,
) -> Message {
    let range = whole_or_cut(excerpt, room);
    let quoted = quoted(excerpt, &excerpt.range(), range);
    let html = format!("{quoted}\n{}", source(excerpt, frame));
    Message { html, buttons: quote_buttons(excerpt, trail, frame) }
}

/// The quote in its passage, between the passages before and after.
pub fn context(
    excerpt: &Excerpt,
    trail: AnswerCursor,
    reading: &Reading,
    frame: &RenderContext<'_>,
) -> Message {
    let passage = excerpt.passage();
    let at = reading.passages.iter().position(|known| known.id == passage.id);
    let before = at.and_then(|at| reading.passages.get(at.checked_sub(1)?));
    let after = at.and_then(|at| reading.passages.get(at + 1));
    let mut html = String::new();
    if let Some(before) = before {
        let range = ending(before);
        let (text, sign) = (&before.text[range.clone()], left_out(&before.text[..range.start]));
        let shown = format!("{sign}{}{}", if text.is_empty() { "" } else { " " }, escape(text));
        html.push_str(&format!("{}\n\n", shown.trim_start()));
    }
    html.push_str(&quoted(excerpt, &(0..passage.text.len()), around(excerpt)));
    html.push('\n');
    if let Some(after) = after {
        let range = beginning(after);
        let (text, sign) = (&after.text[range.clone()], left_out(&after.text[range.end..]));
        html.push_str(&format!("\n{}\n\n", format!("{} {sign}", escape(text)).trim_end()));
    }
    html.push_str(&source(excerpt, frame));
    let words = frame.messages;
    let buttons = vec![vec![
        Button::new(&words.button_quote(), Action::Quote(trail)),
        read_button(&words.button_read(), excerpt.place(), frame),
    ]];
    Message { html, buttons }
}

/// What is said when nothing fits, with the nearest sections.
pub fn nothing_found(nothing: &NothingFound, frame: &RenderContext<'_>) -> Message {
    let words = frame.messages;
    let refusal = plain(&words.refusal(&nothing.missing, frame.articles)).html;
    let mut html = corrections(&nothing.corrected, frame) + &refusal;
    if nothing.nearest.is_empty() {
        let contents = Button::new(&words.button_contents(), Action::Contents(0));
        return Message { html, buttons: vec![vec![contents]] };
    }
    html.push_str(&format!("\n{}", escape(&words.closest_sections())));
    let nearest = nothing.nearest.iter();
    let buttons =
        nearest.map(|place| vec![read_button(&title(place.section(), words), place, frame)]);
    Message { html, buttons: buttons.collect() }
}

/// The section's name as a link to the very place, and the article's.
fn source(excerpt: &Excerpt, frame: &RenderContext<'_>) -> String {
    let place = excerpt.place();
    let heading = title(place.section(), frame.messages);
    format!(
        "<a href=\"{}\">{}</a> · {}",
        escape_attribute(&link(excerpt, frame)),
        named(&heading, frame.messages),
        named(&place.article.title, frame.messages)
    )
}

pub(super) fn link(excerpt: &Excerpt, frame: &RenderContext<'_>) -> String {
    let payload = StartPayload::Passage(excerpt.place().section().id, excerpt.passage().id);
    excerpt.source_link().unwrap_or_else(|| (frame.link)(payload))
}

fn quote_buttons(
    excerpt: &Excerpt,
    trail: Option<AnswerCursor>,
    frame: &RenderContext<'_>,
) -> Vec<Vec<Button>> {
    let words = frame.messages;
    let read = read_button(&words.button_read(), excerpt.place(), frame);
    let payload = StartPayload::Passage(excerpt.place().section().id, excerpt.passage().id);
    let link = (frame.link)(payload);
    let copied = citation(excerpt, &link, words);
    let copy = Button { label: words.button_copy(), effect: Effect::Copy(copied.text) };
    let whole = trail.filter(|_| !copied.is_whole);
    let whole = whole.map(|trail| Button::new(&words.button_citation(), Action::Cite(trail)));
    let share = Button::open(&words.button_share(), share_address(&link));
    let mut buttons = Vec::new();
    let Some(trail) = trail else { return vec![vec![read], vec![copy, share]] };
    let mut turns = Vec::new();
    if let Some(before) = trail.before() {
        turns.push(Button::new(&words.button_back(), Action::Quote(before)));
    }
    if let Some(next) = trail.next() {
        turns.push(Button::new(&words.button_more(trail.left()), Action::Quote(next)));
    }
    if !turns.is_empty() {
        buttons.push(turns);
    }
    buttons.push(vec![Button::new(&words.button_context(), Action::Context(trail)), read]);
    if frame.surface == Surface::Chat {
        buttons.push(vec![
            Button::new(&words.button_good(), Action::Vote(Vote::Good)),
            Button::new(&words.button_bad(), Action::Vote(Vote::Bad)),
        ]);
    }
    buttons.push([copy].into_iter().chain(whole).chain([share]).collect());
    buttons
}

/// Lets the reader choose a chat to send the link to.
fn share_address(link: &str) -> String {
    let encoded = percent_encoding::utf8_percent_encode(link, percent_encoding::NON_ALPHANUMERIC);
    format!("https://t.me/share/url?url={encoded}")
}

/// Opens a section: here, or in the chat with the bot.
fn read_button(label: &str, place: &Place, frame: &RenderContext<'_>) -> Button {
    let id = place.section().id;
    match frame.surface {
        Surface::Chat => Button::new(label, Action::Section(id, 0)),
        Surface::Inline => Button::open(label, (frame.link)(StartPayload::Section(id))),
    }
}

pub(super) fn corrections(corrections: &[Correction], frame: &RenderContext<'_>) -> String {
    let named = corrections.iter().take(MAX_CORRECTIONS);
    let used = named.map(|correction| cut(&correction.used, MAX_CORRECTED_UNITS).into_owned());
    match used.reduce(|before, next| frame.messages.enumeration(&before, &next)) {
        Some(used) => format!("{}\n", escape(&frame.messages.searched_for(&used))),
        None => String::new(),
    }
}

/// Which of several questions have no answer, behind all else.
fn unanswered(questions: &[String], frame: &RenderContext<'_>) -> String {
    let said = frame.messages.unanswered(questions);
    said.map_or_else(String::new, |said| format!("\n\n{}", escape(&said)))
}

/// Returns `shown`, a byte range of the excerpt's passage, as a quotation, with a sign behind it where a part
/// of `whole` is left out: the quote itself comes first.
fn quoted(excerpt: &Excerpt, whole: &Range<usize>, shown: Range<usize>) -> String {
    let text = &excerpt.passage().text;
    let before = left_out(&text[whole.start.min(shown.start)..shown.start]);
    let after = left_out(&text[shown.end..whole.end.max(shown.end)]);
    let quote = format!("<blockquote>{}</blockquote>", marked_range(excerpt, shown));
    if before.is_empty() && after.is_empty() { quote } else { format!("{quote}\n{LEFT_OUT}") }
}

/// Returns the sign for a text that is not shown.
fn left_out(text: &str) -> &'static str {
    if text.trim().is_empty() { "" } else { LEFT_OUT }
}

/// A byte range of the excerpt's passage with the marks that lie in it.
fn marked_range(excerpt: &Excerpt, range: Range<usize>) -> String {
    let quote = excerpt.range();
    let marks = excerpt.marks().iter().map(|mark| mark.start + quote.start..mark.end + quote.start);
    let marks = marks.filter(|mark| range.start <= mark.start && mark.end <= range.end);
    let marks: Vec<_> =
        marks.map(|mark| mark.start - range.start..mark.end - range.start).collect();
    marked(&excerpt.passage().text[range], &marks)
}

/// The quote's range in its passage; of one that is too long for a message, whole words from
/// shortly before the first mark on.
fn whole_or_cut(excerpt: &Excerpt, room: usize) -> Range<usize> {
    let (range, quote) = (excerpt.range(), excerpt.quote());
    if prefix(quote, room) == quote.len() {
        return range;
    }
    let first = excerpt.marks().first().map_or(0, |mark| mark.start);
    let before = quote.floor_char_boundary(first.saturating_sub(LEAD_BYTES));
    let word = quote[before..first].find(char::is_whitespace).map_or(before, |at| before + at + 1);
    let start = if before == 0 { 0 } else { quote.ceil_char_boundary(word) };
    let rest = &quote[start..];
    let fits = prefix(rest, room);
    let is_end = fits == rest.len();
    let word_end = rest[..fits].rfind(char::is_whitespace);
    let word_end = word_end.filter(|end| !rest[..*end].trim().is_empty());
    let end = if is_end { fits } else { word_end.unwrap_or(fits) };
    range.start + start..range.start + start + end
}

/// As many sentences around the quote as fit.
fn around(excerpt: &Excerpt) -> Range<usize> {
    let passage = excerpt.passage();
    let fits = |range: &Range<usize>| units(&passage.text[range.clone()]) <= PASSAGE_UNITS;
    let mut range = whole_or_cut(excerpt, PASSAGE_UNITS);
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

/// The first sentences of a passage, as many as fit; at least a part of the first.
fn beginning(passage: &Passage) -> Range<usize> {
    let fits = |end: usize| units(&passage.text[..end]) <= NEIGHBOUR_UNITS;
    let ends = passage.sentences.iter().map(|sentence| sentence.end);
    let end = ends.chain([passage.text.len()]).take_while(|end| fits(*end)).last();
    0..end.unwrap_or_else(|| prefix(&passage.text, NEIGHBOUR_UNITS))
}

/// The last sentences of a passage, as many as fit; all of the last one if it is short enough.
fn ending(passage: &Passage) -> Range<usize> {
    let len = passage.text.len();
    let fits = |start: usize| units(&passage.text[start..]) <= NEIGHBOUR_UNITS;
    let starts = passage.sentences.iter().map(|sentence| sentence.start);
    let start = [0].into_iter().chain(starts).rev().take_while(|start| fits(*start)).last();
    start.unwrap_or(len)..len
}

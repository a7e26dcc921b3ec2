//! An answer, a section or a table of contents to a Telegram message. Pure.
//!
//! Invariants: a message has at most 4096 UTF-16 units once its markup is parsed; with the markup
//! taken off, a quote is the quote, character for character; all text is escaped.

mod answer;
mod brief;
mod changes;
mod citation;
mod pages;
pub mod uploads;

use std::borrow::Cow;
use std::ops::Range;

pub use answer::{authors, context, nothing_found, quote, quotes};
pub use brief::{brief, briefs, topic_brief};
pub use changes::{Changes, MAX_ARTICLES, news, watched};
pub use citation::{citation, whole_citation};
use pages::imprint;
pub use pages::{article, articles, bylines, languages, page_of, paged, paged_articles, section};

use crate::answer::AnswerCursor;
use crate::corpus::article::{ArticleId, PassageId, Section, SectionId};
use crate::render::messages::{Locale, Messages};
use crate::schedule::Zone;
use crate::suggest::ExampleKind;

/// A message in Telegram's HTML with its buttons, in rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    pub html: String,
    pub buttons: Vec<Vec<Button>>,
}

/// A button below a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    pub label: String,
    pub effect: Effect,
}

/// What pressing a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Changes the message.
    Do(Action),
    /// Puts a text of at most 256 characters on the reader's clipboard.
    Copy(String),
    /// Opens an address.
    Open(String),
}

/// What a pressed button asks for; pages count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// One quote of an answer.
    Quote(AnswerCursor),
    /// The passages around that quote.
    Context(AnswerCursor),
    /// That quote with its whole source, to copy.
    Cite(AnswerCursor),
    Section(SectionId, usize),
    Article(ArticleId, usize),
    /// An article in its key sentences.
    Brief(ArticleId, usize),
    /// The articles to brief on.
    Briefs(usize),
    Contents(usize),
    Vote(Vote),
    /// The answer to an example question.
    Example(PassageId, ExampleKind),
    /// The greeting with its example questions.
    Start,
    Language(Locale),
    /// Removes all that is kept of the group.
    ForgetGroup,
    ExportGaps,
    ClearGaps,
    /// Makes an article of a file that was sent.
    PutUpload(i64),
    /// The same in place of one that is there.
    ReplaceByUpload(i64),
    DropUpload(i64),
    /// The articles, to choose one to remove.
    Removals(usize),
    AskRemoval(ArticleId),
    Remove(ArticleId),
    /// Times of day in this chat are those of this zone.
    Zone(Zone),
    /// The zones of a part of the world, by its position, to choose from.
    Zones(u8, usize),
    AllZones,
    /// Of schedules and watches by the numbers of their ids.
    EndSchedule(i64),
    /// Whether it comes without a sound.
    Silence(i64, bool),
    /// Whether it comes also when nothing is new.
    SendAlways(i64, bool),
    /// Sends the run of this name of a schedule, which may not have arrived.
    SendAgain(i64, i64),
    EndWatch(i64),
    /// Sends the quote for a watch of an article, which may not have arrived.
    QuoteAgain(i64, ArticleId),
}

/// Who may press a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    Everybody,
    /// In a group its administrators, elsewhere everybody.
    Administrators,
    Operator,
}

impl Action {
    /// Returns whether everybody may do it and it only chooses what its message shows: a newer one
    /// supersedes it.
    pub fn is_view(self) -> bool {
        match self {
            Action::Quote(_)
            | Action::Context(_)
            | Action::Cite(_)
            | Action::Section(..)
            | Action::Article(..)
            | Action::Brief(..)
            | Action::Briefs(_)
            | Action::Contents(_)
            | Action::Example(..)
            | Action::Start
            | Action::Zones(..)
            | Action::AllZones
            | Action::QuoteAgain(..) => true,
            Action::Vote(_)
            | Action::Language(_)
            | Action::ExportGaps
            | Action::ClearGaps
            | Action::PutUpload(_)
            | Action::ReplaceByUpload(_)
            | Action::DropUpload(_)
            | Action::Removals(_)
            | Action::AskRemoval(_)
            | Action::Remove(_)
            | Action::Zone(_)
            | Action::EndSchedule(_)
            | Action::Silence(..)
            | Action::SendAlways(..)
            | Action::SendAgain(..)
            | Action::ForgetGroup
            | Action::EndWatch(_) => false,
        }
    }

    /// Who may do it.
    pub fn permit(self) -> Permit {
        match self {
            Action::ExportGaps
            | Action::ClearGaps
            | Action::PutUpload(_)
            | Action::ReplaceByUpload(_)
            | Action::DropUpload(_)
            | Action::Removals(_)
            | Action::AskRemoval(_)
            | Action::Remove(_) => Permit::Operator,
            Action::Language(_)
            | Action::ForgetGroup
            | Action::Zone(_)
            | Action::EndSchedule(_)
            | Action::Silence(..)
            | Action::SendAlways(..)
            | Action::EndWatch(_) => Permit::Administrators,
            Action::Quote(_)
            | Action::Context(_)
            | Action::Cite(_)
            | Action::Section(..)
            | Action::Article(..)
            | Action::Contents(_)
            | Action::Vote(_)
            | Action::Example(..)
            | Action::Brief(..)
            | Action::Briefs(_)
            | Action::Start
            | Action::Zones(..)
            | Action::AllZones
            | Action::SendAgain(..)
            | Action::QuoteAgain(..) => Permit::Everybody,
        }
    }
}

/// What a reader thinks of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vote {
    Good,
    Bad,
}

/// What a deep link opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartPayload {
    Section(SectionId),
    /// The section comes along to have something to show when the passage was edited.
    Passage(SectionId, PassageId),
    /// An answer.
    Question(String),
}

/// Where a message is shown, which decides what its buttons can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A chat that the bot is in.
    Chat,
    /// A message that was posted through the bot from anywhere: the bot does not see it.
    Inline,
}

/// For whom a message is made, and where.
pub struct RenderContext<'a> {
    pub messages: &'a Messages,
    pub surface: Surface,
    /// How many articles there are.
    pub articles: usize,
    /// The address of a deep link.
    pub link: &'a (dyn Fn(StartPayload) -> String + Sync),
}

/// A message should have well below 100 entities.
const MAX_MARKS: usize = 20;
/// A longer name is cut, in UTF-16 units.
const NAME_UNITS: usize = 150;
/// A longer label is cut, since a phone would hide its end.
pub const MAX_LABEL_CHARS: usize = 60;

/// A text of our own.
pub fn plain(text: &str) -> Message {
    Message { html: escape(text), buttons: Vec::new() }
}

impl Message {
    /// The same message under a text of our own.
    pub fn under(self, note: &str) -> Message {
        Message { html: format!("{}\n\n{}", escape(note), self.html), buttons: self.buttons }
    }

    /// The same message with one more row of buttons.
    pub fn with(mut self, row: Vec<Button>) -> Message {
        self.buttons.push(row);
        self
    }
}

impl Button {
    pub fn new(label: &str, action: Action) -> Button {
        Button { label: shortened(label), effect: Effect::Do(action) }
    }

    pub fn open(label: &str, address: String) -> Button {
        Button { label: shortened(label), effect: Effect::Open(address) }
    }
}

fn shortened(label: &str) -> String {
    match label.char_indices().nth(MAX_LABEL_CHARS) {
        Some((end, _)) => format!("{}…", label[..end].trim_end()),
        None => label.to_owned(),
    }
}

/// The heading, or a name for what stands before the first.
pub fn title<'a>(section: &'a Section, words: &Messages) -> Cow<'a, str> {
    match &section.heading {
        Some(heading) => Cow::Borrowed(heading),
        None => Cow::Owned(words.opening()),
    }
}

fn bold(name: &str, words: &Messages) -> String {
    format!("<b>{}</b>", named(name, words))
}

/// A title or a heading, which may be cut.
fn named(name: &str, words: &Messages) -> String {
    escape(&isolated(&cut(name, NAME_UNITS), words))
}

/// Returns a text of at most so many UTF-16 units, and a mark behind it if there was more.
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match prefix(text, most) {
        end if end == text.len() => Cow::Borrowed(text),
        end => Cow::Owned(format!("{}…", text[..end].trim_end())),
    }
}

/// A name in a line of another direction keeps to itself by marks that are none of its own.
fn isolated<'a>(text: &'a str, words: &Messages) -> Cow<'a, str> {
    let is_right_to_left = text.chars().any(|c| matches!(c, '\u{590}'..='\u{8ff}'));
    if is_right_to_left == words.locale().is_right_to_left() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("\u{2068}{text}\u{2069}"))
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// How many bytes of `text` fit into so many UTF-16 units.
fn prefix(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, c) in text.char_indices() {
        match left.checked_sub(c.len_utf16()) {
            Some(rest) => left = rest,
            None => return at,
        }
    }
    text.len()
}

fn marked(quote: &str, marks: &[Range<usize>]) -> String {
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

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn escape_attribute(text: &str) -> String {
    escape(text).replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unmarked(html: &str) -> String {
        let bare = html.replace("<b>", "").replace("</b>", "");
        bare.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    }

    proptest! {
        #[test]
        fn marks_and_escapes_leave_every_character_as_it_is(parts in prop::collection::vec("[a-z&<>\";é😀 ]{1,8}", 1..12)) {
            let quote = parts.concat();
            let mut marks = Vec::new();
            let mut at = 0;
            for (position, part) in parts.iter().enumerate() {
                if position % 2 == 1 {
                    marks.push(at..at + part.len());
                }
                at += part.len();
            }
            prop_assert_eq!(unmarked(&marked(&quote, &marks)), quote);
        }

        #[test]
        fn a_prefix_is_as_long_as_it_may_be(text in "[a-zé😀]{0,40}", limit in 0usize..50) {
            let end = prefix(&text, limit);
            prop_assert!(units(&text[..end]) <= limit);
            if let Some(next) = text[end..].chars().next() {
                prop_assert!(units(&text[..end]) + next.len_utf16() > limit);
            }
        }
    }
}

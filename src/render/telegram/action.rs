//! Actions of buttons, and what a deep link opens. Plain data: the bot encodes both for Telegram.

use crate::answer::AnswerCursor;
use crate::corpus::article::{ArticleId, PassageId, SectionId};
use crate::ids::MessageId;
use crate::render::messages::Locale;
use crate::schedule::Zone;
use crate::suggest::ExampleKind;

/// Action of a callback button. Page numbers count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Shows one quote of an answer.
    Quote(AnswerCursor),
    /// Shows the passages around the quote.
    Context(AnswerCursor),
    /// Shows the quote with its full source, to copy.
    Cite(AnswerCursor),
    /// Shows a page of a section.
    Section(SectionId, usize),
    /// Shows a page of an article's list of sections.
    Article(ArticleId, usize),
    /// Shows a page of an article's briefing.
    Brief(ArticleId, usize),
    /// Lists the articles that have a briefing.
    Briefs(usize),
    /// Shows a page of the table of contents.
    Contents(usize),
    /// Records the reader's opinion of an answer.
    Vote(Vote),
    /// Shows the answer to an example question.
    Example(PassageId, ExampleKind),
    /// Shows the greeting with its example questions.
    Start,
    /// Shows everything that the bot can do.
    AllHelp,
    /// Shows further buttons below an answer, whose text stays.
    Menu(AnswerCursor),
    /// Shows the usual buttons below an answer again.
    CloseMenu(AnswerCursor),
    /// Shows a page that one person sees to everybody, in the place of this answer.
    ShowEveryone(SharedPage, MessageId),
    /// Sends the question of the answer to a person.
    AskPerson,
    /// Shows the answers in a group only to the asker (`true`) or to everybody (`false`).
    SetPrivate(bool),
    /// Sets the chat's language.
    Language(Locale),
    /// Deletes all data about the group.
    ForgetGroup,
    /// Sends the recorded questions as a file.
    ExportGaps,
    /// Deletes the recorded questions.
    ClearGaps,
    /// Adds an uploaded file as a new article. The number is the id of the upload.
    AddUpload(i64),
    /// Replaces an existing article by an uploaded file.
    ReplaceByUpload(i64),
    /// Discards an uploaded file.
    DiscardUpload(i64),
    /// Lists the articles for removal.
    Removals(usize),
    /// Asks for confirmation before an article is removed.
    AskRemoval(ArticleId),
    /// Removes an article.
    Remove(ArticleId),
    /// Sets the chat's time zone.
    Zone(Zone),
    /// Lists the time zones of a region. The numbers are the region's position and the page.
    Zones(u8, usize),
    /// Lists the regions of the time zones.
    AllZones,
    /// Ends a schedule. The number is the id of the schedule.
    EndSchedule(i64),
    /// Turns a schedule's notification sound off (`true`) or on (`false`).
    SetSilent(i64, bool),
    /// Sends a schedule's briefing always (`true`) or only with changes (`false`).
    SetSendAlways(i64, bool),
    /// Repeats a briefing that may not have arrived. The numbers are the id of the schedule and the
    /// time at which the briefing was due.
    SendAgain(i64, i64),
    /// Ends a watch. The number is the id of the watch.
    EndWatch(i64),
    /// Repeats a watch's quote of an article that may not have arrived.
    QuoteAgain(i64, ArticleId),
}

/// Page of an answer that a reader can show to everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedPage {
    Quote,
    Context,
    Section(SectionId, usize),
}

impl SharedPage {
    /// Returns the page that an action opens, if it is one that can be shown to everybody.
    pub fn of(action: Action) -> Option<SharedPage> {
        match action {
            Action::Quote(_) => Some(SharedPage::Quote),
            Action::Context(_) => Some(SharedPage::Context),
            Action::Section(section, page) => Some(SharedPage::Section(section, page)),
            _ => None,
        }
    }
}

/// Role that a person needs to press a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequiredRole {
    Anyone,
    /// An administrator in a group; anyone in a private chat.
    Administrator,
    Operator,
}

impl Action {
    /// Returns whether the action only changes what its message shows and is open to anyone. A
    /// newer view of a message supersedes an older one.
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
            | Action::AllHelp
            | Action::Menu(_)
            | Action::CloseMenu(_)
            | Action::Zones(..)
            | Action::AllZones
            | Action::QuoteAgain(..) => true,
            Action::Vote(_)
            | Action::Language(_)
            | Action::ExportGaps
            | Action::ClearGaps
            | Action::AddUpload(_)
            | Action::ReplaceByUpload(_)
            | Action::DiscardUpload(_)
            | Action::Removals(_)
            | Action::AskRemoval(_)
            | Action::Remove(_)
            | Action::Zone(_)
            | Action::EndSchedule(_)
            | Action::SetSilent(..)
            | Action::SetSendAlways(..)
            | Action::SendAgain(..)
            | Action::ShowEveryone(..)
            | Action::AskPerson
            | Action::SetPrivate(_)
            | Action::ForgetGroup
            | Action::EndWatch(_) => false,
        }
    }

    /// Returns whether the action deletes something for good.
    pub fn is_deletion(self) -> bool {
        matches!(
            self,
            Action::Remove(_)
                | Action::ClearGaps
                | Action::ForgetGroup
                | Action::ReplaceByUpload(_)
        )
    }

    /// Returns the role that the action requires.
    pub fn required_role(self) -> RequiredRole {
        match self {
            Action::ExportGaps
            | Action::ClearGaps
            | Action::AddUpload(_)
            | Action::ReplaceByUpload(_)
            | Action::DiscardUpload(_)
            | Action::Removals(_)
            | Action::AskRemoval(_)
            | Action::Remove(_) => RequiredRole::Operator,
            Action::Language(_)
            | Action::SetPrivate(_)
            | Action::ForgetGroup
            | Action::Zone(_)
            | Action::EndSchedule(_)
            | Action::SetSilent(..)
            | Action::SetSendAlways(..)
            | Action::EndWatch(_) => RequiredRole::Administrator,
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
            | Action::AllHelp
            | Action::Menu(_)
            | Action::CloseMenu(_)
            | Action::ShowEveryone(..)
            | Action::AskPerson
            | Action::Zones(..)
            | Action::AllZones
            | Action::SendAgain(..)
            | Action::QuoteAgain(..) => RequiredRole::Anyone,
        }
    }
}

/// Opinion of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vote {
    Good,
    Bad,
}

/// Target of a deep link: the payload of its `start` parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartPayload {
    Section(SectionId),
    /// A passage. The section is shown instead if the passage was edited since.
    Passage(SectionId, PassageId),
    /// A question to answer.
    Question(String),
}

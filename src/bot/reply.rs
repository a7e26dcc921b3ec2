//! Replies of handlers, and their records after delivery.

use super::receive::update::MessageRef;
use super::send::SendTarget;
use crate::ids::{MessageId, UserId};
use crate::render::telegram::Message;
use crate::store::{AnswerRecord, ScheduleId};

/// Response to an update. A handler returns it; `handlers::dispatch::complete` sends it.
#[derive(Debug)]
pub enum Reply {
    /// Sends a new message.
    Send(SendTarget, Message, After),
    /// Replaces the answer with this message id. If the message cannot be edited any more, a new
    /// one is sent.
    Replace(SendTarget, MessageId, Message, After),
    /// Changes the message below which a button was pressed. A new message is never sent.
    Edit(MessageRef, Message, After),
    /// Changes only the buttons of the message below which a button was pressed.
    EditButtons(MessageRef, Message),
    /// Shows an answer in a group only to the asker.
    Private(Box<PrivateAnswer>),
    /// Sends nothing, since the update needs no response.
    Nothing,
    /// Sends nothing, and leaves the update in the journal until the next start.
    Unfinished,
    /// Sends nothing, since the question is too old, by this age in seconds.
    TooOld(i64),
}

/// Record that the store keeps once a reply is delivered, besides that the update is completed.
#[derive(Debug)]
pub enum After {
    Nothing,
    /// The answer to a question. Chat and message are those of the delivered message.
    Answered(AnswerRecord),
    /// That the chat was welcomed.
    Welcomed,
    /// That a briefing whose delivery was unknown has arrived, with all changes up to this one.
    BriefingArrived {
        schedule: ScheduleId,
        due: i64,
        up_to: i64,
    },
    /// That a question was sent to a person.
    PassedOn(Box<HelpQuestion>),
    /// That an answer of a person was sent to the asker.
    PersonAnswered(Box<HelpAnswer>),
}

/// Answer in a group that only the asker sees.
#[derive(Debug)]
pub struct PrivateAnswer {
    pub asker: UserId,
    /// Message to the private chat of the asker.
    pub copy: Message,
    /// Message in the group that the asker sees.
    pub shown: Message,
    /// Place in the group.
    pub to: SendTarget,
    /// Message to everybody, if the asker has no private chat.
    pub message: Message,
    pub record: AnswerRecord,
}

/// Question that is sent to a person, and what its asker sees afterwards.
#[derive(Debug)]
pub struct HelpQuestion {
    /// Number of the help request.
    pub number: i64,
    /// Message with the pressed button, which is replaced.
    pub pressed: MessageRef,
    pub sent: Message,
    pub failed: Message,
}

/// Answer of a person that is sent to the asker, and what the person sees afterwards.
#[derive(Debug)]
pub struct HelpAnswer {
    /// Number of the help request.
    pub number: i64,
    /// Message of the person.
    pub answer: MessageId,
    pub helper: SendTarget,
    pub delivered: Message,
    pub failed: Message,
}

//! Outcomes of sending a message.

use std::time::Duration;

use crate::bot::send::in_flight::SendPermit;
use crate::ids::{ChatId, MessageId};

/// The outcome of a message that is sent at least once.
#[derive(Debug)]
pub enum SendOutcome {
    /// The message was sent or edited. The caller drops the permit of a new message after the store
    /// has recorded the delivery.
    Delivered {
        /// The chat of the message. It differs from the target's if the group was converted.
        chat: ChatId,
        message: Option<MessageId>,
        permit: Option<SendPermit>,
    },
    /// The message can never be delivered. The cause was logged.
    Rejected,
    /// The message was not sent, because the bot stops or the caller no longer wants it.
    Stopped,
}

/// The outcome of a message that is sent at most once.
#[derive(Debug)]
pub enum OnceOutcome {
    Done(SendOutcome),
    /// The chat's limits do not permit a message before this time has passed. Nothing was sent.
    Delayed(Duration),
    /// The connection failed after the request was sent, so the message may have arrived.
    Unknown,
}

/// A change in the delivery of a message that is sent at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryEvent {
    /// The request is about to be sent.
    Sending,
    /// The request failed, and the message certainly did not arrive.
    NotDelivered,
}

//! Messages out: the one place that owns chat, topic, reply, limits and retries.
//!
//! A network failure of a send is ambiguous, since the message may have arrived. It is sent again:
//! a question is never lost, and at most what is on the client is said twice. Whatever is new has its turn
//! there until the store knows that it is out.

pub mod completion;
pub mod in_flight;
pub mod single_attempt;
pub mod throttle;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;
use teloxide::payloads::GetMe;
use tokio_util::sync::CancellationToken;

use crate::bot::api::client::{ApiClient, ApiError};
use crate::bot::api::error::{ApiErrorKind, may_have_arrived};
use crate::bot::api::methods;
use crate::bot::operations::health::Health;
use crate::bot::receive::origin;
use crate::bot::receive::update::{IncomingMessage, MessageRef};
use crate::bot::send::in_flight::{InFlight, SendMode, SendPermit};
use crate::bot::send::throttle::Throttle;
use crate::config::Limits;
use crate::render::telegram::Message;
use crate::store::{Store, StoreError};

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendTarget {
    pub chat: i64,
    pub topic: Option<i32>,
    /// The message that is replied to.
    pub reply_to: Option<i32>,
    /// The part of it that is quoted, if Telegram finds it there.
    pub quote: Option<String>,
    /// Whether it comes without a sound.
    pub is_silent: bool,
}

impl SendTarget {
    /// A chat, or a topic of it.
    pub fn chat(chat: i64, topic: Option<i32>) -> SendTarget {
        SendTarget { chat, topic, reply_to: None, quote: None, is_silent: false }
    }

    /// Replies stay in the topic of the question.
    pub fn reply_to(incoming: &IncomingMessage) -> SendTarget {
        SendTarget {
            reply_to: Some(incoming.id),
            ..SendTarget::chat(incoming.chat, incoming.topic)
        }
    }
}

/// What became of a message.
#[derive(Debug)]
pub enum SendOutcome {
    /// Out, as this message of this chat. A new message has its turn until whoever sent it has told the
    /// store so.
    Delivered { chat: i64, message: i32, turn: Option<SendPermit> },
    /// Can never go out; why was logged.
    Rejected,
    /// Not out yet, and the bot is stopping; or not wanted any more.
    Stopped,
}

/// What became of a message that must not be said twice.
#[derive(Debug)]
pub enum OnceOutcome {
    Done(SendOutcome),
    /// Its chat has to wait for so long.
    Delayed(Duration),
    /// It was on the client when the connection broke.
    Unknown,
}

/// Where a message is that must not be said twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryEvent {
    Sending,
    /// It certainly did not arrive.
    NotDelivered,
}

/// What a message takes the place of.
#[derive(Clone, Copy)]
enum Destination<'a> {
    New,
    /// In its topic, or nowhere.
    NewInTopic,
    /// Of this message, or it is sent anew.
    Replace(i32),
    /// Of this message, or of none.
    Edit(i32),
    /// Of this message that was posted inline.
    EditInline(&'a str),
}

/// What one request has led to.
enum Attempt {
    Done(SendOutcome),
    Retry {
        after: Duration,
        may_have_arrived: bool,
    },
    /// The status was that of a success, and nothing else of the response can be read.
    Unreadable,
}

/// Sends for the whole bot.
pub struct Sender {
    pub client: ApiClient,
    throttle: Mutex<Throttle>,
    pub in_flight: InFlight,
    store: Arc<Store>,
    pub health: Arc<Health>,
    stop: CancellationToken,
}

/// For longer than this a message does not keep its place among those that are being sent.
const MAX_QUEUED_WAIT: Duration = Duration::from_secs(1);
const MAX_BACK_OFF_SECONDS: u64 = 5;
/// Maximum time for the response by which it is seen whether there is a server.
const PROBE_TIMEOUT: Duration = Duration::from_secs(8);

impl Sender {
    pub fn new(
        client: ApiClient,
        limits: Limits,
        store: Arc<Store>,
        health: Arc<Health>,
        stop: CancellationToken,
    ) -> Sender {
        let order = match limits.overall_per_second {
            0 => SendMode::Concurrent,
            _ => SendMode::Serial,
        };
        let (throttle, in_flight) = (Mutex::new(Throttle::new(limits)), InFlight::new(order));
        Sender { client, throttle, in_flight, store, health, stop }
    }

    /// Sends a message.
    pub async fn send(&self, to: &SendTarget, message: &Message) -> SendOutcome {
        self.deliver(to.clone(), Destination::New, message).await
    }

    /// Replaces a message of ours; one that cannot be edited any more is sent anew.
    pub async fn edit(&self, to: &SendTarget, id: i32, message: &Message) -> SendOutcome {
        self.deliver(to.clone(), Destination::Replace(id), message).await
    }

    /// Changes a message of ours below which a button was pressed. It is never sent anew.
    pub async fn edit_in_place(&self, spot: &MessageRef, message: &Message) -> SendOutcome {
        match spot {
            MessageRef::Chat { chat, thread, message: id, .. } => {
                self.deliver(SendTarget::chat(*chat, *thread), Destination::Edit(*id), message)
                    .await
            }
            MessageRef::Inline(id) => {
                // Nobody knows its chat: each has a pace of its own.
                let chat = (origin::hash(id) >> 1).cast_signed();
                self.deliver(SendTarget::chat(chat, None), Destination::EditInline(id), message)
                    .await
            }
        }
    }

    /// Sends a message that nobody waits for, after all that somebody does, and not twice: `mark` is told
    /// before the message goes onto the client, and again if it certainly did not arrive. It says whether the
    /// message is still to be sent.
    pub async fn send_once(
        &self,
        mut to: SendTarget,
        message: &Message,
        mark: impl Fn(DeliveryEvent) -> Result<bool, StoreError>,
    ) -> Result<OnceOutcome, StoreError> {
        let mut place = Destination::NewInTopic;
        let mut failures = 0;
        loop {
            if !self.wait_until_resumed().await {
                return Ok(OnceOutcome::Done(SendOutcome::Stopped));
            }
            loop {
                // Not in one expression with the wait, or the lock would be held across it.
                let booked = self.pace().try_reserve(to.chat, Instant::now());
                match booked {
                    Ok(()) => break,
                    Err(wait) if wait > MAX_QUEUED_WAIT => return Ok(OnceOutcome::Delayed(wait)),
                    Err(wait) if self.sleep(wait).await => {}
                    Err(_) => return Ok(OnceOutcome::Done(SendOutcome::Stopped)),
                }
            }
            let turn = self
                .in_flight
                .background_permit(self.wait_for_background_slot(), self.wait_for_overall_limit())
                .await;
            let Some(turn) = turn else { return Ok(OnceOutcome::Done(SendOutcome::Stopped)) };
            if self.in_flight.is_paused() {
                continue;
            }
            if self.stop.is_cancelled() || !mark(DeliveryEvent::Sending)? {
                return Ok(OnceOutcome::Done(SendOutcome::Stopped));
            }
            match self.attempt(&mut to, &mut place, message, &mut failures, Some(turn)).await {
                Attempt::Done(SendOutcome::Stopped) => {
                    mark(DeliveryEvent::NotDelivered)?;
                    return Ok(OnceOutcome::Done(SendOutcome::Stopped));
                }
                Attempt::Done(sent) => return Ok(OnceOutcome::Done(sent)),
                Attempt::Retry { may_have_arrived: true, .. } | Attempt::Unreadable => {
                    return Ok(OnceOutcome::Unknown);
                }
                Attempt::Retry { after, .. } => {
                    mark(DeliveryEvent::NotDelivered)?;
                    if !self.sleep(after).await {
                        return Ok(OnceOutcome::Done(SendOutcome::Stopped));
                    }
                }
            }
        }
    }

    /// Tries until the message is out, or can never be. Gives the chat as it is at the end, since a group may have moved.
    async fn deliver(
        &self,
        mut to: SendTarget,
        mut place: Destination<'_>,
        message: &Message,
    ) -> SendOutcome {
        let (mut failures, mut is_unclear) = (0, false);
        loop {
            if !self.wait_until_resumed().await {
                return SendOutcome::Stopped;
            }
            let wait = self.pace().reserve(to.chat, Instant::now());
            if !self.sleep(wait).await {
                return SendOutcome::Stopped;
            }
            let turn = match place {
                Destination::New | Destination::NewInTopic => {
                    let Some(turn) = self.in_flight.permit(self.wait_for_overall_limit()).await
                    else {
                        return SendOutcome::Stopped;
                    };
                    Some(turn)
                }
                // Said twice, an edit is said once.
                _ if self.wait_for_overall_limit().await => None,
                _ => return SendOutcome::Stopped,
            };
            if self.in_flight.is_paused() {
                continue;
            }
            match self.attempt(&mut to, &mut place, message, &mut failures, turn).await {
                Attempt::Done(sent) => return sent,
                // Something in front of the server may have answered; once that is not so, the message is
                // sent once more, and not a third time.
                Attempt::Unreadable if !self.probe_server().await => return SendOutcome::Stopped,
                Attempt::Unreadable if is_unclear => {
                    tracing::warn!(
                        "Telegram's responses to a message cannot be read; it counts as sent"
                    );
                    let message = methods::UNKNOWN_MESSAGE_ID;
                    return SendOutcome::Delivered { chat: to.chat, message, turn: None };
                }
                Attempt::Unreadable => is_unclear = true,
                Attempt::Retry { after, .. } if self.sleep(after).await => {}
                Attempt::Retry { .. } => return SendOutcome::Stopped,
            }
        }
    }

    /// Makes one request, and draws the consequences of a refusal.
    async fn attempt(
        &self,
        to: &mut SendTarget,
        place: &mut Destination<'_>,
        message: &Message,
        failures: &mut u32,
        turn: Option<SendPermit>,
    ) -> Attempt {
        let attempt = match *place {
            Destination::New | Destination::NewInTopic => {
                methods::send(&self.client, to, message).await
            }
            Destination::Replace(id) | Destination::Edit(id) => {
                methods::edit(&self.client, to.chat, id, message).await
            }
            Destination::EditInline(id) => methods::edit_inline(&self.client, id, message).await,
        };
        let error = match attempt {
            Ok(message) => {
                self.health.reached(Instant::now());
                self.health.metrics.sent();
                return Attempt::Done(SendOutcome::Delivered { chat: to.chat, message, turn });
            }
            Err(error) => error,
        };
        let mut after = Duration::ZERO;
        let is_unclear = matches!(error, ApiError::UnreadableResponse { .. });
        match self.health.count_error(&error) {
            ApiErrorKind::RetryAfter(wait) => {
                self.pace().block_until(to.chat, wait, Instant::now())
            }
            ApiErrorKind::Migrated(chat) => {
                if let Err(error) = self.store.move_chat(to.chat, chat) {
                    tracing::error!(%error, "a chat could not be moved in the store");
                }
                to.chat = chat;
                to.reply_to = None;
                to.quote = None;
            }
            ApiErrorKind::BadQuote | ApiErrorKind::BadText | ApiErrorKind::Other
                if to.quote.is_some() =>
            {
                to.quote = None;
            }
            ApiErrorKind::NoTopic if to.topic.is_some() && matches!(place, Destination::New) => {
                to.topic = None;
            }
            ApiErrorKind::NotEditable if matches!(place, Destination::Replace(_)) => {
                *place = Destination::New
            }
            ApiErrorKind::Transient if is_unclear => return Attempt::Unreadable,
            // It concerns the updates, and no message.
            ApiErrorKind::Transient | ApiErrorKind::Conflict => {
                after = back_off(*failures);
                *failures = failures.saturating_add(1);
            }
            ApiErrorKind::ChatGone => {
                if let Err(error) = self.store.pause(to.chat, self.health.time.now()) {
                    tracing::error!(%error, "a chat could not be paused in the store");
                }
                tracing::info!("a chat is gone for the bot; its message is dropped");
                return Attempt::Done(SendOutcome::Rejected);
            }
            // The bot is about to end: this is sent once it has the right token.
            ApiErrorKind::WrongToken => return Attempt::Done(SendOutcome::Stopped),
            refusal @ (ApiErrorKind::NoRights
            | ApiErrorKind::NotModified
            | ApiErrorKind::NotEditable
            | ApiErrorKind::StaleQuery
            | ApiErrorKind::BadText
            | ApiErrorKind::BadQuote
            | ApiErrorKind::NoTopic
            | ApiErrorKind::Other) => {
                tracing::warn!(?refusal, %error, "Telegram refused a message; it is dropped");
                return Attempt::Done(SendOutcome::Rejected);
            }
        }
        Attempt::Retry { after, may_have_arrived: may_have_arrived(&error) }
    }

    /// Waits until Telegram can be reached, and says whether the bot goes on.
    async fn wait_until_resumed(&self) -> bool {
        tokio::select! {
            // What is in hand when the bot stops is finished, if it can be.
            biased;
            () = self.in_flight.resumed() => true,
            () = self.stop.cancelled() => false,
        }
    }

    /// Waits until a response of the server can be read. Returns whether that was before the bot stops.
    async fn probe_server(&self) -> bool {
        let mut failures = 0;
        while self.wait_until_resumed().await {
            let request = GetMe::new();
            match self.client.call::<_, IgnoredAny>(&request, PROBE_TIMEOUT).await {
                Ok(_) | Err(ApiError::Rejected { .. }) => return true,
                Err(_) if self.sleep(back_off(failures)).await => failures += 1,
                Err(_) => return false,
            }
        }
        false
    }

    /// Holds all messages for this time.
    pub fn block_all(&self, wait: Duration) {
        self.pace().block_all_until(wait, Instant::now());
    }

    /// Waits until a message may go out among all, and says whether the bot goes on.
    async fn wait_for_overall_limit(&self) -> bool {
        let wait = self.pace().reserve_overall(Instant::now());
        self.sleep(wait).await && self.wait_until_unblocked().await
    }

    /// Waits until no hold on all messages is left. Returns whether that was before the bot stops.
    async fn wait_until_unblocked(&self) -> bool {
        loop {
            let wait = self.pace().blocked_for(Instant::now());
            if wait.is_zero() {
                return true;
            }
            if !self.sleep(wait).await {
                return false;
            }
        }
    }

    /// Waits until there is room among all for a message that nobody waits for.
    async fn wait_for_background_slot(&self) -> bool {
        loop {
            let wait = self.pace().background_delay(Instant::now());
            if wait.is_zero() {
                return true;
            }
            if !self.sleep(wait).await {
                return false;
            }
        }
    }

    /// Waits, and says whether the bot goes on.
    async fn sleep(&self, wait: Duration) -> bool {
        if wait.is_zero() {
            return true;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => true,
            () = self.stop.cancelled() => false,
        }
    }

    fn pace(&self) -> std::sync::MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the time before the next try: 1, 2, 4, then 5 s, shortened at random so that not all try at the
/// same moment.
fn back_off(failures: u32) -> Duration {
    let seconds = (1_u64 << failures.min(3)).min(MAX_BACK_OFF_SECONDS);
    Duration::from_secs(seconds).mul_f64(0.5 + 0.5 * fastrand::f64())
}

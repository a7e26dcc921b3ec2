//! The sender of all messages: limits, order, retries, and the reaction to each error.
//!
//! A network failure while a message is sent is ambiguous, since the message may have arrived.
//! [`Sender::send`] sends it again, so a reply is delivered at least once. [`Sender::send_once`]
//! does not, so a background message, which no reader waits for, is delivered at most once.

use std::borrow::Cow;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use crate::bot::api::client::ApiClient;
use crate::bot::api::edit;
use crate::bot::api::error::{ApiError, ApiErrorKind};
use crate::bot::api::methods;
use crate::bot::api::target::{EditTarget, SendTarget};
use crate::bot::backoff::RetryPolicy;
use crate::bot::operations::bot_health::Health;
use crate::bot::send::in_flight::{InFlight, SendMode, SendPermit};
use crate::bot::send::outcome::{DeliveryEvent, OnceOutcome, SendOutcome};
use crate::bot::send::throttle::Throttle;
use crate::config::Limits;
use crate::ids::{ChatId, MessageId};
use crate::render::telegram::{self, Message};
use crate::store::{Store, StoreError};

/// The sender of one bot, shared by all its tasks.
pub struct Sender {
    pub client: ApiClient,
    throttle: Mutex<Throttle>,
    pub in_flight: Arc<InFlight>,
    store: Arc<Store>,
    pub health: Arc<Health>,
    stop: CancellationToken,
}

/// A message with the state of its delivery.
struct Outgoing<'a> {
    to: SendTarget,
    destination: Destination<'a>,
    message: Cow<'a, Message>,
    /// The number of transient failures so far.
    failures: u32,
}

/// The kind of request that delivers a message.
#[derive(Clone, Copy)]
enum Destination<'a> {
    /// A new message. If its topic is gone, it is sent to the chat.
    New,
    /// A new message in its topic. If its topic is gone, it is dropped.
    NewInTopic,
    /// An edit of this message. If the message cannot be edited, a new one is sent.
    Replace(MessageId),
    /// An edit of this message. If the message cannot be edited, the edit is dropped.
    Edit(&'a EditTarget, EditPart),
}

/// Part of a message that an edit replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditPart {
    TextAndButtons,
    Buttons,
}

/// The outcome of one request.
enum Attempt {
    Done(SendOutcome),
    Retry {
        after: Duration,
        may_have_arrived: bool,
    },
    /// The response has a success status and a body that cannot be parsed.
    Unreadable,
}

/// Maximum time that a background message waits for its chat's limits. A message that must wait
/// longer leaves its place to other chats.
const MAX_QUEUED_WAIT: Duration = Duration::from_secs(1);
/// Delays between the attempts at one message.
const SEND_RETRY: RetryPolicy =
    RetryPolicy::exponential(Duration::from_secs(1), Duration::from_secs(5)).with_jitter(0.5, 1.0);

impl Sender {
    pub fn new(
        client: ApiClient,
        limits: Limits,
        store: Arc<Store>,
        health: Arc<Health>,
        stop: CancellationToken,
    ) -> Sender {
        let mode = match limits.overall_per_second {
            0 => SendMode::Concurrent,
            _ => SendMode::Serial,
        };
        let (throttle, in_flight) =
            (Mutex::new(Throttle::new(limits)), Arc::new(InFlight::new(mode)));
        Sender { client, throttle, in_flight, store, health, stop }
    }

    /// Sends a message at least once.
    pub async fn send(&self, to: &SendTarget, message: &Message) -> SendOutcome {
        self.deliver(to.clone(), Destination::New, message).await
    }

    /// Edits a message of the bot, or sends a new one if it can no longer be edited.
    pub async fn edit_or_send(
        &self,
        to: &SendTarget,
        id: MessageId,
        message: &Message,
    ) -> SendOutcome {
        self.deliver(to.clone(), Destination::Replace(id), message).await
    }

    /// Edits a message of the bot after a button below it was pressed. Sends no new message.
    pub async fn edit(
        &self,
        target: &EditTarget,
        message: &Message,
        part: EditPart,
    ) -> SendOutcome {
        let chat = match target {
            EditTarget::Chat { chat, .. } | EditTarget::Ephemeral { chat, .. } => *chat,
            EditTarget::Inline(id) => inline_throttle_key(id),
        };
        let to = SendTarget::chat(chat, None);
        self.deliver(to, Destination::Edit(target, part), message).await
    }

    /// Sends a background message at most once. Replies take precedence over it.
    ///
    /// `record` is called just before the request; if it returns `false`, nothing is sent. It is
    /// called again if the message certainly did not arrive.
    pub async fn send_once(
        &self,
        to: SendTarget,
        message: &Message,
        record: impl Fn(DeliveryEvent) -> Result<bool, StoreError>,
    ) -> Result<OnceOutcome, StoreError> {
        const STOPPED: OnceOutcome = OnceOutcome::Done(SendOutcome::Stopped);
        let mut outgoing = Outgoing::new(to, Destination::NewInTopic, message);
        loop {
            if !self.wait_until_resumed().await {
                return Ok(STOPPED);
            }
            loop {
                // A `match` on the call itself would hold the lock across the wait.
                let reserved = self.throttle.lock().try_reserve(outgoing.to.chat, Instant::now());
                match reserved {
                    Ok(()) => break,
                    Err(wait) if wait > MAX_QUEUED_WAIT => return Ok(OnceOutcome::Delayed(wait)),
                    Err(wait) if self.sleep(wait).await => {}
                    Err(_) => return Ok(STOPPED),
                }
            }
            let permit = self
                .in_flight
                .background_permit(self.wait_for_background_slot(), self.wait_for_overall_limit())
                .await;
            let Some(permit) = permit else { return Ok(STOPPED) };
            if self.in_flight.is_paused() {
                continue;
            }
            if self.stop.is_cancelled() || !record(DeliveryEvent::Sending)? {
                return Ok(STOPPED);
            }
            match self.attempt(&mut outgoing, Some(permit)).await {
                Attempt::Done(SendOutcome::Stopped) => {
                    record(DeliveryEvent::NotDelivered)?;
                    return Ok(STOPPED);
                }
                Attempt::Done(outcome) => return Ok(OnceOutcome::Done(outcome)),
                Attempt::Retry { may_have_arrived: true, .. } | Attempt::Unreadable => {
                    return Ok(OnceOutcome::Unknown);
                }
                Attempt::Retry { after, .. } => {
                    record(DeliveryEvent::NotDelivered)?;
                    if !self.sleep(after).await {
                        return Ok(STOPPED);
                    }
                }
            }
        }
    }

    /// Returns whether the limits of a chat permit a message now, and counts the message.
    pub fn try_reserve(&self, chat: ChatId) -> bool {
        self.throttle.lock().try_reserve(chat, Instant::now()).is_ok()
    }

    /// Blocks the messages to a chat for this time, after its rate limit was exceeded.
    pub fn block_chat(&self, chat: ChatId, wait: Duration) {
        self.throttle.lock().block_chat(chat, wait, Instant::now());
    }

    /// Blocks all messages for this time, after a rate limit that belongs to no chat.
    pub fn block_all(&self, wait: Duration) {
        self.throttle.lock().block_all(wait, Instant::now());
    }

    /// Attempts a message until it is delivered, rejected, or the bot stops.
    async fn deliver(
        &self,
        to: SendTarget,
        destination: Destination<'_>,
        message: &Message,
    ) -> SendOutcome {
        let mut outgoing = Outgoing::new(to, destination, message);
        let mut was_unreadable = false;
        loop {
            if !self.wait_until_resumed().await {
                return SendOutcome::Stopped;
            }
            let wait = self.throttle.lock().reserve(outgoing.to.chat, Instant::now());
            if !self.sleep(wait).await {
                return SendOutcome::Stopped;
            }
            let permit = match outgoing.destination {
                Destination::New | Destination::NewInTopic => {
                    let permit = self.in_flight.permit(self.wait_for_overall_limit()).await;
                    let Some(permit) = permit else { return SendOutcome::Stopped };
                    Some(permit)
                }
                // Edits are idempotent, so they need no send permit.
                _ if self.wait_for_overall_limit().await => None,
                _ => return SendOutcome::Stopped,
            };
            if self.in_flight.is_paused() {
                continue;
            }
            match self.attempt(&mut outgoing, permit).await {
                Attempt::Done(outcome) => return outcome,
                // The unreadable response may come from a proxy. Once the server returns readable
                // responses, the message is sent a second time, but not a third time.
                Attempt::Unreadable if !self.wait_for_server().await => {
                    return SendOutcome::Stopped;
                }
                Attempt::Unreadable if was_unreadable => {
                    tracing::warn!(
                        "Telegram's responses to a message cannot be read; it counts as sent"
                    );
                    let (chat, message) = (outgoing.to.chat, None);
                    return SendOutcome::Delivered { chat, message, permit: None };
                }
                Attempt::Unreadable => was_unreadable = true,
                Attempt::Retry { after, .. } if self.sleep(after).await => {}
                Attempt::Retry { .. } => return SendOutcome::Stopped,
            }
        }
    }

    /// Makes one request. After an error, adapts `outgoing` for the next attempt.
    async fn attempt(&self, outgoing: &mut Outgoing<'_>, permit: Option<SendPermit>) -> Attempt {
        match outgoing.request(&self.client).await {
            Ok(message) => {
                self.health.telegram_seen(Instant::now());
                self.health.metrics.sent();
                Attempt::Done(SendOutcome::Delivered { chat: outgoing.to.chat, message, permit })
            }
            Err(error) => self.after_error(outgoing, &error),
        }
    }

    /// Decides how to continue after an error, and adapts `outgoing` for the next attempt.
    fn after_error(&self, outgoing: &mut Outgoing<'_>, error: &ApiError) -> Attempt {
        let Outgoing { to, destination, failures, message } = outgoing;
        let mut after = Duration::ZERO;
        match self.health.count_error(error) {
            ApiErrorKind::RetryAfter(wait) => {
                self.throttle.lock().block_chat(to.chat, wait, Instant::now());
            }
            ApiErrorKind::Migrated(chat) => {
                if let Err(error) = self.store.move_chat(to.chat, chat) {
                    tracing::error!(%error, "a chat could not be moved in the store");
                }
                // The supergroup does not have the group's messages.
                if matches!(destination, Destination::Edit(..)) {
                    return Attempt::Done(SendOutcome::Rejected);
                }
                (to.chat, to.reply_to, to.quote) = (chat, None, None);
            }
            ApiErrorKind::BadQuote | ApiErrorKind::BadText | ApiErrorKind::Other
                if to.quote.is_some() =>
            {
                to.quote = None;
            }
            // An old Bot API server does not know times.
            ApiErrorKind::BadText if let Some(html) = telegram::without_times(&message.html) => {
                message.to_mut().html = html;
            }
            ApiErrorKind::NoTopic
                if to.topic.is_some() && matches!(destination, Destination::New) =>
            {
                to.topic = None;
            }
            ApiErrorKind::NotEditable if matches!(destination, Destination::Replace(_)) => {
                *destination = Destination::New;
            }
            ApiErrorKind::Transient if matches!(error, ApiError::UnreadableResponse { .. }) => {
                return Attempt::Unreadable;
            }
            // A conflict over the updates does not concern a message, so it counts as transient.
            ApiErrorKind::Transient | ApiErrorKind::Conflict => {
                after = SEND_RETRY.delay(*failures);
                *failures = failures.saturating_add(1);
            }
            ApiErrorKind::ChatGone => {
                if let Err(error) = self.store.pause(to.chat, self.health.time.now()) {
                    tracing::error!(%error, "a chat could not be paused in the store");
                }
                tracing::info!("the bot has no access to a chat any more; its message is dropped");
                return Attempt::Done(SendOutcome::Rejected);
            }
            // The bot stops. It sends the message after a start with the right token.
            ApiErrorKind::WrongToken => return Attempt::Done(SendOutcome::Stopped),
            kind @ (ApiErrorKind::NoRights
            | ApiErrorKind::NotModified
            | ApiErrorKind::NotEditable
            | ApiErrorKind::StaleQuery
            | ApiErrorKind::BadText
            | ApiErrorKind::BadQuote
            | ApiErrorKind::NoTopic
            | ApiErrorKind::Other) => {
                tracing::warn!(?kind, %error, "Telegram rejected a message; it is dropped");
                return Attempt::Done(SendOutcome::Rejected);
            }
        }
        Attempt::Retry { after, may_have_arrived: error.may_have_arrived() }
    }

    /// Waits until sends are not paused. Returns `false` if the bot stops first.
    async fn wait_until_resumed(&self) -> bool {
        tokio::select! {
            // Messages in progress are finished after a stop if sends are not paused.
            biased;
            () = self.in_flight.resumed() => true,
            () = self.stop.cancelled() => false,
        }
    }

    /// Waits until the server returns a readable response. Returns `false` if the bot
    /// stops first.
    async fn wait_for_server(&self) -> bool {
        let mut failures = 0;
        while self.wait_until_resumed().await {
            if methods::probe(&self.client).await {
                return true;
            }
            if !self.sleep(SEND_RETRY.delay(failures)).await {
                return false;
            }
            failures += 1;
        }
        false
    }

    /// Waits until the overall limit permits a message. Returns `false` if the bot
    /// stops first.
    async fn wait_for_overall_limit(&self) -> bool {
        let wait = self.throttle.lock().reserve_overall(Instant::now());
        self.sleep(wait).await && self.sleep_while(Throttle::blocked_for).await
    }

    /// Waits until the overall limit permits a background message. Returns `false` if
    /// the bot stops first.
    async fn wait_for_background_slot(&self) -> bool {
        self.sleep_while(Throttle::background_delay).await
    }

    /// Waits until `delay` is zero. Returns `false` if the bot stops first.
    async fn sleep_while(&self, delay: fn(&Throttle, Instant) -> Duration) -> bool {
        loop {
            let wait = delay(&self.throttle.lock(), Instant::now());
            if wait.is_zero() {
                return true;
            }
            if !self.sleep(wait).await {
                return false;
            }
        }
    }

    /// Waits for this time. Returns `false` if the bot stops first.
    async fn sleep(&self, wait: Duration) -> bool {
        if wait.is_zero() {
            return true;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => true,
            () = self.stop.cancelled() => false,
        }
    }
}

impl<'a> Outgoing<'a> {
    fn new(to: SendTarget, destination: Destination<'a>, message: &'a Message) -> Outgoing<'a> {
        Outgoing { to, destination, message: Cow::Borrowed(message), failures: 0 }
    }

    /// Makes the request that delivers the message, and returns the message's id.
    async fn request(&self, client: &ApiClient) -> Result<Option<MessageId>, ApiError> {
        let Outgoing { to, message, .. } = self;
        match self.destination {
            Destination::New | Destination::NewInTopic => {
                methods::send_message(client, to, message).await
            }
            Destination::Replace(id) => {
                let target = EditTarget::Chat { chat: to.chat, message: id };
                edit::edit_text(client, &target, message).await.map(|()| Some(id))
            }
            Destination::Edit(target, part) => {
                match part {
                    EditPart::TextAndButtons => edit::edit_text(client, target, message).await?,
                    EditPart::Buttons => edit::edit_buttons(client, target, message).await?,
                }
                Ok(match target {
                    EditTarget::Chat { message, .. } => Some(*message),
                    EditTarget::Inline(_) | EditTarget::Ephemeral { .. } => None,
                })
            }
        }
    }
}

/// Returns the key that replaces the chat of an inline message in the throttle. Telegram does not
/// say which chat the message is in. The key is positive, because negative ids are groups.
fn inline_throttle_key(inline_message: &str) -> ChatId {
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(inline_message);
    ChatId::new((hash >> 1).cast_signed())
}

//! Messages out: the one place that owns chat, topic, reply, limits and retries.
//!
//! A network failure of a send is ambiguous, since the message may have arrived. It is sent again:
//! a question is never lost, and at most what is on the wire is said twice. Whatever is new has its turn
//! there until the store knows that it is out.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;
use teloxide::payloads::GetMe;
use tokio_util::sync::CancellationToken;

use super::incoming::{Letter, Spot};
use super::pace::Pace;
use super::refusal::{Refusal, may_have_arrived};
use super::turns::{Order, Turn, Turns};
use super::vitals::Vitals;
use super::wire::{Failure, Wire};
use super::{origin, requests};
use crate::config::Limits;
use crate::render::telegram::Message;
use crate::store::{Store, StoreError};

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub chat: i64,
    pub thread: Option<i32>,
    /// The message that is replied to.
    pub reply_to: Option<i32>,
    /// The part of it that is quoted, if Telegram finds it there.
    pub quote: Option<String>,
    /// Whether it comes without a sound.
    pub is_silent: bool,
}

impl Target {
    /// A chat, or a topic of it.
    pub fn chat(chat: i64, thread: Option<i32>) -> Target {
        Target { chat, thread, reply_to: None, quote: None, is_silent: false }
    }

    /// Replies stay in the topic of the question.
    pub fn reply_to(letter: &Letter) -> Target {
        Target { reply_to: Some(letter.id), ..Target::chat(letter.chat, letter.thread) }
    }
}

/// What became of a message.
#[derive(Debug)]
pub enum Sent {
    /// Out, as this message of this chat. A new message has its turn until whoever sent it has told the
    /// store so.
    As { chat: i64, message: i32, turn: Option<Turn> },
    /// Can never go out; why was logged.
    Refused,
    /// Not out yet, and the bot is stopping; or not wanted any more.
    Stopped,
}

/// What became of a message that must not be said twice.
#[derive(Debug)]
pub enum SentOnce {
    Settled(Sent),
    /// Its chat has to wait for so long.
    Later(Duration),
    /// It was on the wire when the connection broke.
    Unsure,
}

/// Where a message is that must not be said twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Going {
    OnTheWire,
    /// It certainly did not arrive.
    NotArrived,
}

/// What a message takes the place of.
#[derive(Clone, Copy)]
enum Place<'a> {
    New,
    /// In its topic, or nowhere.
    NewInTopic,
    /// Of this message, or it is sent anew.
    Instead(i32),
    /// Of this message, or of none.
    Only(i32),
    /// Of this message that was posted inline.
    Inline(&'a str),
}

/// What one request has led to.
enum Step {
    Over(Sent),
    Again {
        after: Duration,
        may_have_arrived: bool,
    },
    /// The status was that of a success, and nothing else of the response can be read.
    Unclear,
}

/// Sends for the whole bot.
pub struct Sender {
    pub(super) wire: Wire,
    pace: Mutex<Pace>,
    pub(super) turns: Turns,
    store: Arc<Store>,
    pub(super) vitals: Arc<Vitals>,
    stop: CancellationToken,
}

/// For longer than this a message does not keep its place among those that are being sent.
const PATIENCE: Duration = Duration::from_secs(1);
const MAX_BACK_OFF_SECONDS: u64 = 5;
/// Maximum time for the response by which it is seen whether there is a server.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);

impl Sender {
    pub fn new(
        wire: Wire,
        limits: Limits,
        store: Arc<Store>,
        vitals: Arc<Vitals>,
        stop: CancellationToken,
    ) -> Sender {
        let order = match limits.overall_per_second {
            0 => Order::SideBySide,
            _ => Order::OneByOne,
        };
        let (pace, turns) = (Mutex::new(Pace::new(limits)), Turns::new(order));
        Sender { wire, pace, turns, store, vitals, stop }
    }

    /// Sends a message.
    pub async fn send(&self, to: &Target, message: &Message) -> Sent {
        self.until_settled(to.clone(), Place::New, message).await
    }

    /// Replaces a message of ours; one that cannot be edited any more is sent anew.
    pub async fn edit(&self, to: &Target, id: i32, message: &Message) -> Sent {
        self.until_settled(to.clone(), Place::Instead(id), message).await
    }

    /// Changes a message of ours below which a button was pressed. It is never sent anew.
    pub async fn change(&self, spot: &Spot, message: &Message) -> Sent {
        match spot {
            Spot::Chat { chat, thread, message: id, .. } => {
                self.until_settled(Target::chat(*chat, *thread), Place::Only(*id), message).await
            }
            Spot::Inline(id) => {
                // Nobody knows its chat: each has a pace of its own.
                let chat = (origin::hash(id) >> 1).cast_signed();
                self.until_settled(Target::chat(chat, None), Place::Inline(id), message).await
            }
        }
    }

    /// Sends a message that nobody waits for, after all that somebody does, and not twice: `mark` is told
    /// before the message goes onto the wire, and again if it certainly did not arrive. It says whether the
    /// message is still to be sent.
    pub async fn send_once(
        &self,
        mut to: Target,
        message: &Message,
        mark: impl Fn(Going) -> Result<bool, StoreError>,
    ) -> Result<SentOnce, StoreError> {
        let mut place = Place::NewInTopic;
        let mut failures = 0;
        loop {
            if !self.is_reachable().await {
                return Ok(SentOnce::Settled(Sent::Stopped));
            }
            loop {
                // Not in one expression with the wait, or the lock would be held across it.
                let booked = self.pace().book_if_free(to.chat, Instant::now());
                match booked {
                    Ok(()) => break,
                    Err(wait) if wait > PATIENCE => return Ok(SentOnce::Later(wait)),
                    Err(wait) if self.wait(wait).await => {}
                    Err(_) => return Ok(SentOnce::Settled(Sent::Stopped)),
                }
            }
            let turn = self.turns.spare_turn(self.has_spare_room(), self.has_room()).await;
            let Some(turn) = turn else { return Ok(SentOnce::Settled(Sent::Stopped)) };
            if self.turns.is_cut() {
                continue;
            }
            if self.stop.is_cancelled() || !mark(Going::OnTheWire)? {
                return Ok(SentOnce::Settled(Sent::Stopped));
            }
            match self.step(&mut to, &mut place, message, &mut failures, Some(turn)).await {
                Step::Over(Sent::Stopped) => {
                    mark(Going::NotArrived)?;
                    return Ok(SentOnce::Settled(Sent::Stopped));
                }
                Step::Over(sent) => return Ok(SentOnce::Settled(sent)),
                Step::Again { may_have_arrived: true, .. } | Step::Unclear => {
                    return Ok(SentOnce::Unsure);
                }
                Step::Again { after, .. } => {
                    mark(Going::NotArrived)?;
                    if !self.wait(after).await {
                        return Ok(SentOnce::Settled(Sent::Stopped));
                    }
                }
            }
        }
    }

    /// Tries until the message is out, or can never be. Gives the chat as it is at the end, since a group may have moved.
    async fn until_settled(&self, mut to: Target, mut place: Place<'_>, message: &Message) -> Sent {
        let (mut failures, mut is_unclear) = (0, false);
        loop {
            if !self.is_reachable().await {
                return Sent::Stopped;
            }
            let wait = self.pace().book(to.chat, Instant::now());
            if !self.wait(wait).await {
                return Sent::Stopped;
            }
            let turn = match place {
                Place::New | Place::NewInTopic => {
                    let Some(turn) = self.turns.turn(self.has_room()).await else {
                        return Sent::Stopped;
                    };
                    Some(turn)
                }
                // Said twice, an edit is said once.
                _ if self.has_room().await => None,
                _ => return Sent::Stopped,
            };
            if self.turns.is_cut() {
                continue;
            }
            match self.step(&mut to, &mut place, message, &mut failures, turn).await {
                Step::Over(sent) => return sent,
                // Something in front of the server may have answered; once that is not so, the message is
                // sent once more, and not a third time.
                Step::Unclear if !self.server_answers().await => return Sent::Stopped,
                Step::Unclear if is_unclear => {
                    tracing::warn!(
                        "Telegram's responses to a message cannot be read; it counts as sent"
                    );
                    let message = requests::UNKNOWN_MESSAGE;
                    return Sent::As { chat: to.chat, message, turn: None };
                }
                Step::Unclear => is_unclear = true,
                Step::Again { after, .. } if self.wait(after).await => {}
                Step::Again { .. } => return Sent::Stopped,
            }
        }
    }

    /// Makes one request, and draws the consequences of a refusal.
    async fn step(
        &self,
        to: &mut Target,
        place: &mut Place<'_>,
        message: &Message,
        failures: &mut u32,
        turn: Option<Turn>,
    ) -> Step {
        let attempt = match *place {
            Place::New | Place::NewInTopic => requests::send(&self.wire, to, message).await,
            Place::Instead(id) | Place::Only(id) => {
                requests::edit(&self.wire, to.chat, id, message).await
            }
            Place::Inline(id) => requests::edit_inline(&self.wire, id, message).await,
        };
        let error = match attempt {
            Ok(message) => {
                self.vitals.reached(Instant::now());
                self.vitals.metrics.sent();
                return Step::Over(Sent::As { chat: to.chat, message, turn });
            }
            Err(error) => error,
        };
        let mut after = Duration::ZERO;
        let is_unclear = matches!(error, Failure::Misread { .. });
        match self.vitals.refused(&error) {
            Refusal::RetryAfter(wait) => self.pace().hold(to.chat, wait, Instant::now()),
            Refusal::Migrated(chat) => {
                if let Err(error) = self.store.move_chat(to.chat, chat) {
                    tracing::error!(%error, "a chat could not be moved in the store");
                }
                to.chat = chat;
                to.reply_to = None;
                to.quote = None;
            }
            Refusal::BadQuote | Refusal::BadText | Refusal::Other if to.quote.is_some() => {
                to.quote = None;
            }
            Refusal::NoTopic if to.thread.is_some() && matches!(place, Place::New) => {
                to.thread = None;
            }
            Refusal::NotEditable if matches!(place, Place::Instead(_)) => *place = Place::New,
            Refusal::Transient if is_unclear => return Step::Unclear,
            // It concerns the updates, and no message.
            Refusal::Transient | Refusal::Conflict => {
                after = back_off(*failures);
                *failures = failures.saturating_add(1);
            }
            Refusal::GoneChat => {
                if let Err(error) = self.store.pause(to.chat, self.vitals.time.now()) {
                    tracing::error!(%error, "a chat could not be paused in the store");
                }
                tracing::info!("a chat is gone for the bot; its message is dropped");
                return Step::Over(Sent::Refused);
            }
            // The bot is about to end: this is sent once it has the right token.
            Refusal::WrongToken => return Step::Over(Sent::Stopped),
            refusal @ (Refusal::NoRights
            | Refusal::NotModified
            | Refusal::NotEditable
            | Refusal::StaleQuery
            | Refusal::BadText
            | Refusal::BadQuote
            | Refusal::NoTopic
            | Refusal::Other) => {
                tracing::warn!(?refusal, %error, "Telegram refused a message; it is dropped");
                return Step::Over(Sent::Refused);
            }
        }
        Step::Again { after, may_have_arrived: may_have_arrived(&error) }
    }

    /// Waits until Telegram can be reached, and says whether the bot goes on.
    async fn is_reachable(&self) -> bool {
        tokio::select! {
            // What is in hand when the bot stops is finished, if it can be.
            biased;
            () = self.turns.is_whole() => true,
            () = self.stop.cancelled() => false,
        }
    }

    /// Waits until a response of the server can be read. Returns whether that was before the bot stops.
    async fn server_answers(&self) -> bool {
        let mut failures = 0;
        while self.is_reachable().await {
            let request = GetMe::new();
            match self.wire.call::<_, IgnoredAny>(&request, ANSWER_WITHIN).await {
                Ok(_) | Err(Failure::Refused { .. }) => return true,
                Err(_) if self.wait(back_off(failures)).await => failures += 1,
                Err(_) => return false,
            }
        }
        false
    }

    /// Holds all messages for this time.
    pub fn hold_all(&self, wait: Duration) {
        self.pace().hold_all(wait, Instant::now());
    }

    /// Waits until a message may go out among all, and says whether the bot goes on.
    async fn has_room(&self) -> bool {
        let wait = self.pace().book_among_all(Instant::now());
        self.wait(wait).await && self.is_let_go().await
    }

    /// Waits until no hold on all messages is left. Returns whether that was before the bot stops.
    async fn is_let_go(&self) -> bool {
        loop {
            let wait = self.pace().held(Instant::now());
            if wait.is_zero() {
                return true;
            }
            if !self.wait(wait).await {
                return false;
            }
        }
    }

    /// Waits until there is room among all for a message that nobody waits for.
    async fn has_spare_room(&self) -> bool {
        loop {
            let wait = self.pace().spare(Instant::now());
            if wait.is_zero() {
                return true;
            }
            if !self.wait(wait).await {
                return false;
            }
        }
    }

    /// Waits, and says whether the bot goes on.
    async fn wait(&self, wait: Duration) -> bool {
        if wait.is_zero() {
            return true;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => true,
            () = self.stop.cancelled() => false,
        }
    }

    fn pace(&self) -> std::sync::MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the time before the next try: 1, 2, 4, then 5 s, shortened at random so that not all try at the
/// same moment.
fn back_off(failures: u32) -> Duration {
    let seconds = (1_u64 << failures.min(3)).min(MAX_BACK_OFF_SECONDS);
    Duration::from_secs(seconds).mul_f64(0.5 + 0.5 * fastrand::f64())
}

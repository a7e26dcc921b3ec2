//! One lane for each chat and topic: the lanes side by side, in each the updates of a person in order.
//!
//! In a lane people take turns, so that many updates of one do not hold up the others. Of the presses that
//! choose what a message shows, only the newest changes the message.
//!
//! A lane holds only numbers; the updates are in the journal. Every lane's task is tracked and
//! waited for. A panic in one answer costs that answer.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, Semaphore};
use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::attempts::Attempt;
use super::origin::Origin;
use super::react::Reactor;
use crate::store::Journalled;

/// All lanes.
pub struct Lanes {
    shared: Arc<Shared>,
    tasks: TaskTracker,
}

struct Shared {
    reactor: Arc<Reactor>,
    /// What waits in each busy lane.
    queues: Mutex<Queues>,
    taken: Notify,
    hands: Semaphore,
    stop: CancellationToken,
    /// Even what is in hand is left to the journal.
    abandon: CancellationToken,
}

#[derive(Default)]
struct Queues {
    lanes: HashMap<(i64, i64), Queue>,
    in_hand: usize,
    /// Of these, those whose turn has not come.
    waiting: usize,
}

/// The updates that wait in one lane. Most lanes are of one person and have one: such a queue is small.
#[derive(Debug, Default)]
struct Queue {
    /// Everybody who has updates here; the first is next.
    people: VecDeque<Person>,
    /// The newest press of each message that chooses what the message shows, and how many of them wait.
    views: Option<HashMap<u64, (i64, usize)>>,
}

#[derive(Debug)]
struct Person {
    id: i64,
    /// Never none.
    updates: VecDeque<Waiting>,
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    update: i64,
    view: Option<u64>,
    is_within_limits: bool,
}

/// The handling of an update whose turn has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    Now,
    /// A press that a newer one of the same message supersedes: it is answered and changes nothing.
    Superseded,
    /// A press beyond the limits of its person or chat.
    TooFast,
}

/// With more updates than this in hand, Telegram keeps the rest. Of each only a few numbers are in memory.
const MAX_IN_HAND: usize = 50_000;
/// So many lanes are at work, or wait for Telegram, at once: each takes some 10 kB for it.
const MOST_AT_ONCE: usize = 1_000;

impl Lanes {
    pub fn new(reactor: Arc<Reactor>, stop: CancellationToken) -> Lanes {
        let shared = Shared {
            reactor,
            queues: Mutex::default(),
            taken: Notify::new(),
            hands: Semaphore::new(MOST_AT_ONCE),
            stop,
            abandon: CancellationToken::new(),
        };
        Lanes { shared: Arc::new(shared), tasks: TaskTracker::new() }
    }

    /// Puts a journalled update into its lane, behind those of the same person. Its kind is known if it
    /// came just now; a press is counted then, since one that a former run of the bot left was counted there.
    pub fn add(
        &self,
        chat: i64,
        thread: i64,
        update: i64,
        kind: Option<&'static str>,
        origin: Origin,
    ) {
        let lane = (chat, thread);
        let (vitals, access) = (&self.shared.reactor.vitals, &self.shared.reactor.access);
        vitals.arrived(update, kind, Instant::now());
        // A message that was posted inline has no chat.
        let at = Some(chat).filter(|chat| *chat != 0);
        let is_let_in = access.is_let_in(origin.person, at);
        let counts = origin.button.is_some() && kind.is_some() && is_let_in;
        let is_within_limits = !counts || access.admits_press(origin.person, at);
        // A press that is refused supersedes none.
        let view = origin.view().filter(|_| is_let_in);
        let mut queues = self.shared.lock();
        queues.in_hand += 1;
        queues.waiting += 1;
        let is_busy = queues.lanes.contains_key(&lane);
        let waiting = Waiting { update, view, is_within_limits };
        queues.lanes.entry(lane).or_default().push(origin.person, waiting);
        vitals.metrics.busy(queues.lanes.len(), queues.waiting);
        if !is_busy {
            let shared = self.shared.clone();
            self.tasks.spawn(async move { shared.serve(lane).await });
        }
    }

    /// Waits until more updates may come.
    pub async fn room(&self) {
        while !self.has_room() {
            self.shared.taken.notified().await;
        }
    }

    /// Whether more updates may come.
    pub fn has_room(&self) -> bool {
        self.shared.lock().in_hand < MAX_IN_HAND
    }

    /// Whether nothing is in hand.
    pub fn are_idle(&self) -> bool {
        self.shared.lock().in_hand == 0
    }

    /// Waits for what is in hand, at most `grace`; the rest stays in the journal.
    pub async fn finish(&self, grace: Duration) {
        self.tasks.close();
        if tokio::time::timeout(grace, self.tasks.wait()).await.is_err() {
            tracing::warn!("some answers were not finished; they are given after the next start");
            self.shared.abandon.cancel();
            self.tasks.wait().await;
        }
    }
}

impl Shared {
    async fn serve(self: Arc<Self>, lane: (i64, i64)) {
        while !self.stop.is_cancelled() {
            let Some((update, due)) = self.next(lane) else { return };
            let hand = tokio::select! {
                hand = self.hands.acquire() => hand,
                () = self.stop.cancelled() => return,
            };
            self.reactor.vitals.taken(update, Instant::now());
            // In a box, so that a lane that waits is small.
            Box::pin(self.deal_with(update, due)).await;
            drop(hand);
            self.reactor.vitals.over(update);
            self.lock().in_hand -= 1;
            self.taken.notify_one();
        }
    }

    /// The next update of a lane, which is closed when it has none.
    fn next(&self, lane: (i64, i64)) -> Option<(i64, Due)> {
        let mut queues = self.lock();
        let next = queues.lanes.get_mut(&lane).and_then(Queue::pop);
        match next {
            Some(_) => queues.waiting -= 1,
            None => drop(queues.lanes.remove(&lane)),
        }
        self.reactor.vitals.metrics.busy(queues.lanes.len(), queues.waiting);
        next
    }

    async fn deal_with(&self, id: i64, due: Due) {
        let update = loop {
            match self.reactor.store.update(id) {
                Ok(Some(update)) => break update,
                Ok(None) => return,
                Err(error) => {
                    if let Err(error) = self.reactor.bear(error).await {
                        return tracing::error!(update = id, %error, "an update could not be read back");
                    }
                }
            }
        };
        let attempt = tokio::select! {
            attempt = self.reactor.attempts.begin(id) => attempt,
            () = self.stop.cancelled() => return,
        };
        match attempt {
            Attempt::Work => self.react(id, update, due).await,
            Attempt::Apologise => self.apologise(id, update).await,
            Attempt::Close => {
                if let Err(error) = self.reactor.done(id, None).await {
                    tracing::error!(update = id, %error, "an update could not be closed");
                }
            }
        }
        self.reactor.attempts.over(id);
    }

    async fn react(&self, id: i64, update: Journalled, due: Due) {
        let reactor = self.reactor.clone();
        let work = update.clone();
        // A task of its own, so that a panic ends there. What it says may be about the question; where it
        // was is logged.
        if self
            .finished(tokio::spawn(async move { reactor.react(&work, due).await }))
            .await
            .is_err()
        {
            if self.stop.is_cancelled() {
                return tracing::error!(
                    update = id,
                    "an answer panicked while the bot was stopping; it is given after the next start"
                );
            }
            tracing::error!(update = id, "an answer panicked");
            self.apologise(id, update).await;
        }
    }

    async fn apologise(&self, id: i64, update: Journalled) {
        let reactor = self.reactor.clone();
        let apology = tokio::spawn(async move { reactor.apologise(&update).await });
        if self.finished(apology).await.is_err() {
            tracing::error!(
                update = id,
                "even to say so panicked; it is tried after the next start"
            );
        }
    }

    /// Waits for a task, or ends it where even what is in hand is left to the journal.
    async fn finished(&self, mut task: JoinHandle<()>) -> Result<(), JoinError> {
        tokio::select! {
            ended = &mut task => ended,
            () = self.abandon.cancelled() => {
                task.abort();
                // Aborted or ended: either way it is over before we go on.
                let _ = task.await;
                Ok(())
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Puts an update behind those of the same person.
    fn push(&mut self, person: i64, mut new: Waiting) {
        if let Some(message) = new.view {
            let views = self.views.get_or_insert_default();
            if new.is_within_limits || views.contains_key(&message) {
                let (newest, waiting) = views.entry(message).or_default();
                *newest = new.update;
                *waiting += 1;
                // A change of the message that is due anyway shows what was chosen last.
                new.is_within_limits = true;
            } else {
                new.view = None;
            }
        }
        if let Some(known) = self.people.iter_mut().find(|known| known.id == person) {
            return known.updates.push_back(new);
        }
        if self.people.capacity() == 0 {
            self.people.reserve_exact(1);
        }
        let mut updates = VecDeque::with_capacity(1);
        updates.push_back(new);
        self.people.push_back(Person { id: person, updates });
    }

    /// Takes the first update of the person whose turn it is.
    fn pop(&mut self) -> Option<(i64, Due)> {
        let mut person = self.people.pop_front()?;
        let next = person.updates.pop_front()?;
        if !person.updates.is_empty() {
            self.people.push_back(person);
        }
        let mut due = if next.is_within_limits { Due::Now } else { Due::TooFast };
        if let Some((message, views)) = next.view.zip(self.views.as_mut())
            && let Some((newest, waiting)) = views.get_mut(&message)
        {
            if *newest != next.update {
                due = Due::Superseded;
            }
            *waiting -= 1;
            if *waiting == 0 {
                views.remove(&message);
            }
        }
        Some((next.update, due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: i64 = 1;
    const BEN: i64 = 2;

    fn push(queue: &mut Queue, person: i64, update: i64, view: Option<u64>) {
        queue.push(person, Waiting { update, view, is_within_limits: true });
    }

    fn all(mut queue: Queue) -> Vec<(i64, Due)> {
        let all: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert!(queue.people.is_empty() && queue.views.is_none_or(|views| views.is_empty()));
        all
    }

    #[test]
    fn lanes_give_people_turns_and_keep_the_order_of_each() {
        let mut queue = Queue::default();
        (1..=4).for_each(|update| push(&mut queue, ADA, update, None));
        (5..=6).for_each(|update| push(&mut queue, BEN, update, None));
        assert_eq!(queue.pop(), Some((1, Due::Now)));
        push(&mut queue, 3, 7, None);
        let order: Vec<_> = all(queue).into_iter().map(|(update, _)| update).collect();
        assert_eq!(order, [5, 2, 7, 6, 3, 4]);
    }

    #[test]
    fn lanes_carry_out_the_newest_press_of_a_message_of_all_people() {
        let mut queue = Queue::default();
        push(&mut queue, ADA, 1, Some(9));
        push(&mut queue, ADA, 2, None);
        push(&mut queue, ADA, 3, Some(9));
        push(&mut queue, ADA, 4, Some(8));
        push(&mut queue, BEN, 5, Some(9));
        // Ben's comes before one of Ada's that is older: hers is superseded all the same.
        let expected = [
            (1, Due::Superseded),
            (5, Due::Now),
            (2, Due::Now),
            (3, Due::Superseded),
            (4, Due::Now),
        ];
        assert_eq!(all(queue), expected);
    }

    #[test]
    fn lanes_refuse_a_press_beyond_the_limits_unless_its_message_changes_anyway() {
        let mut queue = Queue::default();
        let mut press = |update, view, is_within_limits| {
            queue.push(ADA, Waiting { update, view, is_within_limits });
        };
        press(1, Some(9), false);
        press(2, Some(9), true);
        press(3, Some(9), false);
        press(4, Some(8), false);
        press(5, None, false);
        let expected = [
            (1, Due::TooFast),
            (2, Due::Superseded),
            (3, Due::Now),
            (4, Due::TooFast),
            (5, Due::TooFast),
        ];
        assert_eq!(all(queue), expected);
    }
}

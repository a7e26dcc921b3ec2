//! What a bot counts and measures, for Prometheus.
//!
//! The numbers belong to one running bot. A label has one of a few words of ours, never a chat, a person or
//! anything that somebody wrote.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::answer::Answer;
use crate::bot::api::error::ApiErrorKind;
use crate::bot::receive::update::UpdateKind;
use crate::library::Size;

/// What is counted as it happens.
#[derive(Debug)]
pub struct Metrics {
    updates: Family<Kind, Counter>,
    answers: Family<Outcome, Counter>,
    replies: Family<Kind, Histogram, fn() -> Histogram>,
    sent: Counter,
    refusals: Family<Kind, Counter>,
    starts: Counter,
    lanes: Gauge,
    waiting: Gauge,
    problems: Gauge,
}

/// What is looked up when somebody asks.
#[derive(Debug, Clone, Copy)]
pub struct GaugeSnapshot {
    pub size: Size,
    /// In Unix seconds.
    pub next_briefing: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

/// From an answer out of the cache to a wait behind others, in seconds.
const BUCKETS: [f64; 12] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];
/// Kinds of update that are not asked for.
const OTHER: &str = "other";
const OUTCOMES: [&str; 6] =
    ["found", "byline", "nothing_found", "small_talk", "empty", FAILED_OUTCOME];
const FAILED_OUTCOME: &str = "failed";

impl Metrics {
    /// The numbers of a bot that was started so often.
    pub fn new(starts: i64) -> Metrics {
        let metrics = Metrics {
            updates: Family::default(),
            answers: Family::default(),
            replies: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            sent: Counter::default(),
            refusals: Family::default(),
            starts: Counter::default(),
            lanes: Gauge::default(),
            waiting: Gauge::default(),
            problems: Gauge::default(),
        };
        metrics.starts.inc_by(u64::try_from(starts).unwrap_or(0));
        // A series that begins with its first event hides that event from `rate`.
        for kind in UpdateKind::ALL.map(UpdateKind::name).into_iter().chain([OTHER]) {
            drop(metrics.updates.get_or_create(&Kind { kind }));
        }
        for outcome in OUTCOMES {
            drop(metrics.answers.get_or_create(&Outcome { outcome }));
        }
        for refusal in ApiErrorKind::ALL {
            drop(metrics.refusals.get_or_create(&Kind { kind: refusal.name() }));
        }
        metrics
    }

    /// Counts an update. `None` is a kind that the bot does not ask for.
    pub fn update_received(&self, kind: Option<UpdateKind>) {
        let kind = kind.map_or(OTHER, UpdateKind::name);
        self.updates.get_or_create(&Kind { kind }).inc();
    }

    /// A question was answered; `None` after an error.
    pub fn answered(&self, answer: Option<&Answer>) {
        let outcome = match answer {
            Some(Answer::Found(_)) => "found",
            Some(Answer::Byline(_)) => "byline",
            Some(Answer::NothingFound(_)) => "nothing_found",
            Some(Answer::SmallTalk(_)) => "small_talk",
            Some(Answer::Empty) => "empty",
            None => FAILED_OUTCOME,
        };
        self.answers.get_or_create(&Outcome { outcome }).inc();
    }

    /// The reply to an update is out, so long after it came.
    pub fn replied(&self, kind: UpdateKind, after: Duration) {
        self.replies.get_or_create(&Kind { kind: kind.name() }).observe(after.as_secs_f64());
    }

    /// A message or an edit is out.
    pub fn sent(&self) {
        self.sent.inc();
    }

    pub fn api_error(&self, refusal: ApiErrorKind) {
        self.refusals.get_or_create(&Kind { kind: refusal.name() }).inc();
    }

    /// So many lanes are busy, and so many updates wait in them.
    pub fn queue_size(&self, lanes: usize, waiting: usize) {
        self.lanes.set(gauge(lanes as u64));
        self.waiting.set(gauge(waiting as u64));
    }

    /// So many files of the corpus are faulty.
    pub fn problems(&self, files: usize) {
        self.problems.set(gauge(files as u64));
    }

    /// All of it, in the text format of Prometheus, version 0.0.4.
    pub fn text(&self, standing: &GaugeSnapshot) -> String {
        let mut registry = Registry::with_prefix("verbatim");
        let mut counter = |name: &str, help: &str, counter: &Counter| {
            registry.register(name, help, counter.clone());
        };
        counter("sent", "Messages and edits that are out", &self.sent);
        counter("starts", "Starts of the bot with this data directory", &self.starts);
        registry.register("updates", "Updates that came from Telegram", self.updates.clone());
        registry.register("answers", "Answers to questions in messages", self.answers.clone());
        let help = "Requests that Telegram refused, or that failed on the way";
        registry.register("telegram_refusals", help, self.refusals.clone());
        let help = "From an update's arrival to its reply being out";
        registry.register_with_unit("reply", help, Unit::Seconds, self.replies.clone());
        let mut gauge_of = |name: &str, help: &str, gauge: Gauge| {
            registry.register(name, help, gauge);
        };
        gauge_of("lanes", "Chats and topics with updates in hand", self.lanes.clone());
        gauge_of("lane_updates", "Updates that wait in their lanes", self.waiting.clone());
        gauge_of("corpus_problems", "Faulty files of the corpus", self.problems.clone());
        let GaugeSnapshot { size, next_briefing } = standing;
        gauge_of("index_articles", "Articles to ask", of(size.articles));
        gauge_of("index_passages", "Passages of the articles", of(size.passages));
        let help = "The index on the disk";
        registry.register_with_unit("index", help, Unit::Bytes, of(size.bytes));
        if let Some(due) = next_briefing {
            let known: Gauge = Gauge::default();
            known.set(*due);
            let help = "When the next briefing is due, in Unix time";
            registry.register_with_unit("next_briefing_timestamp", help, Unit::Seconds, known);
        }
        let mut text = String::new();
        encode(&mut text, &registry).expect("writing to a string does not fail");
        text
    }
}

fn of(number: u64) -> Gauge {
    let known = Gauge::default();
    known.set(gauge(number));
    known
}

fn gauge(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

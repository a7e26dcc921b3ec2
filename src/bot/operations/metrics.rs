//! Metrics of one running bot, for Prometheus.
//!
//! The values of labels are constants of this program, never the id of a chat or user, or a text.

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
use crate::bot::keyed_queue::QueueSize;
use crate::bot::update_kind::UpdateKind;
use crate::library::Size;

/// Metrics that are updated by events.
#[derive(Debug)]
pub struct Metrics {
    updates: Family<Kind, Counter>,
    answers: Family<Outcome, Counter>,
    replies: Family<Kind, Histogram, fn() -> Histogram>,
    sent: Counter,
    api_errors: Family<Kind, Counter>,
    starts: Counter,
    active_queues: Gauge,
    waiting_updates: Gauge,
    corpus_problems: Gauge,
}

/// Values of gauges that are read for each request of `/metrics`.
#[derive(Debug, Clone, Copy)]
pub struct GaugeSnapshot {
    pub index_size: Size,
    /// Time at which the next briefing is due, in Unix seconds.
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

/// Upper bounds of the reply times, in seconds: from a cached answer to a wait in the queue.
const BUCKETS: [f64; 12] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];
/// Label value of the kinds of updates that the bot does not ask for.
const OTHER: &str = "other";
const OUTCOMES: [&str; 8] = [
    "found",
    "articles",
    "byline",
    "nothing_found",
    "request",
    "small_talk",
    "empty",
    FAILED_OUTCOME,
];
const FAILED_OUTCOME: &str = "failed";

impl Metrics {
    /// Returns the metrics of a bot that was started `starts` times with its data directory.
    pub fn new(starts: i64) -> Metrics {
        let metrics = Metrics {
            updates: Family::default(),
            answers: Family::default(),
            replies: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            sent: Counter::default(),
            api_errors: Family::default(),
            starts: Counter::default(),
            active_queues: Gauge::default(),
            waiting_updates: Gauge::default(),
            corpus_problems: Gauge::default(),
        };
        metrics.starts.inc_by(u64::try_from(starts).unwrap_or(0));
        // `rate` of Prometheus misses the first event of a series that begins with this event.
        for kind in UpdateKind::ALL.map(UpdateKind::name).into_iter().chain([OTHER]) {
            drop(metrics.updates.get_or_create(&Kind { kind }));
        }
        for outcome in OUTCOMES {
            drop(metrics.answers.get_or_create(&Outcome { outcome }));
        }
        for error in ApiErrorKind::ALL {
            drop(metrics.api_errors.get_or_create(&Kind { kind: error.name() }));
        }
        metrics
    }

    /// Counts an update. `None` is a kind that the bot does not ask for.
    pub fn update_received(&self, kind: Option<UpdateKind>) {
        let kind = kind.map_or(OTHER, UpdateKind::name);
        self.updates.get_or_create(&Kind { kind }).inc();
    }

    /// Counts an answer to a question. `None` means that an error prevented the answer.
    pub fn answered(&self, answer: Option<&Answer>) {
        let outcome = match answer {
            Some(Answer::Found(_)) => "found",
            Some(Answer::Byline(_)) => "byline",
            Some(Answer::Articles(_)) => "articles",
            Some(Answer::Request(_)) => "request",
            Some(Answer::NothingFound(_)) => "nothing_found",
            Some(Answer::SmallTalk(_)) => "small_talk",
            Some(Answer::Empty) => "empty",
            None => FAILED_OUTCOME,
        };
        self.answers.get_or_create(&Outcome { outcome }).inc();
    }

    /// Records the time from the arrival of an update to the delivery of its reply.
    pub fn replied(&self, kind: UpdateKind, after: Duration) {
        self.replies.get_or_create(&Kind { kind: kind.name() }).observe(after.as_secs_f64());
    }

    /// Counts a delivered message or edit.
    pub fn sent(&self) {
        self.sent.inc();
    }

    /// Counts a failed request to the Bot API.
    pub fn api_error(&self, kind: ApiErrorKind) {
        self.api_errors.get_or_create(&Kind { kind: kind.name() }).inc();
    }

    /// Sets the number of active queues and of the updates that wait in them.
    pub fn set_queue_size(&self, size: QueueSize) {
        self.active_queues.set(gauge_value(size.keys as u64));
        self.waiting_updates.set(gauge_value(size.waiting as u64));
    }

    /// Sets the number of files of the corpus with problems.
    /// Returns the number of files of the corpus with problems.
    pub fn corpus_problems(&self) -> usize {
        usize::try_from(self.corpus_problems.get()).unwrap_or(0)
    }

    pub fn set_corpus_problems(&self, files: usize) {
        self.corpus_problems.set(gauge_value(files as u64));
    }

    /// Returns all metrics in the text format of Prometheus, version 0.0.4.
    pub fn text(&self, snapshot: &GaugeSnapshot) -> String {
        let mut registry = Registry::with_prefix("verbatim");
        let mut counter = |name: &str, help: &str, counter: &Counter| {
            registry.register(name, help, counter.clone());
        };
        counter("sent", "Messages and edits delivered", &self.sent);
        counter("starts", "Starts of the bot with this data directory", &self.starts);
        registry.register("updates", "Updates received from Telegram", self.updates.clone());
        registry.register("answers", "Answers to questions in messages", self.answers.clone());
        let help = "Requests to the Bot API that were rejected or got no response";
        registry.register("telegram_refusals", help, self.api_errors.clone());
        let help = "Time from the arrival of an update to the delivery of its reply";
        registry.register_with_unit("reply", help, Unit::Seconds, self.replies.clone());
        let mut gauge = |name: &str, help: &str, gauge: Gauge| {
            registry.register(name, help, gauge);
        };
        gauge("lanes", "Chats and topics with updates in progress", self.active_queues.clone());
        gauge(
            "lane_updates",
            "Updates that wait in the queues of their chats and topics",
            self.waiting_updates.clone(),
        );
        gauge("corpus_problems", "Files of the corpus with problems", self.corpus_problems.clone());
        let GaugeSnapshot { index_size, next_briefing } = snapshot;
        gauge("index_articles", "Articles in the index", gauge_of(index_size.articles));
        gauge("index_passages", "Passages in the index", gauge_of(index_size.passages));
        let help = "Size of the index on the disk";
        registry.register_with_unit("index", help, Unit::Bytes, gauge_of(index_size.bytes));
        if let Some(due) = next_briefing {
            let gauge: Gauge = Gauge::default();
            gauge.set(*due);
            let help = "Time at which the next briefing is due, in Unix time";
            registry.register_with_unit("next_briefing_timestamp", help, Unit::Seconds, gauge);
        }
        let mut text = String::new();
        encode(&mut text, &registry).expect("writing to a string does not fail");
        text
    }
}

fn gauge_of(number: u64) -> Gauge {
    let gauge = Gauge::default();
    gauge.set(gauge_value(number));
    gauge
}

fn gauge_value(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

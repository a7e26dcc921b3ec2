//! Explanation of a ranking for engineers: terms, passages and weighted features as text. Pure.

use super::features::{self, FEATURES};
use super::mode::Mode;
use super::query::Query;
use super::ranking::{Hit, Ranking};
use super::reading;
use super::scorer::Scorer;
use super::term::Form;
use crate::corpus::is_unsafe_control;

/// Number of passages in the explanation.
const SHOWN_HITS: usize = 3;
/// Maximum length of a sentence in the explanation, in chars.
const MAX_SENTENCE_CHARS: usize = 60;
/// Maximum length of a term in the explanation, in chars.
const MAX_TERM_CHARS: usize = 20;

/// Lists the terms of the query, the best passages, and the contribution of each feature to the
/// score of their best sentences.
pub fn explain(query: &Query, ranking: &Ranking) -> String {
    let mut text = format!(
        "expects {:?}\n\nterm                 known   idf rarity weight forms\n",
        query.answer_type
    );
    for stats in &ranking.terms {
        let forms: Vec<_> = stats.forms.iter().map(with_weight).collect();
        text.push_str(&format!(
            "{:<20} {:<5} {:>5.2} {:>6.2} {:>6.2} {}\n",
            truncated(&stats.typed, MAX_TERM_CHARS),
            stats.is_in_corpus,
            stats.idf,
            stats.information_content,
            stats.turn_weight,
            forms.join(", ")
        ));
    }
    let weights = features::weights(ranking.mode);
    let hits: Vec<_> = ranking.hits.iter().take(SHOWN_HITS).collect();
    text.push_str(&format!("\n{} passages; the best:\n", ranking.hits.len()));
    for (position, hit) in hits.iter().enumerate() {
        text.push_str(&format!(
            "{}. {}\n",
            position + 1,
            truncated(best_sentence(hit), MAX_SENTENCE_CHARS)
        ));
    }
    text.push_str("\nadds to the score    weight");
    (1..=hits.len()).for_each(|position| text.push_str(&format!("{position:>8}")));
    for (at, feature) in FEATURES.iter().enumerate() {
        let contribution = |hit: &&Hit| hit.features[hit.best_sentence][at] * weights[at];
        if hits.iter().all(|hit| contribution(hit) == 0.0) {
            continue;
        }
        text.push_str(&format!("\n{:<18} {:>8.2}", feature.name, weights[at]));
        hits.iter().for_each(|hit| text.push_str(&format!("{:>8.2}", contribution(hit))));
        text.push_str(&format!("   {}", feature.description));
    }
    let score = |hit: &Hit| hit.scores[hit.best_sentence];
    if ranking.mode == Mode::Semantic {
        let reader = from_reader(ranking);
        let from_reranker = hits.iter().zip(&reader).map(|(hit, reader)| {
            score(hit) - features::score(weights, &hit.features[hit.best_sentence]) - reader
        });
        let text = &mut text;
        push_row(text, "reranker", from_reranker, "compares the sentence with all others");
        let reader = reader.iter().copied().take(hits.len());
        push_row(text, "reader", reader, "reads the sentence together with the question");
    }
    text.push_str(&format!("\n{:<27}", "score"));
    hits.iter().for_each(|hit| text.push_str(&format!("{:>8.2}", score(hit))));
    text.push_str("\n\n");
    text
}

/// Returns a form with its weight, unless this is 1.
fn with_weight(form: &Form) -> String {
    let stems = form.stems.join(" ");
    if form.weight == 1.0 { stems } else { format!("{stems} ({:.2})", form.weight) }
}

/// Returns what the reader adds to the score of the best sentence of each hit.
fn from_reader(ranking: &Ranking) -> Vec<f32> {
    let read: Vec<_> = ranking.hits.iter().map(|hit| hit.read.as_slice()).collect();
    let weight = Scorer::shipped(ranking.mode).reading.of(ranking.is_foreign);
    let additions = ranking.hits.iter().zip(reading::additions(&read));
    additions.map(|(hit, additions)| weight * additions[hit.best_sentence]).collect()
}

/// Appends a row of what a network adds to each score.
fn push_row(text: &mut String, name: &str, added: impl Iterator<Item = f32>, does: &str) {
    text.push_str(&format!("\n{name:<27}"));
    added.for_each(|added| text.push_str(&format!("{added:>8.2}")));
    text.push_str(&format!("   a network, which {does}"));
}

fn best_sentence(hit: &Hit) -> &str {
    &hit.passage.text[hit.passage.sentences[hit.best_sentence].clone()]
}

/// Returns the first `max_chars` chars of a text, without control characters.
fn truncated(text: &str, max_chars: usize) -> String {
    text.chars().filter(|c| !is_unsafe_control(*c)).take(max_chars).collect()
}

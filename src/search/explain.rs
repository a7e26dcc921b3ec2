//! What a search found and why, as text for an engineer. Pure.

use super::features::{self, FEATURES};
use super::query::Query;
use super::{Hit, Ranking};
use crate::corpus::is_unsafe_control;

const SHOWN: usize = 3;
const SENTENCE_CHARS: usize = 60;

/// The terms of the query, then the best passages with what each feature of their best sentence adds
/// to the score.
pub fn explain(query: &Query, findings: &Ranking) -> String {
    let mut text = format!(
        "expects {:?}\n\nterm                 known   idf rarity weight forms\n",
        query.answer_type
    );
    for (term, known) in query.terms.iter().zip(&findings.terms) {
        let forms: Vec<_> = term.forms.iter().map(|form| form.stems.join(" ")).collect();
        text.push_str(&format!(
            "{:<20} {:<5} {:>5.2} {:>6.2} {:>6.2} {}\n",
            shortened(&known.typed, 20),
            known.is_known,
            known.idf,
            known.information,
            known.weight,
            forms.join(", ")
        ));
    }
    let weights = features::weights(findings.mode);
    let hits: Vec<_> = findings.hits.iter().take(SHOWN).collect();
    text.push_str(&format!("\n{} passages; the best:\n", findings.hits.len()));
    for (position, hit) in hits.iter().enumerate() {
        text.push_str(&format!(
            "{}. {}\n",
            position + 1,
            shortened(best_sentence(hit), SENTENCE_CHARS)
        ));
    }
    text.push_str("\nadds to the score    weight");
    (1..=hits.len()).for_each(|position| text.push_str(&format!("{position:>8}")));
    for (at, feature) in FEATURES.iter().enumerate() {
        let adds = |hit: &&Hit| hit.features[hit.best][at] * weights[at];
        if hits.iter().all(|hit| adds(hit) == 0.0) {
            continue;
        }
        text.push_str(&format!("\n{:<18} {:>8.2}", feature.name, weights[at]));
        hits.iter().for_each(|hit| text.push_str(&format!("{:>8.2}", adds(hit))));
        text.push_str(&format!("   {}", feature.meaning));
    }
    text.push_str(&format!("\n{:<27}", "score"));
    hits.iter().for_each(|hit| text.push_str(&format!("{:>8.2}", hit.scores[hit.best])));
    text.push_str("\n\n");
    text
}

fn best_sentence(hit: &Hit) -> &str {
    &hit.passage.text[hit.passage.sentences[hit.best].clone()]
}

fn shortened(text: &str, chars: usize) -> String {
    text.chars().filter(|c| !is_unsafe_control(*c)).take(chars).collect()
}

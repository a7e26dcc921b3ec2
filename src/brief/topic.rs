//! The key sentences on a topic, among what a search found for it. Pure.

use std::collections::HashMap;
use std::ops::Range;

use super::candidates::{CandidateQuote, Candidates, Sentence};
use super::mmr::Selection;
use crate::answer::Excerpt;
use crate::corpus::article::{ArticleId, Outline, PassageId};
use crate::index::analyzer::Language;
use crate::search::{Hit, Mode, Ranking, TermStats};

/// The most sentences on a topic.
pub const MAX_ON_TOPIC: usize = 7;
const MAX_A_SECTION: usize = 3;
/// What each after the first must be worth.
const ENOUGH: f32 = 0.6;
/// A sentence whose score is so far below the best, in nats, is not near the topic at all.
const FAR_FROM_BEST: f32 = 8.0;
/// A sentence is on the topic if it has such a share of the topic's words that any has, as they tell; or
/// if it means about the same as the best.
const ENOUGH_WORDS: f32 = 0.7;
const NEAR: f32 = 0.85;
/// What being on the topic counts beside what speaks for a sentence anyway.
const RELEVANCE: f32 = 1.5;

/// The key sentences among what was found for a topic, at most [`MAX_ON_TOPIC`]: those of an article
/// together, in reading order. Whether the topic is covered is not judged here.
pub fn on_topic(findings: &Ranking, language_of: impl Fn(&Outline) -> Language) -> Vec<Excerpt> {
    let relevance = Relevance::of(findings);
    let mut articles: Vec<(ArticleId, Language)> = Vec::new();
    for hit in &findings.hits {
        if !articles.iter().any(|(known, _)| *known == hit.article.id) {
            articles.push((hit.article.id, language_of(&hit.article)));
        }
    }
    let rank = |id: ArticleId| articles.iter().position(|(known, _)| *known == id).unwrap_or(0);
    let mut hits: Vec<_> = findings.hits.iter().collect();
    hits.sort_by_key(|hit| {
        let start = hit.passage.origin.file_range(0..hit.passage.text.len()).start;
        (rank(hit.article.id), hit.passage.section, start)
    });
    let passages =
        hits.iter().map(|hit| (&hit.article, &hit.passage, &articles[rank(hit.article.id)].1));
    let draft = Candidates::of(passages, |line| relevance.of_line(line));
    let mut quotables = Vec::new();
    for lines in draft.sections() {
        let language = &articles[rank(draft.place(&lines).0)].1;
        for quotable in draft.quotes(lines, language) {
            let own = draft.sentences[quotable.lines.clone()].iter();
            let most = own.map(|line| relevance.of_line(line)).fold(0.0, f32::max);
            if most > 0.0 {
                quotables
                    .push(CandidateQuote { score: quotable.score + RELEVANCE * most, ..quotable });
            }
        }
    }
    let chosen = choose(&draft, quotables);
    chosen.iter().filter_map(|lines| draft.excerpt(lines)).collect()
}

/// The best, not too many of one section, in reading order.
fn choose(draft: &Candidates<'_>, mut quotables: Vec<CandidateQuote>) -> Vec<Range<usize>> {
    let mut taken: Vec<Range<usize>> = Vec::new();
    let mut chosen = Selection::default();
    while taken.len() < MAX_ON_TOPIC {
        let least = if taken.is_empty() { f32::MIN } else { ENOUGH };
        let Some(next) = chosen.next(draft, &quotables, least) else { break };
        let place = draft.place(&next.lines);
        taken.push(next.lines);
        if taken.iter().filter(|lines| draft.place(lines) == place).count() == MAX_A_SECTION {
            quotables.retain(|quotable| draft.place(&quotable.lines) != place);
        }
    }
    taken.sort_by_key(|lines| lines.start);
    taken
}

/// How much a sentence is on the topic.
struct Relevance<'a> {
    hits: HashMap<PassageId, &'a Hit>,
    terms: &'a [TermStats],
    /// The highest that any sentence has.
    highest_covered: f32,
    highest_score: f32,
    mode: Mode,
}

impl<'a> Relevance<'a> {
    fn of(findings: &'a Ranking) -> Relevance<'a> {
        let (hits, terms) = (&findings.hits, &findings.terms);
        let scores = hits.iter().flat_map(|hit| &hit.scores);
        let all = hits.iter().flat_map(|hit| {
            hit.passage.sentences.iter().map(|sentence| covered(hit, sentence, terms))
        });
        Relevance {
            highest_covered: all.fold(f32::MIN_POSITIVE, f32::max),
            highest_score: scores.copied().fold(f32::MIN, f32::max),
            mode: findings.mode,
            hits: hits.iter().map(|hit| (hit.passage.id, hit)).collect(),
            terms,
        }
    }

    /// From 0, which means not at all, to 1.
    fn of_line(&self, line: &Sentence<'_>) -> f32 {
        let Some(hit) = self.hits.get(&line.passage.id) else { return 0.0 };
        let near = 1.0 - (self.highest_score - hit.scores[line.at]) / FAR_FROM_BEST;
        let has = covered(hit, &line.range(), self.terms) / self.highest_covered;
        let is_meant = self.mode == Mode::Semantic && near >= NEAR;
        if has >= ENOUGH_WORDS || is_meant { (near.max(0.0) + has) / 2.0 } else { 0.0 }
    }
}

/// What the terms tell that stand in a sentence.
fn covered(hit: &Hit, sentence: &Range<usize>, terms: &[TermStats]) -> f32 {
    let stands = |term: &usize| {
        let mut own = hit.marks.iter().filter(|(_, of)| of == term);
        own.any(|(mark, _)| sentence.start <= mark.start && mark.end <= sentence.end)
    };
    (0..terms.len()).filter(stands).map(|term| terms[term].term_weight()).sum()
}

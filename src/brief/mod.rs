//! Articles to their key sentences: briefings.
//!
//! Pure: no I/O, no clock. Every quote is an [`Excerpt`]; nothing is ever written anew. A sentence is
//! chosen by how central it is in its article (LexRank), whether it begins its paragraph and whether
//! it has the words of its headings, and none that needs the sentence before goes without it.

mod centrality;
mod choosing;
mod draft;
mod hanging;
mod vectors;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::answer::{Answer, Correction, Excerpt};
use crate::corpus::article::{ArticleId, Outline, Passage, PassageId};
use crate::index::analyzer::Language;
use crate::search::{Findings, Hit, KnownTerm};
use choosing::Chosen;
use draft::{Draft, Line, Quotable};

/// An article in a few of its sentences.
#[derive(Debug, Clone, PartialEq)]
pub struct Brief {
    pub article: Arc<Outline>,
    /// Every section that has text, in the file's order.
    pub sections: Vec<KeySection>,
}

/// A section in the one or two sentences that carry it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeySection {
    /// A position in [`Outline::sections`].
    pub section: usize,
    /// How much of the article it carries; all of them together 1.
    pub weight: f32,
    /// One or two, the one that carries more first.
    pub excerpts: Vec<Excerpt>,
}

/// What the corpus says on a topic.
#[derive(Debug, Clone, PartialEq)]
pub enum OnTopic {
    Found(TopicBrief),
    /// What the topic gets as a question; never [`Answer::Found`].
    Otherwise(Answer),
}

/// The key sentences on a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicBrief {
    /// Those of an article together, in reading order; the best article first.
    pub excerpts: Vec<Excerpt>,
    pub corrected: Vec<Correction>,
}

/// The most sentences on a topic.
pub const MAX_ON_TOPIC: usize = 7;
/// A section with fewer sentences is carried by one.
const SENTENCES_FOR_TWO: usize = 4;
/// What a second sentence must be worth.
const SECOND: f32 = 0.75;
/// What a sentence on a topic must be worth.
const ON_TOPIC: f32 = 0.6;
const MAX_A_SECTION: usize = 3;
/// A sentence whose score is so far below the best, in nats, is not near the topic at all.
const FAR_FROM_BEST: f32 = 8.0;
/// A sentence is on the topic with so much of what its words tell, or so near to the best.
const ENOUGH_WORDS: f32 = 0.4;
const NEAR: f32 = 0.85;
/// What being on the topic counts beside what speaks for a sentence anyway.
const RELEVANCE: f32 = 1.5;

impl KeySection {
    /// The `most` best of its quotes, in reading order.
    pub fn in_order(&self, most: usize) -> Vec<&Excerpt> {
        let mut excerpts: Vec<_> = self.excerpts.iter().take(most).collect();
        excerpts.sort_by_key(|excerpt| place_of(excerpt));
        excerpts
    }
}

/// The briefing of an article from all of its passages, in the file's order.
pub fn brief(article: &Arc<Outline>, passages: &[Arc<Passage>], language: &Language) -> Brief {
    let of_passages = passages.iter().map(|passage| (article, passage, language));
    let draft = Draft::of(of_passages, |line| if line.is_prose() { 1.0 } else { 0.0 });
    let total: f32 = draft.central.iter().sum();
    let mut chosen = Chosen::default();
    let mut sections = Vec::new();
    for lines in draft.sections() {
        let quotables = draft.quotables(lines.clone(), language);
        let most = if lines.len() < SENTENCES_FOR_TWO { 1 } else { 2 };
        let mut best: Vec<Range<usize>> = Vec::new();
        while best.len() < most {
            let least = if best.is_empty() { f32::MIN } else { SECOND };
            let Some(next) = chosen.next(&draft, &quotables, least) else { break };
            best.push(next.lines);
        }
        if best.is_empty() {
            best.extend(draft.first_of(lines.clone()));
        }
        let section = draft.lines[lines.start].passage.section;
        let weight = draft.central[lines].iter().sum::<f32>() / total.max(f32::MIN_POSITIVE);
        let excerpts: Vec<_> = best.iter().filter_map(|lines| draft.excerpt(lines)).collect();
        if !excerpts.is_empty() {
            sections.push(KeySection { section, weight, excerpts });
        }
    }
    Brief { article: Arc::clone(article), sections }
}

/// The sentences that carry most among some passages of an article, at most so many, in reading
/// order. All of its passages say what is central in it.
pub fn key_sentences(
    article: &Arc<Outline>,
    passages: &[Arc<Passage>],
    language: &Language,
    only: impl Fn(PassageId) -> bool,
    most: usize,
) -> Vec<Excerpt> {
    let of_passages = passages.iter().map(|passage| (article, passage, language));
    let draft = Draft::of(of_passages, |line| if line.is_prose() { 1.0 } else { 0.0 });
    let is_asked = |quotable: &Quotable| only(draft.lines[quotable.lines.start].passage.id);
    let quotables = draft.sections().into_iter().flat_map(|lines| draft.quotables(lines, language));
    let quotables: Vec<_> = quotables.filter(is_asked).collect();
    let mut chosen = Chosen::default();
    let mut excerpts = Vec::new();
    while excerpts.len() < most {
        let least = if excerpts.is_empty() { f32::MIN } else { SECOND };
        let Some(next) = chosen.next(&draft, &quotables, least) else { break };
        excerpts.extend(draft.excerpt(&next.lines));
    }
    excerpts.sort_by_key(place_of);
    excerpts
}

/// The key sentences among what was found for a topic, at most [`MAX_ON_TOPIC`].
///
/// Whether the topic is covered is not judged here.
pub fn on_topic(findings: &Findings, language_of: impl Fn(&Outline) -> Language) -> Vec<Excerpt> {
    let hits: HashMap<_, _> = findings.hits.iter().map(|hit| (hit.passage.id, hit)).collect();
    let all: f32 = findings.terms.iter().map(KnownTerm::tells).sum();
    let highest =
        findings.hits.iter().flat_map(|hit| &hit.scores).copied().fold(f32::MIN, f32::max);
    let relevance = |line: &Line<'_>| {
        let Some(hit) = hits.get(&line.passage.id) else { return 0.0 };
        let (near, has) = (
            1.0 - (highest - hit.scores[line.at]) / FAR_FROM_BEST,
            covered(hit, line, &findings.terms) / all.max(f32::MIN_POSITIVE),
        );
        if has >= ENOUGH_WORDS || near >= NEAR { (near.max(0.0) + has) / 2.0 } else { 0.0 }
    };
    let mut ranks: Vec<(ArticleId, Language)> = Vec::new();
    for hit in &findings.hits {
        if !ranks.iter().any(|(known, _)| *known == hit.article.id) {
            ranks.push((hit.article.id, language_of(&hit.article)));
        }
    }
    let rank = |id: ArticleId| ranks.iter().position(|(known, _)| *known == id).unwrap_or(0);
    let mut hits: Vec<_> = findings.hits.iter().collect();
    hits.sort_by_key(|hit| {
        let start = hit.passage.origin.file_range(0..hit.passage.text.len()).start;
        (rank(hit.article.id), hit.passage.section, start)
    });
    let passages =
        hits.iter().map(|hit| (&hit.article, &hit.passage, &ranks[rank(hit.article.id)].1));
    let draft = Draft::of(passages, relevance);
    let mut quotables = Vec::new();
    for lines in draft.sections() {
        let language = &ranks[rank(draft.lines[lines.start].article.id)].1;
        for quotable in draft.quotables(lines, language) {
            let most =
                draft.lines[quotable.lines.clone()].iter().map(relevance).fold(0.0, f32::max);
            if most > 0.0 {
                quotables.push(Quotable { worth: quotable.worth + RELEVANCE * most, ..quotable });
            }
        }
    }
    let mut taken: Vec<Range<usize>> = Vec::new();
    let mut chosen = Chosen::default();
    while taken.len() < MAX_ON_TOPIC {
        let least = if taken.is_empty() { f32::MIN } else { ON_TOPIC };
        let Some(next) = chosen.next(&draft, &quotables, least) else { break };
        let place = draft.place(&next.lines);
        taken.push(next.lines);
        if taken.iter().filter(|lines| draft.place(lines) == place).count() == MAX_A_SECTION {
            quotables.retain(|quotable| draft.place(&quotable.lines) != place);
        }
    }
    taken.sort_by_key(|lines| lines.start);
    taken.iter().filter_map(|lines| draft.excerpt(lines)).collect()
}

/// What the topic's words tell that stand in a sentence.
fn covered(hit: &Hit, line: &Line<'_>, terms: &[KnownTerm]) -> f32 {
    let range = line.range();
    let stands = |term: &usize| {
        let mut own = hit.marks.iter().filter(|(_, of)| of == term);
        own.any(|(mark, _)| range.start <= mark.start && mark.end <= range.end)
    };
    (0..terms.len()).filter(stands).map(|term| terms[term].tells()).sum()
}

fn place_of(excerpt: &Excerpt) -> (usize, usize) {
    (excerpt.place().section, excerpt.file_range().start)
}

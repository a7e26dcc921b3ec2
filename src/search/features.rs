//! What speaks for a sentence as the answer, as figures. Pure.
//!
//! The weight of a word is how telling it is, so that the figures compare from question to question.
//! BM25 is that of Robertson & Zaragoza 2009.

use std::ops::Range;
use std::sync::LazyLock;

use super::answer_type::AnswerType;
use super::matcher::Matcher;
use super::max_sim::{self, MaxSimFeature};
use super::passage_matches::PassageMatches;
use super::term_frequency::TermFrequencies;
use super::{Mode, weights};
use crate::index::analysis::WordId;

/// How many features there are: of words, and behind them of meaning.
pub const COUNT: usize = OF_WORDS + max_sim::COUNT;
const OF_WORDS: usize = 37;
/// The features of one sentence, in the order of [`FEATURES`].
pub type Features = [f32; COUNT];

/// A feature's name and what it means. What it weighs stands in `words.toml` and `meaning.toml`.
#[derive(Clone, Copy)]
pub struct Feature {
    pub name: &'static str,
    pub meaning: &'static str,
}

const fn feature(name: &'static str, meaning: &'static str) -> Feature {
    Feature { name, meaning }
}

/// What is known of a sentence.
pub const FEATURES: [Feature; COUNT] = {
    let mut all = [feature("", ""); COUNT];
    let mut at = 0;
    while at < COUNT {
        all[at] = match at.checked_sub(OF_WORDS) {
            None => WORDS[at],
            Some(at) => feature(max_sim::FEATURES[at].0, max_sim::FEATURES[at].1),
        };
        at += 1;
    }
    all
};

const WORDS: [Feature; OF_WORDS] = [
    feature("sentence", "weight of the terms that it has"),
    feature("sentence_bm25", "its BM25"),
    feature("sentence_exact", "weight of terms written as in the question"),
    feature("focus", "weight in it of what is asked for, after what or which"),
    feature("subject", "weight in its first words"),
    feature("with_before", "weight in it and the sentence before"),
    feature("with_after", "weight in it and the sentence after"),
    feature("inherits", "weight in the one before, where this one points back to it"),
    feature("best", "its BM25, against the best of its passage"),
    feature("order", "weight of the terms that stand in the order of the question"),
    feature("tight", "weight of pairs of terms, the less the farther apart"),
    feature("wide_pairs", "pairs of words of the question, function words too"),
    feature("minor", "share of the question's lesser words in it"),
    feature("length", "its words, logarithmic"),
    feature("new", "its words that the question lacks, logarithmic"),
    feature("position", "its position in the passage, logarithmic"),
    feature("time", "1 for a time, where one is asked for"),
    feature("person", "1 for a name, where a person is asked for"),
    feature("amount", "1 for a number, where an amount is asked for"),
    feature("cause", "1 for a cause, where one is asked for"),
    feature("wanted", "words of the kind that is asked for, logarithmic"),
    feature("near", "weight of terms near to such a word"),
    feature("spelled_out", "1 for a name beside its long form, where a meaning is asked for"),
    feature("defines", "1 for a name with what it is, where that is asked for"),
    feature("phrase", "1 for one with a phrase of the question, word for word"),
    feature("names", "weight of names in it"),
    feature("passage", "weight of the terms that its passage has"),
    feature("passage_bm25", "BM25 of the passage"),
    feature("passage_exact", "weight in the passage of terms written as in the question"),
    feature("passage_names", "weight of names in the passage"),
    feature("passage_best", "BM25 of the passage's best sentence"),
    feature("passage_pairs", "terms next to each other in the question and in the passage"),
    feature("passage_length", "words of the passage, logarithmic"),
    feature("heading", "weight that the headings over the passage have"),
    feature("headed", "1 for a text under headings with every word of the question"),
    feature("title", "weight that the title of the article has"),
    feature("article", "weight that all passages of the article that were found have"),
];

/// What each feature weighs, for each mode.
static WEIGHTS: LazyLock<[Features; 2]> = LazyLock::new(|| {
    let of = |text| weights::of(text, &FEATURES.map(|known| known.name));
    [of(include_str!("words.toml")), of(include_str!("meaning.toml"))]
});

/// What lies around a passage.
pub struct ScoringContext<'a> {
    /// Of all passages.
    pub average_words: f32,
    /// For each term: how well the article has it, from 0 to 1, in its title or any passage.
    pub in_article: &'a [f32],
    /// For each sentence what its meaning says, where a model knows it.
    pub meaning: Option<Vec<[f32; max_sim::COUNT]>>,
}

/// A share of the question's weight that is all of it.
const ALL: f32 = 0.99;
/// A shorter passage is a caption or a label: being under the heading asked for makes it no answer.
const MIN_HEADED_WORDS: usize = 10;
const K1: f32 = 0.8;
const B: f32 = 0.6;
/// Words of a sentence, on average.
const SENTENCE_WORDS: f32 = 25.0;
/// A caption is no better than a passage of this length.
const SHORT_WORDS: usize = 25;
/// Words farther apart say nothing together.
const FAR_WORDS: usize = 50;
const SUBJECT_WORDS: usize = 6;
/// So far from a word that is wanted, in words, a term counts half.
const NEAR_WORDS: f32 = 4.0;

/// What each feature weighs.
pub fn weights(mode: Mode) -> &'static Features {
    &WEIGHTS[mode as usize]
}

/// How near a sentence is to the question; 0 where no model says it.
pub fn near(features: &Features, what: MaxSimFeature) -> f32 {
    features[OF_WORDS + what as usize]
}

/// The highest of each figure of meaning among some sentences; 0 where no model says it.
pub fn nearest<'a>(sentences: impl Iterator<Item = &'a Features>) -> [f32; max_sim::COUNT] {
    sentences.fold([0.0; max_sim::COUNT], |highest, features| {
        std::array::from_fn(|at| highest[at].max(features[OF_WORDS + at]))
    })
}

/// How well a sentence answers; comparable within one question.
pub fn score(weights: &Features, features: &Features) -> f32 {
    features.iter().zip(weights).map(|(value, weight)| value * weight).sum()
}

/// Inverse document frequency as Lucene and Tantivy have it: never negative.
pub fn idf(document_frequency: u64, documents: u64) -> f32 {
    let (n, df) = (documents as f32, document_frequency.min(documents) as f32);
    (1.0 + (n - df + 0.5) / (df + 0.5)).ln()
}

/// The features of each sentence.
pub fn features(
    matcher: &Matcher<'_>,
    layout: &PassageMatches<'_>,
    around: &ScoringContext<'_>,
) -> Vec<Features> {
    let scoring = Scoring { matcher, layout };
    let (expects, weights) = (matcher.query.answer_type, &matcher.weights);
    let whole = 0..layout.words.len();
    let passage = TermFrequencies::of(matcher, layout, &whole);
    let counts: Vec<_> =
        layout.sentences.iter().map(|own| TermFrequencies::of(matcher, layout, own)).collect();
    let bm25s: Vec<_> = counts.iter().map(|own| bm25(weights, own, SENTENCE_WORDS)).collect();
    let best = bm25s.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let heading = weigh(weights, &layout.in_heading);
    let is_headed = heading > ALL * weights.iter().sum::<f32>() && whole.len() >= MIN_HEADED_WORDS;
    let of_passage = [
        passage.weighted(weights, |_, term| term.has),
        bm25(weights, &passage, around.average_words),
        passage.weighted(weights, |_, term| term.exact),
        passage.weighted(weights, |at, term| f32::from(matcher.query.terms[at].is_name) * term.has),
        best,
        scoring.pairs(),
        logarithm(whole.len().max(SHORT_WORDS)),
        heading,
        f32::from(is_headed),
        weigh(weights, &layout.in_title),
        weigh(weights, around.in_article),
    ];
    let one = |(at, own): (usize, &Range<usize>)| {
        let counts_of = &counts[at];
        let beside = |other: Option<&TermFrequencies>| {
            let other_has = |term: usize| other.map_or(0.0, |other| other.terms[term].has);
            counts_of.weighted(weights, |at, term| term.has.max(other_has(at)))
        };
        let before = at.checked_sub(1).map(|before| &counts[before]);
        let wanted = scoring.wanted(own);
        let has_wanted = |kind: AnswerType| f32::from(expects == kind && !wanted.is_empty());
        let inherited = before.filter(|_| points_back(layout, own));
        let of_sentence = [
            counts_of.weighted(weights, |_, term| term.has),
            bm25s[at],
            counts_of.weighted(weights, |_, term| term.exact),
            counts_of.weighted(weights, |at, term| {
                f32::from(matcher.query.focus == Some(at)) * term.has
            }),
            scoring.subject(own),
            beside(before),
            beside(counts.get(at + 1)),
            inherited.map_or(0.0, |before| before.weighted(weights, |_, term| term.has)),
            bm25s[at] / best,
            scoring.order(own),
            scoring.tight(own),
            scoring.wide_pairs(own),
            scoring.minor(own),
            logarithm(own.len()),
            logarithm(scoring.new_words(own)),
            logarithm(at),
            has_wanted(AnswerType::Time),
            has_wanted(AnswerType::Person),
            has_wanted(AnswerType::Amount),
            has_wanted(AnswerType::Cause),
            logarithm(wanted.len()),
            scoring.near(own, &wanted),
            f32::from(expects == AnswerType::Meaning && scoring.spells_out(own)),
            f32::from(matcher.query.asks_what_is && scoring.defines(own)),
            f32::from(matcher.has_phrase(&layout.words[own.clone()])),
            counts_of.weighted(weights, |at, term| {
                f32::from(matcher.query.terms[at].is_name) * term.has
            }),
        ];
        let mut all = [0.0; COUNT];
        all[..of_sentence.len()].copy_from_slice(&of_sentence);
        all[of_sentence.len()..OF_WORDS].copy_from_slice(&of_passage);
        if let Some(meaning) = &around.meaning {
            all[OF_WORDS..].copy_from_slice(&meaning[at]);
        }
        all
    };
    layout.sentences.iter().enumerate().map(one).collect()
}

fn logarithm(count: usize) -> f32 {
    (1.0 + count as f32).ln()
}

fn weigh(weights: &[f32], has: &[f32]) -> f32 {
    weights.iter().zip(has).map(|(weight, has)| weight * has).sum()
}

fn bm25(weights: &[f32], counts: &TermFrequencies, average_words: f32) -> f32 {
    let norm = K1 * (1.0 - B + B * counts.words as f32 / average_words);
    counts.weighted(weights, |_, term| term.frequency * (K1 + 1.0) / (term.frequency + norm))
}

/// A query against a passage; all ranges are positions of words.
struct Scoring<'a> {
    matcher: &'a Matcher<'a>,
    layout: &'a PassageMatches<'a>,
}

impl Scoring<'_> {
    /// Whether a term stands in these words both as one word and, next to that, as several.
    fn spells_out(&self, words: &Range<usize>) -> bool {
        self.layout.matches_in(words).windows(2).any(|pair| {
            let is_one = |which: usize| pair[which].words.len() == 1;
            pair[0].term == pair[1].term
                && is_one(0) != is_one(1)
                && pair[1].words.start <= pair[0].words.end + 1
        })
    }

    /// Whether a term is followed by what it is: "the Hazaras, a minority", "ISKP is the", "WHO (".
    fn defines(&self, words: &Range<usize>) -> bool {
        static ARTICLES: LazyLock<[WordId; 4]> =
            LazyLock::new(|| ["a", "an", "the", "one"].map(WordId::of));
        static BEING: LazyLock<[WordId; 4]> =
            LazyLock::new(|| ["is", "are", "was", "were"].map(WordId::of));
        let all = self.layout.words;
        let is_one = |at: usize, of: &[WordId]| words.contains(&at) && of.contains(&all[at].folded);
        self.layout.matches_in(words).iter().any(|found| {
            let after = found.words.end;
            if !words.contains(&after) {
                return false;
            }
            let between = all[after - 1].range().end..all[after].range().start;
            let between = &self.layout.passage.text[between];
            between.contains('(')
                || (between.contains(',') && is_one(after, &*ARTICLES))
                || (is_one(after, &*BEING) && is_one(after + 1, &*ARTICLES))
        })
    }

    fn subject(&self, words: &Range<usize>) -> f32 {
        let first = words.start..words.end.min(words.start + SUBJECT_WORDS);
        let first = TermFrequencies::of(self.matcher, self.layout, &first);
        first.weighted(&self.matcher.weights, |_, term| term.has)
    }

    /// The weight of neighbouring terms of the question that are neighbours in the passage, too.
    fn pairs(&self) -> f32 {
        let weights = &self.matcher.weights;
        let mut seen = vec![false; weights.len()];
        let mut sum = 0.0;
        for pair in self.layout.matches.windows(2) {
            let (first, second) = (&pair[0], &pair[1]);
            let is_next =
                second.term == first.term + 1 && second.words.start <= first.words.end + 2;
            if is_next && !std::mem::replace(&mut seen[first.term], true) {
                sum += weights[first.term].min(weights[second.term]);
            }
        }
        sum
    }

    /// The heaviest of all subsequences of the question's terms.
    fn order(&self, words: &Range<usize>) -> f32 {
        let mut best = vec![0.0_f32; self.matcher.weights.len()];
        for found in self.layout.matches_in(words) {
            let before = best[..found.term].iter().copied().fold(0.0, f32::max);
            let with = before + self.matcher.weights[found.term] * found.weight;
            best[found.term] = best[found.term].max(with);
        }
        best.into_iter().fold(0.0, f32::max)
    }

    fn tight(&self, words: &Range<usize>) -> f32 {
        let (weights, found) = (&self.matcher.weights, self.layout.matches_in(words));
        let mut sum = 0.0;
        for (at, first) in found.iter().enumerate() {
            let near = first.words.end + FAR_WORDS;
            let seconds = found[at + 1..].iter().take_while(|second| second.words.start < near);
            for second in seconds.filter(|second| second.term != first.term) {
                let distance = second.words.start.saturating_sub(first.words.end) as f32 + 1.0;
                sum += weights[first.term].min(weights[second.term]) / distance;
            }
        }
        sum
    }

    /// How many pairs of words here are pairs of the question, for each pair that it has.
    fn wide_pairs(&self, words: &Range<usize>) -> f32 {
        let (here, asked) = (&self.layout.words, &self.layout.asked);
        let seconds = (words.start + 1..words.end).filter(|at| asked[at - 1] && asked[*at]);
        let shared =
            seconds.filter(|at| self.matcher.is_pair(here[at - 1].folded, here[*at].folded));
        let all = self.matcher.query.words.len().saturating_sub(1).max(1);
        shared.count() as f32 / all as f32
    }

    fn minor(&self, words: &Range<usize>) -> f32 {
        let minor = &self.layout.minor;
        let at = |word: usize| minor.partition_point(|(position, _)| *position < word);
        let minor = &minor[at(words.start)..at(words.end)];
        let has = |minor_word: usize| minor.iter().any(|(_, found)| *found == minor_word);
        let count = self.matcher.query.minor.len();
        (0..count).filter(|minor_word| has(*minor_word)).count() as f32 / count.max(1) as f32
    }

    fn new_words(&self, words: &Range<usize>) -> usize {
        self.layout.asked[words.clone()].iter().filter(|is_asked| !**is_asked).count()
    }

    /// The words here that are of the kind that the question asks for.
    fn wanted(&self, words: &Range<usize>) -> Vec<usize> {
        let is_asked = |word: WordId| self.matcher.is_asked(word);
        let (text, all) = (&self.layout.passage.text, self.layout.words);
        self.matcher.query.answer_type.places(text, all, words.clone(), is_asked)
    }

    fn near(&self, words: &Range<usize>, wanted: &[usize]) -> f32 {
        let around = |at: &usize| {
            let mut has = vec![0.0_f32; self.matcher.weights.len()];
            let nearby =
                words.start.max(at.saturating_sub(FAR_WORDS))..words.end.min(at + FAR_WORDS);
            for found in self.layout.matches_in(&nearby) {
                let distance = at.abs_diff(found.words.start) as f32;
                let near = found.weight / (1.0 + distance / NEAR_WORDS);
                has[found.term] = has[found.term].max(near);
            }
            weigh(&self.matcher.weights, &has)
        };
        wanted.iter().map(around).fold(0.0, f32::max)
    }
}

/// Whether a sentence begins by naming something that stands in the one before.
fn points_back(layout: &PassageMatches<'_>, own: &Range<usize>) -> bool {
    const BEGINNING_WORDS: usize = 3;
    static POINTING: LazyLock<[WordId; 17]> = LazyLock::new(|| {
        [
            "he", "she", "it", "they", "this", "these", "those", "that", "his", "her", "its",
            "their", "such", "both", "there", "here", "another",
        ]
        .map(WordId::of)
    });
    let mut beginning = layout.words[own.clone()].iter().take(BEGINNING_WORDS);
    beginning.any(|word| POINTING.contains(&word.folded))
}

//! What speaks for a sentence as the answer, as figures. Pure.
//!
//! Weights of words are shares of the question's weight, so that the figures compare from question
//! to question. BM25 is that of Robertson & Zaragoza 2009.

use std::ops::Range;

use super::expects::Expects;
use super::layout::Layout;
use super::likeness::Likeness;
use super::query::Query;

/// How many features there are.
pub const COUNT: usize = 29;
/// The features of one sentence, in the order of [`FEATURES`].
pub type Features = [f32; COUNT];

/// A feature's name, what it means and what it weighs in the score.
pub struct Feature {
    pub name: &'static str,
    pub meaning: &'static str,
    pub weight: f32,
}

const fn feature(name: &'static str, meaning: &'static str, weight: f32) -> Feature {
    Feature { name, meaning, weight }
}

/// The weights were learned on eight encyclopedia articles by a softmax over the sentences of the
/// candidates, but those of `heading`, `headed`, `spelled_out` and `cause`: those articles have no
/// headings, and next to no acronyms and questions for causes.
pub const FEATURES: [Feature; COUNT] = [
    feature("sentence", "BM25 of the sentence", -1.75),
    feature("neighbourhood", "BM25 of the sentence with the ones before and after", 0.94),
    feature("passage", "BM25 of the passage", 1.42),
    feature("heading", "weight that the headings over the passage have", 1.50),
    feature("headed", "1 for a text under headings with every word of the question", 20.00),
    feature("best", "BM25 of the sentence, against the best of its passage", 1.40),
    feature("passage_best", "BM25 of the best sentence of the passage", 2.01),
    feature("alike", "words of the sentence spelled like those of the question", 2.39),
    feature("passage_alike", "the same for the passage", 1.71),
    feature("passage_same", "weight in the passage of words written as in the question", 1.34),
    feature("passage_pairs", "terms next to each other in the question and in the passage", 4.68),
    feature("wide_pairs", "pairs of words of the question, function words too", 2.30),
    feature("tight", "weight of terms that stand close together in the sentence", 0.80),
    feature("with_before", "weight in the sentence and the one before", 2.32),
    feature("with_after", "weight in the sentence and the one after", 1.15),
    feature("inherits", "weight in the one before, where this one points back to it", 1.09),
    feature("subject", "weight in its first words", 1.15),
    feature("minor", "share of the question's lesser words in the sentence", 1.11),
    feature("length", "words of the sentence, logarithmic", 0.40),
    feature("passage_length", "words of the passage, logarithmic", -1.05),
    feature("new", "words of the sentence that the question lacks, logarithmic", -0.48),
    feature("first", "1 for the first sentence of the passage", 0.36),
    feature("time", "1 for a time, where one is asked for", 1.80),
    feature("person", "1 for a name, where a person is asked for", 0.55),
    feature("place", "1 for a name of a place, where one is asked for", 0.25),
    feature("amount", "1 for a number, where one is asked for", 1.13),
    feature("cause", "1 for a cause, where one is asked for", 1.00),
    feature("spelled_out", "1 for a name beside its long form, where a meaning is asked for", 9.00),
    feature("wanted", "words of the kind that is asked for, logarithmic", 0.42),
];

/// Where `passage_alike` stands in [`Features`].
pub const PASSAGE_ALIKE: usize = 8;

/// A share of the question's weight that is all of it.
const ALL: f32 = 0.99;
/// A shorter passage is a caption or a label: being under the heading asked for makes it no answer.
const MIN_HEADED_WORDS: usize = 10;
const K1: f32 = 0.8;
const B: f32 = 0.6;
/// Words, on average, in the units that are compared.
const SENTENCE_WORDS: f32 = 25.0;
const NEIGHBOURHOOD_WORDS: f32 = 70.0;
const SUBJECT_WORDS: usize = 6;

/// How well a sentence answers; comparable within one question.
pub fn score(features: &Features) -> f32 {
    features.iter().zip(&FEATURES).map(|(value, feature)| value * feature.weight).sum()
}

/// Inverse document frequency as Lucene and Tantivy have it: never negative.
pub fn idf(document_frequency: u64, documents: u64) -> f32 {
    let (n, df) = (documents as f32, document_frequency.min(documents) as f32);
    (1.0 + (n - df + 0.5) / (df + 0.5)).ln()
}

/// The features of each sentence. `weights` has the weight of each term: its inverse document
/// frequency times its weight in the question.
pub fn features(
    query: &Query,
    weights: &[f32],
    layout: &Layout<'_>,
    average_words: f32,
) -> Vec<Features> {
    let total = weights.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    let shares: Vec<_> = weights.iter().map(|weight| weight / total).collect();
    let scoring = Scoring { query, weights: &shares, layout };
    let likeness = Likeness::new(query, &layout.words);
    let whole = 0..layout.words.len();
    let bm25s: Vec<_> =
        layout.sentences.iter().map(|own| scoring.bm25(own, SENTENCE_WORDS)).collect();
    let best = bm25s.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let passage = scoring.bm25(&whole, average_words);
    let heading: f32 = shares.iter().zip(&layout.in_heading).map(|(w, has)| w * has).sum();
    let passage_alike = likeness.share(&shares, &whole);
    let passage_same = scoring.coverage(&whole, Counted::Same);
    let passage_pairs = scoring.pairs(&whole);
    let one = |(position, own): (usize, &Range<usize>)| {
        let before =
            position.checked_sub(1).map_or(own.start..own.start, |at| layout.sentences[at].clone());
        let after = layout.sentences.get(position + 1).cloned().unwrap_or(own.end..own.end);
        let wanted = scoring.wanted(own);
        let when = |expects: Expects| f32::from(query.expects == expects && wanted > 0);
        let points_back = f32::from(points_back(layout, own));
        [
            bm25s[position],
            scoring.bm25(&(before.start..after.end), NEIGHBOURHOOD_WORDS),
            passage,
            heading,
            f32::from(heading > ALL && whole.len() >= MIN_HEADED_WORDS),
            bm25s[position] / best,
            best,
            likeness.share(&shares, own),
            passage_alike,
            passage_same,
            passage_pairs,
            scoring.wide_pairs(own),
            scoring.tightness(own),
            scoring.coverage(&(before.start..own.end), Counted::Any),
            scoring.coverage(&(own.start..after.end), Counted::Any),
            points_back * scoring.coverage(&before, Counted::Any),
            scoring.coverage(&(own.start..own.end.min(own.start + SUBJECT_WORDS)), Counted::Any),
            scoring.minor(own),
            logarithm(own.len()),
            logarithm(whole.len()),
            logarithm(own.clone().filter(|at| !query.has_word(&layout.words[*at].folded)).count()),
            f32::from(position == 0),
            when(Expects::Time),
            when(Expects::Person),
            when(Expects::Place),
            when(Expects::Amount),
            when(Expects::Cause),
            f32::from(query.expects == Expects::Meaning && scoring.spells_out(own)),
            logarithm(wanted),
        ]
    };
    layout.sentences.iter().enumerate().map(one).collect()
}

fn logarithm(count: usize) -> f32 {
    (1.0 + count as f32).ln()
}

/// Which matches count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counted {
    Any,
    /// Only words written as in the question.
    Same,
}

/// A query against a passage; all ranges are positions of words.
struct Scoring<'a> {
    query: &'a Query,
    weights: &'a [f32],
    layout: &'a Layout<'a>,
}

impl Scoring<'_> {
    /// Whether a term stands in these words both as one word and, next to that, as several.
    fn spells_out(&self, words: &Range<usize>) -> bool {
        let found: Vec<_> = self.layout.matches_in(words).collect();
        found.windows(2).any(|pair| {
            let is_one = |which: usize| pair[which].words.len() == 1;
            pair[0].term == pair[1].term
                && is_one(0) != is_one(1)
                && pair[1].words.start <= pair[0].words.end + 1
        })
    }

    fn bm25(&self, words: &Range<usize>, average_words: f32) -> f32 {
        let mut frequency = vec![0.0_f32; self.weights.len()];
        for found in self.layout.matches_in(words) {
            frequency[found.term] += found.weight;
        }
        let norm = K1 * (1.0 - B + B * words.len() as f32 / average_words);
        let terms = self.weights.iter().zip(frequency);
        terms.map(|(weight, tf)| weight * tf * (K1 + 1.0) / (tf + norm)).sum()
    }

    /// The weight of the terms that stand there, each as well as it is matched.
    fn coverage(&self, words: &Range<usize>, counted: Counted) -> f32 {
        let mut has = vec![0.0_f32; self.weights.len()];
        for found in self.layout.matches_in(words) {
            if counted == Counted::Any || found.is_same {
                has[found.term] = has[found.term].max(found.weight);
            }
        }
        self.weights.iter().zip(has).map(|(weight, has)| weight * has).sum()
    }

    /// The weight of neighbouring terms of the question that are neighbours here, too.
    fn pairs(&self, words: &Range<usize>) -> f32 {
        let mut seen = vec![false; self.weights.len()];
        let mut sum = 0.0;
        let mut inside = self.layout.matches_in(words);
        let Some(mut first) = inside.next() else { return 0.0 };
        for second in inside {
            let is_next =
                second.term == first.term + 1 && second.words.start <= first.words.end + 2;
            if is_next && !std::mem::replace(&mut seen[first.term], true) {
                sum += self.weights[first.term].min(self.weights[second.term]);
            }
            first = second;
        }
        sum
    }

    /// The share of the question's pairs of words that stand here.
    fn wide_pairs(&self, words: &Range<usize>) -> f32 {
        let asked = &self.query.words;
        let here = self.layout.words[words.clone()].windows(2);
        let shared = here.filter(|here| {
            asked.windows(2).any(|pair| pair[0] == here[0].folded && pair[1] == here[1].folded)
        });
        shared.count() as f32 / asked.len().saturating_sub(1).max(1) as f32
    }

    /// Each match by the heaviest other term before it, against the words between the two.
    fn tightness(&self, words: &Range<usize>) -> f32 {
        let mut last: Vec<Option<usize>> = vec![None; self.weights.len()];
        let mut sum = 0.0;
        for found in self.layout.matches_in(words) {
            let own = self.weights[found.term];
            let others = last.iter().enumerate().filter(|(term, _)| *term != found.term);
            let nearest = others
                .filter_map(|(term, at)| {
                    let distance = (found.words.start - (*at)?).max(1) as f32;
                    Some(self.weights[term].min(own) / distance)
                })
                .fold(0.0, f32::max);
            sum += nearest * found.weight;
            last[found.term] = Some(found.words.start);
        }
        sum
    }

    fn minor(&self, words: &Range<usize>) -> f32 {
        let minor = &self.layout.minor;
        let has = |minor_word: usize| {
            minor.iter().any(|(at, found)| *found == minor_word && words.contains(at))
        };
        let count = self.query.minor.len();
        (0..count).filter(|minor_word| has(*minor_word)).count() as f32 / count.max(1) as f32
    }

    /// How many words here are of the kind that the question asks for.
    fn wanted(&self, words: &Range<usize>) -> usize {
        let (text, all) = (self.layout.text, &self.layout.words);
        let is_asked = |word: &str| self.query.has_word(word);
        self.query.expects.places(text, all, words.clone(), is_asked).len()
    }
}

/// Whether a sentence begins by naming something that stands in the one before.
fn points_back(layout: &Layout<'_>, own: &Range<usize>) -> bool {
    const BEGINNING_WORDS: usize = 3;
    const POINTING: [&str; 17] = [
        "he", "she", "it", "they", "this", "these", "those", "that", "his", "her", "its", "their",
        "such", "both", "there", "here", "another",
    ];
    let mut beginning = layout.words[own.clone()].iter().take(BEGINNING_WORDS);
    beginning.any(|word| POINTING.contains(&word.folded.as_str()))
}

//! Training of the maps of token vectors by late interaction, from questions with their passages.
//!
//! The files need not be those that the weights of the ranking are trained on: their questions
//! should look for words that the passages do not have.

mod late_interaction;
mod whitening;

use rayon::prelude::*;

use crate::embedding::token_training::{self, DIMENSIONS, Encoded, HIDDEN, TokenProjection};
use crate::embedding::{EmbeddingIndex, QuantizedVectors};
use crate::evaluate::judgments::{JudgedArticle, JudgedQuestion};
use crate::evaluate::train::optimizer::{self, Optimizer};
use crate::evaluate::train::passages::{JudgedPassage, passages};
use crate::search::similarity;
use late_interaction::{Candidate, INPUT, Parameters, Passage, Token};
use whitening::Whitening;

/// Number of passages that the whitening is computed from.
const SAMPLED_PASSAGES: usize = 300;
/// How often every question is read.
const EPOCHS: usize = 3;
/// Number of questions of a step.
const BATCH: usize = 16;
/// Number of passages that are read for a question.
const CANDIDATES: usize = 2;
/// Share of the questions that are read without their passage.
const UNANSWERED_SHARE: f64 = 0.1;
/// Initial weights: see [`Parameters::mix`].
const MIX: [f32; 5] = [6.0, 3.0, 4.0, 3.5, 9.0];
/// Initial constant of the importance.
const IMPORTANCE: f32 = 1.0;
/// Highest rate of the descent.
const RATE: f32 = 2e-3;
const SEED: u64 = 1;

/// A passage with the vectors of its sentences and of the whole passage.
struct EncodedPassage {
    passage: Passage,
    sentences: QuantizedVectors,
    mean: QuantizedVectors,
}

/// A question, the passage with its answer, and other passages that are near to it.
struct Example {
    tokens: Vec<Token>,
    mean: QuantizedVectors,
    own: usize,
    /// Whether each sentence of its passage has the answer.
    is_right: Vec<bool>,
    near: Vec<usize>,
}

/// The passages of a file, with the questions that they answer.
struct Corpus {
    passages: Vec<EncodedPassage>,
    examples: Vec<Example>,
}

/// Trains the maps on the questions of several files.
pub fn train(files: &[Vec<JudgedArticle>], embeddings: &EmbeddingIndex) -> TokenProjection {
    let random = &mut fastrand::Rng::with_seed(SEED);
    let texts: Vec<Vec<_>> = files.iter().map(|articles| passages(articles)).collect();
    let all: Vec<_> = texts.iter().flatten().collect();
    let step = all.len().div_ceil(SAMPLED_PASSAGES).max(1);
    let sample: Vec<_> = all.into_iter().step_by(step).collect();
    let sample = sample.into_par_iter().flat_map_iter(|text| read_passage(embeddings, text));
    let sample: Vec<f32> = sample.flat_map_iter(|sentence| sentence.tokens).collect();
    let whitening = Whitening::of(&sample, random);
    let corpora: Vec<_> =
        texts.iter().map(|texts| Corpus::new(texts, embeddings, &whitening)).collect();
    let parameters = fit(&corpora, random);
    let map = |rows: &[Token]| rows.iter().flat_map(|row| whitening.compose(row)).collect();
    let (importance, constant) = parameters.importance.split_at(INPUT);
    TokenProjection {
        passage: map(&parameters.passage),
        question: map(&parameters.question),
        importance: [&*whitening.compose(importance), constant].concat(),
        center: whitening.center,
    }
}

fn read_passage(embeddings: &EmbeddingIndex, text: &JudgedPassage<'_>) -> Vec<Encoded> {
    token_training::read_passage(embeddings, &text.article.title, &text.sentences)
}

impl Corpus {
    fn new(
        texts: &[JudgedPassage<'_>],
        embeddings: &EmbeddingIndex,
        whitening: &Whitening,
    ) -> Corpus {
        let whitened = |encoded: &Encoded| -> Vec<Token> {
            encoded.tokens.chunks_exact(HIDDEN).map(|token| whitening.apply(token)).collect()
        };
        let encode = |text: &JudgedPassage<'_>| {
            let encoded = read_passage(embeddings, text);
            let mut sentences = QuantizedVectors::default();
            encoded.iter().for_each(|sentence| sentences.push(&sentence.mean));
            let mean = (0..HIDDEN).map(|at| encoded.iter().map(|own| own.mean[at]).sum::<f32>());
            let mean = QuantizedVectors::of(&mean.collect::<Vec<_>>());
            let passage = Passage { sentences: encoded.iter().map(whitened).collect() };
            EncodedPassage { passage, sentences, mean }
        };
        let passages: Vec<_> = texts.par_iter().map(encode).collect();
        let mut means = QuantizedVectors::default();
        passages.iter().for_each(|passage| means.extend(&passage.mean));
        let example = |judged: &JudgedQuestion, own: usize| {
            let encoded = token_training::read_question(embeddings, &judged.question)?;
            let mean = QuantizedVectors::of(&encoded.mean);
            let cosines = mean.cosines(&means);
            let mut near: Vec<_> = (0..cosines.len()).filter(|at| *at != own).collect();
            near.sort_unstable_by(|a, b| cosines[*b].total_cmp(&cosines[*a]));
            near.truncate(CANDIDATES);
            let is_right = texts[own].sentences.iter().map(|sentence| judged.is_in(sentence));
            let is_right: Vec<_> = is_right.collect();
            let tokens = whitened(&encoded);
            // A passage whose answer reaches over a boundary of sentences teaches nothing.
            (is_right.contains(&true) && near.len() == CANDIDATES).then_some(Example {
                tokens,
                mean,
                own,
                is_right,
                near,
            })
        };
        let asked = texts.par_iter().enumerate().flat_map_iter(|(own, text)| {
            text.questions().filter_map(move |judged| example(judged, own))
        });
        let examples = asked.collect();
        Corpus { passages, examples }
    }

    fn candidate<'a>(&'a self, example: &Example, at: usize) -> Candidate<'a> {
        let EncodedPassage { passage, sentences, mean } = &self.passages[at];
        let scaled = |vectors| example.mean.cosines(vectors).into_iter().map(similarity::scaled);
        let is_right = match at == example.own {
            true => example.is_right.clone(),
            false => vec![false; passage.sentences.len()],
        };
        Candidate {
            passage,
            cosines: scaled(sentences).collect(),
            passage_cosine: scaled(mean).sum(),
            is_right,
        }
    }

    /// Returns the passages that are read for a question: the nearest, mostly with its own.
    fn candidates<'a>(&'a self, example: &Example, is_answered: bool) -> Vec<Candidate<'a>> {
        let mut read = example.near.clone();
        if is_answered {
            read.truncate(CANDIDATES - 1);
            read.push(example.own);
        }
        read.into_iter().map(|at| self.candidate(example, at)).collect()
    }
}

/// Learns the parameters by gradient descent.
fn fit(corpora: &[Corpus], random: &mut fastrand::Rng) -> Parameters {
    let mut parameters = Parameters::zero();
    let mut rows = whitening::random_rows(DIMENSIONS, INPUT, random);
    whitening::orthonormalize(&mut rows);
    let map = rows.iter().map(|row| std::array::from_fn(|at| row[at] as f32));
    parameters.passage = map.collect();
    parameters.question = parameters.passage.clone();
    parameters.importance[INPUT] = IMPORTANCE;
    parameters.mix = MIX;
    let all =
        corpora.iter().flat_map(|corpus| corpus.examples.iter().map(move |own| (corpus, own)));
    let mut order: Vec<_> = all.collect();
    let steps = EPOCHS * order.len().div_ceil(BATCH);
    let count = parameters.values().count();
    let mut optimizer = Optimizer::new(count, steps, RATE);
    for _ in 0..EPOCHS {
        random.shuffle(&mut order);
        for batch in order.chunks(BATCH) {
            let is_answered: Vec<_> =
                batch.iter().map(|_| random.f64() >= UNANSWERED_SHARE).collect();
            let gradient = |((corpus, example), is_answered): (&(&Corpus, &Example), &bool)| {
                let candidates = corpus.candidates(example, *is_answered);
                let mut gradient = Parameters::zero();
                let quantize = token_training::quantized;
                parameters.add_gradient(&example.tokens, &candidates, quantize, &mut gradient);
                gradient
            };
            // The gradients are added in the order of the questions: the result is reproducible.
            let gradients = batch.par_iter().zip(&is_answered).map(gradient);
            let gradients: Vec<_> = gradients.collect();
            let average = optimizer::average(count, gradients.iter().map(Parameters::values));
            optimizer.step(parameters.values_mut(), average.into_iter());
        }
    }
    parameters
}

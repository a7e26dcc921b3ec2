//! The questions that the reader is trained on, each with sentences of its passage.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::embedding::EmbeddingIndex;
use crate::embedding::reader_training;
use crate::evaluate::judgments::{JudgedArticle, JudgedQuestion};
use crate::evaluate::train::passages::{JudgedPassage, passages};
use crate::index::analyzer;

/// A question with some sentences.
pub struct Group {
    /// The tokens of the question with each sentence.
    pub pairs: Vec<Vec<u32>>,
    /// Whether each sentence answers. If none does, the question has to be refused.
    pub is_right: Vec<bool>,
}

/// Maximum number of sentences of a group that answer, and of those that do not.
const MAX_RIGHT: usize = 2;
const MAX_WRONG: usize = 4;
/// Share of the questions that are read without the sentences that answer them.
const UNANSWERED_SHARE: f64 = 0.25;
/// Share of the questions that are read with sentences of other passages only.
const UNRELATED_SHARE: f64 = 0.15;
/// Number of sentences of other passages from which those are selected.
const UNRELATED_SAMPLE: usize = 300;
/// Maximum number of groups. More take time in proportion.
const MAX_GROUPS: usize = 8000;

/// A question with sentences, and whether each of them answers.
struct Selected<'a> {
    question: &'a str,
    options: Vec<(&'a str, &'a str, bool)>,
}

/// Returns groups of questions that are selected at random from all files.
pub fn groups(
    files: &[Vec<JudgedArticle>],
    embeddings: &EmbeddingIndex,
    random: &mut fastrand::Rng,
) -> Vec<Group> {
    let sources: Vec<_> = files.iter().flat_map(|articles| passages(articles)).collect();
    let mut asked: Vec<_> = sources
        .iter()
        .flat_map(|source| source.questions().map(move |judged| (source, judged)))
        .collect();
    random.shuffle(&mut asked);
    let selected =
        asked.into_iter().filter_map(|(source, judged)| match random.f64() < UNRELATED_SHARE {
            true => Some(unrelated(judged, &sources, random)),
            false => related(judged, source, random),
        });
    let selected: Vec<_> = selected.take(MAX_GROUPS).collect();
    let group = |Selected { question, options }: &Selected<'_>| {
        let pair = |(title, sentence, _): &(&str, &str, bool)| {
            reader_training::pair(embeddings, question, title, sentence)
        };
        Group {
            pairs: options.iter().map(pair).collect(),
            is_right: options.iter().map(|(_, _, is_right)| *is_right).collect(),
        }
    };
    selected.par_iter().map(group).collect()
}

/// Selects sentences of the passage of a question: those that share most words with it, and mostly
/// some that answer. `None` if the answer is in no single sentence.
fn related<'a>(
    judged: &'a JudgedQuestion,
    source: &JudgedPassage<'a>,
    random: &mut fastrand::Rng,
) -> Option<Selected<'a>> {
    let sentences = source.sentences.iter().copied();
    let (mut right, mut wrong): (Vec<_>, Vec<_>) =
        sentences.partition(|sentence| judged.is_in(sentence));
    if right.is_empty() {
        return None;
    }
    keep_similar(&mut wrong, |own| *own, &judged.question, random);
    right.truncate(MAX_RIGHT);
    if !wrong.is_empty() && random.f64() < UNANSWERED_SHARE {
        right.clear();
    }
    let right = right.into_iter().map(|sentence| (source.article.title.as_str(), sentence, true));
    let wrong = wrong.into_iter().map(|sentence| (source.article.title.as_str(), sentence, false));
    Some(Selected { question: &judged.question, options: right.chain(wrong).collect() })
}

/// Selects sentences of any passages that share words with a question.
fn unrelated<'a>(
    judged: &'a JudgedQuestion,
    sources: &[JudgedPassage<'a>],
    random: &mut fastrand::Rng,
) -> Selected<'a> {
    let sample = (0..UNRELATED_SAMPLE).filter_map(|_| {
        let source = random.choice(sources)?;
        let sentence = *random.choice(&source.sentences)?;
        (!judged.is_in(sentence)).then_some((source.article.title.as_str(), sentence, false))
    });
    let mut options: Vec<_> = sample.collect();
    keep_similar(&mut options, |(_, sentence, _)| sentence, &judged.question, random);
    Selected { question: &judged.question, options }
}

/// Keeps the sentences that share most words with the question; random ones among equals.
fn keep_similar<T>(
    options: &mut Vec<T>,
    sentence: impl Fn(&T) -> &str,
    question: &str,
    random: &mut fastrand::Rng,
) {
    let asked = words(question);
    random.shuffle(options);
    let shared = |own: &T| words(sentence(own)).intersection(&asked).count();
    options.sort_by_cached_key(|own| usize::MAX - shared(own));
    options.truncate(MAX_WRONG);
}

fn words(text: &str) -> FxHashSet<String> {
    analyzer::words(text).into_iter().map(|word| word.folded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged() -> JudgedQuestion {
        JudgedQuestion {
            question: "Where does the red bus stop?".into(),
            id: None,
            gold: vec!["the old market".into()],
            is_on_topic: false,
            passage: None,
        }
    }

    fn article() -> JudgedArticle {
        JudgedArticle { title: "Buses".into(), paragraphs: Vec::new(), questions: Vec::new() }
    }

    fn source<'a>(article: &'a JudgedArticle, sentences: &[&'a str]) -> JudgedPassage<'a> {
        JudgedPassage { article, sentences: sentences.to_vec(), text: "" }
    }

    const SENTENCES: [&str; 7] = [
        "It rains.",
        "It stops at the old market.",
        "A.",
        "The red bus is late.",
        "B.",
        "C.",
        "The bus is full.",
    ];

    fn sorted_wrong<'a>(selected: &Selected<'a>) -> Vec<&'a str> {
        let wrong = selected.options.iter().filter(|own| !own.2).take(2);
        let mut wrong: Vec<_> = wrong.map(|(_, sentence, _)| *sentence).collect();
        wrong.sort_unstable();
        wrong
    }

    #[test]
    fn related_sentences_answer_or_share_words() {
        let (judged, article) = (judged(), article());
        let source = source(&article, &SENTENCES);
        let random = &mut fastrand::Rng::with_seed(1);
        let mut unanswered = 0;
        for _ in 0..200 {
            let selected = related(&judged, &source, random).expect("a sentence answers");
            let right: Vec<_> = selected.options.iter().filter(|own| own.2).collect();
            assert!(right.is_empty() || *right[0] == ("Buses", SENTENCES[1], true));
            assert_eq!(sorted_wrong(&selected), ["The bus is full.", "The red bus is late."]);
            unanswered += usize::from(right.is_empty());
        }
        assert!((25..75).contains(&unanswered), "{unanswered}");
    }

    #[test]
    fn related_needs_a_sentence_that_answers() {
        let random = &mut fastrand::Rng::with_seed(1);
        assert!(related(&judged(), &source(&article(), &SENTENCES[2..]), random).is_none());
    }

    #[test]
    fn unrelated_sentences_share_words_and_do_not_answer() {
        let random = &mut fastrand::Rng::with_seed(1);
        let (judged, article) = (judged(), article());
        let sources = [source(&article, &SENTENCES)];
        let selected = unrelated(&judged, &sources, random);
        assert!(selected.options.iter().all(|own| own.1 != SENTENCES[1] && !own.2));
        assert_eq!(selected.options.len(), MAX_WRONG);
    }
}

//! Reading: the few sentences with the highest scores are read together with the question by the
//! [reader](crate::embedding), whose scores are added to theirs. Pure.
//!
//! The features compare the vectors and the words of a sentence with those of the question; the
//! reader sees both texts at once. It takes much longer than all features, so that sentences are
//! read only if the best of them does not clearly lead, and not in a large corpus.

/// Score of the reader for each sentence of a passage; `None` for a sentence that was not read.
pub type ReaderScores = Vec<Option<f32>>;

/// Maximum number of sentences that are read for a question.
const MAX_READ: usize = 4;
/// Lead of the best sentence over the next from which no sentence is read: odds of 2.7 to 1. More
/// sentences, or a longer lead, gave no better quotes on held-out questions.
const CLEAR_LEAD: f32 = 1.0;
/// Number of passages from which no sentence is read. In a large corpus the best sentences are near
/// to each other in most questions, so that most of them would wait for the reader.
const LARGE_CORPUS: u64 = 2000;
/// Difference to the highest score from which a sentence is not read.
const MAX_DIFFERENCE: f32 = 8.0;
/// Maximum of a score of the reader, positive or negative.
const MAX_SCORE: f32 = 10.0;

/// Selects the sentences to read from the scores of all sentences of each passage: their passages
/// and positions, best first. Empty if the best sentence is clearly ahead, or if the corpus
/// has many passages.
pub fn select(scores: &[Vec<f32>], corpus_passages: u64) -> Vec<(usize, usize)> {
    let sentences = scores.iter().enumerate().flat_map(|(passage, scores)| {
        scores.iter().enumerate().map(move |(at, score)| ((passage, at), *score))
    });
    let mut sentences: Vec<_> = sentences.collect();
    sentences.sort_by(|(a, score_a), (b, score_b)| score_b.total_cmp(score_a).then(a.cmp(b)));
    let Some((_, best)) = sentences.first().copied() else { return Vec::new() };
    let is_clear = sentences.get(1).is_none_or(|(_, next)| best - next > CLEAR_LEAD);
    if is_clear || corpus_passages >= LARGE_CORPUS {
        return Vec::new();
    }
    let near = sentences.into_iter().take_while(|(_, score)| best - score < MAX_DIFFERENCE);
    near.take(MAX_READ).map(|(sentence, _)| sentence).collect()
}

/// Returns what the reader adds to the score of each sentence, before its weight. Sentences that
/// were not read count like the worst of those that were. All are 0 if none was read.
pub fn additions(read: &[&[Option<f32>]]) -> Vec<Vec<f32>> {
    let all = read.iter().copied().flatten().flatten();
    let lowest = all.copied().map(limited).reduce(f32::min).unwrap_or_default();
    let addition = |score: &Option<f32>| score.map_or(lowest, limited);
    read.iter().map(|scores| scores.iter().map(addition).collect()).collect()
}

/// Returns the highest score of the reader, or `None` if no sentence was read.
pub fn highest<'a>(read: impl Iterator<Item = &'a ReaderScores>) -> Option<f32> {
    read.flatten().flatten().copied().map(limited).reduce(f32::max)
}

fn limited(score: f32) -> f32 {
    score.clamp(-MAX_SCORE, MAX_SCORE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn select_takes_the_best_sentences_unless_one_is_clearly_ahead() {
        let scores = [vec![1.0, 5.0, -9.0], vec![], vec![4.0, 5.0]];
        assert_eq!(select(&scores, 9), [(0, 1), (2, 1), (2, 0), (0, 0)]);
        assert!(select(&[vec![1.0, 5.0], vec![3.4]], 9).is_empty());
        assert!(select(&[vec![1.0]], 9).is_empty());
        assert!(select(&[], 9).is_empty());
        assert_eq!(select(&[vec![0.0; 9]], 9).len(), MAX_READ);
    }

    #[test]
    fn select_takes_nothing_from_a_large_corpus() {
        let scores = [vec![1.0, 0.5]];
        assert_eq!(select(&scores, LARGE_CORPUS - 1).len(), 2);
        assert!(select(&scores, LARGE_CORPUS).is_empty());
    }

    #[test]
    fn additions_of_unread_sentences_are_the_lowest() {
        let (a, b) = ([Some(2.0), None], [Some(-1.0), Some(-70.0)]);
        assert_eq!(additions(&[&a, &b]), [[2.0, -10.0], [-1.0, -10.0]]);
        assert_eq!(additions(&[&[None], &[None]]), [[0.0], [0.0]]);
        assert_eq!(highest([&a.to_vec(), &b.to_vec()].into_iter()), Some(2.0));
        assert_eq!(highest([&vec![None]].into_iter()), None);
    }
}

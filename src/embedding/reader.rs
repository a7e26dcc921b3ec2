//! The reader: the sentence model with an adapter, which reads a question together with a sentence
//! and scores whether the sentence answers (a cross-encoder; Nogueira & Cho 2019, "Passage
//! Re-ranking with BERT").
//!
//! The program `train` makes the adapter.

use std::sync::LazyLock;
use std::time::Duration;

use quick_cache::sync::Cache;

use super::e5::Adapter;
use super::permits::TimedSemaphore;
use super::sentence_model::SentenceModel;

/// The scores of recent pairs.
pub struct Reader {
    recent: Cache<[u8; 16], f32>,
}

/// A sentence with the text that the model reads before it.
pub struct ReadSentence<'a> {
    pub context: &'a str,
    pub sentence: &'a str,
}

/// File of the adapter.
const FILE: &[u8] = include_bytes!("reader.bin");
/// Number of cached scores. Buttons and edits ask a question again.
const CACHED_SCORES: usize = 2048;

/// The adapter that the program contains.
static ADAPTER: LazyLock<Adapter> =
    LazyLock::new(|| Adapter::from_bytes(FILE).expect("a test reads the file of the program"));

impl Reader {
    pub fn new() -> Reader {
        Reader { recent: Cache::new(CACHED_SCORES) }
    }

    /// Returns the score of each sentence: the logarithm of the odds that this sentence answers the
    /// question, and not that none does. Returns `None` if the processors are busy, or if the
    /// model cannot encode the texts.
    pub fn scores(
        &self,
        model: &SentenceModel,
        permits: &TimedSemaphore,
        question: &str,
        sentences: &[ReadSentence<'_>],
    ) -> Option<Vec<f32>> {
        let pair = |read: &ReadSentence<'_>| model.pair(question, read.context, read.sentence);
        let pairs: Vec<_> = sentences.iter().map(pair).collect();
        let keys: Vec<_> = pairs.iter().map(|pair| key(pair)).collect();
        let known: Vec<_> = keys.iter().map(|key| self.recent.get(key)).collect();
        let unknown = pairs.into_iter().zip(&known).filter(|(_, known)| known.is_none());
        let unknown: Vec<_> = unknown.map(|(pair, _)| pair).collect();
        let mut computed = Vec::new();
        if !unknown.is_empty() {
            let _permit = permits.acquire(Duration::ZERO)?;
            computed = model.pair_scores(&ADAPTER, &unknown)?;
        }
        let mut computed = computed.into_iter();
        let scores = known.into_iter().zip(keys).map(|(known, key)| {
            known.or_else(|| computed.next().inspect(|score| self.recent.insert(key, *score)))
        });
        scores.collect()
    }
}

/// Returns a hash of the tokens of a pair.
fn key(pair: &[u32]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    pair.iter().for_each(|id| {
        hasher.update(&id.to_le_bytes());
    });
    let mut key = [0; 16];
    hasher.finalize_xof().fill(&mut key);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedding::model_files::installed;
    use crate::embedding::tests::real_weight_file;

    fn real_model() -> Option<SentenceModel> {
        let path = real_weight_file()?;
        let dir = path.parent().expect("the file is in the directory of the model");
        let installed = installed(dir).expect("it is whole").expect("it is there");
        Some(SentenceModel::load(&installed).expect("the model is sound"))
    }

    fn read<'a>(sentences: &[&'a str]) -> Vec<ReadSentence<'a>> {
        let read =
            sentences.iter().map(|sentence| ReadSentence { context: "The bridge. ", sentence });
        read.collect()
    }

    #[test]
    fn file_of_the_program_can_be_read() {
        assert!(ADAPTER.values().all(|value| value.is_finite()));
    }

    #[test]
    fn scores_prefer_the_sentence_that_answers() {
        let Some(model) = real_model() else { return };
        let sentences = read(&[
            "The harbour bridge was opened by the queen.",
            "It was opened in May 1932, two years late.",
            "Painters need ten years from one end of it to the other.",
        ]);
        let (reader, permits) = (Reader::new(), TimedSemaphore::new(1));
        let best = |question: &str| {
            let scores = reader.scores(&model, &permits, question, &sentences);
            let scores = scores.expect("a processor is free");
            let best = (0..3).max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
            best.expect("there are sentences")
        };
        assert_eq!(best("When was the harbour bridge opened?"), 1);
        assert_eq!(best("Who opened the bridge?"), 0);
        assert_eq!(best("Wer hat die Brücke eröffnet?"), 0);
    }

    #[test]
    fn scores_need_a_free_processor_unless_they_are_known() {
        let Some(model) = real_model() else { return };
        let sentences = read(&["It rains.", "It snows."]);
        let (reader, busy) = (Reader::new(), TimedSemaphore::new(0));
        let scores = |permits: &TimedSemaphore, sentences: &[ReadSentence<'_>]| {
            reader.scores(&model, permits, "Does it rain?", sentences)
        };
        assert_eq!(scores(&busy, &sentences), None);
        let first = scores(&TimedSemaphore::new(1), &sentences[..1]);
        assert_eq!(scores(&busy, &sentences[..1]), first);
        assert_eq!(scores(&busy, &sentences), None);
        assert_eq!(scores(&busy, &[]), Some(Vec::new()));
    }
}

//! Vectors of tokens for late interaction (Khattab & Zaharia 2020, "ColBERT"): each token of a
//! question looks for the nearest token of a sentence.
//!
//! A linear map shortens the model's vectors of tokens. That of questions, that of passages and the
//! weight of a token of a question were learned from questions with their answers by the program
//! `train`.

use std::sync::LazyLock;

use super::e5::HIDDEN;
use super::quantized::QuantizedVectors;
use super::token_vectors::{DIMENSIONS, TokenVectors};

/// The learned maps.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenProjection {
    /// The average of the model's vectors of tokens.
    pub center: Vec<f32>,
    /// [`DIMENSIONS`] rows of `HIDDEN` numbers.
    pub passage: Vec<f32>,
    /// [`DIMENSIONS`] rows of `HIDDEN` numbers.
    pub question: Vec<f32>,
    /// Weights of the dimensions of a token of a question, then the constant.
    pub importance: Vec<f32>,
}

/// The vectors of the tokens of a question.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuestionTokens {
    pub vectors: QuantizedVectors,
    /// How much each token says about what is asked: above 0, 1 in total.
    pub weights: Vec<f32>,
}

/// The file of the maps that the program contains.
pub const FILE: &[u8] = include_bytes!("token_projection.bin");

/// The maps that the program contains.
static SHIPPED: LazyLock<TokenProjection> = LazyLock::new(|| {
    TokenProjection::from_bytes(FILE).expect("a test reads the file of the program")
});

impl TokenProjection {
    /// Returns the maps that the program contains.
    pub fn shipped() -> &'static TokenProjection {
        &SHIPPED
    }

    /// Returns the maps as bytes: their numbers in the order of the fields.
    #[cfg(any(test, feature = "train"))]
    pub fn to_bytes(&self) -> Vec<u8> {
        let TokenProjection { center, passage, question, importance } = self;
        let all = [center, passage, question, importance].into_iter().flatten();
        all.flat_map(|value| value.to_le_bytes()).collect()
    }

    /// Parses the bytes of [`TokenProjection::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<TokenProjection> {
        let (values, rest) = bytes.as_chunks::<4>();
        let mut values = values.iter().map(|bytes| f32::from_le_bytes(*bytes));
        let mut take = |count: usize| values.by_ref().take(count).collect::<Vec<_>>();
        let projection = TokenProjection {
            center: take(HIDDEN),
            passage: take(DIMENSIONS * HIDDEN),
            question: take(DIMENSIONS * HIDDEN),
            importance: take(HIDDEN + 1),
        };
        let is_complete = projection.importance.len() == HIDDEN + 1;
        (is_complete && rest.is_empty() && values.next().is_none()).then_some(projection)
    }

    /// Returns the vectors of the tokens of a question, from those of the model: `HIDDEN` numbers
    /// for each token.
    pub fn question(&self, tokens: &[f32]) -> QuestionTokens {
        let mut vectors = QuantizedVectors::default();
        let mut weights = Vec::new();
        let (importance, constant) = self.importance.split_at(HIDDEN);
        for token in tokens.chunks_exact(HIDDEN) {
            let centered = self.centered(token);
            vectors.push(&projected(&self.question, &centered));
            weights.push(softplus(dot(importance, &centered) + constant[0]));
        }
        let sum: f32 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        QuestionTokens { vectors, weights }
    }

    /// Appends a sentence to `vectors`, from the model's vectors of its words: `HIDDEN` numbers for
    /// each.
    pub fn push_sentence(&self, words: &[f32], vectors: &mut TokenVectors) {
        let words = words.chunks_exact(HIDDEN);
        let own = words.map(|word| projected(&self.passage, &self.centered(word)));
        vectors.push(&own.collect::<Vec<_>>());
    }

    fn centered(&self, token: &[f32]) -> Vec<f32> {
        token.iter().zip(&self.center).map(|(value, center)| value - center).collect()
    }
}

/// Returns the product of a vector with the rows of a map, scaled to unit length.
fn projected(rows: &[f32], vector: &[f32]) -> [f32; DIMENSIONS] {
    let mut projected = [0.0; DIMENSIONS];
    for (value, row) in projected.iter_mut().zip(rows.chunks_exact(HIDDEN)) {
        *value = dot(row, vector);
    }
    let length = dot(&projected, &projected).sqrt().max(f32::MIN_POSITIVE);
    projected.map(|value| value / length)
}

/// Returns a scalar product. The sums of eight parts are added, so that it is fast and the same on
/// all processors.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    let (a, a_rest) = a.as_chunks::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

/// Returns a number above 0: about `value` if it is large.
pub fn softplus(value: f32) -> f32 {
    value.max(0.0) + (-value.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns maps that take the first dimensions, and the first one as the importance.
    fn first_dimensions() -> TokenProjection {
        let mut map = vec![0.0; DIMENSIONS * HIDDEN];
        (0..DIMENSIONS).for_each(|at| map[at * HIDDEN + at] = 1.0);
        let mut importance = vec![0.0; HIDDEN + 1];
        importance[0] = 1.0;
        let center = vec![0.5; HIDDEN];
        TokenProjection { center, passage: map.clone(), question: map, importance }
    }

    #[test]
    fn shipped_maps_are_complete_and_are_restored_from_their_bytes() {
        let shipped = TokenProjection::shipped();
        assert!(shipped.passage.iter().chain(&shipped.question).all(|value| value.is_finite()));
        assert_eq!(shipped.to_bytes(), FILE);
        for length in [0, 4, FILE.len() - 4, FILE.len() - 1] {
            assert_eq!(TokenProjection::from_bytes(&FILE[..length]), None, "{length} bytes");
        }
        assert_eq!(TokenProjection::from_bytes(&[FILE, &[0; 4]].concat()), None);
    }

    #[test]
    fn question_tokens_have_unit_vectors_and_weights_of_one_in_total() {
        let token = |first: f32, second: f32| {
            let mut token = vec![0.5; HIDDEN];
            (token[0], token[1]) = (first, second);
            token
        };
        let tokens = [token(4.5, 0.5), token(0.5, 4.5)].concat();
        let question = first_dimensions().question(&tokens);
        let axes = QuantizedVectors::of(&std::array::from_fn::<_, DIMENSIONS, _>(|at| {
            if at == 0 { 1.0 } else { 0.0 }
        }));
        assert_eq!(axes.cosines(&question.vectors), [1.0, 0.0]);
        // The importance is the softplus of 4 and of 0.
        let expected = 4.0181 / (4.0181 + std::f32::consts::LN_2);
        assert!((question.weights[0] - expected).abs() < 1e-3, "{:?}", question.weights);
        assert!((question.weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        let none = first_dimensions().question(&[]);
        assert_eq!(none, QuestionTokens::default());
    }
}

//! Weights that were learned: files beside the code that `verbatim learn` writes. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A file of weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// What weights that were learned without an article reached on its questions: shares in percent,
    /// and how many questions there were.
    pub reached: BTreeMap<String, BTreeMap<String, f64>>,
    /// Set by hand, since those questions cannot teach them; kept when the others are learned.
    pub by_hand: BTreeMap<String, f32>,
    pub learned: BTreeMap<String, f32>,
}

impl Weights {
    /// Reads a file of weights.
    pub fn read(text: &str) -> Result<Weights, toml::de::Error> {
        toml::from_str(text)
    }

    /// What `name` weighs; nothing if nobody knows.
    pub fn weight(&self, name: &str) -> f32 {
        *self.by_hand.get(name).or_else(|| self.learned.get(name)).unwrap_or(&0.0)
    }
}

/// The weights of a file that is part of this program, in the order of `names`.
pub fn of<const N: usize>(text: &str, names: &[&str; N]) -> [f32; N] {
    let weights = Weights::read(text).expect("the file is part of the program and under test");
    names.map(|name| weights.weight(name))
}

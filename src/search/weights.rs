//! Weight files: learned weights that are compiled into the program. Pure.
//!
//! The program `train` writes the files next to the code that reads them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Content of a weight file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Cross-validated metrics in percent, and the number of questions, for each setting.
    pub reached: BTreeMap<String, BTreeMap<String, f64>>,
    /// Weights set by hand, because the training questions cannot teach them. Training keeps them.
    pub by_hand: BTreeMap<String, f32>,
    pub learned: BTreeMap<String, f32>,
}

impl Weights {
    /// Parses a weight file.
    pub fn read(text: &str) -> Result<Weights, toml::de::Error> {
        toml::from_str(text)
    }

    /// Returns the weight of a feature; 0 if the file has none.
    pub fn weight(&self, name: &str) -> f32 {
        *self.by_hand.get(name).or_else(|| self.learned.get(name)).unwrap_or(&0.0)
    }
}

/// Parses a compiled-in weight file and returns the weights in the order of `names`.
pub fn of<const N: usize>(text: &str, names: &[&str; N]) -> [f32; N] {
    let weights = Weights::read(text).expect("tests parse every weight file of the program");
    names.map(|name| weights.weight(name))
}

//! The BERT encoder (Devlin et al. 2019) for one unmasked text: word pieces to vectors.
//!
//! This is our own implementation because the crate `candle-transformers`, which has BERT among a
//! hundred models, takes longer to compile than this program.

use candle_core::{D, Device, Module, Result, Tensor};
use candle_nn::ops::softmax;
use candle_nn::{Embedding, LayerNorm, Linear, VarBuilder, embedding, layer_norm, linear};
use serde::Deserialize;

/// The shape of the network, by the field names of `config.json`.
#[derive(Debug, Deserialize)]
pub struct Shape {
    vocab_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    hidden_act: Activation,
    max_position_embeddings: usize,
    type_vocab_size: usize,
    layer_norm_eps: f64,
    model_type: Option<String>,
    /// Parsed only to reject other kinds of position embeddings.
    #[serde(default, rename = "position_embedding_type")]
    _positions: Positions,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Activation {
    Gelu,
    Relu,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Positions {
    #[default]
    Absolute,
}

/// A BERT encoder in memory.
pub struct Bert {
    words: Embedding,
    positions: Embedding,
    types: Embedding,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

struct Layer {
    heads: usize,
    query: Linear,
    key: Linear,
    value: Linear,
    attention_output: Linear,
    attention_norm: LayerNorm,
    intermediate: Linear,
    activation: Activation,
    output: Linear,
    output_norm: LayerNorm,
}

impl Bert {
    /// Loads the tensors by the names that the authors of BERT gave them.
    pub fn load(tensors: VarBuilder, shape: &Shape) -> Result<Bert> {
        // A model that was fine-tuned for a task prefixes all names with that of the base model.
        let tensors = match &shape.model_type {
            Some(name) if !tensors.contains_tensor("embeddings.word_embeddings.weight") => {
                tensors.pp(name)
            }
            _ => tensors,
        };
        let hidden = shape.hidden_size;
        let embeddings = tensors.pp("embeddings");
        let layers = (0..shape.num_hidden_layers)
            .map(|layer| Layer::load(&tensors.pp("encoder").pp("layer").pp(layer), shape));
        Ok(Bert {
            words: embedding(shape.vocab_size, hidden, embeddings.pp("word_embeddings"))?,
            positions: embedding(
                shape.max_position_embeddings,
                hidden,
                embeddings.pp("position_embeddings"),
            )?,
            types: embedding(
                shape.type_vocab_size,
                hidden,
                embeddings.pp("token_type_embeddings"),
            )?,
            norm: layer_norm(hidden, shape.layer_norm_eps, embeddings.pp("LayerNorm"))?,
            layers: layers.collect::<Result<_>>()?,
        })
    }

    /// Returns the output of the last layer: a row for each word piece.
    pub fn forward(&self, pieces: &[u32]) -> Result<Tensor> {
        let words = self.words.forward(&Tensor::new(pieces, &Device::Cpu)?)?;
        // Token type 0: all pieces belong to the first text of a pair.
        let rows = words.broadcast_add(&self.types.embeddings().narrow(0, 0, 1)?)?;
        let rows = (rows + self.positions.embeddings().narrow(0, 0, pieces.len())?)?;
        let mut rows = self.norm.forward(&rows)?;
        for layer in &self.layers {
            rows = layer.forward(&rows)?;
        }
        Ok(rows)
    }
}

impl Layer {
    fn load(tensors: &VarBuilder, shape: &Shape) -> Result<Layer> {
        let (hidden, intermediate) = (shape.hidden_size, shape.intermediate_size);
        let square = |name: &str| linear(hidden, hidden, tensors.pp(name));
        let norm = |name: &str| layer_norm(hidden, shape.layer_norm_eps, tensors.pp(name));
        Ok(Layer {
            heads: shape.num_attention_heads,
            query: square("attention.self.query")?,
            key: square("attention.self.key")?,
            value: square("attention.self.value")?,
            attention_output: square("attention.output.dense")?,
            attention_norm: norm("attention.output.LayerNorm")?,
            intermediate: linear(hidden, intermediate, tensors.pp("intermediate.dense"))?,
            activation: shape.hidden_act,
            output: linear(intermediate, hidden, tensors.pp("output.dense"))?,
            output_norm: norm("output.LayerNorm")?,
        })
    }

    fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        let attention = self.attention_output.forward(&self.attention(rows)?)?;
        let rows = self.attention_norm.forward(&(attention + rows)?)?;
        let hidden = self.intermediate.forward(&rows)?;
        let hidden = match self.activation {
            Activation::Gelu => hidden.gelu_erf()?,
            Activation::Relu => hidden.relu()?,
        };
        self.output_norm.forward(&(self.output.forward(&hidden)? + rows)?)
    }

    /// Returns multi-head self-attention, with the heads concatenated in each row.
    fn attention(&self, rows: &Tensor) -> Result<Tensor> {
        let (count, hidden) = rows.dims2()?;
        let size = hidden / self.heads;
        let by_head = |linear: &Linear| {
            linear.forward(rows)?.reshape((count, self.heads, size))?.transpose(0, 1)?.contiguous()
        };
        let (query, key) = (by_head(&self.query)?, by_head(&self.key)?);
        let scores = (query.matmul(&key.t()?)? / (size as f64).sqrt())?;
        let values = softmax(&scores, D::Minus1)?.matmul(&by_head(&self.value)?)?;
        values.transpose(0, 1)?.contiguous()?.flatten_from(1)
    }
}

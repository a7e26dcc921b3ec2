//! BERT (Devlin et al. 2019) as far as it reads one text: pieces to vectors, and nothing is masked.
//!
//! It is our own because the crate that has it has a hundred other models, too, and takes longer to compile
//! than this program.

use candle_core::{D, Device, Module, Result, Tensor};
use candle_nn::ops::softmax;
use candle_nn::{Embedding, LayerNorm, Linear, VarBuilder, embedding, layer_norm, linear};
use serde::Deserialize;

/// What `config.json` says, by the names that it uses.
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
    /// Only read to refuse other kinds.
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

/// The model in memory.
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
    attended: Linear,
    attended_norm: LayerNorm,
    wide: Linear,
    activation: Activation,
    narrow: Linear,
    narrow_norm: LayerNorm,
}

impl Bert {
    /// Takes the tensors by the names that the model's authors gave them.
    pub fn load(tensors: VarBuilder, shape: &Shape) -> Result<Bert> {
        // What was made for a task has the model's name before all others.
        let tensors = match &shape.model_type {
            Some(name) if !tensors.contains_tensor("embeddings.word_embeddings.weight") => {
                tensors.pp(name)
            }
            _ => tensors,
        };
        let hidden = shape.hidden_size;
        let first = tensors.pp("embeddings");
        let layers = (0..shape.num_hidden_layers)
            .map(|layer| Layer::load(&tensors.pp("encoder").pp("layer").pp(layer), shape));
        Ok(Bert {
            words: embedding(shape.vocab_size, hidden, first.pp("word_embeddings"))?,
            positions: embedding(
                shape.max_position_embeddings,
                hidden,
                first.pp("position_embeddings"),
            )?,
            types: embedding(shape.type_vocab_size, hidden, first.pp("token_type_embeddings"))?,
            norm: layer_norm(hidden, shape.layer_norm_eps, first.pp("LayerNorm"))?,
            layers: layers.collect::<Result<_>>()?,
        })
    }

    /// The last layer: a row for each piece.
    pub fn read(&self, pieces: &[u32]) -> Result<Tensor> {
        let words = self.words.forward(&Tensor::new(pieces, &Device::Cpu)?)?;
        // Every piece is of the first text, since there is no second.
        let rows = words.broadcast_add(&self.types.embeddings().narrow(0, 0, 1)?)?;
        let rows = (rows + self.positions.embeddings().narrow(0, 0, pieces.len())?)?;
        let mut rows = self.norm.forward(&rows)?;
        for layer in &self.layers {
            rows = layer.read(&rows)?;
        }
        Ok(rows)
    }
}

impl Layer {
    fn load(tensors: &VarBuilder, shape: &Shape) -> Result<Layer> {
        let (hidden, wide) = (shape.hidden_size, shape.intermediate_size);
        let square = |name: &str| linear(hidden, hidden, tensors.pp(name));
        let norm = |name: &str| layer_norm(hidden, shape.layer_norm_eps, tensors.pp(name));
        Ok(Layer {
            heads: shape.num_attention_heads,
            query: square("attention.self.query")?,
            key: square("attention.self.key")?,
            value: square("attention.self.value")?,
            attended: square("attention.output.dense")?,
            attended_norm: norm("attention.output.LayerNorm")?,
            wide: linear(hidden, wide, tensors.pp("intermediate.dense"))?,
            activation: shape.hidden_act,
            narrow: linear(wide, hidden, tensors.pp("output.dense"))?,
            narrow_norm: norm("output.LayerNorm")?,
        })
    }

    fn read(&self, rows: &Tensor) -> Result<Tensor> {
        let attended = self.attended.forward(&self.attend(rows)?)?;
        let rows = self.attended_norm.forward(&(attended + rows)?)?;
        let wide = self.wide.forward(&rows)?;
        let wide = match self.activation {
            Activation::Gelu => wide.gelu_erf()?,
            Activation::Relu => wide.relu()?,
        };
        self.narrow_norm.forward(&(self.narrow.forward(&wide)? + rows)?)
    }

    /// For each piece the values of those that it attends to, head beside head.
    fn attend(&self, rows: &Tensor) -> Result<Tensor> {
        let (count, hidden) = rows.dims2()?;
        let size = hidden / self.heads;
        let by_head = |of: &Linear| {
            of.forward(rows)?.reshape((count, self.heads, size))?.transpose(0, 1)?.contiguous()
        };
        let (query, key) = (by_head(&self.query)?, by_head(&self.key)?);
        let near = (query.matmul(&key.t()?)? / (size as f64).sqrt())?;
        let values = softmax(&near, D::Minus1)?.matmul(&by_head(&self.value)?)?;
        values.transpose(0, 1)?.contiguous()?.flatten_from(1)
    }
}

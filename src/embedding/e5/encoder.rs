//! The transformer of multilingual-e5-small: BERT (Devlin et al. 2018) with 12 layers and
//! normalization after each block.

use super::activations::Activations;
use super::adapter::{Adapter, LowRank, SHAPES};
use super::attention::attend;
use super::format::{
    BLOCK, BLOCK_BYTES, HIDDEN, INTERMEDIATE, MAX_TOKENS, Matrix, TOKEN_TYPES, WeightFile,
};
use super::functions::{add_and_normalize, gelu};
use super::matrix::multiply;
use super::matrix_rows::half_to_f32;
use super::problem::Problem;

/// The layers of the transformer. The matrices stay in the weight file.
pub struct Encoder {
    embeddings: Matrix,
    /// Vectors of the positions, plus the vector of token type 0.
    positions: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

/// A matrix and a bias.
struct Linear {
    matrix: Matrix,
    bias: Vec<f32>,
}

/// Parameters of a layer normalization.
struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attention_output: Linear,
    attention_norm: Norm,
    intermediate: Linear,
    output: Linear,
    output_norm: Norm,
}

/// The outputs of two layers for several texts, one after the other: `HIDDEN` numbers for each id.
pub struct Outputs {
    /// The output of layer [`TOKEN_LAYER`], in which the vector of a token says most about the
    /// meaning of its word in the text.
    pub tokens: Vec<f32>,
    /// The output of the last layer, whose mean is the vector of a text.
    pub last: Vec<f32>,
}

/// The matrices of a layer, each with its bias, and the parameters of its normalizations.
#[cfg(feature = "train")]
pub type LayerWeights = ([(Vec<f32>, Vec<f32>); SHAPES.len()], [(Vec<f32>, Vec<f32>); 2]);

/// Number of layers before the vectors of tokens. Those of later layers resemble their text more
/// and more: as measures of the words they are worse, by five points of right sentences.
const TOKEN_LAYER: usize = 9;

/// Intermediate results of a layer. All layers use the same memory.
#[derive(Default)]
struct Buffers {
    input: Activations,
    queries: Vec<f32>,
    keys: Vec<f32>,
    values: Vec<f32>,
    mixed: Vec<f32>,
    inner: Vec<f32>,
    output: Vec<f32>,
}

impl Encoder {
    /// Finds all tensors of a weight file.
    pub fn new(file: &WeightFile) -> Result<Encoder, Problem> {
        let mut positions = file.floats("emb.pos", MAX_TOKENS * HIDDEN)?;
        let types = file.floats("emb.type", TOKEN_TYPES * HIDDEN)?;
        for position in positions.chunks_exact_mut(HIDDEN) {
            position.iter_mut().zip(&types).for_each(|(value, added)| *value += added);
        }
        let layers = (0..file.layers()).map(|number| Layer::new(file, number));
        Ok(Encoder {
            embeddings: file.embeddings()?,
            positions,
            norm: Norm::new(file, "emb.ln")?,
            layers: layers.collect::<Result<_, _>>()?,
        })
    }

    /// Returns the outputs for several texts. Those for a text do not depend on the others. `file`
    /// must be the file of [`Encoder::new`]. Panics if a text has more than [`MAX_TOKENS`] ids, or
    /// an id that is not in the vocabulary.
    pub fn forward(&self, file: &WeightFile, texts: &[&[u32]]) -> Outputs {
        let mut hidden = self.input(file, texts);
        let lengths: Vec<_> = texts.iter().map(|ids| ids.len() * HIDDEN).collect();
        let mut buffers = Buffers::default();
        let (first, rest) = self.layers.split_at(TOKEN_LAYER.min(self.layers.len()));
        for layer in first {
            layer.forward(file, None, &lengths, &mut hidden, &mut buffers);
        }
        let tokens = hidden.clone();
        for layer in rest {
            layer.forward(file, None, &lengths, &mut hidden, &mut buffers);
        }
        Outputs { tokens, last: hidden }
    }

    /// Returns the outputs of the last layer that `adapter` has, for several texts. See
    /// [`Encoder::forward`].
    pub fn forward_adapted(
        &self,
        file: &WeightFile,
        adapter: &Adapter,
        texts: &[&[u32]],
    ) -> Vec<f32> {
        let mut hidden = self.input(file, texts);
        let lengths: Vec<_> = texts.iter().map(|ids| ids.len() * HIDDEN).collect();
        let mut buffers = Buffers::default();
        for (layer, adapters) in self.layers.iter().zip(&adapter.layers) {
            layer.forward(file, Some(adapters), &lengths, &mut hidden, &mut buffers);
        }
        hidden
    }

    /// Returns the input of the first layer for several texts.
    pub fn input(&self, file: &WeightFile, texts: &[&[u32]]) -> Vec<f32> {
        let mut input: Vec<f32> = texts.iter().flat_map(|ids| self.embed(file, ids)).collect();
        let lengths = texts.iter().map(|ids| ids.len() * HIDDEN);
        let positions = lengths.flat_map(|length| &self.positions[..length]).copied();
        self.norm.add_and_normalize(&mut input, &positions.collect::<Vec<_>>());
        input
    }

    /// Returns the weights of the first layers as floating-point numbers: the matrices, each with
    /// its bias, and the normalizations.
    #[cfg(feature = "train")]
    pub fn layer_weights(&self, file: &WeightFile, layers: usize) -> Vec<LayerWeights> {
        let linear = |linear: &Linear| {
            let blocks = file.blocks(&linear.matrix).blocks;
            let matrix = blocks.iter().flat_map(unpacked).collect();
            (matrix, linear.bias.clone())
        };
        let norm = |norm: &Norm| (norm.weight.clone(), norm.bias.clone());
        let layers = self.layers.iter().take(layers);
        layers
            .map(|layer| {
                (
                    layer.matrices().map(linear),
                    [&layer.attention_norm, &layer.output_norm].map(norm),
                )
            })
            .collect()
    }

    /// Returns the vectors of the pieces.
    fn embed(&self, file: &WeightFile, ids: &[u32]) -> Vec<f32> {
        let table = file.blocks(&self.embeddings).blocks;
        let mut vectors = Vec::with_capacity(ids.len() * HIDDEN);
        for id in ids {
            for block in &table[*id as usize * HIDDEN / BLOCK..][..HIDDEN / BLOCK] {
                vectors.extend(unpacked(block));
            }
        }
        vectors
    }
}

/// Returns the weights of a block.
fn unpacked(block: &[u8; BLOCK_BYTES]) -> [f32; BLOCK] {
    let [scale @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *block;
    let scale = half_to_f32(u16::from_le_bytes(scale));
    std::array::from_fn(|at| {
        let byte = block[2 + at % (BLOCK / 2)];
        let bits = if at < BLOCK / 2 { byte & 15 } else { byte >> 4 };
        f32::from(bits as i8 - 8) * scale
    })
}

impl Layer {
    /// Returns the matrices in the order of [`SHAPES`].
    #[cfg(feature = "train")]
    fn matrices(&self) -> [&Linear; SHAPES.len()] {
        let Layer { query, key, value, attention_output, intermediate, output, .. } = self;
        [query, key, value, attention_output, intermediate, output]
    }

    fn new(file: &WeightFile, number: usize) -> Result<Layer, Problem> {
        let linear = |name: &str, rows: usize, columns: usize| {
            let matrix = file.matrix(&format!("l{number}.{name}.w"), rows, columns)?;
            Ok(Linear { matrix, bias: file.floats(&format!("l{number}.{name}.b"), rows)? })
        };
        Ok(Layer {
            query: linear("q", HIDDEN, HIDDEN)?,
            key: linear("k", HIDDEN, HIDDEN)?,
            value: linear("v", HIDDEN, HIDDEN)?,
            attention_output: linear("ao", HIDDEN, HIDDEN)?,
            attention_norm: Norm::new(file, &format!("l{number}.aln"))?,
            intermediate: linear("fi", INTERMEDIATE, HIDDEN)?,
            output: linear("fo", HIDDEN, INTERMEDIATE)?,
            output_norm: Norm::new(file, &format!("l{number}.oln"))?,
        })
    }

    /// Applies self-attention, within each text, and the feed-forward network, each added to its
    /// input. `lengths` has the length of each text, in numbers.
    fn forward(
        &self,
        file: &WeightFile,
        adapters: Option<&[LowRank; SHAPES.len()]>,
        lengths: &[usize],
        hidden: &mut [f32],
        buffers: &mut Buffers,
    ) {
        let Buffers { input, queries, keys, values, mixed, inner, output } = buffers;
        let adapt = |at: usize, vectors: &[f32], products: &mut [f32]| {
            if let Some(adapters) = adapters {
                adapters[at].add(vectors, products);
            }
        };
        input.quantize(hidden, HIDDEN);
        self.query.apply(file, input, queries);
        adapt(0, hidden, queries);
        self.key.apply(file, input, keys);
        adapt(1, hidden, keys);
        self.value.apply(file, input, values);
        adapt(2, hidden, values);
        mixed.clear();
        mixed.resize(hidden.len(), 0.0);
        let mut start = 0;
        for length in lengths {
            let text = start..start + length;
            let [queries, keys, values] = [&*queries, keys, values].map(|all| &all[text.clone()]);
            attend(queries, keys, values, &mut mixed[text.clone()]);
            start = text.end;
        }
        input.quantize(mixed, HIDDEN);
        self.attention_output.apply(file, input, output);
        adapt(3, mixed, output);
        self.attention_norm.add_and_normalize(hidden, output);
        input.quantize(hidden, HIDDEN);
        self.intermediate.apply(file, input, inner);
        adapt(4, hidden, inner);
        gelu(inner);
        input.quantize(inner, INTERMEDIATE);
        self.output.apply(file, input, output);
        adapt(5, inner, output);
        self.output_norm.add_and_normalize(hidden, output);
    }
}

impl Linear {
    /// Sets `output` to the products of the matrix with the vectors of `input`, plus the bias.
    fn apply(&self, file: &WeightFile, input: &Activations, output: &mut Vec<f32>) {
        multiply(file.blocks(&self.matrix), input, &self.bias, output);
    }
}

impl Norm {
    fn new(file: &WeightFile, name: &str) -> Result<Norm, Problem> {
        Ok(Norm {
            weight: file.floats(&format!("{name}.w"), HIDDEN)?,
            bias: file.floats(&format!("{name}.b"), HIDDEN)?,
        })
    }

    fn add_and_normalize(&self, vectors: &mut [f32], added: &[f32]) {
        add_and_normalize(vectors, added, &self.weight, &self.bias);
    }
}

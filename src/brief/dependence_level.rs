//! The degree to which a sentence depends on the sentence before it.

/// The dependence of a sentence on the sentence before it, in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependence {
    None,
    /// A part of the sentence refers to earlier text, but the sentence can be understood.
    Weak,
    /// The sentence can be understood only after the sentence before it.
    Strong,
    /// The sentence is part of a longer quotation, or does not name its speaker. The sentence
    /// before would not help.
    Fragment,
}

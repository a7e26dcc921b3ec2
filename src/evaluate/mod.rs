//! Evaluation: judged questions to metrics of the answers, figures of a directory without judged
//! questions, and the training of the weights.
//!
//! A refused question counts as a miss in every metric. Success@k and the mean reciprocal rank are
//! those of Voorhees 1999 (TREC-8 question answering).

mod judgment_file;
mod judgments;
mod metrics;
pub mod testbed;
#[cfg(feature = "train")]
pub mod train;
mod typos;
pub mod unjudged;

pub use judgment_file::{JudgmentFileError, ParseJudgmentsError, parse, read, translate};
pub use judgments::{JudgedArticle, JudgedQuestion, Judgments};
pub use metrics::{Counts, Metrics, evaluate, table};
pub use typos::with_typo;

//! Self-diagnosis: the usual reasons why a bot does not work as expected.
//!
//! Facts are gathered by [`local`], and by the Bot API client of the bot; a pure function turns
//! them into [`Check`]s. No check contains the token or a password. Nothing is written.

mod check;
pub mod disk;
pub mod local;
pub mod telegram;

pub use check::{Check, CheckName, Status, configured, unconfigured, worst};
pub use disk::Disk;
pub use local::{CorpusFacts, IndexFacts, LocalFacts, ModelFacts};
pub use telegram::{Account, ClockFact, Failure, RouteFact, TelegramFacts, Updates, WebhookFacts};

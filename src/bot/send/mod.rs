//! Sending: limits, the in-flight window, retries, and group commit of completions.

pub mod completion;
pub mod in_flight;
mod outcome;
mod sender;
pub mod single_attempt;
mod throttle;

pub use crate::bot::api::ephemeral::EphemeralTarget;
pub use crate::bot::api::target::{EditTarget, SendTarget};
pub use outcome::{DeliveryEvent, OnceOutcome, SendOutcome};
pub use sender::{EditPart, Sender};

//! What a reader can do: one file each.

pub mod callback;
pub mod command;
pub mod feedback;
pub mod inline;
pub mod membership;
pub mod message;
pub mod pages;
pub mod prefetch;
pub mod stale;
pub mod suggestions;
pub mod upload;

//! Briefings and watches: what the bot sends unasked, and the requests that set it up.

pub mod claim;
pub mod compose;
pub mod deliver;
pub mod pending;
pub mod request;
pub mod scheduler;
pub mod schedules;
pub mod watches;

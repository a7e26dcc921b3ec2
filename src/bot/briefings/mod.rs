//! What goes out unasked: scheduled briefings and quotes for watches.

pub mod compose;
pub mod deliver;
pub mod request;
pub mod scheduler;
pub mod schedules;
pub mod watches;

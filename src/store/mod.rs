//! State that survives a restart, in one SQLite file.
//!
//! Invariants: an update is on the disk before it is confirmed to Telegram (`journal`). Deleted
//! rows are erased from the files (`erasure`). Only the owner can read the files (`files`). The
//! caller passes the time, in Unix seconds.

mod answers;
mod change_log;
mod changes;
mod chats;
mod counters;
mod database;
mod deliveries;
mod display_number;
mod erasure;
mod error;
mod export;
mod feedback;
mod files;
mod forget;
mod help_requests;
mod ids;
mod import;
mod journal;
mod lifecycle;
mod move_chat;
mod schedules;
mod schema;
mod shelves;
mod stamps;
mod uploads;
mod versions;
mod watches;

pub use answers::{AnswerRecord, Outcome};
pub use change_log::{ArticleChange, Change, ChangeKind};
pub use database::Store;
pub use deliveries::{Delivery, DeliveryKey, DeliveryState};
pub use display_number::Added;
pub use error::StoreError;
pub use export::{ExportError, export, export_to};
pub use feedback::{AnswerVote, Gap, Tallies};
pub use help_requests::HelpRequest;
pub use ids::{ScheduleId, UploadId, WatchId};
pub use import::{ImportError, import, import_file};
pub use journal::{PendingUpdate, UpdateQueue};
pub use schedules::{NewSchedule, Schedule};
pub use stamps::Displacement;
pub use uploads::{Original, Upload};
pub use versions::{ArticleVersion, Content};
pub use watches::{Watch, WatchMatch, WatchQuote};

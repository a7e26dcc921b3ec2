//! Placeholders for updates that cannot be parsed. A placeholder is journalled and confirmed like
//! an update, and is never handled.

use serde_json::{Value, json};

use crate::bot::api::update_batch::id_of;
use crate::ids::UpdateId;

/// Returns the placeholder for an update that cannot be parsed.
pub fn placeholder(id: UpdateId) -> Value {
    json!({ "update_id": id.get() })
}

/// Logs the placeholders among updates.
pub fn log_skipped(updates: &[Value]) {
    for update in updates {
        if let Some(id) = id_of(update).filter(|id| *update == placeholder(*id)) {
            tracing::warn!(update = id.get(), "an update cannot be read; it is skipped");
        }
    }
}

//! Group commit of completed updates.
//!
//! The task that holds the write lock commits every pending completion in one transaction, so many
//! updates share one wait for the disk. Each caller returns once its own completion is durable.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use crate::ids::UpdateId;
use crate::store::{AnswerRecord, Store, StoreError};

/// A writer of completions, shared by all tasks of a bot.
pub struct CompletionBatcher {
    store: Arc<Store>,
    pending: Mutex<Vec<Completion>>,
    write_lock: tokio::sync::Mutex<()>,
}

struct Completion {
    update: UpdateId,
    answer: Option<AnswerRecord>,
    result_tx: oneshot::Sender<Result<(), StoreError>>,
}

impl CompletionBatcher {
    pub fn new(store: Arc<Store>) -> CompletionBatcher {
        CompletionBatcher {
            store,
            pending: Mutex::default(),
            write_lock: tokio::sync::Mutex::default(),
        }
    }

    /// Marks an update as done, and records its answer. Returns once both are durable.
    pub async fn complete(
        &self,
        update: UpdateId,
        answer: Option<AnswerRecord>,
    ) -> Result<(), StoreError> {
        let (result_tx, mut result_rx) = oneshot::channel();
        self.pending.lock().push(Completion { update, answer, result_tx });
        let write_guard = self.write_lock.lock().await;
        // The previous holder of the lock may have written this completion, too.
        if let Ok(result) = result_rx.try_recv() {
            return result;
        }
        self.write_pending().await;
        drop(write_guard);
        result_rx.await.expect("`write_pending` sends a result for each pending completion")
    }

    /// Writes the completions whose callers were cancelled while they waited for the lock.
    pub async fn finish(&self) {
        let _write_guard = self.write_lock.lock().await;
        self.write_pending().await;
    }

    async fn write_pending(&self) {
        let batch = std::mem::take(&mut *self.pending.lock());
        let store = self.store.clone();
        if let Err(panic) = spawn_blocking(move || write(&store, batch)).await {
            std::panic::resume_unwind(panic.into_panic());
        }
    }
}

/// Writes a batch in one transaction. If that fails, writes each completion alone, so that one
/// error does not affect the others.
fn write(store: &Store, batch: Vec<Completion>) {
    let written = store.complete_all(batch.iter().map(|done| (done.update, done.answer.as_ref())));
    for Completion { update, answer, result_tx } in batch {
        let result = match written {
            Ok(()) => Ok(()),
            Err(_) => store.complete(update, answer.as_ref()),
        };
        // The caller may have been cancelled.
        let _ = result_tx.send(result);
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;
    use crate::ids::UserId;
    use crate::store::{PendingUpdate, UpdateQueue};

    fn update(id: i64) -> PendingUpdate {
        let queue = UpdateQueue::User(UserId::new(7));
        PendingUpdate { id: UpdateId::new(id), queue, received_at: 100, body: "{}".into() }
    }

    #[test]
    fn group_commit_writes_all_pending_completions() {
        let data = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(data.path()).unwrap());
        store.journal(&[update(1), update(2), update(3)]).unwrap();
        let completions = CompletionBatcher::new(store.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let write_guard = completions.write_lock.lock().await;
            let (first, second) = (
                completions.complete(UpdateId::new(1), None),
                completions.complete(UpdateId::new(2), None),
            );
            tokio::pin!(first, second);
            tokio::select! {
                biased;
                _ = &mut first => panic!("the write lock is held"),
                _ = &mut second => panic!("the write lock is held"),
                () = ready(()) => {}
            }
            assert_eq!(store.pending().unwrap().len(), 3);
            drop(write_guard);
            first.await.unwrap();
            assert_eq!(store.pending().unwrap(), [update(3)]);
            second.await.unwrap();
        });
    }

    #[test]
    fn group_commit_writes_cancelled_completions_at_the_end() {
        let data = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(data.path()).unwrap());
        store.journal(&[update(1)]).unwrap();
        let completions = CompletionBatcher::new(store.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let write_guard = completions.write_lock.lock().await;
            tokio::select! {
                biased;
                _ = completions.complete(UpdateId::new(1), None) => panic!("the write lock is held"),
                () = ready(()) => {}
            }
            drop(write_guard);
            assert_eq!(store.pending().unwrap().len(), 1);
            completions.finish().await;
            assert_eq!(store.pending().unwrap(), []);
        });
    }
}

//! Marks updates as done, many in one transaction where many are: they share the wait for the disk.
//!
//! There is one pen. Who has it writes for all who wait for it, and nobody goes on before what concerns them is
//! on the disk.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use crate::store::{AnswerRecord, Store, StoreError};

/// Tells the store what is done.
pub struct CompletionBatcher {
    store: Arc<Store>,
    pending: Mutex<Vec<Completion>>,
    write_lock: tokio::sync::Mutex<()>,
}

struct Completion {
    update: i64,
    answered: Option<AnswerRecord>,
    reply_tx: oneshot::Sender<Result<(), StoreError>>,
}

impl CompletionBatcher {
    pub fn new(store: Arc<Store>) -> CompletionBatcher {
        CompletionBatcher {
            store,
            pending: Mutex::default(),
            write_lock: tokio::sync::Mutex::default(),
        }
    }

    /// The update has had its reply, or needs none.
    pub async fn complete(
        &self,
        update: i64,
        answered: Option<AnswerRecord>,
    ) -> Result<(), StoreError> {
        let (told, mut written) = oneshot::channel();
        self.waiting().push(Completion { update, answered, reply_tx: told });
        let pen = self.write_lock.lock().await;
        if let Ok(written) = written.try_recv() {
            return written;
        }
        self.write().await;
        drop(pen);
        written.await.expect("who writes tells all")
    }

    /// Writes what those have left who were told not to wait any more: it is done all the same.
    pub async fn finish(&self) {
        let _pen = self.write_lock.lock().await;
        self.write().await;
    }

    async fn write(&self) {
        let batch = std::mem::take(&mut *self.waiting());
        let store = self.store.clone();
        if let Err(panic) = spawn_blocking(move || write(&store, batch)).await {
            std::panic::resume_unwind(panic.into_panic());
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Completion>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(store: &Store, batch: Vec<Completion>) {
    let all = store.complete_all(batch.iter().map(|done| (done.update, done.answered.as_ref())));
    for Completion { update, answered, reply_tx: told } in batch {
        // What one of them has to hear must not keep the others from being written.
        let written = match all {
            Ok(()) => Ok(()),
            Err(_) => store.complete(update, answered.as_ref()),
        };
        // It may not wait any more.
        let _ = told.send(written);
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;
    use crate::store::PendingUpdate;

    #[test]
    fn who_has_the_pen_writes_for_all_who_wait() {
        let data = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(data.path()).unwrap());
        let update =
            |id| PendingUpdate { id, chat: 7, thread: 0, received_at: 100, body: "{}".into() };
        store.journal(&[update(1), update(2), update(3)]).unwrap();
        let clerk = CompletionBatcher::new(store.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let pen = clerk.write_lock.lock().await;
            let (first, second) = (clerk.complete(1, None), clerk.complete(2, None));
            tokio::pin!(first, second);
            tokio::select! {
                biased;
                _ = &mut first => panic!("it has no pen"),
                _ = &mut second => panic!("it has no pen"),
                () = ready(()) => {}
            }
            assert_eq!(store.pending().unwrap().len(), 3);
            drop(pen);
            first.await.unwrap();
            assert_eq!(store.pending().unwrap(), [update(3)]);
            second.await.unwrap();
        });
    }

    #[test]
    fn what_nobody_waits_for_any_more_is_written_at_the_end() {
        let data = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(data.path()).unwrap());
        let update =
            PendingUpdate { id: 1, chat: 7, thread: 0, received_at: 100, body: "{}".into() };
        store.journal(&[update]).unwrap();
        let clerk = CompletionBatcher::new(store.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let pen = clerk.write_lock.lock().await;
            tokio::select! {
                biased;
                _ = clerk.complete(1, None) => panic!("it has no pen"),
                () = ready(()) => {}
            }
            drop(pen);
            assert_eq!(store.pending().unwrap().len(), 1);
            clerk.finish().await;
            assert_eq!(store.pending().unwrap(), []);
        });
    }
}

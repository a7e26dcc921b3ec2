//! Marks updates as done, many in one transaction where many are: they share the wait for the disk.
//!
//! There is one pen. Who has it writes for all who wait for it, and nobody goes on before what concerns them is
//! on the disk.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use crate::store::{Answered, Store, StoreError};

/// Tells the store what is done.
pub struct Clerk {
    store: Arc<Store>,
    waiting: Mutex<Vec<Done>>,
    pen: tokio::sync::Mutex<()>,
}

struct Done {
    update: i64,
    answered: Option<Answered>,
    told: oneshot::Sender<Result<(), StoreError>>,
}

impl Clerk {
    pub fn new(store: Arc<Store>) -> Clerk {
        Clerk { store, waiting: Mutex::default(), pen: tokio::sync::Mutex::default() }
    }

    /// The update has had its reply, or needs none.
    pub async fn done(&self, update: i64, answered: Option<Answered>) -> Result<(), StoreError> {
        let (told, mut written) = oneshot::channel();
        self.waiting().push(Done { update, answered, told });
        let pen = self.pen.lock().await;
        if let Ok(written) = written.try_recv() {
            return written;
        }
        self.write().await;
        drop(pen);
        written.await.expect("who writes tells all")
    }

    /// Writes what those have left who were told not to wait any more: it is done all the same.
    pub async fn finish(&self) {
        let _pen = self.pen.lock().await;
        self.write().await;
    }

    async fn write(&self) {
        let batch = std::mem::take(&mut *self.waiting());
        let store = self.store.clone();
        if let Err(panic) = spawn_blocking(move || write(&store, batch)).await {
            std::panic::resume_unwind(panic.into_panic());
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Done>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(store: &Store, batch: Vec<Done>) {
    let all = store.all_done(batch.iter().map(|done| (done.update, done.answered.as_ref())));
    for Done { update, answered, told } in batch {
        // What one of them has to hear must not keep the others from being written.
        let written = match all {
            Ok(()) => Ok(()),
            Err(_) => store.done(update, answered.as_ref()),
        };
        // It may not wait any more.
        let _ = told.send(written);
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;
    use crate::store::Journalled;

    #[test]
    fn who_has_the_pen_writes_for_all_who_wait() {
        let data = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(data.path()).unwrap());
        let update =
            |id| Journalled { id, chat: 7, thread: 0, received_at: 100, body: "{}".into() };
        store.journal(&[update(1), update(2), update(3)]).unwrap();
        let clerk = Clerk::new(store.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let pen = clerk.pen.lock().await;
            let (first, second) = (clerk.done(1, None), clerk.done(2, None));
            tokio::pin!(first, second);
            tokio::select! {
                biased;
                _ = &mut first => panic!("it has no pen"),
                _ = &mut second => panic!("it has no pen"),
                () = ready(()) => {}
            }
            assert_eq!(store.waiting().unwrap().len(), 3);
            drop(pen);
            first.await.unwrap();
            assert_eq!(store.waiting().unwrap(), [update(3)]);
            second.await.unwrap();
        });
    }

    #[test]
    fn what_nobody_waits_for_any_more_is_written_at_the_end() {
        let data = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(data.path()).unwrap());
        let update = Journalled { id: 1, chat: 7, thread: 0, received_at: 100, body: "{}".into() };
        store.journal(&[update]).unwrap();
        let clerk = Clerk::new(store.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let pen = clerk.pen.lock().await;
            tokio::select! {
                biased;
                _ = clerk.done(1, None) => panic!("it has no pen"),
                () = ready(()) => {}
            }
            drop(pen);
            assert_eq!(store.waiting().unwrap().len(), 1);
            clerk.finish().await;
            assert_eq!(store.waiting().unwrap(), []);
        });
    }
}

//! Coming, going and being made an administrator.

use super::incoming::Membership;
use super::now;
use super::react::Reactor;
use crate::store::{Journalled, StoreError};

impl Reactor {
    pub(super) async fn membership(
        &self,
        update: &Journalled,
        change: &Membership,
    ) -> Result<(), StoreError> {
        match change.may_write {
            true => self.store.resume(change.chat)?,
            false => self.store.pause(change.chat, now())?,
        }
        self.store.done(update.id, None)
    }
}

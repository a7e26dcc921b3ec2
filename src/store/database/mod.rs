//! The open store: its connection, and its files while other programs can change them.
//!
//! Invariants: there is one connection, since all work on it is short, so the order of the calls is
//! the order of the journal. A corrupt file is put aside and replaced by a new store. Files that
//! are removed, replaced or cut while they are open are noticed before an update counts as
//! journalled, and are written again from the connection, which still has them.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;

use parking_lot::Mutex;
use rusqlite::Connection;

use super::change_log::MergedChanges;
use super::erasure::{Erasure, Owed};
use super::error::{StoreError, is_corrupt};
use super::files::{self, FILE};
use super::schema;
use super::stamps::{Displacement, Stamps};
use crate::ids::UpdateId;

/// The open store. The locks of the other fields are taken after that of the connection.
pub struct Store {
    pub(super) path: PathBuf,
    /// The lock is held during writes to the disk, so a lock that spins before it parks, as that of
    /// `parking_lot`, would cost 8 µs of processor time per update.
    connection: std::sync::Mutex<Connection>,
    /// Stamps of the connection's files; `None` while the connection has no file.
    stamps: Mutex<Option<Stamps>>,
    erasure: Mutex<Erasure>,
    /// Whether the run before the last counted start ended without a clean end.
    pub(super) is_after_crash: AtomicBool,
    /// Result of the last merge of changes.
    pub(super) merged_changes: Mutex<Option<MergedChanges>>,
}

impl Store {
    /// Opens the store in the directory `data`, and creates it if it is missing. A corrupt file is
    /// put aside with a log line, and so are the remains of a store that was removed or emptied.
    pub fn open(data: &Path) -> Result<Store, StoreError> {
        let path = data.join(FILE);
        files::restrict_to_owner(data);
        adopt_part(&path);
        report_missing(&path);
        let connection = open_or_recreate(&path)?;
        let stamps = Stamps::read(&path).map_err(|error| displaced(&path, None, error))?;
        Ok(Store {
            path,
            connection: std::sync::Mutex::new(connection),
            stamps: Mutex::new(Some(stamps)),
            erasure: Mutex::default(),
            is_after_crash: AtomicBool::new(false),
            merged_changes: Mutex::default(),
        })
    }

    /// Puts the file aside if it is corrupt, with a log line, and continues with a new store.
    pub fn recover(&self) -> Result<(), StoreError> {
        self.reopen(&mut self.lock())
    }

    /// Checks that the store can be read and that its files are at their paths. Changes nothing.
    pub fn check(&self) -> Result<(), StoreError> {
        let connection = self.lock();
        connection.query_row("SELECT min(due) FROM schedules", [], |_| Ok(()))?;
        let mut stamps = self.stamps.lock();
        let Some(known) = stamps.as_mut() else {
            return Err(displaced(&self.path, None, io::ErrorKind::NotFound.into()));
        };
        match known.displaced(&self.path) {
            Some((path, how)) => Err(displaced(&path, Some(how), io::ErrorKind::NotFound.into())),
            None => Ok(()),
        }
    }

    /// Writes files again that were removed or replaced, and does the erasure that is owed.
    pub fn maintain(&self) -> Result<(), StoreError> {
        let mut connection = self.lock();
        self.ensure_in_place(&mut connection)?;
        self.run_erasure(&connection);
        Ok(())
    }

    /// Locks the connection. After a panic in another thread there is no open transaction: SQLite
    /// rolls it back.
    pub(super) fn lock(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the store again if an earlier attempt to open it has failed.
    pub(super) fn ensure_open(&self, connection: &mut Connection) -> Result<(), StoreError> {
        let is_open = self.stamps.lock().is_some();
        if is_open { Ok(()) } else { self.reopen(connection) }
    }

    /// Returns once the connection's files are those at the store's path. Files that were removed,
    /// replaced or cut are written again from the connection, with a log line.
    pub(super) fn ensure_in_place(&self, connection: &mut Connection) -> Result<(), StoreError> {
        // The lock must end here: both ways to open the store take it.
        let found = self.stamps.lock().as_mut().map(|stamps| stamps.displaced(&self.path));
        match found {
            Some(None) => Ok(()),
            Some(Some((path, how))) => self.restore(connection, &path, how),
            None => self.reopen(connection),
        }
    }

    /// Erases deleted rows from the files. `request` is the update that asked for it, whose own
    /// body is erased when the update is done.
    pub(super) fn erase(&self, connection: &Connection, owed: Owed, request: Option<UpdateId>) {
        {
            let mut erasure = self.erasure.lock();
            erasure.owe(owed);
            erasure.add_request(request);
        }
        self.run_erasure(connection);
    }

    /// Erases the bodies of completed updates that have asked for an erasure.
    pub(super) fn erase_requests(&self, connection: &Connection, completed: &[UpdateId]) {
        let is_owed = self.erasure.lock().complete_requests(completed);
        if is_owed {
            self.run_erasure(connection);
        }
    }

    /// Does all erasure that is owed, and truncates the log.
    pub(super) fn finish_erasure(&self, connection: &Connection) -> Result<(), StoreError> {
        self.erasure.lock().finish(connection)?;
        self.update_stamps();
        Ok(())
    }

    /// Does the erasure that is owed, as far as it can be done now.
    fn run_erasure(&self, connection: &Connection) {
        self.erasure.lock().run(connection, &self.path);
        self.update_stamps();
    }

    /// Updates the stamps of files that the store itself has shortened.
    pub(super) fn update_stamps(&self) {
        if let Some(stamps) = self.stamps.lock().as_mut() {
            stamps.shrink(&self.path);
        }
    }

    /// Closes the connection and opens the file at the store's path.
    fn reopen(&self, connection: &mut Connection) -> Result<(), StoreError> {
        let mut stamps = self.stamps.lock();
        *stamps = None;
        // An open file must not be moved.
        *connection = Connection::open_in_memory()?;
        adopt_part(&self.path);
        *connection = open_or_recreate(&self.path)?;
        let read = Stamps::read(&self.path);
        *stamps = Some(read.map_err(|error| displaced(&self.path, None, error))?);
        Ok(())
    }

    /// Writes the store again from its connection, and opens the new file. `path` is the file that
    /// another program has changed.
    fn restore(
        &self,
        connection: &mut Connection,
        path: &Path,
        how: Displacement,
    ) -> Result<(), StoreError> {
        let data = self.path.parent().unwrap_or(Path::new(""));
        let failed = |error| displaced(path, Some(how), error);
        let part = files::part(&self.path);
        files::create_private_directory(data).map_err(failed)?;
        files::remove(&part).and_then(|()| files::create_private(&part)).map_err(failed)?;
        let name = part.to_string_lossy();
        if let Err(error) = connection.execute("VACUUM INTO ?", [&*name]) {
            let _ = files::remove(&part);
            let error = StoreError::from(error);
            return match error.is_source_lost() {
                true => self.replace_lost(connection, path, how, &error),
                false => Err(failed(io::Error::other(error.to_string()))),
            };
        }
        File::open(&part).and_then(|part| part.sync_all()).map_err(failed)?;
        let mut stamps = self.stamps.lock();
        *stamps = None;
        // SQLite removes the files with the names of its companions when it closes the connection.
        *connection = Connection::open_in_memory()?;
        let is_other_store = how == Displacement::Replaced && path == self.path;
        let aside =
            (is_other_store && files::bytes(path) > 0).then(|| files::put_aside(&self.path));
        files::remove_companions(&self.path)
            .and_then(|()| std::fs::rename(&part, &self.path))
            .map_err(failed)?;
        // Some file systems cannot sync directories; the file itself is on the disk.
        let _ = File::open(data).and_then(|data| data.sync_all());
        *connection = schema::open_sound(&self.path)?;
        *stamps = Some(Stamps::read(&self.path).map_err(failed)?);
        match aside {
            None => tracing::error!(
                file = %path.display(),
                "a file of the store {how} while the bot runs; the store is written again, and nothing \
                 is lost; stop the bot before you move or remove its data"
            ),
            Some(aside) => tracing::error!(
                file = %path.display(),
                aside = %aside.display(),
                "a file of the store {how} while the bot runs; the other file is put aside, the store is \
                 written again, and nothing is lost; stop the bot before you replace its data"
            ),
        }
        Ok(())
    }

    /// Continues with the file at the store's path, or with a new store, after the connection has
    /// lost its content.
    fn replace_lost(
        &self,
        connection: &mut Connection,
        path: &Path,
        how: Displacement,
        error: &StoreError,
    ) -> Result<(), StoreError> {
        // SQLite would open an empty file as a new store and remove its log.
        if files::bytes(&self.path) == 0 {
            *self.stamps.lock() = None;
            *connection = Connection::open_in_memory()?;
            files::put_aside(&self.path);
        }
        self.reopen(connection)?;
        tracing::error!(
            file = %path.display(),
            %error,
            "a file of the store {how} while the bot runs, and its content is lost: pending updates, and \
             schedules and watches since the store was last complete; to import an export, stop the bot \
             and run `verbatim store import`"
        );
        Ok(())
    }
}

/// Returns the error for a file that is not the one that the store has open.
fn displaced(path: &Path, how: Option<Displacement>, error: io::Error) -> StoreError {
    StoreError::Displaced { path: path.to_owned(), how, error }
}

/// Renames a store that was written again to its final name, if the program ended before it could
/// do so and there is no other store. Otherwise removes it.
fn adopt_part(path: &Path) {
    let part = files::part(path);
    let adopted = match part.exists() && files::bytes(path) == 0 {
        true => files::remove_companions(path).and_then(|()| std::fs::rename(&part, path)),
        false => files::remove(&part),
    };
    if let Err(error) = adopted {
        let file = part.display();
        tracing::error!(%file, %error, "a store that was written again cannot be used");
    }
}

/// Logs that a store is empty or missing although there was one. Its remaining log is put aside,
/// since SQLite removes the log of an empty file.
fn report_missing(path: &Path) {
    let log = files::bytes(&files::companion(path, files::COMPANIONS[0]));
    if files::bytes(path) > 0 || (log == 0 && !path.exists()) {
        return;
    }
    let aside = (log > 0).then(|| files::put_aside(path));
    let aside = aside.map(|aside| aside.display().to_string());
    tracing::error!(
        file = %path.display(),
        aside,
        "the store is empty or missing, though there was one: schedules, watches, languages and pending \
         updates are lost, and the bot starts with a new store; to import an export, stop the bot and \
         run `verbatim store import`"
    );
}

/// Opens the file, or puts it aside and creates a new one if it is corrupt.
fn open_or_recreate(path: &Path) -> Result<Connection, StoreError> {
    match schema::open_sound(path) {
        Err(StoreError::Sqlite { error, .. }) if is_corrupt(&error) => {
            let aside = files::put_aside(path);
            tracing::error!(
                %error,
                aside = %aside.display(),
                "the store was corrupt and is put aside; schedules, watches and pending updates are lost"
            );
            schema::open(path)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;

//! The lock of a data directory: at most one process owns the directory.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::error::IndexError;
use crate::corpus::FileStamp;

/// Ownership of a data directory, until dropped.
pub struct DataLock {
    data: PathBuf,
    file: File,
}

const LOCK_FILE: &str = "lock";
/// Maximum number of attempts of [`lock`].
const LOCK_ATTEMPTS: u32 = 20;
/// Interval between attempts.
const LOCK_RETRY_INTERVAL: Duration = Duration::from_millis(10);

/// Takes ownership of the data directory `data`, and creates the directory if it is missing. Fails
/// if another process owns it. An open index holds this lock already.
pub fn lock(data: &Path) -> Result<DataLock, IndexError> {
    try_lock(data, LOCK_ATTEMPTS)
}

/// Takes ownership of a data directory like [`lock`], in at most `attempts` attempts.
pub fn try_lock(data: &Path, attempts: u32) -> Result<DataLock, IndexError> {
    fs::create_dir_all(data).map_err(|error| IndexError::Data(data.to_owned(), error))?;
    let path = data.join(LOCK_FILE);
    let failed = |error| IndexError::Data(path.clone(), error);
    let mut file =
        File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    for attempt in 1.. {
        match file.try_lock() {
            Ok(()) => break,
            // A process that is ending, or a forked child before its `exec`, holds the lock only
            // for a moment.
            Err(TryLockError::WouldBlock) if attempt < attempts => {
                thread::sleep(LOCK_RETRY_INTERVAL)
            }
            Err(TryLockError::WouldBlock) => return Err(IndexError::InUse(data.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
    // The process id is information for an operator. The program never reads it.
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(failed)?;
    Ok(DataLock { data: data.to_owned(), file })
}

impl DataLock {
    /// Takes the lock again if its file was removed or replaced: another process could then lock
    /// the new file.
    pub fn ensure_held(&mut self) -> Result<(), IndexError> {
        let stamp = |metadata: io::Result<fs::Metadata>| FileStamp::of(&metadata.ok()?);
        let own = stamp(self.file.metadata());
        let named = stamp(fs::metadata(self.data.join(LOCK_FILE)));
        if !own.zip(named).is_some_and(|(own, named)| own.is_same_file(&named)) {
            *self = lock(&self.data)?;
            let data = self.data.display();
            tracing::warn!(%data, "the lock of the data directory was removed and is taken again");
        }
        Ok(())
    }
}

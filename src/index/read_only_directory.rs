//! A read-only Tantivy directory, for an index that another process owns.
//!
//! Invariants: `meta.json` is read once, so that all opened files belong to one commit. No file is
//! created, locked or removed. If the owner removes a file of an older commit before it is opened,
//! opening fails and the caller may retry. Mapped files stay readable after their removal.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    DirectoryLock, FileHandle, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
};

use super::integrity::META;

/// An index directory as of one commit.
#[derive(Debug, Clone)]
pub struct ReadOnlyDirectory {
    files: MmapDirectory,
    /// Content of `meta.json`.
    meta: Arc<[u8]>,
}

impl ReadOnlyDirectory {
    /// Opens the directory `dir` as of its last commit. Fails if it contains no index.
    pub fn open(dir: &Path) -> tantivy::Result<ReadOnlyDirectory> {
        let files = MmapDirectory::open(dir)?;
        let meta = files.atomic_read(Path::new(META))?;
        Ok(ReadOnlyDirectory { files, meta: meta.into() })
    }
}

impl Directory for ReadOnlyDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.files.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: Arc::new(read_only()), filepath: path.to_owned() })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(read_only(), path.to_owned()))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if path == Path::new(META) {
            return Ok(self.meta.to_vec());
        }
        self.files.atomic_read(path)
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(read_only())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    /// Returns a lock without effect. A real lock needs a file in the directory, and a suspended
    /// reader would block the owner.
    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

/// Returns the error of every write.
fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "another process owns this index")
}

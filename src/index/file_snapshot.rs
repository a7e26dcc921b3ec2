//! The directory of an index that another process owns, to be read and never written.
//!
//! Invariants: `meta.json` is read once, so that everything that is opened belongs to one commit; no file is
//! made, locked or removed. The owner may remove a file of an older commit before it is opened: that is an
//! error, after which the caller takes another snapshot. Mapped files stay readable after their removal.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    DirectoryLock, FileHandle, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
};

use super::integrity::META;

/// An index directory at the moment of one commit.
#[derive(Debug, Clone)]
pub struct FileSnapshot {
    files: MmapDirectory,
    meta: Arc<[u8]>,
}

impl FileSnapshot {
    /// Takes a snapshot of `dir`, which must hold an index.
    pub fn of(dir: &Path) -> tantivy::Result<FileSnapshot> {
        let files = MmapDirectory::open(dir)?;
        let meta = files.atomic_read(Path::new(META))?;
        Ok(FileSnapshot { files, meta: meta.into() })
    }
}

impl Directory for FileSnapshot {
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

    /// Locks nothing: a lock would need a file in the directory, and a reader that is halted would halt the owner.
    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "another process owns this index")
}

//! Temporary files in the index directory, which replace or become index files atomically.

use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

/// Prefix of the names of temporary files. The catalog removes files that a killed process left.
pub const PREFIX: &str = "unfinished-";

/// Permissions of a file that [`std::fs::File::create`] would create, before the umask.
#[cfg(unix)]
const FILE_MODE: u32 = 0o666;

/// Creates a temporary file in `dir`. Dropping the file removes it unless it was persisted.
pub fn create(dir: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(FILE_MODE));
    builder.tempfile_in(dir)
}

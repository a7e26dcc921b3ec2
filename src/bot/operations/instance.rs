//! Instance file: the id of the bot that runs with a data directory, and the address of its
//! monitoring endpoints.
//!
//! The endpoints send the random id in a header, so that `verbatim health` does not mistake another
//! bot at the same address for the one of the data directory. The file is readable by its owner
//! only, is replaced atomically, and is removed by a clean stop.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

/// Bot that runs, or that ended without a clean stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Random number in hexadecimal digits.
    pub id: String,
    /// Process id, for the operator.
    pub process: u32,
    /// Address of the monitoring endpoints, or `None` without them.
    pub monitor: Option<SocketAddr>,
}

/// Instance file of this process. Dropping the value removes the file.
#[derive(Debug)]
pub struct InstanceFile {
    path: PathBuf,
}

/// Header of the monitoring endpoints' responses.
pub const HEADER: &str = "verbatim-instance";
const FILE: &str = "instance.json";

impl Instance {
    /// Returns an instance of this process with a new random id.
    pub fn new(monitor: Option<SocketAddr>) -> Instance {
        let id = format!("{:032x}", fastrand::u128(..));
        Instance { id, process: std::process::id(), monitor }
    }

    /// Writes the instance file of a data directory, which this process must have locked.
    pub fn announce(&self, data: &Path) -> io::Result<InstanceFile> {
        // Only its owner can read and write a temporary file.
        let file = NamedTempFile::new_in(data)?;
        serde_json::to_writer(&file, self)?;
        let path = data.join(FILE);
        file.persist(&path)?;
        Ok(InstanceFile { path })
    }

    /// Reads the instance file of a data directory. Returns `None` if no bot runs with the
    /// directory.
    pub fn of(data: &Path) -> io::Result<Option<Instance>> {
        match fs::read(data.join(FILE)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Drop for InstanceFile {
    fn drop(&mut self) {
        // A file that remains is treated like that of a killed bot.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instance_file_is_private_and_removed_with_its_bot() {
        let data = tempfile::tempdir().expect("a temporary directory");
        assert_eq!(Instance::of(data.path()).expect("it can be read"), None);
        let first = Instance::new(Some(([127, 0, 0, 1], 9464).into()));
        // A killed bot leaves its file, which the next one replaces.
        std::mem::forget(first.announce(data.path()).expect("it can be written"));
        let second = Instance::new(None);
        assert_ne!(first.id, second.id);
        let file = second.announce(data.path()).expect("it can be written");
        assert_eq!(Instance::of(data.path()).expect("it can be read"), Some(second));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&file.path).expect("it is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        drop(file);
        assert_eq!(fs::read_dir(data.path()).expect("it is there").count(), 0);
        fs::write(data.path().join(FILE), "{").expect("a new file");
        assert!(Instance::of(data.path()).is_err());
    }
}

//! Instance file: says which bot runs with a data directory, and where it can be asked how it is.
//!
//! The file holds a random id. The monitor sends the same id in a header of its answers, so that
//! `verbatim health` does not take another bot at the same address for the one it asks about. The
//! file is readable by its owner only, appears at once as a whole, and is removed by a clean stop.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

/// A bot that runs, or that ended without a clean stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Random, in hexadecimal digits.
    pub id: String,
    /// The process id, for the operator.
    pub process: u32,
    /// The address that the monitor listens on. `None` without a monitor.
    pub monitor: Option<SocketAddr>,
}

/// The instance file of this process, which is removed when this is dropped.
#[derive(Debug)]
pub struct InstanceFile {
    path: PathBuf,
}

/// Header of the monitor's answers.
pub const HEADER: &str = "verbatim-instance";
const FILE: &str = "instance.json";

impl Instance {
    /// Returns a new instance of this process.
    pub fn new(monitor: Option<SocketAddr>) -> Instance {
        let id = format!("{:032x}", fastrand::u128(..));
        Instance { id, process: std::process::id(), monitor }
    }

    /// Writes the instance file of a data directory, which this process must own.
    pub fn announce(&self, data: &Path) -> io::Result<InstanceFile> {
        // A temporary file is made readable and writable for its owner only.
        let file = NamedTempFile::new_in(data)?;
        serde_json::to_writer(&file, self)?;
        let path = data.join(FILE);
        file.persist(&path)?;
        Ok(InstanceFile { path })
    }

    /// Reads the instance file of a data directory. `None` if no bot runs with that directory.
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
        // A file that stays is one of a bot that is gone, as after a kill.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instance_file_is_private_and_goes_with_its_bot() {
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

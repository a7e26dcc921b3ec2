//! State of feeds, sites and channels between imports: what was seen, and the validators of HTTP.
//!
//! One file for each source: a journal with one JSON object per line, to which every step of an
//! import is appended. So an import that was killed continues where it was, and an entry that was
//! seen is not fetched again. The file is rewritten without outdated lines when it is opened.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::article_file::digest;
use super::fetch::Validators;

/// Folder of the state in the data directory.
const FOLDER: &str = "imports";
/// Maximum number of entries that are kept for a source; the oldest are forgotten.
const MAX_ENTRIES: usize = 50_000;
/// Number of failures after which an entry is not tried again until it changes.
pub const MAX_FAILURES: u32 = 3;

/// The record of an entry of a feed, a page of a site or a post of a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Digest of the entry in the feed, or date of the change in the sitemap. An entry is imported
    /// again when it differs.
    pub version: String,
    #[serde(default, skip_serializing_if = "Validators::is_empty")]
    pub validators: Validators,
    /// Number of failures one after the other.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failures: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A line of the journal.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// The source, in the first line.
    Source(String),
    /// Validators of the feed itself.
    Validators(Validators),
    Seen {
        entry: String,
        seen: Seen,
    },
}

/// The state of one source. No other process opens the same state until it is dropped.
pub struct SourceState {
    journal: File,
    _lock: File,
    validators: Validators,
    seen: HashMap<String, Seen>,
}

impl SourceState {
    /// Opens the state of `source` in the data directory. Waits while another process uses it.
    pub fn open(data: &Path, source: &str) -> io::Result<SourceState> {
        let folder = data.join(FOLDER);
        fs::create_dir_all(&folder)?;
        let name = digest(source.as_bytes());
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join(format!("{name}.lock")))?;
        lock.lock()?;
        let path = folder.join(format!("{name}.jsonl"));
        let (validators, mut entries) = read(&path)?;
        entries.drain(..entries.len().saturating_sub(MAX_ENTRIES));
        let mut new = tempfile::NamedTempFile::new_in(&folder)?;
        write_line(&mut new, &Line::Source(source.to_owned()))?;
        write_line(&mut new, &Line::Validators(validators.clone()))?;
        for (entry, seen) in &entries {
            write_line(&mut new, &Line::Seen { entry: entry.clone(), seen: seen.clone() })?;
        }
        new.as_file().sync_all()?;
        new.persist(&path).map_err(|error| error.error)?;
        let journal = OpenOptions::new().append(true).open(&path)?;
        Ok(SourceState { journal, _lock: lock, validators, seen: entries.into_iter().collect() })
    }

    pub fn validators(&self) -> &Validators {
        &self.validators
    }

    pub fn seen(&self, entry: &str) -> Option<&Seen> {
        self.seen.get(entry)
    }

    /// Records the validators of the feed itself.
    pub fn set_validators(&mut self, validators: Validators) -> io::Result<()> {
        if validators != self.validators {
            self.append(&Line::Validators(validators.clone()))?;
            self.validators = validators;
        }
        Ok(())
    }

    /// Records an entry.
    pub fn record(&mut self, entry: &str, seen: Seen) -> io::Result<()> {
        if self.seen.get(entry) != Some(&seen) {
            self.append(&Line::Seen { entry: entry.to_owned(), seen: seen.clone() })?;
            self.seen.insert(entry.to_owned(), seen);
        }
        Ok(())
    }

    /// Records that an entry could not be imported.
    pub fn record_failure(&mut self, entry: &str, version: &str) -> io::Result<()> {
        let before = self.seen.get(entry).filter(|seen| seen.version == version);
        let failures = before.map_or(0, |seen| seen.failures) + 1;
        self.record(entry, Seen { version: version.to_owned(), failures, ..Seen::default() })
    }

    fn append(&mut self, line: &Line) -> io::Result<()> {
        write_line(&mut self.journal, line)
    }
}

/// Appends a line with its end in one write: a killed process leaves at most one broken line, which
/// is the last.
fn write_line(journal: &mut impl Write, line: &Line) -> io::Result<()> {
    let line = serde_json::to_string(line)? + "\n";
    journal.write_all(line.as_bytes())
}

/// Reads a journal: the validators, and the entries by the time of their last change. Lines that
/// cannot be read are left out.
fn read(path: &Path) -> io::Result<(Validators, Vec<(String, Seen)>)> {
    let (mut validators, mut entries) = (Validators::default(), HashMap::new());
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Default::default()),
        Err(error) => return Err(error),
    };
    for (at, line) in BufReader::new(file).split(b'\n').enumerate() {
        match serde_json::from_slice(&line?) {
            Ok(Line::Validators(found)) => validators = found,
            Ok(Line::Seen { entry, seen }) => {
                entries.insert(entry, (at, seen));
            }
            Ok(Line::Source(_)) | Err(_) => {}
        }
    }
    let mut entries: Vec<_> = entries.into_iter().collect();
    entries.sort_by_key(|(_, (at, _))| *at);
    Ok((validators, entries.into_iter().map(|(entry, (_, seen))| (entry, seen)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEED: &str = "https://example.org/feed";

    fn seen(version: &str) -> Seen {
        Seen { version: version.to_owned(), ..Seen::default() }
    }

    #[test]
    fn state_of_a_source_survives_a_kill_within_a_line() {
        let data = tempfile::tempdir().unwrap();
        let validators = Validators { etag: Some("\"a\"".into()), last_modified: None };
        let mut state = SourceState::open(data.path(), FEED).unwrap();
        state.set_validators(validators.clone()).unwrap();
        state.record("one", seen("1")).unwrap();
        state.record("two", seen("1")).unwrap();
        state.record("one", seen("2")).unwrap();
        drop(state);
        let folder = data.path().join(FOLDER);
        let journal = fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.path());
        let journal =
            journal.into_iter().find(|path| path.extension().is_some_and(|e| e == "jsonl"));
        let mut broken = OpenOptions::new().append(true).open(journal.unwrap()).unwrap();
        broken.write_all(b"{\"seen\":{\"ent").unwrap();
        let state = SourceState::open(data.path(), FEED).unwrap();
        assert_eq!(*state.validators(), validators);
        assert_eq!(state.seen("one"), Some(&seen("2")));
        assert_eq!(state.seen("two"), Some(&seen("1")));
        assert_eq!(state.seen("ent"), None);
        assert_eq!(SourceState::open(data.path(), "other").unwrap().seen("one"), None);
    }

    #[test]
    fn state_counts_the_failures_of_one_version() {
        let data = tempfile::tempdir().unwrap();
        let mut state = SourceState::open(data.path(), FEED).unwrap();
        let failures = |state: &SourceState| state.seen("one").map(|seen| seen.failures);
        state.record_failure("one", "1").unwrap();
        state.record_failure("one", "1").unwrap();
        assert_eq!(failures(&state), Some(2));
        state.record_failure("one", "2").unwrap();
        assert_eq!(failures(&state), Some(1));
        state.record("one", seen("2")).unwrap();
        assert_eq!(failures(&state), Some(0));
    }
}

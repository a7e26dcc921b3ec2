//! `store`: what the bot keeps, written down and read in.

use std::error::Error;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use verbatim::cli::StoreCommand;
use verbatim::config::{Config, LogFormat, relative_paths};
use verbatim::index;
use verbatim::store::{self, ExportError, RowCounts};

use super::logging::init_logging;
use super::outcome::{Outcome, SUCCESS};

/// Does it.
pub fn store(config: &Config, command: &StoreCommand) -> Outcome {
    init_logging("warn", LogFormat::Text);
    let data = &config.data;
    match command {
        StoreCommand::Export { file: None } => {
            export(data, &mut BufWriter::new(io::stdout().lock()))?;
        }
        StoreCommand::Export { file: Some(file) } => {
            let counts = export_to(data, file)?;
            writeln!(io::stdout(), "wrote {counts} to {}", file.display())?;
        }
        StoreCommand::Import { file } => {
            let _lock = index::lock(data)?;
            let counts = import(data, file)?;
            let data = data.display().to_string();
            writeln!(io::stdout(), "read {counts} into {}", relative_paths(&data))?;
        }
    }
    Ok(SUCCESS)
}

/// What the pipe's reader did is for `main` to judge.
fn export(data: &Path, out: &mut impl Write) -> Result<RowCounts, Box<dyn Error>> {
    store::export(data, out).map_err(|error| match error {
        ExportError::Write(error) => error.into(),
        other => other.into(),
    })
}

/// Writes a file that is never there in half: under another name first.
fn export_to(data: &Path, file: &Path) -> Result<RowCounts, Box<dyn Error>> {
    let part = part_of(file);
    let written = write_whole(data, &part).and_then(|counts| {
        fs::rename(&part, file).map_err(|error| cannot_write(file, &error))?;
        Ok(counts)
    });
    if written.is_err() {
        // It may not have come into being.
        let _ = fs::remove_file(&part);
    }
    written
}

/// A new file that nobody else can read, where the system knows such.
fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn write_whole(data: &Path, part: &Path) -> Result<RowCounts, Box<dyn Error>> {
    let file = private(part).map_err(|error| cannot_write(part, &error))?;
    let mut out = BufWriter::new(file);
    let counts = store::export(data, &mut out).map_err(|error| match error {
        ExportError::Write(error) => cannot_write(part, &error),
        other => other.into(),
    })?;
    out.get_ref().sync_all().map_err(|error| cannot_write(part, &error))?;
    Ok(counts)
}

fn cannot_write(file: &Path, error: &io::Error) -> Box<dyn Error> {
    let file = file.display();
    format!(
        "{file}: {error}\nhint: name a file in a directory that can be written, on a disk with room"
    )
    .into()
}

fn part_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().map_or_else(OsString::new, OsString::from);
    name.push(format!(".{}.part", std::process::id()));
    file.with_file_name(name)
}

fn import(data: &Path, file: &Path) -> Result<RowCounts, Box<dyn Error>> {
    if file == Path::new("-") {
        return Ok(store::import(data, io::stdin().lock(), "standard input")?);
    }
    let shown = file.display();
    let input = File::open(file).map_err(|error| {
        format!("{shown}: {error}\nhint: name a file that `verbatim store export` wrote")
    })?;
    Ok(store::import(data, BufReader::new(input), &shown.to_string())?)
}

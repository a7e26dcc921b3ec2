//! An operator's own program for the text of a PDF.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

use super::document::Failure;

/// Maximum time of the program.
const TIMEOUT: Duration = Duration::from_secs(120);
/// Maximum length of the text, in bytes.
const MAX_TEXT_BYTES: u64 = 64 << 20;
/// Place of the file's path among the arguments.
const PATH: &str = "{}";

/// Returns whether a source is a PDF.
pub fn is_pdf(source: &[u8]) -> bool {
    source[..source.len().min(1024)].windows(5).any(|window| window == b"%PDF-")
}

/// Runs the program for a PDF and returns the text that it prints. `{}` among the arguments becomes
/// the path of a temporary file; without it, `PATH -` is appended, as `pdftotext` expects.
pub async fn run(command: &[String], pdf: &[u8]) -> Result<Vec<u8>, Failure> {
    const HINT: &str =
        "`pdf_command` in `[import]` must print the text of the PDF, such as `pdftotext {} -`";
    let failed =
        |error: std::io::Error| Failure::new(format!("`pdf_command` failed: {error}"), HINT);
    let mut file = tempfile::Builder::new().suffix(".pdf").tempfile().map_err(failed)?;
    file.write_all(pdf).map_err(failed)?;
    let path = file.path().to_string_lossy();
    let Some((program, arguments)) = command.split_first() else {
        return Err(Failure::new("`pdf_command` is empty", HINT));
    };
    let mut arguments: Vec<_> = arguments.iter().map(|part| part.replace(PATH, &path)).collect();
    if !command.iter().any(|part| part.contains(PATH)) {
        arguments.extend([path.clone().into_owned(), "-".to_owned()]);
    }
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let Some(output) = child.stdout.take() else {
        return Err(Failure::new("`pdf_command` has no output", HINT));
    };
    let read = async {
        let mut text = Vec::new();
        output.take(MAX_TEXT_BYTES).read_to_end(&mut text).await?;
        Ok::<_, std::io::Error>((text, child.wait().await?))
    };
    match tokio::time::timeout(TIMEOUT, read).await {
        Err(_) => {
            let what = format!("`pdf_command` took longer than {} seconds", TIMEOUT.as_secs());
            Err(Failure::new(what, HINT))
        }
        Ok(Err(error)) => Err(failed(error)),
        Ok(Ok((_, status))) if !status.success() => {
            Err(Failure::new(format!("`pdf_command` failed: {status}"), HINT))
        }
        Ok(Ok((text, _))) => Ok(text),
    }
}

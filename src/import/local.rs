//! Files and folders on this machine as sources.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::corpus::CorpusDir;

use super::convert::{Form, Job, Output};
use super::document::Failure;
use super::feed_import;
use super::importer::{Importer, OnProgress, Original, Report};
use super::source::file_label;

/// Maximum size of a file, in bytes.
const MAX_FILE_BYTES: u64 = 256 << 20;
/// Maximum number of files of a folder.
const MAX_FILES: usize = 10_000;
/// Extensions of the files that are imported from a folder.
const EXTENSIONS: [&str; 14] = [
    "md", "mdx", "markdown", "txt", "html", "htm", "xhtml", "mht", "mhtml", "epub", "docx", "pdf",
    "xml", "zip",
];
/// Files with other extensions that are imported from a folder.
const NAMES: [&str; 1] = ["result.json"];

/// Imports a file, or all files of a folder.
pub async fn import(
    importer: &mut Importer,
    path: &Path,
    report: &mut Report,
    on_progress: OnProgress<'_>,
) -> Result<(), Failure> {
    let metadata = fs::metadata(path).map_err(|error| match is_like_address(path) {
        true => {
            let hint = format!("write `https://{}` if it is an address", path.display());
            Failure::new("there is no such file", hint)
        }
        false => unreadable(&error),
    })?;
    if is_in_corpus(importer.target.dir(), path) {
        let hint = "its Markdown and text files are articles already; give a source elsewhere";
        return Err(Failure::new("it is in the corpus", hint));
    }
    if !metadata.is_dir() {
        return import_file(importer, path, None, report).await;
    }
    let files = files_of(path)?;
    if files.is_empty() {
        let hint = format!("it must have files such as {}", EXTENSIONS.join(", "));
        return Err(Failure::new("the folder has no file that could be imported", hint));
    }
    for (done, file) in files.iter().enumerate() {
        on_progress(done, files.len());
        if let Err(failure) = import_file(importer, file, Some(path), report).await {
            let name = file.strip_prefix(path).unwrap_or(file);
            report.failed.push((name.display().to_string(), failure));
        }
    }
    Ok(())
}

/// Returns whether a path that does not exist is like an address without `https://`: it begins with
/// the name of a host.
fn is_like_address(path: &Path) -> bool {
    let first = path.iter().next().unwrap_or_default().to_string_lossy();
    let Some((name, domain)) = first.rsplit_once('.') else { return false };
    let is_domain = domain.len() >= 2 && domain.chars().all(char::is_alphabetic);
    let is_file = EXTENSIONS.contains(&domain.to_lowercase().as_str()) || domain == "json";
    is_domain && !is_file && name.chars().any(char::is_alphanumeric) && !path.exists()
}

/// Returns whether a source is in the corpus, or has the corpus in it.
fn is_in_corpus(dir: &CorpusDir, path: &Path) -> bool {
    let (Ok(path), Ok(corpus)) = (path.canonicalize(), dir.path().canonicalize()) else {
        return false;
    };
    path.starts_with(&corpus) || corpus.starts_with(&path)
}

/// Imports a file. `within` is the folder that is imported as a whole, whose folders are kept.
async fn import_file(
    importer: &mut Importer,
    path: &Path,
    within: Option<&Path>,
    report: &mut Report,
) -> Result<(), Failure> {
    let content = read(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let job = Job {
        form: Form::File,
        name: name.clone().into_owned(),
        content_type: None,
        address: None,
    };
    let original = Original { name: &name, content: &content };
    match importer.convert(&job, &content).await? {
        Output::Articles { mut converted, .. } => {
            for document in &mut converted.documents {
                if document.title.is_none() && document.name.is_none() {
                    document.name =
                        path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
                }
            }
            converted.folder = folder_of(path, within, converted.folder.take());
            importer.write_all(converted, &file_label(path, within), &original, report)
        }
        Output::Feed(feed) => {
            feed_import::import_file(importer, &file_label(path, within), feed, report).await
        }
        Output::Sitemap(_) => Err(Failure::new(
            "it is a sitemap",
            "give the address of the sitemap, so that its pages can be fetched",
        )),
        Output::Channel { .. } => Err(Failure::new("it is a channel", "give its name")),
    }
}

/// Returns the folder for the articles of a file: that of the file, and below it that of a book.
fn folder_of(path: &Path, within: Option<&Path>, own: Option<String>) -> Option<String> {
    let below = within.and_then(|within| path.strip_prefix(within).ok()?.parent());
    let below = below.map(|below| below.to_string_lossy().into_owned());
    // A slash in the title of a book does not begin a folder.
    let own = own.map(|own| own.replace('/', " "));
    let parts: Vec<_> = below.into_iter().chain(own).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Returns the files of a folder that can be imported, sorted by path. Hidden files are left out.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let is_visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    let files = entries.filter_entry(is_visible).flatten();
    let files = files.filter(|entry| entry.file_type().is_file() && can_be_imported(entry.path()));
    let files: Vec<_> = files.map(walkdir::DirEntry::into_path).take(MAX_FILES + 1).collect();
    match files.len() <= MAX_FILES {
        true => Ok(files),
        false => {
            let what = format!("the folder has more than {MAX_FILES} files");
            Err(Failure::new(what, "import its folders one by one"))
        }
    }
}

fn can_be_imported(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    EXTENSIONS.contains(&&*extension) || NAMES.contains(&&*name)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut content = Vec::new();
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut content).map_err(|error| unreadable(&error))?;
    if content.len() as u64 > MAX_FILE_BYTES {
        let what = format!("it is larger than {} MiB", MAX_FILE_BYTES >> 20);
        return Err(Failure::new(what, "split it into several files"));
    }
    Ok(content)
}

fn unreadable(error: &io::Error) -> Failure {
    let hint = match error.kind() {
        io::ErrorKind::NotFound => "give an address, or the path of a file or a folder",
        _ => "check that the file can be read",
    };
    Failure::new(format!("it cannot be read: {error}"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_without_its_scheme_is_recognized() {
        let check = |path: &str, expected: bool| {
            assert_eq!(is_like_address(Path::new(path)), expected, "{path}");
        };
        check("example.org", true);
        check("www.example.org/articles/tides.html", true);
        check("президент.рф/a", true);
        check("book.epub", false);
        check("result.json", false);
        check("notes/missing.md", false);
        check("missing", false);
        check("../example.org", false);
        check(".hidden", false);
    }
}

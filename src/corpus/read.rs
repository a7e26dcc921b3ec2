//! Article files to articles: reading, decoding and checking.

use std::io::Read;
use std::path::Path;

use super::article::Article;
use super::article_builder::{MAX_PASSAGES, MAX_SECTIONS};
use super::dir::CorpusDir;
use super::file_type::is_plain_text;
use super::problem::{Problem, Severity};
use super::scan::scan;
use super::stamp::ContentHash;
use super::{markdown, plain_text};

/// Maximum size of an article file, in bytes.
pub const MAX_FILE_BYTES: u64 = 16 << 20;

/// Reads every article of a corpus. Returns the articles, and the problems of all other files.
pub fn load(dir: &CorpusDir) -> (Vec<Article>, Vec<Problem>) {
    let (files, mut problems) = scan(dir);
    let mut articles = Vec::new();
    for file in files {
        match read(dir, &file.path) {
            Ok((article, _)) => articles.push(article),
            Err(more) => problems.extend(more),
        }
    }
    problems.sort_by(|a, b| a.order().cmp(&b.order()));
    (articles, problems)
}

/// Reads the article in `file`, a path within the corpus that a scan returned. Fails with all
/// problems of the file.
pub fn read(dir: &CorpusDir, file: &str) -> Result<(Article, ContentHash), Vec<Problem>> {
    let display_path = dir.display_file(Path::new(file));
    let failed = |(what, hint): (String, _)| {
        let problem = Problem::new(&display_path, None, &what, hint);
        vec![Problem { path: file.to_owned(), ..problem }]
    };
    let bytes = read_bytes(dir, file).map_err(failed)?;
    parse(file, &display_path, &bytes)
}

/// Parses the content of `file`, a path within the corpus. Fails with all problems of the file,
/// which are reported under `display_path`.
pub fn parse(
    file: &str,
    display_path: &str,
    bytes: &[u8],
) -> Result<(Article, ContentHash), Vec<Problem>> {
    let text = String::from_utf8_lossy(bytes);
    let mut problems: Vec<_> = encoding_problem(file, bytes).into_iter().collect();
    // Bytes in another encoding, such as UTF-16, contain zeros: further problems would mislead.
    let article = match problems.is_empty() || !bytes.contains(&0) {
        true => {
            let (article, more) = match is_plain_text(file) {
                true => {
                    let (article, more) = plain_text::parse(file, &text);
                    (Some(article), more)
                }
                false => markdown::parse(file, &text),
            };
            problems.extend(more);
            article
        }
        false => None,
    };
    if let Some(article) = &article {
        problems.extend(size_problem(file, article));
    }
    problems.sort_by(|a, b| a.order().cmp(&b.order()));
    let is_error = |problem: &Problem| problem.severity == Severity::Error;
    match article.filter(|_| !problems.iter().any(is_error)) {
        Some(article) => Ok((article, ContentHash::of(bytes))),
        None => Err(problems
            .into_iter()
            .map(|problem| Problem { file: display_path.to_owned(), ..problem })
            .collect()),
    }
}

/// Reads the bytes of a corpus file. Fails with the description of a problem and its hint.
pub fn read_bytes(dir: &CorpusDir, file: &str) -> Result<Vec<u8>, (String, &'static str)> {
    let failed = |error: std::io::Error| (error.to_string(), "check that the file can be read");
    let file = dir.open(Path::new(file)).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let what = format!("it is larger than {} MiB", MAX_FILE_BYTES >> 20);
        return Err((what, "split it into several articles"));
    }
    Ok(bytes)
}

/// Returns a problem at the first line that is not UTF-8.
fn encoding_problem(file: &str, bytes: &[u8]) -> Option<Problem> {
    let is_wrong = |line: &&[u8]| std::str::from_utf8(line).is_err();
    let first = bytes.split(|byte| *byte == b'\n').position(|line| is_wrong(&line))?;
    let more = bytes.split(|byte| *byte == b'\n').skip(first + 1).filter(is_wrong).count();
    let what = match more {
        0 => "it is not UTF-8".to_owned(),
        1 => "it is not UTF-8, nor is one more line".to_owned(),
        more => format!("it is not UTF-8, nor are {more} more lines"),
    };
    Some(Problem::new(file, Some(first + 1), &what, "save it in UTF-8"))
}

/// Returns a problem if an article has no text, too many sections or too many passages.
fn size_problem(file: &str, article: &Article) -> Option<Problem> {
    if article.passages.is_empty() {
        let hint = "write a paragraph, or remove the file";
        return Some(Problem::new(file, None, "there is no text in it", hint));
    }
    let (limit, unit) = match article {
        _ if article.outline.sections.len() > MAX_SECTIONS => (MAX_SECTIONS, "sections"),
        _ if article.passages.len() > MAX_PASSAGES => (MAX_PASSAGES, "paragraphs"),
        _ => return None,
    };
    let what = format!("it has more than {limit} {unit}");
    Some(Problem::new(file, None, &what, "split it into several articles"))
}

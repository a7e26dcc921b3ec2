//! Article files to articles: reading, decoding and checking.

use std::io::Read;
use std::path::Path;

use super::article::Article;
use super::article_builder::{MAX_PASSAGES, MAX_SECTIONS};
use super::day::{day_before, today};
use super::decode::{Decoded, Undecodable, decode};
use super::dir::CorpusDir;
use super::file_type::is_plain_text;
use super::front_matter::{self, Withheld};
use super::problem::{Problem, Severity};
use super::scan::scan;
use super::stamp::ContentHash;
use super::{markdown, plain_text};

/// Maximum size of an article file, in bytes.
pub const MAX_FILE_BYTES: u64 = 16 << 20;

/// The result of reading a file.
#[derive(Debug)]
pub struct Inspected {
    /// The article, unless a problem costs it.
    pub article: Option<(Article, ContentHash)>,
    pub problems: Vec<Problem>,
    /// Last day on which the result is the same, as `YYYY-MM-DD`, if it depends on the day.
    pub holds_until: Option<String>,
}

/// Reads every article of a corpus. Returns the articles, and the problems of all files.
pub fn load(dir: &CorpusDir) -> (Vec<Article>, Vec<Problem>) {
    let (files, mut problems) = scan(dir);
    let mut articles = Vec::new();
    for file in files {
        let inspected = inspect(dir, &file.path);
        articles.extend(inspected.article.map(|(article, _)| article));
        problems.extend(inspected.problems);
    }
    problems.sort_by(|a, b| a.order().cmp(&b.order()));
    (articles, problems)
}

/// Reads the article in `file`, a path within the corpus that a scan returned. Fails with all
/// problems of the file.
pub fn read(dir: &CorpusDir, file: &str) -> Result<(Article, ContentHash), Vec<Problem>> {
    let Inspected { article, problems, .. } = inspect(dir, file);
    article.ok_or(problems)
}

/// Reads `file`, a path within the corpus that a scan returned, as on the present day.
pub fn inspect(dir: &CorpusDir, file: &str) -> Inspected {
    let display_path = dir.display_file(Path::new(file));
    match read_bytes(dir, file) {
        Ok(bytes) => inspect_bytes(file, &display_path, &bytes, Some(&today())),
        Err((what, hint)) => {
            let problem = Problem::new(&display_path, None, &what, hint);
            let problem = Problem { path: file.to_owned(), ..problem };
            Inspected { article: None, problems: vec![problem], holds_until: None }
        }
    }
}

/// Parses the content of `file`, a path within the corpus, whether it is published or not. Fails
/// with all problems of the file, which are reported under `display_path`.
pub fn parse(
    file: &str,
    display_path: &str,
    bytes: &[u8],
) -> Result<(Article, ContentHash), Vec<Problem>> {
    let Inspected { article, problems, .. } = inspect_bytes(file, display_path, bytes, None);
    article.ok_or(problems)
}

/// Parses the content of `file`, a path within the corpus, as on the day `today`, a date in the
/// form `YYYY-MM-DD`. Without a day, drafts are parsed, too.
pub fn inspect_bytes(
    file: &str,
    display_path: &str,
    bytes: &[u8],
    today: Option<&str>,
) -> Inspected {
    let mut inspected = match decode(bytes) {
        Ok(Decoded { text, positions }) => {
            let mut inspected = inspect_text(file, &text, ContentHash::of(bytes), today);
            if let (Some((article, _)), Some(positions)) = (&mut inspected.article, positions) {
                positions.apply(article);
            }
            inspected
        }
        Err(error) => {
            let problems = vec![encoding_problem(file, &error)];
            Inspected { article: None, problems, holds_until: None }
        }
    };
    inspected.problems.sort_by(|a, b| a.order().cmp(&b.order()));
    for problem in &mut inspected.problems {
        problem.file = display_path.to_owned();
    }
    if inspected.problems.iter().any(|problem| problem.severity != Severity::Warning) {
        inspected.article = None;
    }
    inspected
}

/// Parses the text of `file`.
fn inspect_text(file: &str, text: &str, hash: ContentHash, today: Option<&str>) -> Inspected {
    let (front, mut problems) = front_matter::parse(file, text);
    let withheld =
        today.and_then(|today| front.publication.withheld(front.published.as_deref(), today));
    if let Some(withheld) = withheld {
        let holds_until = match &withheld {
            Withheld::Future(date) => day_before(date),
            Withheld::Draft(_) | Withheld::Expired(_) => None,
        };
        problems.push(withheld_problem(file, &withheld));
        return Inspected { article: None, problems, holds_until };
    }
    let holds_until = front.publication.until.clone();
    let article = match is_plain_text(file) {
        true => Ok((plain_text::parse(file, text, front), Vec::new())),
        false => markdown::parse(file, text, front),
    };
    let article = match article {
        Ok((article, warnings)) => {
            problems.extend(warnings);
            problems.extend(size_problem(file, &article));
            Some((article, hash))
        }
        Err(problem) => {
            problems.push(problem);
            None
        }
    };
    Inspected { article, problems, holds_until }
}

/// Returns the reason why an article is not shown.
fn withheld_problem(file: &str, withheld: &Withheld) -> Problem {
    let (what, hint) = match withheld {
        Withheld::Draft(mark) => (
            format!("it is marked as unpublished: `{mark}`"),
            "remove the mark when the article is to be quoted",
        ),
        Withheld::Future(date) => {
            (format!("it is to be published on {date}"), "it becomes an article on that day")
        }
        Withheld::Expired(date) => (
            format!("it was to be shown until {date}"),
            "change the date when the article is to be quoted",
        ),
    };
    Problem::left_out(file, &what, hint)
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

/// Returns the problem of a file that cannot be decoded.
fn encoding_problem(file: &str, error: &Undecodable) -> Problem {
    let (line, what, hint) = match error {
        Undecodable::Binary => (None, "it is not a text".to_owned(), "save it as text in UTF-8"),
        Undecodable::Doubtful(encoding) => {
            let what = format!("it is not UTF-8; it seems to be {encoding}");
            (None, what, "save it in UTF-8")
        }
        Undecodable::Damaged(lines) => {
            let what = match lines.len() {
                0 | 1 => "it is not UTF-8".to_owned(),
                2 => "it is not UTF-8, nor is one more line".to_owned(),
                more => format!("it is not UTF-8, nor are {} more lines", more - 1),
            };
            (lines.first().copied(), what, "save it in UTF-8")
        }
    };
    Problem::new(file, line, &what, hint)
}

/// Returns a problem if an article has no text, too many sections or too many passages.
fn size_problem(file: &str, article: &Article) -> Option<Problem> {
    if article.passages.is_empty() {
        let hint = "write a paragraph, or remove the file";
        return Some(Problem::left_out(file, "there is no text in it", hint));
    }
    let (limit, unit) = match article {
        _ if article.outline.sections.len() > MAX_SECTIONS => (MAX_SECTIONS, "sections"),
        _ if article.passages.len() > MAX_PASSAGES => (MAX_PASSAGES, "paragraphs"),
        _ => return None,
    };
    let what = format!("it has more than {limit} {unit}");
    Some(Problem::new(file, None, &what, "split it into several articles"))
}

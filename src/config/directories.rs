//! Directories of the configuration, and paths as the operator sees them.

use std::io;
use std::path::{Path, PathBuf};

use super::printable::printable;
use super::section::Section;

/// Returns `text` with every absolute path below the working directory made relative.
pub fn relative_paths(text: &str) -> String {
    relative_paths_to(&working_dir(), text)
}

fn working_dir() -> PathBuf {
    std::env::current_dir().unwrap_or_default()
}

fn relative_paths_to(dir: &Path, text: &str) -> String {
    let Some(dir) = dir.to_str().filter(|dir| dir.len() > 1) else { return text.to_owned() };
    let prefix = format!("{dir}/");
    let is_part_of_path = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(&prefix) {
        result.push_str(&rest[..at]);
        // A longer path may contain the directory in its middle.
        if result.ends_with(is_part_of_path) {
            result.push_str(&prefix);
        }
        rest = &rest[at + prefix.len()..];
    }
    result + rest
}

/// Returns a path relative to the working directory if the path is below that, else unchanged.
pub(super) fn relative(path: &Path) -> PathBuf {
    path.strip_prefix(working_dir()).unwrap_or(path).to_owned()
}

/// Makes a path absolute. Symbolic links and `..` in the path stay.
fn absolute(path: &Path) -> io::Result<PathBuf> {
    Ok(std::path::absolute(path)?.components().collect())
}

/// Returns the absolute path of `dir`, or of `default` if `dir` is `None`. On failure, adds a
/// problem with `key` and returns an empty path.
pub(super) fn absolute_or_report(
    key: &str,
    dir: Option<PathBuf>,
    default: &str,
    problems: &mut Vec<String>,
) -> PathBuf {
    let dir = dir.unwrap_or_else(|| PathBuf::from(default));
    absolute(&dir).unwrap_or_else(|error| {
        problems.push(format!(
            "{key}: `{}` is not a directory: {error}\n\
             hint: give the path of a directory, such as `{default}`",
            dir.display()
        ));
        PathBuf::new()
    })
}

/// Reads the directories to which symbolic links of the corpus may lead. Rejects directories that
/// would open the whole machine to readers, including the environment of this process with the
/// token.
pub(super) fn follow_links(section: &mut Section<'_, '_>) -> Vec<PathBuf> {
    const KEY: &str = "follow_links";
    const KERNEL: [&str; 3] = ["/proc", "/sys", "/dev"];
    let mut roots = Vec::new();
    for raw in section.texts(KEY).unwrap_or_default() {
        let root = absolute(Path::new(&raw)).map(|path| path.canonicalize().unwrap_or(path));
        let is_allowed = |root: &PathBuf| {
            root.parent().is_some() && !KERNEL.iter().any(|dir| root.starts_with(dir))
        };
        match root.ok().filter(is_allowed) {
            Some(root) => roots.push(root),
            None => {
                let cause = format!("`{}` cannot be a directory of articles", printable(&raw));
                let hint = "give the directories that links of the corpus may lead to, such as `/srv/articles`";
                section.report(KEY, &cause, hint);
            }
        }
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_are_relative_to_the_working_directory() {
        let check = |text: &str, expected: &str| {
            assert_eq!(relative_paths_to(Path::new("/home/ada"), text), expected);
        };
        check("/home/ada/data: it is full", "data: it is full");
        check("in `/home/ada/data/model`, from (/home/ada/m)", "in `data/model`, from (m)");
        check(
            "/srv/home/ada/data, /home/adam, /home/ada",
            "/srv/home/ada/data, /home/adam, /home/ada",
        );
        assert_eq!(relative_paths_to(Path::new("/"), "/data"), "/data");
    }
}

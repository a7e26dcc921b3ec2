//! Folders of a corpus, by their paths. Pure.

use unicode_normalization::UnicodeNormalization;

/// A folder within the corpus. Case does not matter, as on many file systems.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Folder {
    path: String,
    /// Path in lower case and in one Unicode form.
    folded: String,
}

impl Folder {
    /// Returns the folder of a path within the corpus. Both kinds of slashes separate names, and
    /// those at the ends do not matter. Returns `None` if the path names no folder of the corpus.
    pub fn new(path: &str) -> Option<Folder> {
        let path = path.trim().replace('\\', "/");
        let names = path.split('/').map(str::trim).filter(|name| !matches!(*name, "" | "."));
        let names: Vec<_> = names.collect();
        if names.is_empty() || names.contains(&"..") {
            return None;
        }
        let path = names.join("/");
        Some(Folder { folded: folded(&path), path })
    }

    /// Returns the innermost folder of a file. Returns `None` for a file that is in no folder.
    pub fn of_file(file: &str) -> Option<Folder> {
        Folder::new(file.rsplit_once('/')?.0)
    }

    /// Returns the path, with `/` between the names.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the last name of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(&self.path, |(_, name)| name)
    }

    /// Returns the folder that the folder is in.
    pub fn parent(&self) -> Option<Folder> {
        Folder::of_file(&self.path)
    }

    /// Returns whether two paths are those of the same folder.
    pub fn is_same(&self, other: &Folder) -> bool {
        self.folded == other.folded
    }

    /// Returns whether a file is in the folder or in a folder below it.
    pub fn contains(&self, file: &str) -> bool {
        let follows = |rest: &str| rest.starts_with('/');
        match file.is_ascii() && self.path.is_ascii() {
            true => {
                let start = file.get(..self.path.len());
                start.is_some_and(|start| start.eq_ignore_ascii_case(&self.path))
                    && follows(&file[self.path.len()..])
            }
            false => folded(file).strip_prefix(self.folded.as_str()).is_some_and(follows),
        }
    }
}

fn folded(path: &str) -> String {
    path.nfc().flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_is_read_from_a_path_in_any_form() {
        let check = |path: &str, expected: Option<&str>| {
            assert_eq!(Folder::new(path).as_ref().map(Folder::path), expected, "{path}");
        };
        check("board", Some("board"));
        check("/board/", Some("board"));
        check("./board/minutes", Some("board/minutes"));
        check("board\\minutes\\", Some("board/minutes"));
        check(" Board  papers ", Some("Board  papers"));
        check("", None);
        check("/", None);
        check(".", None);
        check("../board", None);
        check("board/../water", None);
    }

    #[test]
    fn folder_contains_the_files_below_it() {
        let check = |folder: &str, file: &str, expected: bool| {
            let folder = Folder::new(folder).expect("the path names a folder");
            assert_eq!(folder.contains(file), expected, "{file}");
        };
        check("board", "board/a.md", true);
        check("board", "board/minutes/a.md", true);
        check("board", "Board/a.md", true);
        check("board", "boards/a.md", false);
        check("board", "board.md", false);
        check("board", "board", false);
        check("board", "a/board/a.md", false);
        check("a/board", "a/board/a.md", true);
        check("Vorstände", "vorsta\u{308}nde/a.md", true);
        check("Vorstände", "vorstande/a.md", false);
        check("board", "boärd/a.md", false);
        check("دفتر", "دفتر/a.md", true);
    }
}

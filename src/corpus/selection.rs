//! Selection of the files that are articles, by patterns of their paths. Pure.
//!
//! The operator's `include` and `exclude` come first. The defaults leave out files about a project,
//! such as `README.md`, drafts, and parts of a site's machinery. They do not apply to a corpus that
//! they would leave empty.

use std::fmt;
use std::sync::LazyLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Files in the corpus directory itself that are about a project, in any case.
const PROJECT_FILES: [&str; 8] = [
    "README{,[-_.]*}",
    "CHANGELOG{,[-_.]*}",
    "LICEN{S,C}E{,[-_.]*}",
    "CONTRIBUTING{,[-_.]*}",
    "CODE_OF_CONDUCT{,[-_.]*}",
    "AGENTS",
    "CLAUDE",
    "PULL_REQUEST_TEMPLATE",
];
/// Files that are about a project at any depth, if their names are in capitals. In small letters
/// they are as often articles, such as `docs/security.md`.
const CAPITAL_FILES: [&str; 24] = [
    "CHANGELOG{,[-_.]*}",
    "CHANGES",
    "LICEN{S,C}E{,[-_.]*}",
    "CONTRIBUTING{,[-_.]*}",
    "CODE_OF_CONDUCT{,[-_.]*}",
    "SECURITY",
    "SUPPORT",
    "GOVERNANCE",
    "MAINTAINERS",
    "AUTHORS",
    "CONTRIBUTORS",
    "CODEOWNERS",
    "COPYING",
    "COPYRIGHT",
    "NOTICE",
    "PATENTS",
    "HISTORY",
    "TODO",
    "SUMMARY",
    "AGENTS",
    "CLAUDE",
    "GEMINI",
    "PULL_REQUEST_TEMPLATE",
    "ISSUE_TEMPLATE",
];
/// Text files that programs read, at any depth.
const PROGRAM_FILES: [&str; 9] = [
    "robots",
    "humans",
    "ads",
    "app-ads",
    "llms{,-full}",
    "requirements{,[-_.]*}",
    "constraints",
    "CMakeLists",
    "security",
];
/// Directories without articles, at any depth.
const DIRECTORIES: [&str; 14] = [
    "_drafts",
    "drafts",
    "_includes",
    "_layouts",
    "_templates",
    "_data",
    "_sass",
    "archetypes",
    "node_modules",
    "site-packages",
    "__pycache__",
    "bower_components",
    "{test,tests,spec}/fixtures",
    "{test,tests,spec}/data",
];

/// The patterns that select articles.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    include: Patterns,
    exclude: Patterns,
}

/// Patterns of one kind.
#[derive(Debug, Clone, Default)]
struct Patterns {
    texts: Vec<String>,
    set: GlobSet,
}

/// The pattern that leaves a file out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExcludedBy {
    /// A pattern of the operator.
    Exclude(String),
    /// The file matches no `include` of the operator.
    NotIncluded,
    /// A default pattern.
    Default(String),
}

/// A pattern that cannot be read, with the reason.
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidPattern {
    pub pattern: String,
    pub reason: String,
}

static DEFAULTS: LazyLock<Patterns> = LazyLock::new(|| {
    let mut texts = Vec::new();
    let mut builder = GlobSetBuilder::new();
    let mut add = |pattern: String, is_case_insensitive: bool| {
        let mut glob = GlobBuilder::new(&pattern);
        glob.literal_separator(true).empty_alternates(true);
        glob.case_insensitive(is_case_insensitive);
        builder.add(glob.build().expect("the default patterns are valid, as a test checks"));
        texts.push(pattern);
    };
    PROJECT_FILES.iter().for_each(|name| add(format!("{name}.*"), true));
    CAPITAL_FILES.iter().for_each(|name| add(format!("**/{name}.*"), false));
    PROGRAM_FILES.iter().for_each(|name| add(format!("**/{name}.txt"), true));
    DIRECTORIES.iter().for_each(|name| add(format!("**/{name}/**"), true));
    let set = builder.build().expect("the default patterns are valid, as a test checks");
    Patterns { texts, set }
});

impl Selection {
    /// Returns the selection of an operator. A pattern is a path within the corpus; `*` matches
    /// within a name, `**` any directories. A pattern without `/` matches at any depth, and the
    /// name of a directory matches everything in it. The case does not matter.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Selection, InvalidPattern> {
        Ok(Selection { include: Patterns::new(include)?, exclude: Patterns::new(exclude)? })
    }

    /// Returns the pattern that leaves out the file at `path`, a path within the corpus. A file
    /// that the operator includes is left out by no default.
    pub fn excluded_by(&self, path: &str) -> Option<ExcludedBy> {
        if let Some(pattern) = self.exclude.matching(path) {
            return Some(ExcludedBy::Exclude(pattern.to_owned()));
        }
        if self.include.matching(path).is_some() {
            return None;
        }
        if !self.include.texts.is_empty() {
            return Some(ExcludedBy::NotIncluded);
        }
        DEFAULTS.matching(path).map(|pattern| ExcludedBy::Default(pattern.to_owned()))
    }

    /// Returns the patterns as text, which differs for different selections.
    pub fn identity(&self) -> String {
        format!("{:?} {:?}", self.include.texts, self.exclude.texts)
    }

    /// Returns whether the operator has set no pattern.
    pub fn is_default(&self) -> bool {
        self.include.texts.is_empty() && self.exclude.texts.is_empty()
    }
}

impl PartialEq for Selection {
    fn eq(&self, other: &Selection) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Selection {}

impl Patterns {
    fn new(texts: &[String]) -> Result<Patterns, InvalidPattern> {
        let mut builder = GlobSetBuilder::new();
        let mut known = Vec::new();
        let invalid = |pattern: &str, error: &globset::Error| InvalidPattern {
            pattern: pattern.to_owned(),
            reason: error.kind().to_string(),
        };
        for text in texts {
            let path = text.trim().trim_start_matches("./").trim_end_matches('/');
            let anchored = match path.strip_prefix('/') {
                Some(path) => path.to_owned(),
                None if path.contains('/') => path.to_owned(),
                None => format!("**/{path}"),
            };
            for pattern in [anchored.clone(), format!("{anchored}/**")] {
                let mut glob = GlobBuilder::new(&pattern);
                let glob = glob.literal_separator(true).case_insensitive(true).build();
                builder.add(glob.map_err(|error| invalid(text, &error))?);
                known.push(text.clone());
            }
        }
        let all = texts.join(", ");
        let set = builder.build().map_err(|error| invalid(&all, &error))?;
        Ok(Patterns { texts: known, set })
    }

    /// Returns the first pattern that matches a path.
    fn matching(&self, path: &str) -> Option<&str> {
        let first = self.set.matches(path).into_iter().min()?;
        self.texts.get(first).map(String::as_str)
    }
}

impl fmt::Display for ExcludedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExcludedBy::Exclude(pattern) => write!(f, "by `{pattern}` of `exclude` in `[corpus]`"),
            ExcludedBy::NotIncluded => f.write_str("by no match with `include` in `[corpus]`"),
            ExcludedBy::Default(pattern) => write!(f, "by the default pattern `{pattern}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(include: &[&str], exclude: &[&str]) -> Selection {
        let owned =
            |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Selection::new(&owned(include), &owned(exclude)).unwrap()
    }

    #[test]
    fn selection_leaves_out_files_that_are_no_articles() {
        let default = Selection::default();
        for path in [
            "README.md",
            "readme.txt",
            "README.de.md",
            "README_zh.md",
            "CHANGELOG.md",
            "LICENSE.md",
            "LICENSE-MIT.txt",
            "licence.md",
            "CONTRIBUTING.md",
            "packages/a/CHANGELOG.md",
            "SECURITY.md",
            "src/SUMMARY.md",
            "AGENTS.md",
            "_drafts/plan.md",
            "blog/drafts/plan.md",
            "_includes/nav.md",
            "node_modules/a/guide.md",
            "static/robots.txt",
            "requirements.txt",
            "requirements-dev.txt",
            "src/CMakeLists.txt",
            "test/fixtures/content/a.md",
        ] {
            assert!(matches!(default.excluded_by(path), Some(ExcludedBy::Default(_))), "{path}");
        }
        for path in [
            "tides.md",
            "notes/README.md",
            "docs/security.md",
            "articles/code-of-conduct.md",
            "history.md",
            "news.md",
            "docs/templates/overview.md",
            "readmes/a.md",
            "licenses.md",
            "fixtures/2024.md",
            "drafts.md",
            "data/a.md",
        ] {
            assert_eq!(default.excluded_by(path), None, "{path}");
        }
    }

    #[test]
    fn selection_of_the_operator_overrides_the_defaults() {
        let check = |selection: &Selection, path: &str, expected: Option<ExcludedBy>| {
            assert_eq!(selection.excluded_by(path), expected, "{path}");
        };
        let some = selection(&["posts/**", "README.md"], &["*.txt", "/old", "posts/Secret.md"]);
        let by = |pattern: &str| Some(ExcludedBy::Exclude(pattern.to_owned()));
        check(&some, "posts/a.md", None);
        check(&some, "posts/2021/CHANGELOG.md", None);
        check(&some, "README.md", None);
        check(&some, "POSTS/a.md", None);
        check(&some, "about.md", Some(ExcludedBy::NotIncluded));
        check(&some, "posts/a.txt", by("*.txt"));
        check(&some, "old/a.md", by("/old"));
        check(&some, "posts/secret.md", by("posts/Secret.md"));
        check(&selection(&["posts"], &[]), "blog/posts/a.md", None);
        check(&selection(&[], &["drafts-*"]), "drafts-2021/a.md", by("drafts-*"));
        assert!(Selection::new(&["[a".to_owned()], &[]).is_err());
    }
}

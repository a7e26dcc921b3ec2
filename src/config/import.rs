//! Sources of articles: imports, feeds and channels. Pure.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::file::ConfigFile;
use super::section::Section;
use crate::corpus::Folder;

/// All sources of articles besides the files of the corpus.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    pub import: Import,
    /// Feeds whose entries become articles.
    pub feeds: Vec<FeedSource>,
    /// Channels whose posts become articles.
    pub channels: Vec<ChannelSource>,
    /// The path of this program, which runs converters in child processes.
    pub program: PathBuf,
}

/// Permissions and options of imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Whether the files that articles were imported from are kept in the corpus, hidden.
    pub keep_originals: bool,
    /// Whether private addresses are fetched, such as those of this machine.
    pub allow_private: bool,
    /// Minimum time between two requests to a host.
    pub interval: Duration,
    /// A program and its arguments that print the text of a PDF. Empty: the built-in converter.
    pub pdf_command: Vec<String>,
}

/// A feed whose entries become articles while the bot runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedSource {
    pub url: Url,
    /// Interval of the requests.
    pub every: Duration,
    /// Folder of the articles. `None`: a folder with the name of the feed.
    pub folder: Option<Folder>,
}

/// A channel whose posts become articles while the bot runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelSource {
    /// Id of the channel.
    pub id: i64,
    /// Folder of the articles. `None`: a folder with the name of the channel.
    pub folder: Option<Folder>,
    /// Minimum length of a post, in chars.
    pub min_chars: usize,
}

const INTERVAL: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_secs(30 * 60);
/// Minimum interval of the requests of a feed.
const MIN_EVERY: Duration = Duration::from_secs(60);
/// Maximum number of chars that a post can be required to have: more than a post can have.
const MAX_MIN_CHARS: i64 = 4096;
/// Minimum id of a channel: ids have at most 52 bits.
const MIN_CHANNEL: i64 = -(1 << 52);

impl Sources {
    /// Reads `[import]`, `[[feeds]]` and `[[channels]]`.
    pub(super) fn read(file: &mut ConfigFile<'_>, program: PathBuf) -> Sources {
        Sources {
            import: Import::read(Section::of(file, "import")),
            feeds: FeedSource::read_all(file),
            channels: ChannelSource::read_all(file),
            program,
        }
    }
}

impl Default for Import {
    fn default() -> Import {
        Import {
            keep_originals: true,
            allow_private: false,
            interval: INTERVAL,
            pdf_command: Vec::new(),
        }
    }
}

impl Import {
    /// Reads `[import]`.
    fn read(mut section: Section<'_, '_>) -> Import {
        let command = section.text("pdf_command").unwrap_or_default();
        Import {
            keep_originals: section.flag("keep_originals").unwrap_or(true),
            allow_private: section.flag("allow_private").unwrap_or_default(),
            interval: section.duration("interval", INTERVAL),
            pdf_command: command.split_whitespace().map(str::to_owned).collect(),
        }
    }
}

impl FeedSource {
    /// Reads every `[[feeds]]`.
    fn read_all(file: &mut ConfigFile<'_>) -> Vec<FeedSource> {
        Section::each(file, "feeds", |mut section| {
            let every = section.duration("every", EVERY);
            if every < MIN_EVERY {
                section.report("every", "the interval is too short", "give at least `1m`");
            }
            let folder = folder(&mut section);
            let raw = section.text("url");
            let url = raw.and_then(|raw| Url::parse(raw.trim()).ok());
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
            if url.is_none() {
                let cause = if raw.is_some() { "this is no address" } else { "it is missing" };
                let hint = "give the address of the feed, such as `https://example.org/feed.xml`";
                section.report("url", cause, hint);
            }
            Some(FeedSource { url: url?, every, folder })
        })
    }
}

impl ChannelSource {
    /// Reads every `[[channels]]`.
    fn read_all(file: &mut ConfigFile<'_>) -> Vec<ChannelSource> {
        Section::each(file, "channels", |mut section| {
            let folder = folder(&mut section);
            let min_chars = section.number("min_chars", 1..=MAX_MIN_CHARS).unwrap_or(1);
            let is_set = section.has("id");
            let id = section.number("id", MIN_CHANNEL..=-1);
            if !is_set {
                let hint = "give the id of the channel, such as `id = -1001234567890`";
                section.report("id", "it is missing", hint);
            }
            let min_chars = usize::try_from(min_chars).unwrap_or(1);
            Some(ChannelSource { id: id?, folder, min_chars })
        })
    }
}

/// Reads the folder of a source.
fn folder(section: &mut Section<'_, '_>) -> Option<Folder> {
    let raw = section.text("folder")?;
    let is_hidden = raw.split(['/', '\\']).any(|name| name.trim().starts_with('.'));
    let folder = Folder::new(raw).filter(|_| !is_hidden);
    if folder.is_none() && !raw.trim().is_empty() {
        let hint = "give the path of a folder in the corpus, such as `folder = \"news\"`";
        section.report("folder", "this is no folder of the corpus", hint);
    }
    folder
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{file, unknown_keys};

    fn read<T>(text: &str, read: impl Fn(&mut ConfigFile<'_>) -> T) -> (T, Vec<String>) {
        let (root, errors) = file::parse(text);
        let mut file = ConfigFile::new("v.toml", text, &root, &errors);
        let value = read(&mut file);
        unknown_keys::report(&mut file);
        (value, file.into_problems())
    }

    #[test]
    fn feeds_have_an_address_an_interval_and_a_folder() {
        let text = "[[feeds]]\nurl = \"https://example.org/feed\"\n\n[[feeds]]\n\
                    url = \"http://example.org/b\"\nevery = \"2h\"\nfolder = \"news/b\"\n";
        let (feeds, problems) = read(text, FeedSource::read_all);
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!((feeds[0].every, &feeds[0].folder), (EVERY, &None));
        assert_eq!(feeds[1].every, Duration::from_secs(7_200));
        assert_eq!(feeds[1].folder.as_ref().map(Folder::path), Some("news/b"));
    }

    #[test]
    fn wrong_sources_are_reported_with_their_lines() {
        let text = "[[feeds]]\nurl = \"example.org\"\nevery = \"5s\"\nfolder = \"../a\"\nevry = 1\n\
                    [[channels]]\nid = 5\n[[channels]]\nfolder = \".a\"\n[import]\nallow = true\n";
        let (_, problems) = read(text, |file| {
            let import = Import::read(Section::of(file, "import"));
            (FeedSource::read_all(file), ChannelSource::read_all(file), import)
        });
        insta::assert_snapshot!(problems.join("\n"), @r#"
        v.toml:2: feeds.url: this is no address
        hint: give the address of the feed, such as `https://example.org/feed.xml`
        v.toml:3: feeds.every: the interval is too short
        hint: give at least `1m`
        v.toml:4: feeds.folder: this is no folder of the corpus
        hint: give the path of a folder in the corpus, such as `folder = "news"`
        v.toml:5: unknown key `evry` in `[feeds]`
        hint: did you mean `every`?
        v.toml:7: channels.id: 5 is out of range
        hint: give a number from -4503599627370496 to -1
        v.toml:8: channels.id: it is missing
        hint: give the id of the channel, such as `id = -1001234567890`
        v.toml:9: channels.folder: this is no folder of the corpus
        hint: give the path of a folder in the corpus, such as `folder = "news"`
        v.toml:11: unknown key `allow` in `[import]`
        hint: did you mean `allow_private`?
        "#);
        let (_, problems) = read("[feeds]\nurl = \"https://example.org\"\n", FeedSource::read_all);
        insta::assert_snapshot!(problems.join("\n"), @"
        v.toml:1: feeds: expected a list of sections, got a section
        hint: write `[[feeds]]`, and its keys in the lines below
        v.toml:2: unknown key `url` in `[feeds]`
        hint: the keys and their defaults are in config/verbatim.toml of the project
        ");
    }
}

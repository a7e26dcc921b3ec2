//! Import of feeds: the entries that are new or have changed. Where a feed has only the beginning
//! of a text, the page behind it is fetched.

use std::collections::HashSet;
use std::path::Path;

use url::Url;

use super::article_file::digest;
use super::convert::{FeedArticle, FeedArticles, Output};
use super::document::{Body, Document, Failure};
use super::fetch::Outcome;
use super::importer::{Importer, OnProgress, Original, Report};
use super::state::{MAX_FAILURES, Seen, SourceState};
use super::target::ImportedFile;

/// Imports a feed again whose state is known: asks the server whether it has changed. An entry that
/// was seen is not imported again, also if its article was removed.
pub async fn refresh(importer: &mut Importer, address: &Url) -> Result<Report, Failure> {
    let mut report = Report { source: address.to_string(), ..Report::default() };
    let mut state = open_state(&importer.settings.data, address.as_str())?;
    let validators = Some(state.validators()).filter(|validators| !validators.is_empty());
    let fetched = match importer.fetcher.get(address, validators).await? {
        Outcome::NotModified => return Ok(report),
        Outcome::Fetched(fetched) => fetched,
    };
    let Output::Feed(feed) = importer.convert_fetched(&fetched).await? else {
        return Err(Failure::new("it is no feed", "give the address of an RSS, Atom or JSON feed"));
    };
    let mut entries = Entries { importer, state: Some(&mut state), is_removal_final: true };
    let is_complete = entries.import(address.as_str(), feed, &mut report, &mut |_, _| {}).await?;
    if is_complete {
        state.set_validators(fetched.validators).map_err(not_kept)?;
    }
    Ok(report)
}

/// Imports the entries of a feed at `address`. An entry whose article was removed is imported
/// again.
pub async fn import(
    importer: &mut Importer,
    address: &Url,
    feed: FeedArticles,
    report: &mut Report,
    on_progress: OnProgress<'_>,
) -> Result<(), Failure> {
    let mut state = open_state(&importer.settings.data, address.as_str())?;
    let mut entries = Entries { importer, state: Some(&mut state), is_removal_final: false };
    entries.import(address.as_str(), feed, report, on_progress).await.map(|_| ())
}

/// Imports the entries of the file of a feed.
pub async fn import_file(
    importer: &mut Importer,
    label: &str,
    feed: FeedArticles,
    report: &mut Report,
) -> Result<(), Failure> {
    let mut entries = Entries { importer, state: None, is_removal_final: false };
    entries.import(label, feed, report, &mut |_, _| {}).await.map(|_| ())
}

pub fn open_state(data: &Path, source: &str) -> Result<SourceState, Failure> {
    SourceState::open(data, source).map_err(not_kept)
}

pub fn not_kept(error: std::io::Error) -> Failure {
    let what = format!("what was seen cannot be kept: {error}");
    Failure::new(what, "the data directory must be writable")
}

/// The import of the entries of one feed.
struct Entries<'a> {
    importer: &'a mut Importer,
    state: Option<&'a mut SourceState>,
    /// Whether an article that was removed stays removed.
    is_removal_final: bool,
}

impl Entries<'_> {
    /// Imports the entries. Returns whether none of them has to be tried again.
    async fn import(
        &mut self,
        label: &str,
        feed: FeedArticles,
        report: &mut Report,
        on_progress: OnProgress<'_>,
    ) -> Result<bool, Failure> {
        let folder = match self.importer.settings.into {
            Some(_) => self.importer.folder_for(None),
            None => self.importer.folder_for(feed.title.as_deref().or(Some("feed"))),
        };
        let (all, mut is_complete) = (feed.entries.len(), true);
        let shared = shared_addresses(&feed);
        for (done, entry) in feed.entries.into_iter().enumerate() {
            on_progress(done, all);
            let origin = entry.document.address.clone().filter(|own| !shared.contains(own));
            let origin = origin.unwrap_or_else(|| format!("{label}#{}", entry.id));
            let version = version_of(&entry.document);
            if self.is_done(&entry.id, &version, &origin) {
                report.unchanged += 1;
                continue;
            }
            match self.import_entry(&entry, &origin, &folder).await {
                Ok(imported) => {
                    report.files.push(imported);
                    self.record(&entry.id, Ok(&version))?;
                }
                Err(failure) => {
                    is_complete = false;
                    let name = entry.document.title.clone().unwrap_or(origin);
                    report.failed.push((name, failure));
                    self.record(&entry.id, Err(&version))?;
                }
            }
        }
        Ok(is_complete)
    }

    /// Returns whether an entry is not to be imported: it was imported and has not changed, or it
    /// failed too often.
    fn is_done(&self, id: &str, version: &str, origin: &str) -> bool {
        let seen = self.state.as_ref().and_then(|state| state.seen(id));
        let Some(seen) = seen.filter(|seen| seen.version == version) else { return false };
        match seen.failures {
            0 => self.is_removal_final || self.importer.target.file_of(origin).is_some(),
            failures => self.is_removal_final && failures >= MAX_FAILURES,
        }
    }

    fn record(&mut self, id: &str, version: Result<&str, &str>) -> Result<(), Failure> {
        let Some(state) = &mut self.state else { return Ok(()) };
        if self.importer.settings.mode == super::target::Mode::DryRun {
            return Ok(());
        }
        let recorded = match version {
            Ok(version) => {
                let seen = Seen { version: version.to_owned(), ..Seen::default() };
                state.record(id, seen)
            }
            Err(version) => state.record_failure(id, version),
        };
        recorded.map_err(not_kept)
    }

    async fn import_entry(
        &mut self,
        entry: &FeedArticle,
        origin: &str,
        folder: &str,
    ) -> Result<ImportedFile, Failure> {
        let address = entry.document.address.as_deref().and_then(|url| Url::parse(url).ok());
        if let (true, Some(address)) = (entry.is_teaser, address) {
            return self.import_page(&entry.document, &address, origin, folder).await;
        }
        let Body::Markdown(text) = &entry.document.body else {
            return Err(Failure::new("it has no text", "look at the feed"));
        };
        let original = Original { name: "", content: text.as_bytes() };
        self.importer.write_one(&entry.document, origin, folder, &original)
    }

    /// Imports the page behind a teaser, with the data of the feed that the page does not have.
    async fn import_page(
        &mut self,
        entry: &Document,
        address: &Url,
        origin: &str,
        folder: &str,
    ) -> Result<ImportedFile, Failure> {
        let Outcome::Fetched(fetched) = self.importer.fetcher.get(address, None).await? else {
            return Err(Failure::new("the page has not changed", "try again later"));
        };
        let Output::Articles { mut converted, .. } =
            self.importer.convert_fetched(&fetched).await?
        else {
            return Err(Failure::new("the page behind it is no article", "look at the page"));
        };
        let mut document = match converted.documents.len() {
            1 => converted.documents.remove(0),
            _ => {
                return Err(Failure::new(
                    "the page behind it is no single article",
                    "import it by itself",
                ));
            }
        };
        document.title = entry.title.clone().or(document.title);
        if document.authors.is_empty() {
            document.authors.clone_from(&entry.authors);
        }
        document.published = entry.published.clone().or(document.published);
        document.tags.extend(entry.tags.iter().cloned());
        document.language = document.language.or_else(|| entry.language.clone());
        document.address = document.address.or_else(|| entry.address.clone());
        let name = super::importer::name_of(&fetched.address);
        let original = Original { name: &name, content: &fetched.bytes };
        self.importer.write_one(&document, origin, folder, &original)
    }
}

/// Returns the addresses that several entries have, as in a feed that links its home page. They say
/// nothing of an entry.
fn shared_addresses(feed: &FeedArticles) -> HashSet<String> {
    let mut seen = HashSet::new();
    let addresses = feed.entries.iter().filter_map(|entry| entry.document.address.clone());
    addresses.filter(|address| !seen.insert(address.clone())).collect()
}

/// Returns the version of an entry: a digest of what the feed says of it.
fn version_of(document: &Document) -> String {
    let Document { title, published, updated, address, body, .. } = document;
    digest(format!("{title:?} {published:?} {updated:?} {address:?} {body:?}").as_bytes())
}

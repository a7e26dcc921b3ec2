//! Import of many pages of one host: those of a sitemap, and the posts of a public Telegram
//! channel.

use std::collections::{HashSet, VecDeque};

use url::Url;

use super::convert::{Form, Job, Output};
use super::document::{Document, Failure};
use super::feed_import::{not_kept, open_state};
use super::fetch::{FetchError, Fetched, Outcome};
use super::importer::{Importer, OnProgress, Original, Report, name_of};
use super::robots::Robots;
use super::sitemap::{self, Sitemap};
use super::state::{Seen, SourceState};
use super::target::Mode;

/// Maximum number of sitemaps that an index leads to.
const MAX_SITEMAPS: usize = 200;
/// Number of failures of the host, one after the other, that end an import: it does not answer.
const MAX_FAILURES_IN_SEQUENCE: usize = 10;
/// Key of the validators of a page in the state.
const NO_VERSION: &str = "";

/// Imports the pages of a sitemap: those of its host that `robots.txt` allows. Pages that were
/// imported before are fetched again only if they may have changed, so that an import that was
/// interrupted continues.
pub async fn import_sitemap(
    importer: &mut Importer,
    address: &Url,
    sitemap: Sitemap,
    report: &mut Report,
    on_progress: OnProgress<'_>,
) -> Result<(), Failure> {
    let robots = robots_of(importer, address).await?;
    if let Some(delay) = robots.crawl_delay() {
        importer.fetcher.set_interval(address, delay);
    }
    let pages = pages_of(importer, address, sitemap, &robots, report).await;
    let mut state = open_state(&importer.settings.data, address.as_str())?;
    let folder = match importer.settings.into {
        Some(_) => importer.folder_for(None),
        None => importer.folder_for(address.host_str()),
    };
    let mut failures = 0;
    let all = pages.len();
    for (done, page) in pages.into_iter().enumerate() {
        on_progress(done, all);
        match import_page(importer, &mut state, &page, &folder, report).await {
            Ok(()) => failures = 0,
            Err((failure, is_of_host)) => {
                failures = if is_of_host { failures + 1 } else { 0 };
                report.failed.push((page.address.to_string(), failure));
            }
        }
        if failures >= MAX_FAILURES_IN_SEQUENCE {
            let left = all - done - 1;
            report
                .notes
                .push(format!("{left} pages were not tried, since the host does not answer"));
            break;
        }
    }
    Ok(())
}

/// Returns the rules of the host for programs.
pub async fn robots_of(importer: &Importer, address: &Url) -> Result<Robots, Failure> {
    let Some(robots) = Robots::address(address) else { return Ok(Robots::parse(b"", 404)) };
    match importer.fetcher.get(&robots, None).await {
        Ok(Outcome::Fetched(Fetched { bytes, status, .. })) => Ok(Robots::parse(&bytes, status)),
        Ok(Outcome::NotModified) => Ok(Robots::parse(b"", 404)),
        Err(FetchError::Status { status, .. }) => Ok(Robots::parse(b"", status)),
        Err(error) => Err(error.into()),
    }
}

/// Returns the pages of a sitemap and of those that it leads to, up to the limit.
async fn pages_of(
    importer: &Importer,
    address: &Url,
    sitemap: Sitemap,
    robots: &Robots,
    report: &mut Report,
) -> Vec<sitemap::Entry> {
    let limit = importer.settings.limit;
    let (mut pages, mut seen) = (Vec::new(), HashSet::new());
    let mut more = VecDeque::from(sitemap.sitemaps);
    report.notes.extend(sitemap.problem);
    let mut waiting = sitemap.pages;
    let mut fetched = 0;
    loop {
        for page in waiting {
            if !sitemap::same_host(&page.address, address) {
                leave_out(report, "of other hosts");
            } else if !robots.allows(&page.address) {
                leave_out(report, "forbidden by robots.txt");
            } else if seen.insert(page.address.clone()) {
                pages.push(page);
            }
        }
        let Some(next) = more.pop_front().filter(|_| pages.len() < limit && fetched < MAX_SITEMAPS)
        else {
            break;
        };
        fetched += 1;
        waiting = Vec::new();
        if !sitemap::same_host(&next, address) {
            leave_out(report, "sitemaps of other hosts");
            continue;
        }
        match inner_sitemap(importer, &next).await {
            Ok(inner) => {
                more.extend(inner.sitemaps);
                waiting = inner.pages;
            }
            Err(failure) => report.failed.push((next.to_string(), failure)),
        }
    }
    if pages.len() > limit {
        let left = pages.len() - limit;
        report.notes.push(format!("{left} more pages were left out; `--limit` sets their number"));
        pages.truncate(limit);
    }
    pages
}

fn leave_out(report: &mut Report, reason: &str) {
    *report.left_out.entry(reason.to_owned()).or_default() += 1;
}

async fn inner_sitemap(importer: &Importer, address: &Url) -> Result<Sitemap, Failure> {
    let Outcome::Fetched(fetched) = importer.fetcher.get(address, None).await? else {
        return Ok(Sitemap::default());
    };
    match importer.convert_fetched(&fetched).await? {
        Output::Sitemap(sitemap) => Ok(sitemap),
        Output::Articles { .. } | Output::Feed(_) | Output::Channel { .. } => {
            Err(Failure::new("it is no sitemap", "check the index of the sitemaps"))
        }
    }
}

/// Imports a page. On failure, returns also whether it is one of the host.
async fn import_page(
    importer: &mut Importer,
    state: &mut SourceState,
    page: &sitemap::Entry,
    folder: &str,
    report: &mut Report,
) -> Result<(), (Failure, bool)> {
    let address = page.address.as_str();
    let is_there = importer.target.file_of(address).is_some();
    let seen = state.seen(address).filter(|seen| is_there && seen.failures == 0).cloned();
    let version = page.modified.as_deref().unwrap_or(NO_VERSION);
    if let Some(seen) = &seen
        && seen.version == version
        && version != NO_VERSION
    {
        report.unchanged += 1;
        return Ok(());
    }
    let validators = seen.map(|seen| seen.validators).filter(|known| !known.is_empty());
    let fetched = match importer.fetcher.get(&page.address, validators.as_ref()).await {
        Ok(Outcome::NotModified) => {
            report.unchanged += 1;
            return Ok(());
        }
        Ok(Outcome::Fetched(fetched)) => fetched,
        Err(error) => {
            let is_of_host = error.is_transient();
            return Err((error.into(), is_of_host));
        }
    };
    let imported = write_page(importer, &fetched, address, folder, report).await;
    imported.map_err(|failure| (failure, false))?;
    if importer.settings.mode == Mode::Write {
        let Fetched { validators, .. } = fetched;
        let seen = Seen { version: version.to_owned(), validators, failures: 0 };
        state.record(address, seen).map_err(|error| (not_kept(error), false))?;
    }
    Ok(())
}

async fn write_page(
    importer: &mut Importer,
    fetched: &Fetched,
    address: &str,
    folder: &str,
    report: &mut Report,
) -> Result<(), Failure> {
    let Output::Articles { converted, .. } = importer.convert_fetched(fetched).await? else {
        return Err(Failure::new("it is no article", "import it by itself"));
    };
    let [document] = &converted.documents[..] else {
        return Err(Failure::new("it is no single article", "import it by itself"));
    };
    let name = name_of(&fetched.address);
    let original = Original { name: &name, content: &fetched.bytes };
    report.files.push(importer.write_one(document, address, folder, &original)?);
    Ok(())
}

/// Imports the posts of a public channel, the newest first, until the limit or until a page has
/// nothing that is new.
pub async fn import_channel(
    importer: &mut Importer,
    name: &str,
    report: &mut Report,
    on_progress: OnProgress<'_>,
) -> Result<(), Failure> {
    let folder = match importer.settings.into {
        Some(_) => importer.folder_for(None),
        None => importer.folder_for(Some(name)),
    };
    let limit = importer.settings.limit;
    let mut next = Some(format!("https://t.me/s/{name}"));
    let mut done = 0;
    while let Some(address) = next.take().and_then(|next| Url::parse(&next).ok()) {
        on_progress(done, limit);
        let Outcome::Fetched(fetched) = importer.fetcher.get(&address, None).await? else { break };
        let job = Job {
            form: Form::ChannelPage,
            name: name.to_owned(),
            content_type: fetched.content_type.clone(),
            address: Some(fetched.address.clone()),
        };
        let Output::Channel { converted, older } = importer.convert(&job, &fetched.bytes).await?
        else {
            break;
        };
        let mut is_new = false;
        for document in converted.documents.iter().rev().take(limit - done) {
            done += 1;
            is_new |= !write_post(importer, document, &folder, report);
        }
        next = older.filter(|_| done < limit && (is_new || converted.documents.is_empty()));
    }
    Ok(())
}

/// Writes a post. Returns whether it was imported before and has not changed.
fn write_post(
    importer: &mut Importer,
    document: &Document,
    folder: &str,
    report: &mut Report,
) -> bool {
    let origin = document.address.clone().unwrap_or_else(|| document.key.clone());
    let super::document::Body::Markdown(text) = &document.body else { return false };
    let original = Original { name: "", content: text.as_bytes() };
    match importer.write_one(document, &origin, folder, &original) {
        Ok(imported) => {
            let is_known = imported.status == super::target::Status::Unchanged;
            report.files.push(imported);
            is_known
        }
        Err(failure) => {
            report.failed.push((origin, failure));
            false
        }
    }
}

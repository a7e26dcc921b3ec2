//! The import of one source of any kind.

use url::Url;

use super::convert::Output;
use super::document::Failure;
use super::fetch::Outcome;
use super::importer::{Importer, OnProgress, Original, Report, name_of};
use super::source::Source;
use super::{feed_import, local, site};

/// Imports a source.
pub async fn import(
    importer: &mut Importer,
    source: &Source,
    on_progress: OnProgress<'_>,
) -> Report {
    let mut report = Report { source: source.label(), ..Report::default() };
    let imported = match source {
        Source::Address(address) => {
            import_address(importer, address, &mut report, on_progress).await
        }
        Source::Channel(name) => {
            site::import_channel(importer, name, &mut report, on_progress).await
        }
        Source::Path(path) => local::import(importer, path, &mut report, on_progress).await,
    };
    if let Err(failure) = imported {
        report.failed.push((source.label(), failure));
    }
    report
}

/// Imports what is at an address: an article, or everything that a feed or a sitemap lists.
async fn import_address(
    importer: &mut Importer,
    address: &Url,
    report: &mut Report,
    on_progress: OnProgress<'_>,
) -> Result<(), Failure> {
    let Outcome::Fetched(fetched) = importer.fetcher.get(address, None).await? else {
        return Ok(());
    };
    let converted = importer.convert_fetched(&fetched).await;
    let output = match converted {
        Err(failure) if address.path() == "/" => {
            return Err(with_sitemap(importer, address, failure).await);
        }
        converted => converted?,
    };
    match output {
        Output::Articles { converted, feeds } => {
            for feed in feeds.iter().filter(|feed| *feed != address) {
                report.notes.push(format!("the page has a feed: {feed}"));
            }
            let name = name_of(&fetched.address);
            let original = Original { name: &name, content: &fetched.bytes };
            importer.write_all(converted, address.as_str(), &original, report)
        }
        Output::Feed(feed) => {
            feed_import::import(importer, address, feed, report, on_progress).await
        }
        Output::Sitemap(sitemap) => {
            site::import_sitemap(importer, address, sitemap, report, on_progress).await
        }
        Output::Channel { .. } => Err(Failure::new("it is a channel", "give its name")),
    }
}

/// Adds the sitemap of a site to the reason why its first page is not an article.
async fn with_sitemap(importer: &Importer, address: &Url, failure: Failure) -> Failure {
    let robots = site::robots_of(importer, address).await.ok();
    match robots.as_ref().and_then(|robots| robots.sitemaps().first()) {
        Some(sitemap) => {
            let hint = format!("{}; for all pages of the site, import {sitemap}", failure.hint);
            Failure { hint, ..failure }
        }
        None => failure,
    }
}

//! Imports in two steps: a preview, and writing once a person agrees.

use serde::{Deserialize, Serialize};

use super::article_file::digest;
use super::convert::{Form, Job, Output};
use super::document::{Converted, Failure};
use super::fetch::Outcome;
use super::importer::{Importer, Original, Report, name_of};
use super::source::Source;
use super::target::Prepared;

/// An import that can be written, in a form that can be kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pending {
    /// Name of the source in front matter.
    label: String,
    converted: Converted,
}

/// A preview of an import.
pub struct Preview {
    pub pending: Pending,
    /// Name and content of the source.
    pub original_name: String,
    pub original: Vec<u8>,
    pub articles: Vec<PreviewedArticle>,
    /// Parts that cannot be articles, each with the reason.
    pub failed: Vec<(String, Failure)>,
}

/// An article that an import would write.
pub struct PreviewedArticle {
    pub prepared: Prepared,
    /// Whether it was imported before.
    pub is_known: bool,
}

/// The hint for sources of many articles, which are imported at the command line.
const COMMAND_HINT: &str = "import it on the server";

/// Converts a file that somebody sent.
pub async fn of_file(
    importer: &mut Importer,
    name: &str,
    content: Vec<u8>,
) -> Result<Preview, Failure> {
    let job = Job { form: Form::File, name: name.to_owned(), content_type: None, address: None };
    let output = importer.convert(&job, &content).await?;
    preview(importer, name, name.to_owned(), content, output)
}

/// Fetches and converts what is at an address.
pub async fn of_address(importer: &mut Importer, address: &str) -> Result<Preview, Failure> {
    let address = match Source::parse_address(address)? {
        Source::Address(address) => address,
        Source::Channel(name) => {
            let hint = format!(
                "{COMMAND_HINT}: `verbatim import @{name}`; or make the bot an administrator of the channel and name it under `[[channels]]`"
            );
            return Err(Failure::new("it is a channel", hint));
        }
        Source::Path(_) => return Err(Failure::new("it is no address", "send a link")),
    };
    let Outcome::Fetched(fetched) = importer.fetcher.get(&address, None).await? else {
        return Err(Failure::new("it has not changed", "send the link again later"));
    };
    let output = importer.convert_fetched(&fetched).await?;
    let name = name_of(&fetched.address);
    preview(importer, address.as_str(), name, fetched.bytes, output)
}

fn preview(
    importer: &mut Importer,
    label: &str,
    original_name: String,
    original: Vec<u8>,
    output: Output,
) -> Result<Preview, Failure> {
    let converted = match output {
        Output::Articles { converted, .. } => converted,
        Output::Feed(_) => {
            let hint = format!(
                "{COMMAND_HINT}: `verbatim import {label}`; or name it under `[[feeds]]` in the configuration, so that new entries come in by themselves"
            );
            return Err(Failure::new("it is a feed", hint));
        }
        Output::Sitemap(_) => {
            let hint = format!("{COMMAND_HINT}: `verbatim import {label}`");
            return Err(Failure::new("it is a sitemap", hint));
        }
        Output::Channel { .. } => return Err(Failure::new("it is a channel", COMMAND_HINT)),
    };
    let (prepared, mut failed) = importer.prepare_all(&converted, label, &digest(&original));
    let articles = prepared.into_iter().map(|prepared| {
        let is_known = importer.is_known(&prepared);
        PreviewedArticle { prepared, is_known }
    });
    let articles: Vec<_> = articles.collect();
    failed.extend(converted.failed.iter().cloned());
    if articles.is_empty() {
        let first = failed.into_iter().next().map(|(_, failure)| failure);
        return Err(first.unwrap_or_else(|| {
            Failure::new("there is no article in it", "check that it is what you meant")
        }));
    }
    let pending = Pending { label: label.to_owned(), converted };
    Ok(Preview { pending, original_name, original, articles, failed })
}

/// Writes an import.
pub fn write(
    importer: &mut Importer,
    pending: Pending,
    original: &Original<'_>,
) -> Result<Report, Failure> {
    let mut report = Report { source: pending.label.clone(), ..Report::default() };
    importer.write_all(pending.converted, &pending.label, original, &mut report)?;
    Ok(report)
}

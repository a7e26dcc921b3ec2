//! The import of sources, one after the other.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use url::Url;

use crate::config::{Import, Proxies, SharedProxy};
use crate::corpus::{CorpusDir, Folder};

use super::article_file::{self, Origin};
use super::convert::{Form, Job, Output};
use super::document::{Body, Converted, Document, Failure};
use super::fetch::{FetchSettings, Fetched, Fetcher};
use super::file_name::slug_path;
use super::links;
use super::target::{ImportedFile, Mode, Prepared, Target};
use super::worker::Converter;

/// Settings of an import.
#[derive(Debug, Clone)]
pub struct Settings {
    pub import: Import,
    /// Folder for the articles. `None`: the corpus itself, or a folder with the name of the source.
    pub into: Option<Folder>,
    /// Maximum number of pages of a site and of posts of a channel.
    pub limit: usize,
    pub mode: Mode,
    /// Data directory.
    pub data: PathBuf,
}

/// Returns the settings of a [`Fetcher`]. It uses the proxy that the environment names for HTTPS or
/// for all servers.
pub fn fetch_settings(import: &Import, proxies: &Proxies) -> FetchSettings {
    let proxy = match proxies.shared.https.as_ref().or(proxies.shared.all.as_ref()) {
        Some(SharedProxy::Proxy(proxy)) => Some(proxy.expose()),
        Some(SharedProxy::Unusable(_)) | None => None,
    };
    FetchSettings {
        allow_private: import.allow_private,
        interval: import.interval,
        proxy,
        ..FetchSettings::default()
    }
}

/// The result of the import of a source.
#[derive(Debug, Default)]
pub struct Report {
    pub source: String,
    pub files: Vec<ImportedFile>,
    /// Parts of the source that are no articles, each with the reason. A source that failed as a
    /// whole is its only part.
    pub failed: Vec<(String, Failure)>,
    /// Numbers of parts that are left out as intended, by the reason.
    pub left_out: BTreeMap<String, usize>,
    /// Number of parts that were imported before and have not changed.
    pub unchanged: usize,
    /// Further information for a person: lower case, no full stop.
    pub notes: Vec<String>,
}

/// Progress of an import: parts that are done, and all parts.
pub type OnProgress<'a> = &'a mut (dyn FnMut(usize, usize) + Send);

/// Imports sources into a corpus.
pub struct Importer {
    pub(super) settings: Settings,
    pub(super) target: Target,
    pub(super) converter: Converter,
    pub(super) fetcher: Fetcher,
}

/// The source of articles: its name with an extension, and its content.
pub struct Original<'a> {
    pub name: &'a str,
    pub content: &'a [u8],
}

impl Importer {
    /// Returns an importer for the corpus in `dir`, whose files are read once.
    pub fn new(
        dir: &CorpusDir,
        settings: Settings,
        converter: Converter,
        fetcher: Fetcher,
    ) -> Importer {
        let target = Target::open(dir, settings.mode);
        Importer { settings, target, converter, fetcher }
    }

    /// Converts what was fetched.
    pub async fn convert_fetched(&self, fetched: &Fetched) -> Result<Output, Failure> {
        let job = Job {
            form: Form::File,
            name: name_of(&fetched.address),
            content_type: fetched.content_type.clone(),
            address: Some(fetched.address.clone()),
        };
        self.convert(&job, &fetched.bytes).await
    }

    /// Converts a source. A PDF goes through the operator's program, if there is one.
    pub async fn convert(&self, job: &Job, source: &[u8]) -> Result<Output, Failure> {
        let command = &self.settings.import.pdf_command;
        if !command.is_empty() && super::pdf_command::is_pdf(source) {
            let text = super::pdf_command::run(command, source).await?;
            let job = Job { form: Form::PdfText, ..job.clone() };
            return self.converter.convert(&job, &text).await;
        }
        self.converter.convert(job, source).await
    }

    /// Makes the articles of a source. `label` names the source in their front matter, and
    /// `source_digest` its version. Returns also the documents that cannot be articles.
    pub fn prepare_all(
        &mut self,
        converted: &Converted,
        label: &str,
        source_digest: &str,
    ) -> (Vec<Prepared>, Vec<(String, Failure)>) {
        let documents = &converted.documents;
        let folder = self.folder_for(converted.folder.as_deref());
        let origins = documents.iter().map(|document| match document.key.as_str() {
            "" => label.to_owned(),
            key => format!("{label}#{key}"),
        });
        let origins: Vec<_> = origins.collect();
        let places: Vec<_> = origins
            .iter()
            .zip(documents)
            .map(|(origin, document)| self.target.place(origin, document, &folder))
            .collect();
        let files: HashMap<_, _> = documents
            .iter()
            .zip(&places)
            .map(|(document, file)| (document.key.as_str(), file.as_str()))
            .collect();
        let (mut prepared, mut failed) = (Vec::new(), Vec::new());
        for ((document, file), imported_from) in documents.iter().zip(&places).zip(origins) {
            let origin = Origin { imported_from, source_digest: source_digest.to_owned() };
            let markdown = links::resolve(text_of(document), file, &files);
            match self.target.prepare(file.clone(), document, &markdown, origin) {
                Ok(article) => prepared.push(article),
                Err(failure) => failed.push((title_of(document, file), failure)),
            }
        }
        (prepared, failed)
    }

    /// Writes the documents of a source. `label` names the source in their front matter.
    pub fn write_all(
        &mut self,
        converted: Converted,
        label: &str,
        original: &Original<'_>,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let source_digest = article_file::digest(original.content);
        let (prepared, failed) = self.prepare_all(&converted, label, &source_digest);
        report.failed.extend(converted.failed);
        report.failed.extend(failed);
        for (reason, number) in converted.left_out {
            *report.left_out.entry(reason).or_default() += number;
        }
        let mut is_written = false;
        for article in prepared {
            let file = article.file.clone();
            match self.target.write(article) {
                Ok(imported) => {
                    is_written |= imported.status.is_written();
                    report.files.push(imported);
                }
                Err(failure) => report.failed.push((file, failure)),
            }
        }
        if is_written && self.settings.import.keep_originals {
            self.target.keep_original(original.name, original.content)?;
        }
        Ok(())
    }

    /// Returns whether an article was imported before.
    pub fn is_known(&self, article: &Prepared) -> bool {
        self.target.file_of(&article.origin.imported_from).is_some()
    }

    /// Writes a document that has its own source, such as a page of a site. `original` is that
    /// source; without a name it is not kept.
    pub(super) fn write_one(
        &mut self,
        document: &Document,
        imported_from: &str,
        folder: &str,
        original: &Original<'_>,
    ) -> Result<ImportedFile, Failure> {
        let file = self.target.place(imported_from, document, folder);
        let origin = Origin {
            imported_from: imported_from.to_owned(),
            source_digest: article_file::digest(original.content),
        };
        let markdown = links::resolve(text_of(document), &file, &HashMap::new());
        let prepared = self.target.prepare(file, document, &markdown, origin)?;
        let imported = self.target.write(prepared)?;
        let is_kept = self.settings.import.keep_originals && !original.name.is_empty();
        if is_kept && imported.status.is_written() {
            self.target.keep_original(original.name, original.content)?;
        }
        Ok(imported)
    }

    /// Returns the folder for documents of a source that proposes a name for it.
    pub(super) fn folder_for(&self, proposed: Option<&str>) -> String {
        let own = proposed.filter(|proposed| proposed.contains(char::is_alphanumeric));
        let own = own.map(slug_path);
        let into = self.settings.into.as_ref().map(Folder::path);
        match (into, own) {
            (Some(into), Some(own)) => format!("{into}/{own}"),
            (Some(into), None) => into.to_owned(),
            (None, own) => own.unwrap_or_default(),
        }
    }
}

fn text_of(document: &Document) -> &str {
    match &document.body {
        Body::Markdown(text) | Body::Html(text) => text,
    }
}

fn title_of(document: &Document, file: &str) -> String {
    document.title.clone().unwrap_or_else(|| file.to_owned())
}

/// Returns the name of the original of an address, with an extension.
pub fn name_of(address: &Url) -> String {
    let last = address.path().rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
    let name = match last {
        "" => address.host_str().unwrap_or("page").to_owned(),
        last => last.to_owned(),
    };
    match Path::new(&name).extension() {
        Some(extension) if !last.is_empty() && extension.len() <= 5 => name,
        _ => format!("{name}.html"),
    }
}

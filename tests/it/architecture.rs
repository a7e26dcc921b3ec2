//! The house rules: which names may be spoken in which module, and which way the arrows point.

use std::path::Path;

/// A name, and the places under `src` that may speak it.
const NAMES: [(&str, &[&str]); 22] = [
    ("reqwest", &["bot/api/"]),
    ("notify::", &["corpus/watcher.rs"]),
    ("rustix", &["main.rs", "corpus/beneath.rs"]),
    ("tantivy::", &["index/", "search/"]),
    ("teloxide", &["bot/"]),
    ("axum", &["bot/operations/", "bot/receive/webhook.rs"]),
    ("hyper", &["bot/operations/http.rs", "bot/api/client.rs"]),
    ("prometheus_client", &["bot/operations/metrics.rs"]),
    ("rusqlite", &["store/"]),
    ("jiff::", &["schedule"]),
    ("SELECT ", &["store/"]),
    ("<blockquote", &["render/telegram/"]),
    ("&amp;", &["render/telegram/", "corpus/"]),
    ("std::env::", &["config/mod.rs"]),
    ("pulldown_cmark", &["corpus/"]),
    ("hf_hub", &["embedding/model_files/"]),
    ("zip::", &["embedding/model_files/"]),
    ("sha2", &["embedding/model_files/"]),
    ("indicatif", &["embedding/model_files/", "commands/"]),
    ("candle", &["embedding/bert.rs", "embedding/encoder.rs", "embedding/projection.rs"]),
    ("tokenizers", &["embedding/encoder.rs"]),
    ("memmap2", &["embedding/vector_file/"]),
];

/// A module, and what of the crate it may use.
const ARROWS: [(&str, &[&str]); 15] = [
    ("evaluate/", &["answer", "index", "library", "embedding", "search"]),
    ("learn/", &["answer", "evaluate", "index", "library", "search"]),
    ("embedding/", &["corpus", "index", "embedding"]),
    ("suggest.rs", &["corpus"]),
    ("corpus/", &["corpus"]),
    ("index/", &["corpus", "index"]),
    ("search/", &["corpus", "index", "embedding", "search"]),
    ("answer/", &["corpus", "index", "search", "answer"]),
    ("brief/", &["corpus", "index", "search", "answer", "brief"]),
    ("library/", &["corpus", "index", "embedding", "search", "answer", "brief", "suggest"]),
    (
        "render/",
        &["corpus", "index", "answer", "brief", "suggest", "library", "schedule", "render"],
    ),
    ("schedule", &[]),
    ("store/", &["corpus", "store"]),
    ("config/", &["cli", "corpus"]),
    (
        "bot/",
        &[
            "corpus", "answer", "brief", "suggest", "index", "library", "render", "schedule",
            "store", "config", "bot",
        ],
    ),
];

/// What is wrong with one file; `path` is relative to `src`. Comments and tests are free.
fn violations(path: &str, text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or(text);
    let mut found = Vec::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for (name, places) in NAMES {
            if line.contains(name) && !places.iter().any(|place| path.starts_with(place)) {
                found.push(format!("{path} says {name}"));
            }
        }
        for (module, may_use) in ARROWS.iter().filter(|(module, _)| path.starts_with(module)) {
            for used in line.split("crate::").skip(1) {
                let used = used
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next()
                    .unwrap_or_default();
                if !used.is_empty() && !may_use.contains(&used) {
                    found.push(format!("{path}: {module} uses {used}"));
                }
            }
        }
    }
    found
}

fn walk(dir: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(dir).expect("src can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source is UTF-8");
            found.push((path.display().to_string(), text));
        }
    }
}

#[test]
fn foreign_names_stay_in_their_house_and_arrows_point_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&src, &mut files);
    let prefix = format!("{}/", src.display());
    let found: Vec<_> = files
        .iter()
        .flat_map(|(path, text)| violations(path.strip_prefix(&prefix).unwrap_or(path), text))
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_violation_is_seen() {
    assert_eq!(violations("answer/mod.rs", "use tantivy::Term;").len(), 1);
    assert_eq!(violations("search/mod.rs", "use crate::answer::Answer;").len(), 1);
    assert_eq!(
        violations("search/mod.rs", "// teloxide\nuse crate::index::Snapshot;"),
        Vec::<String>::new()
    );
}

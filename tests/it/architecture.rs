//! Rules of the architecture: which module may name a third-party API, which way the dependencies
//! point, which folders there are, and that no two files import each other, not even by way of
//! others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A third-party API or a kind of text, and the places under `src` that may name it.
const APIS: [(&str, &[&str]); 22] = [
    ("reqwest", &["bot/api/", "import/fetch/"]),
    ("teloxide", &["bot/api/", "bot/handlers/command.rs"]),
    ("axum", &["bot/operations/", "bot/receive/webhook.rs"]),
    ("hyper::", &["bot/operations/http.rs", "bot/api/", "commands/health.rs", "import/fetch/"]),
    ("prometheus_client", &["bot/operations/metrics.rs"]),
    ("notify::", &["corpus/watcher.rs"]),
    ("rustix", &["commands/", "corpus/safe_open.rs", "doctor/disk.rs"]),
    ("pulldown_cmark", &["corpus/"]),
    ("tantivy::", &["index/", "search/"]),
    ("safetensors::", &["embedding/e5/"]),
    ("memmap2", &["embedding/e5/"]),
    ("hf_hub", &["embedding/model_files/"]),
    ("zip::", &["embedding/model_files/", "import/"]),
    ("sha2", &["embedding/model_files/"]),
    ("indicatif", &["embedding/model_files/", "commands/"]),
    ("rusqlite", &["store/", "embedding/stored_vectors/"]),
    ("SELECT ", &["store/", "embedding/stored_vectors/"]),
    ("jiff::", &["schedule/", "corpus/day.rs", "import/feed/date.rs"]),
    ("fluent_bundle", &["render/messages/"]),
    ("<blockquote", &["render/telegram/", "import/"]),
    ("&amp;", &["render/telegram/", "corpus/", "import/"]),
    ("std::env::", &["config/"]),
];

/// A module, and the modules of the crate that it may use. The longest prefix of a file's path
/// counts.
const LAYERS: [(&str, &[&str]); 37] = [
    ("corpus/", &["corpus"]),
    ("index/", &["corpus", "index"]),
    ("embedding/", &["corpus", "index", "embedding"]),
    ("search/", &["corpus", "index", "embedding", "search"]),
    ("dialogue/", &["index", "corpus", "search", "dialogue"]),
    ("answer/", &["corpus", "index", "search", "dialogue", "answer"]),
    ("brief/", &["corpus", "index", "search", "answer", "brief"]),
    ("suggest.rs", &["corpus"]),
    ("doctor/", &["corpus", "embedding", "library", "doctor"]),
    (
        "library/",
        &[
            "corpus",
            "index",
            "embedding",
            "search",
            "dialogue",
            "answer",
            "brief",
            "suggest",
            "library",
        ],
    ),
    (
        "render/",
        &[
            "corpus", "index", "dialogue", "answer", "brief", "suggest", "library", "schedule",
            "doctor", "render",
        ],
    ),
    ("evaluate/", &["corpus", "answer", "index", "library", "embedding", "search", "evaluate"]),
    ("schedule/", &["schedule"]),
    ("store/", &["corpus", "store"]),
    ("config/", &["cli", "corpus", "config"]),
    ("import/", &["corpus", "config", "import"]),
    ("cli.rs", &[]),
    (
        "bot/",
        &[
            "bot/api",
            "bot/operations",
            "bot/receive",
            "bot/send",
            "bot",
            "corpus",
            "answer",
            "library",
            "render",
            "schedule",
            "store",
            "config",
            "suggest",
            "doctor",
            "import",
        ],
    ),
    (
        "bot/mod.rs",
        &[
            "bot/api",
            "bot/briefings",
            "bot/handlers",
            "bot/operations",
            "bot/receive",
            "bot/send",
            "bot",
            "corpus",
            "library",
            "store",
            "config",
            "import",
        ],
    ),
    ("bot/api/", &["bot/api", "bot", "render", "config", "doctor"]),
    (
        "bot/send/",
        &["bot/api", "bot/send", "bot/operations", "bot", "render", "store", "config", "doctor"],
    ),
    ("bot/operations/", &["bot/api", "bot/operations", "bot", "library", "store", "answer"]),
    (
        "bot/receive/",
        &["bot/api", "bot/operations", "bot/receive", "bot/send", "bot", "config", "store"],
    ),
    (
        "bot/handlers/",
        &[
            "bot/api",
            "bot/briefings",
            "bot/handlers",
            "bot/receive",
            "bot/send",
            "bot",
            "corpus",
            "dialogue",
            "answer",
            "library",
            "render",
            "store",
            "suggest",
            "index",
            "doctor",
            "import",
        ],
    ),
    (
        "bot/briefings/",
        &[
            "bot/briefings",
            "bot/receive",
            "bot/send",
            "bot",
            "answer",
            "brief",
            "corpus",
            "library",
            "render",
            "schedule",
            "store",
        ],
    ),
    (
        "bot/corpus_sync.rs",
        &["bot/receive", "bot/send", "bot", "corpus", "index", "library", "render", "store"],
    ),
    ("bot/clock.rs", &["bot"]),
    ("bot/server_time.rs", &["bot"]),
    ("bot/callback_data.rs", &["answer", "corpus", "render", "suggest"]),
    ("bot/deep_link.rs", &["bot", "corpus", "render"]),
    ("bot/profile_sync.rs", &["bot/api", "bot/handlers", "bot", "library"]),
    ("bot/keyed_queue.rs", &[]),
    ("bot/update_kind.rs", &[]),
    ("ids.rs", &[]),
    ("bot/pages.rs", &["answer", "corpus", "dialogue", "library", "render"]),
    ("bot/stamped_cache.rs", &[]),
    ("bot/access_control.rs", &["bot", "bot/receive", "config", "corpus", "library"]),
];

/// Modules without dependencies that every other module may use.
const LEAVES: [&str; 1] = ["ids"];

/// Folders under `src/bot`. A new one needs a row in [`LAYERS`].
const BOT_FOLDERS: [&str; 6] = ["api", "briefings", "handlers", "operations", "receive", "send"];

/// A source file: its path below `src`, and its code without comments and unit tests.
struct Source {
    path: String,
    code: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Source {
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        let code: Vec<_> = code.lines().filter(is_code).collect();
        Source { path: path.to_owned(), code: code.join("\n") }
    }

    /// Returns the path of the module, such as `["bot", "send"]`.
    fn module(&self) -> Vec<String> {
        let path = self.path.trim_end_matches(".rs");
        let path = path.trim_end_matches("/mod").trim_end_matches("lib");
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// Returns all paths of the crate that the code names, as absolute paths, with the name that an
    /// import gives each and whether the import is public.
    fn paths(&self, modules: &Modules) -> Vec<Import> {
        let mut found = Vec::new();
        let mut rest = String::new();
        let mut statements = self.code.split_inclusive(';');
        for statement in &mut statements {
            let (before, import) = match statement.rfind("use ") {
                Some(at) if is_import(&statement[..at]) => statement.split_at(at),
                _ => {
                    rest.push_str(statement);
                    continue;
                }
            };
            rest.push_str(before);
            let is_public = before.trim_end().ends_with("pub") || before.trim_end().ends_with(')');
            let tree = import.trim_start_matches("use ").trim_end_matches(';');
            for (segments, name) in leaves(tree) {
                if let Some(path) = modules.absolute(&self.module(), &segments) {
                    found.push(Import { path, name: Some(name), is_public });
                }
            }
        }
        let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        for word in rest.split(|c| !is_path(c)).filter(|word| word.contains("::")) {
            let segments: Vec<_> = word.split("::").map(str::to_owned).collect();
            if let Some(path) = modules.absolute(&self.module(), &segments) {
                found.push(Import { path, name: None, is_public: false });
            }
        }
        found
    }
}

/// A path of the crate that a file names.
struct Import {
    path: Vec<String>,
    name: Option<String>,
    is_public: bool,
}

/// Returns whether `use` after this text begins an import.
fn is_import(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default().trim();
    line.is_empty() || line.starts_with("pub")
}

/// Expands the tree of an import to its paths, each with the name that it gets.
fn leaves(tree: &str) -> Vec<(Vec<String>, String)> {
    let tree = tree.trim();
    if let Some((prefix, group)) = tree.split_once('{') {
        let prefix: Vec<_> = segments(prefix.trim_end_matches("::"));
        let group = group.trim_end().trim_end_matches('}');
        let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    parts.push(&group[start..at]);
                    start = at + 1;
                }
                _ => {}
            }
        }
        parts.push(&group[start..]);
        let parts = parts.into_iter().filter(|part| !part.trim().is_empty()).flat_map(leaves);
        return parts.map(|(path, name)| ([&prefix[..], &path].concat(), name)).collect();
    }
    let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
    let path = segments(path);
    let name =
        if alias.is_empty() { path.last().cloned().unwrap_or_default() } else { alias.into() };
    vec![(path, name)]
}

fn segments(path: &str) -> Vec<String> {
    path.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// All modules of the library, and what each imports under which name.
struct Modules {
    files: BTreeMap<Vec<String>, String>,
    public: BTreeMap<Vec<String>, Vec<String>>,
}

impl Modules {
    fn new(sources: &[Source]) -> Modules {
        let files = sources.iter().map(|source| (source.module(), source.path.clone())).collect();
        let mut modules = Modules { files, public: BTreeMap::new() };
        for source in sources {
            for import in source.paths(&modules) {
                if let (Some(name), true) = (import.name, import.is_public) {
                    modules.public.insert([source.module(), vec![name]].concat(), import.path);
                }
            }
        }
        modules
    }

    /// Makes a path absolute. Returns `None` for a path of another crate or of an item in scope.
    fn absolute(&self, module: &[String], segments: &[String]) -> Option<Vec<String>> {
        let mut base = module.to_vec();
        let mut rest = segments;
        match rest.first()?.as_str() {
            "crate" => base.clear(),
            "self" | "super" => {}
            first if self.files.contains_key(&[module, &[first.to_owned()]].concat()) => {
                return Some([module, segments].concat());
            }
            _ => return None,
        }
        if matches!(rest[0].as_str(), "crate" | "self") {
            rest = &rest[1..];
        }
        while rest.first().is_some_and(|segment| segment == "super") {
            base.pop()?;
            rest = &rest[1..];
        }
        let rest = rest.iter().filter(|segment| *segment != "self").cloned();
        base.extend(rest);
        Some(base)
    }

    /// Returns the file that defines what a path names, through public imports of other files.
    fn file_of(&self, path: &[String], depth: usize) -> Option<&str> {
        for length in (1..=path.len()).rev() {
            let (start, rest) = path.split_at(length);
            if let Some(target) = self.public.get(start).filter(|_| depth < 8)
                && let Some(file) = self.file_of(&[target, rest].concat(), depth + 1)
            {
                return Some(file);
            }
            if let Some(file) = self.files.get(start) {
                return Some(file);
            }
        }
        None
    }
}

fn sources() -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&src, &src, &mut found);
    found
}

fn walk(src: &Path, dir: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(dir).expect("src can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(src, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source is UTF-8");
            let path = path.strip_prefix(src).expect("it is below src").display().to_string();
            if !path.contains("/tests") {
                found.push(Source::new(&path, &text));
            }
        }
    }
}

/// Returns the violations of [`APIS`] and [`LAYERS`] in one file.
fn violations(source: &Source, modules: &Modules) -> Vec<String> {
    let path = &source.path;
    let mut found = Vec::new();
    for (api, places) in APIS {
        if source.code.contains(api) && !places.iter().any(|place| path.starts_with(place)) {
            found.push(format!("{path} names {api}"));
        }
    }
    let layers = LAYERS.iter().filter(|(layer, _)| path.starts_with(layer));
    let Some((layer, may_use)) = layers.max_by_key(|(layer, _)| layer.len()) else { return found };
    for import in source.paths(modules) {
        let used = match import.path.as_slice() {
            [first, second, ..] if first == "bot" && BOT_FOLDERS.contains(&second.as_str()) => {
                format!("bot/{second}")
            }
            [first, ..] => first.clone(),
            [] => continue,
        };
        if modules.files.keys().any(|module| module.first() == import.path.first())
            && !may_use.contains(&used.as_str())
            && !LEAVES.contains(&used.as_str())
        {
            found.push(format!("{path}: {layer} uses {used}"));
        }
    }
    found
}

/// Returns the strongly connected components of more than one file, by the algorithm of Kosaraju.
fn cycles(edges: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<Vec<String>> {
    fn visit<'a>(
        at: &'a str,
        edges: &BTreeMap<&'a str, BTreeSet<&'a str>>,
        seen: &mut BTreeSet<&'a str>,
        order: &mut Vec<&'a str>,
    ) {
        if seen.insert(at) {
            for next in edges.get(at).into_iter().flatten() {
                visit(next, edges, seen, order);
            }
            order.push(at);
        }
    }
    let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
    for file in edges.keys() {
        visit(file, edges, &mut seen, &mut order);
    }
    let mut reversed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, targets) in edges {
        for to in targets {
            reversed.entry(to).or_default().insert(from);
        }
    }
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for file in order.into_iter().rev() {
        let mut component = Vec::new();
        visit(file, &reversed, &mut seen, &mut component);
        if component.len() > 1 {
            found.push(component.into_iter().map(str::to_owned).collect());
        }
    }
    found
}

#[test]
fn architecture_keeps_third_party_apis_and_dependencies_in_their_modules() {
    let sources = sources();
    let modules = Modules::new(&sources);
    let found: BTreeSet<_> =
        sources.iter().flat_map(|source| violations(source, &modules)).collect();
    assert_eq!(found, BTreeSet::new());
}

#[test]
fn architecture_lets_the_bot_read_articles_through_the_views_of_its_audiences_only() {
    // The change log has all articles; what is reported of it is read through a view.
    const EXCEPTION: &str = "bot/corpus_sync.rs";
    for source in sources().iter().filter(|source| source.path.starts_with("bot/")) {
        let reads_all =
            source.code.contains("library.all()") || source.code.contains(".view(Article");
        assert!(!reads_all || source.path == EXCEPTION, "{}", source.path);
    }
}

#[test]
fn architecture_has_no_import_cycle_between_files() {
    let sources = sources();
    let modules = Modules::new(&sources);
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for source in &sources {
        let targets = edges.entry(&source.path).or_default();
        let imports = source.paths(&modules);
        let files = imports.iter().filter_map(|import| modules.file_of(&import.path, 0));
        targets.extend(files.filter(|file| *file != source.path));
    }
    assert_eq!(cycles(&edges), Vec::<Vec<String>>::new());
}

#[test]
fn architecture_has_the_documented_folders_in_bot() {
    let bot = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bot");
    let entries = fs::read_dir(bot).expect("it can be read").flatten();
    let folders: BTreeSet<_> = entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("it is UTF-8"))
        .collect();
    assert_eq!(folders, BOT_FOLDERS.map(str::to_owned).into());
}

#[test]
fn architecture_test_finds_what_it_forbids() {
    let sources = [
        Source::new("search/mod.rs", "use tantivy::Term;\nuse crate::answer::Answer;"),
        Source::new("answer/mod.rs", "// teloxide\nmod one;\npub use one::{Answer, a::B as C};\n"),
        Source::new("answer/one.rs", "use super::two;\nfn f() { tantivy::f() }"),
        Source::new("answer/two.rs", "fn f() -> crate::answer::Answer {}"),
    ];
    let modules = Modules::new(&sources);
    let found: Vec<_> = sources.iter().flat_map(|source| violations(source, &modules)).collect();
    assert_eq!(found, ["search/mod.rs: search/ uses answer", "answer/one.rs names tantivy::"]);
    let path = ["answer", "Answer"].map(str::to_owned);
    assert_eq!(modules.file_of(&path, 0), Some("answer/one.rs"));
    let edges = BTreeMap::from([
        ("one", BTreeSet::from(["two"])),
        ("two", BTreeSet::from(["one"])),
        ("three", BTreeSet::from(["one"])),
    ]);
    let found = cycles(&edges).into_iter().map(BTreeSet::from_iter).collect::<Vec<_>>();
    assert_eq!(found, [BTreeSet::from(["one".to_owned(), "two".to_owned()])]);
}

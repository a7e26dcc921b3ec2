//! Tests of versions and of the changes between them.

use super::super::{Change, ChangeKind};
use super::*;

fn version(file: &str, hash: &str) -> ArticleVersion {
    ArticleVersion { article: ArticleId::of_file(file), file: file.into(), hash: hash.into() }
}

fn content(file: &str, passages: &[u64]) -> Content {
    let title = file.trim_end_matches(".md").to_uppercase();
    Content { title, passages: ids(passages) }
}

fn ids(numbers: &[u64]) -> Vec<PassageId> {
    numbers.iter().map(|number| PassageId::from_u64(*number)).collect()
}

/// Records files, each given as (name, hash, passages). Returns the changes as text.
fn record(store: &Store, files: &[(&str, &str, &[u64])], now: i64) -> Vec<String> {
    let all: Vec<_> = files.iter().map(|(file, hash, _)| version(file, hash)).collect();
    let outdated = store.outdated(&all).unwrap();
    let passages = files
        .iter()
        .map(|(file, _, passages)| (ArticleId::of_file(file), content(file, passages)))
        .filter(|(article, _)| outdated.contains(article))
        .collect();
    let before = store.newest_change().unwrap();
    let changes = store.record_versions(&all, &passages, now, now).unwrap();
    assert_eq!(store.changes_since(before).unwrap(), changes);
    assert_eq!(store.outdated(&all).unwrap(), []);
    let text = |change: &Change| {
        let new: Vec<_> = change.passages.iter().map(|passage| passage.to_u64()).collect();
        format!("{} {:?} {new:?} -{}", change.title, change.kind, change.lost)
    };
    changes.iter().map(text).collect()
}

#[test]
fn versions_that_are_seeded_are_no_changes() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let all = [version("a.md", "1"), version("b.md", "1")];
    store.seed_versions(&[(&all[0], content("a.md", &[1]))]).unwrap();
    assert_eq!(store.outdated(&all).unwrap(), [all[1].article]);
    assert_eq!(store.versions_stamp().unwrap(), None);
    let none: [&str; 0] = [];
    assert_eq!(record(&store, &[("a.md", "2", &[1, 2]), ("b.md", "1", &[7])], 10), none);
    assert_eq!(store.versions_stamp().unwrap(), Some(10));
    store.seed_versions(&[(&version("a.md", "3"), content("a.md", &[1, 2, 3]))]).unwrap();
    let changed = record(&store, &[("a.md", "3", &[1, 2, 3]), ("b.md", "1", &[7])], 20);
    assert_eq!(changed, ["A Changed [3] -0"]);
}

#[test]
fn versions_that_differ_are_recorded_as_changes() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    assert_eq!(store.newest_change().unwrap(), 0);
    let none: [&str; 0] = [];
    assert_eq!(record(&store, &[("a.md", "1", &[1, 2]), ("b.md", "1", &[u64::MAX])], 10), none);
    assert_eq!(record(&store, &[("a.md", "1", &[]), ("b.md", "1", &[])], 20), none);
    assert_eq!(
        record(&store, &[("c.md", "1", &[7, 6]), ("a.md", "2", &[3, 1, 4])], 30),
        ["C Added [7, 6] -0", "A Changed [3, 4] -1", "B Removed [18446744073709551615] -1"]
    );
    // Only the front matter, or the order.
    assert_eq!(record(&store, &[("c.md", "2", &[6, 7]), ("a.md", "2", &[])], 40), none);
    assert_eq!(
        record(&store, &[("c.md", "3", &[6]), ("a.md", "2", &[]), ("b.md", "1", &[])], 50),
        ["C Changed [] -1", "B Added [] -0"]
    );
    assert_eq!(store.newest_change().unwrap(), 5);
    assert_eq!(store.changes_since(3).unwrap().len(), 2);
}

#[test]
fn versions_of_some_files_give_the_same_changes_as_those_of_all() {
    let (data, whole_data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = Store::open(data.path()).unwrap();
    let whole = Store::open(whole_data.path()).unwrap();
    let before: [(&str, &str, &[u64]); 3] =
        [("a.md", "1", &[1]), ("b.md", "1", &[2, 3]), ("c.md", "1", &[4])];
    record(&store, &before, 10);
    record(&whole, &before, 10);
    let part = |between, hash: &str| {
        let item = version("b.md", hash);
        let contents = HashMap::from([(item.article, content("b.md", &[3, 5]))]);
        let gone = [ArticleId::of_file("c.md"), ArticleId::of_file("never.md")];
        store.record_some_versions(between, &[item], &gone, &contents, 20).unwrap()
    };
    assert_eq!(part((9, 20), "2"), None, "other versions were recorded before");
    assert_eq!(store.versions_stamp().unwrap(), Some(10));
    let after: [(&str, &str, &[u64]); 2] = [("a.md", "1", &[1]), ("b.md", "2", &[3, 5])];
    record(&whole, &after, 20);
    let changes = part((10, 20), "2").unwrap();
    assert_eq!(changes, whole.changes_since(0).unwrap());
    assert_eq!(store.changes_since(0).unwrap(), changes);
    assert_eq!(store.versions_stamp().unwrap(), Some(20));
    let all: Vec<_> = after.iter().map(|(file, hash, _)| version(file, hash)).collect();
    assert_eq!(store.outdated(&all).unwrap(), []);
    // Without the content of an article, the next record must have all files.
    let item = version("a.md", "2");
    let between = (20, 30);
    let nothing = HashMap::new();
    assert_eq!(
        store.record_some_versions(between, &[item], &[], &nothing, 30).unwrap(),
        Some(vec![])
    );
    assert_ne!(store.versions_stamp().unwrap(), Some(30));
    assert_eq!(store.record_some_versions((1, 40), &[], &[], &nothing, 40).unwrap(), None);
}

#[test]
fn versions_without_content_stay_outdated() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    record(&store, &[("a.md", "1", &[1])], 10);
    let changed = [version("a.md", "2")];
    assert_eq!(store.record_versions(&changed, &HashMap::new(), 2, 20).unwrap(), []);
    assert_ne!(store.versions_stamp().unwrap(), Some(2));
    assert_eq!(store.outdated(&changed).unwrap(), [changed[0].article]);
    assert_eq!(record(&store, &[("a.md", "2", &[1, 2])], 30), ["A Changed [2] -0"]);
}

#[test]
fn changes_are_pruned_and_their_ids_not_used_again() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    record(&store, &[], 10);
    record(&store, &[("a.md", "1", &[1])], 20);
    record(&store, &[("a.md", "2", &[2])], 30);
    store.prune(30 + 61 * 24 * 60 * 60).unwrap();
    assert_eq!(store.changes_since(0).unwrap().len(), 1);
    assert_eq!(store.newest_change().unwrap(), 2);
    record(&store, &[("a.md", "3", &[3])], 40);
    assert_eq!(store.newest_change().unwrap(), 3);
}

#[test]
fn versions_of_thousands_of_articles_are_recorded_in_order() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    record(&store, &[], 10);
    let all: Vec<_> = (0..5000).map(|n| version(&format!("{n}.md"), "1")).collect();
    let passages = all
        .iter()
        .map(|item| (item.article, content(&item.file, &[item.article.to_u64()])))
        .collect();
    let changes = store.record_versions(&all, &passages, 2, 20).unwrap();
    let came: Vec<_> = changes.iter().map(|change| change.article).collect();
    assert_eq!(came, all.iter().map(|item| item.article).collect::<Vec<_>>());
    let gone = store.record_versions(&all[..1], &HashMap::new(), 3, 30).unwrap();
    assert_eq!((gone.len(), gone[0].kind), (4999, ChangeKind::Removed));
}

#[test]
fn changes_are_merged_from_the_one_that_was_seen() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let merged = |seen| {
        let (last, articles) = store.article_changes_since(seen).unwrap();
        (last, articles.iter().map(|article| article.kind).collect::<Vec<_>>())
    };
    record(&store, &[], 10);
    assert_eq!(merged(0), (0, vec![]));
    record(&store, &[("a.md", "1", &[1])], 20);
    record(&store, &[("a.md", "2", &[1, 2])], 30);
    for _ in 0..2 {
        assert_eq!(merged(0), (2, vec![ChangeKind::Added]));
    }
    assert_eq!(merged(1), (2, vec![ChangeKind::Changed]));
    record(&store, &[("b.md", "1", &[3, 4, 5])], 40);
    assert_eq!(merged(1), (4, vec![ChangeKind::Added, ChangeKind::Removed]));
    assert_eq!(merged(4), (4, vec![]));
}

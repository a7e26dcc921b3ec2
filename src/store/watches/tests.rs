//! Watches and what they hit, on a real file.

use super::*;

fn added(store: &Store, chat: i64, words: &str) -> WatchId {
    match store.add_watch(chat, 0, words, 3, 10).unwrap() {
        Added::New { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

fn numbers(store: &Store, chat: i64) -> Vec<(u32, String)> {
    let all = store.watches(chat, 0).unwrap().into_iter();
    all.map(|watch| (watch.number, watch.words)).collect()
}

fn named(all: &[(u32, &str)]) -> Vec<(u32, String)> {
    all.iter().map(|(number, words)| (*number, (*words).to_owned())).collect()
}

fn hits(all: &[(WatchId, ArticleId)]) -> Vec<NewHit> {
    let passage = PassageId::from_u64(u64::MAX);
    all.iter()
        .map(|(watch, article)| NewHit { watch: *watch, article: *article, passage })
        .collect()
}

fn open(store: &Store) -> Vec<(i64, String, DeliveryState)> {
    let hits = store.open_hits().unwrap().into_iter();
    hits.map(|hit| (hit.chat, hit.words, hit.state)).collect()
}

#[test]
fn watches_have_numbers_and_a_limit() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let id = added(&store, 7, "Water rights");
    let again = store.add_watch(7, 0, "water  RIGHTS", 3, 10).unwrap();
    assert_eq!(again, Added::Already { id, number: 1 });
    added(&store, 7, "rye");
    added(&store, 7, "oats");
    assert_eq!(store.add_watch(7, 0, "barley", 3, 10).unwrap(), Added::Full);
    assert!(matches!(store.add_watch(7, 5, "rye", 3, 10), Ok(Added::New { number: 1, .. })));
    assert!(store.remove_watch(7, 0, 2).unwrap() && !store.remove_watch(7, 0, 2).unwrap());
    added(&store, 7, "barley");
    assert_eq!(numbers(&store, 7), named(&[(1, "Water rights"), (2, "barley"), (3, "oats")]));
    assert_eq!(store.all_watches().unwrap().len(), 4);
    assert_eq!(store.remove_watches(7, 0).unwrap(), 3);
    store.forget(7, None).unwrap();
    assert_eq!(store.all_watches().unwrap(), []);
}

#[test]
fn an_article_hits_once_for_ever() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let [rye, oats] = ["rye", "oats"].map(|words| added(&store, 7, words));
    let article = ArticleId::from_u64(u64::MAX);
    assert_eq!(store.watched_up_to().unwrap(), 0);
    store.note_hits(5, &hits(&[(rye, article), (oats, article)]), 9, 20).unwrap();
    assert_eq!(store.watched_up_to().unwrap(), 5);
    assert_eq!(store.open_hits().unwrap()[0].hit.article, article);
    assert!(store.attempt_hit(rye, article).unwrap());
    assert!(!store.attempt_hit(rye, article).unwrap());
    drop(store);

    let store = Store::open(data.path()).unwrap();
    let expected = [
        (7, "rye".to_owned(), DeliveryState::Sending),
        (7, "oats".to_owned(), DeliveryState::Claimed),
    ];
    assert_eq!(open(&store), expected);
    store.pause(7, 30).unwrap();
    assert!(store.open_hits().unwrap()[0].is_paused);
    store.finish_hit(rye, article, DeliveryState::Unknown, 31).unwrap();
    assert!(store.remove_watch(7, 0, 2).unwrap());
    assert_eq!(open(&store), []);
    // The article changes later; one of the watches is gone.
    store.note_hits(4, &hits(&[(rye, article), (oats, article)]), 9, 40).unwrap();
    assert_eq!(open(&store), []);
    assert_eq!(store.watched_up_to().unwrap(), 5);
}

#[test]
fn of_many_hits_the_first_are_quoted_and_the_others_counted() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let rye = added(&store, 7, "rye");
    let all: Vec<_> = (0..10).map(|number| (rye, ArticleId::from_u64(number))).collect();
    store.note_hits(1, &hits(&all[..1]), 3, 20).unwrap();
    store.finish_hit(rye, all[0].1, DeliveryState::Sent, 21).unwrap();
    store.note_hits(2, &hits(&all), 3, 30).unwrap();
    let open: Vec<_> =
        store.open_hits().unwrap().iter().map(|hit| (hit.hit.article.to_u64(), hit.more)).collect();
    assert_eq!(open, [(1, 0), (2, 0), (3, 6)]);
    assert_eq!(store.hit(rye, all[3].1).unwrap().map(|hit| hit.more), Some(6));
    store.note_hits(3, &hits(&all), 3, 40).unwrap();
    assert_eq!(store.open_hits().unwrap().len(), 3);
}

#[test]
fn a_chat_that_moves_keeps_its_watches_and_what_they_have_hit() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let [rye, oats] = ["rye", "oats"].map(|words| added(&store, -5, words));
    let [barley, same] = ["barley", "Oats"].map(|words| added(&store, -1005, words));
    let [a, b] = [1, 2].map(ArticleId::from_u64);
    store
        .note_hits(1, &hits(&[(rye, a), (oats, a), (oats, b), (same, b), (barley, b)]), 9, 20)
        .unwrap();
    store.finish_hit(oats, a, DeliveryState::Sent, 21).unwrap();
    store.finish_hit(same, b, DeliveryState::Sent, 21).unwrap();
    store.move_chat(-5, -1005).unwrap();
    assert_eq!(numbers(&store, -1005), named(&[(1, "barley"), (2, "Oats"), (3, "rye")]));
    assert_eq!(open(&store).len(), 2);
    store.note_hits(2, &hits(&[(same, a)]), 9, 30).unwrap();
    assert_eq!(open(&store).len(), 2);
}

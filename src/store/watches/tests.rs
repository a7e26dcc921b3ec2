//! Tests of watches and of their matches, with a real file.

use super::*;
use crate::ids::UserId;

const CHAT: ChatId = ChatId::new(7);
const GROUP: ChatId = ChatId::new(-5);
const SUPERGROUP: ChatId = ChatId::new(-1005);

fn add(store: &Store, chat: ChatId, subject: &str) -> WatchId {
    match store.add_watch(chat, None, subject, 3, 10).unwrap() {
        Added::New { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

fn numbers(store: &Store, chat: ChatId) -> Vec<(u32, String)> {
    let all = store.watches(chat, None).unwrap().into_iter();
    all.map(|watch| (watch.number, watch.subject)).collect()
}

fn named(all: &[(u32, &str)]) -> Vec<(u32, String)> {
    all.iter().map(|(number, subject)| (*number, (*subject).to_owned())).collect()
}

fn matches(all: &[(WatchId, ArticleId)]) -> Vec<WatchMatch> {
    let passage = PassageId::from_u64(u64::MAX);
    all.iter()
        .map(|(watch, article)| WatchMatch { watch: *watch, article: *article, passage })
        .collect()
}

fn finish(store: &Store, watch: WatchId, article: ArticleId, state: DeliveryState) {
    store.finish(DeliveryKey::Quote { watch, article }, state, None, None, 31).unwrap();
}

/// Returns the unfinished quotes.
fn unfinished(store: &Store) -> Vec<WatchQuote> {
    let keys = store.unfinished_quotes().unwrap().into_iter();
    keys.map(|key| match key {
        DeliveryKey::Quote { watch, article } => {
            store.watch_quote(watch, article).unwrap().unwrap()
        }
        DeliveryKey::Briefing { .. } => panic!("{key:?}"),
    })
    .collect()
}

#[test]
fn watches_have_numbers_and_a_limit() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let id = add(&store, CHAT, "Water rights");
    let again = store.add_watch(CHAT, None, "water  RIGHTS", 3, 10).unwrap();
    assert_eq!(again, Added::Already { id, number: 1 });
    add(&store, CHAT, "rye");
    add(&store, CHAT, "oats");
    assert_eq!(store.add_watch(CHAT, None, "barley", 3, 10).unwrap(), Added::Full);
    assert!(matches!(
        store.add_watch(CHAT, Some(TopicId::new(5)), "rye", 3, 10),
        Ok(Added::New { number: 1, .. })
    ));
    assert!(
        store.remove_watch(CHAT, None, 2).unwrap() && !store.remove_watch(CHAT, None, 2).unwrap()
    );
    add(&store, CHAT, "barley");
    assert_eq!(numbers(&store, CHAT), named(&[(1, "Water rights"), (2, "barley"), (3, "oats")]));
    assert_eq!(store.all_watches().unwrap().len(), 4);
    assert_eq!(store.remove_watches(CHAT, None).unwrap(), 3);
    store.forget(UserId::new(7), None).unwrap();
    assert_eq!(store.all_watches().unwrap(), []);
}

#[test]
fn watch_matches_an_article_once() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let [rye, oats] = ["rye", "oats"].map(|subject| add(&store, CHAT, subject));
    let article = ArticleId::from_u64(u64::MAX);
    assert_eq!(store.last_matched_change().unwrap(), 0);
    store.record_matches(5, &matches(&[(rye, article), (oats, article)]), 9, 20).unwrap();
    assert_eq!(store.last_matched_change().unwrap(), 5);
    let quote = DeliveryKey::Quote { watch: rye, article };
    assert_eq!(store.unfinished_quotes().unwrap()[0], quote);
    assert!(store.attempt(quote).unwrap());
    assert!(!store.attempt(quote).unwrap());
    drop(store);

    let store = Store::open(data.path()).unwrap();
    let found = unfinished(&store);
    let states: Vec<_> = found.iter().map(|quote| (quote.subject.as_str(), quote.state)).collect();
    assert_eq!(states, [("rye", DeliveryState::Sending), ("oats", DeliveryState::Claimed)]);
    store.pause(CHAT, 30).unwrap();
    assert_eq!(unfinished(&store), []);
    store.resume(CHAT).unwrap();
    finish(&store, rye, article, DeliveryState::Unknown);
    assert!(store.remove_watch(CHAT, None, 2).unwrap());
    assert_eq!(unfinished(&store), []);
    // The article changes later; one of the watches has ended.
    store.record_matches(4, &matches(&[(rye, article), (oats, article)]), 9, 40).unwrap();
    assert_eq!(unfinished(&store), []);
    assert_eq!(store.last_matched_change().unwrap(), 5);
}

#[test]
fn watch_quotes_the_first_matches_and_counts_the_others() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let rye = add(&store, CHAT, "rye");
    let all: Vec<_> = (0..10).map(|number| (rye, ArticleId::from_u64(number))).collect();
    store.record_matches(1, &matches(&all[..1]), 3, 20).unwrap();
    finish(&store, rye, all[0].1, DeliveryState::Sent);
    store.record_matches(2, &matches(&all), 3, 30).unwrap();
    let quoted = [1, 2, 3]
        .map(|number| DeliveryKey::Quote { watch: rye, article: ArticleId::from_u64(number) });
    assert_eq!(store.unfinished_quotes().unwrap(), quoted);
    assert!(unfinished(&store).iter().map(|quote| quote.more).eq([0, 0, 6]));
    store.record_matches(3, &matches(&all), 3, 40).unwrap();
    assert_eq!(store.unfinished_quotes().unwrap().len(), 3);
}

#[test]
fn watches_move_to_a_chat_that_has_others_with_their_matches() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let [rye, oats] = ["rye", "oats"].map(|subject| add(&store, GROUP, subject));
    let [barley, same] = ["barley", "Oats"].map(|subject| add(&store, SUPERGROUP, subject));
    let [a, b] = [1, 2].map(ArticleId::from_u64);
    let all = [(rye, a), (oats, a), (oats, b), (same, b), (barley, b)];
    store.record_matches(1, &matches(&all), 9, 20).unwrap();
    finish(&store, oats, a, DeliveryState::Sent);
    finish(&store, same, b, DeliveryState::Sent);
    store.move_chat(GROUP, SUPERGROUP).unwrap();
    assert_eq!(numbers(&store, SUPERGROUP), named(&[(1, "barley"), (2, "Oats"), (3, "rye")]));
    assert_eq!(unfinished(&store).len(), 2);
    store.record_matches(2, &matches(&[(same, a)]), 9, 30).unwrap();
    assert_eq!(unfinished(&store).len(), 2);
}

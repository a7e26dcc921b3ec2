//! What a chat watches for: the quote of an article that comes, once.

use std::collections::HashMap;

use serde_json::json;
use tempfile::TempDir;
use verbatim::bot::Clock;
use verbatim::index::no_progress;
use verbatim::library::Library;
use verbatim::store::{Added, ArticleVersion, Content, NewHit, Store, WatchId};

use crate::fake_bot_api::{ADA, FakeBotApi, GROUP, Shown};
use crate::talk::{conversation, folders, patient, said, write};

const DIKES: &str =
    "---\ntitle: Dikes\n---\n\nA dike keeps the sea from the polder. It is made of clay.\n";

/// What comes by itself, after any replies.
async fn unasked(telegram: &FakeBotApi) -> Shown {
    loop {
        let shown = telegram.next().await;
        if shown.reply_to.is_none() {
            return shown;
        }
    }
}

#[test]
fn an_article_that_answers_is_quoted_once_in_each_chat() {
    conversation(async |telegram| {
        let bot = patient(telegram, folders(), &Clock::default());
        let made = said(telegram, "/watch polder clay").await;
        assert_eq!(
            made.text,
            "Done. When an article comes that answers this, I quote it here:\n\nWatched for here:\n1. polder clay"
        );
        assert!(
            said(telegram, "/watch Polder  Clay").await.text.starts_with("This is watched for")
        );
        said(telegram, "/watch neap tide").await;
        telegram.writes(GROUP, json!({"text": "/watch sea"}));
        assert!(telegram.next().await.text.starts_with("Only administrators"));
        telegram.make_administrator(ADA);
        telegram.writes(
            GROUP,
            json!({"text": "/watch sea", "message_thread_id": 9, "is_topic_message": true}),
        );
        telegram.next().await;

        write(&bot.folders, "dikes.md", DIKES);
        let mut hits = [unasked(telegram).await, unasked(telegram).await];
        hits.sort_by_key(|hit| -hit.chat);
        assert_eq!(
            hits[0].text,
            "New on “polder clay”:\n\nA dike keeps the sea from the polder. It is made of clay.\nOpening · Dikes"
        );
        assert_eq!((hits[1].chat, hits[1].thread), (GROUP, Some(9)));
        assert!(hits[0].html.contains("<a href"), "{}", hits[0].html);
        telegram.presses(&hits[0], "Read section");
        assert!(telegram.next().await.text.starts_with("Opening"));

        // An edit of the same article says nothing; another article does.
        write(&bot.folders, "dikes.md", &DIKES.replace("made of", "full of sea sand and"));
        write(&bot.folders, "islands.md", &DIKES.replace("Dikes", "Islands"));
        for _ in 0..2 {
            assert!(unasked(telegram).await.text.ends_with("Opening · Islands"));
        }
        bot.stop().await;
    });
}

#[test]
fn of_many_articles_at_once_the_first_are_quoted_and_the_others_counted() {
    conversation(async |telegram| {
        let folders = folders();
        let bot = patient(telegram, folders, &Clock::default());
        said(telegram, "/watch polder").await;
        let bot_folders = bot.stop().await;
        for number in 0..9 {
            let text = DIKES.replace("Dikes", &format!("Dikes {number}"));
            write(&bot_folders, &format!("dikes-{number}.md"), &text);
        }
        let bot = patient(telegram, bot_folders, &Clock::default());
        let mut last = String::new();
        for _ in 0..5 {
            last = unasked(telegram).await.text;
            assert!(last.starts_with("New on “polder”:"), "{last}");
        }
        assert!(last.ends_with("4 more articles answer this. /brief polder"), "{last}");
        telegram.stays_silent(ADA).await;
        bot.stop().await;
    });
}

#[test]
fn watches_are_listed_and_ended() {
    conversation(async |telegram| {
        let bot = patient(telegram, folders(), &Clock::default());
        assert!(said(telegram, "/watch").await.text.starts_with("I watch for nothing here."));
        assert!(said(telegram, "/watch the of").await.text.starts_with("There is nothing in this"));
        said(telegram, "/watch dikes").await;
        said(telegram, "/watch sheep").await;
        let list = said(telegram, "/watch off 1").await;
        assert_eq!(list.text, "Ended.\n\nWatched for here:\n2. sheep");
        assert!(
            said(telegram, "/watch off 1").await.text.starts_with("There is nothing like that")
        );
        telegram.presses(&list, "End 2");
        assert_eq!(telegram.next().await.text.lines().next(), Some("Ended."));
        write(&bot.folders, "sheep.md", "---\ntitle: Sheep\n---\n\nSheep graze on dikes.\n");
        while !said(telegram, "sheep").await.text.starts_with("Sheep graze") {}
        telegram.stays_silent(ADA).await;
        bot.stop().await;
    });
}

#[test]
fn a_quote_is_neither_lost_nor_sent_twice_by_a_bot_that_is_killed() {
    for (count, expected) in [(0, "New on"), (1, "I was interrupted"), (2, "")] {
        conversation(async |telegram| {
            telegram.exists(ADA);
            let folders = folders();
            write(&folders, "dikes.md", DIKES);
            let (store, watch, stock) = watched(&folders);
            if count > 0 {
                assert!(store.attempt_hit(watch, stock.article).unwrap());
            }
            if count > 1 {
                let sent = verbatim::store::DeliveryState::Sent;
                store.finish_hit(watch, stock.article, sent, 100).unwrap();
            }
            drop(store);
            let bot = patient(telegram, folders, &Clock::default());
            if count < 2 {
                let shown = telegram.next().await;
                assert!(shown.text.starts_with(expected), "{}", shown.text);
                if count == 1 {
                    telegram.presses(&shown, "It did not arrive: send it");
                    assert!(telegram.next().await.text.starts_with("New on “polder”"));
                }
            }
            telegram.stays_silent(ADA).await;
            let bot = patient(telegram, bot.stop().await, &Clock::default());
            telegram.stays_silent(ADA).await;
            bot.stop().await;
        });
    }
}

/// A store as it is when an article has hit a watch.
fn watched(folders: &TempDir) -> (Store, WatchId, ArticleVersion) {
    let data = folders.path().join("data");
    let library = Library::open(&folders.path().join("corpus"), &data, no_progress).unwrap();
    let store = Store::open(&data).unwrap();
    let mut stock = Vec::new();
    let mut contents = HashMap::new();
    for listed in library.articles().iter() {
        let whole = library.full_article(listed.id).unwrap().unwrap();
        let passages = whole.passages.iter().map(|passage| passage.id).collect();
        contents.insert(listed.id, Content { title: whole.article.title.clone(), passages });
        let hash = listed.hash.to_hex();
        stock.push(ArticleVersion { article: listed.id, file: listed.file.clone(), hash });
    }
    store.record_versions(&stock[1..], &contents, 1, 100).unwrap();
    let Added::New { id, .. } = store.add_watch(ADA, 0, "polder", 5, 100).unwrap() else {
        panic!("it is new")
    };
    let changes = store.record_versions(&stock, &contents, 2, 100).unwrap();
    let passage = changes[0].passages[0];
    let hit = NewHit { watch: id, article: changes[0].article, passage };
    store.note_hits(changes[0].id, &[hit], 5, 100).unwrap();
    (store, id, stock.remove(0))
}

//! Watches of a chat: the quote of a new article that answers, once.

use std::collections::HashMap;
use std::path::Path;

use insta::assert_snapshot;
use verbatim::ids::ChatId;
use verbatim::index::no_progress;
use verbatim::library::Library;
use verbatim::store::{
    Added, ArticleVersion, Content, DeliveryKey, DeliveryState, Store, WatchId, WatchMatch,
};

use crate::fake_bot_api::ADA;
use crate::tester::{Bot, Start};

const DIKES: &str =
    "---\ntitle: Dikes\n---\n\nA dike keeps the sea from the polder. It is made of clay.\n";

#[tokio::test(flavor = "multi_thread")]
async fn watch_quotes_an_article_that_answers_once() {
    let bot = Bot::start().without_reader_limits().await;
    assert_snapshot!(bot.private().send("/watch polder clay").await, @"
    (reply to “/watch polder clay”)
    Done. When a new article answers this, I will quote it here:

    Watched topics:
    1. polder clay
    [Stop]
    ");
    assert_snapshot!(bot.private().send("/watch Polder  Clay").await, @"
    (reply to “/watch Polder  Clay”)
    I already watch for this:

    Watched topics:
    1. polder clay
    [Stop]
    ");
    bot.private().send("/watch neap tide").await;
    bot.add_article("dikes.md", DIKES).await;
    let hit = bot.next_message().await;
    assert_snapshot!(hit, @"
    New on “polder clay”:

    > A dike keeps the sea from the polder. It is made of clay.
    Opening · Dikes
    [Context] [Read] [⋯]
    ");
    assert!(hit.html.contains("<a href"), "{}", hit.html);
    assert_snapshot!(bot.press(&hit, "Read").await, @"
    (edit)
    Opening
    Dikes

    A dike keeps the sea from the polder. It is made of clay.
    [Contents]
    [Back to the answer]
    ");

    // An edit of the same article is not quoted; another article is.
    bot.add_article("dikes.md", &DIKES.replace("made of", "full of sea sand and")).await;
    bot.add_article("islands.md", &DIKES.replace("Dikes", "Islands")).await;
    assert_snapshot!(bot.next_message().await, @"
    New on “polder clay”:

    > A dike keeps the sea from the polder. It is made of clay.
    Opening · Islands
    [Context] [Read] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_in_a_topic_is_set_up_by_administrators_and_quoted_there() {
    let bot = Bot::start().without_reader_limits().await;
    assert_snapshot!(bot.group().send("/watch sea").await, @"
    (group, reply to “/watch sea”)
    Only administrators of this group can do that.
    ");
    assert_snapshot!(bot.group().admin().topic(9).send("/watch sea").await, @"
    (group, topic 9, reply to “/watch sea”)
    Done. When a new article answers this, I will quote it here:

    Watched topics:
    1. sea
    [Stop]
    ");
    bot.private().send("/watch polder clay").await;
    bot.add_article("dikes.md", DIKES).await;
    // Watches of two chats are quoted in any order.
    let mut hits = [bot.next_message().await, bot.next_message().await];
    hits.sort_by_key(|hit| -hit.chat);
    let [private, topic] = hits;
    assert_eq!(private.chat, ADA);
    assert_snapshot!(topic, @"
    (group, topic 9)
    New on “sea”:

    > A dike keeps the sea from the polder. It is made of clay.
    Opening · Dikes
    [Context] [Read] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_quotes_the_first_of_many_articles_and_counts_the_others() {
    let mut bot = Bot::start().without_reader_limits().await;
    bot.private().send("/watch polder").await;
    bot.stop().await;
    for number in 0..9 {
        let text = DIKES.replace("Dikes", &format!("Dikes {number}"));
        bot.write(&format!("dikes-{number}.md"), &text);
    }
    bot.run();
    for _ in 0..4 {
        let hit = bot.next_message().await;
        let quote = "New on “polder”:\n\nA dike keeps the sea from the polder. It is made of clay.";
        assert!(hit.text.starts_with(quote) && hit.text.lines().count() == 4, "{hit}");
    }
    let last = bot.next_message().await.text;
    let rest = last.split_once("\n\n").and_then(|(_, rest)| rest.split_once("\n\n"));
    assert_snapshot!(rest.expect("another paragraph").1, @"4 more articles answer this. /brief polder");
    bot.private().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_is_listed_and_ended() {
    let bot = Bot::start().without_reader_limits().await;
    assert_snapshot!(bot.private().send("/watch").await, @"
    (reply to “/watch”)
    I watch for nothing here. For example, send /watch water treaty. When a new article answers this, I will quote it.
    ");
    assert_snapshot!(bot.private().send("/watch the of").await, @"
    (reply to “/watch the of”)
    These words say nothing that I can watch for. Send names or other words as they are written in the articles.
    ");
    bot.private().send("/watch dikes").await;
    bot.private().send("/watch sheep").await;
    let list = bot.private().send("/watch off 1").await;
    assert_snapshot!(list, @"
    (reply to “/watch off 1”)
    Ended.

    Watched topics:
    2. sheep
    [Stop]
    ");
    assert_snapshot!(bot.private().send("/watch off 1").await, @"
    (reply to “/watch off 1”)
    There is nothing with this number to end.

    Watched topics:
    2. sheep
    [Stop]
    ");
    assert_snapshot!(bot.press(&list, "Stop").await, @"
    (edit)
    Ended.

    I watch for nothing here. For example, send /watch water treaty. When a new article answers this, I will quote it.
    ");
    bot.add_article("sheep.md", "---\ntitle: Sheep\n---\n\nSheep graze on dikes.\n").await;
    assert_snapshot!(bot.private().send("sheep").await, @"
    (reply to “sheep”)
    > Sheep graze on dikes.
    Opening · Sheep
    [Context] [Read] [⋯]
    ");
    bot.private().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_hit_that_was_not_sent_before_a_kill_is_sent_after_it() {
    let mut bot = killed(|_, _, _| {}).await;
    assert_snapshot!(bot.next_message().await, @"
    New on “polder”:

    > A dike keeps the sea from the polder. It is made of clay.
    Opening · Dikes
    [Context] [Read] [⋯]
    ");
    sends_nothing_more(&mut bot).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_hit_that_was_being_sent_at_a_kill_is_sent_again_only_on_request() {
    let mut bot = killed(|store, watch, stock| {
        let quote = DeliveryKey::Quote { watch, article: stock.article };
        assert!(store.attempt(quote).expect("it is written"));
    })
    .await;
    let unsure = bot.next_message().await;
    assert_snapshot!(unsure, @"
    I was interrupted while sending a message here, and do not know whether it arrived.
    [It did not arrive: send it again]
    ");
    assert_snapshot!(bot.press(&unsure, "It did not arrive: send it again").await, @"
    (edit)
    New on “polder”:

    > A dike keeps the sea from the polder. It is made of clay.
    Opening · Dikes
    [Context] [Read] [⋯]
    ");
    sends_nothing_more(&mut bot).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_hit_that_was_sent_before_a_kill_is_not_sent_again() {
    let mut bot = killed(|store, watch, stock| {
        let quote = DeliveryKey::Quote { watch, article: stock.article };
        assert!(store.attempt(quote).expect("it is written"));
        store.finish(quote, DeliveryState::Sent, None, None, 100).expect("it is written");
    })
    .await;
    sends_nothing_more(&mut bot).await;
}

async fn sends_nothing_more(bot: &mut Bot) {
    bot.private().stays_silent().await;
    bot.restart().await;
    bot.private().stays_silent().await;
}

/// Returns a bot that starts after another one was killed, which had recorded a hit and then came
/// as far as `steps`.
fn killed(steps: impl FnOnce(&Store, WatchId, &ArticleVersion)) -> Start {
    Bot::start()
        .without_reader_limits()
        .article("dikes.md", DIKES)
        .telegram(|telegram| telegram.exists(ADA))
        .folders(|folders| {
            let (store, watch, stock) = recorded_hit(folders);
            steps(&store, watch, &stock);
        })
}

/// Makes a store in which an article has hit a watch.
fn recorded_hit(folders: &Path) -> (Store, WatchId, ArticleVersion) {
    let data = folders.join("data");
    let library = Library::open(&folders.join("corpus"), &data, no_progress).expect("a corpus");
    let store = Store::open(&data).expect("a new store");
    let mut stock = Vec::new();
    let mut contents = HashMap::new();
    for listed in library.all().articles().iter() {
        let whole = library
            .all()
            .full_article(listed.id)
            .expect("the index is whole")
            .expect("it is listed");
        let passages = whole.passages.iter().map(|passage| passage.id).collect();
        contents.insert(listed.id, Content { title: whole.article.title.clone(), passages });
        let hash = listed.hash.to_hex();
        stock.push(ArticleVersion { article: listed.id, file: listed.file.clone(), hash });
    }
    store.record_versions(&stock[1..], &contents, 1, 100).expect("it is written");
    let added = store.add_watch(ChatId::new(ADA), None, "polder", 5, 100).expect("it is written");
    let Added::New { id, .. } = added else { panic!("the watch is new") };
    let changes = store.record_versions(&stock, &contents, 2, 100).expect("it is written");
    let passage = changes[0].passages[0];
    let found = WatchMatch { watch: id, article: changes[0].article, passage };
    store.record_matches(changes[0].id, &[found], 5, 100).expect("it is written");
    (store, id, stock.remove(0))
}

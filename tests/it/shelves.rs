//! Shelves: the part of the articles that a chat or topic chose with `/shelf`.

use insta::assert_snapshot;
use verbatim::ids::ChatId;

use crate::fake_bot_api::{ADA, BEN, GROUP};
use crate::tester::{Bot, Start, eventually};

const DIKES: &str = "---\ntitle: Dikes\ntags: [coast]\n---\n\n\
    A dike is built of clay. Floods are stopped by a dike.\n";
const DAMS: &str = "---\ntitle: Dams\ntags: [coal]\n---\n\n\
    Floods turn the turbines of a dam. A dam makes electricity.\n";
const ICE: &str = "---\ntitle: Ice\ntags: [climate]\n---\n\n\
    Floods follow when the ice melts in summer.\n";

/// Returns a bot with articles on floods in three folders.
fn floods() -> Start {
    let bot = Bot::start().clock("2026-06-01T07:00Z").without_reader_limits();
    bot.article("water/dikes.md", DIKES).article("energy/dams.md", DAMS).article("ice/ice.md", ICE)
}

#[tokio::test(flavor = "multi_thread")]
async fn shelf_is_shown_set_and_cleared() {
    let bot = floods().await;
    assert_snapshot!(bot.private().send("/shelf").await, @"
    (reply to “/shelf”)
    This chat uses all articles. To use only some, send /shelf with folders or tags, for example /shelf water, energy tag:climate
    ");
    assert_snapshot!(bot.private().send("/shelf water, tag:climate").await, @"
    (reply to “/shelf water, tag:climate”)
    Done. From now on, this chat uses only these articles: water, tag:climate (2).
    ");
    assert_snapshot!(bot.private().send("/shelf").await, @"
    (reply to “/shelf”)
    This chat uses only these articles: water, tag:climate (2). Questions, briefings and alerts take no others. /shelf all takes all articles again.
    ");
    assert_snapshot!(bot.private().send("/sections").await, @"
    (reply to “/sections”)
    Only from the articles chosen for this chat: water, tag:climate (/shelf).

    Articles: 2
    [Dikes]
    [Ice]
    ");
    assert_snapshot!(bot.private().send("/about").await, @"
    (reply to “/about”)
    I answer from 2 articles with 2 sections, word for word. Every quote links to its source.

    Only from the articles chosen for this chat: water, tag:climate (/shelf).

    Articles: 2
    [Dikes]
    [Ice]
    ");
    assert_snapshot!(bot.private().send("What is built of clay?").await, @"
    (reply to “What is built of clay?”)
    > A dike is built of clay. Floods are stopped by a dike.
    Opening · Dikes
    [Context] [Read] [⋯]
    ");
    assert_snapshot!(bot.private().send("What makes electricity?").await, @"
    (reply to “What makes electricity?”)
    I found nothing about “electricity” in the articles.
    Only from the articles chosen for this chat: water, tag:climate (/shelf).
    [Contents]
    ");
    assert_snapshot!(bot.private().send("floods in:energy").await, @"
    (reply to “floods in:energy”)
    There is no folder “energy”. There are: ice, water.
    Only from the articles chosen for this chat: water, tag:climate (/shelf).
    [Contents]
    ");
    assert_snapshot!(bot.private().send("/brief turbines").await, @"
    (reply to “/brief turbines”)
    I found nothing about “turbines” in the articles.
    Only from the articles chosen for this chat: water, tag:climate (/shelf).
    [Contents]
    ");
    assert_snapshot!(bot.private().send("/shelf oil").await, @"
    (reply to “/shelf oil”)
    There is no folder “oil”. There are: energy, ice, water.
    ");
    assert_snapshot!(bot.private().send("/shelf by:ada").await, @"
    (reply to “/shelf by:ada”)
    A shelf has folders and tags only. For example, send: /shelf water, energy tag:climate
    ");
    assert_snapshot!(bot.private().send("/shelf energy oil").await, @"
    (reply to “/shelf energy oil”)
    There is no folder “energy oil”. There are: energy, ice, water.
    ");
    assert_snapshot!(bot.private().send("/shelf energy ice").await, @"
    (reply to “/shelf energy ice”)
    Done. From now on, this chat uses only these articles: energy, ice (2).
    ");
    assert_snapshot!(bot.private().send("/shelf enrgy; clima").await, @"
    (reply to “/shelf enrgy; clima”)
    Done. From now on, this chat uses only these articles: energy, tag:climate (2).
    ");
    assert_snapshot!(bot.private().language("ru").send("/shelf все").await, @"
    (reply to “/shelf все”)
    Готово. Этот чат использует все статьи.
    ");
    assert_snapshot!(bot.private().send("/sections").await, @"
    (reply to “/sections”)
    Articles: 4
    [Dams]
    [Dikes]
    [Ice]
    [Tides & <Times>]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn shelf_of_a_group_is_changed_by_its_administrators() {
    let bot = floods().await;
    let refused = bot.group().ben().send("/shelf water").await;
    assert_snapshot!(refused, @"
    (group, reply to “/shelf water”)
    Only administrators of this group can do that.
    ");
    bot.group().admin().send("/shelf water").await;
    assert_snapshot!(bot.group().ben().send("/shelf").await, @"
    (group, reply to “/shelf”)
    This chat uses only these articles: water (1). Questions, briefings and alerts take no others. /shelf all takes all articles again.
    ");
    let answer = bot.group().ben().send("/ask What makes electricity?").await;
    assert!(!answer.text.contains("turbines"), "{answer}");
    // Other chats have all articles.
    let answer = bot.private_of(BEN).send("What makes electricity?").await;
    assert!(answer.text.contains("electricity"), "{answer}");
    // Topics have the shelf of the group until they have their own.
    let in_topic = || bot.group().topic(7);
    assert_snapshot!(in_topic().send("/shelf").await, @"
    (group, topic 7, reply to “/shelf”)
    This topic uses the choice of the whole group.

    This chat uses only these articles: water (1). Questions, briefings and alerts take no others. /shelf all takes all articles again.
    ");
    in_topic().admin().send("/shelf in:energy").await;
    assert_snapshot!(in_topic().send("/shelf").await, @"
    (group, topic 7, reply to “/shelf”)
    This chat uses only these articles: energy (1). Questions, briefings and alerts take no others. /shelf all takes all articles again.
    ");
    let answer = in_topic().send("/ask What makes electricity?").await;
    assert!(answer.text.contains("electricity"), "{answer}");
    let answer = bot.group().topic(8).send("/ask What makes electricity?").await;
    assert!(!answer.text.contains("turbines"), "{answer}");
    in_topic().admin().send("/shelf all").await;
    let answer = in_topic().send("/ask What is built of clay?").await;
    assert!(answer.text.contains("clay"), "{answer}");
    assert_snapshot!(in_topic().admin().send("/shelf off").await, @"
    (group, topic 7, reply to “/shelf off”)
    This topic uses the choice of the whole group.

    This chat uses only these articles: water (1). Questions, briefings and alerts take no others. /shelf all takes all articles again.
    ");
    // The supergroup that the group becomes keeps the shelf.
    bot.group().migrate_to(-1007);
    let store = bot.store();
    eventually("the group is moved", async || store.shelf(ChatId::new(-1007), None).ok()?).await;
    assert_snapshot!(bot.chat(-1007).send("/shelf").await, @"
    (chat -1007, reply to “/shelf”)
    This chat uses only these articles: water (1). Questions, briefings and alerts take no others. /shelf all takes all articles again.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn shelf_holds_for_inline_queries_briefings_and_watches() {
    let bot = floods().await;
    bot.private().send("/shelf water").await;
    bot.private().send("/brief daily 08:30 UTC").await;
    bot.private().send("/watch floods").await;
    assert_snapshot!(bot.inline("floods").user(ADA).await, @"Opening: A dike is built of clay. Floods are stopped by a dike.");
    assert_snapshot!(bot.inline("").user(ADA).await, @"Opening: Dikes");
    assert_eq!(bot.inline("floods").user(BEN).await.posts.len(), 3);
    bot.add_article("energy/oil.md", "# Oil\n\nFloods carry oil.\n").await;
    bot.add_article("water/lakes.md", "# Lakes\n\nFloods fill a lake.\n").await;
    assert_snapshot!(bot.next_message().await, @"
    New on “floods”:

    > Floods fill a lake.
    Opening · Lakes
    [Context] [Read] [⋯]
    ");
    bot.advance_to("2026-06-01T08:32Z").await;
    assert_snapshot!(bot.next_message().await, @"
    What is new

    Lakes · new
    > Floods fill a lake.
    [Lakes]
    ");
    bot.remove_article("energy/oil.md").await;
    bot.advance_to("2026-06-02T08:32Z").await;
    assert_eq!(bot.unseen(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn shelf_does_not_close_what_a_button_opens() {
    let bot = floods().await;
    let answer = bot.private().send("What makes electricity?").await;
    bot.private().send("/shelf water").await;
    let context = bot.press(&answer, "Context").await;
    assert!(context.text.contains("turbines"), "{context}");
}

#[tokio::test(flavor = "multi_thread")]
async fn shelf_is_forgotten_with_its_chat() {
    let bot = floods().await;
    bot.private().send("/shelf water").await;
    bot.private().send("/forget").await;
    let shelf = bot.store().shelf(verbatim::ids::ChatId::new(ADA), None);
    assert_eq!(shelf.expect("the store can be read"), None);
    bot.group().admin().send("/shelf water").await;
    bot.group().remove_bot();
    bot.private().send("/shelf").await;
    bot.confirmed().await;
    let store = bot.store();
    crate::tester::eventually("the shelf of the group is removed", async || {
        let shelf = store.shelf(verbatim::ids::ChatId::new(GROUP), None);
        shelf.expect("the store can be read").is_none().then_some(())
    })
    .await;
}

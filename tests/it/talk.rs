//! Talk around questions: requests in words, reactions, mentions, albums and other ways to write.

use insta::assert_snapshot;
use serde_json::json;

use crate::fake_bot_api::GROUP;
use crate::tester::Bot;

const RIVER: &str = "---\ntitle: Dried rivers\nauthors: [Ada Moon]\npublished: 2026-02-01\nsource_url: https://example.org/rivers\n---\n\n\
    The water dispute between the two countries is about the Helmand River.\n\n\
    The dispute over the river began when the dam was built.\n";
const QUESTION: &str = "Which river is the water dispute about?";

/// Starts a bot with one article, about a river.
async fn river_bot() -> Bot {
    Bot::start().without_tides().article("river.md", RIVER).without_reader_limits().await
}

#[tokio::test(flavor = "multi_thread")]
async fn talk_around_a_question_does_not_decide() {
    let bot = river_bot().await;
    for asked in [
        "FYI @ada_moon @bob_2 which river is the water dispute about?",
        "My colleague Ada Moon wants to know which river the water dispute is about",
        "Hi all,\n\nwhich river is the water dispute about?\n\nThanks,\nAda\n-- \nAda Moon\nNews desk",
        "I have read it twice. Which river is the water dispute about? Thank you in advance!",
    ] {
        let answer = bot.private().send(asked).await;
        assert!(answer.text.contains("Helmand"), "{answer}");
    }
    let answer =
        bot.group().send("@carol @VerbatimBot which river is the water dispute about?").await;
    assert!(answer.text.contains("Helmand"), "{answer}");
    let answer = bot.group().send("which river, @VerbatimBot, is the water dispute about?").await;
    assert!(answer.text.contains("Helmand"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn talk_for_a_briefing_shows_it_and_names_the_command() {
    let bot = river_bot().await;
    assert_snapshot!(bot.private().send("summarize the article").await, @"
    (reply to “summarize the article”)
    /brief shows the newest article; /brief and a topic, what all articles say on it.

    Dried rivers
    by Ada Moon
    2026-02-01
    > The dispute over the river began when the dam was built.
    Opening
    [Contents]
    ");
    for asked in ["tl;dr", "What's this about?", "main points please", "Summary!"] {
        let brief = bot.group().send(&format!("/ask {asked}")).await;
        assert!(brief.text.contains("/brief") && brief.text.contains("Dried rivers"), "{brief}");
    }
    let brief = bot.private().language("de").send("Worum geht es?").await;
    assert!(brief.text.contains("/brief"), "{brief}");
}

#[tokio::test(flavor = "multi_thread")]
async fn talk_about_the_source_and_for_more_follows_the_last_quote() {
    let mut bot = river_bot().await;
    assert_snapshot!(bot.private().send("source?").await, @"
    (reply to “source?”)
    There is no quote here yet. Ask a question first: the link below each quote is its source.
    ");
    assert_snapshot!(bot.private().send("more").await, @"
    (reply to “more”)
    There is no quote here yet. Ask a question first: the link below each quote is its source.
    ");
    let answer = bot.private().send("What is the dispute over the river?").await;
    assert!(answer.labels().contains(&"More (1)"), "{answer}");
    bot.restart().await;
    assert_snapshot!(bot.private().send("link").await, @"
    (reply to “link”)
    Opening · Dried rivers
    by Ada Moon
    2026-02-01
    [Read] [Dried rivers]
    ");
    let next = bot.private().send("more").await;
    assert_snapshot!(next, @"
    (reply to “more”)
    > The water dispute between the two countries is about the Helmand River.
    Opening · Dried rivers
    [«] [Context] [Read] [⋯]
    ");
    assert_snapshot!(bot.private().send("next").await, @"
    (reply to “next”)
    There are no more quotes for that question. Ask in other words, or about something else.
    ");
    let source = bot.private().reply_to(&next).send("where is this from?").await;
    assert_eq!(source.links().len(), 1, "{source}");
}

#[tokio::test(flavor = "multi_thread")]
async fn talk_about_articles_gets_a_list() {
    let bot = Bot::start().article("river.md", RIVER).await;
    assert_snapshot!(bot.private().send("how many articles?").await, @"
    (reply to “how many articles?”)
    Articles: 2

    Dried rivers
    by Ada Moon
    2026-02-01

    Tides & <Times>
    by Ada
    [Dried rivers]
    [Tides & <Times>]
    ");
    assert_snapshot!(bot.private().send("what's new?").await, @"
    (reply to “what's new?”)
    The newest of all articles (2):

    Dried rivers
    by Ada Moon
    2026-02-01

    Tides & <Times>
    by Ada
    [Dried rivers]
    [Tides & <Times>]
    ");
    assert_snapshot!(bot.private().send("what did MOON write?").await, @"
    (reply to “what did MOON write?”)
    Articles by Ada Moon: 1

    Dried rivers
    by Ada Moon
    2026-02-01
    [Dried rivers]
    ");
    assert_snapshot!(bot.private().send("newest on water").await, @"
    (reply to “newest on water”)
    Articles on “water”, newest first: 1

    Dried rivers
    by Ada Moon
    2026-02-01
    [Dried rivers]
    ");
    assert_snapshot!(bot.private().send("when was Dried rivers published?").await, @"
    (reply to “when was Dried rivers published?”)
    Dried rivers
    by Ada Moon
    2026-02-01
    [Dried rivers]
    ");
    assert_snapshot!(bot.private().send("who wrote Dried rivers and when?").await, @"
    (reply to “who wrote Dried rivers and when?”)
    Dried rivers
    by Ada Moon
    2026-02-01
    [Dried rivers]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn talk_about_the_bot_is_answered_honestly() {
    let bot = river_bot().await;
    let identity = bot.private().send("are you an AI?").await;
    assert!(identity.text.starts_with("I am a program, not a person"), "{identity}");
    assert_eq!(
        bot.private().send("what can I ask?").await.content(),
        bot.private().send("/help").await.content()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn talk_that_reacts_gets_a_line_in_private_and_nothing_in_groups() {
    let bot = river_bot().await;
    for reaction in ["ok", "👍", "lol"] {
        let reply = bot.private().send(reaction).await;
        assert_eq!(reply.text, "Ask me anything else about the articles.");
    }
    let answer = bot.group().send(&format!("/ask {QUESTION}")).await;
    for remark in [
        "👍",
        "👍🏽",
        "😂😂",
        "lol",
        "no",
        "+1",
        "ok",
        "nice",
        "...",
        "@carol look at this",
        "@carol what do you think?",
        "look at this @carol",
        "so sad",
        "I knew it",
        "told you it is the Helmand river",
    ] {
        bot.group().ben().reply_to(&answer).post(remark);
    }
    bot.group().post("👍 @VerbatimBot");
    bot.group().stays_silent().await;
    let answer = bot.group().reply_to(&answer).send("and who built the dam?").await;
    assert!(answer.text.contains("dam"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn talk_that_points_to_a_message_asks_it() {
    let bot = river_bot().await;
    let points = |text: &'static str| bot.group().ben().reply_to_person(QUESTION).send(text);
    for text in ["@VerbatimBot", "@verbatimbot ^^", "/ask@VerbatimBot", "/ask 👆", "@VerbatimBot ?"]
    {
        let answer = points(text).await;
        assert!(answer.text.contains("Helmand"), "{text}: {answer}");
    }
    let asked = json!({"message_id": 1, "photo": [], "caption": QUESTION, "from": {"id": 7}});
    let answer = bot.group().field("reply_to_message", asked).send("@VerbatimBot").await;
    assert!(answer.text.contains("Helmand"), "{answer}");
    let poll = json!({"message_id": 1, "poll": {"question": QUESTION}, "from": {"id": 7}});
    let answer = bot.group().field("reply_to_message", poll).send("/ask").await;
    assert!(answer.text.contains("Helmand"), "{answer}");
    let elsewhere = json!({"origin": {"type": "channel", "message_id": 4, "date": 1}});
    let quoted = bot.group().field("external_reply", elsewhere.clone()).quoting(QUESTION);
    let answer = quoted.send("/ask@VerbatimBot").await;
    assert!(answer.text.contains("Helmand"), "{answer}");
    let unquoted = bot.group().field("external_reply", elsewhere).send("/ask").await;
    assert!(unquoted.text.starts_with("What would you like to know?"), "{unquoted}");
    let alone = bot.group().send("@VerbatimBot").await;
    assert_eq!(alone.text, unquoted.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn talk_in_an_album_is_one_message() {
    let bot = river_bot().await;
    let picture = |caption: Option<&str>| {
        let picture = bot.private().field("photo", json!([])).field("media_group_id", json!("77"));
        match caption {
            Some(caption) => picture.field("caption", json!(caption)),
            None => picture,
        }
    };
    for at in 0..10 {
        let posted = picture((at == 4).then_some(QUESTION)).post_nothing();
        if at == 4 {
            assert!(bot.reply_to(posted).await.text.contains("Helmand"));
        }
    }
    bot.private().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn talk_as_a_channel_or_as_the_group_is_answered() {
    let bot = river_bot().await;
    let asked = format!("/ask@VerbatimBot {QUESTION}");
    for writer in [
        bot.group().channel_sender(-1_007_770_001).named("Channel", "Channel_Bot"),
        bot.group().anonymous_admin().named("Group", "GroupAnonymousBot"),
    ] {
        let answer = writer.send(&asked).await;
        assert!(answer.text.contains("Helmand"), "{answer}");
    }
    let forwarded = bot.group().channel_sender(-1_007_770_001);
    forwarded.field("is_automatic_forward", json!(true)).post(&asked);
    bot.group().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn talk_that_starts_the_bot_by_a_foreign_link_gets_the_welcome_once() {
    let bot = river_bot().await;
    let welcome = bot.group().send("/start@VerbatimBot true").await;
    assert_eq!(welcome.chat, GROUP);
    assert!(welcome.text.starts_with("Hello! I answer questions"), "{welcome}");
    bot.group().post("/start@VerbatimBot true");
    bot.group().add_bot();
    bot.group().stays_silent().await;
    let help = bot.private().send("/help").await;
    for payload in ["true", "anything", "start", "promo", "quiz", "p", "sAAA"] {
        let reply = bot.private().send(&format!("/start {payload}")).await;
        assert_eq!(reply.content(), help.content(), "{payload}");
    }
    let old = bot.private().send("/start sAAAAAAAAAAH").await;
    assert!(old.text.starts_with("The text has changed"), "{old}");
}

//! Access control: no text of the articles reaches a person or chat that is not let in.

use insta::assert_snapshot;
use serde_json::Value;
use verbatim::config::Telegram;
use verbatim::ids::{ChatId, UserId};
use verbatim::store::DeliveryState;

use crate::fake_bot_api::{ADA, BEN, GROUP, Message};
use crate::tester::Bot;

const CLUB: i64 = -1002;
const NOT_ALLOWED: &str = "Sorry, I only answer people whom my operator has given access.";
const SEND: &str = "To ask for access, send my operator this:";
/// Words of the articles.
const SECRETS: [&str; 5] = ["Tides", "tide", "Rance", "Moon", "Tidal"];

/// Lets in Ada and a club.
fn restrict(settings: &mut Telegram) {
    settings.access.allowed_users = vec![UserId::new(ADA)];
    settings.access.allowed_chats = vec![ChatId::new(CLUB)];
}

fn has_secrets(message: &Message) -> bool {
    let all = format!("{message} {:?}", message.buttons);
    SECRETS.iter().any(|secret| all.contains(secret))
}

#[tokio::test(flavor = "multi_thread")]
async fn access_shows_a_group_no_example_unless_the_group_is_let_in() {
    let bot = Bot::start().configure(restrict).await;
    bot.group().ben().add_bot();
    assert_snapshot!(bot.next_message().await, @"
    (group)
    Sorry, I only answer people whom my operator has given access. To ask for access, send my operator this:

    Number of this group: -1001
    ");
    // The group gets the line once.
    bot.group().ben().add_bot();
    bot.chat(-1003).add_bot();
    let welcome = bot.next_message().await;
    assert!(!has_secrets(&welcome));
    assert_snapshot!(welcome, @"
    (chat -1003)
    Hello! I answer questions with word-for-word quotes from the articles. Send /ask and your question, or reply to one of my answers. I ignore all other messages.
    ");
    bot.chat(CLUB).ben().add_bot();
    let welcome = bot.next_message().await;
    assert_snapshot!(welcome, @"
    (chat -1002)
    Hello! I answer questions with word-for-word quotes from the articles. Send /ask and your question, or reply to one of my answers. I ignore all other messages.

    Telegram’s privacy mode hides all other messages from me, including mentions such as @VerbatimBot. Make me an administrator if I should answer mentions.

    Try one of these:
    [What does the article say about Neap tides?]
    [What does the article say about Tidal power?]
    [What else I can do]
    ");
    // The examples are for everybody in the club.
    bot.click_as(BEN, &welcome, &welcome.buttons[0][0].1);
    assert_snapshot!(bot.next_message().await, @"
    (chat -1002, edit)
    What does the article say about Neap tides?

    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    [Back to the examples]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn access_keeps_titles_out_of_the_profile_of_the_bot() {
    let mut bot = Bot::start().await;
    bot.called("setMyShortDescription", 7).await;
    let has_titles = |call: &Value| call.to_string().contains("Tides");
    assert!(bot.calls("setMyDescription").iter().all(has_titles));
    bot.stop().await;
    bot.configure(restrict);
    bot.run();
    bot.called("setMyShortDescription", 14).await;
    for method in ["setMyDescription", "setMyShortDescription"] {
        let set = &bot.calls(method)[7..];
        assert!(set.len() == 7 && !set.iter().any(has_titles), "{set:?}");
    }
    assert!(!bot.calls("setMyCommands").iter().any(has_titles));
}

#[tokio::test(flavor = "multi_thread")]
async fn access_posts_inline_quotes_whose_buttons_lead_no_further() {
    let bot = Bot::start().configure(restrict).await;
    let offered = bot.inline("neap tide").await;
    let post = &offered.posts[0].message;
    assert_snapshot!(post, @"
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    ");
    // The bytes are those of buttons that the post once had, or of none.
    let posted = post.posted_as("inline-1");
    for forged in ["c0", "n0", "h", "r0", "ge", "", "c99999999999", "\u{202e}\u{0}x", "w-1"] {
        bot.click_as(BEN, &posted, forged);
    }
    bot.called("answerCallbackQuery", 9).await;
    bot.private().stays_silent().await;
    assert_eq!(bot.notices(), [NOT_ALLOWED; 9]);
    // A person who is let in may look further.
    bot.click_as(ADA, &posted, "c0");
    assert_snapshot!(bot.next_message().await, @"
    (inline-1, edit)
    Tides & <Times>
    by Ada
    [Opening]
    [Neap tides]
    [Tidal power]
    ");
    let refused = bot.inline("tide").user(BEN).await;
    assert_eq!((refused.posts, refused.button), (vec![], None));
}

#[tokio::test(flavor = "multi_thread")]
async fn access_refuses_strangers_whatever_they_send() {
    let bot = Bot::start().configure(restrict).await;
    let answer = bot.group().send("/ask When does a neap tide happen?").await;
    let link = answer.links()[0].split("start=").nth(1).expect("a deep link");
    let texts = [
        format!("/start {link}"),
        "/start".into(),
        "/start qbmVhcA".into(),
        "/help".into(),
        "/sections".into(),
        "/about".into(),
        "/brief".into(),
        "/brief neap tide".into(),
        "/brief daily 08:30 UTC always".into(),
        "/watch neap tide".into(),
        "/gaps".into(),
        "/remove".into(),
        "hello".into(),
        "neap tide".into(),
    ];
    for (stranger, text) in (201..).zip(&texts) {
        let asked = bot.private_of(stranger).post(text);
        let refused = format!("{NOT_ALLOWED} {SEND}\n\nYour number: {stranger}");
        assert_eq!(bot.reply_to(asked).await.text, refused, "{text}");
        bot.private_of(stranger).edit(asked, "/sections");
    }
    // A member of a group in which a person who is let in asked.
    let refused = bot.group().ben().reply_to(&answer).send("and the Rance?").await;
    let numbers = "Your number: 101\nNumber of this group: -1001";
    assert_eq!(refused.text, format!("{NOT_ALLOWED} {SEND}\n\n{numbers}"));
    for (_, data) in answer.buttons.iter().flatten().filter(|(_, data)| data.len() <= 64) {
        bot.click_as(BEN, &answer, data);
    }
    // The operator has to let in the new id of a group that moves.
    bot.chat(CLUB).migrate_to(-1009);
    assert_snapshot!(bot.chat(-1009).ben().send("/ask neap tide").await, @"
    (chat -1009, reply to “/ask neap tide”)
    Sorry, I only answer people whom my operator has given access. To ask for access, send my operator this:

    Your number: 101
    Number of this group: -1009
    ");
    bot.private().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn access_sends_nothing_unasked_to_a_chat_that_is_not_let_in_any_more() {
    let mut bot = Bot::start().clock("2026-01-05T07:00Z").await;
    bot.group().admin().send("/brief daily 08:30 UTC always").await;
    bot.group().send("/watch dike").await;
    bot.stop().await;
    bot.configure(restrict);
    bot.run();
    bot.add_article("dikes.md", "---\ntitle: Dikes\n---\n\nA dike keeps the sea out.\n").await;
    bot.advance_to("2026-01-05T08:31Z").await;
    let last = bot.store().schedules(ChatId::new(GROUP), None).expect("it can be read")[0].last;
    assert_eq!(last.map(|run| run.state), Some(DeliveryState::Rejected));
    // A person who is let in may ask there, and gets the reason why nothing comes.
    assert_snapshot!(bot.group().send("/brief daily 09:00 UTC").await, @"
    (group, reply to “/brief daily 09:00 UTC”)
    My operator has not given this chat access, so I cannot send scheduled messages or alerts here.
    ");
    assert_snapshot!(bot.group().send("/watch barrage").await, @"
    (group, reply to “/watch barrage”)
    My operator has not given this chat access, so I cannot send scheduled messages or alerts here.
    ");
    // The schedule can be ended.
    let status = bot.group().send("/brief status").await;
    assert_snapshot!(status, @"
    (group, reply to “/brief status”)
    1. Every day at 08:30, UTC
    Also if nothing is new
    Next: 2026-01-06 08:30
    Last: rejected by Telegram on 2026-01-05 08:31
    [Stop] [Without sound]
    [Send only with news]
    ");
    assert_snapshot!(bot.press(&status, "Stop").await, @"
    (group, edit)
    Ended.

    No briefing is scheduled here. For example, send /brief daily 08:30, or /brief weekly mon 09:00 followed by a topic.
    ");
    assert_eq!(bot.calls("sendMessage").iter().filter(|call| is_unasked(call)).count(), 0);
}

fn is_unasked(call: &Value) -> bool {
    call["reply_parameters"].is_null()
}

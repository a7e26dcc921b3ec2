//! Bound folders: nothing of a folder that is bound to a chat is seen elsewhere, by any door.
//!
//! Most tests give the same input to a bot with the folder and to one whose corpus lacks it: what
//! is seen outside of the chat must be the same.

use insta::assert_snapshot;
use verbatim::config::{BoundFolder, Telegram};
use verbatim::corpus::Folder;
use verbatim::ids::ChatId;

use crate::fake_bot_api::{BEN, Message};
use crate::tester::{Bot, Start};

/// Chat to which the folder is bound.
const BOARD: i64 = -1009;
const DIKES: &str = "---\ntitle: Dikes\nauthors: Ben Shore\ndate: 2024-03-01\ntags: [water]\n---\n\n\
    Dikes keep the sea out of the polders. A dike is built of clay.\n";
const MINUTES: &str = "---\ntitle: Zyxopolis minutes\nauthors: Quentin Marlowe\ndate: 2025-11-24\n\
    tags: [hushhush]\naliases: {QVL: Quincunx vault}\n---\n\n\
    The merger with Vantablack Holdings was approved on Tuesday.\n\n\
    ## Remuneration\n\nThe Zephyr Quota Exchange (ZQX) pays the chairman a pelican. \
    A neap tide of profits happens in Zyxopolis.\n";
const NEWS: &str = "---\ntitle: Zyxopolis news\n---\n\nA second pelican was paid by Vantablack.\n";
/// Words that only articles of the folder have.
const SECRETS: [&str; 11] = [
    "Zyxopolis",
    "Marlowe",
    "Quentin",
    "2025",
    "hushhush",
    "Quincunx",
    "Vantablack",
    "merger",
    "Remuneration",
    "Zephyr",
    "pelican",
];

fn bind(settings: &mut Telegram) {
    let folder = Folder::new("board").expect("a path");
    settings.access.folders = vec![BoundFolder { folder, chats: vec![ChatId::new(BOARD)] }];
    (settings.access.user_per_minute, settings.access.chat_per_minute) = (0, 0);
}

/// Returns a bot without the folder.
fn without_board() -> Start {
    Bot::start().clock("2026-01-05T07:00Z").configure(bind).article("dikes.md", DIKES)
}

/// Returns a bot with the folder.
fn with_board() -> Start {
    without_board().article("board/minutes.md", MINUTES)
}

fn has_secrets(text: &str) -> bool {
    SECRETS.iter().any(|secret| text.to_lowercase().contains(&secret.to_lowercase()))
}

/// Returns everything that people see of a message and what its buttons do.
fn seen(message: &Message) -> String {
    format!("{message} {:?}", message.buttons)
}

const TEXTS: [&str; 52] = [
    "/start",
    "/help",
    "/about",
    "/sections",
    "/brief",
    "/brief merger",
    "/brief neap tide",
    "/watch pelicans",
    "/watch حقوق",
    "/watch off",
    "When does a neap tide happen?",
    "And in Zyxopolis?",
    "Vantablack Holdings",
    "Vantablak Holdings",
    "What was approved on Tuesday?",
    "Who approved the merger?",
    "zyxopolls",
    "pelicn",
    "pelicans",
    "ZQX",
    "what is the ZQX?",
    "QVL",
    "Quincunx vault",
    "remunerations",
    "remunerated",
    "articles",
    "newest articles",
    "how many articles are there?",
    "articles by Quentin Marlowe",
    "articles by Marlowe",
    "articles about the merger",
    "when was Zyxopolis minutes published?",
    "who wrote Zyxopolis minutes?",
    "who is the author?",
    "what happened in 2025?",
    "summary",
    "source?",
    "more",
    "chairman",
    "in:board merger",
    "in:bord merger",
    "in:board",
    "by:Marlowe merger",
    "tag:hushhush",
    "after:2025",
    "in:x dikes",
    "/shelf board",
    "/shelf in:bord",
    "/shelf tag:hushhush",
    "/brief in:board",
    "/brief daily 08:30 UTC tag:hushhush",
    "/watch merger in:board",
];

#[tokio::test(flavor = "multi_thread")]
async fn bound_folder_changes_no_reply_in_another_chat() {
    let (with, without) = (with_board().await, without_board().await);
    for text in TEXTS {
        let [shown, expected] = [&with, &without].map(|bot| bot.private().send(text));
        let (shown, expected) = (shown.await, expected.await);
        assert_eq!(seen(&shown), seen(&expected), "{text}");
        let in_group = format!("/ask {text}");
        let asked = [&with, &without].map(|bot| bot.group().send(&in_group));
        let [shown, expected] = asked;
        assert_eq!(seen(&shown.await), seen(&expected.await), "{text}");
    }
    for typed in
        ["", "n", "neap", "pel", "pelican", "vantabl", "Zyx", "merger", "in:board ", "remun"]
    {
        let offered = [&with, &without].map(|bot| bot.inline(typed));
        let [shown, expected] = offered;
        let (shown, expected) = (shown.await, expected.await);
        assert_eq!(shown.to_string(), expected.to_string(), "{typed}");
        assert_eq!(shown.posts.len(), expected.posts.len(), "{typed}");
    }
    assert_eq!(with.described(), without.described());
}

#[tokio::test(flavor = "multi_thread")]
async fn bound_folder_is_read_in_its_chat_only() {
    let bot = with_board().with_monitor().await;
    let board = || bot.chat(BOARD);
    let answer = board().send("/ask Who approved the merger with Vantablack Holdings?").await;
    assert_snapshot!(answer, @"
    (chat -1009, reply to “/ask Who approved the merger with Vantablack Holdings?”, quoting “Who approved the merger with Vantablack Holdings?”)
    > The merger with Vantablack Holdings was approved on Tuesday.
    Opening · Zyxopolis minutes
    [Context] [Read] [⋯]
    ");
    let mut shown = vec![answer.clone()];
    for text in ["/sections", "/about", "/brief", "/brief merger", "/help", "/ask zyxopolls minuts"]
    {
        shown.push(board().send(text).await);
    }
    for message in &shown {
        assert!(has_secrets(&seen(message)), "{message}");
    }
    let read = bot.press(&answer, "Read").await;
    shown.push(read);
    let links: Vec<_> = shown.iter().flat_map(|message| message.links()).collect();
    let links = links.iter().filter_map(|link| link.split("start=").nth(1));
    for payload in links {
        let opened = bot.private().send(&format!("/start {payload}")).await;
        assert!(!has_secrets(&seen(&opened)), "{opened}");
        let opened = bot.group().send(&format!("/start {payload}")).await;
        assert!(!has_secrets(&seen(&opened)), "{opened}");
    }
    // Buttons of the chat, forged for messages elsewhere.
    let here = bot.private().send("When does a neap tide happen?").await;
    let group = bot.group().send("/ask When does a neap tide happen?").await;
    let post = bot.inline("neap tide").await.posts[0].message.posted_as("inline-1");
    let buttons = shown.iter().flat_map(|message| message.buttons.iter().flatten());
    for (_, data) in buttons.filter(|(_, data)| data.len() <= 64) {
        for message in [&here, &group, &post] {
            let known = bot.calls("answerCallbackQuery").len();
            bot.click_as(BEN, message, data);
            bot.called("answerCallbackQuery", known + 1).await;
        }
    }
    // The queue of each chat is in order, so that these replies are the last ones.
    let chats = [bot.private(), bot.group(), bot.private_of(BEN)];
    let mut asked: Vec<_> = chats.into_iter().map(|chat| chat.post("/about")).collect();
    while !asked.is_empty() {
        let message = bot.next_message().await;
        assert!(!has_secrets(&seen(&message)), "{message}");
        asked.retain(|asked| (message.chat, message.reply_to) != (asked.chat, Some(asked.id)));
    }
    let outside = bot.all_calls().into_iter().filter(|(_, body)| body["chat_id"] != BOARD);
    for (method, body) in outside {
        assert!(!has_secrets(&body.to_string()), "{method} {body}");
    }
    let (_, metrics) = bot.get("metrics").await;
    assert!(metrics.contains("\nverbatim_index_articles 2\n"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bound_folder_is_reported_to_its_chat_only() {
    let bot = with_board().await;
    for writer in [bot.chat(BOARD).admin(), bot.private()] {
        writer.clone().send("/brief daily 08:30 UTC").await;
        writer.clone().send("/brief daily 08:31 UTC pelicans").await;
        writer.send("/watch pelican").await;
    }
    bot.add_article("board/news.md", NEWS).await;
    assert_snapshot!(bot.next_message().await, @"
    (chat -1009)
    New on “pelican”:

    > A second pelican was paid by Vantablack.
    Opening · Zyxopolis news
    [Context] [Read] [⋯]
    ");
    bot.advance_to("2026-01-05T08:30Z").await;
    assert_snapshot!(bot.next_message().await, @"
    (chat -1009)
    What is new

    Zyxopolis news · new
    [Zyxopolis news]
    ");
    bot.advance_to("2026-01-05T08:31Z").await;
    assert_snapshot!(bot.next_message().await, @"
    (chat -1009)
    What is new · “pelicans”

    Zyxopolis news · new
    > A second pelican was paid by Vantablack.
    [Zyxopolis news]
    ");
    // The title of a removed article is kept in the change log.
    bot.remove_article("board/news.md").await;
    bot.advance_to("2026-01-06T08:32Z").await;
    assert_snapshot!(bot.next_message().await, @"
    (chat -1009)
    What is new since 2026-01-05 08:30

    Removed: Zyxopolis news
    ");
    assert_eq!(bot.unseen(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn bound_folder_that_is_bound_later_is_reported_no_more() {
    let mut bot =
        Bot::start().clock("2026-01-05T07:00Z").article("board/minutes.md", MINUTES).await;
    bot.private().send("/brief daily 08:30 UTC always").await;
    bot.private().send("/watch pelican").await;
    let answer = bot.private().send("What does the Zephyr Quota Exchange pay?").await;
    assert!(has_secrets(&answer.text));
    bot.stop().await;
    bot.configure(bind);
    bot.run();
    bot.add_article("board/news.md", NEWS).await;
    bot.advance_to("2026-01-05T08:31Z").await;
    let briefing = bot.next_message().await;
    assert!(!has_secrets(&seen(&briefing)), "{briefing}");
    for label in answer.labels() {
        if label.starts_with("Context") || label.starts_with("Read") {
            let opened = bot.press(&answer, label).await;
            assert!(!has_secrets(&opened.text), "{opened}");
        }
    }
    let more = bot.private().reply_to(&answer).send("more").await;
    assert!(!has_secrets(&seen(&more)), "{more}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bound_folder_is_hidden_from_the_operator_elsewhere() {
    let bot = with_board().with_admin().await;
    for text in ["/remove", "/sections", "/about", "Who approved it on Tuesday?", "/gaps"] {
        let reply = bot.private().send(text).await;
        assert!(!has_secrets(&seen(&reply)), "{reply}");
    }
    // The problem of a file is reported where the folder is visible, and the next one is public.
    bot.write("board/zyxopolis-plan.md", "a\0b");
    bot.write("damaged.md", "a\0b");
    let problem = bot.next_message().await;
    assert!(problem.text.contains("damaged.md") && !has_secrets(&seen(&problem)), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bound_folder_of_a_person_is_offered_inline_without_buttons_that_lead_further() {
    let bind_to_ben = |settings: &mut Telegram| {
        bind(settings);
        settings.access.folders[0].chats.push(ChatId::new(BEN));
    };
    let bot = with_board().configure(bind_to_ben).await;
    assert_eq!(bot.inline("Vantablack merger").await.posts, []);
    let offered = bot.inline("Vantablack merger").user(BEN).await;
    assert_snapshot!(offered.posts[0].message, @"
    > The merger with Vantablack Holdings was approved on Tuesday.
    Opening · Zyxopolis minutes
    ");
    let public = bot.inline("neap tide").user(BEN).await;
    assert!(public.posts.iter().any(|post| post.message.labels().contains(&"Context")));
    // The chat in which a message was posted is unknown, also if the person may read the folder.
    let posted = offered.posts[0].message.posted_as("inline-1");
    let answer = bot.private_of(BEN).send("Who approved the merger?").await;
    bot.click_as(BEN, &posted, answer.data("Context"));
    let edited = bot.next_message().await;
    assert!(!has_secrets(&edited.text), "{edited}");
}

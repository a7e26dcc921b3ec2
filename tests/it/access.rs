//! A restricted bot: nothing of its articles reaches anybody who is not let in.

use serde_json::{Value, json};
use tempfile::TempDir;
use verbatim::bot::Clock;
use verbatim::config::{Access, Telegram};
use verbatim::store::{DeliveryState, Store};

use crate::fake_bot_api::{ADA, BOT_ID, FakeBotApi, GROUP, Shown, TOKEN};
use crate::talk::{Running, at, conversation, folders, labels, monday, pressed, start_as, write};

const BEN: i64 = 101;
const CLUB: i64 = -1002;
const NOT_ALLOWED: &str = "I am sorry, I may only answer those whom my operator lets in.";
/// Words of the articles.
const SECRETS: [&str; 5] = ["Tides", "tide", "Rance", "Moon", "Tidal"];

fn ben() -> Value {
    json!({"id": BEN, "is_bot": false, "first_name": "Ben"})
}

/// Ada and a club are let in.
fn listed() -> Access {
    Access { allowed_users: vec![ADA], allowed_chats: vec![CLUB], ..Access::default() }
}

fn start(telegram: &FakeBotApi, folders: TempDir, access: Access) -> Running {
    start_at(telegram, folders, access, &Clock::default())
}

fn start_at(telegram: &FakeBotApi, folders: TempDir, access: Access, clock: &Clock) -> Running {
    let settings = Telegram { access, ..Telegram::default() };
    start_as(telegram, folders, TOKEN, settings, clock.clone())
}

fn adds_the_bot(telegram: &FakeBotApi, by: Value, group: i64) {
    telegram.exists(group);
    telegram.push(json!({"my_chat_member": {
        "chat": {"id": group, "type": "supergroup", "title": "Readers"}, "date": 1, "from": by,
        "old_chat_member": {"status": "left", "user": {"id": BOT_ID}},
        "new_chat_member": {"status": "member", "user": {"id": BOT_ID}},
    }}));
}

fn says_nothing(shown: &Shown) {
    let all = format!("{} {:?}", shown.text, shown.buttons);
    assert!(!SECRETS.iter().any(|secret| all.contains(secret)), "{all}");
}

#[test]
fn access_shows_a_group_no_example_unless_the_group_is_let_in() {
    conversation(async |telegram| {
        let bot = start(telegram, folders(), listed());
        adds_the_bot(telegram, ben(), GROUP);
        let told = telegram.next().await;
        assert_eq!((told.chat, told.text.as_str(), labels(&told)), (GROUP, NOT_ALLOWED, vec![]));
        // Again and again: told once.
        adds_the_bot(telegram, ben(), GROUP);
        let ada = json!({"id": ADA, "is_bot": false, "first_name": "Ada"});
        adds_the_bot(telegram, ada, -1003);
        let welcome = telegram.next().await;
        assert_eq!((welcome.chat, labels(&welcome)), (-1003, vec![]));
        says_nothing(&welcome);
        adds_the_bot(telegram, ben(), CLUB);
        let welcome = telegram.next().await;
        assert!(welcome.chat == CLUB && !labels(&welcome).is_empty(), "{:?}", labels(&welcome));
        // Its examples are for the club.
        telegram.presses_as(BEN, &welcome, &welcome.buttons[0][0].1);
        assert!(telegram.next().await.is_edit);
        bot.stop().await;
    });
}

#[test]
fn access_keeps_titles_out_of_what_telegram_shows_of_the_bot() {
    conversation(async |telegram| {
        let bot = start(telegram, folders(), Access::default());
        telegram.called("setMyShortDescription", 7).await;
        let set = |method: &str| {
            let calls = telegram.calls(method);
            calls[calls.len() - 7..].iter().map(Value::to_string).collect::<Vec<_>>()
        };
        let has_titles = |text: &String| text.contains("Tides");
        assert!(set("setMyDescription").iter().all(has_titles));
        let folders = bot.stop().await;
        let bot = start(telegram, folders, listed());
        telegram.called("setMyShortDescription", 14).await;
        for method in ["setMyDescription", "setMyShortDescription"] {
            let set = set(method);
            assert!(!set.iter().any(has_titles), "{set:?}");
        }
        let commands = telegram.calls("setMyCommands");
        assert!(!commands.iter().any(|call| has_titles(&call.to_string())));
        bot.stop().await;
    });
}

#[test]
fn access_posts_inline_what_leads_no_further() {
    conversation(async |telegram| {
        let bot = start(telegram, folders(), listed());
        telegram.types("neap tide", "");
        let offered = telegram.next_inline().await;
        let (_, _, post) = &offered.posts[0];
        assert_eq!(labels(post), ["Copy citation"]);
        // With the bytes of a button that was there before, or of none.
        let posted = Shown { inline: Some("inline-1".into()), ..post.clone() };
        for forged in ["c0", "n0", "h", "r0", "ge", "", "c99999999999", "\u{202e}\u{0}x", "w-1"] {
            telegram.presses_as(BEN, &posted, forged);
        }
        telegram.called("answerCallbackQuery", 9).await;
        telegram.stays_silent(ADA).await;
        assert!(telegram.notices().iter().all(|notice| notice == NOT_ALLOWED));
        assert_eq!(telegram.notices().len(), 9);
        // A person who is let in may look further.
        telegram.presses_as(ADA, &posted, "c0");
        assert_eq!(telegram.next().await.inline.as_deref(), Some("inline-1"));
        telegram.push(json!({"inline_query": {
            "id": "i", "from": ben(), "query": "tide", "offset": "", "chat_type": "group",
        }}));
        telegram.called("answerInlineQuery", 2).await;
        let refused = &telegram.calls("answerInlineQuery")[1];
        assert_eq!((&refused["results"], &refused["button"]), (&json!([]), &Value::Null));
        bot.stop().await;
    });
}

#[test]
fn access_refuses_strangers_whatever_they_send() {
    conversation(async |telegram| {
        let bot = start(telegram, folders(), listed());
        let answer = {
            telegram.writes(GROUP, json!({"text": "/ask When does a neap tide happen?"}));
            telegram.next().await
        };
        let link = answer.html.split("start=").nth(1).and_then(|rest| rest.split('"').next());
        let link = link.expect("a deep link");
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
        for (chat, text) in (201..).zip(&texts) {
            let from = json!({"id": chat, "is_bot": false, "first_name": "Eve"});
            let asked = telegram.writes(chat, json!({"text": text, "from": from.clone()}));
            assert_eq!(telegram.next().await.text, NOT_ALLOWED, "{text}");
            let edited = json!({"text": "/sections", "from": from});
            telegram.edits(chat, asked, edited);
        }
        // In a group where somebody who is let in asked.
        let reply = json!({
            "text": "and the Rance?", "from": ben(),
            "reply_to_message": {"message_id": answer.id, "from": {"id": BOT_ID}, "text": answer.text},
        });
        telegram.writes(GROUP, reply);
        assert_eq!(telegram.next().await.text, NOT_ALLOWED);
        for (_, data) in answer.buttons.iter().flatten().filter(|(_, data)| data.len() <= 64) {
            telegram.presses_as(BEN, &answer, data);
        }
        // A group that moves is known by its new number only once the operator lets that in.
        telegram.writes(CLUB, json!({"migrate_to_chat_id": -1009}));
        telegram.writes(-1009, json!({"text": "/ask neap tide", "from": ben()}));
        assert_eq!(telegram.next().await.text, NOT_ALLOWED);
        telegram.stays_silent(ADA).await;
        bot.stop().await;
    });
}

#[test]
fn access_sends_nothing_by_itself_to_a_chat_that_is_not_let_in_any_more() {
    conversation(async |telegram| {
        let clock = Clock::fixed(monday());
        let bot = start_at(telegram, folders(), Access::default(), &clock);
        telegram.make_administrator(ADA);
        for text in ["/brief daily 08:30 UTC always", "/watch dike"] {
            telegram.writes(GROUP, json!({"text": text}));
            assert!(telegram.next().await.text.starts_with("Done."));
        }
        let folders = bot.stop().await;
        let bot = start_at(telegram, folders, listed(), &clock);
        write(&bot.folders, "dikes.md", "---\ntitle: Dikes\n---\n\nA dike keeps the sea out.\n");
        clock.set(at("2026-01-05T08:31:00Z"));
        let store = Store::open(&bot.folders.path().join("data")).expect("a bot has made it");
        let has_run = || {
            let known = store.schedules(GROUP, 0).expect("it can be read");
            known[0].last.filter(|run| run.state == DeliveryState::Rejected).is_some()
        };
        for _ in 0..3_000 {
            if has_run() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert!(has_run());
        // A person who is let in may ask there, and gets the reason why nothing comes.
        for text in ["/brief daily 09:00 UTC", "/watch barrage"] {
            telegram.writes(GROUP, json!({"text": text}));
            let refused = telegram.next().await;
            assert!(refused.text.contains("has not let this chat in"), "{}", refused.text);
        }
        // The schedule and the watch can be ended.
        telegram.writes(GROUP, json!({"text": "/brief status"}));
        let status = telegram.next().await;
        assert!(pressed(telegram, &status, "End 1").await.text.contains("Ended"));
        bot.stop().await;
    });
}

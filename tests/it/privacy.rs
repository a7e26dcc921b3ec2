//! What is kept of people and groups, and that it is gone when they say so.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use verbatim::config::{Access, Telegram};
use verbatim::store::{NewSchedule, Store};

use crate::fake_bot_api::{ADA, BOT_ID, FakeBotApi, GROUP};
use crate::talk::{conversation, folders, labels, start, start_set};

const OTHER_GROUP: i64 = -1002;
const BEN: i64 = 101;
/// Telegram names these for everybody who writes as a group, and as a channel.
const GROUP_ANONYMOUS_BOT: i64 = 1_087_968_824;
const CHANNEL_BOT: i64 = 136_817_688;
/// What may not be found in a file once it is forgotten.
const SECRETS: [&str; 4] = ["zyzzyva", "quokka", "Xanthippe", "xanthi99"];

fn xanthippe() -> Value {
    json!({"id": ADA, "is_bot": false, "first_name": "Xanthippe", "username": "xanthi99"})
}

fn ben() -> Value {
    json!({"id": BEN, "is_bot": false, "first_name": "Ben"})
}

/// Every secret that is in a file below the directory.
fn found_below(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("it was made").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(found_below(&path));
            continue;
        }
        let bytes = fs::read(&path).expect("it was listed");
        let has = |secret: &&str| bytes.windows(secret.len()).any(|at| at == secret.as_bytes());
        found.extend(
            SECRETS
                .iter()
                .filter(|secret| has(secret))
                .map(|secret| format!("{secret} in {}", path.display())),
        );
    }
    found
}

fn member(telegram: &FakeBotApi, chat: Value, before: &str, after: &str) {
    telegram.push(json!({"my_chat_member": {
        "chat": chat, "date": 1, "from": xanthippe(),
        "old_chat_member": {"status": before, "user": {"id": BOT_ID}},
        "new_chat_member": {"status": after, "user": {"id": BOT_ID}},
    }}));
}

fn group(id: i64) -> Value {
    json!({"id": id, "type": "supergroup", "title": "Xanthippe’s readers"})
}

#[test]
fn privacy_says_what_is_kept_for_how_long_and_why_in_every_language() {
    // What stands for seven days, for the telegram id, and for a name.
    let languages = [
        ("en", ["seven days", "Telegram ID", "name"]),
        ("de", ["sieben Tage", "Telegram-ID", "Namen"]),
        ("fr", ["sept jours", "identifiant Telegram", "nom"]),
        ("es", ["siete días", "identificador de Telegram", "nombre"]),
        ("ru", ["семь дней", "Telegram ID", "именем"]),
        ("fa", ["هفت روز", "شناسهٔ تلگرام", "نام"]),
        ("ar", ["سبعة أيام", "تيليجرام", "اسم"]),
    ];
    conversation(async |telegram| {
        let mut folders = folders();
        for record_questions in [false, true] {
            let access = Access { user_per_minute: 0, chat_per_minute: 0, ..Access::default() };
            let settings = Telegram { access, record_questions, ..Telegram::default() };
            let bot = start_set(telegram, folders, settings);
            for (code, parts) in languages {
                let from =
                    json!({"id": ADA, "is_bot": false, "first_name": "Ada", "language_code": code});
                telegram.writes(ADA, json!({"text": "/privacy", "from": from.clone()}));
                let private = telegram.next().await.text;
                telegram.writes(GROUP, json!({"text": "/privacy", "from": from}));
                let group = telegram.next().await.text;
                assert_ne!(private, group);
                for text in [private, group] {
                    let paragraphs: Vec<_> = text.split("\n\n").collect();
                    assert_eq!(paragraphs.len(), 2 + usize::from(record_questions), "{text}");
                    assert_eq!(paragraphs[0].matches('.').count(), 1, "one sentence: {text}");
                    for part in parts {
                        assert!(paragraphs[0].contains(part), "{code}: {part}: {text}");
                    }
                    assert!(text.contains("/forget"), "{text}");
                }
            }
            folders = bot.stop().await;
        }
    });
}

#[test]
fn forget_leaves_no_byte_of_a_person_in_the_data_directory() {
    conversation(async |telegram| {
        let settings = Telegram { record_questions: true, ..Telegram::default() };
        let bot = start_set(telegram, folders(), settings);
        let says = |text: &str| telegram.writes(ADA, json!({"text": text, "from": xanthippe()}));
        let question = says("zyzzyva and neap tide?");
        let answer = telegram.next().await;
        telegram.edits(
            ADA,
            question,
            json!({"text": "quokka, Rance barrage?", "from": xanthippe()}),
        );
        telegram.next().await;
        telegram.presses(&answer, "👎 Not helpful");
        let reply = json!({"message_id": answer.id, "from": {"id": BOT_ID}, "text": "zyzzyva"});
        let follow_up =
            json!({"text": "And why, quokka?", "from": xanthippe(), "reply_to_message": reply});
        telegram.writes(ADA, follow_up);
        telegram.next().await;
        says("zyzzyva quokka");
        telegram.next().await;
        says("/watch zyzzyva tides");
        telegram.next().await;
        let asked = json!({"text": "/ask zyzzyva", "from": xanthippe(), "chat": group(GROUP)});
        telegram.writes(GROUP, asked);
        telegram.next().await;
        let data = bot.folders.path().join("data");
        assert!(!found_below(&data).is_empty(), "all of it is kept before");
        fs::write(data.join("verbatim.sqlite.broken-1"), "quokka").expect("a new file");

        says("/forget all about zyzzyva");
        assert_eq!(telegram.next().await.text, "I have removed what I kept of you.");
        assert_eq!(found_below(&data), Vec::<String>::new());
        // The lane has come so far when the next one is answered, and nothing has come back.
        telegram.says("hello");
        telegram.next().await;
        assert_eq!(found_below(&data), Vec::<String>::new());
        telegram.edits(ADA, question, json!({"text": "Rance barrage"}));
        assert!(!telegram.next().await.is_edit, "the old answer is not known any more");
        let folders = bot.stop().await;
        assert_eq!(found_below(&folders.path().join("data")), Vec::<String>::new());
    });
}

#[test]
fn forget_by_an_administrator_offers_to_forget_the_group_with_its_briefings() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.writes(
            GROUP,
            json!({"text": "/ask zyzzyva neap tide", "from": ben(), "chat": group(GROUP)}),
        );
        telegram.next().await;
        telegram.writes(GROUP, json!({"text": "/forget", "from": ben()}));
        let forgotten = telegram.next().await;
        assert_eq!(
            (forgotten.text.as_str(), labels(&forgotten).len()),
            ("I have removed what I kept of you.", 0)
        );
        telegram.writes(
            GROUP,
            json!({"text": "/ask zyzzyva neap tide", "from": ben(), "chat": group(GROUP)}),
        );
        telegram.next().await;
        telegram.make_administrator(ADA);
        telegram.writes(GROUP, json!({"text": "/brief daily 08:30 UTC quokka tides"}));
        telegram.next().await;
        telegram.writes(GROUP, json!({"text": "/forget"}));
        let offer = telegram.next().await;
        assert!(offer.text.contains("Its briefings end with that."), "{}", offer.text);
        let data = bot.folders.path().join("data");
        assert!(
            !found_below(&data).is_empty(),
            "nothing of the others is gone before it is confirmed"
        );
        telegram.remove_administrator(ADA);
        telegram.presses(&offer, "Forget this group");
        telegram.called("answerCallbackQuery", 1).await;
        telegram.make_administrator(ADA);
        telegram.presses(&offer, "Forget this group");
        assert!(telegram.next().await.text.starts_with("I have removed what I kept of this group"));
        assert!(telegram.notices().iter().any(|notice| notice.starts_with("Only administrators")));
        assert_eq!(found_below(&data), Vec::<String>::new());
        telegram.writes(GROUP, json!({"text": "/brief status"}));
        assert!(telegram.next().await.text.starts_with("No briefing is scheduled here"));
        // An administrator who is anonymous gets the offer, too.
        let anonymous = json!({"id": GROUP_ANONYMOUS_BOT, "is_bot": true, "first_name": "Group"});
        telegram.writes(
            GROUP,
            json!({"text": "/forget", "from": anonymous, "sender_chat": group(GROUP)}),
        );
        assert_eq!(labels(&telegram.next().await), ["Forget this group"]);
        bot.stop().await;
    });
}

#[test]
fn forget_of_a_group_that_removes_the_bot_is_at_once_and_ends_its_briefings() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.writes(
            GROUP,
            json!({"text": "/ask zyzzyva neap tide", "from": xanthippe(), "chat": group(GROUP)}),
        );
        telegram.next().await;
        telegram.make_administrator(ADA);
        telegram.writes(GROUP, json!({"text": "/brief daily 08:30 UTC quokka tides"}));
        telegram.next().await;
        member(telegram, group(GROUP), "member", "left");
        // The group's lane has come so far when this is answered, which comes as if it were still there.
        telegram.writes(GROUP, json!({"text": "/brief status"}));
        assert!(telegram.next().await.text.starts_with("No briefing is scheduled here"));
        let folders = bot.stop().await;
        assert_eq!(found_below(&folders.path().join("data")), Vec::<String>::new());
    });
}

#[test]
fn forget_of_a_person_who_blocks_the_bot_keeps_what_was_set_up() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.writes(ADA, json!({"text": "zyzzyva neap tide", "from": xanthippe()}));
        telegram.next().await;
        telegram.says("/brief daily 08:30 UTC");
        telegram.next().await;
        let chat = json!({"id": ADA, "type": "private", "first_name": "Xanthippe"});
        member(telegram, chat.clone(), "member", "kicked");
        member(telegram, chat, "kicked", "member");
        telegram.says("/brief status");
        assert!(telegram.next().await.text.contains("08:30"));
        let folders = bot.stop().await;
        assert_eq!(found_below(&folders.path().join("data")), Vec::<String>::new());
    });
}

#[test]
fn forget_and_limits_of_those_who_write_as_a_chat_are_per_chat() {
    conversation(async |telegram| {
        let access = Access { user_per_minute: 3, chat_per_minute: 0, ..Access::default() };
        let bot = start_set(telegram, folders(), Telegram { access, ..Telegram::default() });
        let sends = |group_id: i64, account: i64, sender: i64, text: &str| {
            let from = json!({"id": account, "is_bot": true, "first_name": "Telegram"});
            let sender = json!({"id": sender, "type": "channel", "title": "Somebody"});
            telegram.writes(group_id, json!({"text": text, "from": from, "sender_chat": sender}))
        };
        let ask = "/ask neap tide";
        let is_answer = |text: &str| text.starts_with("A neap tide");
        let mut questions = Vec::new();
        for (group_id, account, sender) in [
            (GROUP, GROUP_ANONYMOUS_BOT, GROUP),
            (OTHER_GROUP, GROUP_ANONYMOUS_BOT, OTHER_GROUP),
            (GROUP, CHANNEL_BOT, -2001),
            (GROUP, CHANNEL_BOT, -2002),
        ] {
            for _ in 0..2 {
                questions.push(sends(group_id, account, sender, ask));
                assert!(is_answer(&telegram.next().await.text), "{account} as {sender}");
            }
        }
        sends(GROUP, GROUP_ANONYMOUS_BOT, GROUP, "/forget");
        telegram.next().await;
        sends(GROUP, CHANNEL_BOT, -2001, "/forget");
        telegram.next().await;
        let folders = bot.stop().await;
        let store = Store::open(&folders.path().join("data")).expect("the bot has stopped");
        let known: Vec<_> = questions
            .iter()
            .zip([GROUP, GROUP, OTHER_GROUP, OTHER_GROUP, GROUP, GROUP, GROUP, GROUP])
            .map(|(question, chat)| {
                let question = i32::try_from(*question).expect("a small number");
                store.answer_to(chat, question).expect("it can be read").is_some()
            })
            .collect();
        assert_eq!(known, [false, false, true, true, false, false, true, true]);
    });
}

#[test]
fn forget_without_a_sender_removes_nothing_of_others() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        let about = telegram.writes(GROUP, json!({"text": "/about", "from": ben()}));
        let shown = telegram.next().await;
        telegram.writes(GROUP, json!({"text": "/forget", "from": null}));
        telegram.next().await;
        // A private chat is its person, whatever is missing.
        let question = telegram.says("neap tide");
        telegram.next().await;
        telegram.writes(ADA, json!({"text": "/forget", "from": null}));
        telegram.next().await;
        let folders = bot.stop().await;
        let store = Store::open(&folders.path().join("data")).expect("the bot has stopped");
        let answer = |chat, message: i64| {
            let message = i32::try_from(message).expect("a small number");
            store.answer_to(chat, message).expect("it can be read")
        };
        assert_eq!(answer(GROUP, about).map(|known| i64::from(known.answer)), Some(shown.id));
        assert_eq!(answer(ADA, question), None);
    });
}

#[test]
fn forget_ends_the_briefings_of_a_private_chat() {
    conversation(async |telegram| {
        let folders = folders();
        let data = folders.path().join("data");
        fs::create_dir(&data).expect("a new directory");
        let new = NewSchedule {
            chat: ADA,
            thread: 0,
            rule: "daily 08:30 UTC".into(),
            words: String::new(),
            is_always: true,
            is_silent: false,
            seen: 0,
            due: i64::MAX,
        };
        Store::open(&data).expect("a new store").add_schedule(&new, 5).expect("a new chat");
        let bot = start(telegram, folders);
        telegram.says("/forget");
        telegram.next().await;
        telegram.says("/brief status");
        assert!(telegram.next().await.text.starts_with("No briefing is scheduled here"));
        bot.stop().await;
    });
}

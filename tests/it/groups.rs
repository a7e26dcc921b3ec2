//! Groups and newcomers: welcome, examples, languages, quoting the question.

use serde_json::{Value, json};

use crate::fake_bot_api::{ADA, BOT_ID, FakeBotApi, Fault, GROUP};
use crate::talk::{conversation, folders, labels, start, write};

const NEWS: &str = "---\ntitle: News\n---\n\n## Talks\n\n\
    The border was closed, said Ibrahim Bahiss, after the talks. It had been open since 1998.\n\n\
    ## Rivers\n\nThey share the Helmand River with a treaty of 1973.\n";

fn membership(telegram: &FakeBotApi, before: &str, after: &str) {
    telegram.exists(GROUP);
    telegram.push(json!({"my_chat_member": {
        "chat": {"id": GROUP, "type": "supergroup", "title": "Readers"}, "date": 1,
        "from": {"id": ADA, "is_bot": false, "first_name": "Ada", "language_code": "en"},
        "old_chat_member": {"status": before, "user": {"id": BOT_ID}},
        "new_chat_member": {"status": after, "user": {"id": BOT_ID}},
    }}));
}

#[test]
fn a_group_is_welcomed_once_with_examples_that_the_corpus_answers() {
    conversation(async |telegram| {
        let folders = folders();
        write(&folders, "news.md", NEWS);
        let bot = start(telegram, folders);
        membership(telegram, "left", "member");
        let welcome = telegram.next().await;
        assert_eq!((welcome.chat, welcome.reply_to), (GROUP, None));
        assert!(welcome.text.contains("privacy mode"), "{}", welcome.text);
        let examples = labels(&welcome);
        assert_eq!(examples.len(), 3);
        assert!(examples.contains(&"Who is Ibrahim Bahiss?"), "{examples:?}");
        for example in examples {
            telegram.presses(&welcome, example);
            let answer = telegram.next().await;
            assert!(answer.is_edit && answer.text.starts_with(example), "{}", answer.text);
            assert!(answer.entities.iter().any(|entity| entity.kind == "blockquote"));
            telegram.presses(&answer, "Back to the examples");
            assert_eq!(labels(&telegram.next().await), labels(&welcome));
        }
        membership(telegram, "member", "kicked");
        membership(telegram, "kicked", "administrator");
        telegram.stays_silent(GROUP).await;
        bot.stop().await;
    });
}

#[test]
fn help_has_examples_and_says_how_to_use_groups_and_inline() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.says("/start");
        let help = telegram.next().await;
        for part in
            ["In a group, ask with /ask", "In any chat, write @VerbatimBot", "its link opens"]
        {
            assert!(help.text.contains(part), "{}", help.text);
        }
        let example = labels(&help)[0].to_owned();
        telegram.presses(&help, &example);
        let answer = telegram.next().await;
        telegram.presses(&answer, "Read section");
        let section = telegram.next().await;
        assert!(labels(&section).contains(&"Back to the answer"), "{:?}", labels(&section));
        telegram.presses(&section, "Back to the examples");
        assert_eq!(telegram.next().await.html, help.html);
        bot.stop().await;
    });
}

#[test]
fn an_answer_in_a_group_quotes_the_question_where_telegram_accepts_it() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.writes(GROUP, json!({"text": "/ask when is a neap tide?"}));
        assert_eq!(telegram.next().await.quote.as_deref(), Some("when is a neap tide?"));
        telegram.fail_next(
            "sendMessage",
            Fault::Refuse(400, "Bad Request: QUOTE_TEXT_INVALID", Value::Null),
        );
        telegram.writes(GROUP, json!({"text": "/ask when is a neap tide?"}));
        let answer = telegram.next().await;
        assert_eq!(answer.quote, None);
        assert!(answer.reply_to.is_some());
        telegram.writes(GROUP, json!({"text": "when, @VerbatimBot is a neap tide?"}));
        assert_eq!(telegram.next().await.quote, None);
        telegram.writes(
            GROUP,
            json!({
                "text": "/ask",
                "quote": {"text": "neap tide", "position": 9},
                "reply_to_message": {"message_id": 1, "text": "Rance and neap tide", "from": {"id": 7}},
            }),
        );
        assert!(telegram.next().await.text.starts_with("A neap tide happens"));
        bot.stop().await;
    });
}

#[test]
fn the_language_is_the_readers_and_a_groups_administrators_choose_theirs() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        let ada =
            json!({"id": ADA, "is_bot": false, "first_name": "Ada", "language_code": "de-AT"});
        telegram.writes(ADA, json!({"text": "hello", "from": ada}));
        assert!(telegram.next().await.text.starts_with("Hallo"));
        telegram.writes(GROUP, json!({"text": "/language fr"}));
        assert!(telegram.next().await.text.starts_with("Only administrators"));
        telegram.writes(GROUP, json!({"text": "/language"}));
        telegram.next().await;
        telegram.make_administrator(ADA);
        telegram.writes(GROUP, json!({"text": "/language"}));
        let choice = telegram.next().await;
        telegram.presses(&choice, "Français");
        assert!(telegram.next().await.is_edit);
        let folders = bot.stop().await;
        let bot = start(telegram, folders);
        telegram.writes(GROUP, json!({"text": "/ask neap tide"}));
        let answer = telegram.next().await;
        assert!(!labels(&answer).contains(&"Context"), "{:?}", labels(&answer));
        assert!(answer.text.starts_with("A neap tide happens"), "a quote is never translated");
        bot.stop().await;
    });
}

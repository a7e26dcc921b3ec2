//! Conversations with the real bot, over HTTP, with a strict Bot API on the other side.

use serde_json::json;
use verbatim::bot::{BotError, Consumer};

use crate::fake_bot_api::{ADA, BOT, BOT_ID, Fault, GROUP};
use crate::talk::{conversation, folders, start, start_with, write};

#[test]
fn a_question_gets_a_verbatim_quote_with_its_place() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        let question = telegram.says("When does a neap tide happen?");
        let answer = telegram.next().await;
        assert_eq!((answer.chat, answer.reply_to, answer.is_edit), (ADA, Some(question), false));
        assert!(
            answer.text.starts_with(
                "A neap tide happens twice a month, when the Sun & the Moon are at right angles.\nNeap tides · Tides & <Times>"
            ),
            "{}",
            answer.text
        );
        let link = answer.entities.iter().find_map(|entity| entity.url.clone()).expect("a link");
        let payload = link
            .strip_prefix(&format!("https://t.me/{BOT}?start="))
            .expect("a deep link")
            .to_owned();

        telegram.says(&format!("/start {payload}"));
        let section = telegram.next().await;
        assert_eq!(
            section.text,
            "Neap tides\nTides & <Times>\n\nA neap tide happens twice a month, when the Sun & the Moon are at right angles."
        );
        assert!(section.entities.iter().any(|entity| entity.kind == "blockquote"));
        bot.stop().await;
    });
}

#[test]
fn a_refusal_names_the_words_and_offers_sections() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.says("What about <b>sourdough</b>?");
        let refusal = telegram.next().await;
        assert!(
            refusal.text.starts_with("I found nothing about “b” or “sourdough” in the article."),
            "{}",
            refusal.text
        );
        telegram.presses(&refusal, "Contents");
        let contents = telegram.next().await;
        assert!(contents.is_edit && contents.id == refusal.id);
        telegram.presses(&contents, "Tidal power");
        assert!(telegram.next().await.text.ends_with("electricity since 1966."));
        assert_eq!(telegram.notices(), ["", ""]);
        bot.stop().await;
    });
}

#[test]
fn small_talk_and_commands_have_their_sentences() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        for (said, expected) in [
            ("hello", "Hello!"),
            ("????", "There is nothing in this"),
            ("/help", "I answer questions"),
            ("/start", "I answer questions"),
            ("/start nonsense", "The text has changed"),
            ("/about", "I answer from 1 article with 3 sections"),
            ("/sections", "Tides & <Times>\nby Ada"),
            ("/ask", "What would you like to know?"),
            ("/brew", "I do not know this command"),
        ] {
            telegram.says(said);
            let reply = telegram.next().await;
            assert!(reply.text.starts_with(expected), "{said}: {}", reply.text);
        }
        telegram.writes(ADA, json!({"sticker": {}}));
        assert!(telegram.next().await.text.starts_with("I can only read text."));
        bot.stop().await;
    });
}

#[test]
fn in_a_group_the_bot_speaks_only_when_addressed() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        for silent in [
            json!({"text": "When does a neap tide happen?"}),
            json!({"text": "/ask@OtherBot When does a neap tide happen?"}),
            json!({"text": "/unknown"}),
            json!({"sticker": {}}),
            json!({"text": "/ask neap tide", "from": {"id": 7, "is_bot": true, "first_name": "Bot"}}),
            json!({"text": "neap tide", "via_bot": {"id": BOT_ID, "is_bot": true, "first_name": "Verbatim"}}),
            json!({"text": "/ask neap tide", "chat": {"id": -5, "type": "channel", "title": "News"}}),
            json!({"new_chat_title": "Readers"}),
        ] {
            telegram.writes(GROUP, silent);
        }
        telegram.stays_silent(GROUP).await;
        let anonymous = json!({"id": 1_087_968_824, "is_bot": true, "first_name": "Group"});
        for addressed in [
            json!({"text": "/ask@verbatimbot when does a neap tide happen?"}),
            json!({"text": "@VerbatimBot when does a neap tide happen?"}),
            json!({"text": "/ask neap tide", "from": anonymous, "sender_chat": {"id": GROUP, "type": "supergroup", "title": "Readers"}}),
            json!({"text": "/ask", "reply_to_message": {"message_id": 1, "text": "When does a neap tide happen?", "from": {"id": 7}}}),
            json!({"text": "neap tide?", "reply_to_message": {"message_id": 1, "text": "…", "from": {"id": BOT_ID}}}),
        ] {
            let question = telegram.writes(GROUP, addressed);
            let answer = telegram.next().await;
            assert!(answer.text.starts_with("A neap tide happens"), "{}", answer.text);
            assert_eq!(answer.reply_to, Some(question));
        }
        bot.stop().await;
    });
}

#[test]
fn replies_stay_in_their_topic_and_general_is_never_named() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        let ask = |thread: i64, is_topic: bool| json!({"text": "/ask neap tide", "message_thread_id": thread, "is_topic_message": is_topic});
        telegram.writes(GROUP, ask(77, true));
        assert_eq!(telegram.next().await.thread, Some(77));
        telegram.writes(GROUP, ask(1, true));
        assert_eq!(telegram.next().await.thread, None);
        telegram.writes(GROUP, ask(5, false));
        assert_eq!(telegram.next().await.thread, None);
        bot.stop().await;
    });
}

#[test]
fn an_edited_question_edits_its_answer() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        let question = telegram.writes(GROUP, json!({"text": "/ask neap tide"}));
        let answer = telegram.next().await;
        telegram.edits(GROUP, question, json!({"text": "/ask Rance barrage"}));
        let edited = telegram.next().await;
        assert_eq!((edited.id, edited.is_edit), (answer.id, true));
        assert!(edited.text.starts_with("A barrage across the Rance"), "{}", edited.text);
        telegram.edits(GROUP, question, json!({"text": "/ask Rance barrage"}));
        telegram.stays_silent(GROUP).await;
        telegram.edits(GROUP, question, json!({"text": "never mind"}));
        assert_eq!(telegram.next().await.text, "The question was withdrawn.");
        bot.stop().await;
    });
}

#[test]
fn a_follow_up_is_read_together_with_its_question() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.says("Which barrage makes tidal electricity?");
        let answer = telegram.next().await;
        telegram.writes(
            ADA,
            json!({"text": "since when?", "reply_to_message": {"message_id": answer.id, "text": "…", "from": {"id": BOT_ID}}}),
        );
        let follow_up = telegram.next().await;
        assert!(follow_up.text.contains("since 1966"), "{}", follow_up.text);
        bot.stop().await;
    });
}

#[test]
fn a_follow_up_of_a_follow_up_keeps_the_subject_through_a_restart() {
    conversation(async |telegram| {
        let folders = folders();
        write(
            &folders,
            "estuaries.md",
            "---\ntitle: Estuaries\n---\n\nThe bore of the Severn is feared. Sailors avoid it at night.\n\n\
             The Amazon has a bore, too, which surfers ride.\n\n\
             The Rance barrage is closed at night since 1966.\n",
        );
        let reply = |to: i64, text: &str| json!({"text": text, "reply_to_message": {"message_id": to, "text": "…", "from": {"id": BOT_ID}}});
        let mut bot = start(telegram, folders);
        telegram.says("Which river has a bore that is feared?");
        let mut answer = telegram.next().await;
        assert!(answer.text.starts_with("The bore of the Severn"), "{}", answer.text);
        for follow_up in ["and the Amazon?", "why?", "hello", "why not?"] {
            let folders = bot.stop().await;
            bot = start(telegram, folders);
            telegram.writes(ADA, reply(answer.id, follow_up));
            answer = telegram.next().await;
            let expected =
                if follow_up == "hello" { "Hello!" } else { "The Amazon has a bore, too" };
            assert!(answer.text.starts_with(expected), "{follow_up}: {}", answer.text);
        }
        bot.stop().await;
    });
}

#[test]
fn a_long_section_is_paged_and_the_buttons_outlive_a_restart() {
    conversation(async |telegram| {
        let folders = folders();
        let sentence = "The tide rises & the tide falls, 😀 says the poet of the sea. ";
        let long = format!("---\ntitle: Long\n---\n\n## Poem\n\n{}\n", sentence.repeat(200));
        write(&folders, "long.md", &long);
        let bot = start(telegram, folders);
        telegram.says("/sections");
        let articles = telegram.next().await;
        telegram.presses(&articles, "Long");
        let article = telegram.next().await;
        telegram.presses(&article, "Poem");
        let mut page = telegram.next().await;
        let folders = bot.stop().await;

        let bot = start(telegram, folders);
        let mut read = String::new();
        for number in 2.. {
            read.push_str(page.text.split_once("\n\n").expect("a header").1);
            read.push(' ');
            let Some((next, _)) =
                page.buttons.iter().flatten().find(|(label, _)| label.ends_with('›'))
            else {
                break;
            };
            assert!(next.starts_with(&format!("{number}/")), "{next}");
            telegram.presses(&page, &next.clone());
            page = telegram.next().await;
        }
        assert_eq!(read.trim(), sentence.repeat(200).trim());
        for forged in ["", "s", "sAAAAAAAAAAA0", "zzz", "c999999"] {
            telegram.presses_data(&page, if forged.is_empty() { " " } else { forged });
        }
        assert!(telegram.next().await.text.starts_with("The text has changed"));
        bot.stop().await;
    });
}

#[test]
fn a_question_that_was_journalled_but_not_answered_is_answered_after_a_restart() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.says("hello");
        telegram.next().await;
        // Telegram is out of order for so long that the bot is stopped before the answer is out.
        telegram.fail_next(
            "sendMessage",
            Fault::Refuse(429, "Too Many Requests: retry after 1000", json!({"retry_after": 1000})),
        );
        telegram.says("neap tide");
        telegram.called("sendMessage", 2).await;
        let folders = bot.stop().await;
        let bot = start(telegram, folders);
        assert!(telegram.next().await.text.starts_with("A neap tide happens"));
        let folders = bot.stop().await;
        let bot = start(telegram, folders);
        telegram.stays_silent(ADA).await;
        bot.stop().await;
    });
}

#[test]
fn refusals_and_failures_have_their_consequence() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        let refuse = |code, description| Fault::Refuse(code, description, serde_json::Value::Null);
        telegram.fail_next("sendMessage", refuse(403, "Forbidden: bot was blocked by the user"));
        telegram.says("neap tide");
        telegram.stays_silent(ADA).await;
        telegram.fail_next(
            "sendMessage",
            Fault::Refuse(429, "Too Many Requests: retry after 0", json!({"retry_after": 0})),
        );
        telegram.says("neap tide");
        assert!(telegram.next().await.text.starts_with("A neap tide"));
        telegram.fail_next("sendMessage", Fault::Html(400));
        telegram.says("neap tide");
        assert!(telegram.next().await.text.starts_with("A neap tide"));
        telegram.fail_next("getUpdates", Fault::DropAfter);
        telegram.says("neap tide");
        assert!(telegram.next().await.text.starts_with("A neap tide"));
        telegram.writes(-2, json!({"text": "a new group"}));
        telegram.fail_next(
            "sendMessage",
            Fault::Refuse(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                json!({"migrate_to_chat_id": -2}),
            ),
        );
        telegram.writes(GROUP, json!({"text": "/ask neap tide"}));
        assert_eq!(telegram.next().await.chat, -2);
        telegram.fail_next("sendMessage", refuse(400, "Bad Request: message thread not found"));
        telegram.writes(
            GROUP,
            json!({"text": "/ask neap tide", "message_thread_id": 9, "is_topic_message": true}),
        );
        assert_eq!(telegram.next().await.thread, None);
        bot.stop().await;
    });
}

#[test]
fn a_wrong_token_and_a_second_poller_at_the_start_end_the_bot() {
    conversation(async |telegram| {
        let bot = start_with(telegram, folders(), "1:wrong");
        assert!(matches!(bot.task.await, Ok(Err(BotError::WrongToken))));
        telegram.fail_next("getUpdates", Fault::Refuse(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running", serde_json::Value::Null));
        let bot = start(telegram, folders());
        assert!(matches!(bot.task.await, Ok(Err(BotError::Conflict(Consumer::Poller)))));
    });
}

#[test]
fn menus_and_descriptions_are_set_where_they_differ_and_only_then() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.called("setMyShortDescription", 7).await;
        let folders = bot.stop().await;
        let bot = start(telegram, folders);
        telegram.called("getMyShortDescription", 14).await;
        bot.stop().await;
        let calls = telegram.calls("setMyCommands");
        assert_eq!(calls.len(), 3 * 7, "three scopes in seven languages, once");
        let names = |scope: &str| -> Vec<String> {
            let is_it = |call: &&serde_json::Value| {
                call["scope"]["type"] == scope && call["language_code"] == ""
            };
            let call = calls.iter().find(is_it).expect("a menu in English");
            let commands = call["commands"].as_array().expect("commands");
            commands
                .iter()
                .filter_map(|command| command["command"].as_str())
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(
            names("all_private_chats"),
            ["ask", "brief", "watch", "sections", "about", "help", "language", "privacy", "forget"]
        );
        assert_eq!(
            names("all_group_chats"),
            ["ask", "brief", "watch", "sections", "about", "help"]
        );
        assert_eq!(
            names("all_chat_administrators"),
            ["ask", "brief", "watch", "sections", "about", "help", "language"]
        );
        let described = telegram.calls("setMyDescription");
        assert!(described[0]["description"].as_str().expect("a text").contains("Tides & <Times>"));
    });
}

#[test]
fn nothing_that_people_send_breaks_the_bot() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        for rubbish in [
            "?".to_owned(),
            "\"".to_owned(),
            "\u{0}\u{7}\u{202e}abc\u{1b}[31m".to_owned(),
            "<b>&amp;</i> AND OR NOT title:* \\ '; DROP TABLE updates; --".to_owned(),
            "😀".repeat(2000),
            "слово ".repeat(600),
            "a".repeat(4096),
            "مد و جزر چیست؟".to_owned(),
        ] {
            telegram.says(&rubbish);
            telegram.next().await;
        }
        telegram.push(json!({"message": {"chat": 5}}));
        telegram.push(json!({"message": null}));
        telegram.push(json!({"callback_query": {"id": "x"}}));
        telegram.says("neap tide");
        assert!(telegram.next().await.text.starts_with("A neap tide"));
        bot.stop().await;
    });
}

//! Many updates at once from one person: nobody else waits for them.

use std::time::{Duration, Instant};

use serde_json::json;
use verbatim::bot::Clock;
use verbatim::config::{Access, Limits, Telegram};

use crate::fake_bot_api::{ADA, GROUP, Shown};
use crate::talk::{conversation, folders, start_limited, start_set};

const BEN: i64 = 101;

fn question_of_ben() -> serde_json::Value {
    json!({
        "text": "/ask Which barrage has made electricity?",
        "from": {"id": BEN, "is_bot": false, "first_name": "Ben"},
    })
}

fn data(message: &Shown, label: &str) -> String {
    let known = message.buttons.iter().flatten().find(|(known, _)| known == label);
    known.expect("a button").1.clone()
}

#[test]
fn load_of_presses_below_one_message_changes_it_to_the_newest_and_holds_up_nobody() {
    conversation(async |telegram| {
        let bot = start_limited(telegram, folders(), &Clock::default(), Limits::default());
        telegram.writes(GROUP, json!({"text": "/ask When does a neap tide happen?"}));
        let answer = telegram.next().await;
        let (context, section) = (data(&answer, "Context"), data(&answer, "Read section"));
        for _ in 0..30 {
            telegram.presses_data(&answer, &context);
            telegram.presses_data(&answer, &section);
        }
        let (asked, begun) = (telegram.writes(GROUP, question_of_ben()), Instant::now());
        telegram.called("answerCallbackQuery", 60).await;
        let mut edits = Vec::new();
        let mut is_answered = false;
        while !is_answered
            || edits.last().is_none_or(|edit: &Shown| !edit.text.contains("Neap tides\n"))
        {
            let shown = telegram.next().await;
            match shown.is_edit {
                true => edits.push(shown),
                false => {
                    assert_eq!(shown.reply_to, Some(asked));
                    is_answered = true;
                    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
                }
            }
        }
        assert!(edits.len() < 10, "{} edits", edits.len());
        // The first press may be shown first; every press has its answer.
        assert_eq!(telegram.notices().len(), 60);
        bot.stop().await;
        let last = telegram.unseen();
        assert!(last.iter().all(|shown| shown.is_edit), "{last:?}");
    });
}

#[test]
fn load_of_one_member_does_not_delay_another() {
    conversation(async |telegram| {
        let settings = Telegram {
            access: Access { user_per_minute: 0, ..Access::default() },
            ..Telegram::default()
        };
        let bot = start_set(telegram, folders(), settings);
        telegram.writes(GROUP, json!({"text": "/ask neap tide"}));
        telegram.next().await;
        for _ in 0..40 {
            telegram.writes(GROUP, json!({"text": "/ask When does a neap tide happen?"}));
        }
        let asked = telegram.writes(GROUP, question_of_ben());
        let mut before = 0;
        while telegram.next().await.reply_to != Some(asked) {
            before += 1;
        }
        // Updates come in one batch, some of which may be under way when the last one is read.
        assert!(before < 20, "{before} answers came before");
        for _ in before..40 {
            telegram.next().await;
        }
        bot.stop().await;
    });
}

#[test]
fn load_counts_presses_like_questions_and_inline_queries_for_themselves() {
    conversation(async |telegram| {
        let access = Access { user_per_minute: 3, ..Access::default() };
        let bot = start_set(telegram, folders(), Telegram { access, ..Telegram::default() });
        telegram.says("neap tide");
        let answer = telegram.next().await;
        telegram.presses(&answer, "Context");
        let context = telegram.next().await;
        telegram.presses(&context, "Back to the quote");
        let answer = telegram.next().await;
        telegram.presses(&answer, "Read section");
        telegram.presses(&answer, "👍 Helpful");
        telegram.called("answerCallbackQuery", 4).await;
        telegram.says("neap tide");
        assert_eq!(telegram.next().await.text, "A little slower, please.");
        let slower = "A little slower, please.";
        assert_eq!(telegram.notices(), ["", "", slower, slower]);
        let ben = json!({"id": BEN, "is_bot": false, "first_name": "Ben"});
        telegram.writes(BEN, json!({"text": "neap tide", "from": ben}));
        assert_eq!(telegram.next().await.chat, BEN);

        // Ten inline queries count as one request.
        for _ in 0..30 {
            telegram.types("neap", "");
            assert!(!telegram.next_inline().await.posts.is_empty());
        }
        telegram.types("neap", "");
        let refused = telegram.next_inline().await;
        assert!(refused.posts.is_empty() && refused.button.is_some());
        assert_eq!(refused.cache_time, Some(0));
        bot.stop().await;
        assert_eq!(
            telegram
                .calls("sendMessage")
                .iter()
                .filter(|call| call["chat_id"] == json!(ADA))
                .count(),
            2
        );
    });
}

#[test]
fn load_of_presses_below_posts_in_other_chats_has_a_pace_for_each_post() {
    conversation(async |telegram| {
        let bot = start_limited(telegram, folders(), &Clock::default(), Limits::default());
        telegram.types("neap", "");
        let post = telegram.next_inline().await.posts[0].2.clone();
        let begun = Instant::now();
        for number in 0..15 {
            let posted = Shown { inline: Some(format!("inline-{number}")), ..post.clone() };
            telegram.presses(&posted, "Context");
        }
        for _ in 0..15 {
            assert!(telegram.next().await.inline.is_some());
        }
        assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
        bot.stop().await;
    });
}

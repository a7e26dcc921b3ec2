//! What an operator decides: who may ask, how fast, and what is kept.

use serde_json::json;
use verbatim::config::{Access, Telegram};

use crate::fake_bot_api::{ADA, GROUP};
use crate::talk::{conversation, folders, start, start_set};

#[test]
fn strangers_get_one_polite_line_and_members_of_a_listed_group_get_answers() {
    conversation(async |telegram| {
        let access = Access { allowed_chats: vec![GROUP], ..Access::default() };
        let bot = start_set(telegram, folders(), Telegram { access, ..Telegram::default() });
        telegram.says("neap tide");
        assert!(telegram.next().await.text.contains("only answer those whom my operator lets in"));
        telegram.says("neap tide");
        telegram.types("neap tide", "");
        assert_eq!(telegram.next_inline().await.posts, []);
        telegram.writes(GROUP, json!({"text": "/ask neap tide"}));
        let answer = telegram.next().await;
        assert_eq!(answer.chat, GROUP);
        bot.stop().await;
    });
}

#[test]
fn who_asks_too_fast_is_told_once() {
    conversation(async |telegram| {
        let access = Access { user_per_minute: 2, ..Access::default() };
        let bot = start_set(telegram, folders(), Telegram { access, ..Telegram::default() });
        for _ in 0..2 {
            telegram.says("neap tide");
            assert!(telegram.next().await.text.starts_with("A neap tide"));
        }
        for _ in 0..3 {
            telegram.says("neap tide");
        }
        assert_eq!(telegram.next().await.text, "A little slower, please.");
        let ben = json!({"id": 101, "is_bot": false, "first_name": "Ben"});
        telegram.writes(101, json!({"text": "neap tide", "from": ben.clone()}));
        assert_eq!(telegram.next().await.chat, 101);
        // Asked while the bot was away, as far as it can tell.
        let before = jiff::Timestamp::now().as_second() - 120;
        for _ in 0..5 {
            telegram.writes(ADA, json!({"text": "neap tide", "date": before}));
            assert!(telegram.next().await.text.starts_with("A neap tide"));
        }
        // Nobody gets around the limit with what is old.
        let old = telegram.writes(ADA, json!({"text": "hello", "date": before}));
        telegram.next().await;
        let now = before + 120;
        telegram.edits(ADA, old, json!({"text": "neap tide", "date": before, "edit_date": now}));
        telegram.says("neap tide");
        telegram.writes(101, json!({"text": "neap tide", "from": ben}));
        assert_eq!(telegram.next().await.chat, 101);
        bot.stop().await;
    });
}

#[test]
fn what_was_asked_in_vain_is_listed_for_the_operator_who_records_it() {
    conversation(async |telegram| {
        let access = Access { admins: vec![ADA], ..Access::default() };
        let settings = Telegram { access, record_questions: true, ..Telegram::default() };
        let bot = start_set(telegram, folders(), settings);
        for question in ["sourdough bread", "croissants", "Sourdough bread ", "neap tide"] {
            telegram.says(question);
            telegram.next().await;
        }
        let answer = telegram.says("Rance barrage");
        let shown = telegram.next().await;
        assert_eq!(shown.reply_to, Some(answer));
        telegram.presses(&shown, "👎 Not helpful");
        telegram.says("/gaps");
        let gaps = telegram.next().await;
        assert!(
            gaps.text.contains("Answered: 2. Found nothing: 3. Helpful: 0. Not helpful: 1."),
            "{}",
            gaps.text
        );
        let lines: Vec<_> = gaps.text.lines().filter(|line| line.contains(" × ")).collect();
        assert_eq!(lines[0], "2 × Sourdough bread");
        assert!(lines.contains(&"1 × croissants") && lines.contains(&"1 × Rance barrage"));
        telegram.presses(&gaps, "Export");
        telegram.called("sendDocument", 1).await;
        telegram.presses(&gaps, "Clear the list");
        assert_eq!(telegram.next().await.text, "The list is empty now.");
        assert!(telegram.documents()[0].contains("Sourdough bread"));
        telegram.writes(GROUP, json!({"text": "/gaps"}));
        assert_eq!(telegram.next().await.text, "Only my operator can do that.");
        bot.stop().await;
    });
}

#[test]
fn nothing_is_recorded_unless_the_operator_says_so_and_forgetting_forgets() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.says("sourdough bread");
        telegram.next().await;
        telegram.says("/privacy");
        let privacy = telegram.next().await;
        assert!(!privacy.text.contains("that list"), "{}", privacy.text);
        let question = telegram.says("neap tide");
        telegram.next().await;
        telegram.says("/forget");
        assert!(telegram.next().await.text.starts_with("I have removed"));
        telegram.edits(ADA, question, json!({"text": "Rance barrage"}));
        assert!(!telegram.next().await.is_edit, "the old answer is not known any more");
        let folders = bot.stop().await;

        let access = Access { admins: vec![ADA], ..Access::default() };
        let bot = start_set(telegram, folders, Telegram { access, ..Telegram::default() });
        telegram.says("/gaps");
        let gaps = telegram.next().await;
        assert!(gaps.text.contains("record_questions = true"), "{}", gaps.text);
        bot.stop().await;
    });
}

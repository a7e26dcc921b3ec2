//! Tests that no data of a person or a group stay in the files of the store.

use std::path::Path;

use super::super::{Added, AnswerRecord, AnswerVote, NewSchedule, Outcome, UpdateQueue, Upload};
use super::*;
use crate::ids::MessageId;

const ADA: UserId = UserId::new(100);
const BEN: UserId = UserId::new(101);
/// A group, and the user as which its anonymous administrators write.
const GROUP: ChatId = ChatId::new(-1001);
const ANONYMOUS: UserId = UserId::new(-1001);
const OTHER: ChatId = ChatId::new(-1002);
const ANONYMOUS_OF_OTHER: UserId = UserId::new(-1002);
/// Text that no file may contain after `/forget`.
const WORDS: &str = "quokka";
const NAME: &str = "Xanthippe";

fn body(id: i64, chat: ChatId, user: UserId, words: &str) -> PendingUpdate {
    let body = serde_json::json!({"update_id": id, "message": {
        "message_id": id, "text": words, "chat": {"id": chat.get(), "title": NAME},
        "from": {"id": user.get(), "first_name": NAME},
    }});
    PendingUpdate {
        id: UpdateId::new(id),
        queue: UpdateQueue::Chat { chat, topic: None },
        received_at: 100,
        body: body.to_string(),
    }
}

fn answered(id: i32, chat: ChatId, asker: Option<UserId>, words: &str) -> AnswerRecord {
    AnswerRecord {
        chat,
        question: MessageId::new(id),
        answer: Some(MessageId::new(id + 1000)),
        text: words.into(),
        context: words.into(),
        asker,
        quotes: Vec::new(),
        outcome: Outcome::Refused { is_recorded: true },
        at: 100,
    }
}

/// Journals a question and answers it.
fn ask(store: &Store, id: i32, chat: ChatId, asker: impl Into<Option<UserId>>, words: &str) {
    let (update, asker) = (i64::from(id), asker.into());
    let sender = asker.unwrap_or(UserId::new(0));
    store.journal(&[body(update, chat, sender, words)]).unwrap();
    let answered = answered(id, chat, asker, words);
    store.complete(UpdateId::new(update), Some(&answered)).unwrap();
}

fn vote(message: i32, user: UserId, is_good: bool) -> AnswerVote {
    let message = MessageId::new(message);
    AnswerVote { chat: GROUP, message, user: Some(user), is_good, at: 100 }
}

fn new_schedule(chat: ChatId) -> NewSchedule {
    NewSchedule {
        chat,
        topic: None,
        rule: "daily 08:30 UTC".into(),
        subject: WORDS.into(),
        is_always: false,
        is_silent: false,
        seen: 0,
        due: 10,
    }
}

fn schedule(store: &Store, chat: ChatId) {
    let added = store.add_schedule(&new_schedule(chat), 3).unwrap();
    assert!(matches!(added, Added::New { .. }));
}

/// Returns the names of the files that contain this text.
fn files_with(data: &Path, words: &str) -> Vec<String> {
    let entries = std::fs::read_dir(data).unwrap().map(Result::unwrap);
    let has_words = |entry: &std::fs::DirEntry| {
        let bytes = std::fs::read(entry.path()).unwrap();
        bytes.windows(words.len()).any(|bytes| bytes == words.as_bytes())
    };
    let found = entries.filter(has_words);
    found.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn count(store: &Store, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    store.lock().query_row(&sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn forget_leaves_no_byte_of_a_person_in_any_file() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    // Enough for SQLite to move rows between pages.
    for id in 1..600 {
        let user = UserId::new(ADA.get() + i64::from(id % 7));
        let words = match user {
            ADA => [WORDS; 40].join(" "),
            _ => "a question of another person ".repeat(30),
        };
        let chat = [user.private_chat(), GROUP][usize::from(id % 3 == 0)];
        ask(&store, id, chat, user, &words);
    }
    store.add_upload(&Upload::article(ADA, "a.md", WORDS), 100).unwrap();
    schedule(&store, ADA.private_chat());
    let vote = vote(1, ADA, true);
    store.vote(vote, None).unwrap();
    // Pending are an update of the person, one of another person, and the request itself.
    let request = body(700, ADA.private_chat(), ADA, &format!("/forget {WORDS}"));
    store.journal(&[body(601, GROUP, ADA, WORDS), body(602, GROUP, BEN, "Why?")]).unwrap();
    store.journal(std::slice::from_ref(&request)).unwrap();
    std::fs::write(data.path().join("verbatim.sqlite.broken-1"), WORDS).unwrap();
    assert!(files_with(data.path(), WORDS).len() >= 2);

    let stripped = PendingUpdate { body: "{}".into(), ..request };
    store.forget(ADA, Some(&stripped)).unwrap();
    assert_eq!(files_with(data.path(), WORDS), [""; 0]);
    let waiting: Vec<_> = store.pending().unwrap().iter().map(|update| update.id).collect();
    assert_eq!(waiting, [602, 700].map(UpdateId::new));
    // The answer to a question that was forgotten before its reply was sent is not kept.
    store.complete(UpdateId::new(601), Some(&answered(601, GROUP, Some(ADA), WORDS))).unwrap();
    store.complete(UpdateId::new(700), None).unwrap();
    store.complete(UpdateId::new(602), None).unwrap();
    store.end().unwrap();
    assert_eq!(files_with(data.path(), WORDS), [""; 0]);
    assert_eq!(files_with(data.path(), NAME), [""; 0]);
    let connection = store.lock();
    for (table, column) in [
        ("answers", "asker"),
        ("answers", "chat"),
        ("gaps", "asker"),
        ("votes", "person"),
        ("uploads", "admin"),
        ("chats", "chat"),
        ("schedules", "chat"),
        ("updates", "chat"),
    ] {
        let sql = format!("SELECT count(*) FROM {table} WHERE {column} = {ADA}");
        let left: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "{table}.{column}");
    }
    let others: i64 =
        connection.query_row("SELECT count(*) FROM answers", [], |row| row.get(0)).unwrap();
    assert!(others > 400, "{others}");
}

#[test]
fn forget_removes_a_question_from_follow_ups_and_votes_of_others() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    ask(&store, 1, GROUP, ADA, WORDS);
    store.journal(&[body(2, GROUP, BEN, "And why?")]).unwrap();
    let context = format!("{WORDS} And why?");
    let follow_up = AnswerRecord { context, ..answered(2, GROUP, Some(BEN), "And why?") };
    store.complete(UpdateId::new(2), Some(&follow_up)).unwrap();
    let vote = vote(1001, BEN, false);
    store.vote(vote, Some(WORDS)).unwrap();
    store.forget(ADA, None).unwrap();
    assert_eq!(files_with(data.path(), WORDS), [""; 0]);
    let left = store.answer_to(GROUP, MessageId::new(2)).unwrap().unwrap();
    assert_eq!((left.text.as_str(), left.context.as_str()), ("And why?", "And why?"));
}

#[test]
fn forget_of_an_unknown_person_removes_nothing() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    ask(&store, 1, GROUP, None, "");
    ask(&store, 2, ChatId::new(0), None, "of an inline message");
    store.forget(UserId::new(0), None).unwrap();
    assert_eq!(count(&store, "answers"), 2);
}

#[test]
fn forget_of_an_anonymous_administrator_keeps_the_group() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    ask(&store, 1, GROUP, ANONYMOUS, WORDS);
    ask(&store, 2, GROUP, ADA, "Why?");
    ask(&store, 3, OTHER, ANONYMOUS_OF_OTHER, "Who?");
    schedule(&store, GROUP);
    store.forget(ANONYMOUS, None).unwrap();
    assert_eq!(store.answer_to(GROUP, MessageId::new(1)).unwrap(), None);
    assert!(store.answer_to(GROUP, MessageId::new(2)).unwrap().is_some());
    assert!(store.answer_to(OTHER, MessageId::new(3)).unwrap().is_some());
    assert_eq!(store.schedules(GROUP, None).unwrap().len(), 1);
}

#[test]
fn forget_group_keeps_other_chats() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    ask(&store, 1, GROUP, ADA, WORDS);
    ask(&store, 2, ADA.private_chat(), ADA, "Why?");
    schedule(&store, GROUP);
    store.set_language(GROUP, "fa").unwrap();
    let vote = vote(1001, BEN, false);
    store.vote(vote, Some(WORDS)).unwrap();
    let press = body(9, GROUP, ADA, WORDS);
    store.journal(&[body(8, GROUP, BEN, WORDS), press.clone()]).unwrap();
    store.forget_group(GROUP, Some(&PendingUpdate { body: "{}".into(), ..press })).unwrap();
    assert_eq!(files_with(data.path(), WORDS), [""; 0]);
    assert_eq!(store.pending().unwrap().len(), 1);
    assert_eq!(store.language(GROUP).unwrap(), None);
    assert_eq!((count(&store, "schedules"), count(&store, "votes")), (0, 0));
    assert!(store.answer_to(ADA.private_chat(), MessageId::new(2)).unwrap().is_some());
    assert_eq!(store.gaps(9).unwrap().len(), 1, "that of the private chat");
}

#[test]
fn leave_keeps_only_the_welcome_and_for_days() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    ask(&store, 1, GROUP, ADA, WORDS);
    schedule(&store, GROUP);
    store.set_welcomed(GROUP, 50).unwrap();
    store.set_zone(GROUP, "Asia/Kabul").unwrap();
    store.leave(GROUP, 100, None).unwrap();
    assert_eq!(files_with(data.path(), WORDS), [""; 0]);
    assert!(store.is_welcomed(GROUP).unwrap() && store.is_paused(GROUP).unwrap());
    assert_eq!((store.zone(GROUP).unwrap(), count(&store, "schedules")), (None, 0));
    store.prune(101 + 7 * 24 * 60 * 60).unwrap();
    assert_eq!((count(&store, "chats"), count(&store, "paused")), (0, 0));
}

#[test]
fn block_removes_questions_and_keeps_schedules() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    ask(&store, 1, ADA.private_chat(), ADA, WORDS);
    let new = NewSchedule { subject: String::new(), ..new_schedule(ADA.private_chat()) };
    store.add_schedule(&new, 3).unwrap();
    store.clear_gaps().unwrap();
    store.block(ADA.private_chat(), 100, None).unwrap();
    assert_eq!(files_with(data.path(), WORDS), [""; 0]);
    store.prune(101 + 7 * 24 * 60 * 60).unwrap();
    assert!(store.is_paused(ADA.private_chat()).unwrap());
    assert_eq!(count(&store, "schedules"), 1);
}

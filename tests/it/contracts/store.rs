//! Tables of the store, and the texts and numbers that the bot writes into them.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;
use verbatim::corpus::article::{ArticleId, PassageId};
use verbatim::ids::{ChatId, MessageId, TopicId, UpdateId, UserId};
use verbatim::render::messages::Locale;
use verbatim::schedule::Rule;
use verbatim::store::{
    AnswerRecord, AnswerVote, ArticleVersion, Change, ChangeKind, Content, Delivery, DeliveryKey,
    DeliveryState, NewSchedule, Outcome, PendingUpdate, ScheduleId, Store, UpdateQueue, UploadId,
    WatchId, WatchMatch,
};

/// Tables of version 5, as a released program made them. A later version migrates them.
const TABLES_OF_VERSION_5: &str = "\
CREATE TABLE updates ( id INTEGER PRIMARY KEY, chat INTEGER NOT NULL, thread INTEGER NOT NULL, received_at INTEGER NOT NULL, body TEXT , attempts INTEGER NOT NULL DEFAULT 0);
CREATE INDEX updates_waiting ON updates (id) WHERE body IS NOT NULL;
CREATE TABLE answers ( chat INTEGER NOT NULL, question INTEGER NOT NULL, answer INTEGER NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, asker INTEGER NOT NULL DEFAULT 0, context TEXT NOT NULL DEFAULT '', PRIMARY KEY (chat, question) );
CREATE INDEX answers_by_answer ON answers (chat, answer);
CREATE TABLE paused (chat INTEGER PRIMARY KEY, since INTEGER NOT NULL);
CREATE INDEX answers_by_asker ON answers (asker);
CREATE TABLE chats (chat INTEGER PRIMARY KEY, language TEXT, welcomed_at INTEGER, zone TEXT, set_up_in TEXT);
CREATE TABLE tallies (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE votes ( chat INTEGER NOT NULL, message INTEGER NOT NULL, person INTEGER NOT NULL, is_good INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (chat, message, person) ) WITHOUT ROWID;
CREATE TABLE gaps ( id INTEGER PRIMARY KEY, asker INTEGER NOT NULL, text TEXT NOT NULL, is_vote INTEGER NOT NULL, at INTEGER NOT NULL , chat INTEGER, author INTEGER);
CREATE TABLE settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE schedules ( id INTEGER PRIMARY KEY AUTOINCREMENT, chat INTEGER NOT NULL REFERENCES chats (chat) ON UPDATE CASCADE ON DELETE CASCADE, thread INTEGER NOT NULL, number INTEGER NOT NULL, rule TEXT NOT NULL, words TEXT NOT NULL, is_always INTEGER NOT NULL, is_silent INTEGER NOT NULL, seen INTEGER NOT NULL, due INTEGER NOT NULL, UNIQUE (chat, thread, number) );
CREATE INDEX schedules_by_due ON schedules (due);
CREATE TABLE runs ( schedule INTEGER NOT NULL REFERENCES schedules (id) ON UPDATE CASCADE ON DELETE CASCADE, due INTEGER NOT NULL, state TEXT NOT NULL, message INTEGER, at INTEGER NOT NULL, PRIMARY KEY (schedule, due) ) WITHOUT ROWID;
CREATE INDEX runs_open ON runs (due) WHERE state IN ('claimed', 'attempted');
CREATE TABLE articles ( article INTEGER PRIMARY KEY, file TEXT NOT NULL, title TEXT NOT NULL, hash TEXT NOT NULL, passages BLOB NOT NULL );
CREATE TABLE changes ( id INTEGER PRIMARY KEY AUTOINCREMENT, article INTEGER NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, passages BLOB NOT NULL, lost INTEGER NOT NULL, at INTEGER NOT NULL );
CREATE TABLE watches ( id INTEGER PRIMARY KEY AUTOINCREMENT, chat INTEGER NOT NULL REFERENCES chats (chat) ON UPDATE CASCADE ON DELETE CASCADE, thread INTEGER NOT NULL, number INTEGER NOT NULL, words TEXT NOT NULL, at INTEGER NOT NULL, UNIQUE (chat, thread, number) );
CREATE TABLE hits ( watch INTEGER NOT NULL REFERENCES watches (id) ON UPDATE CASCADE ON DELETE CASCADE, article INTEGER NOT NULL, passage INTEGER NOT NULL, more INTEGER NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (watch, article) ) WITHOUT ROWID;
CREATE INDEX hits_open ON hits (at) WHERE state IN ('claimed', 'attempted');
CREATE TABLE uploads ( id INTEGER PRIMARY KEY AUTOINCREMENT, admin INTEGER NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL );
";

/// Tables of version 10, as this program makes them.
const TABLES_OF_VERSION_11: &str = "\
CREATE TABLE updates ( id INTEGER PRIMARY KEY, chat INTEGER NOT NULL, thread INTEGER NOT NULL, received_at INTEGER NOT NULL, body TEXT , attempts INTEGER NOT NULL DEFAULT 0);
CREATE INDEX updates_waiting ON updates (id) WHERE body IS NOT NULL;
CREATE TABLE answers ( chat INTEGER NOT NULL, question INTEGER NOT NULL, answer INTEGER NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, asker INTEGER NOT NULL DEFAULT 0, context TEXT NOT NULL DEFAULT '', quotes BLOB NOT NULL DEFAULT x'', PRIMARY KEY (chat, question) );
CREATE INDEX answers_by_answer ON answers (chat, answer);
CREATE TABLE paused (chat INTEGER PRIMARY KEY, since INTEGER NOT NULL);
CREATE INDEX answers_by_asker ON answers (asker);
CREATE TABLE chats (chat INTEGER PRIMARY KEY, language TEXT, welcomed_at INTEGER, zone TEXT, set_up_in TEXT, is_private INTEGER NOT NULL DEFAULT 0);
CREATE TABLE tallies (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE votes ( chat INTEGER NOT NULL, message INTEGER NOT NULL, person INTEGER NOT NULL, is_good INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (chat, message, person) ) WITHOUT ROWID;
CREATE TABLE gaps ( id INTEGER PRIMARY KEY, asker INTEGER NOT NULL, text TEXT NOT NULL, is_vote INTEGER NOT NULL, at INTEGER NOT NULL , chat INTEGER, author INTEGER);
CREATE TABLE settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE schedules ( id INTEGER PRIMARY KEY AUTOINCREMENT, chat INTEGER NOT NULL REFERENCES chats (chat) ON UPDATE CASCADE ON DELETE CASCADE, thread INTEGER NOT NULL, number INTEGER NOT NULL, rule TEXT NOT NULL, words TEXT NOT NULL, is_always INTEGER NOT NULL, is_silent INTEGER NOT NULL, seen INTEGER NOT NULL, due INTEGER NOT NULL, UNIQUE (chat, thread, number) );
CREATE INDEX schedules_by_due ON schedules (due);
CREATE TABLE articles ( article INTEGER PRIMARY KEY, file TEXT NOT NULL, title TEXT NOT NULL, hash TEXT NOT NULL, passages BLOB NOT NULL );
CREATE TABLE changes ( id INTEGER PRIMARY KEY AUTOINCREMENT, article INTEGER NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, passages BLOB NOT NULL, lost INTEGER NOT NULL, at INTEGER NOT NULL , file TEXT);
CREATE TABLE watches ( id INTEGER PRIMARY KEY AUTOINCREMENT, chat INTEGER NOT NULL REFERENCES chats (chat) ON UPDATE CASCADE ON DELETE CASCADE, thread INTEGER NOT NULL, number INTEGER NOT NULL, words TEXT NOT NULL, at INTEGER NOT NULL, UNIQUE (chat, thread, number) );
CREATE TABLE uploads ( id INTEGER PRIMARY KEY AUTOINCREMENT, admin INTEGER NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL , original BLOB, original_name TEXT);
CREATE TABLE deliveries ( id INTEGER PRIMARY KEY, schedule INTEGER REFERENCES schedules (id) ON UPDATE CASCADE ON DELETE CASCADE, watch INTEGER REFERENCES watches (id) ON UPDATE CASCADE ON DELETE CASCADE, article INTEGER, passage INTEGER, more INTEGER, due INTEGER NOT NULL, state TEXT NOT NULL, message INTEGER, at INTEGER NOT NULL, CHECK ((schedule IS NULL) <> (watch IS NULL)) );
CREATE UNIQUE INDEX deliveries_of_schedule ON deliveries (schedule, due) WHERE schedule IS NOT NULL;
CREATE UNIQUE INDEX deliveries_of_watch ON deliveries (watch, article) WHERE watch IS NOT NULL;
CREATE INDEX deliveries_unfinished ON deliveries (due) WHERE state IN ('claimed', 'attempted');
CREATE TABLE help_requests ( number INTEGER PRIMARY KEY AUTOINCREMENT, chat INTEGER NOT NULL, thread INTEGER NOT NULL, question INTEGER NOT NULL, asker INTEGER NOT NULL, language TEXT NOT NULL, help_chat INTEGER NOT NULL, is_sent INTEGER NOT NULL, answer INTEGER NOT NULL, delivered INTEGER NOT NULL, at INTEGER NOT NULL, UNIQUE (chat, question) );
CREATE TABLE shelves ( chat INTEGER NOT NULL REFERENCES chats (chat) ON UPDATE CASCADE ON DELETE CASCADE, thread INTEGER NOT NULL, shelf TEXT NOT NULL, PRIMARY KEY (chat, thread) ) WITHOUT ROWID;
";

const CHAT: ChatId = ChatId::new(7);
const GROUP: ChatId = ChatId::new(-7);
const PAUSED: ChatId = ChatId::new(8);
const TOPIC: Option<TopicId> = Some(TopicId::new(2));
const USER: UserId = UserId::new(9);

const STATES: [(DeliveryState, &str); 7] = [
    (DeliveryState::Claimed, "claimed"),
    (DeliveryState::Sending, "attempted"),
    (DeliveryState::Sent, "sent"),
    (DeliveryState::NothingNew, "nothing_new"),
    (DeliveryState::Rejected, "refused"),
    (DeliveryState::Expired, "missed"),
    (DeliveryState::Unknown, "unsure"),
];
const KINDS: [(ChangeKind, &str); 3] =
    [(ChangeKind::Added, "came"), (ChangeKind::Changed, "changed"), (ChangeKind::Removed, "gone")];

fn new_data() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn open(data: &TempDir) -> Store {
    Store::open(data.path()).expect("it can be opened")
}

fn connect(data: &Path) -> Connection {
    Connection::open(data.join("verbatim.sqlite")).expect("it can be opened")
}

fn texts(data: &TempDir, select: &str) -> Vec<String> {
    let connection = connect(data.path());
    let mut select = connection.prepare(select).expect("it is SQL");
    let rows = select.query_map([], |row| row.get(0)).expect("it can be read");
    rows.map(|row| row.expect("it is text")).collect()
}

/// Returns SQL on one line, without comments.
fn plain(sql: &str) -> String {
    let code: Vec<_> =
        sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    code.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn contract_store_tables() {
    let data = new_data();
    drop(open(&data));
    let select = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name != 'sqlite_sequence' ORDER BY rowid";
    let tables: Vec<_> = texts(&data, select).iter().map(|sql| plain(sql) + ";\n").collect();
    assert_eq!(tables.concat(), TABLES_OF_VERSION_11);
    assert_eq!(texts(&data, "SELECT user_version || '' FROM pragma_user_version"), ["11"]);
}

#[test]
fn contract_store_of_version_5_is_read() {
    let data = new_data();
    let old = connect(data.path());
    old.execute_batch(TABLES_OF_VERSION_5).expect("it is SQL");
    old.execute_batch(
        "PRAGMA user_version = 5;
         INSERT INTO updates (id, chat, thread, received_at, body, attempts) VALUES (1, -7, 2, 100, '{}', 3);
         INSERT INTO answers (chat, question, answer, text, at, asker, context) VALUES (-7, 11, 12, 'q', 100, 9, 'c');
         INSERT INTO paused (chat, since) VALUES (8, 100);
         INSERT INTO chats (chat, language, welcomed_at, zone, set_up_in) VALUES (-7, 'fa', 100, 'Europe/Berlin', 'de');
         INSERT INTO tallies (name, number) VALUES ('answered', 1), ('refused', 2), ('good', 3), ('bad', 4);
         INSERT INTO gaps (id, asker, text, is_vote, at, chat, author) VALUES (1, 9, 'why?', 0, 100, -7, 9);
         INSERT INTO settings (name, value) VALUES
             ('stock_taken', 41), ('watched_up_to', 42), ('rewritten', 43), ('starts', 44), ('ended', 1);
         INSERT INTO schedules (id, chat, thread, number, rule, words, is_always, is_silent, seen, due)
             VALUES (5, -7, 2, 1, 'weekly mon 08:30 Europe/Berlin', 'tides', 1, 0, 6, 900);
         INSERT INTO articles (article, file, title, hash, passages) VALUES (-1, 'a.md', 'A', 'h', x'0000000000000007');
         INSERT INTO watches (id, chat, thread, number, words, at) VALUES (3, -7, 2, 1, 'moon', 100);
         INSERT INTO uploads (id, admin, name, text, at) VALUES (4, 9, 'a.md', 'text', 100);",
    )
    .expect("the tables have these columns");
    for (due, (_, state)) in STATES.iter().enumerate() {
        old.execute(
            "INSERT INTO runs (schedule, due, state, message, at) VALUES (5, ?, ?, 6, 100)",
            (due as i64, state),
        )
        .expect("a new run");
        old.execute("INSERT INTO hits (watch, article, passage, more, state, at) VALUES (3, ?, 7, 1, ?, 100)", (due as i64, state))
            .expect("a new hit");
    }
    for (_, kind) in KINDS {
        old.execute("INSERT INTO changes (article, title, kind, passages, lost, at) VALUES (-1, 'A', ?, x'000000000000000700000000000000FF', 2, 100)", [kind])
            .expect("a new change");
    }
    drop(old);

    let store = open(&data);
    let id = UpdateId::new(1);
    let queue = UpdateQueue::Chat { chat: GROUP, topic: TOPIC };
    let waiting = PendingUpdate { id, queue, received_at: 100, body: "{}".into() };
    assert_eq!(store.pending().expect("it is read"), [waiting]);
    assert_eq!(store.attempts().expect("it is read"), [(id, 3)]);
    let answered =
        store.question_of(GROUP, MessageId::new(12)).expect("it is read").expect("it is there");
    assert_eq!((answered.question, answered.text.as_str()), (MessageId::new(11), "q"));
    assert_eq!((answered.context.as_str(), answered.asker, answered.at), ("c", Some(USER), 100));
    assert!(answered.quotes.is_empty());
    assert!(
        store.is_paused(PAUSED).expect("it is read")
            && store.is_welcomed(GROUP).expect("it is read")
    );
    assert_eq!(store.language(GROUP).expect("it is read").as_deref(), Some("fa"));
    assert_eq!(store.zone(GROUP).expect("it is read").as_deref(), Some("Europe/Berlin"));
    let tallies = store.tallies().expect("it is read");
    assert_eq!([tallies.answered, tallies.refused, tallies.good, tallies.bad], [1, 2, 3, 4]);
    assert_eq!(store.gaps(9).expect("it is read")[0].text, "why?");
    assert_eq!(store.versions_stamp().expect("it is read"), Some(41));
    assert_eq!(store.last_matched_change().expect("it is read"), 42);
    assert_eq!(store.count_start().expect("it is counted"), 45);
    assert!(!store.is_after_crash());
    let schedule = &store.schedules(GROUP, TOPIC).expect("it is read")[0];
    assert_eq!((schedule.number, schedule.seen, schedule.due), (1, 6, 900));
    assert_eq!(
        (schedule.subject.as_str(), schedule.is_always, schedule.is_silent),
        ("tides", true, false)
    );
    let rule: Rule = schedule.rule.parse().expect("it is a rule");
    assert_eq!(rule.to_string(), "weekly mon 08:30 Europe/Berlin");
    let message = Some(MessageId::new(6));
    for (due, (state, name)) in STATES.into_iter().enumerate() {
        let due = due as i64;
        let schedule = ScheduleId::from_i64(5);
        let briefing = store.delivery(DeliveryKey::Briefing { schedule, due }).expect("it is read");
        assert_eq!(briefing, Some(Delivery { due, state, message, at: 100 }), "{name}");
        let (watch, article) = (WatchId::from_i64(3), ArticleId::from_u64(due.cast_unsigned()));
        let quote = store.delivery(DeliveryKey::Quote { watch, article }).expect("it is read");
        assert_eq!(quote, Some(Delivery { due: 100, state, message: None, at: 100 }), "{name}");
        let quote = store.watch_quote(watch, article).expect("it is read").expect("it is there");
        let passage = PassageId::from_u64(7);
        assert_eq!((quote.state, quote.more, quote.passage), (state, 1, passage), "{name}");
    }
    assert_eq!(store.unfinished_briefings().expect("it is read").len(), 2);
    assert_eq!(store.unfinished_quotes().expect("it is read").len(), 2);
    let changes = store.changes_since(0).expect("it is read");
    assert_eq!(
        changes.iter().map(|change| change.kind).collect::<Vec<_>>(),
        KINDS.map(|(kind, _)| kind)
    );
    let Change { article, passages, lost, .. } = &changes[0];
    assert_eq!((*article, *lost), (ArticleId::from_u64(u64::MAX), 2));
    assert_eq!(passages[..], [7, 255].map(PassageId::from_u64));
    let known = ArticleVersion {
        article: ArticleId::from_u64(u64::MAX),
        file: "a.md".into(),
        hash: "h".into(),
    };
    assert_eq!(store.outdated(&[known]).expect("it is read"), []);
    assert_eq!(store.watches(GROUP, TOPIC).expect("it is read")[0].subject, "moon");
    let upload = store.upload(UploadId::from_i64(4)).expect("it is read").expect("it is there");
    assert_eq!((upload.admin, upload.name.as_str(), upload.text.as_str()), (USER, "a.md", "text"));
}

#[test]
fn contract_texts_that_the_store_writes() {
    let data = new_data();
    let store = open(&data);
    let new = NewSchedule {
        chat: CHAT,
        topic: None,
        rule: "daily 08:30 UTC".into(),
        subject: String::new(),
        is_always: false,
        is_silent: false,
        seen: 0,
        due: 0,
    };
    store.add_schedule(&new, 1).expect("it is written");
    store.add_watch(CHAT, None, "moon", 1, 100).expect("it is written");
    let (schedule, watch) = (ScheduleId::from_i64(1), WatchId::from_i64(1));
    for (position, (state, _)) in STATES.into_iter().enumerate() {
        let (due, article) = (position as i64, ArticleId::from_u64(position as u64));
        store.claim(&[(schedule, due, due + 1)], 100).expect("it is written");
        let briefing = DeliveryKey::Briefing { schedule, due };
        store.finish(briefing, state, None, None, 100).expect("it is written");
        let found = WatchMatch { watch, article, passage: PassageId::from_u64(1) };
        store.record_matches(due, &[found], 1, 100).expect("it is written");
        let quote = DeliveryKey::Quote { watch, article };
        store.finish(quote, state, None, None, 100).expect("it is written");
    }
    let names = STATES.map(|(_, name)| name);
    let states = |owner: &str, item: &str| {
        let condition = format!("{owner} IS NOT NULL ORDER BY {item}");
        texts(&data, &format!("SELECT state FROM deliveries WHERE {condition}"))
    };
    assert_eq!(states("schedule", "due"), names);
    assert_eq!(states("watch", "article"), names);

    let stock = |hash: &str, passages: &[u64]| {
        let item = ArticleVersion {
            article: ArticleId::from_u64(1),
            file: "a.md".into(),
            hash: hash.into(),
        };
        let passages = passages.iter().map(|id| PassageId::from_u64(*id)).collect();
        let content = Content { title: "A".into(), passages };
        (vec![item.clone()], HashMap::from([(item.article, content)]))
    };
    let none = (Vec::new(), HashMap::new());
    let stocks = [none.clone(), stock("1", &[7]), stock("2", &[255]), none];
    for (stamp, (all, contents)) in (2..).zip(&stocks) {
        store.record_versions(all, contents, stamp, 100).expect("it is written");
    }
    assert_eq!(texts(&data, "SELECT kind FROM changes ORDER BY id"), KINDS.map(|(_, name)| name));
    let passages = texts(&data, "SELECT hex(passages) FROM changes ORDER BY id");
    assert_eq!(passages, ["0000000000000007", "00000000000000FF", "00000000000000FF"]);

    let outcomes = [Outcome::Answered, Outcome::Refused { is_recorded: true }, Outcome::Other];
    for (number, outcome) in (1..).zip(outcomes) {
        let answered = AnswerRecord {
            chat: CHAT,
            question: MessageId::new(number),
            answer: Some(MessageId::new(number + 100)),
            text: "q".into(),
            context: String::new(),
            asker: Some(USER),
            quotes: Vec::new(),
            outcome,
            at: 100,
        };
        store.complete(UpdateId::new(i64::from(number)), Some(&answered)).expect("it is written");
    }
    for (user, is_good) in [(1, true), (2, false)] {
        let (message, user) = (MessageId::new(101), Some(UserId::new(user)));
        let vote = AnswerVote { chat: CHAT, message, user, is_good, at: 100 };
        store.vote(vote, None).expect("it is written");
    }
    assert_eq!(
        texts(&data, "SELECT name FROM tallies ORDER BY name"),
        ["answered", "bad", "good", "refused"]
    );

    store.count_start().expect("it is written");
    store.prune(10_000_000_000).expect("it is written");
    store.end().expect("it is written");
    let settings = texts(&data, "SELECT name FROM settings ORDER BY name");
    assert_eq!(settings, ["ended", "rewritten", "starts", "stock_taken", "watched_up_to"]);
}

#[test]
fn contract_rules_of_schedules_and_codes_of_languages() {
    let days = [
        "daily",
        "weekdays",
        "weekly mon",
        "weekly tue",
        "weekly wed",
        "weekly thu",
        "weekly fri",
        "weekly sat",
        "weekly sun",
    ];
    for days in days {
        let text = format!("{days} 00:05 Europe/Berlin");
        let rule: Rule = text.parse().unwrap_or_else(|_| panic!("{text}"));
        assert_eq!(rule.to_string(), text);
    }
    let codes = Locale::ALL.map(Locale::code);
    assert_eq!(codes, ["en", "ru", "fa", "ar", "de", "fr", "es"]);
    assert!(codes.iter().all(|code| Locale::from_tag(code).map(Locale::code) == Some(code)));
}
